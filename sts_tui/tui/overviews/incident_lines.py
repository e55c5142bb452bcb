"""What does the incident desk say? Its head, the cells of its cuts, and the details of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.desk import Incident, Opened, Row
from sts_tui.simulation.containment.holder import HolderKind
from sts_tui.simulation.containment.incident_text import (
    NO_USER,
    NO_WAY_IN,
    NOT_ASKED,
    NOTHING,
    NOTHING_CUT,
    NOWHERE,
    hindsight_words,
)
from sts_tui.simulation.containment.renewals import Broken
from sts_tui.simulation.views.session_labels import through
from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, Style, cells, line, one_line
from sts_tui.tui.widgets.columns import Column

if TYPE_CHECKING:
    from datetime import datetime

_NAMED: Final = 4
LEAST_ROOM: Final = 40
LABEL: Final = 9
"""Cells of the label of a line of the head."""
_WIDE_HOLDER: Final = len("refused: may not iam:PutRolePolicy")
_MORE: Final = len(" and 999 more")


def head_lines(
    opened: Opened, incident: Incident | None, room: int, common: frozenset[str]
) -> list[tuple[Line, int]]:
    """The head: whose credentials, used by, what was done so far, and what the holder can do, reach and keep.
    `room`: cells of a list. `common`: words that nearly all names have.
    """
    rows: list[tuple[str, Line]] = [("Whose", _whose(opened)), ("Used by", _used_by(opened.used_by))]
    if incident is None:
        rows.append(("Can do", line(("…", "muted"))))
    else:
        rows.append(("So far", _standing(incident)))  # stays visible, however long the names are
        rows += _what_it_can(incident, room, common)
    return [((Span(f"{label:<{LABEL}}", "muted"), *spans), LABEL) for label, spans in rows]


def _whose(opened: Opened) -> Line:
    holder, sessions = opened.holder, opened.holder.live(opened.trials.world)
    facts = opened.trials.world.configuration.accounts.get(holder.account)
    where = one_line((facts.name if facts else "") or holder.account)
    name, _, role = holder.label.rpartition("@") if holder.kind is HolderKind.SESSION else ("", "", "")
    what = f" of {one_line(role)}" if name else f"  {holder.kind.value}"
    spans = [Span(one_line(name or holder.label), "strong"), Span(f"{what}, {where}", "plain")]
    if len(sessions) == 1:
        one = sessions[0]
        text = f"  issued {clock_time(one.issued_at)}, expires {clock_time(one.expires_at)}"
        spans.append(Span(text, "muted"))
    elif sessions:
        spans.append(Span(f"  {len(sessions)} sessions", "muted"))
    elif holder.how_asked:
        spans.append(Span(f"  {holder.how_asked}", "muted"))
    said = dict.fromkeys(through(one, opened.trials.world.configuration) for one in sessions)
    spans += [Span(f"  {one_line(one)}", "muted") for one in said if one]
    if holder.source_identity:
        spans.append(Span(f"  source identity {one_line(holder.source_identity)}", "muted"))
    return tuple(spans)


def _used_by(uses: Sequence[Use]) -> Line:
    if not uses:
        return _nothing(NO_USER)
    spans: list[Span] = []
    for use in uses[:_NAMED]:
        spans.append(Span(("  " if spans else "") + one_line(use.name), "deny" if use.is_thief else "strong"))
        notes = [f"{round(use.per_minute, 1):g}/min", *map(one_line, use.addresses)]
        if use.is_thief:
            notes.append("copied credentials")
        spans.append(Span(f" ({', '.join(notes)})", "muted"))
    if len(uses) > _NAMED:
        spans.append(Span(f" and {len(uses) - _NAMED} more", "muted"))
    return tuple(spans)


def _what_it_can(incident: Incident, room: int, common: frozenset[str]) -> list[tuple[str, Line]]:
    if incident.holder.has_no_credentials:
        return [(question, _nothing(NOT_ASKED)) for question in ("Can do", "Can go", "Can stay")]
    rows = [
        ("Can do", _listed(incident.does, room, common) or _nothing(NOTHING)),
        ("Can go", _listed(incident.can_go, room, common) or _nothing(NOWHERE)),
        ("Can stay", _listed(incident.can_stay, room, common, "warning") or _nothing(NO_WAY_IN)),
    ]
    if unknown := incident.undocumented:
        before, after = "what ", " allows: no file has the document"
        named = _listed(unknown, room - cells(before + after), common, "warning")
        rows.append(("Unknown", (Span(before, "muted"), *named, Span(after, "muted"))))
    return rows


def _nothing(text: str) -> Line:
    return line((text, "muted"))


def _listed(names: Sequence[str], room: int, common: frozenset[str], style: Style = "plain") -> Line:
    """The first names, as many as fit into a line, and how many more there are."""
    shown = ""
    for number, name in enumerate(names):
        is_last = number == len(names) - 1
        left = room if is_last else room - _MORE
        longer = shown + (", " if number else "") + without_common(one_line(name), common, left)
        if number and cells(longer) > left:
            return line((f"{shown} and {len(names) - number} more", style))
        shown = longer
    return line((shown, style)) if shown else ()


def _standing(incident: Incident) -> Line:
    after, proof = incident.aftermath, incident.proof
    if not after.done:
        carried = [row for row in incident.rows if not row.cut.why_not]
        if carried and all(row.trial.refused for row in carried):
            advice = "  every cut is refused: act as an administrator (i)"
            return (*_nothing(NOTHING_CUT), Span(advice, "warning"))
        return _nothing(NOTHING_CUT)
    spans = [Span(f"{_count(len(after.done), 'write')}, {_count(after.denied, 'request')} denied")]
    style = "allow" if proof.is_complete else "deny"
    spans.append(
        Span(f"  proof: {proof.denied} of {proof.of} denied", "strong" if style == "allow" else "deny")
    )
    if after.next_move:
        spans.append(Span(f"  next: {one_line(after.next_move)}", "warning"))
    return tuple(spans)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


# --- the cells of a cut ---


def title_cell(row: Row) -> Line:
    mark = (Span("together " if row.is_together else "best ", "key"),) if row.is_best else ()
    return (*mark, Span(one_line(row.cut.short or row.cut.title), "strong" if row.is_best else "plain"))


def _holder_cell(row: Row) -> Line:
    """What becomes of the holder, in a column: why a cut does not end the access matters more than when it
    takes effect.
    """
    lockout = (Span("locks you out, ", "deny"),) if row.trial.locks_out else ()
    qualifier = _qualifier(row)
    if qualifier is None or row.trial.refused or not row.trial.is_cut:
        return (*lockout, *holder_words(row))
    return (*lockout, Span("cut, ", "allow"), qualifier)


def holder_words(row: Row) -> Line:
    """What becomes of the holder, in full."""
    trial = row.trial
    if trial.refused:
        return line((f"refused: {_refusal(one_line(trial.refused))}", "muted"))
    if not trial.is_cut:
        return line((f"NOT CUT: {one_line(row.why_not)}", "deny"))
    text = f"cut {clock_time(trial.at)}" if trial.at else "cut"
    qualifier = _qualifier(row)
    return (Span(text, "allow"), *((Span(", "), qualifier) if qualifier else ()))


def _qualifier(row: Row) -> Span | None:
    """Why a cut does not end the access; None: it does."""
    trial = row.trial
    if trial.survivors:
        return Span(f"{len(trial.survivors)} chained still work", "warning")
    if any(one.back_at for one in trial.returns):
        return Span("recovers", "warning")
    if trial.widens:
        return Span(f"WIDENS: {one_line(trial.widens[0])}", "deny")
    if trial.still_possible:
        return Span(f"can {one_line(trial.still_possible[0])}", "warning")
    if trial.sign_ins:
        return Span("still signed in", "warning")
    return None


def _refusal(text: str) -> str:
    """The short form of `AccessDenied: User: arn:… is not authorized to perform: iam:PutRolePolicy on …`."""
    _, found, action = text.partition(" is not authorized to perform: ")
    return f"may not {action.partition(' ')[0]}" if found else text.partition(": ")[2] or text


def _spared_cell(row: Row) -> Line:
    """Empty for a cut that was refused or denies nothing: its reason takes the cells."""
    is_cut = row.trial.is_cut and not row.trial.refused
    return line((f"{len(row.trial.spared)}", "plain")) if is_cut else ()


def _breaks_cell(row: Row) -> Line:
    broken = row.trial.broken
    if row.trial.refused:
        return ()
    if not broken:
        return line(("nothing", "muted")) if row.trial.is_cut else ()
    first = broken[0]
    since = f" at {clock_time(first.since)}" if first.since else ""
    more = f" +{len(broken) - 1}" if len(broken) > 1 else ""
    text = f"{one_line(first.name)}{more} {round(first.per_minute, 1):g}/min{since}"
    return line((text, "warning"))


def _back_cell(row: Row) -> Line:
    if row.trial.refused or not row.trial.broken:
        return ()
    back: datetime | None = row.back_at
    return line((clock_time(back), "plain")) if back else line(("never", "muted"))


_COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column(
        id="cut",
        title="CUT",
        width=26,
        least=20,
        grow=3,
        most=50,
        middle=True,
        has_names=True,
        cell=title_cell,
    ),
    Column(id="holder", title="THIS HOLDER", width=13, least=12, grow=3, runs_over=True, cell=_holder_cell),
    Column(
        id="spares",
        title="SPARES",
        width=6,
        right=True,
        priority=1,
        cell=_spared_cell,
        is_empty=lambda row: not row.trial.spared,
    ),
    Column(
        id="breaks",
        title="BREAKS",
        width=18,
        least=14,
        grow=1,
        most=30,
        has_names=True,
        cell=_breaks_cell,
        is_empty=lambda row: not _breaks_cell(row),
    ),
    Column(id="back", title="BACK", width=8, cell=_back_cell, is_empty=lambda row: not _back_cell(row)),
)


def capital(title: str) -> str:
    """The text as the title of a box."""
    return title[:1].upper() + title[1:]


def columns_of(rows: Sequence[Row]) -> tuple[Column[Row], ...]:
    """Where no cut breaks anything, the reasons of refusals take the cells of that column."""
    if any(_breaks_cell(row) for row in rows):
        return _COLUMNS
    return tuple(
        replace(one, width=_WIDE_HOLDER, least=_WIDE_HOLDER) if one.id == "holder" else one
        for one in _COLUMNS
    )


def broken_lines(broken: Sequence[Broken]) -> list[Line]:
    if not broken:
        return [line(("nothing", "muted"))]
    lines: list[Line] = []
    for one in broken:
        spans = [
            Span(one_line(one.name), "strong"),
            Span(f"  {round(one.per_minute, 1):g} requests a minute", "plain"),
        ]
        if one.since:
            spans.append(Span(f", from {clock_time(one.since)} on", "warning"))
        if one.back_at:
            through = f", through {one_line(one.through)}" if one.through else ""
            spans.append(Span(f", back {clock_time(one.back_at)}{through}", "muted"))
        elif one.why_not:
            spans.append(Span(f", not back: {one_line(one.why_not)}", "muted"))
        lines.append(tuple(spans))
    return lines


def detail_lines(row: Row) -> list[tuple[Line, int]]:
    trial = row.trial
    lines: list[Line] = [holder_words(row), ()]
    if trial.refused:
        lines = [line((f"refused: {one_line(trial.refused)}", "warning")), ()]
    if trial.locks_out:
        lines += [line((one_line(trial.locks_out), "deny")), ()]
    for title, body in (
        ("Breaks", [] if trial.refused else broken_lines(trial.broken)),
        ("Recovers", broken_lines([one for one in trial.returns if one.back_at]) if trial.returns else []),
        ("Still works (chained before)", [line((one_line(one), "warning")) for one in trial.survivors]),
        ("Still issues credentials", [line((one_line(one), "warning")) for one in trial.sign_ins]),
        ("Still allowed", [line((one_line(one), "deny")) for one in trial.still_allowed]),
        ("WIDENS the access: would be allowed", [line((one_line(one), "deny")) for one in trial.widens]),
        ("Can still, but has not so far", [line((one_line(one), "warning")) for one in trial.still_possible]),
        ("Keeps everything", [line(one_line(one)) for one in trial.spared]),
        ("Had it been carried out", [line(hindsight_words(one)) for one in row.earlier]),
        ("Calls", [line(one_line(step.command)) for step in row.cut.steps]),
    ):
        if body:
            lines += [line((title, "title")), *((Span("  "), *each) for each in body), ()]
    return [(each, 4) for each in lines]


def proof_lines(incident: Incident) -> list[tuple[Line, int]]:
    proof = incident.proof
    style = "allow" if proof.is_complete else "warning"
    head = line((proof.in_words, "strong" if style == "allow" else "warning"))
    listed: list[Line] = []
    for label, requests in groupby(sorted(proof.still_allowed_to), key=itemgetter(0)):
        listed.append(line(("still allowed to ", "deny"), (one_line(label), "strong")))
        listed += [line((f"  {one_line(request)}", "deny")) for _, request in requests]
    listed += [line((one_line(one), "plain")) for one in proof.denials]
    text = f"{proof.means} Nothing is recorded."
    return [(each, 4) for each in (head, (), *listed, *([()] if listed else []), line((text, "muted")))]
