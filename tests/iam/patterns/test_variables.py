"""Policy variables: defaults, escapes, case of keys, and what is no variable."""

from __future__ import annotations

import pytest

from sts_tui.iam.patterns.variables import (
    MalformedVariableError,
    Variable,
    is_plain,
    substituted,
    template_of,
    variables_in,
)
from sts_tui.iam.patterns.wildcards import Wildcard


def test_key_is_read_without_case_and_default_kept_as_written() -> None:
    assert template_of("a-${aws:UserName, 'No One'}", wildcards=True) == (
        "a-",
        Variable("aws:username", "No One"),
    )


def test_escapes_are_letters_not_wildcards() -> None:
    assert template_of("${*}${?}${$}*", wildcards=True) == ("*", "?", "$", Wildcard.RUN)


def test_without_wildcards_a_star_is_a_letter() -> None:
    assert template_of("a*", wildcards=False) == ("a*",)


@pytest.mark.parametrize("text", ["${", "a${aws:username", "${}", "${aws:x, default}"])
def test_what_opens_and_is_no_variable_is_malformed(text: str) -> None:
    with pytest.raises(MalformedVariableError):
        template_of(text, wildcards=True)


def test_missing_value_without_default_gives_nothing() -> None:
    template = template_of("${aws:username}", wildcards=True)
    assert not is_plain(template)
    assert substituted(template, {}) is None


def test_multivalued_key_is_no_value() -> None:
    assert substituted(template_of("${aws:TagKeys}", wildcards=True), {"aws:tagkeys": ("a",)}) is None


def test_default_stands_in_for_a_missing_key_and_an_empty_value_does_not_miss() -> None:
    template = template_of("${aws:PrincipalTag/team, 'none'}", wildcards=True)
    assert substituted(template, {}) == ("none",)
    assert substituted(template, {"aws:principaltag/team": ""}) == ("",)


def test_star_in_a_value_is_a_letter_unless_the_setting_says_otherwise() -> None:
    template = template_of("${aws:username}", wildcards=True)
    assert substituted(template, {"aws:username": "a*"}) == ("a*",)
    assert substituted(template, {"aws:username": "a*"}, wildcards_in_values=True) == ("a", Wildcard.RUN)


def test_variables_of_a_text_are_listed_without_escapes() -> None:
    assert variables_in("${*}/${aws:username}/${aws:x, 'y'}") == [
        Variable("aws:username", None),
        Variable("aws:x", "y"),
    ]
