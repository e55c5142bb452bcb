"""What is written as a tour is read back as the same steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.tours import steps
from sts_tui.tours.grammar import parse_step, parse_tour
from sts_tui.tours.writing import write_step, write_tour

SAMPLES = sorted((Path(__file__).parents[2] / "sample_accounts").glob("*.tour"))

words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="$"), min_size=1)
texts = st.lists(words, min_size=1, max_size=4).map(" ".join)
context = st.lists(st.tuples(words.filter(lambda word: "=" not in word), texts), max_size=3).map(tuple)

any_step = st.one_of(
    st.builds(steps.Account, st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(steps.Say, texts),
    st.builds(steps.As, texts),
    st.builds(steps.Set, st.just("theme"), texts),
    st.builds(
        lambda role, query, may_fail: steps.Aws(
            ("sts", "assume-role", "--role-arn", role, "--role-session-name", query), may_fail
        ),
        texts.filter(lambda text: not text.startswith("--")),
        words.filter(lambda word: not word.startswith("--")),
        st.booleans(),
    ),
    st.builds(steps.Request, st.just("s3:GetObject"), texts.map("arn:{}".format), context, st.booleans()),
    st.builds(steps.Revoke, texts, st.booleans()),
    st.builds(steps.WaitUntilExpires, texts),
    st.builds(steps.ExpectDecision, st.booleans(), st.none() | texts),
    st.builds(steps.ExpectError, words, st.none() | texts, st.none() | st.just("403")),
    st.builds(steps.ExpectOutput, st.just("a.b[?c == 'd']"), texts),
    st.builds(steps.ExpectSession, texts, st.sampled_from(["active", "revoked", "expired", "orphaned"])),
    st.builds(steps.Press, st.lists(words, min_size=1, max_size=3).map(tuple)),
    st.builds(steps.Type, texts),
    st.sampled_from([steps.ExpectOk(), steps.Undo(), steps.Redo(), steps.WaitFor("1h30m"), steps.Shot("x")]),
)


@given(any_step)
def test_a_written_step_is_read_back_as_it_was(step: steps.Step) -> None:
    assert parse_step(write_step(step)) == step


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_sample_tours_survive_being_written_again(path: Path) -> None:
    read = [line.step for line in parse_tour(path.read_text(), path.name).lines]
    assert [line.step for line in parse_tour(write_tour(read), "again").lines] == read


def test_line_breaks_cannot_break_a_tour() -> None:
    assert write_step(steps.Say("one\ntwo")) == "say one two"
    assert write_step(steps.As("a\nundo")) == "as 'a undo'"
