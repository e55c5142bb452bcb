"""Which policy type decides a request? AWS's flow chart, one function for each of its forms.

The model. A request has a caller, an action, a resource that belongs to an account, and a context. The
policies that bind this caller form layers, one for each policy type; SCPs and RCPs have one for each level of
the organization, GetScopedCredentials one for each call. A layer says one of three things about a request: an
explicit Deny, an Allow, or neither. The layers have different roles:

- RCPs, SCPs and the endpoint policy are guardrails: every level must allow, none grants.
- Identity policies and the resource's policy grant. Within one account either suffices, except that a role's
  trust policy and a KMS key's policy must allow as well, at least by naming the account. Across accounts both
  must allow. How closely a resource policy names the caller (`Closeness`) settles what else is needed.
- The permissions boundary, the session policy and scope-down policies are ceilings over what was granted. A
  resource policy that names the session, the user or everyone is not limited by boundary and session policy.

The order. `evaluate` goes through these states and stops at the first that answers:

1. limits of the caller's kind of credentials, and operations that no policy controls;
2. documents that AWS would not store, and explicit denies of the others;
3. guardrails; 4. grants; 5. ceilings: the first layer that must allow and does not is the one reported.

Undecided statements. A statement may match, not match, or be undecided (`match.UNDECIDED`). An undecided
Deny turns an Allow into UNDECIDED, and leaves a denial alone. An undecided Allow counts as no match; if the
request is then denied, the chart is walked once more with it as a match, and where that would allow, the
answer is UNDECIDED. So a doubt is reported exactly where it would change the answer.

What must never happen: an Allow outweighs an explicit Deny; a guardrail or a ceiling grants; a statement that
is not understood counts as true or is skipped; two evaluations of the same request and policies differ; an
explanation disagrees with a verdict (both use `Statement.match`).

What is not modeled: ACLs, S3 Block Public Access and S3 Access Grants, KMS grants, canonical users, and
whatever else a service decides by other means than policies. Session state (expired, orphaned) is settled
before any request reaches this module.

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
from sts_tui.iam.rcp_coverage import why_beyond_rcps
from sts_tui.iam.request import Request

if TYPE_CHECKING:
    from sts_tui.iam.shortcut import Shortcut

_ROOT: Final = (CallerKind.ROOT, CallerKind.ROOT_SESSION)
_OUTSIDE_IAM: Final = (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS)
_HAVE_SESSION_POLICIES: Final = (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
_ONE_SIDED: Final = frozenset(("sts:assumeroot",))
"""Operations on another account's resource that have no resource policy to ask."""

# Members of enumerations, bound once: Python 3.11 looks a member up more slowly than a statement is compared.
_ALLOWED, _EXPLICIT_DENY = Outcome.ALLOWED, Outcome.EXPLICIT_DENY
_SCP, _ENDPOINT, _IDENTITY = PolicyType.SCP, PolicyType.ENDPOINT, PolicyType.IDENTITY
_BOUNDARY, _SESSION, _SCOPE_DOWN = PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCOPE_DOWN
_NOT_AT_ALL, _BY_USER, _BY_EVERYONE = Closeness.NONE, Closeness.USER, Closeness.EVERYONE


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Decide one request. Pure: the same request and policies give the same decision. Raises TypeError for
    policies that are not in a PolicySet.
    """
    if policies.__class__ is PolicySet:
        shortcut = _shortcut(request, policies)
        if shortcut is not None and (at_once := shortcut(request)) is not None:
            return at_once
    return by_flow_chart(request, policies)


def _shortcut(request: Request, policies: PolicySet) -> Shortcut | None:
    """The shortcut for requests like this one, made when the second is asked: many sets are asked once."""
    kind, action = request.caller.kind, request.action_key
    known: dict[str, Shortcut | None] | None = policies.shortcuts.get(kind)
    if known is None:
        known = policies.shortcuts[kind] = {}
    found = known.get(action)
    if found is None:
        if len(known) >= REMEMBERED_ACTIONS:
            known.clear()
        if action in known:
            from sts_tui.iam.shortcut import shortcut_for

            found = shortcut_for(request, policies)
        known[action] = found
    return found


def by_flow_chart(request: Request, policies: PolicySet) -> Decision:
    """What `evaluate` answers, found without a shortcut. Raises TypeError as it does."""
    if policies.__class__ is not PolicySet or policies.asks_for_boundary:
        request = as_policies_see_it(request, policies)
    decision = None
    if request.action_key.startswith(("sts:", "iam:")):
        decision = _before_any_policy(request)
    if decision is None:
        decision = _by_policies(request, policies)
    return decision._replace(left_out=policies.left_out) if policies.left_out else decision


def as_policies_see_it(request: Request, policies: PolicySet) -> Request:
    """The request, marked if its caller has a permissions boundary, on which NotPrincipal depends. Raises
    TypeError for policies that are not in a PolicySet.
    """
    given: object = policies
    if not isinstance(given, PolicySet):
        raise TypeError(f"policies are a PolicySet, like PolicySet(identity=[document]), not {given!r:.60}")
    if not given.asks_for_boundary:
        return request
    return request if PolicyType.BOUNDARY in NOT_CONSULTED[request.caller.kind] else request.under_boundary()


def _before_any_policy(request: Request) -> Decision | None:
    """Limits of the credentials, and operations that no policy controls: of STS and IAM alone."""
    from sts_tui.iam.credential_limits import NEVER_DENIED, limit_on

    if (limit := limit_on(request)) is not None:
        return Decision(Outcome.IMPLICIT_DENY, None, (), request.action, limit.because, limit)
    if request.caller.kind in NEVER_DENIED.get(request.action_key, ()):
        return Decision(Outcome.ALLOWED, None, (), request.action, f"{NO_POLICY_CONTROLS}{request.action}")
    return None


def _by_policies(request: Request, policies: PolicySet) -> Decision:
    is_beyond = bool(policies.layers.rcps) and bool(why_beyond_rcps(request))
    layers = policies.binding(request.caller, beyond_rcps=is_beyond)
    if is_unlocking(request):
        layers = layers.without((PolicyType.RESOURCE,))
    results = PolicyResults(request, layers, policies.settings)
    broken = layers.broken_documents(results.own_type)
    denies, doubtful_denies = results.explicit_denies()
    if broken:
        return _beside_broken_documents(request, broken, denies)
    if denies:
        return Decision(_EXPLICIT_DENY, denies[0][0], tuple(denies), request.action)
    decision = decide(results)
    if decision.outcome is _ALLOWED:
        return _undecided(request, doubtful_denies) if doubtful_denies else decision
    if results.doubtful:
        hopeful = PolicyResults(request, layers, policies.settings, hopeful=True)
        if decide(hopeful).outcome is _ALLOWED:
            return _undecided(request, hopeful.doubtful)
    return decision


def _beside_broken_documents(
    request: Request, broken: Sequence[BrokenDocument], denies: Sequence[TypedStatement]
) -> Decision:
    """AWS cannot hold such a document, so nothing is known of what it does: only an explicit Deny elsewhere
    is certain in any case.
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
    """The answer where statements that are not understood would change it."""
    policy_type, statement = doubtful[0]
    why = f"undecided, {statement.why_undecided(request)}"
    return Decision(Outcome.UNDECIDED, policy_type, tuple(doubtful), request.action, why)


# --- the flow chart, once no Deny matches; RCPs always hold RCPFullAWSAccess, which allows everything ---


def decide(results: PolicyResults) -> Decision:
    """What all other policies allow, every scope-down policy of the session must allow too.

    They come last, so that a denial names what else is missing first. AWS documents the intersection, not
    what a resource policy that names the session can do: hence the setting.
    """
    decision = _decide_unscoped(results)
    if decision.outcome is _ALLOWED and results.settings.scope_down_policies_are_strict:
        return _under_scope_downs(results) or decision
    return decision


def _under_scope_downs(results: PolicyResults) -> Decision | None:
    """The denial by the first scope-down policy that lacks an Allow; None if each allows the request."""
    for level in results.concerned.scope_downs:
        if not results.allows(_SCOPE_DOWN, level):
            return results.missing(_SCOPE_DOWN)
    return None


def _decide_unscoped(results: PolicyResults) -> Decision:
    """Guardrails first: an SCP of every level must allow, then the VPC endpoint's policy."""
    request, concerned = results.request, results.concerned
    for level in concerned.scps:
        if not results.allows(_SCP, level):
            return results.missing(_SCP)
    if concerned.endpoint is not None and not results.allows(_ENDPOINT, concerned.endpoint):
        return results.missing(_ENDPOINT)
    if results.caller.kind in _OUTSIDE_IAM:
        return _by_resource_policy_alone(results)
    if results.caller.account == request.resource_account or request.action_key in _ONE_SIDED:
        return _within_one_account(results)
    return _across_accounts(results)


def _by_resource_policy_alone(results: PolicyResults) -> Decision:
    """Services, anonymous callers and holders of tokens and assertions have no identity policies."""
    if results.closeness() is _NOT_AT_ALL:
        return results.missing(results.own_type)
    return results.granted(results.own_type)


def _within_one_account(results: PolicyResults) -> Decision:
    """Caller and resource in one account: either side may grant.

    A resource policy that names the caller exactly, or everyone, needs nothing else. One that names the role
    of the session (or the user behind a federated session) replaces the identity policy. One that names
    the account leaves it to identity policies; roles and KMS keys must at least do that.
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
    """Both accounts must allow: the resource's policy there; identity, boundary and session here."""
    if results.closeness() is _NOT_AT_ALL:
        return results.missing(results.own_type)
    if results.caller.kind in _ROOT:
        return results.granted(results.own_type)
    if not results.identity_allows and not results.needs_no_identity_policy:
        return results.missing(_IDENTITY)
    return _under_ceilings(results, results.own_type)


def _under_ceilings(results: PolicyResults, granted_by: PolicyType) -> Decision:
    """Boundary, session policy and scope-down policies grant nothing: what they do not allow is not
    allowed.
    """
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
