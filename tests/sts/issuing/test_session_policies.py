"""Session policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"""

from __future__ import annotations

import json

import pytest

from sts_tui.sts.errors import AwsError
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, OTHER, allow, policy, role_arn

READ_ONLY = f"arn:aws:iam::{MAIN}:policy/ReadOnly"
READ = json.dumps(policy(allow("s3:GetObject")))
OBJECT = "arn:aws:s3:::data/x"


def refusal(desk: Desk, **given: object) -> AwsError:
    return desk.refusal("AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", **given)


def test_inline_policy_limits_the_session(desk: Desk) -> None:
    key = desk.key(desk.assume("App", Policy=READ))
    assert desk.may("s3:GetObject", OBJECT, by=key)
    assert not desk.may("s3:PutObject", OBJECT, by=key)


def test_inline_policy_gives_nothing_that_the_role_has_not(desk: Desk) -> None:
    key = desk.key(desk.assume("App", Policy=json.dumps(policy(allow("*")))))
    assert not desk.may("ec2:RunInstances", by=key)


def test_managed_policy_is_read_live(desk: Desk) -> None:
    key = desk.key(desk.assume("App", PolicyArns=[{"arn": READ_ONLY}]))
    assert desk.may("s3:GetObject", OBJECT, by=key)
    desk.sim.call(
        "iam:CreatePolicyVersion",
        {"PolicyArn": READ_ONLY, "PolicyDocument": policy(allow("s3:PutObject")), "SetAsDefault": True},
    )
    assert not desk.may("s3:GetObject", OBJECT, by=key)
    assert desk.may("s3:PutObject", OBJECT, by=key)


def test_inline_and_managed_policies_are_one_set(desk: Desk) -> None:
    put = json.dumps(policy(allow("s3:PutObject")))
    key = desk.key(desk.assume("App", Policy=put, PolicyArns=[{"arn": READ_ONLY}]))
    assert desk.may("s3:GetObject", OBJECT, by=key)
    assert desk.may("s3:PutObject", OBJECT, by=key)
    assert not desk.may("s3:DeleteObject", OBJECT, by=key)


def test_session_policies_are_not_handed_on_by_chaining(desk: Desk) -> None:
    first = desk.key(desk.assume("App", PolicyArns=[{"arn": READ_ONLY}]))
    second = desk.session(desk.assume("Long", by=first))
    assert not second.has_session_policy


def test_session_policy_without_assume_role_stops_the_chain(desk: Desk) -> None:
    first = desk.key(desk.assume("App", Policy=READ))
    assert desk.denied("AssumeRole", by=first, RoleArn=role_arn("Long"), RoleSessionName="ab")


@pytest.mark.parametrize("text", ["not json", "{", '{"a":1} x', "[]", '"text"'])
def test_what_is_no_json_object_is_malformed(desk: Desk, text: str) -> None:
    refused = refusal(desk, Policy=text)
    assert (refused.code, refused.status) == ("MalformedPolicyDocument", 400)


def test_unknown_elements_are_syntax_errors(desk: Desk) -> None:
    refused = refusal(desk, Policy='{"Statement":[{"Effect":"Allow","Actions":"*","Resource":"*"}]}')
    assert (refused.code, refused.message) == ("MalformedPolicyDocument", "Syntax errors in policy.")


def test_principal_has_no_place_in_a_session_policy(desk: Desk) -> None:
    text = json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}))
    refused = refusal(desk, Policy=text)
    assert refused.message == "Policy document should not specify a principal."


def test_longest_inline_policy_holds_at_it_and_refuses_past_it(desk: Desk) -> None:
    at_limit = READ + " " * (2048 - len(READ))
    assert "Credentials" in desk.assume("App", Policy=at_limit)
    refused = refusal(desk, Policy=at_limit + " ")
    assert refused.code == "ValidationError"
    assert refused.message.endswith(
        "at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"
    )


def test_ten_managed_policies_pass_and_eleven_do_not(desk: Desk) -> None:
    assert "Credentials" in desk.assume("App", PolicyArns=[{"arn": READ_ONLY}] * 10)
    refused = refusal(desk, PolicyArns=[{"arn": READ_ONLY}] * 11)
    assert refused.code == "ValidationError"
    assert "at 'policyArns'" in refused.message


def test_managed_policy_of_another_account_is_refused(desk: Desk) -> None:
    refused = refusal(desk, PolicyArns=[{"arn": f"arn:aws:iam::{OTHER}:policy/ReadOnly"}])
    assert refused.code == "NoSuchEntity"


def test_managed_policy_that_does_not_exist_is_refused(desk: Desk) -> None:
    assert refusal(desk, PolicyArns=[{"arn": f"arn:aws:iam::{MAIN}:policy/None"}]).code == "NoSuchEntity"


def test_policy_can_be_given_as_an_object(desk: Desk) -> None:
    key = desk.key(desk.assume("App", Policy=policy(allow("s3:GetObject"))))
    assert desk.may("s3:GetObject", OBJECT, by=key)
    assert not desk.may("s3:PutObject", OBJECT, by=key)
    assert refusal(desk, Policy={"Statement": {"Effect": "Allow"}}).code == "MalformedPolicyDocument"


def test_arn_of_something_else_is_no_policy(desk: Desk) -> None:
    arn = f"arn:aws:iam::{MAIN}:role/App"
    refused = refusal(desk, PolicyArns=[{"arn": arn}])
    assert (refused.code, refused.message) == ("ValidationError", f"{arn} is invalid")


def test_aws_managed_policy_without_its_document_allows_nothing(desk: Desk) -> None:
    key = desk.key(desk.assume("App", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]))
    assert not desk.may("s3:GetObject", OBJECT, by=key)
