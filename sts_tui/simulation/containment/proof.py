"""Is the access really over? The holder's recent requests, and those of all it could become, sent again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.simulation.containment.credential_use import Asked, Use
from sts_tui.simulation.containment.holder import Holder, HolderKind, descendants
from sts_tui.simulation.views.session_standing import standings
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


class Proof(Struct, frozen=True):
    """Requests repeated now; nothing is recorded."""

    denied: int
    of: int
    still_allowed: tuple[str, ...]
    """`label: action resource`, each request that is not denied."""
    alive: tuple[str, ...]
    """Labels of sessions, the holder's and those chained from them, that are still allowed something."""

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
    requests = list(_requests(holder, uses, simulation))
    allowed = [one for one in requests if one.is_allowed(world, seed)]
    named = [(labels.get(one.access_key_id, one.access_key_id), one) for one in allowed]
    return Proof(
        denied=len(requests) - len(allowed),
        of=len(requests),
        still_allowed=tuple(f"{label}: {one.action} {one.resource}" for label, one in named),
        alive=tuple(dict.fromkeys(label for label, _ in named)),
    )


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
