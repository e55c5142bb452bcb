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
from sts_tui.iam.match import MATCHED, UNDECIDED, Comparison, Statement
from sts_tui.iam.policy_set import Concerned, PolicySet
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.rcp_coverage import why_exempt_from_rcps
from sts_tui.iam.request import Request
from sts_tui.iam.resource_index import Compared, ResourceIndex, with_comparisons

Shortcut: TypeAlias = Callable[[Request], Decision | None]
"""Returns the decision; None if the flow chart must be evaluated."""

_KINDS: Final = frozenset((CallerKind.USER, CallerKind.USER_SESSION, CallerKind.ROLE_SESSION))
_WITH_OWN_RULES: Final = ("sts:", "iam:", "kms:")
"""Services with special rules: limits of credentials, resources whose policy must allow, exemptions from
RCPs.
"""
_ALLOWED: Final = Outcome.ALLOWED
_IDENTITY: Final = PolicyType.IDENTITY
_NO_MATCH: Final = 1
_Lookup: TypeAlias = Callable[[str], Sequence[Compared]]
"""`ResourceIndex.to_compare`."""
_Ceiling: TypeAlias = tuple[Comparison, Decision]
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
        _denies(concerned),
        tuple(_ceiling(*each, request.action) for each in guardrails),
        _grants(concerned.identity, request.action),
        tuple(_ceiling(*each, request.action) for each in ceilings),
    )


def _given(candidates: Candidates | None) -> Iterable[Candidates]:
    return () if candidates is None else (candidates,)


def _joined(
    action: str,
    denies: tuple[Comparison, ...],
    guardrails: tuple[_Ceiling, ...],
    grants: Shortcut,
    ceilings: tuple[_Ceiling, ...],
) -> Shortcut:
    """Combine the comparisons, in the order of the flow chart."""

    def decide(request: Request) -> Decision | None:
        caller = request.caller
        if caller.account != request.resource_account or request.action != action or caller.is_service_linked:
            return None
        if denies and _may_be_denied(denies, request):
            return None
        for compare, denial in guardrails:
            if (code := compare(request)) != MATCHED:
                return None if code == UNDECIDED else denial
        decision = grants(request)
        if not ceilings or decision is None or decision.outcome is not _ALLOWED:
            return decision
        for compare, denial in ceilings:
            if (code := compare(request)) != MATCHED:
                return None if code == UNDECIDED else denial
        return decision

    return decide


def _may_be_denied(denies: Sequence[Comparison], request: Request) -> bool:
    """Whether a Deny matches or is undecided."""
    for compare in denies:  # noqa: SIM110 - any() with a generator takes three times as long, on the hottest path
        if compare(request) <= MATCHED:
            return True
    return False


def _denies(concerned: Concerned) -> tuple[Comparison, ...]:
    """The comparisons with the Denies that concern the action."""
    listed = [statement.match_beyond_action for _, statement in concerned.denies]
    return tuple(listed + [_best_of(candidates) for _, candidates in concerned.long_denies if candidates])


def _ceiling(policy_type: PolicyType, candidates: Candidates, action: str) -> _Ceiling:
    return _best_of(candidates), Decision(Outcome.IMPLICIT_DENY, policy_type, (), action)


def _best_of(candidates: Candidates) -> Comparison:
    """A comparison with several statements: MATCHED if any matches, else UNDECIDED if any is undecided."""
    if isinstance(candidates, tuple) and len(candidates) == 1:
        return candidates[0].match_beyond_action
    compared, to_compare = _compared(candidates)

    def best(request: Request) -> int:
        found = _NO_MATCH
        for compare, _, _ in compared if to_compare is None else to_compare(request.resource):
            code = compare(request)
            if code == MATCHED:
                return MATCHED
            if code == UNDECIDED:
                found = UNDECIDED
        return found

    return best


def _compared(candidates: Candidates) -> tuple[Sequence[Compared], _Lookup | None]:
    """A short list of statements, or the lookup in an index of many."""
    if isinstance(candidates, ResourceIndex):
        return (), candidates.to_compare
    return with_comparisons(candidates), None


def _grants(candidates: Candidates, action: str) -> Shortcut:
    """The decision by the identity policies; None if only an undecided statement may grant."""
    denial = Decision(Outcome.IMPLICIT_DENY, _IDENTITY, (), action)
    known: dict[tuple[Statement, ...], Decision] = {}
    """The only matching statement → decision; cached."""

    def granted_by(matched: tuple[Statement, ...]) -> Decision:
        decision = Decision(_ALLOWED, _IDENTITY, tuple([(_IDENTITY, each) for each in matched]), action)
        if len(matched) == 1:
            known[matched] = decision
        return decision

    compared, to_compare = _compared(candidates)

    def grants(request: Request) -> Decision | None:
        matched: tuple[Statement, ...] = ()
        is_undecided = False
        for compare, statement, _ in compared if to_compare is None else to_compare(request.resource):
            code = compare(request)
            if code == MATCHED:
                matched += (statement,)
            elif code == UNDECIDED:
                is_undecided = True
        if matched:
            return known.get(matched) or granted_by(matched)
        return None if is_undecided else denial

    return grants
