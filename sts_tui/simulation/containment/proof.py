"""Is the access really over? The holder's recent requests, and those of all it could become, sent again.

Where the log has none, as in a dump that was just opened, what its policies allowed before the first write is
asked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.simulation.containment.credential_use import Asked, Use
from sts_tui.simulation.containment.holder import Holder, HolderKind, descendants
from sts_tui.simulation.containment.possible_requests import ASSUME_ROLE, permitted_requests, signers
from sts_tui.simulation.events import Verdict
from sts_tui.simulation.undo.history import UnknownPastError
from sts_tui.simulation.views.session_standing import standings
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_ROLES_TRIED: Final = 300
"""AssumeRole is asked of so many roles of the model, where the log has no request."""


class Proof(Struct, frozen=True):
    """Requests repeated now; nothing is recorded."""

    denied: int
    of: int
    still_allowed: tuple[str, ...]
    """`label: action resource`, each request that is not denied."""
    alive: tuple[str, ...]
    """Labels of sessions, the holder's and those chained from them, that are still allowed something."""
    unknown: int = 0
    """Requests that are undecided, so that nothing is proven of them."""
    is_of_policies: bool = False
    """The log has no request: these are what its policies allowed before the first write."""

    @property
    def in_words(self) -> str:
        """`12 of 12 requests repeated now are denied`."""
        if self.of == 0:
            return (
                "nothing to repeat: no request in the log, and no live credentials that are allowed anything"
            )
        what = "requests that its policies allowed" if self.is_of_policies else "requests repeated now"
        doubt = f", {self.unknown} unknown" if self.unknown else ""
        return f"{self.denied} of {self.of} {what} are denied{doubt}"

    @property
    def is_complete(self) -> bool:
        """Whether there was something to repeat and all of it is denied."""
        return self.of > 0 and self.denied == self.of


def proof_of(holder: Holder, uses: Sequence[Use], simulation: Simulation) -> Proof:
    """Repeats the requests of the holder and of every session chained from its credentials. Where a thief is
    known, its requests count and not those of the owner of the credentials.
    """
    world, seed = simulation.world, simulation.seed
    labels = {one.access_key_id: one.label for one in world.sessions.values()}
    made = list(_requests(holder, uses, simulation))
    requests = made or list(_allowed_before(holder, simulation))
    verdicts = [(one, one.answer(world, seed)[0]) for one in requests]
    allowed = [one for one, verdict in verdicts if verdict is Verdict.ALLOWED]
    unknown = sum(verdict is Verdict.UNDECIDED for _, verdict in verdicts)
    named = [(labels.get(one.access_key_id, one.access_key_id), one) for one in allowed]
    return Proof(
        denied=len(requests) - len(allowed) - unknown,
        of=len(requests),
        still_allowed=tuple(f"{label}: {one.action} {one.resource}" for label, one in named),
        alive=tuple(dict.fromkeys(label for label, _ in named)),
        unknown=unknown,
        is_of_policies=not made,
    )


def _allowed_before(holder: Holder, simulation: Simulation) -> Iterator[Asked]:
    """What the policies of the start allow to the credentials that the holder has."""
    world = simulation.world
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
