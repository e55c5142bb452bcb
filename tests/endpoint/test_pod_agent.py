"""A pod gets its credentials from the agent on its node: an SDK reads them with the token of a file.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.endpoint.token_files import TokenFiles
from sts_tui.simulation import Simulation
from tests.accounts.workload_identities import ACCOUNT, ASSOCIATION, model
from tests.endpoint.served import Served, served
from tests.endpoint.test_server import send


@pytest.fixture
def one() -> Iterator[Served]:
    with served(Simulation(from_json(model()).model)) as running:
        yield running


def token_file(one: Served, folder: Path) -> Path:
    TokenFiles(one.sim, folder).renew()
    return folder / "pod.prod.shop.web"


def test_an_sdk_in_a_pod_finds_its_role(one: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{one.address}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token_file(one, tmp_path)))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    client = boto3.Session(region_name="us-east-1").client("sts", endpoint_url=one.address)
    assert client.get_caller_identity()["Arn"].startswith(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Pod/eks-prod-"
    )


def test_the_session_is_kept_and_renewed_in_time(one: Served, tmp_path: Path) -> None:
    path = token_file(one, tmp_path)
    asked = [send(one, "GET", "/v1/credentials", {"Authorization": path.read_text()}) for _ in range(2)]
    assert [status for status, _, _ in asked] == [200, 200]
    first, second = (json.loads(body) for _, body, _ in asked)
    assert first["AccessKeyId"] == second["AccessKeyId"]
    assert first["AccountId"] == ACCOUNT


def test_what_eks_refuses_is_passed_on(one: Served, tmp_path: Path) -> None:
    token = token_file(one, tmp_path).read_text()
    assert send(one, "GET", "/v1/credentials")[0] == 400
    assert send(one, "GET", "/v1/credentials", {"Authorization": token[:-4] + "AAAA"})[0] == 400
    params = {"clusterName": "prod", "associationId": ASSOCIATION.rpartition("/")[2]}
    one.sim.call("eks:DeletePodIdentityAssociation", params, caller="admin")
    assert send(one, "GET", "/v1/credentials", {"Authorization": token})[0] == 400
