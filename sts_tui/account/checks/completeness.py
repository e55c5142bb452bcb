"""What is missing after all files are merged? An overlay may omit what another file has."""

from __future__ import annotations

from typing import Final

from sts_tui.account.checks.merged import Fragment, Merged, MergedEntity
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.role_durations import DEFAULT_MAXIMUM

MERGED_FORMATS: Final = frozenset(
    {
        "User",
        "Group",
        "Role",
        "ManagedPolicy",
        "InstanceProfile",
        "SAMLProvider",
        "OpenIDConnectProvider",
        "TrustAnchor",
        "Profile",
        "Crl",
        "PodIdentityAssociation",
        "Organization",
        "OrganizationalUnit",
        "IdentityProvider",
        "Workload",
    }
)
"""Objects that several files may describe together. Every other object must be complete in its own file."""


def missing_keys(raw: RawObject, object_format: ObjectFormat) -> list[str]:
    """Required keys that an object lacks. Name and path are not required if the object has an ARN, which
    contains both.
    """
    missing = [
        key for key, key_format in object_format.keys.items() if key_format.required and raw.get(key) is None
    ]
    if "Arn" in raw and object_format.keys.get("Arn") is not None:
        missing = [key for key in missing if key not in (object_format.identity, "Url")]
    return missing


def check_required(merged: Merged, diagnostics: Diagnostics) -> None:
    """Report an error for everything that is still incomplete after all files are merged."""
    for account in merged.accounts.values():
        for listed in account.lists.values():
            for entity in listed.values():
                _check_entity(entity, diagnostics)
    _check_tops(merged, diagnostics)


def _check_entity(entity: MergedEntity, diagnostics: Diagnostics) -> None:
    if entity.object_format.name not in MERGED_FORMATS:
        return  # reported by format_check
    first = entity.fragments[0]
    for key in missing_keys(entity.raw, entity.object_format):
        others = "" if len(entity.fragments) == 1 else ", nor in the other files"
        name = entity.arn or f"this {entity.object_format.name}"
        diagnostics.add(first.place, f"{name} has no {key}{others}", lenient=_is_lenient(entity))


MOST_REPORTED_SINGLY: Final = 20


def report_assumed_durations(merged: Merged, diagnostics: Diagnostics) -> None:
    """Report roles without MaxSessionDuration in any file: IAM's default is assumed for them.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    for account in merged.accounts.values():
        silent = [role for role in account.entities("RoleDetailList") if "MaxSessionDuration" not in role.raw]
        singly = len(silent) <= MOST_REPORTED_SINGLY
        for role in silent if singly else silent[:1]:
            more = (
                "" if singly else f" (and for {len(silent) - 1:,} more roles of account {account.account_id})"
            )
            which = role.arn or "a role without a name"
            message = f"no MaxSessionDuration: {DEFAULT_MAXIMUM} seconds are assumed for {which}{more}"
            diagnostics.add(role.fragments[0].place, message, lenient=True)


def _is_lenient(entity: MergedEntity) -> bool:
    return all(fragment.lenient for fragment in entity.fragments)


def _check_tops(merged: Merged, diagnostics: Diagnostics) -> None:
    for key, key_format in FORMATS["AccountModel"].keys.items():
        fragment = next((top for top in merged.tops if key in top.raw), None)
        if key_format.format in MERGED_FORMATS and fragment is not None:
            _check_value(merged.raw.get(key), key_format, fragment, (key,), diagnostics)


def _check_value(
    value: object, key_format: KeyFormat, fragment: Fragment, steps: Steps, diagnostics: Diagnostics
) -> None:
    object_format = FORMATS[key_format.format]
    for at, item in key_format.kind.objects(value, steps):
        for key in missing_keys(item, object_format):
            diagnostics.add(Place(fragment.place.source, at), f"has no {key}")
        for key, inner in object_format.keys.items():
            if inner.format in MERGED_FORMATS and key in item:
                _check_value(item[key], inner, fragment, (*at, key), diagnostics)
