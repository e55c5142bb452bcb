"""`exp=-600`: ten minutes ago."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sts_tui.identity_providers.relative_times import instant_from_now, seconds_from_now

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)


def test_the_number_is_seconds_from_now() -> None:
    assert seconds_from_now("exp", "-600") == -600
    assert instant_from_now("NotBefore", "60", NOW) == datetime(2026, 1, 15, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", ["soon", "", None, "99999999999999"])
def test_another_value_is_reported_with_an_example(value: object) -> None:
    with pytest.raises(ValueError, match="NotBefore=-600"):
        instant_from_now("NotBefore", value, NOW)
