"""`aws … wait` and `--generate-cli-skeleton`, as the AWS CLI has them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step

Do = Callable[..., StepResult]


def test_a_waiter_prints_nothing_once_there_is_something(do: Do) -> None:
    waited = do("aws iam wait role-exists --role-name Ops")
    assert (waited.output, waited.error) == ("", None)
    assert waited.event is not None
    assert waited.event.action == "iam:GetRole"


def test_a_waiter_gives_up_on_what_does_not_exist(do: Do) -> None:
    waited = do("aws iam wait user-exists --user-name nobody")
    assert waited.error is not None
    assert waited.error.code == "NoSuchEntity"
    assert waited.error_text == "Waiter UserExists failed: Max attempts exceeded"


def test_a_waiter_stops_at_any_other_error(do: Do) -> None:
    waited = do("as alpha/bob", "aws iam wait role-exists --role-name Ops")
    assert waited.error_text.startswith("Waiter RoleExists failed: An error occurred (AccessDenied): User: ")


@pytest.mark.parametrize(
    "line", ["aws iam wait role-exist", "aws iam wait", "aws sts wait x", "aws kms wait"]
)
def test_a_waiter_that_does_not_exist_is_a_mistake(line: str) -> None:
    with pytest.raises(StepError, match="is not simulated"):
        parse_step(line)


def test_a_skeleton_has_every_parameter_and_calls_nothing(do: Do) -> None:
    printed = do("aws iam create-role --generate-cli-skeleton")
    assert printed.event is None
    assert json.loads(printed.output) == {
        "Path": "",
        "RoleName": "",
        "AssumeRolePolicyDocument": "",
        "Description": "",
        "MaxSessionDuration": 0,
        "MaxSigninSessionDuration": 0,
        "PermissionsBoundary": "",
        "Tags": [{"Key": "", "Value": ""}],
    }
    assert list(json.loads(printed.output)) == list(
        json.loads(do("aws iam create-role --generate-cli-skeleton input").output)
    )
    assert json.loads(do("aws sts get-caller-identity --generate-cli-skeleton").output) == {}


def test_a_filled_skeleton_is_a_call(do: Do) -> None:
    given = json.loads(do("aws iam get-role --generate-cli-skeleton").output) | {"RoleName": "Ops"}
    assert do(f"aws iam get-role --cli-input-json '{json.dumps(given)}'").error is None


def test_other_skeletons_are_reported_as_missing() -> None:
    with pytest.raises(StepError, match="yaml-input is not simulated"):
        parse_step("aws iam get-role --generate-cli-skeleton yaml-input")
