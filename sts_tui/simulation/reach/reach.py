"""Who can become whom in a simulation? All hops as a graph, sign-in at identity providers included.

Start with `reach_of`. `direct_hops` finds the hops, `graph` answers questions about chains and loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import OWN_POLICIES
from sts_tui.simulation.reach.escalation.granted_hops import granted_hops
from sts_tui.simulation.reach.escalation.own_changes import hops_of_changed_principals
from sts_tui.simulation.reach.graph import Chain, Hop, HopGraph, HopGroup
from sts_tui.simulation.reach.limited_sessions import onward_of_limited
from sts_tui.simulation.reach.one_pair import ForwardHops
from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.reach.session_tags import with_tag_setters
from sts_tui.simulation.reach.source_identities import speaks_of_identities
from sts_tui.simulation.reach.tag_conflicts import without_conflicts
from sts_tui.simulation.reach.visitors.app_users import Visit, hops_of, limited_session, visits
from sts_tui.simulation.reach.visitors.workload_entries import workload_entries
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.sign_in import SignInError, sign_in
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError

Progress = Callable[[int, int], None]


def reach_of(
    simulation: Simulation,
    progress: Progress | None = None,
    *,
    with_outside: bool = False,
    with_escalation: bool = False,
) -> HopGraph:
    """Every hop of the model as it is in force now.

    `with_escalation`: include hops that gain permissions by writing to IAM or by passing a role.
    `with_outside`: include principals outside the files as sources (`entries`), named as in `Entry.who`.

    `progress(done, of)` is called before each role; an exception that it raises ends the search.
    """
    world = simulation.world
    dumped = simulation.model.raw_dumps
    search = DirectHops(world, dumped)
    groups = [*search.all(progress), *_signed_in(world, search, simulation.seed)]
    of_apps = list(visits(world, simulation.seed))
    groups += hops_of(of_apps)
    groups += _of_workloads(world, simulation.seed)
    escalation = Escalation(world, search)
    gained = tuple(escalation.groups()) if with_escalation else ()
    groups += _without_self_hops(gained)
    if with_escalation:
        itself = (each for each in gained if each.target in each.sources and each.operation in OWN_POLICIES)
        granted = list(granted_hops((*groups, *itself), world, search, escalation))
        groups += granted
        groups += list(hops_of_changed_principals(gained, granted, world, search, escalation))
    if with_outside:
        groups += _entered(world, of_apps)
    labels = {arn: source.label for arn, source in search.sources.by_arn.items()}
    labels |= {arn: role.role_name for arn, role in world.in_force.roles.items()}
    labels |= {arn: f"group {group.group_name}" for arn, group in world.in_force.groups.items()}
    groups += list(onward_of_limited(groups, search, escalation, labels))
    tagged = list(with_tag_setters(groups, search, labels))
    graph = HopGraph(without_conflicts(tagged, search), labels)
    if with_escalation:
        graph.administrators = _administrators(escalation, graph, gained)
    return graph


def _without_self_hops(groups: Iterable[HopGroup]) -> Iterator[HopGroup]:
    """Without the hop of a role to itself, by which it gains only its own permissions; other sources of the
    group keep theirs.
    """
    for group in groups:
        if group.target not in group.sources:
            yield group
        elif others := tuple(one for one in group.sources if one != group.target):
            yield replace(group, sources=others)


def administrators(simulation: Simulation, graph: HopGraph | None = None) -> tuple[str, ...]:
    """ARNs of the users and roles that are allowed everything, or that can write their own policies; with a
    graph also those that can write the policies of a role that they can become without supplying anything.
    """
    if graph is not None and graph.administrators is not None:
        return graph.administrators
    search = Escalation(simulation.world, DirectHops(simulation.world))
    return _administrators(search, graph, tuple(search.groups()))


def _administrators(
    search: Escalation, graph: HopGraph | None, gained: Sequence[HopGroup]
) -> tuple[str, ...]:
    found = dict.fromkeys(search.writers.administrators(gained))
    for source in graph.sources if graph is not None else ():
        if (
            source not in found
            and graph is not None
            and search.writers.may_write_policies(source)
            and _writes_what_it_becomes(source, graph, search)
        ):
            found[source] = None
    return tuple(found)


def _writes_what_it_becomes(source: str, graph: HopGraph, search: Escalation) -> bool:
    return any(
        group.is_session
        and not group.needs
        and not group.unknown
        and search.writers.writes_policies_of(source, group.target)
        for group in graph.leaving(source)
    )


def _entered(world: World, of_apps: Sequence[Visit]) -> Iterator[HopGroup]:
    """The entries from outside that are allowed, as hops. Services and workloads are sources already.
    `of_apps`: the visits of identity pools' users.
    """
    for entry in entries(world):
        if entry.is_open and entry.kind not in ("service", "certificate", "pod"):
            yield HopGroup(
                sources=(entry.who,),
                target=entry.target,
                operation=entry.operation,
                needs=entry.conditions,
                session=limited_session(entry.who, entry.target, of_apps),
            )


def _of_workloads(world: World, seed: int) -> Iterator[HopGroup]:
    """The hops of certificates and pods, each tried as a call."""
    for entry in workload_entries(world, seed):
        if entry.is_open:
            yield HopGroup(
                sources=(entry.source,),
                target=entry.target,
                operation=entry.operation,
                session=entry.session,
            )


def _signed_in(world: World, search: DirectHops, seed: int) -> Iterator[HopGroup]:
    """The hops from users of simulated identity providers, each tried as a signed call."""
    authenticator = Authenticator()
    for role in world.in_force.roles.values():
        if not search.trusts[role.arn].federated:
            continue
        for provider in world.identity_providers.values():
            for person in provider.users:
                try:
                    action, params = sign_in(provider.name, person.name, role.arn, world)
                except (SignInError, AwsError):
                    continue
                params = {"RoleSessionName": "reach", **params} if action.endswith("WebIdentity") else params
                ask = Ask(action=action, params=params, caller=ANONYMOUS)
                found = carry_out(ask, world, authenticator, seed)
                if found.error is None:
                    yield HopGroup(
                        sources=(f"{provider.name}/{person.name}",),
                        target=role.arn,
                        operation=action.partition(":")[2],
                        session=found.answer.sessions[0],
                    )


def chain_between(
    simulation: Simulation, source: str, target: str, *, with_escalation: bool = False
) -> Chain | None:
    """The shortest chain from a user, a role (ARNs) or a service (`service:…`) to a role; None: none.

    Only what the source reaches is searched. The whole graph is searched if a hop on the way depends on a
    session tag, which others could set, or sets a source identity, or if the source is a role and a policy of
    the model tests source identities, which its session may carry.
    """
    forward = ForwardHops(simulation, with_escalation=with_escalation)
    found = forward.chain(source, target)
    configuration = simulation.world.in_force
    may_carry = source in configuration.roles and found is not None and speaks_of_identities(configuration)
    if forward.rests_on_session_tags or may_carry:
        graph = reach_of(simulation, with_escalation=with_escalation)
        return next(graph.chains_from(source, target), None)
    return found


def hops(simulation: Simulation, progress: Progress | None = None) -> tuple[Hop, ...]:
    """Every hop: users, then roles, then services and identity providers. In a large model there can be
    millions: `reach_of` holds them compactly.
    """
    graph = reach_of(simulation, progress)
    configuration = simulation.world.in_force
    order = {arn: number for number, arn in enumerate((*configuration.users, *configuration.roles))}
    return tuple(sorted(graph.hops(), key=lambda hop: (order.get(hop.source, len(order)), hop.source)))


def graph_of(found: Iterable[Hop]) -> HopGraph:
    """A graph of single hops."""
    hops_found = tuple(found)
    labels = {hop.source: hop.source_label for hop in hops_found} | {
        hop.target: hop.target_label for hop in hops_found
    }
    return HopGraph(
        (
            HopGroup(
                sources=(hop.source,),
                target=hop.target,
                operation=hop.operation,
                needs=hop.needs,
                unknown=hop.unknown,
            )
            for hop in hops_found
        ),
        labels,
    )


def chains(found: Iterable[Hop], source: str | None = None, target: str | None = None) -> Iterator[Chain]:
    """The shortest chain from each source to each role that it can become.

    `source` and `target` are as in `Hop`; None: every source, every target.
    """
    graph = graph_of(found)
    for begin in [source] if source is not None else list(graph.sources):
        yield from graph.chains_from(begin, target)


def cycles(found: Iterable[Hop]) -> tuple[tuple[str, ...], ...]:
    """Groups of roles (ARNs) that can become each other, see `HopGraph.loops`."""
    return graph_of(found).loops()
