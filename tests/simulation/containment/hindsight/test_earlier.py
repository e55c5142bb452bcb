"""What a cut would have done earlier, held against a simulation in which it was really made then."""

from __future__ import annotations

from datetime import timedelta

from sts_tui.cli.files import sample_account
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.desk import Incident, incident
from sts_tui.simulation.containment.hindsight.earlier import earlier
from sts_tui.simulation.containment.incident_report import report
from sts_tui.simulation.containment.incident_text import incident_lines
from sts_tui.simulation.events import RequestAnswered, Verdict

THIEF = "unknown-laptop"


def _after(seconds: float) -> tuple[Simulation, Incident]:
    simulation = Simulation.open(sample_account())
    simulation.advance(seconds)
    return simulation, incident(simulation, THIEF)


def _requests(simulation: Simulation, workload: str, verdict: Verdict) -> int:
    return sum(
        isinstance(one, RequestAnswered) and one.workload == workload and one.verdict is verdict
        for one in simulation.events
    )


def test_it_agrees_with_a_simulation_in_which_the_cut_was_made_then() -> None:
    simulation, desk = _after(600)
    (found,) = (
        one
        for one in earlier(simulation, desk.holder, desk.used_by, desk.loop, "detach:OrdersReadWrite")
        if one.at == simulation.opened.started_at + timedelta(seconds=303)
    )
    other = Simulation.open(sample_account())
    other.advance(303)
    before = _requests(other, THIEF, Verdict.ALLOWED)
    other.call(
        "iam:DetachRolePolicy",
        {"RoleName": "App", "PolicyArn": "arn:aws:iam::111122223333:policy/OrdersReadWrite"},
    )
    other.advance(297)
    assert found.suspect_happened <= 1 + _requests(other, THIEF, Verdict.ALLOWED) - before
    assert found.suspect == 100
    denied = _requests(other, "web-shop", Verdict.IMPLICIT_DENY)
    assert abs(found.others_failed - denied) <= 1


def test_the_best_cut_leaves_others_alone_in_the_past_too() -> None:
    simulation, desk = _after(600)
    (best,) = desk.best
    assert [one.suspect_happened for one in best.earlier] == [0, 0, 0]
    assert [one.others_failed for one in best.earlier] == [0, 0, 0]
    assert [one.suspect for one in best.earlier] == [200, 180, 100]
    assert "Had it been made earlier:" in report(desk, simulation)
    assert any("0 of its 180 requests would have happened" in line for line in incident_lines(desk))


def test_where_the_log_does_not_reach_back_nothing_is_reported() -> None:
    simulation, desk = _after(600)
    simulation.set("RequestLogSize", 50)
    found = earlier(simulation, desk.holder, desk.used_by, desk.loop, "revoke-role")
    assert found == ()
