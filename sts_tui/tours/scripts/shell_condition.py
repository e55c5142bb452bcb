"""What is the exit status of `[ … ]`, `[[ … ]]` and `test`?"""

from __future__ import annotations

from collections.abc import Sequence

from sts_tui.tours.scripts.shell_words import NotTranslatedError


def test_status(words: Sequence[str]) -> int:
    """`[ -z TEXT ]`, `[ A = B ]` and their kind. Raises NotTranslatedError for the others."""
    given = [word for word in words if word not in ("]", "]]")]
    match given:
        case ["-z", *rest]:
            return int(bool("".join(rest)))
        case ["-n", *rest]:
            return int(not "".join(rest))
        case [one, "=" | "==", other]:
            return int(one != other)
        case [one, "!=", other]:
            return int(one == other)
        case _:
            raise NotTranslatedError(f"the test [ {' '.join(given)} ] is not computed")
