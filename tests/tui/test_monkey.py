"""Random keys, clicks, pastes and resizes: no exception, and what must always hold holds."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from textual.events import Paste
from textual.widget import Widget

from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.nouns.table import ROLES
from sts_tui.simulation.views.session_standing import Standing, Standings
from sts_tui.sts.session import Session
from sts_tui.tui import row_cache
from sts_tui.tui.panes.sessions import state_at
from sts_tui.tui.selection import Selection, Subject
from sts_tui.tui.text.styled_text import one_line
from sts_tui.tui.widgets.filter_line import FilterLine
from sts_tui.tui.widgets.table import Table
from tests.support.explorer import Explorer, open_explorer

KEYS = (
    *"abcdefghijklmnopqrstuvwxyzACDFGIJLMNORSTUWYZ0123456789!",
    "enter",
    "escape",
    "tab",
    "shift+tab",
    "up",
    "down",
    "left",
    "right",
    "pageup",
    "pagedown",
    "home",
    "end",
    "space",
    "backspace",
    "delete",
    "ctrl+d",
    "ctrl+u",
    "ctrl+p",
    "ctrl+r",
    "ctrl+o",
    "ctrl+s",
    "ctrl+y",
    "slash",
    "colon",
    "question_mark",
    "full_stop",
    "comma",
    "plus",
    "left_square_bracket",
    "right_square_bracket",
    "minus",
    "f1",
)
LOOKED_AT_EVERY = 20
"""Steps between two evaluations of everything."""
SIZES = ((80, 24), (120, 36), (200, 50), (60, 15), (40, 10), (99, 29), (100, 30), (170, 44), (300, 20))
PASTES = (
    "[/][red]",
    "\x1b[2J\x1b[31m",
    "a" * 5000,
    "{\n]\n",
    "aws sts assume-role --role-arn x",
    "${mfa:alice}",
    "é🙂日本",
)


async def play(explorer: Explorer, dice: random.Random, steps: int) -> None:
    for step in range(steps):
        match dice.choices(("key", "click", "resize", "paste", "wait", "cut"), (80, 8, 3, 3, 6, 2))[0]:
            case "key":
                key = dice.choice(KEYS)
                if key not in ("ctrl+q",):
                    await explorer.pilot.press(key)
            case "click":
                size = explorer.app.size
                offset = (dice.randrange(size.width), dice.randrange(size.height))
                await explorer.pilot.click(offset=offset, times=dice.choice((1, 2)))
            case "resize":
                await explorer.pilot.resize_terminal(*dice.choice(SIZES))
            case "paste":
                if explorer.app.focused is not None:
                    explorer.app.focused.post_message(Paste(dice.choice(PASTES)))
                    await explorer.pilot.pause()
            case "cut":
                await cut(explorer)
            case _:
                await explorer.wait(dice.choice((0.1, 1, 3)))
        check(explorer)
        if step % LOOKED_AT_EVERY == 0:
            check_states(explorer)
            await check_looks(explorer)


async def cut(explorer: Explorer) -> None:
    """Single keys rarely confirm a revocation: a whole one, from wherever the monkey is."""
    for _ in range(4):
        await explorer.pilot.press("escape")
    await explorer.pilot.press("R", "tab", "enter")


def check(explorer: Explorer) -> None:
    app = explorer.app
    for pane in (app.main.roles, app.main.sessions, app.main.requests):
        table = pane.table
        assert 0 <= table.cursor <= max(0, len(table.rows) - 1)
        assert 0 <= table.scroll_offset.y <= max(0, len(table.rows))
        assert len(pane.marked_rows()) <= len(table.marked)
        if table.cursor_row is not None:
            assert table.cursor_key == table.rows.key(table.cursor)
    check_selection(explorer)
    check_focus(explorer)
    assert app.clock.instant(app.reading()) >= app.simulation.now or app.clock.is_paused
    assert len(app.simulation.history.done) <= len(app.simulation.events)


def check_selection(explorer: Explorer) -> None:
    """Actions apply to the row under the cursor of the focused list, and every pane shows the same."""
    main, selection = explorer.app.main, explorer.app.selection
    roles, sessions, requests = main.roles.table, main.sessions.table, main.requests.table
    if main.focused_name == "roles":  # another noun's row is no role: nothing stands in for one
        assert selection.subject == Subject(main.roles.noun, str(roles.cursor_key or ""))
        assert selection.role_arn == (roles.cursor_key or "" if main.roles.noun == ROLES else "")
    if main.focused_name == "sessions":
        assert selection.session() is sessions.cursor_row
        if sessions.cursor_row is not None and sessions.cursor_row.role_arn:
            assert selection.role_arn == sessions.cursor_row.role_arn
    if main.focused_name == "requests" and isinstance(requests.cursor_row, RequestAnswered):
        assert selection.request() is requests.cursor_row
    if roles.rows.index_of(selection.role_arn) is not None:
        assert roles.cursor_key == selection.role_arn
    role, owner = selection.role(), selection.subject_row()
    if selection.subject.noun == ROLES:
        assert owner is role
    if main.shows("policies") and not is_too_small(explorer):
        title = main.policies._title  # before what does not fit is left out
        assert title.endswith(f" of {one_line(owner.name)}" if owner else "Policies")
    marked = selection.marked()
    if role is not None and not marked:
        assert selection.revocable() == (role.arn,)


def is_too_small(explorer: Explorer) -> bool:
    return explorer.app.main.has_class("-too-small")


def check_focus(explorer: Explorer) -> None:
    """What has the focus is displayed on the topmost screen; a terminal that is too small has no focus."""
    screen, focused = explorer.app.screen, explorer.app.focused
    if is_too_small(explorer):
        return
    if focused is None:
        assert not screen.focus_chain, "something could have the focus"
        return
    assert focused.screen is screen
    assert focused.can_focus
    assert all(node.display for node in focused.ancestors_with_self if isinstance(node, Widget))
    assert focused.region.area, f"{focused} has no place on the screen"
    assert screen.region.overlaps(focused.region)
    main = explorer.app.main
    if screen is main and not main.typing and focused is not main.drawer:
        assert main.shows(main.focused_name)


async def check_looks(explorer: Explorer) -> None:
    """The screen looks different without the focus."""
    screen, focused = explorer.app.screen, explorer.app.focused
    if focused is None or is_too_small(explorer) or isinstance(focused, FilterLine):
        return  # a filter line that loses the focus is left
    with_focus = await looks(explorer)
    screen.set_focus(None, scroll_visible=False)
    without = await looks(explorer)
    screen.set_focus(focused, scroll_visible=False)
    await explorer.pilot.pause()
    assert explorer.app.focused is focused
    assert with_focus != without, f"{focused} on {screen} looks the same with and without the focus"


async def looks(explorer: Explorer) -> str:
    for _ in range(2):
        await explorer.pilot.pause()
    return explorer.app.export_screenshot(title="looks")


def check_states(explorer: Explorer) -> None:
    """Every state shown is what an evaluation that remembers nothing answers."""
    app = explorer.app
    app.presenter.refresh()
    fresh = Standings()
    for index in range(len(app.main.sessions.table.rows)):
        row = app.main.sessions.table.rows[index]
        session = app.simulation.world.sessions[row.access_key_id]
        standing = fresh.of(session, app.simulation)
        assert state_at(row, app.simulation.now) is standing.state, row.label
        live = app.row_cache.live_sessions(row.role_arn) if row.role_arn else 0
        assert live or not standing.state.still_works or not row.role_arn


async def monkey(seed: int, steps: int) -> None:
    async with open_explorer(seconds=5) as explorer:
        await play(explorer, random.Random(seed), steps)
        assert explorer.app.return_code in (0, None)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
async def test_random_input_breaks_nothing(
    seed: int, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))  # ctrl+s saves here
    await monkey(seed, 150)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
async def test_much_random_input_breaks_nothing(
    seed: int, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    await monkey(seed, 1000)


def _plant_stale_selection(patch: pytest.MonkeyPatch) -> None:
    """Actions apply to the role under the cursor of pane 1, also where another list has the focus."""
    patch.setattr(Selection, "_role_of_lead", lambda self: str(self._main.roles.table.cursor_key or ""))


def _plant_lost_focus(patch: pytest.MonkeyPatch) -> None:
    """The pane that is brought to the front does not get the focus."""
    patch.setattr(Table, "focus", lambda self, scroll_visible=True: self)


def _plant_stale_states(patch: pytest.MonkeyPatch) -> None:
    """What a session was first found to be stays what its row shows."""
    known = row_cache.standings
    kept: dict[str, Standing] = {}

    class FirstFound(Standings):
        def soon(self, session: Session, simulation: Simulation) -> Standing:
            return kept.setdefault(session.access_key_id, super().soon(session, simulation))

    found: dict[int, Standings] = {}
    patch.setattr(
        row_cache, "standings", lambda simulation: found.setdefault(id(known(simulation)), FirstFound())
    )


@pytest.mark.parametrize(
    "plant",
    [_plant_stale_selection, _plant_lost_focus, _plant_stale_states],
    ids=["selection", "focus", "state"],
)
@pytest.mark.long
async def test_a_planted_fault_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        await monkey(1, 300)
