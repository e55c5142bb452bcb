"""Which events are written for sign-ins? Those of the console, the access portal and Identity Center's
AssumeRoleWithSAML.

No policy decides a sign-in, and its events have special forms. The user is that of the sign-in session that
the call created or ended.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sso-entries.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_center import CenterUser, derived_uuid
from sts_tui.account.sign_in import SignIn
from sts_tui.simulation.events import ConfigurationChanged, Event, RequestAnswered
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity, root_identity, session_identity, user_identity
from sts_tui.sts.session import Session
from sts_tui.trail.writing.issuing import response_of
from sts_tui.trail.writing.user_identity import identity_center_user
from sts_tui.trail.writing.user_identity import user_identity as written_identity

CONSOLE: Final = "signin:ConsoleLogin"
PORTAL: Final = ("sso-oauth:CreateToken", "sso:Logout")
"""Calls of IAM Identity Center users that no policy decides."""
_LOGIN_PAGE: Final = "https://console.aws.amazon.com/console/home"


def signed_in(following: list[Event], world: World) -> SignIn | None:
    """The sign-in session that a call created or ended; None if the call failed."""
    edited = next((one for one in following if isinstance(one, ConfigurationChanged)), None)
    if edited is None:
        return None
    found = world.configuration.sign_ins.get(edited.subject)
    if found is None and edited.action == PORTAL[0]:  # its subject is the user
        user = edited.subject.rpartition("/")[2]
        own = [one for one in world.configuration.sign_ins.values() if one.principal == user]
        found = max(own, key=lambda one: one.issued_at, default=None)
    return found


def who_signed_in(made: SignIn, world: World) -> CallerIdentity | None:
    """The identity of a console session: a user, the root user, or temporary credentials."""
    if (session := world.sessions.get(made.credentials)) is not None:
        return session_identity(session)
    if (user := world.configuration.users.get(made.principal)) is not None:
        return user_identity(user)
    account = account_of(made.principal) or ""
    return root_identity(account) if made.principal.endswith(":root") else None


def failed_sign_in(event: RequestAnswered, configuration: Configuration) -> CallerIdentity | None:
    """The IAM user whose sign-in was refused; None for other principals."""
    users = [one for one in configuration.users.values() if one.user_name == event.caller]
    return user_identity(users[0]) if len(users) == 1 else None


def console_login(
    record: Mapping[str, Any], caller: CallerIdentity, configuration: Configuration, *, is_success: bool
) -> dict[str, Any]:
    """The event of a console sign-in, with the differences from a call. `record` is the event so far, with
    AWS's member names. A failure has a message but no code, and nothing about MFA.
    """
    identity = written_identity(caller, {})
    identity.pop("accessKeyId", None)
    user = configuration.users.get(caller.user_arn or "")
    devices = user.mfa_devices if user is not None else ()
    extra = {"LoginTo": _LOGIN_PAGE, "MobileVersion": "No", "MFAUsed": "Yes" if devices else "No"}
    if devices:
        extra["MFAIdentifier"] = devices[0].serial_number
    own: dict[str, Any] = {
        "userIdentity": identity,
        "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com",
        "eventType": "AwsConsoleSignIn",
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Success" if is_success else "Failure"},
        "additionalEventData": extra,
        "readOnly": False,
        "recipientAccountId": caller.account or record["recipientAccountId"],
    }
    left = {name: value for name, value in record.items() if name not in ("errorCode", "resources")}
    return left | own | ({} if is_success else {"errorMessage": "Failed authentication"})


def of_center_user(label: str, made: SignIn | None, configuration: Configuration) -> CenterUser | None:
    """The Identity Center user of a sign-in session, or with this label."""
    users = configuration.directory_users.values()
    if made is not None:
        return next((one for one in users if one.user_id == made.principal), None)
    return next((one for one in users if label == f"identity-center/{one.user_name}"), None)


def by_center_user(user: CenterUser, configuration: Configuration) -> dict[str, Any]:
    """The members that events of an Identity Center user have in common, with AWS's names; empty without an
    instance.
    """
    instance = next(iter(configuration.identity_center_instances.values()), None)
    if instance is None:
        return {}
    account = configuration.owner_of_instance(instance)
    return {
        "userIdentity": identity_center_user(user, instance, configuration),
        "recipientAccountId": account,
        "requestParameters": None,
        "responseElements": None,
    }


def portal_events(
    record: Mapping[str, Any],
    action: str,
    made: SignIn,
    configuration: Configuration,
    ids: Callable[[str], str],
) -> list[dict[str, Any]]:
    """The events of a portal sign-in or sign-out: first those of the sign-in page, then the call of the
    client. `record` has AWS's member names; `ids` returns the event id for a name. Empty if the user is
    unknown.
    """
    name = action.partition(":")[2]
    user = of_center_user("", made, configuration)
    instance = next(iter(configuration.identity_center_instances.values()), None)
    if user is None or instance is None:
        return []
    plain = {key: value for key, value in record.items() if key != "resources"}
    called = {"eventSource": "sso.amazonaws.com", "eventName": name, "readOnly": False}
    call: dict[str, Any] = {**plain, **by_center_user(user, configuration), **called}
    if name != "CreateToken":
        return [call]
    workflow = {"AuthWorkflowID": derived_uuid(f"workflow {ids('sign-in')}"), "CredentialType": "PASSWORD"}
    portal = {"LoginTo": f"https://{instance.identity_store_id}.awsapps.com/start/"}
    page_events = {
        "CredentialChallenge": workflow | {"UserName": user.user_name},
        "CredentialVerification": workflow,
        "UserAuthentication": workflow | portal,
    }
    return [*(_at_sign_in_page(call, kind, extra, ids(kind)) for kind, extra in page_events.items()), call]


def _at_sign_in_page(
    call: Mapping[str, Any], name: str, extra: Mapping[str, str], event_id: str
) -> dict[str, Any]:
    """An event of the sign-in page, for a user of Identity Center's directory with a password."""
    return {
        **call,
        "eventSource": "signin.amazonaws.com",
        "eventName": name,
        "eventType": "AwsServiceEvent",
        "eventID": event_id,
        "additionalEventData": dict(extra),
        "serviceEventDetails": {name: "Success"},
    }


def role_of_the_portal(
    record: Mapping[str, Any], session: Session, condition_keys: Mapping[str, Any], provider: str, own_id: str
) -> dict[str, Any]:
    """The AssumeRoleWithSAML that Identity Center calls for its user, in the account of the role. The event
    of GetRoleCredentials, with the members `record`, does not refer to it. `condition_keys`: those of
    the assertion. AWS does not document the recorded source address; here it is the user's.
    """
    request: dict[str, Any] = {
        "roleArn": session.issuer_arn,
        "roleSessionName": session.name,
        "principalArn": provider,
        "durationSeconds": round((session.expires_at - session.issued_at).total_seconds()),
    }
    if session.tags:
        request["principalTags"] = dict(session.tags)
    if session.transitive_tag_keys:
        request["transitiveTagKeys"] = list(session.transitive_tag_keys)
    qualifier = derived_uuid(f"name qualifier {provider}")
    return {
        **record,
        "eventID": own_id,
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithSAML",
        "readOnly": True,
        "userIdentity": {
            "type": "SAMLUser",
            "principalId": f"{qualifier}:{session.name}",
            "userName": session.name,
            "identityProvider": qualifier,
        },
        "requestParameters": request,
        "responseElements": response_of(session, condition_keys),
        "recipientAccountId": session.account,
    }
