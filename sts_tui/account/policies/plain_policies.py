"""Is a policy document certainly valid, so that the rules need not be applied?

Nearly every document of a large file is valid. For identity-based and trust policies, msgspec decodes the
bytes of a document into a type that accepts only what the rules (`policy_grammar`) accept. That takes a tenth
of the time of applying the rules one by one. A document that the type does not accept (NotAction, federated
principals, rarer forms of ARNs …) is not necessarily wrong: the rules decide. Conditions are always checked
by the rules, each distinct one once.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.policies.policy_conditions import check_condition
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import Force
from sts_tui.start_up.named_tuple import NamedTuple

_IDENTITY: Final = (
    PolicyKind.ROLE_INLINE,
    PolicyKind.USER_INLINE,
    PolicyKind.GROUP_INLINE,
    PolicyKind.MANAGED,
)


def is_plainly_valid(document: bytes, kind: PolicyKind) -> bool:
    """Whether no rule reports anything about the document with this JSON. False if this fast check cannot
    tell.
    """
    if (kind is not PolicyKind.TRUST and kind not in _IDENTITY) or _JOINT in document:
        return False
    written = plain_statement(document, is_trust=kind is PolicyKind.TRUST)
    if not written:
        return False
    sids: list[str] = []
    resources: list[str] = []
    for one in written if isinstance(written, list) else [written]:
        if one.Sid:
            sids.append(one.Sid)
        if isinstance(one, TrustStatement):
            if not one.is_valid:
                return False
        elif not ((actions := actions_in(bytes(one.Action))) and actions.are_valid and one.Resource):
            return False
        else:
            resources += [one.Resource] if isinstance(one.Resource, str) else one.Resource
        if one.Condition and not _is_valid_condition(bytes(one.Condition), kind):
            return False
    return len(set(sids)) == len(sids) and _all_match(sids, _SID) and _all_match(resources, _RESOURCE)


@lru_cache(maxsize=1)
def plain_statement(document: bytes, *, is_trust: bool) -> PlainStatement | None:
    """The `Statement` of a document, from its JSON; None if the document has anything that identity-based (or
    trust) policies rarely have. The result for the last document is cached, because several checks need it.
    """
    try:
        return _decoder(is_trust).decode(document).Statement
    except (msgspec.DecodeError, RecursionError):
        return None


def _all_match(texts: list[str], each: str) -> bool:
    """Whether all texts match. They are joined and matched with one call, which is faster than a call for
    each. No text that matches contains the character that joins them.
    """
    return not texts or _joined(each).fullmatch("\0".join(texts)) is not None


@cache
def _joined(each: str) -> re.Pattern[str]:
    return re.compile(f"(?:{each})(?:\\0(?:{each}))*+")


_JOINT: Final = rb"\u0000"
"""The character that joins texts, as JSON writes it. The patterns do not match it."""
_SID: Final = r"[0-9A-Za-z]*+"
_ACTION: Final = r"\*|[A-Za-z0-9.-]++:[^:\0]*+"
_RESOURCE: Final = (
    r"\*|arn:aws(?:-cn|-us-gov)?:(?:s3:::[^\0]*+|iam::[^:\0]*+:(?:role|user|group|policy)/[^\0]*+"
    r"|(?!iam:|s3:)[a-z0-9-]++:[^:\0]*+:[^:\0]*+:[^\0]*+)"
)
_AWS_PRINCIPAL: Final = (
    rf"\A(?:\*|{ACCOUNT_DIGITS}|arn:[^:]+:iam::{ACCOUNT_DIGITS}:(?:root|(?:user|role)/[^\s*?]+))\Z"
)
_SERVICE: Final = r"\A[a-z0-9-]+(?:\.[a-z0-9-]+)+\Z"

_AwsPrincipal: TypeAlias = Annotated[str, Meta(pattern=_AWS_PRINCIPAL)]
_Service: TypeAlias = Annotated[str, Meta(pattern=_SERVICE)]
_TrustAction: TypeAlias = Literal[
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
]

# A string with a pattern in a union with a list makes msgspec 0.22 free memory twice when the type is deleted
# (seen with `python -X dev`). Therefore only list items have patterns, and single strings are matched here.


class IdentityStatement(Struct, forbid_unknown_fields=True, kw_only=True):
    """A statement of an identity-based policy."""

    Sid: str = ""
    Effect: Literal["Allow", "Deny"]
    Action: msgspec.Raw
    """Parsed by `actions_in`, which caches it: many statements have the same actions."""
    Resource: str | list[str]
    Condition: msgspec.Raw = msgspec.Raw()


class _IdentityPolicy(Struct, forbid_unknown_fields=True):
    Version: Literal["2012-10-17"]
    Statement: IdentityStatement | list[IdentityStatement]


class _Principal(Struct, forbid_unknown_fields=True):
    AWS: str | list[_AwsPrincipal] | msgspec.UnsetType = msgspec.UNSET
    Service: str | list[_Service] | msgspec.UnsetType = msgspec.UNSET


class TrustStatement(Struct, forbid_unknown_fields=True, kw_only=True):
    """A statement of a trust policy."""

    Sid: str = ""
    Effect: Literal["Allow", "Deny"]
    Principal: _Principal
    Action: _TrustAction | list[_TrustAction]
    Condition: msgspec.Raw = msgspec.Raw()

    @property
    def is_valid(self) -> bool:
        aws, service = self.Principal.AWS, self.Principal.Service
        return (
            bool(self.Action)
            and (aws is not msgspec.UNSET or service is not msgspec.UNSET)
            and (aws is msgspec.UNSET or _matches(aws, _AWS_PRINCIPAL))
            and (service is msgspec.UNSET or _matches(service, _SERVICE))
        )


class _TrustPolicy(Struct, forbid_unknown_fields=True, kw_only=True):
    Version: Literal["2012-10-17", "2008-10-17"] = "2008-10-17"
    Statement: TrustStatement | list[TrustStatement]


PlainStatement: TypeAlias = (
    IdentityStatement | list[IdentityStatement] | TrustStatement | list[TrustStatement]
)


class Actions(NamedTuple):
    """The `Action` of a statement. `are_valid`: whether the grammar accepts all of them."""

    texts: tuple[str, ...]
    are_listed: bool
    are_valid: bool


@lru_cache(maxsize=16384)
def actions_in(written: bytes) -> Actions | None:
    """The actions in the JSON of an `Action`, cached; None for anything but strings."""
    try:
        value = _ACTIONS.decode(written)
    except msgspec.DecodeError:
        return None
    texts = [value] if isinstance(value, str) else value
    are_valid = bool(texts) and _JOINT not in written and _all_match(texts, _ACTION)
    return Actions(tuple(texts), isinstance(value, list), are_valid)


_ACTIONS: Final = msgspec.json.Decoder(str | list[str])


def _matches(value: str | list[str], pattern: str) -> bool:
    """Whether a single string matches. A list, whose items match already, must not be empty."""
    return bool(value) if isinstance(value, list) else _text_matches(value, pattern)


@lru_cache(maxsize=4096)
def _text_matches(text: str, pattern: str) -> bool:
    return re.search(pattern, text) is not None


@cache
def _decoder(is_trust: bool) -> msgspec.json.Decoder[_IdentityPolicy | _TrustPolicy]:
    kind: type[_IdentityPolicy] | type[_TrustPolicy] = _TrustPolicy if is_trust else _IdentityPolicy
    return msgspec.json.Decoder(kind)


@lru_cache(maxsize=4096)
def _is_valid_condition(condition: bytes, kind: PolicyKind) -> bool:
    found = PolicyDiagnostics()
    check_condition(msgspec.json.decode(condition), kind, (), found)
    return not found.in_order(*Force)
