"""What a verified token says, and its times and audiences to the second and the letter."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.entities import DirectoryUser, IdentityProvider, OpenIDConnectProvider
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.web_identity_tokens import (
    WebIdentity,
    _audience,
    _condition_value,
    _label,
    _refuse_wrong_times,
    parsed_token,
    seconds_of,
)

GITHUB = "token.actions.githubusercontent.com"
GOOGLE = "accounts.google.com"
NOW = 1_768_467_600


def identity(host: str = GITHUB, audience: str = "sts.amazonaws.com", **claims: Any) -> WebIdentity:
    whole = {"iss": f"https://{host}", "sub": "repo:acme/app", "aud": audience, **claims}
    return WebIdentity(principal="arn:provider", host=host, claims=whole, audience=audience, label="x")


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"exp": NOW - 299, "iat": NOW}, ""),
        ({"exp": NOW - 300, "iat": NOW}, "ExpiredTokenException"),
        ({"exp": NOW + 1, "iat": NOW + 300}, ""),
        ({"exp": NOW + 1, "iat": NOW + 301}, "InvalidIdentityToken"),
        ({"exp": NOW + 1, "iat": NOW, "nbf": NOW + 300}, ""),
        ({"exp": NOW + 1, "iat": NOW, "nbf": NOW + 301}, "InvalidIdentityToken"),
        ({"exp": NOW + 1}, ""),
    ],
)
def test_five_minutes_of_skew_to_the_second(times: dict[str, int], code: str) -> None:
    if not code:
        _refuse_wrong_times(times, NOW)
        return
    with pytest.raises(AwsError) as refused:
        _refuse_wrong_times(times, NOW)
    assert (refused.value.code, refused.value.status) == (code, 400)
    if code == "ExpiredTokenException":
        assert f"{NOW} must be before the expiration date/time {NOW - 300}" in refused.value.message
    else:
        assert "is 301 s in the future" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (5, 5),
        ("5", 5),
        ("-5", -5),
        (5.9, 5),
        ("9" * 20, int("9" * 20)),
        ("9" * 21, None),
        ("5.0", None),
        (" 5", None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        ([5], None),
        (None, None),
    ],
)
def test_a_time_is_a_number_or_digits(value: object, seconds: int | None) -> None:
    if seconds is not None:
        assert seconds_of({"exp": value}, "exp") == seconds  # type: ignore[dict-item]
        return
    with pytest.raises(AwsError) as refused:
        seconds_of({"exp": value}, "exp")  # type: ignore[dict-item]
    assert refused.value.hint == "exp is not a number of seconds since 1970"


@pytest.mark.parametrize(
    ("claims", "host", "audience"),
    [
        ({"aud": "a"}, GITHUB, "a"),
        ({"aud": ["a"]}, GITHUB, "a"),
        ({"aud": ["a"], "azp": "b"}, GITHUB, "a"),
        ({"aud": "a", "azp": "b"}, GOOGLE, "b"),
        ({"aud": "a"}, GOOGLE, "a"),
        ({"aud": ["a", "b"], "azp": "b"}, GITHUB, "b"),
        ({"aud": ["a", "b"]}, GITHUB, None),
        ({"aud": ["c"]}, GITHUB, None),
        ({"aud": ["a", "b"], "azp": "c"}, GITHUB, None),
    ],
)
def test_the_audience_is_the_first_or_the_authorized_party(
    claims: dict[str, Any], host: str, audience: str | None
) -> None:
    registered = OpenIDConnectProvider(arn="arn", url=host, client_id_list=("a", "b"))
    if audience is not None:
        assert _audience(claims, host, registered) == audience
        return
    with pytest.raises(AwsError) as refused:
        _audience(claims, host, registered)
    is_ambiguous = "azp" not in claims and len(claims["aud"]) > 1
    expected = "Missing a required claim: azp" if is_ambiguous else "Incorrect token audience"
    assert refused.value.message == expected
    if not is_ambiguous:
        assert (refused.value.hint or "").endswith("registered: a, b")


def test_a_built_in_provider_registers_no_audience() -> None:
    assert _audience({"aud": "anything"}, GOOGLE, None) == "anything"
    nothing = OpenIDConnectProvider(arn="arn", url=GITHUB)
    with pytest.raises(AwsError) as refused:
        _audience({"aud": "a"}, GITHUB, nothing)
    assert (refused.value.hint or "").endswith("registered: none")


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "e30.e30", "e30.e30.x.y", "W10.e30.x", "e30.W10.x", "e30.!.x", "e30." + "W" * 9 + ".x"],
)
def test_what_is_no_token_of_three_parts_with_two_objects_is_refused(token: str) -> None:
    with pytest.raises(AwsError, match="is not a valid JWT"):
        parsed_token(token)


def test_a_token_is_read_without_its_padding() -> None:
    assert parsed_token("eyJhIjoxfQ.eyJiIjpbXX0.x") == ({"a": 1}, {"b": []})


@pytest.mark.parametrize(
    ("value", "single"),
    [
        ("a", "a"),
        (5, "5"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (["a"], None),
        ({}, None),
        (None, None),
    ],
)
def test_a_claim_has_one_text_or_none(value: Any, single: str | None) -> None:
    assert identity(claim=value).single("claim") == single
    assert identity().single("claim") is None


@pytest.mark.parametrize(
    ("value", "condition"),
    [("a", "a"), (True, "true"), (False, "false"), (5, "5"), (["a", True, 5], ["a", "true", "5"]), ([], [])],
)
def test_a_claim_as_a_value_of_conditions(value: object, condition: Any) -> None:
    assert _condition_value(value) == condition


def test_keys_while_the_trust_policy_is_evaluated() -> None:
    found = identity(amr=["pwd", "mfa"], repository="acme/app", email="x@acme.example", strange=1)
    assert found.trust_context() == {
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:sub": "repo:acme/app",
        f"{GITHUB}:amr": ["pwd", "mfa"],
        f"{GITHUB}:email": "x@acme.example",
        f"{GITHUB}:repository": "acme/app",
    }
    assert found.session_context() == {
        "aws:FederatedProvider": "arn:provider",
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:sub": "repo:acme/app",
        f"{GITHUB}:amr": ["pwd", "mfa"],
    }
    assert f"{GOOGLE}:repository" not in identity(GOOGLE, repository="acme/app").trust_context()


@pytest.mark.parametrize(
    ("claims", "aud", "oaud"),
    [
        ({}, "client", None),
        ({"aud": ["client"]}, "client", None),
        ({"aud": ["other", "client"]}, "client", "other"),
        ({"azp": "client"}, "client", "client"),
        ({"aud": "other", "azp": "client"}, "client", "other"),
    ],
)
def test_the_original_audience_is_a_key_where_another_party_is_authorized(
    claims: dict[str, Any], aud: str, oaud: str | None
) -> None:
    found = identity(GOOGLE, "client", **claims).trust_context()
    assert (found[f"{GOOGLE}:aud"], found.get(f"{GOOGLE}:oaud")) == (aud, oaud)


@pytest.mark.parametrize(
    ("subject", "label"), [("s-1", "github/main"), ("fork", "github/fork"), ("other", "github/other")]
)
def test_who_signed_in_is_named_as_the_directory_names_them(subject: str, label: str) -> None:
    users = (DirectoryUser(name="main", claims={"sub": "s-1"}), DirectoryUser(name="fork"))
    directory = IdentityProvider(name="github", type="OIDC", issuer=f"https://{GITHUB}", users=users)
    assert _label(directory, {"sub": subject}) == label
    assert _label(None, {"sub": subject}) == subject
