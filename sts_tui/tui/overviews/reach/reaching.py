"""How does the reach tree open, and what is done with a row: walk its hops, explain one, revoke a loop?

Computed in the background: every hop holds against every policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.identities import Identity, IdentityKind, identity_of_session
from sts_tui.simulation.reach.caller_supplied_context import call_parameters
from sts_tui.simulation.reach.graph import HopGraph, HopGroup
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.reach.reach import administrators, reach_of
from sts_tui.simulation.reach.unknown_facts import unknown_facts
from sts_tui.simulation.reach.visitors.app_users import visit_of
from sts_tui.simulation.workloads.federated_subject import subject_of
from sts_tui.simulation.workloads.workload_credentials import is_workload_identity
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs import dry_run, revoking
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.dialogs.signing_in import sign_in_as, sign_in_to_app, sign_in_workload
from sts_tui.tui.overviews.incident_desk import open_incident
from sts_tui.tui.overviews.reach.reach_head import Found
from sts_tui.tui.overviews.reach.reach_screen import ReachScreen, Wish
from sts_tui.tui.overviews.reach.reach_tree import Path
from sts_tui.tui.text.explanation_text import dry_run_lines
from sts_tui.tui.text.styled_text import line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def open_reach(app: Host, mode: str = "", cursor: Path = (), known: Found | None = None) -> None:
    """Opens the tree at once, and fills it in from the background. `known`: an earlier result, which holds
    while the configuration is the same.
    """
    simulation = app.simulation
    subject, you = app.selection.subject, _source(app, app.acting)
    role = app.selection.role_arn
    origin = subject.key if subject.noun == "users" else you or role
    screen = ReachScreen(origin, role, you, mode=mode, cursor=cursor)

    def compute(progress: Progress) -> Found:
        if known is not None and known.configuration is simulation.world.in_force:
            return known
        held = simulation.world.in_force
        graph = reach_of(
            simulation, progress, with_outside=True, with_escalation=True
        )  # reads the frozen world it finds
        shut = tuple(each for each in entries(simulation.world) if not each.is_open)
        admins = frozenset(administrators(simulation, graph))
        outside = (each for each in graph.sources if each not in held.users and each not in held.roles)
        by_kind = tuple(sorted(outside, key=lambda each: each.startswith("service:")))
        return Found(graph, admins, graph.loops(), unknown_facts(simulation), shut, by_kind, held)

    def show(found: Found) -> None:
        app.clear_status()
        screen.fill(found)

    def answered(wish: Wish | None) -> None:
        if app.background.stop():
            app.clear_status()  # its progress
        if wish is not None and screen.found is not None:
            _perform(app, wish, screen.mode, screen.found)

    app.ask(screen, answered)
    app.background.run("Finding every possible hop", compute, show)


def _perform(app: Host, wish: Wish, mode: str, found: Found) -> None:
    match wish.what:
        case "copy":
            app.copy_text("tree", wish.text)
        case "revoke":
            revoking.ask(app, *wish.roles)
        case "incident":
            open_incident(app, wish.text)
        case "explain" if wish.hop is not None:
            _explain(app, wish, wish.hop, mode, found)
        case "walk" if mode == "outside":
            _walk(app, wish.path[1:], found)
        case "walk" if mode != "into":
            _walk(app, wish.path, found)
        case "walk" if wish.hop is not None:
            _walk(app, (wish.path[-1], wish.hop.target), found)


def _explain(app: Host, wish: Wish, hop: HopGroup, mode: str, found: Found) -> None:
    source = wish.path[-1] if mode == "into" else wish.path[-2]
    explanation = explained_hop(source, hop, app.simulation.world)
    title = f"{_short(source)} › {_short(hop.target)} by {hop.operation}"
    if explanation is None:
        lines = [
            line(("The files do not hold the other side: its policies are assumed to allow it.", "muted"))
        ]
    else:
        lines = [
            line((f"{explanation.decision.outcome.value}: ", "strong"), explanation.decision.reason),
            *dry_run_lines(explanation),
        ]
    lines += [line(("needs ", "muted"), one_line(each)) for each in hop.needs]
    if hop.unknown:
        lines.append(line(("unknown ", "warning"), one_line(hop.unknown)))

    def back(text: str | None) -> None:
        if text is not None:
            app.copy_text("explanation", text)
        open_reach(app, mode, wish.path, found)

    app.ask(ReadingScreen(title, [(each, 4) for each in lines]), back)


def _walk(app: Host, path: Path, found: Found) -> None:
    """Carries out the hops one after another as AWS calls, and acts as the session at the end. A user of an
    identity provider signs in first.
    """
    if len(path) < 2:
        return
    steps = list(_steps(path, found.graph))
    signed_in = _signed_in(app, path[0], steps[0]) if steps else None
    if signed_in is False:
        return  # the reason was shown
    steps = steps[1:] if signed_in else steps
    caller = app.acting if signed_in else _begin(app, path[0])
    if caller is None:
        app.say(f"{_short(path[0])} has no active session to walk from.", "warning")
        return
    for step in steps:
        source, target = step.sources[0], step.target
        if step.operation != "AssumeRole":
            app.say(
                f"{_short(source)} › {_short(target)} is not an AssumeRole call; x explains it.", "warning"
            )
            return
        params = call_parameters(target, step.brought, dry_run.session_name(caller))
        if any(each.has_mfa for each in step.brought):
            serial = dry_run.caller_facts(app.simulation, caller).mfa_serial
            params |= {"SerialNumber": serial, "TokenCode": dry_run.mfa_code(app.simulation, caller)}
        answer = app.call("sts:AssumeRole", params, caller=caller)
        credentials = None if answer is None else answer["Credentials"]
        if not isinstance(credentials, Mapping):
            return  # `call` has said why
        caller = app.simulation.resolve(str(credentials["AccessKeyId"]))
    app.act_as(caller)
    app.presenter.go_to_session(caller.access_key_id or "")


def _signed_in(app: Host, who: str, step: HopGroup) -> bool | None:
    """Whether someone who signs in first (a user of an identity provider or app, the holder of a certificate,
    a pod) could make the first hop; None for others.
    """
    world, role_arn = app.simulation.world, step.target
    visit = visit_of(who, role_arn, world, app.simulation.seed, is_limited=step.is_limited)
    if visit is not None:
        role = visit.role if visit.chosen else ""
        return sign_in_to_app(app, visit.pool.identity_pool_id, visit.person, role)
    if role_arn not in world.in_force.roles:
        return None
    if (subject := subject_of(who, role_arn, world, app.simulation.model.raw_dumps)) is not None:
        return sign_in_as(app, subject)
    if is_workload_identity(who, world):
        return sign_in_workload(app, who, role_arn)
    return None


def _steps(path: Path, graph: HopGraph) -> Iterator[HopGroup]:
    """The single hops along a path. Where a later hop requires a session tag, the hop that sets it is
    taken.
    """
    place = 0
    while place < len(path) - 1:
        leaving = list(graph.leaving(path[place]))
        ahead = path[place + 1 :]
        whole = next((each for each in leaving if each.through and _leads_along(each, ahead)), None)
        direct = [each for each in leaving if each.target == ahead[0]]
        assumed = [each for each in direct if each.operation == "AssumeRole"]
        if whole is not None:
            yield from whole.through
            place += len(whole.through)
            continue
        if len(ahead) > 1:  # a session that session policies limit may be denied the hop after
            direct = sorted(direct, key=lambda each: each.is_limited)
        for group in (assumed or direct)[:1]:
            yield from group.through or (replace(group, sources=(path[place],)),)
        place += 1


def _leads_along(whole: HopGroup, ahead: Path) -> bool:
    """Whether the single hops of a hop are those of the path."""
    targets = tuple(each.target for each in whole.through)
    return ahead[: len(targets)] == targets


def _begin(app: Host, node: str) -> Identity | None:
    """The credentials that the walk begins with: a user's key, the acting session, else an active one."""
    if _source(app, app.acting) == node:
        return app.acting
    world = app.simulation.world
    if node in world.configuration.users:
        return app.simulation.resolve(node)
    outside = next((one.principal for one in entries(world) if one.who == node and one.principal), "")
    if outside or node.startswith("service:"):
        return app.simulation.resolve(outside or node)
    active = (
        session
        for session in reversed(list(world.sessions.values()))
        if session.issuer_arn == node and state_of(session, world).counts_as_active
    )
    found = next(active, None)
    return identity_of_session(found) if found is not None else None


def _source(app: Host, identity: Identity) -> str:
    """The acting identity as reach names it: for a session, its role."""
    session = app.simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        return session.issuer_arn
    return identity.arn or identity.label if identity.kind is not IdentityKind.OPERATOR else ""


def _short(arn: str) -> str:
    return one_line(arn.rsplit("/", 1)[-1] if arn.startswith("arn:") else arn)
