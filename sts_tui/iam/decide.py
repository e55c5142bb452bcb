"""Which policy type wins: AWS's flow chart, one function for each of its forms.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.credential_limits import NEVER_DENIED, limit_on
from sts_tui.iam.decision import NO_POLICY_CONTROLS, Decision, Outcome, PolicyType
from sts_tui.iam.evidence import Evidence, explicit_denies, is_unlocking, needs_own_policy
from sts_tui.iam.match import Statement
from sts_tui.iam.policy_set import PolicySet
from sts_tui.iam.principals import Closeness
from sts_tui.iam.request import Request

_ROOT: Final = (CallerKind.ROOT, CallerKind.ROOT_SESSION)
_OUTSIDE_IAM: Final = (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS)
_HAVE_SESSION_POLICIES: Final = (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
_ONE_SIDED: Final = frozenset(("sts:assumeroot",))
"""Operations on another account's resource that have no resource policy to ask."""


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Decide one request. Pure: the same request and policies give the same decision."""
    decision = _before_any_policy(request) or _by_policies(request, policies)
    return decision._replace(left_out=policies.left_out) if policies.left_out else decision


def _before_any_policy(request: Request) -> Decision | None:
    if (limit := limit_on(request)) is not None:
        return Decision(Outcome.IMPLICIT_DENY, None, (), request.action, limit.because, limit)
    if request.caller.kind in NEVER_DENIED.get(request.action_key, ()):
        return Decision(Outcome.ALLOWED, None, (), request.action, f"{NO_POLICY_CONTROLS}{request.action}")
    return None


def _by_policies(request: Request, policies: PolicySet) -> Decision:
    layers = policies.binding(request.caller)
    if is_unlocking(request):
        layers = layers._replace(resource=None)
    if request.action_key == "kms:retiregrant":
        layers = layers._replace(
            rcps=()
        )  # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    evidence = Evidence(request, policies, layers)
    denies, doubtful_denies = explicit_denies(request, layers, evidence.own_type)
    if denies:
        return Decision(Outcome.EXPLICIT_DENY, denies[0][0], tuple(denies), request.action)
    decision = decide(evidence)
    if decision.outcome is Outcome.ALLOWED:
        return _undecided(request, doubtful_denies) if doubtful_denies else decision
    if evidence.doubtful:
        hopeful = Evidence(request, policies, layers, hopeful=True)
        if decide(hopeful).outcome is Outcome.ALLOWED:
            return _undecided(request, hopeful.doubtful)
    return decision


def _undecided(request: Request, doubtful: Sequence[tuple[PolicyType, Statement]]) -> Decision:
    policy_type, statement = doubtful[0]
    return Decision(
        Outcome.UNDECIDED,
        policy_type,
        tuple(doubtful),
        request.action,
        f"undecided, {statement.why_undecided()}",
    )


# --- the flow chart, once no Deny matches; RCPs always hold RCPFullAWSAccess, which allows everything ---


def decide(evidence: Evidence) -> Decision:
    """Guardrails first: an SCP of every level must allow, then the VPC endpoint's policy."""
    request, layers = evidence.request, evidence.layers
    for level in layers.scps:
        if not evidence.allows(level):
            return evidence.missing(PolicyType.SCP)
    if layers.endpoint is not None and not evidence.allows(layers.endpoint):
        return evidence.missing(PolicyType.ENDPOINT)
    if request.caller.kind in _OUTSIDE_IAM:
        return _by_resource_policy_alone(evidence)
    if request.caller.account == request.resource_account or request.action_key in _ONE_SIDED:
        return _within_one_account(evidence)
    return _across_accounts(evidence)


def _by_resource_policy_alone(evidence: Evidence) -> Decision:
    """Services, anonymous callers and holders of tokens and assertions have no identity policies."""
    if evidence.closeness() is Closeness.NONE:
        return evidence.missing(evidence.own_type)
    return evidence.granted(evidence.own_type)


def _within_one_account(evidence: Evidence) -> Decision:
    """Caller and resource in one account: either side may grant.

    A resource policy that names the caller exactly, or everyone, needs nothing else. One that names the
    role of the session (or the user behind a federated session) stands in for the identity policy. One that
    names the account leaves it to identity policies; roles and KMS keys must at least do that.
    """
    closeness = evidence.closeness()
    if closeness >= Closeness.EVERYONE:
        return evidence.granted(evidence.own_type)
    must_allow = needs_own_policy(evidence.request, evidence.own_type)
    if must_allow and closeness is Closeness.NONE:
        return evidence.missing(evidence.own_type)
    if evidence.request.caller.kind in _ROOT:
        return evidence.granted(
            evidence.own_type if must_allow else None, "a root user needs no policy of its own"
        )
    stands_in = closeness >= Closeness.USER
    if not stands_in and not evidence.holder_is_root and not evidence.identity_allows:
        return evidence.missing(PolicyType.IDENTITY)
    by_resource = stands_in or must_allow
    return _under_ceilings(evidence, evidence.own_type if by_resource else PolicyType.IDENTITY)


def _across_accounts(evidence: Evidence) -> Decision:
    """Both accounts must allow: the resource's policy on its side; identity, boundary and session on the
    caller's.
    """
    if evidence.closeness() is Closeness.NONE:
        return evidence.missing(evidence.own_type)
    if evidence.request.caller.kind in _ROOT:
        return evidence.granted(evidence.own_type)
    if not evidence.holder_is_root and not evidence.identity_allows:
        return evidence.missing(PolicyType.IDENTITY)
    return _under_ceilings(evidence, evidence.own_type)


def _under_ceilings(evidence: Evidence, granted_by: PolicyType) -> Decision:
    """Permissions boundary and session policy grant nothing: what they do not allow is not allowed."""
    layers, kind = evidence.layers, evidence.request.caller.kind
    if layers.boundary is not None and not evidence.allows(layers.boundary):
        return evidence.missing(PolicyType.BOUNDARY)
    if kind in _HAVE_SESSION_POLICIES and layers.session is not None and not evidence.allows(layers.session):
        return evidence.missing(PolicyType.SESSION)
    if kind is CallerKind.FEDERATED_USER and layers.session is None:
        return evidence.missing(PolicyType.SESSION)
    return evidence.granted(granted_by)
