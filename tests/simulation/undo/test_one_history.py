"""Undo, explanations and the look at a past instant read one chain, and it says what was true then."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.account import persistent_map
from sts_tui.account.configuration import Configuration
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.undo.change import TABLES
from sts_tui.simulation.undo.history import NothingToUndoError, UnknownPastError
from sts_tui.simulation.world import World
from tests.accounts.policies import allows, role_arn, trusts
from tests.accounts.small import SMALL, alice, assume, open_small
from tests.support.examples import examples

ROLES = st.sampled_from(["A", "B", "C"])
COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), ROLES),
        st.tuples(st.just("delete"), ROLES),
        st.tuples(st.just("tag"), ROLES),
        st.tuples(st.just("rename"), st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz"))),
        st.tuples(st.just("user"), st.sampled_from("xyz")),
        st.tuples(st.just("assume"), st.none()),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("redo"), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 9)),
        st.tuples(st.just("propagation"), st.sampled_from([0, 5])),
    ),
    max_size=40,
)
QUICK = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))


def says(configuration: Configuration) -> object:
    """Everything in it, in its order; not its number."""
    tables = {name: list(getattr(configuration, name).items()) for name in TABLES}
    return repr((tables, configuration.organization))


def perform(sim: Simulation, kind: str, what: Any) -> None:
    match kind:
        case "assume":
            assume(sim)
        case "undo":
            sim.undo()
        case "redo":
            sim.redo()
        case "wait":
            sim.advance(what)
        case "propagation":
            sim.set("propagation", what)
        case _:
            sim.call(*edit(sim, kind, what))


def edit(sim: Simulation, kind: str, what: Any) -> tuple[str, dict[str, Any]]:
    return {
        "create": ("iam:CreateRole", {"RoleName": what, "AssumeRolePolicyDocument": trusts("*")}),
        "delete": ("iam:DeleteRole", {"RoleName": what}),
        "tag": ("iam:TagRole", {"RoleName": what, "Tags": [{"Key": "at", "Value": f"{sim.now:%H%M%S}"}]}),
        "user": ("iam:CreateUser", {"UserName": what}),
        "rename": ("iam:UpdateUser", {"UserName": what[0], "NewUserName": what[-1]}),
    }[kind]


def wrote(before: World, after: World) -> bool:
    return before.configuration is not after.configuration or before.sessions is not after.sessions


class Naive:
    """Whole configurations and sessions in plain lists."""

    def __init__(self, sim: Simulation) -> None:
        self.done = [self.state(sim)]
        self.undone: list[object] = []

    @staticmethod
    def state(sim: Simulation) -> object:
        return says(sim.world.configuration), tuple(sim.world.sessions)

    def follow(self, kind: str, sim: Simulation, succeeded: bool, before: World) -> None:
        """A command that wrote nothing and issued no session is not one that can be undone."""
        if kind == "undo" and succeeded:
            self.undone.append(self.done.pop())
        elif kind == "redo" and succeeded:
            self.done.append(self.undone.pop())
        elif kind not in ("undo", "redo", "wait", "propagation") and wrote(before, sim.world):
            self.done.append(self.state(sim))
            self.undone.clear()


@QUICK
@given(COMMANDS, st.sampled_from([1, 16]))
def test_undo_and_redo_in_any_order_agree_with_a_list_of_whole_configurations(
    commands: list[tuple[str, Any]], overlay: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent_map, "_LEAST_OVERLAY", overlay)
        sim = open_small()
        naive = Naive(sim)
        for kind, what in commands:
            before = sim.world
            try:
                perform(sim, kind, what)
                succeeded = True
            except (AwsError, NothingToUndoError):
                succeeded = False
            if kind == "undo":
                assert succeeded is (len(naive.done) > 1)
            if kind == "redo":
                assert succeeded is bool(naive.undone)
            naive.follow(kind, sim, succeeded, before)
            assert naive.done[-1] == naive.state(sim)


def test_a_command_that_writes_nothing_is_not_the_one_that_undo_reverts() -> None:
    sim = open_small()
    perform(sim, "user", "x")
    perform(sim, "rename", ("x", "x"))
    sim.undo()
    assert not any(user.user_name == "x" for user in sim.world.configuration.users.values())


@QUICK
@given(COMMANDS)
def test_the_state_at_a_past_instant_is_the_state_recorded_then(commands: list[tuple[str, Any]]) -> None:
    sim = open_small()
    recorded: dict[datetime, tuple[object, object]] = {}
    for kind, what in (*commands, ("wait", 3)):
        try:
            perform(sim, kind, what)
        except (AwsError, NothingToUndoError):
            continue
        recorded[sim.now] = says(sim.world.in_force), says(sim.world.configuration)
    for instant, (in_force, written) in recorded.items():
        assert says(sim.configuration_at(instant)) == in_force
        assert says(sim.configuration_at(instant, in_force=False)) == written
    again = open_small()
    again.restore(json.loads(json.dumps(sim.checkpoint())))
    for instant, (in_force, written) in recorded.items():
        assert says(again.configuration_at(instant)) == in_force
        assert says(again.configuration_at(instant, in_force=False)) == written


def test_before_the_history_begins_nothing_is_known() -> None:
    sim = open_small()
    with pytest.raises(UnknownPastError, match="begins at 2026-01-15T09:00:00"):
        sim.configuration_at(sim.now - timedelta(seconds=1))
    with pytest.raises(UnknownPastError):
        sim.configuration_at(sim.now - timedelta(seconds=1), in_force=False)


def test_an_old_request_is_explained_by_the_policies_of_its_time() -> None:
    sim = open_small()
    key = assume(sim)
    sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::data/x"}, caller=key)
    old = next(one for one in reversed(sim.events) if isinstance(one, RequestAnswered))
    for turn in range(40):
        document = allows("ec2:*") if turn % 2 == 0 else allows("s3:*")
        params = {"RoleName": "App", "PolicyName": "work", "PolicyDocument": json.dumps(document)}
        sim.call("iam:PutRolePolicy", params, caller=alice(sim))
    explanation = sim.explain(old)
    assert explanation is not None
    statements = [statement.label for statement in explanation.decision.statements]
    assert statements == [old.decided_by]
    assert sim.configuration_at(old.at, in_force=True).roles[role_arn("App")].role_policy_list


def house_of(roles: int) -> Simulation:
    house = deepcopy(SMALL)
    listed = house["Accounts"][0]["RoleDetailList"]
    document = listed[0]["AssumeRolePolicyDocument"]
    listed += [{"RoleName": f"R{n}", "AssumeRolePolicyDocument": document} for n in range(roles)]
    return Simulation.open(house)


def test_the_history_grows_by_what_was_changed_whatever_the_size_of_the_account() -> None:
    """Entities that steps hold, counted at two sizes: one before and one after each edit."""
    for roles in (50, 1_000):
        sim = house_of(roles)
        for turn in range(40):
            sim.call("iam:TagRole", {"RoleName": "R7", "Tags": [{"Key": "turn", "Value": str(turn)}]})
        assert sum(step.change.touched for step in sim.history.steps) == 80


def copies_of(work: Any, sim: Simulation) -> int:
    """How many entries of tables `work(sim)` copies."""
    counted = 0

    def copy(entries: Any) -> dict[Any, Any]:
        nonlocal counted
        made = dict(entries)
        counted += len(made)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent_map, "_copied", copy)
        work(sim)
    return counted


def test_an_edit_and_its_undo_copy_a_small_part_of_the_account() -> None:
    """Sixteen times as many roles: at most some four times as many entries, the square root."""

    def edit_and_undo(sim: Simulation) -> None:
        for turn in range(10):
            sim.call("iam:TagRole", {"RoleName": "R7", "Tags": [{"Key": "turn", "Value": str(turn)}]})
        for _ in range(10):
            sim.undo()

    few, many = (copies_of(edit_and_undo, house_of(roles)) for roles in (100, 1_600))
    assert many < 5 * few + 100


def test_a_session_costs_what_it_adds_whatever_the_number_of_sessions_and_workloads() -> None:
    """Twice as many sessions: fewer than three times as many entries copied, where copying the table each
    time would take four times as many.
    """

    def issue(many: int) -> int:
        def work(sim: Simulation) -> None:
            for turn in range(many):
                assume(sim, name=f"s{turn}")

        return copies_of(work, open_small())

    assert issue(800) < 3 * issue(400)
    assert issue(800) < 800 * 800 / 2 / 5


def test_a_preview_and_a_copy_of_the_world_copy_nothing() -> None:
    sim = house_of(500)

    def work(sim: Simulation) -> None:
        sim.preview("iam:GetRole", {"RoleName": "R7"}, caller=alice(sim))

    assert copies_of(work, sim) == 0
    world = sim.world
    sim.call("iam:TagRole", {"RoleName": "R7", "Tags": [{"Key": "a", "Value": "b"}]})
    assert sim.world.configuration.users is world.configuration.users
    assert world.configuration.roles[role_arn("R7")].tags == ()
