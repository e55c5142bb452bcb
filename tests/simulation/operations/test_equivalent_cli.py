"""The command line that stands for a call: readable, and reading it again gives the same call."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.operations.command_names import OF_THE_SIGN_IN_PAGE, WITHOUT_COMMAND
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.sts.shapes import Shape
from sts_tui.tours.reading.aws_line import read_aws_line
from sts_tui.tours.reading.parameters import parameters
from sts_tui.tours.reading.words import split_words

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def read_again(line: str) -> tuple[str, dict[str, Any]]:
    """The call that a tour makes of the line."""
    words = split_words(line)
    assert words[0] == "aws"
    read = read_aws_line(words[1:])
    return read.action, parameters(read, Path())


def test_a_policy_document_is_compact_json_in_single_quotes() -> None:
    line = cli_line(
        "iam:PutRolePolicy",
        {"RoleName": "App", "PolicyName": "stop", "PolicyDocument": json.dumps(DENY, indent=4)},
        profile="alice",
    )
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    begin = "aws iam put-role-policy --role-name App --policy-name stop"
    assert line == f"{begin} --policy-document '{document}' --profile alice"


def test_documents_may_be_objects_and_tags_are_shorthand() -> None:
    params = {
        "RoleArn": "arn:aws:iam::111122223333:role/App",
        "RoleSessionName": "job",
        "Tags": [{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "a b"}],
        "TransitiveTagKeys": ["team"],
    }
    assert cli_line("sts:AssumeRole", {**params, "Tags": params["Tags"][:1]}).endswith(
        "--tags Key=team,Value=red --transitive-tag-keys team"
    )
    assert read_again(cli_line("sts:AssumeRole", params)) == ("sts:AssumeRole", params)
    assert (
        read_again(cli_line("s3:PutBucketPolicy", {"Bucket": "b", "Policy": DENY}))[0] == "s3:PutBucketPolicy"
    )


def test_what_is_no_operation_is_written_as_a_request() -> None:
    line = cli_line("s3:GetObject", {"Resource": "arn:aws:s3:::data/a b"})
    assert line == "request s3:GetObject 'arn:aws:s3:::data/a b'"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "--dry-run",
        "it's",
        'say "no"',
        "a\nb",
        "file://secret",
        "${saml:sub}",
        "#",
        "${aws:username}",
        "{",
        "\\",
        "[x]",
    ],
)
def test_hard_values_come_back_as_they_were(value: str) -> None:
    params = {"RoleName": "App", "Description": value}
    assert read_again(cli_line("iam:UpdateRole", params)) == ("iam:UpdateRole", params)
    keys = {"UserName": "bob", "TagKeys": [value]}
    assert read_again(cli_line("iam:UntagUser", keys)) == ("iam:UntagUser", keys)


def test_text_that_a_tour_would_replace_is_escaped_and_a_policy_variable_stays_readable() -> None:
    resources = ["arn:aws:s3:::home/${saml:sub}/*", "arn:aws:s3:::home/${saml:acme-sso/ann}"]
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": resources}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    line = cli_line("iam:PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": document})
    assert "${saml:sub}" in line
    assert "${saml:acme-sso" not in line
    assert json.loads(read_again(line)[1]["PolicyDocument"]) == document


def test_a_document_with_a_key_twice_is_left_as_it_was_written() -> None:
    text = '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}'
    line = cli_line("iam:CreatePolicy", {"PolicyName": "p", "PolicyDocument": text})
    assert read_again(line)[1]["PolicyDocument"] == text


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value of a shape; bounds do not matter, the service refuses what is outside them."""
    match shape.type:
        case "structure":
            return st.fixed_dictionaries(
                {name: values_of(one) for name, one in shape.members.items() if name in shape.required},
                optional={
                    name: values_of(one) for name, one in shape.members.items() if name not in shape.required
                },
            )
        case "list":
            assert shape.member is not None
            return st.lists(values_of(shape.member), max_size=3)
        case "map":
            assert shape.member is not None
            return st.dictionaries(st.text(max_size=5), values_of(shape.member), max_size=3)
        case "integer":
            return st.integers(-(2**31), 2**31 - 1)
        case "boolean":
            return st.booleans()
        case _:
            return st.text(
                st.characters(min_codepoint=9, max_codepoint=0xFF, exclude_characters="\x0b\x0c"), max_size=12
            )


OF_THE_PAGE = {f"signin:{name}" for name in OF_THE_SIGN_IN_PAGE}


@pytest.mark.parametrize("action", sorted(OF_THE_PAGE))
def test_what_a_page_of_aws_does_is_a_comment(action: str) -> None:
    assert cli_line(action, {}).startswith("# sign-in page: ")


@pytest.mark.parametrize("action", sorted(set(OPERATIONS) - WITHOUT_COMMAND))
@pytest.mark.parametrize("number", [3, pytest.param(15, marks=pytest.mark.long)])
def test_every_operation_can_be_read_again(action: str, number: int) -> None:
    @settings(max_examples=number, deadline=None)
    @given(values_of(shape_of(action)))
    def reads_the_same(params: dict[str, Any]) -> None:
        again = read_again(cli_line(action, params))
        assert again == (action, params)

    reads_the_same()


def test_the_line_is_one_that_a_shell_reads_the_same_way() -> None:
    line = cli_line("iam:UpdateRole", {"RoleName": "App", "Description": "it's $HOME"})
    assert shlex.split(line) == list(split_words(line))
