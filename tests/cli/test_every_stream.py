"""Every command with closed and full streams, and with ctrl+c: one line, an exit code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sts_tui.cli.commands import COMMANDS
from tests.cli.stream_cases import CASES
from tests.support.representative import representative

ROOT = Path(__file__).parents[2]
USER = "arn:aws:iam::111122223333:user/alice"
LINES: dict[str, tuple[str, ...]] = {
    "explore": ("explore",),
    "run": ("run", "-c", "as alice", "aws sts get-caller-identity"),
    "shoot": ("shoot", "{tour}", "--out", "{folder}"),
    "record": ("record", "--from-script", "{script}", "--as", "alice"),
    "creds": ("creds", "alice"),
    "export": ("export",),
    "selftest": ("selftest", "--list"),
    "validate": ("validate", "sample_accounts/acme.json"),
    "serve": ("serve", "--port", "0", "--", "true"),
    "schema": ("schema",),
    "incident": ("incident", "App", "--tour", "{tour}"),
    "replay": ("replay", "{trail}"),
    "explain": ("explain", "{denial}"),
    "can": ("can", "alice", "s3:GetObject", "arn:aws:s3:::acme-orders/x"),
    "learn": ("learn",),
    "fetch": ("fetch",),
    "reach": ("reach", "--from", "alice", "--to", "App"),
}
SILENT = {"explore", "shoot", "serve", "validate"}
"""Nothing goes to standard output here: the explorer has no terminal, the pictures are files, the output is
that of `true`, and the sample has no errors."""
QUICK = ("can", "export", "serve")
"""A report, a file, and a command that starts another one; each case is a process."""
ENDED_BY_SIGNAL = {"serve": {143}}
"""Exit codes besides 130 of an interrupted command: that of the COMMAND, which is ended."""

pytestmark = pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full")


def test_every_command_is_here() -> None:
    assert set(LINES) == set(COMMANDS)


@pytest.mark.parametrize(
    "command",
    representative(LINES, *QUICK),
)
def test_closed_and_full_streams_and_ctrl_c(command: str, tmp_path: Path) -> None:
    words = {
        "folder": tmp_path / "pictures",
        "tour": tmp_path / "short.tour",
        "script": tmp_path / "script.sh",
        "trail": tmp_path / "trail.json",
        "denial": tmp_path / "denial.txt",
    }
    words["tour"].write_text("as alice\n")
    words["script"].write_text("aws sts get-caller-identity\n")
    words["trail"].write_text(json.dumps({"Records": [event()]}))
    words["denial"].write_text(f"User: {USER} is not authorized to perform: s3:GetObject on resource: *")
    line = [word.format(**words) for word in LINES[command]]
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.stream_cases", COMMANDS[command].module, *line],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = {case["case"]: case for case in map(json.loads, done.stdout.splitlines())}
    assert list(found) == list(CASES)
    usual = found["all open"]
    assert usual["code"] in (0, 1, 2)
    assert bool(usual["out"]) != (command in SILENT)
    for name, case in found.items():
        text = case["out"] + case["err"]
        assert "Traceback" not in text, name
        assert "Exception ignored" not in text, name
        assert "internal error" not in text, name
        ends = {usual["code"], 2}
        if name.startswith("ctrl+c"):
            ends = {usual["code"], 130} | ENDED_BY_SIGNAL.get(command, set())
        assert case["code"] in ends, name
    assert found["stdin closed"]["code"] == usual["code"]
    if command not in SILENT:
        assert found["stdout full"]["code"] == found["stdout closed"]["code"] == 2
        assert "standard output: no space left on device" in found["stdout full"]["err"]
    assert "sts-tui: standard output is closed" in found["stdout closed"]["err"]


def event() -> dict[str, object]:
    """A call of CloudTrail."""
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "arn": USER, "accountId": "111122223333", "userName": "alice"},
        "eventTime": "2026-01-15T09:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "requestParameters": {"bucketName": "data", "key": "x"},
        "eventID": "1",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
