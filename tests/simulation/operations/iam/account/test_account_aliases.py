"""Account aliases: one of an account, and of all accounts.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
"""

from __future__ import annotations

import pytest

from tests.accounts.bench import ACCOUNT, bench, bench_of, refusal


def aliases(aws: object) -> list[str]:
    found = aws("iam:ListAccountAliases")["AccountAliases"]  # type: ignore[operator]
    assert isinstance(found, list)
    return found


def test_a_new_alias_replaces_the_old_one_and_deleting_leaves_none() -> None:
    aws = bench()
    assert aliases(aws) == []
    aws("iam:CreateAccountAlias", AccountAlias="acme")
    aws("iam:CreateAccountAlias", AccountAlias="acme-prod")
    assert aliases(aws) == ["acme-prod"]
    assert refusal(aws, "iam:DeleteAccountAlias", AccountAlias="acme") == (
        "NoSuchEntity",
        404,
        "The Account Alias with name acme cannot be found.",
    )
    aws("iam:DeleteAccountAlias", AccountAlias="acme-prod")
    assert aliases(aws) == []


def test_an_alias_of_another_account_is_taken() -> None:
    other = {"AccountId": "444455556666", "AccountAlias": "acme"}
    aws = bench_of({"Accounts": [{"AccountId": ACCOUNT}, other]})
    assert refusal(aws, "iam:CreateAccountAlias", AccountAlias="acme") == (
        "EntityAlreadyExists",
        409,
        "The account alias acme already exists.",
    )


@pytest.mark.parametrize(
    ("alias", "is_accepted"),
    [
        ("abc", True), ("ab", False), ("a" * 63, True), ("a" * 64, False), ("a-b", True), ("-ab", False),
        ("ab-", False), ("Abc", False), ("a_b", False),
    ],
)  # fmt: skip
def test_an_alias_has_3_to_63_lower_case_letters_digits_and_inner_dashes(
    alias: str, is_accepted: bool
) -> None:
    aws = bench()
    if is_accepted:
        aws("iam:CreateAccountAlias", AccountAlias=alias)
        assert aliases(aws) == [alias]
    else:
        assert refusal(aws, "iam:CreateAccountAlias", AccountAlias=alias)[:2] == ("ValidationError", 400)
