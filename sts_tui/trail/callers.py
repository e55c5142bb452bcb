"""Which caller of the model made a recorded request? The identity for policies, or why there is none."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_center import ROLE_PATH
from sts_tui.simulation.operations.identity_center.portal import USER_KEY
from sts_tui.sts.identity import (
    CallerIdentity,
    federated_identity,
    outside_identity,
    root_identity,
    service_identity,
    session_identity,
    user_identity,
)
from sts_tui.sts.session import Session, SessionKind
from sts_tui.trail.mentioned_keys import SESSION_NAMES, condition_keys_of
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.sessions import KnownSession, TrailSessions
from sts_tui.trail.signer import Signer, signer_of

_OF_IDENTITY_CENTER = f":role{ROLE_PATH}"
_FEDERATED = ("SAMLUser", "WebIdentityUser")


class Known(Struct, frozen=True, kw_only=True, eq=False):
    """The caller of an event, in the model."""

    identity: CallerIdentity | None
    key: str
    """Identifies the caller: its access key id, else the text of `userIdentity`."""
    unknown: tuple[str, ...] = ()
    """Condition keys whose values in its requests are unknown."""
    is_session_policy_unknown: bool = False
    why_not: str = ""
    """Why `identity` is None."""
    evaluated_as: CallerIdentity | None = None
    """The same identity for all sessions that no policy of the model distinguishes, so that their requests
    are evaluated once."""


def _has_user(session: Session) -> bool:
    """Whether the Identity Center user of a session is known, or the session has none."""
    return USER_KEY in session.context or _OF_IDENTITY_CENTER not in session.issuer_arn


class Callers:
    """The callers of a trail. Each caller always has the same identity object, so that its policies are
    collected once.
    """

    def __init__(self, sessions: TrailSessions, configuration: Configuration) -> None:
        self.sessions = sessions
        self._configuration = configuration
        self.mentioned = condition_keys_of(configuration) | sessions.condition_keys()
        """Condition keys that policies mention, in lower case."""
        self._alike: dict[tuple[object, ...], CallerIdentity] = {}
        self._known: dict[tuple[str, str], Known] = {}
        """(`userIdentity`, request of a federated caller or event source of a service's call, else empty) →
        caller.
        """

    def of(self, event: RecordedEvent) -> Known:
        """The caller of an event."""
        kind = signer_of(event.identity).kind
        apart = event.request if kind in _FEDERATED else event.source if kind == "AWSService" else ""
        found = self._known.get((event.identity, apart))
        if found is None:
            found = self._of(signer_of(event.identity), event)
            found = self._known[event.identity, apart] = replace(
                found, evaluated_as=self._evaluated_as(found)
            )
        return found

    def _evaluated_as(self, known: Known) -> CallerIdentity | None:
        identity = known.identity
        session = identity.session if identity else None
        if identity is None or session is None or session.kind is not SessionKind.ROLE:
            return identity
        mentions = self.mentioned.__contains__
        names_matter = mentions(SESSION_NAMES) or mentions("aws:userid")
        key = (
            session.issuer_arn, session.issuer_id, session.operation, known.unknown,
            known.is_session_policy_unknown, session.tags, session.source_identity, session.is_scoped,
            repr(session.context), tuple(repr(one.document) for one in session.session_policies),
            tuple(repr(one.document) for one in session.scope_down_policies),
            session.session_policy_arns, session.has_session_policy,
            session.mfa_at if mentions("aws:multifactorauthage") else session.mfa_at is None,
            session.arn if names_matter else "",
            session.dated_at if mentions("aws:tokenissuetime") else None,
        )  # fmt: skip
        return self._alike.setdefault(key, identity)

    def session_of(self, known: KnownSession) -> Session | None:
        """The session with its issuer's unique id in the model; None if the model lacks the issuer."""
        session, configuration = known.session, self._configuration
        match session.kind:
            case SessionKind.ROLE:
                role = configuration.roles.get(session.issuer_arn)
                if role is None:
                    return None
                session = self._of_identity_center(session)
                user_id = session.user_id
                if user_id.startswith(":"):
                    user_id = f"{role.role_id}:{session.name}"
                return replace(session, issuer_id=role.role_id, user_id=user_id)
            case SessionKind.USER | SessionKind.FEDERATED_USER if ":user/" in session.issuer_arn:
                user = configuration.users.get(session.issuer_arn)
                return None if user is None else replace(session, issuer_id=user.user_id)
        return replace(session, issuer_id=session.account)

    def _of_identity_center(self, session: Session) -> Session:
        """The session of a permission set with the id of its user. The session name is the user name.

        https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html
        """
        if _OF_IDENTITY_CENTER not in session.issuer_arn or USER_KEY in session.context:
            return session
        users = self._configuration.directory_users.values()
        found = next((one for one in users if one.user_name == session.name), None)
        return replace(session, context={**session.context, USER_KEY: found.user_id}) if found else session

    def _of(self, signer: Signer, event: RecordedEvent) -> Known:
        key = signer.key or event.identity
        match signer.kind:
            case "AWSService":
                if event.source != "sts.amazonaws.com":
                    return Known(identity=None, key=key, why_not="an AWS service acted for itself")
                return Known(identity=service_identity(signer.invoked_by), key=key)
            case "SAMLUser" | "WebIdentityUser":
                return Known(identity=self._federated(signer, event), key=key)
            case "AWSAccount":
                return self._of_other_account(signer, key)
            case "AssumedRole" | "IAMUser" | "Root" | "FederatedUser":
                return self._with_credentials(signer, event, key)
        return Known(identity=None, key=key, why_not=f"callers of type {signer.kind} are not simulated")

    def _with_credentials(self, signer: Signer, event: RecordedEvent, key: str) -> Known:
        configuration = self._configuration
        known = self.sessions.of(signer, event.at)
        account = signer.account or (signer.arn.split(":")[4] if signer.arn else "")
        if account and account not in configuration.accounts:
            outside = outside_identity(signer.arn)
            if outside is not None:
                return Known(identity=outside, key=key)
        if signer.kind == "Root" and (known is None or known.session.operation != "AssumeRoot"):
            return Known(identity=root_identity(account, configuration.partition_of(account)), key=key)
        if known is not None:
            session = self.session_of(known)
            if session is None:
                return Known(
                    identity=None, key=key, why_not=f"the model does not have {known.session.issuer_arn}"
                )
            return Known(
                identity=session_identity(session),
                key=key,
                unknown=known.unknown if _has_user(session) else (*known.unknown, USER_KEY),
                is_session_policy_unknown=not known.is_issued_here and session.kind is not SessionKind.USER,
            )
        user = configuration.users.get(signer.arn)
        if user is None:
            return Known(
                identity=None, key=key, why_not=f"the model does not have {signer.arn or signer.kind}"
            )
        return Known(identity=user_identity(user, signer.key or None), key=key)

    def _of_other_account(self, signer: Signer, key: str) -> Known:
        """A caller of another account: the role's account records only its unique id."""
        unique_id, _, name = signer.principal_id.partition(":")
        for user in self._configuration.users.values():
            if unique_id and user.user_id == unique_id:
                return Known(identity=user_identity(user), key=key)
        for role in self._configuration.roles.values():
            if unique_id and role.role_id == unique_id and name:
                of_role = role.arn.split(":role/")[0].replace(":iam:", ":sts:")
                outside = outside_identity(f"{of_role}:assumed-role/{role.role_name}/{name}")
                if outside is not None:
                    return Known(identity=replace(outside, is_outside=False), key=key)
        return Known(
            identity=None,
            key=key,
            why_not="the caller is of another account, whose own trail names it",
        )

    def _federated(self, signer: Signer, event: RecordedEvent) -> CallerIdentity:
        request = parsed_object(event.request)
        account = account_of(str(request.get("roleArn") or "")) or event.account
        provider = signer.provider or signer.principal_id.partition(":")[0]
        principal = request.get("principalArn") or provider
        return federated_identity(str(principal), account, f"{signer.kind}:{signer.label}")
