"""Put, get and delete the policy of an S3 bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sts_tui.account.entities import Resource
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.policy_kind import PolicyKind
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.operations.documents import read
from sts_tui.simulation.operations.families import edited, with_entity
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError, stored
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

_NO_POLICY = WrittenPolicy({"Version": "2012-10-17", "Statement": []})
_SYNTAX = "This policy contains invalid Json"


def put_bucket_policy(call: Call) -> Answer:
    bucket = _bucket(call)
    document = _document(call, bucket)
    changed = edited(bucket, policy=document)
    return Answer(configuration=with_entity(call.configuration, "resources", changed), subject=bucket.arn)


def get_bucket_policy(call: Call) -> Answer:
    """The policy as text, as S3 answers it."""
    bucket = _bucket(call)
    if bucket.policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return Answer(response={"Policy": compact(bucket.policy.document)})


def delete_bucket_policy(call: Call) -> Answer:
    """A bucket without a policy is no error."""
    bucket = _bucket(call)
    changed = edited(bucket, policy=None)
    return Answer(configuration=with_entity(call.configuration, "resources", changed), subject=bucket.arn)


def _bucket(call: Call) -> Resource:
    """The bucket, once the caller may do this to it.

    That a bucket does not exist is no secret. Other accounts are refused even where the policy allows them,
    and the owner's root user gets in even where the policy denies it, so that nobody locks himself out.
    """
    arn = f"arn:{call.configuration.partition_of(call.account)}:s3:::{call.params['Bucket']}"
    bucket = call.configuration.resources.get(arn)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    expected = call.params.get("ExpectedBucketOwner")
    if expected is not None and expected != bucket.account:
        raise AwsError("AccessDenied", "Access Denied", 403, hint=f"the bucket belongs to {bucket.account}")
    caller = call.caller.caller
    is_owners_root = caller.kind is CallerKind.ROOT and caller.account == bucket.account
    call.authorize(
        call.operation,
        arn,
        resource_account=bucket.account,
        resource_policy=_NO_POLICY if is_owners_root else None,
    )
    if not call.caller.is_operator and caller.account != bucket.account:
        raise AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    return bucket


def _document(call: Call, bucket: Resource) -> WrittenPolicy:
    document, faults = read(call.params["Policy"], PolicyKind.RESOURCE)
    if document is None:
        raise _malformed(_SYNTAX)
    for fault in faults:
        raise _malformed(fault.message, fault.detail)
    if not all(_is_within(bucket, one) for one in _resources(document)):
        raise _malformed("Policy has invalid resource")
    try:
        return stored(WrittenPolicy(document), call.configuration)
    except UnknownPrincipalError as unknown:
        raise _malformed("Invalid principal in policy", unknown.principal) from None


def _malformed(message: str, hint: str = "") -> AwsError:
    return AwsError("MalformedPolicy", message, 400, hint=hint)


def _resources(document: Mapping[str, Any]) -> list[str]:
    statements = document.get("Statement", [])
    found: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Resource", "NotResource"):
            value = statement.get(element, [])
            found += value if isinstance(value, list) else [value]
    return found


def _is_within(bucket: Resource, pattern: str) -> bool:
    """Whether a resource pattern is about this bucket or its objects; the lone `*` is."""
    return pattern in ("*", bucket.arn) or pattern.startswith((f"{bucket.arn}/", f"{bucket.arn}*"))


PERFORMS: dict[str, Callable[[Call], Answer]] = {
    "PutBucketPolicy": put_bucket_policy,
    "GetBucketPolicy": get_bucket_policy,
    "DeleteBucketPolicy": delete_bucket_policy,
}
