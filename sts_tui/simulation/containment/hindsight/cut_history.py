"""What was cut so far, what still works, and which cut ends the rest? Read from the log and the world.

There is no other record, so the history survives a resume, follows an undo, and includes cuts made without
the desk. For writes that the log no longer holds, the history of edits has the command.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.simulation.containment.hindsight.dependencies import dependencies
from sts_tui.simulation.containment.holder import Holder, descendants
from sts_tui.simulation.containment.proof import Proof
from sts_tui.simulation.events import ConfigurationChanged, RequestAnswered, SessionStarted
from sts_tui.simulation.operations.table import UNSIGNED
from sts_tui.simulation.views.session_standing import standing_of
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


_SIGN_OUTS: Final = frozenset({"sso:Logout", "signin:BatchRevokeSessions"})
_FORGOTTEN: Final = "before the request log begins"


class Done(Struct, frozen=True):
    """A write, after the credentials were issued, to something that they depend on."""

    at: datetime
    by: str
    command: str


class Alive(Struct, frozen=True):
    """A session of the holder, or chained from it, that can still do something."""

    label: str
    state: str
    why: str
    expires_at: datetime


class Aftermath(Struct, frozen=True, kw_only=True):
    """The present state of the incident."""

    done: tuple[Done, ...]
    alive: tuple[Alive, ...]
    denied: int
    """How many requests with the holder's credentials, or with those chained from them, were denied so
    far.
    """
    came_back: tuple[str, ...]
    """Labels of sessions of the same roles that were issued after the last cut."""
    last_expires_at: datetime | None
    """When the last session that can still do something expires."""
    next_move: str
    """The next cut to make; empty if nothing is left or nothing has been cut yet."""


def aftermath_of(holder: Holder, simulation: Simulation, proof: Proof) -> Aftermath:
    """What was cut for this holder, and what still works."""
    world = simulation.world
    chained = descendants(holder.credentials, world)
    alive = tuple(_working_sessions([*holder.live(world), *chained], simulation))
    done = tuple(_done(holder, simulation))
    since = done[-1].at if done else None
    fresh = [
        one.label
        for one in world.sessions.values()
        if since is not None and one.issuer_arn in holder.issuers and one.issued_at > since
        and one.expires_at > world.now
    ]  # fmt: skip
    keys = {*holder.credentials, *(one.access_key_id for one in chained)}
    tallies = simulation.events.tallies
    return Aftermath(
        done=done,
        alive=alive,
        denied=sum(tallies[key].denied for key in keys if key in tallies),
        came_back=tuple(dict.fromkeys(fresh)),
        last_expires_at=max((one.expires_at for one in alive), default=None),
        next_move=_next_move(chained, alive, proof) if done else "",
    )


def _working_sessions(sessions: list[Session], simulation: Simulation) -> Iterator[Alive]:
    for session in sessions:
        standing = standing_of(session, simulation)
        if standing.state.still_works:
            yield Alive(session.label, standing.state.value, standing.reason, session.expires_at)


def _done(holder: Holder, simulation: Simulation) -> Iterator[Done]:
    depends = dependencies(holder, simulation.world)
    issued = [one.issued_at for one in holder.live(simulation.world)]
    since = min(issued) if issued and not holder.keys else simulation.world.started_at
    suspect = {*holder.credentials}
    suspect |= {one.access_key_id for one in descendants(holder.credentials, simulation.world)}
    for done, subject in (*_before_the_log(simulation), *_in_the_log(simulation, suspect)):
        if done.at >= since and depends.concern(subject, done.command):
            yield done


def _in_the_log(simulation: Simulation, suspect: set[str]) -> Iterator[tuple[Done, str]]:
    """(write, its subject) for each write that was not undone. Writes made with the suspect's access key ids
    are part of the incident, not of the response, except signing out; a sign-in is never a response.
    """
    history = simulation.history
    kept = {(history.steps[edit.step].at, edit.command) for edit in history.done if edit.step is not None}
    asked, has_signed_in = None, False
    for event in simulation.events:
        match event:
            case RequestAnswered():
                asked, has_signed_in = event, event.action in UNSIGNED - _SIGN_OUTS
            case SessionStarted():
                has_signed_in = True
            case ConfigurationChanged() if (event.at, event.command) in kept and not has_signed_in:
                is_suspects = asked is not None and asked.access_key_id in suspect
                if not is_suspects or event.action in _SIGN_OUTS:
                    yield Done(event.at, event.caller, event.command), event.subject


def _before_the_log(simulation: Simulation) -> Iterator[tuple[Done, str]]:
    """Commands that are no longer in the full log; their callers are unknown."""
    log, history = simulation.events, simulation.history
    if log.first_number == 1 or not len(log):
        return
    begins = log[0].at
    for edit in history.done:
        if edit.step is not None and not edit.sessions and (at := history.steps[edit.step].at) < begins:
            yield Done(at, _FORGOTTEN, edit.command), edit.subject


def _next_move(chained: tuple[Session, ...], alive: tuple[Alive, ...], proof: Proof) -> str:
    labels = {one.label for one in alive}
    surviving = [one for one in chained if one.label in labels]
    if surviving:
        return f"cut {surviving[0].label}: it was chained from these credentials and still works"
    if proof.still_allowed:
        return f"choose a cut: {proof.still_allowed[0]} is still allowed"
    return ""
