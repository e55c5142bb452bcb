"""Which services a trust policy names."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.entities import Role
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.trusted_principals import trusted_services

EC2, LAMBDA = "ec2.amazonaws.com", "lambda.amazonaws.com"


def trusting(*principals: Any, effect: str = "Allow") -> list[dict[str, Any]]:
    return [{"Effect": effect, "Principal": each, "Action": "sts:AssumeRole"} for each in principals]


@pytest.mark.parametrize(
    ("statements", "services"),
    [
        (trusting({"Service": EC2}), (EC2,)),
        (trusting({"Service": [LAMBDA, EC2]}), (LAMBDA, EC2)),
        (trusting({"Service": EC2}, {"Service": [LAMBDA, EC2]}), (EC2, LAMBDA)),
        (trusting({"AWS": "111122223333"}, "*", {"Service": EC2}), (EC2,)),
        ([*trusting({"Service": EC2}, effect="Deny"), *trusting({"Service": LAMBDA})], (LAMBDA,)),
        (["no statement", *trusting({"Service": LAMBDA})], (LAMBDA,)),
        (trusting({"Service": EC2})[0], (EC2,)),
        ([], ()),
        (None, ()),
    ],
)
def test_services_of_every_allow_are_named_once(statements: Any, services: tuple[str, ...]) -> None:
    document = WrittenPolicy({"Version": "2012-10-17", "Statement": statements})
    role = Role(
        arn="arn:aws:iam::111122223333:role/R", role_name="R", role_id="AROAEXAMPLE",
        assume_role_policy_document=document,
    )  # fmt: skip
    assert trusted_services(role) == services
