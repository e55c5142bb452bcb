"""Commands that look at a model: creds, export, validate, schema, reach, selftest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from sts_tui.tours.claims import load
from tests.accounts.tour_model import ALPHA, MODEL
from tests.cli.conftest import Printed

Command = Callable[..., Printed]
Write = Callable[..., Path]
ASSUME = f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/Ops --role-session-name demo"


def test_credentials_of_a_session_after_a_tour(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("creds", "demo@Ops", "--tour", tour("as alice", ASSUME), "--format", "process")
    credentials = json.loads(printed.out)
    assert credentials["Version"] == 1
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert credentials["SessionToken"].startswith("SIMULATED")
    assert credentials["Expiration"] == "2026-01-15T10:00:00Z"
    assert "SIMULATED" in printed.err


@pytest.mark.parametrize("form", ["env", "fish", "powershell", "process", "profile"])
def test_every_format_says_that_the_credentials_are_simulated(
    sts_tui: Command, model_file: Path, form: str
) -> None:
    printed = sts_tui("creds", "alice", model_file, "--format", form)
    assert printed.code == 0
    assert "SIMULATED by sts-tui" in printed.out
    assert "AKIA" in printed.out


def test_expired_credentials_are_printed_with_a_warning(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("creds", "demo@Ops", "--tour", tour("as alice", ASSUME, "wait 2h"))
    assert "export AWS_SESSION_TOKEN=" in printed.out
    assert "expired at 2026-01-15T10:00:00Z" in printed.err


def test_a_tour_that_fails_gives_no_credentials(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("creds", "alice", "--tour", tour("as alpha/bob", ASSUME))
    assert (printed.code, printed.out) == (1, "")
    assert "AccessDenied" in printed.err


def test_an_export_loads_as_the_same_model(sts_tui: Command, model_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.json"
    assert sts_tui("export", model_file, "--out", out).code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    printed = sts_tui("export", model_file, "--diff", out)
    assert (printed.code, printed.out) == (0, "")


def test_an_export_holds_what_a_tour_edited(
    sts_tui: Command, tour: Write, model_file: Path, tmp_path: Path
) -> None:
    path = tour("set propagation 5s", "as alice", "revoke Ops", "aws iam delete-role --role-name Twin")
    out = tmp_path / "after.json"
    sts_tui("export", "--tour", path, "--out", out)
    lines = sts_tui("export", model_file, "--diff", out).out.splitlines()
    assert any(line.startswith("+") and "AWSRevokeOlderSessions" in line for line in lines)
    assert any(line.startswith("-") and "Twin" in line for line in lines)
    assert any("PropagationSeconds" in line for line in lines)


def test_validate_lists_every_error_of_models_and_tours(
    sts_tui: Command, tour: Write, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"Accounts": [{"AccountId": "1", "Bogus": 2}]}')
    printed = sts_tui("validate", bad, tour("bogus"))
    assert printed.code == 1
    assert "Bogus" in printed.out
    assert "story.tour:2:" in printed.out


def test_validate_is_content_with_clean_files(sts_tui: Command, tour: Write, model_file: Path) -> None:
    printed = sts_tui("validate", model_file, tour("as alice"))
    assert (printed.code, printed.err) == (0, "no errors\n")


def test_validate_checks_the_account_files_of_a_tour(sts_tui: Command, tour: Write) -> None:
    assert sts_tui("validate", tour("undo", account="nowhere.json")).code == 2


def test_unreadable_files_are_two(sts_tui: Command, tmp_path: Path) -> None:
    printed = sts_tui("validate", tmp_path / "no.json", tmp_path / "no.tour")
    assert printed.code == 2
    assert len([line for line in printed.err.splitlines() if line.startswith("sts-tui: ")]) == 2


def test_an_aws_config_is_checked_with_the_model_it_drives(
    sts_tui: Command, model_file: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"[profile alice]\n[profile ops]\nrole_arn = arn:aws:iam::{ALPHA}:role/Ops\n"
        "source_profile = alice\nrole_session_name = job-1\n"
    )
    assert sts_tui("validate", model_file, config).code == 0
    assert sts_tui("run", model_file, config, "-c", "wait 1s", "expect session job-1@Ops active").code == 0
    config.write_text(config.read_text().replace("= alice", "= ghost"))
    printed = sts_tui("validate", model_file, config)
    assert printed.code == 1
    assert "ghost" in printed.out


def test_validate_says_how_to_fetch_what_a_dump_lacks(sts_tui: Command, tmp_path: Path) -> None:
    role = {
        "Arn": f"arn:aws:iam::{ALPHA}:role/Ops",
        "RoleName": "Ops",
        "RoleId": "AROAEXAMPLEEXAMPLE123",
        "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    }
    dump = tmp_path / "dump.json"
    dump.write_text(
        json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []})
    )
    printed = sts_tui("validate", dump)
    assert printed.code == 0
    assert "aws iam list-roles" in printed.out


def test_the_schema_accepts_a_model_and_refuses_a_misspelled_one(sts_tui: Command) -> None:
    schema = json.loads(sts_tui("schema").out)
    accepting = Draft202012Validator(schema)  # that it is a schema is asserted with its tests
    accepting.validate(MODEL)
    with pytest.raises(ValidationError):
        accepting.validate({"Accounts": [{"AcountId": ALPHA}]})


def test_reach_prints_chains_from_and_to(sts_tui: Command, model_file: Path) -> None:
    printed = sts_tui("reach", model_file, "--from", "alice")
    assert "alpha/alice > alpha/Ops > beta/Deep" in printed.out.splitlines()
    only = sts_tui("reach", model_file, "--to", "Deep", "--json").objects
    assert {one["to"].rsplit("/", 1)[1] for one in only} == {"Deep"}
    assert [len(one["hops"]) for one in only] == [2, 1]


def test_reach_reports_loops_outsiders_hops_and_how_far_each_source_gets(
    sts_tui: Command, model_file: Path
) -> None:
    printed = sts_tui("reach", model_file)
    assert printed.code == 0
    titles = [line for line in printed.out.splitlines() if line and not line.startswith(" ")]
    assert "From outside the files" in titles
    assert titles[-2:] == ["Direct hops, by target", "How far each source gets"]
    assert any(title.startswith("Administrators") for title in titles)
    (report,) = sts_tui("reach", model_file, "--json").objects
    assert {"loops", "administrators", "outside", "unknown", "hops", "sources"} == set(report)
    reached = {one["source"].rsplit("/", 1)[-1]: one["roles"] for one in report["sources"]}
    assert reached["alice"] >= 2


def test_reach_says_by_its_exit_code_whether_there_is_a_path(sts_tui: Command, model_file: Path) -> None:
    assert sts_tui("reach", model_file, "--from", "alice", "--to", "Deep").code == 0
    assert sts_tui("reach", model_file, "--from", "Deep", "--to", "Ops").code == 1


def test_a_hop_that_the_files_leave_open_is_unknown_and_not_missing(sts_tui: Command, tmp_path: Path) -> None:
    guarded = {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": f"arn:aws:iam::{ALPHA}:user/ann"},
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        }],
    }  # fmt: skip
    role = {"RoleName": "Guarded", "RoleId": "AROAEXAMPLEEXAMPLEEX1", "Path": "/",
            "Arn": f"arn:aws:iam::{ALPHA}:role/Guarded", "AssumeRolePolicyDocument": guarded}  # fmt: skip
    user = {
        "UserName": "ann",
        "UserId": "AIDAEXAMPLEEXAMPLEEX1",
        "Path": "/",
        "Arn": f"arn:aws:iam::{ALPHA}:user/ann",
    }
    dump = tmp_path / "dump.json"
    lists = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}
    dump.write_text(json.dumps(lists))
    printed = sts_tui("reach", dump, "--from", "ann", "--to", "Guarded")
    assert printed.code == 3
    assert "unknown" in printed.out


@pytest.mark.parametrize(
    ("option", "sign"), [("--dot", "digraph"), ("--mermaid", "flowchart"), ("--opengraph", '"edges"')]
)
def test_reach_is_written_for_other_tools(sts_tui: Command, model_file: Path, option: str, sign: str) -> None:
    printed = sts_tui("reach", model_file, option)
    assert printed.code == 0
    assert sign in printed.out
    assert "alice" in printed.out


def test_selftest_runs_a_topic_and_counts(sts_tui: Command) -> None:
    printed = sts_tui("selftest", "wildcards")
    assert printed.code == 0
    assert "wildcards" in printed.out
    assert printed.out.splitlines()[-1].endswith("0 do not")
    listed = sts_tui("selftest", "wildcards", "--json").objects
    assert all(one["holds"] and one["source"] for one in listed)


@pytest.mark.parametrize(
    ("text", "word"), [("{}", "a list of claims"), ("[{}]", "wildcards.json[0]"), ("[", "wildcards.json")]
)
def test_selftest_says_which_claim_file_is_broken(
    sts_tui: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, word: str
) -> None:
    (tmp_path / "wildcards.json").write_text(text)
    monkeypatch.setattr(load, "DECISIONS", tmp_path)
    printed = sts_tui("selftest", "wildcards")
    assert printed.code == 2
    assert word in printed.err
    assert "correct the file" in printed.err
