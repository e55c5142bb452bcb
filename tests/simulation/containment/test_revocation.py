"""Revocation: who is hit, who is not, and what edits do to sessions that were issued before."""

from __future__ import annotations

import json
import re
import subprocess
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.simulation.containment.revocation import (
    CannotRevokeError,
    preview_revocation,
    real_account_command,
    revocation_call,
)
from sts_tui.simulation.events import RequestAnswered, SessionsRevoked, Verdict
from sts_tui.simulation.views.rows import session_rows
from sts_tui.simulation.world import Health
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.accounts.small import SMALL, alice, assume, open_small, worker

ACME = "111122223333"
DATA = {"Resource": "arn:aws:s3:::data/in.csv"}


def revoke(sim: Simulation, subject: str | None = None) -> None:
    action, params = revocation_call(subject or role_arn("App"), sim.world)
    sim.call(action, params, caller=alice(sim))


def state(sim: Simulation, key: str) -> SessionState:
    return state_of(sim.world.sessions[key], sim.world)


def state_since(sim: Simulation) -> tuple[SessionState, datetime | None]:
    """Of the only session there is."""
    (row,) = session_rows(sim)
    return row.state, row.state_since


def requests_since(sim: Simulation, number: int, workload: str) -> list[RequestAnswered]:
    """What a workload asked since the event of this number."""
    events = sim.events.since(number)
    return [one for one in events if isinstance(one, RequestAnswered) and one.workload == workload]


def last(sim: Simulation) -> RequestAnswered:
    return next(event for event in reversed(list(sim.events)) if isinstance(event, RequestAnswered))


def test_a_revoked_session_is_denied_by_the_dated_statement_and_still_knows_itself() -> None:
    sim = open_small()
    key = assume(sim)
    sim.call("s3:GetObject", DATA, caller=key)
    revoke(sim)
    with pytest.raises(AwsError) as caught:
        sim.call("s3:GetObject", DATA, caller=key)
    assert "with an explicit deny in an identity-based policy" in caught.value.message
    assert (last(sim).verdict, last(sim).decided_by) == (
        Verdict.EXPLICIT_DENY,
        "App/AWSRevokeOlderSessions#1",
    )
    assert sim.call("sts:GetCallerIdentity", {}, caller=key)["Account"] == MAIN
    assert state(sim, key) is SessionState.REVOKED


def test_chained_sessions_of_other_roles_survive() -> None:
    sim = open_small()
    parent = assume(sim)
    child = assume(sim, "Deep", caller=parent)
    revoke(sim)
    assert (state(sim, parent), state(sim, child)) == (SessionState.REVOKED, SessionState.ACTIVE)
    sim.call("s3:GetObject", DATA, caller=child)


@pytest.mark.parametrize(("after", "expected"), [(0, "REVOKED"), (29, "REVOKED"), (30, "ACTIVE")])
def test_sessions_issued_at_or_after_the_cutoff_live(after: int, expected: str) -> None:
    sim = open_small(RevokePaddingSeconds=30)
    revoke(sim)
    sim.advance(after)
    assert state(sim, assume(sim)) is SessionState[expected]


def test_a_trust_edit_changes_nothing_for_live_sessions() -> None:
    sim = open_small()
    key = assume(sim)
    nobody = trusts(role_arn("Deep"))
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "App", "PolicyDocument": nobody})
    assert state(sim, key) is SessionState.ACTIVE
    sim.call("s3:GetObject", DATA, caller=key)


def test_a_permission_edit_changes_all_of_them_at_once() -> None:
    sim = open_small()
    keys = [assume(sim), assume(sim, name="other")]
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"})
    for key in keys:
        with pytest.raises(AwsError):
            sim.call("s3:GetObject", DATA, caller=key)
        assert state(sim, key) is SessionState.ACTIVE  # denied, but not revoked


def test_the_marker_tells_cutoff_and_whom_it_hit() -> None:
    sim = open_small()
    key = assume(sim)
    revoke(sim)
    marker = next(event for event in sim.events if isinstance(event, SessionsRevoked))
    assert marker.cutoff == sim.now + timedelta(seconds=30)
    assert (marker.hit, marker.subject) == ((key,), role_arn("App"))


def test_a_dated_deny_in_a_managed_policy_marks_every_role_that_has_it() -> None:
    sim = open_small()
    arn = f"arn:aws:iam::{MAIN}:policy/cut"
    sim.call("iam:CreatePolicy", {"PolicyName": "cut", "PolicyDocument": allows("sts:*")})
    for name in ("App", "Deep"):
        sim.call("iam:AttachRolePolicy", {"RoleName": name, "PolicyArn": arn})
    keys = {assume(sim)}
    keys.add(assume(sim, "Deep", caller=next(iter(keys))))
    document = revocation_call(role_arn("App"), sim.world)[1]["PolicyDocument"]
    params = {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True}
    sim.call("iam:CreatePolicyVersion", params)
    markers = [event for event in sim.events if isinstance(event, SessionsRevoked)]
    assert [event.subject for event in markers] == [role_arn("App"), role_arn("Deep")]
    assert {key for event in markers for key in event.hit} == keys


def test_the_row_says_revoked_since_the_click() -> None:
    sim = open_small()
    assume(sim)
    sim.advance(10)
    revoke(sim)
    sim.advance(60)
    row = session_rows(sim)[0]
    assert (row.state, row.state_since) == (SessionState.REVOKED, sim.now - timedelta(seconds=60))


def test_what_was_issued_under_a_deny_began_revoked() -> None:
    sim = open_small()
    revoke(sim)
    sim.advance(10)
    assume(sim)
    assert state_since(sim) == (SessionState.REVOKED, sim.now)
    house = deepcopy(SMALL)
    dated = {"Effect": "Deny", "Action": "*", "Resource": "*",
             "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T10:00:00Z"}}}  # fmt: skip
    policy = {"PolicyName": "AWSRevokeOlderSessions", "PolicyDocument": {"Statement": [dated]}}
    house["Accounts"][0]["RoleDetailList"][0]["RolePolicyList"].append(policy)
    sim = Simulation.open(house)
    sim.advance(5)
    assume(sim)
    sim.advance(5)
    assert state_since(sim) == (SessionState.REVOKED, sim.now - timedelta(seconds=5))


def test_a_row_has_the_start_of_an_undone_and_redone_revocation() -> None:
    sim = open_small()
    assume(sim)
    sim.advance(10)
    revoke(sim)
    sim.advance(10)
    sim.undo()
    assert state_since(sim) == (SessionState.ACTIVE, None)
    sim.advance(10)
    sim.redo()
    redone = sim.now
    sim.advance(10)
    assert state_since(sim) == (SessionState.REVOKED, redone)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "AWSRevokeOlderSessions"})
    sim.advance(10)
    revoke(sim)
    assert state_since(sim) == (SessionState.REVOKED, sim.now)


def test_who_leaves_a_group_that_is_denied_is_no_longer_and_is_again_when_back() -> None:
    sim = open_small()
    alice_session = sim.call("sts:GetSessionToken", {}, caller=alice(sim))
    sim.call("iam:CreateGroup", {"GroupName": "out"})
    document = revocation_call(role_arn("App"), sim.world)[1]["PolicyDocument"]
    sim.call("iam:PutGroupPolicy", {"GroupName": "out", "PolicyName": "cut", "PolicyDocument": document})
    membership = {"GroupName": "out", "UserName": "alice"}
    for _ in range(2):
        sim.advance(20)
        sim.call("iam:AddUserToGroup", membership)
        assert state_since(sim) == (SessionState.REVOKED, sim.now)
        sim.advance(20)
        sim.call("iam:RemoveUserFromGroup", membership)
        assert state_since(sim) == (SessionState.ACTIVE, None)
    assert alice_session["Credentials"]["AccessKeyId"] in sim.world.sessions


def test_the_row_says_orphaned_since_its_role_went() -> None:
    sim = open_small()
    sim.call("iam:CreateRole", {"RoleName": "Brief", "AssumeRolePolicyDocument": trusts(MAIN)})
    assume(sim, "Brief")
    sim.advance(10)
    sim.call("iam:DeleteRole", {"RoleName": "Brief"})
    gone = sim.now
    sim.advance(10)
    assert state_since(sim) == (SessionState.ORPHANED, gone)
    sim.call("iam:CreateRole", {"RoleName": "Brief", "AssumeRolePolicyDocument": trusts(MAIN)})
    sim.call("iam:DeleteRole", {"RoleName": "Brief"})
    assert state_since(sim) == (SessionState.ORPHANED, gone)  # its namesake is another role
    for _ in range(3):
        sim.undo()
    assert state_since(sim) == (SessionState.ACTIVE, None)
    sim.redo()
    assert state_since(sim) == (SessionState.ORPHANED, sim.now)


def test_while_the_deny_propagates_sessions_are_being_revoked() -> None:
    sim = open_small(PropagationSeconds=6)
    key = assume(sim)
    revoke(sim)
    assert state(sim, key) is SessionState.REVOKING
    sim.call("s3:GetObject", DATA, caller=key)
    sim.advance(6)
    assert state(sim, key) is SessionState.REVOKED
    with pytest.raises(AwsError):
        sim.call("s3:GetObject", DATA, caller=key)


def test_a_dated_deny_on_the_user_reaches_its_own_temporary_credentials_only() -> None:
    sim = open_small()
    own = sim.call("sts:GetSessionToken", {}, caller=alice(sim))["Credentials"]["AccessKeyId"]
    role_session = assume(sim)
    revoke(sim, f"arn:aws:iam::{MAIN}:user/alice")
    assert (state(sim, own), state(sim, role_session)) == (SessionState.REVOKED, SessionState.ACTIVE)
    assume(sim, name="again")  # her long-term key carries no issue time


@pytest.mark.parametrize(
    ("statement", "revokes"),
    [
        ({"Condition": {"DateLessThan": {"aws:TokenIssueTime": "2030-01-01T00:00:00Z"}}}, True),
        ({"Condition": {"DateLessThanEquals": {"AWS:tokenissuetime": ["2030-01-01T00:00:00Z"]}}}, True),
        ({"Condition": {"DateLessThan": {"aws:TokenIssueTime": "1893456000"}}}, True),
        ({"Condition": {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}}, False),
        ({"Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}}, False),
        ({"Condition": {
            "DateLessThan": {"aws:TokenIssueTime": "2030-01-01T00:00:00Z"},
            "StringLike": {"aws:userid": "*"}}}, False),
        ({"Action": "s3:*",
          "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2030-01-01T00:00:00Z"}}}, False),
        ({}, False),
    ],
)  # fmt: skip
def test_revoked_means_a_dated_deny_of_everything(statement: dict[str, object], revokes: bool) -> None:
    sim = open_small()
    key = assume(sim)
    document = {"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Action": ["*"], "Resource": "*", **statement}}  # fmt: skip
    sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "any", "PolicyDocument": document})
    assert (state(sim, key) is SessionState.REVOKED) is revokes


def test_a_recreated_role_does_not_bring_its_sessions_back() -> None:
    sim = open_small()
    key = assume(sim)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"})
    sim.call("iam:DeleteRole", {"RoleName": "App"})
    assert state(sim, key) is SessionState.ORPHANED
    document = trusts(f"arn:aws:iam::{MAIN}:root")
    sim.call("iam:CreateRole", {"RoleName": "App", "AssumeRolePolicyDocument": document})
    assert state(sim, key) is SessionState.ORPHANED
    with pytest.raises(AwsError, match="InvalidClientTokenId"):
        sim.call("sts:GetCallerIdentity", {}, caller=key)


def test_the_preview_says_who_is_hit_who_survives_and_who_comes_back() -> None:
    sim = open_small(worker())
    sim.advance(60)
    child = assume(sim, "Deep", caller=sim.resolve("worker@App"))
    before = (sim.world, sim.events.next_number)
    preview = preview_revocation(sim, role_arn("App"))
    assert (sim.world, sim.events.next_number) == before
    assert [session.label for session in preview.hit] == ["worker@App"]
    assert preview.requests_per_minute in (7, 8)
    assert [session.access_key_id for session in preview.surviving] == [child]
    (affected,) = preview.affected
    assert affected.workload == "worker"
    assert affected.back_at is not None
    assert affected.through == "user alice"
    assert preview.entrants is not None
    assert "user alice" in [each.label for each in preview.entrants.found]
    sim.call(preview.action, preview.params, caller=alice(sim))
    marker = next(event for event in sim.events if isinstance(event, SessionsRevoked))
    assert marker.hit == tuple(session.access_key_id for session in preview.hit)
    assert preview_revocation(sim, role_arn("App")).hit == ()


def test_what_cannot_be_revoked_says_why() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    linked = next(arn for arn, role in sim.world.configuration.roles.items() if role.is_service_linked)
    with pytest.raises(CannotRevokeError, match="service-linked"):
        preview_revocation(sim, linked)


def test_the_preview_says_when_and_through_whom_each_workload_comes_back() -> None:
    """The prediction is what then happens: the call is made and the clock moves to that instant."""
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(30)
    preview = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/Pipeline")
    (extract,) = preview.affected
    assert (extract.workload, extract.through, extract.why_not) == ("nightly-extract", "user etl", "")
    assert extract.back_at is not None
    sim.call(preview.action, preview.params)
    sim.advance_to(extract.back_at - timedelta(seconds=1))
    assert sim.world.workload_states["nightly-extract"].health is Health.FAILING
    sim.advance_to(extract.back_at + timedelta(minutes=2))
    assert sim.world.workload_states["nightly-extract"].health is Health.HEALTHY


def test_copied_credentials_do_not_come_back_and_break_nothing() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(30)
    shop, laptop = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/App").affected
    assert (shop.workload, shop.through, shop.requests_per_minute) == ("web-shop", "service ec2", 30)
    assert shop.back_at is not None
    assert laptop.is_borrower
    assert laptop.back_at is None
    assert "cannot assume the role" in laptop.why_not


def test_a_workload_whose_only_access_key_is_inactive_does_not_come_back() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(30)
    etl = sim.resolve("etl").access_key_id
    sim.call("iam:UpdateAccessKey", {"UserName": "etl", "AccessKeyId": etl, "Status": "Inactive"})
    (extract,) = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/Pipeline").affected
    assert extract.back_at is None
    assert extract.why_not


def test_only_the_session_of_the_last_hop_makes_a_workloads_requests() -> None:
    """Revoking the role in the middle of the chain denies nothing: the prediction is what then happens."""
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(60)
    preview = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/Deploy")
    (pipeline,) = preview.affected
    assert (pipeline.workload, pipeline.signs_with) == ("pipeline-main", "hotfix-812@BreakGlass")
    assert not pipeline.breaks
    assert pipeline.back_at is None
    number = sim.events.next_number
    sim.call(preview.action, preview.params)
    sim.advance(50 * 60)
    its = requests_since(sim, number, "pipeline-main")
    assert its
    assert [one for one in its if one.verdict.is_denial] == []


def test_a_workload_that_cannot_renew_its_last_hop_breaks_when_that_ends() -> None:
    """First is issued for an hour and revoked; Last is issued for 15 minutes by a session of First."""
    sim = Simulation.open(
        {
            "Accounts": [
                {
                    "AccountId": MAIN,
                    "UserDetailList": [user("start", ("Assume", allows("sts:AssumeRole")))],
                    "RoleDetailList": [
                        role("First", trusts(f"arn:aws:iam::{MAIN}:root"), ("All", allows("*"))),
                        role("Last", trusts(role_arn("First")), ("All", allows("s3:*"))),
                    ],
                }
            ],
            "Workloads": [
                {
                    "Name": "job",
                    "Identity": f"arn:aws:iam::{MAIN}:user/start",
                    "EverySeconds": 10,
                    "AssumeRoles": [
                        {"RoleArn": role_arn("First"), "RoleSessionName": "job-1"},
                        {"RoleArn": role_arn("Last"), "RoleSessionName": "job-2", "DurationSeconds": 900},
                    ],
                    "Requests": [{"Action": "s3:ListAllMyBuckets"}],
                }
            ],
        }
    )
    sim.advance(30)
    preview = preview_revocation(sim, role_arn("First"))
    (job,) = preview.affected
    assert job.signs_with == "job-2@Last"
    assert job.since is not None
    assert job.back_at is not None
    sim.call(preview.action, preview.params)
    sim.advance_to(job.since - timedelta(seconds=1))
    assert sim.world.workload_states["job"].health is Health.HEALTHY
    sim.advance_to(job.since + timedelta(seconds=1))
    assert sim.world.workload_states["job"].health is Health.FAILING
    sim.advance_to(job.back_at - timedelta(seconds=1))
    assert sim.world.workload_states["job"].health is Health.FAILING
    sim.advance_to(job.back_at + timedelta(seconds=1))
    assert sim.world.workload_states["job"].health is Health.HEALTHY


def test_no_workload_comes_back_through_a_role_that_is_revoked_with_it() -> None:
    """Alone, a session of BreakGlass is renewed by one of Deploy."""
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(60)
    deploy, last = (f"arn:aws:iam::{ACME}:role/{name}" for name in ("Deploy", "BreakGlass"))
    assert preview_revocation(sim, deploy, [last]).affected == ()
    (together,) = preview_revocation(sim, last, [deploy]).affected
    number = sim.events.next_number
    for each in (deploy, last):
        preview = preview_revocation(sim, each)
        sim.call(preview.action, preview.params)
    assert together.back_at is not None
    sim.advance_to(together.back_at + timedelta(seconds=10))
    assert requests_since(sim, number, "pipeline-main")[0].verdict.is_denial
    assert sim.world.workload_states["pipeline-main"].health is Health.HEALTHY


@pytest.mark.parametrize(
    ("file", "role_name", "who"),
    [
        ("acme", "ReadOnly", "assertions of acme-sso"),
        ("acme", "Auditor", "account 999900001111"),
        ("scenarios/photo-app", "Guest", "guest"),
        ("scenarios/anywhere", "Shop", "corp-ca/web-1"),
    ],
)
def test_who_could_come_in_from_outside_the_files_is_named_too(file: str, role_name: str, who: str) -> None:
    sim = Simulation.open(f"sample_accounts/{file}.json")
    arn = next(arn for arn, one in sim.world.configuration.roles.items() if one.role_name == role_name)
    found = preview_revocation(sim, arn).entrants
    assert found is not None
    assert who in " ".join(each.label for each in found.outside)


def test_who_could_assume_the_role_afterwards_and_what_they_need() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(30)
    found = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/Deploy").entrants
    assert found is not None
    assert {each.label: each.needs for each in found.found} == {"role CI": (), "user alice": ("MFA",)}
    assert (found.roles, found.users) == (8, 4)


def test_roles_that_can_assume_each_other_are_a_loop() -> None:
    sim = Simulation.open("sample_accounts/scenarios/trust-loop.json")
    loop = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/Operator").loop
    assert sorted(arn.rsplit("/", 1)[-1] for arn in loop) == ["Operator", "Repair"]


def test_the_command_for_a_real_account_computes_its_own_cutoff() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    preview = preview_revocation(sim, f"arn:aws:iam::{ACME}:role/App")
    command = real_account_command(preview, sim.world)
    assert "$(date -u -d '+30 seconds' +%Y" in command, "GNU"
    assert "|| date -u -v+30S +%Y" in command, "macOS and BSD"
    assert "2026-" not in command, "simulated time means nothing there"
    words = subprocess.run(
        ["sh", "-c", command.replace("aws ", "printf '%s\\n' ", 1)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    document = json.loads(words[words.index("--policy-document") + 1])
    stamp = document["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp), "a shell that runs it gets valid JSON"


def test_for_roles_of_identity_center_the_error_says_what_works_instead() -> None:
    model = json.loads(Path("sample_accounts/acme.json").read_text(encoding="utf-8"))
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    role = {
        **model["Accounts"][0]["RoleDetailList"][0],
        "RoleName": name,
        "Path": "/aws-reserved/sso.amazonaws.com/",
        "Arn": f"arn:aws:iam::{ACME}:role/aws-reserved/sso.amazonaws.com/{name}",
        "RoleId": "AROAAAAAAAAAAAAAAAAAA",
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
    }
    role.pop("InstanceProfileList", None)
    model["Accounts"][0]["RoleDetailList"].append(role)
    sim = Simulation.open(model)
    with pytest.raises(CannotRevokeError, match="identitystore:UserId"):
        preview_revocation(sim, str(role["Arn"]))
