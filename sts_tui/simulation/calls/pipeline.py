"""How is a call made? Authenticate, validate parameters, perform (which authorizes), return the result.

The functions are pure: they take a world and return what happened. `Simulation` makes the next world from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.format.patterns import ACTION
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Decision, Outcome
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.authorizer import (
    OPERATOR_DECISION,
    GatheredPolicies,
    LoggedQuestion,
    Prepared,
    Question,
    prepare,
)
from sts_tui.simulation.authorization.denial_responses import decided_by, denial
from sts_tui.simulation.calls.ask import Ask, Pair
from sts_tui.simulation.calls.callers import Authenticator, label_of
from sts_tui.simulation.events import Verdict
from sts_tui.simulation.operations import OPERATIONS
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import missing_token
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import ANONYMOUS_IDENTITY, CallerIdentity
from sts_tui.sts.ids import IdSource
from sts_tui.sts.operation import NEVER_USED, Answer, Call, Effect, KeyUses, MfaVerification, Operation
from sts_tui.sts.regions import refuse_credentials, refuse_endpoint

if TYPE_CHECKING:
    from sts_tui.simulation.authorization.authorization_ids import PastDenial
    from sts_tui.sts.shapes import Shape


MfaRecord: TypeAlias = list[tuple[str, MfaVerification]]
"""(serial number, verification) of an MFA code that a call had verified."""


PastDenials: TypeAlias = "Callable[[str], PastDenial | None]"
"""Finds a denied request by its authorization id."""


class CallResult(Struct, frozen=True, kw_only=True):
    """The result of a call, whether it succeeded or failed."""

    answer: Answer
    error: AwsError | None
    denied: AwsError | None
    """The error, or the first denial if several requests were decided separately."""
    action: str
    decisions: tuple[Decision, ...]
    """The decisions on all authorized requests, in order."""
    verdict: Verdict
    code: str
    decided_by: str
    resource: str
    caller_label: str
    caller: CallerIdentity | None
    access_key_id: str | None
    operation: Operation | None
    region: str
    """The Region that it was sent to."""
    question: Question | None
    """The evaluated question; None if no policy was evaluated."""
    logged: LoggedQuestion | None
    """The part of the question that the log keeps."""
    id_counter: int
    mfa_verifications: tuple[tuple[str, MfaVerification], ...] = ()
    """Verified MFA codes with their devices' serial numbers; they are used up even if the call fails."""

    @property
    def message(self) -> str:
        """AWS's message for a denied or refused call; empty if it was allowed."""
        return self.denied.message if self.denied else ""

    @property
    def response(self) -> dict[str, object]:
        """AWS's response. Raises AwsError if the call failed."""
        if self.error is not None:
            raise self.error
        return self.answer.response


def carry_out(
    ask: Ask, world: World, authenticator: Authenticator, seed: int,
    gathered: GatheredPolicies | None = None, uses: KeyUses = NEVER_USED,
    past_denial: PastDenials = lambda _: None,
) -> CallResult:  # fmt: skip
    """Carry out one call without applying its result. Raises only TypeError, for a caller of an unknown type:
    all other input gives a response or an error that AWS would send.
    """
    operation = None if ask.is_plain else OPERATIONS.get(ask.action)
    ids = IdSource(seed, world.id_counter)
    authorization = Authorization(ask, world, gathered or GatheredPolicies())
    answer, error = Answer(), None
    mfa: MfaRecord = []
    try:
        authorization.caller = _authenticated(ask, world, authenticator, operation)
    except AwsError as refusal:
        error = refusal
    else:
        try:
            answer = _answered(operation, ask, world, authorization, ids, seed, mfa, uses, past_denial)
        except AwsError as refusal:
            error = refusal
        except Exception as bug:
            error = internal_failure(bug)
    return _result(ask, world, operation, authorization.caller, authorization, answer, error, ids, tuple(mfa))


def _answered(
    operation: Operation | None, ask: Ask, world: World, authorization: Authorization,
    ids: IdSource, seed: int, mfa: MfaRecord, uses: KeyUses, past_denial: PastDenials,
) -> Answer:  # fmt: skip
    """The answer to an authenticated caller. Raises AwsError."""
    caller = authorization.caller
    assert caller is not None  # set once authenticated
    endpoint, is_signed = ask.endpoint, operation is None or operation.is_signed
    refuse_before_policies(ask.action, ask.named_resource, endpoint, caller, world, is_signed=is_signed)
    if operation is not None:
        return _perform(
            operation, ask, endpoint, world, caller, authorization, ids, seed, mfa, uses, past_denial
        )
    if not ACTION.fullmatch(ask.action):
        raise AwsError("InvalidAction", f"Could not find operation {ask.action}", 400)
    if ask.pairs:
        authorization.several(ask.pairs, each=ask.each)
        return Answer()
    _refuse_odd_request(ask.params)
    resource = ask.params.get("Resource")
    authorization(ask.action, resource if isinstance(resource, str) else "*")
    return Answer()


def refuse_before_policies(
    action: str, resource: str, region: str, caller: CallerIdentity, world: World, *, is_signed: bool = True
) -> None:
    """Raise AwsError for requests that AWS refuses before it evaluates policies: an operation that the
    endpoint does not have, credentials that are not valid in the Region, credentials that cannot be used for
    the action. Used for calls and for the requests of workloads.
    """
    refuse_endpoint(action, region)
    if is_signed:
        refuse_credentials(region, caller, world.in_force, action.partition(":")[0])
    refuse_caller(action, caller, world.settings, resource)


def internal_failure(bug: Exception) -> AwsError:
    """AWS's error for a failed service, used if our code fails. It is recorded like any error, so that such a
    call does not prevent a journal from being resumed; `__cause__` is the original exception.

    https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    """
    error = AwsError(
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
        500,
        hint=f"sts-tui could not perform it: {type(bug).__name__}: {bug}",
    )
    error.__cause__ = bug
    return error


def _authenticated(
    ask: Ask, world: World, authenticator: Authenticator, operation: Operation | None
) -> CallerIdentity:
    """The identity of the caller. For an operation that is not signed, expired credentials do not matter: it
    replaces them by new ones for a token or an assertion.
    """
    try:
        return authenticator(ask.caller, world, world.now, ask.action.partition(":")[0])
    except AwsError:
        if operation is None or operation.is_signed:
            raise
        return ANONYMOUS_IDENTITY


def _perform(
    operation: Operation, ask: Ask, endpoint: str, world: World, caller: CallerIdentity,
    authorization: Authorization, ids: IdSource, seed: int, mfa: MfaRecord, uses: KeyUses,
    past_denial: PastDenials,
) -> Answer:  # fmt: skip
    if operation.is_signed and caller.caller.kind is CallerKind.ANONYMOUS:
        raise missing_token()
    from sts_tui.simulation.operations.requests import check_request

    check_request(ask.action, ask.params, world.settings)
    reads_what_is_in_force = operation.effect is Effect.ISSUE or ask.action.startswith("sts:")
    call = Call(
        operation=ask.action,
        params=_as_sent(ask.action, ask.params),
        caller=caller,
        account=caller.account or world.first_account,
        configuration=_in_force(world) if reads_what_is_in_force else world.configuration,
        sessions=world.sessions,
        settings=world.settings,
        identity_providers=world.identity_providers,
        now=world.now,
        region=endpoint,
        ids=ids,
        authorize=authorization,
        mfa_verifications=world.mfa_verifications,
        record_mfa=lambda serial, verification: mfa.append((serial, verification)),
        session_label=ask.session_label,
        seed=seed,
        uses=uses,
        past_denial=past_denial,
    )
    return operation.perform(call)


def _in_force(world: World) -> Configuration:
    """The configuration in force. Sign-ins and Cognito's identities are in force immediately, because they
    are not writes to IAM.
    """
    written, known = world.configuration, world.in_force
    if written is known:
        return known
    return replace(
        known,
        sign_ins=written.sign_ins,
        identity_pools=written.identity_pools,
        pool_identities=written.pool_identities,
    )


def _as_sent(action: str, params: Mapping[str, object]) -> Mapping[str, object]:
    """Parameters as they are sent, by name: a parsed object becomes JSON text if AWS expects text, and None
    is not sent.
    """
    if all(value.__class__ is str for value in params.values()):
        return params
    from sts_tui.simulation.operations.requests import shape_of  # plain requests have no shape

    members = shape_of(action).members
    return {name: _as_text(members.get(name), value) for name, value in params.items() if value is not None}


def _as_text(shape: Shape | None, value: object) -> object:
    import json

    if shape is None:
        return value
    if shape.type == "string" and isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if shape.type == "list" and isinstance(value, list | tuple):
        return [_as_text(shape.member, one) for one in value]
    return value


class Authorization:
    """`call.authorize` of one call. It keeps the authorized requests for the log and for explanations."""

    def __init__(self, ask: Ask, world: World, gathered: GatheredPolicies) -> None:
        self.ask = ask
        self.world = world
        self.gathered = gathered
        self.caller: CallerIdentity | None = None
        self.asked: list[tuple[Prepared, Decision]] = []
        self.first_denial: AwsError | None = None
        """The first denial, if several requests were decided separately."""

    def __call__(
        self,
        action: str,
        resource: str = "*",
        *,
        context: Mapping[str, Json] | None = None,
        resource_account: str | None = None,
        resource_policy: WrittenPolicy | None = None,
        caller: CallerIdentity | None = None,
        unknown: tuple[str, ...] = (),
    ) -> Decision:
        who = caller or self.caller
        assert who is not None  # set once authenticated
        owner = self.ask.params.get("Owner")
        prepared = prepare(
            Question(
                edition=self.world.in_force.edition,
                configuration=self.world.in_force,
                settings=self.world.settings,
                caller=who,
                action=action,
                resource=resource,
                resource_account=resource_account or (owner if isinstance(owner, str) else None),
                region=self.ask.region_for(resource),
                context=self.ask.context,
                operation_context=context or {},
                resource_policy=resource_policy,
                unknown=unknown,
            ),
            self.gathered,
        )
        decision = prepared.decide(self.world.now)
        self.asked.append((prepared, decision))
        if decision.outcome is not Outcome.ALLOWED:
            raise denial(prepared, decision, self.world.now)
        return decision

    def several(self, pairs: Sequence[Pair], *, each: bool) -> None:
        """Authorize one pair after the other. Raises AwsError at the first denial; with `each` not for
        denials.
        """
        for pair in pairs:
            if not ACTION.fullmatch(pair.action):
                raise AwsError("InvalidAction", f"Could not find operation {pair.action}", 400)
            try:
                self(pair.action, pair.resource, context=pair.context, unknown=tuple(pair.unknown))
            except AwsError as error:
                if not each or error.decision is None:
                    raise
                self.first_denial = self.first_denial or error

    @property
    def reported_decision(self) -> tuple[Prepared, Decision] | None:
        """The request and decision to report: the denial that ended the call, else the first request."""
        if not self.asked:
            return None
        if self.first_denial is not None:
            return next(one for one in self.asked if one[1] is self.first_denial.decision)
        last = self.asked[-1]
        return last if last[1].outcome is not Outcome.ALLOWED else self.asked[0]


def _result(
    ask: Ask, world: World, operation: Operation | None, caller: CallerIdentity | None,
    authorization: Authorization, answer: Answer, error: AwsError | None, ids: IdSource,
    mfa_verifications: tuple[tuple[str, MfaVerification], ...],
) -> CallResult:  # fmt: skip
    reported = authorization.reported_decision
    verdict, decided = _verdict(reported, error, caller)
    label, key = _who(ask, world, caller, reported)
    resource = reported[0].question.resource if reported else ask.named_resource
    denied = error or authorization.first_denial
    evaluated = reported[0] if reported and not reported[0].question.caller.is_operator else None
    return CallResult(
        answer=answer,
        error=error,
        denied=denied,
        action=reported[0].question.action if reported and ask.pairs else ask.action,
        decisions=tuple(decision for _, decision in authorization.asked),
        verdict=verdict,
        code=denied.code if denied else "200",
        decided_by=decided,
        resource=resource,
        caller_label=label,
        caller=caller,
        access_key_id=key,
        operation=operation,
        region=reported[0].question.region if reported else ask.endpoint,
        question=evaluated.question if evaluated else None,
        logged=evaluated.logged if evaluated else None,
        id_counter=ids.counter,
        mfa_verifications=mfa_verifications,
    )


def _who(
    ask: Ask, world: World, caller: CallerIdentity | None, reported: tuple[Prepared, Decision] | None
) -> tuple[str, str | None]:
    """(label, access key id) of the caller. The caller of an unsigned call with a token is labeled by the
    token's provider.
    """
    if caller is None:
        return label_of(ask.caller, world)
    judged = reported[0].question.caller if reported else caller
    if judged.caller.kind is CallerKind.FEDERATED:
        return judged.label, None
    return caller.label, caller.access_key_id


def _verdict(
    reported: tuple[Prepared, Decision] | None, error: AwsError | None, caller: CallerIdentity | None
) -> tuple[Verdict, str]:
    decision = error.decision if error else None
    if error is not None and decision is None:
        return Verdict.REFUSED, _why_refused(error)
    if decision is None and reported is not None:
        decision = reported[1]
    if caller is not None and caller.is_operator and (decision is None or decision is OPERATOR_DECISION):
        return Verdict.ALLOWED, "operator"
    if decision is None or reported is None:
        return Verdict.ALLOWED, "no permission needed"
    return Verdict.of(decision.outcome), decided_by(decision, reported[0].question.action)


def _why_refused(error: AwsError) -> str:
    return error.hint or error.message


def _refuse_odd_request(params: Mapping[str, object]) -> None:
    """Raise an error unless a plain request gives its resource, and optionally the owner, as text."""
    for name in ("Resource", "Owner"):
        if not isinstance(params.get(name, ""), str | None):
            raise AwsError("ValidationError", f"{name} of a request is text", 400)
