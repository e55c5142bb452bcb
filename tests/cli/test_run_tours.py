"""`run`: transcripts, JSON, JUnit, exit codes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from tests.accounts.tour_model import ALPHA
from tests.cli.conftest import Printed

Command = Callable[..., Printed]
Write = Callable[..., Path]

ASSUME = f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/Ops --role-session-name demo"
GET = "request s3:GetObject arn:aws:s3:::alpha-data/x"


def test_a_tour_that_holds_ends_with_its_counts_and_zero(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui(
        "run", tour("say **Hello**", "as alice", ASSUME, "as demo@Ops", GET, "expect allowed", "shot x")
    )
    assert printed.code == 0
    assert printed.out.splitlines()[-1] == "7 steps passed, 0 failed"
    assert "**Hello**" in printed.out
    assert "allowed by Ops/Data#Bucket" in printed.out
    assert "\x1b" not in printed.out
    assert printed.err == ""


def test_a_failed_expectation_is_explained_and_the_tour_continues(sts_tui: Command, tour: Write) -> None:
    path = tour("as alpha/bob", GET, "expect allowed", "expect error AccessDenied")
    printed = sts_tui("run", path)
    assert printed.code == 1
    assert f"FAILED {path}:4: expect allowed" in printed.out
    assert "identity-based policy" in printed.out
    assert printed.out.splitlines()[-1] == "4 steps passed, 1 failed"


def test_a_refusal_without_an_expectation_fails_with_its_explanation(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", tour("as alpha/bob", GET, "say what now?", "as alice"))
    assert printed.code == 1
    assert "no identity-based policy allows the s3:GetObject action" in printed.out
    assert printed.out.splitlines()[-1] == "4 steps passed, 1 failed"


def test_text_output_keeps_its_tabs(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", tour("aws iam list-roles --query Roles[].RoleName --output text"))
    assert "  Ops\tTwin\n" in printed.out


def test_try_lets_a_refusal_pass(sts_tui: Command, tour: Write) -> None:
    assert sts_tui("run", tour("as alpha/bob", f"try {GET}", "say fine")).code == 0


def test_a_step_that_cannot_be_carried_out_ends_the_tour(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", tour("as ghost", GET, "expect denied"))
    assert printed.code == 1
    assert printed.out.splitlines()[-1] == "1 step passed, 1 failed, 2 not played"


def test_single_steps_run_on_the_sample(sts_tui: Command) -> None:
    printed = sts_tui(
        "run",
        "-c",
        "as alice",
        "-c",
        "aws sts get-caller-identity",
        "-c",
        "expect output Account 111122223333",
    )
    assert printed.code == 0
    assert printed.out.splitlines()[-1] == "3 steps passed, 0 failed"


def test_account_files_replace_those_of_the_tour(sts_tui: Command, tour: Write, model_file: Path) -> None:
    path = tour("as eve", account="nowhere.json")
    assert sts_tui("run", path).code == 2
    assert sts_tui("run", model_file, path).code == 0


def test_every_tour_has_a_simulation_of_its_own(sts_tui: Command, tour: Write) -> None:
    first = tour("as alice", "revoke Ops", "wait 1h", name="a.tour")
    second = tour("wait until 2026-01-15T09:00:01Z", "undo", name="b.tour")
    printed = sts_tui("run", first, second)
    assert "b.tour:3: undo" in printed.out  # there is nothing to undo in the second
    assert printed.code == 1


def test_errors_of_all_tours_are_reported_together_and_nothing_is_played(
    sts_tui: Command, tour: Write
) -> None:
    printed = sts_tui("run", tour("bogus", "as", name="a.tour"), tour("undo", "bogus", name="b.tour"))
    assert printed.code == 2
    assert printed.out == ""
    assert [line.rsplit("/", 1)[1].split(" ")[0] for line in printed.err.splitlines()] == [
        "a.tour:2:",
        "a.tour:3:",
        "b.tour:3:",
    ]


def test_json_has_one_object_per_step(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", "--json", tour("as alpha/bob", GET, "expect denied", "press down"))
    assert printed.code == 0
    assert printed.err == "4 steps passed, 0 failed\n"
    account, acting, request, expectation, key = printed.objects
    assert [one["outcome"] for one in printed.objects] == ["passed"] * 4 + ["skipped"]
    assert (account["line"], acting["as"], key["step"]) == (1, "bob", "press down")
    assert request["error"]["code"] == "AccessDenied"
    assert request["error"]["status"] == 403
    assert request["decision"]["outcome"] == "implicitDeny"
    assert request["at"] == "2026-01-15T09:00:00Z"
    assert expectation["error"] is None


def test_json_carries_outputs_and_explanations(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", "--json", tour("as alice", "aws sts get-caller-identity", "expect denied", GET))
    assert printed.code == 1
    _, _, called, expectation, request = printed.objects
    assert called["output"]["Account"] == ALPHA
    assert expectation["outcome"] == "failed"
    assert any("identity-based policy" in line for line in request["explanation"])


WITH_TYPO = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"},
    }
)


def test_warnings_of_validate_follow_a_write(sts_tui: Command, tour: Write) -> None:
    step = f"aws iam put-user-policy --user-name alice --policy-name p --policy-document '{WITH_TYPO}'"
    assert 'did you mean "s3:GetObject"?' in sts_tui("run", tour(step)).out
    printed = sts_tui("run", "--json", tour(step))
    assert [len(one["warnings"]) for one in printed.objects] == [0, 1]


def test_warnings_of_validate_precede_the_tours(sts_tui: Command, tour: Write, tmp_path: Path) -> None:
    policies = [{"PolicyName": "p", "PolicyDocument": json.loads(WITH_TYPO)}]
    user = {"UserName": "ana", "Arn": f"arn:aws:iam::{ALPHA}:user/ana", "UserPolicyList": policies}
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps({"UserDetailList": [user]}), encoding="utf-8")
    printed = sts_tui("run", "-c", "as ana", str(dump))
    assert printed.code == 0
    assert 'did you mean "s3:GetObject"?' in printed.err


def test_junit_has_a_suite_per_tour_and_a_case_per_step(
    sts_tui: Command, tour: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    good = tour("as alice", "shot x", name="good.tour")
    bad = tour("as alpha/bob", GET, "say \x08<&>", "as ghost", "undo", name="bad.tour")
    assert sts_tui("run", good, bad, "--junit", report).code == 1
    suites = ET.parse(report).getroot()
    assert {name: suites.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "9",
        "failures": "2",
        "skipped": "2",
    }
    (failure, ghost) = suites.findall("./testsuite[2]/testcase/failure")
    assert "no identity-based policy allows" in (failure.text or "")
    assert "no one is named ghost" in (ghost.get("message") or "")
    assert report.stat().st_mode & 0o777 == 0o600


def test_seed_and_start_of_the_command_line_win(sts_tui: Command, tour: Write) -> None:
    path = tour(
        "set seed 1",
        "set start 2026-03-01T00:00:00Z",
        "as alice",
        f"{ASSUME} --query Credentials.AccessKeyId",
    )
    key = sts_tui("run", "--json", path).objects[-1]["output"]
    assert sts_tui("run", "--json", "--seed", "1", path).objects[-1]["output"] == key
    other = sts_tui("run", "--json", "--seed", "2", "--start", "2026-04-01T00:00:00Z", path).objects[-1]
    assert other["output"] != key
    assert other["at"] == "2026-04-01T00:00:00Z"


def test_the_same_tour_prints_the_same_bytes(sts_tui: Command, tour: Write) -> None:
    path = tour("as alice", ASSUME, "wait 5m", "revoke Ops", "as demo@Ops", GET, "expect denied by AWSRevoke")
    assert sts_tui("run", path).out == sts_tui("run", path).out


def test_run_prints_scenes_as_headings_and_skips_notes_and_panes(sts_tui: Command, tour: Write) -> None:
    printed = sts_tui("run", tour("scene The *leak*", "note for me alone", "focus 4", "say so"))
    assert printed.code == 0
    assert "\n-- The *leak* --\n" in printed.out
    assert "for me alone" not in printed.out
    assert "focus" not in printed.out
