"""Opaque access tokens: their provider alone can say whose they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from sts_tui.account.entities import BUILT_IN_ISSUERS, DirectoryUser, IdentityProvider
from sts_tui.identity_providers.access_tokens import (
    RejectedTokenError,
    issue_access_token,
    look_up,
    user_id_of,
)

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
ANA = DirectoryUser(name="ana", claims={"id": "42", "user_id": "amzn1.account.ANA"})


def _provider(kind: str = "Facebook") -> IdentityProvider:
    return IdentityProvider(
        name="social",
        type=kind,
        issuer=BUILT_IN_ISSUERS[kind],
        client_id="app",
        users=(ANA,),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("kind", "expected"), [("Facebook", "42"), ("Amazon", "amzn1.account.ANA")])
def test_the_provider_names_app_and_user(kind: str, expected: str) -> None:
    provider = _provider(kind)
    profile = look_up(provider, issue_access_token(provider, ANA, now=NOW), NOW)
    assert (profile.app_id, profile.user_id, profile.user) == ("app", expected, ANA)


def test_users_without_an_id_have_a_derived_one() -> None:
    assert user_id_of(_provider(), DirectoryUser(name="bob")).isdecimal()
    assert user_id_of(_provider("Amazon"), DirectoryUser(name="bob")).startswith("amzn1.account.")


def test_the_same_moment_gives_the_same_token_and_no_name_can_be_read_from_another() -> None:
    provider = _provider()
    token = issue_access_token(provider, ANA, now=NOW)
    assert token == issue_access_token(provider, ANA, now=NOW)
    assert token != issue_access_token(replace(provider, name="other"), ANA, now=NOW)


@pytest.mark.parametrize("token", ["", "EAA", "Atza|abc", "EAA" + "x" * 43, "EAA" + "é" * 60])
def test_any_other_text_is_rejected(token: str) -> None:
    with pytest.raises(RejectedTokenError, match="did not issue"):
        look_up(_provider(), token, NOW)


def test_a_user_who_is_gone_is_rejected() -> None:
    token = issue_access_token(_provider(), ANA, now=NOW)
    with pytest.raises(RejectedTokenError, match="user ana"):
        look_up(replace(_provider(), users=()), token, NOW)


@pytest.mark.parametrize("overrides", [{"exp": "soon"}, {"signature": "none"}, {"sub": "x"}])
def test_overrides_that_make_no_sense_are_refused(overrides: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(overrides))):
        issue_access_token(_provider(), ANA, now=NOW, overrides=overrides)
