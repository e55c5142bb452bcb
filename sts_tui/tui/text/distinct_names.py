"""How do names that are too long for a column stay different from each other?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import groupby
from os.path import commonprefix
from typing import Final

from sts_tui.tui.text.styled_text import cells, shorten
from sts_tui.tui.text.symbols import ELLIPSIS

MANY: Final = 3
"""Names among which a word can be common."""
SHARE: Final = 0.8
"""A word that so many of the names have tells nothing."""
LEAST: Final = 3
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
    short = {name: _without_common(name, common, width) for name in names}
    for clashing in _alike(short):
        short.update(_by_difference(clashing, width))
    return short


def common_words(names: Collection[str]) -> frozenset[str]:
    """Words that nearly all names have."""
    if len(names) < MANY:
        return frozenset()
    count = Counter(word for name in names for word in set(_words(name)))
    return frozenset(word for word, times in count.items() if times >= SHARE * len(names) and word.isalpha())


def _words(name: str) -> list[str]:
    return _WORDS.findall(name)


def _without_common(name: str, common: Collection[str], width: int) -> str:
    """Takes runs of common words out, the longest first, until the name fits."""
    runs = _runs(_words(name), common)
    order = sorted(
        (index for index, (_, is_common) in enumerate(runs) if is_common),
        key=lambda i: (-len(runs[i][0]), -i),
    )
    while cells("".join(text for text, _ in runs)) > width and order:
        runs[order.pop(0)] = (ELLIPSIS, False)
    return shorten("".join(text for text, _ in runs), width, middle=True)


def _runs(words: Sequence[str], common: Collection[str]) -> list[tuple[str, bool]]:
    """(text, whether it is a run of common words); separators beside a common word belong to its run."""
    flags = [word in common for word in words]
    for index, word in enumerate(words):
        if not word[0].isalnum():
            beside = [words[each] in common for each in (index - 1, index + 1) if 0 <= each < len(words)]
            flags[index] = any(beside)
    return [
        ("".join(word for word, _ in group), is_common)
        for is_common, group in groupby(zip(words, flags, strict=True), key=lambda pair: pair[1])
    ]


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
