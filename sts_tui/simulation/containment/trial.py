"""What does a cut do? It is carried out in a copy of the simulation, up to the end of the holder's
credentials.

**Questions.** Is the holder cut, and when? Who is not affected? What breaks, how many requests per minute
fail, and when and through whom does each workload come back? Does the holder come back? Which sessions
chained from the leaked credentials still work?

**Method.** The acting identity makes the calls of the cut in a copy of the world, so that AWS's refusals and
denials occur. Then the copy's clock is set to the time at which the last write is in force, every request
that could be affected is evaluated there, and the verdict is compared with today's. Workloads that lost
access then renew their credentials in the copy (`renewals`); their requests are not simulated one by one. A
copy of the world costs nothing until it changes (`world`), and the running simulation is never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.bystander_keys import BystanderKeys
from sts_tui.simulation.containment.bystanders import Bystanders, Touched, touched_by
from sts_tui.simulation.containment.credential_use import (
    MAY_BE_ALLOWED,
    Asked,
    Use,
    keys_of_workload,
)
from sts_tui.simulation.containment.cut import CannotCutError, Cut, carry_out
from sts_tui.simulation.containment.holder import Holder, HolderKind, descendants, last_expiry
from sts_tui.simulation.containment.possible_requests import (
    PERSISTENCE_ACTIONS,
    caller_of,
    chosen,
    permitted,
    possible_requests,
    signers,
)
from sts_tui.simulation.containment.renewals import Broken, Renewals
from sts_tui.simulation.containment.unlisted_actions import unlisted_requests
from sts_tui.simulation.events import Verdict
from sts_tui.simulation.identities import ANONYMOUS, Identity
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.sign_ins import renewal
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.time.propagation import came_into_force
from sts_tui.simulation.workloads.pod_nodes import roles_behind
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_DENIED: Final = (Verdict.IMPLICIT_DENY, Verdict.EXPLICIT_DENY)


class Trial(Struct, frozen=True, kw_only=True):
    """The result of one cut, or of several together, in the copy of the world."""

    cuts: tuple[Cut, ...]
    refused: str = ""
    """Why it cannot be carried out by the acting identity; everything else is then empty."""
    locks_out: str = ""
    """How it would lock out the acting identity; empty if it would not."""
    is_cut: bool = False
    """Whether every request of the holder that was allowed is denied."""
    at: datetime | None = None
    """When it is in force."""
    still_allowed: tuple[str, ...] = ()
    """Requests of the holder that are still allowed: `s3:GetObject arn:…`."""
    still_possible: tuple[str, ...] = ()
    """Requests that the holder has not made and that are allowed before and after: `iam:CreateUser *`."""
    widens: tuple[str, ...] = ()
    """Requests that are denied before and allowed after, because the cut removes a Deny."""
    returns: tuple[Broken, ...] = ()
    """Workloads with the leaked credentials that obtain new, working credentials by themselves."""
    survivors: tuple[str, ...] = ()
    """Labels of sessions that were chained from the holder's and still work."""
    sign_ins: tuple[str, ...] = ()
    """Sign-ins of the holder that still issue credentials: `ann (portal)`, `alice (CLI)`."""
    spared: tuple[str, ...] = ()
    """Labels of the live sessions of others and of the user's other access keys that lose nothing."""
    broken: tuple[Broken, ...] = ()

    @property
    def ends_access(self) -> bool:
        """Whether the holder is cut, can do nothing else, does not come back, and no chained session or
        sign-in still works.
        """
        is_back = bool(self.sign_ins) or any(one.back_at for one in self.returns)
        return self.is_cut and not (self.survivors or self.still_possible or self.widens or is_back)

    end: datetime | None = None
    """When the holder's credentials end, up to which the copy ran."""

    @property
    def damage(self) -> tuple[float, int]:
        """How much it breaks until then: how many requests fail, then how many workloads and sessions are
        affected.
        """
        failed = 0.0
        for one in self.broken:
            until = one.back_at or self.end
            since = one.since or self.at
            if since is not None and until is not None:
                failed += one.per_minute * max(0.0, (until - since).total_seconds()) / 60
        return round(failed), len(self.broken)


class Trials:
    """Tries cuts for one holder in the present world of a simulation."""

    def __init__(
        self,
        simulation: Simulation,
        holder: Holder,
        uses: Sequence[Use],
        acting: Identity,
        world: World | None = None,
    ) -> None:
        """`world`: the copy in which a role without a live session has one; None: the simulation's."""
        self.world = world or simulation.world
        self._simulation = simulation
        self.holder = holder
        self._uses = uses
        self._acting = acting
        self._bystanders = Bystanders(simulation, holder)
        self._keys = BystanderKeys(holder, self.world, simulation.seed)
        self._touched = Touched()
        """What the cuts that are being tried have changed."""
        self._thieves = attackers(holder, uses)
        self._possible: tuple[Asked, ...] | None = None
        """What the holder could do now."""
        self._denied: tuple[Asked, ...] = ()
        """The requests that policies deny to the holder now."""
        self._end = last_expiry(holder, self.world)
        self._renewals = Renewals(self.world, simulation.seed, self._end)

    @property
    def is_already_cut(self) -> bool:
        """Whether the holder is allowed nothing today."""
        return next(self._still_allowed(self.world), None) is None

    def include_roles(self, graph: HopGraph) -> None:
        """Try AssumeRole of the roles that the holder can become, too, from now on."""
        self._possible = self._allowed_now(graph)

    def _allowed_now(self, graph: HopGraph | None) -> tuple[Asked, ...]:
        seed = self._simulation.seed
        requests = possible_requests(self.holder, self._uses, self.world, graph)
        now = [(one, one.answer(self.world, seed)[0]) for one in requests]
        self._denied = tuple(one for one, verdict in now if verdict in _DENIED)
        return tuple(one for one, verdict in now if verdict in MAY_BE_ALLOWED)

    def _still_possible(self, after: World, key: str = "") -> Iterator[str]:
        """The possible requests with one of the holder's keys that are still allowed."""
        if self._possible is None:
            self._possible = self._allowed_now(None)
        for one in self._possible:
            if key in ("", one.access_key_id) and (words := one.possible(after, self._simulation.seed)):
                yield words

    def _unlisted(self, after: World) -> Iterator[str]:
        """The first request that no new Deny lists and that is allowed before and after."""
        account, seed = self.holder.account, self._simulation.seed
        for issuer, key in signers(self.holder, self.world):
            pairs = unlisted_requests(issuer, account, self.world.in_force, after.in_force)
            last = [one for use in self._uses for one in use.requests if one.access_key_id == key]
            pattern, asking = last[-1] if last else Asked(key, "", ""), caller_of(issuer, key, self.world)
            asked = (chosen(pattern, *pair, asking, self.world) for pair in dict.fromkeys(pairs))
            left = (one.possible(after, seed) for one in asked if one.is_allowed(self.world, seed))
            if first := next(filter(None, left), ""):
                yield first

    def _newly_allowed(self, after: World) -> Iterator[str]:
        """The requests that policies deny to the holder now and that a cut would allow, because it removes a
        Deny.
        """
        for one in sorted(
            self._denied, key=lambda one: one.action not in PERSISTENCE_ACTIONS
        ):  # most harmful first
            if one.is_allowed(after, self._simulation.seed):
                yield f"{one.action} {one.resource}"

    def of(self, *cuts: Cut) -> Trial:
        """Carry these cuts out one after another in a copy, and see the result."""
        after, refused = self.world_after(*cuts)
        if refused:
            return Trial(cuts=cuts, refused=refused)
        self._touched = touched_by(self.world.in_force, after.in_force)
        still = tuple(self._still_allowed(after))
        losses = self._bystanders.losses(after, self._touched)
        chained = descendants(self.holder.credentials, self.world)
        works = [one for one in chained if self._works(one, after)]
        is_of_new_ones = all(cut.instead for cut in cuts)
        broken = tuple(self._broken(after, losses))
        broken += tuple(self._broken_later(after, {one.name for one in broken}))
        keys = self._keys.after(after, self._touched)
        broken += tuple(Broken(name=name, per_minute=0, why_not=by) for name, by in keys.denied.items())
        return Trial(
            cuts=cuts,
            locks_out=self._locked_out(after),
            is_cut=not still and not is_of_new_ones,
            at=after.now,
            end=self._end,
            still_allowed=still,
            still_possible=tuple(
                dict.fromkeys((*self._still_possible(after), *self._unlisted(after), *_left_by(cuts)))
            ),
            widens=tuple(dict.fromkeys(self._newly_allowed(after))),
            returns=tuple(self._returns(after)),
            survivors=tuple(dict.fromkeys(one.label for one in works)),
            sign_ins=tuple(self._renewable(after)),
            spared=(*self._unaffected(losses), *keys.spared),
            broken=broken,
        )

    # --- carrying out ---

    def world_after(self, *cuts: Cut) -> tuple[World, str]:
        """A copy of the world in which these cuts were made and are in force; or why one is refused."""
        store = StateStore(self.world)
        commands = Commands(store, self._simulation.seed)
        refused = next((why for cut in cuts if (why := self._carried_out(cut, commands))), "")
        return settled(store.world), refused

    def _carried_out(self, cut: Cut, commands: Commands) -> str:
        """Make the calls. Empty, or why one of them is refused."""

        def call(action: str, params: Mapping[str, object], caller: Identity, joins: bool) -> object:
            return commands.call(Ask(action=action, params=params, caller=caller))

        try:
            carry_out(cut, self._acting, call)
        except AwsError as error:
            return f"{error.code}: {error.message}"
        except CannotCutError as error:
            return str(error)
        return ""

    def _locked_out(self, after: World) -> str:
        """Whether the acting identity loses what it may do now."""
        key = self._acting.access_key_id
        if key is None:
            return ""
        session = self.world.sessions.get(key)
        if session is not None:
            lost = self._bystanders.lost(session, after, self._touched)
            return f"{self._acting.label} would lose access ({lost})" if lost else ""
        seed, arn = self._simulation.seed, self._acting.arn or ""
        user = after.in_force.users.get(arn)
        if arn in self.world.in_force.users and (user is None or not access_keys(user).get(key)):
            return f"{self._acting.label} could no longer authenticate"
        probes = [Asked(key, *one) for one in dict.fromkeys(permitted(arn, key, self.world))]
        allowed = [one for one in probes if one.is_allowed(self.world, seed)]
        is_lost = bool(allowed) and not any(one.is_allowed(after, seed) for one in allowed)
        return f"{self._acting.label} would lose access" if is_lost else ""

    # --- the holder ---

    def _still_allowed(self, after: World) -> Iterator[str]:
        """What the holder may still do: its requests, or if it made none, what its policies allow."""
        asked = [request for use in self._thieves for request in use.requests]
        for request in asked:
            if words := request.possible(after, self._simulation.seed):
                yield words
        seen = {request.access_key_id for request in asked}
        assumed = []
        for session in self.holder.live(self.world):
            if session.access_key_id not in self._simulation.world.sessions:
                assumed.append(session.access_key_id)
            elif session.access_key_id not in seen and self._works(session, after):
                yield f"{session.label}: requests that its policies allow"
        for key in (*self.holder.keys, *assumed):
            if key not in seen and (possible := next(self._still_possible(after, key), "")):
                yield possible

    def _returns(self, after: World) -> Iterator[Broken]:
        """The workloads that have to be cut and that regain access by renewing."""
        for use in self._thieves:
            if use.workload:
                yield self._renewals.comes_back(use.workload, use.per_minute, after)

    def _renewable(self, after: World) -> Iterator[str]:
        """The sign-ins of the holder's sessions that still issue credentials after a cut, even if policies
        deny these: they work again once the policy is removed.
        """
        newest = {one.sign_in: one for one in self.holder.live(self.world) if one.sign_in}
        for arn, session in newest.items():
            sign_in = after.configuration.sign_ins.get(arn)
            call = None if sign_in is None else renewal(sign_in, session, after)
            if sign_in is None or call is None:
                continue
            commands = Commands(StateStore(after), self._simulation.seed)
            try:
                commands.call(Ask(action=call[0], params=call[1], caller=ANONYMOUS))
            except AwsError as error:
                if error.decision is None:  # refused, not denied
                    continue
            yield f"{sign_in.label} ({sign_in.kind})"

    # --- everyone else ---

    def _unaffected(self, losses: Mapping[str, str]) -> Iterator[str]:
        kept = (one.label for one in self._bystanders.sessions if one.access_key_id not in losses)
        yield from dict.fromkeys(kept)

    def _broken(self, after: World, losses: Mapping[str, str]) -> Iterator[Broken]:
        """Workloads and sessions that lose access without having to, including rightful users of the
        credentials.
        """
        thieves = {use.workload for use in self._thieves if use.workload}
        held: set[str] = set()
        for name in self.world.workloads:
            keys = keys_of_workload(name, self.world)
            held.update(keys)
            if name in thieves or not keys:
                continue
            workload = self.world.workloads[name]
            lost = self._requests_lost(name, keys[-1], after)
            if lost:
                share = lost / max(1, len(workload.requests))
                rate = 60 / workload.every_seconds * share if workload.every_seconds else 0
                yield self._renewals.comes_back(name, rate, after)
        for session in self._bystanders.sessions:
            lost_by = losses.get(session.access_key_id)
            if lost_by and session.access_key_id not in held:
                yield Broken(name=session.label, per_minute=0, why_not=lost_by)

    def _broken_later(self, after: World, already: set[str]) -> Iterator[Broken]:
        """Workloads that keep their credentials but can no longer renew them, with the time at which these
        expire.
        """
        edited = self._touched.principals.union(self.holder.issuers)
        thieves = {use.workload for use in self._thieves}
        for name, workload in self.world.workloads.items():
            never_renews = workload.refresh == "never" or workload.identity.startswith("workload:")
            if name in already or name in thieves or never_renews:
                continue
            if not edited.intersection(roles_behind(workload, self.world.in_force)):
                continue
            failure = self._renewals.first_failure(name, workload, after)
            if failure is not None and not self._renewals.fails_anyway(name, workload):
                rate = 60 / workload.every_seconds if workload.requests and workload.every_seconds else 0
                yield Broken(name=name, per_minute=rate, since=failure[0], why_not=failure[1])

    def _requests_lost(self, name: str, key: str, after: World) -> int:
        before = self._renewals.allowed_before(name, key)
        session = self.world.sessions.get(key)
        issuer = session.issuer_arn if session is not None else ""
        resources = (one.resource for one in before)
        has_time_passed = after.now != self.world.now
        if session is not None and not has_time_passed and not self._touched.concerns(issuer, resources):
            return 0
        return sum(not one.is_allowed(after, self._simulation.seed) for one in before)

    def _works(self, session: Session, after: World) -> bool:
        """Whether a session may still do anything that it was allowed."""
        if session.expires_at <= after.now or not state_of(session, after).still_works:
            return False
        access = self._bystanders.access(session, after)
        return access.denied < access.of or not access.of


def _left_by(cuts: Sequence[Cut]) -> Iterator[str]:
    """What this kind of cut always leaves, if no other kind is combined with it."""
    if all(cut.leaves for cut in cuts):
        yield from (cut.leaves for cut in cuts)


def attackers(holder: Holder, uses: Sequence[Use]) -> list[Use]:
    """The uses that a cut has to end. The owner of leaked credentials uses them too, so only thieves and
    requests that no workload made count; for a user or a person every use counts.
    """
    if holder.kind in (HolderKind.USER, HolderKind.PERSON):
        return list(uses)
    return [use for use in uses if not use.is_rightful]


def settled(world: World) -> World:
    """The world at the time at which every write is in force."""
    if not world.pending:
        return world
    at = world.pending[-1].in_force_at
    return replace(came_into_force(world, at), now=at)
