"""What does a responder need to know about leaked credentials? The incident desk answers all of it.

Whose credentials are they and who uses them? What can they do, which roles can they become, what could an
intruder leave behind? Which cuts end the access and leave others unaffected? What was cut already, and what
still works? Every cut is tried in a copy (`trial`). The best cuts are those that end the holder's access and
break the least. Ties are all marked; the narrowest comes first, because wider cuts also deny sessions that do
not exist yet. If no single cut ends the access, a combination is built by adding one cut at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.containment.aftermath import loop_of
from sts_tui.simulation.containment.credential_use import Asked, Use, uses_of
from sts_tui.simulation.containment.cut import Cut
from sts_tui.simulation.containment.cuts import breadth, cuts_for
from sts_tui.simulation.containment.hindsight.cut_history import Aftermath, aftermath_of
from sts_tui.simulation.containment.hindsight.earlier import Earlier, earlier
from sts_tui.simulation.containment.holder import Holder, HolderKind, find_holder, with_a_session
from sts_tui.simulation.containment.onward import roles_ahead
from sts_tui.simulation.containment.possible_requests import (
    PERSISTENCE_ACTIONS,
    allows_everything,
    permitted_requests,
    persistence_requests,
    signers,
)
from sts_tui.simulation.containment.proof import Proof, proof_of
from sts_tui.simulation.containment.trial import Trial, Trials
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.identities import Identity, operator_identity
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.views.session_labels import through
from sts_tui.simulation.world import World
from sts_tui.start_up.named_tuple import NamedTuple

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_WORDS: Final[Mapping[Verdict, str]] = {
    Verdict.ALLOWED: "allowed",
    Verdict.EXPLICIT_DENY: "denied",
    Verdict.IMPLICIT_DENY: "denied",
    Verdict.UNDECIDED: "unknown",
    Verdict.REFUSED: "refused",
}
_DENIED: Final = (Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY)
_HOPS: Final = 0.3
"""The weight of finding every hop in the progress count, in cuts."""
EVERYTHING: Final = ("*", "*")
"""Action and resource in the row of an administrator."""
_RARELY_LISTED: Final = ("groundstation:ListSatellites", "braket:SearchDevices", "iam:CreateUser")
"""Actions that a boundary, an SCP or a session policy with a list of allowed actions would probably leave
out.
"""
_NAMED: Final = 3
"""How many best cuts are named in one line."""
_COMBINED: Final = 4
"""The maximum number of cuts in one combination."""


class CutSummary(Struct, frozen=True, kw_only=True):
    """A cut as `incident --json` has it, with the names used there."""

    id: str
    cut: bool
    at: datetime | None
    """When it is in force; None if the holder is not cut."""
    spares: tuple[str, ...]
    breaks: tuple[str, ...]
    back: datetime | None
    """When the first workload that it breaks is back; None: none comes back."""
    best: bool
    why_not: str | None


class Row(Struct, frozen=True, kw_only=True):
    """A cut and the result of its trial."""

    cut: Cut
    trial: Trial
    is_best: bool = False
    is_together: bool = False
    """Whether it ends the access only together with the other best cuts."""
    earlier: tuple[Earlier, ...] = ()
    """What it would have done at earlier times, for the best cuts."""

    @property
    def back_at(self) -> datetime | None:
        """When the holder or the first workload that it breaks is back; None: none comes back."""
        return min(
            (one.back_at for one in (*self.trial.broken, *self.trial.returns) if one.back_at), default=None
        )

    @property
    def why_not(self) -> str:
        """Why it is refused, or why the holder is not cut; empty if the holder is cut."""
        if self.trial.refused:
            return self.trial.refused
        if self.trial.is_cut:
            return ""
        return self.cut.instead or f"still allowed: {'; '.join(self.trial.still_allowed[:2])}"

    @property
    def summary(self) -> CutSummary:
        """The row as `incident --json` has it."""
        trial = self.trial
        return CutSummary(
            id=self.cut.id,
            cut=trial.is_cut,
            at=trial.at if trial.is_cut else None,
            spares=tuple(trial.spared),
            breaks=tuple(one.name for one in trial.broken),
            back=self.back_at,
            best=self.is_best,
            why_not=self.why_not or None,
        )


class TriedRequest(NamedTuple):
    """A request that was tried, and its verdict."""

    action: str
    resource: str
    verdict: str
    """`allowed`, `denied`, `unknown` or `refused`."""
    needs: tuple[str, ...] = ()
    """What the holder has to choose: `region eu-west-1`, `MFA`."""
    region: str = ""
    """The Region of the request."""

    @property
    def words(self) -> str:
        """`s3:GetObject arn:…`, with what it needs in brackets."""
        needs = f" [{', '.join(self.needs)}]" if self.needs else ""
        return f"{self.action} {self.resource}{needs}"


class Incident(Struct, frozen=True, kw_only=True):
    """The answers about one holder at one time."""

    at: datetime
    holder: Holder
    whose: Mapping[str, Json]
    used_by: tuple[Use, ...]
    requests: tuple[TriedRequest, ...]
    """Requests for each Allow statement of its policies, and AssumeRole of the roles that it can become.
    `EVERYTHING` comes first if an Allow of all actions on all resources is in effect.
    """
    can_go: tuple[str, ...]
    """Labels of the roles that it can assume now."""
    can_stay: tuple[str, ...]
    """Actions by which it could keep a way in; ` (unknown)` after those that are undecided."""
    undocumented: tuple[str, ...]
    """Attached policies whose documents are in no file: what they allow or deny is unknown."""
    loop: tuple[str, ...]
    rows: tuple[Row, ...]
    aftermath: Aftermath
    proof: Proof

    @property
    def cuts(self) -> tuple[CutSummary, ...]:
        """Every cut that was tried, in the order of the desk."""
        return tuple(row.summary for row in self.rows)

    @property
    def can_do(self) -> tuple[tuple[str, str, str], ...]:
        """(action, resource, verdict) of the requests."""
        return tuple((one.action, one.resource, one.verdict) for one in self.requests)

    @property
    def does(self) -> tuple[str, ...]:
        """The allowed ones among `requests`, as text: `s3:GetObject arn:…`."""
        if any((one.action, one.resource) == EVERYTHING for one in self.requests):
            return ("everything that no Deny excludes",)
        marks = {"allowed": "", "unknown": " (unknown)"}
        return tuple(f"{one.words}{marks[one.verdict]}" for one in self.requests if one.verdict in marks)

    @property
    def denied(self) -> tuple[str, ...]:
        """Requests that are denied with every choice of the holder that was tried: `s3:GetObject arn:…`."""
        return tuple(one.words for one in self.requests if one.verdict in ("denied", "refused"))

    @property
    def denied_in(self) -> tuple[str, ...]:
        """The Regions of these requests."""
        tried = (one for one in self.requests if one.verdict in ("denied", "refused"))
        return tuple(dict.fromkeys(one.region for one in tried if one.region))

    @property
    def best(self) -> tuple[Row, ...]:
        """The best cuts: each of them ends the access, the narrowest first; or all of them together do
        (`is_together`).
        """
        best = [row for row in self.rows if row.is_best]
        return tuple(best if self.is_together else sorted(best, key=lambda row: breadth(row.cut)))

    @property
    def is_together(self) -> bool:
        """Whether the best cuts end the access only together."""
        return any(row.is_together for row in self.rows)

    @property
    def best_in_words(self) -> str:
        """`a and b together`, `a, or b`; empty if nothing has to be cut or no cut ends the access."""
        ids = [row.cut.id for row in self.best]
        if self.is_together:
            return f"{' and '.join(ids)} together"
        return " or ".join(ids[:_NAMED]) + (f" or {len(ids) - _NAMED} wider" if len(ids) > _NAMED else "")

    @property
    def conclusion(self) -> str:
        """What the responder should do, in one line."""
        if self.best:
            return f"best: {self.best_in_words}"
        if self.proof.is_complete:
            return f"the access has ended: {self.proof.in_words}"
        if self.proof.of == 0:
            return self.proof.in_words
        return "best: no cut ends this access"

    def row(self, cut_id: str) -> Row | None:
        """The row of a cut by its id, or by the part before the colon if only one cut has it."""
        found = [row for row in self.rows if row.cut.id == cut_id]
        found = found or [row for row in self.rows if row.cut.id.partition(":")[0] == cut_id]
        return found[0] if len(found) == 1 else None


class Opened(Struct, frozen=True, kw_only=True):
    """The part of the desk that needs no trial."""

    at: datetime
    holder: Holder
    whose: Mapping[str, Json]
    used_by: tuple[Use, ...]
    trials: Trials


class Tried(Struct, frozen=True, kw_only=True):
    """The part of the desk that takes time. It only reads the frozen world, so that a thread may compute
    it.
    """

    rows: tuple[Row, ...]
    loop: tuple[str, ...]
    requests: tuple[TriedRequest, ...]
    can_go: tuple[str, ...]
    can_stay: tuple[str, ...]


def incident(
    simulation: Simulation, who: str, acting: Identity | None = None, account: str | None = None
) -> Incident:
    """The desk for an access key id, session, role, user or person. `acting`: the identity that carries out
    the cuts in the copies; None: the operator. Nothing changes. Raises UnknownIdentityError.
    """
    opened = open_desk(simulation, who, acting, account)
    return finished(opened, tried(opened, simulation), simulation)


def open_desk(
    simulation: Simulation, who: str, acting: Identity | None = None, account: str | None = None
) -> Opened:
    """Whose credentials they are and who uses them; nothing is tried yet. Raises UnknownIdentityError."""
    world = simulation.world
    holder = find_holder(who, world, account)
    uses = uses_of(holder.credentials, world, _log_of(holder, simulation))
    asked, asked_in = with_a_session(holder, world)
    return Opened(
        at=world.now,
        holder=holder,
        whose=whose(holder, world),
        used_by=uses,
        trials=Trials(simulation, asked, uses, acting or operator_identity(), asked_in),
    )


def tried(
    opened: Opened, simulation: Simulation, progress: Callable[[int, int], None] | None = None
) -> Tried:
    """Try every cut. `progress(done, of)` is called after each."""
    trials, rows, world, seed = opened.trials, [], opened.trials.world, simulation.seed

    def tell(done: float) -> None:
        if progress is not None:
            progress(round(1000 * done), 1000)

    graph = reach_of(simulation, lambda done, of: tell(_HOPS * done / max(1, of)))
    trials.include_roles(graph)
    loop = loop_of(graph, world, *(role.arn for role in opened.holder.roles(world)))
    cuts = cuts_for(opened.holder, opened.used_by, loop, world)
    for number, cut in enumerate(cuts, 1):
        rows.append(Row(cut=cut, trial=trials.of(cut)))
        tell(_HOPS + (1 - _HOPS) * number / (len(cuts) + 1))
    best = best_of(rows, trials)
    together = len(best) > 1 and not any(row.trial.ends_access for row in rows if row.cut.id in best)
    return Tried(
        rows=tuple(
            replace(row, is_best=True, is_together=together) if row.cut.id in best else row for row in rows
        ),
        loop=loop,
        requests=tuple(_can_do(trials.holder, opened.used_by, graph, world, seed)),
        can_go=tuple(roles_ahead(trials.holder, graph, world, seed)),
        can_stay=tuple(_can_stay(trials.holder, world, seed)),
    )


def finished(opened: Opened, found: Tried, simulation: Simulation) -> Incident:
    """The whole desk, with the present state of the incident."""
    proof = proof_of(opened.holder, opened.used_by, simulation)
    return Incident(
        at=opened.at,
        holder=opened.holder,
        whose=opened.whose,
        used_by=opened.used_by,
        requests=found.requests,
        can_go=found.can_go,
        can_stay=found.can_stay,
        undocumented=tuple(_undocumented(opened.holder, simulation.world)),
        loop=found.loop,
        rows=tuple(_with_hindsight(row, opened, found, simulation) for row in found.rows),
        aftermath=aftermath_of(opened.holder, simulation, proof),
        proof=proof,
    )


def _with_hindsight(row: Row, opened: Opened, found: Tried, simulation: Simulation) -> Row:
    if not row.is_best:
        return row
    past = earlier(simulation, opened.holder, opened.used_by, found.loop, row.cut.id)
    return replace(row, earlier=past)


def cuts_of(simulation: Simulation, who: str, account: str | None = None) -> tuple[Cut, ...]:
    """The cuts for a holder, without trials. Raises UnknownIdentityError."""
    opened = open_desk(simulation, who, None, account)
    world = simulation.world
    roles = (role.arn for role in opened.holder.roles(world))
    loop = loop_of(reach_of(simulation), world, *roles)
    return cuts_for(opened.holder, opened.used_by, loop, world)


def best_of(rows: Sequence[Row], trials: Trials) -> frozenset[str]:
    """Ids of the best cuts: each of which ends the access, or else of one combination that does. Empty if the
    access has already ended.
    """
    if trials.is_already_cut:
        return frozenset()
    ending = [row for row in rows if row.trial.ends_access and not row.trial.locks_out]
    if ending:
        least = min(row.trial.damage for row in ending)
        tied = [row for row in ending if row.trial.damage == least]
        most = max(len(row.trial.spared) for row in tied)
        return frozenset(row.cut.id for row in tied if len(row.trial.spared) == most)
    return frozenset(cut.id for cut in _combination(rows, trials))


def _combination(rows: Sequence[Row], trials: Trials) -> tuple[Cut, ...]:
    """A combination built by adding, one by one, the cut that leaves the least access; empty if none ends the
    access.
    """
    usable = [
        row for row in rows if not row.trial.refused and not row.cut.instead and not row.trial.locks_out
    ]
    chosen: tuple[Cut, ...] = ()
    left: tuple[float, ...] = (float("inf"),)
    while len(chosen) < _COMBINED:
        tried = [(trials.of(*chosen, row.cut), row.cut) for row in usable if row.cut not in chosen]
        scored = [(_remaining_access(trial), number, trial, cut) for number, (trial, cut) in enumerate(tried)]
        if not scored:
            return ()
        score, _, trial, cut = min(scored, key=lambda one: one[:2])
        if score >= left:
            return ()
        chosen, left = (*chosen, cut), score
        if trial.ends_access:
            return chosen
    return ()


def _remaining_access(trial: Trial) -> tuple[float, ...]:
    """How much still works after a trial, then how much it breaks; smaller is better."""
    if trial.refused or trial.locks_out:
        return (float("inf"),)
    back = sum(one.back_at is not None for one in trial.returns)
    alive = len(trial.still_allowed) + len(trial.survivors) + len(trial.sign_ins)
    return (alive + len(trial.still_possible) + back, *trial.damage)


def _log_of(holder: Holder, simulation: Simulation) -> list[RequestAnswered]:
    keys = frozenset(holder.credentials)
    return [
        event for event in simulation.events if type(event) is RequestAnswered and event.access_key_id in keys
    ]


def whose(holder: Holder, world: World) -> dict[str, Json]:
    """The holder's credentials and sessions, as JSON."""
    live = holder.live(world)
    facts = world.configuration.accounts.get(holder.account)
    answer: dict[str, Json] = {
        "kind": holder.kind.value,
        "label": holder.label,
        "account": holder.account,
        "account_name": facts.name if facts else None,
        "issuers": list(holder.issuers),
        "keys": list(holder.keys),
        "sessions": [
            {
                "label": one.label, "access_key_id": one.access_key_id, "operation": one.operation,
                "requested_by": one.parent_label, "issued_at": iso(one.issued_at),
                "expires_at": iso(one.expires_at), "source_identity": one.source_identity,
                **({"through": said} if (said := through(one, world.configuration)) else {}),
            }
            for one in live
        ],
    }  # fmt: skip
    if holder.kind is HolderKind.PERSON:
        answer["person"] = holder.who
    return answer


def _can_do(
    holder: Holder, uses: Sequence[Use], graph: HopGraph, world: World, seed: int
) -> Iterator[TriedRequest]:
    permitted = permitted_requests(holder, uses, world, graph)
    for issuer, key in signers(holder, world):
        probes = (Asked(key, action, "*") for action in _RARELY_LISTED)
        if allows_everything(issuer, world.in_force) and all(one.is_allowed(world, seed) for one in probes):
            yield TriedRequest(*EVERYTHING, _WORDS[Verdict.ALLOWED])
            break
    asked = {(one.action, one.resource, one.needs): one for one in permitted}
    for one in asked.values():
        verdict, _ = one.answer(world, seed)
        word = _WORDS[Verdict.UNDECIDED if one.is_unsettled and verdict in _DENIED else verdict]
        yield TriedRequest(one.action, one.resource, word, one.needs, one.region)


def _undocumented(holder: Holder, world: World) -> Iterator[str]:
    for issuer in holder.issuers:
        for each in identity_documents(issuer, world.in_force):
            if each.written is None:
                yield each.arn or each.name


def _can_stay(holder: Holder, world: World, seed: int) -> Iterator[str]:
    asked = list(persistence_requests(holder, world))
    for action in PERSISTENCE_ACTIONS:
        verdicts = {one: one.answer(world, seed)[0] for one in asked if one.action == action}
        allowed = [one for one, verdict in verdicts.items() if verdict is Verdict.ALLOWED]
        if allowed:
            needs = min((one.needs for one in allowed), key=len)
            yield f"{action} [{', '.join(needs)}]" if needs else action
        elif Verdict.UNDECIDED in verdicts.values():
            yield f"{action} (unknown)"
