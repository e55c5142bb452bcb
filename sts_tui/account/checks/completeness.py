"""What must be there once all files are united: an overlay may leave out what another file has."""

from __future__ import annotations

from typing import Any, Final

from sts_tui.account.diagnostics.findings import Findings, Place
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.format.file_format import SHAPES
from sts_tui.account.format.object_format import Holds, Shape
from sts_tui.account.loading.merge import Merged, MergedEntity
from sts_tui.account.loading.merge_objects import Fragment

MERGED_SHAPES: Final = frozenset(
    {
        "User",
        "Group",
        "Role",
        "ManagedPolicy",
        "InstanceProfile",
        "SAMLProvider",
        "OpenIDConnectProvider",
        "Organization",
        "OrganizationalUnit",
        "IdentityProvider",
        "Workload",
    }
)
"""Objects that several files may tell about; every other one has to be complete where it stands."""


def missing_keys(raw: dict[str, Any], shape: Shape) -> list[str]:
    """Required keys that an object lacks. An ARN tells name and path."""
    missing = [key for key, member in shape.members.items() if member.required and raw.get(key) is None]
    if "Arn" in raw and shape.members.get("Arn") is not None:
        missing = [key for key in missing if key not in (shape.identity, "Url")]
    return missing


def check_required(merged: Merged, findings: Findings) -> None:
    """Faults for everything that is incomplete although all files were read."""
    for account in merged.accounts.values():
        for listed in account.lists.values():
            for entity in listed.values():
                _check_entity(entity, findings)
    _check_tops(merged, findings)


def _check_entity(entity: MergedEntity, findings: Findings) -> None:
    if entity.shape.name not in MERGED_SHAPES:
        return  # told where it stands
    first = entity.fragments[0]
    for key in missing_keys(entity.raw, entity.shape):
        others = "" if len(entity.fragments) == 1 else ", nor in the other files"
        name = entity.arn or f"this {entity.shape.name}"
        findings.add(first.place, f"{name} has no {key}{others}", lenient=_is_lenient(entity))


MOST_TOLD_SINGLY: Final = 20


def tell_assumed_durations(merged: Merged, findings: Findings) -> None:
    """Where nobody says how long a role's sessions may be: 3600 s is what IAM takes then.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    for account in merged.accounts.values():
        silent = [role for role in account.entities("RoleDetailList") if "MaxSessionDuration" not in role.raw]
        singly = len(silent) <= MOST_TOLD_SINGLY
        for role in silent if singly else silent[:1]:
            more = (
                "" if singly else f" (and for {len(silent) - 1:,} more roles of account {account.account_id})"
            )
            which = role.arn or "a role without a name"
            message = f"no MaxSessionDuration: 3600 seconds are assumed for {which}{more}"
            findings.add(role.fragments[0].place, message, lenient=True)


def _is_lenient(entity: MergedEntity) -> bool:
    return all(fragment.lenient for fragment in entity.fragments)


def _check_tops(merged: Merged, findings: Findings) -> None:
    for key, member in SHAPES["AccountModel"].members.items():
        if member.shape in MERGED_SHAPES:
            value = merged.raw.get(key)
            fragment = next((top for top in merged.tops if key in top.raw), None)
            if fragment is not None:
                _check_value(value, member.holds, SHAPES[member.shape], fragment, (key,), findings)


def _check_value(
    value: Any, holds: Holds, shape: Shape, fragment: Fragment, steps: Steps, findings: Findings
) -> None:
    items = [(steps, value)] if holds is Holds.ENTITY else []
    if holds is Holds.ENTITIES and isinstance(value, list):
        items = [((*steps, index), item) for index, item in enumerate(value)]
    for at, item in items:
        if not isinstance(item, dict):
            continue
        for key in missing_keys(item, shape):
            findings.add(Place(fragment.place.source, at), f"has no {key}")
        for key, member in shape.members.items():
            if member.shape in MERGED_SHAPES and key in item:
                _check_value(item[key], member.holds, SHAPES[member.shape], fragment, (*at, key), findings)
