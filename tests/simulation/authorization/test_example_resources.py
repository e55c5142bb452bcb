"""ARNs that a pattern matches: what stands in place of wildcards."""

from __future__ import annotations

import pytest

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.authorization.example_resources import examples_of
from tests.accounts.policies import MAIN


def first(pattern: str) -> str:
    return examples_of(pattern, {"aws:username": "kim"}, MAIN, Configuration()).first[0]


@pytest.mark.parametrize(
    ("pattern", "beginning"),
    [
        ("arn:aws:sqs:eu-west-1:*:jobs", f"arn:aws:sqs:eu-west-1:{MAIN}:jobs"),
        ("arn:aws:s3:*:*:data/*", "arn:aws:s3:::data/"),
        ("arn:*:iam::*:role/Ops", f"arn:aws:iam::{MAIN}:role/Ops"),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/kim/"),
    ],
)
def test_parts_that_are_written_stay_and_stars_are_filled(pattern: str, beginning: str) -> None:
    assert first(pattern).startswith(beginning)
    assert "*" not in first(pattern)


def test_only_the_last_star_becomes_a_path() -> None:
    filled = examples_of("arn:aws:s3:::*-data/*", {}, MAIN, Configuration())
    for each in (*filled.first, *filled.others):
        assert "/" not in each.partition("-data/")[0].removeprefix("arn:aws:s3:::")


def test_a_pattern_without_a_wildcard_is_the_only_example() -> None:
    assert examples_of("arn:aws:s3:::data/key", {}, MAIN, Configuration()).first == ("arn:aws:s3:::data/key",)
