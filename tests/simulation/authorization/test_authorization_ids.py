"""Ids of denials: 25 letters and digits that only the simulation which gave them knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sts_tui.simulation.authorization.authorization_ids import KEPT, authorization_id, number_of


def test_an_id_leads_back_to_its_request() -> None:
    for number in (0, 1, 36, 100_000):
        text = authorization_id(7, number)
        assert (len(text), text.isalnum(), text.islower() or text.isdecimal()) == (25, True, True)
        assert number_of(text, 7) == number
        assert number_of(text, 8) is None


@pytest.mark.parametrize("end", ["", "00", "-", "é"])
def test_what_is_no_id_belongs_to_no_request(end: str) -> None:
    assert number_of(authorization_id(7, 5)[:-1] + end, 7) is None
    assert number_of("", 7) is None


def test_ids_are_kept_for_a_day() -> None:
    assert timedelta(days=1) == KEPT
