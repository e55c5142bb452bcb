"""Which Allows may give a caller an action, and on which resources are they evaluated?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import Role
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.example_resources import Examples, examples_of, variables_of
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.authorization.policies import identity_documents, principal_of
from sts_tui.simulation.reach.access.grant_limits import FixedConditions, resources_left_by_denies
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

ASSUME: Final = "sts:assumerole"
"""How the names of the actions that assume a role begin, in lower case."""


class Grant(Struct, frozen=True):
    """One Allow statement, and the resources on which it is evaluated."""

    statement: Mapping[str, object]
    resources: tuple[Examples, ...]
    is_conditional: bool
    is_everything: bool = False
    """Whether it names every resource: `*`, or NotResource."""


_ANYTHING: Final = Grant({"Effect": "Allow", "Action": "*", "Resource": "*"}, (), False, True)


def grants_of(caller: CallerIdentity, world: World) -> Iterator[Grant]:
    """Every Allow of the caller's policies, of resource-based policies, and of trust policies that name a
    principal rather than an account.
    """
    configuration = world.in_force
    if caller.is_operator or caller.caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION):
        yield _ANYTHING
    account = caller.caller.account or caller.account or ""

    def examples(pattern: str) -> Examples:
        return examples_of(pattern, variables, account, configuration)

    variables = variables_of(caller, configuration, world.settings)
    limits = FixedConditions(
        prepare(hypothetical_request(caller, "s3:ListAllMyBuckets", "*", world)).request(world.now)
    )
    left = tuple(examples(one) for one in resources_left_by_denies(caller, world))
    for document in identity_documents(principal_of(caller), configuration):
        if document.written is None:
            yield _ANYTHING  # its document is in no file: the engine's decision is undecided
        else:
            yield from _allows(document.written.document, None, examples, limits, left)
    for arn, resource in configuration.resources.items():
        if resource.policy is not None:
            yield from _allows(resource.policy.document, arn, examples, limits)
    names = _names_of(caller)
    for role in configuration.roles.values():
        yield from _trusts(role, limits, names)


def _allows(
    document: Mapping[str, object],
    arn: str | None,
    examples: Callable[[str], Examples],
    limits: FixedConditions,
    left: tuple[Examples, ...] = (),
) -> Iterator[Grant]:
    """`arn`: of the resource that the policy is attached to; `left`: the resources that Denies leave of an
    Allow of everything.
    """
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
        yield Grant(statement, resources, _may_be_met(statement, limits), is_everything)


def _may_be_met(statement: Mapping[str, object], limits: FixedConditions) -> bool:
    """Whether the statement has a condition that another request of the caller may meet."""
    condition = statement.get("Condition")
    return bool(condition) and limits.can_be_met(condition)


def _names_of(caller: CallerIdentity) -> frozenset[str]:
    """The names of a caller in a Principal element, except its account."""
    asking = caller.caller
    names = (asking.arn, asking.issuer_arn, asking.unique_id, caller.user_arn, caller.arn, "*")
    return frozenset(one for one in names if one)


def _trusts(role: Role, limits: FixedConditions, names: frozenset[str]) -> Iterator[Grant]:
    """AssumeRole of a role, for each statement of its trust policy that names the caller and not only its
    account: within the role's account such a statement is enough. A service is named by its service
    principal.
    """
    for statement in statements_of(role.assume_role_policy_document.document):
        principal = statement.get("Principal")
        named = (
            [text for value in principal.values() for text in texts(value)]
            if isinstance(principal, Mapping)
            else texts(principal)
        )
        is_named = any(one in names for one in named)
        if is_named and statement.get("Effect") == "Allow" and covers(statement, "sts:AssumeRole"):
            narrowed = {"Effect": "Allow", "Action": "sts:AssumeRole"}
            yield Grant(narrowed, (Examples(role.arn, (role.arn,)),), _may_be_met(statement, limits))


def covers(statement: Mapping[str, object], action: str) -> bool:
    """Whether Action or NotAction covers an action, by its text."""
    if "NotAction" in statement:
        return not any(_matches(one, action) for one in texts(statement["NotAction"]))
    return any(_matches(one, action) for one in texts(statement.get("Action")))


def covers_services(statement: Mapping[str, object]) -> bool:
    """Whether a wildcard in place of the service covers services that no statement names."""
    return "NotAction" in statement or any(
        set(one.partition(":")[0]) & set("*?") for one in texts(statement.get("Action"))
    )


def texts(value: object) -> list[str]:
    """The strings of an element that holds one or several."""
    return [one for one in listed(value) if isinstance(one, str)]


def _matches(pattern: str, action: str) -> bool:
    return _pattern(pattern.lower()).fullmatch(action.lower()) is not None


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text))
