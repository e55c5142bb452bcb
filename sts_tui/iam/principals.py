"""How closely does a Principal element name the caller, and which caller does an ARN denote?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.entities import BUILT_IN_PROVIDERS
from sts_tui.account.format.patterns import ACCOUNT_ID
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.caller import Caller, CallerKind

ROOT_ARN: Final = lazy_pattern(rf"arn:[a-z-]+:iam::({ACCOUNT_DIGITS}):root")
_UNIQUE_ID: Final = lazy_pattern(r"A(?:ROA|IDA)[A-Z0-9]+")
_REGIONAL_SERVICE: Final = lazy_pattern(r"(.+)\.[a-z]{2,4}(?:-[a-z]+)+-[0-9](\.amazonaws\.com(?:\.cn)?)")


class Closeness(IntEnum):
    """How closely an Allow of a resource policy names the caller, from not at all to exactly."""

    UNDECIDED = -1
    """Only an entry that is not modeled (a canonical user) might name it."""
    NONE = 0
    ACCOUNT = 1
    """Names the caller's account, which delegates to identity policies."""
    USER = 2
    """Names the user who created the federated user session."""
    ROLE = 3
    """Names the role of the session."""
    EVERYONE = 4
    EXACT = 5
    """Names the principal itself: user, session, federated user, service or provider."""


class PrincipalElement:
    """A compiled Principal or NotPrincipal element."""

    __slots__ = (
        "_accounts",
        "_arns",
        "_everyone",
        "_every_aws_principal",
        "_federated",
        "has_canonical_users",
        "_ids",
        "_services",
    )

    def __init__(self, written: object) -> None:
        """Compile the element. Raises ValueError for what AWS would refuse."""
        entries = _entries(written)
        aws = entries.get("AWS", ())
        self._everyone = written == "*"
        self._every_aws_principal = "*" in aws
        accounts = (ROOT_ARN.fullmatch(entry) for entry in aws)
        self._accounts = frozenset(
            [found[1] for found in accounts if found]
            + [entry for entry in aws if ACCOUNT_ID.fullmatch(entry)]
        )
        self._ids = frozenset(entry for entry in aws if _UNIQUE_ID.fullmatch(entry))
        self._arns = frozenset(entry for entry in aws if entry.startswith("arn:"))
        self._services = frozenset(entries.get("Service", ()))
        self._federated = frozenset(entries.get("Federated", ()))
        self.has_canonical_users = bool(entries.get("CanonicalUser"))

    def names(self, caller: Caller) -> Closeness:
        """How closely it names the caller, by the entry that names it most closely."""
        closest = _NAMERS[caller.kind](self, caller)
        if closest is Closeness.NONE and self.has_canonical_users and caller.account is not None:
            return Closeness.UNDECIDED
        return closest

    def excepts(self, caller: Caller, *, needs_account: bool) -> bool:
        """Whether, as the NotPrincipal of a Deny, it excepts the caller. All identities of the caller must be
        listed.

        The identities of a user are its ARN and its account; those of a role session are its own ARN, its
        role and its account.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if self._everyone or (self._every_aws_principal and caller.kind is not CallerKind.FEDERATED):
            return True
        listed = _LISTED[caller.kind](self, caller)
        if caller.kind in _HAVE_NAME_AND_ACCOUNT and needs_account:
            return listed and self._names_account(caller)
        return listed

    def _names_account(self, caller: Caller) -> bool:
        return caller.account in self._accounts

    def _names_itself(self, caller: Caller) -> bool:
        if caller.arn in self._arns:
            return True
        return caller.kind in (CallerKind.USER, CallerKind.USER_SESSION) and caller.unique_id in self._ids

    def _names_issuer(self, caller: Caller) -> bool:
        """Whether it names the issuer, by ARN with path or by unique id: the role of a session, or the user
        who created a federated user session.
        """
        return caller.issuer_arn in self._arns or caller.unique_id in self._ids

    def _names_service(self, caller: Caller) -> bool:
        """Whether it names the service. `logs.us-east-1.amazonaws.com` and `logs.amazonaws.com` are the same
        service.
        """
        name = caller.arn or ""
        if name in self._services:
            return True
        bare = _without_region(name)
        if bare != name:
            return bare in self._services
        return any(_without_region(entry) == name for entry in self._services)

    def _lists_session(self, caller: Caller) -> bool:
        return self._names_itself(caller) and self._names_issuer(caller)

    def _lists_provider(self, caller: Caller) -> bool:
        return caller.arn in self._federated

    def _lists_no_one(self, _caller: Caller) -> bool:
        return False

    def _everyone_or(self, otherwise: Closeness) -> Closeness:
        return Closeness.EVERYONE if self._everyone or self._every_aws_principal else otherwise

    def _names_user(self, caller: Caller) -> Closeness:
        if self._names_itself(caller):
            return Closeness.EXACT
        return self._everyone_or(Closeness.ACCOUNT if self._names_account(caller) else Closeness.NONE)

    def _names_role_session(self, caller: Caller) -> Closeness:
        if caller.arn in self._arns and caller.arn != caller.issuer_arn:
            return Closeness.EXACT
        if self._everyone or self._every_aws_principal:
            return Closeness.EVERYONE
        if self._names_issuer(caller):
            return Closeness.ROLE
        return Closeness.ACCOUNT if self._names_account(caller) else Closeness.NONE

    def _names_federated_user(self, caller: Caller) -> Closeness:
        if caller.arn in self._arns:
            return Closeness.EXACT
        if self._everyone or self._every_aws_principal:
            return Closeness.EVERYONE
        if self._names_issuer(caller):
            return Closeness.USER
        return Closeness.ACCOUNT if self._names_account(caller) else Closeness.NONE

    def _names_root(self, caller: Caller) -> Closeness:
        return self._everyone_or(Closeness.ACCOUNT if self._names_account(caller) else Closeness.NONE)

    def _names_service_caller(self, caller: Caller) -> Closeness:
        return Closeness.EXACT if self._names_service(caller) else self._everyone_or(Closeness.NONE)

    def _names_federated(self, caller: Caller) -> Closeness:
        """For holders of a token or assertion, who `{"AWS": "*"}` does not name."""
        if caller.arn in self._federated:
            return Closeness.EXACT
        return Closeness.EVERYONE if self._everyone else Closeness.NONE

    def _names_anonymous(self, _caller: Caller) -> Closeness:
        return self._everyone_or(Closeness.NONE)


_NAMERS: Final = {
    CallerKind.USER: PrincipalElement._names_user,
    CallerKind.USER_SESSION: PrincipalElement._names_user,
    CallerKind.ROLE_SESSION: PrincipalElement._names_role_session,
    CallerKind.FEDERATED_USER: PrincipalElement._names_federated_user,
    CallerKind.ROOT: PrincipalElement._names_root,
    CallerKind.ROOT_SESSION: PrincipalElement._names_root,
    CallerKind.SERVICE: PrincipalElement._names_service_caller,
    CallerKind.FEDERATED: PrincipalElement._names_federated,
    CallerKind.ANONYMOUS: PrincipalElement._names_anonymous,
}


_LISTED: Final = {
    CallerKind.USER: PrincipalElement._names_itself,
    CallerKind.USER_SESSION: PrincipalElement._names_itself,
    CallerKind.ROLE_SESSION: PrincipalElement._lists_session,
    CallerKind.FEDERATED_USER: PrincipalElement._names_itself,
    CallerKind.ROOT: PrincipalElement._names_account,
    CallerKind.ROOT_SESSION: PrincipalElement._names_account,
    CallerKind.SERVICE: PrincipalElement._names_service,
    CallerKind.FEDERATED: PrincipalElement._lists_provider,
    CallerKind.ANONYMOUS: PrincipalElement._lists_no_one,
}
"""Kind of caller → whether a NotPrincipal lists its identities other than the account."""
_HAVE_NAME_AND_ACCOUNT: Final = (
    CallerKind.USER,
    CallerKind.USER_SESSION,
    CallerKind.ROLE_SESSION,
    CallerKind.FEDERATED_USER,
)


def service_names(service: str) -> tuple[str, ...]:
    """All names of a service principal. A Regional one also has the name without the Region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicenameslist
    """
    return tuple(dict.fromkeys((service, _without_region(service))))


def _without_region(service: str) -> str:
    found = _REGIONAL_SERVICE.fullmatch(service)
    return found[1] + found[2] if found else service


def _entries(written: object) -> Mapping[str, tuple[str, ...]]:
    if written == "*":
        return {}
    if not isinstance(written, Mapping) or not written:
        raise ValueError(
            'a principal must be "*" or an object with the keys AWS, Service, Federated or CanonicalUser'
        )
    if unknown := [key for key in written if key not in ("AWS", "Service", "Federated", "CanonicalUser")]:
        raise ValueError(f"{unknown[0]} is not a type of principal")
    return {key: _texts(value) for key, value in written.items()}


def _texts(value: object) -> tuple[str, ...]:
    values: Sequence[object] = value if isinstance(value, list | tuple) else (value,)
    texts = tuple(text for text in values if isinstance(text, str))
    if len(texts) < len(values):
        raise ValueError("a principal is a string")
    return texts


# --- the caller if only its ARN is known ---


@lru_cache(maxsize=4096)
def caller_of(
    principal: str | None,
    principal_arn: str | None = None,
    userid: str | None = None,
    *,
    temporary: bool = False,
    mfa: bool = False,
) -> Caller:
    """The caller that an ARN or the name of a service denotes. None denotes the anonymous caller.

    `principal_arn` and `userid` are `aws:PrincipalArn` and `aws:userid` of the request, if it has them: a
    role session's ARN contains neither the role's path nor its unique id. `temporary`: the request has
    `aws:TokenIssueTime`. Raises ValueError if `principal` is not a principal.
    """
    if principal is None:
        return Caller(kind=CallerKind.ANONYMOUS)
    partition, service, account, resource = _segments(principal)
    if not resource:
        return _named_caller(principal)
    unique_id = userid.partition(":")[0] if userid and _UNIQUE_ID.match(userid) else None
    kind, slash, name = resource.partition("/")
    if service == "sts" and kind == "assumed-role":
        if not all(name.partition("/")) or name.count("/") > 1:
            raise ValueError(f"the ARN of a role session ends in /ROLE/SESSION: {principal}")
        role_arn = f"arn:{partition}:iam::{account}:role/{name.partition('/')[0]}"
        if principal_arn is not None and ":role/" in principal_arn:
            role_arn = principal_arn  # the session's ARN does not contain the role's path
        return _role_session(principal, account, role_arn, unique_id)
    if slash and not name.rpartition("/")[2]:
        raise ValueError(f"the ARN of a principal must end in its name: {principal}")
    if service == "iam" and kind == "role":
        return _role_session(principal, account, principal, unique_id)
    caller_kind = _KINDS.get((service, kind, temporary))
    if caller_kind is None:
        raise ValueError(f"{principal!r} is not a principal: {_PRINCIPALS}")
    arn = f"arn:{partition}:{service}::{account}:{resource}"
    return Caller(kind=caller_kind, arn=arn, account=account, unique_id=unique_id, has_mfa=mfa)


_PRINCIPALS: Final = "pass the ARN of a user, role, root user or session, the name of a service, or None"


def _segments(principal: str) -> tuple[str, str, str, str]:
    """Partition, service, account and resource of an ARN or account id; empty for anything else."""
    if ACCOUNT_ID.fullmatch(principal):
        return "aws", "iam", principal, "root"
    if principal.isdigit():
        raise ValueError(f"an account has 12 digits, not {len(principal)}: {principal}")
    segments = principal.split(":", 5)
    if len(segments) != 6 or segments[0] != "arn":
        return "", "", "", ""
    if segments[3]:
        raise ValueError(f"the ARN of a principal has no Region: {principal}")
    if not ACCOUNT_ID.fullmatch(segments[4]):
        raise ValueError(f"an account has 12 digits, not {segments[4]!r}: {principal}")
    return segments[1], segments[2], segments[4], segments[5]


_KINDS: Final = {
    ("iam", "root", False): CallerKind.ROOT,
    ("iam", "root", True): CallerKind.ROOT_SESSION,
    ("iam", "user", False): CallerKind.USER,
    ("iam", "user", True): CallerKind.USER_SESSION,
    **{("sts", "federated-user", temporary): CallerKind.FEDERATED_USER for temporary in (False, True)},
    **{("iam", "oidc-provider", temporary): CallerKind.FEDERATED for temporary in (False, True)},
    **{("iam", "saml-provider", temporary): CallerKind.FEDERATED for temporary in (False, True)},
}
"""(service, resource type of the ARN, whether the request has `aws:TokenIssueTime`) → kind of caller."""


def _named_caller(name: str) -> Caller:
    if name in BUILT_IN_PROVIDERS:
        return Caller(kind=CallerKind.FEDERATED, arn=name)
    if re.search(r"\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$", name):
        return Caller(kind=CallerKind.SERVICE, arn=name)
    raise ValueError(f"{name!r} is not a principal: {_PRINCIPALS}")


def _role_session(arn: str, account: str, role_arn: str, unique_id: str | None) -> Caller:
    return Caller(
        kind=CallerKind.ROLE_SESSION,
        arn=arn,
        account=account,
        issuer_arn=role_arn,
        unique_id=unique_id,
        is_service_linked=":role/aws-service-role/" in role_arn,
    )
