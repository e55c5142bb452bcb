"""Which global condition keys only AWS sets."""

from __future__ import annotations

import pytest

from sts_tui.account.policies.global_condition_keys import comes_from_identity


@pytest.mark.parametrize(
    "key",
    [
        "aws:OriginIdentity/Subject",
        "aws:TransactionContext/IdentityProvider/team",
        "aws:IdentityStoreArn",
        "aws:SignInSessionArn",
        "aws:PrincipalTag/team",
    ],
)
def test_keys_that_only_aws_sets_cannot_be_set_by_a_request(key: str) -> None:
    assert comes_from_identity(key)
    assert comes_from_identity(key.upper())
