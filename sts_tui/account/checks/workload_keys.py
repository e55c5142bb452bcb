"""Which parts of a workload may not do what its author expects? Keys without effect, and a user with several
keys.

Each is reported as a warning, because the file is still valid. If the call for the first hop is not
AssumeRole, it takes other parameters, and the parameters of AssumeRole have no effect.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html
https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.json_value import RawObject

_PARAMETERS: Final = frozenset(
    {
        "RoleSessionName", "DurationSeconds", "ExternalId", "SourceIdentity", "SerialNumber", "TokenCode",
        "Policy", "PolicyArns", "Tags", "TransitiveTagKeys",
    }
)  # fmt: skip
"""Parameters of AssumeRole other than RoleArn."""
_POLICIES: Final = frozenset({"DurationSeconds", "Policy", "PolicyArns"})


class _FirstCall(Struct, frozen=True):
    """The call that gets the session of the first hop."""

    name: str
    takes: frozenset[str]
    instead: str
    """The hint: what determines the values that AssumeRole would take as parameters."""


_POD: Final = _FirstCall(
    "AssumeRoleForPodIdentity", frozenset(), "the association determines what a pod gets"
)
_SAML: Final = _FirstCall(
    "AssumeRoleWithSAML", _POLICIES, "it comes from the assertion: Attributes of the user"
)
_X509: Final = _FirstCall(
    "CreateSession",
    frozenset({"RoleSessionName", "DurationSeconds"}),
    "certificate and profile determine what a session has",
)
_WEB_IDENTITY: Final = _FirstCall(
    "AssumeRoleWithWebIdentity",
    _POLICIES | {"RoleSessionName"},
    "it comes from the token: Claims of the user",
)
_BY_TYPE: Final = {"SAML": _SAML, "X509": _X509}


class WorkloadWarning(Struct, frozen=True):
    """A part of a workload that has no effect or is ambiguous."""

    steps: Steps
    """The JSON path, relative to the workload."""
    message: str
    hint: str = ""


def workload_warnings(workload: RawObject, known: KnownEntities) -> Iterator[WorkloadWarning]:
    """The warnings about a workload. `known`: the entities that the files contain."""
    identity, hops = workload.get("Identity"), workload.get("AssumeRoles")
    if not isinstance(identity, str):
        return
    if identity.startswith("workload:") and workload.get("Refresh") == "sdk":
        yield WorkloadWarning(("Refresh",), "stolen credentials cannot be renewed")
    yield from _of_deleted(identity, hops, known)
    if ":user/" in identity:
        yield from _of_several_keys(identity, workload.get("Name"), known)
    first = _first_call(identity, known)
    if first is None:
        return
    hop = hops[0] if isinstance(hops, list) and hops else None
    if hop is None:
        message = f"has no AssumeRoles: {shown(identity)} gets no credentials of a role"
        yield WorkloadWarning((), message, "name the role that it gets")
    elif isinstance(hop, dict):
        for key in hop:
            if key in _PARAMETERS and key not in first.takes:
                yield WorkloadWarning(("AssumeRoles", 0, key), f"{first.name} takes no {key}", first.instead)
        if first is _POD:
            yield from _of_another_role(identity, hop.get("RoleArn"), known)


def _of_deleted(identity: str, hops: object, known: KnownEntities) -> Iterator[WorkloadWarning]:
    """What the workload needs and `Deleted` lists."""
    if identity in known.deleted:
        yield WorkloadWarning(("Identity",), f"{shown(identity)} was deleted: every request fails")
    for index, hop in enumerate(hops if isinstance(hops, list) else ()):
        role = hop.get("RoleArn") if isinstance(hop, dict) else None
        if role in known.deleted and role not in known.arns:
            steps = ("AssumeRoles", index, "RoleArn")
            yield WorkloadWarning(steps, f"{shown(role)} was deleted: it cannot be assumed")


def _of_several_keys(user: str, name: object, known: KnownEntities) -> Iterator[WorkloadWarning]:
    """A program uses one key; deactivating another key of the user does not affect it."""
    keys = [key for key, is_active in known.access_keys().get(user, {}).items() if is_active]
    if len(keys) > 1:
        owner = user.rpartition("/")[2]
        message = f"{owner} has {len(keys)} active access keys: {shown(name)} is taken to use {keys[0]}"
        yield WorkloadWarning(("Identity",), message, "write the access key id that it uses as Identity")


def _first_call(identity: str, known: KnownEntities) -> _FirstCall | None:
    """None if the first hop is AssumeRole, called with existing credentials."""
    if identity.startswith("pod:"):
        return _POD
    provider = known.identity_providers.get(identity.partition("/")[0])
    return None if provider is None else _BY_TYPE.get(provider[0], _WEB_IDENTITY)


def _of_another_role(identity: str, role: object, known: KnownEntities) -> Iterator[WorkloadWarning]:
    place = "/".join(identity.removeprefix("pod:").split("/")[:3])
    given = known.pods.get(place, frozenset())
    if given and role not in given:
        message = f"the association of {place} gives another role, {' or '.join(sorted(given))}"
        yield WorkloadWarning(("AssumeRoles", 0, "RoleArn"), message)
