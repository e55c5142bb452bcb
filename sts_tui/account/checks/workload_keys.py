"""What does a workload say that has no effect? The call for its first hop need not be AssumeRole.

Each is a warning: the file still has a meaning, and it is not what its author expects.
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
"""Of AssumeRole, besides the role."""
_POLICIES: Final = frozenset({"DurationSeconds", "Policy", "PolicyArns"})


class _FirstCall(Struct, frozen=True):
    """The call that gets the session of the first hop."""

    name: str
    takes: frozenset[str]
    instead: str
    """Where what it does not take comes from."""


_POD: Final = _FirstCall("AssumeRoleForPodIdentity", frozenset(), "the association says what a pod gets")
_SAML: Final = _FirstCall("AssumeRoleWithSAML", _POLICIES, "the assertion says it: Attributes of the user")
_X509: Final = _FirstCall(
    "CreateSession",
    frozenset({"RoleSessionName", "DurationSeconds"}),
    "certificate and profile say what a session has",
)
_WEB_IDENTITY: Final = _FirstCall(
    "AssumeRoleWithWebIdentity",
    _POLICIES | {"RoleSessionName"},
    "the token says it: Claims of the user",
)
_BY_TYPE: Final = {"SAML": _SAML, "X509": _X509}


class WithoutEffect(Struct, frozen=True):
    """A key of a workload that has no effect."""

    steps: Steps
    """From the workload on."""
    message: str
    hint: str = ""


def keys_without_effect(workload: RawObject, known: KnownEntities) -> Iterator[WithoutEffect]:
    """What a workload says in vain. `known`: what the files contain."""
    identity, hops = workload.get("Identity"), workload.get("AssumeRoles")
    if not isinstance(identity, str):
        return
    if identity.startswith("workload:") and workload.get("Refresh") == "sdk":
        yield WithoutEffect(("Refresh",), "stolen credentials cannot be renewed")
    first = _first_call(identity, known)
    if first is None:
        return
    hop = hops[0] if isinstance(hops, list) and hops else None
    if hop is None:
        message = f"has no AssumeRoles: {shown(identity)} gets no credentials of a role"
        yield WithoutEffect((), message, "name the role that it gets")
    elif isinstance(hop, dict):
        for key in hop:
            if key in _PARAMETERS and key not in first.takes:
                yield WithoutEffect(("AssumeRoles", 0, key), f"{first.name} takes no {key}", first.instead)
        if first is _POD:
            yield from _of_another_role(identity, hop.get("RoleArn"), known)


def _first_call(identity: str, known: KnownEntities) -> _FirstCall | None:
    """None where AssumeRole is called with credentials that are there already."""
    if identity.startswith("pod:"):
        return _POD
    provider = known.identity_providers.get(identity.partition("/")[0])
    return None if provider is None else _BY_TYPE.get(provider[0], _WEB_IDENTITY)


def _of_another_role(identity: str, role: object, known: KnownEntities) -> Iterator[WithoutEffect]:
    place = "/".join(identity.removeprefix("pod:").split("/")[:3])
    given = known.pods.get(place, frozenset())
    if given and role not in given:
        message = f"the association of {place} gives another role, {' or '.join(sorted(given))}"
        yield WithoutEffect(("AssumeRoles", 0, "RoleArn"), message)
