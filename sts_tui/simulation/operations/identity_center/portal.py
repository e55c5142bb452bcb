"""The access portal: which accounts and roles does a signed-in user have, and how are credentials issued?
Identity Center assumes the role of the permission set on the user's behalf, like AssumeRoleWithSAML with its
own provider. The role's trust policy and the RCPs of its account are evaluated; SCPs apply to the session's
requests but not to the sign-in, because no principal of the account makes that call. Signing out does not end
role sessions.
https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role
from sts_tui.account.identity_center import CenterUser, IdentityCenterInstance, PermissionSet, attribute_path
from sts_tui.account.json_value import Json
from sts_tui.account.permission_set_roles import role_of_set
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.sign_in import SAML_SIGN_IN, SignIn
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, federated_identity
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role
from sts_tui.sts.issuing.tags import SessionTags
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sso as shapes
    from sts_tui.sts.issuing.parameters import TokenParameters

ACTION: Final = "sts:AssumeRoleWithSAML"
USER_KEY: Final = "identitystore:UserId"
_SESSION_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-")


def get_role_credentials(
    call: Call[shapes.GetRoleCredentialsRequest],
) -> Answer[shapes.GetRoleCredentialsResponse]:
    """A session of the permission set's role. Raises UnauthorizedException without a portal session,
    ForbiddenException for a permission set that the user does not have, or that a policy denies.
    """
    sign_in, user = _signed_in(call)
    account = call.params["accountId"]
    set_ = _assigned_set(call, user, account, call.params["roleName"])
    role = role_of_set(set_, account, call.configuration)
    if role is None:
        raise _no_access(f"{set_.name} is not provisioned to account {account}")
    plan = _authorized(call, user, set_, role)
    session, _ = issue_role_session(cast("Call[TokenParameters]", call), plan)
    session = replace(session, sign_in=sign_in.arn)
    credentials = session.credentials
    return Answer(
        response={
            "roleCredentials": {
                "accessKeyId": credentials.access_key_id,
                "secretAccessKey": credentials.secret_access_key,
                "sessionToken": credentials.session_token,
                "expiration": int(credentials.expiration.timestamp() * 1000),
            }
        },
        sessions=(session,),
        subject=role.arn,
    )


def list_accounts(call: Call[shapes.ListAccountsRequest]) -> Answer[shapes.ListAccountsResponse]:
    """The accounts in which the user has a permission set. Raises UnauthorizedException."""
    _, user = _signed_in(call)
    accounts = dict.fromkeys(account for account, _ in assigned(user, call.configuration))
    facts = call.configuration.accounts
    return Answer(
        response={
            "accountList": [
                {"accountId": one, "accountName": facts[one].name} for one in accounts if one in facts
            ]
        }
    )


def list_account_roles(
    call: Call[shapes.ListAccountRolesRequest],
) -> Answer[shapes.ListAccountRolesResponse]:
    """The permission sets of the user in one account. Raises UnauthorizedException."""
    _, user = _signed_in(call)
    account = call.params["accountId"]
    names = dict.fromkeys(set_.name for where, set_ in assigned(user, call.configuration) if where == account)
    return Answer(response={"roleList": [{"roleName": name, "accountId": account} for name in names]})


def logout(call: Call[shapes.LogoutRequest]) -> Answer:
    """End the portal session. Credentials that it issued are valid until they expire. Raises
    UnauthorizedException.
    """
    sign_in, _ = _signed_in(call)
    ended = {sign_in.arn: replace(sign_in, ended_at=call.now)}
    table = PersistentMap.of(call.configuration.sign_ins).updated(ended)
    return Answer(configuration=replace(call.configuration, sign_ins=table), subject=sign_in.arn)


def assigned(user: CenterUser, configuration: Configuration) -> Iterator[tuple[str, PermissionSet]]:
    """(account id, permission set) of every assignment of the user, direct or through a group."""
    groups = {
        one.group_id
        for one in configuration.group_memberships.values()
        if one.member_id.user_id == user.user_id
    }
    for one in configuration.account_assignments.values():
        mine = (
            one.principal_id == user.user_id if one.principal_type == "USER" else one.principal_id in groups
        )
        set_ = configuration.permission_sets.get(one.permission_set_arn)
        if mine and set_ is not None:
            yield one.account_id, set_


def session_tags(user: CenterUser, instance: IdentityCenterInstance | None) -> SessionTags:
    """The attributes for access control, as tags of the session. An attribute without a value sets none.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-abac.html
    """
    pairs = []
    for attribute in instance.access_control_attributes if instance is not None else ():
        values = (_attribute(user, source) for source in attribute.value.source)
        if text := next((value for value in values if value), ""):
            pairs.append((attribute.key, text))
    return SessionTags(passed=tuple(pairs))


def trust_context(session_name: str) -> dict[str, Json]:
    """The condition keys with which the trust policy is evaluated."""
    return {"saml:aud": SAML_SIGN_IN, "sts:RoleSessionName": session_name}


def portal_identity(user: CenterUser, role: Role) -> CallerIdentity:
    """The caller while Identity Center assumes the role: the holder of an assertion of its provider."""
    provider = _trusted_provider(role)
    return federated_identity(provider, provider.split(":")[4], f"identity-center/{user.user_name}")


def session_name(user: CenterUser) -> str:
    """The name of the user's role sessions: the user name. Characters that a session name cannot contain
    become `_`.
    """
    name = "".join(one if one in _SESSION_NAME else "_" for one in user.user_name)[:64]
    return name if len(name) > 1 else f"{name}_"


def _authorized(call: Call, user: CenterUser, set_: PermissionSet, role: Role) -> RoleSessionPlan:
    instance = next(iter(call.configuration.identity_center_instances.values()), None)
    tags, name = session_tags(user, instance), session_name(user)
    caller = portal_identity(user, role)
    try:
        authorize_on_role(
            call, ACTION, role, context=trust_context(name), tags=tags, source_identity=None, caller=caller
        )
    except AwsError as denied:
        hint = denied.hint or f"a policy denies {ACTION} on {role.role_name}"
        raise _no_access(hint, denied) from None
    return RoleSessionPlan(
        operation="AssumeRoleWithSAML",
        role=role,
        session_name=name,
        seconds=set_.seconds,
        tags=tags,
        parent_label=caller.label,
        context={USER_KEY: user.user_id},
    )


def _signed_in(call: Call) -> tuple[SignIn, CenterUser]:
    """The portal session of the access token, and its user. Raises UnauthorizedException."""
    token = call.params["accessToken"]
    for one in call.configuration.sign_ins.values():
        if one.kind == "portal" and one.token == token:
            user = call.configuration.directory_users.get(one.principal)
            if one.is_active(call.now) and user is not None and user.user_status == "ENABLED":
                return one, user
            raise _unauthorized(f"the portal session of {one.label} has ended")
    raise _unauthorized("no portal session has this token")


def _assigned_set(call: Call, user: CenterUser, account: str, name: str) -> PermissionSet:
    for where, set_ in assigned(user, call.configuration):
        if where == account and set_.name == name:
            return set_
    raise _no_access(f"{user.user_name} has no permission set {name} in account {account}")


def _trusted_provider(role: Role) -> str:
    """The SAML provider of Identity Center in the account, as the trust policy of its role names it."""
    statements = role.assume_role_policy_document.document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        named = principal.get("Federated") if isinstance(principal, dict) else None
        for arn in named if isinstance(named, list) else [named]:
            if isinstance(arn, str) and ":saml-provider/AWSSSO_" in arn:
                return arn
    partition, account = role.arn.split(":")[1], role.arn.split(":")[4]
    return f"arn:{partition}:iam::{account}:saml-provider/AWSSSO"


def _attribute(user: CenterUser, source: str) -> str:
    path = (attribute_path(source) or "").lower()
    head, _, rest = path.partition(".")
    if path == "username":
        return user.user_name
    if path in ("displayname", "title", "usertype"):
        plain = {"displayname": user.display_name, "title": user.title, "usertype": user.user_type}
        return plain[path]
    if head.startswith("emails"):
        first = next((one for one in user.emails if one.get("Primary")), None)
        return str(first.get("Value", "")) if first else ""
    held = user.name if head == "name" else (user.extensions or {}).get("aws:identitystore:enterprise")
    members = {key.lower(): value for key, value in held.items()} if isinstance(held, dict) else {}
    value = members.get(rest)
    return value if isinstance(value, str) else ""


def _no_access(hint: str, denied: AwsError | None = None) -> AwsError:
    decision = None if denied is None else denied.decision
    return AwsError("ForbiddenException", "No access", 403, decision=decision, hint=hint)


def _unauthorized(hint: str) -> AwsError:
    return AwsError("UnauthorizedException", "Session token not found or invalid", 401, hint=hint)


PERFORMS: dict[str, Perform] = {
    "GetRoleCredentials": get_role_credentials,
    "ListAccounts": list_accounts,
    "ListAccountRoles": list_account_roles,
    "Logout": logout,
}
