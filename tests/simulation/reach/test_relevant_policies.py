"""Policies that reach skips without parsing them are about other actions than sts:AssumeRole."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.policy_document import PackedDocument, WrittenPolicy
from sts_tui.simulation.reach import trust_rights
from sts_tui.simulation.reach.assume_rights import may_be_relevant, relevant_statements
from tests.support.examples import examples

PIECES = st.sampled_from(
    ["sts:AssumeRole", "s", "St", "STS", ":", "*", "?", "as", "s3:Get", '"', "\\", "é", "ſ", ""]
)
ACTION = st.lists(PIECES, max_size=4).map("".join)
ACTIONS = st.one_of(ACTION, st.lists(st.one_of(ACTION, st.integers(), st.none()), max_size=3), st.none())


def packed(document: dict[str, Any]) -> WrittenPolicy:
    return WrittenPolicy(PackedDocument(msgspec.json.encode(document)))


@given(
    st.lists(st.tuples(st.sampled_from(["Action", "Action", "NotAction"]), ACTIONS), max_size=3),
    st.booleans(),
)
@settings(deadline=None, max_examples=examples(800))
def test_a_document_with_a_statement_that_could_cover_the_action_is_read(
    elements: list[tuple[str, Any]], is_single: bool
) -> None:
    statements = [{"Effect": "Allow", element: actions, "Resource": "arn"} for element, actions in elements]
    written = packed({"Statement": statements[0] if is_single and statements else statements})
    assert may_be_relevant(written) or not list(relevant_statements(written.document))


@pytest.mark.parametrize(
    ("action", "is_read"),
    [
        ("sts:AssumeRole", True), ("STS:assumerole", True), ("*", True), ("*:AssumeRole", True),
        ("?ts:*", True),
        ("s*", True), ("sT?:AssumeRole", True), ("s3:GetObject", False), ("ssm:*", False),
        ("states:*", False),
    ],
)  # fmt: skip
def test_a_policy_about_other_services_is_not_parsed(action: str, is_read: bool) -> None:
    statement = {"Sid": "Read", "Effect": "Allow", "Action": [action], "Resource": "arn:aws:s3:::data/*"}
    assert may_be_relevant(packed({"Version": "2012-10-17", "Statement": [statement]})) is is_read


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS", "*"), ("AWS", "111122223333"), ("AWS", "arn:aws:iam::111122223333:root"),
        ("AWS", "arn:aws:iam::111122223333:role/a"), ("AWS", "AROAEXAMPLEEXAMPLE"),
        ("Service", "ec2.amazonaws.com"), ("Service", "*"),
    ],
)  # fmt: skip
def test_a_single_principal_is_read_like_a_whole_document(kind: str, name: str) -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {kind: name}}
    whole = trust_rights._read({"Statement": [statement]})
    assert msgspec.structs.astuple(trust_rights._trust_in(kind, name)) == msgspec.structs.astuple(whole)
