"""How is a session labeled in the sessions list: how it was issued, which limit set its length, and which
session policies limit it?
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from sts_tui.account.configuration import Configuration
from sts_tui.account.durations import short
from sts_tui.simulation.views.trust_label import PROVIDER_LABELS
from sts_tui.simulation.world import World
from sts_tui.sts.facts.limits import (
    DEFAULT_ROLE_SESSION,
    LONG_TERM_CALLER_DEFAULT,
    ROLE_CHAINING_MAXIMUM,
    SCOPE_DOWN_POLICIES_MAXIMUM,
)
from sts_tui.sts.session import Session


def via(session: Session, depth: int, height: int) -> str:
    """`AssumeRole`, `chain 2/3`, `SAML acme-sso`, `EC2 IMDS`, `certificate corp-ca`, `pod prod` …: `depth`:
    how many hops are shown above it; `height`: how many below.
    """
    provider = session.parent_label.partition("/")[0]
    if session.proof is not None and not session.is_scoped and not session.is_chained:
        return f"{session.proof.kind} {provider}"
    match session.operation:
        case "GetScopedCredentials":
            return f"scoped {len(session.scope_down_policies)}/{SCOPE_DOWN_POLICIES_MAXIMUM}"
        case "AssumeRoleWithSAML":
            return f"SAML {provider}".strip()
        case "AssumeRoleWithWebIdentity":
            kind = PROVIDER_LABELS.get(str(session.context.get("aws:FederatedProvider")), "OIDC")
            return kind if provider == kind.lower() else f"{kind} {provider}".strip()
        case "AssumeRole" if session.parent_label.startswith("service:"):
            service = session.parent_label.removeprefix("service:").partition(".")[0]
            return "EC2 IMDS" if service == "ec2" else f"service {service}"
        case "AssumeRole" if session.is_chained:
            place = max(depth + 1, 2)  # its parent may be forgotten
            return f"chain {place}/{place + height}"
    return session.operation


def through(session: Session, configuration: Configuration) -> str:
    """What a workload got the session with: `trust anchor corp, profile servers, certificate 1002`, `pod
    identity association prod/shop/web`; empty for other sessions.
    """
    proof = session.proof
    if proof is None:
        return ""
    if proof.kind == "pod":
        association = configuration.pod_associations.get(proof.through)
        named = association.label if association is not None else proof.through.rpartition("/")[2]
        return f"pod identity association {named}"
    anchor = configuration.trust_anchors.get(proof.through)
    profile = configuration.anywhere_profiles.get(proof.profile)
    names = (
        anchor.name if anchor is not None else proof.through,
        profile.name if profile is not None else proof.profile,
    )
    return f"trust anchor {names[0]}, profile {names[1]}, certificate {proof.serial}"


def heights_of(chain: Sequence[Session]) -> dict[str, int]:
    """How many hops the longest chain has below each session of a chain, by access key id.

    A child is issued after its parent.
    """
    heights: dict[str, int] = {}
    for session in reversed(chain):
        if session.parent:
            hop = 0 if session.is_scoped else 1  # scoped credentials are not a new hop
            below = heights.get(session.access_key_id, 0) + hop
            heights[session.parent] = max(heights.get(session.parent, 0), below)
    return heights


def limit_of(session: Session, world: World) -> str:
    """Which limit set its length."""
    issued = session.issued_at.replace(microsecond=0)  # expirations are whole seconds
    seconds = int((session.expires_at - issued).total_seconds())
    role = world.configuration.roles.get(session.issuer_arn)
    if session.is_scoped:
        parent = world.sessions.get(session.parent or "")
        inherits = parent is not None and parent.expires_at == session.expires_at
        return "as parent" if inherits else f"asked {_span(seconds)}"
    if session.is_chained and seconds == ROLE_CHAINING_MAXIMUM:
        return f"chain cap {_span(ROLE_CHAINING_MAXIMUM)}"
    if session.parent_label.startswith("service:") or (session.proof and session.proof.kind == "pod"):
        return f"service {_span(seconds)}"
    if session.operation == "AssumeRoot":
        return f"root task {_span(seconds)}"
    if session.proof is not None and not session.is_chained:
        profile = world.configuration.anywhere_profiles.get(session.proof.profile)
        if profile is not None and seconds == profile.duration_seconds:
            return f"profile {_span(seconds)}"
    if role and seconds == role.max_session_seconds:
        return f"role max {_span(seconds)}"
    if seconds == (DEFAULT_ROLE_SESSION if role else LONG_TERM_CALLER_DEFAULT):
        return f"default {_span(seconds)}"
    return f"asked {_span(seconds)}"


@lru_cache(maxsize=1024)
def _span(seconds: int) -> str:
    return short(timedelta(seconds=seconds))


def session_policy_label(session: Session) -> str:
    """What limits it: names of managed session policies, `inline`, `scope-down 1`; empty if nothing does."""
    names = [arn.rsplit("/", 1)[-1] for arn in session.session_policy_arns]
    if session.session_policies:
        names.append("inline")
    names += [f"scope-down {number}" for number, _ in enumerate(session.scope_down_policies, 1)]
    return ", ".join(names)
