"""Put, get and delete the policy of an S3 bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.entities import Resource
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.policy_documents import read
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError, stored
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import s3 as shapes

_NO_POLICY = WrittenPolicy({"Version": "2012-10-17", "Statement": []})
_SYNTAX = "This policy contains invalid Json"


def put_bucket_policy(call: Call[shapes.PutBucketPolicyRequest]) -> Answer:
    bucket = _bucket(call)
    document = _document(call, bucket)
    changed = replace(bucket, policy=document)
    return Answer(configuration=with_entity(call.configuration, changed), subject=bucket.arn)


def get_bucket_policy(call: Call[shapes.GetBucketPolicyRequest]) -> Answer[shapes.GetBucketPolicyOutput]:
    """The policy as text, as S3 returns it."""
    bucket = _bucket(call)
    if bucket.policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return Answer(response={"Policy": compact(bucket.policy.document)})


def delete_bucket_policy(call: Call[shapes.DeleteBucketPolicyRequest]) -> Answer:
    """A bucket without a policy is not an error."""
    bucket = _bucket(call)
    changed = replace(bucket, policy=None)
    return Answer(configuration=with_entity(call.configuration, changed), subject=bucket.arn)


def _bucket(call: Call) -> Resource:
    """The bucket, after authorizing the call. Whether a bucket exists is not secret. Other accounts are
    refused even if the policy allows them, and the owner's root user is allowed even if the policy denies it,
    so that an owner cannot be locked out.
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
    if not document:
        raise _malformed(_SYNTAX)
    for fault in faults:
        raise _malformed(fault.message, fault.detail)
    for statement in _listed(document.get("Statement", [])):
        _check_statement(bucket, statement)
    try:
        return stored(WrittenPolicy(document), call.configuration)
    except UnknownPrincipalError as unknown:
        raise _malformed("Invalid principal in policy", unknown.principal) from None


def _malformed(message: str, hint: str = "") -> AwsError:
    return AwsError("MalformedPolicy", message, 400, hint=hint)


def _check_statement(bucket: Resource, statement: Mapping[str, Any]) -> None:
    """Raise errors for what IAM's grammar accepts and S3 does not: words of other services, other buckets'
    resources, and actions on objects if only the bucket is named, or the reverse.
    """
    from sts_tui.account.policies.vocabulary import (  # AWS's lists: only where one is written
        can_apply,
        knows_action,
    )

    actions = [one for name in ("Action", "NotAction") for one in _listed(statement.get(name, []))]
    resources = [one for name in ("Resource", "NotResource") for one in _listed(statement.get(name, []))]
    for action in actions:
        if action != "*" and not (action.lower().startswith("s3:") and knows_action(action)):
            raise _malformed("Policy has invalid action", action)
    for resource in resources:
        if not _is_within(bucket, resource):
            raise _malformed("Policy has invalid resource", resource)
    applied = tuple(_listed(statement.get("Resource", [])))
    for action in _listed(statement.get("Action", [])):
        if applied and not can_apply(action, applied):
            raise _malformed("Action does not apply to any resource(s) in statement", action)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_within(bucket: Resource, pattern: str) -> bool:
    """Whether a resource pattern matches only this bucket or its objects; a single `*` is accepted."""
    return pattern in ("*", bucket.arn) or pattern.startswith((f"{bucket.arn}/", f"{bucket.arn}*"))


PERFORMS: dict[str, Perform] = {
    "PutBucketPolicy": put_bucket_policy,
    "GetBucketPolicy": get_bucket_policy,
    "DeleteBucketPolicy": delete_bucket_policy,
}
