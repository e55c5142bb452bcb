"""How does a request of an AWS client become a call of the simulation, and the result a response?

1. Who signed? An unknown key is refused before anything is recorded, because it may be a real one of AWS.
2. Which operation is it? 3. Does the signature hold? The simulation refuses in AWS's order (token, expiry,
orphan, signature). 4. An operation that is simulated is performed; any other is only authorized, and answered
with the smallest response that its shape allows. The functions are pure: bytes in, bytes out. The wall clock
and CBOR are passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.iam import Outcome
from sts_tui.simulation.calls.callers import SignedCaller
from sts_tui.simulation.calls.pipeline import internal_failure
from sts_tui.simulation.events import ClientCall, RequestAnswered
from sts_tui.simulation.identities import ANONYMOUS, Identity, operator_identity
from sts_tui.simulation.operations import OPERATIONS
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.authenticate import invalid_token, key_owner, missing_token, wrong_signature
from sts_tui.sts.errors import AwsError
from sts_tui.sts.ids import SIMULATED, IdSource, long_term_secret
from sts_tui.sts.operation import Effect
from sts_tui.wire.answers.errors import Encode, refusal
from sts_tui.wire.answers.successes import least, performed
from sts_tui.wire.authorization.derived_values import Facts
from sts_tui.wire.authorization.pairs import asked
from sts_tui.wire.client_name import client_name
from sts_tui.wire.messages import HttpRequest, HttpResponse
from sts_tui.wire.requests.bodies import Decode
from sts_tui.wire.requests.chunked import unwrapped
from sts_tui.wire.requests.performed_parameters import parameters_of, without_foreign_signature
from sts_tui.wire.requests.recognition import Recognized, protocol_of, recognize
from sts_tui.wire.shared_values import SharedValues
from sts_tui.wire.signing.certificate_holder import holder_signed
from sts_tui.wire.signing.credential import Credential, Kind, credential_of
from sts_tui.wire.signing.freshness import refuse_stale
from sts_tui.wire.signing.verification import signature_holds

_BY_CERTIFICATE: Final = "rolesanywhere:CreateSession"
"""The only operation that is signed with a certificate, and only with one.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html
"""


class Options(Struct, frozen=True, kw_only=True):
    """How a gateway behaves."""

    encode: Encode
    decode: Decode
    """Functions for CBOR, which this package does not import."""
    operator_key_id: str = ""
    operator_secret: str = ""
    """The secret of the credentials that act as the operator; empty: there are none."""
    soft: bool = False
    """Whether to answer denials with success; they are recorded as denials."""
    source_ip: str = ""
    """`aws:SourceIp` of every request; empty: the simulation's default."""
    is_readonly: bool = False
    endpoint: str = ""
    """The address that clients use: it is in the URLs of queues."""
    checks_time: bool = True
    """Whether to compare signing times with the real clock."""


class Exchange(Struct, frozen=True, kw_only=True):
    """A request and its response, for reports."""

    event: RequestAnswered | None
    """The logged event; None if the request was refused before anything was recorded."""
    operation: str
    """`s3:GetObject`; empty if it was not recognized."""
    access_key_id: str
    client: str
    code: str
    """`200`, or the error code as the simulation names it."""
    message: str
    response: HttpResponse
    performed: tuple[str, Mapping[str, Any]] | None = None
    """(operation, parameters by AWS's names) of a call that the simulation carried out or refused."""


class Time(Struct, frozen=True, kw_only=True):
    """The client's clock: now, and how many simulated seconds pass in one of its seconds (0: paused)."""

    now: datetime
    speed: float = 1.0


class Gateway:
    """Answers requests from a simulation."""

    def __init__(
        self, simulation: Simulation, options: Options, report: Callable[[Exchange], None] | None = None
    ) -> None:
        self.simulation = simulation
        self.options = options
        self.shared = SharedValues()
        self._report = report
        self._seen: set[str] = set()
        """Keys of the model that were used, so that a deleted one is not taken for a real key of AWS."""

    def answer(self, request: HttpRequest, time: Time) -> HttpResponse:
        """The response. It never raises: any input gets a response that AWS could give."""
        return _RequestHandler(self, request, time).answer()

    def publish(self, exchange: Exchange) -> None:
        if self._report is not None:
            self._report(exchange)

    def knows(self, access_key_id: str) -> bool:
        """Whether this key belongs to the model, or did."""
        world = self.simulation.world
        if access_key_id in world.sessions or key_owner(access_key_id, world.configuration) is not None:
            self._seen.add(access_key_id)
        return access_key_id in self._seen


class _RequestHandler:
    """The handling of one request."""

    def __init__(self, gateway: Gateway, request: HttpRequest, time: Time) -> None:
        self.gateway = gateway
        self.simulation = gateway.simulation
        self.options = gateway.options
        self.request = request
        self.time = time
        self.credential: Credential | None = None
        self.recognized: Recognized | None = None
        self.before = self.simulation.events.last_number
        self.request_id = IdSource(self.simulation.seed, self.before).request_id()
        self.client = client_name(request.header("user-agent"))
        self.performed: tuple[str, Mapping[str, Any]] | None = None

    def answer(self) -> HttpResponse:
        try:
            response, code, message = self._answered(), "200", ""
        except AwsError as error:
            response, code, message = self._refused(error), error.code, error.message
        except Exception as bug:  # the server answers any input and continues
            failure = internal_failure(bug)
            response, code, message = self._refused(failure), failure.code, failure.hint
        event = next(
            (one for one in self.simulation.events.since(self.before) if isinstance(one, RequestAnswered)),
            None,
        )
        if event is not None:
            code, message = event.code, event.message
        self.gateway.publish(
            Exchange(
                event=event,
                operation=self.recognized.name if self.recognized else "",
                access_key_id=self.credential.access_key_id if self.credential else "",
                client=self.client,
                code=code,
                message=message,
                response=response,
                performed=self.performed,
            )
        )
        return response

    def _answered(self) -> HttpResponse:
        """The response to a request that is allowed. Raises AwsError."""
        self.credential = credential_of(self.request)
        opened = unwrapped(self.request)
        signing = self.credential.service if self.credential else ""
        self.recognized = recognize(opened, signing, self.options.decode)
        caller = self._caller(self.credential)
        operation = OPERATIONS.get(self.recognized.name)
        if operation is None:
            return self._authorized(opened, caller)
        if self.options.is_readonly and operation.effect is not Effect.READ:
            raise AwsError(
                "AccessDenied", "sts-tui was started with --readonly; this call would change the model", 403
            )
        return self._performed(opened, caller)

    # ---- who calls

    def _caller(self, credential: Credential | None) -> SignedCaller | Identity:
        """The caller of a request. Raises AwsError for a key that is not the model's, an expired signature,
        or a wrong one of the operator.
        """
        assert self.recognized is not None
        service = self.recognized.service.prefix
        if credential is None:
            if self.recognized.row.unsigned or service == "s3":
                return ANONYMOUS
            raise missing_token()
        if self.options.checks_time:
            refuse_stale(self.request, credential, self.time.now)
        if (credential.kind is Kind.CERTIFICATE) != (self.recognized.name == _BY_CERTIFICATE):
            raise AwsError(
                "IncompleteSignature", f"A certificate signs {_BY_CERTIFICATE}, and only that.", 400
            )
        if credential.kind is Kind.CERTIFICATE:
            if not holder_signed(self.request, credential):
                raise wrong_signature()
            return ANONYMOUS
        key, options = credential.access_key_id, self.options
        if options.operator_key_id and key == options.operator_key_id:
            if credential.token is not None or not signature_holds(
                self.request, credential, options.operator_secret
            ):
                raise wrong_signature()
            return operator_identity()
        if not self.gateway.knows(key):
            raise invalid_token(service)
        session = self.simulation.world.sessions.get(key)
        secret = session.credentials.secret_access_key if session else long_term_secret(key)
        return SignedCaller(
            access_key_id=key,
            token=_token_state(credential.token, session.credentials.session_token if session else None),
            is_signature_right=signature_holds(self.request, credential, secret),
        )

    @property
    def _region(self) -> str:
        return (self.credential.region if self.credential else "") or DEFAULT_REGION

    # ---- what it comes to

    def _performed(self, opened: HttpRequest, caller: SignedCaller | Identity) -> HttpResponse:
        assert self.recognized is not None
        action = self.recognized.name
        params = parameters_of(self.recognized, opened)
        params = without_foreign_signature(self.simulation, action, params, self._region)
        self.performed = (action, params)
        arguments: dict[str, Any] = {"region": self._region, "client": self._client_call()}
        try:
            answer = self.simulation.call(action, params, caller=caller, context=self._context(), **arguments)
        except AwsError as error:
            if not self.options.soft or error.decision is None:
                raise
            answer = self.simulation.call(action, params, caller=self._operator(), **arguments)
        return performed(self.recognized, self._in_client_time(answer), self.request_id, self.options.encode)

    def _authorized(self, opened: HttpRequest, caller: SignedCaller | Identity) -> HttpResponse:
        assert self.recognized is not None
        account = self._account(caller)
        facts = Facts(
            request=opened, members=self.recognized.members, region=self._region, account=account,
            configuration=self.simulation.world.configuration,
        )  # fmt: skip
        wanted = asked(self.recognized, facts)
        each = self.recognized.name == "s3:DeleteObjects"
        decisions: tuple[Any, ...] = ()
        try:
            decisions = self.simulation.request(
                wanted.pairs,
                caller=caller,
                context=self.gateway.shared.context({**wanted.context, **self._context()}),
                region=self._region,
                each=each,
                client=self._client_call(is_least=True, is_resource_unknown=wanted.is_resource_unknown),
            )
        except AwsError as error:
            if not self.options.soft or error.decision is None:
                raise
        if each:
            from sts_tui.wire.answers.deletions import deleted

            denied = {
                arn for (_, arn, *_), one in zip(wanted.pairs, decisions, strict=True)
                if one.outcome is not Outcome.ALLOWED and not self.options.soft
            }  # fmt: skip
            return deleted(self.recognized, denied, self.request_id)
        return least(self.recognized, self.request_id, self.options.encode, self._fill(account))

    def _client_call(self, *, is_least: bool = False, is_resource_unknown: bool = False) -> ClientCall:
        assert self.recognized is not None
        call = ClientCall(
            client=self.client,
            operation=self.recognized.name,
            is_least_answer=is_least,
            is_resource_unknown=is_resource_unknown,
            is_soft=self.options.soft,
        )
        return self.gateway.shared.client(call)

    def _context(self) -> dict[str, Any]:
        context: dict[str, Any] = {}
        if agent := self.request.header("user-agent"):
            context["aws:UserAgent"] = agent[:1024]
        if self.options.source_ip:
            context["aws:SourceIp"] = self.options.source_ip
        return context

    def _account(self, caller: SignedCaller | Identity) -> str:
        world = self.simulation.world
        if isinstance(caller, SignedCaller):
            if session := world.sessions.get(caller.access_key_id):
                return session.account
            owner = key_owner(caller.access_key_id, world.configuration)
            return owner[0].arn.split(":")[4] if owner else world.first_account
        return caller.account or world.first_account

    def _operator(self) -> Identity:
        return operator_identity(self._account(self._caller(self.credential)))

    def _fill(self, account: str) -> Mapping[str, str]:
        assert self.recognized is not None
        known = {"$endpoint": self.options.endpoint, "$account": account, "$region": self._region}
        return {**{k: v for k, v in self.recognized.members.items() if isinstance(v, str)}, **known}

    def _in_client_time(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response with expirations in the client's time: now plus the remaining time at this speed."""
        of_role = answer.get("roleCredentials")
        if isinstance(of_role, Mapping):
            expires = self.gateway_time(datetime.fromtimestamp(of_role["expiration"] / 1000, UTC))
            return {
                **answer,
                "roleCredentials": {**of_role, "expiration": int(expires.timestamp() * 1000)},
            }
        if listed := answer.get("credentialSet"):
            return {**answer, "credentialSet": [self._in_client_time(one) for one in listed]}
        for name, member in (("Credentials", "Expiration"), ("credentials", "expiration")):
            credentials = answer.get(name)
            if isinstance(credentials, Mapping) and member in credentials:
                expires = datetime.fromisoformat(credentials[member].replace("Z", "+00:00"))
                printed = f"{self.gateway_time(expires):%Y-%m-%dT%H:%M:%SZ}"
                return {**answer, name: {**credentials, member: printed}}
        return answer

    def gateway_time(self, instant: datetime) -> datetime:
        return client_time(instant, self.simulation.now, self.time)

    def _refused(self, error: AwsError) -> HttpResponse:
        signing = self.credential.service if self.credential else ""
        found = self.recognized
        return refusal(
            error,
            found.protocol if found else protocol_of(self.request, signing or "s3"),
            service=found.service.prefix if found else signing or "s3",
            namespace=found.service.namespace if found else "",
            request_id=self.request_id,
            method=self.request.method,
            encode=self.options.encode,
        )


def client_time(instant: datetime, simulated_now: datetime, time: Time) -> datetime:
    """The client's time at a simulated instant; a paused clock counts as ×1."""
    remaining = (instant - simulated_now).total_seconds()
    return time.now + timedelta(seconds=remaining / (time.speed if time.speed > 0 else 1.0))


def _token_state(sent: str | None, known: str | None) -> str:
    if sent is None:
        return "absent"
    if sent == known:
        return "right"
    return "wrong" if sent.startswith(SIMULATED) else "malformed"
