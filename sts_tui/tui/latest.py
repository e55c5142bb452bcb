"""How does a screen show, at every key, what takes longer than a frame? A thread answers the newest question.

States: idle, or one thread that answers the newest question and then looks for a newer one. A question that
is replaced before its turn is never answered, and an answer that is no longer wanted is never shown. Keys do
not wait, except on screens that move only by a step, as in pictures and tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual.app import App

Q = TypeVar("Q")
R = TypeVar("R")


class Latest(Generic[Q, R]):
    """Answers questions of one kind: `compute` in the thread, only reading; `show` between two keys."""

    def __init__(
        self, app: App[Any], compute: Callable[[Q], R], show: Callable[[R], None], *, patience: float = 0.0
    ) -> None:
        """`patience`: seconds that `ask` waits for the answer."""
        self._app = app
        self._compute = compute
        self._show = show
        self._patience = patience
        self._lock = threading.Lock()
        self._serial = 0
        self._waiting: tuple[int, Q] | None = None
        self._is_running = False

    def ask(self, question: Q) -> None:
        """Replaces the question; returns at once, or after `patience`."""
        with self._lock:
            self._serial += 1
            self._waiting = (self._serial, question)
            begins = not self._is_running
            self._is_running = True
        answered = threading.Event()
        if begins:
            threading.Thread(target=self._run, args=(answered,), name="latest", daemon=True).start()
        if begins and self._patience:
            answered.wait(self._patience)

    def drop(self) -> None:
        """Discards the question: no answer is wanted now, for example because the screen was closed."""
        with self._lock:
            self._serial += 1
            self._waiting = None

    def _run(self, answered: threading.Event) -> None:
        while True:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                if waiting is None:
                    self._is_running = False
                    break
            serial, question = waiting
            try:
                result = self._compute(question)
            except Exception as error:
                self._app.call_later(self._fail, error)
            else:
                self._app.call_later(self._answer, serial, result)
        answered.set()

    def _answer(self, serial: int, result: R) -> None:
        if serial == self._serial:
            self._show(result)

    @staticmethod
    def _fail(error: Exception) -> None:
        raise error
