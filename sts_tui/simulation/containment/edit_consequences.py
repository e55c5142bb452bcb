"""What would a policy edit change? Recent requests and live sessions are evaluated with and without it.

The operator makes the call in a copy of the world; whether the acting identity may make it is checked
elsewhere. Both sides are evaluated with every write in force, so that the propagation delay of IAM is not a
difference. Requests are the distinct ones of the log, of every caller and with every answer; a session
changes state as `session_standing` defines it. Policies that test the time are evaluated as of now. The
running simulation is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Group, Role, User
from sts_tui.iam import Decision, Outcome
from sts_tui.simulation.allowed_requests import Signature, signature_of
from sts_tui.simulation.authorization.authorizer import LoggedQuestion, prepare
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.authorization.session_access import Access, SessionAccess
from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.trial import settled
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.fixes.fixes import as_of
from sts_tui.simulation.identities import operator_identity
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.views.session_standing import standings
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

MOST_REQUESTS: Final = 500
"""How many of the log's newest requests are evaluated."""


class ChangedRequest(Struct, frozen=True, kw_only=True):
    """A request of the log whose answer the edit would change."""

    caller: str
    action: str
    resource: str
    count: int
    """How often it was made among the evaluated requests."""
    is_allowed: bool
    """Whether it is allowed with the edit."""
    by: str
    """What decides it with the edit: `App/work#1`, or in words."""


class ChangedSession(Struct, frozen=True, kw_only=True):
    """A live session that would lose or regain requests that it was once allowed."""

    label: str
    before: Access
    after: Access

    @property
    def becomes(self) -> str:
        """`cut`, `partly cut` or `restored` (in part or in full)."""
        if self.after.denied < self.before.denied:
            return "restored" if not self.after.denied else "restored in part"
        return "cut" if self.after.denied == self.after.of else "partly cut"


class EditConsequences(Struct, frozen=True, kw_only=True):
    """What one call would change."""

    refused: str = ""
    """AWS's error if the call is invalid; everything else is then empty."""
    requests_seen: int = 0
    """Requests of the log that were evaluated, repetitions included."""
    requests: tuple[ChangedRequest, ...] = ()
    sessions_seen: int = 0
    """Live sessions."""
    sessions: tuple[ChangedSession, ...] = ()
    also_on: tuple[str, ...] = ()
    """Names of the principals that a managed policy is attached to, as permissions or as a boundary."""


def edit_consequences(
    simulation: Simulation,
    action: str,
    params: Mapping[str, object],
    account: str | None,
    yielding: Callable[[], None] = lambda: None,
    then: Sequence[tuple[str, Mapping[str, object]]] = (),
) -> EditConsequences:
    """What the call would change. `then`: the calls that complete it, each with its action and its parameters
    by AWS's names. `yielding` is called between two evaluations, so that a thread can let others run.
    """
    world = simulation.world
    store = StateStore(world)
    try:
        for called, given in ((action, params), *then):
            ask = Ask(action=called, params=given, caller=operator_identity(account))
            Commands(store, simulation.seed).call(ask)
    except AwsError as error:
        return EditConsequences(refused=f"{error.code}: {error.message}")
    before, after = settled(world), settled(store.world)
    asked = _recent(simulation)
    sessions = [one for one in world.sessions.values() if state_of(one, world).counts_as_active]
    access = SessionAccess()
    changed = []
    for session in sessions:
        yielding()
        requests = tuple(standings(simulation).requests(session, simulation))
        was, becomes = access.of(session, requests, before), access.of(session, requests, after)
        if was.denied != becomes.denied:
            changed.append(ChangedSession(label=session.label, before=was, after=becomes))
    return EditConsequences(
        requests_seen=sum(count for _, _, count in asked),
        requests=tuple(_changed(asked, before, after, yielding)),
        sessions_seen=len(sessions),
        sessions=tuple(changed),
        also_on=tuple(_attached_to(str(params.get("PolicyArn", "")), world.configuration)),
    )


def _recent(simulation: Simulation) -> list[tuple[RequestAnswered, LoggedQuestion, int]]:
    """The newest distinct requests whose question was kept, each with how often it was made."""
    found: dict[tuple[str, Signature], tuple[RequestAnswered, LoggedQuestion, int]] = {}
    answered = (event for event in reversed(simulation.events) if isinstance(event, RequestAnswered))
    for event in islice(answered, MOST_REQUESTS):
        if event.recall is None or event.recall.caller.is_operator:
            continue
        key = (event.caller, signature_of(event.recall))
        first = found.get(key, (event, event.recall, 0))
        found[key] = (*first[:2], first[2] + 1)
    return list(found.values())


def _changed(
    asked: Iterable[tuple[RequestAnswered, LoggedQuestion, int]],
    before: World,
    after: World,
    yielding: Callable[[], None],
) -> Iterator[ChangedRequest]:
    for event, question, count in asked:
        yielding()
        was, becomes = _decision(question, before), _decision(question, after)
        if (was.outcome is Outcome.ALLOWED) != (becomes.outcome is Outcome.ALLOWED):
            yield ChangedRequest(
                caller=event.caller,
                action=event.action,
                resource=event.resource,
                count=count,
                is_allowed=becomes.outcome is Outcome.ALLOWED,
                by=decided_by(becomes, question.action),
            )


def _decision(question: LoggedQuestion, world: World) -> Decision:
    asked = replace(as_of(question, world.in_force), settings=world.settings)
    return prepare(asked).decide(world.now)


def _attached_to(policy_arn: str, configuration: Configuration) -> Iterator[str]:
    if not policy_arn:
        return
    holders: tuple[Role | User | Group, ...] = (
        *configuration.roles.values(),
        *configuration.users.values(),
        *configuration.groups.values(),
    )
    for holder in holders:
        boundary = getattr(holder, "permissions_boundary", None)
        arns = [one.policy_arn for one in holder.attached_managed_policies]
        if policy_arn in arns or (boundary and boundary.permissions_boundary_arn == policy_arn):
            yield holder.arn.rsplit("/", 1)[-1]
