"""Ids that are derived have AWS's shapes, and are the same everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.identifiers import (
    account_of_access_key_id,
    derive_access_key_id,
    derive_organization_id,
    derive_unique_id,
    encode_access_key_id,
)

ARN = "arn:aws:iam::111122223333:role/App"


def test_derived_ids_never_change() -> None:
    assert derive_unique_id("AROA", ARN) == "AROA34BRGUC7Y7LFHDN2N"
    assert (
        derive_access_key_id("111122223333", "arn:aws:iam::111122223333:user/alice") == "AKIARTX3GSDSZFDDKCMX"
    )
    assert derive_organization_id("r", "o-acme4example/Root") == "r-nzyq"


@given(st.text(min_size=1))
def test_unique_ids_have_the_form_of_aws(text: str) -> None:
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", derive_unique_id("AIDA", text))


@given(st.integers(0, 10**12 - 1), st.binary(min_size=5, max_size=5))
def test_access_key_ids_carry_their_account(number: int, entropy: bytes) -> None:
    account = f"{number:012d}"
    key = encode_access_key_id("ASIA", account, entropy)
    assert re.fullmatch(r"ASIA[Q-Z2-7][A-Z2-7]{15}", key)
    assert account_of_access_key_id(key) == account


@pytest.mark.parametrize(
    ("key", "account"),
    [("ASIAY34FZKBOKMUTVV7A", "609629065308"), ("ASIAQNZGKIQY56JQ7WML", "029608264753")],
)
def test_published_access_key_ids_tell_the_account_that_was_published(key: str, account: str) -> None:
    assert account_of_access_key_id(key) == account


@pytest.mark.parametrize(
    "key", ["", "AKIA", "AKIA!!!!!!!!!!!!!!!!", "AKIAQQQQ", "AKIA" + "7" * 16, "AKIAIOSFODNN7EXAMPLE"]
)
def test_other_texts_have_no_account(key: str) -> None:
    assert account_of_access_key_id(key) is None


@pytest.mark.parametrize(
    ("prefix", "shape"),
    [("r", r"r-[0-9a-z]{4,32}"), ("ou", r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}"), ("p", r"p-[0-9a-z]{8,128}")],
)
def test_organization_ids_have_the_form_of_aws(prefix: str, shape: str) -> None:
    assert re.fullmatch(shape, derive_organization_id(prefix, "o-x/Root/A"))
