"""What is remembered about a session's access holds for one instant only where a policy asks for the time."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.allowed_requests import signature_of
from sts_tui.simulation.authorization import session_access
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.authorizer import LoggedQuestion
from sts_tui.simulation.authorization.example_requests import example_action
from sts_tui.simulation.authorization.session_access import (
    Access,
    SessionAccess,
    _depend_on_clock,
    _first,
    denied_by,
    requests_at_issue,
    stated_requests,
)
from sts_tui.sts.identity import session_identity
from sts_tui.sts.session import Session
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, allow, allows, deny, policy, role_arn

PLAIN = WrittenPolicy(allows("s3:GetObject"))
TIMED = WrittenPolicy(
    allows("s3:GetObject", Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-15T09:10:00Z"}})
)


def test_one_policy_that_asks_for_the_time_is_enough() -> None:
    assert _depend_on_clock((PLAIN, TIMED))
    assert _depend_on_clock((TIMED,))
    assert not _depend_on_clock((PLAIN, PLAIN, None))


def role_with(*statements: dict[str, Any]) -> Desk:
    desk = Desk()
    document = policy(*statements)
    desk.sim.call(
        "iam:PutRolePolicy", {"RoleName": "Pathed", "PolicyName": "own", "PolicyDocument": document}
    )
    return desk


PATHED = f"arn:aws:iam::{MAIN}:role/team/Pathed"


def stated(desk: Desk) -> list[tuple[str, str]]:
    """What the Allows of the role are asked about."""
    world = desk.sim.world
    caller = session_identity(assumed_session(world.in_force.roles[PATHED], "demo", world))
    stated = stated_requests(caller, PATHED, world.in_force, world.settings)
    return [next(iter(pairs)) for pairs in stated]


@pytest.mark.parametrize(
    ("action", "resource", "filled"),
    [
        ("s3:GetObject", "arn:aws:s3:::data/*", ("s3:GetObject", "arn:aws:s3:::data/any")),
        ("s3:Get*", "arn:aws:s3:::d?ta/x", ("s3:GetObject", "arn:aws:s3:::data/x")),
        ("s3:G?tObject", "*", ("s3:GetObject", "arn:aws:s3:::any-bucket/any-key")),
        ("*", "*", ("s3:GetObject", "arn:aws:s3:::any-bucket/any-key")),
        ("s3:*", "*", ("s3:GetObject", "arn:aws:s3:::any-bucket/any-key")),
        ("*:*", "arn:aws:s3:::data/*", ("s3:GetObject", "arn:aws:s3:::data/any")),
        ("sqs:*", "*", ("sqs:TagQueue", "*")),
        ("newservice:*", "*", ("newservice:Any", "*")),
        (
            ["ec2:Run*", "s3:*"],
            ["arn:aws:ec2:*:*:instance/*", "*"],
            ("ec2:RunInstances", f"arn:aws:ec2:us-east-1:{MAIN}:instance/any"),
        ),
    ],
)
def test_a_statement_is_asked_about_with_its_wildcards_filled_in(
    action: Any, resource: Any, filled: tuple[str, str]
) -> None:
    desk = role_with({"Effect": "Allow", "Action": action, "Resource": resource})
    assert stated(desk) == [filled]


def test_only_allows_are_asked_about() -> None:
    desk = role_with(
        deny("s3:*"),
        allow("sqs:SendMessage"),
        {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::data/*"},
    )
    assert stated(desk) == [
        ("sqs:SendMessage", "*"),
        ("s3:GetObject", "arn:aws:s3:::any-bucket/any-key"),
    ]


def test_requests_at_issue_are_those_that_were_allowed_then() -> None:
    desk = role_with(allow(["s3:Get*", "s3:Put*"], "arn:aws:s3:::data/*"), allow("sqs:*"), deny("sqs:*"))
    session = desk.session(desk.call("AssumeRole", RoleArn=PATHED, RoleSessionName="demo"))
    then = desk.sim.world.in_force
    found = list(requests_at_issue(session, then, desk.sim.world))
    assert [(one.action, one.resource) for _, one in found] == [("s3:GetObject", "arn:aws:s3:::data/any")]
    assert [signature for signature, _ in found] == [signature_of(one) for _, one in found]


def question_of(desk: Desk, session: Session, action: str, resource: str) -> LoggedQuestion:
    return LoggedQuestion(
        edition=0, settings=desk.sim.world.settings, caller=session_identity(session), action=action,
        resource=resource,
    )  # fmt: skip


def test_access_counts_what_is_denied_now_and_names_what_denies_most_of_it() -> None:
    desk = Desk()
    session = desk.session(desk.assume("App"))
    actions = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sts:GetCallerIdentity")
    questions = [
        (signature_of(one), one)
        for one in (question_of(desk, session, action, "arn:aws:s3:::data/x") for action in actions)
    ]
    access = SessionAccess()
    assert access.of(session, questions, desk.sim.world) == Access(denied=0, of=4)
    assert access.evaluations == 4
    assert access.of(session, questions, desk.sim.world) == Access(denied=0, of=4)
    assert access.evaluations == 4, "nothing changed"
    for name, denied in (("writes", ["s3:Put*", "s3:Delete*"]), ("reads", "s3:Get*")):
        document = policy(deny(denied))
        desk.sim.call(
            "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": name, "PolicyDocument": document}
        )
    found = access.of(session, questions, desk.sim.world)
    assert (found.denied, found.of) == (3, 4)
    assert "writes" in found.by
    assert access.evaluations == 8
    access.forget([session.access_key_id])
    access.of(session, questions, desk.sim.world)
    assert access.evaluations == 12
    assert access.timed == set()


def test_an_answer_that_asks_for_the_time_holds_for_one_instant() -> None:
    desk = Desk()
    session = desk.session(desk.assume("App"))
    until = policy(deny(Condition={"DateGreaterThan": {"aws:CurrentTime": "2026-01-15T09:00:10Z"}}))
    desk.sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "until", "PolicyDocument": until})
    question = question_of(desk, session, "s3:GetObject", "arn:aws:s3:::data/x")
    access = SessionAccess()
    asked = [(signature_of(question), question)]
    assert access.of(session, asked, desk.sim.world).denied == 0
    assert access.of(session, asked, desk.sim.world).denied == 0
    assert access.evaluations == 1
    assert access.timed == {session.access_key_id}
    desk.sim.advance(11)
    assert access.of(session, asked, desk.sim.world).denied == 1
    assert access.evaluations == 2
    access.forget([session.access_key_id])
    assert access.timed == set()


def test_credentials_that_are_refused_say_why() -> None:
    desk = Desk()
    session = desk.session(desk.assume("App", DurationSeconds=900))
    question = question_of(desk, session, "s3:GetObject", "arn:aws:s3:::data/x")
    caller = session_identity(session)
    assert denied_by(question, session, caller, desk.sim.world) == ""
    desk.sim.advance(900)
    why = denied_by(question, session, caller, desk.sim.world)
    assert "expired" in why
    found = SessionAccess().of(session, [(signature_of(question), question)], desk.sim.world)
    assert found == Access(denied=1, of=1, by=why)


@pytest.mark.parametrize(
    "statement",
    [
        allow(["sqs:SendMessage", "s3:GetObject"], ["arn:aws:sqs:::a", "arn:aws:s3:::b"]),
        allow("sqs:SendMessage", "arn:aws:sqs:::a"),
    ],
)
def test_of_several_actions_and_resources_the_first_are_asked_for(statement: dict[str, Any]) -> None:
    asked = stated(role_with(statement))
    assert ("sqs:SendMessage", "arn:aws:sqs:::a") in asked


@pytest.mark.parametrize("actions", [[], 5, None, [7]])
def test_a_statement_without_a_usable_action_asks_for_some_action_of_s3(actions: object) -> None:
    assert _first(actions) == [""]
    assert example_action(_first(actions)[0], "*").startswith("s3:")


NO_S3 = policy(deny("s3:*"))
CLOSED = policy(deny("s3:*", "arn:aws:s3:::data/*", Principal="*"))
BOUNDARY = f"arn:aws:iam::{MAIN}:policy/ReadOnly"
OBJECT = "arn:aws:s3:::data/x"


def of_a_role(desk: Desk) -> Session:
    desk.call("iam:AttachRolePolicy", RoleName="App", PolicyArn=BOUNDARY)
    return desk.session(desk.assume("App", PolicyArns=[{"arn": BOUNDARY}]))


def of_a_user(desk: Desk) -> Session:
    desk.call("iam:CreateGroup", GroupName="team")
    desk.call("iam:AddUserToGroup", GroupName="team", UserName="bob")
    desk.call("iam:PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=allows("s3:*"))
    return desk.session(desk.call("GetSessionToken", by="bob"))


@pytest.mark.parametrize(
    ("opened", "operation", "params"),
    [
        (of_a_role, "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "p", "PolicyDocument": NO_S3}),
        (of_a_role, "iam:PutRolePermissionsBoundary", {"RoleName": "App", "PermissionsBoundary": BOUNDARY}),
        (of_a_role, "iam:DetachRolePolicy", {"RoleName": "App", "PolicyArn": BOUNDARY}),
        (of_a_role, "iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"}),
        (
            of_a_role,
            "iam:CreatePolicyVersion",
            {"PolicyArn": BOUNDARY, "PolicyDocument": NO_S3, "SetAsDefault": True},
        ),
        (of_a_role, "s3:PutBucketPolicy", {"Bucket": "data", "Policy": CLOSED}),
        (of_a_user, "iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": NO_S3}),
        (of_a_user, "iam:PutGroupPolicy", {"GroupName": "team", "PolicyName": "p", "PolicyDocument": NO_S3}),
        (of_a_user, "iam:AttachGroupPolicy", {"GroupName": "team", "PolicyArn": BOUNDARY}),
        (of_a_user, "iam:RemoveUserFromGroup", {"GroupName": "team", "UserName": "bob"}),
    ],
)  # fmt: skip
def test_each_policy_that_a_session_depends_on_is_evaluated_again(
    opened: Any, operation: str, params: dict[str, Any]
) -> None:
    desk, access = Desk(), SessionAccess()
    session = opened(desk)
    question = question_of(desk, session, "s3:GetObject", OBJECT)
    asked = [(signature_of(question), question)]
    access.of(session, asked, desk.sim.world)
    desk.sim.call("iam:TagRole", {"RoleName": "Long", "Tags": [{"Key": "k", "Value": "v"}]})
    access.of(session, asked, desk.sim.world)
    assert access.evaluations == 1, "another role does not matter"
    desk.sim.call(operation, params)
    found = access.of(session, asked, desk.sim.world)
    assert access.evaluations == 2
    assert bool(found.by) == bool(found.denied)
    world = desk.sim.world
    assert found.denied == bool(denied_by(question, session, session_identity(session), world))


def test_what_a_session_depends_on_is_looked_up_once_for_each_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[str] = []
    for name in ("_caller_parts", "_resource_parts"):
        original = getattr(session_access, name)

        def noted(*given: Any, name: str = name, original: Any = original) -> Any:
            looked_up.append(name)
            return original(*given)

        monkeypatch.setattr(session_access, name, noted)
    desk, access = Desk(), SessionAccess()
    session = desk.session(desk.assume("App"))
    question = question_of(desk, session, "s3:GetObject", OBJECT)
    asked = [(signature_of(question), question)]
    once = ["_caller_parts", "_resource_parts"]
    access.of(session, asked, desk.sim.world)
    access.of(session, asked, desk.sim.world)
    assert looked_up == once
    desk.sim.call("iam:TagRole", {"RoleName": "Long", "Tags": [{"Key": "k", "Value": "v"}]})
    access.of(session, asked, desk.sim.world)
    access.of(session, asked, desk.sim.world)
    assert looked_up == once * 2
    assert access.evaluations == 1


def test_one_answer_that_asks_for_the_time_is_enough_to_be_asked_again() -> None:
    desk = Desk()
    until = deny(
        "s3:*", "arn:aws:s3:::data/*", Principal="*",
        Condition={"DateGreaterThan": {"aws:CurrentTime": "2026-01-15T09:00:10Z"}},
    )  # fmt: skip
    desk.sim.call("s3:PutBucketPolicy", {"Bucket": "data", "Policy": policy(until)})
    session, access = desk.session(desk.assume("App")), SessionAccess()
    asked = [
        (signature_of(one), one)
        for one in (question_of(desk, session, "s3:GetObject", each) for each in (OBJECT, "arn:aws:s3:::x/y"))
    ]
    access.of(session, asked, desk.sim.world)
    assert access.timed == {session.access_key_id}
    desk.sim.advance(11)
    assert access.of(session, asked, desk.sim.world).denied == 1
    assert access.evaluations == 3, "the other answer holds"


def test_an_allowance_is_spent_to_its_last_evaluation_and_what_was_evaluated_is_kept() -> None:
    desk = Desk()
    session, access = desk.session(desk.assume("App")), SessionAccess()
    asked = [
        (signature_of(one), one)
        for one in (question_of(desk, session, f"s3:{name}", OBJECT) for name in ("GetObject", "PutObject"))
    ]
    access.allowance = 1
    assert not access.is_exhausted
    assert access.soon(session, asked, desk.sim.world) is None
    assert (access.evaluations, access.allowance, access.is_exhausted) == (1, 0, True)
    access.allowance = 1
    assert access.soon(session, asked, desk.sim.world) == Access(denied=0, of=2)
    assert (access.evaluations, access.allowance) == (2, 0)
    assert access.soon(session, asked, desk.sim.world) == Access(denied=0, of=2), "nothing is evaluated"
    access.forget([session.access_key_id])
    assert access.of(session, asked, desk.sim.world) == Access(denied=0, of=2), "whatever the allowance"
    assert (access.evaluations, access.allowance) == (4, 0)
    access.allowance = None
    access.spend(5)
    assert not access.is_exhausted


@pytest.mark.parametrize("dies", [True, False])
def test_a_session_that_dies_with_the_key_of_its_user_is_evaluated_again(dies: bool) -> None:
    desk, access = Desk(settings={"SessionsDieWithAccessKey": dies}), SessionAccess()
    first = desk.call("GetSessionToken", by="alice")
    session = desk.session(first)
    question = question_of(desk, session, "s3:GetObject", OBJECT)
    asked = [(signature_of(question), question)]
    assert access.of(session, asked, desk.sim.world) == Access(denied=0, of=1)
    key = session.parent
    desk.sim.call("iam:UpdateAccessKey", {"UserName": "alice", "AccessKeyId": key, "Status": "Inactive"})
    assert access.of(session, asked, desk.sim.world).denied == dies


@pytest.mark.parametrize(("spent", "is_exhausted"), [(0, False), (9, False), (10, True), (11, True)])
def test_an_allowance_is_exhausted_when_it_is_spent_or_overspent(spent: int, is_exhausted: bool) -> None:
    access = SessionAccess()
    access.allowance = 10
    access.spend(spent)
    assert access.is_exhausted is is_exhausted


def test_an_assumed_session_lasts_an_hour() -> None:
    world = Desk().sim.world
    assumed = assumed_session(world.configuration.roles[role_arn("App")], "ana", world)
    assert (assumed.expires_at - world.now).total_seconds() == 3600
