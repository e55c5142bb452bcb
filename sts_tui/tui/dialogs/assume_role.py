"""The assume-role form, checked at every key, with a dry run that shows whether AWS would allow the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label

from sts_tui.simulation import durations
from sts_tui.simulation.identities import Identity
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.tui.dialogs.assume_form import FIELDS, CallerFacts, FieldNote, ParsedForm, RoleFacts, read_form
from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.dialogs.pending_call import DryRun, PendingCall
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span, line, one_line
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field

ACTION = "sts:AssumeRole"
MOST_ROLES = 8
"""Roles that are listed with their verdicts; each is previewed."""
ROWS_BESIDES = 17
"""Rows of the form beside the dry run, so that the aws command always fits."""


class AssumeRoleScreen(Question[PendingCall | Identity]):
    """Returns the call to make, or an identity to act as first. `try_out` is the dry run."""

    DEFAULT_CSS = """
    AssumeRoleScreen #fields { height: auto; }
    AssumeRoleScreen .field { height: 1; }
    AssumeRoleScreen .field Label { width: 16; color: $muted; }
    AssumeRoleScreen .field #caller { width: 1fr; }
    AssumeRoleScreen .field Input { width: 5fr; }
    AssumeRoleScreen .field Bar { width: 9fr; }
    AssumeRoleScreen #verdict { border-top: solid $faint; height: 2; }
    AssumeRoleScreen #dry-run { min-height: 4; }
    AssumeRoleScreen #command { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False),
        Binding("enter", "assume", "Assume", show=False, priority=True),
        Binding("ctrl+s", "assume", "Assume", show=False),
        Binding("down", "app.focus_next", "Next field", show=False, priority=True),
        Binding("up", "app.focus_previous", "Previous field", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy the command", show=False),
        Binding("f3", "act_as", "Act as the identity that could", show=False),
    ]

    def __init__(
        self,
        caller: CallerFacts,
        roles: Sequence[RoleFacts],
        values: Mapping[str, str],
        try_out: Callable[[Mapping[str, object]], DryRun],
        code: Callable[[], str] = lambda: "",
        verdict: Callable[[str], Line] | None = None,
        *,
        title: str = "Assume role",
    ) -> None:
        super().__init__()
        self._caller = caller
        self._roles = roles
        self._values = dict(values)
        self._try_out = try_out
        self._code = code
        self._verdict = verdict
        self._verdicts: dict[str, Line] = {}
        self._title = title
        self._form: ParsedForm = ParsedForm({})
        self._dry_run: DryRun | None = None
        self._notes = {id: Bar() for id, _ in FIELDS}

    @property
    def values(self) -> dict[str, str]:
        """The entered text, by field."""
        return dict(self._values)

    def compose(self) -> ComposeResult:
        with Dialog(self._title, "enter assume   ↑ ↓ field   esc cancel   ^y copy"):
            with Vertical(id="fields"):
                with Horizontal(classes="field"):
                    yield Label("Caller", markup=False)
                    yield Label(one_line(self._caller.label) + self._chaining(), markup=False, id="caller")
                for id, label in FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(label, markup=False)
                        yield self._input(id)
                        yield self._notes[id]
            yield Bar(id="verdict")
            yield Document(id="dry-run", can_focus=False, most=10)
            yield Document(id="command", can_focus=False, most=3)

    def _chaining(self) -> str:
        if not self._caller.is_role_chaining:
            return ""
        hour = durations.short(timedelta(seconds=ROLE_CHAINING_MAXIMUM))
        return f"   (role chaining: at most {hour})"

    def _input(self, id: str) -> Input:
        arns = [role.arn for role in self._roles]
        suggester = None
        if id == "role":
            suggester = SuggestFromList(
                [*(arn.rsplit("/", 1)[-1] for arn in arns), *arns], case_sensitive=False
            )
        return Field(self._values.get(id, ""), id=f"field-{id}", suggester=suggester)

    def on_mount(self) -> None:
        room = self.size.height * 96 // 100 - ROWS_BESIDES
        self.query_one("#dry-run", Document).limit(max(3, min(10, room)))
        first = "name" if self._values.get("role") else "role"
        self.query_one(f"#field-{first}", Input).focus()
        self._read()

    def on_input_changed(self, event: Input.Changed) -> None:
        id = (event.input.id or "").removeprefix("field-")
        if id in dict(FIELDS):
            self._values[id] = event.value
            self._read()

    # Checking --------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._form = read_form(self._values, self._roles, self._caller, self._code())
        for id, note in self._form.notes.items():
            self._notes[id].show([Part(_note(note))])
        self._dry_run = self._try_out(self._form.params)
        if not self._is_a_role(str(self._form.params.get("RoleArn", ""))):
            self._say_which_roles()
            return
        instead = self._dry_run.instead
        act_as = line(("   f3", "key"), (f" act as {one_line(instead.label)}", "muted")) if instead else ()
        self._show((*self._dry_run.verdict, *act_as), self._dry_run.lines, self._dry_run.command)

    def _is_a_role(self, text: str) -> bool:
        """Whether a call can be tried: an ARN, or the name of a role."""
        return text.startswith("arn:") or any(role.arn == text for role in self._roles)

    def _say_which_roles(self) -> None:
        """No role yet: lists those whose names have what is typed, each with the verdict for the caller."""
        typed = self._values.get("role", "").strip().lower()
        found = [role.arn for role in self._roles if typed in role.arn.rsplit("/", 1)[-1].lower()]
        lines = [self._role_line(arn) for arn in found[:MOST_ROLES]]
        if len(found) > MOST_ROLES:
            lines.append(line((f"{len(found) - MOST_ROLES} more: type a part of the name", "muted")))
        if not found:
            lines.append(line(("no role in the account file has this name; enter an ARN", "muted")))
        self._show(line("Enter a role.", ("  enter or → completes the name", "muted")), lines, "")

    def _role_line(self, arn: str) -> Line:
        """`Deploy  - denied, …`; a role is tried once for as long as the form is open."""
        name = one_line(arn.rsplit("/", 1)[-1])
        if self._verdict is None:
            return line(name)
        if arn not in self._verdicts:
            self._verdicts[arn] = self._verdict(arn)
        return (Span(f"{name:<24} "), *self._verdicts[arn])

    def _show(self, mark: Line, lines: Sequence[Line], command: str) -> None:
        self.query_one("#verdict", Bar).show([Part(mark)])
        self.query_one("#dry-run", Document).show([(each, 4) for each in lines])
        self.query_one("#command", Document).show([((Span(command, "muted"),), 4)])

    def action_assume(self) -> None:
        """Calls that would be denied are made too: to see the denial is one purpose of the form. A completion
        that is displayed is accepted first.
        """
        if isinstance(self.focused, Field) and self.focused.accept_completion():
            return
        if self._form.params.get("RoleArn"):
            self.dismiss(PendingCall(action=ACTION, params=self._form.params))

    def action_act_as(self) -> None:
        """The operator has no verdict: go on as an identity that has one."""
        if self._dry_run is not None and self._dry_run.instead is not None:
            self.dismiss(self._dry_run.instead)

    def action_copy(self) -> None:
        if self._dry_run is not None:
            command = self._dry_run.command
            self.copy_briefly("command", command)


def _note(note: FieldNote) -> Line:
    if note.text == "ok":
        return line(("  ok", "allow"))
    return line(
        ("! " if note.is_bad else "  ", "warning"),
        (one_line(note.text), "warning" if note.is_bad else "muted"),
    )
