"""Which STS operations could the acting identity call now?

Each operation is performed in a copy with the simplest parameters that are well formed; AssumeRole with every
role of the files, AssumeRoot with every account and root task, up to a limit. What the engine answers is what
is shown: only an error that other parameters would avoid, after every policy has allowed the call, counts as
allowed. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.chosen_request import explained_request
from sts_tui.simulation.calls.ask import ask_for
from sts_tui.simulation.calls.not_modeled import NotModelledError, refuse_unmodeled
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS, OperationRow
from sts_tui.sts.operations.root_tasks import ROOT_TASKS
from sts_tui.tui.text.event_text import beside_action
from sts_tui.tui.text.styled_text import Line, line, one_line

MOST_TRIED: Final = 60
"""Roles or accounts that are tried for one operation."""
_SIMPLEST: Final[Mapping[str, Mapping[str, Any]]] = {
    "GetCallerIdentity": {},
    "GetSessionToken": {},
    "GetFederationToken": {"Name": "name"},
    "GetAccessKeyInfo": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "GetScopedCredentials": {"DurationSeconds": 1},
    "DecodeAuthorizationMessage": {"EncodedMessage": "message"},
    "GetWebIdentityToken": {
        "Audience": ["https://api.example.com"],
        "SigningAlgorithm": "ES384",
        "DurationSeconds": 60,
    },
}
"""The shortest durations, which fit into what is left of any session."""
_OF_ITS_PARAMETERS: Final = ("InvalidAuthorizationMessageException", "SessionDurationEscalationException")
"""Errors of the parameters above, not of the caller, its policies or its account."""
_Alternatives: TypeAlias = "Sequence[Mapping[str, Any]]"
"""Parameters of which one that is allowed is enough."""


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
    try:
        results = [_why_none(simulation, acting, row, alternatives) for alternatives in tried]
    except NotModelledError as error:
        return line(("? ", "undecided"), (one_line(error.message), "undecided"))
    allowed = results.count("")
    if not allowed:
        return line(("- ", "deny"), (one_line(results[0]), "deny"))
    many = f" for {allowed} of {len(tried)}" if len(tried) > 1 else ""
    return line((f"+ allowed{many}", "allow"))


def _parameters(simulation: Simulation, row: OperationRow) -> Iterator[_Alternatives]:
    """For each role or account, or once."""
    configuration = simulation.world.configuration
    match row.operation:
        case "AssumeRole":
            for arn in configuration.roles:
                yield ({"RoleArn": arn, "RoleSessionName": "preview"},)
        case "AssumeRoot":
            for account in configuration.accounts:
                yield [{"TargetPrincipal": account, "TaskPolicyArn": {"arn": arn}} for arn in ROOT_TASKS]
        case name if name in _SIMPLEST:
            yield (_SIMPLEST[name],)


def _why_none(simulation: Simulation, acting: Identity, row: OperationRow, tried: _Alternatives) -> str:
    """Why every one of these calls would be denied or refused, in the words of the first; empty where one
    would not.
    """
    reasons = []
    for params in tried:
        reasons.append(_why_not(simulation, acting, row, params))
        if not reasons[-1]:
            return ""
    return reasons[0]


def _why_not(simulation: Simulation, acting: Identity, row: OperationRow, params: Mapping[str, Any]) -> str:
    """Why the call would be denied or refused; empty where it would not, or only for its parameters.
    Raises NotModelledError.
    """
    action = f"sts:{row.operation}"
    refuse_unmodeled(action, params, acting)
    ask = ask_for(action, params, acting, None, (None, DEFAULT_REGION), None)
    result = simulation.commands.result_of(ask)
    error = result.error
    if error is None:
        return ""
    if error.decision is not None and result.question is not None:
        explained = explained_request(result.question, simulation.now)
        reason = prepare(explained).decide(simulation.now).reason.removeprefix("because ")
        return f"denied, {beside_action(reason, action)}"
    is_authorized = all(one.outcome is Outcome.ALLOWED for one in result.decisions) and result.decisions
    if is_authorized and error.code in _OF_ITS_PARAMETERS:
        return ""
    return f"refused, {(error.hint or error.code).partition(': ')[0]}"
