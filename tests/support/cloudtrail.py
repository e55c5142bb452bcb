"""CloudTrail events as AWS writes them, for tests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from typing import Any

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"


class Events(list[dict[str, Any]]):
    """Builds a trail: each call adds an event and returns it."""

    def add(
        self, time: str, service: str, name: str, identity: dict[str, Any], request: Any = None,
        response: Any = None, *, code: str = "", message: str = "", address: str = "203.0.113.5", **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        event: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": f"2026-01-15T{time}Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": address,
            "userAgent": "aws-cli/2.31.0",
            "requestParameters": request,
            "responseElements": response,
            "requestID": f"request-{len(self)}",
            "eventID": f"{len(self):08x}-0000-4000-8000-000000000000",
            "readOnly": True,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
        }
        if code:
            event |= {"errorCode": code, "errorMessage": message}
        self.append(event | more)
        return self[-1]

    def get_object(self, time: str, identity: dict[str, Any], key: str, **more: Any) -> dict[str, Any]:
        return self.add(
            time, "s3", "GetObject", identity, {"bucketName": "acme-orders", "key": key},
            additionalEventData={"AuthenticationMethod": "AuthHeader"}, **more,
        )  # fmt: skip

    def assume(
        self, time: str, identity: dict[str, Any], role: str, name: str, key: str, **request: Any
    ) -> dict[str, Any]:
        return self.add(
            time, "sts", "AssumeRole", identity,
            {"roleArn": ROLE + role, "roleSessionName": name, **request},
            {
                "credentials": {
                    "accessKeyId": key, "sessionToken": "a-token-that-nobody-may-keep",
                    "expiration": "Jan 15, 2026, 3:00:00 PM",
                },
                "assumedRoleUser": {
                    "assumedRoleId": f"AROA{role:0<17}:{name}",
                    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
                },
            },
        )  # fmt: skip


def iam_user(name: str, key: str = "") -> dict[str, Any]:
    return {
        "type": "IAMUser",
        "principalId": f"AIDA{name.upper():0<17}",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key or f"AKIA{name.upper():0<16}",
        "userName": name,
    }


def service(host: str) -> dict[str, Any]:
    return {"type": "AWSService", "invokedBy": host}


def session(role: str, name: str, key: str, issued: str = "09:00:00", **context: Any) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "principalId": f"AROA{role.upper():0<17}:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": f"AROA{role.upper():0<17}",
                "arn": ROLE + role,
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": f"2026-01-15T{issued}Z", "mfaAuthenticated": "false"},
            **context,
        },
    }


THIEF = "198.51.100.66"


def leaked_credentials() -> Events:
    """An instance works with a session of App; from 09:10 on someone uses it from elsewhere."""
    events = Events()
    app = session("App", "i-1", "ASIAAPP0000000000001")
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", "ASIAAPP0000000000001")
    for minute in range(10):
        events.get_object(f"09:0{minute}:10", app, f"2026/{minute}.json")
    for minute in range(5):
        events.get_object(f"09:1{minute}:20", app, "export/customers.csv", address=THIEF)
    events.add(
        "09:16:00", "s3", "PutBucketPolicy", app, {"bucketName": "acme-orders"}, code="AccessDenied",
        message=f"User: arn:aws:sts::{ACCOUNT}:assumed-role/App/i-1 is not authorized to perform: "
        's3:PutBucketPolicy on resource: "arn:aws:s3:::acme-orders" because no identity-based policy allows '
        "the s3:PutBucketPolicy action", address=THIEF,
    )  # fmt: skip
    events.get_object("09:17:00", app, "2026/17.json")
    events.assume("09:18:00", iam_user("alice"), "ReadOnly", "alice", "ASIARO00000000000001")
    return events
