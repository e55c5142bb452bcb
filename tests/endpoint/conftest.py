"""One small model for real clients: users with keys, a role, a bucket."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
import pytest

from sts_tui.simulation import Simulation
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy, trusts

# Each boto3 session would read the same models of services from the disk: a third of what these tests cost.
botocore.session.create_loader = cache(botocore.session.create_loader)

ROLE = f"arn:aws:iam::{PROD}:role/App"
EXTERNAL = f"arn:aws:iam::{PROD}:role/Vendor"


def model() -> dict[str, Any]:
    """alice may assume App (which may use the bucket `data`) and Vendor (which asks for an external id)."""
    may = policy(allow("sts:AssumeRole"), allow("iam:*"), allow("s3:*", "arn:aws:s3:::own/*"))
    app = policy(allow("s3:*", ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]), allow("sts:AssumeRole"))
    vendor = trusts(Condition={"StringEquals": {"sts:ExternalId": "ticket-7"}})
    return {
        "UserDetailList": [
            {
                "UserName": "alice",
                "Arn": f"arn:aws:iam::{PROD}:user/alice",
                "UserPolicyList": [{"PolicyName": "may", "PolicyDocument": may}],
            },
            {"UserName": "bob", "Arn": f"arn:aws:iam::{PROD}:user/bob"},
        ],
        "RoleDetailList": [
            {
                "RoleName": "App",
                "Arn": ROLE,
                "AssumeRolePolicyDocument": trusts(),
                "RolePolicyList": [{"PolicyName": "data", "PolicyDocument": app}],
            },
            {"RoleName": "Vendor", "Arn": EXTERNAL, "AssumeRolePolicyDocument": vendor},
        ],
    }


@pytest.fixture
def sim() -> Simulation:
    return Simulation.open(model())


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """No client of a test reads the developer's own AWS configuration."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
