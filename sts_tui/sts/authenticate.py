"""To whom do these credentials belong, and are they valid?

Authentication comes before any policy. Order of the checks: the token belongs to the key, the session has not
expired, its role or user still exists, the signature is right; an expired session with a wrong secret gets
ExpiredToken. A revoked session is authenticated: revocation is only a policy.
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings, User
from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX, derive_access_key_id
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity, user_identity
from sts_tui.sts.ids import SIMULATED, long_term_secret
from sts_tui.sts.session import Session, SessionKind


def authenticate(
    access_key_id: str,
    *,
    configuration: Configuration,
    sessions: Mapping[str, Session],
    now: datetime,
    secret: str | None = None,
    token: str | None = None,
    service: str = "sts",
    settings: Settings,
) -> CallerIdentity:
    """The identity behind an access key id. Raises AwsError with the code and message of `service`.

    An access key id without secret and token is accepted. If `secret` or `token` is given, both are checked,
    and temporary credentials need their token.
    """
    session = sessions.get(access_key_id)
    if session is not None:
        _refuse_foreign_token(session, secret, token, service)
        if now >= session.expires_at:
            raise expired_token(service, session)
        _refuse_orphan(session, configuration, settings, service)
        if secret is not None and secret != session.credentials.secret_access_key:
            raise wrong_signature()
        return session_identity(session)
    if access_key_id.startswith(TEMPORARY_KEY_PREFIX):
        raise invalid_token(service)
    return _long_term(access_key_id, configuration, secret, token, service)


def _refuse_foreign_token(session: Session, secret: str | None, token: str | None, service: str) -> None:
    if (secret is not None or token is not None) and token != session.credentials.session_token:
        raise malformed_token(service) if _is_malformed(token) else invalid_token(service)


def _refuse_orphan(session: Session, configuration: Configuration, settings: Settings, service: str) -> None:
    if not issuer_exists(session, configuration):
        raise invalid_token(
            service, f"what {session.label} was issued from, {session.issuer_arn}, no longer exists"
        )
    dies_with_key = settings.sessions_die_with_access_key
    if dies_with_key and not _parent_key_is_active(session, configuration):
        raise invalid_token(service, "the access key that it was issued to is inactive or deleted")


def _parent_key_is_active(session: Session, configuration: Configuration) -> bool:
    """Whether the key to which a GetSessionToken or GetFederationToken session of a user was issued is
    active; True for other sessions. AWS does not document whether that matters, so there is a setting.
    """
    issued_to = session.first_parent
    if session.first_operation not in ("GetSessionToken", "GetFederationToken") or issued_to is None:
        return True
    owner = key_owner(issued_to, configuration)
    return owner is not None and owner[1]


def issuer_exists(session: Session, configuration: Configuration) -> bool:
    """Whether the role, user or root user that a session was issued from is still the same one.

    A role or user that was deleted and created again with its old name has another unique id.
    """
    match session.kind:
        case SessionKind.ROLE:
            role = configuration.roles.get(session.issuer_arn)
            return role is not None and role.role_id == session.issuer_id
        case SessionKind.ROOT:
            return session.account in configuration.accounts
        case SessionKind.USER | SessionKind.FEDERATED_USER:
            if session.issuer_arn.endswith(":root"):
                return session.account in configuration.accounts
            user = configuration.users.get(session.issuer_arn)
            return user is not None and user.user_id == session.issuer_id


def _long_term(
    access_key_id: str, configuration: Configuration, secret: str | None, token: str | None, service: str
) -> CallerIdentity:
    owner = key_owner(access_key_id, configuration)
    if owner is None or token is not None:  # a token is never sent with a long-term key
        raise invalid_token(service)
    user, is_active = owner
    if not is_active:
        raise invalid_token(service, f"the access key of {user.user_name} is inactive")
    if secret is not None and secret != long_term_secret(access_key_id):
        raise wrong_signature()
    return user_identity(user, access_key_id)


def access_keys(user: User) -> dict[str, bool]:
    """A user's long-term access keys: id → whether it is active. One is derived if the file lists none."""
    if user.access_keys is None:
        return {derive_access_key_id(user.arn.split(":")[4], user.arn): True}
    return {key.access_key_id: key.status == "Active" for key in user.access_keys}


def key_owner(access_key_id: str, configuration: Configuration) -> tuple[User, bool] | None:
    """The user who owns a long-term access key and whether it is active; None for an unknown key."""
    user = _owners(_ByIdentity(configuration.users)).get(access_key_id)
    return None if user is None else (user, access_keys(user)[access_key_id])


class _ByIdentity:
    """Wraps an immutable mapping as the key of a cache, compared by identity."""

    __slots__ = ("users",)

    def __init__(self, users: Mapping[str, User]) -> None:
        self.users = users

    def __hash__(self) -> int:
        return id(self.users)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.users is self.users


@lru_cache(maxsize=4)
def _owners(by: _ByIdentity) -> Mapping[str, User]:
    """Access key id → user. Cached, because every request looks one up, and ten thousand users are normal."""
    return {key: user for user in by.users.values() for key in access_keys(user)}


def _is_malformed(token: str | None) -> bool:
    return token is not None and not token.startswith(SIMULATED)


def invalid_token(service: str, hint: str = "") -> AwsError:
    """The error for an unknown or inactive key, a deleted role or user, or a missing or wrong token. AWS has
    one error for all of these.
    """
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return AwsError("InvalidAccessKeyId", message, 403, hint=hint)
    return AwsError(
        "InvalidClientTokenId", "The security token included in the request is invalid.", 403, hint=hint
    )


def malformed_token(service: str, hint: str = "") -> AwsError:
    """The error for text that is not a session token, or for a token version that the Region refuses. Only S3
    distinguishes it.
    """
    if service == "s3":
        message = "The provided token is malformed or otherwise invalid."
        return AwsError("InvalidToken", message, 400, hint=hint)
    return invalid_token(service, hint)


def expired_token(service: str, session: Session) -> AwsError:
    """The error for an expired session. There is no grace period."""
    hint = f"{session.label} expired at {session.expires_at:%H:%M:%S}"
    if service == "s3":
        return AwsError("ExpiredToken", "The provided token has expired.", 400, hint=hint)
    return AwsError("ExpiredToken", "The security token included in the request is expired", 403, hint=hint)


def wrong_signature() -> AwsError:
    """The error for a secret that does not belong to the key."""
    return AwsError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        "Secret Access Key and signing method. Consult the service documentation for details.",
        403,
    )


def missing_token() -> AwsError:
    """The error for a call without credentials to an operation that needs them."""
    return AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
