"""The incident desk on the screen: whose credentials leaked, and every cut with what it would do.

The head is shown at once; the cuts are tried in the background and added. Keys: enter shows a cut in
detail, f5 carries it out after a question, `a` the aws commands, `p` the proof, `m` the report, `u` undoes
the last cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.simulation.containment.cut import CannotCutError, carry_out
from sts_tui.simulation.containment.desk import Incident, Opened, Row, finished, open_desk, tried
from sts_tui.simulation.containment.incident_report import commands, report
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.identities import Identity, UnknownIdentityError
from sts_tui.simulation.pasted_who import about_absent_key, is_access_key_id, without_wrapping
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.confirm import ConfirmScreen, Fact
from sts_tui.tui.dialogs.dialog import Dialog, ListQuestion
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.dialogs.undoing import ask_to_undo
from sts_tui.tui.overviews.incident_lines import (
    LABEL,
    LEAST_ROOM,
    broken_lines,
    capital,
    columns_of,
    detail_lines,
    head_lines,
    holder_words,
    proof_lines,
    title_cell,
)
from sts_tui.tui.text.distinct_names import common_words
from sts_tui.tui.text.styled_text import Span, line, one_line
from sts_tui.tui.widgets.columns import ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

Wish = tuple[str, str]
"""(what was chosen, id of the cut)"""
_HINT: Final = "enter details   f5 cut   u undo   a aws   p proof   m report   esc close"
MOST_COMPARED: Final = 1000
"""Roles whose names are compared for common words."""


def open_incident(app: Host, who: str, cursor: str = "") -> None:
    """Opens the desk for WHO at once, and fills it in from the background. Says why where it cannot."""
    acting = app.acting
    try:
        opened = open_desk(app.simulation, who, acting, acting.account)
    except UnknownIdentityError as error:
        show_unknown(app, who, error)
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
        if app.background.stop():
            app.clear_status()  # its progress
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
            app.ask(ReadingScreen("Proof: has the access ended?", proof_lines(incident)), back)
        case "report":
            text = report(incident, app.simulation).splitlines()
            app.ask(ReadingScreen.of_text("Report (Markdown; y copies it)", text), _copying(app, back))
        case "undo":
            ask_to_undo(app, lambda: back(None))
        case "detail" if row is not None:
            app.ask(ReadingScreen(capital(row.cut.title), list(detail_lines(row))), back)
        case "commands" if row is not None:
            text = [
                *commands(row, app.simulation),
                "",
                "# to undo it:",
                *undo_commands(row.cut.steps, app.simulation.world.configuration),
            ]
            app.ask(ReadingScreen.of_text("For the real account", text), _copying(app, back))
        case "carry out" if row is not None:
            _confirm(app, row, back)


def show_unknown(app: Host, who: str, error: UnknownIdentityError) -> None:
    """Says why there is no desk for WHO. For an access key that the files lack it opens a box with the
    commands that find its owner, to be copied.
    """
    if not is_access_key_id(who):
        app.say(error.message, "warning")
        return
    sentences = [f"{one[:1].upper()}{one[1:]}." for one in about_absent_key(who, app.simulation.world)]
    app.ask(ReadingScreen.of_text(without_wrapping(who), sentences), _copying(app, lambda _: None))


def _copying(app: Host, back: Callable[[object], None]) -> Callable[[str | None], None]:
    def answered(text: str | None) -> None:
        if text is not None:
            app.copy_text("text", text)
        back(text)

    return answered


def _confirm(app: Host, row: Row, back: Callable[[object], None]) -> None:
    facts: list[Fact] = [("Holder", [holder_words(row)]), ("Breaks", broken_lines(row.trial.broken))]
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

    app.ask(
        ConfirmScreen(f"{row.cut.title[:1].upper()}{row.cut.title[1:]}?", facts, "Carry out", text), answered
    )


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


class IncidentScreen(ListQuestion[Wish]):
    """Returns what was chosen, and for which cut."""

    MOST_HEAD = 9
    MOST_WHOLE = 6

    DEFAULT_CSS = """
    IncidentScreen Document { height: auto; margin-bottom: 1; }
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
            columns_of(()), empty="Trying every cut in a copy of the simulation …", id="cuts"
        )
        names = [role.role_name for role in opened.trials.world.configuration.roles.values()]
        self._common = common_words(tuple(names[:MOST_COMPARED]))
        self._table.know(self._common)
        self._table.on_moved = lambda *_: self._show_whole()
        self.incident: Incident | None = None
        """The whole desk once the cuts were tried."""

    def compose(self) -> ComposeResult:
        holder = self._opened.holder
        with Dialog(f"Incident: {holder.kind.value} {one_line(holder.label)}", _HINT):
            yield Document(id="head", can_focus=False, most=self.MOST_HEAD)
            yield self._table
            yield Document(id="whole", can_focus=False, most=self.MOST_WHOLE)

    def on_mount(self) -> None:
        super().on_mount()
        self._show_head()
        self.query_one(Table).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_head)

    def _show_head(self) -> None:
        """Each list of the head names as many as fit into its line."""
        head = self.query_one("#head", Document)
        room = max(LEAST_ROOM, head.widths()[1] - LABEL)
        head.show(list(head_lines(self._opened, self.incident, room, self._common)))

    def fill(self, incident: Incident) -> None:
        """Shows the cuts, once they were tried."""
        if not self.is_mounted:
            return
        self.incident = incident
        self._show_head()
        table: Table[Row] = self.query_one("#cuts", Table)
        table.set_columns(columns_of(incident.rows))
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
                title_cell(row),
                holder_words(row),
                *([(*line("breaks "), *breaks)] if row.trial.broken else []),
            ]
            spans = [span for part in parts for span in (Span("   "), *part)]
            self.query_one("#whole", Document).show([(tuple(spans[1:]), 2)])

    def action_wish(self, what: str) -> None:
        self.in_turn(partial(self._wish, what))

    def _wish(self, what: str) -> None:
        if self.incident is None:
            return
        row: Row | None = self.query_one("#cuts", Table).cursor_row
        if what == "carry out" and row is not None and row.trial.refused:
            text = line((f"Cannot be performed: {one_line(row.trial.refused)}", "warning"))
            self.query_one("#whole", Document).show([(text, 2)])
            return
        self.dismiss((what, row.cut.id if row is not None else ""))

    def on_table_activated(self) -> None:
        self.action_wish("detail")
