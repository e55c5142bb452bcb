"""How is the most frequent kind of request decided quickly, without the flow chart?

In this kind, a user or role session makes a request in its own account, no policy of the resource concerns
the action, no Deny matches, and no statement is undecided. Then the flow chart in `decide` has only one path:
each guardrail must allow, an identity policy must grant, each ceiling must allow. What does not depend on the
request (the comparisons in order, and the resulting decisions) is built once for each policy set, kind of
caller and action. In all other cases (another account, a matching Deny, an undecided statement that matters)
the shortcut returns None, and the flow chart is evaluated.

The shortcut must never give another decision than the flow chart: `tests/iam/test_shortcut.py` compares the
two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.layers import Candidates
from sts_tui.iam.match import MATCHED, UNDECIDED, Statement
from sts_tui.iam.policy_set import Concerned, PolicySet
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.rcp_coverage import why_exempt_from_rcps
from sts_tui.iam.request import Request
from sts_tui.iam.resource_index import ResourceIndex

Shortcut: TypeAlias = Callable[[Request], Decision | None]
"""Returns the decision; None if the flow chart must be evaluated."""

_KINDS: Final = frozenset((CallerKind.USER, CallerKind.USER_SESSION, CallerKind.ROLE_SESSION))
_WITH_OWN_RULES: Final = ("sts:", "iam:", "kms:")
"""Services with special rules: limits of credentials, resources whose policy must allow, exemptions from
RCPs.
"""
_IDENTITY: Final = PolicyType.IDENTITY
_NO_MATCH: Final = 1
_Ceiling: TypeAlias = tuple[Callable[[Request], int], Decision]
"""(comparison with the Allows of a layer, decision if none matches)."""


def no_shortcut(_request: Request) -> None:
    """Used if there is no shortcut: never decides."""


def shortcut_for(request: Request, policies: PolicySet) -> Shortcut:
    """The shortcut for requests with the same policy set, kind of caller and action."""
    kind, action = request.caller.kind, request.action_key
    if kind not in _KINDS or action.startswith(_WITH_OWN_RULES) or request.caller.is_service_linked:
        return no_shortcut
    if policies.left_out or policies.asks_for_boundary:
        return no_shortcut
    is_exempt = bool(policies.layers.rcps) and bool(why_exempt_from_rcps(request))
    layers = policies.binding(request.caller, exempt_from_rcps=is_exempt)
    concerned = layers.concerned(action)
    if concerned.resource or layers.broken_documents(PolicyType.RESOURCE):
        return no_shortcut
    guardrails = [(PolicyType.SCP, level) for level in concerned.scps]
    guardrails += [(PolicyType.ENDPOINT, each) for each in _given(concerned.endpoint)]
    ceilings = [(PolicyType.BOUNDARY, each) for each in _given(concerned.boundary)]
    if kind is CallerKind.ROLE_SESSION:
        ceilings += [(PolicyType.SESSION, each) for each in _given(concerned.session)]
    ceilings += [(PolicyType.SCOPE_DOWN, level) for level in concerned.scope_downs]
    return _joined(
        request.action,
        _no_deny(concerned),
        tuple(_ceiling(*each, request.action) for each in guardrails),
        _grants(concerned.identity, request.action),
        tuple(_ceiling(*each, request.action) for each in ceilings),
    )


def _given(candidates: Candidates | None) -> Iterable[Candidates]:
    return () if candidates is None else (candidates,)


def _joined(
    action: str,
    may_be_denied: Callable[[Request], bool] | None,
    guardrails: tuple[_Ceiling, ...],
    grants: Shortcut,
    ceilings: tuple[_Ceiling, ...],
) -> Shortcut:
    """Combine the comparisons, in the order of the flow chart."""

    def decide(request: Request) -> Decision | None:
        caller = request.caller
        if caller.account != request.resource_account or request.action != action or caller.is_service_linked:
            return None
        if may_be_denied is not None and may_be_denied(request):
            return None
        for answer, denial in guardrails:
            if (code := answer(request)) != MATCHED:
                return None if code == UNDECIDED else denial
        decision = grants(request)
        if decision is None or decision.outcome is not Outcome.ALLOWED:
            return decision
        for answer, denial in ceilings:
            if (code := answer(request)) != MATCHED:
                return None if code == UNDECIDED else denial
        return decision

    return decide


def _no_deny(concerned: Concerned) -> Callable[[Request], bool] | None:
    """A test whether a Deny matches or is undecided; None if no Deny concerns the action."""
    listed = [statement for _, statement in concerned.denies]
    indexes = []
    for _, candidates in concerned.long_denies:
        if isinstance(candidates, ResourceIndex):
            indexes.append(candidates)
        else:
            listed += candidates
    if not listed and not indexes:
        return None
    tests = tuple(statement.match_beyond_action for statement in listed)

    def may_be_denied(request: Request) -> bool:
        for test in tests:
            if test(request) <= MATCHED:
                return True
        for index in indexes:
            for statement in index.narrowed(request.resource):
                if statement.match_beyond_action(request) <= MATCHED:
                    return True
        return False

    return may_be_denied


def _ceiling(policy_type: PolicyType, candidates: Candidates, action: str) -> _Ceiling:
    denial = Decision(Outcome.IMPLICIT_DENY, policy_type, (), action)
    if isinstance(candidates, ResourceIndex):
        index = candidates
        return lambda request: _best(index.narrowed(request.resource), request), denial
    if len(candidates) == 1:
        return candidates[0].match_beyond_action, denial
    statements = candidates
    return lambda request: _best(statements, request), denial


def _best(statements: Sequence[Statement], request: Request) -> int:
    """MATCHED if any statement matches, else UNDECIDED if any is undecided."""
    best = _NO_MATCH
    for statement in statements:
        code = statement.match_beyond_action(request)
        if code == MATCHED:
            return MATCHED
        if code == UNDECIDED:
            best = UNDECIDED
    return best


def _grants(candidates: Candidates, action: str) -> Shortcut:
    """The decision by the identity policies; None if only an undecided statement may grant."""
    denial = Decision(Outcome.IMPLICIT_DENY, _IDENTITY, (), action)
    granted: dict[Statement, Decision] = {}
    """The only matching statement → decision; cached."""

    def granted_by(matched: list[Statement]) -> Decision:
        if len(matched) > 1:
            return Decision(Outcome.ALLOWED, _IDENTITY, tuple((_IDENTITY, each) for each in matched), action)
        found = granted.get(matched[0])
        if found is None:
            found = granted[matched[0]] = Decision(
                Outcome.ALLOWED, _IDENTITY, ((_IDENTITY, matched[0]),), action
            )
        return found

    def compared(statements: Sequence[Statement], request: Request) -> Decision | None:
        matched, is_undecided = [], False
        for statement in statements:
            code = statement.match_beyond_action(request)
            if code == MATCHED:
                matched.append(statement)
            elif code == UNDECIDED:
                is_undecided = True
        if matched:
            return granted_by(matched)
        return None if is_undecided else denial

    if isinstance(candidates, ResourceIndex):
        index = candidates
        return lambda request: compared(index.narrowed(request.resource), request)
    return lambda request: compared(candidates, request)
