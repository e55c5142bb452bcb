"""Every cut of the incident desk is an action: it can be carried out, is one undo, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.configuration import Configuration
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.cut import CannotCutError, Cut, carry_out
from sts_tui.simulation.containment.desk import Incident, Row, cuts_of
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.identities import operator_identity
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.accounts.small import alice, open_small

SAMPLES = Path(__file__).parents[3] / "sample_accounts"
WHO = ("unknown-laptop", "App", "CI", "build-812", "alice", "etl", "dana@acme.example@ReadOnly", "Pipeline")


def sample() -> Simulation:
    simulation = Simulation.open(SAMPLES / "acme.json")
    simulation.advance(252)
    return simulation


def row_of(desk: Incident, cut_id: str) -> Row:
    row = desk.row(cut_id)
    assert row is not None, [row.cut.id for row in desk.rows]
    return row


def carried_out(simulation: Simulation, row: Row) -> None:
    send(simulation, row.cut)


def send(simulation: Simulation, cut: Cut) -> None:
    def call(action: str, params: Mapping[str, object], caller: Any, joins: bool) -> object:
        return simulation.call(action, params, caller=caller, joins=joins)

    carry_out(cut, operator_identity(), call)


def carried_out_and_undone(simulation: Simulation, cut: Cut) -> Iterator[Configuration]:
    """The configuration after the cut, after the undo, and after the redo; then it is undone again."""
    send(simulation, cut)
    yield simulation.world.configuration
    simulation.undo()
    yield simulation.world.configuration
    simulation.redo()
    yield simulation.world.configuration
    simulation.undo()


@pytest.mark.parametrize("who", WHO)
def test_one_undo_undoes_a_cut_and_one_redo_makes_it_again(who: str) -> None:
    simulation = sample()
    before, seen = simulation.world.configuration, 0
    for cut in cuts_of(simulation, who):
        with suppress(AwsError, CannotCutError):
            after, undone, again = carried_out_and_undone(simulation, cut)
            assert tables(undone) == tables(before), cut.id
            assert tables(again) == tables(after), cut.id
            seen += 1
        assert not simulation.history.done
    assert seen > 3


@pytest.mark.parametrize("who", WHO)
def test_the_undo_commands_put_back_what_was_there(who: str) -> None:
    simulation = sample()
    before = simulation.world.configuration
    for cut in cuts_of(simulation, who):
        if cut.id.startswith(IRREVERSIBLE):
            continue
        with suppress(AwsError, CannotCutError):
            send(simulation, cut)
            play(simulation, cut, undo_commands(cut.steps, before))
            assert permissions(simulation.world.configuration) == permissions(before), cut.id
        while simulation.history.done:
            simulation.undo()


IRREVERSIBLE = ("key-delete", "delete-user", "delete-role", "end-sign-in", "scp", "rcp")
"""What these delete cannot be put back; POLICY_ID of an organization's policy is answered by AWS."""


def play(simulation: Simulation, cut: Cut, commands: Sequence[str]) -> None:
    player = Player(simulation)
    for step, command in zip(reversed(cut.steps), commands, strict=True):
        player.acting = operator_identity(step.account)
        result = player.perform(parse_step(command))
        assert result.outcome is not StepOutcome.FAILED, (command, result.message)
        assert result.error is None, (command, result.error)


def tables(configuration: Configuration) -> dict[str, object]:
    """Everything but the number of the edition."""
    found = {name: getattr(configuration, name) for name in Configuration.__struct_fields__}
    found.pop("edition")
    return {name: dict(one) if isinstance(one, Mapping) else one for name, one in found.items()}


def permissions(configuration: Configuration) -> dict[str, object]:
    """What policies are evaluated from: managed policies by their default versions."""
    found = {
        arn: (
            sorted((one.policy_name, str(one.policy_document.document)) for one in role.role_policy_list),
            sorted(one.policy_arn for one in role.attached_managed_policies),
            role.permissions_boundary,
            str(role.assume_role_policy_document.document),
            role.max_session_duration or 3600,
        )
        for arn, role in configuration.roles.items()
    }
    users = {
        arn: (
            sorted((one.policy_name, str(one.policy_document.document)) for one in user.user_policy_list),
            sorted(one.policy_arn for one in user.attached_managed_policies),
            user.permissions_boundary,
            sorted(user.group_list),
            [(key.access_key_id, key.status) for key in user.access_keys or ()],
        )
        for arn, user in configuration.users.items()
    }
    policies = {
        arn: str(policy.default_document.document) if policy.default_document else ""
        for arn, policy in configuration.policies.items()
    }
    resources = {
        arn: str(entry.policy.document) if entry.policy else ""
        for arn, entry in configuration.resources.items()
    }
    return {"roles": found, "users": users, "policies": policies, "resources": resources}


MODEL: dict[str, Any] = {
    "Name": "cuts",
    "StartTime": "2026-01-15T09:00:00Z",
    "Accounts": [
        {
            "AccountId": "111122223333",
            "UserDetailList": [
                {
                    "UserName": "ana",
                    "GroupList": ["Readers"],
                    "AttachedManagedPolicies": [
                        {"PolicyName": "Own", "PolicyArn": "arn:aws:iam::111122223333:policy/Own"}
                    ],
                }
            ],
            "GroupDetailList": [
                {
                    "GroupName": "Readers",
                    "GroupPolicyList": [
                        {
                            "PolicyName": "read",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [
                                    {
                                        "Effect": "Allow",
                                        "Action": [
                                            *("kms:Decrypt", "sqs:*", "secretsmanager:*", "ecr:*"),
                                            "lambda:*",
                                        ],
                                        "Resource": "*",
                                    }
                                ],
                            },
                        }
                    ],
                }
            ],
            "Policies": [
                {
                    "PolicyName": "Own",
                    "PolicyVersionList": [
                        {
                            "VersionId": "v1",
                            "IsDefaultVersion": True,
                            "Document": {
                                "Version": "2012-10-17",
                                "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}],
                            },
                        }
                    ],
                }
            ],
            "Resources": [
                {
                    "Arn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                    "Policy": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                                "Action": "kms:*",
                                "Resource": "*",
                            }
                        ],
                    },
                },
                *(
                    {
                        "Arn": arn,
                        "Policy": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                                    "Action": action,
                                    **({} if ":ecr:" in arn else {"Resource": arn}),
                                }
                            ],
                        },
                    }
                    for action, arn in (
                        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:jobs"),
                        ("sns:Publish", "arn:aws:sns:us-east-1:111122223333:alarms"),
                        (
                            "secretsmanager:GetSecretValue",
                            "arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/db-AbCdEf",
                        ),
                        ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:111122223333:repository/team/shop"),
                        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:resize"),
                    )
                ),
            ],
        }
    ],
}
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def used(*requests: tuple[str, str]) -> Simulation:
    simulation = Simulation.open(MODEL)
    for action, resource in requests:
        simulation.request(action, resource, caller="ana", context={"aws:SourceIp": "198.51.100.66"})
    return simulation


def test_the_policy_of_a_kms_key_denies_the_holder_and_keeps_its_other_statements() -> None:
    simulation = used(("kms:Decrypt", KEY))
    row = row_of(incident(simulation, "ana"), "resource-policy")
    assert row.trial.is_cut
    carried_out(simulation, row)
    policy = simulation.world.configuration.resources[KEY].policy
    assert policy is not None
    assert len(policy.document["Statement"]) == 2
    with pytest.raises(AwsError):
        simulation.request("kms:Decrypt", KEY, caller="ana")


OTHER_RESOURCES = (
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:jobs"),
    ("sns:Publish", "arn:aws:sns:us-east-1:111122223333:alarms"),
    (
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/db-AbCdEf",
    ),
    ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:111122223333:repository/team/shop"),
)


@pytest.mark.parametrize(("action", "arn"), OTHER_RESOURCES)
def test_the_policy_of_other_resources_denies_the_holder_and_can_be_put_back(action: str, arn: str) -> None:
    simulation = used((action, arn))
    row = row_of(incident(simulation, "ana"), "resource-policy")
    assert row.trial.is_cut
    before = simulation.world.configuration
    carried_out(simulation, row)
    with pytest.raises(AwsError):
        simulation.request(action, arn, caller="ana")
    play(simulation, row.cut, undo_commands(row.cut.steps, before))
    assert permissions(simulation.world.configuration) == permissions(before)
    simulation.request(action, arn, caller="ana")


def test_a_resource_whose_policy_cannot_be_written_says_so() -> None:
    """Lambda's AddPermission adds Allow statements only."""
    function = "arn:aws:lambda:us-east-1:111122223333:function:resize"
    desk = incident(used(("lambda:InvokeFunction", function)), "ana")
    assert "in an SCP" in row_of(desk, "resource-policy").why_not
    with pytest.raises(CannotCutError):
        carried_out(used(), row_of(desk, "resource-policy"))


def test_permissions_of_a_group_are_cut_by_leaving_it() -> None:
    desk = incident(used(("kms:Decrypt", KEY)), "ana")
    assert row_of(desk, "detach:Readers").trial.is_cut
    assert not row_of(desk, "detach:Own").trial.is_cut


def test_a_managed_policy_is_edited_by_a_new_version_that_denies_what_was_used() -> None:
    simulation = used(("kms:Decrypt", KEY))
    row = row_of(incident(simulation, "ana"), "edit")
    assert row.trial.is_cut
    assert row.cut.steps[0].action == "iam:CreatePolicyVersion"


@pytest.mark.parametrize("cut_id", ["deny-all", "quarantine", "boundary", "key-inactive", "key-delete"])
def test_a_user_is_cut_by_policies_of_aws_and_by_its_key(cut_id: str) -> None:
    simulation = Simulation.open(SAMPLES / "scenarios" / "five-credentials.json")
    simulation.request("s3:GetObject", "arn:aws:s3:::acme-reports/q4.csv", caller="maya")
    assert row_of(incident(simulation, "maya"), cut_id).trial.is_cut


def test_a_deleted_identity_provider_leaves_the_session_and_breaks_the_renewal() -> None:
    simulation = Simulation.open(SAMPLES / "gamedays" / "leaving-employee.json")
    simulation.advance(60)
    row = row_of(incident(simulation, "Staff"), "end-sign-in")
    assert not row.trial.is_cut
    rosa = next(one for one in row.trial.broken if one.name == "rosa-at-work")
    assert rosa.since is not None
    carried_out(simulation, row)
    simulation.advance_to(rosa.since - timedelta(seconds=1))
    assert not simulation.world.workload_states["rosa-at-work"].failing
    simulation.advance_to(rosa.since)
    assert simulation.world.workload_states["rosa-at-work"].failing


def test_a_trust_policy_breaks_renewals_and_not_before() -> None:
    simulation = sample()
    row = row_of(incident(simulation, "unknown-laptop"), "trust-policy")
    (shop,) = row.trial.broken
    assert shop.name == "web-shop"
    assert shop.since is not None
    carried_out(simulation, row)
    simulation.advance_to(shop.since)
    assert simulation.world.workload_states["web-shop"].failing


def test_a_cut_that_locks_the_responder_out_says_so() -> None:
    simulation = Simulation.open(SAMPLES / "scenarios" / "five-credentials.json")
    simulation.call(
        "iam:PutUserPolicy",
        {
            "UserName": "maya",
            "PolicyName": "responds",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
            },
        },
        caller="operator@prod",
    )
    desk = incident(simulation, "maya", simulation.resolve("maya"))
    assert row_of(desk, "deny-all").trial.locks_out
    assert not row_of(desk, "deny-user-dated").trial.locks_out
    assert not any(row.is_best for row in desk.rows if row.trial.locks_out)


def test_ids_of_cuts_are_unique_where_two_roles_have_a_policy_of_one_name() -> None:
    simulation = Simulation.open(SAMPLES / "gamedays" / "leaving-employee.json")
    simulation.advance(60)
    ids = [row.cut.id for row in incident(simulation, "rosa").rows]
    assert len(ids) == len(set(ids))


def desk_of_stolen_administrator() -> Incident:
    """A copy of an administrator's session, so far used for one read."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    management = "999988887777"
    model = {
        "Name": "administrator",
        "StartTime": "2026-01-15T09:00:00Z",
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": management,
            "Root": {"Name": "Root", "Accounts": [management, MAIN]},
        },
        "Accounts": [
            {"AccountId": management},
            {
                "AccountId": MAIN,
                "RoleDetailList": [
                    {
                        "RoleName": "Admin",
                        "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root"),
                        "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": everything}],
                    }
                ],
            },
        ],
    }
    simulation = Simulation.open(model)
    params = {"RoleArn": role_arn("Admin"), "RoleSessionName": "dana"}
    issued = simulation.call("sts:AssumeRole", params, caller=f"operator@{MAIN}")
    key = issued["Credentials"]["AccessKeyId"]
    simulation.request("s3:GetObject", "arn:aws:s3:::data/x", caller=key)
    return incident(simulation, key)


@pytest.mark.parametrize("cut_id", ["edit", "rcp"])
def test_a_cut_of_what_was_used_alone_is_not_the_best(cut_id: str) -> None:
    """An RCP binds few services, and a Deny of the actions that were used leaves the others."""
    row = row_of(desk_of_stolen_administrator(), cut_id)
    assert row.trial.is_cut
    assert "iam:CreateUser *" in row.trial.still_possible
    assert not row.trial.ends_access
    assert not row.is_best


def test_the_best_cut_leaves_nothing_that_the_policies_permit() -> None:
    desk = desk_of_stolen_administrator()
    assert {"revoke-role", "detach:all", "scp:111122223333"} <= {row.cut.id for row in desk.best}
    assert all(not row.trial.still_possible for row in desk.best)


def test_a_dated_deny_does_not_cut_a_key_whose_user_can_only_assume_roles() -> None:
    """Its sessions have a token issue time, its requests with the key have none."""
    account: dict[str, Any] = {
        "AccountId": MAIN,
        "UserDetailList": [
            {
                "UserName": "robot",
                "AccessKeys": [{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}],
                "UserPolicyList": [{"PolicyName": "go", "PolicyDocument": allows("sts:AssumeRole")}],
            }
        ],
        "RoleDetailList": [
            {"RoleName": "Work", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root")}
        ],
    }
    model = {"Name": "robot", "StartTime": "2026-01-15T09:00:00Z", "Accounts": [account]}
    desk = incident(Simulation.open(model), "robot")
    assert ("sts:AssumeRole", role_arn("Work"), "allowed") in desk.can_do
    assert not row_of(desk, "deny-user-dated").trial.is_cut
    assert row_of(desk, "key-inactive").is_best


def test_a_deny_on_the_address_of_a_thief_alone_leaves_other_addresses() -> None:
    sim = open_small()
    key = alice(sim)
    sim.call("ec2:DescribeInstances", {"Resource": "*"}, caller=key, context={"aws:SourceIp": "192.0.2.9"})
    row = incident(sim, key).row("deny-network")
    assert row is not None
    assert "another address" in row.trial.still_possible[-1]
    assert not row.is_best
