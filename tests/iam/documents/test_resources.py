"""Patterns of Resource and NotResource: what matches, where a match begins, and what AWS would not store."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Request
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.documents.resources import (
    RefusedResourceError,
    compiled_resources,
    literals_of,
    matching_resource,
)
from tests.accounts.decisions import ACCOUNT, USER

VARIABLES, PLAIN = Scope(has_variables=True), Scope(has_variables=False)


def asked(resource: str, **context: Any) -> Request:
    return Request(USER, "s3:GetObject", resource, ACCOUNT, context or None)


MATCHES = [
    (["*"], "arn:aws:s3:::a", True),
    (["arn:aws:s3:::a"], "arn:aws:s3:::a", True),
    (["*:${aws:username}"], "arn:aws:s3:::ana", False),  # no variable before the fifth colon
    (["arn:aws:s3:::a"], "arn:aws:s3:::ab", False),
    (["arn:aws:s3:::a*"], "arn:aws:s3:::ab", True),
    (["arn:aws:s3:::a*"], "arn:aws:s3:::b", False),
    (["arn:aws:s3:::a", "arn:aws:s3:::b"], "arn:aws:s3:::b", True),
    (["arn:aws:s3:::a", "arn:aws:s3:::b"], "arn:aws:s3:::c", False),
    (["arn:aws:s3:::a", "arn:aws:s3:::b*"], "arn:aws:s3:::a", True),
    (["arn:aws:s3:::a", "arn:aws:s3:::b*"], "arn:aws:s3:::bc", True),
    (["arn:aws:s3:::a", "arn:aws:s3:::b*"], "arn:aws:s3:::c", False),
    (["arn:aws:s3:::a*", "arn:aws:s3:::b*"], "arn:aws:s3:::bc", True),
    (["arn:aws:s3:::a?c"], "arn:aws:s3:::abc", True),
    (["arn:aws:s3:::a?c"], "arn:aws:s3:::a?c", True),
    (["arn:aws:s3:::a?"], "arn:aws:s3:::a", False),
    (["arn:aws:s3:::a:b:c"], "arn:aws:s3:::a:b:c", True),
    (["arn:aws:s3:::a:b*"], "arn:aws:s3:::a:bc", True),
    (["arn:aws:sqs:*:1:q"], "arn:aws:sqs:eu-west-1:1:q", True),
    (["arn:aws:sqs"], "arn:aws:sqs:eu-west-1:1:q", True),  # missing segments are `*`
    (["arn:aws:sqs:eu-west-1"], "arn:aws:sqs:eu-west-1:1:q", True),
    (["arn:aws:sqs:eu-west-1"], "arn:aws:sqs:us-east-1:1:q", False),
    (["arn:aws:sqs:eu-west-1:1"], "arn:aws:sqs:eu-west-1:1:q", True),
    (["arn:aws:sqs:eu-west-1:1"], "arn:aws:sqs:eu-west-1:2:q", False),
]


@pytest.mark.parametrize(("written", "resource", "matches"), MATCHES)
@pytest.mark.parametrize("scope", [PLAIN, VARIABLES], ids=["2008", "2012"])
def test_a_resource_matches_one_of_the_patterns(
    written: list[str], resource: str, matches: bool, scope: Scope
) -> None:
    for negated in (False, True):
        compiled = compiled_resources(tuple(written), negated, scope)
        assert compiled.test is not None
        assert compiled.test(asked(resource)) is (matches is not negated)
        assert compiled.heads == (("",) if negated else compiled.heads)
        if matches and not negated:
            assert any(resource.startswith(head) for head in compiled.heads)


@pytest.mark.parametrize(
    ("written", "username", "matches"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", "ana", True),
        ("arn:aws:s3:::home/${aws:username}/*", "bob", False),
        ("arn:aws:s3:::home/${aws:username}/*", None, False),
        ("arn:aws:s3:::home/${aws:username, 'ana'}/*", None, True),
        ("arn:aws:s3:::home/${*}/*", "ana", False),
        ("arn:aws:s3:${aws:username}::home/ana/x", "ana", False),  # variables are read after the fifth colon
    ],
)
def test_variables_have_the_values_of_the_request(written: str, username: str | None, matches: bool) -> None:
    context = {} if username is None else {"s3:x": "y", "aws:username": username}
    request = Request(None, "s3:GetObject", "arn:aws:s3:::home/ana/x", ACCOUNT, context)
    compiled = compiled_resources((written,), False, VARIABLES)
    assert compiled.test is not None
    assert compiled.test(request) is matches


def test_version_2008_reads_no_variables() -> None:
    written = "arn:aws:s3:::home/${aws:username}"
    compiled = compiled_resources((written,), False, PLAIN)
    assert compiled.test is not None
    assert compiled.test(asked(written)) is True
    assert compiled.test(asked("arn:aws:s3:::home/ana")) is False


@pytest.mark.parametrize(
    "written", ["arn:aws:s?:::a?", "arn:aws:*:::a?b", "arn:aws:s*:eu-west-1:1:q*x", "arn:aws:?3:a"]
)
def test_the_service_of_a_pattern_has_no_wildcard(written: str) -> None:
    with pytest.raises(RefusedResourceError, match="has a wildcard"):
        compiled_resources(("arn:aws:s3:::a", written), False, Scope())


@pytest.mark.parametrize("written", ["*", "arn:*", "arn:aws", "arn:a?s:s3:::a?b", "arn:aws:s3:*:?:a"])
def test_other_segments_may_have_one(written: str) -> None:
    compiled_resources((written,), False, PLAIN)


@pytest.mark.parametrize(
    ("written", "literals"),
    [
        ("arn:aws:s3:::a", ("arn:aws:s3:::a",)),
        ("arn:aws:s3:::a*b?c", ("arn:aws:s3:::a", "b", "c")),
        ("*", ("",)),
        ("*a", ("", "a")),
        ("arn:aws:s3:::${aws:username}/x*", ("arn:aws:s3:::", "/x")),
        ("arn:aws:s3:::${*}/x*", ("arn:aws:s3:::*/x",)),
    ],
)
def test_literals_of_a_pattern_are_in_its_order(written: str, literals: tuple[str, ...]) -> None:
    assert literals_of(written, VARIABLES) == literals


def test_the_pattern_that_matches_is_the_first_that_does() -> None:
    written = ("arn:aws:s3:::b*", "arn:aws:s3:::a*", "arn:aws:s3:::ab")
    compiled = compiled_resources(written, False, Scope())
    assert matching_resource(compiled, Scope(), asked("arn:aws:s3:::ab")) == "arn:aws:s3:::a*"
    assert matching_resource(compiled, Scope(), asked("arn:aws:s3:::c")) is None


@pytest.mark.parametrize("written", ["arn:aws:s*", "arn:aws:s?", "arn:aws:*:::a"])
def test_a_service_with_a_wildcard_is_refused_however_short_the_pattern_is(written: str) -> None:
    with pytest.raises(RefusedResourceError):
        compiled_resources((written,), False, PLAIN)


def test_not_resource_whose_variable_is_unknown_is_undecided_also_for_another_bucket() -> None:
    """The value could hold anything; a Deny must not be lost to a guess."""
    test = compiled_resources(("arn:aws:s3:::other/${aws:PrincipalTag/team}",), True, VARIABLES).test
    assert test is not None
    request = Request(
        USER, "s3:GetObject", "arn:aws:s3:::data/key", ACCOUNT, unknown=("aws:PrincipalTag/team",)
    )
    assert test(request) is None
