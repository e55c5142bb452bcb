"""Pictures (SVG) where colors and borders are the point. Each docstring says what to look at.

`make snapshots` accepts them. What is a matter of words is in `test_screens`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sts_tui.tui.options import Options
from tests.support.explorer import still_app
from tests.support.screens import LARGE, MIDDLE, acting, desk_of, game_day_app, keys, revoked_app

SnapCompare = Callable[..., bool]


def test_first_screen(snap_compare: SnapCompare) -> None:
    """Twelve seconds in: roles, App's trust policy, the tree CI > Deploy > BreakGlass with countdowns and
    bars, requests newest first. The status line names R.
    """
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=keys())


def test_after_a_revocation(snap_compare: SnapCompare) -> None:
    """Five panes. App's session reads `✖ revoked 09:00:12`, its requests `✖ DENY!`; a bar marks the deciding
    statement in the policy; the explanation sets the denying layer off.
    """
    assert snap_compare(revoked_app(), terminal_size=LARGE, run_before=keys("3"))


def test_revoke_dialog(snap_compare: SnapCompare) -> None:
    """Who is hit, what breaks, who comes back, how; Cancel has the focus."""
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=keys("R"))


def test_explanation(snap_compare: SnapCompare) -> None:
    """The verdict in a sentence; the deciding statement, element by element; then every policy type in AWS's
    order, the denying one set off.
    """
    assert snap_compare(revoked_app(), terminal_size=MIDDLE, run_before=keys("x"))


def test_acting_as_a_session(snap_compare: SnapCompare) -> None:
    """The header shows the chain with time left and its limit; header and the focused border are orange."""
    app = acting(still_app(seconds=12), "hotfix-812@BreakGlass")
    assert snap_compare(app, terminal_size=MIDDLE, run_before=keys("3"))


def test_light_theme(snap_compare: SnapCompare) -> None:
    """Dark on light, nothing pale; denials orange-brown, allowed blue."""
    app = revoked_app(Options(preset="default", theme="light"))
    assert snap_compare(app, terminal_size=MIDDLE, run_before=keys())


def test_without_color(snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grays only: DENY! reversed, the cursor's row reversed, keys bold."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(revoked_app(), terminal_size=MIDDLE, run_before=keys())


def test_incident_desk(snap_compare: SnapCompare) -> None:
    """The best cut in the color of keys, `cut` in that of ALLOW, NOT CUT in that of DENY, what is broken in
    that of warnings.
    """
    press = desk_of("unknown-laptop")
    assert snap_compare(still_app(seconds=12), terminal_size=MIDDLE, run_before=press)


def test_game_day(snap_compare: SnapCompare) -> None:
    """The strip in the header; points in the color of ALLOW, of warnings, of DENY."""
    assert snap_compare(game_day_app(420), terminal_size=MIDDLE, run_before=keys("P"))
