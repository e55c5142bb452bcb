"""`aws … wait` and `--generate-cli-skeleton`, as the AWS CLI has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jmespath
import pytest
import yaml

from sts_tui.simulation.operations import OPERATIONS
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.output_skeletons import output_skeleton
from sts_tui.tours.reading.services import SERVICES
from sts_tui.tours.reading.skeletons import skeleton, yaml_skeleton

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


def test_the_skeleton_of_an_output_has_the_names_of_its_members_as_values(do: Do) -> None:
    printed = do("aws iam get-role --role-name Ops --generate-cli-skeleton output")
    assert printed.event is None
    role = json.loads(printed.output)["Role"]
    assert role["RoleName"] == "RoleName"
    assert role["CreateDate"] == "1970-01-01T00:00:00"
    assert role["MaxSessionDuration"] == 0
    assert role["Tags"] == [{"Key": "Key", "Value": "Value"}]


@pytest.mark.parametrize(
    ("line", "expression", "value"),
    [
        ("aws sts get-caller-identity", "Arn", "Arn"),
        ("aws sts assume-role --role-arn a --role-session-name b", "Credentials.Expiration", "1970-01-01"),
        ("aws iam list-users", "IsTruncated", True),
        ("aws lambda get-policy --function-name f", "RevisionId", "RevisionId"),
        ("aws accessanalyzer validate-policy --policy-document x --policy-type IDENTITY_POLICY", "", None),
        ("aws organizations list-roots", "Roots[0].PolicyTypes[0].Type", "Type"),
        ("aws iam delete-user --user-name u", "", {}),
        ("aws sqs get-queue-attributes --queue-url u", "Attributes.KeyName", ""),
    ],
)
def test_every_service_has_skeletons_of_its_outputs(do: Do, line: str, expression: str, value: Any) -> None:
    printed = json.loads(do(f"{line} --generate-cli-skeleton output").output)
    found = jmespath.search(expression, printed) if expression else printed
    if isinstance(value, str):
        assert str(found).startswith(value)
    elif value is not None:
        assert found == value


def test_every_operation_has_an_output_skeleton() -> None:
    """Each that AWS's model gives an answer: the others have none in their shapes either."""
    empty = {action for action in OPERATIONS if output_skeleton(action) == {}}
    assert {"iam:GetRole", "sts:AssumeRole", "iam:SimulateCustomPolicy", "s3:GetBucketPolicy"}.isdisjoint(
        empty
    )
    assert {"iam:DeleteUser", "iam:PutRolePolicy", "organizations:AttachPolicy"} <= empty


def test_a_parameter_that_is_missing_is_reported_before_the_output_is_printed(do: Do) -> None:
    assert "--role-name" in do("aws iam get-role --generate-cli-skeleton output").message


@pytest.mark.parametrize(("words", "said"), [("yaml", "is not simulated"), ("> file.json", "one command")])
def test_other_skeletons_are_reported_as_missing(words: str, said: str) -> None:
    with pytest.raises(StepError, match=said):
        parse_step(f"aws iam get-role --generate-cli-skeleton {words}")


def test_a_skeleton_in_yaml_says_what_is_required_and_which_values_there_are(do: Do) -> None:
    printed = do("aws iam update-access-key --generate-cli-skeleton yaml-input")
    assert printed.event is None
    assert printed.output.splitlines() == [
        "UserName: ''",
        "AccessKeyId: ''  # [REQUIRED]",
        "Status: Active  # [REQUIRED] Valid values are: Active, Inactive.",
    ]


def test_every_skeleton_in_yaml_is_the_one_in_json() -> None:
    """What `yaml-input` prints, a reader of YAML reads as what `input` prints."""
    shapes = [
        service.shape(operation) for service in SERVICES.values() for operation in service.commands().values()
    ]
    assert len(shapes) > 200
    for shape in shapes:
        assert yaml.safe_load(yaml_skeleton(shape)) == skeleton(shape)


def test_parameters_come_from_yaml(do: Do) -> None:
    made = do("aws iam create-user --cli-input-yaml 'UserName: \"7\"\nPath: /a/'")
    user = json.loads(made.output)["User"]
    assert (user["UserName"], user["Path"]) == ("7", "/a/")


def test_yes_and_on_are_text_as_the_cli_reads_yaml(do: Do) -> None:
    """https://github.com/aws/aws-cli/blob/v2/awscli/customizations/cliinput.py: YAML 1.2, not 1.1."""
    made = do("aws iam create-user --cli-input-yaml 'UserName: yes\nTags: [{Key: on, Value: no}]'")
    user = json.loads(made.output)["User"]
    assert (user["UserName"], user["Tags"]) == ("yes", [{"Key": "on", "Value": "no"}])


@pytest.mark.parametrize(
    ("text", "said"),
    [("UserName: [", "Invalid YAML"), ("Nme: a", "no parameter Nme"), ("", "--cli-input-yaml is empty")],
)
def test_what_is_wrong_in_yaml_is_reported(do: Do, text: str, said: str) -> None:
    assert said in do(f"aws iam create-user --cli-input-yaml '{text}'").message
