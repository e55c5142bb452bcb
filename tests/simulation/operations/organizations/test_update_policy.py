"""UpdatePolicy changes a policy wherever it is attached, and only what is given.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_UpdatePolicy.html
"""

from __future__ import annotations

import json

import pytest

from sts_tui.simulation.authorization.organization import levels_of
from tests.accounts.bench import ACCOUNT, refusal
from tests.accounts.policies import allows, denies
from tests.simulation.operations.organizations.test_policies import DENY, created, organization

OTHER = denies("s3:PutObject")
BROKEN = json.dumps(allows("s3:GetObject", "nonsense"))


def test_the_new_content_applies_at_every_target() -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    for target in ("r-abcd", "ou-abcd-12345678"):
        aws("organizations:AttachPolicy", PolicyId=guard, TargetId=target)
    answer = aws("organizations:UpdatePolicy", PolicyId=guard, Content=json.dumps(OTHER))
    assert json.loads(answer["Policy"]["Content"]) == OTHER
    for level in levels_of(ACCOUNT, aws.configuration)[:2]:
        assert level.service_control_policies[-1].document.document == OTHER


def test_what_is_not_given_stays() -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    renamed = aws("organizations:UpdatePolicy", PolicyId=guard, Name="fence")["Policy"]
    assert json.loads(renamed["Content"]) == DENY
    summary = renamed["PolicySummary"]
    assert (summary["Id"], summary["Name"], summary["Description"]) == (guard, "fence", "why")
    cleared = aws("organizations:UpdatePolicy", PolicyId=guard, Description="")["Policy"]
    assert cleared["PolicySummary"].get("Description", "") == ""


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"PolicyId": "p-12345678"}, "PolicyNotFoundException"),
        ({"PolicyId": "p-FullAWSAccess", "Name": "x"}, "InvalidInputException"),
        ({"Name": "second"}, "DuplicatePolicyException"),
        ({"Content": "{"}, "MalformedPolicyDocumentException"),
        ({"Content": BROKEN}, "MalformedPolicyDocumentException"),
        ({"Name": "x" * 129}, "InvalidInputException"),
        ({"Description": "x" * 513}, "InvalidInputException"),
    ],
)  # fmt: skip
def test_refusals(params: dict[str, str], code: str) -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    created(aws, "second")
    assert refusal(aws, "organizations:UpdatePolicy", **{"PolicyId": guard, **params})[:2] == (code, 400)


def test_content_is_as_long_as_the_quota_and_no_longer() -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    empty = json.dumps(denies("s3:GetObject", "arn:aws:s3:::"), separators=(",", ":"))
    for length, fits in ((10_240, True), (10_241, False)):
        text = empty.replace("arn:aws:s3:::", "arn:aws:s3:::" + "x" * (length - len(empty)))
        assert len(text) == length
        if fits:
            aws("organizations:UpdatePolicy", PolicyId=guard, Content=text)
        else:
            assert refusal(aws, "organizations:UpdatePolicy", PolicyId=guard, Content=text)[0] == (
                "ConstraintViolationException"
            )
