"""A persistent map is a dict that never changes, and whose edits cost what they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account import persistent_map
from sts_tui.account.persistent_map import PersistentMap
from tests.support.examples import examples

KEYS = st.sampled_from("abcdefgh")
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.dictionaries(KEYS, st.integers(), max_size=3)),
        st.tuples(st.just("remove"), st.lists(KEYS, max_size=3)),
        st.tuples(st.just("rename"), st.tuples(KEYS, KEYS, st.integers())),
        st.tuples(st.just("first"), st.tuples(KEYS, st.integers())),
    ),
    max_size=30,
)


def edited(entries: dict[str, int], kind: str, what: Any) -> dict[str, int]:
    """The same edit of a plain dict."""
    match kind:
        case "set":
            return {**entries, **what}
        case "remove":
            return {key: one for key, one in entries.items() if key not in what}
        case "rename":
            old, new, value = what
            if new in entries or old not in entries:
                return entries
            return {
                (new if key == old else key): (value if key == old else one) for key, one in entries.items()
            }
    key, value = what
    return entries if key in entries else {key: value, **entries}


def edited_map(entries: PersistentMap[str, int], kind: str, what: Any) -> PersistentMap[str, int]:
    match kind:
        case "set":
            return entries.updated(what)
        case "remove":
            return entries.without(what)
        case "rename":
            old, new, value = what
            return entries if new in entries or old not in entries else entries.renamed(old, new, value)
    key, value = what
    return entries if key in entries else entries.inserted({key: value}, {key: None})


@settings(max_examples=examples(150), deadline=None)
@given(EDITS, st.sampled_from([1, 16]))
def test_every_version_says_what_a_dict_would_say_in_its_order(edits: list[Any], overlay: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent_map, "_LEAST_OVERLAY", overlay)
        plain: dict[str, int] = {"a": 1, "b": 2}
        versions = [(plain, PersistentMap(plain))]
        for kind, what in edits:
            plain, newest = versions[-1]
            versions.append((edited(plain, kind, what), edited_map(newest, kind, what)))
    for plain, frozen in versions:
        assert list(frozen.items()) == list(plain.items())
        assert list(frozen) == list(plain) == list(reversed(list(reversed(frozen))))
        assert list(frozen.values()) == list(plain.values())
        assert len(frozen) == len(plain)
        assert frozen == plain
        assert frozen.last_keys(2) == list(plain)[-2:]
        for key in "abcdefgh":
            assert frozen.get(key) == plain.get(key)
            assert (key in frozen) is (key in plain)
            if key not in plain:
                with pytest.raises(KeyError):
                    frozen[key]


def test_an_entry_may_be_inserted_behind_one_that_was_inserted_before_it() -> None:
    entries = PersistentMap({"a": 1, "d": 4})
    assert list(entries.inserted({"c": 3, "b": 2}, {"b": "a", "c": "b"})) == ["a", "b", "c", "d"]


def copied_entries(size: int, edits: int) -> int:
    """How many entries are copied by this many edits of a map of this size."""
    counted = 0

    def copy(entries: Any) -> dict[Any, Any]:
        nonlocal counted
        made = dict(entries)
        counted += len(made)
        return made

    entries: PersistentMap[str, int] = PersistentMap({str(number): number for number in range(size)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent_map, "_copied", copy)
        for edit in range(edits):
            entries = entries.updated({str(edit % size): edit})
    return counted


@pytest.mark.parametrize("edits", [1_000])
def test_an_edit_costs_far_less_than_the_map(edits: int) -> None:
    """Sixteen times the size: four times the entries copied, where copying the map would take sixteen."""
    small, large = copied_entries(1_000, edits), copied_entries(16_000, edits)
    assert large < 5 * small
    assert large < edits * 16_000 / 50


def test_versions_that_share_their_entries_name_where_they_can_differ() -> None:
    before = PersistentMap({str(number): number for number in range(1_000)})
    after = before.updated({"7": 0}).without(["8"])
    assert sorted(keys_of(after.may_differ_at(before))) == ["7", "8"]
    assert after.may_differ_at(PersistentMap(before)) is None


def keys_of(found: Iterable[str] | None) -> list[str]:
    assert found is not None
    return list(found)
