"""How are regular expressions of other packages compiled on first use instead of on import?

Textual compiles the grammar of its style sheets on import, and `fractions` a pattern for numbers. The first
frame needs neither (`tui/start/kept_styles.py`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

_METHODS: Final = frozenset(("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"))


_waiting: list[LaterPattern] = []
"""Those that `compile_next` has not compiled."""


class LaterPattern:
    """Like the pattern that `re.compile` returns, but compiled when a method is called or an attribute is
    read. Reading a method without calling it (`match = pattern.match`) does not compile it.
    """

    def __init__(self, text: str, flags: int) -> None:
        self._written = (text, flags)
        self._compiled: re.Pattern[str] | None = None
        _waiting.append(self)

    def compile(self) -> re.Pattern[str]:
        """Compile it, once."""
        if self._compiled is None:
            self._compiled = re.compile(*self._written)
        return self._compiled

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copy and pickle ask for methods that a pattern does not have
            raise AttributeError(name)
        value = self._method(name) if name in _METHODS else getattr(self.compile(), name)
        setattr(self, name, value)
        return value

    def _method(self, name: str) -> Callable[..., Any]:
        compiled: Callable[..., Any] | None = None

        def call(*given: object, **named: object) -> Any:
            nonlocal compiled
            if compiled is None:
                compiled = getattr(self.compile(), name)
            return compiled(*given, **named)

        return call


@contextmanager
def compiling_later(modules: Collection[str]) -> Iterator[None]:
    """While the named `modules` are imported, their patterns become a `LaterPattern`. They may use only
    methods of their patterns: functions such as `re.sub` do not accept one that is not compiled.
    """
    compile_now: Any = re.compile

    def compile_for(pattern: Any, flags: Any = 0) -> Any:
        if sys._getframe(1).f_globals.get("__name__") in modules:
            return LaterPattern(pattern, flags)
        return compile_now(pattern, flags)

    re.compile = compile_for
    try:
        yield
    finally:
        re.compile = compile_now


def compile_next() -> bool:
    """Compile the pattern that has waited longest, at most 10 ms; whether there was one. For moments in which
    nobody waits, so that the first use does not wait.
    """
    if not _waiting:
        return False
    _waiting.pop(0).compile()
    return True
