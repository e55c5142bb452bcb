"""Who can sign in, how, and with which step of a tour? There is one source for each kind of sign-in. A choice
is data: a front end lists the choices and performs the step of the selected one, so that a new kind of
sign-in needs only a source here.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.account.entities import IdentityProvider, User
from sts_tui.account.sign_in import SignIn
from sts_tui.simulation.app_visitors import people_of
from sts_tui.simulation.identities import root_identity
from sts_tui.simulation.sign_ins import open_portal_session, portal_choices
from sts_tui.simulation.workloads.workload_credentials import holders
from sts_tui.simulation.world import World
from sts_tui.sts.session import SessionKind

_SESSIONS: Final = 200
"""For how many of the newest sessions the URL of a broker is offered."""
_OF_BROKERS: Final = (SessionKind.ROLE, SessionKind.FEDERATED_USER)
"""The kinds of credentials that GetSigninToken accepts:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""


class SignInChoice(Struct, frozen=True, kw_only=True):
    """One user and one way to sign in, or a sign-in session and the way to end it."""

    who: str
    what: str
    """`Developer in prod`, `console`, `aws login`."""
    note: str
    step: str
    """The line of a tour that does it."""
    words: str = ""
    """Further texts that a search matches."""


Source = Callable[[World], Iterator[SignInChoice]]


def sign_in_choices(world: World) -> Iterator[SignInChoice]:
    """Every user who can sign in, with every way; then the sign-in sessions that can be ended."""
    for source in SOURCES:
        yield from source(world)


def _of_identity_center(world: World) -> Iterator[SignInChoice]:
    found = set()
    for user, permission_set, account in portal_choices(world):
        found.add(user.user_id)
        session = open_portal_session(user, world)
        note = "Identity Center" if session is None else f"Identity Center; signed in{_left(session, world)}"
        yield SignInChoice(
            who=user.user_name,
            what=f"{permission_set} in {_account(account, world)}",
            note=note if user.user_status == "ENABLED" else "Identity Center; the user is disabled",
            step=_line("portal", user.user_name, permission_set, account),
            words=f"{user.user_id} {user.display_name} {account} portal sso",
        )
    for user in world.configuration.directory_users.values():
        if user.user_id not in found:
            yield SignInChoice(
                who=user.user_name,
                what="access portal",
                note="Identity Center; no permission set is assigned",
                step=_line("portal", user.user_name),
                words=f"{user.user_id} {user.display_name} sso",
            )


def _at_the_console(world: World) -> Iterator[SignInChoice]:
    for user in world.configuration.users.values():
        if user.login_profile is not None:
            mfa = " and MFA" if user.mfa_devices else ""
            name = _unique_name(user, world)
            yield SignInChoice(
                who=user.user_name,
                what="console",
                note=f"IAM user with a password{mfa}",
                step=_line("console", name),
                words=user.arn,
            )
            yield SignInChoice(
                who=user.user_name,
                what="aws login",
                note="credentials of 15 minutes, refreshed until the sign-in session ends",
                step=_line("cli", name),
                words=f"{user.arn} cli",
            )
    for account in world.configuration.accounts:
        root = root_identity(account, world.configuration)
        where = _account(account, world)
        yield SignInChoice(
            who=root.label, what="console", note=f"root user of {where}", step=_line("console", root.who)
        )


def _by_the_url_of_a_broker(world: World) -> Iterator[SignInChoice]:
    """Choices that exchange temporary credentials for the URL of a console session."""
    live = [one for one in world.sessions.values() if one.expires_at > world.now]
    for session in reversed(live[-_SESSIONS:]):
        if session.kind in _OF_BROKERS:
            yield SignInChoice(
                who=session.label,
                what="console URL",
                note="getSigninToken with these credentials, as a custom broker",
                step=_line("console", session.access_key_id),
                words=f"{session.access_key_id} {session.arn}",
            )


def _of_apps(world: World) -> Iterator[SignInChoice]:
    for pool in world.configuration.identity_pools.values():
        name = pool.identity_pool_name
        if pool.allow_unauthenticated_identities:
            note = "guest of the identity pool"
            yield SignInChoice(who="guest", what=name, note=note, step=_line("app", name), words="cognito")
        for _, provider, user in people_of(pool, world):
            yield SignInChoice(
                who=user.name,
                what=name,
                note=f"signs in with {_provider(provider)}; the identity pool gives credentials",
                step=_line("app", name, f"{provider.name}/{user.name}"),
                words="cognito",
            )


def _with_certificates(world: World) -> Iterator[SignInChoice]:
    """Every holder of a certificate with each role that a trust anchor and a profile connect."""
    listed = dict.fromkeys(
        arn for profile in world.configuration.anywhere_profiles.values() for arn in profile.role_arns
    )
    names = [arn.rpartition("/")[2] for arn in listed]
    for provider, user, role_arn in holders(world):
        name = role_arn.rpartition("/")[2]
        yield SignInChoice(
            who=user.name,
            what=f"{name} in {_account(role_arn.split(':')[4], world)}",
            note=f"certificate of {provider.name}; Roles Anywhere",
            step=_line(
                "certificate", f"{provider.name}/{user.name}", name if names.count(name) == 1 else role_arn
            ),
            words=f"{role_arn} x509 anywhere",
        )


def _in_pods(world: World) -> Iterator[SignInChoice]:
    """One choice for each association. A pod is named after its service account."""
    for one in world.configuration.pod_associations.values():
        role_arn = one.target_role_arn or one.role_arn
        yield SignInChoice(
            who=one.label,
            what=f"{role_arn.rpartition('/')[2]} in {_account(role_arn.split(':')[4], world)}",
            note="pod with this service account; EKS Pod Identity",
            step=_line("pod", one.label),
            words=f"{role_arn} {one.arn} eks kubernetes",
        )


def _that_can_be_ended(world: World) -> Iterator[SignInChoice]:
    kinds = {"portal": "portal", "console": "console", "CLI": "cli"}
    seen = set()
    for sign_in in world.configuration.sign_ins.values():
        key = (sign_in.kind, sign_in.principal)
        if sign_in.kind not in kinds or key in seen or not sign_in.is_active(world.now):
            continue
        seen.add(key)
        yield SignInChoice(
            who=sign_in.label,
            what=f"sign out ({'aws login' if sign_in.kind == 'CLI' else sign_in.kind})",
            note=f"credentials that it issued still work{_left(sign_in, world)}",
            step=f"signout {kinds[sign_in.kind]} {shlex.quote(_who(sign_in))}",
        )


SOURCES: Final[tuple[Source, ...]] = (
    _that_can_be_ended,
    _of_identity_center,
    _at_the_console,
    _of_apps,
    _with_certificates,
    _in_pods,
    _by_the_url_of_a_broker,
)
"""The sources, one for each kind of sign-in, in the order of the list."""


def _line(kind: str, *words: str) -> str:
    return " ".join(("signin", kind, *(shlex.quote(word) for word in words)))


def _left(sign_in: SignIn, world: World) -> str:
    return f", {durations.countdown(sign_in.expires_at - world.now)} left"


def _account(account: str, world: World) -> str:
    facts = world.configuration.accounts.get(account)
    return (facts.name if facts else "") or account


def _unique_name(user: User, world: World) -> str:
    """The name of a user if no other account has a user with it, else the ARN."""
    same = [one for one in world.configuration.users.values() if one.user_name == user.user_name]
    return user.user_name if len(same) == 1 else user.arn


def _who(sign_in: SignIn) -> str:
    return sign_in.credentials or (sign_in.label if sign_in.kind == "portal" else sign_in.principal)


def _provider(provider: IdentityProvider) -> str:
    return provider.name or provider.host
