"""How is AssumeRoleWithWebIdentity simulated? The holder of an OpenID Connect token or access token gets a
session. The call is not signed.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sts_tui.account.json_value import Json
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.access_tokens import BUILT_IN_OAUTH, looked_up_identity
from sts_tui.sts.federation.federated_attributes import (
    role_authorized_by_idp,
    source_identity_of_claims,
    tags_of_claims,
)
from sts_tui.sts.federation.web_identity_tokens import WebIdentity, verified_web_identity
from sts_tui.sts.identity import federated_identity
from sts_tui.sts.issuing.origin_identity import propagated_context, propagation_member
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, duration, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role, find_role, role_account
from sts_tui.sts.issuing.session_policies import requested_policies
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.regions import refuse_region

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:AssumeRoleWithWebIdentity"


def assume_role_with_web_identity(
    call: Call[shapes.AssumeRoleWithWebIdentityRequest],
) -> Answer[shapes.AssumeRoleWithWebIdentityResponse]:
    """Verify the token, evaluate only the trust policy, and issue a session of the role."""
    params = call.params
    role_arn = params["RoleArn"]
    account = role_account(role_arn)
    refuse_region(call, account)
    identity = _identified(call, account)
    caller = federated_identity(
        identity.principal, account if identity.principal.startswith("arn:") else None, identity.label
    )
    role = find_role(call, ACTION, caller)
    tags = tags_of_claims(identity.claims)
    source_identity = source_identity_of_claims(identity.claims, call.settings.source_identity_max_length)
    provider = call.configuration.oidc_providers.get(identity.principal)
    propagated = propagated_context(provider, identity.single, lambda: identity.host, call.configuration)
    context = {**_context(call, identity), **propagated}
    authorize_on_role(
        call, ACTION, role, context=context, tags=tags, source_identity=source_identity, caller=caller
    )
    plan = RoleSessionPlan(
        operation="AssumeRoleWithWebIdentity",
        role=role,
        session_name=params["RoleSessionName"],
        seconds=duration(params, role, is_chained=False),
        tags=tags,
        policies=requested_policies(params, account, call.configuration),
        source_identity=source_identity,
        parent_label=identity.label,
        context={**identity.session_context(), **propagated},
    )
    session, common = issue_role_session(call, plan)
    response = cast(
        "shapes.AssumeRoleWithWebIdentityResponse",
        {
            **common,
            "SubjectFromWebIdentityToken": identity.subject,
            "Provider": identity.principal,
            "Audience": identity.audience,
            **propagation_member(propagated),
        },
    )
    return Answer(response=response, sessions=(session,))


def _context(call: Call, identity: WebIdentity) -> dict[str, Json]:
    context = {"sts:RoleSessionName": call.params["RoleSessionName"], **identity.trust_context()}
    authorized = role_authorized_by_idp(identity.claims, call.params["RoleArn"])
    return context if authorized is None else {**context, "sts:RoleAuthorizedByIdp": authorized}


def _identified(call: Call, account: str) -> WebIdentity:
    """The user to whom the token belongs: verified or, if ProviderId is one of the two providers with opaque
    access tokens, looked up. Raises AwsError.
    """
    provider_id = call.params.get("ProviderId")
    if provider_id is None:
        return verified_web_identity(call, account)
    if provider_id not in BUILT_IN_OAUTH:
        raise AwsError(
            "AccessDenied",
            f"Not authorized to perform {ACTION}",
            403,
            hint=f"unknown ProviderId {provider_id}: it is {' or '.join(BUILT_IN_OAUTH)}, and absent for "
            "OpenID Connect",
        )
    return looked_up_identity(call, provider_id)
