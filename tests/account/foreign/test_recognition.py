"""Files that other tools have written are read, or recognized in one line that says what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError, UnreadableFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import Loaded, parse
from tests.accounts.every_part import PROD, dump
from tests.accounts.policies import allow, policy, trusts

STACK = {"Type": "AWS::IAM::Role", "Properties": {}}
ERROR = "An error occurred (AccessDenied) when calling the ListRoles operation: User: ana is not authorized"


def opened(*texts: str) -> Loaded:
    return parse([Source(f"{number}.json", text) for number, text in enumerate(texts)])


def refusal(text: str) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        opened(text)
    (diagnostic,) = caught.value.diagnostics
    return str(diagnostic)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"format_version": "1.2", "terraform_version": "1.9", "resource_changes": []}, "Terraform plan"),
        ({"version": 4, "terraform_version": "1.9", "lineage": "a", "resources": []}, "Terraform state"),
        ({"format_version": "1.0", "terraform_version": "1.9", "values": {}}, "Terraform state"),
        ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}, "CloudFormation template"),
        ({"Resources": {"Ops": STACK}}, "CloudFormation template"),
        ({"Records": [{"eventVersion": "1.08", "eventName": "AssumeRole"}]}, "sts-tui replay"),
        ({"eventVersion": "1.08", "eventName": "AssumeRole"}, "CloudTrail event"),
        ({"Events": [{"CloudTrailEvent": "{}"}]}, "CloudTrail events"),
        (policy(allow()), "sts-tui validate checks it"),
        ({"PolicyVersion": {"VersionId": "v1", "Document": {}}}, "does not name its policy"),
        ({"Policy": json.dumps(policy(allow()))}, "policy of a resource"),
        ({"AttachedPolicies": []}, "does not name its user, role or group"),
        ({"Credentials": {"AccessKeyId": "ASIAX"}}, "contains AWS credentials"),
        ({"Accounts": [{"Id": PROD, "JoinedMethod": "CREATED"}]}, "list-accounts"),
        ({"Organization": {"Id": "o-exampleorgid", "FeatureSet": "ALL"}}, "describe-organization"),
        ({"Policies": [{"Id": "p-1", "AwsManaged": False}]}, "list-policies"),
        ({"AccountAliases": ["acme"]}, "list-account-aliases"),
        ({"Content": "dXNlcg==", "ReportFormat": "text/csv", "GeneratedTime": "x"}, "get-credential-report"),
        ({"PolicyNames": [], "IsTruncated": False}, "inline policies by name"),
        ({"Buckets": [], "Owner": {}}, "list-buckets, which has no policies"),
        ({"EvaluationResults": []}, "sts-tui can WHO ACTION"),
        ({"UserId": "AIDAX", "Account": PROD, "Arn": "arn:aws:iam::1:user/x"}, "get-caller-identity"),
    ],
)
def test_what_has_no_place_in_an_account_file_is_named_in_one_line(value: Any, what: str) -> None:
    told = refusal(json.dumps(value))
    assert what in told
    assert "\n" not in told
    assert told.endswith(")"), "and the line says what to do"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"\n{ERROR}\n", f"0.json:2: contains an error message of the AWS CLI: {ERROR}"),
        ("aws: [ERROR]: An error occurred (X) when calling the Y operation: no", "error message"),
        ("Unable to locate credentials. You can configure credentials by …", "error message"),
        ("-" * 40 + "\n|  ListRoles  |\n", "table of the AWS CLI"),
        ("ROLEDETAILLIST\tarn:aws:iam::1:role/a\n", "text output of the AWS CLI"),
    ],
)
def test_messages_and_tables_of_the_aws_cli_are_named(text: str, what: str) -> None:
    assert what in refusal(text)


def test_a_cloudformation_template_in_yaml_is_recognized() -> None:
    text = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {Type: !Sub 'AWS::IAM::Role'}\n"
    assert "CloudFormation template" in refusal(text)


def test_an_unknown_object_is_checked_as_an_account_file() -> None:
    with pytest.raises(AccountFileError, match="did you mean"):
        opened('{"Acounts": []}')


def test_pages_that_follow_each_other_in_one_file_are_read() -> None:
    first, last = dump(), {"UserDetailList": [], "RoleDetailList": [], "IsTruncated": False}
    first["IsTruncated"] = True
    text = f"{json.dumps(first, indent=2)}\n{json.dumps(last)}"
    (account,) = opened(text).model.accounts
    assert [role.role_name for role in account.role_detail_list] == ["App"]


def test_a_diagnostic_names_the_line_in_the_file_that_was_rewritten() -> None:
    role = {**dump()["RoleDetailList"][0], "MaxSessionDuration": "long"}
    text = json.dumps({"Role": role}, indent=2)
    line = text[: text.index('"MaxSessionDuration"')].count("\n") + 1
    told = [str(one) for one in opened(text).warnings if "long" in one.message]
    assert told == [f'0.json:{line} Role.MaxSessionDuration: "long" is not an integer']


def test_a_list_of_dumps_is_several_files() -> None:
    other = json.loads(json.dumps(dump()).replace(PROD, "444455556666"))
    accounts = opened(json.dumps([[dump()], [other]])).model.accounts
    assert [account.account_id for account in accounts] == [PROD, "444455556666"]


def test_a_lone_policy_document_of_yaml_is_one_too() -> None:
    assert "one policy document" in refusal("Version: '2012-10-17'\nStatement:\n- Effect: Allow\n")


def test_a_trust_policy_is_named_as_a_policy() -> None:
    assert "one policy document" in refusal(json.dumps(trusts()))
