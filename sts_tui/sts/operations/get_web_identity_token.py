"""How is GetWebIdentityToken simulated? It returns a token that identifies the caller to services outside
AWS.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.entities import Tag
from sts_tui.account.json_value import Json
from sts_tui.sts.caller_restrictions import refuse_caller, self_arn
from sts_tui.sts.credentials import printed
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import WEB_IDENTITY_TOKEN_DEFAULT, WEB_IDENTITY_TOKEN_MAX_PAYLOAD
from sts_tui.sts.issuing.tags import SessionTags, requested_tags
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.operations.identity_token_subject import (
    ORIGIN_IDENTITY,
    principal_arn,
    scopes,
    subject,
    subject_mode,
)

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetWebIdentityToken"
NAMESPACE: Final = "https://sts.amazonaws.com/"


def get_web_identity_token(
    call: Call[shapes.GetWebIdentityTokenRequest],
) -> Answer[shapes.GetWebIdentityTokenResponse]:
    """A JWT about the caller, or the person behind its session, signed with RS256 or ES384.

    Raises AwsError: the errors of `subject` and `scopes`, the documented errors of the operation, and
    denials.
    """
    caller, params = call.caller, call.params
    refuse_caller(ACTION, caller, call.settings)
    account = caller.account or call.account
    facts = call.configuration.accounts.get(account)
    if facts is None or not facts.outbound_web_identity_federation:
        raise AwsError(
            "OutboundWebIdentityFederationDisabledException",
            "The outbound web identity federation feature is not enabled for this account. Enable the "
            "feature and retry the operation.",
            403,
        )
    seconds = int(params.get("DurationSeconds") or WEB_IDENTITY_TOKEN_DEFAULT)
    tags = requested_tags(params)
    scopes(params)
    _authorize(call, account, tags, seconds)
    expires = (call.now + timedelta(seconds=seconds)).replace(microsecond=0)
    if caller.session is not None and expires > caller.session.expires_at:
        raise AwsError(
            "SessionDurationEscalationException",
            "The requested token duration would extend the session beyond its original expiration time. You "
            "cannot use this operation to extend the lifetime of a session beyond what was granted when the "
            "session was originally created.",
            403,
        )
    return Answer(response=_signed(call, _claims(call, account, tags, expires), expires))


def _authorize(call: Call, account: str, tags: SessionTags, seconds: int) -> None:
    """Check all permissions on `…:self`: for the operation, for tags and for a scope."""
    resource = self_arn(call.caller)
    context: dict[str, Json] = {
        "sts:IdentityTokenAudience": list(call.params["Audience"]),
        "sts:SigningAlgorithm": call.params["SigningAlgorithm"],
        "sts:DurationSeconds": str(seconds),
        "sts:SubjectMode": subject_mode(call.params),
        **tags.request_context(),
    }
    if values := scopes(call.params):
        context["sts:IdentityTokenScope"] = list(values)
    call.authorize(ACTION, resource, context=context, resource_account=account)
    if tags.passed:
        call.authorize("sts:TagGetWebIdentityToken", resource, context=context, resource_account=account)
    if values:
        call.authorize("sts:SetWebIdentityTokenScope", resource, context=context, resource_account=account)


def _claims(call: Call, account: str, tags: SessionTags, expires: datetime) -> dict[str, Any]:
    from sts_tui.identity_providers.outbound import outbound_issuer

    audiences = list(call.params["Audience"])
    mode = subject_mode(call.params)
    claims: dict[str, Any] = {
        "iss": outbound_issuer(account),
        "aud": audiences[0] if len(audiences) == 1 else audiences,
        "sub": subject(call.caller, mode),
        "iat": int(call.now.timestamp()),
        "exp": int(expires.timestamp()),
        "jti": call.ids.request_id(),
        NAMESPACE: _aws_claims(call, account, tags),
    }
    if mode == ORIGIN_IDENTITY:
        claims[NAMESPACE]["subject_mode"] = mode
    if (scope := call.params.get("Scope")) is not None:
        claims["scope"] = scope
    return claims


def _aws_claims(call: Call, account: str, tags: SessionTags) -> dict[str, Json]:
    session, organization = call.caller.session, call.configuration.organization
    claims: dict[str, Json] = {
        "aws_account": account,
        "source_region": call.region,
        "principal_id": principal_arn(call.caller),
    }
    if organization is not None:
        claims["org_id"] = organization.id
    if session is not None:
        claims["original_session_exp"] = printed(session.expires_at)
        optional = {
            "source_identity": session.source_identity,
            "federated_provider": session.context.get("aws:FederatedProvider"),
            "ec2_source_instance_arn": session.context.get("ec2:SourceInstanceArn"),
            "lambda_source_function_arn": session.context.get("lambda:SourceFunctionArn"),
        }
        claims |= {name: value for name, value in optional.items() if value is not None}
    if principal_tags := _principal_tags(call):
        claims["principal_tags"] = principal_tags
    if tags.passed:
        claims["request_tags"] = dict(tags.passed)
    return claims


def _principal_tags(call: Call) -> dict[str, str]:
    """The tags of the role or user. A session tag replaces the tag with the same key."""
    configuration, principal = call.configuration, principal_arn(call.caller)
    holder = configuration.roles.get(principal) or configuration.users.get(principal)
    own: tuple[Tag, ...] = holder.tags if holder is not None else ()
    session_tags = call.caller.session.tags if call.caller.session else ()
    replaced = {key.lower() for key, _ in session_tags}
    return {tag.key: tag.value for tag in own if tag.key.lower() not in replaced} | dict(session_tags)


def _signed(call: Call, claims: dict[str, Any], expires: datetime) -> shapes.GetWebIdentityTokenResponse:
    from sts_tui.identity_providers.outbound import payload_of, sign_outbound

    if len(payload_of(claims)) > WEB_IDENTITY_TOKEN_MAX_PAYLOAD:
        raise AwsError(
            "JWTPayloadSizeExceededException",
            "The requested token payload size exceeds the maximum allowed size. Reduce the number of request "
            "tags included in the GetWebIdentityToken API call to reduce the token payload size.",
        )
    token = sign_outbound(claims, call.params["SigningAlgorithm"])
    return {"WebIdentityToken": token, "Expiration": printed(expires)}
