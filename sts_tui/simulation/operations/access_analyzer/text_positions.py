"""Where in the text of a policy document are its elements? Counted as Access Analyzer counts.

Lines begin at 1, columns and offsets at 0, all in characters.
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Position.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from sts_tui.account.diagnostics.json_path import Steps

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import accessanalyzer as shapes

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DEEPEST: Final = 8
"""The maximum depth of a path in a policy: Statement, index, Condition, operator, key, index."""


class TextPositions:
    """The positions of all values and keys of one valid JSON text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._values: dict[Steps, tuple[int, int]] = {}
        self._keys: dict[Steps, tuple[int, int]] = {}
        self._decoder = json.JSONDecoder()
        self._scan(0, ())

    def of_value(self, steps: Steps) -> shapes.Span:
        """The span of a value, or if it does not exist, of the nearest enclosing one."""
        while steps and steps not in self._values:
            steps = steps[:-1]
        return self._span(*self._values.get(steps, (0, len(self._text))))

    def of_key(self, steps: Steps) -> shapes.Span:
        """The span of the key that names a value, with its quotes."""
        found = self._keys.get(steps)
        return self._span(*found) if found is not None else self.of_value(steps)

    def _span(self, start: int, end: int) -> shapes.Span:
        return {"start": position_of(self._text, start), "end": position_of(self._text, end)}

    def _scan(self, at: int, steps: Steps) -> int:
        """Record the value that begins here, and return its end."""
        at = self._skipped(at)
        first = self._text[at : at + 1]
        if first == "{" and len(steps) < _DEEPEST:
            end = self._object(at + 1, steps)
        elif first == "[" and len(steps) < _DEEPEST:
            end = self._array(at + 1, steps)
        else:
            end = self._decoder.raw_decode(self._text, at)[1]
        self._values[steps] = (at, end)
        return end

    def _object(self, at: int, steps: Steps) -> int:
        at = self._skipped(at)
        while self._text[at] != "}":
            key, after = self._decoder.raw_decode(self._text, at)
            self._keys[(*steps, key)] = (at, after)
            at = self._scan(self._skipped(after) + 1, (*steps, key))
            at = self._after_comma(at)
        return at + 1

    def _array(self, at: int, steps: Steps) -> int:
        at, index = self._skipped(at), 0
        while self._text[at] != "]":
            at = self._after_comma(self._scan(at, (*steps, index)))
            index += 1
        return at + 1

    def _after_comma(self, at: int) -> int:
        at = self._skipped(at)
        return self._skipped(at + 1) if self._text[at] == "," else at

    def _skipped(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found is not None else at


def position_of(text: str, offset: int) -> shapes.Position:
    """Line, column and offset of a character."""
    before = text[:offset]
    return {
        "line": before.count("\n") + 1,
        "column": offset - (before.rfind("\n") + 1),
        "offset": offset,
    }
