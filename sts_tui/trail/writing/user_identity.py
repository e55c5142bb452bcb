"""What is the `userIdentity` of a caller? It has a different form for each kind of credentials.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_center import CenterUser, IdentityCenterInstance, derived_uuid
from sts_tui.account.json_value import Json
from sts_tui.iam.caller import CallerKind
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.session import Session, SessionKind

_OPERATOR: Final = {"type": "Unknown", "principalId": "operator"}
"""The operator of a simulation, who is in no account. CloudTrail has no such caller."""


def user_identity(caller: CallerIdentity, condition_keys: Mapping[str, Json]) -> dict[str, Any]:
    """The `userIdentity` of a caller. `condition_keys`: condition key of a token or assertion → value."""
    if caller.is_operator:
        return dict(_OPERATOR)
    match caller.caller.kind:
        case CallerKind.SERVICE:
            return {"type": "AWSService", "invokedBy": caller.arn or ""}
        case CallerKind.FEDERATED:
            return _federated(caller, condition_keys)
        case CallerKind.ANONYMOUS:
            return {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    found: dict[str, Any] = {
        "type": _TYPES[caller.caller.kind],
        "principalId": _principal_id(caller),
        "arn": caller.arn or "",
        "accountId": caller.account or "",
    }
    if caller.access_key_id:
        found["accessKeyId"] = caller.access_key_id
    if caller.user_arn:
        found["userName"] = caller.user_arn.rpartition("/")[2]
    if caller.session is not None:
        found["sessionContext"] = _session_context(caller.session)
    return found


def identity_center_user(
    user: CenterUser, instance: IdentityCenterInstance, configuration: Configuration
) -> dict[str, Any]:
    """The `userIdentity` of an access portal user.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sso-entries.html
    """
    account = configuration.owner_of_instance(instance)
    store = configuration.identity_store_arn(instance.instance_arn)
    return {
        "type": "IdentityCenterUser",
        "accountId": account,
        "onBehalfOf": {"userId": user.user_id, "identityStoreArn": store},
        "credentialId": derived_uuid(f"portal session {user.user_id}"),
    }


_TYPES: Final = {
    CallerKind.USER: "IAMUser",
    CallerKind.USER_SESSION: "IAMUser",
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
    CallerKind.ROOT: "Root",
    CallerKind.ROOT_SESSION: "Root",
}


def as_other_account(identity: Mapping[str, Any]) -> dict[str, Any]:
    """A caller as recorded in the role's account: of `identity`, only the unique id and the account, with
    AWS's member names.
    """
    return {
        "type": "AWSAccount",
        "principalId": identity.get("principalId", ""),
        "accountId": identity.get("accountId", ""),
    }


def _principal_id(caller: CallerIdentity) -> str:
    return caller.user_id or caller.caller.unique_id or ""


def _session_context(session: Session) -> dict[str, Any]:
    context: dict[str, Any] = {
        "attributes": {
            "creationDate": instant(session.dated_at),
            "mfaAuthenticated": "true" if session.mfa_at else "false",
        }
    }
    if session.kind in (SessionKind.ROLE, SessionKind.FEDERATED_USER):
        is_role = session.kind is SessionKind.ROLE
        context["sessionIssuer"] = {
            "type": "Role" if is_role else "IAMUser",
            "principalId": session.issuer_id,
            "arn": session.issuer_arn,
            "accountId": session.issuer_arn.split(":")[4],
            "userName": session.issuer_arn.rpartition("/")[2],
        }
    if provider := session.context.get("aws:FederatedProvider"):
        host = str(provider).partition(":oidc-provider/")[2] or str(provider)
        attributes = {key: value for key, value in session.context.items() if key.startswith(f"{host}:")}
        context["webIdFederationData"] = {"federatedProvider": provider, "attributes": attributes}
    if session.source_identity:
        context["sourceIdentity"] = session.source_identity
    if delivery := session.context.get("ec2:RoleDelivery"):
        context["ec2RoleDelivery"] = delivery
    if sign_in := session.context.get("aws:SignInSessionArn"):
        context["signInSessionArn"] = sign_in
    return context


def _federated(caller: CallerIdentity, condition_keys: Mapping[str, Json]) -> dict[str, Any]:
    """`provider:audience:subject` for a token, `nameQualifier:subject` for an assertion."""
    provider = caller.arn or ""
    if ":saml-provider/" in provider:
        subject, qualifier = (
            str(condition_keys.get("saml:sub", "")),
            str(condition_keys.get("saml:namequalifier", "")),
        )
        return {
            "type": "SAMLUser",
            "principalId": f"{qualifier}:{subject}",
            "userName": subject,
            "identityProvider": qualifier,
        }
    host = provider.partition(":oidc-provider/")[2] or provider
    audience = condition_keys.get(f"{host}:aud") or condition_keys.get(f"{host}:app_id", "")
    audience = audience[0] if isinstance(audience, list) and audience else audience
    names = ("sub", "user_id", "id")  # for Login with Amazon and Facebook
    subject = str(next((value for name in names if (value := condition_keys.get(f"{host}:{name}"))), ""))
    return {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:{audience}:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }


def instant(at: datetime) -> str:
    """`2026-01-15T09:00:00Z`. Times in events have whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
