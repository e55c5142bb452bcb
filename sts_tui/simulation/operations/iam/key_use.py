"""When was an access key last used, according to the request log?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.simulation.operations.iam.identity_types import authorize_on
from sts_tui.simulation.operations.refusals import access_denied
from sts_tui.simulation.operations.responses import instant
from sts_tui.sts.authenticate import key_owner
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

_NEVER: Final = "N/A"
"""Service and Region of a key that was not used, without a date."""


def get_access_key_last_used(
    call: Call[shapes.GetAccessKeyLastUsedRequest],
) -> Answer[shapes.GetAccessKeyLastUsedResponse]:
    """For a key of the caller's account. Raises AccessDenied, also for a key that does not exist."""
    key = call.params["AccessKeyId"]
    owner = key_owner(key, call.configuration)
    if owner is None or owner[0].arn.split(":")[4] != call.account:
        call.authorize(call.operation)
        raise access_denied(call, f"access key {key}", f"account {call.account} has no access key {key}")
    user = owner[0]
    authorize_on(call, user.arn, user)
    use = call.uses.last_use(key)
    used: shapes.AccessKeyLastUsed = {"ServiceName": _NEVER, "Region": _NEVER}
    if use is not None:
        used = {"LastUsedDate": instant(use.at), "ServiceName": use.service, "Region": use.region}
    return Answer(response={"UserName": user.user_name, "AccessKeyLastUsed": used})


PERFORMS: dict[str, Perform] = {"GetAccessKeyLastUsed": get_access_key_last_used}
