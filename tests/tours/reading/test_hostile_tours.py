"""Whatever a tour contains, it is read or refused with its faults, and played without an exception."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.errors import StepError, TourError
from sts_tui.tours.reading.grammar import VERBS, parse_step, parse_tour
from tests.tours.conftest import ALPHA, MODEL

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


@settings(max_examples=60, deadline=None)
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
