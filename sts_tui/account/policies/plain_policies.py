"""Is a policy document plainly valid, so that the rules have nothing to say about it?

Nearly every document of a large file is. For identity-based and trust policies msgspec decodes the bytes of
a document into a type that takes no more than the rules do (`policy_grammar`), which is a tenth of the work
of applying them one by one. What the type does not take (NotAction, federated principals, ARNs of rarer
forms …) is not wrong: the rules decide. They also see what is left: conditions, each distinct one once.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from sts_tui.account.policies.policy_conditions import check_condition
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import Force

_IDENTITY: Final = (
    PolicyKind.ROLE_INLINE,
    PolicyKind.USER_INLINE,
    PolicyKind.GROUP_INLINE,
    PolicyKind.MANAGED,
)


def is_plainly_valid(document: bytes, kind: PolicyKind) -> bool:
    """Whether no rule has anything to report about the document with this JSON. False where that is not
    known.
    """
    if kind is not PolicyKind.TRUST and kind not in _IDENTITY:
        return False
    try:
        decoded = _decoder(kind is PolicyKind.TRUST).decode(document)
    except (msgspec.DecodeError, RecursionError):
        return False
    statements = decoded.Statement if isinstance(decoded.Statement, list) else [decoded.Statement]
    sids = [one.Sid for one in statements if one.Sid]
    return (
        bool(statements)
        and len(set(sids)) == len(sids)
        and all(one.is_valid for one in statements)
        and all(not one.Condition or _is_valid_condition(bytes(one.Condition), kind) for one in statements)
    )


_ACTION: Final = r"\A(?:\*|[A-Za-z0-9.-]+:[^:]*)\Z"
_RESOURCE: Final = (
    r"\A(?s:\*|arn:aws(?:-cn|-us-gov)?:(?:s3:::.*|iam::[^:]*:(?:role|user|group|policy)/.*"
    r"|(?!iam:|s3:)[a-z0-9-]+:[^:]*:[^:]*:.*))\Z"
)
_AWS_PRINCIPAL: Final = r"\A(?:\*|[0-9]{12}|arn:[^:]+:iam::[0-9]{12}:(?:root|(?:user|role)/[^\s*?]+))\Z"
_SERVICE: Final = r"\A[a-z0-9-]+(?:\.[a-z0-9-]+)+\Z"

_Sid: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]*\Z")]
_Action: TypeAlias = Annotated[str, Meta(pattern=_ACTION)]
_Resource: TypeAlias = Annotated[str, Meta(pattern=_RESOURCE)]
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

# A text with a pattern in a union with a list makes msgspec 0.22 free memory twice when the type ends (seen
# with `python -X dev`). So only the items of lists have patterns, and a single text is compared here.


class _IdentityStatement(Struct, forbid_unknown_fields=True, kw_only=True):
    Sid: _Sid = ""
    Effect: Literal["Allow", "Deny"]
    Action: str | list[_Action]
    Resource: str | list[_Resource]
    Condition: msgspec.Raw = msgspec.Raw()

    @property
    def is_valid(self) -> bool:
        return _matches(self.Action, _ACTION) and _matches(self.Resource, _RESOURCE)


class _IdentityPolicy(Struct, forbid_unknown_fields=True):
    Version: Literal["2012-10-17"]
    Statement: _IdentityStatement | list[_IdentityStatement]


class _Principal(Struct, forbid_unknown_fields=True):
    AWS: str | list[_AwsPrincipal] | msgspec.UnsetType = msgspec.UNSET
    Service: str | list[_Service] | msgspec.UnsetType = msgspec.UNSET


class _TrustStatement(Struct, forbid_unknown_fields=True, kw_only=True):
    Sid: _Sid = ""
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
    Statement: _TrustStatement | list[_TrustStatement]


def _matches(value: str | list[str], pattern: str) -> bool:
    """Whether a single text matches, or a list, whose items do, has any."""
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
