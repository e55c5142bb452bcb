"""Every action once: help, a handler, keys that do not clash, and a reason when it cannot be done."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.tui.dialogs.help import help_lines
from sts_tui.tui.handlers import handlers
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from sts_tui.tui.keys.keymap import NAVIGATION, PRESETS, keymap, load_keymap
from sts_tui.tui.text.footer_text import footer
from sts_tui.tui.text.styled_text import text_of
from tests.support.explorer import open_explorer

EVERYTHING = ActionContext(
    role_arn="arn:aws:iam::111122223333:role/App",
    session_key="ASIA",
    session_label="job@App",
    session_state=SessionState.ACTIVE,
    session_role_arn="arn:aws:iam::111122223333:role/App",
    request_number=1,
    denied_since_revocation=1,
    undoable=1,
    redoable=1,
    acting_is_session=True,
    assumed_before=True,
    rows_shown=1,
    subject="App",
    policies=4,
    is_presenting=True,
    has_game_day=True,
    has_trail=True,
)


def test_every_action_has_exactly_one_handler() -> None:
    assert set(handlers()) == set(ACTIONS)


@pytest.mark.parametrize("spec", ACTIONS.values(), ids=lambda spec: spec.id)
def test_every_action_is_explained(spec: object) -> None:
    assert len(spec.help) > 10  # type: ignore[attr-defined]
    assert spec.help.endswith((".", "?"))  # type: ignore[attr-defined]
    assert spec.label  # type: ignore[attr-defined]
    assert spec.keys  # type: ignore[attr-defined]


def test_no_dangerous_action_is_on_a_navigation_key() -> None:
    for spec in ACTIONS.values():
        assert not set(spec.keys) & NAVIGATION, spec.id


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_clash_with_nothing(preset: str) -> None:
    made = keymap(preset)
    assert made.problems == ()
    taken: dict[str, str] = {}
    for id, keys in made.keys.items():
        assert keys, f"{id} has no key in {preset}"
        for key in keys:
            assert taken.setdefault(key, id) == id, f"{key} in {preset}"
            assert key not in NAVIGATION or preset == "vim"


NEVER_BLOCKED = {
    "animate",
    *("open", "open_trail"),
    *(
        "identity",
        "sign_in",
        "request",
        "diff",
        "reach",
        "operations",
        "timeline",
        "command_log",
        "messages",
        "matrix",
    ),
    *("pause", "faster", "slower", "next_event", "save", "filter", "sort", "sort_reverse", "command"),
    *("palette", "help", "full_screen", "back", "copy_menu", "dump", "theme", "quit", "fold"),
    *("pane_before", "nouns"),
    *(f"pane_{name}" for name in ("roles", "policies", "sessions", "requests", "explanation")),
}
"""What can be done with nothing chosen, in the roles; all else says why not."""


@pytest.mark.parametrize("spec", ACTIONS.values(), ids=lambda spec: spec.id)
def test_an_action_that_cannot_be_done_says_why(spec: ActionSpec) -> None:
    assert bool(spec.reason_against(ActionContext())) == (spec.id not in NEVER_BLOCKED)


async def test_asking_for_what_cannot_be_done_now_gives_the_reason_and_does_nothing() -> None:
    async with open_explorer() as explorer:
        await explorer.press("2")
        app, version = explorer.app, explorer.app.simulation.world
        reasons = {spec.id: spec.reason_against(app.action_context()) for spec in ACTIONS.values()}
        blocked = {id: reason for id, reason in reasons.items() if reason}
        assert {"undo", "sort", "step_out", "tour_next"} <= set(blocked)
        for id, reason in blocked.items():
            app.perform(id)
            assert explorer.message() == f"{ACTIONS[id].label}: {reason}."
        assert app.screen is app.main
        assert app.simulation.world is version


def test_nothing_is_blocked_when_everything_is_chosen() -> None:
    blocked = {spec.id for spec in ACTIONS.values() if spec.reason_against(EVERYTHING)}
    assert blocked == {"cut_off_user"}, "R is for roles' sessions, U for what users issued"


def test_readonly_removes_whatever_edits() -> None:
    from msgspec.structs import replace

    readonly = replace(EVERYTHING, is_readonly=True)
    for spec in ACTIONS.values():
        if spec.edits or spec.danger:
            assert spec.reason_against(readonly), spec.id
    shown = {part.action for part in footer(readonly, keymap())}
    assert not {id for id in shown if ACTIONS[id].edits or ACTIONS[id].danger}


def test_help_lists_every_action_and_the_reason_against_it() -> None:
    text = "\n".join(text_of(spans) for spans, _ in help_lines("A pane.", keymap(), ActionContext()))
    for spec in ACTIONS.values():
        assert spec.help in text
    assert "Nothing to undo" in text


def test_an_own_keymap_is_read_and_its_clashes_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "keymap.json"
    file.write_text(
        '{"preset": "lazygit", "keys": '
        '{"revoke": "ctrl+x", "explain": ["x", "R"], "nonsense": "q", "undo": "j"}}'
    )
    read = load_keymap(file)
    assert read.keys["revoke"] == ("ctrl+x",)
    assert read.keys["explain"] == ("x", "R")
    assert read.keys["full_screen"] == ("plus", "f"), "what the preset says stays"
    assert any("nonsense" in problem for problem in read.problems)
    assert any("navigation" in problem for problem in read.problems)


def test_two_actions_on_one_key_are_reported_as_a_conflict() -> None:
    made = keymap("default", {"revoke": "x"})
    assert made.keys["revoke"] == ("x",)
    assert made.keys["explain"] == ()
    assert any("x is assigned to revoke" in problem for problem in made.problems)


@pytest.mark.parametrize("text", ["", "[]", '{"keys": 7}', "{", '{"preset": []}', '{"keys": {"revoke": {}}}'])
def test_a_faulty_keymap_file_costs_nothing_but_itself(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keymap.json"
    file.write_text(text)
    assert load_keymap(file).keys["explain"] == ("x",)


async def test_own_keys_work_in_the_app(tmp_path: Path) -> None:
    from sts_tui.tui.options import Options

    file = tmp_path / "keymap.json"
    file.write_text('{"keys": {"help": "ctrl+g"}}')
    async with open_explorer(options=Options(keymap=file)) as explorer:
        await explorer.press("question_mark")
        assert explorer.app.screen is explorer.app.main, "the old key is gone"
        await explorer.press("ctrl+g")
        assert "all keys" in explorer.screen()


async def test_a_dim_key_explains_itself_when_pressed() -> None:
    async with open_explorer() as explorer:
        await explorer.press("u")
        assert "Nothing to undo" in explorer.message()


STORIES = Path(__file__).parents[2] / "stories"


@cache
def pressed_in_stories() -> frozenset[str]:
    """Every key that a story presses: the texts given to `press`."""
    calls = (
        node
        for path in STORIES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "press"
    )
    texts = (each.value for call in calls for each in call.args if isinstance(each, ast.Constant))
    return frozenset(text for text in texts if isinstance(text, str))


@pytest.mark.parametrize("spec", ACTIONS.values(), ids=lambda spec: spec.id)
def test_every_action_has_a_story(spec: ActionSpec) -> None:
    assert set(spec.keys) & pressed_in_stories(), f"no story presses {' or '.join(spec.keys)}"
