"""What do panes and dialogs show of an explained decision?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.iam.provenance import Provenance
from sts_tui.tui.text.styled_text import Line


class Explained(Struct, frozen=True):
    """An explanation as lines, with the deciding statements."""

    title: str
    lines: tuple[tuple[Line, int], ...]
    decided: tuple[Provenance, ...] = ()
    context: tuple[tuple[Line, int], ...] = ()
    """The request context, shown last."""
