"""An index of statements by resource leaves out only what cannot match, and looks at little."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import mixed
from sts_tui.iam import Request, evaluate, explain
from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.match import Element, Statement
from sts_tui.iam.resource_index import PrefixTable, ResourceIndex
from tests.support.examples import examples

ACCOUNT = "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/ana"
LETTERS = st.text("ab/", max_size=4)
PARTS = st.one_of(LETTERS, st.sampled_from(["*", "?", "**", "${aws:username}", "${*}", ":", "ana"]))
SHORT = st.lists(PARTS, max_size=5).map("".join)
PATTERNS = st.one_of(
    SHORT.map("arn:aws:s3:::".__add__),
    SHORT.map("arn:aws:s3:*:".__add__),
    st.sampled_from(["*", "arn:*", "arn:aws:s3", "arn:aws:s3:::*", "arn:aws:s3:::", "a?n:aws:s3:::a"]),
)
RESOURCES = st.one_of(
    st.text("ab/:n", max_size=10).map("arn:aws:s3:::".__add__),
    st.sampled_from(["*", "arn:aws:s3:::ana", "arn:aws:s3:::*", "arn:aws:s3:::a😀b", "arn:aws:s3:x:y:ana"]),
)


def compiled(entries: list[tuple[str, Any]]) -> tuple[Statement, ...]:
    written = [{"Effect": "Allow", "Action": "s3:*", element: patterns} for element, patterns in entries]
    return PolicyDocument({"Version": "2012-10-17", "Statement": written}).statements()


def places_in(index: ResourceIndex, resource: str) -> list[int]:
    return [place for _, _, place in index.to_compare(resource)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]),
            st.lists(PATTERNS, min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=30,
    ),
    RESOURCES,
)
@settings(deadline=None, max_examples=examples(400))
def test_what_is_left_out_cannot_match(entries: list[tuple[str, Any]], resource: str) -> None:
    statements = compiled(entries)
    index = ResourceIndex(statements, range(len(statements)))
    places = places_in(index, resource)
    assert places == sorted(set(places))
    request = Request(USER, "s3:GetObject", resource, ACCOUNT)
    matching = [n for n, each in enumerate(statements) if each.match(request) <= Element.MATCHED]
    assert set(matching) <= set(places)


@given(st.sets(st.text("ab", max_size=5)), st.text("ab", max_size=8), st.integers(0, 4))
def test_prefix_table_finds_every_prefix(texts: set[str], text: str, start: int) -> None:
    table = PrefixTable({each: each for each in texts})
    found = list(table.under_prefixes(text, start))
    assert found == sorted((each for each in texts if text[start:].startswith(each)), key=len, reverse=True)


def examples(number: int) -> list[str]:
    """Resources that one statement of the mixed policy is about, and one that none is."""
    return [
        f"arn:aws:s3:::bucket-{number}/x.csv",
        f"arn:aws:s3:::bucket-{number}/data-2026.csv",
        f"arn:aws:s3:::our-logs-{number}/x",
        f"arn:aws:s3:::home-{number}/deploy/x",
        f"arn:aws:s3:::bucket-{number}/in.csv",
        f"arn:aws:s3:::elsewhere/{number}",
    ]


@pytest.mark.parametrize("count", [1_000, 4_000])
def test_statements_compared_do_not_grow_with_those_that_exist(count: int) -> None:
    request, policies = mixed.mixed(count)
    concerned = policies.layers.concerned(request.action_key)
    indexes = [concerned.identity, *(candidates for _, candidates in concerned.long_denies)]
    assert all(isinstance(index, ResourceIndex) for index in indexes)
    for number in range(100, 130):
        for resource in examples(number):
            compared = [statement for index in indexes for statement in index.narrowed(resource)]  # type: ignore[union-attr]
            assert len(compared) <= 2, resource


@pytest.mark.parametrize("count", [1_000, 4_000])
def test_an_explanation_compares_what_a_decision_does(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request, policies = mixed.mixed(count)
    compared: list[int] = []
    for statement in policies.layers.identity.statements:  # type: ignore[union-attr]
        original = statement.match_beyond_action

        def counted(asked: Request, original: Any = original, index: int = statement.index) -> int:
            compared.append(index)
            return original(asked)  # type: ignore[no-any-return]

        monkeypatch.setattr(statement, "match_beyond_action", counted)
    assert evaluate(request, policies).is_allowed
    assert 1 <= len(compared) <= 3
    compared.clear()
    explained = explain(request, policies)
    assert 1 <= len(compared) <= 3
    ((_, codes),) = explained.codes
    assert codes == [statement.match(request) for statement in policies.layers.identity.statements]  # type: ignore[union-attr]


def test_many_different_later_texts_are_found_wherever_they_are() -> None:
    """More beginnings of texts than the search keeps apart."""
    texts = [f"{chr(0x4E00 + number)}-{number}" for number in range(600)]
    statements = compiled([("Resource", f"arn:aws:s3:::*{text}/*") for text in texts])
    index = ResourceIndex(statements, range(len(statements)))
    for place in (0, 7, 599):
        assert places_in(index, f"arn:aws:s3:::x{texts[place]}/y") == [place]
    assert places_in(index, "arn:aws:s3:::nothing") == []


WRITTEN = [
    "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::*-x/1", "arn:aws:s3:::*-y/*", "*", "arn:aws:s3",
    "arn:aws:s3:::ab*", "arn:aws:s3:::${aws:username}/*",
]  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "places"),
    [
        ("arn:aws:s3:::a", [0, 4, 5, 8]),
        ("arn:aws:s3:::a/1", [1, 4, 5, 7, 8]),
        ("arn:aws:s3:::q-x/1", [2, 4, 5, 7, 8]),
        ("arn:aws:s3:::-y/", [3, 4, 5, 7, 8]),
        ("arn:aws:s3:::abc", [4, 5, 6, 8]),
        ("arn:aws:s3:::ana/1", [4, 5, 7, 8]),
        ("*", [4, 8]),
    ],
)
def test_only_statements_whose_literals_occur_in_the_resource_are_compared(
    resource: str, places: list[int]
) -> None:
    statements = compiled([*(("Resource", [each]) for each in WRITTEN), ("NotResource", ["arn:aws:s3:::a"])])
    index = ResourceIndex(statements, range(len(statements)))
    assert places_in(index, resource) == places
    assert [each.index for each in index.narrowed(resource)] == places


def test_later_texts_that_overlap_are_all_found() -> None:
    """`aab` begins one letter before `abb`."""
    entries = [("Resource", [f"arn:aws:s3:::*{text}*"]) for text in ("aab", "abb", "bbb", "bab")]
    statements = compiled([*entries, *(("Resource", [f"arn:aws:s3:::*{n}x{n}*"]) for n in range(9))])
    places = places_in(ResourceIndex(statements, range(len(statements))), "arn:aws:s3:::-aabb-")
    assert {0, 1} <= set(places)
