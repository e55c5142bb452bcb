"""`aws` lines in the AWS CLI's own syntax become the parameters that the CLI would send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation.operations import OPERATIONS
from sts_tui.simulation.operations.command_names import WITHOUT_COMMAND, command_of
from sts_tui.tours.reading.aws_line import flag_names, read_aws_line
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.parameters import parameters
from sts_tui.tours.reading.services import SERVICES
from sts_tui.tours.reading.words import split_words

ROLE = "arn:aws:iam::111122223333:role/Ops"


def sent(line: str, folder: Path = Path()) -> tuple[str, dict[str, Any]]:
    read = read_aws_line(split_words(line))
    return read.action, parameters(read, folder)


@pytest.mark.parametrize(
    ("line", "action", "params"),
    [
        ("sts get-caller-identity", "sts:GetCallerIdentity", {}),
        (
            f"sts assume-role --role-arn {ROLE} --role-session-name=a=b --duration-seconds 900",
            "sts:AssumeRole",
            {"RoleArn": ROLE, "RoleSessionName": "a=b", "DurationSeconds": 900},
        ),
        (
            "sts assume-role --tags Key=team,Value=red 'Key=a b,Value=' --transitive-tag-keys team cost",
            "sts:AssumeRole",
            {
                "Tags": [{"Key": "team", "Value": "red"}, {"Key": "a b", "Value": ""}],
                "TransitiveTagKeys": ["team", "cost"],
            },
        ),
        (
            """sts assume-role --tags '[{"Key": "a", "Value": "b"}]' --policy-arns arn=arn:aws:x""",
            "sts:AssumeRole",
            {"Tags": [{"Key": "a", "Value": "b"}], "PolicyArns": [{"arn": "arn:aws:x"}]},
        ),
        (
            """sts assume-role --tags '{"Key": "a", "Value": "b"}' --transitive-tag-keys '["a", "b"]'""",
            "sts:AssumeRole",
            {"Tags": [{"Key": "a", "Value": "b"}], "TransitiveTagKeys": ["a", "b"]},
        ),
        ("sts assume-role --transitive-tag-keys", "sts:AssumeRole", {"TransitiveTagKeys": []}),
        (
            "iam create-policy-version --policy-arn x --set-as-default --policy-document {}",
            "iam:CreatePolicyVersion",
            {"PolicyArn": "x", "SetAsDefault": True, "PolicyDocument": "{}"},
        ),
        ("iam create-policy-version --no-set-as-default", "iam:CreatePolicyVersion", {"SetAsDefault": False}),
        ("s3api delete-bucket-policy --bucket b", "s3:DeleteBucketPolicy", {"Bucket": "b"}),
        (
            "iam simulate-custom-policy --policy-input-list '{\"a\": 1}' {} --context-entries "
            "ContextKeyName=aws:MultiFactorAuthPresent,ContextKeyValues=true,ContextKeyType=boolean",
            "iam:SimulateCustomPolicy",
            {
                "PolicyInputList": ['{"a": 1}', "{}"],
                "ContextEntries": [
                    {
                        "ContextKeyName": "aws:MultiFactorAuthPresent",
                        "ContextKeyValues": ["true"],
                        "ContextKeyType": "boolean",
                    }
                ],
            },
        ),
        (
            'sts get-session-token --cli-input-json \'{"TokenCode": "1"}\' --token-code 2',
            "sts:GetSessionToken",
            {"TokenCode": "2"},
        ),
        ("sts assume-root --task-policy-arn arn=x", "sts:AssumeRoot", {"TaskPolicyArn": {"arn": "x"}}),
    ],
)
def test_a_line_becomes_parameters(line: str, action: str, params: dict[str, Any]) -> None:
    assert sent(line) == (action, params)


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("sts assume-role --tags Key=a,Value", "Invalid type"),
        ("sts assume-role --tags Key", "Error parsing parameter '--tags': Expected: '='"),
        ("sts assume-role --tags '[{'", "Invalid JSON"),
        ("sts assume-role --tags '[1]'", "Invalid type"),
        ("sts assume-role --tags Key=a,Values=b", "Unknown parameter: 'Values', must be one of: Key, Value"),
        ("sts assume-role --duration-seconds 1h", "'1h' is not a whole number"),
        ("sts assume-role --policy file://missing.json", "missing.json cannot be read"),
        ("sts assume-role --cli-input-json '{\"Rolearn\": 1}'", "has no parameter Rolearn"),
        ("sts assume-role --cli-input-json '[]'", "not a JSON object"),
        ("sts assume-role --tags " + "[" * 100_000, "Invalid JSON"),
    ],
)
def test_what_cannot_be_sent_is_reported_in_the_words_of_the_cli(line: str, reported: str) -> None:
    with pytest.raises(StepError) as caught:
        sent(line)
    assert reported in str(caught.value)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        (
            f"sts assume-role --role-arn {ROLE} aws:SourceAccount=1 --policy x",
            {"aws:SourceAccount"},
        ),
        ("sts assume-role aws:SourceIp=10.0.0.1 --role-session-name x", {"aws:SourceIp"}),
        ("sts get-caller-identity --no-sign-request aws:SourceIp=10.0.0.1", {"aws:SourceIp"}),
        ("sts get-caller-identity --query Arn aws:SourceVpce=vpce-1 x:y=z=1", {"aws:SourceVpce", "x:y"}),
        ("iam create-policy-version --set-as-default aws:SourceIp=10.0.0.1", {"aws:SourceIp"}),
        ("sts assume-role --tags=Key=a,Value=b aws:SourceIp=10.0.0.1", {"aws:SourceIp"}),
    ],
)
def test_words_with_a_condition_key_set_request_context(line: str, context: set[str]) -> None:
    assert {key for key, _ in read_aws_line(split_words(line)).context} == context


def test_values_of_a_list_flag_are_never_context() -> None:
    read = read_aws_line(split_words("iam simulate-custom-policy --action-names s3:a=b aws:SourceIp=1"))
    assert read.values["ActionNames"] == ("s3:a=b", "aws:SourceIp=1")
    assert read.context == ()


def test_the_value_of_a_flag_is_never_context() -> None:
    read = read_aws_line(split_words("sts assume-role --external-id aws:SourceIp=1 aws:SourceIp=2"))
    assert read.values["ExternalId"] == ("aws:SourceIp=1",)
    assert read.context == (("aws:SourceIp", "2"),)


@pytest.mark.parametrize("word", ["team=red", "aws:TokenIssueTime=2026-01-15T09:00:00Z", "aws:SourceIp"])
def test_a_word_that_is_no_request_context_is_an_error(word: str) -> None:
    with pytest.raises(StepError):
        read_aws_line(split_words(f"sts get-caller-identity {word}"))


def test_flags_of_pages_are_known_only_where_there_are_pages() -> None:
    assert "--starting-token" in flag_names(["iam", "list-users"])
    with pytest.raises(StepError, match="there is no flag --page-size"):
        sent("iam get-user --page-size 3")


def test_files_are_relative_to_the_tour(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"Version": "2012-10-17"}')
    (tmp_path / "tags.json").write_text('[{"Key": "a", "Value": "b"}]')
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    _, params = sent("sts assume-role --policy file://p.json --tags file://tags.json", tmp_path)
    assert params == {"Policy": '{"Version": "2012-10-17"}', "Tags": [{"Key": "a", "Value": "b"}]}
    for name in ("binary", ".", "\0"):
        with pytest.raises(StepError):
            sent(f"sts assume-role --policy 'file://{name}'", tmp_path)


def test_every_operation_that_is_simulated_has_its_line() -> None:
    lines = {
        service.action(operation)
        for service in SERVICES.values()
        for operation in service.commands().values()
    }
    assert lines == set(OPERATIONS) - WITHOUT_COMMAND


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - WITHOUT_COMMAND))
def test_every_parameter_has_its_flag(operation: str) -> None:
    name = operation.partition(":")[2]
    cli_name = command_of(operation)[0]
    service = SERVICES[cli_name]
    command = next(command for command, operation in service.commands().items() if operation == name)
    shape = service.shape(name)
    flags = flag_names([cli_name, command])
    assert len([flag for flag in flags if not flag.startswith("--no-")]) >= len(shape.members)
    whole = {member: _example(inner) for member, inner in shape.members.items()}
    words = [cli_name, command, "--cli-input-json", json.dumps(whole)]
    assert parameters(read_aws_line(words), Path()) == whole


def _example(shape: Any) -> Any:
    match shape.type:
        case "structure":
            return {name: _example(inner) for name, inner in shape.members.items()}
        case "list":
            return [_example(shape.member)]
        case "integer":
            return 1
        case "boolean":
            return True
        case _:
            return "x"


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("s3 ls", "request s3:ListAllMyBuckets '*'"),
        ("s3 cp a.txt s3://data/in/", "request s3:PutObject arn:aws:s3:::data/in/a.txt"),
        (
            "dynamodb get-item --table-name orders --region eu-west-1",
            "dynamodb:eu-west-1:ACCOUNT:table/orders",
        ),
    ],
)
def test_an_operation_that_is_not_performed_names_its_exact_requests(line: str, request_: str) -> None:
    with pytest.raises(StepError) as caught:
        read_aws_line(line.split())
    assert request_ in caught.value.hint


def test_a_pipe_names_the_query_that_prints_the_same() -> None:
    with pytest.raises(StepError) as caught:
        read_aws_line(["sts", "get-caller-identity", "|", "jq", "-r", ".Arn"])
    assert "--query Arn --output text" in caught.value.hint


def test_an_unknown_command_of_s3_is_called_unknown() -> None:
    with pytest.raises(StepError, match="aws s3 foo is not known"):
        read_aws_line(["s3", "foo"])
