"""What is the result of all policies of one type, or why were they not evaluated?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final, overload

from sts_tui.account.policies.global_condition_keys import OF_AN_ENDPOINT
from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.explaining.element_explanation import explained_elements
from sts_tui.iam.explaining.explanation import (
    ElementStatus,
    LayerExplanation,
    LayerVerdict,
    StatementExplanation,
)
from sts_tui.iam.explaining.layer_notes import missing_allow_note
from sts_tui.iam.layers import Layer
from sts_tui.iam.match import MATCHED, UNDECIDED, Statement
from sts_tui.iam.policy_results import is_unlocking, own_policy_type
from sts_tui.iam.policy_set import not_consulted
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.rcp_coverage import why_exempt_from_rcps
from sts_tui.iam.request import Request
from sts_tui.start_up.named_tuple import NamedTuple

_ABSENT: Final = {
    PolicyType.RCP: "no organization restricts the resource",
    PolicyType.SCP: "no organization restricts the caller",
    PolicyType.ENDPOINT: "the request does not come through a VPC endpoint",
    PolicyType.RESOURCE: "the resource has no policy",
    PolicyType.TRUST: "the role has no trust policy",
    PolicyType.IDENTITY: "no policy is attached to the caller",
    PolicyType.BOUNDARY: "no permissions boundary is set",
    PolicyType.SESSION: "no session policy was passed",
    PolicyType.SCOPE_DOWN: "no scope-down policy was passed",
}
_UNKNOWN: Final = {
    PolicyType.RCP: (
        "aws:resourceorgid",
        "the files do not say whether the resource's account is in an organization: its RCPs may deny",
    ),
    PolicyType.SCP: (
        "aws:principalorgid",
        "the files do not say whether the caller's account is in an organization: its SCPs may deny",
    ),
    PolicyType.RESOURCE: (
        "aws:resourcetag/",
        "the files do not have the resource: if it has a policy, that may allow or deny",
    ),
}
"""Policy type → (condition key that is unknown if the policies of the type are, note for that case)."""
_ENDPOINT_NOT_IN_FILES: Final = "the policy of the VPC endpoint is not in the files: it may deny"
_IN_ORDER: Final = (
    PolicyType.RCP,
    PolicyType.SCP,
    PolicyType.ENDPOINT,
    PolicyType.RESOURCE,
    PolicyType.IDENTITY,
    PolicyType.BOUNDARY,
    PolicyType.SESSION,
    PolicyType.SCOPE_DOWN,
)
_STATUS: Final = {MATCHED: ElementStatus.MATCHED, UNDECIDED: ElementStatus.UNDECIDED}


class Compared(NamedTuple):
    """A decided request, and the result of `Statement.match` for every statement of every layer."""

    request: Request
    decision: Decision
    codes: tuple[tuple[Layer, list[int]], ...]


def explained_layers(compared: Compared) -> Iterator[LayerExplanation]:
    """Every policy type, in the order in which AWS evaluates them. Scope-down policies are included only if
    there are any.
    """
    own_type = own_policy_type(compared.request)
    for policy_type in _IN_ORDER:
        shown = own_type if policy_type is PolicyType.RESOURCE else policy_type
        why_not = why_not_consulted(compared, policy_type)
        found = [pair for pair in compared.codes if pair[0].policy_type is policy_type]
        if policy_type is PolicyType.IDENTITY and not any(layer.documents for layer, _ in found):
            found = []
        for layer, codes in found:
            yield _explained_layer(compared, layer, codes, shown, why_not)
        if not found and (
            policy_type is not PolicyType.SCOPE_DOWN or policy_type in compared.decision.left_out
        ):
            yield _absent_layer(compared, shown, why_not)


def _absent_layer(compared: Compared, policy_type: PolicyType, why_not: str) -> LayerExplanation:
    left_out = compared.decision.left_out
    if policy_type in left_out or (policy_type is PolicyType.TRUST and PolicyType.RESOURCE in left_out):
        return LayerExplanation(policy_type, LayerVerdict.NONE, (), note="left out of this what-if")
    if why_not:
        return LayerExplanation(policy_type, LayerVerdict.NOT_CONSULTED, (), note=why_not)
    why = _missing_allow_note(compared, policy_type)
    key, note = _UNKNOWN.get(policy_type, ("", ""))
    unknown = compared.request.unknown
    if key and not why and unknown is not None and key in unknown:
        if policy_type is PolicyType.RCP and (exempt := why_exempt_from_rcps(compared.request)):
            return LayerExplanation(policy_type, LayerVerdict.NOT_CONSULTED, (), note=exempt)
        return LayerExplanation(policy_type, LayerVerdict.UNKNOWN, (), note=note)
    if policy_type is PolicyType.ENDPOINT and _comes_through_an_endpoint(compared.request):
        return LayerExplanation(policy_type, LayerVerdict.UNKNOWN, (), note=_ENDPOINT_NOT_IN_FILES)
    is_lacking = bool(why) or policy_type is PolicyType.IDENTITY
    verdict = LayerVerdict.NO_ALLOW if is_lacking else LayerVerdict.NONE
    note = "; ".join(filter(None, (_ABSENT[policy_type], why)))
    return LayerExplanation(policy_type, verdict, (), note=note)


def _comes_through_an_endpoint(request: Request) -> bool:
    """AWS sets these keys only then.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpc
    """
    return any(key in request.values for key in OF_AN_ENDPOINT)


def _missing_allow_note(compared: Compared, policy_type: PolicyType) -> str:
    """The rule by which a missing Allow of this type denied the request; empty if it did not."""
    decision, request = compared.decision, compared.request
    if decision.outcome is not Outcome.IMPLICIT_DENY or decision.settled_by is not policy_type:
        return ""
    named = any(
        code == MATCHED and not statement.is_deny
        for layer, codes in compared.codes
        if layer.policy_type is PolicyType.RESOURCE
        for statement, code in zip(layer.statements, codes, strict=True)
    )
    return missing_allow_note(policy_type, request, account_is_named=named)


def why_not_consulted(compared: Compared, policy_type: PolicyType) -> str:
    """Why policies of a type do not apply to this request; empty if they do."""
    request, decision = compared.request, compared.decision
    caller = request.caller
    if decision.before_any_policy:
        return decision.note
    if policy_type in not_consulted(caller):
        if caller.is_service_linked and policy_type in (PolicyType.SCP, PolicyType.RCP):
            return "service-linked roles are exempt"
        return _NOT_FOR[caller.kind]
    if policy_type is PolicyType.RESOURCE and is_unlocking(request):
        return "root can always reach the policy of its own resource"
    has_rcps = any(layer.policy_type is PolicyType.RCP for layer, _ in compared.codes)
    return why_exempt_from_rcps(request) if policy_type is PolicyType.RCP and has_rcps else ""


_NOT_FOR: Final = {
    CallerKind.USER: "a user has no session policy",
    CallerKind.USER_SESSION: "GetSessionToken takes no session policy",
    CallerKind.ROOT: "a root user has none",
    CallerKind.ROOT_SESSION: "a root user has none",
    CallerKind.SERVICE: "does not apply to AWS services",
    CallerKind.FEDERATED: "the holder of a token or an assertion has none",
    CallerKind.ANONYMOUS: "an anonymous caller has none",
}


def _explained_layer(
    compared: Compared, layer: Layer, codes: Sequence[int], policy_type: PolicyType, why_not: str
) -> LayerExplanation:
    decided = {id(statement) for _, statement in compared.decision.decided_by}
    statements = _StatementExplanations(compared.request, layer, codes, policy_type, decided)
    broken = "" if why_not else _why_broken(layer, policy_type)
    verdict = LayerVerdict.NOT_CONSULTED if why_not else _verdict(layer, codes, is_broken=bool(broken))
    nearest = None
    note = why_not or broken
    if verdict is LayerVerdict.NO_ALLOW:
        note = _missing_allow_note(compared, policy_type)
        allows = [place for place, each in enumerate(layer.statements) if not each.is_deny]
        nearest = statements[max(allows, key=codes.__getitem__)] if allows else None
    counted = statements.counted()
    return LayerExplanation(policy_type, verdict, statements, layer.level, nearest, note, counted)


class _StatementExplanations(Sequence[StatementExplanation]):
    """The explanations of a layer's statements. Each is made when it is read, because a screen shows three of
    a thousand.
    """

    def __init__(
        self,
        request: Request,
        layer: Layer,
        codes: Sequence[int],
        policy_type: PolicyType,
        decided: AbstractSet[int],
    ) -> None:
        """`decided` has the Python `id` of each statement that decided."""
        self._request = request
        self._statements = layer.statements
        self._codes = codes
        self._policy_type = policy_type
        self._decided = decided
        self._made: dict[int, StatementExplanation] = {}

    def __len__(self) -> int:
        return len(self._statements)

    @overload
    def __getitem__(self, index: int) -> StatementExplanation: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[StatementExplanation]: ...

    def __getitem__(self, index: int | slice) -> StatementExplanation | Sequence[StatementExplanation]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        if place not in self._made:
            statement = self._statements[place]
            self._made[place] = _explained_statement(
                self._request,
                statement,
                self._codes[place],
                self._policy_type,
                id(statement) in self._decided,
            )
        return self._made[place]

    def counted(self) -> tuple[StatementExplanation, ...]:
        """The explanations of statements that matched, are undecided, or decided the request."""
        places = {place for place, code in enumerate(self._codes) if code <= MATCHED}
        if self._decided:
            decided = self._decided
            places |= {place for place, each in enumerate(map(id, self._statements)) if each in decided}
        return tuple(self[place] for place in sorted(places))


def _explained_statement(
    request: Request, statement: Statement, code: int, policy_type: PolicyType, decided: bool
) -> StatementExplanation:
    return StatementExplanation(
        statement.provenance(policy_type),
        "Deny" if statement.is_deny else "Allow",
        _STATUS.get(code, ElementStatus.FAILED),
        partial(explained_elements, statement, code, request),
        decided,
        statement.why_undecided(request) if code == UNDECIDED else "",
    )


def _why_broken(layer: Layer, policy_type: PolicyType) -> str:
    """The documents of the layer that cannot exist in AWS, and why; empty if all can."""
    broken = [(each.name, each.broken_rule(policy_type, layer.settings)) for each in layer.documents]
    return "; ".join(f"{name} is not valid: {rule}" for name, rule in broken if rule)


def _verdict(layer: Layer, codes: Sequence[int], *, is_broken: bool) -> LayerVerdict:
    if is_broken:
        return LayerVerdict.UNDECIDED
    statements = layer.statements
    found = {(statements[place].is_deny, code) for place, code in enumerate(codes) if code <= MATCHED}
    if (True, MATCHED) in found:
        return LayerVerdict.EXPLICIT_DENY
    if (True, UNDECIDED) in found:
        return LayerVerdict.UNDECIDED
    if (False, MATCHED) in found or layer.policy_type is PolicyType.RCP:
        return LayerVerdict.ALLOWS  # RCPFullAWSAccess is attached too
    return LayerVerdict.UNDECIDED if (False, UNDECIDED) in found else LayerVerdict.NO_ALLOW
