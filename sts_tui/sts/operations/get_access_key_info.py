"""How is GetAccessKeyInfo simulated? It returns the account to which an access key belongs.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html

Access key ids encode their account. Ids without it (older ones, or invented ones in an account file) are
looked up in the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.account.identifiers import (
    LONG_TERM_KEY_PREFIX,
    TEMPORARY_KEY_PREFIX,
    account_of_access_key_id,
)
from sts_tui.sts.authenticate import key_owner
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetAccessKeyInfo"


def get_access_key_info(
    call: Call[shapes.GetAccessKeyInfoRequest],
) -> Answer[shapes.GetAccessKeyInfoResponse]:
    """Only the account, even if the key is inactive, expired or deleted."""
    refuse_caller(ACTION, call.caller, call.settings)
    call.authorize(ACTION)
    key = call.params["AccessKeyId"]
    account = _account_of(call, key)
    if account is None:
        raise AwsError("InvalidClientTokenId", f"The access key {key} does not exist", 403)
    return Answer(response={"Account": account})


def _account_of(call: Call, key: str) -> str | None:
    if (session := call.sessions.get(key)) is not None:
        return session.account
    if (owner := key_owner(key, call.configuration)) is not None:
        return owner[0].arn.split(":")[4]
    is_key = key.startswith((LONG_TERM_KEY_PREFIX, TEMPORARY_KEY_PREFIX))
    return account_of_access_key_id(key) if is_key else None
