"""Names that are too long for a column stay different, and what distinguishes them stays readable."""

from __future__ import annotations

import random

import pytest

from sts_tui.tui.text.distinct_names import distinct, fit_names
from sts_tui.tui.text.styled_text import cells, line, text_of

TEAMS = ("checkout", "payments", "search", "identity", "reporting", "warehouse")
STAGES = ("production", "staging", "development")
ROLES = [f"platform-{TEAMS[i % 6]}-service-{STAGES[i % 3]}-execution-role-{i:02d}" for i in range(60)]


@pytest.mark.parametrize("width", [12, 14, 20, 28, 36, 60])
def test_sixty_roles_with_long_names_stay_different(width: int) -> None:
    short = distinct(ROLES, width)
    assert len(set(short)) == 60
    assert all(cells(each) <= width for each in short)


def test_what_all_names_have_gives_way_to_what_differs() -> None:
    assert distinct(ROLES, 36)[0] == "platform-checkout…production…00"
    assert distinct(
        ["prod-cart-execution-role", "prod-mail-execution-role", "prod-chat-execution-role"], 14
    ) == [
        "prod-cart…",
        "prod-mail…",
        "prod-chat…",
    ]


def test_two_names_that_differ_only_in_the_middle_stay_different() -> None:
    one, other = distinct(["a" * 30 + "-x-" + "b" * 30, "a" * 30 + "-y-" + "b" * 30], 20)
    assert one != other
    assert "x" in one
    assert "y" in other


def test_names_that_fit_stay_as_they_are() -> None:
    assert distinct(["App", "Deploy", "App"], 10) == ["App", "Deploy", "App"]


def test_no_name_is_wider_than_its_column_whatever_it_holds() -> None:
    dice = random.Random(7)
    for _ in range(300):
        names = [
            "".join(dice.choices("ab-_é日🙂1/", k=dice.randrange(1, 40))) for _ in range(dice.randrange(1, 9))
        ]
        width = dice.randrange(1, 30)
        assert all(cells(each) <= width for each in distinct(names, width))


def test_the_id_that_aws_appends_gives_way_first() -> None:
    names = ["AWSReservedSSO_Developer_f373ac6b52969a53", "AWSReservedSSO_Auditor_1a2f6b586d42e893", "Deploy"]
    assert distinct(names, 26) == ["AWSReservedSSO_Developer…", "AWSReservedSSO_Auditor…", "Deploy"]
    assert distinct(names, 16) == ["AWS…Developer…", "AWS…SSO_Auditor…", "Deploy"]
    twice = ["AWSReservedSSO_Admin_f373ac6b52969a53", "AWSReservedSSO_Admin_1a2f6b586d42e893"]
    assert len(set(distinct(twice, 16))) == 2


def test_a_chain_of_roles_that_is_too_long_shows_where_it_ends() -> None:
    chain = line("CI › Deploy › BreakGlass")
    shown = [text_of(fit_names(chain, width, frozenset())) for width in (22, 19, 14, 11, 10)]
    assert shown == [
        "CI › … › BreakGlass",
        "CI › … › BreakGlass",
        "… › BreakGlass",
        "…BreakGlass",
        "BreakGlass",
    ]
    assert text_of(fit_names(line("CI › Deploy"), 8, frozenset())) == "…Deploy"
