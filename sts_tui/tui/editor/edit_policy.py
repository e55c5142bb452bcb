"""The policy editor: colors, marked faults, completion, and the consequences of the text, updated while it is
typed.

Everything beyond the text itself is computed in threads, for the newest text: no key waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import TextArea

from sts_tui.simulation.containment.edit_consequences import EditConsequences
from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.editor.policy_review import Review, consequence_lines
from sts_tui.tui.latest import Latest
from sts_tui.tui.text.json_source import JsonPlace
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, line, one_line
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.json_area import JsonArea

HINT: Final = "^s save   esc cancel   ^g fault   ^l details   ^y copy   ^e $EDITOR"
UNSAVED_HINT: Final = "unsaved changes: ^s save, esc again discards them"
DRAFT_HINT: Final = "your earlier unsaved text   ^s save   esc esc discard"
CALL_HINT: Final = "j k scroll   ^y copy the call   ^s save   esc back to the policy"
KEPT_AFTER: Final = 1.0
"""Seconds after a key at which the text is kept as a draft, which survives a kill."""
BRIEF: Final = 7
"""Lines below the text on a small screen; a third of the box on a large one."""
ROWS_BESIDES: Final = 4
"""Rows of the box besides the text and the details."""
SPARE_LINES: Final = 2
"""Lines that can be added to a short policy before it scrolls."""
BESIDE_FROM: Final = 150
"""Columns from which on the details are beside the text, not below it."""
MOST_OFFERED: Final = 8
"""Words that are shown besides the one that tab takes."""
Words = tuple[JsonPlace, tuple[str, ...]]


class EditPolicyScreen(Question[str]):
    """Returns the text. `check` and `find_effects` only read; `complete` gives the words at a place."""

    DEFAULT_CSS = """
    EditPolicyScreen #sides { height: 1fr; layout: vertical; }
    EditPolicyScreen TextArea { height: 1fr; border: none; background: $panel; padding: 0;
        scrollbar-size-vertical: 1; scrollbar-background: $panel; scrollbar-color: $faint;
        scrollbar-background-hover: $panel; scrollbar-background-active: $panel;
        scrollbar-color-hover: $muted; scrollbar-color-active: $muted; }
    EditPolicyScreen #place { height: 1; background: $surface; }
    EditPolicyScreen #left { height: 1fr; }
    EditPolicyScreen.-call #left { height: 3; }
    EditPolicyScreen #details { margin-top: 1; }
    EditPolicyScreen.-beside #sides { layout: horizontal; }
    EditPolicyScreen.-beside #left { width: 3fr; height: 1fr; }
    EditPolicyScreen.-beside #details { width: 2fr; margin: 0 0 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("ctrl+e", "editor", "Editor", show=False, priority=True),
        Binding("ctrl+l", "call", "All details", show=False, priority=True),
        Binding("ctrl+g", "next_fault", "Next fault", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy the call", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        effect: str,
        check: Callable[[str], Review],
        editor: Callable[[str], str | None],
        find_effects: Callable[[str], EditConsequences],
        complete: Callable[[JsonPlace, str], list[str]],
        *,
        draft: str | None = None,
        typed: Callable[[str], None] = lambda _: None,
        patience: float = 0.0,
    ) -> None:
        """`draft`: an unsaved text to continue with; `typed` is called with the text while it changes."""
        super().__init__()
        self._title = one_line(title)
        self._text = text
        self._effect = effect
        self._check = check
        self._find_effects = find_effects
        self._complete = complete
        self._editor = editor
        self._patience = patience
        self._area = JsonArea(text if draft is None else draft, self._ask_for_words)
        self._shown = self._area.text
        self._is_draft = draft is not None
        self._typed = typed
        self._keeping: Timer | None = None
        """Runs while the text has changes that are not kept yet."""
        self._review: Review | None = None
        self._effects: EditConsequences | None = None
        self._is_warned = False
        """Whether escape was pressed since the last change."""

    def compose(self) -> ComposeResult:
        with Dialog(self._title, HINT), Container(id="sides"):
            with Container(id="left"):
                yield self._area
                yield Bar(id="place", gap=3)
            yield Document(id="details")

    def on_mount(self) -> None:
        self._reviews = Latest(self.app, self._check, self._reviewed, patience=self._patience)
        self._consequences = Latest(self.app, self._find_effects, self._found, patience=self._patience)
        self._completions = Latest(self.app, self._words, self._offer, patience=self._patience)
        self._area.focus()
        if self._is_draft:
            self.query_one(Dialog).show_hint(DRAFT_HINT)
        self._ask()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        for latest in (self._reviews, self._consequences, self._completions):
            latest.drop()

    # What is asked at every key --------------------------------------------------------------------------

    def on_text_area_changed(self) -> None:
        self._is_warned = False
        if self._area.text == self._shown:  # what it began with
            return
        self._shown = self._area.text
        self.query_one(Dialog).show_hint(CALL_HINT if self.has_class("-call") else HINT)
        self._ask()
        if self._keeping is None:
            self._keeping = self.set_timer(KEPT_AFTER, self._keep)

    def _keep(self) -> None:
        self._keeping = None
        self._typed(self._area.text)

    def _ask(self) -> None:
        self._effects = None
        self._reviews.ask(self._area.text)
        self._consequences.ask(self._area.text)

    def _reviewed(self, found: Review) -> None:
        self._review = found
        self._area.mark(found.marks)
        self._show()

    def _found(self, effects: EditConsequences) -> None:
        self._effects = effects
        self._show()

    def _ask_for_words(self, place: JsonPlace) -> None:
        self._completions.ask((place, self._area.text))

    def _words(self, asked: tuple[JsonPlace, str]) -> Words:
        place, text = asked
        return place, tuple(self._complete(place, text))

    def _offer(self, found: Words) -> None:
        self._area.offer(*found)

    def on_json_area_offered(self) -> None:
        self._show_place()

    def on_text_area_selection_changed(self) -> None:
        self._show_place()

    # Showing ---------------------------------------------------------------------------------------------

    def _show_place(self) -> None:
        """What completes the word, or where the cursor is and how many faults there are."""
        if self._area.words:
            self.query_one("#place", Bar).show(list(_offered(self._area.words)))
            return
        row, column = self._area.cursor_location
        marks = self._review.marks if self._review is not None else ()
        errors = sum(one.is_error for one in marks)
        parts = [Part(line((f"line {row + 1}, column {column + 1}", "muted")), worth=2)]
        if errors:
            parts.append(Part(line((_count(errors, "error"), "denied")), action="fault", worth=2))
        if len(marks) > errors:
            said = line((_count(len(marks) - errors, "warning"), "warning"))
            parts.append(Part(said, action="fault", worth=1))
        self.query_one("#place", Bar).show(parts)

    def _show(self) -> None:
        found = self._review
        if found is None:
            return
        self._show_place()
        effect = line((f"  {self._effect}", "muted")) if found.tried.is_allowed else ()
        brief, listed = (
            consequence_lines(self._effects)
            if self._effects is not None
            else ([line(("requests  evaluating …", "muted"))], [])
        )
        lines: list[Line] = [(*found.tried.verdict, *effect), *found.faults]
        if not found.tried.result.startswith("Malformed") or not found.marks:
            change = line(("changes   ", "muted"), found.in_brief)
            lines += [*brief, change, *listed, *found.difference, *found.tried.lines]
        lines.append(line((found.tried.command, "muted")))
        self.query_one("#details", Document).show([(each, 4) for each in lines], keep_scroll=True)

    def on_resize(self) -> None:
        """Text and details are side by side only where both are wide enough; `^l` then has no effect."""
        self.set_class(self.size.width >= BESIDE_FROM, "-beside")
        self._make_room()

    def _make_room(self) -> None:
        """The details keep their height while text is typed, so that it does not jump. With a short policy
        they have more than a third of the box, up to half.
        """
        is_whole = self.has_class("-call") or self.has_class("-beside")
        room = self.size.height * 96 // 100 - ROWS_BESIDES
        left = min(room // 2, room - self._text.count("\n") - 1 - SPARE_LINES)
        height = "1fr" if is_whole else max(BRIEF, self.size.height // 3, left)
        self.query_one("#details", Document).styles.height = height

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """A click takes a word that is offered, or goes to the next fault."""
        event.stop()
        if event.action == "fault":
            self.action_next_fault()
        else:
            self._area.take(event.action)
            self._area.focus()

    # Acting ----------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        self._typed(self._area.text)  # it may be refused
        self.dismiss(self._area.text)

    def action_call(self) -> None:
        """Switches between the policy and all details, which then scroll."""
        self.toggle_class("-call")
        shows_call = self.has_class("-call")
        self._make_room()
        self.query_one(Dialog).show_hint(CALL_HINT if shows_call else HINT)
        (self.query_one("#details", Document) if shows_call else self._area).focus()

    def action_next_fault(self) -> None:
        """To the next marked place after the cursor; after the last, to the first."""
        marks = self._review.marks if self._review is not None else ()
        places = sorted((one.line, one.start) for one in marks)
        if places:
            following = [place for place in places if place > self._area.cursor_location]
            self._area.go_to(*(following or places)[0])
            self._area.focus()

    def action_leave(self) -> None:
        """With unsaved changes escape must be pressed twice."""
        is_edited = self._area.text != self._text
        if self.has_class("-call"):
            self.action_call()
        elif is_edited and not self._is_warned:
            self._is_warned = True
            self.query_one(Dialog).show_hint(UNSAVED_HINT)
        else:
            super().action_leave()

    def action_copy(self) -> None:
        if self._review is not None:
            self.copy_briefly("command", self._review.tried.command)

    def action_editor(self) -> None:
        """Opens a copy in $EDITOR; the saved text replaces the one here."""
        text = self._editor(self._area.text)
        if text is not None:
            self.query_one(TextArea).text = text


def _offered(words: Sequence[str]) -> Iterator[Part]:
    """The word that tab takes, then the others that complete what is typed."""
    first, *others = words
    yield Part(line(("tab", "key"), f" {one_line(first)}"), action=first, worth=9)
    for number, word in enumerate(others[:MOST_OFFERED]):
        head = line(("^n", "key"), " ") if number == 0 else ()
        yield Part((*head, *line((one_line(word), "muted"))), action=word, worth=8 - number)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
