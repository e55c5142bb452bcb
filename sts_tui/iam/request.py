"""What is one request: who asks for what, and in which context?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sts_tui.account.arn import is_account_id
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.context_keys import is_multivalued
from sts_tui.iam.patterns.partly_known import PartlyKnown, UnknownKeys, with_more
from sts_tui.iam.patterns.variables import Values
from sts_tui.iam.principals import caller_of, service_names

PRINCIPAL_TYPES: Final[Mapping[CallerKind, str]] = MappingProxyType(
    {
        CallerKind.USER: "User",
        CallerKind.USER_SESSION: "User",
        CallerKind.ROLE_SESSION: "AssumedRole",
        CallerKind.FEDERATED_USER: "FederatedUser",
        CallerKind.ROOT: "Account",
        CallerKind.ROOT_SESSION: "Account",
        CallerKind.SERVICE: "Service",
        CallerKind.FEDERATED: "User",
        CallerKind.ANONYMOUS: "Anonymous",
    }
)
"""`aws:PrincipalType`. For services it is not documented; `Service` stands in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""


_ACTION: Final = lazy_pattern(r"[^\s:*?]+:[^\s:*?]+")
_SPELLED: Final = {
    key.lower(): key
    for key in [
        "aws:PrincipalType",
        "aws:ResourceAccount",
        "aws:userid",
        "aws:PrincipalAccount",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalArn",
        "aws:username",
    ]
}


class Request:
    """A request, frozen by convention.

    `principal` is the ARN of a user, role, root user, role session or federated user, the name of a
    service, or None for the anonymous caller. `context` holds condition keys in any case; a list is a
    multivalued key, and an empty list or None is an absent one. Keys that follow from the principal
    (`aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username` …) are added; `context`
    overrides them. `unknown` are keys that the request may have or not (`aws:PrincipalTag/*` stands for every
    tag): what depends on one of them that `context` does not give is undecided; `not_of` says what some of
    them are not: neither this text nor a path that begins with it. An exact `caller` gives
    what the principal's ARN does not: a role's path, a unique id, the user who created a federated session.

    Raises ValueError for a principal, an action without its service, an account or a resource's account that
    AWS does not have; TypeError for an action, resource or account that is not text (a policy, say), and for
    a context value that is not text, a number, a bool, a date or a list of them.
    """

    __slots__ = (
        "action",
        "action_key",
        "caller",
        "context",
        "has_boundary",
        "principal",
        "resource",
        "resource_account",
        "unknown",
        "values",
    )

    action: str
    resource: str
    resource_account: str | None
    """The account that owns the resource; None: the caller's own, or none."""
    caller: Caller
    values: Values
    """The whole context, keys in lower case."""
    has_boundary: bool
    """Whether a permissions boundary binds the caller; `evaluate` finds that in the policies."""
    unknown: UnknownKeys | None
    """Keys that the request may have or not: what depends on one of them is undecided."""

    def __init__(
        self,
        principal: str | None = None,
        action: str = "",
        resource: str = "*",
        resource_account: str | None = None,
        context: Mapping[str, object] | None = None,
        caller: Caller | None = None,
        unknown: Iterable[str] = (),
        not_of: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if not _is_plain(principal, action, resource, resource_account):
            _refuse(principal, action, resource, resource_account)
        given = {} if context is None else _lowered(context)
        account = resource_account or account_in(resource)
        if caller is None:
            caller, known = _derived(principal, given, account)
        else:
            known = _known(caller, account or caller.account)
        self.principal = principal if principal is not None else caller.arn
        self.action = action
        self.action_key = action.lower()
        self.resource = resource if resource != "*" else _without_resource(self.action_key, caller)
        self.resource_account = account or caller.account
        self.context = context if context is not None else {}
        self.caller = caller
        self.unknown = None
        if unknown:
            self.unknown = UnknownKeys.of(unknown, not_of)
            known = {key: value for key, value in known.items() if key not in self.unknown}
            self.values: Values = PartlyKnown.of({**known, **given}, self.unknown)
        else:
            self.values = {**known, **given} if given else known
        self.has_boundary = False

    @property
    def spelled_context(self) -> Mapping[str, str | tuple[str, ...]]:
        """The whole context, keys as they were given or as AWS spells them, in the order of their names."""
        spelled = {key.lower(): key for key in self.context}
        return {spelled.get(key, _SPELLED.get(key, key)): value for key, value in sorted(self.values.items())}

    def with_values(self, values: Values) -> Request:
        """The same request with some keys of its context, in lower case, replaced."""
        same = self._copy()
        same.values = with_more(self.values, values)
        return same

    def with_context(self, context: Mapping[str, object]) -> Request:
        """The same request with more condition keys, in any case; they replace those of the same name.

        Raises TypeError for a value that no context can have.
        """
        same = self._copy()
        given = _lowered(context)
        absent = [key.lower() for key in context if key.lower() not in given]
        values = {**self.values, **given}
        for key in absent:
            values.pop(key, None)
        same.values = values if self.unknown is None else PartlyKnown.of(values, self.unknown)
        same.context = {**self.context, **context}
        return same

    def _copy(self) -> Request:
        """Slot by slot: `copy` takes five times as long."""
        same = object.__new__(Request)
        same.principal, same.action, same.action_key = self.principal, self.action, self.action_key
        same.resource, same.resource_account = self.resource, self.resource_account
        same.context, same.values, same.caller = self.context, self.values, self.caller
        same.unknown, same.has_boundary = self.unknown, self.has_boundary
        return same

    def under_boundary(self) -> Request:
        """The same request by a caller whom a permissions boundary binds."""
        same = self._copy()
        same.has_boundary = True
        return same

    def __repr__(self) -> str:
        return (
            f"Request({self.principal!r}, {self.action!r}, {self.resource!r}, context={dict(self.context)!r})"
        )


def _without_resource(action: str, caller: Caller) -> str:
    """What policies compare where no resource is named: `*`. S3 takes the listing of all buckets for a
    request on every bucket, so that a policy for `arn:aws:s3:::*` allows it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
    """
    if action != "s3:listallmybuckets":
        return "*"
    arn = caller.arn or ""
    return f"arn:{arn.split(':', 2)[1] if arn.startswith('arn:') else 'aws'}:s3:::*"


def _lowered(context: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    given: object = context
    if not isinstance(given, Mapping):
        raise TypeError(f"context is an object of condition keys and values, not {given!r:.60}")
    values: dict[str, str | tuple[str, ...]] = {}
    for key, value in context.items():
        if key.__class__ is not str and not isinstance(key, str):
            raise TypeError(f"a condition key is text, not {key!r:.60}")
        lowered, is_set = _read_key(key)
        if value.__class__ is str:
            values[lowered] = (value,) if is_set else value
        elif (read := _value(lowered, value)) is not None:
            values[lowered] = (read,) if is_set and isinstance(read, str) else read
    return values


@lru_cache(maxsize=4096)
def _read_key(key: str) -> tuple[str, bool]:
    """A key in lower case, and whether it is multivalued: requests use the same few keys again and again."""
    return key.lower(), is_multivalued(key)


def _value(key: str, value: object) -> str | tuple[str, ...] | None:
    """A context value as policies compare it; None and the empty list are an absent key."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return tuple(_text(key, each) for each in value) or None
    return _text(key, value)


def _text(key: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(
        f"{key}: a context value is text, a number, a bool, a date or a list of them, not {value!r:.60}"
    )


def _is_plain(principal: str | None, action: str, resource: str, account: str | None) -> bool:
    """Whether a request can be made of these, whatever callers without type checks pass. Nearly all can, so
    the reasons are looked for elsewhere.
    """
    if action.__class__ is not str or resource.__class__ is not str:
        return False
    if principal is not None and principal.__class__ is not str:
        return False
    return _is_action(action) and (account is None or _is_account(account))


@lru_cache(maxsize=4096)
def _is_action(action: str) -> bool:
    """Whether it is one action, not a pattern: requests ask for the same few actions again and again."""
    return _ACTION.fullmatch(action) is not None


def _is_account(account: object) -> bool:
    return isinstance(account, str) and is_account_id(account)


def _refuse(principal: object, action: str, resource: object, account: object) -> None:
    """Raise the error that says what is wrong and what to pass instead; nothing for subclasses of str."""
    for name, value in (("principal", principal), ("action", action), ("resource", resource)):
        if not isinstance(value, str) and not (value is None and name == "principal"):
            raise TypeError(f"{name} is text, not {value!r:.60}")
    if "*" in action or "?" in action:
        raise ValueError(f"a request asks for one action, not for a pattern: {action!r}")
    if not _is_action(action):
        raise ValueError(f"action is a service and an operation, such as s3:GetObject, not {action!r}")
    if isinstance(account, int):
        raise TypeError(f'resource_account is text: write "{account:012}"')
    if account is not None and not _is_account(account):
        raise ValueError(f"resource_account is 12 digits or None, not {account!r:.60}")


def account_in(resource: str) -> str | None:
    """The account in an ARN; None where it names none. Raises ValueError for digits that are not twelve."""
    segments = resource.split(":", 5)
    if len(segments) < 6 or not segments[4].isdigit():
        return None
    if len(segments[4]) != 12:
        raise ValueError(f"an account has 12 digits, not {len(segments[4])}: {resource}")
    return segments[4]


def _derived(
    principal: str | None, values: Values, account: str | None
) -> tuple[Caller, dict[str, str | tuple[str, ...]]]:
    return _caller_and_known(
        principal,
        _single(values, "aws:principalarn"),
        _single(values, "aws:userid"),
        "aws:tokenissuetime" in values,
        values.get("aws:multifactorauthpresent") == "true",
        account,
    )


@lru_cache(maxsize=4096)
def _caller_and_known(
    principal: str | None,
    principal_arn: str | None,
    userid: str | None,
    temporary: bool,
    mfa: bool,
    account: str | None,
) -> tuple[Caller, dict[str, str | tuple[str, ...]]]:
    caller = caller_of(principal, principal_arn, userid, temporary=temporary, mfa=mfa)
    return caller, _known(caller, account or caller.account)


def _single(values: Values, key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _known(caller: Caller, resource_account: str | None) -> dict[str, str | tuple[str, ...]]:
    """The condition keys that follow from caller and resource alone. Shared: it must not be changed."""
    kind = caller.kind
    values: dict[str, str | tuple[str, ...]] = {"aws:principaltype": PRINCIPAL_TYPES[kind]}
    if resource_account is not None:
        values["aws:resourceaccount"] = resource_account
    if kind is CallerKind.ANONYMOUS:
        return {**values, "aws:userid": "anonymous", "aws:principalaccount": "anonymous"}
    if caller.account is not None:
        values["aws:principalaccount"] = caller.account
    if kind is not CallerKind.FEDERATED:  # AssumeRoleWith… is not signed
        values["aws:principalisawsservice"] = "true" if kind is CallerKind.SERVICE else "false"
    if kind is CallerKind.SERVICE and caller.arn is not None:
        names = service_names(caller.arn)
        values |= {"aws:principalservicename": caller.arn, "aws:principalservicenameslist": names}
    elif kind is not CallerKind.FEDERATED and caller.arn is not None:
        values["aws:principalarn"] = (
            caller.issuer_arn if kind is CallerKind.ROLE_SESSION else None
        ) or caller.arn
    if userid := _userid(caller):
        values["aws:userid"] = userid
    if kind in (CallerKind.USER, CallerKind.USER_SESSION) and caller.arn is not None:
        values["aws:username"] = caller.arn.rpartition("/")[2]
    return values


def _userid(caller: Caller) -> str | None:
    """`aws:userid`, where the caller's identity is enough to tell."""
    name = (caller.arn or "").rpartition("/")[2]
    match caller.kind:
        case CallerKind.ROOT | CallerKind.ROOT_SESSION:
            return caller.account
        case CallerKind.FEDERATED_USER:
            return f"{caller.account}:{name}"
        case CallerKind.ROLE_SESSION if caller.unique_id and caller.arn != caller.issuer_arn:
            return f"{caller.unique_id}:{name}"
        case CallerKind.FEDERATED:
            return caller.arn
        case _:
            return caller.unique_id
