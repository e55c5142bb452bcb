"""Whatever takes long runs while keys and clock go on, shows how far it is, and stops at once with esc."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.entities import AccountModel
from sts_tui.account.writing.export import export
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.views.session_standing import standings
from sts_tui.sts.identity import user_identity
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs import revoking
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.keys.row_texts import RowTexts
from sts_tui.tui.overviews import access, model_diff, timeline
from sts_tui.tui.overviews.access_screen import AccessScreen
from sts_tui.tui.overviews.incident_desk import IncidentScreen
from sts_tui.tui.overviews.model_diff import diff_lines
from sts_tui.tui.palette import ExplorerCommands
from sts_tui.tui.panes import pane
from sts_tui.tui.row_cache import RowCache
from sts_tui.tui.start import persistence
from sts_tui.tui.text import explanation_text
from sts_tui.tui.text.styled_text import text_of
from tests.accounts.policies import MAIN, trusts
from tests.accounts.small import SMALL, open_small
from tests.support.explorer import SAMPLE, Explorer, open_explorer

LONG = 60.0
"""Seconds after which a test gives up, so that nothing hangs."""


class Gate:
    """Replaces a computation: it begins, reports that half is done, and waits until it is stopped."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.is_stopped = threading.Event()

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        self.begun.set()
        for one in arguments:
            if getattr(one, "__name__", "") == "progress":
                one(1, 2)
        try:
            for _ in range(int(LONG * 1000)):
                time.sleep(0.001)
            raise AssertionError("nothing has stopped it")
        finally:
            self.is_stopped.set()


async def until(explorer: Explorer, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < deadline
        await explorer.pilot.pause(0.01)


async def goes_on_and_stops(explorer: Explorer, gate: Gate, what: str) -> None:
    """While it computes the clock and the keys go on; esc stops it, and nothing is opened afterwards."""
    await until(explorer, gate.begun.is_set)
    app = explorer.app
    assert what in app.background.what
    assert "esc cancels" in explorer.message()
    before, pane_before = app.simulation.now, app.main.focused_name
    await explorer.wait(1)
    assert app.simulation.now > before
    await explorer.press("2" if pane_before != "policies" else "1")
    assert app.main.focused_name != pane_before
    await explorer.press("escape")
    assert app.background.what == ""
    assert "Canceled" in explorer.message()
    await until(explorer, gate.is_stopped.is_set)
    await explorer.pilot.pause()
    assert app.screen is app.main


@pytest.mark.parametrize(
    ("key", "module", "name", "what"),
    [
        ("d", model_diff, "diff_lines", "Comparing"),
        ("t", timeline, "gather", "timeline"),
        ("x", explanation_text, "fix_lines", "fixes"),
    ],
)
async def test_an_overview_runs_beside_keys_and_clock(
    key: str, module: Any, name: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(module, name, gate)
    async with open_explorer(seconds=12) as explorer:
        explorer.app.background.patience = 0
        await explorer.press("4")
        await explorer.press(key)
        await goes_on_and_stops(explorer, gate, what)


@pytest.mark.parametrize(
    "computation",
    [
        "sts_tui.simulation.containment.desk.reach_of",
        "sts_tui.simulation.containment.trial.Trials.of",
        "sts_tui.simulation.containment.desk.proof_of",
    ],
)
async def test_the_incident_desk_computes_beside_keys_and_clock(
    computation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loops need every hop of the model, each cut runs a copy of the world to the end, the proof repeats all
    requests: the desk is open meanwhile.
    """
    gate = Gate()
    monkeypatch.setattr(computation, gate)
    async with open_explorer(seconds=12) as explorer:
        await explorer.press("3", "D")
        await until(explorer, gate.begun.is_set)
        app = explorer.app
        assert isinstance(app.screen, IncidentScreen)
        assert "Whose" in explorer.text()
        before = app.simulation.now
        await explorer.wait(1)
        assert app.simulation.now > before
        await explorer.press("f5", "enter")
        assert isinstance(app.screen, IncidentScreen), "nothing can be carried out before it was tried"
        await explorer.press("escape")
        await until(explorer, gate.is_stopped.is_set)
        assert app.screen is app.main


async def test_the_access_matrix_opens_at_once_and_computes_beside_keys_and_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    monkeypatch.setattr(access, "access_of", gate)
    async with open_explorer(many_roles(1_000)) as explorer:
        app = explorer.app
        await explorer.press("1", "v")
        assert isinstance(app.screen, AccessScreen)
        await until(explorer, gate.begun.is_set)
        before = app.simulation.now
        await explorer.wait(1)
        assert app.simulation.now > before
        await explorer.press("right", "down")
        assert isinstance(app.screen, AccessScreen)
        await explorer.press("escape")
        await until(explorer, gate.is_stopped.is_set)
        assert app.screen is app.main
        assert app.background.what == ""


async def test_the_statements_of_a_cell_are_found_beside_keys_and_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    async with open_explorer(seconds=12) as explorer:
        app = explorer.app
        await explorer.press("1", "v")
        await until(explorer, lambda: app.background.what == "" and "iam" in explorer.text())
        app.background.patience = 0
        monkeypatch.setattr(access, "_cell_lines", gate)
        await explorer.press("enter")
        await goes_on_and_stops(explorer, gate, "statements")


def test_the_access_matrix_says_how_far_it_is() -> None:
    sim, reported = Simulation.open(SAMPLE), []
    user = user_identity(sim.world.in_force.users["arn:aws:iam::111122223333:user/alice"])
    access.access_of(user, sim.world, lambda done, of: reported.append((done, of)))
    services = len(reported)
    assert services > 1
    assert reported == [(done, services) for done in range(services)]


async def test_a_revocation_in_a_large_model_is_previewed_beside_keys_and_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    monkeypatch.setattr(revoking, "preview_revocation", gate)
    monkeypatch.setattr(revoking, "FEW_ROLES", 0)
    async with open_explorer(seconds=12) as explorer:
        await explorer.press("1", "R")
        await goes_on_and_stops(explorer, gate, "revocation")


async def test_fixes_for_a_what_if_are_looked_for_beside_keys_and_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    monkeypatch.setattr(Simulation, "fixes", gate)
    async with open_explorer(seconds=13) as explorer:
        await explorer.press("4")
        app = explorer.app
        denied = next(
            one for one in app.simulation.events if isinstance(one, RequestAnswered) and one.verdict.is_denial
        )
        app.background.patience = 0
        app.main.requests.table.choose(denied.number)
        await explorer.pilot.pause()
        await explorer.press("w")
        await goes_on_and_stops(explorer, gate, "change the decision")


async def test_an_account_file_is_written_beside_keys_and_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = Gate()
    monkeypatch.setattr("sts_tui.account.writing.export.export", gate)
    async with open_explorer(seconds=12) as explorer:
        explorer.app.background.patience = 0
        await explorer.press("ctrl+s", "ctrl+u")
        await explorer.type(str(tmp_path / "model.json"))
        await explorer.press("enter")
        await goes_on_and_stops(explorer, gate, "Writing")
        assert list(tmp_path.glob("model.json*")) == []


async def test_a_result_that_took_long_is_shown_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    whole = diff_lines

    def slowly(simulation: Simulation, progress: Progress) -> Any:
        progress(1, 2)
        assert go_on.wait(LONG)
        return whole(simulation, progress)

    monkeypatch.setattr(model_diff, "diff_lines", slowly)
    async with open_explorer() as explorer:
        explorer.app.background.patience = 0
        await explorer.press("d")
        await until(explorer, lambda: "50 %" in explorer.message())
        go_on.set()
        await until(explorer, lambda: "No call has changed the model" in explorer.text())
        assert isinstance(explorer.app.screen, ReadingScreen)
        assert "esc cancels" not in explorer.message()


def many_roles(count: int) -> dict[str, Any]:
    account = SMALL["Accounts"][0]
    role = {"AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root")}
    roles = [{"RoleName": f"worker-{number:05}", **role} for number in range(count)]
    return {**SMALL, "Accounts": [{**account, "RoleDetailList": [*account["RoleDetailList"], *roles]}]}


@contextmanager
def slow_filter(seconds: float) -> Iterator[list[int]]:
    """The text of every row takes this many seconds; counts the texts that were made."""
    looked = [0]
    made = RowTexts._made

    def slowly(self: Any, row: Any) -> str:
        looked[0] += 1
        time.sleep(seconds)
        return made(self, row)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowTexts, "_made", slowly)
        yield looked


async def test_a_filter_over_many_rows_lets_keys_and_clock_go_on_and_esc_stops_it() -> None:
    count = pane.FEW + 500
    async with open_explorer(many_roles(count)) as explorer:
        roles, app = explorer.app.main.roles, explorer.app
        with slow_filter(0.001) as looked:
            await explorer.press("slash")
            await explorer.type("worker-0001")
            before = app.simulation.now
            await explorer.wait(1)
            assert app.simulation.now > before
            await until(explorer, lambda: "filtering: " in str(roles.border_title))
            await explorer.press("escape")
            seen = looked[0]
            await explorer.pilot.pause(0.1)
            assert looked[0] <= seen + 1
        assert len(roles.table.rows) > count
        await explorer.press("slash")
        await explorer.type("worker-0001")
        await until(explorer, lambda: len(roles.table.rows) == 10)
        assert "10 of" in str(roles.border_title)


async def test_a_search_lets_keys_and_clock_go_on() -> None:
    async with open_explorer(many_roles(2_000)) as explorer:
        import asyncio

        ticks = 0

        async def clock() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(clock())
        found = [hit async for hit in ExplorerCommands(explorer.app.main).search("no role of this name")]
        beside.cancel()
        assert found == []
        assert ticks > 5


async def test_the_palette_finds_what_findings_and_logs_name() -> None:
    async with open_explorer() as explorer:
        palette = ExplorerCommands(explorer.app.main)
        role = next(iter(explorer.app.simulation.world.configuration.roles.values()))
        hits = [hit async for hit in palette.search(f"{role.role_id}:i-123")]
        assert [hit.text for hit in hits] == [f"role {role.role_name}", f"incident {role.role_name}"]
        (absent,) = [hit async for hit in palette.search("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE")]
        assert "get-access-key-last-used" in str(absent.help)
        absent.command()
        await explorer.pilot.pause()
        assert isinstance(explorer.app.screen, ReadingScreen)


async def test_a_search_reads_each_name_once_however_many_letters_are_typed() -> None:
    async with open_explorer(many_roles(500)) as explorer:
        palette = ExplorerCommands(explorer.app.main)
        nouns, read = palette._nouns, []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(palette, "_nouns", lambda: (read.append(each.name) or each for each in nouns()))
            for text in ("w", "wo", "worker-00007"):
                hits = [hit async for hit in palette.search(text)]
        assert "role worker-00007" in [hit.text for hit in hits]
        assert len(read) == len(set(read)) > 500


async def test_the_screen_as_text_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_tui.tui.widgets.table.MOST_AS_TEXT", 3)
    async with open_explorer() as explorer:
        text = "\n".join(explorer.app.main.roles.as_text())
        assert "and 5 more rows" in text


def test_a_diff_compares_only_what_calls_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Simulation.open(many_roles(3_000))
    assert "No call has changed" in text_of(diff_lines(sim)[0][0])
    sim.call("iam:UpdateRole", {"RoleName": "worker-00007", "MaxSessionDuration": 7200})
    sim.call("iam:DeleteRole", {"RoleName": "worker-02000"})
    written: list[int] = []

    def count_roles(model: AccountModel) -> str:
        written.append(sum(len(account.role_detail_list) for account in model.accounts))
        return export(model)

    monkeypatch.setattr("sts_tui.account.writing.export.export", count_roles)
    rows = [text_of(spans) for spans, _ in diff_lines(sim)]
    assert written == [2, 1], "of 3,000 roles, before and after"
    assert [one for one in rows if one.startswith("+ ") and "7200" in one]
    assert [one for one in rows if one.startswith("-") and "worker-02000" in one]
    assert len(rows) < 60
    assert not [one for one in rows if "worker-00008" in one]


def test_a_diff_after_a_resume_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence, "state_folder", lambda: tmp_path)
    sim = Simulation.open(SAMPLE)
    kept = persistence.begin(sim, [SAMPLE])
    sim.call("iam:UpdateRole", {"RoleName": "App", "MaxSessionDuration": 7200})
    kept.journal.checkpoint()
    kept.close("operator")
    again = persistence.resume()
    assert diff_lines(again.simulation) == diff_lines(sim)
    again.store.close()


def test_a_new_account_and_a_small_edit_are_in_the_diff() -> None:
    sim = open_small()
    sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "turn", "Value": "1"}]})
    rows = [text_of(spans) for spans, _ in diff_lines(sim)]
    assert any('"turn"' in one and one.startswith("+") for one in rows)


def test_the_states_of_many_sessions_are_found_in_slices() -> None:
    """After an edit the engine is asked again about every session: never more than a slice at a time."""
    sim, most = Simulation.open(SAMPLE), 20
    role = "arn:aws:iam::111122223333:role/App"
    for number in range(60):
        sim.call("sts:AssumeRole", {"RoleArn": role, "RoleSessionName": f"worker-{number}"})
    exactly, in_slices, known = RowCache(sim), RowCache(sim, most), standings(sim)
    exactly.sessions()
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    params = {"RoleName": "App", "PolicyName": "stop", "PolicyDocument": json.dumps(deny)}
    sim.call("iam:PutRolePolicy", params)
    before, shown = known.access.evaluations, in_slices.sessions()
    assert known.access.evaluations - before <= most
    assert len(shown) == len(sim.world.sessions)
    assert known.waiting
    while known.waiting:
        before = known.access.evaluations
        in_slices.settle()
        assert known.access.evaluations - before <= most
    assert {row.state for row in in_slices.sessions()} == {SessionState.CUT}
    assert in_slices.sessions() == exactly.sessions()


async def test_sessions_settle_while_the_clock_is_paused() -> None:
    async with open_explorer(seconds=12) as explorer:
        app = explorer.app
        app.row_cache = RowCache(app.simulation, 1)
        role = "arn:aws:iam::111122223333:role/App"
        for number in range(5):
            app.simulation.call("sts:AssumeRole", {"RoleArn": role, "RoleSessionName": f"worker-{number}"})
        await explorer.press("space")
        app.presenter.refresh()
        known = standings(app.simulation)
        await until(explorer, lambda: app.tick() or not known.waiting)
        assert {row.state for row in app.row_cache.sessions()} == {SessionState.ACTIVE}
