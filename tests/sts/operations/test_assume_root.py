"""AssumeRoot. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from sts_tui.sts.operations.root_tasks import ROOT_TASKS
from tests.accounts.organization import MODEL, OUTSIDER, Desk, one_violation, seconds_of, working_user
from tests.accounts.policies import MAIN, OTHER, user_arn

PREFIX = "arn:aws:iam::aws:policy/root-task/"
AUDIT = f"{PREFIX}IAMAuditRootUserCredentials"
UNLOCK = f"{PREFIX}S3UnlockBucketPolicy"
TARGET = f"arn:aws:iam::{OTHER}:root"
DENIED = f"User: {user_arn('alice')} is not authorized to perform: sts:AssumeRoot on resource: "


def arguments(task: str = AUDIT, target: str = OTHER, **more: Any) -> dict[str, Any]:
    return {"TargetPrincipal": target, "TaskPolicyArn": {"arn": task}, **more}


def model(**organization: Any) -> dict[str, Any]:
    changed = deepcopy(MODEL)
    changed["Organization"] |= organization
    return changed


def test_session_is_the_member_accounts_root(desk: Desk) -> None:
    response = desk.call("AssumeRoot", **arguments())
    assert set(response) == {"Credentials", "SessionTokenUtilization", "SessionTokenSize"}
    assert seconds_of(desk, response) == 900
    assert desk.call("GetCallerIdentity", by=desk.key(response)) == {
        "UserId": OTHER,
        "Account": OTHER,
        "Arn": TARGET,
    }


def test_target_can_be_a_root_arn(desk: Desk) -> None:
    assert desk.session(desk.call("AssumeRoot", **arguments(target=TARGET))).arn == TARGET


@pytest.mark.parametrize("target", [f"arn:aws:iam::{OTHER}:user/olga", "nonsense-nonsense", "1234567890123"])
def test_target_is_an_account_or_its_root(desk: Desk, target: str) -> None:
    assert desk.invalid("AssumeRoot", **arguments(target=target)) == f"{target} is invalid"


def test_session_can_do_its_task_and_nothing_else(desk: Desk) -> None:
    key = desk.key(desk.call("AssumeRoot", **arguments()))
    assert desk.may("iam:ListAccessKeys", TARGET, by=key)
    assert not desk.may("iam:ListAccessKeys", f"arn:aws:iam::{OTHER}:user/olga", by=key)
    assert not desk.may("iam:DeleteAccessKey", TARGET, by=key)
    assert not desk.may("s3:ListAllMyBuckets", by=key)


def test_requests_carry_assumed_root(desk: Desk) -> None:
    assert desk.session(desk.call("AssumeRoot", **arguments())).context["aws:AssumedRoot"] == "true"


def test_each_task_needs_its_feature_of_the_organization() -> None:
    credentials_only = Desk(model=model(Features=["RootCredentialsManagement"]))
    sessions_only = Desk(model=model(Features=["RootSessions"]))
    for arn, task in ROOT_TASKS.items():
        open_desk, closed_desk = (
            (credentials_only, sessions_only)
            if task.feature == "RootCredentialsManagement"
            else (sessions_only, credentials_only)
        )
        assert "Credentials" in open_desk.call("AssumeRoot", **arguments(task=arn))
        refused = closed_desk.refusal("AssumeRoot", **arguments(task=arn))
        assert refused.code == "AccessDenied"
        assert task.feature in refused.hint


@pytest.mark.parametrize("target", [OTHER, TARGET])
def test_refusal_of_a_kind_of_caller_names_the_root_user_that_was_meant(desk: Desk, target: str) -> None:
    message = desk.denied("AssumeRoot", by=f"root@{MAIN}", **arguments(target=target))
    assert message == (
        f"User: arn:aws:iam::{MAIN}:root is not authorized to perform: sts:AssumeRoot on resource: {TARGET}"
    )


def test_there_are_five_tasks() -> None:
    assert len(ROOT_TASKS) == 5


def test_other_policies_are_no_tasks(desk: Desk) -> None:
    assert (
        desk.refusal("AssumeRoot", **arguments(task="arn:aws:iam::aws:policy/AdministratorAccess")).status
        == 400
    )


@pytest.mark.parametrize("target", [MAIN, OUTSIDER, "999999999999"])
def test_target_has_to_be_a_member_account(desk: Desk, target: str) -> None:
    message = desk.denied("AssumeRoot", **arguments(target=target))
    assert message == f"{DENIED}arn:aws:iam::{target}:root"


def test_member_account_cannot_assume_root_unless_it_is_a_delegated_administrator() -> None:
    third = {"AccountId": "222233334444", "Name": "third"}
    changed = model(Root={"Name": "Root", "Accounts": [MAIN, OTHER, "222233334444"]})
    changed["Accounts"].append(third)
    assert (
        Desk(model=changed).refusal("AssumeRoot", by="olga", **arguments(target="222233334444")).code
        == "AccessDenied"
    )
    changed["Organization"]["DelegatedAdministrators"] = {"iam.amazonaws.com": [OTHER]}
    assert "Credentials" in Desk(model=changed).call(
        "AssumeRoot", by="olga", **arguments(target="222233334444")
    )


def test_without_an_organization_assume_root_is_denied() -> None:
    alone = deepcopy(MODEL)
    del alone["Organization"]
    assert Desk(model=alone).refusal("AssumeRoot", **arguments()).code == "AccessDenied"


def test_it_needs_permission(desk: Desk) -> None:
    refused = desk.refusal("AssumeRoot", by="bob", **arguments())
    assert refused.code == "AccessDenied"
    assert refused.message.startswith(f"User: {user_arn('bob')} is not authorized to perform: sts:AssumeRoot")


def test_policies_can_allow_one_task_only() -> None:
    changed = model(Features=["RootCredentialsManagement", "RootSessions"])
    condition = {"StringEquals": {"sts:TaskPolicyArn": AUDIT}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    inline = [{"PolicyName": "audit", "PolicyDocument": document}]
    changed["Accounts"][0]["UserDetailList"].append({**working_user("ada"), "UserPolicyList": inline})
    desk = Desk(model=changed)
    assert "Credentials" in desk.call("AssumeRoot", by="ada", **arguments())
    assert desk.refusal("AssumeRoot", by="ada", **arguments(task=UNLOCK)).code == "AccessDenied"


def test_root_users_and_sessions_of_users_cannot_call_it(desk: Desk) -> None:
    session = desk.key(desk.call("GetSessionToken"))
    for who in (f"root@{MAIN}", session):
        assert "sts:AssumeRoot" in desk.denied("AssumeRoot", by=who, **arguments())


def test_role_session_can_call_it_and_its_source_identity_is_inherited(desk: Desk) -> None:
    key = desk.key(desk.assume("App", SourceIdentity="alice"))
    assert desk.call("AssumeRoot", by=key, **arguments())["SourceIdentity"] == "alice"


def test_global_endpoint_does_not_know_it(desk: Desk) -> None:
    refused = desk.refusal("AssumeRoot", region="aws-global", **arguments())
    assert (refused.code, refused.status) == ("InvalidAction", 400)


@pytest.mark.parametrize(("seconds", "granted"), [(0, 0), (1, 1), (900, 900)])
def test_duration_within_bounds(desk: Desk, seconds: int, granted: int) -> None:
    assert seconds_of(desk, desk.call("AssumeRoot", **arguments(DurationSeconds=seconds))) == granted


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("DurationSeconds", 901, "Member must have value less than or equal to 900"),
        ("DurationSeconds", -1, "Member must have value greater than or equal to 0"),
        ("TargetPrincipal", "1" * 11, "Member must have length greater than or equal to 12"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, bad: Any, constraint: str) -> None:
    message = desk.invalid("AssumeRoot", **{**arguments(), name: bad})
    assert message == one_violation(str(bad), name[0].lower() + name[1:], constraint)


def test_turning_the_feature_off_does_not_end_the_session(desk: Desk) -> None:
    key = desk.key(desk.call("AssumeRoot", **arguments()))
    desk.sim.advance(899)
    assert "Arn" in desk.call("GetCallerIdentity", by=key)
    desk.sim.advance(1)
    assert desk.refusal("GetCallerIdentity", by=key).code == "ExpiredToken"


def test_session_can_unlock_a_bucket_whose_policy_denies_everyone() -> None:
    changed = model(Features=["RootSessions"])
    lock = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::locked"]}
    document = {"Version": "2012-10-17", "Statement": [lock]}
    changed["Accounts"][1]["Resources"] = [{"Arn": "arn:aws:s3:::locked", "Policy": document}]
    desk = Desk(model=changed)
    key = desk.key(desk.call("AssumeRoot", **arguments(task=UNLOCK)))
    assert not desk.may("s3:DeleteBucketPolicy", "arn:aws:s3:::locked", by="olga")
    assert desk.may("s3:DeleteBucketPolicy", "arn:aws:s3:::locked", by=key)


def test_the_task_is_the_only_session_policy(desk: Desk) -> None:
    session = desk.session(desk.call("AssumeRoot", **arguments()))
    assert session.has_session_policy
    assert session.session_policy_arns == (AUDIT,)
    assert len(session.session_policies) == 1
    assert dict(session.context) == {"aws:AssumedRoot": "true"}
    assert (session.account, session.user_id, session.issuer_id, session.issuer_arn) == (
        OTHER,
        OTHER,
        OTHER,
        TARGET,
    )
    assert session.parent_label == "alice"
