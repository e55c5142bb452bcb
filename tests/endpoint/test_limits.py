"""What bounds the endpoint, what it never keeps, and what survives its end."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from sts_tui.endpoint import server as server_module
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from tests.endpoint.conftest import ROLE, model
from tests.endpoint.served import served
from tests.support.explorer import SAMPLE


def test_connections_beyond_the_limit_are_turned_away_and_the_others_go_on(
    sim: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "MOST_CONNECTIONS", 3)
    with served(sim) as one:
        held = [http.client.HTTPConnection("127.0.0.1", one.server.port, timeout=60) for _ in range(4)]
        statuses = []
        for connection in held:
            connection.request("GET", "/latest/meta-data/iam/info")
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        assert statuses == [404, 404, 404, 503]
        for connection in held[2:]:
            connection.close()
        assert one.client("sts", "alice").get_caller_identity()["Arn"].endswith(":user/alice")


def test_no_secret_and_no_token_of_a_stranger_reaches_events_journal_or_report(tmp_path: Path) -> None:
    sim = Simulation.open(SAMPLE)
    path = tmp_path / "a.journal"
    _, store = begin_at(path, sim, SAMPLE)
    token = "IQoJREALTOKENOFAREALACCOUNT"
    with served(sim) as one:
        made = boto3.Session("ASIAREALREALREALREAL", "realsecret", token, region_name="us-east-1")
        for service, call in (
            ("sts", "get_caller_identity"),
            ("s3", "list_buckets"),
            ("dynamodb", "list_tables"),
        ):
            with pytest.raises(ClientError):
                getattr(made.client(service, endpoint_url=one.address), call)()
        written = repr(one.heard) + repr(list(sim.events))
    store.close()
    assert token not in written
    assert token not in path.read_bytes().decode(errors="replace")
    assert "realsecret" not in written


def test_credentials_that_a_client_holds_work_after_a_resume(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps(model()))
    path = tmp_path / "a.journal"
    sim = Simulation.open(str(file))
    _, store = begin_at(path, sim, str(file))
    with served(sim) as one:
        issued = one.client("sts", "alice").assume_role(RoleArn=ROLE, RoleSessionName="job")["Credentials"]
    store.close()
    resumed, again = resume_from(path)
    with served(resumed.sim) as one:
        client = boto3.Session(
            issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"], region_name="us-east-1"
        ).client("sts", endpoint_url=one.address)
        assert client.get_caller_identity()["Arn"].endswith(":assumed-role/App/job")
    again.close()
