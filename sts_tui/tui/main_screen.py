"""The main screen: header, panes, bottom line, keys. It arranges widgets and owns no data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.css.scalar import Scalar
from textual.widget import Widget
from textual.widgets import Static

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.views.nouns.table import ROLES
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.panes.explanation import ExplanationPane
from sts_tui.tui.panes.nouns import NounsPane
from sts_tui.tui.panes.pane import ListPane, Pane
from sts_tui.tui.panes.policies import PoliciesPane
from sts_tui.tui.panes.requests import RequestsPane
from sts_tui.tui.panes.sessions import SessionsPane
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span, cells, width_of
from sts_tui.tui.widgets.backdrop import Backdrop
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.textual_internals import FirstFrame

if TYPE_CHECKING:
    from sts_tui.tui.widgets.command_line import CommandLine

SMALLEST: Final = (60, 15)
COMPACT_BELOW: Final = (100, 30)
SHORT_BELOW: Final = 20
WIDE_FROM: Final = 170
TALL_FROM: Final = 44
PANES: Final = ("roles", "policies", "sessions", "requests", "explanation")
ROOMY: Final = ("", "-roomy", "-roomier")
"""The classes with which pane 1 takes cells from the panes beside it."""
SHARES: Final = ((9, 20), (1, 2), (15, 26))
SHARES_WIDE: Final = ((5, 18), (20, 57))
"""The part of the width that pane 1 has with each of them (`styles/layout.tcss`)."""
BESIDE: Final = 50
"""Cells that the panes beside it keep, unless names could not be distinguished: policies are read there."""
BORDERS: Final = 2
LEAST_ROWS: Final = 4
"""Rows of a list with its header that are kept for it even if it is shorter."""
ABOVE_THE_LISTS: Final = ("roles", "policies", "explanation")
"""Panes above sessions and requests; on stage one of them is shown."""
SAID: Final = 9
"""The worth of a new message: more than that of the suggested key."""


def _bindings() -> list[BindingType]:
    """One binding per action; Textual's keymap replaces the keys by id."""
    return [
        Binding(
            # Enter is the lists' own and opens what each is for; a separate key acts as the session.
            "f24" if spec.id == "act_as" else ",".join(spec.keys),
            f"app.perform('{spec.id}')",
            spec.label,
            show=False,
            id=spec.id,
            tooltip=spec.help,
        )
        for spec in ACTIONS.values()
        if spec.id not in ("quit", "palette")
    ]


class _Row(Horizontal, Backdrop):
    """Panes side by side."""


class _Column(Vertical, Backdrop):
    """Panes one above the other."""


class MainScreen(Backdrop, FirstFrame):
    """Panes 1 to 5 and what surrounds them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *_bindings(),
        Binding("pageup", "scroll_output(-1)", "Output up", show=False, priority=True),
        Binding("pagedown", "scroll_output(1)", "Output down", show=False, priority=True),
    ]
    AUTO_FOCUS = ""

    def __init__(self, log: EventLog, borrowers: Collection[str] = ()) -> None:
        """`borrowers`: the workloads that use other workloads' credentials."""
        super().__init__(classes="-tab-roles")
        self.header = Bar(id="header")
        self.tabs = Bar(id="tabs", gap=1)
        self.past = Bar(id="past", gap=2)
        self.top = _Row(id="top")
        self.lists = _Column(id="lists")
        self.roles = NounsPane(id="roles")
        self.policies = PoliciesPane(id="policies")
        self.sessions = SessionsPane(id="sessions")
        self.requests = RequestsPane(log, borrowers, id="requests")
        self.explanation = ExplanationPane(id="explanation-pane")
        self.too_small = Static("", id="too-small", markup=False)
        self.drawer = Document(id="drawer", can_focus=False, most=14)
        self.complete: Callable[[str], list[str]] = lambda text: []
        """Whole lines for the command bar that begin with what is typed."""
        self._command_line: CommandLine | None = None
        self.caption = Document(id="caption", can_focus=False, most=4)
        self.status = Bar(id="status", gap=1)
        self.key_line = Bar(id="footer", gap=2)
        self.roles.on_rows = self._make_room
        self._room: tuple[object, int] = (None, 0)
        """The list and the size for which pane 1 took room, and how much: a place in `ROOMY`."""
        self._tabs_shown: object = None
        self._pane_now = self.pane_before = "roles"
        """Where the focus is, and where it was before it came there."""

    def compose(self) -> ComposeResult:
        """What the first frame shows. Each widget takes a three-hundredth of the time to it: the others are
        mounted when they are first shown.
        """
        yield self.header
        if self.has_class("-compact"):
            yield self.tabs
        with self.top:
            yield self.roles
            yield self.policies
            yield self.explanation
        with self.lists:
            yield self.sessions
            yield self.requests
        if self.has_class("-too-small"):
            yield self.too_small
        yield self.status
        yield self.key_line

    def on_mount(self) -> None:
        self.roles.table.focus()

    def _mount_in_order(self, widget: Widget) -> None:
        """Mounts a widget in its place from top to bottom, if it is not mounted yet."""
        if widget.is_attached or not self.is_attached:  # mounted, or the explorer is ending
            return
        order = (
            self.header, self.past, self.tabs, self.top, self.lists, self.too_small, self.drawer,
            self._command_line, self.caption, self.status,
        )  # fmt: skip
        below = order[order.index(widget) + 1 :]
        following = next(each for each in below if each is not None and each.is_attached)
        self.mount(widget, before=following)

    # Size ------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self.fit(*event.size)
        self.call_after_refresh(self._refocus)

    def fit(self, width: int, height: int) -> None:
        """Applies the layout for a terminal of this size."""
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        self.switch_classes(
            {
                "-compact": width < COMPACT_BELOW[0] or height < COMPACT_BELOW[1],
                "-wide": width >= WIDE_FROM and height >= COMPACT_BELOW[1],
                "-tall": height >= TALL_FROM,
                "-short": height < SHORT_BELOW,
                "-too-small": too_small,
                **self._room_classes(width, height),
            }
        )
        if too_small:
            needed = f"{width}x{height} is too small; sts-tui needs {SMALLEST[0]}x{SMALLEST[1]}."
            text = f"{needed}\nEnlarge the terminal; nothing is lost."
            self.too_small.update(text)
        if self.top.is_attached:  # else it is composed for this size
            for widget, has_place in ((self.tabs, self.has_class("-compact")), (self.too_small, too_small)):
                if has_place:
                    self._mount_in_order(widget)

    def _room_classes(self, width: int, height: int) -> dict[str, bool]:
        """How much pane 1 takes from the panes beside it, for a list that needs it. While a list is shown at
        one size its pane never becomes narrower: the clock changes texts in some lists.
        """
        shown = (self.roles.noun, width, height)
        known, step = self._room
        step = max(self._room_step(width, height), step if known == shown else 0)
        if len(self.roles.table.rows):
            self._room = (shown, step)
        return {name: name == ROOMY[step] for name in ROOMY[1:]}

    def _room_step(self, width: int, height: int) -> int:
        """The place in `ROOMY` that the list of pane 1 needs now."""
        is_wide = width >= WIDE_FROM and height >= COMPACT_BELOW[1]
        rooms = [width * share // of for share, of in (SHARES_WIDE if is_wide else SHARES)]
        step = int(self._wanted_width(whole=is_wide) > rooms[0])
        if self.roles.noun != ROLES:  # of roles the policies are read as much as the list
            needed = self._wanted_width(whole=True)
            while step + 1 < len(rooms) and needed > rooms[step] and width - rooms[step + 1] >= BESIDE:
                step += 1
        return step

    def _wanted_width(self, *, whole: bool) -> int:
        return self.roles.table.wanted_width(whole) + BORDERS

    def _make_room(self) -> None:
        """Called when pane 1 shows other rows."""
        classes = self._room_classes(*self.size)
        if self.is_mounted and any(self.has_class(name) is not given for name, given in classes.items()):
            self.switch_classes(classes)
        else:
            self._fit_top()

    def _fit_top(self) -> None:
        """Where panes are tabs a short list leaves its rows to the requests below it."""
        if not self.is_mounted:
            return
        is_tab = self.has_class("-compact") and self.has_class("-tab-roles")
        is_tab = is_tab and not (self.has_class("-full-screen") or self.has_class("-on-stage"))
        most = max(LEAST_ROWS, len(self.roles.table.rows) + 1) + BORDERS if is_tab else None
        top = self.top
        if not top.is_attached:  # the panes are not there yet, or no longer
            return
        if (top.styles.max_height is None) != (most is None) or (
            most is not None and top.styles.max_height != Scalar.from_number(most)
        ):
            top.styles.max_height = most

    def switch_classes(self, wanted: Mapping[str, bool]) -> None:
        """Changes all classes at once, because each change looks up every style again."""
        self.update_classes(wanted, update=self.is_mounted)
        self._fit_top()

    def _refocus(self) -> None:
        """A focused pane that the new size would hide becomes the tab that is shown. Textual may have taken
        the focus from it by now, also while a dialog is above this screen.
        """
        pane = self.focused_pane
        is_hidden = self.focused is None or (pane is not None and not self.shows(self.focused_name))
        if is_hidden and not self.has_class("-too-small"):
            self.go_to(self.focused_name)

    # Panes -----------------------------------------------------------------------------------------------

    def pane(self, name: str) -> Pane:
        panes: dict[str, Pane] = {
            "roles": self.roles,
            "policies": self.policies,
            "sessions": self.sessions,
            "requests": self.requests,
            "explanation": self.explanation,
        }
        return panes[name]

    @property
    def focused_pane(self) -> Pane | None:
        widget: Widget | None = self.focused
        while widget is not None and not isinstance(widget, Pane):
            widget = widget.parent if isinstance(widget.parent, Widget) else None
        return widget

    @property
    def focused_name(self) -> str:
        """The pane that has the focus; while one types in the command bar, the pane that had it last."""
        focused = self.focused_pane
        return next((name for name in PANES if self.pane(name) is focused), self._pane_now)

    @property
    def typing(self) -> str:
        """Where text is typed now: `command`, `filter` or nowhere."""
        if self.focused is None:
            return ""
        if self.focused is self._command_line:
            return "command"
        pane = self.focused_pane
        return "filter" if isinstance(pane, ListPane) and pane.is_filter_line(self.focused) else ""

    def note_pane(self) -> None:
        """Remembers the pane that the focus has left."""
        if self.focused_name != self._pane_now:
            self.pane_before, self._pane_now = self._pane_now, self.focused_name

    def shows(self, name: str) -> bool:
        """Whether a pane is on the screen at this size."""
        pane = self.pane(name)
        return all(isinstance(node, Widget) and node.display for node in (pane, pane.parent))

    @property
    def sees_the_stream(self) -> bool:
        """Whether a new request is on the screen as it comes."""
        pane = self.requests
        return pane.table.is_following and not pane.filter and self.shows("requests")

    def go_to(self, name: str) -> None:
        """Brings a pane to the front where panes are tabs, and gives it the focus."""
        classes = {f"-tab-{other}": other == name for other in PANES}
        if self.has_class("-on-stage") and name in ABOVE_THE_LISTS:
            fronts = {f"-front-{other}": other == name for other in ABOVE_THE_LISTS}
            classes |= {**fronts, "-spotlight": False}
        self.switch_classes(classes)
        if self.has_class("-full-screen"):
            self._show_full(name)
        self.set_focus(self.pane(name).main_widget())  # at once: actions apply to the focused pane

    def toggle_full_screen(self) -> None:
        if self.has_class("-full-screen"):
            self.leave_full_screen()
        else:
            self.add_class("-full-screen")
            self._show_full(self.focused_name)

    def leave_full_screen(self) -> None:
        self.switch_classes({"-full-screen": False, **{f"-full-{name}": False for name in PANES}})

    def _show_full(self, name: str) -> None:
        self.switch_classes({f"-full-{other}": other == name for other in PANES})

    def on_paste(self, event: events.Paste) -> None:
        """Text that is pasted where nothing is typed becomes a line of the command bar; enter performs it."""
        from sts_tui.tui.widgets.command_line import CommandLine, steps_of

        lines = steps_of(event.text)
        if lines and not self.typing:
            self.open_command_line(lines[0])
            self.command_line.wait_with(lines[1:])
            self.post_message(CommandLine.Waiting())  # the bar may not be mounted yet

    @property
    def command_line(self) -> CommandLine:
        """The command bar, made when it is first needed: the first frame comes without any field."""
        if self._command_line is None:
            from sts_tui.tui.widgets.command_line import CommandLine

            self._command_line = CommandLine(self.complete, id="command-line")
        return self._command_line

    def open_command_line(self, text: str = "") -> None:
        self._mount_in_order(self.command_line)
        self.command_line.open(text)

    def show_details(self) -> None:
        """Shows what the focused list has no room for in the row under its cursor."""
        for pane in (self.roles, self.sessions, self.requests):
            pane.show_detail(self.focused is pane.table)

    # What surrounds them ---------------------------------------------------------------------------------

    def show_header(self, first: tuple[Sequence[Part], Line], second: tuple[Sequence[Part], Line]) -> None:
        self.header.show(first[0], second[0], right=(first[1], second[1]))

    def show_past(self, shown: tuple[Sequence[Part], Line]) -> None:
        """Shows the line under the header while a past instant is shown."""
        parts, end = shown
        if self._shows(self.past, bool(parts)):
            self.past.show(parts, right=(end,))

    def show_tabs(self, titles: dict[str, str]) -> None:
        """Shows the tabs of the small layout."""
        if not self.tabs.is_attached:
            return
        texts = {name: f"{self.pane(name).NUMBER} {title}" for name, title in titles.items()}
        # each is as wide as in brackets, so that none moves; not where the last would have no room
        is_roomy = sum(cells(text) + 3 for text in texts.values()) <= self.tabs.size.width
        parts = []
        for name, title in texts.items():
            is_shown = self.has_class(f"-tab-{name}")
            text = f"[{title}]" if is_shown else f" {title} " if is_roomy else f" {title}"
            parts.append(
                Part((Span(text, "title" if is_shown else "muted"),), action=f"pane_{name}", worth=1)
            )
        self.tabs.show(parts)

    def show_status(self, parts: Sequence[Part], hint: Line, whole: Line) -> None:
        """A long message needs the line: the keys are below anyway. Where that cuts it too,
        `whole` says where all of it can be read.
        """
        needed = sum(width_of(part.spans) + 1 for part in parts if part.worth >= SAID)
        width = self.status.size.width
        is_room = needed + width_of(hint) + 3 < width
        self.status.show(parts, right=(hint if is_room else whole if needed >= width else (),))

    def show_footer(self, parts: Sequence[Part]) -> None:
        self.key_line.show(parts)

    def _shows(self, widget: Widget, is_shown: bool) -> bool:
        """Shows or hides a widget that is mounted when it is first shown; whether it is mounted."""
        if is_shown:
            self._mount_in_order(widget)
        if widget.is_attached:
            widget.display = is_shown
        return widget.is_attached

    def show_output(self, lines: Sequence[tuple[Line, int]]) -> None:
        """The output panel under the panes: what a command printed."""
        self.switch_classes({"-output": bool(lines)})
        if not self._shows(self.drawer, bool(lines)):
            return
        self.drawer.border_title = "output"
        self.drawer.border_subtitle = "PgUp PgDn scroll   esc close"
        self.drawer.show(lines)
        self.drawer.scroll_end(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Page up and page down scroll the output as long as it is open, else the list that has the focus."""
        return self.is_drawer_open if action == "scroll_output" else True

    def action_scroll_output(self, direction: int) -> None:
        self.drawer.action_half_page(direction)

    def show_caption(self, *lines: Line) -> None:
        """Shows what a tour says; nothing covers it."""
        shown = [(spans, 0) for spans in lines if spans]
        if self._shows(self.caption, bool(shown)):
            self.caption.show(shown)

    @property
    def is_drawer_open(self) -> bool:
        return self.drawer.is_attached and bool(self.drawer.display)

    def as_text(self) -> list[str]:
        """The whole screen in words, nothing cut."""
        lines = [" ".join(line.split()) for line in self.header.as_text()]
        for name in PANES:
            lines += ["", *self.pane(name).as_text()]
        return [*lines, "", *(" ".join(line.split()) for line in self.status.as_text())]
