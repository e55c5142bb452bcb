"""What does a call of a real client leave in memory? Bytes are counted: the log keeps every request."""

from __future__ import annotations

import gc
import tracemalloc

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.authorizer import LoggedQuestion
from sts_tui.simulation.events import RequestAnswered

CALLS = 60
WARM = 60


def kept_per_call(sim: Simulation) -> float:
    """Bytes per call that are still used after this many equal calls."""
    client = session(sim, "alice").client("s3")

    def call(times: int) -> None:
        for _ in range(times):
            client.put_object(Bucket="own", Key="k", Body=b"x")

    call(WARM)
    gc.collect()
    tracemalloc.start(1)
    try:
        call(CALLS)
        gc.collect()
        measured = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    ours = measured.filter_traces([tracemalloc.Filter(inclusive=True, filename_pattern="*/sts_tui/*")])
    return sum(trace.size for trace in ours.traces) / CALLS


def test_equal_calls_share_what_they_brought(sim: Simulation) -> None:
    assert kept_per_call(sim) < 700

    requests = [one for one in sim.events if isinstance(one, RequestAnswered)][-2:]
    first, second = requests
    assert first.client is second.client
    assert isinstance(first.recall, LoggedQuestion)
    assert first.recall.context is second.recall.context


def test_a_full_log_grows_no_more(sim: Simulation) -> None:
    sim.set("RequestLogSize", 20)
    assert kept_per_call(sim) < 200


def test_calls_that_differ_keep_what_they_brought(sim: Simulation) -> None:
    """Sharing goes by value: another header is another context."""
    client = session(sim, "alice").client("s3")
    for acl in ("private", "public-read", "private"):
        client.put_object(Bucket="own", Key="k", Body=b"x", ACL=acl)
    recalled = [one.recall for one in sim.events if isinstance(one, RequestAnswered)][-3:]
    assert [one.context["s3:x-amz-acl"] for one in recalled] == ["private", "public-read", "private"]
    assert recalled[0].context is recalled[2].context
