"""Which private names of Textual are used, and what happens if a version of Textual no longer has them?

This is the only module that knows any. `NAMES` lists them with what is lost without them; `missing` is asked
when the explorer opens, and what is lost is reported in the list of messages. Everything works without each
of them, only less well. Overrides go into mixins: where Textual no longer calls such a method, its own
behavior takes over.
"""

from __future__ import annotations

from bisect import bisect_left
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.segment import Segment
from textual import events
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region, Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip

from sts_tui.start_up.named_tuple import NamedTuple
from sts_tui.tui.widgets.styled_once import StyledOnce

if TYPE_CHECKING:
    from textual.widgets import Input


class Name(NamedTuple):
    """A private name that the explorer uses."""

    owner: str
    """The class that has it, below `textual`."""
    name: str
    lost: str
    """What is lost without it."""


NAMES: Final = (
    Name("screen.Screen", "_compositor_refresh", "the first frame may show empty panes"),
    Name("screen.Screen", "_screen_resized", "a terminal that does not know its size may be laid out twice"),
    Name("screen.Screen", "_refresh_layout", "the first frame comes a little later"),
    Name("screen.Screen", "_on_timer_update", "some frames are drawn twice"),
    Name("_compositor.Compositor", "_dirty_regions", "a frame takes up to twice as long"),
    Name("_compositor.Compositor", "_regions_to_spans", "a frame takes up to twice as long"),
    Name("css.stylesheet.Stylesheet", "_parse_rules", "a first dialog opens a little later"),
    Name("app.App", "_refresh_truecolor_filter", "ANSI colors follow a theme only once it is changed"),
    Name("app.App", "_handle_exception", "an unexpected error ends the explorer"),
    Name("app.App", "_fatal_error", "Textual reports an error that ends the explorer in its own, long form"),
    Name("message_pump.MessagePump", "_dispatch_message", "an unexpected error ends the explorer"),
    Name("widgets.Input", "_suggestion", "enter does not accept a completion"),
    Name("message.Message", "_sender", "enter and backspace typed at once after `:` or `/` may be lost"),
)


def missing() -> tuple[Name, ...]:
    """The names that this version of Textual does not have. Imports every class that has one."""
    return tuple(each for each in NAMES if not _has(_owner(each), each.name))


def _owner(name: Name) -> type:
    module, _, owner = name.owner.rpartition(".")
    found: type = getattr(import_module(f"textual.{module}"), owner)
    return found


def _has(owner: type, name: str) -> bool:
    """Whether a class has an attribute, or gives it to each of its instances."""
    return hasattr(owner, name) or name in vars(owner)["__init__"].__code__.co_names


class DrawnOnce(StyledOnce):
    """A mixin before the class of a screen that draws nothing until it is filled. Without it a dialog is laid
    out and drawn three times before it can be read, each time with all that is seen behind it.
    """

    is_filled = False
    _laid_out_for: Size | None = None
    _is_holding = _is_held = False

    def note_filled(self) -> None:
        """It holds what it is for: from now on there are frames."""
        if not self.is_filled:
            self.is_filled = True
            me: Any = self
            me.refresh(layout=True)
            me.call_later(getattr(me, "_on_timer_update", me.refresh))  # at once

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Once for each size until it is filled, which lays out again."""
        above: Any = super()
        if not self.is_filled:
            me: Any = self
            wanted = size or me.outer_size
            if wanted == self._laid_out_for:
                return
            self._laid_out_for = wanted or None
        above._refresh_layout(size, scroll)

    def _compositor_refresh(self) -> None:
        above: Any = super()
        if self._is_holding:
            self._is_held = True
        elif self.is_filled:
            above._compositor_refresh()

    def _on_timer_update(self) -> None:
        """Textual draws what a layout changed, and then all again where something else asked for that."""
        above: Any = super()
        self._is_holding = True
        try:
            above._on_timer_update()
        finally:
            self._is_holding, is_held, self._is_held = False, self._is_held, False
        if is_held:
            self._compositor_refresh()


class DrawnWithItsWidgets(DrawnOnce):
    """Filled when its widgets are mounted and have their sizes, as dialogs are."""

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Textual calls those of all base classes."""
        me: Any = self
        me.call_later(me.call_later, self.note_filled)  # after its own resize, which comes next


class FirstFrame(DrawnOnce, Screen[Any]):
    """The main screen, which is filled when its panes are."""

    def _screen_resized(self, size: Size) -> None:
        """Lays out for the size that the terminal has now, not for that of an event on the way.

        A terminal that does not know its size gets two from Textual, 80x24 and 80x25, and their events would
        cause each other indefinitely.
        """
        super()._screen_resized(self.app.size)


RulesBySheet = dict[tuple[object, ...], list[RuleSet]]
"""The text of a style sheet and all that its meaning depends on → its rules."""
known_rules: RulesBySheet = {}
"""The style sheets that this process has used."""
kept_rules: RulesBySheet = {}
"""Those that an earlier process has parsed (`start/kept_styles.py`)."""
_MOST_RULES: Final = 300
"""Style sheets that are kept, which have a few kilobytes each."""


class KnownRules(Stylesheet):
    """Parses each style sheet once for the process, and not at all if an earlier process has kept it. For a
    dialog that brings its own Textual parses all of them again, and so does each explorer after the first.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._means = tuple(sorted((variables or {}).items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        super().set_variables(variables)
        self._means = tuple(sorted(variables.items()))

    def _parse_rules(self, css: str, *given: object, **named: object) -> list[RuleSet]:
        key = (self._means, css, given, tuple(sorted(named.items())))
        known = known_rules.get(key)
        if known is None:
            if len(known_rules) > _MOST_RULES:
                known_rules.clear()
            known = kept_rules.get(key) or super()._parse_rules(css, *given, **named)  # type: ignore[arg-type]
            known_rules[key] = known
        return known

    def reparse(self) -> None:
        """Textual would do it in another style sheet, which knows nothing."""
        self.parse()


def refresh_ansi_colors(app: App[Any]) -> None:
    """The theme was set before the app runs; assigning `App.theme` would do this later, and more."""
    refresh = getattr(app, "_refresh_truecolor_filter", None)
    if refresh is not None:
        refresh(app.ansi_theme)


def type_into(field: Input, event: events.Key, list_of_keys: type) -> None:
    """Types a key that was on its way to a list when the field opened."""
    sender = getattr(event, "_sender", None)
    if isinstance(sender, list_of_keys) or (sender is None and event.is_printable):
        event.stop()
        event.prevent_default()
        if event.key == "enter":  # bindings of the field are not looked at for a key that is handed on
            field.call_later(field.action_submit)
        else:
            field.post_message(events.Key(event.key, event.character))


class Surviving(App[int]):
    """An app that outlives unexpected errors in the handling of a message.

    Textual ends an app on any exception. Here an exception is handed to `survive`, in one place, whatever
    widget handled the message; where that answers False, because one error follows another or nothing is on
    the screen yet, the app ends with exit code 1 and Textual's report, which shows local variables, is left
    out.
    """

    ended_by: BaseException | None = None
    """The error that ended the app."""

    def survive(self, error: Exception) -> bool:
        """Reports the error; whether the app can go on."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        if not self.survive(error):
            self.ended_by = self.ended_by or error
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.panic()


_dispatch: Any = getattr(MessagePump, "_dispatch_message", None)


async def _dispatch_and_survive(pump: MessagePump, message: Message) -> None:
    """An exception would end the loop of the widget that handles the message, and with it the widget."""
    try:
        await _dispatch(pump, message)
    except Exception as error:
        app = pump.app
        if not (isinstance(app, Surviving) and app.survive(error)):
            raise


if _dispatch is not None:
    MessagePump._dispatch_message = _dispatch_and_survive  # type: ignore[method-assign,assignment]


def displayed_completion(field: Input) -> str:
    """The whole text of the completion that an input displays; empty where it displays none."""
    return str(getattr(field, "_suggestion", "") or "") if field.cursor_at_end else ""


def drawn_lines(app: App[Any]) -> list[list[Segment]]:
    """What the screen shows, with what it covers, line by line: for pictures, which Textual exports in a form
    of its own only.
    """
    console = Console(
        width=app.size.width,
        height=app.size.height,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        safe_box=False,
    )
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert update is not None, "a full update always draws something"
    lines = Segment.split_lines(each for each in console.render(update) if not each.control)
    return [list(line) for line in lines]


class ChangedSpans(ChopsUpdate):
    """What changed on the screen, as it is sent."""

    def render_segments(self, console: Console) -> str:
        """As Textual's own, with a cheaper word for `move the cursor there`."""
        sent = []
        for y, x1, x2 in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=True):
                if strip is not None and x < x2 and end > x1:
                    shown = strip if end <= x2 else strip.crop(0, x2 - x)
                    sent.append(f"\x1b[{y + 1};{x + 1}H{shown.render(console)}")
        return "".join(sent)


def _render_changes(compositor: Compositor) -> ChopsUpdate | None:
    """Asks widgets from front to back, each only for lines on which it is seen in something that changed.

    Textual takes the rectangle around all changes, asks every widget in it for all of its lines, and cuts
    each line at every edge of every widget.
    """
    screen, changed = compositor.size.region, compositor._dirty_regions
    regions = [seen for region in changed if (seen := region.intersection(screen))]
    changed.clear()
    spans = list(compositor._regions_to_spans(regions))
    if not spans:
        return None
    cuts = compositor.cuts
    chops: list[dict[int, Strip | None]] = [{} for _ in cuts]
    holes: dict[int, set[int]] = {}
    """Line → where the parts of it begin that no widget has filled yet."""
    for y, x1, x2 in spans:
        chops[y] = dict.fromkeys(cuts[y][:-1])
        ends = zip(chops[y], cuts[y][1:], strict=True)
        holes.setdefault(y, set()).update(x for x, end in ends if x < x2 and end > x1)
    around = Region.from_union(regions)
    for widget, (region, clip) in compositor.visible_widgets.items():
        if not around.overlaps(clip) or not around.overlaps(region):
            continue
        left, top, width, height = clip.intersection(region)
        right, bottom = left + width, top + height
        lines = [
            y for y, open_ in holes.items() if top <= y < bottom and any(left <= x < right for x in open_)
        ]
        if not lines:
            continue
        crop = Region(left - region.x, lines[0] - region.y, width, lines[-1] - lines[0] + 1)
        strips = widget.render_lines(crop)
        for y in lines[: bisect_left(lines, lines[0] + len(strips))]:
            _fill(chops[y], holes[y], strips[y - lines[0]], [x for x in cuts[y] if left <= x <= right])
            if not holes[y]:
                del holes[y]
        if not holes:
            break
    return ChangedSpans(chops, spans, [line[1:] for line in cuts])


def _fill(chops: dict[int, Strip | None], holes: set[int], strip: Strip, cuts: list[int]) -> None:
    """Takes a widget's line into the holes of a line; `cuts`: the widget's edges, and those between."""
    is_whole = len(cuts) == 2 and strip.cell_length == cuts[1] - cuts[0]
    parts = (strip,) if is_whole else strip.divide([cut - cuts[0] for cut in cuts[1:]])
    for x, part in zip(cuts, parts, strict=False):
        if x in holes:
            chops[x] = part
            holes.remove(x)


if all(_has(Compositor, each.name) for each in NAMES if each.owner == "_compositor.Compositor"):
    Compositor.render_partial_update = _render_changes  # type: ignore[method-assign,assignment]
