"""An exercise on the screen: its goal, and which of its checks hold now, with hints for those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.tours.exercises.grade import Attempt, GradedCheck, final_state, grade, is_solved
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.narration import narration
from sts_tui.tui.text.styled_text import Line, Style, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

_INDENT: Final = 10


def open_exercise(app: Host, attempt: Attempt) -> None:
    """Shows the goal and the current grade. The checks are played on copies, in the background."""

    left = final_state(attempt)

    def compute(progress: Progress) -> tuple[GradedCheck, ...]:
        return grade(attempt, left)

    def show(marks: tuple[GradedCheck, ...]) -> None:
        app.clear_status()
        if is_solved(marks):
            app.say("Solved. Every check passed.", "allow")
        app.ask(ReadingScreen(title(attempt), exercise_lines(attempt, marks)), app.copied("exercise"))

    app.background.soon("Playing the checks", compute, show)


def open_goal(app: Host, attempt: Attempt) -> None:
    """Shows only the goal, as at the beginning."""
    lines = [*goal_lines(attempt), (line((_how(app), "muted")), 0)]
    app.ask(ReadingScreen(title(attempt), lines), app.copied("exercise"))


def title(attempt: Attempt) -> str:
    return f"Exercise {attempt.exercise.number}: {attempt.exercise.title}"


def goal_lines(attempt: Attempt) -> list[tuple[Line, int]]:
    """The paragraphs of the goal, each as one line that is wrapped to the window."""
    paragraphs = attempt.exercise.goal.split("\n\n")
    lines: list[tuple[Line, int]] = []
    for paragraph in paragraphs:
        lines += [(narration(paragraph, "plain"), 0), ((), 0)]
    return lines


def exercise_lines(attempt: Attempt, marks: tuple[GradedCheck, ...]) -> list[tuple[Line, int]]:
    """The goal, then every check, with hints below those that do not hold yet."""
    lines = goal_lines(attempt)
    for mark in marks:
        style: Style = "allow" if mark.is_passed else "warning"
        verdict = "holds" if mark.is_passed else "not yet"
        lines.append((line((f"{verdict:<{_INDENT}}", style), (one_line(mark.title), "strong")), _INDENT))
        if not mark.is_passed:
            rows = [row for row in (mark.message, *mark.hints) if row.strip()]
            lines += [(line((" " * _INDENT + one_line(row), "muted")), _INDENT) for row in rows]
    return lines


def _how(app: Host) -> str:
    key = app.keymap.first("score")
    return f"{key} checks your answer and gives hints. u undoes a change."
