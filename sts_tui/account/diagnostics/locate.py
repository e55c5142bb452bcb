"""On which line of a file is a JSON path? Looked up only for places that are reported.

A parsed value has no line numbers, so a path is followed in the text. The C scanner skips the siblings before
it, and the positions found in an object or list are kept for the next path. If all paths are known
beforehand, one pass over the text finds them together: it enters only objects and lists that contain one of
them, and reads no character twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # the C scanner's own function
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.lazy_pattern import lazy_pattern

_SPACE: Final = lazy_pattern(r"[ \t\n\r]*")
_DECODER: Final = JSONDecoder()
_scan_once: Final = _DECODER.scan_once  # type: ignore[attr-defined]  # as above
_BETWEEN: Final = lazy_pattern(r"[ \t\n\r,]*")
_KEY: Final = lazy_pattern(r'[ \t\n\r,]*+"([^"\\]*+)"[ \t\n\r]*+:[ \t\n\r]*+("[^"\\]*+")?+')
"""A key without escapes, and its value if that is a string without escapes."""
_BLOCK: Final = 1 << 9
"""The number of characters in a block. Line breaks are counted once per block, then only within a block."""


class _Wanted(dict[str | int, "_Wanted"]):
    """A path to be located: the steps that follow it, and where it was found."""

    __slots__ = ("first", "last")

    def __init__(self) -> None:
        self.first: int | None = None
        """The offset of its key or item in characters; None until it is found."""
        self.last = 0
        """The same for the last of several equal keys."""

    def note(self, place: int) -> None:
        """Record that its key or item is at this offset. May be called again for an equal key."""
        if self.first is None:
            self.first = place
        else:
            self._forget_below()
        self.last = place

    def _forget_below(self) -> None:
        """An equal key follows, so what was found in the value of the earlier one does not count."""
        left = list(self.values())
        while left:
            one = left.pop()
            one.first = None
            left.extend(one.values())


class _Container:
    """What has been read of one object or list: where its values begin, and where to continue reading."""

    __slots__ = ("is_object", "keys", "next", "values")

    def __init__(self, is_object: bool, start: int) -> None:
        self.is_object = is_object
        self.values: dict[str | int, list[tuple[int, int]]] = {}
        """Key or index → (offset of the key or item, offset of the value), for each occurrence."""
        self.next: int | None = start
        self.keys = 0


class Locator:
    """Finds the lines of paths in one JSON text, which must be valid JSON."""

    def __init__(self, text: str, paths: Iterable[Steps] = ()) -> None:
        """`paths`: the paths to be located together. Other paths can be located too, more slowly."""
        self._text = text
        self._containers: dict[int, _Container] = {}
        self._lines_before_block: list[int] = []
        wanted = _Wanted()
        for steps in paths:
            below = wanted
            for step in steps:
                after = below.get(step)
                if after is None:
                    after = below[step] = _Wanted()
                below = after
        self._wanted = wanted
        start = self._start()
        if wanted and text[start : start + 1] in ("{", "["):
            try:
                self._read_through(start, wanted)
            except RecursionError:  # nested too deeply: paths are followed one by one, as far as possible
                self._wanted = _Wanted()

    def _start(self) -> int:
        return self._space(1 if self._text.startswith("\ufeff") else 0)

    def _read_through(self, start: int, wanted: _Wanted) -> int:
        """Record where the wanted members of the object or list at `start` are, and those within them.

        Returns the offset of its end.
        """
        text = self._text
        between, key_before = _BETWEEN.match, _KEY.match
        is_object = text[start] == "{"
        index, place = 0, start + 1
        while True:
            step: str | int
            plain = key_before(text, place) if is_object else None
            if plain:
                step, value = plain[1], plain.end()
            else:
                gap = between(text, place)
                place = gap.end() if gap else place
                if text[place] in "}]":
                    break
                if is_object:  # a key with an escape
                    step, after = scanstring(text, place + 1, True)
                    value = self._space(self._space(after) + 1)
                else:
                    step, value = index, place
                    index += 1
            below = wanted.get(step)
            if below is not None:
                if plain:
                    place = plain.start(1) - 1
                below.note(place)
            if plain and plain.lastindex == 2:
                place = value
            elif below and text[value] in "{[":
                place = self._read_through(value, below)
            else:
                place = _scan_once(text, value)[1]
        return place + 1

    def line(self, steps: Steps, *, last: bool = False) -> int:
        """The line of a path, counted from 1. If the path does not exist, the line of its deepest part that
        does.

        For a repeated key, the first; with `last`, the last.
        """
        return self._line_of(self._place(steps, last=last))

    def position(self, steps: Steps) -> tuple[int, int]:
        """(line, column) of a path, both counted from 1: where its key or list item begins."""
        place = self._place(steps, last=True)
        return self._line_of(place), place - self._text.rfind("\n", 0, place)

    def _place(self, steps: Steps, *, last: bool) -> int:
        place = self._start()
        above = self._wanted
        for step in steps:
            below = above.get(step)
            if below is None:
                return self._walked(steps, last=last)
            if below.first is None:  # all wanted paths were searched for
                return place
            place, above = below.last, below
        return place if last or above.first is None else above.first

    def _walked(self, steps: Steps, *, last: bool) -> int:
        """The offset of a path that was not known beforehand."""
        place = self._start()
        value = place
        for depth, step in enumerate(steps):
            try:
                found = self._find(value, step)
            except RecursionError:  # nested almost too deeply: the line of what contains it
                break
            if not found:
                break
            is_target = depth == len(steps) - 1
            place, value = found[0] if is_target and not last else found[-1]
        return place

    def _space(self, place: int) -> int:
        match = _SPACE.match(self._text, place)
        return match.end() if match else place

    def _find(self, start: int, step: str | int) -> list[tuple[int, int]]:
        text = self._text
        opening = text[start : start + 1]
        if opening not in "{[" or not opening or isinstance(step, str) != (opening == "{"):
            return []
        container = self._containers.get(start)
        if container is None:
            container = self._containers[start] = _Container(opening == "{", start + 1)
        # an object is read to its end: of equal keys the last one counts
        while container.next is not None and (isinstance(step, str) or step not in container.values):
            self._read_on(container)
        return container.values.get(step, [])

    def _read_on(self, container: _Container) -> None:
        """Record where the next member is, and skip its value."""
        assert container.next is not None
        text = self._text
        place = self._space(container.next)
        if text[place] == ",":
            place = self._space(place + 1)
        if text[place] in "}]":
            container.next = None
            return
        if container.is_object:
            key, after = scanstring(text, place + 1, True)
            value = self._space(self._space(after) + 1)
            container.values.setdefault(key, []).append((place, value))
        else:
            value = place
            container.values[container.keys] = [(place, value)]
        container.keys += 1
        _, container.next = _DECODER.raw_decode(text, value)

    def _line_of(self, place: int) -> int:
        if not self._lines_before_block:
            text, before = self._text, 1
            for start in range(0, len(text) + 1, _BLOCK):
                self._lines_before_block.append(before)
                before += text.count("\n", start, start + _BLOCK)
        block = place // _BLOCK
        return self._lines_before_block[block] + self._text.count("\n", block * _BLOCK, place)
