"""Which STS operations could the acting identity call now?

Each operation is previewed with the simplest parameters that are well formed; AssumeRole and AssumeRoot with
every role or account of the files, up to a limit. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS, OperationRow
from sts_tui.tui.text.event_text import beside_action
from sts_tui.tui.text.styled_text import Line, line, one_line

MOST_TRIED: Final = 60
"""Roles or accounts that are tried for one operation."""
_ROOT_TASK: Final = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
_SIMPLEST: Final[Mapping[str, Mapping[str, Any]]] = {
    "GetCallerIdentity": {},
    "GetSessionToken": {},
    "GetFederationToken": {"Name": "name"},
    "GetAccessKeyInfo": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "DecodeAuthorizationMessage": {"EncodedMessage": "message"},
    "GetWebIdentityToken": {"Audience": ["https://api.example.com"], "SigningAlgorithm": "ES384"},
}
_NOT_ALLOWED: Final = ("AccessDenied", "ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch")
"""Refusals that do not depend on the parameters."""


def callable_now(simulation: Simulation, acting: Identity) -> dict[str, Line]:
    """For every operation: whether the acting identity could call it now, in a few words."""
    return {name: _answer(simulation, acting, row) for name, row in OPERATION_ROWS.items()}


def _answer(simulation: Simulation, acting: Identity, row: OperationRow) -> Line:
    if not row.is_signed:
        return line(("~ with a token or assertion", "muted"))
    if acting.kind is IdentityKind.OPERATOR:
        return line(("operator: bypasses IAM", "muted"))
    tried = list(islice(_parameters(simulation, row), MOST_TRIED))
    if not tried:
        return line(("? depends on its parameters", "undecided"))
    results = [_why_not(simulation, acting, row, params) for params in tried]
    allowed = results.count("")
    if not allowed:
        return line(("- ", "deny"), (one_line(results[0]), "deny"))
    many = f" for {allowed} of {len(tried)}" if len(tried) > 1 else ""
    return line((f"+ allowed{many}", "allow"))


def _parameters(simulation: Simulation, row: OperationRow) -> Iterator[Mapping[str, Any]]:
    configuration = simulation.world.configuration
    match row.operation:
        case "AssumeRole":
            for arn in configuration.roles:
                yield {"RoleArn": arn, "RoleSessionName": "preview"}
        case "AssumeRoot":
            for account in configuration.accounts:
                yield {"TargetPrincipal": account, "TaskPolicyArn": {"arn": _ROOT_TASK}}
        case name if name in _SIMPLEST:
            yield _SIMPLEST[name]


def _why_not(simulation: Simulation, acting: Identity, row: OperationRow, params: Mapping[str, Any]) -> str:
    """Why the call would be denied or refused; empty where it would not, or only for its parameters."""
    try:
        simulation.preview(f"sts:{row.operation}", params, caller=acting)
    except AwsError as error:
        if error.decision is not None:
            reason = error.decision.reason.removeprefix("because ")
            return f"denied, {beside_action(reason, f'sts:{row.operation}')}"
        return f"refused, {error.hint or error.message}" if error.code in _NOT_ALLOWED else ""
    return ""
