"""The AWS CLI's shorthand, by the examples of its documentation."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.tours.reading.shorthand import ShorthandError, parse_shorthand


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Key=team,Value=red", {"Key": "team", "Value": "red"}),
        ("Key=team,Value=", {"Key": "team", "Value": ""}),
        ("Key=a b,Value=c d", {"Key": "a b", "Value": "c d"}),
        ("Key=team, Value=red", {"Key": "team", "Value": "red"}),
        ("Name=tag:x,Values=a,b", {"Name": "tag:x", "Values": ["a", "b"]}),
        ("Values=a,b,Name=x", {"Values": ["a", "b"], "Name": "x"}),
        ("Values=[a,b],Name=x", {"Values": ["a", "b"], "Name": "x"}),
        ("Values=[]", {"Values": []}),
        ("Key=a,Value", {"Key": ["a", "Value"]}),
        ("Outer={Inner=x,More=[1,2]},Z=3", {"Outer": {"Inner": "x", "More": ["1", "2"]}, "Z": "3"}),
        ("Value='a,b=c'", {"Value": "a,b=c"}),
        ('Value="a,b"', {"Value": "a,b"}),
        (r"Value=a\,b", {"Value": "a,b"}),
        ("Value=arn:aws:s3:::b/k=v", {"Value": "arn:aws:s3:::b/k=v"}),
        (r"Value=C:\dir\new", {"Value": r"C:\dir\new"}),
        ("Policy={},X={a=b,}", {"Policy": {}, "X": {"a": "b"}}),
        ("Values=a,'b c',\"d\"", {"Values": ["a", "b c", "d"]}),
        ("=x", {"": "x"}),
    ],
)
def test_shorthand_is_read(text: str, value: dict[str, Any]) -> None:
    assert parse_shorthand(text) == value


@pytest.mark.parametrize("text", ["", "Key", "Values=a,", "Key=a,Key=b", "K=[a", "K={a=b", "K='x'y"])
def test_what_is_no_shorthand_is_reported_with_its_text(text: str) -> None:
    with pytest.raises(ShorthandError, match="for input|encountered"):
        parse_shorthand(text)


def test_the_message_is_that_of_the_aws_cli() -> None:
    policy = 'Policy={"Version":"2012-10-17"}'
    with pytest.raises(ShorthandError) as error:
        parse_shorthand(policy)
    assert str(error.value) == f"Expected: '=', received: '\"' for input: {policy}"


def test_a_value_after_an_at_sign_may_be_that_of_a_file() -> None:
    text = "Policy@=file://p.json,Other=file://q.json,More@=v,In={A@=file://p.json,B=file://p.json}"
    assert parse_shorthand(text, lambda named: named.replace("file://p.json", "{}")) == {
        "Policy": "{}",
        "Other": "file://q.json",
        "More": "v",
        "In": {"A": "{}", "B": "file://p.json"},
    }
