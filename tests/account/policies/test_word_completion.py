"""Completion offers words of AWS's lists in AWS's writing, the shortest first."""

from __future__ import annotations

from sts_tui.account.policies.word_completion import actions_like, condition_keys_like


def test_services_then_their_actions() -> None:
    assert "s3:" in actions_like("s")
    assert actions_like("s3:getob")[0] == "s3:GetObject"
    assert actions_like("S3:GETOBJECTA")[:1] == ["s3:GetObjectAcl"]
    assert actions_like("nosuchservice:x") == []


def test_global_condition_keys_and_those_of_the_service() -> None:
    assert condition_keys_like("aws:tokeniss") == ["aws:TokenIssueTime"]
    assert "sts:ExternalId" in condition_keys_like("sts:")
    assert "s3:prefix" in condition_keys_like("s3:pre")
    assert "s3:prefix" in condition_keys_like("", frozenset({"s3"}), most=500)
    assert condition_keys_like("no:") == []
