"""Real clients over a real socket: what is answered, and what is refused before it is read."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sts_tui.endpoint.server import PortTakenError, Server
from sts_tui.simulation import Simulation
from sts_tui.wire.messages import BODY_LIMIT, HttpResponse
from tests.accounts.every_part import PROD
from tests.endpoint.conftest import ROLE
from tests.endpoint.served import Served, served


@pytest.fixture
def one(sim: Simulation) -> Iterator[Served]:
    with served(sim) as running:
        yield running


def send(
    one: Served, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", one.server.port, timeout=60)
    connection.request(method, path, body=body or None, headers=headers or {})
    response = connection.getresponse()
    answered = response.status, response.read(), {k.lower(): v for k, v in response.getheaders()}
    connection.close()
    return answered


def test_boto3_calls_a_served_model(one: Served) -> None:
    assert one.client("sts", "alice").get_caller_identity()["Arn"] == f"arn:aws:iam::{PROD}:user/alice"
    one.client("s3", "alice").put_object(Bucket="own", Key="a b/ü", Body=b"x" * 100_000)
    assert one.client("s3", "alice").get_object(Bucket="own", Key="a b/ü")["Body"].read() == b""


def test_a_wrong_secret_is_refused_over_the_socket(one: Served) -> None:
    stranger = one.client("sts", "alice")
    stranger._request_signer._credentials.secret_key = "wrong"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.get_caller_identity()


def test_a_body_that_was_changed_on_the_way_has_a_wrong_signature(one: Served) -> None:
    client = one.client("sts", "alice")

    def tamper(request: Any, **_: Any) -> None:
        request.body = request.body.replace("job", "boj")

    client.meta.events.register("before-send.sts", tamper)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client.assume_role(RoleArn=ROLE, RoleSessionName="job")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:4550"}, 421),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Host": "localhost:4550"}, 403),
    ],
)
def test_what_a_web_page_can_send_is_refused(one: Served, headers: dict[str, str], status: int) -> None:
    assert send(one, "GET", "/own/key", headers)[0] == status
    assert not any(event for event in one.sim.events) or "Host" in headers


def test_it_is_no_proxy(one: Served) -> None:
    assert send(one, "GET", "http://127.0.0.1/own/key")[0] == 400


def test_only_loopback_is_bound(one: Served) -> None:
    (address,) = one.server._runner.addresses  # type: ignore[union-attr]
    assert address[0] == "127.0.0.1"


async def test_a_port_that_is_taken_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortTakenError, match="in use"):
        await Server(lambda request: HttpResponse(), print).start(taken.getsockname()[1])


def test_a_body_beyond_the_bound_is_read_and_dropped(one: Served) -> None:
    one.client("s3", "alice").put_object(Bucket="own", Key="big", Body=b"x" * (BODY_LIMIT + 1_000_000))
    assert one.server._held == 0


def test_a_client_that_stops_in_the_middle_delays_no_other(one: Served) -> None:
    slow = socket.create_connection(("127.0.0.1", one.server.port))
    slow.sendall(b"PUT /own/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc")
    assert one.client("sts", "alice").get_caller_identity()["Account"] == PROD
    slow.close()
    assert one.client("sts", "alice").get_caller_identity()["Account"] == PROD


def test_an_unexpected_exception_is_reported_and_the_server_continues(
    one: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(one.server, "_answer", lambda request: {}["planted"])
        assert send(one, "GET", "/own/key")[:2] == (500, b"")
    assert [repr(error) for error in one.failures] == ["KeyError('planted')"]
    assert one.client("sts", "alice").get_caller_identity()["Account"] == PROD
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01 not HTTP\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"PUT /own/k HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PUT /own/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc",
    ],
)
def test_a_client_that_sends_no_http_leaves_no_line(
    one: Served, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", one.server.port), timeout=60) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        client.settimeout(60)
        while client.recv(4096):
            pass
    assert one.client("sts", "alice").get_caller_identity()["Account"] == PROD
    assert one.failures == []
    assert capfd.readouterr() == ("", "")


def test_no_connection_is_opened_by_the_server(one: Served) -> None:
    opened: list[Any] = []

    def watch(event: str, arguments: Any) -> None:
        if event in ("socket.connect", "socket.getaddrinfo") and threading.current_thread() is one.thread:
            opened.append((event, arguments))

    sys.addaudithook(watch)
    one.client("sts", "alice").assume_role(RoleArn=ROLE, RoleSessionName="job")
    one.client("s3").list_buckets()
    send(one, "GET", "/latest/meta-data/iam/info")
    assert opened == []


class TestSteps:
    """`POST /_sts-tui/step`"""

    def post(self, one: Served, text: str, token: str | None = None) -> tuple[int, list[Any]]:
        headers = {"X-Sts-Tui-Token": one.service.step_token if token is None else token}
        status, body, _ = send(one, "POST", "/_sts-tui/step", headers, text.encode())
        return status, [json.loads(row) for row in body.decode().splitlines()] if status in (200, 422) else []

    def test_steps_move_the_clock_and_say_what_happened(self, one: Served) -> None:
        status, rows = self.post(one, "as alice\n# a comment\n\nwait 15m\naws sts get-caller-identity\n")
        assert status == 200
        assert [row["outcome"] for row in rows] == ["passed", "passed", "passed"]
        assert rows[-1]["output"]["Arn"].endswith(":user/alice")

    def test_the_acting_identity_is_kept(self, one: Served) -> None:
        self.post(one, "as alice")
        assert self.post(one, "aws sts get-caller-identity")[1][0]["as"] == "alice"

    def test_a_failed_step_is_422(self, one: Served) -> None:
        assert self.post(one, "as alice\nrequest s3:GetObject arn:aws:s3:::other/k")[0] == 422

    def test_what_is_no_step_is_400(self, one: Served) -> None:
        assert self.post(one, "frobnicate")[0] == 400

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_without_the_token_nothing_is_done(self, one: Served, token: str) -> None:
        before = one.sim.now
        assert self.post(one, "wait 1h", token)[0] == 403
        assert one.sim.now == before


class TestMachines:
    """Instance metadata and container credentials."""

    def test_metadata_has_no_credentials_without_an_instance(self, one: Served) -> None:
        assert send(one, "GET", "/latest/meta-data/iam/security-credentials/")[0] == 404

    def test_a_container_gets_its_roles_credentials_with_the_token(self, one: Served) -> None:
        assert send(one, "GET", "/creds/App")[0] == 401
        token = {"Authorization": one.service.container_token}
        status, body, _ = send(one, "GET", "/creds/App", token)
        assert status == 200
        document = json.loads(body)
        assert document["AccessKeyId"] in one.sim.world.sessions
        assert json.loads(send(one, "GET", "/creds/App", token)[1])["AccessKeyId"] == document["AccessKeyId"]
        one.sim.advance(3400)
        assert json.loads(send(one, "GET", "/creds/App", token)[1])["AccessKeyId"] != document["AccessKeyId"]

    def test_an_unknown_role_is_404(self, one: Served) -> None:
        assert send(one, "GET", "/creds/None", {"Authorization": one.service.container_token})[0] == 404


def test_profiles_work_for_users_and_roles(
    one: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    files = one.profiles(tmp_path)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(files.config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(files.credentials))
    for profile, ending in {"alice": ":user/alice", "App": ":assumed-role/App/served-App"}.items():
        identity = boto3.Session(profile_name=profile).client("sts").get_caller_identity()
        assert identity["Arn"].endswith(ending)
