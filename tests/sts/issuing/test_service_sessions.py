"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.entities import InstanceProfile
from sts_tui.sts.delivery.instance_metadata import InstanceMetadata, conversation, imds_document
from sts_tui.sts.issuing.service_sessions import container_document, role_of_profile, rotation_due
from sts_tui.sts.session import Session
from tests.accounts.organization import MODEL, Desk, seconds_of, working_role
from tests.accounts.policies import MAIN, role_arn, trust

INSTANCE = "i-0ab12cd34ef567890"
CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
PROFILE = InstanceProfile(
    arn=f"arn:aws:iam::{MAIN}:instance-profile/Service",
    instance_profile_name="Service",
    instance_profile_id="AIPAEXAMPLEEXAMPLEEXA",
    roles=(role_arn("Service"),),
)


def delivered(
    desk: Desk, service: str = "ec2.amazonaws.com", name: str = INSTANCE, **more: Any
) -> dict[str, Any]:
    return desk.assume("Service", by=f"service:{service}", session=name, **more)


def on_ec2(desk: Desk) -> Session:
    return desk.session(delivered(desk))


def test_session_name_is_the_instance_id(desk: Desk) -> None:
    session = on_ec2(desk)
    assert session.arn == f"arn:aws:sts::{MAIN}:assumed-role/Service/{INSTANCE}"
    assert session.user_id.endswith(f":{INSTANCE}")
    assert session.parent is None
    assert not session.is_chained


@pytest.mark.parametrize(
    ("service", "seconds"), [("ec2.amazonaws.com", 21_600), ("lambda.amazonaws.com", 3600)]
)
def test_roles_maximum_does_not_bind_services(desk: Desk, service: str, seconds: int) -> None:
    assert desk.sim.world.configuration.roles[role_arn("Service")].max_session_seconds == 3600
    assert seconds_of(desk, delivered(desk, service)) == seconds
    assert seconds_of(desk, delivered(desk, service, DurationSeconds=43_200)) == 43_200


def test_service_that_the_role_does_not_trust_is_denied(desk: Desk) -> None:
    assert desk.denied(
        "AssumeRole", by="service:glue.amazonaws.com", RoleArn=role_arn("Service"), RoleSessionName="ab"
    )


@pytest.mark.parametrize(("name", "trusted"), [("db1", True), ("db2", False)])
def test_trust_policy_sees_the_certificate_of_roles_anywhere_as_principal_tags(
    name: str, trusted: bool
) -> None:
    """https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html"""
    model = deepcopy(MODEL)
    model["Accounts"][0]["RoleDetailList"].append(
        working_role(
            "Workload",
            trust(
                {"Service": ["rolesanywhere.amazonaws.com", "lambda.amazonaws.com"]},
                "sts:AssumeRole",
                "sts:TagSession",
                "sts:SetSourceIdentity",
                Condition={"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "db1"}},
            ),
        )
    )
    desk = Desk(model=model)
    given: dict[str, Any] = {
        "RoleArn": role_arn("Workload"),
        "RoleSessionName": "0123abcd",
        "SourceIdentity": f"CN={name}",
        "Tags": [{"Key": "x509Subject/CN", "Value": name}],
    }
    by = "service:rolesanywhere.amazonaws.com"
    if trusted:
        session = desk.session(desk.call("AssumeRole", by=by, **given))
        assert (session.source_identity, dict(session.tags)) == ("CN=db1", {"x509Subject/CN": "db1"})
    else:
        assert desk.denied("AssumeRole", by=by, **given)
    assert desk.denied("AssumeRole", by="service:lambda.amazonaws.com", **given), "for Roles Anywhere only"


def test_credentials_say_where_they_were_delivered(desk: Desk) -> None:
    context = on_ec2(desk).context
    assert context["ec2:SourceInstanceArn"] == f"arn:aws:ec2:us-east-1:{MAIN}:instance/{INSTANCE}"
    assert context["ec2:RoleDelivery"] == "2.0"
    assert set(context) == {
        "ec2:SourceInstanceArn",
        "ec2:RoleDelivery",
        "aws:Ec2InstanceSourceVpc",
        "aws:Ec2InstanceSourcePrivateIPv4",
    }
    function = desk.session(delivered(desk, "lambda.amazonaws.com", "checkout")).context
    assert dict(function) == {
        "lambda:SourceFunctionArn": f"arn:aws:lambda:us-east-1:{MAIN}:function:checkout"
    }


def test_next_hop_is_the_one_that_is_limited_to_an_hour(desk: Desk) -> None:
    key = desk.key(delivered(desk))
    assert desk.session(desk.assume("Long", by=key)).is_chained
    assert "1 hour session limit" in desk.invalid(
        "AssumeRole", by=key, RoleArn=role_arn("Long"), RoleSessionName="ab", DurationSeconds=3601
    )


def test_new_credentials_are_there_five_minutes_before_the_old_ones_end(desk: Desk) -> None:
    session = on_ec2(desk)
    assert rotation_due(session) == session.expires_at - timedelta(minutes=5)
    desk.sim.advance_to(rotation_due(session))
    renewed = on_ec2(desk)
    for key in (session.access_key_id, renewed.access_key_id):
        assert desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)


def test_profile_delivers_its_role(desk: Desk) -> None:
    configuration = desk.sim.world.configuration
    working_role = role_of_profile(PROFILE, configuration)
    assert working_role is not None
    assert working_role.role_name == "Service"


def test_metadata_document_is_awss(desk: Desk) -> None:
    session = on_ec2(desk)
    assert imds_document(session) == {
        "Code": "Success",
        "LastUpdated": "2026-01-15T09:00:00Z",
        "Type": "AWS-HMAC",
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.credentials.secret_access_key,
        "Token": session.credentials.session_token,
        "Expiration": "2026-01-15T15:00:00Z",
    }


def test_container_document_is_awss(desk: Desk) -> None:
    document = container_document(on_ec2(desk))
    assert list(document) == ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
    assert document["RoleArn"] == role_arn("Service")


def test_version_one_answers_a_plain_get(desk: Desk) -> None:
    metadata = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk), profile=PROFILE)
    assert metadata.get(CREDENTIALS, now=desk.now).body == "Service"
    document = json.loads(metadata.get(f"{CREDENTIALS}Service", now=desk.now).body)
    assert document["Type"] == "AWS-HMAC"
    info = json.loads(metadata.get("/latest/meta-data/iam/info", now=desk.now).body)
    assert info["InstanceProfileArn"] == PROFILE.arn


def test_version_two_wants_a_token_that_runs_out(desk: Desk) -> None:
    metadata = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk), requires_token=True)
    assert metadata.get(CREDENTIALS, now=desk.now).status == 401
    token = metadata.put_token(60, desk.now).body
    assert metadata.get(CREDENTIALS, now=desk.now, token=token).status == 200
    assert metadata.get(CREDENTIALS, now=desk.now + timedelta(seconds=60), token=token).status == 401


def test_version_two_counts_seconds_to_the_last(desk: Desk) -> None:
    metadata = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk), requires_token=True)
    token = metadata.put_token(60, desk.now).body
    assert metadata.get(CREDENTIALS, now=desk.now + timedelta(seconds=59.9), token=token).status == 200


@pytest.mark.parametrize("token", ["", "nonsense", "SIMULATED/99999999999/0", "SIMULATED/9e9/x"])
def test_bad_token_is_refused_under_version_one_too(desk: Desk, token: str) -> None:
    metadata = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk))
    assert metadata.get(CREDENTIALS, now=desk.now, token=token).status == 401


def test_token_of_another_instance_is_refused(desk: Desk) -> None:
    here = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk))
    there = InstanceMetadata(instance_id="i-other", session=on_ec2(desk))
    assert there.get(CREDENTIALS, now=desk.now, token=here.put_token(60, desk.now).body).status == 401


@pytest.mark.parametrize(("seconds", "status"), [(0, 400), (1, 200), (21_600, 200), (21_601, 400)])
def test_bounds_of_a_tokens_life(desk: Desk, seconds: int, status: int) -> None:
    assert InstanceMetadata(instance_id=INSTANCE).put_token(seconds, desk.now).status == status


def test_instance_without_a_profile_has_nothing(desk: Desk) -> None:
    assert InstanceMetadata(instance_id=INSTANCE).get(CREDENTIALS, now=desk.now).status == 404


def test_other_paths_are_not_there(desk: Desk) -> None:
    for profile in (None, PROFILE):
        metadata = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk), profile=profile)
        for path in (f"{CREDENTIALS}Other", "/latest/meta-data/iam/other", "/latest/meta-data/iam", ""):
            assert metadata.get(path, now=desk.now).status == 404
    without = InstanceMetadata(instance_id=INSTANCE, session=on_ec2(desk))
    assert without.get("/latest/meta-data/iam/info", now=desk.now).status == 404


def test_conversation_shows_each_request_of_both_versions(desk: Desk) -> None:
    session = on_ec2(desk)
    lines = conversation(session, desk.now)
    address = "http://169.254.169.254/latest"
    assert lines[:2] == (
        f"IMDSv1: GET {address}/meta-data/iam/security-credentials/ -> 200 Service",
        f"IMDSv1: GET {address}/meta-data/iam/security-credentials/Service -> 200",
    )
    put, get, refused = lines[2:]
    start = f"IMDSv2: PUT {address}/api/token (X-aws-ec2-metadata-token-ttl-seconds: 21600) -> 200 "
    token = put.removeprefix(start)
    assert token.startswith("SIMULATED/")
    path = "meta-data/iam/security-credentials/Service"
    assert get == f"IMDSv2: GET {address}/{path} (X-aws-ec2-metadata-token: {token}) -> 200"
    assert refused.endswith("-> 401")


def two_programs(**other: Any) -> Desk:
    """Two programs on one instance, unless `other` says something else of the second."""
    model = deepcopy(MODEL)
    hop = {"RoleArn": role_arn("Service"), "RoleSessionName": INSTANCE}
    request = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/in.csv"}
    program = {
        "Identity": "service:ec2.amazonaws.com",
        "AssumeRoles": [hop],
        "Requests": [request],
        "EverySeconds": 60,
    }
    model["Workloads"] = [
        {"Name": "web", **program},
        {"Name": "agent", **program, "AssumeRoles": [hop | other]},
    ]
    return Desk(model=model)


def keys(desk: Desk) -> list[tuple[str, ...]]:
    return [desk.sim.world.workload_states[name].keys for name in ("web", "agent")]


def test_programs_of_one_instance_read_the_same_credentials() -> None:
    desk = two_programs()
    desk.sim.advance(120)
    web, agent = keys(desk)
    assert web == agent
    desk.sim.advance(6 * 3600)  # rotated, and again the same for both
    assert keys(desk)[0] == keys(desk)[1] != web


def test_another_instance_has_credentials_of_its_own() -> None:
    desk = two_programs(RoleSessionName="i-0ffffffffffffffff")
    desk.sim.advance(120)
    web, agent = keys(desk)
    assert web != agent


def test_request_cannot_say_that_the_credentials_were_delivered_elsewhere(desk: Desk) -> None:
    key = desk.key(delivered(desk))
    own = f"arn:aws:ec2:us-east-1:{MAIN}:instance/{INSTANCE}"
    statement = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"ArnNotEquals": {"ec2:SourceInstanceArn": own}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    given = {"RoleName": "Service", "PolicyName": "here", "PolicyDocument": document}
    desk.sim.call("iam:PutRolePolicy", given)
    elsewhere = {"ec2:SourceInstanceArn": own.replace(INSTANCE, "i-0ffffffffffffffff")}
    assert desk.may("s3:GetObject", by=key)
    assert desk.may("s3:GetObject", by=key, **elsewhere)


def test_call_of_a_workload_can_carry_its_own_context() -> None:
    model = deepcopy(MODEL)
    office = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    working_role = next(one for one in model["Accounts"][0]["RoleDetailList"] if one["RoleName"] == "Plain")
    working_role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = office
    hop = {"RoleArn": role_arn("Plain"), "RoleSessionName": "etl"}
    here = {"Context": {"aws:SourceIp": "198.51.100.7"}}
    alice = f"arn:aws:iam::{MAIN}:user/alice"
    model["Workloads"] = [
        {"Name": "at-home", "Identity": alice, "AssumeRoles": [hop]},
        {"Name": "in-office", "Identity": alice, "AssumeRoles": [hop | here]},
    ]
    desk = Desk(model=model)
    desk.sim.advance(10)
    states = desk.sim.world.workload_states
    assert (len(states["at-home"].keys), len(states["in-office"].keys)) == (0, 1)


@pytest.mark.parametrize("key", ["aws:TokenIssueTime", "AWS:principaltag/team"])
def test_workload_cannot_set_what_comes_from_its_identity(key: str) -> None:
    model = deepcopy(MODEL)
    request = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/x", "Context": {key: "x"}}
    alice = f"arn:aws:iam::{MAIN}:user/alice"
    model["Workloads"] = [{"Name": "etl", "Identity": alice, "Requests": [request]}]
    with pytest.raises(AccountFileError, match="comes from the identity and cannot be set"):
        Desk(model=model)


SERVICES = ("eks.amazonaws.com", "glue.amazonaws.com", "rolesanywhere.amazonaws.com")


@pytest.mark.parametrize("service", SERVICES)
def test_services_that_deliver_nothing_add_no_key(service: str) -> None:
    """Names before and after those of EC2 and Lambda."""
    model = deepcopy(MODEL)
    model["Accounts"][0]["RoleDetailList"].append(working_role("Other", trust({"Service": service})))
    desk = Desk(model=model)
    session = desk.session(desk.assume("Other", by=f"service:{service}", session="abc"))
    assert not [key for key in session.context if key.startswith(("ec2:", "lambda:", "aws:Ec2"))]
