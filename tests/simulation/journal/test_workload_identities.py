"""Sessions of certificates and pods, and edits of what gives them out: undo, and a resumed journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.workloads.pod_nodes import pod_call
from sts_tui.simulation.workloads.workload_credentials import PodPlace, certificate_session, issued_key
from tests.accounts.workload_identities import ANCHOR, ASSOCIATION, SERVER_ROLE, model

ANCHOR_ID = {"trustAnchorId": ANCHOR.rpartition("/")[2]}
ASSOCIATION_ID = {"clusterName": "prod", "associationId": ASSOCIATION.rpartition("/")[2]}


def opened(folder: Path) -> tuple[Simulation, Path]:
    path = folder / "model.json"
    path.write_text(json.dumps(model()))
    return Simulation.open(path, seed=3), path


def for_certificate(sim: Simulation) -> str:
    provider = sim.world.identity_providers["corp-ca"]
    return issued_key(sim.call(*certificate_session(provider, provider.users[0], SERVER_ROLE, sim.world)))


def for_pod(sim: Simulation) -> str:
    call = pod_call(PodPlace.of("prod/shop/web"), sim.world)
    return issued_key(sim.call(call.action, call.params, caller="operator"))


def changed(sim: Simulation) -> None:
    """One edit of each service, after the sessions."""
    sim.call("rolesanywhere:DisableTrustAnchor", ANCHOR_ID, caller="admin")
    sim.call(
        "eks:UpdatePodIdentityAssociation", {**ASSOCIATION_ID, "disableSessionTags": True}, caller="admin"
    )


def giving(sim: Simulation) -> tuple[bool, bool]:
    """Whether the trust anchor is enabled, and whether the association gives no tags."""
    configuration = sim.world.configuration
    association = configuration.pod_associations[ASSOCIATION]
    return configuration.trust_anchors[ANCHOR].enabled, association.disable_session_tags


@pytest.mark.parametrize("has_checkpoint", [False, True])
def test_a_resume_is_the_same_world(tmp_path: Path, has_checkpoint: bool) -> None:
    sim, path = opened(tmp_path)
    store = JournalFile(tmp_path / "a.journal")
    journal = Journal.begin(store, sim, [read_source(str(path))])
    keys = for_certificate(sim), for_pod(sim)
    changed(sim)
    if has_checkpoint:
        journal.checkpoint()
    sim.advance(60)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    resumed = resume(again, again.content())
    assert resumed.lost == ""
    assert resumed.sim.checkpoint() == sim.checkpoint()
    assert giving(resumed.sim) == giving(sim) == (False, True)
    for key in keys:
        before, after = sim.world.sessions[key], resumed.sim.world.sessions[key]
        assert after.proof is not None
        assert after == before
    with pytest.raises(AwsError, match="disabled"):
        for_certificate(resumed.sim)
    again.close()


def test_a_resumed_world_can_undo_the_edits(tmp_path: Path) -> None:
    sim, path = opened(tmp_path)
    at_first = giving(sim)
    store = JournalFile(tmp_path / "a.journal")
    Journal.begin(store, sim, [read_source(str(path))])
    changed(sim)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    resumed = resume(again, again.content()).sim
    resumed.undo()
    resumed.undo()
    assert giving(resumed) == at_first
    assert for_certificate(resumed) in resumed.world.sessions
    again.close()


@pytest.mark.parametrize("sign_in", [for_certificate, for_pod])
def test_undo_ends_a_session_too_and_redo_issues_the_same(tmp_path: Path, sign_in: Any) -> None:
    sim, _ = opened(tmp_path)
    key = sign_in(sim)
    session = sim.world.sessions[key]
    sim.undo()
    assert key not in sim.world.sessions
    sim.redo()
    assert sim.world.sessions[key] == session


def test_undo_and_redo_of_an_edit_leave_live_sessions_alone(tmp_path: Path) -> None:
    sim, _ = opened(tmp_path)
    at_first = giving(sim)
    keys = for_certificate(sim), for_pod(sim)
    changed(sim)
    sim.undo()
    sim.undo()
    assert giving(sim) == at_first
    sim.redo()
    sim.redo()
    assert giving(sim) == (False, True)
    assert set(keys) <= set(sim.world.sessions)
