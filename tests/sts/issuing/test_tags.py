"""Session tags through chains. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.entities import Tag
from sts_tui.sts.issuing.tags import SessionTags
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, role_arn, user_arn


def tags(**given: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


def refused(desk: Desk, **given: Any) -> tuple[str, int, str]:
    refusal = desk.refusal("AssumeRole", **{"RoleArn": role_arn("App"), "RoleSessionName": "ab", **given})
    return refusal.code, refusal.status, refusal.message


def test_worked_example_of_the_guide() -> None:
    """Star=1 stays behind, Heart=1 is passed on and beats the role's own Heart=9, Sun=1 comes along."""
    desk = Desk()
    first = desk.assume("App", Tags=tags(Star="1", Heart="1"), TransitiveTagKeys=["Heart"])
    second = desk.assume("Deep", by=desk.key(first), Tags=tags(Sun="1"))
    session = desk.session(second)
    assert dict(session.tags) == {"Heart": "1", "Sun": "1"}
    assert session.transitive_tag_keys == ("Heart",)
    assert session.inherited_tag_keys == ("Heart",)
    third = desk.session(desk.assume("App", by=desk.key(second)))
    assert dict(third.tags) == {"Heart": "1"}


def test_passing_an_inherited_key_again_fails_in_any_case_and_with_the_same_value() -> None:
    desk = Desk()
    first = desk.key(desk.assume("App", Tags=tags(Heart="1"), TransitiveTagKeys=["Heart"]))
    assert refused(desk, by=first, RoleArn=role_arn("Deep"), Tags=tags(heart="1")) == (
        "InvalidParameterValue",
        400,
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag "
        "key from the calling session.",
    )


def test_tag_that_is_not_transitive_can_be_passed_again() -> None:
    desk = Desk()
    first = desk.key(desk.assume("App", Tags=tags(Star="1")))
    assert dict(desk.session(desk.assume("Deep", by=first, Tags=tags(Star="2"))).tags) == {"Star": "2"}


def test_keys_that_differ_in_case_only_are_duplicates() -> None:
    assert refused(Desk(), Tags=tags(Team="a", team="b")) == (
        "InvalidParameterValue",
        400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


def test_transitive_key_has_to_be_among_the_tags() -> None:
    expected = (
        "InvalidParameterValue",
        400,
        "The specified transitive tag key must be included in the requested tags.",
    )
    assert refused(Desk(), Tags=tags(team="a"), TransitiveTagKeys=["cost"]) == expected
    assert refused(Desk(), TransitiveTagKeys=["Heart"]) == expected


def test_reserved_prefix_is_refused_in_any_case() -> None:
    assert refused(Desk(), Tags=tags(**{"AWS:x": "1"}))[:2] == ("InvalidParameterValue", 400)


def test_fifty_tags_pass_and_fifty_one_do_not(desk: Desk) -> None:
    fifty = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert "Credentials" in desk.assume("App", Tags=fifty)
    code, _, message = refused(desk, Tags=[*fifty, {"Key": "k50", "Value": ""}])
    assert code == "ValidationError"
    assert message.endswith(
        "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"
    )


@pytest.mark.parametrize(
    ("tag", "at", "constraint"),
    [
        (
            {"Key": "", "Value": "x"},
            "tags.1.member.key",
            "Member must have length greater than or equal to 1",
        ),
        (
            {"Key": "k" * 129, "Value": ""},
            "tags.1.member.key",
            "Member must have length less than or equal to 128",
        ),
        ({"Key": "k", "Value": "v" * 257}, "tags.1.member.value", "less than or equal to 256"),
        ({"Key": "a*", "Value": ""}, "tags.1.member.key", r"pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"),
        ({"Key": "k"}, "tags.1.member.value", "Member must not be null"),
    ],
)
def test_each_limit_of_a_tag_is_reported_at_its_place(tag: dict[str, str], at: str, constraint: str) -> None:
    code, status, message = refused(Desk(), Tags=[tag])
    assert (code, status) == ("ValidationError", 400)
    assert f"at '{at}'" in message
    assert constraint in message


def test_letters_of_any_script_are_good_tags(desk: Desk) -> None:
    response = desk.assume(
        "App", Tags=[{"Key": "k" * 128, "Value": "v" * 256}, {"Key": "équipe 部", "Value": "½"}]
    )
    assert dict(desk.session(response).tags)["équipe 部"] == "½"


def test_tags_need_tag_session_in_the_trust_policy() -> None:
    desk = Desk()
    _, _, message = refused(desk, RoleArn=role_arn("Plain"), Tags=tags(team="a"))
    assert message == (
        f"User: {user_arn('alice')} is not authorized to perform: sts:TagSession "
        f"on resource: {role_arn('Plain')}"
    )


def test_tags_need_tag_session_of_a_caller_whose_identity_policy_counts() -> None:
    _, _, message = refused(Desk(), by="narrow", Tags=tags(team="a"))
    assert "sts:TagSession" in message


def test_inherited_tags_alone_need_tag_session_on_the_target() -> None:
    desk = Desk()
    first = desk.key(desk.assume("App", Tags=tags(Heart="1"), TransitiveTagKeys=["Heart"]))
    _, _, message = refused(desk, by=first, RoleArn=role_arn("DeepPlain"))
    assert message.endswith(f"sts:TagSession on resource: {role_arn('DeepPlain')}")


def test_inherited_tag_overrides_the_roles_own_and_keeps_its_case() -> None:
    seen = SessionTags(inherited=(("heart", "1"),)).role_tag_context([Tag(key="Heart", value="9")])
    assert seen == {"aws:ResourceTag/Heart": "1", "iam:ResourceTag/Heart": "1"}


def test_session_tags_are_principal_tags_of_later_requests(desk: Desk) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/Heart": "1"}}
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}
    desk.sim.call(
        "iam:PutRolePolicy",
        {
            "RoleName": "App",
            "PolicyName": "tag",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statement},
        },
    )
    queue = f"arn:aws:sqs:us-east-1:{MAIN}:q"
    assert desk.may("sqs:SendMessage", queue, by=desk.key(desk.assume("App", Tags=tags(heart="1"))))
    assert not desk.may("sqs:SendMessage", queue, by=desk.key(desk.assume("App")))
