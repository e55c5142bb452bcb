"""How does a program keep credentials and make requests, like a program with an AWS SDK?

**Model.** A workload acts at its ticks, every `EverySeconds` from the start. At a tick it first prepares its
credentials (`Credentials.ready`) and then makes the next request of its list, in rotation. Its credentials
are a chain: an identity that it starts from, and a session for each hop of `AssumeRoles`; the last hop signs.

**States of one hop's credentials**, by the time left before they expire, as the SDKs define them:

- none held: the workload must get them;
- 15 minutes or more left (`ADVISORY_REFRESH`): it uses them;
- less than 15 minutes: it tries to renew, and continues with the old credentials if that fails;
- less than 10 minutes (`MANDATORY_REFRESH`): it must renew, and makes no request if that fails.

A renewal of a hop is signed with the hop before it, which is renewed first if it is due.

- `service:`: instances, tasks and functions do not call STS. Their service delivers its credentials, the same
  to every program in one place, and has new ones from five minutes before they expire.
- `PROVIDER/USER` of a certificate authority, `pod:CLUSTER/NAMESPACE/SERVICE-ACCOUNT`: Roles Anywhere and EKS
  Pod Identity give the session of the first hop; it is renewed like other hops.
- `app:POOL`, `app:POOL/PROVIDER/USER`: an app gets credentials for a guest or a signed-in user from its
  identity pool, in the enhanced flow. It keeps the identity in the pool and renews with it.
- A user's ARN, or an access key id: the program has one long-term key and keeps it (`long_term_keys`).
- `Refresh: never` takes credentials once and keeps them.
- `Identity: workload:NAME` is a thief. At its first tick it copies the credentials that NAME signs with, uses
  them from another network address and never renews them. While NAME has none, the thief waits.

**States of the workload** (`Health`): starting, healthy or failing. It is failing while its credentials or a
request of its list failed at the last attempt, otherwise healthy; `HEALTH_AFTER` has all transitions. It
never returns to starting, and a waiting thief stays in its state.

**What must never happen.** A denied request makes a workload renew: an SDK ignores denials, so a revoked
workload stays denied until its session is old enough. Old credentials sign a request after a renewal failed
with less than 10 minutes left. One tick makes more than one request of the list, or shifts the next tick. The
tick of one workload changes the state of another.

**Not modeled.** Retries with back-off, random jitter in an SDK's refresh times, concurrent requests of one
program, and a machine whose clock is wrong.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

from msgspec import Struct, field, json
from msgspec.structs import replace

from sts_tui.account.entities import Workload, WorkloadHop
from sts_tui.account.identity_pools import ISSUER
from sts_tui.account.json_value import Json
from sts_tui.simulation.app_visitors import first_call, logins_of, pool_of, second_call
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import CallerLike
from sts_tui.simulation.identities import (
    Identity,
    IdentityKind,
    UnknownIdentityError,
    resolve,
)
from sts_tui.simulation.sign_ins import CannotSignInError
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.workloads.long_term_keys import long_term_key
from sts_tui.simulation.workloads.pod_nodes import agent, pod_call
from sts_tui.simulation.workloads.sign_in import SignInError, sign_in
from sts_tui.simulation.workloads.workload_credentials import (
    APP,
    POD,
    AppVisitor,
    NoCredentialsError,
    PodPlace,
    issued_key,
)
from sts_tui.simulation.world import Health, WorkloadState
from sts_tui.sts.errors import AwsError
from sts_tui.sts.issuing.mfa import next_code
from sts_tui.sts.issuing.service_sessions import rotation_due

ADVISORY_REFRESH: Final = timedelta(minutes=15)
"""With less time left, an SDK tries to renew."""
MANDATORY_REFRESH: Final = timedelta(minutes=10)
"""With less time left, an SDK makes no request with the old credentials."""

NO_CREDENTIALS: Final = -1
"""The entry among the failing turns for "could not get credentials"."""

HEALTH_AFTER: Final[Mapping[tuple[Health, bool], Health]] = {
    (Health.STARTING, True): Health.HEALTHY,
    (Health.STARTING, False): Health.FAILING,
    (Health.HEALTHY, True): Health.HEALTHY,
    (Health.HEALTHY, False): Health.FAILING,
    (Health.FAILING, True): Health.HEALTHY,
    (Health.FAILING, False): Health.FAILING,
}
"""By (health before, whether everything that the workload does succeeded at its last attempt): the new
health.
"""


class Result(Struct, frozen=True, kw_only=True):
    """The result of one request for the workload."""

    succeeded: bool
    reason: str = ""


def after(state: WorkloadState, turn: int, result: Result, *, ticks: int, turns: int) -> WorkloadState:
    """The state after a request (`turn`: its place in the list, or NO_CREDENTIALS) with this result."""
    if result.succeeded and not state.failing:
        failing: tuple[int, ...] = ()
    elif result.succeeded:
        failing = tuple(one for one in state.failing if one not in (turn, NO_CREDENTIALS))
    else:
        failing = state.failing if turn in state.failing else tuple(sorted((*state.failing, turn)))
    health = HEALTH_AFTER[state.health, not failing]
    return WorkloadState(
        ticks=ticks,
        turn=turns,
        keys=state.keys,
        own_key=state.own_key,
        stolen=state.stolen,
        failing=failing,
        health=health,
        reason=result.reason if not result.succeeded else (state.reason if failing else ""),
        succeeded=state.succeeded + result.succeeded,
        failed=state.failed + (not result.succeeded),
        recovered=state.recovered + (state.health is Health.FAILING and health is Health.HEALTHY),
    )


class NothingToStealYetError(Exception):
    """The victim has no credentials yet, so that the thief waits."""


class CredentialsUnavailableError(Exception):
    """A workload could not get credentials this time; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Places:
    """The workloads to which a service delivers the same credentials. Computed once for a set of workloads,
    because each of thousands needs it for a renewal.
    """

    def __init__(self) -> None:
        self._workloads: Mapping[str, Workload] = {}
        self._names: dict[_Place, list[str]] = {}

    def shared_with(self, workload: Workload, workloads: Mapping[str, Workload]) -> Iterator[str]:
        """The names of all others at the workload's place, in the order of `workloads`."""
        if workloads is not self._workloads:
            self._names = {}
            for name, other in workloads.items():
                self._names.setdefault(_place(other), []).append(name)
            self._workloads = workloads
        return (name for name in self._names.get(_place(workload), ()) if name != workload.name)


class Credentials(Struct):
    """Prepares one workload's credentials at one time; `state` then has its credentials."""

    workload: Workload
    state: WorkloadState
    store: StateStore
    call: Callable[[Ask], dict[str, Any]]
    places: Places = field(default_factory=Places)

    def ready(self) -> CallerLike:
        """The caller of the next request. Raises CredentialsUnavailableError, and NothingToStealYetError if
        the session to steal has not been issued.
        """
        hops = self.workload.assume_roles
        if not hops:
            return self._base()
        return self._hop(len(hops) - 1)

    def _base(self) -> CallerLike:
        """The caller at the start of the chain."""
        who = self.workload.identity
        if who.startswith("workload:"):
            return self._stolen(who.removeprefix("workload:"))
        if key := long_term_key(self.workload, self.state, self.store.standing):
            self.state = replace(self.state, own_key=key)
            return key
        try:
            return resolve(who, self.store.standing)
        except UnknownIdentityError as unknown:
            raise CredentialsUnavailableError(unknown.message) from None

    def _stolen(self, victim: str) -> str:
        if self.state.stolen is None:
            self.state = replace(self.state, stolen=self._held_by(victim))
        return self.state.stolen or ""

    def _held_by(self, victim: str) -> str:
        """The key that the victim signs with now."""
        robbed = self.store.standing.workloads.get(victim)
        if robbed is None:
            raise CredentialsUnavailableError(f"there is no workload {victim}")
        state = self.store.state(victim)
        if robbed.assume_roles and len(state.keys) == len(robbed.assume_roles):
            return state.keys[-1]
        if not robbed.assume_roles:
            if state.stolen:  # a copy of a copy
                return state.stolen
            if robbed.identity.startswith("workload:"):
                raise NothingToStealYetError
            if key := long_term_key(robbed, state, self.store.standing):
                return key
        raise NothingToStealYetError

    def _hop(self, index: int) -> str:
        held = self.state.keys[index] if index < len(self.state.keys) else None
        if held is None:
            return self._renewed(index)
        if self.workload.refresh == "never" or self._is_stolen:
            return held
        left = self._left(held)
        if left >= ADVISORY_REFRESH or (index == 0 and self._service_has_no_newer(held)):
            return held
        try:
            return self._renewed(index)
        except CredentialsUnavailableError:
            if left < MANDATORY_REFRESH:
                raise
            return held

    def _service_has_no_newer(self, access_key_id: str) -> bool:
        """Whether a service delivers the credentials and would deliver the same credentials again."""
        session = self.store.standing.sessions.get(access_key_id)
        is_delivered = self.workload.identity.startswith("service:")
        return is_delivered and session is not None and self.store.now < rotation_due(session)

    @property
    def _is_stolen(self) -> bool:
        return self.workload.identity.startswith("workload:")

    def _left(self, access_key_id: str) -> timedelta:
        session = self.store.standing.sessions.get(access_key_id)
        return session.expires_at - self.store.now if session else timedelta(0)

    def _renewed(self, index: int) -> str:
        """New credentials of this hop; those of the hop before are renewed first if they are due."""
        key = self._delivered_to_others() if index == 0 else None
        if key is None:
            if index == 0 and self.workload.identity.startswith(APP):
                key = self._of_visitor()
            else:
                key = self._issued(
                    self._first_ask() if index == 0 else self._ask(self._hop(index - 1), index)
                )
        self.state = replace(self.state, keys=(*self.state.keys[:index], key, *self.state.keys[index + 1 :]))
        return key

    def _answer(self, ask: Ask) -> dict[str, Any]:
        """AWS's response to a call for credentials. Raises CredentialsUnavailableError."""
        try:
            return self.call(ask)
        except AwsError as refusal:
            raise CredentialsUnavailableError(f"{ask.action}: {refusal.code}") from None

    def _issued(self, ask: Ask) -> str:
        return issued_key(self._answer(ask))

    def _of_visitor(self) -> str:
        """The enhanced flow of an app: GetId if it has no identity yet, then GetCredentialsForIdentity."""
        visitor, hop = AppVisitor.of(self.workload.identity), self.workload.assume_roles[0]
        world = self.store.world
        try:
            pool = pool_of(visitor.pool, world)
            logins = logins_of(visitor.person, pool, world)
        except CannotSignInError as error:
            raise CredentialsUnavailableError(str(error)) from None
        held = self.store.standing.sessions.get(self.state.keys[0]) if self.state.keys else None
        identity = held.context.get(f"{ISSUER}:sub") if held is not None else None
        if identity is None:
            ask = self._asking(*first_call(pool, logins), None, hop)
            identity = self._answer(ask)["IdentityId"]
        ask = self._asking(*second_call(str(identity), logins), None, hop)
        key = self._issued(replace(ask, session_label=visitor.label))
        issued = self.store.standing.sessions.get(key)
        if issued is not None and issued.issuer_arn != hop.role_arn:
            raise CredentialsUnavailableError(f"the identity pool gives {issued.issuer_arn}")
        return key

    def _delivered_to_others(self) -> str | None:
        """The key that the service already delivers to the instance or task, whose programs share
        credentials.
        """
        if not self.workload.identity.startswith("service:"):
            return None
        for name in self.places.shared_with(self.workload, self.store.standing.workloads):
            keys = self.store.state(name).keys
            session = self.store.standing.sessions.get(keys[0]) if keys else None
            if session is not None and self.store.now < rotation_due(session):
                return keys[0]
        return None

    def _first_ask(self) -> Ask:
        if self.workload.identity.startswith(POD):
            return self._pod_ask()
        provider, slash, user = self.workload.identity.partition("/")
        if not slash or provider not in self.store.standing.identity_providers:
            return self._ask(self._base(), 0)
        hop = self.workload.assume_roles[0]
        try:
            action, params = sign_in(provider, user, hop.role_arn, self.store.world)
        except SignInError as refused:
            raise CredentialsUnavailableError(str(refused)) from None
        if action == "rolesanywhere:CreateSession":
            return self._asking(
                action, {**params, **_of_certificate(hop)}, None, hop, hop.role_session_name or user
            )
        wanted = {"RoleSessionName": self.workload.name, **hop_params(hop)}
        if action == "sts:AssumeRoleWithSAML":
            del wanted["RoleSessionName"]  # the assertion contains it
        return self._asking(action, {**params, **wanted}, None, hop)

    def _pod_ask(self) -> Ask:
        """The call of the agent on the pod's node to EKS."""
        place = self.workload.identity.removeprefix(POD)
        try:
            pod = PodPlace.of(place)
            call = pod_call(pod, self.store.world)
            caller = agent(call, self.store.world, self._deliver)
        except NoCredentialsError as error:
            raise CredentialsUnavailableError(str(error)) from None
        except AwsError as refusal:
            raise CredentialsUnavailableError(f"sts:AssumeRole of its node: {refusal.code}") from None
        return self._asking(call.action, call.params, caller, self.workload.assume_roles[0], pod.name)

    def _deliver(self, action: str, params: Mapping[str, Json], caller: Identity) -> Mapping[str, Any]:
        """The response with credentials that EC2 gets for the node of a pod, by member name."""
        ask = Ask(action=action, params=params, caller=caller, workload=self.workload.name)
        return self.call(ask)

    def _ask(self, caller: CallerLike, index: int) -> Ask:
        hop = self.workload.assume_roles[index]
        params = hop_params(hop)
        params.setdefault("RoleSessionName", self.workload.name)
        if "SerialNumber" in params and "TokenCode" not in params:
            params["TokenCode"] = self._mfa_code(str(params["SerialNumber"]))
        return self._asking("sts:AssumeRole", params, caller, hop)

    def _mfa_code(self, serial: str) -> str:
        """The code that the user reads from the device."""
        spent = self.store.standing.spent_mfa_steps(serial)
        code = next_code(serial, self.store.now, spent)
        if code is None:
            raise CredentialsUnavailableError(f"{serial} has no unused code yet")
        return code

    def _asking(
        self,
        action: str,
        params: Mapping[str, object],
        caller: CallerLike,
        hop: WorkloadHop,
        holder: str | None = None,
    ) -> Ask:
        """A call of the workload. `holder`: the session's label if AWS names it by a serial number or a
        UUID.
        """
        anonymous = Identity(kind=IdentityKind.ANONYMOUS, label=self.workload.identity)
        return Ask(
            action=action,
            params=params,
            caller=anonymous if caller is None else caller,
            context=hop.context,
            workload=self.workload.name,
            session_label=holder,
        )


def _of_certificate(hop: WorkloadHop) -> dict[str, Json]:
    """A hop's parameters of CreateSession."""
    asked = {"roleSessionName": hop.role_session_name, "durationSeconds": hop.duration_seconds}
    return {name: value for name, value in asked.items() if value is not None}


_Place: TypeAlias = tuple[str, str | None, str]
"""The service, the session's name (an instance's id), and the first hop as JSON."""


def _place(workload: Workload) -> _Place:
    """The place where a service delivers a workload's credentials."""
    hop = workload.assume_roles[0] if workload.assume_roles else None
    name = (hop.role_session_name if hop else None) or workload.name
    return workload.identity, name, json.encode(hop, order="deterministic").decode()


def hop_params(hop: WorkloadHop) -> dict[str, Json]:
    """A hop's parameters of AssumeRole by name, including those that are not simulated."""
    params: dict[str, Json] = {"RoleArn": hop.role_arn, **(hop.extra or {})}
    if hop.role_session_name is not None:
        params["RoleSessionName"] = hop.role_session_name
    if hop.duration_seconds is not None:
        params["DurationSeconds"] = hop.duration_seconds
    return params
