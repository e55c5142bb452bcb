"""The warnings about packed documents are those about parsed ones, and equal parts are compared once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sts_tui.account.policies import packed_words, plain_policies
from sts_tui.account.policies.packed_words import warnings_in
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.silent_mistakes import silent_mistakes
from sts_tui.account.policies.unknown_words import unknown_words

KINDS = (PolicyKind.ROLE_INLINE, PolicyKind.MANAGED, PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.SCP)
PARTS: dict[str, tuple[Any, ...]] = {
    "Action": (
        "s3:GetObject",
        "s3:Gett",
        ["s3:ListBucket", "zocalo:Gett"],
        ["s3:*"],
        [],
        "",
        1,
        ["s3:Gett", 1],
    ),
    "NotAction": ("s3:Gett", ["iam:*", "zocalo:x"]),
    "Resource": ("*", "arn:aws:s3:::data", ["arn:aws:s3:::data/*", "arn:aws:sqs:*:*:q"], [], ["x", None]),
    "Condition": (
        {"StringEquals": {"aws:Nonsense": "x", "aws:PrincipalTag/team": "y"}},
        {"NumericEquals": {"aws:PrincipalArn": "1"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalArn": "x"}, "StringEquals": {"aws:userid": "x*"}},
        {},
        "x",
    ),
    "Principal": ("*", {"AWS": "111122223333"}, {"Federated": "x"}),
}


def documents() -> list[Any]:
    """Each part with each other, and statements alone, in lists and malformed."""
    base = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Gett"], "Resource": ["arn:aws:s3:::data"]}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    statements: list[Any] = [base, trust, {}, "x", [], None]
    for start in (base, trust):
        for name, values in PARTS.items():
            for value in values:
                one = {**start, name: value}
                statements.append(one)
                statements += [{**one, "Condition": condition} for condition in PARTS["Condition"]]
    whole = [{"Version": "2012-10-17", "Statement": one} for one in statements]
    whole += [{"Version": "2012-10-17", "Statement": [base, one]} for one in statements]
    return [*whole, {}, {"Statement": []}, {"Version": "2012-10-17"}]


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_are_the_same(kind: PolicyKind) -> None:
    warned = 0
    for document in documents():
        expected = (*unknown_words(document, kind), *silent_mistakes(document, kind))
        assert warnings_in(msgspec.json.encode(document), kind) == expected, document
        warned += bool(expected)
    assert warned > 50


def test_equal_conditions_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    real = packed_words.in_condition

    def counted(condition: Any, steps: Any) -> Any:
        compared.append(condition)
        return real(condition, steps)

    monkeypatch.setattr(packed_words, "in_condition", counted)
    packed_words._in_condition.cache_clear()
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    for number in range(50):
        conditions = {"StringEquals": {"aws:PrincipalTag/team": f"team-{number % 2}"}}
        document = {"Version": "2012-10-17", "Statement": {**statement, "Condition": conditions}}
        warnings_in(msgspec.json.encode(document), PolicyKind.ROLE_INLINE)
    assert len(compared) == 2


def test_equal_lists_of_actions_are_read_once() -> None:
    plain_policies.actions_in.cache_clear()
    for number in range(50):
        statement = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", f"s3:Put{number % 2}"],
            "Resource": f"x{number}",
        }
        document = msgspec.json.encode({"Version": "2012-10-17", "Statement": statement})
        plain_policies.is_plainly_valid(document, PolicyKind.ROLE_INLINE)
        warnings_in(document, PolicyKind.ROLE_INLINE)
    assert plain_policies.actions_in.cache_info().misses == 2


def test_the_character_that_joins_texts_is_left_to_the_rules() -> None:
    for actions, resource in ((["s3:Get\0s3:Put"], "*"), (["s3:Get"], ["*\0*"])):
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        document = msgspec.json.encode({"Version": "2012-10-17", "Statement": [statement]})
        assert not plain_policies.is_plainly_valid(document, PolicyKind.ROLE_INLINE)
