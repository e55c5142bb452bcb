"""How do similar requests share their values in the log? A client sends the same User-Agent, headers and
Region thousands of times, each time as new objects. The log keeps these values as long as the request; equal
values are kept only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, Final

from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.simulation.events import ClientCall

_SIZE: Final = 512
"""How many contexts are always kept; a client that calls in a loop needs one for each operation."""


class SharedValues:
    """The contexts and clients of the last requests."""

    def __init__(self) -> None:
        self._contexts: BoundedCache[tuple[tuple[str, Any], ...], dict[str, Any]] = BoundedCache(_SIZE)
        self._clients: BoundedCache[ClientCall, ClientCall] = BoundedCache(_SIZE)

    def context(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context, or an equal one of an earlier request, by condition key. It must not be changed."""
        texts = {intern(key): _kept(value) for key, value in context.items()}
        try:
            key = tuple(texts.items())
            found = self._contexts.get(key)
        except TypeError:  # a list of tags
            return texts
        if found is None:
            self._contexts.put(key, found := texts)
        return found

    def client(self, call: ClientCall) -> ClientCall:
        """The client call, or an equal earlier one."""
        found = self._clients.get(call)
        if found is None:
            self._clients.put(call, found := call)
        return found


def _kept(value: Any) -> Any:
    return intern(value) if type(value) is str else value
