"""How many of the logged requests would have succeeded if a cut had been made earlier?

The cut is applied, as of an earlier instant, to every configuration that requests were evaluated against
since, and each logged request that was allowed is decided again. A session that would not have been issued
made no requests. Other behavior of workloads is not simulated: new credentials count only if the log has
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.authorizer import GatheredPolicies, LoggedQuestion, prepare
from sts_tui.simulation.authorization.context import CLOCK_KEYS
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.cut import CannotCutError, carry_out
from sts_tui.simulation.containment.cuts import cuts_for
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.containment.trial import attackers, settled
from sts_tui.simulation.events import RequestAnswered, SessionStarted, Verdict
from sts_tui.simulation.identities import Identity, operator_identity
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_AFTER: Final = (0, 60, 300, 900, 3600)
"""Times of the cut, in seconds after the incident began."""
_MOST: Final = 20_000
"""How many of the newest logged requests are evaluated again."""


class Earlier(Struct, frozen=True, kw_only=True):
    """What the cut would have done at one time. Counts are of allowed requests in the log since then."""

    at: datetime
    suspect: int
    """Requests of the suspect, whose access the cut has to end."""
    suspect_happened: int
    """How many of these would still have been allowed."""
    others: int
    others_failed: int
    """Requests of everyone else that would have failed."""


def earlier(
    simulation: Simulation, holder: Holder, uses: Sequence[Use], loop: tuple[str, ...], cut_id: str
) -> tuple[Earlier, ...]:
    """The cut of this id at instants since the incident began, oldest first; none if the log does not reach
    back to it, or if there is no such cut at that time.
    """
    suspects = attackers(holder, uses)
    begins = min((use.since for use in suspects if use.since is not None), default=None)
    if begins is None:
        return ()
    log = [one for one in simulation.events if isinstance(one, RequestAnswered | SessionStarted)][-_MOST:]
    found = []
    for seconds in _AFTER:
        at = begins + timedelta(seconds=seconds)
        if at >= simulation.now or not log or log[0].at > at:
            continue
        imagined = _EarlierCut(simulation, holder, uses, loop, cut_id, at)
        if imagined.is_possible:
            found.append(imagined.counted(log, {use.workload for use in suspects}))
    return tuple(found)


class _EarlierCut:
    """One cut, made at an earlier time in a copy."""

    def __init__(
        self, simulation: Simulation, holder: Holder, uses: Sequence[Use], loop: tuple[str, ...],
        cut_id: str, at: datetime,
    ) -> None:  # fmt: skip
        self._simulation, self._holder, self._at = simulation, holder, at
        self._worlds: dict[int, World] = {}
        self._gathered = GatheredPolicies()
        self._timeless: dict[int, bool] = {}
        """Verdicts by identity of a logged question, which the log keeps alive; workloads repeat theirs."""
        then = self._world(simulation.configuration_at(at))
        cuts = cuts_for(holder, tuple(uses), loop, then)
        self._cut = next((one for one in cuts if one.id == cut_id and not one.why_not), None)

    @property
    def is_possible(self) -> bool:
        return self._cut is not None

    def counted(self, log: Sequence[RequestAnswered | SessionStarted], workloads: set[str]) -> Earlier:
        """The counts of every request since, evaluated again."""
        counts = [0, 0, 0, 0]
        gone: set[str] = set()
        previous: RequestAnswered | None = None
        was_prevented = False
        for event in log:
            if isinstance(event, SessionStarted):
                if was_prevented and previous is not None and event.number == previous.number + 1:
                    gone.add(event.access_key_id)
                continue
            previous, was_prevented = event, False
            if event.at < self._at or event.verdict is not Verdict.ALLOWED or event.recall is None:
                continue
            was_prevented = event.access_key_id in gone or self._is_prevented(event)
            is_of_holder = event.access_key_id in self._holder.credentials
            is_suspect = is_of_holder and (event.workload or "") in workloads
            counts[0 if is_suspect else 2] += 1
            counts[1] += is_suspect and not was_prevented
            counts[3] += not is_suspect and was_prevented
        return Earlier(
            at=self._at,
            suspect=counts[0],
            suspect_happened=counts[1],
            others=counts[2],
            others_failed=counts[3],
        )

    def _is_prevented(self, event: RequestAnswered) -> bool:
        question: LoggedQuestion = event.recall
        after = self._after(question.edition)
        if event.at < after.now:
            return False
        known = self._timeless.get(id(question))
        if known is not None:
            return known
        prepared = prepare(question.under(after.in_force), self._gathered)
        is_prevented = prepared.decide(event.at).outcome is not Outcome.ALLOWED
        if not prepared.sets_the_clock and not prepared.policies.mentions(CLOCK_KEYS):
            self._timeless[id(question)] = is_prevented
        return is_prevented

    def _after(self, edition: int) -> World:
        """The world of an edition of the configuration, once the cut is in force in it."""
        found = self._worlds.get(edition)
        if found is None:
            assert self._cut is not None
            store = StateStore(self._world(self._simulation.history.edition(edition)))
            commands = Commands(store, self._simulation.seed)

            def call(action: str, params: Mapping[str, object], caller: Identity, joins: bool) -> object:
                return commands.call(Ask(action=action, params=params, caller=caller))

            with suppress(AwsError, CannotCutError):
                carry_out(self._cut, operator_identity(), call)
            found = self._worlds[edition] = settled(store.world)
        return found

    def _world(self, configuration: Configuration) -> World:
        world = self._simulation.world
        return replace(world, now=self._at, configuration=configuration, in_force=configuration, pending=())
