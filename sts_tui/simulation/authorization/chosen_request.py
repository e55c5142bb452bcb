"""With which choices of its caller would one request be allowed, for any action and caller?

The caller chooses its Region (except for a resource of the model, whose Region is known), its network and the
parameters of the request; a user with a device passes an MFA code. An example resource stands for any
existing one, so that its tags may be what a condition requires; the tags of a resource of the model are
known. For AssumeRole every request that AWS authorizes for the call has to be allowed, and the caller cannot
choose what its session passes on (`role_chaining`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.iam import Decision, Outcome, PolicySet, Request
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.authorizer import Question, prepare
from sts_tui.simulation.authorization.choice_search import Attempt, MayChoose, attempt_of, could_help, search
from sts_tui.simulation.authorization.choice_values import (
    Choices,
    context_with,
    key_of_choice,
    region_of,
)
from sts_tui.simulation.authorization.choosable_keys import (
    MFA_PRESENT,
    REGION_KEY,
    is_chosen_by_caller,
    is_of_forwarded_request,
    is_of_resource,
)
from sts_tui.simulation.authorization.role_chaining import (
    ASSUME_ROLE,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    is_fixed,
    passes_again,
    requests_of,
)

MOST_TRIED = 40
"""How many requests are tried in place of one."""
_WHOSE = ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount")
"""Keys that say who owns a resource: its ARN decides these, also for an example."""
_DENIED = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
_REFUSED = Decision(Outcome.IMPLICIT_DENY, None, (), ASSUME_ROLE)
"""The decision on a call that AWS refuses because of a parameter."""


class ChosenRequest(Struct, frozen=True):
    """The request with the choices of its caller."""

    question: Question
    needs: tuple[str, ...] = ()
    """What the caller chooses, in words: `region eu-west-1`, `MFA`."""
    choices: Choices = ()
    outcome: Outcome = Outcome.ALLOWED
    """UNDECIDED if the files do not say, or if not all combinations were tried."""


def chosen_request(
    question: Question, now: datetime, first: Attempt | None = None, likely: Choices = ()
) -> ChosenRequest | None:
    """The request with the fewest choices that may allow it; None: no choices help. `first`: the decision on
    the question itself, if already made; `likely`: choices that helped a similar request.
    """
    first = first or deciding_attempt(question, now)
    may_choose = choosable_in(question)
    if first.decision.outcome is Outcome.ALLOWED:
        return ChosenRequest(question)
    if not could_help(first, may_choose):
        is_unsure = first.decision.outcome is Outcome.UNDECIDED
        return ChosenRequest(question, outcome=Outcome.UNDECIDED) if is_unsure else None
    if likely and all(may_choose(key_of_choice(each.key)) for each in likely):
        similar = with_choices(question, likely)
        if deciding_attempt(similar, now).decision.outcome is Outcome.ALLOWED:
            return ChosenRequest(similar, _labels(likely), likely)

    def attempts(choices: Choices) -> Iterator[Sequence[Attempt]]:
        yield (deciding_attempt(with_choices(question, choices), now) if choices else first,)

    found = search(attempts, may_choose, MOST_TRIED)
    if found.choices is not None:
        chosen = with_choices(question, found.choices)
        return ChosenRequest(chosen, _labels(found.choices), found.choices)
    if found.undecided is not None:
        chosen = with_choices(question, found.undecided)
        return ChosenRequest(chosen, _labels(found.undecided), found.undecided, Outcome.UNDECIDED)
    return ChosenRequest(question, outcome=Outcome.UNDECIDED) if found.is_bounded else None


def deciding_attempt(question: Question, now: datetime) -> Attempt:
    """The deciding attempt of a question's call: see `deciding`."""
    return deciding(question, now)[1]


def deciding(question: Question, now: datetime) -> tuple[Question, Attempt]:
    """(the request that decides the call of a question, its attempt): the first of its requests
    (`requests_of`) that is denied, else the first that is undecided, else the question itself.
    """
    if passes_again(question):
        return question, Attempt(_REFUSED, PolicySet(), Request)
    made = []
    for one in requests_of(question):
        made.append((one, attempt_of(prepare(one), now)))
        if made[-1][1].decision.outcome in _DENIED:
            return made[-1]
    return next((each for each in made if each[1].decision.outcome is Outcome.UNDECIDED), made[0])


def explained_request(question: Question, now: datetime) -> Question:
    """The request that explains a call, if AWS reports `question`. AWS reports a denied
    `sts:SetSourceIdentity` before `sts:AssumeRole` (observed), but if `sts:AssumeRole` is denied too, only
    that shows what the caller lacks.
    """
    if question.action not in (TAG_SESSION, SET_SOURCE_IDENTITY):
        return question
    assuming = replace(question, action=ASSUME_ROLE)
    is_denied = prepare(assuming).decide(now).outcome in _DENIED
    return assuming if is_denied else question


def with_choices(question: Question, choices: Choices) -> Question:
    """The question with the choices. With another Region, an example resource is moved to that Region."""
    region = region_of(choices, question.region)
    resource = question.resource
    if region != question.region:
        parts = resource.split(":", 5)
        if len(parts) == 6 and parts[3] == question.region:
            resource = ":".join((*parts[:3], region, *parts[4:]))
    context = context_with(question.context, choices)
    return replace(question, region=region, resource=resource, context=context)


def choosable_in(question: Question) -> MayChoose:
    """Which keys the caller of a question can choose."""
    caller, configuration = question.caller, question.configuration
    user = configuration.users.get(caller.user_arn or "") if caller.caller.kind is CallerKind.USER else None
    is_service = caller.caller.kind is CallerKind.SERVICE
    is_known = _is_known(question.resource, configuration)

    def may_choose(key: str) -> bool:
        if key == MFA_PRESENT:
            return user is not None and bool(user.mfa_devices)
        if key == REGION_KEY:
            return not (is_known and question.resource.count(":") >= 5 and question.resource.split(":")[3])
        if is_of_resource(key):
            return not is_known and key not in _WHOSE
        if is_of_forwarded_request(key) and question.action.lower().startswith("sts:"):
            return False
        if is_fixed(question, key) or not can_have(question.action, key):
            return False
        return is_chosen_by_caller(key, is_service=is_service)

    return may_choose


@lru_cache(maxsize=4096)
def can_have(action: str, key: str) -> bool:
    """Whether a request for the action can have a key (in lower case): a global key, or one that AWS's lists
    name for the action.
    """
    from sts_tui.account.policies.vocabulary import takes_key

    service = key.partition(":")[0]
    return service == "aws" or (action.lower().startswith(f"{service}:") and takes_key(action, key))


def _labels(choices: Choices) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.label for each in choices))


def _is_known(resource: str, configuration: Configuration) -> bool:
    """Whether the model has this resource, so that its properties are known."""
    tables = (configuration.roles, configuration.users, configuration.resources, configuration.policies)
    return any(resource in table for table in tables)
