"""What does a source have to supply for a path to hold: a Region, an MFA code, a parameter of the calls?

Every permission of the path is evaluated with the same choices, because one person makes the calls from one
place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import Role, User
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.authorizer import Question, prepare
from sts_tui.simulation.authorization.choice_search import (
    NOT_ALL_TRIED,
    Attempt,
    MayChoose,
    attempt_of,
    could_help,
    search,
)
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.authorization.choosable_keys import (
    MFA_PRESENT,
    REGION_KEY,
    is_chosen_by_caller,
    is_of_resource,
)
from sts_tui.simulation.authorization.chosen_request import can_have, with_choices
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext

MOST_ALTERNATIVES: Final = 5
"""How many resources one permission is evaluated on; one allowed resource is enough."""
_MOST_TRIED: Final = 40

Asked = Sequence[Sequence[Question]]
"""For each permission of a path, the questions on each of its resources."""


class PathAnswer(Struct, frozen=True):
    """What a source has to supply for a path, or what is unknown."""

    brought: tuple[CandidateContext, ...] = ()
    unknown: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """In words: `MFA`, `region eu-west-1`."""
        return tuple(each.label for each in self.brought)


def choices_of_path(
    asked: Asked, entity: User | Role, now: datetime, count: Callable[[], None]
) -> PathAnswer | None:
    """What a user or role has to choose for a denied path to hold; None: nothing helps. `count` is called for
    each evaluation.
    """
    may_choose = _choosable_by(entity, [one.action for alternatives in asked for one in alternatives])

    def attempt(question: Question) -> Attempt:
        count()
        return attempt_of(prepare(question), now)

    first = [[attempt(one) for one in alternatives] for alternatives in asked]
    for alternatives in first:
        is_allowed = any(one.decision.outcome is Outcome.ALLOWED for one in alternatives)
        if not is_allowed and not any(could_help(one, may_choose) for one in alternatives):
            return None

    def attempts(choices: Choices) -> Iterator[Sequence[Attempt]]:
        if not choices:
            yield from first
            return
        for alternatives in asked:
            yield [attempt(with_choices(one, _of_action(one.action, choices))) for one in alternatives]

    found = search(attempts, may_choose, _MOST_TRIED)
    if found.choices is not None:
        return PathAnswer(_brought(found.choices))
    if found.undecided is not None:
        return PathAnswer(_brought(found.undecided), found.unknown)
    return PathAnswer((), NOT_ALL_TRIED) if found.is_bounded else None


def _of_action(action: str, choices: Choices) -> Choices:
    """The choices that a request for the action can have."""
    return tuple(each for each in choices if can_have(action, each.lowered))


def _choosable_by(entity: User | Role, actions: Sequence[str]) -> MayChoose:
    """The caller does not choose the tags of the path's resources, which the model has or the path creates,
    nor the service that a path passes a role to.
    """

    def may_choose(key: str) -> bool:
        if key == MFA_PRESENT:
            return isinstance(entity, User) and bool(entity.mfa_devices)
        if key == "iam:passedtoservice" or is_of_resource(key) or not is_chosen_by_caller(key):
            return False
        return any(can_have(action, key) for action in actions)

    return may_choose


def _brought(choices: Choices) -> tuple[CandidateContext, ...]:
    found: list[CandidateContext] = []
    for each in choices:
        value = each.value if isinstance(each.value, str) else (each.value or ("",))[0]
        if each.lowered == MFA_PRESENT:
            found.append(CandidateContext(label=each.label, has_mfa=True))
        elif each.lowered == REGION_KEY:
            found.append(CandidateContext(label=each.label, region=value))
        else:
            found.append(CandidateContext(label=each.label, key=(each.key, value)))
    return tuple(found)
