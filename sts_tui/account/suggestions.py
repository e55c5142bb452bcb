"""The nearest known word to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be; None where none is near."""
    from difflib import get_close_matches  # slow to import, and only faults need it

    by_lower = {candidate.lower(): candidate for candidate in known}
    lowered = word.lower()
    if lowered in by_lower:
        return by_lower[lowered]
    found = get_close_matches(lowered, by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a `Problem`; empty where nothing is near."""
    found = nearest(word, known)
    return f'did you mean "{found}"?' if found else ""
