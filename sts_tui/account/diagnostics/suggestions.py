"""Which known word was probably meant?"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar to `word`; None if none is similar enough."""
    from difflib import get_close_matches  # slow to import, and needed only for errors

    by_lower = {candidate.lower(): candidate for candidate in known}
    lowered = word.lower()
    if lowered in by_lower:
        return by_lower[lowered]
    found = get_close_matches(lowered, by_lower, n=3, cutoff=0.6)
    return next((by_lower[near] for near in found if _differ_little(lowered, near)), None)


def _differ_little(one: str, other: str) -> bool:
    """Whether two texts are still similar without the segments that both begin with. The ARNs of two users of
    one account have most of their text in common, which does not make them similar.
    """
    from difflib import SequenceMatcher
    from os.path import commonprefix

    shared = commonprefix((one, other))
    start = max(shared.rfind(":"), shared.rfind("/")) + 1
    return SequenceMatcher(None, one[start:], other[start:]).ratio() >= 0.5


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a `Diagnostic`; empty if no known word is similar enough."""
    found = nearest(word, known)
    return f'did you mean "{found}"?' if found else ""
