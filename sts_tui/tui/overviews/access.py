"""What can the selected session, role or user do? Its access matrix, now and in other states of the model.

Each matrix is computed in the background: every action is asked of the engine, with every policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.center_people import name_of, person_caller, person_named
from sts_tui.simulation.identities import UnknownIdentityError, resolve
from sts_tui.simulation.pasted_who import role_session_named
from sts_tui.simulation.reach.access.access_matrix import AccessMatrix, Cell, access_by_action, access_of
from sts_tui.simulation.reach.access.action_verdicts import MOST_RESOURCES
from sts_tui.simulation.reach.visitors.pool_sessions import pool_session
from sts_tui.simulation.undo.history import NothingToUndoError
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.overviews.access_screen import AccessScreen, Chosen
from sts_tui.tui.text.styled_text import Line, line, one_line

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation
    from sts_tui.simulation.world import World
    from sts_tui.tui.host import Host

SESSION_NAME = "access"


class Subject:
    """Whose access: an access key id of a session, or the ARN of a role or user."""

    def __init__(self, label: str, key: str) -> None:
        self.label = label
        self.key = key

    def caller(self, world: World) -> CallerIdentity:
        """The subject as a caller in a world. Raises AwsError where AWS would refuse its credentials, and
        UnknownIdentityError where it is not there.
        """
        if (role := world.in_force.roles.get(self.key)) is not None:
            of_pool = pool_session(role, world)
            limited = of_pool.session if of_pool is not None else None
            return session_identity(limited or assumed_session(role, SESSION_NAME, world))
        if person := person_named(self.key, world):
            return person_caller(person, world)
        return Authenticator()(resolve(self.key, world), world, world.now, "sts")

    def matrix(
        self, world: World, progress: Progress = lambda done, of: None, most: int | None = MOST_RESOURCES
    ) -> AccessMatrix:
        """Empty where it has no credentials that AWS accepts. `most`: as in `access_of`."""
        try:
            return access_of(self.caller(world), world, progress, most=most)
        except (AwsError, UnknownIdentityError):
            return AccessMatrix({})

    def about(self, world: World) -> str:
        """What the matrix does not say: why it is empty, or which session it is about."""
        try:
            self.caller(world)
        except AwsError as refusal:
            return f"{refusal.code}: {refusal.message}"
        except UnknownIdentityError as unknown:
            return unknown.message
        role = world.in_force.roles.get(self.key)
        of_pool = pool_session(role, world) if role is not None else None
        return of_pool.note if of_pool is not None else ""

    def is_role(self, world: World) -> bool:
        """Whether it is about a new session of a role."""
        return self.key in world.in_force.roles


def subject_named(who: str, simulation: Simulation) -> Subject:
    """A session, user or role by its WHO, name or ARN. Raises UnknownIdentityError."""
    configuration = simulation.world.configuration
    roles = [each for each in configuration.roles.values() if who in (each.arn, each.role_name, each.role_id)]
    try:
        identity = simulation.resolve(who)
    except UnknownIdentityError:
        if person := person_named(who, simulation.world):
            name = name_of(person, simulation.world)
            return Subject(name, name)
        if not roles and (named := role_session_named(who, simulation.world)) is not None:
            roles = [named.role]
        if len(roles) != 1:
            raise
        return Subject(roles[0].role_name, roles[0].arn)
    is_session = (identity.access_key_id or "") in simulation.world.sessions
    return Subject(identity.label, (identity.access_key_id if is_session else identity.arn) or "")


def selected_subject(app: Host) -> Subject | None:
    """The subject under the cursor: the session, the user (of a key) or the role."""
    selection = app.selection
    if selection.lead == "sessions" and (session := selection.session()) is not None:
        return Subject(session.label, session.access_key_id)
    row = selection.subject_row()
    if row is None:
        return None
    owner = getattr(row, "owner", "") or selection.subject.key
    configuration = app.simulation.world.configuration
    if owner in configuration.users or owner in configuration.roles:
        return Subject(owner.rsplit("/", 1)[-1], owner)
    return None


def open_access(app: Host, subject: Subject, most: int | None = MOST_RESOURCES) -> None:
    """Opens the matrix at once; it fills in from the background. `most`: resources of one statement that an
    action is asked on; None: all.
    """
    simulation = app.simulation
    screen = AccessScreen(
        subject.label, subject.about(simulation.world), is_role=subject.is_role(simulation.world)
    )

    def compute(progress: Progress) -> dict[str, AccessMatrix]:
        return {"now": subject.matrix(simulation.world, progress, most)}

    def show(found: Mapping[str, AccessMatrix]) -> None:
        app.clear_status()
        screen.fill(found)
        if screen.is_mounted:
            app.background.run(
                "Evaluating other states", partial(_compared, subject, simulation, found, most), fill
            )

    def fill(found: Mapping[str, AccessMatrix]) -> None:
        app.clear_status()
        screen.fill(found)

    def answered(chosen: Chosen | None) -> None:
        if app.background.stop():
            app.clear_status()  # its progress
        if chosen is not None and chosen.text:
            app.copy_text("access matrix", chosen.text)
        elif chosen is not None and chosen.asks_all:
            open_access(app, subject, None)
        elif chosen is not None:
            _explain(app, subject, chosen, most)

    app.ask(screen, answered)
    app.background.run("Evaluating every action", compute, show)


def _compared(
    subject: Subject,
    simulation: Simulation,
    known: Mapping[str, AccessMatrix],
    most: int | None,
    progress: Progress,
) -> dict[str, AccessMatrix]:
    """The matrix that is known, and those of the states that it can be compared with."""
    found = dict(known)
    worlds = dict(_worlds(simulation))
    for done, (name, world) in enumerate(worlds.items()):
        progress(done, len(worlds))
        found[name] = subject.matrix(world, most=most)
    return found


def _worlds(simulation: Simulation) -> Iterator[tuple[str, World]]:
    """States that the present can be compared with, without those that would be the same."""
    world = simulation.world
    try:
        before = simulation.history.without_last(world)
    except NothingToUndoError:
        before = world
    if before.configuration is not world.configuration:
        known = {**dict(before.sessions), **dict(world.sessions)}
        kept = type(world.sessions)(known)
        yield "before the last edit", replace(before, in_force=before.configuration, sessions=kept)
    opened = simulation.opened.configuration
    if opened is not world.configuration:
        yield "at the start", replace(world, configuration=opened, in_force=opened)
    if (bare := _without_guardrails(world)) is not world:
        yield "without SCPs and RCPs", bare


def _without_guardrails(world: World) -> World:
    from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS
    from sts_tui.simulation.operations.organizations.organization_tree import PolicyList, with_policies_mapped

    organization = world.in_force.organization
    if organization is None:
        return world
    open_scps = with_policies_mapped(organization, PolicyList.SCP, lambda _: (FULL_AWS_ACCESS,))
    no_policies = with_policies_mapped(open_scps, PolicyList.RCP, lambda _: ())
    in_force = replace(world.in_force, organization=no_policies)
    return replace(world, in_force=in_force, configuration=in_force)


def _explain(app: Host, subject: Subject, chosen: Chosen, most: int | None) -> None:
    """The actions of a cell, each with the statement that decides it."""
    world = app.simulation.world
    title = f"{subject.label}: {chosen.service} {chosen.level.lower()}"

    def explained(progress: Progress) -> list[Line]:
        try:
            caller = subject.caller(world)
        except (AwsError, UnknownIdentityError):
            return [line((subject.about(world), "muted"))]
        return list(_cell_lines(chosen.cell, chosen.service, caller, world, most))

    def back(text: str | None) -> None:
        if text is not None:
            app.copy_text("actions", text)
        open_access(app, subject, most)

    def show(lines: list[Line]) -> None:
        app.clear_status()
        app.ask(ReadingScreen(title, [(each, 4) for each in lines]), back)

    app.background.soon("Finding the statements", explained, show)


def _cell_lines(
    cell: Cell, service: str, caller: CallerIdentity, world: World, most: int | None
) -> Iterator[Line]:
    for names, mark, word in (
        (cell.allowed, "+", "allowed"),
        (cell.conditional, "~", "only with a condition that this request does not meet"),
        (cell.unknown, "?", "unknown"),
    ):
        if not names:
            continue
        yield line((f"{mark} {word}", "title"))
        column = max(map(len, names))
        found = access_by_action(caller, (f"{service}:{name}" for name in names), world, most=most)
        for name, access in zip(names, found, strict=True):
            by = f"  by {', '.join(access.by)}" if access.by else ""
            where = "" if access.resource == "*" else f"  on {access.resource}"
            note = f"  {'needs ' if cell.conditional is names else ''}{access.note}" if access.note else ""
            yield line((f"  {name.ljust(column)}", "strong"), (one_line(f"{by}{note}{where}"), "muted"))
    denied = cell.of - len(cell.allowed) - len(cell.conditional) - len(cell.unknown)
    if denied:
        yield line((f"{denied} of {cell.of} actions are denied", "muted"))
