"""What decided a request, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sts_tui.iam import Caller, CallerKind, Decision, PolicySet, evaluate
from sts_tui.simulation.authorization.authorizer import Prepared, Question, prepare
from sts_tui.simulation.authorization.denial_responses import (
    ENCODED_MESSAGE,
    decided_by,
    denial_code,
    log_texts,
)
from sts_tui.sts.identity import user_identity
from tests.accounts.decisions import ACCOUNT, ROOT, USER, ask
from tests.accounts.organization import Desk
from tests.accounts.policies import allow, deny, policy, user_arn

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


def prepared(desk: Desk, action: str) -> Prepared:
    question = Question(
        edition=0, settings=desk.sim.world.settings, action=action, configuration=desk.sim.world.in_force,
        caller=user_identity(desk.sim.world.in_force.users[user_arn("bob")]),
    )  # fmt: skip
    return prepare(question)


def test_a_decision_reads_the_same_each_time_except_that_ec2_encodes_the_instant() -> None:
    desk = Desk()
    later = desk.now + timedelta(seconds=1)
    for action, is_same in (("s3:GetObject", True), ("ec2:StopInstances", False)):
        asked = prepared(desk, action)
        decision = asked.decide(desk.now)
        first, second = (log_texts(asked, decision, at) for at in (desk.now, later))
        assert (first is second) is is_same
        assert (first == second) is is_same
        assert len(asked.words) == is_same
        assert (
            first[:2] == second[:2] == (f"no identity-based policy allows {action}", denial_code(action)[0])
        )
        assert (ENCODED_MESSAGE in first[2]) is not is_same


def test_another_decision_on_the_same_question_has_its_own_words() -> None:
    desk = Desk()
    asked = prepared(desk, "s3:GetObject")
    denied, allowed = decide(), decide(identity=("own", policy(allow("*", Sid="All"))))
    assert log_texts(asked, denied, desk.now)[1] == "AccessDenied"
    assert log_texts(asked, allowed, desk.now) == ("own#All", "200", "")
    assert log_texts(asked, denied, desk.now)[1] == "AccessDenied"


def test_what_no_layer_lacked_is_explained_by_its_reason() -> None:
    broken = decide(identity=("Own", {"statement": []}))
    assert broken.settled_by is not None
    assert decided_by(broken, GET) == broken.reason
    limited = evaluate(ask(caller=user_session(), action="iam:ListUsers"), PolicySet())
    assert limited.limit is not None
    assert decided_by(limited, "iam:ListUsers") == limited.reason


def user_session() -> Caller:
    """GetSessionToken credentials without MFA, which may not call IAM."""
    return Caller(kind=CallerKind.USER_SESSION, arn=USER, account=ACCOUNT)
