"""What does `sts-tui reach` print? Who can become whom, through which chain of roles."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Final

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.formats.graph_formats import as_dot, as_mermaid, as_opengraph
from sts_tui.cli.waiting import at_work
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.reach.graph import Chain, HopGraph, HopGroup
from sts_tui.simulation.reach.outside import Entry, entries
from sts_tui.simulation.reach.reach import administrators, chain_between, reach_of
from sts_tui.simulation.reach.session_chains import chains_of_session
from sts_tui.simulation.reach.unknown_facts import unknown_facts
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.session import Session
from sts_tui.tours.playing.roles import find_role
from sts_tui.tours.reading.errors import StepError

NO_PATH: Final = 1
ONLY_UNKNOWN: Final = 3
_SHOWN: Final = 8
"""How many sources of one hop are printed by name; `--json` has all."""


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the requested part; exit 1 if no chain leads from `--from` to `--to`, 3 if each chain depends on
    a fact outside the files. Raises UserError for a principal or role that is not in the files.
    """
    simulation = inputs.simulation_of(options.files, options.tour, None, None)
    session = _session(options.source, simulation) if options.source else None
    if options.target and session is None and not options.format and not options.outside:
        source = _in_files(options.source, simulation) if options.source else None
        if source is not None:
            chain = chain_between(simulation, source, _role(options.target, simulation), with_escalation=True)
            return _print_pair(chain, simulation, as_json=options.json)
    with at_work("finding every possible hop"):
        graph = reach_of(simulation, with_outside=True, with_escalation=True)
    source = _source(options.source, graph, simulation) if options.source and session is None else None
    target = _role(options.target, simulation) if options.target else None
    if options.format:
        print_graph(options.format, graph, simulation)
        return 0
    if options.outside:
        return _print_outside(simulation, as_json=options.json)
    if session is not None:
        chains = chains_of_session(session, simulation, graph, target)
        return _print_chains(chains, simulation, is_pair=target is not None, as_json=options.json)
    if source or target or options.all:
        sources = [source] if source is not None else list(graph.sources)
        chains = (chain for begin in sources for chain in graph.chains_from(begin, target))
        is_pair = source is not None and target is not None
        return _print_chains(chains, simulation, is_pair=is_pair, as_json=options.json)
    if options.json:
        print(json.dumps(_as_report(graph, simulation), ensure_ascii=False))
    else:
        print("\n".join(report_lines(graph, simulation)))
    narrate(f"{len(graph)} hops; each holds against every policy")
    return 0


def print_graph(wanted: str, graph: HopGraph, simulation: Simulation) -> None:
    """The whole graph in the format of another tool."""

    def named(node: str) -> str:
        return _named(node, graph.label(node), simulation)

    match wanted:
        case "dot":
            print("\n".join(as_dot(graph, named)))
        case "mermaid":
            print("\n".join(as_mermaid(graph, named)))
        case _:
            print(as_opengraph(graph, named))


def _print_pair(chain: Chain | None, simulation: Simulation, *, as_json: bool) -> int:
    """The shortest chain between two; exit 0: there is one, 1: none, 3: only through unknown hops."""
    if chain is not None:
        print(json.dumps(_as_object(chain), ensure_ascii=False) if as_json else _as_line(chain, simulation))
    narrate(f"{'no chain' if chain is None else '1 chain'}; each hop holds against every policy")
    return NO_PATH if chain is None else 0 if chain.is_certain else ONLY_UNKNOWN


def _print_chains(chains: Iterable[Chain], simulation: Simulation, *, is_pair: bool, as_json: bool) -> int:
    """Exit as `_print_pair` where source and target were named, else 0."""
    count, is_certain = 0, False
    for chain in chains:
        count += 1
        is_certain = is_certain or chain.is_certain
        print(json.dumps(_as_object(chain), ensure_ascii=False) if as_json else _as_line(chain, simulation))
    narrate(f"{count} {'chain' if count == 1 else 'chains'}; each hop holds against every policy")
    if not is_pair:
        return 0
    return 0 if is_certain else ONLY_UNKNOWN if count else NO_PATH


def _print_outside(simulation: Simulation, *, as_json: bool) -> int:
    found = list(entries(simulation.world))
    for entry in found:
        print(
            json.dumps(_entry_object(entry), ensure_ascii=False)
            if as_json
            else _entry_line(entry, simulation)
        )
    untried = sum(entry.is_untried for entry in found)
    shut = sum(bool(entry.kept_out) for entry in found)
    narrate(
        f"{len(found) - untried - shut} ways in from outside"
        + (f", {shut} kept out" if shut else "")
        + (f", {untried} could not be tried" if untried else "")
    )
    return 0


# --- the report ---


def report_lines(graph: HopGraph, simulation: Simulation) -> Iterator[str]:
    """What `reach` prints without options, line by line."""
    loops = graph.loops()
    if loops:
        yield "Loops: any holder of one of these can renew indefinitely; revoke all of them together"
        for loop in loops:
            yield "  " + ", ".join(_named(role, graph.label(role), simulation) for role in loop)
        yield ""
    yield "From outside the files"
    outside = list(entries(simulation.world))
    yield from (f"  {_entry_line(entry, simulation)}" for entry in outside)
    if not outside:
        yield "  no trust policy names anyone outside"
    yield ""
    yield "Administrators: allowed everything, or able to write their own policies"
    names = [_named(each, graph.label(each), simulation) for each in administrators(simulation, graph)]
    yield "  " + (", ".join(names) or "none")
    yield ""
    facts = unknown_facts(simulation)
    if facts:
        yield "Unknown, and what would settle it"
        yield from (f"  {each.what}: {each.settled_by}" for each in facts)
        yield ""
    yield "Direct hops, by target"
    for target, groups in _by_target(graph).items():
        yield f"  {_named(target, graph.label(target), simulation)}"
        for group in groups:
            yield f"    {_sources_line(group, graph, simulation)}"
    yield ""
    yield "How far each source gets"
    for source, reached in graph.reached_from_each().items():
        roles = f"{reached.roles} {'role' if reached.roles == 1 else 'roles'}"
        far = f", the farthest in {reached.hops} hops" if reached.hops > 1 else ""
        yield f"  {_named(source, graph.label(source), simulation)}: {roles}{far}"


def _by_target(graph: HopGraph) -> dict[str, list[HopGroup]]:
    """Hops by target, without those from outside, which have a separate section."""
    found: dict[str, list[HopGroup]] = {}
    for group in graph.groups:
        if group.sources[0].startswith(("arn:", "service:", "pod:")) or "/" in group.sources[0]:
            found.setdefault(group.target, []).append(group)
    return found


def _sources_line(group: HopGroup, graph: HopGraph, simulation: Simulation) -> str:
    names = [_named(source, graph.label(source), simulation) for source in group.sources[:_SHOWN]]
    more = len(group.sources) - len(names)
    text = ", ".join(names) + (f" and {more} more" if more else "")
    needs = [*group.needs, *([f"unknown: {group.unknown}"] if group.unknown else [])]
    if group.operation != "AssumeRole":
        needs.insert(0, group.operation.removeprefix("AssumeRoleWith"))
    return text + "".join(f" [{need}]" for need in needs)


def _entry_line(entry: Entry, simulation: Simulation) -> str:
    role = _named(entry.target, entry.target.rpartition("/")[2], simulation)
    conditions = "".join(f" [{each}]" for each in entry.conditions)
    note = f" ({entry.assumed}: assumed)" if entry.assumed else ""
    shut = f" (kept out: {entry.kept_out})" if entry.kept_out else ""
    return f"{role} < {entry.who}{conditions}{note}" + (" (could not be tried)" if entry.is_untried else shut)


def _entry_object(entry: Entry) -> dict[str, object]:
    return {
        "to": entry.target, "who": entry.who, "kind": entry.kind, "operation": entry.operation,
        "conditions": list(entry.conditions), "open": entry.is_open, "assumed": entry.assumed or None,
        "kept_out": entry.kept_out or None,
    }  # fmt: skip


def _as_report(graph: HopGraph, simulation: Simulation) -> dict[str, object]:
    return {
        "loops": [list(loop) for loop in graph.loops()],
        "administrators": list(administrators(simulation, graph)),
        "unknown": [{"what": each.what, "settled_by": each.settled_by} for each in unknown_facts(simulation)],
        "outside": [_entry_object(entry) for entry in entries(simulation.world)],
        "hops": [
            {
                "from": list(group.sources), "to": group.target, "operation": group.operation,
                "needs": list(group.needs), "unknown": group.unknown or None,
            }
            for group in graph.groups
        ],
        "sources": [
            {"source": source, "roles": reached.roles, "hops": reached.hops or None}
            for source, reached in graph.reached_from_each().items()
        ],
    }  # fmt: skip


# --- chains and names ---


def _as_line(chain: Chain, simulation: Simulation) -> str:
    parts = [_named(chain.hops[0].source, chain.hops[0].source_label, simulation)]
    for hop in chain.hops:
        needs = [*hop.needs, *([f"unknown: {hop.unknown}"] if hop.unknown else [])]
        if not hop.operation.startswith("AssumeRole"):
            needs.insert(0, hop.operation)
        conditions = "".join(f" [{need}]" for need in needs)
        parts.append(f"{_named(hop.target, hop.target_label, simulation)}{conditions}")
    return " > ".join(parts)


def _named(source: str, label: str, simulation: Simulation) -> str:
    """`prod/App` if the model has several accounts."""
    accounts = simulation.world.configuration.accounts
    facts = accounts.get(source.split(":")[4]) if source.startswith("arn:") else None
    if facts is None or len(accounts) == 1:
        return label
    return f"{facts.name or facts.account_id}/{label}"


def _as_object(chain: Chain) -> dict[str, object]:
    return {
        "from": chain.source,
        "to": chain.target,
        "hops": [
            {
                "from": hop.source, "to": hop.target, "operation": hop.operation, "needs": list(hop.needs),
                "unknown": hop.unknown or None,
            }
            for hop in chain.hops
        ],
    }  # fmt: skip


def _source(text: str, graph: HopGraph, simulation: Simulation) -> str:
    """The graph node for a user, a role, a session (its role), `service:…`, an identity provider's user, or a
    principal outside.
    """
    names = set(graph.sources)
    for name in (text, f"account {text}", f"{text} (IAM Identity Center)"):
        if name in names:
            return name
    if found := _in_files(text, simulation):
        return found
    try:
        return simulation.resolve(text).arn or text
    except UnknownIdentityError as error:
        raise UserError(error.message) from None


def _session(text: str, simulation: Simulation) -> Session | None:
    """The session that is named; None for anything else."""
    try:
        identity = simulation.resolve(text)
    except UnknownIdentityError:
        return None
    return simulation.world.sessions.get(identity.access_key_id or "")


def _in_files(text: str, simulation: Simulation) -> str | None:
    """The ARN of a user or role; `service:…`. None for anything else."""
    if text.startswith("service:"):
        return text
    configuration = simulation.world.in_force
    try:
        identity = simulation.resolve(text)
    except UnknownIdentityError:
        return _found_role(text, simulation)
    arn = identity.arn
    return arn if arn in configuration.users or arn in configuration.roles else None


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
