"""Whatever a command prints, no control character of a file, a name or an argument reaches the terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from sts_tui.cli.commands import COMMANDS as EVERY_COMMAND
from sts_tui.cli.console import Paint
from sts_tui.cli.printable_stream import PrintableStream, written_out
from tests.cli.conftest import Printed
from tests.support.hostile_models import HOSTILE, MARK, PAYLOAD, hostile_account, hostile_dump
from tests.support.representative import representative

FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
USER = "arn:aws:iam::111122223333:user/alice"
COMMANDS = {
    "validate": ("validate", "{}"),
    "validate --json": ("validate", "--json", "{}"),
    "validate --sarif": ("validate", "--sarif", "{}"),
    "export": ("export", "{}"),
    "run": ("run", "{}", "--animate", "-c", "wait 20s", "aws iam list-users", f"say {PAYLOAD}"),
    "run --json": ("run", "{}", "--json", "-c", "wait 20s", "aws iam list-roles"),
    "reach": ("reach", "{}", "--all"),
    "reach --json": ("reach", "{}", "--json"),
    "reach --dot": ("reach", "{}", "--dot"),
    "incident": ("incident", USER, "{}"),
    "incident --json": ("incident", USER, "{}", "--json"),
    "can": ("can", USER, "--model", "{}"),
    "can one": ("can", USER, "s3:GetObject", f"arn:aws:s3:::{PAYLOAD}", "--model", "{}"),
    "can --json": ("can", USER, "s3:GetObject", f"arn:aws:s3:::{PAYLOAD}", "--json", "--model", "{}"),
    "explain a sentence": ("explain", "{sentence}", "--model", "{}"),
    "explain an event": ("explain", "{event}", "--model", "{}"),
    "explain --json": ("explain", "{event}", "--json", "--model", "{}"),
    "explain nothing": ("explain", "{nothing}", "--model", "{}"),
    "replay": ("replay", "{event}", "--model", "{}"),
    "replay --json": ("replay", "{event}", "--json", "--model", "{}"),
    "replay without a model": ("replay", "{event}"),
    "fetch": ("fetch",),
    "learn": ("learn", PAYLOAD),
    "schema": ("schema",),
    "selftest": ("selftest", PAYLOAD),
    "serve": ("serve", "{}", "--instance", PAYLOAD),
    "shoot": ("shoot", PAYLOAD, "--out", PAYLOAD),
    "record": ("record", "--from-script", "{script}", "--as", USER),
    "explore": ("explore", PAYLOAD),
    "nobody": ("creds", PAYLOAD, "{}"),
    "no action": ("can", USER, PAYLOAD, "--model", "{}"),
    "no option": ("validate", f"--{PAYLOAD}"),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    paths = {"account": folder / "account.json", "dump": folder / "dump.json"}
    paths["account"].write_text(json.dumps(hostile_account()))
    paths["dump"].write_text(json.dumps(hostile_dump()))
    paths["sentence"] = folder / "sentence.txt"
    paths["sentence"].write_text(
        f"User: {USER} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::a/{PAYLOAD} "
        f"because no identity-based policy allows the s3:GetObject action {PAYLOAD}\n"
    )
    paths["event"] = folder / "event.json"
    paths["event"].write_text(json.dumps({"Records": [denied_event()]}))
    paths["nothing"] = folder / "nothing.txt"
    paths["nothing"].write_text(PAYLOAD)
    paths["script"] = folder / "script.sh"
    paths["script"].write_text(f"aws iam get-role --role-name '{PAYLOAD}'\n# {PAYLOAD}\necho '{PAYLOAD}'\n")
    return paths


def denied_event() -> dict[str, object]:
    """A CloudTrail event, hostile in every text that is no time, service or account."""
    arn = f"{USER}{PAYLOAD}"
    identity = {"type": "IAMUser", "arn": arn, "accountId": "111122223333", "userName": f"alice{PAYLOAD}",
                "principalId": PAYLOAD, "accessKeyId": PAYLOAD}  # fmt: skip
    return {
        "eventVersion": "1.09",
        "userIdentity": identity,
        "eventTime": "2026-01-15T09:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": PAYLOAD,
        "userAgent": PAYLOAD,
        "errorCode": "AccessDenied",
        "errorMessage": f"User: {arn} is not authorized to perform: s3:GetObject {PAYLOAD}",
        "requestParameters": {"bucketName": f"a{PAYLOAD}", "key": PAYLOAD},
        "resources": [{"ARN": f"arn:aws:s3:::a/{PAYLOAD}", "type": PAYLOAD}],
        "eventID": PAYLOAD,
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }


def test_every_command_is_here() -> None:
    assert {words[0] for words in COMMANDS.values()} == set(EVERY_COMMAND)


OF_A_DUMP = ("validate", "export", "reach", "can")
"""The fast run reads the dump with these, and the account file with every command."""


@pytest.mark.parametrize(
    ("name", "form"),
    representative(
        [(name, form) for name in COMMANDS for form in ("account", "dump")],
        *((name, "account") for name in COMMANDS),
        *((name, "dump") for name in OF_A_DUMP),
    ),
)
def test_no_command_prints_a_control_character(
    name: str, form: str, models: dict[str, Path], sts_tui: Callable[..., Printed]
) -> None:
    words = COMMANDS[name]
    printed = sts_tui(*[given(word, form, models) for word in words])
    text = printed.out + printed.err
    assert {c for c in set(text) if unicodedata.category(c) in FORBIDDEN and c not in "\n\t"} == set()
    assert "Traceback" not in text
    if "--json" in words and words[0] != "validate":
        assert all(json.loads(line) for line in printed.out.splitlines())


def given(word: str, form: str, models: dict[str, Path]) -> str:
    """A word of a command, with the path that it names."""
    name = form if word == "{}" else word.strip("{}")
    return str(models[name]) if word.startswith("{") else word


def test_what_was_written_out_in_json_is_the_same_text() -> None:
    text = f"{PAYLOAD}\U000e0001é"
    assert json.loads(written_out(json.dumps(text, ensure_ascii=False))) == text
    assert MARK in written_out(text)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", HOSTILE)
def test_colors_are_the_only_sequences_and_only_on_a_terminal(kind: str) -> None:
    paint = Paint(True)
    line = paint.good("allowed") + paint.bad(HOSTILE[kind]) + paint.dim("x") + paint.strong("y")
    terminal, pipe = Terminal(), io.StringIO()
    PrintableStream(terminal).write(line)
    PrintableStream(pipe).write(line)
    assert terminal.getvalue().startswith(paint.good("allowed"))
    assert HOSTILE[kind] not in terminal.getvalue()
    assert "\x1b" not in pipe.getvalue()
