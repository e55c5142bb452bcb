"""For all tests: Hypothesis reads no clock, compiled modules are kept, and collected tests are no garbage."""

from __future__ import annotations

import gc
import os
import signal
import sys

from hypothesis import HealthCheck, settings

from tests.support.examples import examples

settings.register_profile(
    "without-a-clock",
    parent=settings(),
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("without-a-clock")

# Each process of a run, and the interpreters that tests start, would compile all modules again:
# forty seconds of processor time in a full run.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A run in the background of a script ignores ctrl+c, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Thousands of test items never become garbage, but each full collection would visit them: a tenth of
# the processor time. https://docs.python.org/3/library/gc.html#gc.freeze
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_unconfigure() -> None:
    """The process ends: pytest's five full collections for errors of finalizers need not visit all that is
    left.
    """
    gc.freeze()
