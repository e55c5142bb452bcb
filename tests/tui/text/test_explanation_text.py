"""An explanation begins with what decided."""

from __future__ import annotations

import pytest

from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.tui.text.explanation_text import explained
from sts_tui.tui.text.styled_text import text_of
from tests.support.explorer import SAMPLE


def test_what_aws_refused_for_its_parameters_says_so_before_what_the_policies_allow() -> None:
    simulation = Simulation.open((SAMPLE,))
    simulation.advance(1)
    deploy = simulation.resolve("release-812@Deploy")
    params = {
        "RoleArn": "arn:aws:iam::111122223333:role/BreakGlass",
        "RoleSessionName": "hotfix",
        "DurationSeconds": ROLE_CHAINING_MAXIMUM + 1,
    }
    with pytest.raises(AwsError):
        simulation.call("sts:AssumeRole", params, caller=deploy)
    event = next(each for each in reversed(list(simulation.events)) if isinstance(each, RequestAnswered))
    assert event.verdict is Verdict.REFUSED
    lines = [text_of(spans) for spans, _ in explained(event, simulation).lines]
    assert "REFUSED  ValidationError: The requested DurationSeconds exceeds" in lines[0]
    policies = next(each for each in lines[1:] if "trust policy#FromDeploy" in each)
    assert "ALLOW  allowed by" in policies
