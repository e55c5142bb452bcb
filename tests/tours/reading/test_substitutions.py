"""Five kinds of `${…}` are ours; all others are policy variables and stay."""

from __future__ import annotations

import pytest

from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.substitutions import (
    Substitution,
    has_substitution,
    pieces,
    split_directory_user,
    substituted,
)


def shown(found: Substitution) -> str:
    return f"<{found.kind}|{found.argument}>"


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("${mfa:alice}", "<mfa|alice>"),
        ("Key=a,Value=${key:prod/bob}!", "Key=a,Value=<key|prod/bob>!"),
        ("${last:Users[?A=='x'].{n: N, a: {b: C}}}/rest", "<last|Users[?A=='x'].{n: N, a: {b: C}}>/rest"),
        ("${saml:acme-sso/ann?NotOnOrAfter=-600}", "<saml|acme-sso/ann?NotOnOrAfter=-600>"),
        ("${oidc:github/main}${key:alice}", "<oidc|github/main><key|alice>"),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/${aws:username}/*"),
        ("${aws:PrincipalTag/team, 'none'}", "${aws:PrincipalTag/team, 'none'}"),
        ("${saml:sub}-${saml:sub, 'a/b'}", "${saml:sub}-${saml:sub, 'a/b'}"),
        ("${MFA:alice} $mfa {mfa:x} ${mfa}", "${MFA:alice} $mfa {mfa:x} ${mfa}"),
        ("", ""),
    ],
)  # fmt: skip
def test_only_our_substitutions_are_replaced(word: str, result: str) -> None:
    assert substituted(word, shown) == result


def test_a_policy_variable_is_no_substitution() -> None:
    assert not has_substitution("${aws:userid}")
    assert has_substitution("${aws:userid}${last:UserId}")


@pytest.mark.parametrize("word", ["${mfa:alice", "${last:a.{b: c}", "${key:}"])
def test_an_open_or_empty_substitution_is_an_error(word: str) -> None:
    with pytest.raises(StepError):
        list(pieces(word))


def test_directory_users_take_overrides() -> None:
    assert split_directory_user("github/main?exp=-600&aud=other%26more") == (
        "github",
        "main",
        {"exp": "-600", "aud": "other&more"},
    )
    assert split_directory_user("acme-sso/ann@acme.example") == ("acme-sso", "ann@acme.example", {})


@pytest.mark.parametrize("argument", ["github", "/main", "github/", "github/main?exp"])
def test_what_names_no_directory_user_is_an_error(argument: str) -> None:
    with pytest.raises(StepError):
        split_directory_user(argument)
