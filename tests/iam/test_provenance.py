"""How a statement is named: by its policy, its owner, and its Sid or its place counted from one."""

from __future__ import annotations

import pytest

from sts_tui.iam import PolicyDocument, PolicyType
from sts_tui.iam.provenance import Provenance, statement_label
from tests.accounts.policies import allow, policy


@pytest.mark.parametrize("index", range(4))
def test_a_statement_without_a_sid_is_counted_from_one(index: int) -> None:
    assert statement_label("", "Own", None, index) == f"Own#{index + 1}"
    assert statement_label("ana", "Own", "", index) == f"ana/Own#{index + 1}"
    assert statement_label("ana", "Own", "Sid", index) == "ana/Own#Sid"
    assert Provenance(PolicyType.IDENTITY, "Own", index).label == f"Own#{index + 1}"


def test_a_compiled_statement_has_the_same_name() -> None:
    document = PolicyDocument(policy(*(allow("s3:*") for _ in range(3)), allow("*", Sid="All")), "Own", "ana")
    statements = document.statements()
    assert [each.label for each in statements] == ["ana/Own#1", "ana/Own#2", "ana/Own#3", "ana/Own#All"]
    assert [repr(each) for each in statements] == [f"<Statement {each.label}>" for each in statements]
    provenances = [each.provenance(PolicyType.IDENTITY) for each in statements]
    assert [each.label for each in provenances] == [each.label for each in statements]
    assert [each.index for each in provenances] == [0, 1, 2, 3]
