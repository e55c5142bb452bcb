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
        ("Values=a,", {"Values": ["a"]}),
        ("Key=a,Value", {"Key": ["a", "Value"]}),
        ("Outer={Inner=x,More=[1,2]},Z=3", {"Outer": {"Inner": "x", "More": ["1", "2"]}, "Z": "3"}),
        ("Value='a,b=c'", {"Value": "a,b=c"}),
        ('Value="a,b"', {"Value": "a,b"}),
        (r"Value=a\,b", {"Value": "a,b"}),
        ("Value=arn:aws:s3:::b/k=v", {"Value": "arn:aws:s3:::b/k=v"}),
    ],
)
def test_shorthand_is_read(text: str, value: dict[str, Any]) -> None:
    assert parse_shorthand(text) == value


@pytest.mark.parametrize("text", ["", "Key", "=x", "Key=a,Key=b", "K=[a", "K={a=b", "K='x'y"])
def test_what_is_no_shorthand_is_reported_with_its_text(text: str) -> None:
    with pytest.raises(ShorthandError, match="for input|encountered"):
        parse_shorthand(text)
