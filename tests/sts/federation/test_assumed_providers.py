"""Names of simulated providers that stand for a SAML provider which no file describes."""

from __future__ import annotations

import pytest

from sts_tui.account.entities import IdentityProvider
from sts_tui.sts.federation.assumed_providers import (
    MARK,
    assumed_name,
    assumed_oidc_provider,
    assumed_saml_arn,
    assumed_saml_provider,
)
from tests.accounts.policies import MAIN

NAME = f"{MARK}{MAIN}-acme-sso"


def test_the_name_holds_account_and_provider() -> None:
    assert assumed_name(MAIN, "acme-sso") == NAME
    assert assumed_saml_arn(NAME, "aws") == f"arn:aws:iam::{MAIN}:saml-provider/acme-sso"
    assert assumed_saml_arn(NAME, "aws-cn") == f"arn:aws-cn:iam::{MAIN}:saml-provider/acme-sso"


@pytest.mark.parametrize(
    "name",
    [
        NAME.removeprefix(MARK),
        f"x{NAME[1:]}",
        f"{MARK}{MAIN}-",
        f"{MARK}{MAIN}",
        f"{MARK}{MAIN}xacme",
        f"{MARK}{MAIN[:-1]}x-acme",
        f"{MARK}{MAIN[:-1]}-acme",
        "",
    ],
)
def test_other_names_stand_for_none(name: str) -> None:
    assert assumed_saml_arn(name, "aws") is None


def test_a_directory_of_the_other_kind_is_no_provider() -> None:
    host = "id.example"
    known = {
        assumed_name(MAIN, name): IdentityProvider(
            name=assumed_name(MAIN, name), type=kind, issuer=f"https://{name}"
        )
        for name, kind in ((host, "SAML"), ("acme-sso", "OIDC"))
    }
    assert assumed_oidc_provider(known, MAIN, host, "aws") is None
    assert assumed_saml_provider(known, f"arn:aws:iam::{MAIN}:saml-provider/acme-sso") is None
