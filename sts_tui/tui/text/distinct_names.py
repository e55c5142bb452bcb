"""How do names that are too long for a column stay different from each other?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from os.path import commonprefix
from typing import Final

from sts_tui.tui.text.styled_text import Line, Span, cells, shorten, width_of, word_ends
from sts_tui.tui.text.symbols import CHAIN, ELLIPSIS

MANY: Final = 3
"""Names from which on a word can be common."""
SHARE: Final = 0.8
"""A word that this share of the names has distinguishes none of them."""
_ROUNDS: Final = 3
"""Rounds in which names that look alike get other texts, which can look like another name's."""
LEAST: Final = 3
SHORTEST_RUN: Final = 5
"""Characters of common words from which on an ellipsis replaces them."""
BETWEEN: Final = "  "
"""Between texts in a line."""
LEAST_TEXT: Final = 12
"""Minimum cells of a text; with fewer it is left out."""
_HOP: Final = f" {CHAIN} "
"""Between the roles of a chain."""
_JOINS: Final = "-_."
"""Separators within a name; a space, `@` or `/` is between names and stays."""
_ELLIPSES: Final = re.compile(f"{re.escape(ELLIPSIS)}{{2,}}")
_GENERATED: Final = re.compile(r"[_-](?=[a-zA-Z]*[0-9])(?:[0-9a-f]{12,}|[0-9A-Z]{12,13})$")
"""What IAM Identity Center and CloudFormation append to the names of roles."""
_WORDS: Final = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")


def distinct(names: Sequence[str], width: int) -> list[str]:
    """Each name in at most `width` cells; different names stay different where there is room for it.

    Words that nearly all names have distinguish nothing, so they are left out first, the longest run of them
    before the others: `platform-checkout-service-prod-execution-role-07` becomes `platform-checkout…prod…07`.
    """
    short = shortened(tuple(dict.fromkeys(names)), width)
    return [short[name] for name in names]


@lru_cache(maxsize=64)
def shortened(names: tuple[str, ...], width: int) -> dict[str, str]:
    """As `distinct`, by name; the names are different."""
    common = common_words(names)
    short = {name: without_common(name, common, width) for name in names}
    for _ in range(_ROUNDS):
        clashing = _alike(short)
        for group in clashing:
            taken = set(short.values()) - {short[group[0]]}
            short.update(_by_difference(group, width, taken))
        if not clashing:
            break
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


@lru_cache(maxsize=4096)
def width_of_a_word(name: str) -> int:
    """Cells in which the first or the last word of a name is whole, with an ellipsis for the others."""
    ends = list(word_ends(name))
    if not ends:
        return cells(name)
    return 1 + min(cells(name[: ends[0]]), cells(name[ends[-1] :]))


def fit_names(spans: Sequence[Span], width: int, common: frozenset[str]) -> Line:
    """A cell of names that is too wide: the longest span gives way to the others. Prose is cut at its end,
    if most of it stays.
    """
    longest = _longest(spans)
    text = spans[longest].text
    if _HOP in text:
        return _with_name(spans, longest, _fit_chain(text, _room(spans, longest, width), common))
    if " " in text and not least_width(text, common):
        at_end = shorten(text, _room(spans, longest, width))
        if 2 * cells(at_end) > width:
            return _with_name(spans, longest, at_end)
    return _with_name(spans, longest, without_common(text, common, _room(spans, longest, width)))


def _fit_chain(chain: str, width: int, common: frozenset[str]) -> str:
    """A chain of roles that is too wide: where it ends matters most, then where it begins."""
    first, *_, last = chain.split(_HOP)
    ways = (_HOP.join((first, ELLIPSIS, last)), f"{ELLIPSIS}{_HOP}{last}", f"{ELLIPSIS}{last}")
    return next((each for each in ways if cells(each) <= width), without_common(last, common, width))


def fit_texts(texts: Sequence[tuple[str, bool]], width: int, common: frozenset[str]) -> list[str]:
    """Texts for one line, two spaces apart: the longest gives way first, and the last one leaves where not
    even that is enough. A text is (text, whether it is a name).
    """
    shown = [text for text, _ in texts]
    while shown and (excess := cells(BETWEEN.join(shown)) - width) > 0:
        longest = max(range(len(shown)), key=lambda place: cells(shown[place]))
        room = cells(shown[longest]) - excess
        if room < LEAST_TEXT:
            shown.pop()
        else:
            text, is_name = texts[longest]
            shown[longest] = without_common(text, common, room) if is_name else shorten(text, room)
    return shown


def fit_apart(cells_: Sequence[Line], width: int, taken: Collection[str]) -> list[Line]:
    """Cells of names that are too wide and would look alike: each shows what differs. `taken`: what other
    cells show.
    """
    at = [_longest(cell) for cell in cells_]
    names = [cell[place].text for cell, place in zip(cells_, at, strict=True)]
    room = min(_room(cell, place, width) for cell, place in zip(cells_, at, strict=True))
    short = _by_difference(list(dict.fromkeys(names)), room, taken)
    return [_with_name(cell, place, short[cell[place].text]) for cell, place in zip(cells_, at, strict=True)]


def _longest(spans: Sequence[Span]) -> int:
    return 0 if len(spans) == 1 else max(range(len(spans)), key=lambda index: cells(spans[index].text))


def _room(spans: Sequence[Span], longest: int, width: int) -> int:
    """Cells that the other spans leave for the longest."""
    return max(1, width - width_of(spans) + cells(spans[longest].text))


def _with_name(spans: Sequence[Span], place: int, name: str) -> Line:
    return (*spans[:place], Span(name, spans[place].style), *spans[place + 1 :])


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
    return _ELLIPSES.sub(ELLIPSIS, _without_id(_without_runs(name, common, width), width))


def prose_without_common(text: str, common: frozenset[str], width: int) -> str:
    """Takes runs of common words out of the names in a text until it fits; else cuts its end."""
    return shorten(_ELLIPSES.sub(ELLIPSIS, _without_runs(text, common, width)), width)


def _without_runs(name: str, common: frozenset[str], width: int) -> str:
    """Without as many runs of common words as it is too wide, the longest first."""
    words = _words(name)
    if common.isdisjoint(words):
        return name
    runs = _runs(words, common)
    order = sorted(
        (index for index, (_, is_common) in enumerate(runs) if is_common),
        key=lambda i: (-len(runs[i][0]), -i),
    )
    while cells("".join(text for text, _ in runs)) > width and order:
        runs[order.pop(0)] = (ELLIPSIS, False)
    return "".join(text for text, _ in runs)


def _without_id(name: str, width: int) -> str:
    """Shortens a name, first by an id that was generated for its end: `AWSReservedSSO_Developer…`."""
    generated = _GENERATED.search(name)
    if generated is None or cells(name) <= width or generated.start() < LEAST or width <= 2 * LEAST:
        return shorten(name, width, middle=True)
    return shorten(name[: generated.start()], width - 1, middle=True) + ELLIPSIS


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


def _by_difference(names: Sequence[str], width: int, taken: Collection[str]) -> dict[str, str]:
    """Texts that differ from each other and from those that are taken, as long as there are such."""
    found: dict[str, str] = {}
    for found in _ways_to_differ(names, width):
        shown = set(found.values())
        if len(shown) == len(names) and shown.isdisjoint(taken):
            return found
    return found


def _ways_to_differ(names: Sequence[str], width: int) -> Iterator[dict[str, str]]:
    """Shows what is between the common beginning and the common end of all of `names`: in whole words, else
    the characters that differ, else one part of each.
    """
    first = len(commonprefix(names))
    last = len(commonprefix([name[first:][::-1] for name in names]))
    yield {name: _around(name, *_to_word_ends(name, first, last), width) for name in names}
    yield {name: _around(name, first, len(name) - last, width) for name in names}
    room = max(1, width - LEAST - 2)
    for start in range(max(map(len, names))):
        yield {name: shorten(_part(name, start, room), width) for name in names}


def _to_word_ends(name: str, first: int, last: int) -> tuple[int, int]:
    """The part of a name without this many characters at its beginning and end, widened to whole words."""
    ends = {0, len(name), *word_ends(name)}
    return max(at for at in ends if at <= first), min(at for at in ends if at >= len(name) - last)


def _around(name: str, start: int, stop: int, width: int) -> str:
    """A name of which this part is shown, and of the rest what fits."""
    head, middle, tail = name[:start], name[start:stop], name[stop:]
    room = width - cells(middle)
    if room < 2 * LEAST + 2:  # not even what differs fits: it is shortened itself
        return shorten(head[:LEAST] + ELLIPSIS + middle, width, middle=True)
    for_tail = min(cells(tail), max(0, room - cells(head)))
    shown = shorten(head, room - for_tail, middle=True) + middle + shorten(tail, for_tail)
    return shorten(shown, width)


def _part(name: str, start: int, room: int) -> str:
    part = name[start : start + room]
    return (name[:LEAST] + ELLIPSIS if start > LEAST else name[:start]) + part + ELLIPSIS
