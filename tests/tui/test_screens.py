"""Screens as text, where the words and their places are the point. Each docstring says what to look at.

`make snapshots` accepts the screens as they are now; the diff of `tests/tui/screens/*.txt` is the review.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from sts_tui.tours.reading.durations import parse_instant
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.app import StsApp
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.looking_back import look_back
from sts_tui.tui.options import Options
from sts_tui.tui.overviews.otherwise import ask_suspect
from sts_tui.tui.stage.presentation import present
from tests.support.cloudtrail import leaked_credentials
from tests.support.explorer import still_app
from tests.support.screens import (
    LARGE,
    MIDDLE,
    SMALL,
    acting,
    compare,
    desk_of,
    game_day_app,
    keys,
    many_long_names,
    revoked_app,
    screen_text,
)
from tests.support.trails import trail_app, trail_of

Request = pytest.FixtureRequest


def sized(*sizes: tuple[int, int]) -> Any:
    return pytest.mark.parametrize("size", sizes, ids=lambda size: f"{size[0]}x{size[1]}")


@sized(SMALL, LARGE)
async def test_first_screen(size: tuple[int, int], request: Request) -> None:
    """Twelve seconds in. At 80x24 tabs and the requests; at 200x50 five panes. The status line names R."""
    text = await screen_text(still_app(seconds=12), size, keys())
    compare(f"first-screen-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE)
async def test_after_a_revocation(size: tuple[int, int], request: Request) -> None:
    """App's session reads `✖ revoked 09:00:12`, its requests `✖ DENY!` by AWSRevokeOlderSessions#1; a marker
    is between them and those before; BreakGlass is untouched. The status line counts, and names x.
    """
    text = await screen_text(revoked_app(), size, keys("3"))
    compare(f"after-a-revocation-{size[0]}x{size[1]}", text, request)


STORY = """scene The leak
say The thief has the credentials of **App**, and reads what he likes.
wait 12s
as i-0ab12cd34ef567890@App
scene Revoke active sessions
say One inline policy with a date ends every session that was issued before.
as alice
revoke App
wait 8s
"""


@sized(SMALL, MIDDLE)
async def test_stage(size: tuple[int, int], request: Request) -> None:
    """The deciding statement with its condition first, the time of the revoked session in big digits, the
    narration under `2/2  Revoke active sessions`; `n next step` first in the footer; no `expect`.
    """
    app = still_app()
    present(app, parse_tour(STORY, "story.tour"))
    compare(f"stage-{size[0]}x{size[1]}", await screen_text(app, size, keys(*"nnnnnn")), request)


@sized(SMALL, MIDDLE)
async def test_what_a_change_in_a_trail_would_have_prevented(size: tuple[int, int], request: Request) -> None:
    """None of the suspect's three calls after 09:12 would have happened; the instance's own call at
    09:17 would have failed, and is called legitimate. The reason is the statement of the revocation.
    """

    async def ask(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, StsApp)
        await pilot.pause()
        ask_suspect(app, parse_instant("2026-01-15T09:12:00Z"), "revoke App")
        await pilot.pause()
        await pilot.press(*"198", "enter")
        for _ in range(3_000):
            await pilot.pause(0.01)
            if isinstance(app.screen, ReadingScreen):
                break

    with trail_of(leaked_credentials()) as found:
        compare(f"trail-{size[0]}x{size[1]}", await screen_text(trail_app(found), size, ask), request)


@sized(SMALL, MIDDLE)
async def test_past_instant(size: tuple[int, int], request: Request) -> None:
    """Five seconds before the last denial: `PAST` in the header and on the line below, with `esc now`."""
    app = revoked_app()

    async def look(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        look_back(app, app.simulation.now - timedelta(seconds=5))
        await pilot.pause()

    compare(f"past-{size[0]}x{size[1]}", await screen_text(app, size, look), request)


@sized(SMALL, MIDDLE)
async def test_assume_form(size: tuple[int, int], request: Request) -> None:
    """A note beside every field, the dry run's denial with its reason, the aws command; nothing is cut at
    80x24.
    """
    text = await screen_text(acting(still_app(seconds=12), "bob"), size, keys("a"))
    compare(f"assume-form-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE, LARGE)
async def test_incident_desk(size: tuple[int, int], request: Request) -> None:
    """Whose, used by, what it can do; every cut with what it does to the holder, what it breaks, who comes
    back. `deny from 198.51.100.66` is best and selected; the line below has it in full.
    """
    text = await screen_text(still_app(seconds=12), size, desk_of("unknown-laptop"))
    compare(f"incident-desk-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE, LARGE)
async def test_incident_desk_of_long_names(size: tuple[int, int], request: Request) -> None:
    """The head has one line for each question, however long the names are, and all cuts of the user are in
    sight.
    """
    who = "platform-release-automation-production-deployment-robot"
    text = await screen_text(still_app(many_long_names()), size, desk_of(who))
    compare(f"incident-desk-of-long-names-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE)
async def test_a_cut_is_confirmed(size: tuple[int, int], request: Request) -> None:
    """What it does to the holder, what it breaks and until when, and the calls; Cancel has the focus."""
    text = await screen_text(still_app(seconds=12), size, desk_of("unknown-laptop", "home", "f5"))
    compare(f"cut-confirmed-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE, LARGE)
async def test_game_day(size: tuple[int, int], request: Request) -> None:
    """The header has the time left, what got through and what was denied; the score has the four measures."""
    text = await screen_text(game_day_app(420), size, keys("P"))
    compare(f"game-day-{size[0]}x{size[1]}", text, request)


@sized(SMALL, MIDDLE)
async def test_game_day_at_its_end(size: tuple[int, int], request: Request) -> None:
    """The total, and each step of the attacker with what became of it."""
    text = await screen_text(game_day_app(7_200), size, keys("P"))
    compare(f"game-day-at-its-end-{size[0]}x{size[1]}", text, request)


async def test_explanation(request: Request) -> None:
    """The verdict in a sentence; the deciding statement, policy against request; then every policy type."""
    compare("explanation-80x24", await screen_text(revoked_app(), SMALL, keys("x")), request)


async def test_ascii(request: Request) -> None:
    """No character beyond ASCII: borders of + - |, X for revoked, = bars."""
    app = revoked_app(Options(preset="default", is_ascii=True))
    compare("ascii-120x36", await screen_text(app, MIDDLE, keys("3")), request)


async def test_help(request: Request) -> None:
    """What the pane shows, then keys by group; unavailable ones give the reason."""
    text = await screen_text(still_app(seconds=12), MIDDLE, keys("question_mark"))
    compare("help-120x36", text, request)


async def test_revoke_dialog_in_a_small_terminal(request: Request) -> None:
    """At 60x15 the facts scroll; both buttons and their keys are visible."""
    text = await screen_text(still_app(seconds=12), (60, 15), keys("R"))
    compare("revoke-dialog-60x15", text, request)


async def test_marked_roles_are_revoked_together(request: Request) -> None:
    """A tick before each marked role, `2 marked` in the title; the dialog lists role by role who is hit."""
    text = await screen_text(still_app(seconds=12), MIDDLE, keys("m", "m", "R"))
    compare("marked-roles-120x36", text, request)


async def test_output_on_the_small_screen(request: Request) -> None:
    """At 80x24 output, panes, status line and footer share the rows; the footer has the keys of the bar."""

    async def type_line(pilot: Pilot[Any]) -> None:
        await pilot.press("colon")
        await pilot.press(*"undo", "enter")
        await pilot.pause()

    compare("output-80x24", await screen_text(still_app(seconds=12), SMALL, type_line), request)


async def test_too_small(request: Request) -> None:
    """One sentence that says how large is large enough."""
    compare("too-small-50x12", await screen_text(still_app(), (50, 12), keys()), request)


async def test_command_bar(request: Request) -> None:
    """The output panel holds what the CLI would print; the command bar closes."""

    async def type_line(pilot: Pilot[Any]) -> None:
        await pilot.press("colon")
        pilot.app.screen.query_one("#command-line").value = "aws sts get-caller-identity"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()

    text = await screen_text(acting(still_app(seconds=12), "alice"), MIDDLE, type_line)
    compare("command-bar-120x36", text, request)


@pytest.mark.parametrize(
    ("name", "pressed"), [("reach", "W"), ("timeline", "t"), ("operations", "O"), ("commands", "L")]
)
async def test_overviews(name: str, pressed: str, request: Request) -> None:
    """Nothing wraps that should not; headings, columns and bars line up."""
    app = revoked_app()

    async def open_it(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        await pilot.press(pressed)
        for _ in range(3_000):  # reach is computed in a thread
            if pilot.app.screen is not app.main and getattr(pilot.app.screen, "found", 1) is not None:
                break
            await pilot.pause(0.05)
        await pilot.pause()

    compare(f"{name}-120x36", await screen_text(app, MIDDLE, open_it), request)
