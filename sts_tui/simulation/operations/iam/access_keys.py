"""Long-term access keys: create, switch on and off, delete, list. Each user has at most two.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import AccessKey, User
from sts_tui.account.iam_quotas import ACCESS_KEYS_PER_USER
from sts_tui.account.identifiers import LONG_TERM_KEY_PREFIX, derive_access_key_id
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.iam.identity_types import USER, authorized_identity
from sts_tui.simulation.operations.refusals import limit_exceeded, no_such_entity, validation_error
from sts_tui.simulation.operations.responses import created, page_of
from sts_tui.sts.ids import long_term_secret
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def keys_of(user: User) -> tuple[AccessKey, ...]:
    """The user's keys; if the file does not state any, the one active key that is derived for the user."""
    if user.access_keys is not None:
        return user.access_keys
    derived = derive_access_key_id(account_of(user.arn) or "", user.arn)
    return (AccessKey(access_key_id=derived, status="Active", create_date=user.create_date),)


def own_user_name(call: Call) -> str:
    """The `UserName` of the call; without it, the user whose credentials sign it."""
    if "UserName" in call.params:
        return str(call.params["UserName"])
    if call.caller.user_arn is None:
        raise validation_error("Must specify userName when calling with non-User credentials")
    return call.caller.user_arn.rsplit("/", 1)[-1]


def create_access_key(call: Call[shapes.CreateAccessKeyRequest]) -> Answer[shapes.CreateAccessKeyResponse]:
    user: User = authorized_identity(call, USER, own_user_name(call))
    keys = keys_of(user)
    if len(keys) >= ACCESS_KEYS_PER_USER:
        raise limit_exceeded("AccessKeysPerUser", ACCESS_KEYS_PER_USER)
    key = AccessKey(
        access_key_id=call.ids.access_key_id(LONG_TERM_KEY_PREFIX, call.account),
        status="Active",
        create_date=call.now,
    )
    shape: shapes.AccessKey = {
        "UserName": user.user_name,
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "SecretAccessKey": long_term_secret(key.access_key_id),
        "CreateDate": created(key.create_date),
    }
    answer = _with_keys(call, user, (*keys, key))
    return Answer(response={"AccessKey": shape}, configuration=answer.configuration, subject=user.arn)


def update_access_key(call: Call[shapes.UpdateAccessKeyRequest]) -> Answer:
    user: User = authorized_identity(call, USER, own_user_name(call))
    chosen = _key(call, user)
    changed = replace(chosen, status=call.params["Status"])
    return _with_keys(call, user, tuple(changed if key == chosen else key for key in keys_of(user)))


def delete_access_key(call: Call[shapes.DeleteAccessKeyRequest]) -> Answer:
    user: User = authorized_identity(call, USER, own_user_name(call))
    gone = _key(call, user).access_key_id
    return _with_keys(call, user, tuple(key for key in keys_of(user) if key.access_key_id != gone))


def list_access_keys(call: Call[shapes.ListAccessKeysRequest]) -> Answer[shapes.ListAccessKeysResponse]:
    user: User = authorized_identity(call, USER, own_user_name(call))
    page = page_of([_metadata(user, key) for key in keys_of(user)], call.params)
    return Answer(response={"AccessKeyMetadata": page.items, **page.end})


def _key(call: Call, user: User) -> AccessKey:
    wanted = call.params["AccessKeyId"]
    for key in keys_of(user):
        if key.access_key_id == wanted:
            return key
    raise no_such_entity(f"The Access Key with id {wanted} cannot be found.")


def _metadata(user: User, key: AccessKey) -> shapes.AccessKeyMetadata:
    return {
        "UserName": user.user_name,
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateDate": created(key.create_date),
    }


def _with_keys(call: Call, user: User, keys: tuple[AccessKey, ...]) -> Answer:
    changed = replace(user, access_keys=keys)
    return Answer(configuration=with_entity(call.configuration, changed), subject=user.arn)


PERFORMS: dict[str, Perform] = {
    "CreateAccessKey": create_access_key,
    "UpdateAccessKey": update_access_key,
    "DeleteAccessKey": delete_access_key,
    "ListAccessKeys": list_access_keys,
}
