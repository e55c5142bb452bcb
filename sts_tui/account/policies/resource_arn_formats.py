"""Can a Resource pattern match any ARN of the form that AWS documents?

AWS's lists give the ARNs of a resource type as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, called a
*shape* here. A policy has patterns such as `arn:aws:s3:::data*`. Both stand for many texts; the question is
whether they have one in common.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html#resources_table
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.start_up.named_tuple import NamedTuple

_GAP: Final = lazy_pattern(r"\$\{([^}]*)\}|(\*)")
_ACCOUNT: Final = lazy_pattern(r"[0-9]*|aws|.*[*?].*")
"""Texts that can match the account of an ARN."""
_WITHOUT_SLASH: Final = frozenset({"BucketName"})
"""Placeholders whose values have no slashes. Others may be names with paths."""


def can_match_any(patterns: Sequence[str], shapes: tuple[str, ...]) -> bool:
    """Whether one of the Resource patterns matches some ARN of one of the documented shapes."""
    if not shapes:
        return False
    fits = any_arn_of(shapes).fullmatch  # the fast check first: most patterns are ARNs of a shape
    for pattern in patterns:
        if fits(pattern):
            return True
    return wildcards_can_match(patterns, shapes)


def wildcards_can_match(patterns: Sequence[str], shapes: tuple[str, ...]) -> bool:
    """The same, for patterns that as literal texts are not ARNs of these shapes (`any_arn_of`)."""
    others, digits = _alike(shapes)
    for pattern in patterns:
        simple = digits.sub("0", others.sub("\0", pattern))
        for shape in shapes:
            if can_match(simple, shape):
                return True
    return False


@lru_cache(maxsize=4096)
def _alike(shapes: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for runs of characters, and runs of digits, that occur in none of the shapes. Such a run can
    be replaced by one character without changing the result.

    Only a placeholder matches such a character, and it matches one as well as many. So thousands of names in
    the same form of ARN become a few patterns, whose results are cached. Digits are separate because account
    ids consist of them.
    """
    written = {*"".join(shapes), *":/*?${}\n", *"aws", *"0123456789"}
    digits = set("0123456789").difference("".join(shapes))
    alike = f"[{''.join(sorted(digits))}]+" if digits else r"(?!)"
    return re.compile(f"[^{re.escape(''.join(sorted(written)))}]+"), re.compile(alike)


@lru_cache(maxsize=65536)
def can_match(pattern: str, shape: str) -> bool:
    """Whether a Resource pattern matches some ARN of a documented shape.

    A pattern that is not an ARN, or contains policy variables, may match anything.
    """
    if "${" in pattern or _any_text(shape).fullmatch(pattern):
        return True  # as a literal text it is an ARN of the shape, and a pattern matches itself
    wanted = pattern.split(":", 5)
    if len(wanted) < 6:
        return True
    for given in _segments_of(shape):  # noqa: SIM110 - any() with a generator takes longer, in large files
        if _segments_meet(wanted, given):
            return True
    return False


@lru_cache(maxsize=4096)
def _segments_of(shape: str) -> tuple[list[str], ...]:
    return tuple(one.split(":", 5) for one in shape.split(", "))


def _any_text(shape: str) -> re.Pattern[str]:
    """A regular expression for all ARNs of a shape."""
    return any_arn_of((shape,))


@lru_cache(maxsize=4096)
def any_arn_of(shapes: tuple[str, ...]) -> re.Pattern[str]:
    """A regular expression for all ARNs of the documented shapes, at least one. Only the last segment of an
    ARN contains colons; shapes that share the segments before it have them only once in the expression.
    """
    lasts: dict[str, list[str]] = {}
    for shape in shapes:
        for segments in _segments_of(shape):
            *firsts, last = [_written_texts(one) for one in segments]
            head = "".join(f"{one.replace('.*', '[^:]*')}:" for one in firsts)
            lasts.setdefault(head, []).append(last)
    return re.compile("|".join(f"{head}(?:{'|'.join(each)})" for head, each in lasts.items()), re.DOTALL)


def _segments_meet(wanted: list[str], given: list[str]) -> bool:
    """Wildcards before the resource part match only within their segment, except a `*` at the end of the
    Region, which can match the account too: `arn:aws:lambda:*:function:x`.
    """
    if len(given) != 6 or (wanted[2] != given[2] and not _meet(wanted[2], given[2])):
        return False  # another service: the usual reason for no match
    if wanted[3].endswith("*") and not _ACCOUNT.fullmatch(wanted[4]):
        wanted = [*wanted[:4], "*", ":".join(wanted[4:])]
    for pattern, shape in zip(wanted, given, strict=True):
        if pattern != "*" and not _meet(pattern, shape):
            return False
    return True


@lru_cache(maxsize=65536)
def _meet(pattern: str, shape: str) -> bool:
    """Whether one text matches both."""
    if pattern == "*":
        return True
    written, begun = _WILDCARD.split(pattern, 1)[0], _GAP.split(shape, 1)[0]
    if written == pattern:
        return _texts(shape).fullmatch(pattern) is not None
    common = min(len(written), len(begun))
    return written[:common] == begun[:common] and _have_a_text_in_common(pattern, shape)


_WILDCARD: Final = lazy_pattern(r"[*?]")
_ANY: Final = "any text"
_NO_SLASH: Final = "any text without a slash"


def _have_a_text_in_common(pattern: str, shape: str) -> bool:
    """Read the pattern from left to right and keep the set of positions in the shape that a matching text can
    have reached, one bit for each (Thompson's simulation).

    https://swtch.com/~rsc/regexp/regexp1.html
    """
    places = _places(shape)
    state = places.beyond_gaps(1)
    for sign in pattern:
        if sign == "*":  # any text: all positions from the first one on
            state = (places.goal << 1) - (state & -state)
            continue
        if sign == "?":
            moved, stay = places.letters, places.gaps
        else:
            moved = places.by_letter.get(sign, 0)
            stay = places.gaps & ~places.without_slash if sign == "/" else places.gaps
        state = places.beyond_gaps((state & moved) << 1 | state & stay)
        if not state:
            return False
    return bool(state & places.goal)


class _Places(NamedTuple):
    """The positions in a shape, as bits: before its first character or placeholder, before the next, …"""

    by_letter: dict[str, int]
    """Character → positions that it follows."""
    letters: int
    gaps: int
    without_slash: int
    """The placeholders whose values have no slash."""
    goal: int
    """The position at the end."""

    def beyond_gaps(self, state: int) -> int:
        """The state, with the positions after placeholders that may be empty."""
        while (more := state | (state & self.gaps) << 1) != state:
            state = more
        return state


@lru_cache(maxsize=4096)
def _places(shape: str) -> _Places:
    by_letter: dict[str, int] = {}
    gaps = without_slash = 0
    parts = _parts(shape)
    for place, part in enumerate(parts):
        if part in (_ANY, _NO_SLASH):
            gaps |= 1 << place
            without_slash |= (part == _NO_SLASH) << place
        else:
            by_letter[part] = by_letter.get(part, 0) | 1 << place
    goal = 1 << len(parts)
    return _Places(by_letter, goal - 1 & ~gaps, gaps, without_slash, goal)


@lru_cache(maxsize=4096)
def _parts(shape: str) -> tuple[str, ...]:
    """The characters of a shape, and for each placeholder what it may contain."""
    parts: list[str] = []
    end = 0
    for gap in _GAP.finditer(shape):
        parts.extend(shape[end : gap.start()])
        parts.append(_NO_SLASH if gap[1] in _WITHOUT_SLASH else _ANY)
        end = gap.end()
    return (*parts, *shape[end:])


@lru_cache(maxsize=4096)
def _texts(shape: str) -> re.Pattern[str]:
    """A regular expression for all texts of a shape, for patterns without wildcards."""
    return re.compile(_written_texts(shape), re.DOTALL)


def _written_texts(shape: str) -> str:
    """The regular expression as text."""
    parts: list[str] = []
    end = 0
    for gap in _GAP.finditer(shape):
        parts += re.escape(shape[end : gap.start()]), "[^/]*" if gap[1] in _WITHOUT_SLASH else ".*"
        end = gap.end()
    return "".join((*parts, re.escape(shape[end:])))
