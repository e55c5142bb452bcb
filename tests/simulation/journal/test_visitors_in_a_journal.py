"""Identity pools, their identities and credentials outlive the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import Simulation
from sts_tui.simulation.app_visitors import first_call, logins_of, pool_of, second_call
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
from sts_tui.simulation.journal.resuming import resume

SAMPLE = "sample_accounts/scenarios/photo-app.json"
POOL = "us-east-1:0a1b2c3d-1111-4222-8333-444455556666"


def visited(sim: Simulation, who: str = "") -> str:
    logins = logins_of(who, pool_of("photos", sim.world), sim.world)
    identity = sim.call(*first_call(pool_of("photos", sim.world), logins), caller="anonymous")["IdentityId"]
    answer = sim.call(*second_call(identity, logins), caller="anonymous")
    return str(answer["Credentials"]["AccessKeyId"])


@pytest.mark.parametrize("has_checkpoint", [False, True])
def test_a_resume_is_the_same_world(tmp_path: Path, has_checkpoint: bool) -> None:
    sim = Simulation.open(SAMPLE, seed=3)
    store = JournalFile(tmp_path / "a.journal")
    journal = Journal.begin(store, sim, [read_source(SAMPLE)])
    visited(sim)
    ana = visited(sim, "members/ana")
    closed = {"IdentityPoolId": POOL, "IdentityPoolName": "photos", "AllowUnauthenticatedIdentities": False}
    sim.call("cognito-identity:UpdateIdentityPool", closed, caller="olga")
    visited_before = dict(sim.world.configuration.pool_identities)
    if has_checkpoint:
        journal.checkpoint()
    sim.advance(60)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    resumed = resume(again, again.content())
    assert resumed.lost == ""
    assert resumed.sim.checkpoint() == sim.checkpoint()
    configuration = resumed.sim.world.configuration
    assert dict(configuration.pool_identities) == visited_before
    assert not configuration.identity_pools[POOL].allow_unauthenticated_identities
    resumed.sim.undo()
    assert resumed.sim.world.configuration.identity_pools[POOL].allow_unauthenticated_identities
    assert resumed.sim.world.sessions[ana].role_name == "Member"
