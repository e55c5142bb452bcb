"""How does a long computation run while keys and clock go on? In a thread of its own, one at a time.

A computation that is stopped ends at once, and none keeps the process alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from textual.app import App

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""(done, of)"""
PATIENCE: Final = 0.05
"""Seconds that a key may wait for a computation that is usually short."""
STEP: Final = 10
"""Percent between two reports of progress."""


class _StoppedError(BaseException):
    """Raised inside the thread of a computation that was stopped; nothing in between catches it."""


class _Job(threading.Thread):
    """One computation. Its thread is a daemon, so that the process can end without waiting for it."""

    def __init__(self, what: str, work: Callable[[], None]) -> None:
        super().__init__(name=f"background {what}", daemon=True)
        self.what = what
        self.is_stopped = False
        self.is_done = threading.Event()
        self.found: Any = None
        self.error: Exception | None = None
        self._work = work

    def run(self) -> None:
        try:
            self._work()
        except _StoppedError:
            return

    def stop(self) -> None:
        """Ends it at its next bytecode, so that a computation need not check whether it was stopped.
        https://docs.python.org/3/c-api/threads.html#c.PyThreadState_SetAsyncExc
        """
        import ctypes  # rarely needed, and not for the first frame

        self.is_stopped = True
        if self.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.ident), ctypes.py_object(_StoppedError)
            )


class Background:
    """Runs computations for `app`; `report` shows progress in words."""

    def __init__(
        self,
        app: App[Any],
        report: Callable[[str], None],
        fail: Callable[[Exception], object],
        patience: float = PATIENCE,
    ) -> None:
        self._app = app
        self._report = report
        self._fail = fail
        self.patience = patience
        """Seconds that `soon` waits; a screen that moves only on request waits longer."""
        self._job: _Job | None = None

    @property
    def is_still(self) -> bool:
        """Whether nothing moves by itself, as in pictures: every result is waited for."""
        return self.patience > PATIENCE

    @property
    def what(self) -> str:
        """What is being computed; empty where nothing is."""
        return self._job.what if self._job is not None else ""

    def run(self, what: str, compute: Callable[[Progress], T], show: Callable[[T], None]) -> None:
        """Computes in a thread, then calls `show` with the result between two keys.

        `compute` must only read; it may report progress. A computation that is running already is stopped.
        """
        self._begin(what, compute, show)
        self._report(f"{what} … esc cancels")

    def soon(self, what: str, compute: Callable[[Progress], T], show: Callable[[T], None]) -> None:
        """As `run`, for computations that are usually quick: the key waits a moment for the result, so that
        nothing flickers. Raises what `compute` raises within that moment.
        """
        job = self._begin(what, compute, show)
        if job.is_done.wait(self.patience):
            self._job, job.is_stopped = None, True  # what it has posted is no longer wanted
            if job.error is not None:
                raise job.error
            show(job.found)
        else:
            self._report(f"{what} … esc cancels")

    def _begin(self, what: str, compute: Callable[[Progress], T], show: Callable[[T], None]) -> _Job:
        self.stop()

        def work() -> None:
            reported = 0

            def progress(done: int, of: int) -> None:
                nonlocal reported
                percent = 100 * done // max(1, of) // STEP * STEP
                if percent > reported:
                    reported = percent
                    self._later(job, self._report, f"{what}: {percent} % … esc cancels")

            try:
                job.found = compute(progress)
            except Exception as error:
                job.error = error
            job.is_done.set()
            if job.error is not None:
                self._later(job, self._finish, self._fail, job.error)
            else:
                self._later(job, self._finish, show, job.found)

        job = self._job = _Job(what, work)
        job.start()
        return job

    def stop(self) -> bool:
        """Stops the computation; whether there was one."""
        job, self._job = self._job, None
        if job is None:
            return False
        job.stop()
        return True

    def _later(self, job: _Job, do: Callable[..., None], *arguments: Any) -> None:
        """Calls it between two keys, unless the job was stopped meanwhile. Never waits for the app."""

        def run() -> None:
            if not job.is_stopped:
                do(*arguments)

        self._app.call_later(run)

    def _finish(self, show: Callable[[Any], None], found: Any) -> None:
        self._job = None
        show(found)
