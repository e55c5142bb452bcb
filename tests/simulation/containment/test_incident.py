"""The incident desk: whose credentials leaked, which cuts end it, and what it promises is what happens."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from sts_tui.account.policies.vocabulary import knows_action
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.cut import carry_out
from sts_tui.simulation.containment.desk import Incident, Row
from sts_tui.simulation.containment.holder import HolderKind
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_report import commands, report
from sts_tui.simulation.containment.proof import proof_of
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import UnknownIdentityError, operator_identity
from sts_tui.simulation.views.session_standing import standing_of
from tests.accounts.every_part import PROD
from tests.accounts.photo_app import App
from tests.accounts.policies import allow, deny, policy, role_arn, trusts
from tests.accounts.small import alice, assume, open_small
from tests.support.examples import examples
from tests.support.representative import representative

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"
WHO = ("unknown-laptop", "App", "CI", "build-812", "alice", "etl", "dana@acme.example@ReadOnly", "Pipeline")


def sample(seconds: float = 252) -> Simulation:
    simulation = Simulation.open(SAMPLE)
    simulation.advance(seconds)
    return simulation


@cache
def desk_of_sample(who: str) -> Incident:
    """For tests that only read it: a desk is frozen, and takes half a second."""
    return incident(sample(), who)


def row_of(desk: Incident, cut_id: str) -> Row:
    row = desk.row(cut_id)
    assert row is not None, [row.cut.id for row in desk.rows]
    return row


def carried_out(simulation: Simulation, row: Row) -> None:
    def call(action: str, params: Any, caller: Any, joins: bool) -> object:
        return simulation.call(action, params, caller=caller, joins=joins)

    carry_out(row.cut, operator_identity(), call)


def test_a_thief_with_copied_instance_credentials_is_distinguished_from_the_shop_by_its_address() -> None:
    desk = desk_of_sample("unknown-laptop")
    assert [(use.name, use.is_thief) for use in desk.used_by] == [
        ("web-shop", False),
        ("unknown-laptop", True),
    ]
    assert [row.cut.id for row in desk.best] == ["deny-network"]
    network = row_of(desk, "deny-network").trial
    assert network.is_cut
    assert not network.broken
    assert not network.survivors


def test_revoking_the_role_cuts_the_thief_and_breaks_the_shop_until_its_credentials_rotate() -> None:
    trial = row_of(desk_of_sample("unknown-laptop"), "revoke-role").trial
    assert trial.is_cut
    assert trial.at == datetime(2026, 1, 15, 9, 4, 12, tzinfo=UTC)
    (shop,) = trial.broken
    assert (shop.name, shop.per_minute, shop.through) == ("web-shop", 30, "service ec2")
    assert shop.back_at == datetime(2026, 1, 15, 14, 55, tzinfo=UTC)
    assert [one.back_at for one in trial.returns] == [None]


def test_cuts_that_leave_issued_credentials_alone_are_tried_and_say_what_they_do_instead() -> None:
    desk = desk_of_sample("unknown-laptop")
    for cut_id, word in (("trust-policy", "new sessions"), ("shorten-maximum", "later sessions")):
        row = row_of(desk, cut_id)
        assert not row.trial.is_cut
        assert word in row.why_not
    assert "fixed when the session is issued" in row_of(desk, "session-policy").why_not
    assert row_of(desk, "delete-role").why_not.startswith("DeleteConflict")


def test_where_sessions_were_chained_no_single_cut_ends_it_and_the_best_is_a_combination() -> None:
    desk = desk_of_sample("CI")
    assert row_of(desk, "revoke-role:CI").trial.survivors == ("release-812@Deploy", "hotfix-812@BreakGlass")
    best = {row.cut.id for row in desk.best}
    assert best == {"revoke-role:CI", "revoke-role:Deploy", "revoke-role:BreakGlass"}


def test_a_person_is_found_by_source_identity_in_every_role() -> None:
    desk = desk_of_sample("build-812")
    assert desk.holder.issuers == (role_arn("Deploy"), role_arn("BreakGlass"))
    assert row_of(desk, "deny-source-identity").trial.ends_access
    assert not row_of(desk, "revoke-role:Deploy").trial.is_cut


@pytest.mark.parametrize("who", ["dana", "repo:acme/shop:ref:refs/heads/main"])
def test_a_person_is_found_by_the_subject_of_a_sign_in(who: str) -> None:
    """`saml:sub` of an assertion, `sub` of a token of an OIDC provider."""
    desk = desk_of_sample(who)
    assert desk.holder.kind is HolderKind.PERSON
    assert desk.holder.label == who
    assert len(desk.holder.sessions) == 1
    assert any(row.trial.is_cut for row in desk.rows if row.cut.id.startswith("revoke-role"))


def test_what_it_can_do_is_shown_with_actions_of_aws() -> None:
    """A statement with `iam:Get*` is tried with an action that there is."""
    actions = {action for action, _, _ in desk_of_sample("dana").can_do}
    assert {"iam:GetRole", "s3:ListJobs", "lambda:ListTags"} <= actions
    assert all(knows_action(action) for action in actions)


def test_a_name_that_two_roles_have_is_ambiguous_without_the_account() -> None:
    model = json.loads(SAMPLE.read_text("utf-8"))
    model["Accounts"][1]["RoleDetailList"].append(
        {"RoleName": "App", "AssumeRolePolicyDocument": trusts("arn:aws:iam::444455556666:root")}
    )
    simulation = Simulation.open(model)
    with pytest.raises(UnknownIdentityError, match="ambiguous"):
        incident(simulation, "App")
    assert incident(simulation, "tooling/App").holder.account == "444455556666"


def test_a_workload_that_renews_by_itself_is_not_cut_permanently_by_a_revocation_of_its_own_user() -> None:
    desk = desk_of_sample("etl")
    assert row_of(desk, "key-inactive").trial.survivors == ("extract@Pipeline",)
    assert {row.cut.id for row in desk.best} == {"key-inactive", "revoke-role"}


def test_an_access_key_id_means_the_key_and_the_sessions_that_it_obtained() -> None:
    simulation = open_small()
    key = alice(simulation)
    token = simulation.call("sts:GetSessionToken", {}, caller=key)["Credentials"]["AccessKeyId"]
    desk = incident(simulation, key)
    assert desk.holder.keys == (key,)
    assert desk.holder.sessions == (token,)


def test_who_is_unknown_is_an_error_with_candidates() -> None:
    with pytest.raises(UnknownIdentityError, match="no one is named unknown-desk"):
        incident(sample(), "unknown-desk")
    with pytest.raises(UnknownIdentityError, match="holds no credentials"):
        incident(sample(), "anonymous")


def test_an_identity_that_may_not_cut_sees_the_denial_in_the_row() -> None:
    simulation = sample()
    desk = incident(simulation, "unknown-laptop", simulation.resolve("etl"))
    assert row_of(desk, "revoke-role").why_not.startswith("AccessDenied")
    assert not any(row.is_best for row in desk.rows)


def test_a_cut_that_would_lock_out_the_responder_says_so_and_is_not_the_best() -> None:
    simulation = open_small()
    desk = incident(simulation, "alice", simulation.resolve("alice"))
    assert "alice" in row_of(desk, "key-inactive").trial.locks_out
    assert not any(row.is_best for row in desk.rows)


def test_identity_center_roles_show_what_works_instead() -> None:
    model = deepcopy_of_house_with_reserved_role()
    simulation = Simulation.open(model)
    assume(simulation, role=f"aws-reserved/sso.amazonaws.com/{RESERVED}")
    row = row_of(incident(simulation, RESERVED), "revoke-role")
    assert "Identity Center" in row.why_not
    assert "identitystore:UserId" in row.why_not


RESERVED = "AWSReservedSSO_Admin_0123456789abcdef"


def deepcopy_of_house_with_reserved_role() -> dict[str, Any]:
    from tests.accounts.small import SMALL

    house = deepcopy(SMALL)
    house["Accounts"][0]["RoleDetailList"].append(
        {
            "RoleName": RESERVED,
            "Path": "/aws-reserved/sso.amazonaws.com/",
            "AssumeRolePolicyDocument": trusts("arn:aws:iam::111122223333:root"),
        }
    )
    return house


@pytest.mark.parametrize("who", representative(WHO, "unknown-laptop", "alice"))
def test_nothing_changes_while_the_desk_is_computed(who: str) -> None:
    simulation = sample()
    before, number = simulation.world, simulation.events.last_number
    incident(simulation, who)
    assert simulation.world is before
    assert simulation.events.last_number == number


def test_after_a_cut_the_aftermath_names_it_and_the_proof_is_complete() -> None:
    simulation = sample()
    carried_out(simulation, row_of(incident(simulation, "unknown-laptop"), "deny-network"))
    simulation.advance(60)
    desk = incident(simulation, "unknown-laptop")
    assert desk.proof.is_complete
    assert desk.proof.denied == 2
    assert [one.command.split()[2] for one in desk.aftermath.done] == ["put-role-policy"]
    assert desk.aftermath.denied >= 20


def test_what_was_chained_before_the_cut_is_named_as_the_next_move() -> None:
    simulation = sample()
    carried_out(simulation, row_of(incident(simulation, "CI"), "revoke-role:CI"))
    after = incident(simulation, "CI").aftermath
    assert after.next_move.startswith("cut release-812@Deploy")
    assert after.last_expires_at == datetime(2026, 1, 15, 10, 0, tzinfo=UTC)


def test_the_json_has_the_documented_members_and_two_runs_give_the_same_bytes() -> None:
    first, again = (
        incident_json(one) for one in (desk_of_sample("unknown-laptop"), incident(sample(), "unknown-laptop"))
    )
    assert first == again
    assert list(first) == [
        "whose", "used_by", "can_do", "can_go", "can_stay", "cuts", "aftermath", "proof",
    ]  # fmt: skip
    cuts = first["cuts"]
    assert isinstance(cuts, list)
    for cut in cuts:
        assert isinstance(cut, dict)
        assert {"id", "cut", "at", "spares", "breaks", "back", "best", "why_not"} <= cut.keys()


def test_the_library_has_the_members_of_the_json_as_attributes() -> None:
    desk = desk_of_sample("unknown-laptop")
    found = incident_json(desk)
    assert {name for name in found if not hasattr(desk, name)} == set()
    cuts = found["cuts"]
    assert isinstance(cuts, list)
    for one, said in zip(desk.cuts, cuts, strict=True):
        assert isinstance(said, dict)
        members = to_builtins(one)
        assert set(members) == {"id", "cut", "at", "spares", "breaks", "back", "best", "why_not"}
        for name in ("id", "cut", "best", "why_not", "spares", "breaks"):
            value = members[name]
            assert said[name] == (list(value) if isinstance(value, tuple) else value)


def test_the_report_has_commands_for_a_real_account_and_those_that_take_them_back() -> None:
    simulation = sample()
    desk = incident(simulation, "CI")
    text = report(desk, simulation)
    assert "$(date -u -d '+30 seconds'" in text or "$(date -u -d '+0 seconds'" in text
    assert '2026-01-15T09:04:12.000Z"' not in text
    assert "aws iam delete-role-policy --role-name CI --policy-name AWSRevokeOlderSessions" in text
    assert undo_commands(row_of(desk, "boundary").cut.steps, simulation.world.configuration) == (
        "aws iam delete-role-permissions-boundary --role-name CI",
    )
    assert commands(row_of(desk, "revoke-role:CI"), simulation)[0].startswith("aws iam put-role-policy")


def test_text_of_the_model_is_no_markup_in_the_report() -> None:
    simulation = open_small()
    assume(simulation, name="_a_=c")
    assert "`_a_=c@App`" in report(incident(simulation, "main/App"), simulation)


# --- the promise is what happens ---


def failing(simulation: Simulation) -> dict[str, set[int]]:
    """Which requests of its list each workload was denied at its last try."""
    return {name: set(state.failing) for name, state in simulation.world.workload_states.items()}


def still_works(simulation: Simulation, label: str) -> bool:
    sessions = [one for one in simulation.world.sessions.values() if one.label == label]
    return standing_of(sessions[-1], simulation).state.still_works


@settings(
    max_examples=examples(8, few=2),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(st.sampled_from(WHO), st.integers(60, 2_000), st.integers(0, 40), st.sampled_from([0, 7]))
def test_what_a_cut_promises_is_what_happens_when_it_is_carried_out(
    who: str, seconds: int, choice: int, propagation: int
) -> None:
    """Cut or not, who is left alone, who is broken, and when each is back, in the running simulation."""
    simulation = sample(seconds)
    simulation.set("propagation", propagation)
    desk = incident(simulation, who)
    usable = [row for row in desk.rows if not row.trial.refused]
    row = usable[choice % len(usable)]
    failed_before = failing(simulation)
    carried_out(simulation, row)
    simulation.advance(propagation)
    assert simulation.now == row.trial.at
    proof = proof_of(desk.holder, desk.used_by, simulation)
    if row.trial.ends_access:
        assert not proof.still_allowed, (row.cut.id, proof)
    for label in row.trial.spared:
        assert still_works(simulation, label), (row.cut.id, label)
    for label in row.trial.survivors:
        assert still_works(simulation, label), (row.cut.id, label)
    for broken in row.trial.broken:
        if broken.back_at is None or broken.name not in simulation.world.workloads:
            continue
        interval = simulation.world.workloads[broken.name].every_seconds
        simulation.advance_to(broken.back_at - timedelta(seconds=interval))
        assert failing(simulation)[broken.name] - failed_before[broken.name], (row.cut.id, broken)
        simulation.advance_to(broken.back_at + timedelta(seconds=interval * 12))
        assert not failing(simulation)[broken.name] - failed_before[broken.name], (row.cut.id, broken)


def test_a_cut_that_fails_half_way_keeps_the_calls_made_before() -> None:
    simulation = open_small()
    assume(simulation)
    row = row_of(incident(simulation, "main/App"), "delete-role")
    with pytest.raises(AwsError, match="DeleteConflict"):
        carried_out(simulation, row)


def test_in_a_dump_without_requests_the_proof_is_what_the_policies_allowed() -> None:
    """A dump that was just opened has nothing to repeat, and a proof of 0 of 0 would prove nothing."""
    model = {
        "UserDetailList": [
            {
                "UserName": "deploy",
                "Arn": f"arn:aws:iam::{PROD}:user/deploy",
                "UserPolicyList": [
                    {
                        "PolicyName": "work",
                        "PolicyDocument": policy(
                            allow("s3:GetObject", "arn:aws:s3:::data/*"), allow("sts:AssumeRole")
                        ),
                    }
                ],
            }
        ],
        "RoleDetailList": [
            {
                "RoleName": "App",
                "Arn": role_arn("App"),
                "AssumeRolePolicyDocument": trusts(),
                "RolePolicyList": [],
            }
        ],
    }
    desk = incident(Simulation.open(model), "deploy")
    assert (desk.proof.denied, desk.proof.of, desk.proof.is_of_policies) == (0, 2, True)
    assert not desk.proof.is_complete
    assert {row.cut.id for row in desk.best} >= {"key-inactive", "deny-all"}
    for row in desk.best:
        simulation = Simulation.open(model)
        carried_out(simulation, row)
        proof = incident(simulation, "deploy").proof
        assert (proof.denied, proof.of) == ((2, 2) if row.cut.id != "key-delete" else (0, 0)), row.cut.id


def test_what_is_undecided_is_never_counted_as_denied_and_the_missing_document_is_named() -> None:
    simulation = Simulation.open(SAMPLE)
    without_document = "arn:aws:iam::aws:policy/AmazonEC2FullAccess"
    simulation.call("iam:CreateUser", {"UserName": "new"})
    simulation.call("iam:AttachUserPolicy", {"UserName": "new", "PolicyArn": without_document})
    simulation.call("iam:CreateAccessKey", {"UserName": "new"})
    with pytest.raises(AwsError):
        simulation.request("ec2:DescribeInstances", "*", caller=simulation.resolve("new"))
    desk = incident(simulation, "new")
    assert (desk.proof.denied, desk.proof.unknown, desk.proof.is_complete) == (0, 1, False)
    assert desk.undocumented == (without_document,)
    assert {"key-inactive", "deny-all"} <= {row.cut.id for row in desk.best}


def test_a_cut_that_takes_a_deny_away_is_no_cut_but_widens_the_access() -> None:
    guard = policy(allow("s3:GetObject", "arn:aws:s3:::data/*"), deny("iam:*"))
    own = [
        {"PolicyName": name, "PolicyDocument": one}
        for name, one in (("all", policy(allow("*"))), ("guard", guard))
    ]
    user = {"UserName": "eve", "Arn": f"arn:aws:iam::{PROD}:user/eve", "UserPolicyList": own}
    desk = incident(Simulation.open({"UserDetailList": [user], "RoleDetailList": []}), "eve")
    trial = row_of(desk, "detach:guard").trial
    assert trial.widens[0].startswith("iam:CreateUser")
    assert not trial.ends_access


def test_a_role_that_guests_of_an_app_alone_get_is_asked_about_as_their_session() -> None:
    """Cognito's session policies limit guests in the enhanced flow.
    https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
    """
    enhanced = incident(App(AllowClassicFlow=False).sim, "Guest")
    assert "enhanced flow" in enhanced.holder.how_asked
    assert "session policies" in enhanced.holder.how_asked
    assert not any("secretsmanager" in each for each in enhanced.does)
    basic = incident(App(AllowClassicFlow=True).sim, "Guest")
    assert any("secretsmanager" in each for each in basic.does)
    assert "basic (classic) flow" in basic.holder.how_asked


def test_the_proof_of_a_role_without_a_session_is_of_a_new_session() -> None:
    """`0 of 0 denied` said nothing, although the rest of the desk asks as a new session."""
    model = {
        "RoleDetailList": [
            {
                "RoleName": "App",
                "Arn": role_arn("App"),
                "AssumeRolePolicyDocument": trusts(),
                "RolePolicyList": [
                    {
                        "PolicyName": "work",
                        "PolicyDocument": policy(allow("s3:GetObject", "arn:aws:s3:::data/*")),
                    }
                ],
            }
        ],
    }
    simulation = Simulation.open(model)
    desk = incident(simulation, "App")
    assert (desk.proof.denied, desk.proof.of, desk.proof.is_of_new_session) == (0, 1, True)
    assert "no live session" in desk.proof.in_words
    carried_out(simulation, row_of(desk, "deny-all"))
    after = incident(simulation, "App").proof
    assert after.is_complete
    assert "1 of 1" in after.in_words


def test_a_cut_of_many_roles_counts_them() -> None:
    """A loop of thirty roles had a title of thirty names."""
    everyone = [
        {
            "RoleName": f"R{number}",
            "Arn": role_arn(f"R{number}"),
            "AssumeRolePolicyDocument": trusts(*(role_arn(f"R{other}") for other in range(6))),
            "RolePolicyList": [{"PolicyName": "go", "PolicyDocument": policy(allow("sts:AssumeRole"))}],
        }
        for number in range(6)
    ]
    title = row_of(incident(Simulation.open({"RoleDetailList": everyone}), "R0"), "revoke-loop").cut.title
    assert title == "revoke all 6 roles of the loop together"


def test_a_refused_cut_is_called_refused_in_every_text() -> None:
    """The command line and the report called it `not cut`, as a cut that has no effect."""
    from sts_tui.simulation.containment.incident_text import incident_lines

    simulation = open_small()
    assume(simulation)
    desk = incident(simulation, "main/App")
    words = row_of(desk, "session-policy").trial.refused
    assert f"refused: {words}" in next(line for line in incident_lines(desk) if " session-policy" in line)
    assert f"refused: {words}" in report(desk, simulation).replace("\\", "")


def test_what_no_policy_can_deny_is_not_asked_of_a_cut() -> None:
    """The first call of a thief and of every SDK is GetCallerIdentity, which needs no permission."""
    simulation = sample()
    simulation.leak(role_arn("App"))
    simulation.advance(60)
    answered = [event for event in simulation.events if isinstance(event, RequestAnswered)]
    asked = {event.action for event in answered if event.workload == "thief"}
    assert "sts:GetCallerIdentity" in asked
    desk = incident(simulation, "thief")
    assert desk.best
    assert not any("GetCallerIdentity" in one for row in desk.rows for one in row.trial.still_allowed)
