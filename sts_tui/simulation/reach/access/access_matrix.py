"""What can a session, a role or a user do? For each service and access level, how many actions are allowed.

Actions come from AWS's lists. An action is asked of the engine on each resource that an Allow for it names,
wildcards filled in, so that every layer (SCPs, boundary, session policy, Deny) has its say. What is denied
although an Allow with a condition covers it, or unless the caller chooses what a Deny spares (a Region, an
MFA code), is *conditional*: the request decides. What the engine leaves undecided is *unknown*, never denied.
A wildcard in place of the service covers more services than there are rows: rows are the services that a
policy or a resource of the model names, and the most used ones.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role
from sts_tui.account.policies.vocabulary import actions_of, is_service
from sts_tui.iam import Outcome
from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision
from sts_tui.simulation.authorization.authorizer import Prepared, Question, prepare
from sts_tui.simulation.authorization.choice_search import Attempt, attempt_of
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.authorization.chosen_request import ChosenRequest, chosen_request
from sts_tui.simulation.authorization.example_resources import Examples, examples_of, variables_of
from sts_tui.simulation.authorization.policies import identity_documents, principal_of
from sts_tui.simulation.authorization.request_context import HOME_REGION, endpoint_region
from sts_tui.simulation.reach.access.grant_limits import FixedConditions, left_by_denies
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

LEVELS: Final = ("List", "Read", "Write", "Tagging", "Permissions management")
"""AWS's access levels, in the order of the columns."""
MOST_RESOURCES: Final = 200
"""Resources of one statement that an action is asked on, of those that it works on. Where there are more and
none of these is allowed, the verdict is unknown, not denied.
"""
_MOST_CHOSEN: Final = 4
"""Denied requests for one action that are tried with other choices: those that different statements deny."""
NOT_ASKED: Final = "*"
"""Stands for the resources beyond these."""
_MARKS: Final = {"none": "·", "conditional": "~", "unknown": "?", "all": "all"}
LEGEND: Final = "all, or allowed/all actions; ~ only with a condition; ? unknown; · none"
NOTHING: Final = "nothing is allowed"
OF_A_NEW_SESSION: Final = "for a session without session tags, source identity and session policies"
"""Of a role to which nothing is allowed: its policies may ask for what only some of its sessions have."""
_ASSUME: Final = "sts:assumerole"
_OFTEN_USED: Final = (
    "cloudformation", "dynamodb", "ec2", "iam", "kms", "lambda", "organizations", "s3", "secretsmanager",
    "sns", "sqs", "ssm", "sts",
)  # fmt: skip


class Cell(Struct, frozen=True):
    """The actions of one service at one access level, by verdict; the rest is denied."""

    of: int = 0
    allowed: tuple[str, ...] = ()
    """Names of actions: `GetObject`."""
    conditional: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`all`, `some`, `conditional`, `unknown` or `none`."""
        if self.allowed:
            return "all" if len(self.allowed) == self.of else "some"
        return "conditional" if self.conditional else "unknown" if self.unknown else "none"

    @property
    def mark(self) -> str:
        """In a table: `all`, `3/66 ~`, `·`; empty where the service has no action of the level."""
        if not self.of:
            return ""
        text = f"{len(self.allowed)}/{self.of}" if self.verdict == "some" else _MARKS[self.verdict]
        more = "~" if self.conditional else "?" if self.unknown else ""
        return f"{text} {more}" if more and self.allowed else text


class AccessMatrix(Struct, frozen=True):
    """Cells by service and access level; services to which nothing is allowed are left out."""

    rows: Mapping[str, Mapping[str, Cell]]
    has_wildcard: bool = False
    """Whether an Allow covers services that no row has."""
    not_settled: Mapping[str, int] = {}
    """The actions that are unknown because a statement names more resources than were asked: how many it
    names, the largest number first found.
    """

    @property
    def most_named(self) -> int:
        """Resources of the largest of these statements; 0: nothing was left out."""
        return max(self.not_settled.values(), default=0)

    @property
    def what_was_left_out(self) -> str:
        """`3 actions are unknown: denied on the first 200 of up to 431 resources`; empty: nothing was."""
        count = len(self.not_settled)
        if not count:
            return ""
        actions = "1 action is" if count == 1 else f"{count} actions are"
        return f"{actions} unknown: denied on the first {MOST_RESOURCES} of up to {self.most_named} resources"


class _Grant(Struct, frozen=True):
    """One Allow statement, and the resources that it is asked on."""

    statement: Mapping[str, object]
    resources: tuple[Examples, ...]
    is_conditional: bool
    is_everything: bool = False
    """Whether it names every resource: `*`, or NotResource."""


class _Verdict(Struct, frozen=True):
    """The best verdict on any of the resources that a statement names for an action."""

    verdict: str
    """As `ActionAccess`."""
    resource: str = "*"
    named: int = 0
    """How many resources a statement names where not all were asked and that leaves the verdict open."""
    needs: tuple[str, ...] = ()
    """What the caller has to choose: `region eu-west-1`, `MFA`."""


_Known: TypeAlias = dict[object, Choices]
"""What a caller chose where the same statements denied a request (`_why`)."""


class ActionAccess(Struct, frozen=True):
    """The verdict on one action, and the resource and decision that it rests on."""

    verdict: str
    """`allowed`, `conditional`, `unknown` or `denied`."""
    resource: str = "*"
    by: tuple[str, ...] = ()
    """Labels of the statements that decide; for `conditional` of the Allow whose condition is not met."""
    note: str = ""
    """What it takes, or what is not known."""


_ANYTHING: Final = _Grant({"Effect": "Allow", "Action": "*", "Resource": "*"}, (), False, True)


def access_of(
    caller: CallerIdentity,
    world: World,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    most: int | None = MOST_RESOURCES,
) -> AccessMatrix:
    """What a caller may do now. Nothing changes and nothing is recorded. `progress` is called with how many
    services are asked about, and how many there are. `most`: entries of one statement's resources that
    an action is asked on; None: all.
    """
    grants = list(_grants(caller, world))
    services = _services(grants, world.in_force)
    rows: dict[str, dict[str, Cell]] = {}
    not_settled: dict[str, int] = {}
    known: _Known = {}
    for done, service in enumerate(services):
        progress(done, len(services))
        cells = _cells(service, grants, caller, world, most, not_settled, known)
        if any(cell.verdict != "none" for cell in cells.values()):
            rows[service] = cells
    return AccessMatrix(rows, any(_covers_services(grant.statement) for grant in grants), not_settled)


def access_by_action(
    caller: CallerIdentity, actions: Iterable[str], world: World, *, most: int | None = MOST_RESOURCES
) -> Iterator[ActionAccess]:
    """For each action, such as `s3:GetObject`, its verdict as the matrix counts it, and what decides it.
    `most`: entries of one statement's resources that an action is asked on; None: all.
    """
    grants, known = list(_grants(caller, world)), dict[object, Choices]()
    for action in actions:
        found = _verdict(action, grants, caller, world, most, known)
        verdict, resource = found.verdict, found.resource
        explanation = _question(caller, action, resource, world).explain(world.now)
        decision = explanation.decision
        labels = tuple(dict.fromkeys(str(each.label) for each in decision.statements))
        if found.named:
            yield ActionAccess(
                verdict, resource, (), f"denied on {most} of {found.named} resources; others not evaluated"
            )
            continue
        if found.needs:
            yield ActionAccess(verdict, resource, labels, f"with {', '.join(found.needs)}")
            continue
        missed = explanation.nearest_miss if verdict == "conditional" else None
        if missed is None or missed.failed is None:
            yield ActionAccess(verdict, resource, labels, decision.note)
        else:
            wanted = f"{missed.failed.element} {', '.join(missed.failed.wanted)}"
            yield ActionAccess(verdict, resource, (missed.provenance.label,), wanted)


def verdict_on(caller: CallerIdentity, action: str, resource: str, world: World) -> Decision:
    """The decision on one request; nothing is recorded."""
    return _question(caller, action, resource, world).decide(world.now)


def allowed_on(caller: CallerIdentity, action: str, world: World) -> tuple[str, ...]:
    """The Resources of Allow statements on which an action is allowed, as the policies name them: `data/*`
    stands for those of its objects that no Deny matches. It is asked on every one.
    """
    found: dict[str, None] = {}
    for grant in _grants(caller, world):
        if not _covers(grant.statement, action):
            continue
        is_of_roles = grant.is_everything and action.lower().startswith(_ASSUME)
        roles = tuple(Examples(arn, (arn,)) for arn in world.in_force.roles) if is_of_roles else ()
        for examples in (*grant.resources, *roles):
            one = _Grant(grant.statement, (examples,), grant.is_conditional)
            if _verdict(action, (one,), caller, world, None, {}).verdict == "allowed":
                found[examples.pattern] = None
    return tuple(found)


def choices_for(caller: CallerIdentity, action: str, resource: str, world: World) -> ChosenRequest | None:
    """With which choices of the caller one request may be allowed; None: with none. Nothing is recorded."""
    return chosen_request(_asked_of(caller, action, resource, world), world.now)


def _question(caller: CallerIdentity, action: str, resource: str, world: World) -> Prepared:
    return prepare(_asked_of(caller, action, resource, world))


def _asked_of(caller: CallerIdentity, action: str, resource: str, world: World) -> Question:
    role = world.in_force.roles.get(resource) if action.lower().startswith(_ASSUME) else None
    return Question(
        edition=0,
        settings=world.settings,
        caller=caller,
        action=action,
        resource=resource,
        region=endpoint_region(resource, HOME_REGION),
        configuration=world.in_force,
        resource_policy=role.assume_role_policy_document if role else None,
    )


def changed_cells(
    before: AccessMatrix, after: AccessMatrix
) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """(service, level, actions lost, actions gained) for each cell in which allowed actions differ."""
    found = []
    for service in dict.fromkeys((*before.rows, *after.rows)):
        for level in LEVELS:
            old = before.rows.get(service, {}).get(level, Cell()).allowed
            new = after.rows.get(service, {}).get(level, Cell()).allowed
            lost = tuple(name for name in old if name not in new)
            gained = tuple(name for name in new if name not in old)
            if lost or gained:
                found.append((service, level, lost, gained))
    return found


def _cells(
    service: str,
    grants: Sequence[_Grant],
    caller: CallerIdentity,
    world: World,
    most: int | None,
    not_settled: dict[str, int],
    known: _Known,
) -> dict[str, Cell]:
    """By access level. Adds to `not_settled`, see `AccessMatrix`, and to `known`."""
    by_level: dict[str, dict[str, list[str]]] = {level: {} for level in LEVELS}
    counts = dict.fromkeys(LEVELS, 0)
    for name, level in actions_of(service).items():
        counts[level] += 1
        found = _verdict(f"{service}:{name}", grants, caller, world, most, known)
        if found.named:
            not_settled[f"{service}:{name}"] = found.named
        by_level[level].setdefault(found.verdict, []).append(name)
    return {
        level: Cell(
            counts[level],
            tuple(by_level[level].get("allowed", ())),
            tuple(by_level[level].get("conditional", ())),
            tuple(by_level[level].get("unknown", ())),
        )
        for level in LEVELS
    }


def _verdict(
    action: str,
    grants: Sequence[_Grant],
    caller: CallerIdentity,
    world: World,
    most: int | None,
    known: _Known,
) -> _Verdict:
    """The best verdict, and the resource that it is of. Denied requests are tried again with what the caller
    can choose; adds to `known` what helped.
    """
    found = _Verdict("denied")
    denied: dict[object, tuple[str, Attempt]] = {}
    for grant in grants:
        if not _covers(grant.statement, action):
            continue
        asked, others, named = _asked(action, grant, world.in_force, most)
        is_denied = False
        for resource in (*asked, *others):
            if resource in others and not is_denied:
                break
            attempt = attempt_of(_question(caller, action, resource, world), world.now)
            outcome = attempt.decision.outcome
            is_denied = is_denied or outcome is Outcome.EXPLICIT_DENY
            if outcome is Outcome.ALLOWED:
                return _Verdict("allowed", resource)
            if outcome is Outcome.UNDECIDED:
                found = _Verdict("unknown", resource)
            elif grant.is_conditional and found.verdict == "denied" and outcome is not Outcome.EXPLICIT_DENY:
                found = _Verdict("conditional", resource)
            denied.setdefault(_why(attempt), (resource, attempt))
        if named and (found.verdict == "denied" or found.named):
            found = _Verdict("unknown", NOT_ASKED, max(found.named, named))
    if found.verdict == "denied":
        return _chosen(action, list(denied.items())[:_MOST_CHOSEN], caller, world, known) or found
    return found


def _why(attempt: Attempt) -> object:
    """Equal for requests that the same statements deny."""
    decision = attempt.decision
    return decision.settled_by, tuple(id(statement) for _, statement in decision.decided_by)


def _chosen(
    action: str,
    denied: Sequence[tuple[object, tuple[str, Attempt]]],
    caller: CallerIdentity,
    world: World,
    known: _Known,
) -> _Verdict | None:
    """The verdict that other choices of the caller give; None: none that helps."""
    unknown: _Verdict | None = None
    for why, (resource, attempt) in denied:
        question = _asked_of(caller, action, resource, world)
        found = chosen_request(question, world.now, attempt, known.get(why, ()))
        if found is None:
            continue
        if found.outcome is Outcome.ALLOWED:
            known[why] = found.choices
            return _Verdict("conditional", resource, 0, found.needs)
        unknown = unknown or _Verdict("unknown", resource)
    return unknown


def _asked(
    action: str, grant: _Grant, configuration: Configuration, most: int | None
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """The resources of a statement that the action works on, those to ask after an explicit Deny, and how
    many there are if not all are asked, else 0. For AssumeRole every role: each has its own trust policy.
    """
    is_assume = action.lower().startswith(_ASSUME)
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


def _grants(caller: CallerIdentity, world: World) -> Iterator[_Grant]:
    """Every Allow of the caller's own policies, of resources' policies, and of trust policies that name
    principals themselves.
    """
    configuration = world.in_force
    if caller.is_operator or caller.caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION):
        yield _ANYTHING
    account = caller.caller.account or caller.account or ""

    def examples(pattern: str) -> Examples:
        return examples_of(pattern, variables, account, configuration)

    variables = variables_of(caller, configuration, world.settings)
    limits = FixedConditions(_question(caller, "s3:ListAllMyBuckets", "*", world).request(world.now))
    left = tuple(examples(one) for one in left_by_denies(caller, world))
    for document in identity_documents(principal_of(caller), configuration):
        if document.written is None:
            yield _ANYTHING  # its document is in no file: the engine says that it is unknown
        else:
            yield from _allows(document.written.document, None, examples, limits, left)
    for arn, resource in configuration.resources.items():
        if resource.policy is not None:
            yield from _allows(resource.policy.document, arn, examples, limits)
    for role in configuration.roles.values():
        yield from _trusts(role, limits)


def _allows(
    document: Mapping[str, object],
    arn: str | None,
    examples: Callable[[str], Examples],
    limits: FixedConditions,
    left: tuple[Examples, ...] = (),
) -> Iterator[_Grant]:
    """`arn`: of the resource whose policy it is; `left`: what Denies leave of an Allow of everything."""
    for statement in statements_of(document):
        if statement.get("Effect") != "Allow":
            continue
        named = [one for one in listed(statement.get("Resource")) if isinstance(one, str)]
        is_everything = "*" in named or not named
        resources = tuple(examples(one) for one in dict.fromkeys(named) if one != "*")
        if arn is not None and is_everything:
            is_everything, resources = False, (Examples(arn, (arn,)), *resources)
        elif is_everything:
            resources = (*resources, *left)
        yield _Grant(statement, resources, _may_be_met(statement, limits), is_everything)


def _may_be_met(statement: Mapping[str, object], limits: FixedConditions) -> bool:
    """Whether it has a condition that another request of the caller may meet."""
    condition = statement.get("Condition")
    return bool(condition) and limits.can_be_met(condition)


def _trusts(role: Role, limits: FixedConditions) -> Iterator[_Grant]:
    """AssumeRole of a role, for each statement of its trust policy that names more than accounts: it is
    enough within the role's account.
    """
    for statement in statements_of(role.assume_role_policy_document.document):
        principal = statement.get("Principal")
        named = _texts(principal.get("AWS")) if isinstance(principal, Mapping) else _texts(principal)
        is_direct = any(not one.endswith(":root") and not one.isdigit() for one in named)
        if is_direct and statement.get("Effect") == "Allow" and _covers(statement, "sts:AssumeRole"):
            narrowed = {"Effect": "Allow", "Action": "sts:AssumeRole"}
            yield _Grant(narrowed, (Examples(role.arn, (role.arn,)),), _may_be_met(statement, limits))


def _covers(statement: Mapping[str, object], action: str) -> bool:
    """Whether Action or NotAction covers an action; what a policy variable makes of it the engine says."""
    if "NotAction" in statement:
        return not any(_matches(one, action) for one in _texts(statement["NotAction"]))
    return any(_matches(one, action) for one in _texts(statement.get("Action")))


def _covers_services(statement: Mapping[str, object]) -> bool:
    return "NotAction" in statement or any(
        set(one.partition(":")[0]) & set("*?") for one in _texts(statement.get("Action"))
    )


def _texts(value: object) -> list[str]:
    return [one for one in listed(value) if isinstance(one, str)]


def _matches(pattern: str, action: str) -> bool:
    return _pattern(pattern.lower()).fullmatch(action.lower()) is not None


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text))


def _services(grants: Iterable[_Grant], configuration: Configuration) -> list[str]:
    """The rows: services that the statements name; with a wildcard also those that the model has or are used
    most.
    """
    grants = list(grants)
    named = {
        one.partition(":")[0].lower()
        for grant in grants
        for key in ("Action", "NotAction")
        for one in _texts(grant.statement.get(key))
    }
    if any(_covers_services(grant.statement) for grant in grants):
        named.update(_OFTEN_USED)
        named.update(arn.split(":")[2] for arn in configuration.resources if arn.count(":") >= 5)
    return sorted(one for one in named if is_service(one))
