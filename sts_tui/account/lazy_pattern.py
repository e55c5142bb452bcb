"""How is a regular expression written that is compiled only when it is first used?

Compiling takes 50 to 2,000 µs, and most commands use a small part of the patterns of the modules that they
load. `lazy_pattern` is for module level and tables; inside a function, use `re.compile` and a cache.
"""

from __future__ import annotations

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, but the text is compiled at the first use of a method or attribute: an error in it
    raises `re.error` only then.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))


class _LazyPattern:
    """Takes each attribute from the compiled pattern once; after that it is an attribute of its own, as fast
    as the pattern's.
    """

    def __init__(self, text: str, flags: int) -> None:
        self._written = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copy and pickle look for methods that a pattern does not have
            raise AttributeError(name)
        value = getattr(re.compile(*self._written), name)
        setattr(self, name, value)
        return value
