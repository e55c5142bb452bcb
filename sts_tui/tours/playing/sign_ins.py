"""How are `signin` and `signout` performed? With the calls of a client of the sign-in page, of the credential
helper of Roles Anywhere or of the agent of EKS Pod Identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.json_value import Json
from sts_tui.simulation.app_visitors import (
    first_call,
    logins_of,
    pool_of,
    second_call,
    session_call,
    token_call,
)
from sts_tui.simulation.calls.callers import CallerLike
from sts_tui.simulation.identities import ANONYMOUS, Identity
from sts_tui.simulation.sign_ins import (
    SIGN_IN_TOKEN,
    CannotSignInError,
    account_for,
    console_sign_in,
    end_of_portal_session,
    login_code,
    login_credentials,
    open_portal_session,
    open_sign_ins,
    portal_sign_in,
    portal_user,
    role_of_portal,
)
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.federated_invention import short_session_name
from sts_tui.simulation.workloads.pod_nodes import agent, pod_call
from sts_tui.simulation.workloads.workload_credentials import (
    NoCredentialsError,
    PodPlace,
    certificate_session,
)
from sts_tui.simulation.world import World
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.substitutions import split_directory_user, split_overrides

_KINDS = {"console": "console", "cli": "CLI"}
_AT_ONCE = 5
"""The maximum number of sign-in sessions that one call revokes."""


class Send(Protocol):
    """Makes a call. `joins`: whether it is one command with the call before it; `label`: the session's
    label.
    """

    def __call__(
        self,
        action: str,
        params: Mapping[str, object],
        who: CallerLike = ANONYMOUS,
        joins: bool = False,
        label: str | None = None,
    ) -> dict[str, object]: ...


def operation_of(step: steps.SignIn | steps.SignOut, world: World) -> str:
    """The operation whose response is shown. Raises CannotSignInError for an unknown identity pool."""
    if isinstance(step, steps.SignOut):
        return "Logout" if step.kind == "portal" else "BatchRevokeSessions"
    match step.kind:
        case "portal":
            return "GetRoleCredentials" if step.permission_set else "CreateToken"
        case "console":
            return "ConsoleLogin"
        case "app":
            is_basic = step.permission_set and not pool_of(step.pool, world).role_mappings
            return "AssumeRoleWithWebIdentity" if is_basic else "GetCredentialsForIdentity"
        case "certificate":
            return "CreateSession"
        case "pod":
            return "AssumeRoleForPodIdentity"
        case _:
            return "CreateOAuth2Token"


def perform_sign(
    step: steps.SignIn | steps.SignOut, simulation: Simulation, acting: Identity, send: Send
) -> dict[str, object]:
    """AWS's response to the last call, by member name. `acting`: the identity that revokes sessions. Raises
    CannotSignInError, UnknownIdentityError, and the AwsError of a call.
    """
    match step:
        case steps.SignIn(kind="portal"):
            return _sign_in_at_portal(step, simulation, send)
        case steps.SignIn(kind="app"):
            return _sign_in_to_app(step, simulation, send)
        case steps.SignIn(kind="certificate"):
            return _with_certificate(step, simulation, send)
        case steps.SignIn(kind="pod"):
            return _for_pod(step.who, simulation, send)
        case steps.SignOut(kind="portal"):
            return _sign_out_of_portal(step.who, simulation, send)
    who = simulation.resolve(step.who, acting.account)
    if isinstance(step, steps.SignOut):
        return _revoked(who, _KINDS[step.kind], simulation, acting, send)
    return (
        _sign_in_at_console(who, simulation, send)
        if step.kind == "console"
        else _login(who, simulation, send)
    )


def _with_certificate(step: steps.SignIn, simulation: Simulation, send: Send) -> dict[str, object]:
    """The credential helper of Roles Anywhere gets a session of the role. AWS names the session by the serial
    number of the certificate; its label here is the holder's name.
    """
    world = simulation.world
    name, user_name, overrides = split_directory_user(step.who)
    provider = world.identity_providers.get(name)
    if provider is None or provider.type != "X509":
        authorities = [one.name for one in world.identity_providers.values() if one.type == "X509"]
        raise CannotSignInError(
            f"there is no certificate authority {name!r}", did_you_mean(name, authorities)
        )
    user = next((one for one in provider.users if one.name == user_name), None)
    if user is None:
        near = did_you_mean(user_name, [one.name for one in provider.users])
        raise CannotSignInError(f"{name} has no certificate of {user_name!r}", near)
    try:
        role = _role_named(step.permission_set, simulation)
        return send(*certificate_session(provider, user, role, world, overrides), label=user.name)
    except NoCredentialsError as error:
        raise CannotSignInError(str(error), error.hint) from None


def _role_named(name: str, simulation: Simulation) -> str:
    """The ARN of a role that profiles list, by its ARN or name."""
    profiles = simulation.world.configuration.anywhere_profiles.values()
    listed = dict.fromkeys(arn for profile in profiles for arn in profile.role_arns)
    found = [arn for arn in listed if name in (arn, arn.rpartition("/")[2])]
    if name.startswith("arn:") and not found:
        return name
    if len(found) != 1:
        names = [arn.rpartition("/")[2] for arn in listed]
        said = "several roles of profiles are called" if found else "no profile lists a role"
        raise CannotSignInError(f"{said} {name!r}", did_you_mean(name, names))
    return found[0]


def _for_pod(text: str, simulation: Simulation, send: Send) -> dict[str, object]:
    """The agent on the pod's node gets credentials for it. The session's label is the pod's name."""
    place, overrides = split_overrides(text)
    try:
        pod = PodPlace.of(place)
        call = pod_call(pod, simulation.world, overrides)
    except NoCredentialsError as error:
        raise CannotSignInError(str(error), error.hint) from None
    begins = False

    def deliver(action: str, params: Mapping[str, Json], caller: Identity) -> Mapping[str, object]:
        nonlocal begins
        begins = True
        return send(action, params, caller)

    caller = agent(call, simulation.world, deliver)
    return send(call.action, call.params, caller, joins=begins, label=pod.name)


def _sign_out_of_portal(name: str, simulation: Simulation, send: Send) -> dict[str, object]:
    """End every portal session of the user, as an administrator does in the console."""
    user = portal_user(name, simulation.world)
    session = open_portal_session(user, simulation.world)
    if session is None:
        raise CannotSignInError(f"{user.user_name} is not signed in at the access portal")
    response, has_ended = dict[str, object](), False
    while session is not None:
        response = send(*end_of_portal_session(session), joins=has_ended)
        session, has_ended = open_portal_session(user, simulation.world), True
    return response


def _sign_in_at_portal(step: steps.SignIn, simulation: Simulation, send: Send) -> dict[str, object]:
    """Sign in at the access portal; a user who is already signed in keeps the portal session."""
    world = simulation.world
    user = portal_user(step.who, world)
    if not step.permission_set:
        return send(*portal_sign_in(user, world))
    account = account_for(user, step.permission_set, step.account, world)
    session, has_begun = open_portal_session(user, world), False
    if session is None:
        send(*portal_sign_in(user, world))
        session, has_begun = open_portal_session(user, simulation.world), True
    assert session is not None  # created by the call before
    return send(*role_of_portal(session, account, step.permission_set), joins=has_begun)


def _sign_in_to_app(step: steps.SignIn, simulation: Simulation, send: Send) -> dict[str, object]:
    """The enhanced flow, or the basic flow if the app names the role and the pool has no role mappings. All
    sessions of the enhanced flow have the same name in AWS; their label here is the visitor's name.
    """
    pool = pool_of(step.pool, simulation.world)
    logins = logins_of(step.who, pool, simulation.world)
    role = _any_role_named(step.permission_set, simulation) if step.permission_set else ""
    identity = str(send(*first_call(pool, logins))["IdentityId"])
    label = step.who.rpartition("/")[2] or "guest"
    if role and not pool.role_mappings:
        token = str(send(*token_call(identity, logins), joins=True)["Token"])
        return send(*session_call(token, role, short_session_name(label)), joins=True)
    return send(*second_call(identity, logins, role), joins=True, label=label)


def _any_role_named(name: str, simulation: Simulation) -> str:
    """The ARN of a role, by its ARN or name."""
    roles = simulation.world.configuration.roles
    found = [arn for arn, role in roles.items() if name in (arn, role.role_name)]
    if len(found) == 1 or name.startswith("arn:"):
        return found[0] if found else name
    said = f"several roles are called {name!r}" if found else f"there is no role {name!r}"
    near = did_you_mean(name, [role.role_name for role in roles.values()])
    raise CannotSignInError(said, "write the ARN" if found else near)


def _sign_in_at_console(who: Identity, simulation: Simulation, send: Send) -> dict[str, object]:
    response: dict[str, object] = {}
    for action, params, caller in console_sign_in(who, simulation.world):
        given = {
            name: response["SigninToken"] if value == SIGN_IN_TOKEN else value
            for name, value in params.items()
        }
        response = send(action, given, caller)
    return response


def _login(who: Identity, simulation: Simulation, send: Send) -> dict[str, object]:
    """`aws login`; an identity that is signed in to the console does not sign in again."""
    has_begun = not open_sign_ins(who, "console", simulation.world)
    if has_begun:
        _sign_in_at_console(who, simulation, send)
    origin = open_sign_ins(who, "console", simulation.world)[-1]
    code = send(*login_code(origin))["code"]
    return send(*login_credentials(str(code)), joins=has_begun)


def _revoked(
    who: Identity, kind: str, simulation: Simulation, acting: Identity, send: Send
) -> dict[str, object]:
    arns = [one.arn for one in open_sign_ins(who, kind, simulation.world)]
    if not arns:
        raise CannotSignInError(f"{who.label} has no sign-in session of this kind")
    response: dict[str, object] = {}
    everyone = f"arn:aws:iam::{who.account}:*"
    for first in range(0, len(arns), _AT_ONCE):
        params = {"principalArn": everyone, "sessionArns": arns[first : first + _AT_ONCE]}
        response = send("signin:BatchRevokeSessions", params, acting, joins=first > 0)
    return response
