"""What does `sts-tui learn` do? It lists the exercises, opens one in the explorer, or grades a tour."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from sts_tui.account.diagnostics.printable import one_line
from sts_tui.cli import inputs
from sts_tui.cli.console import EXIT_FAILED, Paint, UserError, save_private, wants_color
from sts_tui.cli.entry_points import EntryPoints, ExplorerOptions
from sts_tui.cli.files import sample_account
from sts_tui.tours.exercises.exercise import Exercise
from sts_tui.tours.exercises.grade import GradedCheck, begin, grade, is_solved, play_answer
from sts_tui.tours.exercises.load import exercise, exercises
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """List, open or grade; 1 when the answer is wrong. Raises UserError."""
    if options.name is None:
        if options.check or options.junit:
            raise UserError("--check and --junit need the exercise: sts-tui learn NAME --check TOUR")
        print("\n".join(_listed(exercises())))
        return 0
    try:
        chosen = exercise(options.name)
    except LookupError as error:
        raise UserError(str(error.args[0])) from None
    if options.check:
        return _graded(chosen, Path(options.check), options.junit)
    if options.junit:
        raise UserError("--junit needs an answer to grade: --check TOUR")
    return entry_points.explore(
        replace(_explorer(options), files=chosen.files, exercise=chosen.name, journal=False)
    )


def _explorer(options: argparse.Namespace) -> ExplorerOptions:
    return ExplorerOptions(
        sample=sample_account(), theme=options.theme, keymap=options.keymap, ascii=options.ascii
    )


def _listed(all_of_them: Sequence[Exercise]) -> list[str]:
    widest = max(len(each.name) for each in all_of_them)
    lines = [f"{each.number:>2}  {each.name:<{widest}}  {each.title}" for each in all_of_them]
    return [*lines, "", "sts-tui learn NAME opens one; sts-tui learn NAME --check TOUR grades an answer."]


def _graded(chosen: Exercise, path: Path, junit: str | None) -> int:
    tour = inputs.read(path)
    attempt = begin(chosen)
    played = play_answer(attempt, tour)
    marks = grade(attempt)
    for line in report(chosen, marks, played, Paint(wants_color(sys.stdout))):
        print(line)
    if junit:
        from sts_tui.cli.formats.junit import grade_report  # imports XML: on first use

        save_private(Path(junit), grade_report(chosen.name, marks))
    return 0 if is_solved(marks) else EXIT_FAILED


def report(
    chosen: Exercise, marks: Sequence[GradedCheck], played: Sequence[PlayedLine], paint: Paint
) -> list[str]:
    """The grade as text: every check, with hints below a failed one."""
    lines = [paint.strong(f"== {chosen.number}. {chosen.title} ==")]
    for one in played:
        if one.result.outcome is StepOutcome.FAILED:
            where = f"line {one.line.number}: {one.line.text}: {one.result.message}"
            lines.append(paint.dim(one_line(f"your {where}")))
    for mark in marks:
        lines.append(
            f"{paint.good('passed') if mark.is_passed else paint.bad('FAILED')}  {one_line(mark.title)}"
        )
        if not mark.is_passed:
            lines += [f"        {one_line(row)}" for row in (mark.message, *mark.hints) if row.strip()]
    count = sum(mark.is_passed for mark in marks)
    return [*lines, "", f"{count} of {len(marks)} checks passed"]
