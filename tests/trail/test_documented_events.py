"""Events as AWS's guides show them: who signed, and what became of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.trail.reading.database import Trail
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.sessions import ISSUING_EVENTS, TrailSessions
from sts_tui.trail.signer import signer_of

BY_USER: dict[str, Any] = {
    "eventVersion": "1.05",
    "userIdentity": {
        "type": "IAMUser",
        "principalId": "AIDAQRSTUVWXYZEXAMPLE",
        "arn": "arn:aws:iam::777788889999:user/JaneDoe",
        "accountId": "777788889999",
        "accessKeyId": "AKIAQRSTUVWXYZEXAMPLE",
        "userName": "JaneDoe",
    },
    "eventTime": "2014-07-18T15:07:39Z",
    "eventSource": "sts.amazonaws.com",
    "eventName": "AssumeRole",
    "awsRegion": "us-east-2",
    "sourceIPAddress": "192.0.2.101",
    "userAgent": "aws-cli/1.11.10 Python/2.7.8 Linux/3.2.45-0.6.wd.865.49.315.metal1.x86_64 botocore/1.4.67",
    "requestParameters": {
        "roleArn": "arn:aws:iam::111111111111:role/JohnRole2",
        "roleSessionName": "Role2WithTags",
        "tags": [{"value": "a@example.com", "key": "Email"}, {"value": "12345", "key": "CostCenter"}],
        "transitiveTagKeys": ["Email", "CostCenter"],
        "durationSeconds": 3600,
        "sourceIdentity": "JaneDoe",
    },
    "responseElements": {
        "credentials": {
            "accessKeyId": "ASIAWHOJDLGPOEXAMPLE",
            "sessionToken": "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW",
            "expiration": "Jul 18, 2014 4:07:39 PM",
        },
        "assumedRoleUser": {
            "assumedRoleId": "AROAIFR7WHDTSOYQYHFUE:Role2WithTags",
            "arn": "arn:aws:sts::111111111111:assumed-role/test-role/Role2WithTags",
        },
        "sourceIdentity": "JaneDoe",
    },
    "resources": [
        {
            "ARN": "arn:aws:iam::111122223333:role/JohnRole2",
            "accountId": "111122223333",
            "type": "AWS::IAM::Role",
        }
    ],
    "requestID": "4EXAMPLE-0e8d-11e4-96e4-e55c0EXAMPLE",
    "sharedEventID": "bEXAMPLE-efea-4a70-b951-19a88EXAMPLE",
    "eventID": "dEXAMPLE-ac7f-466c-a608-4ac8dEXAMPLE",
    "eventType": "AwsApiCall",
    "recipientAccountId": "777788889999",
}
IN_THE_ROLES_ACCOUNT = BY_USER | {
    "userIdentity": {
        "type": "AWSAccount",
        "principalId": "AIDAQRSTUVWXYZEXAMPLE",
        "accountId": "777788889999",
    },
    "eventID": "dEXAMPLE-ac7f-466c-a608-4ac8dCOPYEXA",
    "recipientAccountId": "111122223333",
}
BY_SAML: dict[str, Any] = {
    "type": "SAMLUser",
    "principalId": "SampleUkh1i4+ExamplexL/jEvs=:SamlExample",
    "userName": "SamlExample",
    "identityProvider": "bdGOnTesti4+ExamplexL/jEvs=",
}
BY_TOKEN: dict[str, Any] = {
    "type": "WebIdentityUser",
    "principalId": "accounts.google.com:<id-of-application>.apps.googleusercontent.com:<id-of-user>",
    "userName": "<id of user>",
    "identityProvider": "accounts.google.com",
}
BY_SERVICE = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
BY_ROOT = {
    "type": "Root",
    "principalId": "111122223333",
    "arn": "arn:aws:iam::111122223333:root",
    "accountId": "111122223333",
    "accessKeyId": "AKIAI44QH8DHBEXAMPLE",
}


def _read(events: list[dict[str, Any]], tmp_path: Path) -> tuple[list[RecordedEvent], TrailSessions]:
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": events}))
    with Trail([path]) as trail:
        return list(trail.events()), TrailSessions(trail.events(ISSUING_EVENTS))


def test_the_session_of_the_guide_has_its_tags_source_identity_and_parent(tmp_path: Path) -> None:
    _, sessions = _read([IN_THE_ROLES_ACCOUNT, BY_USER], tmp_path)
    known = sessions.by_key("ASIAWHOJDLGPOEXAMPLE")
    assert known is not None
    session = known.session
    assert dict(session.tags) == {"Email": "a@example.com", "CostCenter": "12345"}
    assert session.transitive_tag_keys == ("Email", "CostCenter")
    assert (session.source_identity, session.parent) == ("JaneDoe", "AKIAQRSTUVWXYZEXAMPLE")
    assert session.issuer_arn == "arn:aws:iam::111111111111:role/JohnRole2"
    assert session.expires_at.isoformat() == "2014-07-18T16:07:39+00:00"
    assert sessions.chain("ASIAWHOJDLGPOEXAMPLE") == ["ASIAWHOJDLGPOEXAMPLE", "AKIAQRSTUVWXYZEXAMPLE"]


def test_no_token_is_in_what_was_read(tmp_path: Path) -> None:
    events, _ = _read([BY_USER], tmp_path)
    assert "AQoDYXdzEPT" not in repr(events)


@pytest.mark.parametrize(
    ("identity", "kind", "label"),
    [
        (BY_USER["userIdentity"], "IAMUser", "JaneDoe"),
        (IN_THE_ROLES_ACCOUNT["userIdentity"], "AWSAccount", "AIDAQRSTUVWXYZEXAMPLE"),
        (BY_SAML, "SAMLUser", "SamlExample"),
        (BY_TOKEN, "WebIdentityUser", "<id of user>"),
        (BY_SERVICE, "AWSService", "service:lambda.amazonaws.com"),
        (BY_ROOT, "Root", "root@111122223333"),
        ({}, "Unknown", "Unknown"),
    ],
)
def test_every_type_of_user_identity_is_read(identity: dict[str, Any], kind: str, label: str) -> None:
    signer = signer_of(json.dumps(identity))
    assert (signer.kind, signer.label) == (kind, label)


@pytest.mark.parametrize("identity", ["", "null", "[]", '"text"', "{", "{type=", '{"sessionContext": 5}'])
def test_a_broken_user_identity_is_unknown(identity: str) -> None:
    assert signer_of(identity).arn == ""
