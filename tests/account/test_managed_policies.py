"""The AWS managed policies that are built in, as AWS publishes them.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

import pytest

from sts_tui.account.deny_policies.quarantine import QUARANTINE_V2, QUARANTINE_V3
from sts_tui.account.managed_policies import BUILT_IN, built_in_policies
from sts_tui.account.policies.policy_grammar import PolicyKind, check_policy
from sts_tui.iam import Outcome, PolicySet, Request, evaluate

USER = "arn:aws:iam::111122223333:user/ana"
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_each_is_a_document_that_iam_would_store(name: str) -> None:
    assert check_policy(BUILT_IN[name], PolicyKind.IDENTITY) == ()


@pytest.mark.parametrize(
    ("name", "version", "dated"),
    [
        ("AWSDenyAll", "v2", "2023-12-18"),
        ("AWSCompromisedKeyQuarantineV2", "v5", "2024-10-02"),
        ("AWSCompromisedKeyQuarantineV3", "v3", "2026-03-16"),
    ],
)
def test_policies_of_incidents_have_their_version_and_date(name: str, version: str, dated: str) -> None:
    (policy,) = [one for one in built_in_policies("aws") if one.policy_name == name]
    (stored,) = policy.policy_version_list
    assert (policy.default_version_id, stored.version_id) == (version, version)
    assert stored.create_date is not None
    assert stored.create_date.date().isoformat() == dated
    assert policy.default_document is stored.document


@pytest.mark.parametrize(("document", "count"), [(QUARANTINE_V3, 98), (QUARANTINE_V2, 89)])
def test_the_number_of_actions_that_quarantine_denies(
    document: dict[str, list[dict[str, list[str]]]], count: int
) -> None:
    actions = document["Statement"][0]["Action"]
    assert (len(actions), len(set(actions))) == (count, count)


@pytest.mark.parametrize(
    ("action", "context", "outcome"),
    [
        ("iam:CreateAccessKey", {}, Outcome.EXPLICIT_DENY),
        ("iam:DeleteAccessKey", {}, Outcome.EXPLICIT_DENY),
        ("sts:GetFederationToken", {}, Outcome.EXPLICIT_DENY),
        ("lightsail:CreateInstances", {}, Outcome.EXPLICIT_DENY),
        ("s3:PutObject", {}, Outcome.ALLOWED),
        ("kms:CreateGrant", {}, Outcome.EXPLICIT_DENY),
        ("kms:CreateGrant", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}, Outcome.ALLOWED),
    ],
)
def test_what_quarantine_reaches(action: str, context: dict[str, str], outcome: Outcome) -> None:
    policies = PolicySet(
        identity=[EVERYTHING, QUARANTINE_V3],
        resource=[{**EVERYTHING, "Statement": [{**EVERYTHING["Statement"], "Principal": "*"}]}],  # type: ignore[dict-item]
    )
    assert evaluate(Request(USER, action, "*", context=context), policies).outcome is outcome
