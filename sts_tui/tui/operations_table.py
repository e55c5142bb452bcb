"""The STS operations in a table: who may call them, how long their sessions last, what those may not do.

Numbers come from the engine's limits and AWS's service model, so that the table says what is enforced.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sts_tui.sts.limits import (
    ASSUME_ROOT_DEFAULT,
    DEFAULT_ROLE_SESSION,
    LONG_TERM_CALLER_DEFAULT,
    ROLE_CHAINING_MAXIMUM,
    WEB_IDENTITY_TOKEN_DEFAULT,
)
from sts_tui.tui import durations
from sts_tui.tui.pieces import Line, Piece, line


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """One row."""

    name: str
    caller: str
    lasts: str
    mfa: str
    policy: str
    tags: str
    limits: str


def _span(seconds: int) -> str:
    return durations.short(timedelta(seconds=seconds))


_ROLE = f"15m / {_span(DEFAULT_ROLE_SESSION)} / role max (12h at most)"
_LONG = f"15m / {_span(LONG_TERM_CALLER_DEFAULT)} / 36h (root 1h)"
ROWS = (
    OperationFacts(
        "AssumeRole",
        "user or temporary credentials",
        _ROLE,
        "yes",
        "yes",
        "yes*",
        "no GetFederationToken, no GetSessionToken",
    ),
    OperationFacts(
        "  from a role session",
        "role session: chaining",
        f"15m / {_span(ROLE_CHAINING_MAXIMUM)} / {_span(ROLE_CHAINING_MAXIMUM)}; more is refused",
        "no",
        "yes",
        "yes*",
        "as AssumeRole",
    ),
    OperationFacts(
        "AssumeRoleWithSAML", "a SAML assertion, no keys", _ROLE, "no", "yes", "IdP*", "as AssumeRole"
    ),
    OperationFacts(
        "AssumeRoleWithWebIdentity", "an OIDC token, no keys", _ROLE, "no", "yes", "IdP*", "as AssumeRole"
    ),
    OperationFacts(
        "AssumeRoot",
        "management or delegated account",
        f"- / {_span(ASSUME_ROOT_DEFAULT)} / {_span(ASSUME_ROOT_DEFAULT)}",
        "-",
        "task",
        "no",
        "only what its task policy allows",
    ),
    OperationFacts(
        "GetFederationToken",
        "long-term keys of a user",
        _LONG,
        "no",
        "yes",
        "yes",
        "no IAM; of STS only GetCallerIdentity",
    ),
    OperationFacts(
        "GetSessionToken",
        "long-term keys of a user",
        _LONG,
        "yes",
        "no",
        "no",
        "no IAM without MFA; of STS AssumeRole and GetCallerIdentity",
    ),
    OperationFacts(
        "GetWebIdentityToken",
        "any principal, where the account allows it",
        f"1m / {_span(WEB_IDENTITY_TOKEN_DEFAULT)} / 1h",
        "-",
        "-",
        "yes",
        "a token for others, no AWS credentials",
    ),
    OperationFacts(
        "GetCallerIdentity", "anybody", "-", "-", "-", "-", "never refused, even by an explicit Deny"
    ),
    OperationFacts(
        "GetAccessKeyInfo", "needs a permission", "-", "-", "-", "-", "answers the account of a key"
    ),
    OperationFacts(
        "DecodeAuthorizationMessage", "needs a permission", "-", "-", "-", "-", "opens an encoded refusal"
    ),
)


def operations_lines() -> list[tuple[Line, int]]:
    """The table, one operation in two lines, so that it is read at 80 columns too."""
    lines: list[tuple[Line, int]] = [
        (line(("OPERATION                  CALLER; least / default / longest session", "muted")), 0),
        (
            line(
                (
                    "                           MFA, session policy, tags; what its sessions may not call",
                    "muted",
                )
            ),
            0,
        ),
        ((), 0),
    ]
    for row in ROWS:
        lines.append(
            ((Piece(f"{row.name:<27}", "strong"), Piece(row.caller), Piece(f"; {row.lasts}", "muted")), 27)
        )
        facts = f"MFA {row.mfa}, session policy {row.policy}, tags {row.tags}; {row.limits}"
        lines.append(((Piece(" " * 27), Piece(facts, "muted")), 27))
    lines += [
        ((), 0),
        (
            line(
                (
                    "* transitive tags survive chaining. Cut off: R a role's sessions, U what a user issued.",
                    "muted",
                )
            ),
            0,
        ),
    ]
    return lines
