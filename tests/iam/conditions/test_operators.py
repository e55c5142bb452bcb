"""Condition operators, family by family: what holds, what does not, what stays undecided."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.policies.condition_operators import SetOperator
from sts_tui.iam.conditions import _resolved, compile_condition, read_operator
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.settings import EvaluationSettings


def holds(
    operator: str, wanted: Any, value: Any = None, *, scope: Scope | None = None, **more: Any
) -> bool | None:
    texts = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    values = {"k": value, **{name.replace("_", ":"): each for name, each in more.items()}}
    condition = compile_condition(operator, "K", texts, scope or Scope())
    return condition.holds({key: each for key, each in values.items() if each is not None})


DENY = Scope(is_deny=True)


@pytest.mark.parametrize("operator", ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnLike"])
@pytest.mark.parametrize(
    "wanted", [["${aws:a}", "${aws:b}"], ["${aws:b}", "${aws:a}"], ["arn:aws:s3:::x", "${aws:a}"]]
)
def test_one_of_several_values_with_variables_is_enough(operator: str, wanted: list[str]) -> None:
    arn = "arn:aws:iam::111122223333:role/r"
    assert holds(operator, wanted, arn, aws_a=arn, aws_b="arn:aws:iam::111122223333:role/s") is True
    assert holds(operator, wanted, arn, aws_a=f"{arn}r", aws_b=arn[:-1]) is False


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "answer"),
    [
        ("StringEquals", ["blue", "red"], "red", True),
        ("StringEquals", "Red", "red", False),
        ("StringEquals", "a**b", "a**b", True),
        ("StringEquals", "a**b", "a*b", False),
        ("StringNotEquals", ["blue", "red"], "red", False),
        ("StringNotEquals", ["blue"], "red", True),
        ("StringEqualsIgnoreCase", "RED", "red", True),
        ("StringNotEqualsIgnoreCase", "RED", "red", False),
        ("StringLike", ["x*", "r?d"], "red", True),
        ("StringLike", "r?d", "reed", False),
        ("StringNotLike", "r*", "red", False),
        ("StringEquals", "r*", "red", False),
        ("NumericEquals", "10", "1e1", True),
        ("NumericEquals", "0010", "+10.0", True),
        ("NumericLessThan", "3600", "3599.5", True),
        ("NumericLessThanEquals", "5", "5", True),
        ("NumericGreaterThan", "5", "5", False),
        ("NumericGreaterThanEquals", "5", "5", True),
        ("NumericNotEquals", ["1", "2"], "2", False),
        ("NumericNotEquals", "1", "2", True),
        ("NumericEquals", "1", "one", False),
        ("NumericNotEquals", "1", "one", True),
        ("NumericEquals", "1", "NaN", False),
        ("NumericEquals", "16", "0x10", False),
        ("NumericEquals", "9" * 2000, "9" * 2000, True),
        ("DateEquals", "2026-01-15T09:00:00Z", "1768467600", True),
        ("DateEquals", "2026-01-15T10:00:00+01:00", "2026-01-15T09:00:00.000Z", True),
        ("DateEquals", "2026-01-15T08:30:00-00:30", "2026-01-15T09:00Z", True),
        ("DateLessThan", "2026-01-31T23:47:00.123Z", "2026-01-31T23:47:00.122Z", True),
        ("DateLessThan", "2026-01-31T23:47:00.123Z", "2026-01-31T23:47:00.123Z", False),
        ("DateLessThan", "2026", "2025-12-31", True),
        ("DateGreaterThan", "2026-02", "2026-01-31T00:00:00Z", False),
        ("DateNotEquals", "2026-01-15", "no date", True),
        ("DateEquals", "2026-01-15", "no date", False),
        ("DateEquals", "2026-01-15", "2026-02-31", False),
        ("Bool", "true", "TRUE", True),
        ("Bool", "false", "yes", True),
        ("Bool", "true", "yes", False),
        ("BinaryEquals", "QUJD", "QUJD", True),
        ("BinaryEquals", "QUJD", "QUJE", False),
        ("BinaryEquals", "QUJD", "not base64!", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.9/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "203.0.113.0/24", "::ffff:203.0.113.7", True),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "2001:db8::1/32", "2001:db8::1", False),
        ("NotIpAddress", "2001:db8::1/32", "2001:db8::1", True),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.1", False),
        ("IpAddress", "203.0.113.0/24", "nowhere", False),
        ("NotIpAddress", "203.0.113.0/24", "nowhere", False),
        ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/app/r", True),
        ("ArnEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/app/r", True),
        ("ArnLike", "arn:aws:*:role/*", "arn:aws:iam::1:role/r", False),
        ("ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:user/r", True),
        ("ArnNotEquals", "arn:aws:iam::1:role/r", "arn:aws:iam::1:role/r", False),
        ("ArnLike", "*", "red", False),
        ("ArnNotLike", "arn:aws:iam::1:role/r", "red", False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "true", "", False),
        ("Null", "FALSE", "", True),
        ("Null", ["true", "false"], "x", True),
    ],
)
def test_operator_compares_one_value(operator: str, wanted: Any, value: str | None, answer: bool) -> None:
    assert holds(operator, wanted, value) is answer


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("ArnNotLike", True),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", False),
        ("ForAnyValue:StringNotEqualsIfExists", False),
    ],
)
def test_operator_on_an_absent_key(operator: str, answer: bool) -> None:
    wanted = "10.0.0.0/8" if "IpAddress" in operator else "arn:aws:iam::1:role/r"
    assert holds(operator, wanted) is answer


def test_for_any_value_if_exists_on_an_absent_key_follows_the_setting() -> None:
    scope = Scope(settings=EvaluationSettings(for_any_value_if_exists_matches_absent=True))
    assert holds("ForAnyValue:StringEqualsIfExists", "x", scope=scope) is True
    assert holds("ForAnyValue:StringNotEqualsIfExists", "x", scope=scope) is True
    assert holds("ForAnyValue:StringEquals", "x", scope=scope) is False


def test_for_any_value_negated_on_an_absent_key_follows_the_setting() -> None:
    scope = Scope(settings=EvaluationSettings(for_any_value_negated_matches_absent=True))
    assert holds("ForAnyValue:StringNotEquals", "x", scope=scope) is True
    assert holds("ForAnyValue:StringEquals", "x", scope=scope) is False


@pytest.mark.parametrize(
    ("operator", "wanted", "values", "answer"),
    [
        ("StringEquals", ["a", "b"], ("a", "b"), False),
        ("StringNotEquals", ["z"], ("a", "b"), False),
        ("StringEqualsIfExists", ["a"], ("a",), False),
        ("ForAllValues:StringEquals", ["a", "b", "c"], ("a", "b"), True),
        ("ForAllValues:StringEquals", ["a"], ("a", "b"), False),
        ("ForAllValues:StringNotEquals", ["c"], ("a", "b"), True),
        ("ForAllValues:StringNotEquals", ["b"], ("a", "b"), False),
        ("ForAllValues:StringEquals", ["a"], ("",), True),
        ("ForAllValues:StringEquals", ["a"], "", True),
        ("ForAllValues:StringEquals", ["a"], "a", True),
        ("ForAnyValue:StringEquals", ["b"], ("a", "b"), True),
        ("ForAnyValue:StringEquals", ["c"], ("a", "b"), False),
        ("ForAnyValue:StringEquals", ["c"], "c", True),
        ("ForAnyValue:StringNotEquals", ["a"], ("a", "b"), True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), False),
    ],
)
def test_set_operator_counts_the_values(operator: str, wanted: list[str], values: Any, answer: bool) -> None:
    assert holds(operator, wanted, values) is answer


@pytest.mark.parametrize(
    ("operator", "bad", "value"),
    [
        ("NumericEquals", "ten", "10"),
        ("NumericNotEquals", "ten", "10"),
        ("DateLessThan", "soon", "2026-01-01"),
        ("IpAddress", "here", "10.0.0.1"),
        ("NotIpAddress", "here", "10.0.0.1"),
        ("BinaryEquals", "%%%", "QUJD"),
    ],
)
def test_operand_that_aws_cannot_read_never_grants_and_leaves_a_deny_undecided(
    operator: str, bad: str, value: str
) -> None:
    assert holds(operator, bad, value) is False
    assert holds(operator, bad, value, scope=DENY) is None
    assert holds(f"ForAllValues:{operator}", bad) is False, "an absent key does not help an Allow either"
    if "Not" not in operator:
        assert holds(operator, bad, scope=DENY) is None


def test_good_operand_beside_a_bad_one_counts_for_a_deny_alone() -> None:
    assert holds("NumericEquals", ["ten", "10"], "10") is False
    assert holds("NumericEquals", ["ten", "10"], "10", scope=DENY) is True
    assert holds("NumericNotEquals", ["ten", "10"], "10", scope=DENY) is False


def test_bad_arn_operand_never_grants_and_makes_a_deny_match() -> None:
    arn = "arn:aws:iam::1:role/r"
    assert holds("ArnLike", "role/r", arn) is False
    assert holds("ArnNotLike", "role/r", arn) is False
    assert holds("ArnLike", ["role/r", arn], arn) is False
    assert holds("ArnLike", "role/r", arn, scope=DENY) is True
    assert holds("ArnNotLike", "role/r", arn, scope=DENY) is True
    assert holds("ArnLike", "role/r", "no arn", scope=DENY) is False


@pytest.mark.parametrize(
    "operator",
    [
        "StringMatches",
        "NullIfExists",
        "ForAllValues:Null",
        "ForSome:StringEquals",
        ":StringEquals",
        "stringequals",
    ],
)
def test_unknown_operator_is_never_decided(operator: str) -> None:
    condition = compile_condition(operator, "k", ("x",), Scope())
    assert condition.holds({"k": "x"}) is None
    assert operator in condition.doubt


def test_null_with_another_word_is_never_decided() -> None:
    assert holds("Null", "maybe", "x") is None


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "answer"),
    [
        ("StringEquals", "${aws:username}", "ana", True),
        ("StringEquals", "${aws:username}", "bob", False),
        ("StringNotEquals", "${aws:username}", "ana", False),
        ("StringEqualsIgnoreCase", "${aws:username}", "ANA", True),
        ("StringEquals", ["bob", "${aws:username}"], "bob", True),
        ("StringEquals", "${aws:missing}", "ana", False),
        ("StringNotEquals", "${aws:missing}", "ana", True),
        ("StringLike", "${aws:username}-*", "ana-1", True),
        ("StringLike", "${aws:missing}-*", "ana-1", False),
        ("StringNotLike", "${aws:missing}-*", "ana-1", True),
        ("StringLike", ["x", "${aws:username}"], "x", True),
        ("ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/ana", True),
        ("ArnLike", "${aws:arn}", "arn:aws:iam::1:user/ana", True),
        ("ArnLike", "${aws:username}", "arn:aws:iam::1:user/ana", False),
        ("Bool", "${aws:flag}", "true", True),
        ("Bool", ["${aws:missing}", "false"], "false", True),
        ("Bool", "${aws:missing}", "true", False),
    ],
)
def test_policy_variables_in_condition_values(operator: str, wanted: Any, value: str, answer: bool) -> None:
    known = {"aws_username": "ana", "aws_flag": "true", "aws_arn": "arn:aws:iam::1:user/ana"}
    assert holds(operator, wanted, value, **known) is answer


def test_variable_is_text_in_the_old_version() -> None:
    old = Scope(has_variables=False)
    assert holds("StringEquals", "${aws:username}", "${aws:username}", scope=old, aws_username="ana") is True
    assert holds("StringLike", "${aws:username}*", "${aws:username}x", scope=old) is True


def test_operator_name_is_taken_apart() -> None:
    name = read_operator("ForAllValues:StringEqualsIfExists")
    assert name.set_operator is SetOperator.FOR_ALL_VALUES
    assert name.operator is not None
    assert (name.operator.row.name, name.if_exists) == ("StringEquals", True)


def test_undecided_value_of_a_set_counts_only_when_no_other_settles_it() -> None:
    assert holds("ForAllValues:NumericEquals", ["x"], ("1", "2"), scope=DENY) is None
    assert holds("ForAllValues:NumericEquals", ["x"], ("1", "no number"), scope=DENY) is False
    assert holds("ForAnyValue:NumericEquals", ["x", "2"], ("1", "2"), scope=DENY) is True
    assert holds("ForAnyValue:NumericEquals", ["x"], ("1",), scope=DENY) is None


@pytest.mark.parametrize(("setting", "answer"), [(False, False), (True, True)])
def test_values_of_tags_are_compared_with_case_unless_the_setting_says_otherwise(
    setting: bool, answer: bool
) -> None:
    scope = Scope(settings=EvaluationSettings(tag_values_ignore_case=setting))
    for key in ("aws:PrincipalTag/team", "aws:RequestTag/team"):
        condition = compile_condition("StringEquals", key, ("Red",), scope)
        assert condition.holds({key.lower(): "red"}) is answer
    assert (
        compile_condition("StringEquals", "aws:username", ("Ana",), scope).holds({"aws:username": "ana"})
        is False
    )


@pytest.mark.parametrize(("setting", "answer"), [(True, True), (False, False)])
def test_bool_reads_variables_unless_the_setting_says_otherwise(setting: bool, answer: bool) -> None:
    scope = Scope(settings=EvaluationSettings(variables_in_bool=setting))
    assert holds("Bool", "${x:y}", "true", scope=scope, x_y="true") is answer


def test_only_a_text_that_is_one_variable_is_replaced_by_its_value() -> None:
    """What an unknown key is compared with: `cannot_be` knows whole values only."""
    values = {"aws:username": "ana", "aws:tagkeys": ("a", "b")}
    assert _resolved("${aws:username}", values) == "ana"
    for text in (
        "x${aws:username}",
        "${aws:username}${aws:username}",
        "ana",
        "${aws:absent}",
        "${aws:TagKeys}",
    ):
        assert _resolved(text, values) == text
