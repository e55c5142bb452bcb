"""PackedPolicySize against every published percentage whose sizes are known, and what happens above 100."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.entities import Settings
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.credentials import token_size
from sts_tui.sts.errors import AwsError
from sts_tui.sts.ids import UNPADDED_TOKEN_LENGTH, VERSION_1_TOKEN_LENGTH
from sts_tui.sts.issuing.packed_size import (
    hundredths,
    packed_size,
    rounded_percentage,
    scoped_token_size,
)
from sts_tui.sts.issuing.session_policies import NO_POLICIES, SessionPolicies
from tests.accounts.organization import Desk
from tests.accounts.policies import allow, policy, role_arn

EKS = (
    ("eks-cluster-arn", 66),
    ("eks-cluster-name", 14),
    ("kubernetes-namespace", 14),
    ("kubernetes-service-account", 14),
    ("kubernetes-pod-name", 5),
    ("kubernetes-pod-uid", 36),
)
"""Keys of EKS Pod Identity's six tags (114 characters) with values of 149 characters in all."""


def policy_of(length: int) -> WrittenPolicy:
    """A policy of this many characters without insignificant white space."""
    document = policy(allow("s3:GetObject", resource="arn:aws:s3:::"))
    missing = length - len(json.dumps(document, separators=(",", ":")))
    document["Statement"][0]["Resource"] += "x" * missing
    assert len(json.dumps(document, separators=(",", ":"))) == length
    return WrittenPolicy(document)


def percentage(policies: SessionPolicies = NO_POLICIES, tags: Any = (), **settings: Any) -> int:
    return packed_size(policies, tuple(tags), Settings(**settings)).percentage


def refused_percentage(policies: SessionPolicies = NO_POLICIES, tags: Any = ()) -> str:
    with pytest.raises(AwsError) as refusal:
        percentage(policies, tags)
    assert (refusal.value.code, refusal.value.status) == ("PackedPolicyTooLarge", 400)
    return refusal.value.message


def test_nine_tags_of_250_characters_take_498_percent() -> None:
    """https://github.com/aws-actions/configure-aws-credentials/issues/1898"""
    tags = [(f"T{number}", "a" * 250) for number in range(1, 10)]
    assert refused_percentage(tags=tags) == "Packed size of session tags consumes 498% of allotted space."


def test_six_tags_of_eks_pod_identity_take_61_percent() -> None:
    tags = [(key, "v" * length) for key, length in EKS]
    assert (sum(len(key) for key, _ in tags), sum(len(value) for _, value in tags)) == (114, 149)
    assert percentage(tags=tags) == 61


@pytest.mark.parametrize(("length", "percent"), [(85, 4), (102, 6)])
def test_short_policies(length: int, percent: int) -> None:
    """Allow `*` on `*` of GetFederationToken, and the sample of the API reference."""
    document = policy(allow("*"))
    document["Statement"][0]["Action"] = "*"
    shortest = len(json.dumps(document, separators=(",", ":")))
    if length > shortest:
        document["Statement"][0]["Sid"] = "s" * (length - shortest - len('"Sid":"",'))
    assert percentage(SessionPolicies(inline=WrittenPolicy(document))) == percent


def test_policy_of_366_characters_with_one_managed_policy_takes_36_percent() -> None:
    arn = "arn:aws:iam::123456789012:policy/" + "p" * 13
    assert len(arn) == 46
    assert percentage(SessionPolicies(inline=policy_of(366), arns=(arn,))) == 36


def test_policy_of_1690_characters_takes_157_percent() -> None:
    message = refused_percentage(SessionPolicies(inline=policy_of(1690)))
    assert message == "Packed policy consumes 157% of allotted space, please use smaller policy."


def test_policy_of_736_characters_with_three_small_tags_takes_about_82_percent() -> None:
    tags = (("user", "alice@acme.example"), ("team", "platform"), ("task", "triage-0042-abcdefg"))
    assert 80 <= percentage(SessionPolicies(inline=policy_of(736)), tags) <= 84


def test_nothing_takes_nothing() -> None:
    assert percentage() == 0


@pytest.mark.parametrize(("characters", "percent"), [(900, 98), (922, 100), (1, 0), (5, 1)])
def test_half_a_byte_for_each_character_of_an_arn(characters: int, percent: int) -> None:
    arn = "arn:aws:iam::123456789012:policy/"
    arns = (arn + "p" * (characters - len(arn)),) if characters > len(arn) else ("p" * characters,)
    assert percentage(SessionPolicies(arns=arns)) == percent


def test_percentages_are_rounded_to_the_nearest() -> None:
    assert [rounded_percentage(packed, 461) for packed in (230, 231, 691, 692)] == [0, 1, 1, 2]


def test_nothing_is_added_to_the_shortest_token_of_either_version() -> None:
    assert packed_size(NO_POLICIES, (), Settings()).token_size == UNPADDED_TOKEN_LENGTH
    older = packed_size(NO_POLICIES, (), Settings(), is_version_1=True)
    assert older.token_size == VERSION_1_TOKEN_LENGTH
    tagged = packed_size(NO_POLICIES, (("k", "v" * 10),), Settings())
    assert tagged.token_size == UNPADDED_TOKEN_LENGTH + 14
    assert packed_size(NO_POLICIES, (), Settings(), minimum_token_size=4000).token_size == 4000


@pytest.mark.parametrize(("minimum", "percent"), [(4096, 100), (4056, 100), (4055, 99), (0, 9)])
def test_percentage_of_the_token_is_rounded_up(minimum: int, percent: int) -> None:
    settings = Settings(packed_policy_size_measures="token")
    assert packed_size(NO_POLICIES, (), settings, minimum_token_size=minimum).percentage == percent


def test_a_token_of_4096_bytes_is_the_largest() -> None:
    assert packed_size(NO_POLICIES, (), Settings(), minimum_token_size=4096).token_size == 4096
    with pytest.raises(AwsError, match="Serialized token too large") as refused:
        packed_size(NO_POLICIES, (), Settings(), minimum_token_size=4097)
    assert refused.value.hint == "the session token has 4097 bytes, 4096 are allowed"


def test_exactly_100_percent_fits() -> None:
    tags = [("k" * 128, "v" * 256), ("k", "v" * (461 - 387 - 4))]
    assert percentage(tags=tags) == 100
    with pytest.raises(AwsError):
        percentage(tags=[*tags[:1], ("k", "v" * (461 - 387 - 4 + 3))])


def test_the_allotment_is_a_setting() -> None:
    tags = [("k", "v" * 256)]
    assert percentage(tags=tags) == 56
    assert percentage(tags=tags, packed_policy_allotment_bytes=3072) == 8


def test_whole_token_has_a_maximum_too() -> None:
    tags = [(f"T{number:02}", "v" * 256) for number in range(20)]
    with pytest.raises(AwsError, match="Serialized token too large for session"):
        percentage(tags=tags, packed_policy_allotment_bytes=100_000)


def test_percentage_can_measure_the_token_instead() -> None:
    desk = Desk(settings={"PackedPolicySizeMeasures": "token"})
    answer = desk.assume("App", Tags=[{"Key": "k", "Value": "v" * 256}])
    assert answer["PackedPolicySize"] == answer["SessionTokenUtilization"]
    nine = [{"Key": f"T{number}", "Value": "a" * 250} for number in range(9)]
    assert desk.assume("App", Tags=nine)["PackedPolicySize"] <= 100


def test_policies_and_tags_share_the_allotment(desk: Desk) -> None:
    long = json.dumps(policy(allow([*(f"s3:Act{number:02}" for number in range(45))])), separators=(",", ":"))
    tags = [{"Key": "k", "Value": "v" * 256}]
    assert "Credentials" in desk.assume("App", Policy=long)
    assert "Credentials" in desk.assume("App", Tags=tags)
    refused = desk.refusal(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", Policy=long, Tags=tags
    )
    assert refused.code == "PackedPolicyTooLarge"
    assert refused.message.startswith("Packed policy consumes ")
    assert refused.message.endswith("% of allotted space, please use smaller policy.")


def test_inherited_tags_alone_are_counted_and_reported(desk: Desk) -> None:
    tags = [{"Key": key, "Value": "v" * length} for key, length in EKS]
    keys = [key for key, _ in EKS]
    first = desk.assume("App", Tags=tags, TransitiveTagKeys=keys)
    assert first["PackedPolicySize"] == 61
    assert desk.assume("Deep", by=desk.key(first))["PackedPolicySize"] == 61


def test_inherited_and_own_tags_together_can_be_too_large(desk: Desk) -> None:
    """https://github.com/aws/containers-roadmap/issues/2413"""
    tags = [{"Key": key, "Value": "v" * length} for key, length in EKS]
    first = desk.assume("App", Tags=tags, TransitiveTagKeys=[key for key, _ in EKS])
    own = [{"Key": "own", "Value": "v" * 200}]
    refused = desk.refusal(
        "AssumeRole", by=desk.key(first), RoleArn=role_arn("Deep"), RoleSessionName="ab", Tags=own
    )
    assert refused.message.startswith("Packed size of session tags consumes ")
    assert "Credentials" in desk.assume("App", Tags=own)


def test_size_is_absent_without_policies_and_tags(desk: Desk) -> None:
    assert "PackedPolicySize" not in desk.assume("App")
    assert desk.call("GetFederationToken", by="broker", Name="fred")["PackedPolicySize"] == 0


@pytest.mark.parametrize("operation", ["assume", "session", "federation"])
def test_session_token_size_and_utilization_agree_with_the_token(desk: Desk, operation: str) -> None:
    answer = {
        "assume": lambda: desk.assume("App", MinimumSessionTokenSize=4096),
        "session": lambda: desk.call("GetSessionToken"),
        "federation": lambda: desk.call("GetFederationToken", by="broker", Name="fred"),
    }[operation]()
    size = len(answer["Credentials"]["SessionToken"])
    assert (answer["SessionTokenSize"], answer["SessionTokenUtilization"]) == (size, -(-100 * size // 4096))


def test_sizes_add_up_and_count_bytes() -> None:
    """Sizes are hundredths of a byte; a tag has the bytes of its key and its value, and some of its own."""
    one, other = (("team", "blue"),), (("stage", "prod"),)
    assert hundredths(NO_POLICIES, one + other) == hundredths(NO_POLICIES, one) + hundredths(
        NO_POLICIES, other
    )
    assert hundredths(NO_POLICIES, other) - hundredths(NO_POLICIES, one) == 100
    assert hundredths(NO_POLICIES, (("team", "bluë"),)) - hundredths(NO_POLICIES, one) == 100
    assert hundredths(NO_POLICIES, (("tëam", "blue"),)) - hundredths(NO_POLICIES, one) == 100
    assert hundredths(NO_POLICIES, one) % 100 == 0
    arns = SessionPolicies(arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
    both = SessionPolicies(arns=arns.arns * 2)
    assert hundredths(arns, ()) == 50 * len(arns.arns[0])
    assert hundredths(both, one) == 2 * hundredths(arns, ()) + hundredths(NO_POLICIES, one)
    inline = SessionPolicies(inline=policy_of(1690))
    assert hundredths(inline, one) == hundredths(inline, ()) + hundredths(NO_POLICIES, one)


def test_the_token_has_room_for_each_begun_byte() -> None:
    half = SessionPolicies(arns=("a" * 3,))  # a byte and a half
    whole = SessionPolicies(arns=("a" * 4,))
    sizes = [packed_size(each, (), Settings()).token_size for each in (NO_POLICIES, half, whole)]
    assert sizes[1] == sizes[2] > sizes[0]


def test_a_letter_beyond_ascii_is_one_character_of_a_policy() -> None:
    plain = policy(allow("s3:GetObject", resource="arn:aws:s3:::data/" + "e" * 200))
    accented = policy(allow("s3:GetObject", resource="arn:aws:s3:::data/" + "\u00e9" * 200))
    sizes = [hundredths(SessionPolicies(inline=WrittenPolicy(each)), ()) for each in (plain, accented)]
    assert sizes[0] == sizes[1]


def test_the_first_percent_too_much_is_refused() -> None:
    tags = [("T", "a" * 250)]
    packed = hundredths(NO_POLICIES, tags)
    most = next(size for size in range(900, 100, -1) if rounded_percentage(packed, size) == 101)
    with pytest.raises(AwsError, match="101%"):
        packed_size(NO_POLICIES, tags, Settings(packed_policy_allotment_bytes=most))


def test_the_token_grows_by_the_packed_bytes_rounded_up() -> None:
    bare = packed_size(NO_POLICIES, (), Settings()).token_size
    for length in (1, 2, 100, 250):
        tags = (("T", "a" * length),)
        packed = -(-hundredths(NO_POLICIES, tags) // 100)
        assert packed_size(NO_POLICIES, tags, Settings()).token_size == bare + packed


def test_the_token_of_a_scoped_session_grows_with_each_policy(desk: Desk) -> None:
    parent = desk.session(desk.assume("App"))
    sizes = [
        scoped_token_size(parent, [policy_of(400)] * count, Settings(), minimum_token_size=0)
        for count in range(4)
    ]
    one = -(-hundredths(SessionPolicies(inline=policy_of(400)), ()) // 100)
    assert sizes[0] < sizes[1] < sizes[2] < sizes[3]
    assert abs(sizes[1] - sizes[0] - one) <= 1


def test_tokens_are_of_version_2_unless_said_otherwise() -> None:
    assert token_size(minimum_token_size=0) == UNPADDED_TOKEN_LENGTH == 356
    assert token_size(minimum_token_size=0, is_version_1=True) == VERSION_1_TOKEN_LENGTH
