"""Paths lead to lines, also in files of awkward layout."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.diagnostics import locate
from sts_tui.account.diagnostics.json_path import json_path, shown
from sts_tui.account.diagnostics.locate import Locator
from sts_tui.account.diagnostics.printable import printable


def test_lines_are_those_of_keys_and_items() -> None:
    text = '{\n"a"\n:\n[1,\n2, {"b":\n\n3}],\r\n"c": "\\n\\"{[", "d" : {}\n}'
    locator = Locator(text)
    assert locator.line(()) == 1
    assert locator.line(("a",)) == 2
    assert [locator.line(("a", index)) for index in range(3)] == [4, 5, 5]
    assert locator.line(("a", 2, "b")) == 5
    assert locator.line(("d",)) == 8


def test_a_path_that_does_not_exist_has_the_line_of_its_deepest_part() -> None:
    locator = Locator('{\n "a": [\n  {"b": "text"}]}')
    assert locator.line(("a", 0, "b", "c")) == 3
    assert locator.line(("a", 7)) == 2
    assert locator.line(("a", "x")) == 2
    assert locator.line(("z",)) == 1


def test_of_equal_keys_the_first_or_the_last_is_located() -> None:
    locator = Locator('{\n"a": 1,\n"a": {\n"b": 2}}')
    assert (locator.line(("a",)), locator.line(("a",), last=True)) == (2, 3)
    assert locator.line(("a", "b")) == 4


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4),
    max_leaves=20,
)


@given(JSON, st.data())
def test_every_place_is_found_whatever_was_asked_before(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value, indent=1)
    locator = Locator(text)
    paths = [((), value)]
    for steps, item in paths:
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        paths.extend(((*steps, key), item[key]) for key in keys)
    for steps, _ in data.draw(st.permutations(paths)):
        assert locator.line(steps) == line_by_marking(value, steps)


@given(JSON, st.data())
def test_paths_that_are_known_beforehand_have_the_same_lines(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value, indent=data.draw(st.sampled_from((None, 1))))
    paths = [()]
    for steps in paths:
        item = value
        for step in steps:
            item = item[step]
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        paths.extend((*steps, key) for key in keys)
    known = data.draw(st.lists(st.sampled_from(paths)))
    prepared, one_by_one = Locator(text, known), Locator(text)
    for steps in (*known, *paths):
        assert prepared.position(steps) == one_by_one.position(steps)


def test_repeated_keys_and_missing_paths_are_found_beforehand_too() -> None:
    text = '\ufeff{\n"a": 1, "\\u0061" : [ ] ,\n"a": {\n"b": [2, {"c":\n3}]}}'
    paths = [("a",), ("a", "b", 1, "c"), ("a", "b", 7), ("a", "x"), ("z", 0), ("a", "b", "c"), ()]
    prepared, one_by_one = Locator(text, paths), Locator(text)
    for steps in paths:
        for last in (False, True):
            assert prepared.line(steps, last=last) == one_by_one.line(steps, last=last)


def test_what_only_the_first_of_equal_keys_contains_has_the_line_of_the_last() -> None:
    text = '{\n"a": {\n"b": {\n"c": 1}},\n"a": {\n"d": 2}}'
    paths = [("a", "b"), ("a", "b", "c"), ("a", "d"), ("a",)]
    prepared = Locator(text, paths)
    assert [prepared.line(steps) for steps in paths] == [5, 5, 6, 2]
    assert [prepared.line(steps) for steps in paths] == [Locator(text).line(steps) for steps in paths]


def test_a_value_that_is_nested_too_deeply_has_the_line_of_its_holder() -> None:
    text = '{\n"a": 1,\n"b":\n' + "[" * 100_000 + "]" * 100_000 + "}"
    paths = [("a",), ("b", 0, 0)]
    assert [Locator(text, paths).line(steps) for steps in paths] == [Locator(text).line(one) for one in paths]


def test_what_contains_no_known_path_is_skipped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values read grow with what is reported and its neighbors, not with the file."""
    read: list[int] = []
    real = locate._scan_once
    monkeypatch.setattr(locate, "_scan_once", lambda text, at: (read.append(at), real(text, at))[1])
    counts = []
    for size in (10, 1000):
        read.clear()
        value = {"big": [{"x": [1, 2, 3]}] * size, "small": [{"x": [1, 2, 3]}]}
        Locator(json.dumps(value), [("small", 0, "x", 2)])
        counts.append(len(read))
    assert counts == [4, 4]


def line_by_marking(value: Any, steps: tuple[Any, ...]) -> int:
    """The line of a marker that was put at the place: the same question, asked of json.dumps."""
    if not steps:
        return 1
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = "<<here>>"
    lines = json.dumps(copy, indent=1).split("\n")
    return next(number for number, line in enumerate(lines, start=1) if '"<<here>>"' in line)


def test_keys_that_are_no_words_are_quoted_in_paths() -> None:
    steps = ("Statement", 0, "Condition", "StringEquals", "aws:PrincipalTag/x", 1)
    assert json_path(steps) == 'Statement[0].Condition.StringEquals["aws:PrincipalTag/x"][1]'
    assert json_path(()) == ""


def test_values_in_messages_are_short_and_harmless() -> None:
    assert shown("a" * 200).endswith("…")
    assert len(shown("a" * 200)) == 80
    assert shown("\x1b[2J") == '"\\u001b[2J"'
    assert printable("\u202e\x07") == "\\u202e\\u0007"
    assert shown(object()) == "object"
