"""A form for any operation: a field for each flag of its `aws` command, with a dry run at every key."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Label

from sts_tui.sts.errors import AwsError
from sts_tui.tours.reading.errors import StepError
from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.dialogs.pending_call import DryRun
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import line, one_line
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

HINT = "enter call   ↑ ↓ field   esc cancel   ^y copy"


class FormField(Struct, frozen=True):
    """One flag: `name` without the dashes."""

    name: str
    is_required: bool


class OperationFormScreen(Question[str]):
    """Returns the `aws …` line to perform. `check` is the dry run of one."""

    DEFAULT_CSS = """
    OperationFormScreen #fields { height: auto; max-height: 14; }
    OperationFormScreen .field { height: 1; }
    OperationFormScreen .field Label { width: 30; color: $muted; }
    OperationFormScreen .field Input { width: 1fr; }
    OperationFormScreen #verdict { border-top: solid $faint; height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Call", show=False, priority=True),
        Binding("down", "app.focus_next", "Next field", show=False, priority=True),
        Binding("up", "app.focus_previous", "Previous field", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy the command", show=False),
    ]

    def __init__(
        self, title: str, command: str, fields: Sequence[FormField], check: Callable[[str], DryRun | str]
    ) -> None:
        """`command`: `aws sts get-session-token`. `check` gives a dry run, or what is wrong with the line."""
        super().__init__()
        self._title = title
        self._command = command
        self._fields = fields
        self._check = check
        self._values: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        with Dialog(self._title, HINT):
            with VerticalScroll(id="fields", can_focus=False):
                for each in self._fields:
                    with Horizontal(classes="field"):
                        yield Label(f"--{each.name}{' *' if each.is_required else ''}", markup=False)
                        yield Field(id=f"field-{each.name}")
            yield Bar(id="verdict", margin=0)
            yield Document(id="dry-run", can_focus=False, most=8)

    def on_mount(self) -> None:
        if self._fields:
            self.query(Field).first().focus()
        self._read()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._values[(event.input.id or "").removeprefix("field-")] = event.value
        self._read()

    def time_passed(self) -> None:
        self._read()

    @property
    def line(self) -> str:
        """The command to perform, with every field that is filled in."""
        flags = [f"--{name} {_quoted(value)}" for name, value in self._values.items() if value.strip()]
        return " ".join((self._command, *flags))

    def _read(self) -> None:
        tried = self._check(self.line)
        if isinstance(tried, DryRun):
            verdict, lines = tried.verdict, tried.lines
        else:
            verdict, lines = line((one_line(tried), "warning")), ()
        self.query_one("#verdict", Bar).show([Part(verdict)])
        self.query_one("#dry-run", Document).show(
            [*((each, 4) for each in lines), (line((self.line, "muted")), 4)]
        )

    def action_send(self) -> None:
        self.in_turn(lambda: self.dismiss(self.line))

    def action_copy(self) -> None:
        self.copy_briefly("command", self.line)


def _quoted(value: str) -> str:
    """One shell word; words that are separated by spaces stay several, as list flags take them."""
    text = value.strip()
    return shlex.quote(text) if text.startswith(("{", "[")) else " ".join(map(shlex.quote, text.split()))


def open_form(app: Host, action: str) -> None:
    """The form of an operation; its line is performed like one of the command bar."""
    from sts_tui.simulation.operations.equivalent_cli import cli_line
    from sts_tui.tours.reading.aws_line import own_flags
    from sts_tui.tui.widgets.command_line import CommandLine

    command = cli_line(action, {})
    fields = [FormField(*flag) for flag in own_flags(shlex.split(command)[1:])]

    def check(text: str) -> DryRun | str:
        return _check(app, text)

    def answered(text: str | None) -> None:
        if text is not None:
            app.main.open_command_line()
            app.main.command_line.post_message(CommandLine.Entered(text))

    app.ask(OperationFormScreen(f"{action} as {app.acting.label}", command, fields, check), answered)


def _check(app: Host, text: str) -> DryRun | str:
    from sts_tui.tours.reading.aws_line import read_aws_line
    from sts_tui.tours.reading.parameters import parameters
    from sts_tui.tui.dialogs.dry_run import dry_run

    try:
        aws = read_aws_line(shlex.split(text)[1:])
        params: Mapping[str, object] = parameters(aws, Path())
        return dry_run(app.simulation, aws.action, params, app.acting)
    except (StepError, ValueError, OSError) as error:
        return str(error)
    except AwsError as error:
        return f"{error.code}: {error.message}"
