"""The assume-role form, checked at every key, with a dry run that shows whether AWS would allow the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click
from textual.widgets import Input, Label

from sts_tui.account import durations
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.tui.dialogs.assume_form import (
    FIELDS,
    CallerFacts,
    FieldNote,
    ParsedForm,
    RoleFacts,
    can_fill_in,
    filled_in,
    read_form,
)
from sts_tui.tui.dialogs.dialog import Dialog, Question, common_words_of
from sts_tui.tui.dialogs.pending_call import DryRun, PendingCall, Verdict
from sts_tui.tui.text.distinct_names import common_words, distinct, fit_names
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span, cells, fit, line, one_line, width_of
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Completer, Field
from sts_tui.tui.widgets.name_label import NameLabel

ACTION = "sts:AssumeRole"
AT_ONCE = 4
"""Roles that are tried before the next key is handled."""
_LABEL = 16
"""Cells of a field's label."""
_SHARE = (5, 14)
"""The share of the remaining cells that a field has unless its text needs more; its note has the rest."""
ROWS_BESIDES = 17
"""Rows of the form besides the dry run, so that the aws command always fits."""
ROWS_OF_COMMAND = 2
"""Rows of the command at least, with the one above it."""


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
        Binding("f2", "fill_in", "Fill in what the role needs", show=False),
        Binding("f3", "act_as", "Act as the identity that could", show=False),
    ]

    def __init__(
        self,
        caller: CallerFacts,
        roles: Sequence[RoleFacts],
        values: Mapping[str, str],
        try_out: Callable[[Mapping[str, object]], DryRun],
        code: Callable[[], str] = lambda: "",
        verdict: Callable[[Mapping[str, object]], Verdict] | None = None,
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
        self._verdicts: dict[str, Verdict] = {}
        self._verdicts_with: dict[str, object] = {}
        """The values of the other fields, for which the verdicts hold."""
        self._title = title
        self._listed: list[str] = []
        """Roles that are listed below, by row: a click takes one."""
        self._next_again = 0
        """The place in the list from which roles are tried again as time passes."""
        self._form: ParsedForm = ParsedForm({})
        self._dry_run: DryRun | None = None
        self._needed: tuple[CandidateContext, ...] = ()
        """What the selected role needs besides what is filled in."""
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
                    caller = one_line(self._caller.label)
                    yield NameLabel(caller, self._chaining(), common=common_words_of(self.app), id="caller")
                for id, label in FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(label, markup=False)
                        yield self._input(id)
                        yield self._notes[id]
            yield Bar(id="verdict", margin=0)
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
            names = [*(arn.rsplit("/", 1)[-1] for arn in arns), *arns]
            suggester = Completer(lambda text: [each for each in names if _begins(each, text)])
        return Field(self._values.get(id, ""), id=f"field-{id}", suggester=suggester)

    def on_mount(self) -> None:
        first = "name" if self._values.get("role") else "role"
        self.query_one(f"#field-{first}", Input).focus()
        self._read()

    def on_resize(self) -> None:
        self._read()

    def on_input_changed(self, event: Input.Changed) -> None:
        id = (event.input.id or "").removeprefix("field-")
        if id in dict(FIELDS):
            self._values[id] = event.value
            self._read()

    def time_passed(self) -> None:
        """A few of the listed roles are tried again, in turn."""
        if self._verdict is not None and self._listed:
            first = self._next_again % len(self._listed)
            for arn in self._listed[first : first + AT_ONCE]:  # in place, so that no row moves meanwhile
                self._verdicts[arn] = self._verdict({**self._verdicts_with, "RoleArn": arn})
            self._next_again = first + AT_ONCE
        self._read()

    # Checking --------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._form = read_form(self._values, self._roles, self._caller, self._code())
        for id, note in self._form.notes.items():
            self._show_note(id, note)
        self._dry_run = self._try_out(self._form.params)
        is_list = not self._is_a_role(str(self._form.params.get("RoleArn", "")))
        self._make_room(for_list=is_list)
        if is_list:
            self._say_which_roles()
            return
        self._listed = []
        self._show(self._verdict_parts(self._dry_run), self._dry_run.lines, self._dry_run.command)

    def _show_note(self, id: str, note: FieldNote) -> None:
        """A long text takes cells of its note, which matters less. A role may take all of them: its note only
        has the account.
        """
        shown = _note(note)
        needed = cells(self._values.get(id, "")) + 1
        room = self.query_one("#fields").size.width - _LABEL
        bar = self._notes[id]
        bar.show([Part(shown)])
        is_long = needed > room * _SHARE[0] // _SHARE[1]
        bar.styles.width = min(width_of(shown) + 2, max(1, room - needed)) if is_long and room > 0 else None
        bar.display = id != "role" or not is_long or needed + width_of(shown) < room

    def _verdict_parts(self, dry_run: DryRun) -> list[Part]:
        """The verdict, and the key that leads on from a denial: `f2 add MFA`, `f3 act as alice`."""
        parts = [Part(dry_run.verdict, worth=2)]
        self._needed = self._needed_now(dry_run)
        if can_fill_in(self._needed):
            words = ", ".join(one_line(each.label) for each in self._needed)
            parts.append(Part(line(("f2", "key"), (f" add {words}", "muted")), "fill_in", 3))
        if dry_run.instead is not None:
            label = f" act as {one_line(dry_run.instead.label)}"
            short = line(("f3", "key"), (" act as another", "muted"))
            parts.append(Part(line(("f3", "key"), (label, "muted")), "act_as", 1, short))
        return parts

    def _needed_now(self, dry_run: DryRun) -> tuple[CandidateContext, ...]:
        if dry_run.is_allowed or self._verdict is None:
            return ()
        return self._verdict(self._form.params).needed

    def _is_a_role(self, text: str) -> bool:
        """Whether a call can be tried: an ARN, or the name of a role."""
        return text.startswith("arn:") or any(role.arn == text for role in self._roles)

    def _say_which_roles(self) -> None:
        """Without a role yet: lists those whose names contain the typed text, each with the verdict for the
        caller; those that AWS would allow come first.
        """
        with_these = {key: value for key, value in self._form.params.items() if key != "RoleArn"}
        if with_these != self._verdicts_with:  # an MFA code or a tag changes the verdicts
            self._verdicts, self._verdicts_with = {}, with_these
        typed = self._values.get("role", "").strip().lower()
        found = [role.arn for role in self._roles if typed in role.arn.rsplit("/", 1)[-1].lower()]
        if self._verdict is not None:
            found.sort(key=lambda arn: self._verdicts[arn].rank if arn in self._verdicts else 3)
            self.call_later(self._try_some, found)
        self._listed = found
        self._show([Part(self._count(found))], self._role_lines(found), "")

    def _count(self, found: Sequence[str]) -> Line:
        """`Enter a role. 3 of 60 allowed`"""
        if not found:
            return line("No role in the account file has this name; enter an ARN.")
        tried = [self._verdicts[arn].is_allowed for arn in found if arn in self._verdicts]
        more = "" if len(tried) == len(found) else f", {len(found) - len(tried)} not tried yet"
        count = f"   {sum(tried)} of {len(found)} allowed{more}" if self._verdict is not None else ""
        return line("Enter a role.", ("  enter or → completes the name", "muted"), count)

    def _role_lines(self, found: Sequence[str]) -> list[Line]:
        """`Deploy  - denied, …`, in one row each; the names keep what distinguishes them."""
        shown = self.query_one("#dry-run", Document)
        width, room = max(40, shown.size.width), shown.most - (len(found) > shown.most)
        names = [one_line(arn.rsplit("/", 1)[-1]) for arn in found[:room]]
        longest = max((width_of(self._verdict_of(arn)) for arn in found[:room]), default=0)
        short = distinct(names, max(20, width * 2 // 5, width - longest - 2))
        column = max(map(cells, short), default=0)
        first = self._fillable()
        rows = []
        for arn, name in zip(found, short, strict=False):
            key = line(("   f2", "key"), (" fills it in", "muted")) if arn == first else ()
            start = Span(f"{name}{' ' * (column - cells(name))}  ")
            room_of_verdict = width - width_of(key) - cells(start.text)
            verdict = self._verdict_of(arn)
            if width_of(verdict) > room_of_verdict:  # the part that distinguishes a name stays
                verdict = fit_names(verdict, room_of_verdict, common_words(tuple(names)))
            rows.append((*fit((start, *verdict), width - width_of(key)), *key))
        if len(found) > room:
            rows.append(line((f"{len(found) - room} more: type a part of the name", "muted")))
        return rows

    def _verdict_of(self, arn: str) -> Line:
        verdict = self._verdicts.get(arn)
        return (
            verdict.spans if verdict is not None else (Span("" if self._verdict is None else "…", "muted"),)
        )

    def _try_some(self, found: Sequence[str]) -> None:
        """Tries a few roles and shows them; waiting keys are handled before the next few."""
        if self._verdict is None or self._is_a_role(str(self._form.params.get("RoleArn", ""))):
            return
        untried = [arn for arn in found if arn not in self._verdicts]
        for arn in untried[:AT_ONCE]:
            self._verdicts[arn] = self._verdict({**self._verdicts_with, "RoleArn": arn})
        if untried and self.is_attached:
            self._say_which_roles()

    def _fillable(self) -> str:
        """The first listed role for which f2 fills in what it needs; empty where there is none."""
        tried = ((arn, self._verdicts[arn]) for arn in self._listed if arn in self._verdicts)
        return next((arn for arn, verdict in tried if can_fill_in(verdict.needed)), "")

    def _show(self, verdict: Sequence[Part], lines: Sequence[Line], command: str) -> None:
        self.query_one("#verdict", Bar).show(verdict)
        self.query_one("#dry-run", Document).show([(each, 4) for each in lines])
        self.query_one("#command", Document).show([((Span(command, "muted"),), 4)])

    def _make_room(self, *, for_list: bool) -> None:
        """The list of roles uses the rows of the command too: without a role there is no command."""
        room = max(3, self.size.height * 96 // 100 - ROWS_BESIDES)
        self.query_one("#command").display = not for_list
        self.query_one("#dry-run", Document).limit(room + ROWS_OF_COMMAND if for_list else min(10, room))

    def on_click(self, event: Click) -> None:
        """A click on a listed role fills it in."""
        shown = self.query_one("#dry-run", Document)
        row = event.y + int(shown.scroll_offset.y)
        if event.widget is shown and row < min(len(self._listed), shown.most):
            self.query_one("#field-role", Field).value = self._name_of(self._listed[row])

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """A click on what the verdict line offers does the same as its key."""
        event.stop()
        {"fill_in": self.action_fill_in, "act_as": self.action_act_as}[event.action]()

    def _name_of(self, arn: str) -> str:
        """A role's name where it is unique, else its ARN."""
        name = arn.rsplit("/", 1)[-1]
        is_unique = sum(role.arn.rsplit("/", 1)[-1] == name for role in self._roles) == 1
        return name if is_unique else arn

    def action_assume(self) -> None:
        self.in_turn(self._assume)

    def _assume(self) -> None:
        """Calls that would be denied are made too: seeing the denial is one purpose of the form. A displayed
        completion is accepted first.
        """
        if isinstance(self.focused, Field) and self.focused.accept_completion():
            return
        if self._form.params.get("RoleArn"):
            self.dismiss(PendingCall(action=ACTION, params=self._form.params))

    def action_fill_in(self) -> None:
        """Fills in what the role needs; with a list of roles, what the first role needs that needs
        something.
        """
        needed = self._needed
        values = dict(self._values)
        if self._listed:
            arn = self._fillable()
            if not arn:
                return
            needed = self._verdicts[arn].needed
            values["role"] = self._name_of(arn)
        if can_fill_in(needed):
            for id, value in filled_in(values, needed).items():
                self.query_one(f"#field-{id}", Field).value = value

    def action_act_as(self) -> None:
        """The operator has no verdict: continues as an identity that has one."""
        if self._dry_run is not None and self._dry_run.instead is not None:
            self.dismiss(self._dry_run.instead)

    def action_copy(self) -> None:
        if self._dry_run is not None:
            command = self._dry_run.command
            self.copy_briefly("command", command)


def _begins(name: str, text: str) -> bool:
    return bool(text) and name.casefold().startswith(text.casefold())


def _note(note: FieldNote) -> Line:
    if note.text == "ok":
        return line(("  ok", "allow"))
    return line(
        ("! " if note.is_bad else "  ", "warning"),
        (one_line(note.text), "warning" if note.is_bad else "muted"),
    )
