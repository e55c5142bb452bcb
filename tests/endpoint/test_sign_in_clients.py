"""AWS's SDK signs in and narrows credentials: the newest kinds of session over the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from sts_tui.simulation.sign_ins import (
    console_sign_in,
    login_code,
    login_credentials,
    open_sign_ins,
    portal_sign_in,
    portal_user,
)

SCENARIOS = Path(__file__).parents[2] / "sample_accounts" / "scenarios"
REGION = "us-east-1"
ANN = "ann@acme.example"


def client(sim: Simulation, service: str, caller: Any = "operator") -> Any:
    return session(sim, caller=caller).client(service, region_name=REGION)


def opened(name: str) -> Simulation:
    return Simulation.open(SCENARIOS / f"{name}.json")


def test_portal_signs_in_lists_and_gives_credentials_that_work() -> None:
    sim = opened("landing-zone")
    _, params = portal_sign_in(portal_user(ANN, sim.world), sim.world)
    token = client(sim, "sso-oidc").create_token(**params)["accessToken"]
    portal = client(sim, "sso")
    assert [one["accountName"] for one in portal.list_accounts(accessToken=token)["accountList"]] == ["prod"]
    account = "222222222222"
    (role,) = portal.list_account_roles(accessToken=token, accountId=account)["roleList"]
    given = portal.get_role_credentials(accessToken=token, accountId=account, roleName=role["roleName"])
    key = given["roleCredentials"]["accessKeyId"]
    assert ANN in client(sim, "sts", key).get_caller_identity()["Arn"]
    portal.logout(accessToken=token)
    with pytest.raises(portal.exceptions.UnauthorizedException):
        portal.list_accounts(accessToken=token)
    client(sim, "sts", key).get_caller_identity()


def test_administrators_read_and_write_identity_center() -> None:
    sim = opened("landing-zone")
    admin = client(sim, "sso-admin")
    (instance,) = admin.list_instances()["Instances"]
    sets = admin.list_permission_sets(InstanceArn=instance["InstanceArn"])["PermissionSets"]
    assert len(sets) == 2
    shown = admin.describe_permission_set(InstanceArn=instance["InstanceArn"], PermissionSetArn=sets[0])
    assert shown["PermissionSet"]["SessionDuration"] == "PT8H"
    store = client(sim, "identitystore")
    made = store.create_user(IdentityStoreId=instance["IdentityStoreId"], UserName="eve@acme.example")
    users = store.list_users(IdentityStoreId=instance["IdentityStoreId"])["Users"]
    assert made["UserId"] in [one["UserId"] for one in users]


def test_login_is_traded_refreshed_listed_and_revoked() -> None:
    sim = opened("leaked-login")
    dana = sim.resolve("dana")
    for action, params, caller in console_sign_in(dana, sim.world):
        sim.call(action, params, caller=caller)
    origin = open_sign_ins(dana, "console", sim.world)[-1]
    _, params = login_credentials(sim.call(*login_code(origin))["code"])
    page = client(sim, "signin")
    output = page.create_o_auth2_token(**params)["tokenOutput"]
    refresh = {
        "clientId": "arn:aws:signin:::devtools/same-device",
        "grantType": "refresh_token",
        "refreshToken": output["refreshToken"],
    }
    again = page.create_o_auth2_token(tokenInput=refresh)["tokenOutput"]["accessToken"]
    assert client(sim, "sts", again["accessKeyId"]).get_caller_identity()["Arn"].endswith("user/dana")
    listed = page.list_sessions(principalArn="arn:aws:iam::111122223333:*")["items"]
    (login,) = [one for one in listed if one.get("clientType") == "CLI"]
    revoked = page.batch_revoke_sessions(
        principalArn="arn:aws:iam::111122223333:*", sessionArns=[login["sessionArn"]]
    )
    assert revoked["errors"] == []
    with pytest.raises(page.exceptions.AccessDeniedException):
        page.create_o_auth2_token(tokenInput=refresh)


def test_scoped_credentials_are_narrowed_over_the_wire() -> None:
    sim = opened("agents")
    role = "arn:aws:iam::111122223333:role/Developer"
    assumed = client(sim, "sts", "mia").assume_role(RoleArn=role, RoleSessionName="mia")["Credentials"]
    parent = client(sim, "sts", assumed["AccessKeyId"])
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
    answer = parent.get_scoped_credentials(Policy=json.dumps(policy), DurationSeconds=300)
    assert answer["ScopedPoliciesCount"] == 1
    assert answer["SessionInfo"]["Arn"] == parent.get_caller_identity()["Arn"]
    scoped = client(sim, "s3", answer["Credentials"]["AccessKeyId"])
    scoped.get_object(Bucket="tickets", Key="4711.json")
    with pytest.raises(scoped.exceptions.ClientError, match="AccessDenied"):
        scoped.put_object(Bucket="tickets", Key="4711.json", Body=b"x")
    with pytest.raises(parent.exceptions.ClientError, match="InsufficientSessionLifetime"):
        parent.get_scoped_credentials(DurationSeconds=43_200)
    long_term = client(sim, "sts", "mia")
    with pytest.raises(long_term.exceptions.ClientError, match="InvalidSubjectCredentials"):
        long_term.get_scoped_credentials(DurationSeconds=300)


def test_denial_is_looked_up_by_its_id() -> None:
    sim = opened("organization")
    sim.set("authorization-ids", True)
    iam = client(sim, "iam", "sandbox/ben")
    with pytest.raises(iam.exceptions.ClientError) as caught:
        iam.create_user(UserName="eve")
    identifier = caught.value.response["Error"]["Message"].rpartition(" ")[2]
    toolbox = client(sim, "iam-toolbox", "security/cleo")
    answer = toolbox.get_request_authorization_details(authorizationId=identifier)
    (evaluation,) = answer["evaluations"]
    assert (evaluation["action"], evaluation["evaluatedEffect"]) == ("iam:CreateUser", "IMPLICIT_DENY")
    uri = answer["policies"][0]["uri"]
    shown = toolbox.get_request_authorization_policy(authorizationId=identifier, policyUri=uri)
    assert shown["policyDocument"]["Version"] == "2012-10-17"
