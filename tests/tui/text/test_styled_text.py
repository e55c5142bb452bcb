"""Text as spans: never markup, never wider than its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.tui.text.policy_text import policy_text
from sts_tui.tui.text.styled_text import Span, cells, fit, one_line, shorten, text_of, width_of, wrap

TEXT = st.text(max_size=60)


@given(TEXT, st.integers(1, 40), st.booleans())
def test_shortened_text_fits(text: str, width: int, middle: bool) -> None:
    assert cells(shorten(one_line(text), width, middle=middle)) <= width


@given(st.lists(TEXT, max_size=4), st.integers(1, 40), st.booleans(), st.booleans())
def test_fitted_pieces_take_exactly_their_width(
    texts: list[str], width: int, right: bool, middle: bool
) -> None:
    spans = tuple(Span(one_line(text)) for text in texts)
    assert width_of(fit(spans, width, right=right, middle=middle)) == width


@given(TEXT, st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    text = one_line(text)
    lines = wrap((Span(text),), width, indent=2)
    assert "".join("".join(map(text_of, lines)).split()) == "".join(text.split())
    assert all(width_of(line) <= width for line in lines)


def test_arns_are_shortened_in_the_middle() -> None:
    arn = "arn:aws:iam::111122223333:role/service/BreakGlass"
    short = shorten(arn, 24, middle=True)
    assert short.startswith("arn:aws")
    assert short.endswith("BreakGlass")


@pytest.mark.parametrize(
    ("text", "width", "middle", "short"),
    [
        ("sqs:SendMessage", 13, False, "sqs:Send…"),
        ("OIDC token.actions.githubusercontent.com", 24, False, "OIDC token.actions…"),
        ("service account of the build", 18, False, "service account…"),
        ("AWSServiceRoleForAutoScaling", 24, True, "AWSService…AutoScaling"),
        ("acme-orders/2026/01/15/4711.json", 14, True, "acme…4711.json"),
        ("acme-orders/exports/customers.csv", 16, True, "…/customers.csv"),
        ("function:shop-checkout", 14, True, "…shop-checkout"),
    ],
)
def test_what_does_not_fit_is_cut_between_words(text: str, width: int, middle: bool, short: str) -> None:
    assert shorten(text, width, middle=middle) == short


def test_one_long_word_is_cut_within() -> None:
    assert shorten("ASIARTX3GSDS5HJEXADR", 12, middle=True) == "ASIA…HJEXADR"


def test_control_characters_cannot_move_the_cursor() -> None:
    assert "\x1b" not in one_line("a\x1b[2Jb")
    assert one_line("a\nb") == "a b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.lists(st.text(max_size=30), max_size=5)}
)
POLICY = st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENT, max_size=4) | STATEMENT}
)


@given(POLICY | st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.integers(24, 100))
def test_a_policy_drawn_at_any_width_is_the_same_document(document: dict[str, object], width: int) -> None:
    drawn = policy_text(json.dumps(document), width)
    assert json.loads("\n".join(map(text_of, drawn.lines))) == document


@given(POLICY, st.integers(24, 100))
def test_every_statement_knows_its_lines(document: dict[str, object], width: int) -> None:
    drawn = policy_text(json.dumps(document), width)
    statements = document["Statement"]
    assert len(drawn.statements) == (len(statements) if isinstance(statements, list) else 1)
    for first, last in drawn.statements:
        assert "Effect" in "".join(map(text_of, drawn.lines[first:last]))


def test_text_that_is_no_json_is_shown_as_it_is() -> None:
    assert [text_of(line) for line in policy_text("{broken\n[/]", 40).lines] == ["{broken", "[/]"]


def test_a_value_that_is_too_wide_beside_its_key_is_below_it() -> None:
    """It was broken within the string, further left than what came after it."""
    condition = {
        "StringEquals": {"aws:PrincipalTag/x509Subject/OU": "Shop"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d"},
    }
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition}
    drawn = policy_text(json.dumps({"Statement": [statement]}), 84)
    lines = [text_of(line) for line in drawn.lines]
    assert max(map(len, lines)) <= 84
    at = lines.index('      "ArnEquals": {"aws:SourceArn":')
    assert lines[at + 1].startswith('        "arn:aws:rolesanywhere:'), "and no word of it is cut"
