"""Which policy type decides a request? AWS's flow chart, with one function for each of its variants.

The model. A request has a caller, an action, a resource that belongs to an account, and a context. The
policies that apply to the caller form layers, one for each policy type; SCPs and RCPs have one for each level
of the organization, scope-down policies one for each call of GetScopedCredentials. For a request, a layer has
an explicit Deny, an Allow, or neither. The layers have different roles:

- RCPs, SCPs and the endpoint policy are guardrails: every level must allow the request, but none grants it.
- Identity policies and the resource's policy grant. Within one account either suffices, except that a role's
  trust policy and a KMS key's policy must always allow, at least by naming the account. Across accounts both
  must allow. How closely a resource policy names the caller (`Closeness`) determines what else is needed.
- The permissions boundary, the session policy and scope-down policies are ceilings: they limit what was
  granted. Boundary and session policy do not limit a resource policy that names the session, the user or
  everyone.

The order. `evaluate` checks the following and stops at the first that decides:

1. limits of the caller's kind of credentials, and operations that no policy controls;
2. documents that AWS would not store, and explicit denies in the other documents;
3. guardrails; 4. grants; 5. ceilings: the first layer that must allow and does not is the one reported.

Undecided statements. A statement may match, not match, or be undecided (`match.UNDECIDED`). An undecided Deny
turns an Allow into UNDECIDED, and does not change a denial. An undecided Allow counts as no match. If the
request is then denied, the chart is evaluated again with the Allow as a match; if that would allow the
request, the answer is UNDECIDED. So a doubt is reported exactly if it would change the answer.

What must never happen: an Allow overrides an explicit Deny; a guardrail or a ceiling grants; a statement that
cannot be evaluated counts as true or is skipped; two evaluations of the same request and policies differ; an
explanation disagrees with a verdict (both use `Statement.match`).

What is not modeled: ACLs, S3 Block Public Access and S3 Access Grants, KMS grants, canonical users, and
everything else that services decide by other means than policies. Session state (expired, orphaned) is
checked before this module is called.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import NO_POLICY_CONTROLS, Decision, Outcome
from sts_tui.iam.layers import REMEMBERED_ACTIONS
from sts_tui.iam.match import MATCHED, UNDECIDED
from sts_tui.iam.policy_results import PolicyResults, TypedStatement, is_unlocking, needs_own_policy
from sts_tui.iam.policy_set import NOT_CONSULTED, BrokenDocument, PolicySet
from sts_tui.iam.principals import Closeness
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.rcp_coverage import why_exempt_from_rcps
from sts_tui.iam.request import Request

if TYPE_CHECKING:
    from sts_tui.iam.shortcut import Shortcut

_ROOT: Final = (CallerKind.ROOT, CallerKind.ROOT_SESSION)
_OUTSIDE_IAM: Final = (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS)
_HAVE_SESSION_POLICIES: Final = (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
_ONE_SIDED: Final = frozenset(("sts:assumeroot",))
"""Operations on another account's resource for which there is no resource policy."""

# Members of enums, bound once: in Python 3.11 looking up a member takes longer than comparing a statement.
_ALLOWED, _EXPLICIT_DENY = Outcome.ALLOWED, Outcome.EXPLICIT_DENY
_SCP, _ENDPOINT, _IDENTITY = PolicyType.SCP, PolicyType.ENDPOINT, PolicyType.IDENTITY
_BOUNDARY, _SESSION, _SCOPE_DOWN = PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCOPE_DOWN
_NOT_AT_ALL, _BY_USER, _BY_EVERYONE = Closeness.NONE, Closeness.USER, Closeness.EVERYONE


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Decide one request. A pure function: the same request and policies give the same decision. Raises
    TypeError if `policies` is not a PolicySet.
    """
    if type(policies) is PolicySet:
        known = policies.shortcuts.get(request.caller.kind)
        shortcut = None if known is None else known.get(request.action_key)
        if shortcut is None:
            shortcut = _new_shortcut(request, policies)
        if shortcut is not None and (at_once := shortcut(request)) is not None:
            return at_once
    return by_flow_chart(request, policies)


def _new_shortcut(request: Request, policies: PolicySet) -> Shortcut | None:
    """The shortcut for requests like this one, if there is none yet. It is built for the second request,
    because many policy sets are used only once.
    """
    action, found = request.action_key, None
    known: dict[str, Shortcut | None] = policies.shortcuts.setdefault(request.caller.kind, {})
    if len(known) >= REMEMBERED_ACTIONS:
        known.clear()
    if action in known:
        from sts_tui.iam.shortcut import shortcut_for

        found = shortcut_for(request, policies)
    known[action] = found
    return found


def by_flow_chart(request: Request, policies: PolicySet) -> Decision:
    """Like `evaluate`, but without the shortcut. Raises TypeError if `policies` is not a PolicySet."""
    if policies.__class__ is not PolicySet or policies.asks_for_boundary:
        request = as_policies_see_it(request, policies)
    decision = None
    if request.action_key.startswith(("sts:", "iam:")):
        decision = _before_any_policy(request)
    if decision is None:
        decision = _by_policies(request, policies)
    return decision._replace(left_out=policies.left_out) if policies.left_out else decision


def as_policies_see_it(request: Request, policies: PolicySet) -> Request:
    """The request, marked if its caller has a permissions boundary, which affects NotPrincipal. Raises
    TypeError if `policies` is not a PolicySet.
    """
    given: object = policies
    if not isinstance(given, PolicySet):
        raise TypeError(f"policies are a PolicySet, like PolicySet(identity=[document]), not {given!r:.60}")
    if not given.asks_for_boundary:
        return request
    return request if PolicyType.BOUNDARY in NOT_CONSULTED[request.caller.kind] else request.under_boundary()


def _before_any_policy(request: Request) -> Decision | None:
    """The decision by limits of the credentials, or for operations that no policy controls. Both exist only
    for STS and IAM.
    """
    from sts_tui.iam.credential_limits import NEVER_DENIED, limit_on

    if (limit := limit_on(request)) is not None:
        return Decision(Outcome.IMPLICIT_DENY, None, (), request.action, limit.because, limit)
    if request.caller.kind in NEVER_DENIED.get(request.action_key, ()):
        return Decision(Outcome.ALLOWED, None, (), request.action, f"{NO_POLICY_CONTROLS}{request.action}")
    return None


def _by_policies(request: Request, policies: PolicySet) -> Decision:
    is_exempt = bool(policies.layers.rcps) and bool(why_exempt_from_rcps(request))
    layers = policies.binding(request.caller, exempt_from_rcps=is_exempt)
    if is_unlocking(request):
        layers = layers.without((PolicyType.RESOURCE,))
    results = PolicyResults(request, layers, policies.settings)
    broken = layers.broken_documents(results.own_type)
    denies, doubtful_denies = results.explicit_denies()
    if broken:
        return _with_broken_documents(request, broken, denies)
    if denies:
        return Decision(_EXPLICIT_DENY, denies[0][0], tuple(denies), request.action)
    decision = decide(results)
    if decision.outcome is _ALLOWED:
        return _undecided(request, doubtful_denies) if doubtful_denies else decision
    if results.doubtful:
        optimistic = PolicyResults(request, layers, policies.settings, optimistic=True)
        if decide(optimistic).outcome is _ALLOWED:
            return _undecided(request, optimistic.doubtful)
    return decision


def _with_broken_documents(
    request: Request, broken: Sequence[BrokenDocument], denies: Sequence[TypedStatement]
) -> Decision:
    """The decision if a document cannot exist in AWS, so that its effect is unknown. Only an explicit Deny in
    another document is certain.
    """
    unknown = [(one.policy_type, statement) for one in broken for statement in one.statements()]
    ids = {id(statement) for _, statement in unknown}
    certain = tuple(found for found in denies if id(found[1]) not in ids)
    if certain:
        return Decision(_EXPLICIT_DENY, certain[0][0], certain, request.action)
    codes = [statement.match(request) for _, statement in unknown]
    best = min((code for code in codes if code <= MATCHED), default=UNDECIDED)
    in_question = tuple(found for found, code in zip(unknown, codes, strict=True) if code == best)
    why = f"undecided, {broken[0].reason}"
    return Decision(Outcome.UNDECIDED, broken[0].policy_type, in_question, request.action, why)


def _undecided(request: Request, doubtful: Sequence[TypedStatement]) -> Decision:
    """The decision if statements that cannot be evaluated would change it."""
    policy_type, statement = doubtful[0]
    why = f"undecided, {statement.why_undecided(request)}"
    return Decision(Outcome.UNDECIDED, policy_type, tuple(doubtful), request.action, why)


# --- the flow chart, if no Deny matches; RCPs always include RCPFullAWSAccess, which allows everything ---


def decide(results: PolicyResults) -> Decision:
    """The decision of all other policies; if they allow the request, every scope-down policy of the session
    must allow it too.

    Scope-down policies come last, so that a denial first names other missing permissions. AWS documents the
    intersection, but not whether a resource policy that names the session is limited too, so there is a
    setting.
    """
    decision = _decide_unscoped(results)
    if decision.outcome is _ALLOWED and results.settings.scope_down_policies_are_strict:
        return _under_scope_downs(results) or decision
    return decision


def _under_scope_downs(results: PolicyResults) -> Decision | None:
    """The denial by the first scope-down policy without an Allow; None if all allow the request."""
    for level in results.concerned.scope_downs:
        if not results.allows(_SCOPE_DOWN, level):
            return results.missing(_SCOPE_DOWN)
    return None


def _decide_unscoped(results: PolicyResults) -> Decision:
    """The decision without scope-down policies. Guardrails come first: an SCP of every level must allow, then
    the VPC endpoint's policy.
    """
    request, concerned = results.request, results.concerned
    for level in concerned.scps:
        if not results.allows(_SCP, level):
            return results.missing(_SCP)
    if concerned.endpoint is not None and not results.allows(_ENDPOINT, concerned.endpoint):
        return results.missing(_ENDPOINT)
    if results.caller.kind in _OUTSIDE_IAM:
        return _by_resource_policy_only(results)
    if results.caller.account == request.resource_account or request.action_key in _ONE_SIDED:
        return _within_one_account(results)
    return _across_accounts(results)


def _by_resource_policy_only(results: PolicyResults) -> Decision:
    """The decision for services, anonymous callers and holders of tokens and assertions, who have no identity
    policies.
    """
    if results.closeness() is _NOT_AT_ALL:
        return results.missing(results.own_type)
    return results.granted(results.own_type)


def _within_one_account(results: PolicyResults) -> Decision:
    """The decision if caller and resource are in one account: either side may grant.

    A resource policy that names the caller exactly, or everyone, is sufficient. One that names the role of
    the session (or the user of a federated session) replaces the identity policy. One that names the account
    delegates to identity policies; roles and KMS keys need at least that.
    """
    closeness = results.closeness()
    if closeness >= _BY_EVERYONE:
        return results.granted(results.own_type)
    must_allow = needs_own_policy(results.request, results.own_type)
    if must_allow and closeness is _NOT_AT_ALL:
        return results.missing(results.own_type)
    if results.caller.kind in _ROOT:
        return results.granted(results.own_type if must_allow else None, "a root user needs no policy")
    stands_in = closeness >= _BY_USER
    if not stands_in and not results.identity_allows and not results.needs_no_identity_policy:
        return results.missing(_IDENTITY)
    return _under_ceilings(results, results.own_type if stands_in or must_allow else _IDENTITY)


def _across_accounts(results: PolicyResults) -> Decision:
    """The decision across accounts, which both must allow: the resource's policy in one; identity policies,
    boundary and session policy in the other.
    """
    if results.closeness() is _NOT_AT_ALL:
        return results.missing(results.own_type)
    if results.caller.kind in _ROOT:
        return results.granted(results.own_type)
    if not results.identity_allows and not results.needs_no_identity_policy:
        return results.missing(_IDENTITY)
    return _under_ceilings(results, results.own_type)


def _under_ceilings(results: PolicyResults, granted_by: PolicyType) -> Decision:
    """The decision for a granted request, which boundary, session and scope-down policies must allow too."""
    concerned, kind = results.concerned, results.caller.kind
    if concerned.boundary is not None and not results.allows(_BOUNDARY, concerned.boundary):
        return results.missing(_BOUNDARY)
    if kind in _HAVE_SESSION_POLICIES:
        if concerned.session is not None and not results.allows(_SESSION, concerned.session):
            return results.missing(_SESSION)
        if kind is CallerKind.FEDERATED_USER and results.layers.session is None:
            return results.missing(_SESSION)
    if not results.settings.scope_down_policies_are_strict and (denial := _under_scope_downs(results)):
        return denial
    return results.granted(granted_by)
