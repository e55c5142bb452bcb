"""Random commands, waits, undo, redo and resumes against a model small enough to be read.

The model knows when each session ends, which roles exist and what dated Denies they have, keeps a plain
list of what can be undone, and is asked after every step whether it agrees.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sts_tui.account import persistent_map
from sts_tui.account.diagnostics.source import Source
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.undo.history import NothingToUndoError
from tests.accounts.policies import MAIN, role_arn
from tests.accounts.small import SMALL
from tests.support.examples import examples

PADDING = timedelta(seconds=30)
ROLES = ("App", "Third")


@dataclass
class Life:
    """What the model knows of a session."""

    role: str
    generation: int
    begins: datetime
    ends: datetime


@dataclass
class Pocket:
    """What commands can change."""

    cutoffs: dict[str, datetime] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=lambda: {"App": 1})
    """Roles that exist, and how often each was made."""

    def copy(self) -> Pocket:
        return Pocket(dict(self.cutoffs), dict(self.generations))


@dataclass
class Taken:
    """One command as the model remembers it."""

    before: Pocket
    after: Pocket
    session: tuple[str, Life] | None = None


class SimulationAgreesWithPocketModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.tables_merge_often = mock.patch.object(persistent_map, "_LEAST_OVERLAY", 1)
        self.tables_merge_often.start()
        text = json.dumps(SMALL)
        self.sim = Simulation.open(SMALL, seed=1)
        self.store = JournalFile(Path(self.folder.name) / "a.journal")
        self.journal = Journal.begin(self.store, self.sim, [Source("house", text)])
        self.now = self.sim.now
        self.pocket = Pocket()
        self.lives: dict[str, Life] = {}
        self.done: list[Taken] = []
        self.undone: list[Taken] = []
        self.made = 1
        self.events = 0

    def teardown(self) -> None:
        self.tables_merge_often.stop()
        self.store.close()
        self.folder.cleanup()

    def took(self, before: Pocket, session: tuple[str, Life] | None = None) -> None:
        self.done.append(Taken(before, self.pocket.copy(), session))
        self.undone.clear()

    @rule(role=st.sampled_from(ROLES), seconds=st.sampled_from([900, 1800, 3600]))
    def assume(self, role: str, seconds: int) -> None:
        alice = self.sim.access_key(f"arn:aws:iam::{MAIN}:user/alice")
        params = {"RoleArn": role_arn(role), "RoleSessionName": "job", "DurationSeconds": seconds}
        if role not in self.pocket.generations:
            with pytest.raises(AwsError):
                self.sim.call("sts:AssumeRole", params, caller=alice)
            return
        key = self.sim.call("sts:AssumeRole", params, caller=alice)["Credentials"]["AccessKeyId"]
        assert key not in self.lives
        generation = self.pocket.generations[role]
        life = Life(role, generation, self.now, self.now + timedelta(seconds=seconds))
        self.lives[key] = life
        self.took(self.pocket.copy(), (key, life))

    @rule(role=st.sampled_from(ROLES))
    def revoke(self, role: str) -> None:
        if role not in self.pocket.generations:
            return
        before = self.pocket.copy()
        self.sim.call(*revocation_call(role_arn(role), self.sim.world))
        self.pocket.cutoffs[role] = self.now + PADDING
        self.took(before)

    @rule()
    def create(self) -> None:
        trust = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": MAIN}, "Action": "sts:AssumeRole"}}  # fmt: skip
        params = {"RoleName": "Third", "AssumeRolePolicyDocument": trust}
        if "Third" in self.pocket.generations:
            with pytest.raises(AwsError, match="EntityAlreadyExists"):
                self.sim.call("iam:CreateRole", params)
            return
        before = self.pocket.copy()
        self.sim.call("iam:CreateRole", params)
        self.made += 1
        self.pocket.generations["Third"] = self.made
        self.took(before)

    @precondition(lambda self: "Third" in self.pocket.generations and "Third" not in self.pocket.cutoffs)
    @rule()
    def delete(self) -> None:
        before = self.pocket.copy()
        self.sim.call("iam:DeleteRole", {"RoleName": "Third"})
        del self.pocket.generations["Third"]
        self.took(before)

    @rule(seconds=st.sampled_from([1, 29, 30, 300, 600, 900]) | st.integers(1, 2_000))
    def wait(self, seconds: int) -> None:
        self.sim.advance(seconds)
        self.now += timedelta(seconds=seconds)

    @rule(role=st.sampled_from(ROLES), seconds=st.sampled_from([29, 30]))
    def around_the_cutoff(self, role: str, seconds: int) -> None:
        self.revoke(role)
        self.wait(seconds)
        self.assume(role, 900)

    @rule()
    def undo(self) -> None:
        if not self.done:
            with pytest.raises(NothingToUndoError):
                self.sim.undo()
            return
        self.sim.undo()
        taken = self.done.pop()
        self.undone.append(taken)
        self.pocket = taken.before.copy()
        if taken.session:
            del self.lives[taken.session[0]]

    @rule()
    def redo(self) -> None:
        if not self.undone:
            with pytest.raises(NothingToUndoError):
                self.sim.redo()
            return
        self.sim.redo()
        taken = self.undone.pop()
        self.done.append(taken)
        self.pocket = taken.after.copy()
        if taken.session:
            self.lives[taken.session[0]] = taken.session[1]

    @rule(with_checkpoint=st.booleans())
    def crash_and_resume(self, with_checkpoint: bool) -> None:
        if with_checkpoint:
            self.journal.checkpoint()
        before = self.sim.checkpoint()
        resumed = resume(self.store, self.store.content())
        self.sim, self.journal = resumed.sim, resumed.journal
        assert resumed.lost == ""
        assert self.sim.checkpoint() == before

    def expected(self, life: Life) -> SessionState:
        if self.now >= life.ends:
            return SessionState.EXPIRED
        if self.pocket.generations.get(life.role) != life.generation:
            return SessionState.ORPHANED
        cutoff = self.pocket.cutoffs.get(life.role)
        if cutoff is not None and life.begins < cutoff:
            return SessionState.REVOKED
        left, whole = life.ends - self.now, life.ends - life.begins
        soon = left < timedelta(minutes=5) or left < whole / 10
        return SessionState.EXPIRING if soon else SessionState.ACTIVE

    @invariant()
    def sessions_agree(self) -> None:
        world = self.sim.world
        states = {key: state_of(session, world) for key, session in world.sessions.items()}
        assert states == {key: self.expected(life) for key, life in self.lives.items()}

    @invariant()
    def clock_agrees_and_the_log_only_grows(self) -> None:
        assert self.sim.now == self.now
        assert self.sim.events.last_number >= self.events
        self.events = self.sim.events.last_number

    @invariant()
    def requests_are_answered_as_states_say(self) -> None:
        for key, life in list(self.lives.items())[-1:]:
            state, code = self.expected(life), ""
            try:
                self.sim.preview("s3:GetObject", {"Resource": "arn:aws:s3:::data/x"}, caller=key)
            except AwsError as error:
                code = error.code
            match state:
                case SessionState.EXPIRED:
                    assert code == "ExpiredToken"
                case SessionState.ORPHANED:
                    assert code == "InvalidAccessKeyId"
                case SessionState.REVOKED:
                    assert code == "AccessDenied"
                case _:
                    assert code == ("" if life.role == "App" else "AccessDenied")


SHORT = settings(
    max_examples=examples(60), stateful_step_count=30, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONG = settings(SHORT, max_examples=300, stateful_step_count=60, derandomize=False)

SimulationAgreesWithPocketModel.TestCase.settings = SHORT
TestSimulationAgreesWithPocketModel = SimulationAgreesWithPocketModel.TestCase


@pytest.mark.long
def test_the_pocket_model_agrees_for_a_long_time() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(SimulationAgreesWithPocketModel, settings=LONG)
