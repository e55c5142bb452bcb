"""Ids of denials: 25 letters and digits that only the simulation which gave them knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sts_tui.iam import CallerKind
from sts_tui.simulation.authorization.authorization_ids import (
    KEPT,
    authorization_id,
    gives_id,
    number_of,
    with_id,
)


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


def test_an_id_begins_with_its_number_in_36_digits() -> None:
    assert authorization_id(7, 0)[:7] == "0000000"
    assert authorization_id(7, 35)[:7] == "000000z"
    assert authorization_id(7, 36)[:7] == "0000010"
    assert authorization_id(7, 36**7 - 1)[:7] == "zzzzzzz"
    digests = {authorization_id(seed, number)[7:] for seed in (1, 2) for number in (1, 2)}
    assert len(digests) == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.upper(),
        lambda text: f"{text}0",
        lambda text: text[:-1],
        lambda text: f"0{text[:-1]}",
        lambda text: text[:7] + text[8:] + text[7],
    ],
)
def test_an_id_that_was_changed_belongs_to_no_request(change: Callable[[str], str]) -> None:
    assert number_of(change(authorization_id(7, 5)), 7) is None


@pytest.mark.parametrize(
    ("action", "kind", "given"),
    [
        ("iam:ListUsers", CallerKind.USER, True),
        ("IAM:listusers", CallerKind.ROLE_SESSION, True),
        ("iam:ListInstanceProfiles", CallerKind.USER, False),
        ("s3:GetObject", CallerKind.USER, False),
        ("iamx:ListUsers", CallerKind.USER, False),
        ("iam:ListUsers", CallerKind.ANONYMOUS, False),
        ("iam:ListUsers", CallerKind.SERVICE, False),
        ("iam:ListUsers", CallerKind.FEDERATED, False),
        ("iam:ListUsers", CallerKind.ROOT, True),
    ],
)
def test_denials_of_iam_have_an_id(action: str, kind: CallerKind, given: bool) -> None:
    assert gives_id(action, kind) is given


def test_the_message_names_the_console_of_the_region_and_the_id() -> None:
    text = with_id("Denied", "abc", "eu-west-1")
    assert text.startswith(
        "Denied. Go to https://eu-west-1.console.aws.amazon.com/iam/home?region=eu-west-1#/"
    )
    assert text.endswith(
        "/abc for complete details, or call the GetRequestAuthorizationDetails API with the "
        "following authorization id: abc"
    )
