"""What was done about an incident, and what proves that it is over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.cut import carry_out
from sts_tui.simulation.identities import operator_identity

WHO = "unknown-laptop"


def revoked() -> Simulation:
    """The sample some minutes later, with the best known cut made."""
    simulation = Simulation.open(Path(__file__).parents[4] / "sample_accounts" / "acme.json")
    simulation.advance(252)
    row = incident(simulation, WHO).row("revoke-role")
    assert row is not None

    def call(action: str, params: Mapping[str, object], caller: Any, joins: bool) -> object:
        return simulation.call(action, params, caller=caller, joins=joins)

    carry_out(row.cut, operator_identity(), call)
    return simulation


def test_the_proof_names_what_denies_each_request_until_the_cut_is_undone() -> None:
    simulation = revoked()
    desk = incident(simulation, WHO)
    assert len(desk.aftermath.done) == 1
    assert len(desk.proof.denials) == desk.proof.of > 0
    assert all("denied by App/AWSRevokeOlderSessions#1" in one for one in desk.proof.denials)
    simulation.undo()
    undone = incident(simulation, WHO)
    assert not undone.aftermath.done
    assert not undone.proof.denials
