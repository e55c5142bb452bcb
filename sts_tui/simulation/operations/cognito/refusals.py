"""How does Cognito Identity refuse a call? Codes are from its API reference. The messages, which the
reference does not give, are from public reports, each with its source.

https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision

NO_GUESTS: Final = "Unauthenticated access is not supported for this identity pool."
"""https://github.com/aws/aws-sdk-js-v3/issues/3113"""
UNSUPPORTED: Final = "Token is not from a supported provider of this identity pool."
"""https://github.com/amazon-archives/amazon-cognito-identity-js/issues/544"""
NO_MATCH: Final = (
    "Logins don't match. Please include at least one valid login for this identity or identity pool."
)
"""https://github.com/aws-amplify/amplify-js/issues/2443"""
NO_CLASSIC_FLOW: Final = "Basic (classic) flow is not enabled, please use enhanced flow."
"""https://github.com/aws/aws-cli/issues/7652"""
NO_CLASSIC_MAPPINGS: Final = (
    "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow."
)
"""https://github.com/aws-observability/aws-rum-web/issues/172"""
BAD_ROLES: Final = "Invalid identity pool configuration. Check assigned IAM roles for this pool."
"""https://github.com/amazon-archives/amazon-cognito-auth-js/issues/196"""


def not_authorized(message: str, hint: str = "") -> AwsError:
    """Cognito's refusal of a login or an identity; no policy is involved."""
    return AwsError("NotAuthorizedException", message, 400, hint=hint)


def bad_login(reason: str, hint: str = "") -> AwsError:
    """`Invalid login token. …` https://github.com/amazon-archives/amazon-cognito-identity-js/issues/7"""
    return not_authorized(f"Invalid login token. {reason}".rstrip(), hint)


def not_responding(hint: str) -> AwsError:
    """A login provider does not respond, in the API reference's words."""
    message = "A dependent service such as Facebook or Twitter is not responding."
    return AwsError("ExternalServiceException", message, 400, hint=hint)


def forbidden(identity_id: str, hint: str) -> AwsError:
    """The caller has not proven to own the identity."""
    return not_authorized(f"Access to Identity '{identity_id}' is forbidden.", hint)


def not_found(kind: str, identifier: str, hint: str = "") -> AwsError:
    """`IdentityPool 'us-east-1:…' not found.` https://github.com/aws-amplify/amplify-js/issues/2708"""
    return AwsError("ResourceNotFoundException", f"{kind} '{identifier}' not found.", 400, hint=hint)


def invalid_parameter(message: str, hint: str = "") -> AwsError:
    """Parameters that contradict each other."""
    return AwsError("InvalidParameterException", message, 400, hint=hint)


def conflict(message: str, hint: str = "") -> AwsError:
    """A login that belongs to another identity."""
    return AwsError("ResourceConflictException", message, 400, hint=hint)


def bad_roles(hint: str, decision: Decision | None = None) -> AwsError:
    """The pool has no role that this identity can have."""
    return AwsError("InvalidIdentityPoolConfigurationException", BAD_ROLES, 400, decision=decision, hint=hint)
