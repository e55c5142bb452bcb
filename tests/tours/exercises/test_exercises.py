"""Every exercise can be solved, is not solved without its solution, and its tempting mistakes do not pass."""

from __future__ import annotations

import pytest

from sts_tui.tours.exercises import grade as grading
from sts_tui.tours.exercises.exercise import Exercise
from sts_tui.tours.exercises.load import exercise, exercise_files, exercises
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tours.reading.steps import Tour

ALL = exercises()
MISTAKES = [(each, mistake) for each in ALL for mistake in each.mistakes]


def marks(of: Exercise, answer: Tour) -> tuple[grading.GradedCheck, ...]:
    attempt = grading.begin(of)
    grading.play_answer(attempt, answer)
    return grading.grade(attempt)


def failed(of: tuple[grading.GradedCheck, ...]) -> list[str]:
    return [f"{mark.title}: {mark.message}" for mark in of if not mark.is_passed]


def test_there_are_twenty_numbered_in_order() -> None:
    assert [each.number for each in ALL] == list(range(1, 21))
    assert ALL[0].name == "who-may-assume"
    assert ALL[-1].name == "keep-the-shop-running"
    assert len({each.name for each in ALL}) == 20


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_the_stored_solution_solves_it(each: Exercise) -> None:
    attempt = grading.begin(each)
    played = grading.play_answer(attempt, each.solution)
    assert [one.result.message for one in played if one.result.outcome is StepOutcome.FAILED] == []
    found = grading.grade(attempt)
    assert failed(found) == []
    assert len(found) == len(each.checks) + 1


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_it_is_not_solved_without_its_solution(each: Exercise) -> None:
    found = marks(each, Tour(name="nothing", lines=()))
    assert not grading.is_solved(found)
    assert all(mark.message for mark in found if not mark.is_passed)


@pytest.mark.parametrize(
    ("each", "mistake"), MISTAKES, ids=[f"{each.name}: {one.title}" for each, one in MISTAKES]
)
def test_a_tempting_mistake_does_not_pass(each: Exercise, mistake: Exercise) -> None:
    attempt = grading.begin(each)
    played = grading.play_answer(attempt, mistake.tour)  # type: ignore[attr-defined]
    assert [one.result.message for one in played if one.result.outcome is StepOutcome.FAILED] == []
    found = grading.grade(attempt)
    assert not grading.is_solved(found)
    assert found[-1].is_passed


def test_a_failed_check_brings_the_explanation_of_the_request_as_its_hint() -> None:
    first = exercise("a-leaked-key")
    key_only = first.mistakes[0].tour
    found = {mark.title: mark for mark in marks(first, key_only)}
    worker = found["The session of Worker is denied"]
    assert "worker-work" in "\n".join(worker.hints)


def test_the_operator_does_not_solve_anything() -> None:
    answer = parse_tour("as operator@prod\nrevoke App", "answer")
    found = marks(exercise("end-the-stolen-session"), answer)
    assert [mark.title for mark in found if not mark.is_passed] == [grading.RULE]
    assert "operator" in found[-1].message


def test_grading_changes_nothing() -> None:
    attempt = grading.begin(exercise("end-the-stolen-session"))
    before = attempt.simulation.events.last_number, attempt.simulation.now
    assert grading.grade(attempt) == grading.grade(attempt)
    assert (attempt.simulation.events.last_number, attempt.simulation.now) == before


def test_a_tours_own_account_and_seed_do_not_count() -> None:
    answer = parse_tour("account elsewhere.json\nset seed 9\nas alice\nrevoke App", "recorded")
    assert grading.is_solved(marks(exercise("end-the-stolen-session"), answer))


def test_an_exercise_is_found_by_name_and_by_number() -> None:
    assert exercise("1").name == exercise("01").name == exercise("who-may-assume").name
    with pytest.raises(LookupError, match="keep-the-shop-running"):
        exercise("ghost")


def test_every_file_ships_with_goal_checks_and_a_mistake() -> None:
    assert len(exercise_files()) == 20
    for each in ALL:
        assert each.goal
        assert each.checks
        assert each.mistakes, each.name
