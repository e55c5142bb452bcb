"""Arguments, entry points, exit codes, and mistakes reported in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest

from sts_tui import __version__
from sts_tui.cli.arguments import SHELLS, build_parser, parse_arguments
from sts_tui.cli.command_options import CREDENTIAL_FORMATS
from sts_tui.cli.commands import COMMANDS, EXPLORE
from sts_tui.cli.files import sample_account
from tests.cli.conftest import Opened, Printed

Command = Callable[..., Printed]
NAMED = [
    "run",
    "shoot",
    "record",
    "creds",
    "export",
    "selftest",
    "validate",
    "schema",
    "reach",
    "incident",
    "fetch",
    "serve",
    "can",
    "explain",
    "learn",
    "replay",
]


def test_without_a_command_the_explorer_opens_on_the_sample(sts_tui: Command, opened: Opened) -> None:
    assert sts_tui().code == 0
    (options,) = opened.explored
    assert options.files == ()
    assert options.sample == sample_account()
    assert options.sample.is_file()
    assert options.journal


def test_files_and_options_reach_the_explorer(
    sts_tui: Command, opened: Opened, tour: Callable[..., Path]
) -> None:
    path = tour("undo")
    words = [
        "a.json",
        "b.json",
        "--tour",
        path,
        "--readonly",
        "--theme",
        "light",
        "--keymap",
        "vim",
        "--ascii",
    ]
    sts_tui(
        *words,
        "--resume",
        "--no-journal",
        "--seed",
        "7",
        "--start",
        "2026-02-01T00:00:00Z",
        "--calm",
        "--reader",
    )
    (options,) = opened.explored
    assert options.files == (Path("a.json"), Path("b.json"))
    assert options.tour == path
    assert (options.readonly, options.ascii, options.resume, options.journal) == (True, True, True, False)
    assert (options.theme, options.keymap, options.seed) == ("light", "vim", 7)
    assert (options.calm, options.reader, options.mouse) == (True, True, True)
    assert options.start == datetime(2026, 2, 1, tzinfo=UTC)


def test_options_may_come_before_files(sts_tui: Command, opened: Opened) -> None:
    sts_tui("--readonly", "mine.json")
    assert opened.explored[0].readonly
    assert opened.explored[0].files == (Path("mine.json"),)


def test_a_tour_among_the_files_is_presented(
    sts_tui: Command, opened: Opened, tour: Callable[..., Path]
) -> None:
    path = tour("undo")
    sts_tui(path)
    assert opened.explored[0].tour == path
    assert opened.explored[0].files == ()


def test_a_broken_tour_is_reported_before_a_screen_opens(
    sts_tui: Command, opened: Opened, tour: Callable[..., Path]
) -> None:
    printed = sts_tui("--tour", tour("bogus"))
    assert printed.code == 2
    assert opened.explored == []


def test_shoot_makes_the_folder_and_hands_the_tour_over(
    sts_tui: Command, opened: Opened, tour: Callable[..., Path], tmp_path: Path
) -> None:
    path = tour("shot a")
    assert sts_tui("shoot", path, "--out", tmp_path / "deep" / "pictures").code == 0
    ((read, folder, options, pictures),) = opened.shot
    assert (len(read.lines), folder, options.tour) == (2, tmp_path, path)
    assert pictures.is_dir()


def test_record_names_the_tour_to_write(sts_tui: Command, opened: Opened, tmp_path: Path) -> None:
    sts_tui("record", "mine.json", "--out", tmp_path / "new.tour")
    assert opened.explored[0].record_to == tmp_path / "new.tour"
    assert sts_tui("record", "--out", tmp_path / "no" / "new.tour").code == 2


@pytest.mark.parametrize("command", NAMED)
def test_every_command_has_help_with_examples(sts_tui: Command, command: str) -> None:
    printed = sts_tui(command, "--help")
    assert printed.code == 0
    assert f"usage: sts-tui {command}" in printed.out
    assert "examples:\n  " in printed.out
    assert f"sts-tui {command}" in printed.out.split("examples:")[1]


def test_the_examples_of_the_help_are_command_lines_that_parse() -> None:
    import shlex

    for name, command in COMMANDS.items():
        for example in command.examples:
            if example.startswith("sts-tui"):  # others put it inside `eval "$(…)"`
                words = shlex.split(example.partition(" > ")[0])
                assert parse_arguments(words[1:]).command == name


def test_the_version_is_that_of_the_package(sts_tui: Command) -> None:
    assert sts_tui("--version").out == f"sts-tui {__version__}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_every_command(sts_tui: Command, shell: str) -> None:
    printed = sts_tui("--print-completion", shell)
    assert printed.code == 0
    assert all(command in printed.out for command in NAMED)
    assert "--junit" in printed.out


@pytest.mark.parametrize("command", ["can", "creds", "incident"])
def test_a_file_where_who_belongs_is_reported_as_one(sts_tui: Command, command: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}")
    printed = sts_tui(command, str(path))
    assert (printed.code, printed.out) == (2, "")
    given = f"--model {path}" if command == "can" else str(path)
    assert f"sts-tui {command} WHO {given}" in printed.err


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["vaildate", "x.json"], 'did you mean "validate"'),
        (["run"], "run needs either tours"),
        (["run", "x.tour", "-c", "undo"], "run needs either tours"),
        (["run", "x.tour"], "x.tour: no such file"),
        (["run", "nowhere.json", "-c", "undo"], "nowhere.json"),
        (["run", "--bogus"], "unrecognized arguments: --bogus"),
        (["run", "-c", "undo", "--seed", "-1"], "--seed"),
        (["run", "-c", "undo", "--start", "soon"], "is not an instant"),
        (["creds"], "required: WHO"),
        (["creds", "ghost"], "no one is named ghost"),
        (["creds", "operator"], "has no credentials"),
        (["creds", "alice", "--format", "xml"], "invalid choice"),
        (["export", "--out", "/nowhere/x.json"], "/nowhere/x.json"),
        (["reach", "--from", "ghost"], "no one is named ghost"),
        (["reach", "--to", "Ghost"], "there is no role 'Ghost'"),
        (["selftest", "weather"], "there is no topic 'weather'"),
        (["shoot", "x.tour"], "required: --out"),
        (["a.tour", "b.tour"], "one tour at a time"),
    ],
)
def test_an_error_is_reported_in_one_line(sts_tui: Command, words: list[str], reported: str) -> None:
    printed = sts_tui(*words)
    assert printed.code == 2
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("sts-tui: ")
    assert reported in line


def test_control_characters_of_a_file_never_reach_the_terminal(sts_tui: Command) -> None:
    printed = sts_tui("run", "-c", "as \x1b[31mred\x07")
    assert "\x1b" not in printed.out + printed.err
    assert "\x07" not in printed.out + printed.err


def test_an_interruption_is_130(sts_tui: Command) -> None:
    with patch("sts_tui.cli.schema.perform", side_effect=KeyboardInterrupt):
        printed = sts_tui("schema")
    assert (printed.code, printed.err) == (130, "")


def test_every_command_has_its_module() -> None:
    assert set(COMMANDS) == {EXPLORE, *NAMED}
    for command in COMMANDS.values():
        assert callable(import_module(f"sts_tui.cli.{command.module}").perform)
    assert all(name in build_parser().format_help() for name in NAMED)


def test_creds_offers_every_format_that_there_is() -> None:
    from sts_tui.sts.delivery.credential_formats import DOCUMENTS, FORMATS

    assert (*FORMATS, *DOCUMENTS) == CREDENTIAL_FORMATS


def test_autoplay_goes_with_a_tour(sts_tui: Command, opened: Opened, tour: Callable[..., Path]) -> None:
    assert sts_tui("--autoplay", "--tour", tour("undo")).code == 0
    assert opened.explored[0].autoplay
    printed = sts_tui("--autoplay")
    assert printed.code == 2
    assert "--autoplay needs a tour" in printed.err


def test_notes_follow_a_tour_and_go_with_nothing_else(
    sts_tui: Command, opened: Opened, tour: Callable[..., Path]
) -> None:
    path = tour("undo")
    assert sts_tui("--notes", path).code == 0
    assert opened.followed == [path]
    assert sts_tui("--notes", path, "--tour", path).code == 2
    assert "bogus" in sts_tui("--notes", tour("bogus")).err
