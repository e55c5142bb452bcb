"""Which of many statements can match a resource? Found by tables of literal texts instead of comparing each
statement.

There are three tables, by what is certain about the resources that a pattern matches:

- their complete text: `arn:aws:s3:::data/in.csv`;
- their beginning: `arn:aws:s3:::data/` for `arn:aws:s3:::data/*` (`PrefixTable`);
- if many patterns have the same beginning, a later text: `-logs-7/` for `arn:aws:s3:::*-logs-7/*`.

All other statements (NotResource, no Resource, `*`) are candidates for every resource. Candidates are then
compared; other statements cannot match. The time of a lookup depends on the length of the resource and the
number of candidates, not on the number of statements.

The longest beginning that the second table finds for a resource determines all others, which are beginnings
of it. The candidates for each longest beginning are therefore combined once (`_Under`). For most resources a
lookup is one search in a sorted list, one in a dictionary, and one for later texts, which finds none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from sts_tui.iam.documents.resources import literals_of
from sts_tui.iam.match import Comparison, Statement
from sts_tui.start_up.named_tuple import NamedTuple

_CROWDED: Final = 2
"""The number of patterns with the same beginning from which a table of their later texts is faster."""
_ALTERNATIVES: Final = 128
"""The maximum number of different texts in the search for the positions of later texts."""
_ARN_COLONS: Final = 5

_Entry = TypeVar("_Entry")
Compared: TypeAlias = tuple[Comparison, Statement, int]
"""(comparison of a statement, the statement, its position among the statements)."""
_Search: TypeAlias = "Callable[[str, int], re.Match[str] | None]"


class PrefixTable(Generic[_Entry]):
    """Finds the texts of a table that are prefixes of a given text.

    In sorted order, the longest prefix of a text is its predecessor or a prefix of the predecessor, because
    all strings between a prefix and a text that begins with it begin with it too.
    """

    __slots__ = ("_entries", "_parents", "_texts")

    def __init__(self, entries: dict[str, _Entry]) -> None:
        """`entries`: text → entry."""
        self._texts = sorted(entries)
        self._entries = [entries[text] for text in self._texts]
        self._parents: list[int] = []
        """For each text, the index of its longest proper prefix among the texts; -1 if there is none."""
        for place, text in enumerate(self._texts):
            parent = place - 1
            while parent >= 0 and not text.startswith(self._texts[parent]):
                parent = self._parents[parent]
            self._parents.append(parent)

    def longest(self, text: str) -> int:
        """The index of the longest text of the table that is a prefix of `text`; -1 if there is none."""
        texts = self._texts
        if not texts:
            return -1
        place = bisect_right(texts, text) - 1
        while place >= 0 and not text.startswith(texts[place]):
            place = self._parents[place]
        return place

    def upwards(self, place: int) -> Iterator[_Entry]:
        """The entries of the text with this index and of its prefixes, the longest first."""
        while place >= 0:
            yield self._entries[place]
            place = self._parents[place]

    def under_prefixes(self, text: str, start: int = 0) -> Iterator[_Entry]:
        """The entries whose text occurs in `text` at `start`, the longest first."""
        return self.upwards(self.longest(text[start:]))


class _LaterTexts:
    """Patterns with the same beginning, by a literal text that every match contains after it."""

    __slots__ = ("_table", "search")

    def __init__(self, places_by_text: dict[str, list[int]]) -> None:
        self._table = PrefixTable(places_by_text)
        self.search = re.compile(_any_of(_shortened(places_by_text))).search
        """Finds every position where one of the texts may begin. It has only literals, so there is no
        backtracking.
        """

    def places(self, resource: str, first: re.Match[str]) -> list[int]:
        """The positions of the statements whose text occurs in a resource at `first`, the first match of
        `search`, or later.
        """
        found: list[int] = []
        match: re.Match[str] | None = first
        while match is not None:
            start = match.start()
            for places in self._table.under_prefixes(resource, start):
                found += places
            match = self.search(resource, start + 1)
        return found


class _Beginning:
    """Statements whose resources begin with the same text: some are always candidates, others depend on a
    later text.
    """

    __slots__ = ("always", "later", "length")

    def __init__(self, head: str, patterns: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        self.length = len(head)
        self.later: _LaterTexts | None = None
        if len(patterns) < _CROWDED:
            self.always = [place for place, _ in patterns]
            return
        self.always = []
        by_text: dict[str, list[int]] = {}
        for place, texts in patterns:
            if texts:
                by_text.setdefault(max(texts, key=len), []).append(place)
            else:
                self.always.append(place)
        if by_text:
            self.later = _LaterTexts(by_text)


class _Under(NamedTuple):
    """The candidates for resources with the same longest beginning; those of shorter ones are included."""

    places: tuple[int, ...]
    """The positions of the statements that are always candidates, ascending, without duplicates."""
    compared: tuple[Compared, ...]
    """The statements at these positions."""
    later: tuple[tuple[_Search, int, _LaterTexts], ...]
    """(search for later texts, position in the resource where it starts, the texts)."""


class ResourceIndex:
    """An index of many statements for one action. `positions`: their positions in the layer."""

    __slots__ = ("_beginnings", "_others", "_under", "_whole", "positions", "statements")

    def __init__(self, statements: Sequence[Statement], positions: Sequence[int]) -> None:
        self.statements = tuple(statements)
        self.positions = tuple(positions)
        self._others: list[int] = []
        self._whole: dict[str, list[int]] = {}
        beginnings: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for place, statement in enumerate(self.statements):
            for head, text in _patterns(statement):
                if not head and not text:
                    self._others.append(place)
                elif head == text and head.count(":") >= _ARN_COLONS:
                    self._whole.setdefault(text, []).append(place)
                else:
                    texts = literals_of(text, statement.scope)[1:] if head != text[:-1] else ()
                    beginnings.setdefault(head, []).append((place, texts))
        self._beginnings = PrefixTable({head: _Beginning(head, each) for head, each in beginnings.items()})
        self._under: list[_Under | None] = [None] * (len(beginnings) + 1)
        """By the index of the longest beginning; the last if there is none. Built on first use."""

    def to_compare(self, resource: str) -> Sequence[Compared]:
        """Every statement that may match the resource, in written order, including those whose resources have
        variables.
        """
        number = self._beginnings.longest(resource)
        places, compared, later = self._under[number] or self._made_under(number)
        named = self._whole.get(resource)
        for search, start, texts in later:
            if (match := search(resource, start)) is not None:
                named = [*(named or ()), *texts.places(resource, match)]
        return compared if named is None else self._at(sorted({*places, *named}))

    def narrowed(self, resource: str) -> Sequence[Statement]:
        """The same statements without their comparisons."""
        return [statement for _, statement, _ in self.to_compare(resource)]

    def _made_under(self, number: int) -> _Under:
        beginnings = list(self._beginnings.upwards(number))
        places = sorted({*self._others, *(place for each in beginnings for place in each.always)})
        later = [
            (each.later.search, each.length, each.later) for each in beginnings if each.later is not None
        ]
        made = self._under[number] = _Under(tuple(places), self._at(places), tuple(later))
        return made

    def _at(self, places: Iterable[int]) -> tuple[Compared, ...]:
        statements = self.statements
        return tuple([(statements[place].match_beyond_action, statements[place], place) for place in places])


def with_comparisons(statements: Iterable[Statement]) -> tuple[Compared, ...]:
    """A short list of statements in the form that `ResourceIndex.to_compare` returns."""
    return tuple([(each.match_beyond_action, each, place) for place, each in enumerate(statements)])


def _patterns(statement: Statement) -> Iterator[tuple[str, str]]:
    """(literal beginning, pattern) for each pattern; two empty texts if any resource may match."""
    resources = statement.resources
    if resources is None or resources.negated or resources.test is None:
        yield "", ""
    else:
        yield from zip(resources.heads, resources.written, strict=True)


def _shortened(texts: Iterable[str]) -> set[str]:
    """The beginnings of the texts, shortened until there are few different ones."""
    known = set(texts)
    length = max(map(len, known))
    while length > 1 and len({text[:length] for text in known}) > _ALTERNATIVES:
        length = length // 2
    return {text[:length] for text in known}


def _any_of(texts: Iterable[str]) -> str:
    """A regular expression that finds where one of the texts begins. It is a tree of letters, so that each
    letter is read once.
    """
    by_letter: dict[str, set[str]] = {}
    for text in texts:
        if not text:
            return ""
        by_letter.setdefault(text[0], set()).add(text[1:])
    branches = [re.escape(letter) + _any_of(rests) for letter, rests in sorted(by_letter.items())]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
