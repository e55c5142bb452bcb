"""Styled text as data: spans of text, each with a style. A style says what a text means; the
theme says how it looks.

Nothing here is markup: text from policies, names and errors is drawn as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

from sts_tui.account.diagnostics.printable import one_line as one_line  # how a name becomes a span of text
from sts_tui.start_up.named_tuple import NamedTuple
from sts_tui.tui.text.symbols import ELLIPSIS, RULE

Style: TypeAlias = Literal[
    "plain",
    "muted",
    "strong",
    "title",
    "key",
    "allow",
    "deny",
    "denied",
    "undecided",
    "refused",
    "active",
    "expiring",
    "revoked",
    "expired",
    "marker",
    "warning",
    "json-key",
    "json-string",
    "json-number",
    "json-word",
    "json-punctuation",
    "matched",
    "found",
    "heading",
    "acting",
]


class _Span(NamedTuple):
    text: str
    style: Style


class Span(_Span):
    """Some text in one style. Control characters, including line breaks, are escaped as `one_line` does, so
    callers can pass any text.
    """

    __slots__ = ()

    def __new__(cls, text: str, style: Style = "plain") -> Span:
        return tuple.__new__(cls, (text if text.isprintable() else one_line(text), style))


Line: TypeAlias = tuple[Span, ...]


def line(*parts: str | Span | tuple[str, Style]) -> Line:
    """`line("left ", ("48:36", "expiring"))`"""
    return tuple(Span(part) if isinstance(part, str) else Span(*part) for part in parts)


def text_of(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans)


def width_of(spans: Iterable[Span]) -> int:
    total = 0
    for text, _ in spans:  # a sum of calls takes thrice as long, and a key asks for hundreds of widths
        total += len(text) if text.isascii() else cell_len(text)
    return total


def cells(text: str) -> int:
    """How many cells `text` takes on the screen."""
    return len(text) if text.isascii() else cell_len(text)


_WITHIN_NAME: Final = 3
_WITHOUT_HEAD: Final = 2
_SHORT_END: Final = 4
_WITHOUT_END: Final = 8
"""What a cut costs, in cells: within a name, without any beginning, with an end of less than a third, without
any.
"""
_JOINS: Final = f" -_.{ELLIPSIS}"


@lru_cache(maxsize=8192)
def shorten(text: str, width: int, *, middle: bool = False) -> str:
    """`text` in at most `width` cells; what is cut is shown by an ellipsis, for ARNs in the middle.

    It is cut between words, also those of a name (`PutRole…`). Only a text of which neither the first nor the
    last word fits is cut within a word.
    """
    if cells(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    if len(text) > 8 * width:  # what is far from both ends is not shown
        text = text[: 4 * width] + text[-4 * width :]
    if not middle and (kept := _whole_words(text, width - 1)):
        return kept + ELLIPSIS
    head, tail = _between_words(text, width - 1)
    if head or tail:
        return text[:head].rstrip(_JOINS) + ELLIPSIS + text[len(text) - tail :].lstrip(_JOINS)
    return _within_word(text, width, middle)


def _within_word(text: str, width: int, middle: bool) -> str:
    if not middle:
        short = _head(text, width - 1).rstrip(_JOINS) + ELLIPSIS
    else:
        tail = (width - 1) * 2 // 3
        short = _head(text, width - 1 - tail).rstrip(" ") + ELLIPSIS + _last_cells(text, tail)
    return short if cells(short) <= width else set_cell_size(short, width)  # marks may widen what precedes


_JOINT, _CAPITAL, _SMALL, _DIGIT, _CASELESS = range(5)
"""What a character is in a word; a joint, which is no letter or digit, is in none."""


def _kind(char: str) -> int:
    if not char.isalnum():
        return _JOINT
    if char.isupper():
        return _CAPITAL
    return _SMALL if char.islower() else _DIGIT if char.isdigit() else _CASELESS


_KINDS: Final = bytes(_kind(chr(code)) for code in range(256))
"""By code: ASCII has names, ids and ARNs, and is translated at once."""


@lru_cache(maxsize=4096)
def word_ends(text: str) -> Mapping[int, int]:
    """Where a text can be cut, and the cells that it costs: beside what is no letter or digit, and rather not
    before a capital or a number within a word. An identifier as `ASIARTX3GSDS5HJEXADR` has no words.
    """
    kinds = text.encode().translate(_KINDS) if text.isascii() else bytes(map(_kind, text))
    found: dict[int, int] = {}
    before, last = _CASELESS, len(kinds) - 1
    for at, kind in enumerate(kinds):
        if not (kind and before):
            found[at] = 0
        elif kind == _CAPITAL:
            if before == _SMALL or (at < last and kinds[at + 1] == _SMALL):
                found[at] = _WITHIN_NAME
        elif (before == _SMALL and kind == _DIGIT) or (before == _DIGIT and kind == _SMALL):
            found[at] = _WITHIN_NAME
        before = kind
    found.pop(0, None)
    return found


def _whole_words(text: str, width: int) -> str:
    """The longest beginning of whole words: of prose rather whole ones, if that is most of it."""
    fits = [at for at in word_ends(text) if cells(text[:at]) <= width]
    at_space = max((at for at in fits if text[at] == " "), default=0)
    at = at_space if 2 * at_space > width else max(fits, default=0)
    return text[:at].rstrip(" ,;:(+" if at == at_space else _JOINS)


def _between_words(text: str, width: int) -> tuple[int, int]:
    """Characters of the beginning and of the end that together keep most of a text, both of whole words,
    rather more of the end; (0, 0) where neither the first nor the last word fits.
    """
    ends = word_ends(text)
    sizes = dict.fromkeys(ends, 0) if text.isascii() else {at: cells(text[:at]) - at for at in ends}
    whole = cells(text)
    heads = [(end, end + sizes.get(end, 0), other) for end, other in {0: _WITHOUT_HEAD, **ends}.items()]
    best, most = (0, 0), -99.0
    for at, cost in {**ends, len(text): 0}.items():
        tail = whole - at - sizes.get(at, whole - len(text))
        if tail > width:
            continue
        cost += 0 if tail * 3 >= width else _SHORT_END if tail else _WITHOUT_END
        for end, head, other in heads:
            if end > at or head + tail > width:
                break  # longer ones follow
            if head + tail:
                worth = head + tail - cost - other + min(tail, width // 2) / 4 + head / 100
                if worth > most and (text[:end] + text[at:]).strip(_JOINS):
                    best, most = (end, len(text) - at), worth
    return best


def _last_cells(text: str, width: int) -> str:
    return text[-width:] if text.isascii() else set_cell_size(text[::-1], width)[::-1].lstrip(" ")


def fit(
    spans: Sequence[Span], width: int, *, right: bool = False, middle: bool = False, used: int | None = None
) -> Line:
    """Exactly `width` cells: shortened or padded. `used`: cells of `spans`, where they are known."""
    total = width_of(spans) if used is None else used
    if total > width:
        if len(spans) == 1 or middle:
            spans = longest_shortened(spans, width, middle=middle)
        else:
            spans = _cut(spans, width)
        total = width_of(spans)
    if total == width:
        return tuple(spans)
    pad = _blank(width - total)
    return (pad, *spans) if right else (*spans, pad)


@lru_cache(maxsize=256)
def _blank(width: int) -> Span:
    return Span(" " * width)


def longest_shortened(spans: Sequence[Span], width: int, *, middle: bool) -> Line:
    """The longest span gives way to the others; where even that is not enough the end is cut."""
    longest = max(range(len(spans)), key=lambda index: cells(spans[index].text))
    left = max(1, width - width_of(spans) + cells(spans[longest].text))
    short = Span(shorten(spans[longest].text, left, middle=middle), spans[longest].style)
    shortened = (*spans[:longest], short, *spans[longest + 1 :])
    return shortened if width_of(shortened) <= width else _cut(shortened, width)


def _cut(spans: Sequence[Span], width: int) -> Line:
    kept: list[Span] = []
    left = width
    for span in spans:
        size = cells(span.text)
        if size > left or (size == left and span is not spans[-1]):
            short = shorten(span.text + " ", left)
            if span.text.startswith(RULE * 2):  # a line that is drawn to the edge
                kept.append(Span(span.text[:left], span.style))
                break
            is_within_word = bool(kept) and not _whole_words(span.text + " ", left - 1)
            kept.append(Span(ELLIPSIS[:left] if is_within_word else short, span.style))
            break
        kept.append(span)
        left -= size
    return tuple(kept)


LITTLE = 8
"""Cells of the indent where the column that a line continues has less than half of the width."""
LEAST_OF_A_WORD = 12
"""Cells at the end of a line in which a word that is longer than any line begins."""
_OPENING: Final = "\"'([{<$"
_BEFORE_OPENING: Final = ",:=/([{"


def wrap(spans: Sequence[Span], width: int, *, indent: int = 0) -> list[Line]:
    """Lines of at most `width` cells, broken at spaces where possible; later ones begin at `indent`, or
    further left where that leaves less than half of the width. What closes a word, as a comma or a bracket,
    stays with it.
    """
    if width_of(spans) <= width or width < 8:
        return [tuple(spans)]
    indent = indent if indent <= width // 2 else min(LITTLE, width // 2)
    lines: list[Line] = []
    current: list[Span] = []
    used = 0
    for word in _words(spans):
        size = width_of(word)
        is_endless = size > width - indent and _begins_well(text_of(word), width - used)
        if used + size > width and used > (indent if lines else 0) and not is_endless:
            lines.append(tuple(current))
            current, used = [Span(" " * indent)], indent
            word = [Span(word[0].text.lstrip(" "), word[0].style), *word[1:]]
            size = width_of(word)
        while used + size > width:
            end = _end_of_line(text_of(word), width - used)
            lines.append((*current, *_part(word, 0, end)))
            word = _part(word, end)
            current, used, size = [Span(" " * indent)], indent, width_of(word)
        current += word
        used += size
    lines.append(tuple(current))
    return lines


def _begins_well(text: str, width: int) -> bool:
    """Whether a word that no line would hold begins in the rest of a line; not if an id in it were cut."""
    if width < LEAST_OF_A_WORD:
        return False
    end = _end_of_line(text, width)
    return end in word_ends(text[: end + 1])


@lru_cache(maxsize=4096)
def _end_of_line(text: str, width: int) -> int:
    """How many characters of a word that is too long stay on the line."""
    end = min(len(_head(text, width)), max(1, _last_word(text)))
    ends = {at: cost for at, cost in word_ends(text[: end + 1]).items() if _can_begin_line(text, at)}
    strings = [at for at in ends if text[at] in _OPENING]  # of JSON rather whole strings than parts of one
    whole_words = [at for at, cost in ends.items() if cost == 0]
    for places in (strings, whole_words, ends):
        whole = max(places, default=0)
        if 2 * whole > end:
            return whole
    return end


def _last_word(text: str) -> int:
    """Where the last letters and digits begin; what follows them stays with them."""
    body = text
    while body and not body[-1].isalnum():
        body = body[:-1]
    last = len(body)
    while last and body[last - 1].isalnum():
        last -= 1
    return last or max(0, len(body) - 1) or len(text)


def _can_begin_line(text: str, at: int) -> bool:
    """Whether a line may begin here: not with what joins two words, or closes one, nor within an instant."""
    before, after = text[at - 1], text[at]
    if after in _OPENING:
        return before in _BEFORE_OPENING
    is_date = before in "-:" and after.isdigit() and text[at - 2 : at - 1].isdigit()
    return after.isalnum() and not is_date and (before not in _OPENING or text[at - 2 : at - 1].isalnum())


def _part(word: Sequence[Span], start: int, end: int | None = None) -> list[Span]:
    """The spans of a word between two characters."""
    found, at = [], 0
    for text, style in word:
        part = text[max(0, start - at) : None if end is None else max(0, end - at)]
        if part:
            found.append(Span(part, style))
        at += len(text)
    return found


def _head(text: str, width: int) -> str:
    """The longest beginning that fits; a wide character that does not fit whole stays out."""
    head = set_cell_size(text, width)
    while not text.startswith(head):  # padded, where a wide character would have been cut
        head = head[:-1]
    return head


def _is_symbol(text: str) -> bool:
    return len(text) == 1 and not text.isalnum() and text not in _BEFORE_OPENING


def _words(spans: Sequence[Span]) -> Iterable[list[Span]]:
    """What stays together: up to the spaces after it, over several spans where no space is between them. A
    symbol stays with the word after it: `✖ DENY!`.
    """
    word: list[Span] = []
    for text, style in spans:
        start = 0
        if word and text[:1] in ("", " "):
            yield word
            word = []
        for position, char in enumerate(text):
            if char == " " and text[position + 1 : position + 2] not in ("", " "):
                if not word and _is_symbol(text[start:position].strip(" ")):
                    continue
                yield [*word, Span(text[start : position + 1], style)]
                word, start = [], position + 1
        if start < len(text):
            word.append(Span(text[start:], style))
            if text[-1] == " ":
                yield word
                word = []
    if word:
        yield word
