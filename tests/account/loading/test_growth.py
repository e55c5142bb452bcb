"""What loading does grows with what differs, or at most with the file: counted, not timed."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from benchmarks.generator import organization
from sts_tui.account import policy_document
from sts_tui.account.checks import file_check, known_entities, plain_objects
from sts_tui.account.checks.format_check import FormatCheck
from sts_tui.account.diagnostics.locate import Locator
from sts_tui.account.loading.build import _Builder
from sts_tui.account.loading.load import from_json
from sts_tui.account.policies import packed_words

SIZES = (60, 180)
"""Roles: both above the number from which objects and documents are compared with compiled types here."""
MORE = SIZES[1] - SIZES[0]
FIRST = 20
"""This many of each kind go through the slow check."""
COUNTED: dict[str, tuple[Any, str]] = {
    "checked slowly": (FormatCheck, "check"),
    "compared": (msgspec, "convert"),
    "built": (_Builder, "_built"),
    "parsed": (policy_document, "_unpacked"),
    "reviewed": (file_check, "review_policy"),
}


@pytest.fixture(scope="module")
def calls() -> dict[str, tuple[int, int]]:
    """How often each function is called while the smaller and the larger file are loaded."""
    found: list[Counter[str]] = []
    for size in SIZES:
        counted: Counter[str] = Counter()
        with pytest.MonkeyPatch.context() as patch:
            for module in (plain_objects, file_check):
                patch.setattr(module, "_WORTH_COMPILING", FIRST)
                patch.setattr(module, "_seen", Counter())
            for name, (owner, attribute) in COUNTED.items():
                patch.setattr(owner, attribute, counting(counted, name, getattr(owner, attribute)))
            from_json(organization(size, 1))
        found.append(counted)
    small, large = found
    return {name: (small[name], large[name]) for name in COUNTED}


def counting(counted: Counter[str], name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        counted[name] += 1
        return real(*given, **named)

    return call


Calls = dict[str, tuple[int, int]]


def test_the_slow_check_does_not_see_more_objects_in_a_larger_file(calls: Calls) -> None:
    """Key by key go only the first objects of each kind, and what there are few of: accounts, users."""
    small, large = calls["checked slowly"]
    assert small > FIRST
    assert large - small < MORE / 20


def test_an_object_is_compared_once(calls: Calls) -> None:
    small, large = calls["compared"]
    assert large - small == MORE


def test_an_entity_is_built_once_and_equal_tags_are_one(calls: Calls) -> None:
    """A role, an inline policy and the tag that differs."""
    small, large = calls["built"]
    assert MORE < large - small < 3.1 * MORE


def test_valid_documents_are_not_parsed_and_no_rule_is_asked(calls: Calls) -> None:
    """But those that name a role, one in three here, to look it up."""
    small, large = calls["parsed"]
    assert large - small < 0.5 * MORE
    small, large = calls["reviewed"]
    assert large - small < 0.1 * MORE


def test_validate_parses_no_plain_document_and_reads_the_text_once_for_lines() -> None:
    """Containers that are entered for lines grow with the warnings, and each is entered once."""
    found: list[Counter[str]] = []
    for size in SIZES:
        counted: Counter[str] = Counter()
        with pytest.MonkeyPatch.context() as patch:
            for module in (plain_objects, file_check):
                patch.setattr(module, "_WORTH_COMPILING", FIRST)
                patch.setattr(module, "_seen", Counter())
            for name, owner, attribute in (
                ("compared as a whole", packed_words, "unknown_words"),
                ("entered", Locator, "_read_through"),
                ("walked", Locator, "_walked"),
            ):
                patch.setattr(owner, attribute, counting(counted, name, getattr(owner, attribute)))
            counted["warnings"] = len(from_json(organization(size, 1), vocabulary=True).warnings)
        found.append(counted)
    small, large = found
    assert large["warnings"] > 2 * small["warnings"]
    assert large["compared as a whole"] == small["compared as a whole"]
    assert large["walked"] == small["walked"] == 0
    # of each warning its role, list of policies, policy, document, statements, statement and list of actions
    assert large["entered"] - small["entered"] <= 8 * (large["warnings"] - small["warnings"]) + 3


def test_names_compared_for_a_hint_do_not_grow_with_the_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    real = known_entities.did_you_mean

    def counted(text: str, names: Iterable[str]) -> str:
        listed = list(names)
        compared.append(len(listed))
        return real(text, listed[:10])

    monkeypatch.setattr(known_entities, "did_you_mean", counted)
    arns = frozenset(f"arn:aws:iam::111122223333:role/role-{number:05d}" for number in range(9000))
    known = known_entities.KnownEntities({}, arns, frozenset())
    known.nearest("arn:aws:iam::111122223333:role/role-04000x")
    assert max(compared) <= known_entities.MOST_COMPARED


@pytest.mark.parametrize(("most", "is_frozen"), [(10, True), (500_000, False)])
def test_the_collector_does_not_examine_the_objects_of_a_large_model(
    monkeypatch: pytest.MonkeyPatch, most: int, is_frozen: bool
) -> None:
    frozen: list[bool] = []
    monkeypatch.setattr("sts_tui.account.loading.load._MANY_OBJECTS", most)
    monkeypatch.setattr("sts_tui.account.loading.load.gc.freeze", lambda: frozen.append(True))
    was_on = gc.isenabled()
    gc.enable()
    try:
        from_json({"Accounts": [{"AccountId": "111122223333", "RoleDetailList": []}]})
        assert gc.isenabled()
    finally:
        (gc.enable if was_on else gc.disable)()
    assert bool(frozen) is is_frozen
