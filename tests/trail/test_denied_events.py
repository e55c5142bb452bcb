"""A denied event is mapped as replays map it: actions, resources, caller, time and network.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.denials.model_verdict import model_verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.trail.denied_events import DeniedEvents, denied_in
from sts_tui.trail.reading.one_event import events_in_text
from tests.support.cloudtrail import ACCOUNT, ROLE, Events, iam_user, session

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BOB = iam_user("bob")
APP = session("App", "i-1", "ASIAAPP0000000000001")
APP["sessionContext"]["ec2RoleDelivery"] = "1.0"
WITHOUT_MFA = {
    **iam_user("bob", "ASIABOB0000000000001"),
    "sessionContext": {"attributes": {"creationDate": "2026-01-15T08:59:00Z", "mfaAuthenticated": "false"}},
}
"""A session of GetSessionToken."""


def _statement(effect: str, action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **more}


def _policy(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]


def _simulation(*statements: dict[str, Any]) -> Simulation:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = _policy(_statement("Allow", "*"), *statements)
    role = {
        "RoleName": "App",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": policies,
    }
    user = {"UserName": "bob", "UserPolicyList": policies}
    account = {"AccountId": ACCOUNT, "RoleDetailList": [role], "UserDetailList": [user]}
    return Simulation(from_json({"Accounts": [account]}).model)


def read(events: list[dict[str, Any]], simulation: Simulation | None = None) -> DeniedEvents:
    world = (simulation or _simulation()).world
    return denied_in(events, world.in_force, world.settings, NOW)


def denied(
    service: str,
    name: str,
    request: Any,
    identity: dict[str, Any] = BOB,
    code: str = "AccessDenied",
    **more: Any,
) -> dict[str, Any]:
    return Events().add("09:00:00", service, name, identity, request, code=code, **more)


def one(event: dict[str, Any], simulation: Simulation | None = None) -> DeniedRequest:
    [[found]] = read([event], simulation).calls
    return found


@pytest.mark.parametrize(
    ("service", "name", "request_", "action", "resource"),
    [
        (
            "lambda", "UpdateFunctionCode20150331v2", {"functionName": "shop"},
            "lambda:UpdateFunctionCode", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:shop",
        ),
        ("s3", "ListObjects", {"bucketName": "orders"}, "s3:ListBucket", "arn:aws:s3:::orders"),
        ("s3", "GetObject", {"bucketName": "orders", "key": "a"}, "s3:GetObject", "arn:aws:s3:::orders/a"),
        ("sts", "AssumeRole", {"roleArn": f"{ROLE}App"}, "sts:AssumeRole", f"{ROLE}App"),
    ],
)  # fmt: skip
def test_the_name_and_the_members_of_an_event_give_action_and_resource(
    service: str, name: str, request_: Any, action: str, resource: str
) -> None:
    found = one(denied(service, name, request_))
    assert (found.action, found.resource) == (action, resource)


def test_a_copy_has_to_be_allowed_to_read_and_to_write() -> None:
    request = {"bucketName": "b", "key": "k", "x-amz-copy-source": "b/z"}
    [asked] = read([denied("s3", "CopyObject", request)]).calls
    assert {"s3:PutObject", "s3:GetObject"} >= {ask.action for ask in asked}
    assert ("s3:PutObject", "arn:aws:s3:::b/k") in {(ask.action, ask.resource) for ask in asked}


def test_the_sentence_in_an_event_says_which_action_was_denied() -> None:
    text = f"User: {BOB['arn']} is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::data"
    found = one(denied("s3", "ListObjects", None, message=text))
    assert (found.action, found.resource) == ("s3:ListBucket", "arn:aws:s3:::data")


def test_an_endpoint_takes_the_source_address_away() -> None:
    request = {"bucketName": "b", "key": "k"}
    found = one(denied("s3", "GetObject", request, address="10.0.0.5", vpcEndpointId="vpce-1"))
    assert found.context["aws:SourceVpce"] == "vpce-1"
    assert "aws:SourceIp" not in found.context
    assert one(denied("s3", "GetObject", request, address="192.0.2.1")).context["aws:SourceIp"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("condition", "identity"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-15T09:30:00Z"}}, BOB),
        ({"NumericLessThan": {"ec2:RoleDelivery": "2.0"}}, APP),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, WITHOUT_MFA),
    ],
    ids=["eventTime", "ec2RoleDelivery", "mfaAuthenticated"],
)
def test_time_delivery_and_mfa_of_an_event_decide(condition: Any, identity: dict[str, Any]) -> None:
    simulation = _simulation(_statement("Deny", "s3:GetObject", Condition=condition))
    request = {"bucketName": "b", "key": "k"}
    event = denied("s3", "GetObject", request, identity)
    assert model_verdict(one(event, simulation), simulation).verdict == "denied"
    other = json.loads(
        json.dumps(event).replace('"1.0"', '"2.0"').replace("2026-01-15T09:0", "2026-02-01T09:0")
    )
    if identity is WITHOUT_MFA:
        other["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] = "true"
    assert model_verdict(one(other, simulation), simulation).verdict == "allowed"


def test_a_federated_user_has_the_permissions_of_its_user() -> None:
    identity = {
        "type": "FederatedUser",
        "principalId": f"{ACCOUNT}:ann",
        "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/ann",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAFED0000000000001",
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "arn": BOB["arn"]}},
    }
    simulation = _simulation()
    asked = model_verdict(one(denied("iam", "ListUsers", None, identity), simulation), simulation)
    assert asked.verdict == "denied"
    assert "GetFederationToken" in "\n".join(asked.explanation.lines())


@pytest.mark.parametrize(
    "code",
    ["AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
     "UnauthorizedOperation", "Client.UnauthorizedOperation"],
)  # fmt: skip
def test_every_code_of_a_denial_is_one(code: str) -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
    assert one(denied("sns", "Publish", {"topicArn": topic}, code=code)).resource == topic


def test_what_says_too_little_is_skipped_and_the_rest_is_read() -> None:
    nobody = {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}
    request = {"bucketName": "b", "key": "k"}
    events = Events()
    for identity in (nobody, BOB):
        events.add("09:00:00", "s3", "GetObject", identity, request, code="AccessDenied")
    found = read(events)
    assert [ask.principal for call in found.calls for ask in call] == [BOB["arn"]]
    assert len(found.skipped) == 1
    assert "s3:GetObject" in found.skipped[0]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([""], "was not denied"),
        (["ThrottlingException"], "no policy decides"),
        (["", ""], "none of the events"),
    ],
)
def test_events_that_were_not_denied_are_refused(codes: list[str], said: str) -> None:
    events = [denied("s3", "GetObject", None, code=code) for code in codes]
    with pytest.raises(UnreadableDenialError, match=said):
        read(events)


EVENT = denied("s3", "GetObject", {"bucketName": "b", "key": "k"})


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(EVENT),
        json.dumps([EVENT]),
        json.dumps({"Records": [EVENT]}),
        json.dumps({"Events": [{"CloudTrailEvent": json.dumps(EVENT)}]}),
        json.dumps({"detail": EVENT}),
    ],
)
def test_an_event_is_found_in_every_wrapping(text: str) -> None:
    assert list(events_in_text(text)) == [EVENT]
    assert list(events_in_text("User: x is not authorized")) == []


def test_an_event_without_a_usable_time_says_so() -> None:
    found = one({**EVENT, "eventTime": "0001-01-01T00:00:00Z"})
    assert found.at is None
    assert any("time" in missing for missing in found.missing)


def test_a_condition_key_with_a_value_of_a_wrong_type_is_unknown() -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    simulation = _simulation()
    request = {"keyId": key, "encryptionContext": {"app": {"a": None}}}
    found = one(denied("kms", "Decrypt", request), simulation)
    assert "kms:encryptioncontext:app" in {name.lower() for name in found.unknown}
    assert model_verdict(found, simulation).verdict == "unknown"  # the files do not have the key
