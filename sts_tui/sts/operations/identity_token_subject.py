"""Which subject does a token of GetWebIdentityToken have, and which scope?

`SubjectMode` selects the calling principal or the person or workload behind its session, which is in
`aws:OriginIdentity/…` of trusted identity propagation. A scope needs the latter and exactly one audience.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category

from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import SessionKind

if TYPE_CHECKING:
    from sts_tui.sts.identity import CallerIdentity

AWS_IDENTITY: Final = "AWSIdentity"
ORIGIN_IDENTITY: Final = "OriginIdentity"

_SUBJECT: Final = "aws:OriginIdentity/Subject"
_PROVIDERS: Final = ("aws:OriginIdentity/Issuer", "aws:OriginIdentity/FederatedProviderArn")


def subject_mode(params: Mapping[str, object]) -> str:
    """`SubjectMode`, or its default."""
    return str(params.get("SubjectMode") or AWS_IDENTITY)


def scopes(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of `Scope`. Raises AwsError ValidationError if it cannot be combined with the other
    parameters.

    The codes and messages are ours: AWS documents the rules, but not the errors.
    """
    scope = params.get("Scope")
    if scope is None:
        return ()
    values = tuple(scope.split(" "))
    if subject_mode(params) != ORIGIN_IDENTITY:
        raise AwsError(
            "ValidationError", f"Scope can be specified only when SubjectMode is {ORIGIN_IDENTITY}"
        )
    if len(params["Audience"]) != 1:
        raise AwsError("ValidationError", "Scope can be specified only with exactly one audience")
    if len(set(values)) != len(values):
        raise AwsError("ValidationError", "Scope contains a repeated value")
    return values


def principal_arn(caller: CallerIdentity) -> str:
    """The claim `principal_id`: for a role session the role's ARN with its path, else the caller's ARN."""
    session = caller.session
    if session is not None and session.kind is SessionKind.ROLE:
        return session.issuer_arn
    return caller.arn or caller.label


def subject(caller: CallerIdentity, mode: str) -> str:
    """The claim `sub`.

    Raises AwsError: ValidationError if the session has no origin identity, AccessDenied for a subject that
    could be mistaken for an ARN or has invisible characters.
    """
    if mode == AWS_IDENTITY:
        return principal_arn(caller)
    carried = caller.session.context if caller.session else {}
    origin = str(carried.get(_SUBJECT) or "")
    if not origin.strip() or not any(carried.get(key) for key in _PROVIDERS):
        raise AwsError(
            "ValidationError",
            f"SubjectMode {ORIGIN_IDENTITY} requires a session with an origin identity",
            hint=f"the session needs {_SUBJECT} and one of {' and '.join(_PROVIDERS)}",
        )
    if origin.lower().startswith("arn:") or origin != origin.strip(" ") or any(map(_is_refused, origin)):
        raise AwsError(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: sts:GetWebIdentityToken",
            403,
            hint=f"the subject {origin!r} cannot be the subject of a token",
        )
    return origin


def _is_refused(character: str) -> bool:
    """Whether it is a control, format or separator character other than a space."""
    return category(character) in ("Cc", "Cf", "Zl", "Zp", "Zs") and character != " "
