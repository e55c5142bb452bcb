"""Every form of every step is read; every fault is reported with file and line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError, TourError, UnreadableTourError
from sts_tui.tours.reading.grammar import parse_commands, parse_step, parse_tour, read_tour

GET = "arn:aws:s3:::acme-data/in.csv"


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("account a.json b.json", steps.Account(("a.json", "b.json"))),
        ("set seed 7", steps.Set("seed", "7")),
        ("set size 80x24", steps.Set("size", "80x24")),
        ("set theme light", steps.Set("theme", "light")),
        ("set start 2026-02-01T00:00:00Z", steps.Set("start", "2026-02-01T00:00:00Z")),
        ("set region eu-west-1", steps.Set("region", "eu-west-1")),
        ("set revoke-padding 0s", steps.Set("revoke-padding", "0s")),
        ("set propagation PT5S", steps.Set("propagation", "PT5S")),
        ("set role-sessions-keep-mfa true", steps.Set("role-sessions-keep-mfa", "true")),
        ("say It's **open**: 'quotes' # and all", steps.Say("It's **open**: 'quotes' # and all")),
        ("say", steps.Say("")),
        ("as alice@Ops", steps.As("alice@Ops")),
        ("aws sts get-caller-identity", steps.Aws(("sts", "get-caller-identity"))),
        ("try aws sts get-caller-identity", steps.Aws(("sts", "get-caller-identity"), may_fail=True)),
        ("request s3:GetObject *", steps.Request("s3:GetObject", "*")),
        (
            f"try request s3:GetObject {GET} aws:SourceIp=10.0.0.1 aws:TagKeys=a aws:TagKeys=b owner=prod",
            steps.Request(
                "s3:GetObject",
                GET,
                (("aws:SourceIp", "10.0.0.1"), ("aws:TagKeys", "a"), ("aws:TagKeys", "b"), ("owner", "prod")),
                may_fail=True,
            ),
        ),
        ("request s3:GetObject * s3:prefix=a=b", steps.Request("s3:GetObject", "*", (("s3:prefix", "a=b"),))),
        ("revoke prod/App", steps.Revoke("prod/App")),
        ("try revoke App", steps.Revoke("App", may_fail=True)),
        ("wait 90s", steps.WaitFor("90s")),
        ("wait until 2026-01-15T10:00:00Z", steps.WaitUntil("2026-01-15T10:00:00Z")),
        ("wait until 10:30", steps.WaitUntil("10:30")),
        ("wait until alice@Ops expires", steps.WaitUntilExpires("alice@Ops")),
        ("expect ok", steps.ExpectOk()),
        ("expect error AccessDenied", steps.ExpectError("AccessDenied")),
        ("expect error AccessDenied 'not authorized'", steps.ExpectError("AccessDenied", "not authorized")),
        ("expect error ExpiredToken status 403", steps.ExpectError("ExpiredToken", None, "403")),
        ("expect error X 'a b' status 400", steps.ExpectError("X", "a b", "400")),
        ("expect error X the status is bad", steps.ExpectError("X", "the status is bad")),
        ("expect allowed", steps.ExpectDecision(True)),
        ("expect denied", steps.ExpectDecision(False)),
        ("expect denied by AWSRevokeOlderSessions", steps.ExpectDecision(False, "AWSRevokeOlderSessions")),
        ("expect allowed by 'two words'", steps.ExpectDecision(True, "two words")),
        ("expect output Credentials.AccessKeyId null", steps.ExpectOutput("Credentials.AccessKeyId", "null")),
        ("expect output \"T[?Key=='a'] | [0]\" b", steps.ExpectOutput("T[?Key=='a'] | [0]", "b")),
        ("expect session job@App orphaned", steps.ExpectSession("job@App", "orphaned")),
        ("undo", steps.Undo()),
        ("redo", steps.Redo()),
        ("press down down enter", steps.Press(("down", "down", "enter"))),
        (
            "press : ctrl+d shift+tab f5 question_mark é < less_than_sign ctrl+left_square_bracket",
            steps.Press(
                (
                    *(":", "ctrl+d", "shift+tab", "f5", "question_mark", "é", "<", "less_than_sign"),
                    "ctrl+left_square_bracket",
                )
            ),
        ),
        ("type alice and bob", steps.Type("alice and bob")),
        ("shot sessions-1", steps.Shot("sessions-1")),
        ("scene  It's 'over' # or not", steps.Scene("It's 'over' # or not")),
        ("note Don't \"forget\" # this", steps.Note("Don't \"forget\" # this")),
        ("focus 4", steps.Focus("requests")),
        ("focus Sessions", steps.Focus("sessions")),
    ],
)  # fmt: skip
def test_every_form_of_every_step_is_read(line: str, step: steps.Step) -> None:
    assert parse_step(line) == step


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("", "empty"),
        ("requst s3:GetObject *", 'did you mean "request"'),
        ("account", "write account"),
        ("set seed", "write set NAME VALUE"),
        ("set sed 3", 'did you mean "seed"'),
        ("set seed -1", "not a seed"),
        ("set size big", "not a size"),
        ("set start soon", "not an instant"),
        ("set region mars", "not a region"),
        ("set propagation soon", "not a duration"),
        ("set role-sessions-keep-mfa maybe", "true or false"),
        ("as", "write as WHO"),
        ("as two words", "found 2 words"),
        ("aws", "write aws SERVICE OPERATION"),
        ("aws sts", "write aws SERVICE OPERATION"),
        ("aws sts asume-role", 'did you mean "assume-role"'),
        ("aws ec2 run-instances", "request ec2:RunInstances"),
        ("aws s3api get-object --bucket b", "request s3:GetObject"),
        ("aws sts assume-role --role-arm x", 'did you mean "--role-arn"'),
        ("aws sts assume-role --role-arn", "needs a value"),
        ("aws sts assume-role --role-arn a b", "takes one value"),
        ("aws sts assume-role --role-arn a --role-arn b", "given twice"),
        ("aws sts assume-role role", "does not belong to a flag"),
        ("aws sts get-caller-identity --output xml", "json, text, table"),
        ("aws sts get-caller-identity --query 'a['", "not JMESPath"),
        ("request s3:GetObject", "write request ACTION RESOURCE"),
        ("request GetObject *", "not an action"),
        ("request s3:Get* *", "not an action"),
        ("request s3:GetObject bucket", "not a resource"),
        ("request s3:GetObject * nonsense", "not key=value"),
        ("revoke", "write revoke ROLE"),
        ("wait", "write wait DURATION"),
        ("wait soon", "not a duration"),
        ("wait until", "write wait DURATION"),
        ("wait until soon", "not an instant"),
        ("wait until x y expires", "write wait DURATION"),
        ("try expect ok", "try must precede"),
        ("try", "try must precede"),
        ("expect", "expect what?"),
        ("expect okay", 'did you mean "ok"'),
        ("expect error", "write expect error"),
        ("expect error X status 99", "not an HTTP status"),
        ("expect denied because", "write expect denied"),
        ("expect denied by", "write expect denied"),
        ("expect output a", "write expect output"),
        ("expect output 'a[' b", "not JMESPath"),
        ("expect session alice gone", "not a session's state"),
        ("undo 2", "takes nothing"),
        ("press", "write press"),
        ("press esc", "did you mean \"escape\""),
        ("press control+d", "there is no key 'control+d'"),
        ("type", "write type"),
        ("shot a/b", "cannot name a picture"),
        ("scene", "write scene NAME"),
        ("note", "write note TEXT"),
        ("focus", "write focus PANE"),
        ("focus session", 'did you mean "sessions"'),
        ("focus 6", "panes are 1 to 5"),
        ("focus ²", "there is no pane"),
        ("as ${mfa:alice", "not closed"),
        ("as 'alice", "not closed"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_write(line: str, part: str) -> None:
    with pytest.raises(StepError) as caught:
        parse_step(line)
    assert part in str(caught.value)


def test_all_errors_are_reported_together_each_with_its_line() -> None:
    text = "as alice\nfrobnicate\n\nrequest x *\nwait \\\n  forever\n"
    with pytest.raises(TourError) as caught:
        parse_tour(text, "story.tour")
    reported = str(caught.value).splitlines()
    assert [line.split(" ")[0] for line in reported] == ["story.tour:2:", "story.tour:4:", "story.tour:5:"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("as alice\naccount a.json", 2),
        ("wait 1s\nset seed 3", 2),
        ("shot a\nset size 80x24", 2),
        ("expect ok", 1),
        ("as alice\nexpect session alice@Ops active\nexpect denied", 3),
        ("shot a\nshot b\nshot a", 3),
    ],
)
def test_a_step_in_the_wrong_place_is_an_error(text: str, line: int) -> None:
    with pytest.raises(TourError) as caught:
        parse_tour(text, "t")
    assert [diagnostic.line for diagnostic in caught.value.diagnostics] == [line]


def test_settings_that_may_change_at_any_time_are_allowed_anywhere() -> None:
    tour = parse_tour("as alice\nset region eu-west-1\nset propagation 5s\nset revoke-padding 0", "t")
    assert len(tour.lines) == 4


def test_a_value_with_a_substitution_is_judged_when_it_is_performed() -> None:
    text = "request s3:GetObject *\nwait ${last:S}\nset propagation ${last:D}\nexpect session x ${last:State}"
    tour = parse_tour(text, "t")
    assert tour.lines[1].step == steps.WaitFor("${last:S}")


def test_lines_keep_their_number_and_text() -> None:
    tour = parse_tour("# story\n\nas alice\naws sts \\\n  get-caller-identity\n", "t")
    assert [(line.number, line.text) for line in tour.lines] == [
        (3, "as alice"),
        (4, "aws sts   get-caller-identity"),
    ]


def test_single_commands_are_numbered_as_given() -> None:
    with pytest.raises(TourError) as caught:
        parse_commands(["as alice", "bogus", "undo"])
    assert str(caught.value).startswith("-c:2: there is no step 'bogus'")


def test_a_byte_order_mark_and_windows_line_ends_are_no_error(tmp_path: Path) -> None:
    path = tmp_path / "windows.tour"
    path.write_bytes("\ufeffas alice\r\nundo\r\n".encode())
    assert [line.step for line in read_tour(path).lines] == [steps.As("alice"), steps.Undo()]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00as", "directory"])
def test_what_cannot_be_read_at_all_is_unreadable(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "x.tour"
    if content == "directory":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(UnreadableTourError, match="x.tour"):
        read_tour(path)


def test_a_backslash_continues_a_single_step_as_it_does_a_line_of_a_file() -> None:
    command = "aws iam create-user \\\n  --user-name x"
    (line,) = parse_commands([command]).lines
    assert line.step == parse_step(command) == parse_step("aws iam create-user --user-name x")
    assert "\n" not in line.text


def test_the_prompt_of_a_pasted_line_is_left_out() -> None:
    assert parse_step("$ aws sts get-caller-identity") == parse_step("aws sts get-caller-identity")
