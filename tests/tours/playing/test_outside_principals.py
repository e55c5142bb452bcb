"""A principal outside the files can act; its own account is assumed to allow, and that is reported.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sts_tui.account.arn import PARTITIONS
from sts_tui.iam import Outcome
from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.entities import role, user
from tests.accounts.policies import allows, trusts
from tests.accounts.tour_model import ALPHA

VENDOR = "444455556666"
MODEL = {
    "Accounts": [
        {
            "AccountId": ALPHA,
            "RoleDetailList": [
                role("Vendor", trusts(f"arn:aws:iam::{VENDOR}:root"), ("Data", allows("s3:*"))),
                role("Partner", trusts(f"arn:aws:iam::{VENDOR}:role/team/Partner"), MaxSessionDuration=7200),
                role("Own", trusts(f"arn:aws:iam::{ALPHA}:root")),
            ],
            "Resources": [{"Arn": "arn:aws:s3:::box"}],
        }
    ]
}

Do = Callable[..., StepResult]


@pytest.fixture
def do() -> Do:
    player = Player(Simulation.open(MODEL))

    def perform(*lines: str) -> StepResult:
        return [player.perform(parse_step(line)) for line in lines][-1]

    return perform


def assume(name: str, words: str = "") -> str:
    return f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/{name} --role-session-name job {words}"


@pytest.mark.parametrize(
    ("arn", "answer"),
    [
        (f"arn:aws:iam::{VENDOR}:user/team/eve", f"arn:aws:iam::{VENDOR}:user/team/eve"),
        (f"arn:aws:iam::{VENDOR}:root", f"arn:aws:iam::{VENDOR}:root"),
        (f"arn:aws:iam::{VENDOR}:role/team/Partner", f"arn:aws:sts::{VENDOR}:assumed-role/Partner/outside"),
        (
            f"arn:aws:sts::{VENDOR}:assumed-role/Partner/run-1",
            f"arn:aws:sts::{VENDOR}:assumed-role/Partner/run-1",
        ),
    ],
)
def test_a_principal_outside_the_files_is_named_by_its_arn(do: Do, arn: str, answer: str) -> None:
    result = do(f"as {arn}")
    assert not result.is_invalid
    assert f"account {VENDOR} is assumed to allow" in result.message
    assert do("aws sts get-caller-identity").document["Arn"] == answer


def test_the_trust_policy_decides_and_the_assumption_is_named(do: Do) -> None:
    do(f"as arn:aws:iam::{VENDOR}:user/eve")
    allowed = do(assume("Vendor"))
    assert allowed.error is None
    assert allowed.event is not None
    assert "trust policy" in allowed.event.decided_by
    assert f"account {VENDOR} (assumed)" in allowed.event.decided_by
    assert do(assume("Own")).error is not None
    assert do("as job@Vendor", "request s3:GetObject arn:aws:s3:::box/x").error is None


def test_a_trust_policy_names_the_role_with_its_path(do: Do) -> None:
    do(f"as arn:aws:iam::{VENDOR}:role/team/Partner")
    assert do(assume("Partner")).error is None
    do(f"as arn:aws:iam::{VENDOR}:role/Partner")
    assert do(assume("Partner")).error is not None


def test_a_session_from_outside_chains_for_an_hour_at_most(do: Do) -> None:
    do(f"as arn:aws:iam::{VENDOR}:role/team/Partner")
    refused = do(assume("Partner", "--duration-seconds 7200")).error
    assert refused is not None
    assert "role chaining" in refused.message


def test_a_resource_here_needs_its_own_policy(do: Do) -> None:
    denied = do(f"as arn:aws:iam::{VENDOR}:user/eve", "request s3:GetObject arn:aws:s3:::box/x").error
    assert denied is not None
    assert denied.decision is not None
    assert "no resource-based policy allows" in denied.decision.reason


def test_calls_on_the_account_outside_are_not_invented(do: Do) -> None:
    do(f"as arn:aws:iam::{VENDOR}:user/eve")
    for call in ("aws iam list-users", "aws iam create-user --user-name x", "aws sts get-session-token"):
        assert do(call).is_invalid


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ALPHA}:user/nobody",
        f"arn:aws:iam::{ALPHA}:role/Vendor",
        f"arn:aws:iam::{VENDOR}:group/team",
        f"arn:aws:iam::{VENDOR}:user/",
        f"arn:aws:sts::{VENDOR}:assumed-role/Partner",
        f"arn:aws:sts::{VENDOR}:role/Partner",
        "arn:aws:iam::4444:user/eve",
    ],
)
def test_what_is_no_principal_outside_the_files_cannot_act(do: Do, arn: str) -> None:
    assert do(f"as {arn}").is_invalid


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:PrincipalTag/team": "web"}}, Outcome.UNDECIDED),
        ({"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLEEXA:*"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:SourceIdentity": "eve"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:PrincipalAccount": VENDOR}}, Outcome.ALLOWED),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{VENDOR}:role/team/*"}}, Outcome.ALLOWED),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, Outcome.ALLOWED),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, Outcome.IMPLICIT_DENY),
    ],
)
def test_what_an_arn_does_not_say_is_unknown_and_neither_met_nor_failed(
    condition: dict[str, object], outcome: Outcome
) -> None:
    policy = trusts(f"arn:aws:iam::{VENDOR}:root")
    policy["Statement"][0]["Condition"] = condition
    model = {"Accounts": [{"AccountId": ALPHA, "RoleDetailList": [role("Vendor", policy)]}]}
    player = Player(Simulation.open(model))
    player.perform(parse_step(f"as arn:aws:iam::{VENDOR}:role/team/Partner"))
    decision = player.perform(parse_step(assume("Vendor"))).decision
    assert decision is not None
    assert decision.outcome is outcome


OURS = "o-exampleorg1"
PATHS = "aws:PrincipalOrgPaths"


def organization() -> dict[str, object]:
    root = {"Name": "Root", "Accounts": [ALPHA]}
    return {"Id": OURS, "ManagementAccountId": ALPHA, "Root": root}


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        # in no case ours
        ({"StringEquals": {"aws:PrincipalOrgID": OURS}}, Outcome.IMPLICIT_DENY),
        ({"StringNotEquals": {"aws:PrincipalOrgID": OURS}}, Outcome.ALLOWED),
        ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": OURS}}, Outcome.ALLOWED),
        ({"StringLike": {"aws:PrincipalOrgID": OURS}}, Outcome.IMPLICIT_DENY),
        ({"ForAnyValue:StringLike": {PATHS: f"{OURS}/*"}}, Outcome.IMPLICIT_DENY),
        ({"ForAllValues:StringNotLike": {PATHS: [f"{OURS}/*"]}}, Outcome.ALLOWED),
        # in another one or in none
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": OURS}}, Outcome.UNDECIDED),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:PrincipalOrgID": [OURS, "o-partner0000"]}}, Outcome.UNDECIDED),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-partner0000"}}, Outcome.UNDECIDED),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, Outcome.UNDECIDED),
        ({"ForAllValues:StringLike": {PATHS: f"{OURS}/*"}}, Outcome.UNDECIDED),
        ({"ForAnyValue:StringLike": {PATHS: "o-*/r-*/ou-team/*"}}, Outcome.UNDECIDED),
        # a variable
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, Outcome.IMPLICIT_DENY),
        ({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, Outcome.IMPLICIT_DENY),
        ({"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, Outcome.ALLOWED),
        ({"StringEquals": {"sts:RoleSessionName": "${aws:PrincipalOrgID}"}}, Outcome.UNDECIDED),
        ({"StringEquals": {"aws:ResourceOrgID": f"${{aws:PrincipalOrgID, '{OURS}'}}"}}, Outcome.UNDECIDED),
    ],
)
def test_an_account_that_the_organization_does_not_list_is_in_another_one_or_in_none(
    condition: dict[str, object], outcome: Outcome
) -> None:
    policy = trusts("*")
    policy["Statement"][0]["Condition"] = condition
    model = {
        "Organization": organization(),
        "Accounts": [{"AccountId": ALPHA, "RoleDetailList": [role("Ours", policy)]}],
    }
    player = Player(Simulation.open(model))
    player.perform(parse_step(f"as arn:aws:iam::{VENDOR}:role/Partner"))
    decision = player.perform(parse_step(assume("Ours"))).decision
    assert decision is not None
    assert decision.outcome is outcome


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"StringNotEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, Outcome.EXPLICIT_DENY),
        ({"StringNotEquals": {"aws:ResourceOrgID": OURS}}, Outcome.EXPLICIT_DENY),
        ({"StringEquals": {"aws:ResourceOrgID": OURS}}, Outcome.UNDECIDED),
        ({"Null": {"aws:ResourceOrgID": "true"}}, Outcome.UNDECIDED),
    ],
)
def test_the_same_holds_for_the_organization_of_a_resource(
    condition: dict[str, object], outcome: Outcome
) -> None:
    """A resource perimeter. Without its Deny the unknown policy of the queue would decide.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
    """
    queue = f"arn:aws:sqs:us-east-1:{VENDOR}:jobs"
    own = allows("*")
    own["Statement"] += [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}]
    worker = role("Worker", trusts(f"arn:aws:iam::{ALPHA}:root"), ("own", own))
    model = {
        "Organization": organization(),
        "Accounts": [
            {
                "AccountId": ALPHA,
                "RoleDetailList": [worker],
                "UserDetailList": [user("ann", ("own", allows("*")))],
            }
        ],
    }
    player = Player(Simulation.open(model))
    for line in ("as ann", assume("Worker", "--as-session w"), "as w", f"request sqs:SendMessage {queue}"):
        result = player.perform(parse_step(line))
    assert result.decision is not None
    assert result.decision.outcome is outcome


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"StringNotEqualsIfExists": {"aws:SourceOrgID": OURS}}, Outcome.ALLOWED),
        ({"StringEquals": {"aws:SourceOrgID": OURS}}, Outcome.IMPLICIT_DENY),
        ({"StringEquals": {"aws:SourceOrgID": "o-partner0000"}}, Outcome.UNDECIDED),
    ],
)
def test_and_for_the_resource_that_a_service_works_for(
    condition: dict[str, object], outcome: Outcome
) -> None:
    policy = trusts("x")
    policy["Statement"][0] |= {"Principal": {"Service": "config.amazonaws.com"}, "Condition": condition}
    model = {
        "Organization": organization(),
        "Accounts": [{"AccountId": ALPHA, "RoleDetailList": [role("Recorder", policy)]}],
    }
    player = Player(Simulation.open(model))
    player.perform(parse_step("as service:config.amazonaws.com"))
    decision = player.perform(parse_step(assume("Recorder", f"aws:SourceAccount={VENDOR}"))).decision
    assert decision is not None
    assert decision.outcome is outcome


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_principal_of_any_partition_can_act(do: Do, partition: str) -> None:
    arn = f"arn:{partition}:iam::{VENDOR}:user/eve"
    assert not do(f"as {arn}").is_invalid
    assert do("aws sts get-caller-identity").document["Arn"] == arn


def test_the_library_takes_the_arn_as_a_resolved_identity() -> None:
    simulation = Simulation.open(MODEL)
    eve = simulation.resolve(f"arn:aws:iam::{VENDOR}:user/eve")
    params = {"RoleArn": f"arn:aws:iam::{ALPHA}:role/Vendor", "RoleSessionName": "job"}
    assert simulation.call("sts:AssumeRole", params, caller=eve)["Credentials"]
    with pytest.raises(AwsError):
        simulation.call("sts:AssumeRole", {**params, "RoleArn": f"arn:aws:iam::{ALPHA}:role/Own"}, caller=eve)


def test_the_simulation_itself_refuses_calls_on_the_account_outside() -> None:
    simulation = Simulation.open(MODEL)
    eve = simulation.resolve(f"arn:aws:iam::{VENDOR}:user/eve")
    for make in (simulation.call, simulation.preview, simulation.what_if):
        with pytest.raises(NotModelledError, match=f"account {VENDOR} is not in the files"):
            make("iam:ListUsers", {}, caller=eve)
    assert simulation.events.last_number == 0
