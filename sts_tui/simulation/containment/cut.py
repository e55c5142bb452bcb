"""What is a cut: the calls that make it, and how are they made?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.operations.equivalent_cli import cli_line

POLICY_ID: Final = "${policy}"
"""A placeholder for the policy id that organizations:CreatePolicy returns."""


class Step(Struct, frozen=True):
    """One call of a cut."""

    action: str
    params: Mapping[str, object]
    account: str
    """The account that the call is made in."""

    @property
    def command(self) -> str:
        """The equivalent `aws` command line."""
        return cli_line(self.action, self.params)


class Cut(Struct, frozen=True, kw_only=True):
    """One way to cut access."""

    id: str
    title: str
    short: str = ""
    """The title without the name of the role or user, if only one is possible; empty: same as the title."""
    steps: tuple[Step, ...] = ()
    why_not: str = ""
    """Why it cannot be tried; empty if it can."""
    instead: str = ""
    """What it affects instead, for cuts that do not affect issued credentials."""
    leaves: str = ""
    """What this kind of cut always leaves to the holder, in words that follow "it still can"; empty:
    nothing.
    """


class CannotCutError(Exception):
    """The acting identity cannot carry out a cut; the message says why."""


def carry_out(
    cut: Cut, acting: Identity, call: Callable[[str, Mapping[str, object], Identity, bool], object]
) -> None:
    """Make the calls of a cut, in order. `call(action, params, caller, joins)` returns AWS's answer; `joins`:
    the call belongs to the one before it, so that one undo reverts the whole cut.

    Raises CannotCutError if the cut does not exist for this holder or is made in another account, and
    whatever `call` raises. Calls before the failing one have then been made.
    """
    if cut.why_not:
        raise CannotCutError(cut.why_not)
    policy = ""
    for number, step in enumerate(cut.steps):
        params = {name: policy if value == POLICY_ID else value for name, value in step.params.items()}
        policy = _policy_id(call(step.action, params, _caller(step, acting), number > 0)) or policy


def _caller(step: Step, acting: Identity) -> Identity:
    if acting.kind is IdentityKind.OPERATOR:
        return operator_identity(step.account)
    if acting.account != step.account and not step.action.startswith("organizations:"):
        raise CannotCutError(
            f"{acting.label} is an identity of account {acting.account}; this cut is made in {step.account}"
        )
    return acting


def _policy_id(response: object) -> str:
    policy = response.get("Policy") if isinstance(response, dict) else None
    summary = policy.get("PolicySummary") if isinstance(policy, dict) else None
    found = summary.get("Id") if isinstance(summary, dict) else None
    return found if isinstance(found, str) else ""


def targeted(name: str, target: str, several: bool) -> str:
    """The id of a cut, with its target if there are several."""
    return f"{name}:{target}" if several else name


def deny(statement: Mapping[str, Json]) -> dict[str, Json]:
    """A policy document, as JSON, of one Deny; `statement`: its other members, by name."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **statement}]}
