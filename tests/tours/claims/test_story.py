"""Every story claim, played; what the claims are is in sts_tui/tours/claims/stories/."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sts_tui.tours.claims import ClaimFileError, Story, decision_cases, run_claims, stories, topics
from sts_tui.tours.claims.load import read_claims

STORIES = tuple(stories())

USER = {"Accounts": [{"AccountId": "111122223333", "UserDetailList": [{"UserName": "ana"}]}]}
STORY: dict[str, Any] = {
    "id": "users-have-identities",
    "title": "GetCallerIdentity answers a user without permissions.",
    "given": USER,
    "when": ["as ana", "aws sts get-caller-identity"],
    "then": ["expect ok", "expect output Arn arn:aws:iam::111122223333:user/ana"],
    "source": "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
    "sure": "documented",
}


def read(tmp_path: Path, **members: Any) -> Story:
    path = tmp_path / "identities.json"
    path.write_text(json.dumps([{**STORY, **members}]), encoding="utf-8")
    [story] = read_claims(path, Story)
    return story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story_ends_as_claimed(story: Story) -> None:
    assert story.check() == ""


def test_there_are_at_least_60_stories() -> None:
    assert len(STORIES) >= 60


def test_an_expectation_that_fails_is_reported_with_what_was_found(tmp_path: Path) -> None:
    reported = read(tmp_path, then=["expect output Arn nobody"]).check()
    assert reported.startswith("expect output Arn nobody: ")
    assert "user/ana" in reported


def test_a_refusal_without_an_expectation_fails_the_story(tmp_path: Path) -> None:
    refused = "request s3:GetObject arn:aws:s3:::data/key"
    reported = read(tmp_path, when=["as ana", refused, "as ana"], then=[refused, "expect denied"]).check()
    assert reported.startswith(f"{refused}: the call failed, and no expect follows")


def test_a_story_holds_over_several_models_merged(tmp_path: Path) -> None:
    bucket = {"Accounts": [{"AccountId": "111122223333", "Resources": [{"Arn": "arn:aws:s3:::data"}]}]}
    assert read(tmp_path, given=[USER, bucket]).check() == ""


@pytest.mark.parametrize(
    ("members", "reported"),
    [
        ({"when": ["as ana", "asw sts get-caller-identity"]}, "identities/users-have-identities:2"),
        ({"given": {"Accounts": [{"AccountId": "1"}]}}, "Accounts[0].AccountId"),
        ({"given": {"Acounts": []}}, "Acounts"),
    ],
)
def test_a_story_that_cannot_be_played_is_reported_as_failed(
    tmp_path: Path, members: dict[str, Any], reported: str
) -> None:
    assert reported in read(tmp_path, **members).check()


@pytest.mark.parametrize(
    ("members", "reported"),
    [
        ({"then": ["aws sts get-caller-identity"]}, "`then` expects nothing"),
        ({"then": [7]}, "Input should be a valid string"),
        ({"wen": []}, "wen: Extra inputs are not permitted"),
    ],
)
def test_errors_of_a_story_are_reported(tmp_path: Path, members: dict[str, Any], reported: str) -> None:
    with pytest.raises(ClaimFileError, match=rf"^identities\.json\[0\].*{reported}"):
        read(tmp_path, **members)


def test_a_model_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ClaimFileError, match="no account model 'sampel'"):
        read(tmp_path, given="sampel").check()


def test_one_topic_can_be_run_alone() -> None:
    results = list(run_claims("role-chaining"))
    assert {result.claim.topic for result in results} == {"role-chaining"}
    assert all(result.passed for result in results)


def test_topics_of_decisions_and_stories_have_different_names() -> None:
    assert len(set(topics())) == len(topics())


def test_no_title_is_claimed_twice() -> None:
    titles = Counter(claim.title for claim in (*decision_cases(), *STORIES))
    assert [title for title, times in titles.items() if times > 1] == []
