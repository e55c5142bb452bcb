"""Could a Resource pattern match an ARN of the form that AWS documents?

AWS's lists give the ARNs of a resource type as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, and a
policy holds patterns such as `arn:aws:s3:::data*`. Both stand for many texts: the question is whether they
have one in common.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html#resources_table
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern

_GAP: Final = lazy_pattern(r"\$\{([^}]*)\}|(\*)")
_ACCOUNT: Final = lazy_pattern(r"[0-9]*|aws|.*[*?].*")
"""What can be meant as the account of an ARN."""
_WITHOUT_SLASH: Final = frozenset({"BucketName"})
"""Placeholders without slashes; others may be names with paths."""


@lru_cache(maxsize=65536)
def can_match(pattern: str, shape: str) -> bool:
    """Whether a Resource pattern matches some ARN of a documented shape.

    A pattern that is not an ARN, or holds policy variables, may match anything.
    """
    wanted = pattern.split(":", 5)
    if "${" in pattern or len(wanted) < 6:
        return True
    return any(_segments_meet(wanted, one.split(":", 5)) for one in shape.split(", "))


def _segments_meet(wanted: list[str], given: list[str]) -> bool:
    """Wildcards before the resource part stay within their segment, but for a `*` at the end of the Region
    that replaces the account as well: `arn:aws:lambda:*:function:x`.
    """
    if wanted[3].endswith("*") and not _ACCOUNT.fullmatch(wanted[4]):
        wanted = [*wanted[:4], "*", ":".join(wanted[4:])]
    return len(given) == 6 and all(
        _meet(pattern, shape) for pattern, shape in zip(wanted, given, strict=True)
    )


@lru_cache(maxsize=65536)
def _meet(pattern: str, shape: str) -> bool:
    """Whether one text fits both."""
    if pattern == "*":
        return True
    written, begun = _WILDCARD.split(pattern, 1)[0], _GAP.split(shape, 1)[0]
    if written == pattern:
        return _texts(shape).fullmatch(pattern) is not None
    common = min(len(written), len(begun))
    return written[:common] == begun[:common] and _have_a_text_in_common(pattern, _parts(shape))


_WILDCARD: Final = lazy_pattern(r"[*?]")
_ANY: Final = "any text"
_NO_SLASH: Final = "any text without a slash"


def _have_a_text_in_common(pattern: str, parts: tuple[str, ...]) -> bool:
    """All pairs of places that the two can have come to, reading one text together."""
    left = [(0, 0)]
    seen = set(left)
    while left:
        at, part = left.pop()
        sign = pattern[at] if at < len(pattern) else ""
        gap = parts[part] if part < len(parts) else ""
        if not sign and not gap:
            return True
        onward = []
        if sign == "*":
            onward.append((at + 1, part))
        if gap in (_ANY, _NO_SLASH):
            onward.append((at, part + 1))
        if sign and gap and _share_a_character(sign, gap):
            onward.append((at + (sign != "*"), part + (gap not in (_ANY, _NO_SLASH))))
        for pair in onward:
            if pair not in seen:
                seen.add(pair)
                left.append(pair)
    return False


def _share_a_character(sign: str, gap: str) -> bool:
    if gap == _ANY or sign in "*?":
        return True
    return sign != "/" if gap == _NO_SLASH else sign == gap


@lru_cache(maxsize=4096)
def _parts(shape: str) -> tuple[str, ...]:
    """Characters one by one, and gaps by what they may contain."""
    parts: list[str] = []
    end = 0
    for gap in _GAP.finditer(shape):
        parts.extend(shape[end : gap.start()])
        parts.append(_NO_SLASH if gap[1] in _WITHOUT_SLASH else _ANY)
        end = gap.end()
    return (*parts, *shape[end:])


@lru_cache(maxsize=4096)
def _texts(shape: str) -> re.Pattern[str]:
    """Every text of a shape, where a pattern has no wildcards to try."""
    gaps = {_ANY: ".*", _NO_SLASH: "[^/]*"}
    return re.compile("".join(gaps.get(part) or re.escape(part) for part in _parts(shape)), re.DOTALL)
