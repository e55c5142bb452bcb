"""A trail evaluated again: agreements, disagreements with their cause, and what a change would have done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json, load
from sts_tui.cli.files import sample_account
from sts_tui.tours.reading.durations import parse_instant
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.trail.otherwise import Change, ChangeError
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import Replayed, replayed
from sts_tui.trail.skeleton import skeleton_of
from tests.support.cloudtrail import (
    ACCOUNT,
    ROLE,
    THIEF,
    Events,
    iam_user,
    leaked_credentials,
    service,
    session,
)

Run = Callable[..., Replayed]
APP_KEY = "ASIAAPP0000000000001"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Replays events under a model (the sample), with steps at times, and suspects."""

    def run(
        events: list[dict[str, Any]], at: dict[str, str] | None = None, suspects: tuple[str, ...] = (),
        model: Any = None,
    ) -> Replayed:  # fmt: skip
        path = tmp_path / "trail.json"
        path.write_text(json.dumps({"Records": events}))
        changes = [
            Change(parse_instant(f"2026-01-15T{time}Z"), parse_step(step))
            for time, step in (at or {}).items()
        ]
        with Trail([path]) as trail:
            return replayed(trail, model or load([sample_account()]).model, changes, suspects)

    return run


def test_what_aws_and_the_model_both_say_is_counted_as_agreement(run: Run) -> None:
    result = run(leaked_credentials()).replay
    assert (result.agreed_allowed, result.agreed_denied, result.disagreed) == (18, 1, 0)
    assert not result.disagreements


def test_keys_are_listed_with_their_chain_and_addresses(run: Run) -> None:
    events = leaked_credentials()
    events.get_object("09:19:00", session("ReadOnly", "alice", "ASIARO00000000000001", "09:18:00"), "x")
    keys = run(events).replay.keys
    assert keys[APP_KEY].addresses == {"203.0.113.5": 11, THIEF: 6}
    assert keys[APP_KEY].denied == 1
    assert keys["ASIARO00000000000001"].parent == "AKIAALICE00000000000"


def test_a_denial_for_another_reason_is_a_disagreement(run: Run) -> None:
    events = Events()
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", APP_KEY)
    events.get_object(
        "09:01:00", session("App", "i-1", APP_KEY), "a", code="AccessDenied",
        message=f"User: arn:aws:sts::{ACCOUNT}:assumed-role/App/i-1 is not authorized to perform: "
        's3:GetObject on resource: "arn:aws:s3:::acme-orders/a" with an explicit deny in a VPC endpoint '
        "policy",
    )  # fmt: skip
    (found,) = run(events).replay.disagreements
    assert (found.recorded, found.model, found.cause) == ("denied", "allowed", "not in the model")
    assert "VPC endpoint policies" in found.detail


def test_a_policy_that_the_trail_changes_later_is_the_likely_cause(run: Run) -> None:
    events = Events()
    app = session("App", "i-1", APP_KEY)
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", APP_KEY)
    events.add("09:01:00", "dynamodb", "PutItem", app, {"tableName": "orders"})
    events.add(
        "09:02:00", "iam", "DeleteRolePolicy", iam_user("alice"), {"roleName": "App", "policyName": "db"}
    )
    (found,) = run(events).replay.disagreements
    assert (found.action, found.cause) == ("dynamodb:PutItem", "policies newer than the event")
    assert "iam:DeleteRolePolicy" in found.detail


def test_an_edit_that_the_model_does_not_have_is_the_likely_cause(run: Run) -> None:
    events = Events()
    request = {"roleName": "App", "policyName": "db", "policyDocument": "{}"}
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", APP_KEY)
    events.add("09:00:30", "iam", "PutRolePolicy", iam_user("alice", "AKIAOUTSIDE000000000"), request)
    events.add("09:01:00", "dynamodb", "PutItem", session("App", "i-1", APP_KEY), {"tableName": "orders"})
    found = next(one for one in run(events).replay.disagreements if one.action == "dynamodb:PutItem")
    assert found.cause == "policies older than the event (--model-before)"
    assert "iam:PutRolePolicy" in found.detail


def test_a_session_policy_from_before_the_trail_is_the_likely_cause(run: Run) -> None:
    events = Events()
    sentence = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/App/i-1 is not authorized to perform: s3:GetObject "
    )
    events.get_object(
        "09:01:00", session("App", "i-1", APP_KEY, "08:00:00"), "a", code="AccessDenied",
        message=f'{sentence}on resource: "arn:aws:s3:::acme-orders/a" because no session policy allows the '
        "s3:GetObject action",
    )  # fmt: skip
    (found,) = run(events).replay.disagreements
    assert (found.recorded, found.model, found.cause) == ("denied", "allowed", "not in the event")
    assert "session policy is unknown" in found.detail


def test_what_no_policy_decides_and_what_failed_otherwise_is_not_compared(run: Run) -> None:
    events = Events()
    app = session("App", "i-1", APP_KEY)
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", APP_KEY)
    events.get_object("09:01:00", app, "a", code="NoSuchKey", message="The specified key does not exist.")
    events.add("09:02:00", "signin", "ConsoleLogin", iam_user("alice"), eventType="AwsConsoleSignIn")
    events.add("09:03:00", "kms", "RotateKey", service("kms.amazonaws.com"), eventType="AwsServiceEvent")
    result = run(events).replay
    assert (result.compared, dict(result.failed), result.not_evaluated.total()) == (1, {"NoSuchKey": 1}, 2)


def test_a_request_that_names_no_resource_is_unknown_where_that_decides(run: Run) -> None:
    events = Events()
    events.add(
        "09:00:00", "lambda", "UpdateFunctionCode20150331v2", session("Deploy", "r", "ASIADEPLOY0000000001")
    )
    result = run(events).replay
    assert dict(result.unknown) == {"the event names no resource": 1}


def _model_of_dora(*statements: dict[str, Any]) -> Any:
    inline = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    users = [{"UserName": "dora", "UserPolicyList": [inline]}]
    return from_json({"Name": "m", "Accounts": [{"AccountId": ACCOUNT, "UserDetailList": users}]}).model


@pytest.mark.parametrize("prefix", ["aws", "ec2"])
def test_tags_of_a_resource_that_the_model_does_not_have_are_unknown(run: Run, prefix: str) -> None:
    tagged = {"StringEquals": {f"{prefix}:ResourceTag/team": "web"}}
    model = _model_of_dora(
        {"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": tagged}
    )
    events = Events()
    request = {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}}
    events.add("09:00:00", "ec2", "TerminateInstances", iam_user("dora"), request)
    result = run(events, model=model).replay
    assert result.disagreements == []
    (reason,) = result.unknown
    assert f"{prefix}:ResourceTag/team is unknown" in reason


@pytest.mark.parametrize(
    ("effect", "service_name", "name", "request_", "cause"),
    [
        ("Deny", "s3", "GetObject", {"bucketName": "b", "key": "k"}, "unexplained"),
        ("", "s3", "GetObject", {"bucketName": "b", "key": "k"}, "not in the model"),
        ("", "ec2", "StopInstances", {"instancesSet": {"items": [{"instanceId": "i-1"}]}}, "unexplained"),
    ],
)
def test_a_resource_policy_is_a_cause_only_where_it_could_allow(
    run: Run, effect: str, service_name: str, name: str, request_: dict[str, Any], cause: str
) -> None:
    statement = {
        "Effect": effect or "Allow",
        "Action": "s3:GetObject" if effect else "sqs:*",
        "Resource": "*",
    }
    events = Events()
    events.add("09:00:00", service_name, name, iam_user("dora"), request_)
    (found,) = run(events, model=_model_of_dora(statement)).replay.disagreements
    assert found.cause == cause


@pytest.mark.parametrize(
    ("statement", "key", "label"),
    [
        (
            {"Effect": "Deny", "Sid": "No", "Condition": {"Null": {"aws:TagKeys": "true"}}},
            "aws:TagKeys",
            "No",
        ),
        (
            {"Effect": "Allow", "Condition": {"StringEquals": {"dynamodb:Select": "COUNT"}}},
            "dynamodb:Select",
            "#1",
        ),
        ({"Effect": "Deny", "Condition": {"Null": {"aws:SourceVpce": "true"}}}, "", ""),  # absent in AWS too
    ],
)
def test_a_key_that_the_event_does_not_state_is_a_cause_where_the_deciding_statement_tests_it(
    run: Run, statement: dict[str, Any], key: str, label: str
) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"""
    other = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    model = _model_of_dora({"Action": "dynamodb:*", "Resource": "*", **statement}, other)
    events = Events()
    events.add("09:00:00", "dynamodb", "Query", iam_user("dora"), {"tableName": "T"})
    (found,) = run(events, model=model).replay.disagreements
    if key:
        assert found.cause == "not in the event"
        assert f"{key}, which dora/p#{label.lstrip('#')} tests" in found.detail
    else:
        assert found.cause != "not in the event"


def test_an_event_is_not_its_own_cause(run: Run) -> None:
    events = Events()
    request = {"userName": "dora", "policyName": "more"}
    events.add("09:00:00", "iam", "PutUserPolicy", iam_user("dora"), request)
    model = _model_of_dora({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    (found,) = run(events, model=model).replay.disagreements
    assert found.cause == "unexplained"


def test_a_session_policy_in_the_request_limits_the_session(run: Run) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
    }
    events = Events()
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", APP_KEY, policy=json.dumps(policy))
    events.get_object("09:01:00", session("App", "i-1", APP_KEY), "a")
    (found,) = run(events).replay.disagreements
    assert found.model_reason == "no session policy allows s3:GetObject"


def test_both_copies_of_a_request_between_accounts_count_once(run: Run) -> None:
    events = Events()
    deploy = events.assume("09:00:00", iam_user("alice"), "ReadOnly", "a", "ASIARO00000000000001")
    deploy["sharedEventID"] = "shared-1"
    other = {"type": "AWSAccount", "principalId": "AIDAOTHER00000000000", "accountId": "999900001111"}
    events.append(deploy | {"eventID": "copy", "userIdentity": other, "recipientAccountId": "444455556666"})
    result = run(events).replay
    assert (result.agreed_allowed, result.not_evaluated.total()) == (1, 1)


def test_a_revocation_at_an_instant_prevents_what_came_after_it(run: Run) -> None:
    what_if = run(leaked_credentials(), {"09:12:00": "revoke App"}, (THIEF,)).what_if
    assert what_if is not None
    assert (what_if.suspect_calls, what_if.suspect_prevented) == (3, 3)
    assert (what_if.calls - what_if.suspect_calls, what_if.prevented - what_if.suspect_prevented) == (2, 1)
    assert {one.reason for one in what_if.kinds} == {"App/AWSRevokeOlderSessions#1"}


def test_sessions_of_a_session_that_was_not_issued_did_nothing_either(run: Run) -> None:
    events = Events()
    first, second = "ASIADEPLOY0000000001", "ASIABREAK00000000001"
    ci = session("CI", "b", "ASIACI00000000000001")
    ci["arn"] = "arn:aws:sts::444455556666:assumed-role/CI/b"
    ci["accountId"] = "444455556666"
    ci["sessionContext"]["sessionIssuer"]["arn"] = "arn:aws:iam::444455556666:role/CI"
    events.assume("09:00:00", ci, "Deploy", "r", first, sourceIdentity="build-1")
    deploy = session("Deploy", "r", first, sourceIdentity="build-1")
    events.assume("09:05:00", deploy, "BreakGlass", "h", second)
    events.add("09:06:00", "iam", "ListRoles", session("BreakGlass", "h", second, "09:05:00"))
    what_if = run(events, {"09:01:00": "revoke Deploy"}).what_if
    assert what_if is not None
    assert [one.reason for one in what_if.kinds] == [
        "Deploy/AWSRevokeOlderSessions#1",
        "its session would not have been issued",
    ]


def test_an_access_key_that_was_inactive_signed_nothing(run: Run) -> None:
    model = from_json(
        {
            "Accounts": [
                {
                    "AccountId": ACCOUNT,
                    "UserDetailList": [
                        {
                            "UserName": "alice",
                            "AccessKeys": [{"AccessKeyId": "AKIAALICE00000000000", "Status": "Active"}],
                            "UserPolicyList": [
                                {
                                    "PolicyName": "all",
                                    "PolicyDocument": {
                                        "Version": "2012-10-17",
                                        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
                                    },
                                }
                            ],
                        }
                    ],
                }
            ]
        },
        "model",
    ).model
    events = Events()
    events.get_object("09:00:00", iam_user("alice"), "a")
    events.get_object("09:10:00", iam_user("alice"), "b")
    step = (
        "aws iam update-access-key --user-name alice --access-key-id AKIAALICE00000000000 --status Inactive"
    )
    what_if = run(events, {"09:05:00": step}, model=model).what_if
    assert what_if is not None
    assert (what_if.calls, what_if.prevented) == (1, 1)


def test_a_step_that_fails_is_an_error_with_its_instant(run: Run) -> None:
    with pytest.raises(ChangeError, match=r"2026-01-15T09:05:00Z: .*Nobody"):
        run(leaked_credentials(), {"09:05:00": "revoke Nobody"})


def test_a_skeleton_allows_what_was_allowed_and_loads_as_an_account_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "alone.json"
    path.write_text(json.dumps({"Records": leaked_credentials()}))
    with Trail([path]) as trail:
        written = skeleton_of(trail)
    model = from_json(written, "skeleton").model
    result = run(leaked_credentials(), model=model).replay
    assert (result.agreed_allowed, result.agreed_denied, result.disagreed) == (18, 1, 0)
    roles = {one.arn for account in model.accounts for one in account.role_detail_list}
    assert roles == {f"{ROLE}App", f"{ROLE}ReadOnly"}


@pytest.mark.parametrize(
    ("deny", "verdict"), [(None, "allowed"), ("arn:aws:lambda:*:*:function:pay", "unknown")]
)
def test_an_allow_for_a_resource_that_the_event_does_not_name_holds_where_no_deny_concerns_it(
    deny: str | None, verdict: str, run: Run
) -> None:
    statements = [{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}]
    if deny:
        statements.append({"Effect": "Deny", "Action": "lambda:UpdateFunctionCode", "Resource": deny})
    policy = {"Version": "2012-10-17", "Statement": statements}
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "RoleName": "Deploy",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
    }
    model = from_json({"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": [role]}]}).model
    events = Events()
    deploy = session("Deploy", "r", "ASIADEPLOY0000000001")
    events.add("09:00:00", "lambda", "UpdateFunctionCode20150331v2", deploy)
    result = run(events, model=model).replay
    assert (result.agreed_allowed, result.unknown.total()) == ((1, 0) if verdict == "allowed" else (0, 1))
