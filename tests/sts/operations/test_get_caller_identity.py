"""GetCallerIdentity. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

from __future__ import annotations

from tests.accounts.organization import Desk, working_user
from tests.accounts.policies import MAIN, policy, role_arn, trust, user_arn


def test_user_gets_its_arn_and_unique_id(desk: Desk) -> None:
    alice = desk.sim.world.configuration.users[user_arn("alice")]
    assert desk.call("GetCallerIdentity") == {"UserId": alice.user_id, "Account": MAIN, "Arn": alice.arn}
    assert alice.user_id.startswith("AIDA")


def test_root_user_gets_its_account(desk: Desk) -> None:
    assert desk.call("GetCallerIdentity", by=f"root@{MAIN}") == {
        "UserId": MAIN,
        "Account": MAIN,
        "Arn": f"arn:aws:iam::{MAIN}:root",
    }


def test_role_session_gets_role_id_and_session_name(desk: Desk) -> None:
    role = desk.sim.world.configuration.roles[role_arn("App")]
    assert desk.call("GetCallerIdentity", by=desk.key(desk.assume("App"))) == {
        "UserId": f"{role.role_id}:demo",
        "Account": MAIN,
        "Arn": f"arn:aws:sts::{MAIN}:assumed-role/App/demo",
    }


def test_explicit_deny_has_no_effect(desk: Desk) -> None:
    deny = policy({"Effect": "Deny", "Action": "*", "Resource": "*"})
    desk.sim.call("iam:PutUserPolicy", {"UserName": "alice", "PolicyName": "no", "PolicyDocument": deny})
    assert desk.call("GetCallerIdentity")["Arn"] == user_arn("alice")


def test_revoked_session_is_still_answered(desk: Desk) -> None:
    key = desk.key(desk.assume("App"))
    from sts_tui.sts.revoke import POLICY_NAME, revocation_policy

    desk.sim.advance(1)
    document = revocation_policy(desk.now)
    parameters = {"RoleName": "App", "PolicyName": POLICY_NAME, "PolicyDocument": document}
    desk.sim.call("iam:PutRolePolicy", parameters)
    assert not desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)
    assert desk.call("GetCallerIdentity", by=key)["Arn"].endswith("assumed-role/App/demo")


def test_call_without_credentials_is_refused(desk: Desk) -> None:
    refused = desk.refusal("GetCallerIdentity", by="anonymous")
    assert (refused.code, refused.status) == ("MissingAuthenticationToken", 403)


def test_arns_name_the_partition() -> None:
    china = f"arn:aws-cn:iam::{MAIN}"
    trusted = policy(trust(f"{china}:root"))
    account = {
        "AccountId": MAIN,
        "UserDetailList": [working_user("li", "sts:*", Arn=f"{china}:user/li")],
        "RoleDetailList": [
            {"RoleName": "App", "Arn": f"{china}:role/App", "AssumeRolePolicyDocument": trusted}
        ],
    }
    desk = Desk(model={"Accounts": [account]})
    session = desk.key(desk.assume(f"{china}:role/App", by="li"))
    federated = desk.key(desk.call("GetFederationToken", by="li", Name="fred"))
    callers = ("li", f"root@{MAIN}", f"{china}:root", session, federated)
    assert [desk.call("GetCallerIdentity", by=who)["Arn"] for who in callers] == [
        f"{china}:user/li",
        f"{china}:root",
        f"{china}:root",
        f"arn:aws-cn:sts::{MAIN}:assumed-role/App/demo",
        f"arn:aws-cn:sts::{MAIN}:federated-user/fred",
    ]
