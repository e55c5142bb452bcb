"""Which symbols does the screen use, and which ASCII characters replace them?

All are one cell wide and in DejaVu Sans Mono. A symbol is always accompanied by a word with the same meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import Verdict

OF_STATE = {
    SessionState.ACTIVE: "●",
    SessionState.EXPIRING: "◐",
    SessionState.REVOKING: "◌",
    SessionState.PARTLY: "◧",
    SessionState.CUT: "⊟",
    SessionState.REVOKED: "✖",
    SessionState.ORPHANED: "⊘",
    SessionState.EXPIRED: "○",
}
OF_VERDICT = {
    Verdict.ALLOWED: "+",
    Verdict.IMPLICIT_DENY: "-",
    Verdict.EXPLICIT_DENY: "✖",
    Verdict.UNDECIDED: "?",
    Verdict.REFUSED: "○",
}
CURSOR = "▸"
MARK = "◆"
MARKED = "✓"
TIMES = "×"
"""Before the number of requests that are collapsed into a row."""
CHAIN = "›"
BRANCH = "├"
LAST_BRANCH = "└"
ELLIPSIS = "…"
BAR_FULL = "━"
BAR_EMPTY = "╌"
RULE = "─"
USES = " ⇢ "
"""Between the workload that uses credentials and the session they belong to."""
SORT_DOWN = "▾"
SORT_UP = "▴"
PAUSED = "‖"
RUNNING = "▶"
TRANSITIVE = "*"

_ASCII = str.maketrans(
    {
        "●": "*",
        "◐": "o",
        "◌": "~",
        "✖": "X",
        "⊘": "#",
        "⊟": "=",
        "◧": "%",
        "○": ".",
        "▸": ">",
        "◆": "@",
        "›": ">",
        "├": "|",
        "└": "`",
        "│": "|",
        "…": "~",
        "█": "#",
        "▓": "#",
        "▒": "=",
        "░": ".",
        "▁": "_",
        "▂": "_",
        "▃": "-",
        "▄": "-",
        "▅": "=",
        "▆": "=",
        "▇": "#",
        "▔": "-",
        "▎": "|",
        "▏": "|",
        "▊": "#",
        "▌": "|",
        "▐": "|",
        "▀": "-",
        "─": "-",
        "━": "=",
        "═": "=",
        "║": "|",
        "╭": "+",
        "╮": "+",
        "╰": "+",
        "╯": "+",
        "┌": "+",
        "┐": "+",
        "┘": "+",
        "┤": "|",
        "┬": "+",
        "┴": "+",
        "┼": "+",
        "╔": "+",
        "╗": "+",
        "╚": "+",
        "╝": "+",
        "╺": "-",
        "╸": "-",
        "╴": "-",
        "╶": "-",
        "┃": "|",
        "▾": "v",
        "▴": "^",
        "‖": "=",
        "▶": ">",
        "·": "-",
        "×": "x",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "≤": "<",
        "–": "-",
        "—": "-",
        "“": '"',
        "”": '"',
        "’": "'",
        "⏎": "<",
        "✓": "+",
        "■": "#",
        "□": ".",
        "▼": "v",
        "▲": "^",
        "◀": "<",
        "🭬": ">",
        "🭮": "<",
        "┊": ":",
        "╌": "-",
        "┄": "-",
        "⌕": "/",
        "⇢": ">",
        "⇒": "=",
        "‹": "<",
    }
)


def to_ascii(text: str) -> str:
    """`text` with our own symbols in ASCII. Names from a file (with an accent, say) are not changed."""
    return text if text.isascii() else text.replace(USES, " =>").translate(_ASCII)


class AsciiFilter(LineFilter):
    """Replaces our symbols and box lines in every line that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]


def of_states() -> Sequence[tuple[str, str]]:
    """(symbol, word) of every session state, for the legend."""
    return tuple((OF_STATE[state], state.value) for state in SessionState)
