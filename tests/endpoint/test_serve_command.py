"""`sts-tui serve` with the real AWS CLI, as a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.endpoint.conftest import model

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
SCRIPT = """
aws sts get-caller-identity --profile App --query Arn --output text
echo hello > up.txt
aws s3 cp up.txt s3://data/in.txt --profile App --no-progress
aws s3 cp s3://data/in.txt down.txt --profile App --no-progress
test -f down.txt && echo "down: $(wc -c < down.txt)"
aws s3api put-object --bucket own --key k --profile App 2>&1 | grep -o AccessDenied
python "$REVOKE"
aws s3 cp up.txt s3://data/in.txt --profile App --no-progress > denied.txt 2>&1
grep -o 'AccessDenied\\|explicit deny' denied.txt | sort -u
exit 7
"""
REVOKE = """
import json, os, urllib.request
ready = json.load(open(os.environ["READY"]))
headers = {"X-Sts-Tui-Token": ready["step_token"]}
request = urllib.request.Request(ready["endpoint"] + "/_sts-tui/step", b"revoke App", headers)
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
"""


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "model.json").write_text(json.dumps(model()))
    return subprocess.run(
        [sys.executable, "-m", "sts_tui", "serve", "model.json", "--port", "0", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), **environment},
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="the script is for a POSIX shell")
def test_the_aws_cli_copies_up_and_down_until_the_role_is_revoked(tmp_path: Path) -> None:
    (tmp_path / "revoke.py").write_text(REVOKE)
    ready = tmp_path / "ready.json"
    done = run(
        tmp_path, "--ready-file", str(ready), "--junit", "report.xml", "--", "sh", "-c", SCRIPT,
        REVOKE=str(tmp_path / "revoke.py"), READY=str(ready), AWS_PROFILE="mine", AWS_SESSION_TOKEN="real",
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    said = done.stdout
    assert ":assumed-role/App/served-App" in said
    assert "upload: ./up.txt to s3://data/in.txt" in said
    assert "down: 0" in said
    assert said.count("AccessDenied") == 2
    assert "explicit deny" in said
    assert "AWSRevokeOlderSessions" in done.stderr
    assert "denied or refused" in done.stderr
    assert not ready.exists()
    assert 'failures="2"' in (tmp_path / "report.xml").read_text()
    assert not (tmp_path / ".aws").exists()


def test_a_command_that_leaks_meets_a_closed_port_at_once(tmp_path: Path) -> None:
    show = (
        "import os; print(os.environ['HTTPS_PROXY'], os.environ['NO_PROXY'], os.environ.get('AWS_PROFILE'))"
    )
    done = run(tmp_path, "--", sys.executable, "-c", show, AWS_PROFILE="mine")
    assert done.stdout.split() == ["http://127.0.0.1:9", "127.0.0.1,localhost", "None"]
    assert "AWS_PROFILE=mine is not a profile of this model" in done.stderr


def test_a_command_keeps_the_profile_that_the_model_has(tmp_path: Path) -> None:
    show = "import os; print(os.environ.get('AWS_PROFILE'))"
    done = run(tmp_path, "--", sys.executable, "-c", show, AWS_PROFILE="alice")
    assert done.stdout.split() == ["alice"]
    assert "AWS_PROFILE" not in done.stderr


def test_a_command_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "--", "no-such-command")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "sts-tui: no-such-command: no such file or directory"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source-ip", "300.1.1.1"], "is not an IP address"),
        (["--port", "70000"], "is not a port"),
        (["--instance", "Nobody"], "no role Nobody"),
        (["--"], "a command follows --"),
    ],
)
def test_unusable_options_are_one_line(tmp_path: Path, words: list[str], said: str) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import importlib.util as u, sys; real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name in ('aiohttp', 'cbor2') else real(name, *more)\n"
        "from sts_tui.__main__ import main; sys.argv = ['sts-tui', 'serve']; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        done.stderr.strip()
        == "sts-tui: serve: aiohttp and cbor2 not installed: python -m pip install 'sts-tui[serve]'"
    )


def test_the_aws_cli_is_there() -> None:
    assert shutil.which("aws", path=str(BIN))


def test_an_unexpected_exception_is_one_line_and_a_crash_log(tmp_path: Path) -> None:
    """Of a request and of the clock, each once; the COMMAND continues and its exit status counts."""
    (tmp_path / "model.json").write_text(json.dumps(model()))
    asks = (
        "import os, urllib.request, urllib.error\n"
        "opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))\n"
        "for _ in range(2):\n"
        "    try:\n        opener.open(os.environ['AWS_ENDPOINT_URL'])\n"
        "    except urllib.error.HTTPError as error:\n        print(error.code)\n"
        "import time; time.sleep(0.3); raise SystemExit(7)"
    )
    code = (
        "import sys\nfrom sts_tui.endpoint import serving, pace, service\n"
        "serving._TICK = 0.05\n"
        "def fail(*_):\n    secret = 'value of a local variable'\n    raise KeyError('clock')\n"
        "pace.Pace.catch_up = fail\n"
        "def fail_too(*_):\n    raise ValueError('planted')\n"
        "service.Service.answer = fail_too\n"
        f"command = [sys.executable, '-c', {asks!r}]\n"
        "sys.argv = ['sts-tui', 'serve', 'model.json', '--port', '0', '--', *command]\n"
        "from sts_tui.__main__ import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (7, "500\n500\n")
    lines = [line for line in done.stderr.splitlines() if "internal error" in line]
    log = tmp_path / "sts-tui" / "crash.log"
    assert sorted(lines) == [
        f"sts-tui: serving continues after an internal error ({kind}); details are in {log}"
        for kind in ("KeyError", "ValueError")
    ]
    assert "Traceback" not in done.stderr
    assert "Traceback" in log.read_text()
