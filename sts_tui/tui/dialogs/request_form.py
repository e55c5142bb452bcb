"""The request form: who asks for what, checked at every key, with AWS's verdict before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label

from sts_tui.simulation.identities import Identity
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.request_context import context_of
from sts_tui.tours.reading.steps import Request
from sts_tui.tui.dialogs.dialog import Dialog, Question, common_words_of
from sts_tui.tui.dialogs.pending_call import DryRun, PendingCall
from sts_tui.tui.latest import Latest
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, line, one_line
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Completer, Field
from sts_tui.tui.widgets.name_label import NameLabel

FIELDS: Final = (("action", "Action"), ("resource", "Resource"), ("context", "Context"))
HINT: Final = "enter send   f4 explain   f6 copy as expect   ^y copy   esc cancel"
ROWS_BESIDES: Final = 9
"""Rows of the box besides the dry run."""
Notes = Mapping[str, tuple[str, bool]]
"""(note beside a field, whether it is a warning), by field."""
Completions = Callable[[str], Sequence[str]]


class Asked(Struct, frozen=True):
    """What the form returns: what to do with the request, or which identity to act as first."""

    what: str
    """`send`, `explain` or `act as`."""
    call: PendingCall
    identity: Identity | None = None


class RequestScreen(Question[Asked]):
    """`try_out` is the dry run; `notes`, computed in a thread, says what AWS's lists have about the
    fields.
    """

    DEFAULT_CSS = """
    RequestScreen #fields { height: auto; }
    RequestScreen .field { height: 1; }
    RequestScreen .field Label { width: 11; color: $muted; }
    RequestScreen .field #caller { width: 1fr; color: $foreground; }
    RequestScreen .field Input { width: 1fr; }
    RequestScreen #notes { margin-left: 11; }
    RequestScreen #verdict { border-top: solid $faint; height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", show=False, priority=True),
        Binding("down", "app.focus_next", "Next field", show=False, priority=True),
        Binding("up", "app.focus_previous", "Previous field", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy the step", show=False),
        Binding("f3", "act_as", "Act as the identity that could", show=False),
        Binding("f4", "explain", "Explain", show=False),
        Binding("f6", "copy_expect", "Copy as a step with its expectation", show=False),
    ]

    def __init__(
        self,
        caller: str,
        values: Mapping[str, str],
        try_out: Callable[[PendingCall], DryRun],
        notes: Callable[[tuple[str, str]], Notes],
        complete: Mapping[str, Completions],
        *,
        patience: float = 0.0,
    ) -> None:
        super().__init__()
        self._caller = one_line(caller)
        self._values = dict(values)
        self._try_out = try_out
        self._find_notes = notes
        self._complete = complete
        self._patience = patience
        self._call: PendingCall | None = None
        self._dry_run: DryRun | None = None
        self._notes: Latest[tuple[str, str], Notes] | None = None

    @property
    def values(self) -> dict[str, str]:
        """The entered text, by field."""
        return dict(self._values)

    def compose(self) -> ComposeResult:
        with Dialog("Request", HINT):
            with Vertical(id="fields"):
                with Horizontal(classes="field"):
                    yield Label("Caller", markup=False)
                    yield NameLabel(self._caller, common=common_words_of(self.app), id="caller")
                for id, label in FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(label, markup=False)
                        completer = Completer(self._complete[id], in_thread=not self._patience)
                        yield Field(self._values.get(id, ""), id=f"field-{id}", suggester=completer)
            yield Document(id="notes", can_focus=False, most=3)
            yield Bar(id="verdict", margin=0)
            yield Document(id="dry-run", can_focus=False, most=10)

    def on_mount(self) -> None:
        self._notes = Latest(self.app, self._find_notes, self._show_notes, patience=self._patience)
        room = self.size.height * 94 // 100 - ROWS_BESIDES
        self.query_one("#dry-run", Document).limit(max(3, room))
        first = self.query_one("#field-action", Input)
        first.focus()
        first.action_select_all()  # another action that is typed replaces that of the selected request
        self._read()

    def on_unmount(self) -> None:
        if self._notes is not None:
            self._notes.drop()

    def on_input_changed(self, event: Input.Changed) -> None:
        id = (event.input.id or "").removeprefix("field-")
        if id in dict(FIELDS):
            self._values[id] = event.value
            self._read()

    def time_passed(self) -> None:
        self._read()

    # Checking --------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._call, fault = read_request(self._values)
        if self._notes is not None:
            self._notes.ask((self._text("action"), self._text("resource")))
        if self._call is None:
            self._dry_run = None
            self._show([Part(line((one_line(fault), "warning")))], (), "")
            return
        self._dry_run = self._try_out(self._call)
        parts = [Part(self._dry_run.verdict, worth=2)]
        if (instead := self._dry_run.instead) is not None:
            label = line(("f3", "key"), (f" act as {one_line(instead.label)}", "muted"))
            parts.append(Part(label, "act_as", 1, line(("f3", "key"), (" act as another", "muted"))))
        self._show(parts, self._dry_run.lines, self._dry_run.command)

    def _text(self, id: str) -> str:
        return self._values.get(id, "").strip()

    def _show(self, verdict: Sequence[Part], lines: Sequence[Line], command: str) -> None:
        self.query_one("#verdict", Bar).show(verdict)
        step = [(line((command, "muted")), 4)] if command else []
        self.query_one("#dry-run", Document).show([*((each, 4) for each in lines), *step])

    def _show_notes(self, notes: Notes) -> None:
        shown = [
            (line((f"{label}: ", "muted"), (one_line(text), "warning" if is_bad else "muted")), 4)
            for id, label in FIELDS
            for text, is_bad in [notes.get(id, ("", False))]
            if text
        ]
        self.query_one("#notes", Document).show(shown or [((), 0)])

    # Answering -------------------------------------------------------------------------------------------

    def action_send(self) -> None:
        self.in_turn(self._send)

    def _send(self) -> None:
        """Requests that would be denied are sent too: seeing the denial is one purpose of the form. A
        displayed completion is accepted first.
        """
        if isinstance(self.focused, Field) and self.focused.accept_completion():
            return
        self._answer("send")

    def action_explain(self) -> None:
        self._answer("explain")

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """A click on what the verdict line offers does the same as its key."""
        event.stop()
        self.action_act_as()

    def action_act_as(self) -> None:
        """The operator has no verdict: continues as an identity that has one."""
        if self._dry_run is not None and self._dry_run.instead is not None:
            self._answer("act as", self._dry_run.instead)

    def _answer(self, what: str, identity: Identity | None = None) -> None:
        if self._call is not None:
            self.dismiss(Asked(what, self._call, identity))

    def action_copy(self) -> None:
        if self._call is not None:
            self.copy_briefly("step", self._call.command)

    def action_copy_expect(self) -> None:
        """The step of a tour, and an `expect` line for the verdict that is displayed."""
        if self._call is not None and self._dry_run is not None and self._dry_run.is_evaluated:
            is_allowed = self._dry_run.is_allowed
            step = self._call.command if is_allowed else f"try {self._call.command}"
            expect = "ok" if is_allowed else f"error {self._dry_run.result.partition(' ')[0]}"
            self.copy_briefly("steps", f"{step}\nexpect {expect}")


def read_request(values: Mapping[str, str]) -> tuple[PendingCall | None, str]:
    """(the request, "") or (None, what is missing or wrong), by the rules of the step `request`."""
    action, resource, context = (values.get(id, "").strip() for id, _ in FIELDS)
    if not action:
        return None, "Enter an action, for example s3:GetObject."
    try:
        step = parse_step(f"request {action} {resource or '*'} {context}")
    except StepError as error:
        return None, f"{error.message}{f' ({error.hint})' if error.hint else ''}"
    if not isinstance(step, Request):
        return None, "Enter one action and one resource."
    given = context_of(step.context)
    owner = given.pop("owner", None)
    params: dict[str, object] = {"Resource": step.resource}
    if isinstance(owner, str):
        params["Owner"] = owner
    return PendingCall(action=step.action, params=params, context=given, is_request=True), ""
