"""Has the access ended? The recent requests of the holder, and of the sessions chained from it, are evaluated
again.

If the log has none, as in a dump that was just opened, example requests that its policies allowed before the
first write are evaluated. A role without a live session is evaluated as a new session, which every principal
that may assume the role could get.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.simulation.containment.credential_use import MAY_BE_ALLOWED, Asked, Use
from sts_tui.simulation.containment.holder import Holder, HolderKind, descendants, with_a_session
from sts_tui.simulation.containment.possible_requests import ASSUME_ROLE, permitted_requests, signers
from sts_tui.simulation.events import Verdict
from sts_tui.simulation.undo.history import UnknownPastError
from sts_tui.simulation.views.session_standing import standings
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation
    from sts_tui.simulation.world import World

_ROLES_TRIED: Final = 300
"""How many roles AssumeRole is evaluated on, if the log has no request."""


class Proof(Struct, frozen=True):
    """The results of requests repeated now; nothing is recorded."""

    denied: int
    of: int
    still_allowed_to: tuple[tuple[str, str], ...]
    """(label, `action resource`) of each request that is not denied."""
    alive: tuple[str, ...]
    """Labels of the sessions (the holder's and those chained from them) that are still allowed something."""
    unknown: int = 0
    """Undecided requests, for which nothing is proven."""
    is_of_policies: bool = False
    """Whether the log has no request, so that examples of what its policies allowed before the first write
    were used.
    """

    is_of_new_session: bool = False
    """Whether the role has no live session, so that a new session was evaluated."""
    denials: tuple[str, ...] = ()
    """`label: action resource: denied by App/AWSRevokeOlderSessions#1`, each request that is denied."""

    @property
    def still_allowed(self) -> tuple[str, ...]:
        """`label: action resource`, each request that is not denied."""
        return tuple(f"{label}: {request}" for label, request in self.still_allowed_to)

    @property
    def in_words(self) -> str:
        """`12 of 12 requests repeated now are denied`."""
        if self.of == 0 and self.is_of_new_session:
            return "no live session and no request in the log; everything would be denied to a new session"
        if self.of == 0:
            return (
                "nothing to repeat: no request in the log, and no live credentials that are allowed anything"
            )
        what = "requests that its policies allowed" if self.is_of_policies else "requests repeated now"
        whose = "no live session; for a new one, " if self.is_of_new_session else ""
        doubt = f", {self.unknown} unknown" if self.unknown else ""
        return f"{whose}{self.denied} of {self.of} {what} are denied{doubt}"

    @property
    def means(self) -> str:
        """What was evaluated, and what it shows."""
        if self.is_of_new_session:
            what = "The role has no live session: there are no credentials that a cut could end. What its"
            return (
                f"{what} policies allowed before the first write is evaluated for a session that begins now."
            )
        if self.of == 0:
            return "Nothing to evaluate: its remaining credentials are allowed nothing."
        if self.is_of_policies:
            return "The log has no request: what its policies allowed before the first write, evaluated now."
        return "Its recent requests, and those of every session chained from it, evaluated now."

    @property
    def is_complete(self) -> bool:
        """Whether there were requests to repeat and all of them are denied."""
        return self.of > 0 and self.denied == self.of


def proof_of(holder: Holder, uses: Sequence[Use], simulation: Simulation) -> Proof:
    """Repeat the requests of the holder and of every session chained from its credentials. If a thief is
    known, its requests count and not those of the owner of the credentials.
    """
    made, seed = list(_requests(holder, uses, simulation)), simulation.seed
    asked, world = (holder, simulation.world) if made else with_a_session(holder, simulation.world)
    labels = {one.access_key_id: one.label for one in world.sessions.values()}
    requests = made or list(_allowed_before(asked, world, simulation))
    answers = [(one, *one.answer(world, seed)) for one in requests]
    allowed = [one for one, verdict, _ in answers if verdict is Verdict.ALLOWED]
    unknown = sum(verdict is Verdict.UNDECIDED for _, verdict, _ in answers)
    is_new = not made and holder.has_no_session

    def named_by(one: Asked) -> str:
        return "a new session" if is_new else labels.get(one.access_key_id, one.access_key_id)

    named = [(named_by(one), one) for one in allowed]
    denials = (
        f"{named_by(one)}: {one.words}: {f'denied by {by}' if by else 'denied: no policy allows it now'}"
        for one, verdict, by in answers
        if verdict not in MAY_BE_ALLOWED
    )
    return Proof(
        denied=len(requests) - len(allowed) - unknown,
        of=len(requests),
        still_allowed_to=tuple((label, one.words) for label, one in named),
        alive=tuple(dict.fromkeys(label for label, _ in named)),
        unknown=unknown,
        is_of_policies=not made,
        is_of_new_session=is_new,
        denials=tuple(dict.fromkeys(denials)),
    )


def _allowed_before(holder: Holder, world: World, simulation: Simulation) -> Iterator[Asked]:
    """The requests that the policies at the start allowed to the holder's credentials."""
    try:
        start = simulation.history.edition(0)
    except UnknownPastError:
        return
    before = replace(world, configuration=start, in_force=start, pending=())
    roles = [
        Asked(key, ASSUME_ROLE, arn)
        for _, key in signers(holder, before)
        for arn in islice(start.roles, _ROLES_TRIED)
    ]
    stated = permitted_requests(holder, (), before)
    for one in dict.fromkeys([*stated, *roles]):
        if one.is_allowed(before, simulation.seed):
            yield one


def _requests(holder: Holder, uses: Sequence[Use], simulation: Simulation) -> Iterator[Asked]:
    world = simulation.world
    whole = holder.kind in (HolderKind.USER, HolderKind.PERSON)
    judged = [use for use in uses if whole or not use.is_rightful]
    for use in judged:
        yield from use.requests
    seen = {request.access_key_id for use in judged for request in use.requests}
    own = [one for one in holder.live(world) if one.access_key_id not in seen]
    yield from _earlier([*own, *descendants(holder.credentials, world)], simulation)


def _earlier(sessions: Iterable[Session], simulation: Simulation) -> Iterator[Asked]:
    known = standings(simulation)
    for session in sessions:
        for _, question in known.requests(session, simulation):
            yield Asked(
                session.access_key_id, question.action, question.resource, question.region, question.context
            )
