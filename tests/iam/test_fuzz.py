"""No document, however broken, and no pattern makes the engine fail or take long."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.iam import Outcome, PolicySet, evaluate, explain, suggest_fixes
from sts_tui.iam.conditions import OPERATORS
from sts_tui.iam.patterns.wildcards import glob
from tests.accounts.decisions import ACCOUNT, OBJECT, ROLE, USER, ask, role_session
from tests.support.examples import examples

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    [
        "*",
        "s3:*",
        "s3:GetObject",
        OBJECT,
        "arn:aws:s3:::*",
        USER,
        ROLE,
        ACCOUNT,
        "${aws:username}",
        "${",
        "true",
        "1",
    ]
    + [
        "2026-01-01T00:00:00Z",
        "10.0.0.0/8",
        "::1/8",
        "QUJD",
        "aws:username",
        "aws:TagKeys",
        "k",
        "",
        "arn:aws:s3",
    ]
)
TEXT = WORDS | st.text(max_size=12)
VALUE = TEXT | st.lists(TEXT | JSON, max_size=3) | JSON
PREFIXES = st.sampled_from(["", "ForAllValues:", "ForAnyValue:", "ForSome:"])
NAMES = st.sampled_from([*OPERATORS, "Null", "Unheard"])
OPERATOR = st.builds(
    lambda prefix, name, suffix: prefix + name + suffix, PREFIXES, NAMES, st.sampled_from(["", "IfExists"])
)
CONDITION = st.dictionaries(OPERATOR, st.dictionaries(TEXT, VALUE, max_size=2) | JSON, max_size=2) | JSON
PRINCIPAL = (
    st.just("*")
    | st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser", "X"]), VALUE)
    | JSON
)
STATEMENT = (
    st.fixed_dictionaries(
        {},
        optional={
            "Effect": st.sampled_from(["Allow", "Deny"]) | JSON,
            "Action": VALUE,
            "NotAction": VALUE,
            "Resource": VALUE,
            "NotResource": VALUE,
            "Principal": PRINCIPAL,
            "NotPrincipal": PRINCIPAL,
            "Condition": CONDITION,
            "Sid": JSON,
        },
    )
    | JSON
)
DOCUMENT = st.fixed_dictionaries(
    {"Statement": st.lists(STATEMENT, max_size=3) | STATEMENT},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | JSON},
)
CONTEXT = st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=3), max_size=3)


def check(identity: Any, resource: Any, boundary: Any, context: Any, is_role: bool) -> None:
    request = ask(caller=role_session() if is_role else None, context=context)
    policies = PolicySet(
        identity=identity, resource=resource, boundary=boundary, session=identity, scps=[[boundary]]
    )
    found = explain(request, policies)
    assert found.decision == evaluate(request, policies)
    assert isinstance(found.decision.outcome, Outcome)
    assert found.decision.reason
    assert found.lines()
    assert found.to_json()
    for fix in suggest_fixes(request, policies):
        assert fix.decision.is_allowed


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENT, DOCUMENT, DOCUMENT, CONTEXT, st.booleans())
def test_any_document_is_answered(
    identity: Any, resource: Any, boundary: Any, context: Any, is_role: bool
) -> None:
    check(identity, resource, boundary, context, is_role)


@pytest.mark.long
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENT, DOCUMENT, DOCUMENT, CONTEXT, st.booleans())
def test_very_many_documents_are_answered(
    identity: Any, resource: Any, boundary: Any, context: Any, is_role: bool
) -> None:
    """About 12 seconds of processor time."""
    check(identity, resource, boundary, context, is_role)


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.text("a*?b", min_size=1500, max_size=2000), st.text("ab", min_size=1500, max_size=2000))
def test_long_patterns_take_time_in_proportion(pattern: str, text: str) -> None:
    matches = glob(pattern)
    started = time.perf_counter()
    matches(text)
    assert time.perf_counter() - started < 0.1, "the target is a few milliseconds; a busy machine gets more"
