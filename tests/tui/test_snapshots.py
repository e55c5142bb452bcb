"""Pictures, taken standing still. Each docstring says what to look at; `make snapshots` accepts them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from tests.support.explorer import still_app

SnapCompare = Callable[..., bool]
SMALL, MIDDLE, LARGE = (80, 24), (120, 36), (200, 50)
APP = "arn:aws:iam::111122223333:role/App"


def revoked_app(options: Options | None = None) -> StsApp:
    """Twelve seconds in, App was revoked; six seconds later."""
    app = still_app(seconds=12, options=options)
    action, params = revocation_call(APP, app.simulation.world)
    app.simulation.call(action, params)
    app.simulation.advance(6)
    app.ticker.reanchor()
    return app


def keys(*pressed: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def press(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        await pilot.press(*pressed)
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_first_screen(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Twelve seconds in: roles, App's trust policy, the tree CI > Deploy > BreakGlass with countdowns and
    bars,
    requests newest first. The bottom line names R. At 80x24 tabs and the requests; at 200x50 five panes.
    """
    assert snap_compare(still_app(seconds=12), terminal_size=size, run_before=keys())


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_after_a_revocation(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """App's session reads `✖ revoked 09:00:12`, its requests `✖ DENY!` by AWSRevokeOlderSessions#1, a
    marker stands
    between them and those before; BreakGlass is untouched. The bottom line counts, and names x.
    """
    assert snap_compare(revoked_app(), terminal_size=size, run_before=keys("3"))


def test_revoke_dialog(snap_compare: SnapCompare) -> None:
    """Who is hit, who stays alive, who comes back, how; Cancel has the focus."""
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=keys("R"))


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_assume_form(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """A remark beside every field, the dry run's refusal with its reason, the aws line; nothing is cut at
    80x24.
    """
    app = still_app(seconds=12)
    app.command_log.acting = app.simulation.resolve("bob")
    assert snap_compare(app, terminal_size=size, run_before=keys("a"))


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_explanation(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """The verdict in a sentence; the statement that decided, element by element, policy against request;
    then every
    policy type in AWS's order, the denying one set off.
    """
    assert snap_compare(revoked_app(), terminal_size=size, run_before=keys("x"))


def test_acting_as_a_session(snap_compare: SnapCompare) -> None:
    """The header shows the chain with time left and its limit; header and the focused border are orange."""
    app = still_app(seconds=12)
    app.command_log.acting = app.simulation.resolve("hotfix-812@BreakGlass")
    assert snap_compare(app, terminal_size=MIDDLE, run_before=keys("3"))


def test_light_theme(snap_compare: SnapCompare) -> None:
    """Dark on light, nothing pale; denials orange-brown, allowed blue."""
    assert snap_compare(
        revoked_app(Options(preset="default", theme="light")), terminal_size=MIDDLE, run_before=keys()
    )


def test_without_colour(snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Greys only: DENY! reversed, the cursor's row reversed, keys bold."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(revoked_app(), terminal_size=MIDDLE, run_before=keys())


def test_ascii(snap_compare: SnapCompare) -> None:
    """No character beyond ASCII: borders of + - |, X for revoked, = bars."""
    assert snap_compare(
        revoked_app(Options(preset="default", is_ascii=True)), terminal_size=MIDDLE, run_before=keys("3")
    )


def test_help(snap_compare: SnapCompare) -> None:
    """What the pane shows, then keys by group; those that cannot be used are dim and say why."""
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=keys("question_mark"))


def test_revoke_dialog_where_there_is_hardly_room(snap_compare: SnapCompare) -> None:
    """At 60x15 the facts scroll; both buttons and their keys stay in sight."""
    assert snap_compare(still_app(seconds=12), terminal_size=(60, 15), run_before=keys("R"))


def test_marked_roles_are_revoked_together(snap_compare: SnapCompare) -> None:
    """A tick before each marked role, `2 marked` in the title; the question says role by role who is hit."""
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=keys("m", "m", "R"))


def test_output_on_the_small_screen(snap_compare: SnapCompare) -> None:
    """At 80x24 output, panes and both bottom lines share the rows; the keys are those of the line."""

    async def type_line(pilot: Pilot[Any]) -> None:
        await pilot.press("colon")
        await pilot.press(*"undo", "enter")
        await pilot.pause()

    assert snap_compare(still_app(seconds=12), terminal_size=SMALL, run_before=type_line)


def test_too_small(snap_compare: SnapCompare) -> None:
    """One sentence that says how large is large enough."""
    assert snap_compare(still_app(), terminal_size=(50, 12), run_before=keys())


def test_command_bar(snap_compare: SnapCompare) -> None:
    """The drawer holds the output as the CLI would print it; the bar stays open below it."""

    async def type_line(pilot: Pilot[Any]) -> None:
        await pilot.press("colon")
        pilot.app.screen.query_one("#command-line").value = "aws sts get-caller-identity"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()

    app = still_app(seconds=12)
    app.command_log.acting = app.simulation.resolve("alice")
    assert snap_compare(app, terminal_size=MIDDLE, run_before=type_line)


@pytest.mark.parametrize(
    ("name", "pressed"), [("reach", "W"), ("timeline", "t"), ("operations", "O"), ("commands", "L")]
)
def test_overviews(snap_compare: SnapCompare, name: str, pressed: str) -> None:
    """Nothing wraps that should not; headings, columns and bars line up."""
    app = revoked_app()

    async def open_it(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        await pilot.press(pressed)
        for _ in range(200):  # reach is found in a thread
            if pilot.app.screen is not app.main:
                break
            await pilot.pause(0.05)
        await pilot.pause()

    assert snap_compare(app, terminal_size=MIDDLE, run_before=open_it)
