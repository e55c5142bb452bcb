"""Time: one clock, a fixed order at every instant, nothing skipped, nothing growing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.simulation import busy_house
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.clock import SPEEDS, SimClock
from sts_tui.simulation.events import RequestAnswered, SessionExpired
from sts_tui.simulation.views.rows import role_rows, session_rows
from sts_tui.simulation.world import EXPIRED_SESSIONS_KEPT
from tests.accounts.policies import role_arn
from tests.accounts.small import assume, open_small, worker

START = datetime(2026, 1, 15, 9, tzinfo=UTC)


def test_a_clock_does_not_drift_however_often_it_is_read() -> None:
    clock = SimClock(anchor_reading=100.0, anchor_instant=START, speed=60)
    for step in range(1_000):
        clock.instant(100 + step * 0.0333)
    assert clock.instant(160.0) == START + timedelta(hours=1)


def test_a_clock_pauses_and_changes_speed_without_a_jump() -> None:
    clock = SimClock(anchor_reading=0.0, anchor_instant=START)
    clock = clock.paused(10.0)
    assert clock.instant(99.0) == START + timedelta(seconds=10)
    clock = clock.running(100.0).faster(101.0)
    assert (clock.speed, clock.instant(101.0)) == (10, START + timedelta(seconds=11))
    assert clock.instant(102.0) == START + timedelta(seconds=21)
    for _ in SPEEDS:
        clock = clock.faster(102.0)
    assert clock.speed == 600
    with pytest.raises(ValueError, match="speed 7"):
        clock.at_speed(7, 102.0)


def test_a_clock_that_is_behind_continues_from_where_the_simulation_got() -> None:
    sim = open_small(*(worker(f"w{number}", EverySeconds=1) for number in range(20)))
    clock = SimClock(anchor_reading=0.0, anchor_instant=sim.now, speed=600)
    reading = 0.0
    for _ in range(5):
        reading += 0.05
        reached = sim.advance_to(clock.instant(reading), at_most=40)
        clock = clock.behind(reached, reading)
    made = [
        event for event in sim.events if isinstance(event, RequestAnswered) and event.action == "s3:GetObject"
    ]
    seconds = int((sim.now - START).total_seconds())
    assert 5 <= seconds < 150
    assert len(made) == 20 * (seconds + 1)  # nothing was skipped on the way


def test_advancing_in_steps_is_advancing_at_once() -> None:
    at_once, in_steps = (Simulation.open("sample_accounts/acme.json", seed=7) for _ in range(2))
    at_once.advance(300)
    for _ in range(100):
        in_steps.advance(3)
    assert [repr(event) for event in at_once.events] == [repr(event) for event in in_steps.events]


def test_an_instant_without_a_zone_is_utc() -> None:
    sim = Simulation.open("sample_accounts/acme.json", start=datetime(2026, 3, 1, 12))  # noqa: DTZ001  # the claim
    sim.advance_to(datetime(2026, 3, 1, 12, 0, 1))  # noqa: DTZ001  # the claim
    assert sim.now.isoformat() == "2026-03-01T12:00:01+00:00"


def test_time_never_runs_backwards() -> None:
    sim = open_small()
    sim.advance(10)
    assert sim.advance_to(START) == sim.now == START + timedelta(seconds=10)


def test_a_session_has_expired_for_a_request_at_exactly_its_end() -> None:
    sim = open_small(worker(Refresh="never", EverySeconds=900,
                             AssumeRoles=[{"RoleArn": role_arn("App"), "DurationSeconds": 900}]))  # fmt: skip
    sim.advance(900)
    expired, refused = list(sim.events)[-3], list(sim.events)[-2]
    assert isinstance(expired, SessionExpired)
    assert isinstance(refused, RequestAnswered)
    assert (refused.code, expired.at) == ("ExpiredToken", refused.at)


def test_what_is_due_next_is_described() -> None:
    sim = open_small()
    assert sim.next_due() is None
    assume(sim, DurationSeconds=900)
    assert sim.next_due() == (START + timedelta(seconds=900), "job@App expires")
    sim.set("propagation", 5)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "Deep", "PolicyName": "deep"})
    due = sim.next_due()
    assert due == (START + timedelta(seconds=5), "a written policy comes into force")


def test_old_sessions_are_forgotten_and_the_rest_stays_flat() -> None:
    hop = {"RoleArn": role_arn("App"), "DurationSeconds": 900}  # an SDK renews such a one at every request
    sim = open_small(worker(AssumeRoles=[hop], EverySeconds=1), RequestLogSize=1_000)
    sim.advance(2_500)
    sessions = len(sim.world.sessions)
    assert sessions < 900 + 2 * EXPIRED_SESSIONS_KEPT + 10
    assert len(sim.events) == 1_000
    assert len(sim.events.tallies) <= sessions + 1


def test_a_thousand_requests_per_second_are_all_made_and_the_log_stays_bounded() -> None:
    sim = Simulation.open({**busy_house(1_000), "Settings": {"RequestLogSize": 5_000}})
    clock = SimClock(anchor_reading=0.0, anchor_instant=sim.now, speed=600)
    sim.advance_to(clock.instant(0.01))  # six simulated seconds
    states = sim.world.workload_states.values()
    assert sum(state.succeeded + state.failed for state in states) == 1_000 * 7
    assert len(sim.events) == 5_000
    assert sim.events.last_number > 9_000


@pytest.mark.long
def test_memory_stays_flat_under_a_thousand_requests_per_second() -> None:
    import tracemalloc

    sim = Simulation.open({**busy_house(1_000), "Settings": {"RequestLogSize": 20_000}})
    tracemalloc.start()
    sim.advance(20)
    before = tracemalloc.get_traced_memory()[0]
    sim.advance(30)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1_000_000


def test_a_simulated_month_of_the_sample_ends_and_does_not_grow() -> None:
    """Six hours of it here; the whole belongs to the long run."""
    _month(1 / 4)


@pytest.mark.long
def test_a_whole_month_of_the_sample_ends_and_does_not_grow() -> None:
    _month(30)


def _month(days: float) -> None:
    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    sim.set("request-log-size", 10_000)
    sim.advance(days * 24 * 3600)
    assert len(sim.events) == 10_000
    assert len(sim.world.sessions) < 2 * EXPIRED_SESSIONS_KEPT + 100
    assert sim.world.workload_states["web-shop"].succeeded == int(days * 24 * 3600) // 2 + 1


SCRIPT = """
import sys
from sts_tui.simulation import Simulation, AwsError
sim = Simulation.open("sample_accounts/acme.json", seed=int(sys.argv[1]))
sim.advance(60)
alice = sim.access_key("arn:aws:iam::111122223333:user/alice")
params = {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly", "RoleSessionName": "x1"}
key = sim.call("sts:AssumeRole", params, caller=alice)["Credentials"]["AccessKeyId"]
statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
document = {"Version": "2012-10-17", "Statement": [statement]}
params = {"RoleName": "App", "PolicyName": "p", "PolicyDocument": document}
sim.call("iam:PutRolePolicy", params, caller=alice)
sim.undo()
try:
    sim.request("s3:DeleteBucket", "arn:aws:s3:::acme-orders", caller=key)
except AwsError:
    pass
sim.advance(600)
import json
print(*map(repr, sim.events), sep="\\n")
print(json.dumps(sim.checkpoint()))
"""


def log_of(hash_seed: str, seed: str = "7") -> bytes:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, seed],
        env={"PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin"}, capture_output=True, check=True,
    ).stdout  # fmt: skip


def test_same_file_seed_and_commands_give_the_same_bytes_under_every_hash_seed() -> None:
    first = log_of("0")
    assert first == log_of("1")
    assert first == log_of("424242")
    assert first != log_of("0", seed="8")


def test_rows_follow_time() -> None:
    sim = open_small(worker())
    child_of = assume(sim, DurationSeconds=7200)
    assume(sim, "Deep", name="hop", caller=child_of)
    sim.advance(56 * 60)
    rows = {row.label: row for row in session_rows(sim)}
    assert [(row.label, row.depth) for row in session_rows(sim)][:2] == [("job@App", 0), ("hop@Deep", 1)]
    assert (rows["hop@Deep"].via, rows["hop@Deep"].limit) == ("chain 2/2", "chain cap 1h")
    assert (rows["job@App"].via, rows["job@App"].limit) == ("AssumeRole", "role max 2h")
    assert rows["hop@Deep"].state is SessionState.EXPIRING
    assert rows["job@App"].fraction_left == pytest.approx(64 / 120)
    roles: dict[str, Any] = {(row.account_name, row.name): row for row in role_rows(sim)}
    assert (roles["main", "App"].live_sessions, roles["main", "App"].trusted) == (3, "own account")
    assert roles["other", "App"].live_sessions == 0
