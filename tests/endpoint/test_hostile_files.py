"""A tampered model adds nothing to the files that real AWS clients read; serving ends cleanly."""

from __future__ import annotations

import configparser
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.endpoint.profiles import write_profiles
from sts_tui.simulation import Simulation
from tests.endpoint.conftest import model
from tests.support.hostile_models import hostile_account, hostile_dump
from tests.support.representative import representative

ROOT = Path(__file__).parents[2]
INJECTED = "App\n[profile mine]\ncredential_process = touch /tmp/owned\nx"


def test_no_name_adds_a_line_to_the_files_of_aws_clients(tmp_path: Path) -> None:
    account = "111122223333"
    role = {"RoleName": INJECTED, "Arn": f"arn:aws:iam::{account}:role/{INJECTED}"}
    user = {"UserName": INJECTED, "Arn": f"arn:aws:iam::{account}:user/{INJECTED}"}
    plain = {"UserName": "alice", "Arn": f"arn:aws:iam::{account}:user/alice"}
    keys = [{"AccessKeyId": "AKIA\ncredential_process = x", "Status": "Active"}]
    bob = {"UserName": "bob", "Arn": f"arn:aws:iam::{account}:user/bob", "AccessKeys": keys}
    dump = {"RoleDetailList": [role], "UserDetailList": [user, plain, bob]}
    files = write_profiles(tmp_path, Simulation.open(dump), OperatorKey("AKIA", "x"), "http://x", "t")
    assert "touch" not in files.config.read_text() + files.credentials.read_text()
    config = configparser.RawConfigParser()
    config.read([files.config, files.credentials])
    assert "profile alice" in config.sections()
    assert not [name for name in config.sections() if "bob" in name or "mine" in name]


@pytest.mark.parametrize("hostile", [hostile_account, hostile_dump])
def test_the_files_of_a_hostile_model_are_printable(hostile: object, tmp_path: Path) -> None:
    assert callable(hostile)
    sim = Simulation.open(hostile())
    files = write_profiles(tmp_path, sim, OperatorKey("AKIA", "x"), "http://x", "t")
    for file in (files.config, files.credentials):
        assert all(line.isprintable() for line in file.read_text().split("\n"))


def serving(folder: Path, ready: Path, stdout: int) -> subprocess.Popen[bytes]:
    (folder / "model.json").write_text(json.dumps(model()))
    words = ["serve", "model.json", "--port", "0", "--ready-file", str(ready)]
    # hang-ups are not ignored, also where the tests themselves are run by nohup
    reset = "signal.signal(signal.SIGHUP, signal.SIG_DFL)"
    started = f"import os, signal, sys; {reset}; os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", started, sys.executable, "-m", "sts_tui", *words]
    return subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, env=dict(os.environ))


CLIENT = """
import json, os, sys, urllib.error, urllib.parse, urllib.request
sys.path.insert(0, {root!r})
from tests.support.hostile_models import PAYLOAD
address = os.environ["AWS_ENDPOINT_URL"]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
quoted = urllib.parse.quote(PAYLOAD)
allowed = "".join(one for one in PAYLOAD if one >= " " and one != "\\x7f")  # others are no HTTP
agent = allowed.encode("utf-8").decode("latin-1")
scope = "AKIA" + "x" * 16 + "/20260115/us-east-1/s3/aws4_request"
signed = "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0"
for path, body in (
    ("/" + quoted + "/" + quoted, None),
    ("/?Action=" + quoted, None),
    ("/", ("Action=AssumeRole&Version=2011-06-15&RoleArn=" + quoted + "&RoleSessionName=" + quoted).encode()),
    ("/", ("Action=" + quoted + "&Version=2011-06-15").encode()),
):
    for headers in ({{"User-Agent": agent}}, {{"Authorization": signed, "X-Amz-Target": agent}}):
        try:
            opener.open(urllib.request.Request(address + path, body, headers), timeout=60)
        except urllib.error.HTTPError as error:
            print(error.code, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("form", "option"),
    representative(
        [(form, option) for form in ("account", "dump") for option in ("", "--json", "--soft")],
        ("account", ""), ("dump", "--json"),
    ),
)  # fmt: skip
def test_the_lines_of_requests_are_printable(form: str, option: str, tmp_path: Path) -> None:
    """Of a hostile model and of clients that send hostile text wherever they can."""
    hostile = hostile_account() if form == "account" else hostile_dump()
    (tmp_path / "model.json").write_text(json.dumps(hostile))
    client = CLIENT.format(root=str(ROOT))
    words = ["serve", "model.json", "--port", "0", *option.split(), "--junit", "report.xml"]
    done = subprocess.run(
        [sys.executable, "-m", "sts_tui", *words, "--", sys.executable, "-c", client],
        cwd=tmp_path, capture_output=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    text = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, text
    assert {c for c in text if not c.isprintable() and c not in "\n\t"} == set()
    assert "Traceback" not in text
    assert "internal error" not in text
    assert text.count("REFUSED") + text.count('"code"') >= 4
    assert all(line.isprintable() for line in (tmp_path / "report.xml").read_text().split("\n"))


def until_ready(ready: Path) -> str:
    for _ in range(1_200):
        if ready.exists():
            break
        time.sleep(0.05)
    return str(json.loads(ready.read_text())["endpoint"])


def test_a_terminal_that_is_gone_ends_serving_and_leaves_no_files(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving(tmp_path, ready, subprocess.DEVNULL) as process:
        until_ready(ready)
        assert ready.stat().st_mode & 0o777 == 0o600
        folder = Path(json.loads(ready.read_text())["config_file"]).parent
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert not ready.exists()
    assert not folder.exists()


def test_a_closed_output_ends_serving_and_the_client_has_its_answer(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    reading, writing = os.pipe()
    with serving(tmp_path, ready, writing) as process:
        os.close(writing)
        os.close(reading)
        request = urllib.request.Request(
            f"{until_ready(ready)}/", b"Action=GetCallerIdentity&Version=2011-06-15"
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60)
        assert refused.value.code == 403
        _, err = process.communicate(timeout=60)
    assert process.returncode == 141
    assert b"Traceback" not in err
