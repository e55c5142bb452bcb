"""`validate`: single policy documents, standard input, counts of warnings, JSON and SARIF."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.lone_policy import KINDS
from sts_tui.cli.command_options import POLICY_TYPES
from tests.accounts.entities import role
from tests.accounts.policies import allows, trusts
from tests.accounts.tour_model import ALPHA
from tests.cli.conftest import Printed

Command = Callable[..., Printed]
TRUST = trusts(f"arn:aws:iam::{ALPHA}:root")
IDENTITY = allows("s3:GetObject")
BUCKET = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    },
}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Any], Path]:
    def write(document: Any, name: str = "policy.json") -> Path:
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
        return path

    return write


@pytest.mark.parametrize(
    ("document", "guess"),
    [(TRUST, "trust policy"), (IDENTITY, "identity-based policy"), (BUCKET, "resource-based policy")],
)
def test_a_lone_policy_is_checked_as_what_it_looks_like(
    sts_tui: Command, written: Callable[..., Path], document: Any, guess: str
) -> None:
    printed = sts_tui("validate", written(document))
    assert (printed.code, printed.out) == (0, "")
    assert f"checked as {guess}" in printed.err


@pytest.mark.parametrize(
    ("document", "kind", "message"),
    [
        (IDENTITY, "trust", "Missing required field Principal"),
        (TRUST, "identity", "Policy document should not specify a principal."),
        (TRUST, "boundary", "Policy document should not specify a principal."),
        (IDENTITY, "rcp", "Principal"),
        ({"Version": "2012-10-17", "Statment": []}, "scp", 'did you mean "Statement"?'),
        ([], "session", "JSON object"),
        ({"Version": "2012-10-17", "Statement": 5}, "resource", "at least one Statement"),
    ],
)
def test_what_aws_refuses_for_the_type_is_an_error(
    sts_tui: Command, written: Callable[..., Path], document: Any, kind: str, message: str
) -> None:
    printed = sts_tui("validate", written(document), "--as", kind)
    assert printed.code == 1
    assert message in printed.out
    assert "policy.json:" in printed.out


def test_the_types_of_the_command_line_are_those_of_the_check() -> None:
    assert tuple(KINDS) == POLICY_TYPES


def test_a_word_that_aws_does_not_know_is_a_warning(sts_tui: Command, written: Callable[..., Path]) -> None:
    printed = sts_tui("validate", written(allows("s3:GetObjct")), "--as", "identity")
    assert printed.code == 0
    assert "warning: " in printed.out
    assert "s3:GetObject" in printed.out


def test_standard_input_is_a_file(sts_tui: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, code in ((json.dumps(TRUST), 0), ("{", 2), ("", 2)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert sts_tui("validate", "-").code == code


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"Statement": NaN}', "\x00"])
def test_a_policy_that_is_no_json_is_unreadable(
    sts_tui: Command, written: Callable[..., Path], text: str
) -> None:
    printed = sts_tui("validate", written(text), "--as", "trust")
    assert printed.code == 2
    assert "policy.json" in printed.err


def many_roles() -> dict[str, Any]:
    """Forty roles, each with an action that AWS does not know."""
    roles = [role(f"R{number}", TRUST, ("Read", allows(f"s3:GetObjct{number}")), MaxSessionDuration=3600)
             for number in range(40)]  # fmt: skip
    return {"Accounts": [{"AccountId": ALPHA, "RoleDetailList": roles}]}


def test_warnings_of_one_kind_are_one_line_with_a_count(
    sts_tui: Command, written: Callable[..., Path]
) -> None:
    printed = sts_tui("validate", written(many_roles()))
    assert printed.code == 0
    (line,) = [line for line in printed.out.splitlines() if "GetObjct" in line]
    assert "×40" in line
    assert "40 warnings" in printed.err


def test_json_lists_each_warning_with_its_line(sts_tui: Command, written: Callable[..., Path]) -> None:
    objects = sts_tui("validate", written(many_roles()), "--json").objects
    assert len(objects) == 40
    assert {one["severity"] for one in objects} == {"warning"}
    assert len({one["line"] for one in objects}) == 40
    assert set(objects[0]) == {"file", "line", "path", "severity", "message", "hint"}


def test_sarif_has_a_rule_for_each_kind_and_a_result_for_each_place(
    sts_tui: Command, written: Callable[..., Path]
) -> None:
    broken = {**many_roles(), "Bogus": 1}
    printed = sts_tui("validate", written(broken), "--sarif")
    assert printed.code == 1
    log = json.loads(printed.out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert {result["ruleId"] for result in run["results"]} == set(rules)
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    for result in run["results"]:
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("policy.json")
        assert place["physicalLocation"]["region"]["startLine"] >= 1


def test_an_unreadable_file_is_in_json_and_sarif_too(sts_tui: Command) -> None:
    assert sts_tui("validate", "no-such.json", "--json").objects[0]["file"] == "no-such.json"
    log = json.loads(sts_tui("validate", "no-such.json", "--sarif").out)
    assert log["runs"][0]["results"][0]["level"] == "error"
