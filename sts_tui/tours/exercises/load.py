"""Which exercises are there? The TOML files that are part of the samples.

Keys of a file: `title`, `goal`, `account` (a file, or a list, relative to it), `identities`, `setup`; any
number of `[[check]]` with `title` and `steps`; `[solution]` with `steps`; any number of `[[mistake]]` with
`title` and `steps`. Steps are those of tours. A file's name is a number, a dash and the exercise's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, ValidationError

from sts_tui.account.loading.bounded_file import read_bounded_text
from sts_tui.tours.exercises.exercise import Check, Exercise, Mistake
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tours.reading.samples import sample_folder
from sts_tui.tours.reading.steps import Tour


class ExerciseError(Exception):
    """A file of an exercise cannot be used; says which and why."""


class _Steps(Struct, frozen=True, forbid_unknown_fields=True):
    steps: str


class _Titled(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    steps: str


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    goal: str
    account: str | tuple[str, ...]
    identities: tuple[str, ...]
    setup: str = ""
    check: tuple[_Titled, ...]
    solution: _Steps
    mistake: tuple[_Titled, ...] = ()


def exercise_files() -> tuple[Path, ...]:
    """The files of all exercises, in their order."""
    return tuple(sorted((sample_folder() / "exercises").glob("*.toml")))


def exercises() -> tuple[Exercise, ...]:
    """All exercises, in their order. Raises ExerciseError."""
    return tuple(read_exercise(path) for path in exercise_files())


def exercise(name: str) -> Exercise:
    """The exercise with this name or number. Raises LookupError, which names the exercises; ExerciseError."""
    wanted = {name, name.zfill(2)}
    for path in exercise_files():
        if wanted & {_name(path), path.stem, path.stem.partition("-")[0]}:
            return read_exercise(path)
    raise LookupError(f"there is no exercise {name!r}; exercises: {', '.join(map(_name, exercise_files()))}")


def read_exercise(path: Path) -> Exercise:
    """The exercise in a file; raises ExerciseError."""
    import tomllib  # imported on first use

    import msgspec

    try:
        written = msgspec.convert(tomllib.loads(read_bounded_text(path, "utf-8")), _File)
        return _exercise(written, path)
    except (OSError, ValueError, ValidationError, TourError) as error:
        reasons = error.diagnostics if isinstance(error, TourError) else (error,)
        raise ExerciseError(f"{path.name}: {'; '.join(map(str, reasons))}") from None


def _exercise(written: _File, path: Path) -> Exercise:
    name, number = _name(path), int(path.stem.partition("-")[0])
    files = (written.account,) if isinstance(written.account, str) else written.account
    steps: Mapping[str, str] = {"setup": written.setup, "solution": written.solution.steps}
    tours = {part: _tour(text, f"{name}: {part}") for part, text in steps.items()}
    return Exercise(
        name=name,
        number=number,
        title=written.title,
        goal=written.goal.strip(),
        files=tuple((path.parent / file).resolve() for file in files),
        identities=written.identities,
        setup=tours["setup"],
        checks=tuple(Check(each.title, _tour(each.steps, f"{name}: {each.title}")) for each in written.check),
        solution=tours["solution"],
        mistakes=tuple(
            Mistake(each.title, _tour(each.steps, f"{name}: {each.title}")) for each in written.mistake
        ),
    )


def _name(path: Path) -> str:
    return path.stem.partition("-")[2]


def _tour(text: str, name: str) -> Tour:
    return parse_tour(text, name)
