"""What is left out on purpose is refused with why, and with what to use instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.operations import OPERATIONS
from sts_tui.simulation.operations.stated_limits import STATED_LIMITS, stated_limit
from sts_tui.tours.reading.aws_line import read_aws_line
from sts_tui.tours.reading.errors import StepError

ROOT = Path(__file__).parents[3]
KNOWN = json.loads((ROOT / ".ci" / "aws_models.json").read_text("utf-8"))["services"]
ACTIONS = [f"{limit.service}:{name}" for limit in STATED_LIMITS for name in limit.operations]


@pytest.mark.parametrize("action", ACTIONS)
def test_each_is_an_operation_of_aws_that_is_not_performed(action: str) -> None:
    service, _, name = action.partition(":")
    assert name in KNOWN[{"access-analyzer": "accessanalyzer"}.get(service, service)]
    assert action not in OPERATIONS


@pytest.mark.parametrize(
    ("service", "prefix"),
    [
        ("sts", "sts"),
        ("iam", "iam"),
        ("organizations", "organizations"),
        ("accessanalyzer", "access-analyzer"),
        ("signin", "signin"),
        ("sso", "sso"),
        ("iam-toolbox", "iam"),
        ("cognito-identity", "cognito-identity"),
        ("rolesanywhere", "rolesanywhere"),
        ("eks-auth", "eks-auth"),
    ],
)
def test_every_operation_of_these_services_is_performed_or_says_what_instead(
    service: str, prefix: str
) -> None:
    missing = [
        name
        for name in KNOWN[service]
        if f"{prefix}:{name}" not in OPERATIONS and not stated_limit(f"{prefix}:{name}")
    ]
    assert missing == []


def test_no_operation_has_two_limits() -> None:
    assert len(ACTIONS) == len({action.lower() for action in ACTIONS})


@pytest.mark.parametrize(
    ("line", "why", "instead"),
    [
        ("s3api put-public-access-block --bucket b", "Block Public Access", "RCP"),
        ("s3control put-public-access-block --account-id 1", "Block Public Access", "RCP"),
        ("s3api put-bucket-acl --bucket b --acl private", "AccessControlListNotSupported", "bucket policy"),
        (
            "organizations create-account --email a --account-name b",
            "neither created nor closed",
            "account file",
        ),
        ("accessanalyzer list-analyzers", "analyzers", "sts-tui reach"),
        ("accessanalyzer check-no-public-access --policy-document x", "automated reasoning", "anonymous"),
        ("iam upload-ssh-public-key --user-name u", "SSH keys", "create-access-key"),
    ],
)
def test_a_line_of_a_tour_says_why_and_what_instead(line: str, why: str, instead: str) -> None:
    with pytest.raises(StepError) as refused:
        read_aws_line(line.split())
    assert why in refused.value.message
    assert instead in refused.value.hint
    assert "authorizes it" in refused.value.hint


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("s3api put-public-access-block --bucket b", "s3:PutBucketPublicAccessBlock"),
        ("s3api delete-public-access-block --bucket b", "s3:PutBucketPublicAccessBlock"),
        ("s3control get-public-access-block --account-id 1", "s3:GetAccountPublicAccessBlock"),
        ("s3api get-bucket-acl --bucket b", "s3:GetBucketAcl"),
    ],
)
def test_the_request_names_the_action_that_policies_name(line: str, action: str) -> None:
    with pytest.raises(StepError) as refused:
        read_aws_line(line.split())
    assert f"request {action} RESOURCE authorizes it" in refused.value.hint


def test_the_library_raises_with_the_same_words() -> None:
    simulation = Simulation.open(ROOT / "sample_accounts" / "acme.json")
    with pytest.raises(NotModelledError, match="ACLs are not simulated") as refused:
        simulation.call("s3:PutBucketAcl", {"Bucket": "acme-orders", "ACL": "private"})
    assert "bucket policy" in refused.value.hint
    assert not [event for event in simulation.events if "PutBucketAcl" in str(event)]


def test_other_operations_have_no_limit() -> None:
    assert stated_limit("iam:GetRole") is None
    assert stated_limit("ec2:RunInstances") is None
