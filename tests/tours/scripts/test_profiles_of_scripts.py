"""A script names profiles that it does not configure: who they are is given, or asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.scripts.script_flow import Translation
from sts_tui.tours.scripts.translation import translate
from tests.accounts.policies import MAIN, arn
from tests.accounts.tour_model import MODEL

WHO = "aws sts get-caller-identity --query Arn --output text"


def of(script: str, profiles: Mapping[str, str] | None = None) -> Translation:
    simulation = Simulation.open(MODEL)
    return translate(script, simulation, folder=Path(), tour_folder=Path(), profiles=profiles)


@pytest.mark.parametrize(
    "line",
    [f"{WHO} --profile org-mgmt", f"AWS_PROFILE=org-mgmt {WHO}", f"export AWS_PROFILE=org-mgmt\n{WHO}"],
)
def test_a_profile_that_is_given_is_that_identity(line: str) -> None:
    found = of(f"{line} > who\necho $(cat who)", {"org-mgmt": "alice"})
    assert found.untranslated == ()
    assert f"say {arn('user/alice')}" in found.steps


def test_the_default_profile_can_be_given() -> None:
    assert of(f"{WHO} --profile default", {"default": "alice"}).steps == (
        f"{WHO} --profile {arn('user/alice')}",
    )


def test_what_the_script_configures_comes_before_what_is_given() -> None:
    role = f"arn:aws:iam::{MAIN}:role/Ops"
    script = f"aws configure set profile.p.role_arn {role}\naws configure set profile.p.source_profile mine\n"
    found = of(f"{script}{WHO} --profile p > who\necho $(cat who)", {"p": "alice", "mine": "alice"})
    assert any(step.startswith(f"say arn:aws:sts::{MAIN}:assumed-role/Ops/") for step in found.steps)


def test_a_profile_of_nobody_is_asked_for() -> None:
    (one,) = of(f"{WHO} --profile org-mgmt").untranslated
    assert "--profile org-mgmt=WHO" in one.reason
    with pytest.raises(UnknownIdentityError):
        of(WHO, {"p": "nobody"})


def test_a_code_of_a_device_that_does_not_exist_stays() -> None:
    device = f"arn:aws:iam::{MAIN}:mfa/none"
    call = f"aws sts get-session-token --serial-number {device} --token-code 123456"
    found = of(call, {"default": "alice"})
    assert (found.untranslated, found.steps[0]) == ((), call)
    assert found.steps[1].startswith("expect error ")


def test_the_process_id_is_one_number() -> None:
    found = of(f"{WHO} > /tmp/x-$$.json\necho $(cat /tmp/x-$$.json)")
    assert found.untranslated == ()


def test_a_file_within_shorthand_is_the_one_that_the_script_has_written() -> None:
    script = (
        'echo \'{"Version": "2012-10-17"}\' > /tmp/p.json\n'
        "aws sqs set-queue-attributes --queue-url https://sqs.us-east-1.amazonaws.com/111122223333/q "
        "--attributes Policy@=file:///tmp/p.json"
    )
    found = of(script)
    assert found.untranslated == ()
    assert any(
        """Policy='{"Version": "2012-10-17"}'""" in step.replace("'\"'\"'", "'") for step in found.steps
    )
