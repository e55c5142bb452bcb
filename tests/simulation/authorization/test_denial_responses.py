"""What decided a request, in words."""

from __future__ import annotations

import pytest

from sts_tui.iam import Decision, PolicySet, evaluate
from sts_tui.simulation.authorization.denial_responses import decided_by
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
