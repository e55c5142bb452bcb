"""Bucket and key policies: what S3 and KMS answer and refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench_of, refusal
from tests.accounts.policies import OTHER, allows, arn

BUCKET = "arn:aws:s3:::data"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/abc"


def opens(
    resource: str = f"{BUCKET}/*", principal: Any = ACCOUNT, action: str = "s3:GetObject"
) -> dict[str, Any]:
    """A resource policy that allows one action."""
    return allows(action, resource, Principal={"AWS": principal})


def services(**caller: Any) -> Bench:
    bench = bench_of(
        {
            "Accounts": [
                {
                    "AccountId": ACCOUNT,
                    "UserDetailList": [{"UserName": "bob", "AccessKeys": []}],
                    "Resources": [{"Arn": BUCKET}, {"Arn": KEY}],
                },
                {"AccountId": OTHER},
            ]
        }
    )
    if caller:
        bench.caller = CallerIdentity(caller=Caller(**caller), label="somebody", account=caller["account"])
    return bench


def test_bucket_policy_is_put_read_as_text_and_deleted() -> None:
    aws = services()
    answer = aws.answer("s3:PutBucketPolicy", Bucket="data", Policy=json.dumps(opens(), indent=4))
    assert (answer.response, answer.subject) == ({}, BUCKET)
    assert (aws.asked[0].resource, aws.asked[0].resource_account) == (BUCKET, ACCOUNT)
    assert json.loads(aws("s3:GetBucketPolicy", Bucket="data")["Policy"]) == opens()
    for _ in range(2):
        aws("s3:DeleteBucketPolicy", Bucket="data")
    missing = ("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
    assert refusal(aws, "s3:GetBucketPolicy", Bucket="data") == missing


def test_missing_bucket_is_no_secret() -> None:
    aws = services()
    aws.denied = ("s3:PutBucketPolicy",)
    missing = ("NoSuchBucket", 404, "The specified bucket does not exist")
    assert refusal(aws, "s3:PutBucketPolicy", Bucket="nowhere", Policy=opens()) == missing


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (opens("arn:aws:s3:::other/*"), "Policy has invalid resource"),
        (opens(action="ec2:RunInstances"), "Policy has invalid action"),
        (opens(action="s3:GetObjects"), "Policy has invalid action"),
        (opens(BUCKET), "Action does not apply to any resource(s) in statement"),
        (opens(action="s3:ListBucket"), "Action does not apply to any resource(s) in statement"),
        (opens(principal=arn("user/nobody")), "Invalid principal in policy"),
    ],
)
def test_bad_bucket_policies_are_refused_in_s3s_words(policy: Any, message: str) -> None:
    refused = refusal(services(), "s3:PutBucketPolicy", Bucket="data", Policy=policy)
    assert refused == ("MalformedPolicy", 400, message)


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:PutObjectTagging"])
def test_actions_of_s3_are_accepted_in_any_spelling(action: str) -> None:
    services()("s3:PutBucketPolicy", Bucket="data", Policy=opens(action=action))


def test_another_account_may_not_edit_a_bucket_policy_whatever_it_says() -> None:
    aws = services(kind=CallerKind.USER, arn=arn("user/x", OTHER), account=OTHER)
    assert refusal(aws, "s3:DeleteBucketPolicy", Bucket="data") == (
        "MethodNotAllowed",
        405,
        "The specified method is not allowed against this resource.",
    )
    assert refusal(aws, "s3:DeleteBucketPolicy", Bucket="data", ExpectedBucketOwner=OTHER) == (
        "AccessDenied",
        403,
        "Access Denied",
    )


def test_owners_root_user_is_judged_without_the_bucket_policy() -> None:
    aws = services(kind=CallerKind.ROOT, arn=arn("root"), account=ACCOUNT)
    aws("s3:DeleteBucketPolicy", Bucket="data")
    given = aws.asked[0].resource_policy
    assert given is not None
    assert given.document["Statement"] == []
    bob = services(kind=CallerKind.USER, arn=arn("user/bob"), account=ACCOUNT)
    bob("s3:DeleteBucketPolicy", Bucket="data")
    assert bob.asked[0].resource_policy is None


def test_deleted_user_in_a_bucket_policy_becomes_its_id() -> None:
    aws = services()
    user_id = aws("iam:GetUser", UserName="bob")["User"]["UserId"]
    aws("s3:PutBucketPolicy", Bucket="data", Policy=opens(principal=[arn("user/bob"), OTHER]))
    aws("iam:DeleteUser", UserName="bob")
    shown = json.loads(aws("s3:GetBucketPolicy", Bucket="data")["Policy"])
    assert shown["Statement"][0]["Principal"]["AWS"] == [user_id, OTHER]


def key_policy(principal: str = f"arn:aws:iam::{ACCOUNT}:root") -> dict[str, Any]:
    return opens("*", principal, "kms:*")


def test_key_policy_is_put_by_id_or_arn_and_read_as_text() -> None:
    aws = services()
    for key in ("abc", KEY):
        aws("kms:PutKeyPolicy", KeyId=key, PolicyName="default", Policy=key_policy())
        found = aws("kms:GetKeyPolicy", KeyId=key)
        assert (json.loads(found["Policy"]), found["PolicyName"]) == (key_policy(), "default")


def test_key_policy_that_locks_its_author_out_is_refused_unless_he_insists() -> None:
    aws = services()
    aws.denied_by_new_policy = ("kms:PutKeyPolicy",)
    assert refusal(aws, "kms:PutKeyPolicy", KeyId="abc", Policy=key_policy()) == (
        "MalformedPolicyDocumentException",
        400,
        "The new key policy will not allow you to update the key policy in the future.",
    )
    aws("kms:PutKeyPolicy", KeyId="abc", Policy=key_policy(), BypassPolicyLockoutSafetyCheck=True)


def test_key_policies_are_refused_in_kmss_words() -> None:
    aws = services()
    nobodys = "1234abcd-12ab-34cd-56ef-1234567890ab"
    for key_id, message in (
        (nobodys, f"Key 'arn:aws:kms:us-east-1:{ACCOUNT}:key/{nobodys}' does not exist"),
        ("none", "Invalid keyId 'none'"),
    ):
        refused = refusal(aws, "kms:PutKeyPolicy", KeyId=key_id, Policy=key_policy())
        assert refused == ("NotFoundException", 400, message)
    assert refusal(aws, "kms:PutKeyPolicy", KeyId="abc", PolicyName="mine", Policy=key_policy()) == (
        "NotFoundException",
        400,
        "No such policy exists",
    )
    assert refusal(aws, "kms:PutKeyPolicy", KeyId="abc", Policy=key_policy(arn("user/nobody"))) == (
        "MalformedPolicyDocumentException",
        400,
        "Policy contains a statement with one or more invalid principals.",
    )
    assert refusal(aws, "kms:PutKeyPolicy", KeyId="", Policy=key_policy())[0] == "ValidationException"
