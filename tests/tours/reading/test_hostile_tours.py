"""Any text is read as a tour or refused with its errors, and what is read is played without an exception."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.errors import StepError, TourError
from sts_tui.tours.reading.grammar import VERBS, parse_step, parse_tour
from tests.accounts.tour_model import ALPHA, MODEL
from tests.support.examples import examples

WRITTEN = """
    alice alpha/bob Ops demo@Ops operator@beta arn:aws:s3:::alpha-data/x * s3:GetObject sts iam assume-role
    get-caller-identity put-role-policy --role-arn --role-session-name demo --tags Key=a,Value=b --query
    Credentials --profile --policy-document {} [ file:///etc/passwd --as-session --no-sign-request until
    expires 1h 5 ok error denied allowed by output session active status 403 null aws:SourceIp=1.2.3.4
    owner=beta seed region propagation ${mfa:alice} ${last:Credentials.AccessKeyId} ${key:bob} ${saml:x/y}
    ${oidc:x/y?exp=1} ${last:
"""
ODD = ["'", '"', "\\", "#", "\x00", "\u202e", f"arn:aws:iam::{ALPHA}:role/Ops"]
WORDS = [*VERBS, *ODD, *WRITTEN.split()]
lines = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=8).map(" ".join)


@given(st.lists(lines, max_size=8).map("\n".join) | st.text())
def test_any_text_is_read_or_refused_with_lines(text: str) -> None:
    diagnostics: Sequence[Diagnostic] = ()
    try:
        parse_tour(text, "t")
    except TourError as error:
        diagnostics = error.diagnostics
    assert all(diagnostic.line > 0 and diagnostic.message for diagnostic in diagnostics)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(lines, max_size=12))
def test_any_step_that_can_be_read_can_be_played(texts: list[str]) -> None:
    player = Player(Simulation.open(MODEL))
    for text in texts:
        try:
            step = parse_step(text)
        except StepError:
            continue
        result = player.perform(step)
        assert "\n" not in result.message or result.error is not None


DEEP = 20_000


@pytest.mark.parametrize(
    "line",
    [
        "try aws sts assume-role --tags " + "Key={" * DEEP + "a=b",
        "try aws sts assume-role --tags Key=" + "[" * DEEP,
        "try aws iam create-policy --policy-name x --policy-document '" + "[" * DEEP + "'",
        "try aws iam create-policy --cli-input-json '" + '{"a":' * DEEP + "'",
        "as ${last:" + "{" * DEEP,
        "as ${last:" + "{" * DEEP + "}" * DEEP + "}",
        "as ${last:" + "[" * DEEP + "]" * DEEP + "}",
        "as " + "${key:" * DEEP,
        "aws sts get-caller-identity --query " + "!" * DEEP + "a",
        "expect output " + "a." * DEEP + "a x",
        "as '" + "'" * DEEP,
        "as " + "\\" * DEEP,
        "press " + "ctrl+" * DEEP + "a",
        "wait " + "1" * DEEP + "s",
    ],
    ids=lambda line: line[:40],
)
def test_what_is_nested_without_end_is_a_short_error(line: str) -> None:
    player = Player(Simulation.open(MODEL))
    try:
        message = player.perform(parse_step(line)).message
    except StepError as error:
        message = str(error)
    assert len(message) < 100_000


@pytest.mark.long
@settings(max_examples=3_000, deadline=None)
@given(st.lists(lines, max_size=30))
def test_any_step_that_can_be_read_can_be_played_for_long(texts: list[str]) -> None:
    player = Player(Simulation.open(MODEL))
    for text in texts:
        with suppress(StepError):
            player.perform(parse_step(text))
