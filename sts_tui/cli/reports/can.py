"""What does `sts-tui can` print? The access of a session, role or user, or one verdict with its reason."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Final

from sts_tui.account.policies.unknown_words import about_unknown_action
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.iam import Decision, Outcome
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.center_people import person_caller, person_named
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.pasted_who import role_session_named
from sts_tui.simulation.reach.access.access_matrix import (
    LEGEND,
    LEVELS,
    NOTHING,
    OF_A_NEW_SESSION,
    AccessMatrix,
    access_of,
    changed_cells,
)
from sts_tui.simulation.reach.access.action_verdicts import (
    MOST_RESOURCES,
    allowed_on,
    choices_for,
    verdict_on,
)
from sts_tui.simulation.reach.unknown_facts import UnknownFact, unknown_facts
from sts_tui.simulation.reach.visitors.pool_sessions import pool_session
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity
from sts_tui.tours.playing.roles import find_role
from sts_tui.tours.reading.errors import StepError

EXIT_CODES: Final = {"allowed": 0, "denied": 1, "unknown": 3}
SESSION_NAME: Final = "can"
_HEADINGS: Final = ("list", "read", "write", "tagging", "permissions")
_SHOWN: Final = 5
"""How many names are printed without `--all`; `--json` has all of them."""


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the matrix (exit 0), or a verdict: exit 0 allowed, 1 denied, 3 unknown.

    Raises UserError for an unknown WHO.
    """
    inputs.refuse_file_as_who("can", options.who, options.action)
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    try:
        caller = _caller(options.who, simulation)
    except AwsError as refusal:
        raise UserError(f"{options.who}: {refusal.code}: {refusal.message}", code=1) from None
    if options.action:
        return _print_verdict(options, caller, simulation)
    most = None if options.all else MOST_RESOURCES
    matrix = access_of(caller, simulation.world, most=most)
    if options.tour and not options.json:
        _print_changes(options, matrix)
    if options.json:
        print(json.dumps(_as_object(options.who, caller, matrix), ensure_ascii=False))
        return 0
    for line in matrix_lines(matrix):
        print(line)
    narrate(LEGEND)
    if not matrix.rows and caller.session and caller.session.access_key_id not in simulation.world.sessions:
        narrate(OF_A_NEW_SESSION)
    if matrix.has_wildcard:
        narrate("a wildcard covers further services; `can WHO SERVICE:ACTION` asks for one")
    if left_out := matrix.what_was_left_out:
        narrate(f"{left_out}; --all evaluates all of them")
    return 0


def _print_changes(options: argparse.Namespace, after: AccessMatrix) -> None:
    """Print what the tour changed. A session that the tour issued had no access before."""
    start = inputs.simulation_of(options.files, None, options.seed, options.start)
    try:
        most = None if options.all else MOST_RESOURCES
        before = access_of(_caller(options.who, start), start.world, most=most)
    except (UserError, AwsError):
        return
    for service, level, lost, gained in changed_cells(before, after):
        pairs = (("lost", lost), ("gained", gained))
        parts = [f"{word} {_named(names, options)}" for word, names in pairs if names]
        print(f"{service} {level.lower()}: {'; '.join(parts)}")


def _named(names: tuple[str, ...], options: argparse.Namespace) -> str:
    if options.all or len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more (--all prints them)"


def matrix_lines(matrix: AccessMatrix) -> Iterator[str]:
    """A table with a row for each service and a column for each access level."""
    if not matrix.rows:
        yield NOTHING
        return
    width = max(map(len, matrix.rows))
    yield "  ".join(["service".ljust(width), *(f"{heading:>11}" for heading in _HEADINGS)]).rstrip()
    for service, cells in matrix.rows.items():
        marks = (f"{cells[level].mark:>11}" for level in LEVELS)
        yield "  ".join([service.ljust(width), *marks]).rstrip()


def _caller(who: str, simulation: Simulation) -> CallerIdentity:
    """The caller that WHO names; for a role, a session issued now. Raises AwsError, UserError."""
    try:
        identity = simulation.resolve(who)
    except UnknownIdentityError as unknown:
        world = simulation.world
        named = role_session_named(who, world)
        try:
            if person := person_named(who, world):
                return person_caller(person, world)
            role = named.role if named else find_role(who, world, "")
        except UnknownIdentityError as several:
            raise UserError(several.message) from None
        except StepError as error:
            raise UserError(str(error)) from None
        if role is None:
            raise UserError(unknown.message) from None
        of_pool = pool_session(role, world)
        if of_pool is not None:
            narrate(of_pool.note)
        limited = of_pool.session if of_pool is not None else None
        name = (named.session if named else "") or SESSION_NAME
        return session_identity(limited or assumed_session(role, name, world))
    return Authenticator()(identity, simulation.world, simulation.now, "sts")


def _print_verdict(options: argparse.Namespace, caller: CallerIdentity, simulation: Simulation) -> int:
    resource = options.resource or "*"
    if resource != "*" and not resource.startswith("arn:"):
        raise UserError(_not_an_arn(resource, options.action, simulation))
    doubt = about_unknown_action(options.action)
    try:
        decision = verdict_on(caller, options.action, resource, simulation.world)
    except ValueError as error:
        raise UserError(str(error)) from None
    verdict = {Outcome.ALLOWED: "allowed", Outcome.UNDECIDED: "unknown"}.get(decision.outcome, "denied")
    reason = "; ".join(filter(None, (_reason(decision, options.action), doubt)))
    is_asked = not options.resource and verdict != "allowed"
    named = allowed_on(caller, options.action, simulation.world) if is_asked else ()
    needs = _needs(caller, options.action, resource, simulation) if verdict == "denied" else ()
    if options.json:
        said = {"who": options.who, "arn": caller.caller.arn, "action": options.action, "resource": resource}
        more = {
            **({"allowed_on": list(named)} if named else {}),
            **({"allowed_with": needs} if needs else {}),
        }
        print(json.dumps({**said, "verdict": verdict, "reason": reason, **more}, ensure_ascii=False))
        return EXIT_CODES[verdict]
    print(f"{verdict}: {options.who} {options.action} {resource}: {reason}")
    if verdict == "unknown" and "Org" in reason:
        for fact in _organizations(simulation):
            print(f"settled by: {fact.settled_by}")
    if named:
        print(f"allowed on {_named(named, options)}")
    if needs:
        print(f"allowed with {', '.join(needs)}")
    return EXIT_CODES[verdict]


def _reason(decision: Decision, action: str) -> str:
    if decision.note:
        return decision.note
    if decision.outcome is Outcome.ALLOWED:
        return "by " + ", ".join(dict.fromkeys(str(one.label) for one in decision.statements))
    return decided_by(decision, decision.action or action)


def _needs(caller: CallerIdentity, action: str, resource: str, simulation: Simulation) -> tuple[str, ...]:
    """What the caller has to choose for a denied request to be allowed; empty: nothing helps."""
    chosen = choices_for(caller, action, resource, simulation.world)
    return chosen.needs if chosen is not None and chosen.outcome is Outcome.ALLOWED else ()


def _not_an_arn(text: str, action: str, simulation: Simulation) -> str:
    """The error for a resource that is not an ARN, with suggestions: the ARN for an S3 name, else ARNs of the
    model with this ending.
    """
    configuration = simulation.world.in_force
    if action.lower().startswith("s3:"):
        near = [f"arn:{configuration.partition_of(simulation.world.first_account)}:s3:::{text}"]
    else:
        known = (*configuration.resources, *configuration.roles, *configuration.users)
        near = [arn for arn in known if arn.endswith((f":{text}", f"/{text}"))][:3]
    hint = f": did you mean {' or '.join(near)}?" if near else "; a RESOURCE is an ARN, or *"
    return f"{text} is not an ARN{hint}"


def _organizations(simulation: Simulation) -> list[UnknownFact]:
    """The unknown facts about the organization of the accounts in the files."""
    return [fact for fact in unknown_facts(simulation) if "organization" in fact.settled_by]


def _as_object(who: str, caller: CallerIdentity, matrix: AccessMatrix) -> dict[str, object]:
    return {
        "who": who,
        "arn": caller.caller.arn,
        "wildcard": matrix.has_wildcard,
        "not_settled": dict(matrix.not_settled),
        "services": {
            service: {
                level: {
                    "verdict": cell.verdict,
                    "of": cell.of,
                    "allowed": cell.allowed,
                    "conditional": cell.conditional,
                    "unknown": cell.unknown,
                }
                for level, cell in cells.items()
                if cell.of
            }
            for service, cells in matrix.rows.items()
        },
    }
