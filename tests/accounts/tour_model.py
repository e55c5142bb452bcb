"""A small model that tours are played on: two accounts, two users, a chain of two roles, one bucket."""

from __future__ import annotations

from typing import Any

from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, arn, trusts

ALPHA, BETA = MAIN, "222233334444"

MODEL: dict[str, Any] = {
    "Name": "small",
    "StartTime": "2026-01-15T09:00:00Z",
    "Accounts": [
        {
            "AccountId": ALPHA,
            "Name": "alpha",
            "UserDetailList": [
                user(
                    "alice",
                    ("Assume", allows(["sts:AssumeRole", "sts:TagSession"], Sid="Roles")),
                    ("Revoke", allows("iam:*")),
                    MFADevices=[{"SerialNumber": arn("mfa/alice")}],
                ),
                user("bob"),
            ],
            "RoleDetailList": [
                role(
                    "Ops",
                    trusts(arn("root")),
                    ("Data", allows("s3:*", Sid="Bucket")),
                    ("Chain", allows("sts:AssumeRole")),
                    MaxSessionDuration=7200,
                ),
                role("Twin", trusts(arn("root")), MaxSessionDuration=7200),
            ],
            "Resources": [{"Arn": "arn:aws:s3:::alpha-data"}],
        },
        {
            "AccountId": BETA,
            "Name": "beta",
            "UserDetailList": [user("bob"), user("eve")],
            "RoleDetailList": [
                role(
                    "Deep",
                    trusts(arn("role/Ops")),
                    ("All", allows("*", Sid="All")),
                    MaxSessionDuration=7200,
                ),
                role("Twin", trusts(arn("root", BETA)), MaxSessionDuration=7200),
            ],
        },
    ],
}
