from __future__ import annotations

from importlib.resources import files

import pytest

from sts_tui.identity_providers.keys import (
    AWS_KEYS,
    FORGER,
    WORKLOAD,
    certificate,
    key_of_provider,
    key_text,
    public_jwk,
)
from sts_tui.identity_providers.outbound import outbound_issuer, sign_outbound

SHIPPED = sorted(
    one.name.removesuffix(".pem") for one in files("sts_tui.identity_providers").joinpath("keys").iterdir()
)


@pytest.mark.parametrize("key", SHIPPED)
def test_every_shipped_key_says_that_it_is_a_test_key(key: str) -> None:
    assert key_text(key).startswith(b"TEST KEY - not secret")


def test_all_keys_are_accounted_for() -> None:
    expected = {*AWS_KEYS.values(), FORGER, WORKLOAD, "provider-1", "provider-2", "provider-3"}
    assert set(SHIPPED) == expected


@pytest.mark.parametrize("key", SHIPPED)
def test_public_halves_hold_nothing_private(key: str) -> None:
    assert not set(public_jwk(key)) & {"d", "p", "q", "dp", "dq", "qi"}


def test_key_of_a_provider_follows_from_its_name() -> None:
    names = {key_of_provider(f"provider {number}") for number in range(50)}
    assert names == {"provider-1", "provider-2", "provider-3"}
    assert key_of_provider("sso") == key_of_provider("sso")
    assert FORGER not in names


def test_certificates_hold_no_private_key() -> None:
    assert certificate("provider-1").startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in certificate("provider-1")


def test_elliptic_signatures_are_deterministic() -> None:
    assert sign_outbound({"a": 1}, "ES384") == sign_outbound({"a": 1}, "ES384")


def test_issuers_differ_by_account() -> None:
    assert outbound_issuer("111122223333") != outbound_issuer("444455556666")
    assert outbound_issuer("111122223333").endswith(".tokens.sts.global.api.aws")
