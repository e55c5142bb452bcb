"""What does `sts-tui reach` print? Who can become whom, through which chain of roles."""

from __future__ import annotations

import argparse
import json
from typing import Any

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.reach.reach import Chain, Hop, chains, hops
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.roles import find_role
from sts_tui.tours.reading.errors import StepError


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print one line per chain, the shortest from each to each."""
    simulation = inputs.simulation_of(options.files, None, None, None)
    found = hops(simulation)
    source = _source(options.source, found, simulation) if options.source else None
    target = _role(options.target, simulation) if options.target else None
    shown = list(chains(found, source, target))
    for chain in shown:
        print(
            json.dumps(_as_object(chain), ensure_ascii=False) if options.json else _as_line(chain, simulation)
        )
    narrate(f"{len(shown)} {'chain' if len(shown) == 1 else 'chains'}, every hop tried against every policy")
    return 0


def _as_line(chain: Chain, simulation: Simulation) -> str:
    parts = [_named(chain.hops[0].source, chain.hops[0].source_label, simulation)]
    for hop in chain.hops:
        conditions = "".join(f" [{need}]" for need in hop.needs)
        parts.append(f"{_named(hop.target, hop.target_label, simulation)}{conditions}")
    return " > ".join(parts)


def _named(source: str, label: str, simulation: Simulation) -> str:
    """`prod/App` where the model holds several accounts."""
    accounts = simulation.world.configuration.accounts
    facts = accounts.get(source.split(":")[4]) if source.startswith("arn:") else None
    if facts is None or len(accounts) == 1:
        return label
    return f"{facts.name or facts.account_id}/{label}"


def _as_object(chain: Chain) -> dict[str, Any]:
    return {
        "from": chain.source,
        "to": chain.target,
        "hops": [
            {"from": hop.source, "to": hop.target, "operation": hop.operation, "needs": list(hop.needs)}
            for hop in chain.hops
        ],
    }


def _source(text: str, found: tuple[Hop, ...], simulation: Simulation) -> str:
    """A user, a role, a session (its role), `service:…` or an identity provider's user."""
    if any(text == hop.source for hop in found):
        return text
    try:
        identity = simulation.resolve(text)
    except UnknownIdentityError as error:
        if role := _found_role(text, simulation):
            return role
        raise UserError(error.message) from None
    session = simulation.world.sessions.get(identity.access_key_id or "")
    return session.issuer_arn if session else identity.arn or text


def _role(text: str, simulation: Simulation) -> str:
    role = _found_role(text, simulation)
    if role is None:
        near = did_you_mean(text, [role.role_name for role in simulation.world.configuration.roles.values()])
        raise UserError(f"there is no role {text!r}" + (f" ({near})" if near else ""))
    return role


def _found_role(text: str, simulation: Simulation) -> str | None:
    try:
        role = find_role(text, simulation.world, "")
    except StepError as error:
        raise UserError(str(error)) from None
    return role.arn if role else None
