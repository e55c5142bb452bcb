"""Tags, source identity and roles in a token: their forms, their limits, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.identity_providers.oidc import ROLES_CLAIM, SOURCE_IDENTITY_CLAIM, TAGS_CLAIM
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.federated_attributes import (
    checked_source_identity,
    role_authorized_by_idp,
    source_identity_of_claims,
    tags_of_claims,
)
from sts_tui.sts.issuing.tags import SessionTags

PREFIX = f"{TAGS_CLAIM}/principal_tags/"


@pytest.mark.parametrize(
    ("value", "maximum", "good"),
    [
        ("ab", 64, True),
        ("a", 64, False),
        ("", 64, False),
        ("a" * 64, 64, True),
        ("a" * 65, 64, False),
        ("a" * 65, 256, True),
        ("a_1+=,.@-", 64, True),
        ("a b", 64, False),
        ("a:b", 64, False),
        ("aé", 64, False),
    ],
)
def test_source_identity_has_its_characters_and_lengths(value: str, maximum: int, good: bool) -> None:
    if good:
        assert checked_source_identity(value, maximum) == value
        return
    with pytest.raises(AwsError, match=rf"must match \[a-zA-Z_0-9\+=,\.@-\]\{{2,{maximum}\}}") as refused:
        checked_source_identity(value, maximum)
    assert refused.value.code == "InvalidIdentityToken"


def test_source_identity_may_be_absent() -> None:
    assert checked_source_identity(None, 64) is None
    assert source_identity_of_claims({}, 64) is None
    assert source_identity_of_claims({SOURCE_IDENTITY_CLAIM: "dana"}, 64) == "dana"
    assert source_identity_of_claims({SOURCE_IDENTITY_CLAIM: 12}, 64) == "12"


@pytest.mark.parametrize(
    ("claims", "tags"),
    [
        ({}, SessionTags(passed=(), transitive=())),
        (
            {TAGS_CLAIM: {"principal_tags": {"team": ["a"], "stage": "b"}, "transitive_tag_keys": ["team"]}},
            SessionTags(passed=(("team", "a"), ("stage", "b")), transitive=("team",)),
        ),
        (
            {f"{PREFIX}team": "a", f"{TAGS_CLAIM}/transitive_tag_keys": "team"},
            SessionTags(passed=(("team", "a"),), transitive=("team",)),
        ),
        (
            {f"{PREFIX}team": ["a"], TAGS_CLAIM: {"principal_tags": {"stage": ["b"]}}, "principal_tags": 5},
            SessionTags(passed=(("stage", "b"), ("team", "a")), transitive=()),
        ),
    ],
)
def test_tags_are_nested_or_flattened(claims: dict[str, Any], tags: SessionTags) -> None:
    assert tags_of_claims(claims) == tags


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS_CLAIM: "team=a"},
        {TAGS_CLAIM: {"principal_tags": ["team"]}},
        {TAGS_CLAIM: {"principal_tags": {"team": ["a", "b"]}}},
        {TAGS_CLAIM: {"principal_tags": {"team": []}}},
        {TAGS_CLAIM: {"principal_tags": {"team": [5]}}},
        {TAGS_CLAIM: {"transitive_tag_keys": 5}},
        {f"{PREFIX}team": 5},
        {f"{PREFIX}{'k' * 129}": "a"},
        {f"{PREFIX}team": "a" * 257},
        {f"{PREFIX}aws:team": "a"},
    ],
)
def test_tags_in_another_form_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(AwsError):
        tags_of_claims(claims)


def test_tags_at_their_greatest_lengths_pass() -> None:
    claims = {f"{PREFIX}{'k' * 128}": "a" * 256}
    assert tags_of_claims(claims).passed == (("k" * 128, "a" * 256),)


@pytest.mark.parametrize(
    ("claims", "answer"),
    [
        ({}, None),
        ({ROLES_CLAIM: "A;B"}, "true"),
        ({ROLES_CLAIM: ["C", "B"]}, "true"),
        ({ROLES_CLAIM: "AB"}, "false"),
        ({ROLES_CLAIM: []}, "false"),
        ({ROLES_CLAIM: {"B": 1}}, "false"),
        ({ROLES_CLAIM: None}, "false"),
    ],
)
def test_whether_the_provider_authorized_the_role(claims: dict[str, Any], answer: str | None) -> None:
    assert role_authorized_by_idp(claims, "B") == answer
