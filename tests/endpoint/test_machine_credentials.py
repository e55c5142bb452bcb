"""Instance metadata as an SDK reads it: botocore's own fetcher against the endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.utils import InstanceMetadataFetcher

from sts_tui.simulation import Simulation
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy, trusts
from tests.endpoint.served import Served, served
from tests.endpoint.test_server import send

WEB = f"arn:aws:iam::{PROD}:role/Web"


def model() -> dict[str, Any]:
    """One role of an instance; it may read the bucket `data`."""
    profile = {
        "InstanceProfileName": "Web", "Arn": f"arn:aws:iam::{PROD}:instance-profile/Web",
        "Roles": [{"RoleName": "Web", "Arn": WEB}],
    }  # fmt: skip
    return {
        "RoleDetailList": [
            {
                "RoleName": "Web",
                "Arn": WEB,
                "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"}),
                "InstanceProfileList": [profile],
                "RolePolicyList": [
                    {"PolicyName": "data", "PolicyDocument": policy(allow("s3:*", "arn:aws:s3:::data/*"))}
                ],
            }
        ]
    }


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    sim = Simulation.open(model())
    (role,) = sim.world.configuration.roles.values()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    with served(sim, instance=role) as running:
        yield running


def fetched(one: Served) -> dict[str, Any]:
    fetcher = InstanceMetadataFetcher(timeout=60, base_url=f"{one.address}/")
    return dict(fetcher.retrieve_iam_role_credentials())


def test_an_sdk_finds_the_credentials_of_the_instance(one: Served) -> None:
    found = fetched(one)
    assert found["role_name"] == "Web"
    client = boto3.Session(
        found["access_key"], found["secret_key"], found["token"], region_name="us-east-1"
    ).client("sts", endpoint_url=one.address)
    assert client.get_caller_identity()["Arn"].startswith(f"arn:aws:sts::{PROD}:assumed-role/Web/i-")


def test_the_expiration_is_in_the_clients_time(one: Served) -> None:
    ends = datetime.fromisoformat(fetched(one)["expiry_time"])
    left = ends - datetime.now(UTC)  # noqa: TID251 (a client's clock)
    assert timedelta(hours=5) < left < timedelta(hours=7)


def test_new_credentials_are_there_before_the_old_ones_end(one: Served) -> None:
    first = fetched(one)["access_key"]
    assert fetched(one)["access_key"] == first
    left = one.sim.world.sessions[first].expires_at - one.sim.now
    one.sim.advance(left.total_seconds() - 60)
    assert fetched(one)["access_key"] != first


def test_version_1_answers_without_a_token(one: Served) -> None:
    status, body, _ = send(one, "GET", "/latest/meta-data/iam/security-credentials/Web")
    assert (status, json.loads(body)["Code"]) == (200, "Success")


def test_stolen_credentials_of_the_instance_die_with_a_revocation(one: Served) -> None:
    found = fetched(one)
    s3 = boto3.Session(
        found["access_key"], found["secret_key"], found["token"], region_name="us-east-1"
    ).client("s3", endpoint_url=one.address)
    s3.put_object(Bucket="data", Key="k")
    one.sim.advance(60)
    send(one, "POST", "/_sts-tui/step", {"X-Sts-Tui-Token": one.service.step_token}, b"revoke Web")
    with pytest.raises(ClientError, match="explicit deny"):
        s3.put_object(Bucket="data", Key="k")
