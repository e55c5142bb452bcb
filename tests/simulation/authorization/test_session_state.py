"""The state of a session, from its times and from the dated Denies on its role or user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.simulation.authorization.session_state import (
    SessionState,
    cutoff_of,
    dated_denies,
    is_denied_by_date,
    principals_touched,
    sessions_denied,
    state_of,
    unique_id_of,
)
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, allow, deny, policy, role_arn, user_arn

ACTIVE, EXPIRING, EXPIRED = SessionState.ACTIVE, SessionState.EXPIRING, SessionState.EXPIRED
APP = role_arn("App")


@pytest.mark.parametrize(
    ("role", "seconds", "after", "state"),
    [
        ("App", 900, 0, ACTIVE),
        ("App", 900, 600, ACTIVE),  # exactly five minutes left
        ("App", 900, 601, EXPIRING),
        ("App", 900, 899, EXPIRING),
        ("App", 900, 900, EXPIRED),
        ("App", 3600, 3240, ACTIVE),  # exactly a tenth left
        ("App", 3600, 3241, EXPIRING),
        ("Long", 43_200, 38_880, ACTIVE),
        ("Long", 43_200, 38_881, EXPIRING),
        ("Long", 43_200, 43_200, EXPIRED),
    ],
)
def test_expiring_is_less_than_five_minutes_or_a_tenth(
    role: str, seconds: int, after: int, state: SessionState
) -> None:
    desk = Desk()
    session = desk.session(desk.assume(role, DurationSeconds=seconds))
    desk.sim.advance(after)
    assert state_of(session, desk.sim.world) is state


def put(desk: Desk, document: Any, name: str = "extra", role: str = "App") -> None:
    desk.sim.call("iam:PutRolePolicy", {"RoleName": role, "PolicyName": name, "PolicyDocument": document})


def before(*instants: str, key: str = "aws:TokenIssueTime", **changes: Any) -> dict[str, Any]:
    wanted = list(instants) if len(instants) > 1 else instants[0]
    return {**deny(Condition={"DateLessThan": {key: wanted}}), **changes}


def test_the_latest_of_several_cutoffs_counts() -> None:
    desk = Desk()
    assert cutoff_of(APP, desk.sim.world.configuration) is None
    put(desk, policy(before("2026-01-15T09:00:02Z")), "first")
    put(desk, policy(before("2026-01-15T09:00:05Z"), before("2026-01-15T09:00:01Z")), "second")
    assert cutoff_of(APP, desk.sim.world.configuration) == datetime(2026, 1, 15, 9, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "cutoff"),
    [
        (("2026-01-15T09:00:02Z", "2026-01-15T09:00:03Z"), 3),
        (("2026-01-15T10:00:04+01:00",), 4),
        (("1768467605",), None),  # an epoch: in force, but not shown as a date
        (("2026-01-15T09:00:02",), None),  # no time zone
        (("1768467605", "2026-01-15T09:00:02Z"), 2),
    ],
)
def test_a_cutoff_that_cannot_be_read_is_only_left_out(values: tuple[str, ...], cutoff: int | None) -> None:
    desk = Desk()
    put(desk, policy(before(*values)))
    expected = None if cutoff is None else datetime(2026, 1, 15, 9, 0, cutoff, tzinfo=UTC)
    assert cutoff_of(APP, desk.sim.world.configuration) == expected


NOON = "2026-01-15T12:00:00Z"
BOTH = {"DateLessThan": {"aws:TokenIssueTime": NOON}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}


@pytest.mark.parametrize(
    ("statement", "is_dated"),
    [
        (before(NOON), True),
        (before(NOON, key="AWS:tokenissuetime"), True),
        (before(NOON, Action=["*:*"]), True),
        (before(NOON, Action=["s3:*", "*"], Resource=["arn:aws:s3:::x", "*"]), True),
        (before(NOON, Action="s3:*"), False),
        (before(NOON, Resource="arn:aws:s3:::*"), False),
        (before(NOON, Effect="Allow"), False),
        (before(NOON, key="aws:CurrentTime"), False),
        (deny(), False),
        (deny(Condition={}), False),
        (deny(Condition={"DateLessThan": {}}), False),
        (deny(Condition=BOTH), False),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*", "Condition": BOTH}, False),
    ],
)
def test_a_dated_deny_is_one_of_everything_on_the_issue_time_alone(
    statement: dict[str, Any], is_dated: bool
) -> None:
    desk = Desk()
    session = desk.session(desk.assume("App"))
    put(desk, policy(allow("s3:*"), statement))
    configuration = desk.sim.world.configuration
    assert is_denied_by_date(session, configuration) is is_dated
    found = dated_denies(APP, configuration)
    assert [each.document["Statement"] for each in found] == ([[statement]] if is_dated else [])


def test_one_statement_without_a_list_is_dated_too() -> None:
    desk = Desk()
    session = desk.session(desk.assume("App"))
    put(desk, {"Version": "2012-10-17", "Statement": before(NOON)})
    assert is_denied_by_date(session, desk.sim.world.configuration)


def test_a_deny_of_older_sessions_spares_those_issued_at_its_instant() -> None:
    desk = Desk()
    early = desk.session(desk.assume("App"))
    desk.sim.advance(10)
    late = desk.session(desk.assume("App"))
    other = desk.session(desk.assume("Long"))
    put(desk, policy(before("2026-01-15T09:00:10Z")))
    world = desk.sim.world
    assert [is_denied_by_date(each, world.configuration) for each in (early, late, other)] == [
        True,
        False,
        False,
    ]
    assert state_of(early, world) is SessionState.REVOKED
    assert sessions_denied(APP, world.configuration, world) == (early,)
    assert sessions_denied(role_arn("Long"), world.configuration, world) == ()
    put(desk, policy(before(NOON)), role="Long")
    world = desk.sim.world
    assert sessions_denied(APP, world.configuration, world) == (early,)
    assert sessions_denied(role_arn("Long"), world.configuration, world) == (other,)
    desk.sim.advance(3591)
    assert state_of(early, desk.sim.world) is EXPIRED
    assert sessions_denied(APP, world.configuration, desk.sim.world) == ()


def test_a_session_is_dated_by_the_second() -> None:
    """AWS prints the issue time in whole seconds; so does the condition key."""
    desk = Desk()
    desk.sim.advance(0.5)
    session = desk.session(desk.assume("App"))
    put(desk, policy(before("2026-01-15T09:00:01Z")))
    assert is_denied_by_date(session, desk.sim.world.configuration)
    assert session.expires_at - desk.now <= timedelta(hours=1)


def test_an_edit_that_is_not_yet_in_force_makes_it_revoking() -> None:
    desk = Desk()
    session = desk.session(desk.assume("App"))
    desk.sim.set("propagation", 6)
    put(desk, policy(before(NOON)))
    assert state_of(session, desk.sim.world) is SessionState.REVOKING
    desk.sim.advance(6)
    assert state_of(session, desk.sim.world) is SessionState.REVOKED


def test_a_role_made_again_under_its_name_leaves_its_sessions_orphaned() -> None:
    desk = Desk()
    session = desk.session(desk.assume("Named", by="bob"))
    assert unique_id_of(role_arn("Named"), desk.sim.world.configuration) == session.issuer_id
    desk.sim.call("iam:DeleteRolePolicy", {"RoleName": "Named", "PolicyName": "work"})
    desk.sim.call("iam:DeleteRole", {"RoleName": "Named"})
    assert state_of(session, desk.sim.world) is SessionState.ORPHANED
    assert unique_id_of(role_arn("Named"), desk.sim.world.configuration) is None


def test_an_edit_touches_holders_members_and_their_groups() -> None:
    desk = Desk()
    call = desk.sim.call
    managed = f"arn:aws:iam::{MAIN}:policy/ReadOnly"
    call("iam:CreateGroup", {"GroupName": "Readers"})
    call("iam:CreateGroup", {"GroupName": "Empty"})
    call("iam:AddUserToGroup", {"GroupName": "Readers", "UserName": "bob"})
    call("iam:AttachGroupPolicy", {"GroupName": "Readers", "PolicyArn": managed})
    other = call("iam:CreatePolicy", {"PolicyName": "Other", "PolicyDocument": policy(allow("s3:*"))})
    call("iam:AttachGroupPolicy", {"GroupName": "Readers", "PolicyArn": other["Policy"]["Arn"]})
    call("iam:AddUserToGroup", {"GroupName": "Empty", "UserName": "broker"})
    call("iam:AttachRolePolicy", {"RoleName": "Deep", "PolicyArn": managed})
    call("iam:AttachRolePolicy", {"RoleName": "Deep", "PolicyArn": other["Policy"]["Arn"]})
    call("iam:AttachUserPolicy", {"UserName": "narrow", "PolicyArn": managed})
    configuration = desk.sim.world.configuration
    groups = {group.group_name: arn for arn, group in configuration.groups.items()}

    def touched(subject: str) -> set[str]:
        return set(principals_touched(subject, configuration))

    assert touched(managed) == {role_arn("Deep"), user_arn("narrow"), user_arn("bob")}
    assert touched(groups["Readers"]) == {user_arn("bob")}
    assert touched(groups["Empty"]) == {user_arn("broker")}
    assert touched(other["Policy"]["Arn"]) == {role_arn("Deep"), user_arn("bob")}
    assert touched(APP) == {APP}
    assert touched(user_arn("bob")) == {user_arn("bob")}
    assert touched("arn:aws:s3:::data") == set()
    bob = configuration.users[user_arn("bob")]
    assert unique_id_of(user_arn("bob"), configuration) == bob.user_id


@pytest.mark.parametrize("state", SessionState)
def test_what_counts_as_active_works_and_partly_does_too(state: SessionState) -> None:
    assert state.counts_as_active is (state.value in ("active", "expiring", "revoking"))
    assert state.still_works is (state.value in ("active", "expiring", "revoking", "partly"))


def test_what_is_found_in_one_configuration_is_not_taken_for_another() -> None:
    desk = Desk()
    plain = desk.sim.world.configuration
    put(desk, policy(before(NOON)))
    dated = desk.sim.world.configuration
    asked = [replace(each) for each in (plain, dated, plain, dated, dated, plain)]
    assert [len(dated_denies(APP, each)) for each in asked] == [0, 1, 0, 1, 1, 0]
    assert [len(dated_denies(APP, each)) for each in asked] == [0, 1, 0, 1, 1, 0]
    assert dated_denies(APP, dated) is dated_denies(APP, dated)
