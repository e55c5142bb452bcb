"""Which cut ends which kind of credentials? Every cell is computed by carrying out the cut in a copy of a
model. One person has a key and temporary credentials of every kind. A cut that does not apply to one kind is
carried out on another user or role of the same person: deactivating a key, for example, while the session of
the role that it assumed still works. If the credentials still work afterwards, new ones of the same kind are
requested in the copy, which gives the result *new only*.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from sts_tui.account.identity_pools import ISSUER
from sts_tui.simulation.app_visitors import first_call, pool_of, second_call
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import CallerLike
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.credential_use import uses_of
from sts_tui.simulation.containment.cut import Cut
from sts_tui.simulation.containment.cuts import cuts_for
from sts_tui.simulation.containment.holder import Holder, find_holder
from sts_tui.simulation.containment.trial import Trials
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import ANONYMOUS, operator_identity
from sts_tui.simulation.sign_ins import (
    console_sign_in,
    login_code,
    login_credentials,
    open_portal_session,
    open_sign_ins,
    portal_sign_in,
    portal_user,
    renewal,
    role_of_portal,
)
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.workloads.pod_nodes import pod_call
from sts_tui.simulation.workloads.sign_in import SignInError, sign_in
from sts_tui.simulation.workloads.workload_credentials import NoCredentialsError, PodPlace
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import Session
from sts_tui.tours.reading.samples import sample_folder

LONG_TERM_KEY: Final = "long-term key"
_CENTER: Final = "IAM Identity Center"
_LOGIN: Final = "aws login"
_POOL: Final = "Cognito guest"
_CERTIFICATE: Final = "Roles Anywhere"
_POD: Final = "EKS Pod Identity"
_PROOFS: Final = {"certificate": _CERTIFICATE, "pod": _POD}
COLUMNS: Final = (
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetFederationToken", "GetSessionToken",
    "GetScopedCredentials", _CENTER, _LOGIN, _POOL, _CERTIFICATE, _POD, LONG_TERM_KEY,
)  # fmt: skip
ROWS: Final = (
    "revoke-role",
    "deny-userid",
    "deny-subject",
    "deny-source-identity",
    "deny-network",
    "deny-user-dated",
    "key-inactive",
    "key-delete",
    "detach",
    "edit",
    "deny-all",
    "quarantine",
    "boundary",
    "scp",
    "rcp",
    "resource-policy",
    "trust-policy",
    "shorten-maximum",
    "session-policy",
    "end-sign-in",
    "delete-password",
    "deny-sign-in",
    "deny-person",
    "permission-set",
    "remove-assignment",
    "delete-person",
    "revoke-certificate",
    "disable-anchor",
    "disable-profile",
    "deny-service-account",
    "delete-association",
    "delete-role",
    "delete-user",
)
"""Cuts of the desk, by the part of their ids before the colon. `revoke-loop` is `revoke-role` of several."""
_EMPTIED_FIRST: Final = {
    "delete-role": ("detach",),
    "delete-user": ("detach", "key-delete", "delete-password"),
}
_OF_THE_USER: Final = ("delete-user", "key-inactive", "key-delete")
_ACCOUNT: Final = "arn:aws:iam::111122223333"
_OBJECT: Final = "arn:aws:s3:::acme-reports/any"
_ACTIONS: Final = ("s3:GetObject", "s3:PutObject", "dynamodb:Scan", "ec2:DescribeInstances")
"""The actions that all identities of the model are allowed on every resource. They use the first one; some of
the others are outside the scope of limited cuts: one action, one resource, a list of actions, the services of
RCPs.
"""
_FROM: Final = {"aws:SourceIp": "198.51.100.66"}
_READ: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": list(_ACTIONS), "Resource": "*"}],
}
_SECONDS: Final = 7200


class Reach(Enum):
    """What a cut does to issued credentials."""

    CUT = "cut"
    """Every request is denied, or the credentials no longer authenticate."""
    PARTLY = "partly"
    """The requests made before are denied, but other requests of the same credentials are still allowed."""
    NEW_ONLY = "new only"
    """Issued credentials keep working, but new ones of the same kind and duration are not issued."""
    LIVES = "lives"
    """Issued credentials keep working, and new ones are issued."""


@lru_cache(maxsize=1)
def cut_matrix() -> Mapping[tuple[str, str], Reach]:
    """What each cut does, by (cut, kind of credentials). It takes a second or two, and the result is
    cached.
    """
    simulation = _opened()
    desks = {desk.column: desk for desk in _desks(simulation)}
    return {(row, column): desk.cell(row, desks) for row in ROWS for column, desk in desks.items()}


class _Desk:
    """One kind of credentials, the cuts that the incident desk offers for it, and their trials."""

    def __init__(self, holder: Holder, simulation: Simulation) -> None:
        world = simulation.world
        log = [
            event
            for event in simulation.events
            if type(event) is RequestAnswered
            and event.access_key_id in holder.credentials
            and event.action == "s3:GetObject"  # calls to STS issued the others
        ]
        uses = tuple(replace(use, is_thief=True) for use in uses_of(holder.credentials, world, log))
        self._session = world.sessions.get(holder.who)
        self.column = LONG_TERM_KEY if self._session is None else _column(self._session)
        self._is_of_the_user = bool(holder.user)
        self._cuts = cuts_for(holder, uses, (), world)
        self._trials = Trials(simulation, holder, uses, operator_identity())
        self._seed, self._key = simulation.seed, simulation.access_key(f"{_ACCOUNT}:user/maya")

    def cell(self, row: str, desks: Mapping[str, _Desk]) -> Reach:
        """The result of this row's cut for these credentials."""
        cuts = tuple(self._offered(row, desks))
        if not cuts or cuts[-1].why_not:
            return Reach.LIVES
        trial = self._trials.of(*cuts)
        if trial.refused and self.column == _CENTER:
            return Reach.LIVES  # IAM refuses edits of Identity Center's roles
        if trial.refused:
            raise AssertionError(f"{cuts[-1].id}: {trial.refused}")
        if trial.is_cut:
            return Reach.PARTLY if trial.still_possible else Reach.CUT
        after, _ = self._trials.world_after(*cuts)
        is_issued = self._session is None or _issued_again(self._session, after, self._key, self._seed)
        return Reach.LIVES if is_issued else Reach.NEW_ONLY

    def has(self, row: str) -> bool:
        """Whether the desk offers this cut for these credentials."""
        return any(_row_of(cut) == row for cut in self._cuts)

    def of(self, row: str) -> Iterator[Cut]:
        yield from (cut for cut in self._cuts if _row_of(cut) == row)

    def _offered(self, row: str, desks: Mapping[str, _Desk]) -> Iterator[Cut]:
        """The cuts of a row from this desk, else from another desk of the same person."""
        issuers = (
            ("GetSessionToken", "AssumeRole") if self._is_of_the_user else ("AssumeRole", "GetSessionToken")
        )
        columns = (*issuers, LONG_TERM_KEY, _CENTER, _LOGIN, _POOL, _CERTIFICATE, _POD)
        others = (desks[column] for column in columns)
        desk = next((one for one in (self, *others) if one.has(row)), self)
        source = desks[LONG_TERM_KEY] if row in _OF_THE_USER else desk
        for first in (*_EMPTIED_FIRST.get(row, ()), row):
            yield from source.of(first)


def _column(session: Session) -> str:
    """The kind of the session's credentials."""
    if session.context.get("aws:FederatedProvider") == ISSUER:
        return _POOL
    if session.proof is not None:
        return _PROOFS[session.proof.kind]
    if not session.sign_in:
        return session.operation
    return _LOGIN if session.operation == "CreateOAuth2Token" else _CENTER


def _row_of(cut: Cut) -> str:
    return cut.id.partition(":")[0]


def _desks(simulation: Simulation) -> Iterator[_Desk]:
    world = simulation.world
    key = simulation.access_key(f"{_ACCOUNT}:user/maya")
    for who in (key, *world.sessions):
        holder = find_holder(who, world)
        yield _Desk(holder if who in world.sessions else replace(holder, sessions=()), simulation)


def _opened() -> Simulation:
    """The model with credentials of each kind issued, and used from the same address."""
    simulation = Simulation.open(_with_more_permissions(sample_folder() / "scenarios/five-credentials.json"))
    maya = simulation.access_key(f"{_ACCOUNT}:user/maya")
    _sign_in(simulation)
    for column in COLUMNS[:-1]:
        if column not in (_CENTER, _LOGIN, _POOL):
            action, params, caller = _issue(column, maya, simulation.world)
            simulation.call(action, params, caller=caller)
    simulation.advance(10)
    for key in (maya, *simulation.world.sessions):
        simulation.request("s3:GetObject", _OBJECT, caller=key, context=_FROM)
    return simulation


def _with_more_permissions(file: Path) -> dict[str, object]:
    """The model in which all identities that may read the reports have `_ACTIONS` on every resource."""

    def changed(value: object) -> object:
        if isinstance(value, list):
            return [changed(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.get("Sid") == "Read":
            return value | {"Action": list(_ACTIONS), "Resource": "*"}
        return {key: changed(one) for key, one in value.items()}

    found = json.loads(file.read_text(encoding="utf-8"))
    return {key: changed(value) for key, value in found.items()}


def _sign_in(simulation: Simulation) -> None:
    """Iris signs in at the access portal, Maya with `aws login`; a guest opens the app."""
    iris = portal_user("iris", simulation.world)
    simulation.call(*portal_sign_in(iris, simulation.world))
    portal = open_portal_session(iris, simulation.world)
    assert portal is not None
    simulation.call(*role_of_portal(portal, _ACCOUNT.split(":")[4], "Reader"))
    maya = simulation.resolve("maya")
    for action, params, caller in console_sign_in(maya, simulation.world):
        simulation.call(action, params, caller=caller)
    code = simulation.call(*login_code(open_sign_ins(maya, "console", simulation.world)[-1]))["code"]
    simulation.call(*login_credentials(code))
    identity = simulation.call(*first_call(pool_of("reports", simulation.world), {}))["IdentityId"]
    simulation.call(*second_call(identity, {}))


def _issue(column: str, maya: str, world: World) -> tuple[str, dict[str, object], CallerLike]:
    """(action, parameters, caller) of the call that issues credentials of a kind. `maya`: her access key
    id.
    """
    lasting: dict[str, object] = {"DurationSeconds": _SECONDS}
    match column:
        case "AssumeRole":
            named = {"RoleSessionName": "assumed", "SourceIdentity": "maya"}
            return "sts:AssumeRole", {"RoleArn": f"{_ACCOUNT}:role/Worker", **named, **lasting}, maya
        case "AssumeRoleWithSAML":
            action, params = sign_in("okta", "rosa", f"{_ACCOUNT}:role/Staff", world)
            return action, {**params, **lasting}, ANONYMOUS
        case "AssumeRoleWithWebIdentity":
            action, params = sign_in("github", "main", f"{_ACCOUNT}:role/Deploy", world)
            return action, {**params, "RoleSessionName": "deploy", **lasting}, ANONYMOUS
        case "Roles Anywhere":
            action, params = sign_in("corp-ca", "web-1", f"{_ACCOUNT}:role/Server", world)
            return action, {**params, "durationSeconds": _SECONDS}, ANONYMOUS
        case "EKS Pod Identity":
            call = pod_call(PodPlace.of("prod/shop/web"), world)
            return call.action, {**call.params}, operator_identity(call.account)
        case "GetFederationToken":
            return "sts:GetFederationToken", {"Name": "federated", "Policy": _READ, **lasting}, maya
        case "GetSessionToken":
            return "sts:GetSessionToken", lasting, maya
        case _:
            assumed = next(one for one in world.sessions.values() if _column(one) == "AssumeRole")
            return "sts:GetScopedCredentials", {"DurationSeconds": 900}, assumed.access_key_id


def _issued_again(session: Session, after: World, maya: str, seed: int) -> bool:
    """Whether the same call still issues credentials in the world after a cut."""
    store = StateStore(after)
    column = session.operation if session.sign_in else _column(session)
    if column == _POOL:
        return _visited_again(session, store, seed)
    try:
        action, params, caller = _issue(column, maya, after)
    except (SignInError, NoCredentialsError):
        return False
    if session.sign_in:
        sign_in = after.configuration.sign_ins.get(session.sign_in)
        call = None if sign_in is None else renewal(sign_in, session, after)
        if call is None:
            return False
        action, params, caller = call[0], dict(call[1]), ANONYMOUS
    try:
        Commands(store, seed).call(Ask(action=action, params=params, caller=caller))
    except AwsError:
        return False
    return True


def _visited_again(session: Session, store: StateStore, seed: int) -> bool:
    """Whether another guest gets credentials from the same identity pool."""
    pool = store.world.configuration.identity_pools[str(session.context[f"{ISSUER}:aud"])]
    commands = Commands(store, seed)
    action, params = first_call(pool, {})
    try:
        identity = commands.call(Ask(action=action, params=params, caller=ANONYMOUS))["IdentityId"]
        action, params = second_call(str(identity), {})
        commands.call(Ask(action=action, params=params, caller=ANONYMOUS))
    except AwsError:
        return False
    return True
