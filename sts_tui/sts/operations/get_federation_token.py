"""How is GetFederationToken simulated? A broker gives one of its users part of its permissions.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html

Without session policies, a federated user has only permissions that a resource policy grants to its ARN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.sts.credentials import asked_token_size, credentials_shape, token_size_members
from sts_tui.sts.issuing.packed_size import packed_size
from sts_tui.sts.issuing.session_policies import requested_policies
from sts_tui.sts.issuing.tags import requested_tags
from sts_tui.sts.issuing.user_sessions import UserSessionPlan, issue_user_session, long_term_caller
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.regions import is_version_1
from sts_tui.sts.session import SessionKind

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetFederationToken"


def get_federation_token(
    call: Call[shapes.GetFederationTokenRequest],
) -> Answer[shapes.GetFederationTokenResponse]:
    """Issue credentials of a federated user. Tags also need `sts:TagSession`."""
    caller = long_term_caller(call, ACTION)
    account = caller.account or call.account
    name = call.params["Name"]
    tags = requested_tags(call.params)
    arn = f"arn:{(caller.arn or 'arn:aws').split(':')[1]}:sts::{account}:federated-user/{name}"
    context = tags.request_context()
    call.authorize(ACTION, arn, context=context, resource_account=account)
    if tags.are_set:
        call.authorize("sts:TagSession", arn, context=context, resource_account=account)
    policies = requested_policies(call.params, account, call.configuration)
    packed = packed_size(
        policies,
        tags.all,
        call.settings,
        minimum_token_size=asked_token_size(call.params),
        is_version_1=is_version_1(call, account),
    )
    plan = UserSessionPlan(
        operation="GetFederationToken",
        kind=SessionKind.FEDERATED_USER,
        name=name,
        arn=arn,
        user_id=f"{account}:{name}",
        tags=tags,
        policies=policies,
        packed=packed,
    )
    session = issue_user_session(call, plan)
    response: shapes.GetFederationTokenResponse = {
        "Credentials": credentials_shape(session.credentials),
        "FederatedUser": {"FederatedUserId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": packed.percentage,
        **token_size_members(session.credentials),
    }
    return Answer(response=response, sessions=(session,))
