"""Who is an authenticated caller?

There is one function for each kind of principal, following AWS's table of principals.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import ACCOUNT_DIGITS, PARTITIONS, iam_arn, root_arn
from sts_tui.account.entities import User
from sts_tui.account.identifiers import ROLE_PREFIX, USER_PREFIX, derive_unique_id
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.session import Session, SessionKind


class CallerIdentity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An authenticated caller: the principal for policies (`caller`), the values of GetCallerIdentity, and a
    label.

    `account` is None for services, the anonymous caller, and the operator if it works in no account.
    """

    caller: Caller
    label: str
    """`alice`, `job@App`, `root@111122223333`, `service:ec2.amazonaws.com`, `operator`, `anonymous`."""
    account: str | None = None
    arn: str | None = None
    user_id: str | None = None
    access_key_id: str | None = None
    session: Session | None = None
    user_arn: str | None = None
    """The IAM user to whom long-term keys or GetSessionToken credentials belong."""
    is_operator: bool = False
    """Whether this is the operator of the simulation, who is in no simulated account and can do anything."""
    is_outside: bool = False
    """Whether the principal is in an account that is not in the files. That account is assumed to allow its
    requests.
    """

    @property
    def is_temporary(self) -> bool:
        return self.session is not None


ANONYMOUS_IDENTITY: Final = CallerIdentity(
    caller=Caller(kind=CallerKind.ANONYMOUS), label="anonymous", user_id="anonymous"
)


def user_identity(user: User, access_key_id: str | None = None) -> CallerIdentity:
    """An IAM user with long-term credentials."""
    account = user.arn.split(":")[4]
    return CallerIdentity(
        caller=Caller(kind=CallerKind.USER, arn=user.arn, account=account, unique_id=user.user_id),
        label=user.user_name,
        account=account,
        arn=user.arn,
        user_id=user.user_id,
        access_key_id=access_key_id,
        user_arn=user.arn,
    )


def root_identity(account: str, partition: str = "aws") -> CallerIdentity:
    """The root user of an account, with long-term credentials."""
    arn = root_arn(account, partition)
    return CallerIdentity(
        caller=Caller(kind=CallerKind.ROOT, arn=arn, account=account, unique_id=account),
        label=f"root@{account}",
        account=account,
        arn=arn,
        user_id=account,
    )


def service_identity(service: str) -> CallerIdentity:
    """An AWS service that calls with its own principal, `ec2.amazonaws.com`."""
    return CallerIdentity(
        caller=Caller(kind=CallerKind.SERVICE, arn=service),
        label=f"service:{service}",
        arn=service,
        user_id=service,
    )


def operator_identity(account: str | None = None) -> CallerIdentity:
    """The operator of the simulation, who works in `account` from outside and can do anything."""
    return CallerIdentity(
        caller=Caller(kind=CallerKind.ROOT, account=account),
        label="operator",
        account=account,
        is_operator=True,
    )


_OUTSIDE: Final = lazy_pattern(
    rf"arn:(?P<partition>{'|'.join(PARTITIONS)}):(?P<service>iam|sts)::(?P<account>{ACCOUNT_DIGITS}):(?P<resource>"
    r"root|(?P<kind>user|role|assumed-role|federated-user)/(?P<name>[\w+=,.@/-]+))",
    re.ASCII,
)
_SERVICE_OF_KIND: Final = {"assumed-role": "sts", "federated-user": "sts"}
OUTSIDE_SESSION: Final = "outside"
"""The session name that is used for the ARN of a role in an account that is not in the files."""


def outside_identity(arn: str) -> CallerIdentity | None:
    """A principal of an account that is not in the files, by its ARN; None if `arn` is not that of a
    principal.

    The ARN of a role denotes a session with the name `outside`. The ARN of a session does not contain the
    path of its role, which is assumed to be `/`. Unique ids are derived, so that no condition on a real one
    matches.
    """
    found = _OUTSIDE.fullmatch(arn)
    if found is None or found["service"] != _SERVICE_OF_KIND.get(found["kind"] or "", "iam"):
        return None
    account, partition, name = found["account"], found["partition"], found["name"] or ""
    match found["kind"]:
        case None:
            return replace(root_identity(account, partition), is_outside=True)
        case "user":
            user_id = derive_unique_id(USER_PREFIX, arn)
            caller = Caller(kind=CallerKind.USER, arn=arn, account=account, unique_id=user_id)
            label = f"{account}/{name.rsplit('/', 1)[-1]}"
        case "role":
            return _outside_session(arn, OUTSIDE_SESSION, account, partition)
        case "assumed-role":
            role, _, session = name.partition("/")
            if not session or "/" in session:
                return None
            return _outside_session(
                iam_arn(account, "role", role, "/", partition), session, account, partition
            )
        case _:
            user_id = f"{account}:{name}"
            caller = Caller(kind=CallerKind.FEDERATED_USER, arn=arn, account=account, unique_id=user_id)
            label = f"{account}/federated-user/{name}"
    return CallerIdentity(
        caller=caller,
        label=label,
        account=account,
        arn=arn,
        user_id=user_id,
        user_arn=arn if caller.kind is CallerKind.USER else None,
        is_outside=True,
    )


def _outside_session(role_arn: str, session: str, account: str, partition: str) -> CallerIdentity:
    role = role_arn.rpartition("/")[2]
    arn = f"arn:{partition}:sts::{account}:assumed-role/{role}/{session}"
    role_id = derive_unique_id(ROLE_PREFIX, role_arn)
    return CallerIdentity(
        caller=Caller(
            kind=CallerKind.ROLE_SESSION, arn=arn, account=account, issuer_arn=role_arn, unique_id=role_id
        ),
        label=f"{session}@{account}/{role}",
        account=account,
        arn=arn,
        user_id=f"{role_id}:{session}",
        is_outside=True,
    )


def federated_identity(provider: str, account: str | None, label: str) -> CallerIdentity:
    """The holder of a token or assertion of `provider`, during the call that redeems it.

    `provider` is the ARN of the account's provider, or the name of a built-in one. `label` is a name for
    display: `github/main`.
    """
    return CallerIdentity(
        caller=Caller(kind=CallerKind.FEDERATED, arn=provider, account=account),
        label=label,
        account=account,
        arn=provider,
        user_id=provider,
    )


_KINDS: Final[Mapping[SessionKind, CallerKind]] = {
    SessionKind.ROLE: CallerKind.ROLE_SESSION,
    SessionKind.USER: CallerKind.USER_SESSION,
    SessionKind.FEDERATED_USER: CallerKind.FEDERATED_USER,
    SessionKind.ROOT: CallerKind.ROOT_SESSION,
}


def session_identity(session: Session) -> CallerIdentity:
    """The caller with the credentials of a session."""
    kind = _KINDS[session.kind]
    return CallerIdentity(
        caller=Caller(
            kind=kind,
            arn=session.arn,
            account=session.account,
            issuer_arn=session.issuer_arn,
            unique_id=session.issuer_id,
            is_service_linked=":role/aws-service-role/" in session.issuer_arn,
            has_mfa=session.mfa_at is not None,
        ),
        label=session.label,
        account=session.account,
        arn=session.arn,
        user_id=session.user_id,
        access_key_id=session.access_key_id,
        session=session,
        user_arn=session.issuer_arn if kind is CallerKind.USER_SESSION else None,
    )
