"""How is a regular expression declared that is compiled only when it is first used?

Compiling takes 50 to 2,000 µs, and most commands use only a few of the patterns in the modules that they
import. Use `lazy_pattern` at module level and in tables; inside a function, use `re.compile` and a cache.
"""

from __future__ import annotations

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, but the pattern is compiled on the first use of a method or attribute. An invalid
    pattern raises `re.error` only then.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))


class _LazyPattern:
    """Copies each attribute from the compiled pattern on first use, so that later uses are as fast as the
    pattern's.
    """

    def __init__(self, text: str, flags: int) -> None:
        self._written = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copy and pickle ask for methods that a pattern does not have
            raise AttributeError(name)
        value = getattr(re.compile(*self._written), name)
        setattr(self, name, value)
        return value
