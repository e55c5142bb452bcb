"""Claim files are read strictly: a key misspelled is a fault, never silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.tours.claims import ClaimFileError, DecisionCase
from sts_tui.tours.claims.load import read_claims

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
CLAIM: dict[str, Any] = {
    "id": "allow-grants",
    "title": "An Allow grants what it names.",
    "given": {"identity": [ALLOW]},
    "when": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject"},
    "then": {"outcome": "allowed"},
    "source": "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html",
    "sure": "documented",
}


def read(tmp_path: Path, *claims: Any) -> list[DecisionCase]:
    path = tmp_path / "elements.json"
    path.write_text(json.dumps(claims), encoding="utf-8")
    return list(read_claims(path, DecisionCase))


def changed(**members: Any) -> dict[str, Any]:
    return {**CLAIM, **members}


def test_a_claim_holds_when_the_engine_says_so(tmp_path: Path) -> None:
    [claim] = read(tmp_path, CLAIM)
    assert claim.name == "elements/allow-grants"
    assert claim.check() == ""


def test_a_wrong_outcome_is_reported_with_both_sides(tmp_path: Path) -> None:
    [claim] = read(tmp_path, changed(then={"outcome": "explicitDeny"}))
    assert claim.check().startswith("outcome: expected explicitDeny, got allowed")


@pytest.mark.parametrize(
    ("then", "reported"),
    [
        (
            {"settled_by": "service control policy"},
            "settled by: expected service control policy, got identity",
        ),
        ({"settled_by": None}, "settled by: expected no policy, got identity-based policy"),
        ({"statements": ["other#1"]}, "statements: expected other#1, got identity policy#1"),
        ({"reason": "because of the moon"}, "reason: expected 'because of the moon'"),
    ],
)
def test_a_right_outcome_for_the_wrong_reason_fails(
    tmp_path: Path, then: dict[str, Any], reported: str
) -> None:
    [claim] = read(tmp_path, changed(then={"outcome": "allowed", **then}))
    assert reported in claim.check()


@pytest.mark.parametrize(
    ("members", "reported"),
    [
        ({"tittle": "x"}, "tittle: Extra inputs are not permitted"),
        ({"topic": "elements"}, "topic: Extra inputs are not permitted"),
        ({"given": {"identity": [ALLOW], "scp": []}}, "given.scp: Extra inputs are not permitted"),
        ({"when": {**CLAIM["when"], "resorce": "*"}}, "when.resorce: Extra inputs are not permitted"),
        (
            {"when": {**CLAIM["when"], "caller": {"kind": "IAM user", "mfa": True}}},
            "when.caller.mfa: Extra inputs are not permitted",
        ),
        ({"then": {"outcome": "allowed", "by": "x"}}, "then.by: Extra inputs are not permitted"),
        ({"when": {"action": "s3:GetObject"}}, "when.principal: Field required"),
        ({"then": {}}, "then.outcome: Field required"),
        ({"then": {"outcome": "denied"}}, "then.outcome: Input should be 'allowed'"),
        (
            {"then": {"outcome": "allowed", "settled_by": "SCP"}},
            "then.settled_by: Input should be 'identity-based policy'",
        ),
        ({"sure": "certain"}, "sure: Input should be 'documented'"),
        ({"source": "https://example.org/"}, "a source is a page of"),
        ({"title": "too short"}, "title: String should match pattern"),
        ({"id": "Not A Slug"}, "id: String should match pattern"),
        ({"given": {"identity": [{"Action": "s3:GetObject"}]}}, "neither a policy document nor a statement"),
        ({"given": {"identity": ["NoSuchPolicy"]}}, "neither a policy document nor a statement"),
        ({"given": {"identity": "AdministratorAccess"}}, "given.identity: Input should be a valid tuple"),
        ({"when": {**CLAIM["when"], "context": {"aws:SourceIp": 7}}}, "when.context.aws:SourceIp"),
        ({"when": []}, "when: Input should be a valid dictionary"),
    ],
)
def test_errors_of_a_claim_are_reported(tmp_path: Path, members: dict[str, Any], reported: str) -> None:
    with pytest.raises(ClaimFileError, match=r"^elements\.json\[0\]|neither") as error:
        read(tmp_path, changed(**members))
    assert reported in str(error.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(ClaimFileError, match="two claims have the id 'allow-grants'"):
        read(tmp_path, CLAIM, CLAIM)


def test_a_claim_file_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "elements.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ClaimFileError, match="a claim file is a list of claims"):
        list(read_claims(path, DecisionCase))


def test_a_key_written_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "elements.json"
    path.write_text('[{"id": "a", "id": "b"}]', encoding="utf-8")
    with pytest.raises(ClaimFileError, match="a key is written twice"):
        list(read_claims(path, DecisionCase))


def test_documents_may_be_written_in_four_ways(tmp_path: Path) -> None:
    whole = {"Version": "2012-10-17", "Statement": [ALLOW]}
    given = {"identity": [whole, ALLOW, {"name": "Mine", "document": ALLOW}, "AdministratorAccess"]}
    labels = ["identity policy#1", "identity policy 2#1", "Mine#1", "AdministratorAccess#1"]
    [claim] = read(tmp_path, changed(given=given, then={"outcome": "allowed", "statements": labels}))
    assert claim.check() == ""
