"""How are the policy types of an explanation listed? Levels by name, those that say the same in one row."""

from __future__ import annotations

import pytest

from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tui.text.explanation_text import dry_run_lines, explained
from sts_tui.tui.text.styled_text import line, text_of, wrap
from tests.support.explorer import SAMPLE


def last(simulation: Simulation) -> RequestAnswered:
    return next(each for each in reversed(list(simulation.events)) if isinstance(each, RequestAnswered))


def test_levels_that_say_the_same_are_one_row_and_the_one_that_denies_is_named() -> None:
    """`service control policy, level 2` did not say which: the root, an OU or the account."""
    simulation = Simulation.open((SAMPLE,))
    simulation.advance(12)
    app = simulation.resolve("i-0ab12cd34ef567890@App")
    bucket = "arn:aws:s3:::acme-orders/2026/01/15/4711.json"
    simulation.request("s3:GetObject", bucket, caller=app)
    allowed = last(simulation)
    lines = [text_of(spans) for spans, _ in explained(allowed, simulation).lines]
    assert sum("service control policy" in each for each in lines) == 1
    assert any("service control policy of every level  " in each for each in lines)
    with pytest.raises(AwsError):
        simulation.request("s3:GetObject", bucket, caller=app, region="eu-north-1")
    explanation = simulation.explain(last(simulation))
    assert explanation is not None
    named = [text_of(each) for each in dry_run_lines(explanation)]
    assert any("service control policy of the OU: explicit deny" in each for each in named), named


def test_a_column_with_less_than_half_of_the_line_continues_at_the_left() -> None:
    """In the pane the note of a policy type was three words wide, on three lines."""
    text = line("  . resource control policy of every level  none  RCPs do not cover this service")
    _, second = wrap(text, 60, indent=58)
    assert text_of(second) == "        not cover this service"
