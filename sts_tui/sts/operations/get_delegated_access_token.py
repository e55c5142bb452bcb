"""How is GetDelegatedAccessToken simulated? It exchanges a trade-in token for credentials.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html

Trade-in tokens are issued by approval flows of AWS's console, which are not simulated, so every token is
refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.regions import refuse_region

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetDelegatedAccessToken"


def get_delegated_access_token(
    call: Call[shapes.GetDelegatedAccessTokenRequest],
) -> Answer[shapes.GetDelegatedAccessTokenResponse]:
    """Always raises AWS's error. The hint says why."""
    refuse_caller(ACTION, call.caller, call.settings)
    refuse_region(call, call.caller.account or call.account)
    raise AwsError(
        "ExpiredTradeInTokenException",
        "The trade-in token provided in the request has expired and can no longer be exchanged for "
        "credentials. Request a new token and retry the operation.",
        hint="trade-in tokens are not simulated: none is ever issued",
    )
