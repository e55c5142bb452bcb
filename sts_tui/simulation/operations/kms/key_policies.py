"""Put and get the policy of a KMS key. Every key has one, and it is always called `default`.

https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.entities import Resource
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.policy_documents import read
from sts_tui.simulation.operations.requests import compact, is_true
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError, stored
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import kms as shapes

ONLY_NAME = "default"
_KEY_ID = lazy_pattern(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
"""https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id"""


def put_key_policy(call: Call[shapes.PutKeyPolicyRequest]) -> Answer:
    key = _key(call)
    policy = _document(call)
    if not is_true(call.params.get("BypassPolicyLockoutSafetyCheck")):
        _refuse_lockout(call, key, policy)
    changed = replace(key, policy=policy)
    return Answer(configuration=with_entity(call.configuration, changed), subject=key.arn)


def get_key_policy(call: Call[shapes.GetKeyPolicyRequest]) -> Answer[shapes.GetKeyPolicyResponse]:
    """The policy as text, as KMS returns it."""
    key = _key(call)
    if key.policy is None:
        raise AwsError(
            "NotFoundException", "No such policy exists", 400, hint="the account file gives it none"
        )
    return Answer(response={"Policy": compact(key.policy.document), "PolicyName": ONLY_NAME})


def _key(call: Call) -> Resource:
    """The key, after authorizing the call; a key of another account cannot be edited."""
    arn = _arn(call)
    key = call.configuration.resources.get(arn)
    call.authorize(call.operation, arn, resource_account=key.account if key else None)
    if key is None or key.account != call.account:
        given = str(call.params["KeyId"])
        is_id = given.startswith("arn:") or _KEY_ID.fullmatch(given)
        message = f"Key '{arn}' does not exist" if is_id else f"Invalid keyId '{given}'"
        raise AwsError("NotFoundException", message, 400)
    if call.params.get("PolicyName", ONLY_NAME) != ONLY_NAME:
        raise AwsError("NotFoundException", "No such policy exists", 400)
    return key


def _arn(call: Call) -> str:
    """The ARN for a key id or a key ARN; aliases are not accepted."""
    given = str(call.params["KeyId"])
    if given.startswith("arn:"):
        return given
    return f"arn:{call.configuration.partition_of(call.account)}:kms:{call.region}:{call.account}:key/{given}"


def _document(call: Call) -> WrittenPolicy:
    document, faults = read(call.params["Policy"], PolicyKind.RESOURCE)
    for fault in faults:
        raise _malformed(fault.message, fault.detail)
    try:
        return stored(WrittenPolicy(document), call.configuration)
    except UnknownPrincipalError as unknown:
        message = "Policy contains a statement with one or more invalid principals."
        raise _malformed(message, unknown.principal) from None


def _refuse_lockout(call: Call, key: Resource, policy: WrittenPolicy) -> None:
    """The caller must still be able to put a key policy afterwards."""
    try:
        call.authorize(call.operation, key.arn, resource_account=key.account, resource_policy=policy)
    except AwsError as refused:
        raise _malformed(
            "The new key policy will not allow you to update the key policy in the future.", refused.message
        ) from None


def _malformed(message: str, hint: str = "") -> AwsError:
    return AwsError("MalformedPolicyDocumentException", message, 400, hint=hint)


PERFORMS: dict[str, Perform] = {
    "PutKeyPolicy": put_key_policy,
    "GetKeyPolicy": get_key_policy,
}
