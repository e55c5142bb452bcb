"""Denials in every form in which AWS reports them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.denials.reading import read_denials

USER = "arn:aws:iam::123456789012:user/JohnDoe"
OBJECT = "arn:aws:s3:::data/in.csv"


def no_decoding(_message: str) -> str:
    raise UnreadableDenialError("only AWS can decode it")


def read(given: object) -> list[DeniedRequest]:
    return read_denials(given if isinstance(given, str) else json.dumps(given), no_decoding)


@pytest.mark.parametrize(
    ("text", "action", "resource", "reason", "policy"),
    [
        (
            f"User: {USER} is not authorized to perform: codecommit:ListRepositories because no "
            "identity-based policy allows the codecommit:ListRepositories action",
            "codecommit:ListRepositories",
            "*",
            "because no identity-based policy allows the codecommit:ListRepositories action",
            "",
        ),
        (
            f"An error occurred (AccessDenied) when calling the GetObject operation: User: {USER} is not "
            f'authorized to perform: s3:GetObject on resource: "{OBJECT}" with an explicit deny in a service '
            "control policy: arn:aws:organizations::123456789012:policy/o-abc/service_control_policy/p-1",
            "s3:GetObject",
            OBJECT,
            "with an explicit deny in a service control policy: "
            "arn:aws:organizations::123456789012:policy/o-abc/service_control_policy/p-1",
            "arn:aws:organizations::123456789012:policy/o-abc/service_control_policy/p-1",
        ),
        (
            f"User: {USER} is not authorized to perform:\n sts:AssumeRole on resource: "
            "arn:aws:iam::123456789012:role/App",
            "sts:AssumeRole",
            "arn:aws:iam::123456789012:role/App",
            "",
            "",
        ),
        (
            f"User: {USER} is not authorized to perform: iam:GetUser on resource: user JohnDoe with an "
            "explicit deny in an identity-based policy. Go to https://eu-west-1.console.aws.amazon.com/iam/home?region="
            "eu-west-1#/authorization-details/abc for complete details",
            "iam:GetUser",
            "arn:aws:iam::123456789012:user/JohnDoe",
            "",
            "",
        ),
    ],
    ids=["no resource", "policy named", "no reason", "friendly name"],
)
def test_a_sentence_says_who_what_and_why(
    text: str, action: str, resource: str, reason: str, policy: str
) -> None:
    found = read(f"noise\n{text}\nmore noise")
    assert len(found) == 1
    assert (found[0].principal, found[0].action, found[0].resource) == (USER, action, resource)
    assert found[0].policy_arn == policy
    assert found[0].reason.startswith(reason.split(": ")[0])


def test_several_sentences_are_several_denials() -> None:
    text = f"User: {USER} is not authorized to perform: s3:GetObject on resource: {OBJECT}\n"
    assert len(read(text * 2)) == 2


MESSAGE: dict[str, Any] = {
    "allowed": False,
    "explicitDeny": True,
    "matchedStatements": {"items": []},
    "failures": {"items": []},
    "context": {
        "principal": {"id": "AIDAEXAMPLE", "arn": USER},
        "action": "ec2:StopInstances",
        "resource": "arn:aws:ec2:us-east-1:123456789012:instance/i-1",
        "conditions": {
            "items": [
                {"key": "ec2:ResourceTag/team", "values": {"items": [{"value": "web"}]}},
                {"key": "aws:TagKeys", "values": {"items": [{"value": "a"}, {"value": "b"}]}},
            ]
        },
    },
}


@pytest.mark.parametrize(
    "given", [MESSAGE, {"DecodedMessage": json.dumps(MESSAGE)}], ids=["itself", "answer"]
)
def test_a_decoded_message_has_the_whole_context(given: dict[str, Any]) -> None:
    [found] = read(given)
    assert (found.principal, found.action) == (USER, "ec2:StopInstances")
    assert found.context == {"ec2:ResourceTag/team": "web", "aws:TagKeys": ["a", "b"]}
    assert found.reason == "with an explicit deny"


def test_a_troubleshooter_answer_has_each_evaluation_that_denied() -> None:
    check = {
        "checkType": "SERVICE_CONTROL_POLICY",
        "evaluatedEffect": "EXPLICIT_DENY",
        "relevantPolicyTypes": ["SERVICE_CONTROL_POLICY"],
    }
    denied = {
        "action": "s3:GetObject",
        "resource": OBJECT,
        "evaluatedEffect": "EXPLICIT_DENY",
        "checks": [check],
    }
    passed = {"action": "iam:PassRole", "resource": "", "evaluatedEffect": "ALLOW"}
    [found] = read(
        {
            "requestContext": {"aws:PrincipalArn": json.dumps(USER)},
            "evaluations": [passed, denied],
            "policies": [],
        }
    )
    assert (found.principal, found.resource) == (USER, OBJECT)
    assert found.reason == "with an explicit deny in a service control policy"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("hello", "no denial found"),
        ("", "no denial found"),
        ("{", "no denial found"),
        ({"Statement": []}, "no denial found"),
        ("[" * 100_000, "no denial found"),
        ("Encoded authorization failure message: " + "A" * 80, "only AWS can decode"),
        ({"allowed": False, "explicitDeny": False, "context": {}}, "no principal"),
        ({"DecodedMessage": "{"}, "not JSON"),
        ({"requestContext": {}, "evaluations": [{"evaluatedEffect": "IMPLICIT_DENY"}]}, "aws:PrincipalArn"),
        ({"requestContext": {}, "evaluations": []}, "no evaluation that denied"),
    ],
)
def test_what_is_no_denial_is_refused_with_a_reason(given: object, text: str) -> None:
    with pytest.raises(UnreadableDenialError, match=text):
        read(given)
