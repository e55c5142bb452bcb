"""Which events are sign-ins? The console's, the access portal's, and what Identity Center does for its users.

No policy decides a sign-in, and its events have forms of their own. Who signed in is read from the sign-in
session that the call made or ended.
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
"""Calls of a user of IAM Identity Center that no policy decides."""
_LOGIN_PAGE: Final = "https://console.aws.amazon.com/console/home"


def signed_in(following: list[Event], world: World) -> SignIn | None:
    """The sign-in session that a call made or ended; None where it failed."""
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
    """The identity behind a console session: a user, the root user, or temporary credentials."""
    if (session := world.sessions.get(made.credentials)) is not None:
        return session_identity(session)
    if (user := world.configuration.users.get(made.principal)) is not None:
        return user_identity(user)
    account = account_of(made.principal) or ""
    return root_identity(account) if made.principal.endswith(":root") else None


def failed_sign_in(event: RequestAnswered, configuration: Configuration) -> CallerIdentity | None:
    """The user whose sign-in was refused; None for anyone else."""
    users = [one for one in configuration.users.values() if one.user_name == event.caller]
    return user_identity(users[0]) if len(users) == 1 else None


def console_login(
    record: Mapping[str, Any], caller: CallerIdentity, configuration: Configuration, *, is_success: bool
) -> dict[str, Any]:
    """What a console sign-in has in place of what a call has. `record` is the event so far, members by
    AWS's names. A failure has a message and no code, and says nothing of MFA.
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
    """The user of Identity Center who a sign-in session belongs to, or whom a label names."""
    users = configuration.directory_users.values()
    if made is not None:
        return next((one for one in users if one.user_id == made.principal), None)
    return next((one for one in users if label == f"identity-center/{one.user_name}"), None)


def by_center_user(user: CenterUser, configuration: Configuration) -> dict[str, Any]:
    """What events of a user of Identity Center have in common: members of an event by AWS's names; empty
    without an instance.
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
    """The events of a portal sign-in or of its end: what the sign-in page asked and was answered, then the
    call of the client. `record` has AWS's names; `ids` gives the event id for a name. Empty where nobody is
    known.
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
    said = {
        "CredentialChallenge": workflow | {"UserName": user.user_name},
        "CredentialVerification": workflow,
        "UserAuthentication": workflow | portal,
    }
    return [*(_at_sign_in_page(call, kind, extra, ids(kind)) for kind, extra in said.items()), call]


def _at_sign_in_page(
    call: Mapping[str, Any], name: str, extra: Mapping[str, str], event_id: str
) -> dict[str, Any]:
    """An event of the sign-in page, for a user of Identity Center's own directory with a password."""
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
    record: Mapping[str, Any], session: Session, said: Mapping[str, Any], provider: str, own_id: str
) -> dict[str, Any]:
    """The AssumeRoleWithSAML that Identity Center makes for its user, in the account of the role. The event
    of GetRoleCredentials does not name it; `record` has its members. `said`: the condition keys of the
    assertion. From which address AWS records it is not documented: here it is the user's.
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
        "responseElements": response_of(session, said),
        "recipientAccountId": session.account,
    }
