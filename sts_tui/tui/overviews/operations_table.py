"""The STS operations: who may call them, how long their sessions last, and what those may call.

The rows are those that the engine enforces.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sts_tui.account import durations
from sts_tui.sts.facts.operation_matrix import CREDENTIALS_ROWS, OPERATION_ROWS, CredentialsRow, OperationRow
from sts_tui.tui.text.styled_text import Line, Span, line

_INDENT: Final = max(len(name) for name in OPERATION_ROWS) + 1


def operations_lines() -> list[tuple[Line, int]]:
    """(line, hanging indent): two lines for each operation, so that they fit into 80 columns."""
    return [
        *_heading("OPERATION", "CALLER; shortest / default / longest session"),
        *_heading("", "MFA, session policies, tags; other limits; what it returns"),
        ((), 0),
        *(one for row in OPERATION_ROWS.values() for one in _operation(row)),
        ((), 0),
        *_heading("CREDENTIALS FROM", "WHAT THEY MAY CALL"),
        ((), 0),
        *(one for row in CREDENTIALS_ROWS for one in _credentials(row)),
        ((), 0),
        *_note("* transitive tags are kept in role chaining. IdP: from the assertion or token."),
        *_note("R revokes the sessions of a role, U those of a user."),
    ]


def _operation(row: OperationRow) -> Iterator[tuple[Line, int]]:
    span = f"; {lasts(row)}" if row.longest_seconds is not None else ""
    yield (
        (
            Span(row.operation.ljust(_INDENT), "strong"),
            Span(row.callers_in_words),
            Span(span, "muted"),
        ),
        _INDENT,
    )
    yield _below(f"{_takes(row)}{_caps(row)}; {_returns(row)}" if span else _answers(row))


def lasts(row: OperationRow) -> str:
    bounds = (row.shortest_seconds, row.default_seconds, row.longest_seconds)
    return " / ".join(
        "caller's end" if seconds is None else durations.short(timedelta(seconds=seconds))
        for seconds in bounds
    )


def _takes(row: OperationRow) -> str:
    mfa, policies = ("yes" if taken else "no" for taken in (row.takes_mfa, row.takes_session_policies))
    star = "*" if row.result == "role session" else ""
    tags = "yes" + star if row.takes_tags else "no" if row.is_signed else "IdP" + star
    if row.takes_scope_down_policy:
        return "a scope-down policy"
    return f"MFA {mfa}, session policies {policies}, tags {tags}"


def _caps(row: OperationRow) -> str:
    return f"; also limited by {_plain(row.also_capped_by)}" if row.also_capped_by else ""


def _returns(row: OperationRow) -> str:
    return f"returns {row.result}"


def _answers(row: OperationRow) -> str:
    return f"permission: {_plain(row.permission)}; {_returns(row)}"


def _plain(text: str) -> str:
    """Without the backticks of the page."""
    return text.replace("`", "")


def _credentials(row: CredentialsRow) -> Iterator[tuple[Line, int]]:
    yield (Span(row.credentials, "strong"),), _INDENT
    yield _below(f"IAM: {row.iam}")
    yield _below(f"STS: {row.sts}")
    yield _below(f"console sign-in: {row.console}")


def _below(text: str) -> tuple[Line, int]:
    return (Span(" " * _INDENT), Span(text, "muted")), _INDENT


def _heading(name: str, text: str) -> Iterator[tuple[Line, int]]:
    yield line((f"{name:<{_INDENT}}{text}", "muted")), _INDENT


def _note(text: str) -> Iterator[tuple[Line, int]]:
    yield line((text, "muted")), 0
