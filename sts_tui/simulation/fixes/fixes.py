"""Which AWS calls would allow a denied request, and which other principals would they allow?

`sts_tui.iam.suggest_fixes` answers a smaller question: which edits of policy documents would allow the
request, without checking whether AWS accepts them. Here a fix is one or more calls that AWS accepts (sizes,
grammar and quotas included). They are carried out in a copy of the world, policies are gathered again there
through attachments, groups and accounts, and the request is evaluated. A fix that leaves the request denied
is not offered.

Each fix lists the other principals that it would allow, because several fixes usually work, and the smallest
edit often allows too many others.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.iam import Decision, Outcome
from sts_tui.simulation.authorization.authorizer import LoggedQuestion, Question, prepare
from sts_tui.simulation.authorization.policies import governing_resource
from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.fixes.fix_steps import Step, steps
from sts_tui.simulation.identities import operator_identity
from sts_tui.simulation.world import World
from sts_tui.sts.identity import session_identity

_MOST_STEPS: Final = 4
"""How many layers may be edited one after another in one fix."""
_ON_THE_RESOURCE: Final = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "kms:PutKeyPolicy",
    "iam:UpdateAssumeRolePolicy",
)


class Fix(Struct, frozen=True, kw_only=True):
    """Calls that make a denied request allowed, as tried in a copy of the world."""

    steps: tuple[Step, ...]
    decision: Decision
    """The decision on the request after them."""
    also_allowed: tuple[str, ...]
    """Other live sessions whose same request was denied and would be allowed."""


def fixes(event: RequestAnswered, world: World, seed: int) -> tuple[Fix, ...]:
    """What would allow this request now, the smallest change first; empty if the request is already allowed,
    or if no policy edit helps.
    """
    if event.recall is None:
        return ()
    now = as_of_now(event.recall, world)
    if _allowed(prepare(now).decide(world.now)):
        return ()
    found = []
    for first in steps(prepare(now), world.now):
        if fix := _completed(now, first, world, seed):
            found.append(fix)
    return tuple(found)


def as_of_now(question: LoggedQuestion, world: World) -> Question:
    """The same question now, with every write in force."""
    return replace(as_of(question, world.configuration), settings=world.settings)


def as_of(question: LoggedQuestion, configuration: Configuration) -> Question:
    """The same question under another configuration, with the trust policy that the role has there."""
    role = configuration.roles.get(question.resource)
    if question.resource_policy is None or role is None:
        return question.under(configuration)
    return question.under(configuration, resource_policy=role.assume_role_policy_document)


def _allowed(decision: Decision) -> bool:
    return decision.outcome is Outcome.ALLOWED


def _completed(question: Question, first: Step, world: World, seed: int) -> Fix | None:
    """A fix that begins with this step and adds what further layers need; None if it does not succeed."""
    fork, taken, step = replace(world, settings=_at_once(world)), [], first
    while True:
        edited = _edited(fork, step, question, seed)
        if edited is None:
            return None
        taken.append(step)
        fork = replace(fork, configuration=edited, in_force=edited)
        prepared = prepare(as_of(question, edited))
        decision = prepared.decide(world.now)
        if _allowed(decision):
            others = _also_allowed(question, world, edited)
            return Fix(steps=tuple(taken), decision=decision, also_allowed=others)
        following = next(steps(prepared, world.now), None)
        if following is None or len(taken) == _MOST_STEPS or following in taken:
            return None
        step = following


def _at_once(world: World) -> Settings:
    return replace(world.settings, propagation_seconds=0)


def _edited(fork: World, step: Step, question: Question, seed: int) -> Configuration | None:
    """The configuration after the call, made by the operator in the account that the edit is in."""
    account = _account_of_step(step, question)
    ask = Ask(action=step.action, params=step.params, caller=operator_identity(account))
    outcomes = carry_out(ask, fork, Authenticator(), seed)
    return None if outcomes.error else outcomes.answer.configuration


def _account_of_step(step: Step, question: Question) -> str | None:
    if step.action in _ON_THE_RESOURCE:
        entry = governing_resource(question.resource, question.configuration)
        return entry.account if entry else account_of(question.resource)
    return question.caller.caller.account


def _also_allowed(question: Question, world: World, edited: Configuration) -> tuple[str, ...]:
    """Other live sessions whose same request is denied now and would be allowed then."""
    labels = []
    for session in world.sessions.values():
        if session is question.caller.session or not state_of(session, world).counts_as_active:
            continue
        asked = replace(question, caller=session_identity(session))
        before, after = prepare(asked), prepare(as_of(asked, edited))
        if not _allowed(before.decide(world.now)) and _allowed(after.decide(world.now)):
            labels.append(session.label)
    return tuple(labels)
