"""Of packed documents the lists say what they say of parsed ones, and equal conditions are compared once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sts_tui.account.policies import packed_words
from sts_tui.account.policies.packed_words import unknown_words_in
from sts_tui.account.policies.policy_kind import PolicyKind
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
        expected = tuple(unknown_words(document, kind))
        assert unknown_words_in(msgspec.json.encode(document), kind) == expected, document
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
        unknown_words_in(msgspec.json.encode(document), PolicyKind.ROLE_INLINE)
    assert len(compared) == 2
