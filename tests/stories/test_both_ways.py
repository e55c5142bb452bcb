"""What the screen promises, each with a story by keys and one by mouse: a table whose stories exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PROMISES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "actions apply to the row under the cursor": (
        (
            "tui/test_selection.py::test_a_filter_of_the_sessions_selects_session_and_role",
            "tui/test_selection.py::test_however_the_cursor_moves_the_dialog_names_its_row",
        ),
        ("stories/test_mouse_alone.py::test_a_click_on_a_row_selects_it_for_every_action",),
    ),
    "what has the focus looks like it, and forms step field by field": (
        (
            "tui/test_focus.py::test_what_has_the_focus_looks_different",
            "tui/test_focus.py::test_the_assume_form_steps_field_by_field_and_loses_nothing_typed",
        ),
        (
            "stories/test_mouse_alone.py::test_a_click_gives_the_focus_to_a_pane_and_it_looks_focused",
            "stories/test_mouse_alone.py::test_fields_of_a_form_are_filled_in_after_clicks_and_nothing_typed_is_lost",
        ),
    ),
    "verdicts are about AWS, and a form names who could": (
        ("stories/test_verdicts.py::test_the_form_names_who_could_assume_the_role_and_f3_acts_as_it",),
        (
            "stories/test_by_mouse.py::test_the_identity_that_could_is_acted_as_by_a_click",
            "stories/test_by_mouse.py::test_a_request_of_the_operator_continues_as_someone_else_by_a_click",
        ),
    ),
    "states are what AWS would answer now": (
        (
            "stories/test_states.py::test_a_cut_session_shows_the_statement_and_no_longer_counts_as_live",
            "stories/test_states.py::test_a_partly_cut_session_says_how_many_requests_are_denied",
        ),
        (
            "stories/test_by_mouse.py"
            "::test_a_cut_session_is_acted_as_by_a_double_click_and_the_header_says_what_cut_it",
        ),
    ),
    "the revoke dialog answers by name": (
        ("stories/test_revocation.py::test_the_dialog_answers_by_name_what_breaks_and_who_comes_back",),
        ("stories/test_revocation.py::test_the_same_story_by_mouse_alone",),
    ),
    "an explanation says why a statement did not match": (
        ("stories/test_why_not.py::test_session_that_survives_a_revocation_explains_itself_by_keys",),
        ("stories/test_why_not.py::test_misspelled_key_explains_itself_by_mouse",),
    ),
    "warnings appear wherever a policy comes in": (
        (
            "stories/test_warnings.py::test_warnings_of_an_account_file_are_counted_and_listed",
            "stories/test_warnings.py::test_editor_warns_before_saving_and_the_list_of_messages_keeps_it",
            "stories/test_warnings.py::test_command_bar_warns_after_the_write",
        ),
        ("stories/test_mouse_alone.py::test_a_warning_of_the_file_and_one_of_the_editor_are_read",),
    ),
    "forms show verdicts before anything is sent": (
        (
            "stories/test_request_form.py::test_the_verdict_follows_every_key",
            "stories/test_form_verdicts.py::test_chain_form_lists_roles_with_the_verdict_for_the_session",
            "stories/test_form_verdicts.py"
            "::test_f2_fills_in_the_source_identity_that_the_next_role_of_a_chain_asks_for",
        ),
        (
            "stories/test_request_form.py::test_a_click_goes_to_a_field_and_what_is_typed_goes_there",
            "stories/test_form_verdicts.py::test_a_click_fills_in_what_the_role_needs",
        ),
    ),
    "screens to read are searched, operations have forms, what-if leads to the edit": (
        (
            "stories/test_reading.py::test_reading_screens_are_searched",
            "stories/test_reading.py::test_operation_form_is_checked_at_every_key",
            "stories/test_reading.py"
            "::test_what_if_lists_what_changes_the_verdict_first_and_edits_with_the_fix_applied",
        ),
        (
            "stories/test_mouse_alone.py::test_help_is_searched_operations_open_a_form",
            "stories/test_mouse_alone.py::test_what_if_leads_to_the_editor_with_the_fix_applied",
        ),
    ),
    "the editor shows faults, completions and consequences": (
        (
            "stories/test_editor.py::test_actions_are_completed_by_tab_in_aws_s_case",
            "stories/test_editor.py"
            "::test_difference_and_consequences_are_shown_before_saving_and_hold_afterwards",
        ),
        (
            "stories/test_editor.py::test_an_error_of_json_is_marked_and_reached_by_key_and_by_mouse",
            "stories/test_editor.py::test_another_completion_is_taken_by_key_or_by_a_click",
            "stories/test_mouse_alone.py::test_a_warning_of_the_file_and_one_of_the_editor_are_read",
        ),
    ),
    "names stay different, and floods are one row": (
        (
            "stories/test_density.py::test_sixty_long_names_stay_different_in_every_list",
            "stories/test_density.py::test_tabs_that_do_not_fit_are_counted_and_what_restricts_stays",
            "stories/test_density.py::test_a_flood_of_denials_is_one_row_for_each_session_and_statement",
        ),
        (
            "stories/test_density.py"
            "::test_by_mouse_a_long_name_is_chosen_among_sixty_and_a_tab_comes_to_the_front",
            "stories/test_density.py::test_by_mouse_a_flood_of_denials_is_opened",
        ),
    ),
    "undo says what it reverts, and the palette finds nouns": (
        (
            "stories/test_orientation.py::test_undo_says_what_it_reverts_before_it_does",
            "stories/test_orientation.py::test_palette_finds_nouns_by_name_and_id",
        ),
        (
            "stories/test_orientation.py"
            "::test_undo_names_the_session_that_it_removes_and_is_confirmed_by_mouse",
            "stories/test_mouse_alone.py::test_the_palette_is_opened_and_an_entry_chosen",
        ),
    ),
}
"""Promise → (stories by keys, stories by mouse)."""


def functions_of(path: Path) -> dict[str, str]:
    """The source of each test of a module by its name, decorators included."""
    text = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.AsyncFunctionDef):
            found[node.name] = ast.get_source_segment(text, node) or ""
    return found


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_a_story_by_keys_and_one_by_mouse(promise: str) -> None:
    for stories, way in zip(PROMISES[promise], (".press(", "click"), strict=True):
        assert stories
        for story in stories:
            file, _, name = story.partition("::")
            source = functions_of(TESTS / file).get(name)
            assert source is not None, f"{story} is gone"
            assert way in source or way == ".press(", f"{story} does not use the mouse"
