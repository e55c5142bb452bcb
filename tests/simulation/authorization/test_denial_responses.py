"""What decided a request, in words."""

from __future__ import annotations

import pytest

from sts_tui.iam import Decision, PolicySet, evaluate
from sts_tui.simulation.authorization.denial_responses import decided_by, denial_code
from tests.accounts.decisions import ROOT, ask
from tests.accounts.policies import allow, deny, policy

GET = "s3:GetObject"


def decide(**policies: object) -> Decision:
    return evaluate(ask(), PolicySet(**policies))  # type: ignore[arg-type]


def test_statements_that_decided_are_named_once_each() -> None:
    twice = [("own", policy(deny("s3:*", Sid="No"), deny("s3:Get*", Sid="Never")))]
    decision = decide(identity=[*twice, ("more", policy(allow("*")))])
    assert decided_by(decision, GET) == "own#No, own#Never"
    same = decide(identity=[("own", policy(deny("s3:*", Sid="No"), deny("s3:Get*", Sid="No")))])
    assert decided_by(same, GET) == "own#No"


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ({}, "no identity-based policy allows s3:GetObject"),
        ({"identity": policy(allow("*")), "boundary": policy(allow("sqs:*"))},
         "no permissions boundary allows s3:GetObject"),
        ({"identity": policy(allow("*")), "scps": [[policy(allow("sqs:*"))]]},
         "no service control policy allows s3:GetObject"),
    ],
)  # fmt: skip
def test_where_no_statement_decided_the_lacking_layer_is_named(
    policies: dict[str, object], said: str
) -> None:
    assert decided_by(decide(**policies), GET) == said


def test_where_no_layer_decided_the_reason_is_given() -> None:
    root = evaluate(ask(principal=ROOT), PolicySet())
    assert root.is_allowed
    assert decided_by(root, GET) == root.reason != ""


@pytest.mark.parametrize(
    ("action", "code", "status"),
    [
        ("ec2:StopInstances", "UnauthorizedOperation", 403),
        ("sns:Publish", "AuthorizationError", 403),
        ("s3:GetObject", "AccessDenied", 403),
        ("IAM:ListUsers", "AccessDenied", 403),
        ("athena:StartQueryExecution", "AccessDeniedException", 400),
        ("lambda:InvokeFunction", "AccessDeniedException", 403),
    ],
)
def test_each_protocol_has_its_code_and_status(action: str, code: str, status: int) -> None:
    """SNS: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (AuthorizationError, 403)."""
    assert denial_code(action) == (code, status)
