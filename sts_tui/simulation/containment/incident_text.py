"""What does the incident desk look like as text? For the command line and the transcript of tours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.desk import Incident, Row
from sts_tui.simulation.containment.hindsight.earlier import Earlier
from sts_tui.simulation.containment.renewals import Broken

_SHOWN: Final = 6
"""How many names are listed before the rest is counted."""
NO_USER: Final = "no one in the log"
NOTHING: Final = "nothing"
NOWHERE: Final = "nowhere by AssumeRole"
NO_WAY_IN: Final = "no permission found that would leave a way in"
NOT_ASKED: Final = "not asked"
NOTHING_CUT: Final = "nothing has been cut yet"
"""The text for an empty list of the desk, the same on the screen, on the command line and in the report."""


def incident_lines(desk: Incident, acting: str = "") -> Iterator[str]:
    """The desk, line by line, in the order of a responder's questions. `acting`: the identity that carries
    out the cuts, if it is not the operator.
    """
    holder = desk.holder
    yield f"Incident  {holder.who}  {iso(desk.at)}"
    if acting:
        yield f"As        {acting}"
    asked = f"; {holder.how_asked}" if holder.how_asked else ""
    empty = (NOT_ASKED,) * 3 if holder.has_no_credentials else (NOTHING, NOWHERE, NO_WAY_IN)
    nothing, nowhere, no_way_in = empty
    yield f"Whose     {holder.kind.value} {holder.label}, account {holder.account}{asked}"
    users = [_use(use) for use in desk.used_by]
    yield f"Used by   {_listed(users) or NO_USER}"
    yield f"Can do    {_listed(desk.does) or nothing}"
    if desk.denied:
        yield f"Denied    {tried_and_denied(desk, _SHOWN)}"
    yield f"Can go    {_listed(desk.can_go) or nowhere}"
    yield f"Can stay  {_listed(desk.can_stay) or no_way_in}"
    if desk.undocumented:
        yield f"Unknown   what {_listed(desk.undocumented)} allows: no file has the document"
    yield ""
    yield "Cuts"
    for row in desk.rows:
        yield _row(row)
        yield from (f"    {hindsight_words(one)}" for one in row.earlier)
    yield ""
    if desk.best:
        yield f"Best      {desk.best_in_words}"
    yield from _standing(desk)


def tried_and_denied(desk: Incident, shown: int) -> str:
    """`ec2:CopyImage * and 3 more (asked in us-east-1, and with what the holder can choose)`, with at most
    `shown` entries.
    """
    more = len(desk.denied) - shown
    named = ", ".join(desk.denied[:shown]) + (f" and {more} more" if more > 0 else "")
    return f"{named} (asked in {', '.join(desk.denied_in)}, and with what the holder can choose)"


def hindsight_words(one: Earlier) -> str:
    """`at 09:01:03: 0 of its 180 requests would have happened, 269 of 416 others would have failed`"""
    holder = f"{one.suspect_happened} of its {one.suspect} requests would have happened"
    return f"at {one.at:%H:%M:%S}: {holder}, {one.others_failed} of {one.others} others would have failed"


def _use(use: Use) -> str:
    copied = ", copied" if use.is_thief else ""
    where = f", {', '.join(use.addresses)}" if use.addresses else ""
    return f"{use.name} ({round(use.per_minute, 1):g}/min{where}{copied})"


def _row(row: Row) -> str:
    mark = "*" if row.is_best else " "
    trial = row.trial
    locked = f"locks you out: {trial.locks_out}; " if trial.locks_out else ""
    name = f"{mark} {row.cut.id:<28} {locked}"
    breaks = ", ".join(_breaks(one) for one in trial.broken) or "nothing"
    if trial.widens:
        name += f"WIDENS the access: {_listed(trial.widens[:3])} would be allowed; "
    if row.why_not:
        later = f"; breaks {breaks}" if trial.broken else ""
        return f"{name}{'refused' if trial.refused else 'not cut'}: {row.why_not}{later}"
    back = f", back {iso(row.back_at)}" if row.back_at else ""
    left = f"; still alive: {', '.join(trial.survivors)}" if trial.survivors else ""
    left += f"; it still can {', '.join(trial.still_possible[:3])}" if trial.still_possible else ""
    left += f"; still signed in: {', '.join(trial.sign_ins)}" if trial.sign_ins else ""
    when = iso(trial.at) if trial.at else ""
    return f"{name}cut {when}; spares {len(trial.spared)}; breaks {breaks}{back}{left}"


def _breaks(one: Broken) -> str:
    since = f" from {iso(one.since)}" if one.since else ""
    return f"{one.name} {round(one.per_minute, 1):g}/min{since}"


def _standing(desk: Incident) -> Iterator[str]:
    after, proof = desk.aftermath, desk.proof
    if not after.done:
        yield f"So far    {NOTHING_CUT}"
    for done in after.done:
        yield f"Done      {iso(done.at)} {done.by}: {done.command}"
    for alive in after.alive:
        yield f"Alive     {alive.label} ({alive.state}) until {iso(alive.expires_at)}"
    yield f"Proof     {proof.in_words}"
    if after.next_move:
        yield f"Next      {after.next_move}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
