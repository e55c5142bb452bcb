"""How do names that are too long for a column stay different from each other?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import groupby
from os.path import commonprefix
from typing import Final

from sts_tui.tui.text.styled_text import Line, Span, cells, shorten, width_of
from sts_tui.tui.text.symbols import ELLIPSIS

MANY: Final = 3
"""Names among which a word can be common."""
SHARE: Final = 0.8
"""A word that so many of the names have tells nothing."""
LEAST: Final = 3
SHORTEST_RUN: Final = 5
"""Characters of common words that are worth an ellipsis."""
_JOINS: Final = "-_."
"""Separators within a name; a space, `@` or `/` is between names and stays."""
_ELLIPSES: Final = re.compile(f"{re.escape(ELLIPSIS)}{{2,}}")
_WORDS: Final = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")


def distinct(names: Sequence[str], width: int) -> list[str]:
    """Each name in at most `width` cells; different names stay different where there is room for it.

    Words that nearly all names have say nothing, so they give way first, the longest run of them before the
    others: `platform-checkout-service-prod-execution-role-07` becomes `platform-checkout…prod…07`.
    """
    short = shortened(tuple(dict.fromkeys(names)), width)
    return [short[name] for name in names]


@lru_cache(maxsize=64)
def shortened(names: tuple[str, ...], width: int) -> dict[str, str]:
    """As `distinct`, by name; the names are different."""
    common = common_words(names)
    short = {name: without_common(name, common, width) for name in names}
    for clashing in _alike(short):
        short.update(_by_difference(clashing, width))
    return short


@lru_cache(maxsize=16)
def common_words(names: tuple[str, ...]) -> frozenset[str]:
    """Words that nearly all names have."""
    if len(names) < MANY:
        return frozenset()
    count = Counter(word for name in names for word in set(_words(name)))
    return frozenset(word for word, times in count.items() if times >= SHARE * len(names) and word.isalpha())


@lru_cache(maxsize=4096)
def least_width(name: str, common: frozenset[str]) -> int:
    """Cells of a name without the words that all have; 0 for a name with none of them."""
    runs = _runs(_words(name), common) if common else []
    if not any(is_common for _, is_common in runs):
        return 0
    return cells("".join(ELLIPSIS if is_common else text for text, is_common in runs))


def fit_names(spans: Sequence[Span], width: int, common: frozenset[str]) -> Line:
    """A cell of names that is too wide: the longest span gives way to the others. Prose is cut at its end."""
    longest = max(range(len(spans)), key=lambda index: cells(spans[index].text))
    text, style = spans[longest]
    if " " in text and not least_width(text, common):
        return tuple(spans)
    left = max(1, width - width_of(spans) + cells(text))
    return (*spans[:longest], Span(without_common(text, common, left), style), *spans[longest + 1 :])


def _words(name: str) -> list[str]:
    return _WORDS.findall(name)


@lru_cache(maxsize=4096)
def without_common(name: str, common: frozenset[str], width: int) -> str:
    """Takes runs of common words out, the longest first, until the name fits; then shortens the middle."""
    if cells(name) <= width:
        return name
    session, at, role = name.rpartition("@")
    if at and session == role:  # a session that is called like its role
        return without_common(role, common, width)
    runs = _runs(_words(name), common)
    order = sorted(
        (index for index, (_, is_common) in enumerate(runs) if is_common),
        key=lambda i: (-len(runs[i][0]), -i),
    )
    while cells("".join(text for text, _ in runs)) > width and order:
        runs[order.pop(0)] = (ELLIPSIS, False)
    return _ELLIPSES.sub(ELLIPSIS, shorten("".join(text for text, _ in runs), width, middle=True))


def _runs(words: Sequence[str], common: Collection[str]) -> list[tuple[str, bool]]:
    """(text, whether it is a run of common words); separators beside a common word belong to its run."""
    flags = [word in common for word in words]
    for index, word in enumerate(words):
        if word in _JOINS:
            beside = [words[each] in common for each in (index - 1, index + 1) if 0 <= each < len(words)]
            flags[index] = any(beside)
    grouped = groupby(zip(words, flags, strict=True), key=lambda pair: pair[1])
    runs = [("".join(word for word, _ in group), is_common) for is_common, group in grouped]
    return [(text, is_common and len(text) >= SHORTEST_RUN) for text, is_common in runs]


def _alike(short: dict[str, str]) -> list[list[str]]:
    """The names that look the same."""
    groups: dict[str, list[str]] = {}
    for name, shown in short.items():
        groups.setdefault(shown, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _by_difference(names: Sequence[str], width: int) -> dict[str, str]:
    """Shows what is between the common beginning and the common end of all of `names`."""
    first = len(commonprefix(names))
    last = len(commonprefix([name[first:][::-1] for name in names]))
    found = {}
    for name in names:
        head, middle, tail = name[:first], name[first : len(name) - last], name[len(name) - last :]
        room = width - cells(middle)
        if room < 2 * LEAST + 2:  # not even what differs fits: it is shortened itself
            found[name] = shorten(head[:LEAST] + ELLIPSIS + middle, width, middle=True)
            continue
        for_tail = min(cells(tail), max(0, room - cells(head)))
        shown = shorten(head, room - for_tail, middle=True) + middle + shorten(tail, for_tail)
        found[name] = shorten(shown, width)
    return found
