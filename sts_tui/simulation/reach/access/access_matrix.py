"""What can a session, a role or a user do? For each service and access level, how many actions are allowed.

Actions come from AWS's lists. The engine evaluates an action on each resource that an Allow for it names,
with wildcards filled in, so that every layer counts (SCPs, boundary, session policy, Deny). An action that is
denied is *conditional* where an Allow with a condition covers it, or where another choice of the caller (a
Region, an MFA code) avoids the Deny. An action that the engine leaves undecided is *unknown*, never denied. A
wildcard in place of the service covers more services than there are rows: rows are the services that a policy
or a resource of the model names, and the most used ones.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.policies.vocabulary import actions_of, is_service
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.authorization.chosen_request import deciding
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.reach.access.action_verdicts import MOST_RESOURCES, KnownChoices, verdict_of_action
from sts_tui.simulation.reach.access.grants import Grant, covers_services, grants_of, texts
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

LEVELS: Final = ("List", "Read", "Write", "Tagging", "Permissions management")
"""AWS's access levels, in the order of the columns."""
_MARKS: Final = {"none": "·", "conditional": "~", "unknown": "?", "all": "all"}
LEGEND: Final = "all, or allowed/all actions; ~ only with a condition; ? unknown; · none"
NOTHING: Final = "nothing is allowed"
OF_A_NEW_SESSION: Final = "for a session without session tags, source identity and session policies"
"""Qualifies `NOTHING` for a role: its policies may require what only some of its sessions have."""
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
    """How many resources a statement names, by action, for the actions that are unknown because not all of
    these resources were evaluated.
    """

    @property
    def most_named(self) -> int:
        """The largest number of resources in one of these statements; 0: nothing was left out."""
        return max(self.not_settled.values(), default=0)

    @property
    def what_was_left_out(self) -> str:
        """`3 actions are unknown: denied on the first 200 of up to 431 resources`; empty: nothing was."""
        count = len(self.not_settled)
        if not count:
            return ""
        actions = "1 action is" if count == 1 else f"{count} actions are"
        return f"{actions} unknown: denied on the first {MOST_RESOURCES} of up to {self.most_named} resources"


class ActionAccess(Struct, frozen=True):
    """The verdict on one action, with the resource and the statements that decide it."""

    verdict: str
    """`allowed`, `conditional`, `unknown` or `denied`."""
    resource: str = "*"
    by: tuple[str, ...] = ()
    """Labels of the deciding statements; for `conditional`, of the Allow whose condition is not met."""
    note: str = ""
    """What the caller has to choose, or what is not known."""


def access_of(
    caller: CallerIdentity,
    world: World,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    most: int | None = MOST_RESOURCES,
) -> AccessMatrix:
    """What a caller may do now. Nothing changes and nothing is recorded. `progress` is called with the number
    of services done and the number of all. `most`: entries of one
    statement's resources to evaluate at most; None: all.
    """
    grants = list(grants_of(caller, world))
    services = _services(grants, world.in_force)
    rows: dict[str, dict[str, Cell]] = {}
    not_settled: dict[str, int] = {}
    known: KnownChoices = {}
    for done, service in enumerate(services):
        progress(done, len(services))
        cells = _cells(service, grants, caller, world, most, not_settled, known)
        if any(cell.verdict != "none" for cell in cells.values()):
            rows[service] = cells
    return AccessMatrix(rows, any(covers_services(grant.statement) for grant in grants), not_settled)


def access_by_action(
    caller: CallerIdentity, actions: Iterable[str], world: World, *, most: int | None = MOST_RESOURCES
) -> Iterator[ActionAccess]:
    """For each action, such as `s3:GetObject`, its verdict as the matrix counts it, and what decides it.
    `most`: entries of one
    statement's resources to evaluate at most; None: all.
    """
    grants, known = list(grants_of(caller, world)), dict[object, Choices]()
    for action in actions:
        found = verdict_of_action(action, grants, caller, world, most, known)
        verdict, resource = found.verdict, found.resource
        asked, _ = deciding(hypothetical_request(caller, action, resource, world), world.now)
        explanation = prepare(asked).explain(world.now)
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
    grants: Sequence[Grant],
    caller: CallerIdentity,
    world: World,
    most: int | None,
    not_settled: dict[str, int],
    known: KnownChoices,
) -> dict[str, Cell]:
    """By access level. Adds to `not_settled`, see `AccessMatrix`, and to `known`."""
    by_level: dict[str, dict[str, list[str]]] = {level: {} for level in LEVELS}
    counts = dict.fromkeys(LEVELS, 0)
    for name, level in actions_of(service).items():
        counts[level] += 1
        found = verdict_of_action(f"{service}:{name}", grants, caller, world, most, known)
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


def _services(grants: Iterable[Grant], configuration: Configuration) -> list[str]:
    """The rows: services that the statements name; with a wildcard also those of the model's resources and
    the most used ones.
    """
    grants = list(grants)
    named = {
        one.partition(":")[0].lower()
        for grant in grants
        for key in ("Action", "NotAction")
        for one in texts(grant.statement.get(key))
    }
    if any(covers_services(grant.statement) for grant in grants):
        named.update(_OFTEN_USED)
        named.update(arn.split(":")[2] for arn in configuration.resources if arn.count(":") >= 5)
    return sorted(one for one in named if is_service(one))
