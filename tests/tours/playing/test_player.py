"""What each step does, and what it claims, on a small model."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.tour_model import ALPHA, BETA

Do = Callable[..., StepResult]

OPS = f"arn:aws:iam::{ALPHA}:role/Ops"
DEEP = f"arn:aws:iam::{BETA}:role/Deep"
ASSUME = f"aws sts assume-role --role-arn {OPS} --role-session-name"
GET = "request s3:GetObject arn:aws:s3:::alpha-data/x"


def holds(result: StepResult) -> bool:
    assert not result.is_invalid, result.message
    return result.outcome is StepOutcome.PASSED


def test_the_operator_acts_at_first(player: Player) -> None:
    assert player.acting.label == "operator"


@pytest.mark.parametrize(
    ("who", "label"),
    [
        ("alice", "alice"),
        (f"arn:aws:iam::{BETA}:user/eve", "eve"),
        ("beta/bob", "bob"),
        (f"root@{ALPHA}", f"root@{ALPHA}"),
        ("service:ec2.amazonaws.com", "service:ec2.amazonaws.com"),
        ("anonymous", "anonymous"),
        ("operator@beta", f"operator@{BETA}"),
        ("${key:alice}", "alice"),
    ],
)
def test_as_switches_the_acting_identity(do: Do, who: str, label: str) -> None:
    assert do(f"as {who}").acting == label


def test_an_ambiguous_name_is_an_error_that_lists_the_candidates(do: Do) -> None:
    result = do("as bob")
    assert result.is_invalid
    assert "alpha/bob" in result.message
    assert "beta/bob" in result.message


def test_a_name_of_the_acting_account_comes_first(do: Do, player: Player) -> None:
    do("as eve", "as bob")
    assert player.acting.account == BETA


def test_a_role_is_not_a_caller(do: Do) -> None:
    assert "a role is not a caller" in do("as Ops").message


def test_assume_role_makes_a_session_that_can_act(do: Do) -> None:
    assert holds(do("as alice", f"{ASSUME} demo"))
    assert do("as demo@Ops").acting == "demo@Ops"
    assert holds(do(GET, "expect allowed by Data#Bucket"))
    assert holds(do("aws sts get-caller-identity", f"expect output Account {ALPHA}"))


def test_as_session_gives_a_session_another_name(do: Do) -> None:
    do("as alice", f"{ASSUME} demo --as-session boat")
    assert do("as boat").acting.startswith("boat")
    do("aws sts get-session-token --as-session pocket", "as alice")
    assert holds(do("aws sts get-session-token --as-session pocket", "expect ok"))
    assert holds(do("expect session pocket active"))


def test_profile_acts_for_one_call_only(do: Do) -> None:
    do("as alice")
    assert do(f"{ASSUME} demo --profile alice").error is None
    result = do("aws sts get-caller-identity --profile beta/bob --query Arn --output text")
    assert result.output == f"arn:aws:iam::{BETA}:user/bob"
    assert result.acting == "alice"


def test_an_unsigned_call_has_no_credentials(do: Do) -> None:
    error = do("as alice", "aws sts get-caller-identity --no-sign-request").error
    assert error is not None
    assert error.status == 403


def test_region_comes_from_the_flag_else_from_set_else_is_virginia(do: Do, simulation: Simulation) -> None:
    def region(*lines: str) -> str:
        event = do(*lines).event
        assert event is not None
        return event.region

    assert region("as alice", "aws sts get-caller-identity") == "us-east-1"
    assert region("set region eu-west-1", "aws sts get-caller-identity") == "eu-west-1"
    assert region("aws sts get-caller-identity --region eu-north-1") == "eu-north-1"
    assert region(GET) == "eu-west-1"


def test_a_call_that_aws_refuses_is_reported_as_the_cli_reports_it(do: Do) -> None:
    result = do("as alpha/bob", f"{ASSUME} demo")
    assert result.outcome is StepOutcome.PASSED  # whether it was expected is for the next step to say
    assert result.error_text == (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: "
        f"User: arn:aws:iam::{ALPHA}:user/bob is not authorized to perform: sts:AssumeRole on resource: {OPS}"
    )


def test_parameters_are_checked_as_the_service_does(do: Do) -> None:
    do("as alice", f"aws sts assume-role --role-arn {OPS}")
    assert holds(do("expect error ValidationError 'Member must not be null' status 400"))


def test_a_value_that_cannot_be_sent_is_an_error(do: Do) -> None:
    assert do(f"{ASSUME} x --duration-seconds long").is_invalid
    assert do(f"{ASSUME} x --policy file://nowhere.json").is_invalid
    assert do(f"{ASSUME} x --tags Key=a,Valu=b").is_invalid


def test_file_values_are_relative_to_the_tour(do: Do, player: Player) -> None:
    (player.folder / "session.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    denied = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    (player.folder / "session.json").write_text(denied)
    do("as alice", f"{ASSUME} small --policy file://session.json", "as small@Ops", GET)
    assert holds(do("expect denied"))


def test_a_chain_is_capped_and_reported(do: Do) -> None:
    do("as alice", f"{ASSUME} demo", "as demo@Ops")
    do(f"aws sts assume-role --role-arn {DEEP} --role-session-name hop --duration-seconds 7200")
    assert holds(do("expect error ValidationError"))


def test_request_context_reaches_policies(do: Do) -> None:
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*",'
        '"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}'
    )
    do(
        "as operator",
        f"aws iam put-user-policy --user-name bob --policy-name Q --policy-document '{policy}'",
        "as alpha/bob",
    )
    queue = f"arn:aws:sqs:us-east-1:{ALPHA}:q"
    assert holds(
        do(f"request sqs:SendMessage {queue} aws:SourceIp=10.0.0.1 aws:TagKeys=a", "expect allowed by Q")
    )
    assert holds(
        do(
            f"request sqs:SendMessage {queue} aws:SourceIp=10.0.0.1 aws:TagKeys=a aws:TagKeys=c",
            "expect denied",
        )
    )
    assert holds(do(f"request sqs:SendMessage {queue} aws:SourceIp=11.0.0.1", "expect denied"))


def test_keys_that_come_from_the_identity_cannot_be_set(do: Do) -> None:
    with pytest.raises(StepError, match="comes from the identity"):
        do(f"{GET} aws:TokenIssueTime=2020-01-01T00:00:00Z")


def test_owner_names_the_account_of_a_resource_that_nothing_else_places(do: Do) -> None:
    do("as alice", f"{ASSUME} demo", "as demo@Ops")
    assert holds(do("request s3:GetObject arn:aws:s3:::strange/x", "expect allowed"))
    assert holds(do("request s3:GetObject arn:aws:s3:::strange/x owner=beta", "expect denied"))
    assert do("request s3:GetObject arn:aws:s3:::strange/x owner=nobody").is_invalid


def test_revoke_denies_what_was_issued_before_the_cutoff_and_nothing_else(do: Do) -> None:
    do("as alice", f"{ASSUME} old", "wait 1s", "revoke Ops")
    assert holds(do("expect ok"))
    assert holds(do("expect session old@Ops revoked"))
    assert holds(do("as old@Ops", GET, "expect denied by AWSRevokeOlderSessions"))
    do("as alice", "wait 30s", f"{ASSUME} new")
    assert holds(do("expect session new@Ops active"))
    assert holds(do("as new@Ops", GET, "expect allowed"))


def test_revoke_without_padding_cuts_at_the_click(do: Do) -> None:
    do("set revoke-padding 0", "as alice", f"{ASSUME} one", "wait 1s", "revoke Ops", f"{ASSUME} two")
    assert holds(do("expect session one@Ops revoked"))
    assert holds(do("expect session two@Ops active"))


def test_revoke_is_refused_by_aws_where_the_caller_may_not_put_the_policy(do: Do) -> None:
    do("as alpha/bob", "revoke Ops")
    assert holds(do("expect error AccessDenied iam:PutRolePolicy"))


def test_revoke_finds_roles_of_the_acting_account_first_and_reaches_no_other(do: Do) -> None:
    assert do("as alice", "revoke Twin").error is None
    assert do("revoke beta/Twin").is_invalid
    assert do("revoke nowhere/Twin").is_invalid
    assert do("as operator", f"revoke arn:aws:iam::{BETA}:role/Twin").error is None
    assert do("revoke Deep").error is None
    assert holds(do("as alice", "revoke Ghost", "expect error NoSuchEntity"))


def test_wait_moves_the_clock(do: Do, simulation: Simulation) -> None:
    start = simulation.now
    do("wait 1h30m")
    assert simulation.now == start + timedelta(minutes=90)
    do("wait until 12:00")
    assert simulation.now == start + timedelta(hours=3)
    do("as alice", f"{ASSUME} demo --duration-seconds 900", "wait until demo@Ops expires")
    assert simulation.now == start + timedelta(hours=3, minutes=15)
    assert holds(do("expect session demo@Ops expired"))
    assert holds(do("as demo@Ops", GET, "expect error ExpiredToken"))


def test_the_clock_never_runs_back(do: Do, simulation: Simulation) -> None:
    result = do("wait 1h", "wait until 2026-01-15T09:30:00Z")
    assert result.is_invalid
    assert "in the past" in result.message


def test_long_term_credentials_do_not_expire(do: Do) -> None:
    assert do("wait until alice expires").is_invalid


def test_a_session_that_is_called_as_a_user_is_found_where_only_a_session_will_do(do: Do) -> None:
    do("as alice", "aws sts get-session-token --duration-seconds 900 --as-session alice")
    assert holds(do("expect session alice active"))
    assert holds(do("wait until alice expires", "expect session alice expired"))
    assert do("as alice").acting == "alice"


def test_an_expectation_that_fails_says_what_was_found(do: Do) -> None:
    result = do("as alice", f"{ASSUME} demo", "as demo@Ops", GET, "expect denied")
    assert result.outcome is StepOutcome.FAILED
    assert result.message == "allowed by Ops/Data#Bucket"
    assert do("expect allowed by Nothing").outcome is StepOutcome.FAILED
    assert do("expect error AccessDenied").message == "it succeeded"


@pytest.mark.parametrize(
    ("text", "holds_so"),
    [
        ("Data", True),
        ("Buck", True),
        ("Data#Bucket", True),
        ("Ops/Data#Bucket", True),
        ("Ops", False),
        ("Chain", False),
        ("data", False),
    ],
)
def test_by_is_a_part_of_the_policys_name_or_the_statements_id(do: Do, text: str, holds_so: bool) -> None:
    do("as alice", f"{ASSUME} demo", "as demo@Ops", GET)
    assert holds(do(f"expect allowed by {text}")) is holds_so


def test_a_refusal_before_any_policy_is_no_denial(do: Do) -> None:
    do("as alice", f"{ASSUME} demo --duration-seconds 900", "wait 16m", "as demo@Ops", GET)
    result = do("expect denied")
    assert result.outcome is StepOutcome.FAILED
    assert "no policy was evaluated" in result.message


def test_expect_error_compares_code_text_and_status(do: Do) -> None:
    do("as alpha/bob", GET)
    assert holds(do("expect error AccessDenied"))
    assert holds(do("expect error AccessDenied 'no identity-based policy allows' status 403"))
    assert not holds(do("expect error AccessDenied status 400"))
    assert not holds(do("expect error AccessDenied 'explicit deny'"))
    assert not holds(do("expect error Access"))
    assert not holds(do("expect ok"))


@pytest.mark.parametrize(
    ("expression", "value", "equal"),
    [
        ("Account", ALPHA, True),
        ("Arn", f"arn:aws:iam::{ALPHA}:user/alice", True),
        ("Nothing", "null", True),
        ("Account", "null", False),
        ("Nothing", "''", False),
        ("length(Account)", "12", True),
        ("length(Account)", "12.0", True),
        ("[Account,Nothing]", f"'[\"{ALPHA}\", null]'", True),
        ("{a: Account}", f'\'{{"a": "{ALPHA}"}}\'', True),
        ("Account == Arn", "false", True),
        ("Account", "222233334444", False),
    ],
)
def test_expect_output_compares_as_text_or_as_json(do: Do, expression: str, value: str, equal: bool) -> None:
    do("as alice", "aws sts get-caller-identity")
    assert holds(do(f"expect output '{expression}' {value}")) is equal


def test_query_is_the_output(do: Do) -> None:
    result = do("as alice", "aws sts get-caller-identity --query [Account] --output text")
    assert result.output == ALPHA
    assert holds(do(f"expect output [0] {ALPHA}"))


def test_a_list_is_answered_whole_however_many_pages_it_takes(do: Do, simulation: Simulation) -> None:
    names = [f"user-{number:03}" for number in range(105)]
    for name in names:
        simulation.call("iam:CreateUser", {"UserName": name, "Path": "/many/"})
    many = "aws iam list-users --path-prefix /many/"
    before = simulation.events.last_number
    assert holds(do(many, "expect output length(Users) 105", "expect output IsTruncated null"))
    assert simulation.events.last_number - before == 2
    assert holds(
        do(f"{many} --page-size 50 --query Users[].UserName", f"expect output @ '{json.dumps(names)}'")
    )
    assert simulation.events.last_number - before == 5
    assert holds(
        do(f"{many} --no-paginate", "expect output length(Users) 100", "expect output IsTruncated true")
    )


def test_a_list_continues_where_max_items_ended_it(do: Do, simulation: Simulation) -> None:
    for name in ("one", "three", "two"):
        simulation.call("iam:CreateUser", {"UserName": name, "Path": "/many/"})
    many = "aws iam list-users --path-prefix /many/"
    assert holds(do(f"{many} --max-items 2", 'expect output Users[].UserName \'["one", "three"]\''))
    rest = f"{many} --max-items 2 --starting-token ${{last:NextToken}}"
    assert holds(do(rest, "expect output Users[].UserName '[\"two\"]'", "expect output NextToken null"))


def test_last_is_the_last_output_and_a_refusal_leaves_none(do: Do) -> None:
    do("as alice", f"{ASSUME} demo")
    assert do("as ${last:Credentials.AccessKeyId}").acting == "demo@Ops"
    do("as alpha/bob", f"{ASSUME} other")
    assert do("as ${last:Credentials.AccessKeyId}").is_invalid
    assert holds(do("expect output Credentials null"))


def test_a_refusal_can_be_looked_into_and_ec2s_decoded(do: Do) -> None:
    do("as eve", "try request ec2:RunInstances *")
    assert do("as ${last:Error.Code}").message.startswith("no one is named UnauthorizedOperation")
    decode = "aws sts decode-authorization-message --encoded-message ${last:Error.EncodedMessage}"
    do("as operator@beta", decode)
    assert holds(do("expect ok"))


def test_codes_of_a_device_are_used_once_each(do: Do) -> None:
    serial = f"arn:aws:iam::{ALPHA}:mfa/alice"
    line = f"aws sts get-session-token --serial-number {serial} --token-code ${{mfa:alice}}"
    do("as alice")
    for _ in range(5):
        assert holds(do(line, "expect ok"))
    assert do(line).is_invalid
    assert do("as ${mfa:eve}").is_invalid


def test_undo_reverts_an_edit_and_redo_makes_it_again(do: Do) -> None:
    do("as alice", f"{ASSUME} demo", "wait 1s", "revoke Ops", "undo")
    assert holds(do("expect session demo@Ops active"))
    assert holds(do("redo", "expect session demo@Ops revoked"))
    assert do("redo").is_invalid


def test_propagation_delays_what_is_written(do: Do) -> None:
    do("set propagation 10s", "as alice", f"{ASSUME} demo", "wait 1s", "revoke Ops")
    assert holds(do("expect session demo@Ops active"))
    assert holds(do("wait 10s", "expect session demo@Ops revoked"))


def test_orphaned_sessions_have_lost_what_they_were_issued_from(do: Do) -> None:
    do(
        "as alice",
        f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/Twin --role-session-name lost",
    )
    assert holds(do("aws iam delete-role --role-name Twin", "expect ok"))
    assert holds(do("expect session lost@Twin orphaned"))


def test_what_is_for_the_explorer_is_passed_over(do: Do, simulation: Simulation) -> None:
    before = simulation.world
    for line in ("press down enter", "type ${last:x}", "shot a", "note ${last:x}", "focus 4"):
        assert do(line).outcome is StepOutcome.SKIPPED
    assert simulation.world is before


def test_read_only_looks_and_changes_nothing(simulation: Simulation, tmp_path: Path) -> None:
    player = Player(simulation, tmp_path, readonly=True)
    before = simulation.world.configuration
    for line in (
        "revoke Ops",
        "aws iam delete-role --role-name Twin",
        f"{ASSUME} x",
        "undo",
        "set propagation 5s",
    ):
        assert player.perform(parse_step(line)).is_invalid
    assert simulation.world.configuration is before
    assert player.perform(parse_step("aws iam get-role --role-name Ops")).error is None
    assert player.perform(parse_step(GET)).error is None


@pytest.mark.parametrize("device", ["phone", f"arn:aws:iam::{ALPHA}:mfa/phone"])
def test_an_unassigned_device_gives_the_two_codes_that_enabling_it_wants(do: Do, device: str) -> None:
    serial = f"arn:aws:iam::{ALPHA}:mfa/phone"
    create = "aws iam create-virtual-mfa-device --virtual-mfa-device-name phone"
    enable = (
        f"aws iam enable-mfa-device --user-name alice --serial-number {serial} "
        f"--authentication-code1 ${{mfa:{device}}} --authentication-code2 ${{mfa:{device}?next}}"
    )
    assert holds(do(f"as operator@{ALPHA}", create, enable))
    assert do(f"aws iam get-mfa-device --user-name alice --serial-number {serial}").error is None


def test_an_unknown_option_of_an_mfa_code_is_an_error(do: Do) -> None:
    assert "?next" in do("aws sts get-session-token --token-code ${mfa:alice?last}").message
