"""Which account does a RoleArn name, and what is not the ARN of a role?"""

from __future__ import annotations

import pytest

from sts_tui.sts.errors import AwsError
from sts_tui.sts.issuing.role_trust import role_account
from tests.accounts.policies import MAIN, role_arn


@pytest.mark.parametrize(
    "arn", [role_arn("App"), f"arn:aws:iam::{MAIN}:role/team/deep/App", f"arn:aws-cn:iam::{MAIN}:role/App"]
)
def test_the_account_is_that_of_the_arn(arn: str) -> None:
    assert role_account(arn) == MAIN


@pytest.mark.parametrize(
    "arn",
    [
        "no ARN at all, but long enough",
        "arn:aws:iam",
        "arn:aws:iam:::role/App",
        f"arn:aws:iam::{MAIN[:-1]}:role/App",
        f"arn:aws:iam::{MAIN}1:role/App",
        "arn:aws:iam::11112222333x:role/App",
        f"arn:aws:iam:eu-west-1:{MAIN}:role/App",
    ],
)
def test_what_is_not_an_arn_or_has_no_account_is_invalid(arn: str) -> None:
    with pytest.raises(AwsError) as refused:
        role_account(arn)
    assert (refused.value.code, refused.value.status) == ("ValidationError", 400)
    assert refused.value.message == f"{arn} is invalid"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{MAIN}:user/alice",
        f"arn:aws:iam::{MAIN}:role/",
        f"arn:aws:iam::{MAIN}:role",
        f"arn:aws:sts::{MAIN}:assumed-role/App/demo",
        f"arn:aws:sts::{MAIN}:role/App",
        "arn:aws:s3:::data/role/App",
    ],
)
def test_the_arn_of_something_else_is_invalid_in_other_words(arn: str) -> None:
    with pytest.raises(AwsError) as refused:
        role_account(arn)
    assert (refused.value.code, refused.value.message) == ("ValidationError", "Request ARN is invalid")
    assert refused.value.hint == f"{arn} is not a role"
