"""`make drift` reports what AWS has changed since a stored state of its models."""

from __future__ import annotations

import copy
import json
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
    state["vocabulary"]["sts"] -= 2
    return state


def test_the_known_differences_of_november_are_reported(older: dict[str, Any]) -> None:
    found = list(MODULE.differences(older, KNOWN))
    assert "sts: operation GetScopedCredentials is new" in found
    assert "iam: operation UpdateOpenIDConnectProvider is new" in found
    assert "sts:AssumeRole: SourceIdentity: max is 256, was 64" in found
    assert "sts:AssumeRole: error InvalidContextAssertionException is new" in found
    assert "sts:GetWebIdentityToken: parameter SubjectMode is new" in found
    assert any(line.startswith("lists of actions: sts has") for line in found)
    assert len(found) == 6


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
