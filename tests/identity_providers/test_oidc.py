"""ID tokens, verified here with PyJWT as any relying party would."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.identity_providers.oidc import (
    ROLES_CLAIM,
    SOURCE_IDENTITY_CLAIM,
    TAGS_CLAIM,
    issue_oidc,
    jwks,
)

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
USER = DirectoryUser(name="main", claims={"sub": "repo:acme/app"}, principal_tags={"team": "web"})
PROVIDER = IdentityProvider(name="github", type="OIDC", issuer="https://token.example", users=(USER,))


def claims(token: str) -> dict[str, Any]:
    """The claims, verified against the published key set."""
    key = jwt.PyJWK(jwks(PROVIDER)["keys"][0])
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
    decoded: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options=options)
    return decoded


def issue(**overrides: Any) -> str:
    return issue_oidc(PROVIDER, USER, now=NOW, overrides=overrides)


def test_token_has_a_key_id_that_the_key_set_publishes() -> None:
    header = jwt.get_unverified_header(issue())
    assert header["alg"] == "RS256"
    assert header["kid"] == jwks(PROVIDER)["keys"][0]["kid"]


def test_key_set_publishes_no_private_part() -> None:
    assert set(jwks(PROVIDER)["keys"][0]) == {"kty", "key_ops", "n", "e", "kid", "use", "alg"}


def test_claims_are_the_users_and_the_moments() -> None:
    said = claims(issue())
    assert (said["iss"], said["sub"], said["aud"]) == (
        "https://token.example",
        "repo:acme/app",
        "sts.amazonaws.com",
    )
    assert (said["iat"], said["exp"]) == (SECONDS, SECONDS + 900)


def test_name_is_the_subject_where_no_claim_says_otherwise() -> None:
    token = issue_oidc(PROVIDER, DirectoryUser(name="carl"), now=NOW)
    assert claims(token)["sub"] == "carl"


def test_directory_fields_become_awss_claims() -> None:
    user = DirectoryUser(
        name="carl",
        roles=("arn:aws:iam::111122223333:role/App",),
        principal_tags={"team": "web"},
        transitive_tag_keys=("team",),
        source_identity="carl",
    )
    said = claims(issue_oidc(PROVIDER, user, now=NOW))
    assert said[TAGS_CLAIM] == {"principal_tags": {"team": ["web"]}, "transitive_tag_keys": ["team"]}
    assert said[ROLES_CLAIM] == ["arn:aws:iam::111122223333:role/App"]
    assert said[SOURCE_IDENTITY_CLAIM] == "carl"


def test_same_input_gives_the_same_token_and_another_moment_another() -> None:
    assert issue() == issue()
    assert issue() != issue_oidc(PROVIDER, USER, now=NOW.replace(second=1))


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
def test_times_are_seconds_from_now(claim: str) -> None:
    assert claims(issue(**{claim: "-600"}))[claim] == SECONDS - 600


def test_empty_value_leaves_a_claim_out() -> None:
    assert "nbf" not in claims(issue(nbf=""))


def test_value_in_brackets_is_json() -> None:
    assert claims(issue(aud='["a","b"]'))["aud"] == ["a", "b"]
    assert claims(issue(aud="a,b"))["aud"] == "a,b"


@pytest.mark.parametrize(
    ("name", "value"), [("exp", "soon"), ("exp", "1.5"), ("aud", "[a"), ("signature", "perfect")]
)
def test_override_that_makes_no_sense_is_reported(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name if name != "aud" else "JSON"):
        issue(**{name: value})


@pytest.mark.parametrize("signature", ["forged", "broken"])
def test_bad_signatures_are_bad(signature: str) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        claims(issue(signature=signature))


def test_unsigned_token_has_no_signature() -> None:
    assert issue(signature="none").endswith(".")
    assert issue(alg="none").endswith(".")
