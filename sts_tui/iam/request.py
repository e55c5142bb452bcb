"""What is a request: which caller, which action on which resource, and which context?"""

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
"""Kind of caller → `aws:PrincipalType`. For services it is not documented; `Service` is assumed.

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
    """A request. It must not be changed after creation.

    `principal` is the ARN of a user, role, root user, role session or federated user, the name of a service,
    or None for the anonymous caller. `context` has condition keys in any case. A list is the value of a
    multivalued key; an empty list or None means that the key is absent. Keys that depend on the principal
    (`aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username` …) are added; `context`
    overrides them. `unknown` are keys that the request may or may not have (`aws:PrincipalTag/*` stands for
    every tag). A condition on such a key is undecided unless `context` has the key. `not_of` has impossible
    values of unknown keys: the key has neither this value nor a path that begins with it. `caller` can give
    what the principal's ARN does not contain: a role's path, a unique id, the user who created a federated
    session.

    Raises ValueError for an invalid principal, an action without service prefix, and an invalid account id,
    also in the resource. Raises TypeError for an action, resource or account that is not a string, and for a
    context value that is not a string, number, bool, date or a list of these.
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
    """The account that owns the resource; by default the caller's account, None if the caller has none."""
    caller: Caller
    values: Values
    """The complete context, with keys in lower case."""
    has_boundary: bool
    """Whether the caller has a permissions boundary. Set by `evaluate`, from the policies."""
    unknown: UnknownKeys | None
    """Keys that the request may or may not have. Conditions on them are undecided."""

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
        """The complete context, sorted by key. Keys are spelled as they were passed or as AWS spells them."""
        spelled = {key.lower(): key for key in self.context}
        return {spelled.get(key, _SPELLED.get(key, key)): value for key, value in sorted(self.values.items())}

    def with_values(self, values: Values) -> Request:
        """The same request with some keys of its context replaced. `values` has keys in lower case."""
        same = self._copy()
        same.values = with_more(self.values, values)
        return same

    def with_context(self, context: Mapping[str, object]) -> Request:
        """The same request with more condition keys, in any case. They replace existing keys.

        Raises TypeError for a value that a context cannot have.
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
        """A copy, made slot by slot: `copy.copy` takes five times as long."""
        same = object.__new__(Request)
        same.principal, same.action, same.action_key = self.principal, self.action, self.action_key
        same.resource, same.resource_account = self.resource, self.resource_account
        same.context, same.values, same.caller = self.context, self.values, self.caller
        same.unknown, same.has_boundary = self.unknown, self.has_boundary
        return same

    def under_boundary(self) -> Request:
        """The same request, by a caller with a permissions boundary."""
        same = self._copy()
        same.has_boundary = True
        return same

    def __repr__(self) -> str:
        return (
            f"Request({self.principal!r}, {self.action!r}, {self.resource!r}, context={dict(self.context)!r})"
        )


def _without_resource(action: str, caller: Caller) -> str:
    """The resource that policies compare if the request has none: `*`. S3 treats listing all buckets as a
    request for every bucket, so that a policy for `arn:aws:s3:::*` allows it.

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
    """A key in lower case, and whether it is multivalued. Cached, because most requests use the same few
    keys.
    """
    return key.lower(), is_multivalued(key)


def _value(key: str, value: object) -> str | tuple[str, ...] | None:
    """A context value in the form that policies compare; None for an absent key (None or an empty list)."""
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
    """Whether these are valid arguments of a request. A fast check, because nearly all are; `_refuse` finds
    the reason if not.
    """
    if action.__class__ is not str or resource.__class__ is not str:
        return False
    if principal is not None and principal.__class__ is not str:
        return False
    return _is_action(action) and (account is None or _is_account(account))


@lru_cache(maxsize=4096)
def _is_action(action: str) -> bool:
    """Whether the text is one action, not a pattern. Cached: most requests use the same few actions."""
    return _ACTION.fullmatch(action) is not None


def _is_account(account: object) -> bool:
    return isinstance(account, str) and is_account_id(account)


def _refuse(principal: object, action: str, resource: object, account: object) -> None:
    """Raise the error that says what is wrong and what to pass; none for subclasses of str."""
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
    """The account in an ARN; None if it has none. Raises ValueError if the account does not have twelve
    digits.
    """
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
    """The condition keys that depend only on caller and resource. Cached and shared: the result must not be
    changed.
    """
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
    """`aws:userid`; None if it does not follow from the caller's identity."""
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
