"""`?`: what the focused pane shows, and all keys, with the reason for those that are unavailable."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.keys.key_names import key_name
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.styled_text import Line, Span, line
from sts_tui.tui.text.symbols import OF_VERDICT, of_states

MOVING = (
    ("↑ ↓ j k", "one row"),
    ("^d ^u, PgDn PgUp", "half a page, a page"),
    ("g G, Home End", "first and last row"),
    ("tab, shift+tab", "next and previous pane"),
    ("enter", "Sessions: act as it; Requests: explain it; Roles: show its policies"),
)


class HelpScreen(ReadingScreen):
    """Built from the table of actions; only the navigation keys are written here."""

    WIDEST = 140
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "leave", "Close", show=False),
    ]

    def __init__(self, title: str, text: str, keys: Keymap, context: ActionContext) -> None:
        super().__init__(f"{title}: what it shows, and all keys", help_lines(text, keys, context))


def help_lines(text: str, keys: Keymap, context: ActionContext) -> list[tuple[Line, int]]:
    """The help of a pane and every action, by group."""
    lines: list[tuple[Line, int]] = [(with_keys(text, keys), 0), ((), 0)]
    for group in dict.fromkeys(spec.group for spec in ACTIONS.values()):
        lines.append((line((group, "title")), 0))
        for spec in ACTIONS.values():
            if spec.group == group:
                reason = spec.reason_against(context)
                written = f"{keys.names(spec.id) or 'palette':>10}"
                why: Line = (Span(f"  ({reason})", "warning"),) if reason else ()
                named = Span(f"  {spec.label:<16}", "muted" if reason else "plain")
                lines.append(
                    (
                        (
                            Span(written, "muted" if reason else "key"),
                            named,
                            Span(spec.help, "muted"),
                            *why,
                        ),
                        28,
                    )
                )
        lines.append(((), 0))
    lines.append((line(("Moving", "title")), 0))
    lines += [((Span(f"{written:>18}", "key"), Span(f"  {what}", "muted")), 20) for written, what in MOVING]
    lines += [((), 0), (line(("Symbols", "title")), 0)]
    lines += [
        ((Span(f"{symbol:>10}", "strong"), Span(f"  session {word}", "muted")), 12)
        for symbol, word in of_states()
    ]
    verdicts = [(symbol, verdict.value) for verdict, symbol in OF_VERDICT.items()]
    lines += [
        ((Span(f"{symbol:>10}", "strong"), Span(f"  request {word}", "muted")), 12)
        for symbol, word in verdicts
    ]
    return lines


def with_keys(text: str, keys: Keymap) -> Line:
    """Text between backticks is a key, shown as the user's keymap has it."""
    now = {
        key_name(key): keys.first(spec.id)
        for spec in ACTIONS.values()
        for key in spec.keys
        if key != "enter"  # enter belongs to the lists and cannot be reassigned
    }
    return tuple(
        Span(now.get(part, part), "key") if position % 2 else Span(part)
        for position, part in enumerate(text.split("`"))
        if part
    )
