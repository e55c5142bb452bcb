"""The state of a simulation when it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sts_tui.account.loading.load import from_json
from sts_tui.simulation.opening.first_world import DEFAULT_START, first_world

MODEL = from_json({"Accounts": [{"AccountId": "111122223333"}]}).model


def test_the_caller_s_start_counts_before_that_of_the_file() -> None:
    own, given = datetime(2025, 3, 1, tzinfo=UTC), datetime(2027, 5, 4, tzinfo=UTC)
    assert first_world(MODEL, None).now == DEFAULT_START
    assert first_world(replace(MODEL, start_time=own), None).now == own
    assert first_world(replace(MODEL, start_time=own), given).now == given


def test_an_instant_without_a_zone_is_utc() -> None:
    assert first_world(MODEL, datetime(2027, 5, 4)).now == datetime(2027, 5, 4, tzinfo=UTC)  # noqa: DTZ001


def test_the_clock_starts_within_simulated_time() -> None:
    with pytest.raises(ValueError, match="1970 to 9000"):
        first_world(MODEL, datetime(1970, 1, 1, tzinfo=UTC) - timedelta(days=1))


def test_what_the_files_say_is_in_force_from_the_beginning() -> None:
    world = first_world(MODEL, None)
    assert world.in_force is world.configuration
