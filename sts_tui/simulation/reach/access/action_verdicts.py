"""May a caller do one action, on any resource that an Allow for it names? Nothing is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.iam import Outcome, PolicyType
from sts_tui.iam.decision import Decision
from sts_tui.simulation.authorization.choice_search import Attempt
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.authorization.chosen_request import (
    ChosenRequest,
    chosen_request,
    deciding_attempt,
)
from sts_tui.simulation.authorization.example_resources import Examples
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.reach.access.grants import ASSUME, Grant, covers, grants_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

MOST_RESOURCES: Final = 200
"""How many resources of one statement an action is evaluated on, of those that it works on. If there are more
and none of these is allowed, the verdict is unknown, not denied.
"""
_MOST_CHOSEN: Final = 4
"""How many denied requests for one action are tried with other choices of the caller; each is denied by other
statements.
"""
NOT_ASKED: Final = "*"
"""In place of the resources beyond `MOST_RESOURCES`."""

KnownChoices: TypeAlias = dict[object, Choices]
"""The choices that helped an earlier request, by the statements that denied it (`_why`)."""


class ActionVerdict(Struct, frozen=True):
    """The best verdict on any of the resources that a statement names for an action."""

    verdict: str
    """As `ActionAccess`."""
    resource: str = "*"
    named: int = 0
    """How many resources a statement names, if not all were evaluated and the verdict depends on the others;
    else 0.
    """
    needs: tuple[str, ...] = ()
    """What the caller has to choose: `region eu-west-1`, `MFA`."""


def verdict_on(caller: CallerIdentity, action: str, resource: str, world: World) -> Decision:
    """The decision on one call: on the first of its requests that is not allowed (`deciding_attempt`).
    Nothing is recorded.
    """
    return deciding_attempt(hypothetical_request(caller, action, resource, world), world.now).decision


def allowed_on(caller: CallerIdentity, action: str, world: World) -> tuple[str, ...]:
    """The Resources of Allow statements on which an action is allowed, as the policies name them: `data/*`
    stands for its objects that no Deny matches. Every Resource is evaluated.
    """
    found: dict[str, None] = {}
    for grant in grants_of(caller, world):
        if not covers(grant.statement, action):
            continue
        is_of_roles = grant.is_everything and action.lower().startswith(ASSUME)
        roles = tuple(Examples(arn, (arn,)) for arn in world.in_force.roles) if is_of_roles else ()
        for examples in (*grant.resources, *roles):
            one = Grant(grant.statement, (examples,), grant.is_conditional)
            if verdict_of_action(action, (one,), caller, world, None, {}).verdict == "allowed":
                found[examples.pattern] = None
    return tuple(found)


def choices_for(caller: CallerIdentity, action: str, resource: str, world: World) -> ChosenRequest | None:
    """The choices of the caller with which one request may be allowed; None: no choice helps. Nothing is
    recorded.
    """
    return chosen_request(hypothetical_request(caller, action, resource, world), world.now)


def verdict_of_action(
    action: str,
    grants: Sequence[Grant],
    caller: CallerIdentity,
    world: World,
    most: int | None,
    known: KnownChoices,
) -> ActionVerdict:
    """The best verdict, with its resource. Denied requests are tried again with what the caller can choose;
    adds to `known` what helped. `most`: entries of one
    statement's resources to evaluate at most; None: all.
    """
    found = ActionVerdict("denied")
    denied: dict[object, tuple[str, Attempt]] = {}
    for grant in grants:
        if not covers(grant.statement, action):
            continue
        asked, others, named = _asked(action, grant, world.in_force, most)
        is_denied = False
        for resource in (*asked, *others):
            if resource in others and not is_denied:
                break
            attempt = deciding_attempt(hypothetical_request(caller, action, resource, world), world.now)
            outcome = attempt.decision.outcome
            is_denied = is_denied or outcome is Outcome.EXPLICIT_DENY
            if outcome is Outcome.ALLOWED:
                return ActionVerdict("allowed", resource)
            if outcome is Outcome.UNDECIDED:
                found = ActionVerdict("unknown", resource)
            elif found.verdict == "denied" and _may_be_met(grant, attempt):
                found = ActionVerdict("conditional", resource)
            denied.setdefault(_why(attempt), (resource, attempt))
        if named and (found.verdict == "denied" or found.named):
            found = ActionVerdict("unknown", NOT_ASKED, max(found.named, named))
    if found.verdict == "denied":
        return _chosen(action, list(denied.items())[:_MOST_CHOSEN], caller, world, known) or found
    return found


def _may_be_met(grant: Grant, attempt: Attempt) -> bool:
    """Whether a denied request may lack only the condition of an Allow. If the trust policy does not admit
    the caller, the condition of another policy does not matter.
    """
    decision = attempt.decision
    is_of_trust = "Resource" not in grant.statement and "NotResource" not in grant.statement
    is_elsewhere = decision.settled_by is PolicyType.TRUST and not is_of_trust
    return grant.is_conditional and decision.outcome is not Outcome.EXPLICIT_DENY and not is_elsewhere


def _why(attempt: Attempt) -> object:
    """Equal for requests that the same statements deny."""
    decision = attempt.decision
    return decision.settled_by, tuple(id(statement) for _, statement in decision.decided_by)


def _chosen(
    action: str,
    denied: Sequence[tuple[object, tuple[str, Attempt]]],
    caller: CallerIdentity,
    world: World,
    known: KnownChoices,
) -> ActionVerdict | None:
    """The verdict with other choices of the caller; None: no choice helps."""
    unknown: ActionVerdict | None = None
    for why, (resource, attempt) in denied:
        question = hypothetical_request(caller, action, resource, world)
        found = chosen_request(question, world.now, attempt, known.get(why, ()))
        if found is None:
            continue
        if found.outcome is Outcome.ALLOWED:
            known[why] = found.choices
            return ActionVerdict("conditional", resource, 0, found.needs)
        unknown = unknown or ActionVerdict("unknown", resource)
    return unknown


def _asked(
    action: str, grant: Grant, configuration: Configuration, most: int | None
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """(the resources of a statement that the action works on, those to evaluate after an explicit Deny, how
    many there are if not all are evaluated, else 0). For AssumeRole every role: each has its own trust
    policy.
    """
    is_assume = action.lower().startswith(ASSUME)
    first: dict[str, None] = {}
    others: dict[str, None] = {}
    if grant.is_everything:
        first.update(dict.fromkeys(configuration.roles if is_assume else ("*",)))
    for examples in grant.resources:
        fitting = examples.of(action)
        first.update(dict.fromkeys(fitting.first))
        others.update(dict.fromkeys(fitting.others))
    most = None if is_assume else most
    named = len(first) if most is not None and len(first) > most else 0
    return tuple(first)[:most], tuple(one for one in others if one not in first)[:most], named
