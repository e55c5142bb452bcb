"""How is GetCallerIdentity simulated? It returns the identity of the caller, cannot be denied and fails only
on authentication.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.operation import Answer, Call

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes


def get_caller_identity(
    call: Call[shapes.GetCallerIdentityRequest],
) -> Answer[shapes.GetCallerIdentityResponse]:
    """UserId, Account and Arn of the caller. No policy is evaluated, so this works for revoked sessions."""
    caller = call.caller
    refuse_caller("sts:GetCallerIdentity", caller, call.settings)
    return Answer(
        response={
            "UserId": caller.user_id or caller.label,
            "Account": caller.account or call.account,
            "Arn": caller.arn or caller.label,
        }
    )
