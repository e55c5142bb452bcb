"""The incident desk on the screen: whose credentials leaked, and every cut with what it would do.

The head is shown at once; the cuts are tried in the background and added. Keys: enter shows a cut in
detail, f5 carries it out after a question, `a` the aws commands, `p` the proof, `m` the report, `u` takes
the last cut back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.cut import CannotCutError, carry_out
from sts_tui.simulation.containment.desk import Incident, Opened, Row, finished, open_desk, tried
from sts_tui.simulation.containment.holder import HolderKind
from sts_tui.simulation.containment.incident_report import commands, report
from sts_tui.simulation.containment.incident_text import hindsight_words
from sts_tui.simulation.containment.trial import Broken
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.identities import Identity, UnknownIdentityError
from sts_tui.simulation.views.session_labels import through
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.confirm import ConfirmScreen, Fact
from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.dialogs.undoing import ask_to_undo
from sts_tui.tui.text.distinct_names import common_words
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, cells, line, one_line, shorten
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from sts_tui.tui.host import Host

Wish = tuple[str, str]
"""(what, id of the cut)"""
_HINT: Final = "enter details   f5 cut   u undo   a aws   p proof   m report   esc close"
_NAMED: Final = 4
MOST_COMPARED: Final = 1000
"""Roles whose names are compared for common words."""
_ROOM: Final = 60
"""Cells of a list in the head: all of its lines stay in sight on a terminal with 80."""
_MORE: Final = len(" and 999 more")


def open_incident(app: Host, who: str, cursor: str = "") -> None:
    """Opens the desk for WHO at once, and fills it in from the background. Says why where it cannot."""
    acting = app.acting
    try:
        opened = open_desk(app.simulation, who, acting, acting.account)
    except UnknownIdentityError as error:
        app.say(error.message, "warning")
        return
    app.simulation.look_at(opened.holder.credentials)
    desk = IncidentScreen(opened, cursor)

    def compute(progress: Progress) -> Incident:
        found = tried(opened, app.simulation, progress)
        return finished(opened, found, app.simulation)

    def show(incident: Incident) -> None:
        app.clear_status()
        desk.fill(incident)

    def answered(wish: Wish | None) -> None:
        app.background.stop()
        if wish is not None and desk.incident is not None:
            _perform(app, who, desk.incident, wish)

    app.ask(desk, answered)
    app.background.run("Trying every cut in a copy", compute, show)


def _perform(app: Host, who: str, incident: Incident, wish: Wish) -> None:
    what, cut_id = wish

    def back(_: object) -> None:
        open_incident(app, who, cut_id)

    row = incident.row(cut_id)
    match what:
        case "proof":
            app.ask(ReadingScreen("Proof: its requests repeated now", _proof_lines(incident)), back)
        case "report":
            text = report(incident, app.simulation).splitlines()
            app.ask(ReadingScreen.of_text("Report (Markdown; y copies it)", text), _copying(app, back))
        case "undo":
            ask_to_undo(app, lambda: back(None))
        case "detail" if row is not None:
            app.ask(ReadingScreen(row.cut.title, list(_detail(row))), back)
        case "commands" if row is not None:
            text = [
                *commands(row, app.simulation),
                "",
                "# to take it back:",
                *undo_commands(row.cut.steps, app.simulation.world.configuration),
            ]
            app.ask(ReadingScreen.of_text("For the real account", text), _copying(app, back))
        case "carry out" if row is not None:
            _confirm(app, row, back)


def _copying(app: Host, back: Callable[[object], None]) -> Callable[[str | None], None]:
    def answered(text: str | None) -> None:
        if text is not None:
            app.copy_text("text", text)
        back(text)

    return answered


def _confirm(app: Host, row: Row, back: Callable[[object], None]) -> None:
    if row.trial.refused:
        app.say(row.trial.refused, "warning")
        return
    facts: list[Fact] = [("Holder", [_holder_cell(row)]), ("Breaks", _broken_lines(row.trial.broken))]
    if row.trial.locks_out:
        facts.insert(0, ("Locks out", [line((one_line(row.trial.locks_out), "deny"))]))
    if row.trial.survivors:
        facts.append(("Still works", [line((", ".join(map(one_line, row.trial.survivors)), "warning"))]))
    if row.trial.sign_ins:
        facts.append(("Still signed in", [line((", ".join(map(one_line, row.trial.sign_ins)), "warning"))]))
    text = "\n".join(step.command for step in row.cut.steps)
    facts.append(("Calls", [line(one_line(step.command)) for step in row.cut.steps]))

    def answered(confirmed: bool | None) -> None:
        if confirmed:
            carry_out_in(app, row)
        back(None)

    app.ask(ConfirmScreen(f"{row.cut.title}?", facts, "Carry out", text), answered)


def carry_out_in(app: Host, row: Row) -> None:
    """Makes the calls of a cut as the acting identity; AWS's refusal is shown by `call`."""

    def call(action: str, params: Mapping[str, object], caller: Identity, joins: bool) -> object:
        answer = app.call(action, params, caller=caller, joins=joins)
        if answer is None:
            raise CannotCutError("")  # `call` has said why
        return answer

    try:
        carry_out(row.cut, app.acting, call)
    except CannotCutError as error:
        if str(error):
            app.say(str(error), "warning")


class IncidentScreen(Question[Wish]):
    """Returns what is wished and for which cut."""

    DEFAULT_CSS = """
    IncidentScreen Document { height: auto; max-height: 9; margin-bottom: 1; }
    IncidentScreen Table { height: 1fr; background: $surface; }
    IncidentScreen #whole { margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "wish('detail')", "Details", show=False, priority=True),
        Binding("f5", "wish('carry out')", "Carry out", show=False),
        Binding("a", "wish('commands')", "aws commands", show=False),
        Binding("p", "wish('proof')", "Proof", show=False),
        Binding("m", "wish('report')", "Report", show=False),
        Binding("u", "wish('undo')", "Undo", show=False),
        Binding("escape,q", "leave", "Close", show=False),
    ]

    def __init__(self, opened: Opened, cursor: str = "") -> None:
        super().__init__()
        self._opened = opened
        self._cursor = cursor
        self._table: Table[Row] = Table(
            _COLUMNS, empty="Trying every cut in a copy of the world …", id="cuts"
        )
        names = [role.role_name for role in opened.trials.world.configuration.roles.values()]
        self._table.know(common_words(tuple(names[:MOST_COMPARED])))
        self._table.on_moved = lambda *_: self._show_whole()
        self.incident: Incident | None = None
        """The whole desk once the cuts were tried."""

    def compose(self) -> ComposeResult:
        holder = self._opened.holder
        with Dialog(f"Incident: {holder.kind.value} {one_line(holder.label)}", _HINT):
            yield Document(id="head", can_focus=False, most=9)
            yield self._table
            yield Document(id="whole", can_focus=False, most=6)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#head", Document).show(list(head_lines(self._opened, None)))
        self.query_one(Table).focus()

    def fill(self, incident: Incident) -> None:
        """The cuts are tried: show them."""
        if not self.is_mounted:
            return
        self.incident = incident
        self.query_one("#head", Document).show(list(head_lines(self._opened, incident)))
        table: Table[Row] = self.query_one("#cuts", Table)
        table.show(ListRows(incident.rows, lambda row: row.cut.id))
        wanted = self._cursor or next((row.cut.id for row in incident.best), "")
        position = next((i for i, row in enumerate(incident.rows) if row.cut.id == wanted), 0)
        table.move_to(position)

    def _show_whole(self) -> None:
        """The selected cut in full, where the table had to shorten it."""
        row = self._table.cursor_row
        if row is not None and self.is_mounted:
            breaks = line((", ".join(one_line(one.name) for one in row.trial.broken), "warning"))
            parts = [
                _title_cell(row),
                _holder_cell(row),
                *([(*line("breaks "), *breaks)] if row.trial.broken else []),
            ]
            spans = [span for part in parts for span in (Span("   "), *part)]
            self.query_one("#whole", Document).show([(tuple(spans[1:]), 2)])

    def action_wish(self, what: str) -> None:
        if self.incident is None:
            return
        row: Row | None = self.query_one("#cuts", Table).cursor_row
        self.dismiss((what, row.cut.id if row is not None else ""))

    def on_table_activated(self) -> None:
        self.action_wish("detail")


def head_lines(opened: Opened, incident: Incident | None) -> list[tuple[Line, int]]:
    """Whose, used by, can do, can go, can stay, and where it stands."""
    rows: list[tuple[str, Line]] = [("Whose", _whose(opened)), ("Used by", _used_by(opened.used_by))]
    if incident is None:
        rows.append(("Can do", line(("…", "muted"))))
    else:
        rows.append(("So far", _standing(incident)))  # stays in sight, however long the names are
        rows += _what_it_can(incident)
    return [((Span(f"{label:<9}", "muted"), *spans), 9) for label, spans in rows]


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
        return line(("nobody in the log", "muted"))
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


def _what_it_can(incident: Incident) -> list[tuple[str, Line]]:
    allowed = incident.does
    if incident.holder.is_unasked:
        return [(question, _nothing("not asked")) for question in ("Can do", "Can go", "Can stay")]
    stay = (
        line((_listed(incident.can_stay), "warning"))
        if incident.can_stay
        else _nothing("no permission found that would leave a way in")
    )
    return [
        ("Can do", line(_listed(allowed)) if allowed else _nothing("nothing")),
        ("Can go", line(_listed(incident.can_go)) if incident.can_go else _nothing("nowhere by AssumeRole")),
        ("Can stay", stay),
    ]


def _nothing(text: str) -> Line:
    return line((text, "muted"))


def _listed(names: Sequence[str]) -> str:
    """The first names, as many as there is room for in a line, and how many more there are."""
    room, shown = _ROOM - _MORE, ""
    for number, name in enumerate(names[:_NAMED]):
        longer = shown + (", " if number else "") + shorten(one_line(name), room, middle=True)
        if number and cells(longer) > room:
            return f"{shown} and {len(names) - number} more"
        shown = longer
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _standing(incident: Incident) -> Line:
    after, proof = incident.aftermath, incident.proof
    if not after.done:
        return line(("nothing was cut yet", "muted"))
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


def _title_cell(row: Row) -> Line:
    mark = (Span("best ", "key"),) if row.is_best else ()
    return (*mark, Span(one_line(row.cut.short or row.cut.title), "strong" if row.is_best else "plain"))


def _holder_cell(row: Row) -> Line:
    trial = row.trial
    if trial.locks_out:
        rest = _holder_words(row)
        return (Span("locks you out, ", "deny"), *rest)
    return _holder_words(row)


def _holder_words(row: Row) -> Line:
    trial = row.trial
    if trial.refused:
        return line((f"refused: {_refusal(one_line(trial.refused))}", "muted"))
    if not trial.is_cut:
        return line((f"NOT CUT: {one_line(row.why_not)}", "deny"))
    text = f"cut {clock_time(trial.at)}" if trial.at else "cut"
    if trial.survivors:
        return (Span(text, "allow"), Span(f", {len(trial.survivors)} chained still work", "warning"))
    if any(one.back_at for one in trial.returns):
        return (Span(text, "allow"), Span(", comes back", "warning"))
    if trial.widens:
        return (Span(text, "allow"), Span(f", WIDENS: {one_line(trial.widens[0])}", "deny"))
    if trial.still_possible:
        return (Span(text, "allow"), Span(f", can {one_line(trial.still_possible[0])}", "warning"))
    if trial.sign_ins:
        return (Span(text, "allow"), Span(", still signed in", "warning"))
    return line((text, "allow"))


def _refusal(text: str) -> str:
    """The short form of `AccessDenied: User: arn:… is not authorized to perform: iam:PutRolePolicy on …`."""
    _, found, action = text.partition(" is not authorized to perform: ")
    return f"may not {action.partition(' ')[0]}" if found else text.partition(": ")[2] or text


def _spared_cell(row: Row) -> Line:
    """Nothing for a cut that was refused or does not cut: its reason has the room."""
    is_cut = row.trial.is_cut and not row.trial.refused
    return line((f"{len(row.trial.spared)}", "plain")) if is_cut else ()


def _breaks_cell(row: Row) -> Line:
    broken = row.trial.broken
    if row.trial.refused:
        return ()
    if not broken:
        return line(("nothing", "muted")) if row.trial.is_cut else ()
    since = f" at {clock_time(broken[0].since)}" if broken[0].since else ""
    first = f"{round(broken[0].per_minute, 1):g}/min{since} {one_line(broken[0].name)}"
    more = f" +{len(broken) - 1}" if len(broken) > 1 else ""
    return line((first + more, "warning"))


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
        cell=_title_cell,
    ),
    Column(id="holder", title="THIS HOLDER", width=13, least=12, grow=3, runs_over=True, cell=_holder_cell),
    Column(id="spares", title="SPARES", width=6, right=True, priority=1, cell=_spared_cell),
    Column(
        id="breaks", title="BREAKS", width=18, least=14, grow=1, most=30, has_names=True, cell=_breaks_cell
    ),
    Column(id="back", title="BACK", width=8, cell=_back_cell),
)


def _broken_lines(broken: Sequence[Broken]) -> list[Line]:
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


def _detail(row: Row) -> list[tuple[Line, int]]:
    trial = row.trial
    lines: list[Line] = [_holder_cell(row), ()]
    if trial.locks_out:
        lines += [line((one_line(trial.locks_out), "deny")), ()]
    for title, body in (
        ("Breaks", _broken_lines(trial.broken)),
        ("Comes back", _broken_lines([one for one in trial.returns if one.back_at]) if trial.returns else []),
        ("Still works (chained before)", [line((one_line(one), "warning")) for one in trial.survivors]),
        ("Still gives out credentials", [line((one_line(one), "warning")) for one in trial.sign_ins]),
        ("Still allowed", [line((one_line(one), "deny")) for one in trial.still_allowed]),
        ("WIDENS the access: would be allowed", [line((one_line(one), "deny")) for one in trial.widens]),
        ("Can still, though it has not", [line((one_line(one), "warning")) for one in trial.still_possible]),
        ("Keeps everything", [line(one_line(one)) for one in trial.spared]),
        ("Had it been carried out", [line(hindsight_words(one)) for one in row.earlier]),
        ("Calls", [line(one_line(step.command)) for step in row.cut.steps]),
    ):
        if body:
            lines += [line((title, "title")), *((Span("  "), *each) for each in body), ()]
    return [(each, 4) for each in lines]


def _proof_lines(incident: Incident) -> list[tuple[Line, int]]:
    proof = incident.proof
    style = "allow" if proof.is_complete else "warning"
    head = line((proof.in_words, "strong" if style == "allow" else "warning"))
    still = [line((f"  still allowed  {one_line(one)}", "deny")) for one in proof.still_allowed]
    alive = [line((f"  still alive  {one_line(one)}", "deny")) for one in proof.alive]
    text = (
        "The log has no request: what its policies allowed before the first write, evaluated now. Nothing is "
        "recorded."
        if proof.is_of_policies
        else "Its recent requests, and those of every session chained from it, evaluated now. Nothing is "
        "recorded."
    )
    return [(each, 4) for each in (head, (), *still, *alive, (), line((text, "muted")))]
