"""How are two wildcard patterns related: does one cover the other, and which text do both match?

`*` stands for any text, `?` for one character, and other characters for themselves.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def covers(wider: str, narrower: str) -> bool:
    """Whether every text that matches `narrower` matches `wider`.

    The alphabet is assumed to be unlimited, so that only a `*` covers a `*`.
    """
    reachable = {0}
    for char in (*narrower, ""):
        reachable = _skipping_stars(wider, reachable)
        if char == "":
            return len(wider) in reachable
        following: set[int] = set()
        for place in reachable - {len(wider)}:
            if wider[place] == "*":
                following.add(place)
            elif (wider[place] == "?" and char != "*") or (wider[place] == char and char not in "*?"):
                following.add(place + 1)
        if char == "*":  # only a star matches any text, including an empty one
            following = {place for place in following if wider[place] == "*"}
        reachable = following
    return False


def _skipping_stars(pattern: str, places: set[int]) -> set[int]:
    """The positions, and those that follow if stars match an empty text."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return found


def meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    return common_text(one, other) is not None


@lru_cache(maxsize=4096)
def common_text(one: str, other: str, filling: str = "x") -> str | None:
    """A text that matches both patterns, with `filling` for wildcards; None if there is none."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[int, int, str]] = [(0, 0, "")]
    while waiting:
        here, there, text = waiting.pop()
        if (here, there) in seen:
            continue
        seen.add((here, there))
        if here == len(one) and there == len(other):
            return text
        left, right = one[here : here + 1], other[there : there + 1]
        if left == "*":
            waiting.append((here + 1, there, text))
        if right == "*":
            waiting.append((here, there + 1, text))
        if left == "*" and right == "*":
            waiting.append((here + 1, there + 1, text + filling))
        elif left and right:
            char = _common(left, right, filling)
            if char is not None:
                waiting.append(
                    (here if left == "*" else here + 1, there if right == "*" else there + 1, text + char)
                )
    return None


def _common(left: str, right: str, filling: str) -> str | None:
    """The text for one step of both patterns: the literal of either, else `filling`."""
    wild = ("*", "?")
    if left in wild and right in wild:
        return filling[0]
    if left in wild:
        return right
    if right in wild or left == right:
        return left
    return None
