"""The score of a game day on the screen: a strip in the header while it is played, the debrief at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.simulation.views.game_score import Measure, Score, attempt_text, score_of
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Style, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

_WIDTH: Final = 28


def open_score(app: Host) -> None:
    """Shows the current score; at the end with everything that the attacker did."""
    score = score_of(app.simulation.world)
    if score is None:  # the action is not available then
        return
    title = "Game day: the score" if score.is_over else f"Game day until {clock_time(score.ends_at)}"
    app.ask(ReadingScreen(title, score_lines(score)), app.copied("score"))


def announce(app: Host) -> None:
    """Opens the score as soon as the game day is over."""
    app.say("The game day is over.")
    open_score(app)


def score_lines(score: Score) -> list[tuple[Line, int]]:
    """The four measures, the total, and the debrief."""
    lines: list[Line] = [_measure(one) for one in score.measures]
    total = "total" if score.is_over else "so far"
    lines += [
        (),
        line((f"{total:<{_WIDTH}}", "strong"), (f"{score.total} of {score.most} points", "key")),
        (),
    ]
    if score.debrief:
        lines.append(line(("What the attacker did", "title")))
    else:
        lines.append(line(("What the attacker did is shown when it is over.", "muted")))
    for attack, attempts in score.debrief:
        style: Style = "deny" if attempts.through and attack.is_counted else "allow"
        lines.append(line((f"  {one_line(attack.text)}", "plain")))
        lines.append(
            line((f"      {one_line(attempt_text(attack, attempts))}", style if attempts.made else "muted"))
        )
    return [(each, 4) for each in lines]


def _measure(one: Measure) -> Line:
    style: Style = "allow" if one.points == 25 else "warning" if one.points else "deny"
    return line(
        (f"{one.name:<{_WIDTH}}", "plain"),
        (f"{one.text:>10}", "strong"),
        (f"   par {one.par_text:>7}", "muted"),
        (f"   {one.points:>2} point{'' if one.points == 1 else 's'}", style),
    )
