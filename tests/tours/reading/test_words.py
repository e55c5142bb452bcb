"""Lines and words are split as a shell splits them."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.words import (
    Quoted,
    logical_lines,
    pasted_lines,
    split_words,
    without_continuations,
)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("request s3:GetObject *", ("request", "s3:GetObject", "*")),
        ("  as\t alice  ", ("as", "alice")),
        ("say 'one word' \"two words\"", ("say", "one word", "two words")),
        ("a'b'\"c\"\\ d", ("abc d",)),
        (r'"a \"quoted\" \$x \n"', (r'a "quoted" $x \n',)),
        (r"'back\slash'", (r"back\slash",)),
        ("expect output Tags ''", ("expect", "output", "Tags", "")),
        ("expect denied by App#Deny", ("expect", "denied", "by", "App#Deny")),
        ("expect denied # because of the date", ("expect", "denied")),
        ("type '#'", ("type", "#")),
    ],
)
def test_words_are_split_as_a_shell_splits_them(line: str, words: tuple[str, ...]) -> None:
    assert split_words(line) == words


@pytest.mark.parametrize("line", ["say 'open", 'request "s3', "'", "a'b"])
def test_an_open_quote_is_an_error_that_names_its_column(line: str) -> None:
    with pytest.raises(StepError, match=f"column {max(line.find(chr(39)), line.find(chr(34))) + 1}"):
        split_words(line)


def test_a_line_that_ends_in_a_backslash_continues_in_the_next() -> None:
    text = "aws sts assume-role \\\n  --role-arn x \\\n  --role-session-name y\nas alice"
    assert list(logical_lines(text)) == [
        (1, "aws sts assume-role   --role-arn x   --role-session-name y"),
        (4, "as alice"),
    ]


def test_two_backslashes_at_the_end_are_a_backslash() -> None:
    assert [line for _, line in logical_lines("type a\\\\\nundo")] == ["type a\\\\", "undo"]


def test_blank_lines_and_comments_are_passed_over_and_counted() -> None:
    text = "\n# a comment \\\n   # another\nundo\r\n\n\tredo"
    assert list(logical_lines(text)) == [(4, "undo"), (6, "\tredo")]


def test_a_backslash_at_the_end_of_the_file_ends_the_step() -> None:
    assert list(logical_lines("undo \\")) == [(1, "undo ")]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))))
def test_words_that_a_shell_quotes_are_read_as_the_shell_reads_them(words: list[str]) -> None:
    assert split_words(shlex.join(words)) == tuple(words)


@pytest.mark.parametrize(
    ("pasted", "lines"),
    [
        ("aws sts \\\n  get-caller-identity", ["aws sts   get-caller-identity"]),
        ("aws iam x --d '{\n\n  \"a\": 1\n}'\nundo", ["aws iam x --d '{ \"a\": 1 }'", "undo"]),
        ("aws sts \\\r get-caller-identity\rundo\r", ["aws sts  get-caller-identity", "undo"]),
        ("say don't\nundo", ["say don't", "undo"]),
        ("aws iam x --d '{\nundo", ["aws iam x --d '{", "undo"]),
        ("# only a comment\n\n", []),
    ],
)
def test_a_paste_is_one_line_for_each_command(pasted: str, lines: list[str]) -> None:
    assert pasted_lines(pasted) == lines


def test_a_backslash_continues_a_line_and_two_do_not() -> None:
    assert without_continuations("a \\\n b \\\r\n c") == "a  b  c"
    assert without_continuations("a \\\\\n b") == "a \\\\\n b"


def test_what_a_shell_would_take_literally_is_marked() -> None:
    words = split_words(r"""aws '|' | a"b" \> > '' plain""")
    assert words == ("aws", "|", "|", "ab", ">", ">", "", "plain")
    literal = [word for word in words if isinstance(word, Quoted)]
    assert literal == ["|", "ab", ">", ""]
