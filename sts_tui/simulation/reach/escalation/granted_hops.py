"""Who can give another principal the permission that it lacks, and then use it?

Across accounts AssumeRole needs two things: a trust policy that names the principal, and an Allow in the
principal's own policies. A source that can become the principal and write that Allow into its policies also
gets to the role: the hop leads from the source to the role, *as* the principal between them. The engine
evaluates the hop again in a copy of the configuration in which the principal has the Allow, so that every
other policy counts. Within one account a trust policy that names the principal is enough.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-cross-account.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.trust_index import trust_index
from sts_tui.simulation.world import World

_POLICY_NAME: Final = "reach"


def granted_hops(
    groups: Iterable[HopGroup], world: World, search: DirectHops, escalation: Escalation
) -> Iterator[HopGroup]:
    """The hops of sources that can become a principal by one of `groups` and can write its policies."""
    becoming: dict[str, list[HopGroup]] = {}
    for group in groups:
        if not group.through and not group.is_limited:
            becoming.setdefault(group.target, []).append(group)
    lacking = _lacking(becoming, world, search)
    if not lacking:
        return
    completed = _completed(lacking, world, search)
    for principal, roles in lacking.items():
        writers = list(_writers(principal, becoming[principal], search, escalation))
        for role in roles if writers else ():
            for onward in completed.into(world.in_force.roles[role]):
                if principal in onward.sources:
                    yield from (_joined(writer, principal, onward, world) for writer in writers)


def _lacking(principals: Iterable[str], world: World, search: DirectHops) -> dict[str, list[str]]:
    """By principal, the roles of other accounts that name it and that it may not assume."""
    roles = world.in_force.roles
    index = trust_index(roles)
    configuration = world.in_force
    known = [arn for arn in principals if arn in configuration.users or arn in configuration.roles]
    named = {
        arn: [one for one in index.that_name(arn) if account_of(one) != account_of(arn)] for arn in known
    }
    named = {arn: found for arn, found in named.items() if found}
    scope = search.narrowed(*named) if named else search
    missing: dict[str, list[str]] = {}
    for arn, found in named.items():
        for role in found:
            if not any(arn in group.sources for group in scope.into(roles[role])):
                missing.setdefault(arn, []).append(role)
    return missing


def _completed(lacking: dict[str, list[str]], world: World, search: DirectHops) -> DirectHops:
    """The search in a copy of the configuration in which each principal has the Allow that it lacks."""
    configuration = world.in_force
    users: dict[str, User] = {}
    roles: dict[str, Role] = {}
    for arn, targets in lacking.items():
        statement = {"Effect": "Allow", "Action": "sts:*", "Resource": list(targets)}
        document = WrittenPolicy({"Version": "2012-10-17", "Statement": [statement]})
        inline = InlinePolicy(policy_name=_POLICY_NAME, policy_document=document)
        if (user := configuration.users.get(arn)) is not None:
            users[arn] = replace(user, user_policy_list=(*user.user_policy_list, inline))
        else:
            role = configuration.roles[arn]
            roles[arn] = replace(role, role_policy_list=(*role.role_policy_list, inline))
    copy: Configuration = replace(
        configuration,
        users=PersistentMap({**configuration.users, **users}) if users else configuration.users,
        roles=PersistentMap({**configuration.roles, **roles}) if roles else configuration.roles,
    )
    return DirectHops(replace(world, in_force=copy), search.dumped, frozenset(lacking))


def _writers(
    principal: str, becoming: Sequence[HopGroup], search: DirectHops, escalation: Escalation
) -> Iterator[HopGroup]:
    """For each source that becomes the principal and can write its policies: the hop to the principal, with
    the writing call before the operation.
    """
    seen: set[str] = set()
    for group in sorted(becoming, key=lambda one: (bool(one.unknown), len(one.needs))):
        for source in group.sources:
            if source in seen:
                continue
            write = escalation.writers.write_into(source, principal)
            if write is not None:
                seen.add(source)
                words, written = write
                operation = words if source == principal else f"{words}, {group.operation}"
                yield replace(group, sources=(source,), operation=operation, written=written)


def _joined(writer: HopGroup, principal: str, onward: HopGroup, world: World) -> HopGroup:
    configuration = world.in_force
    user = configuration.users.get(principal)
    label = user.user_name if user is not None else configuration.roles[principal].role_name
    needs = (f"as {label}",) if writer.sources != (principal,) else ()
    return HopGroup(
        sources=writer.sources,
        target=onward.target,
        operation=writer.operation,
        written=writer.written,
        written_with=writer.written_with,
        needs=tuple(dict.fromkeys((*writer.needs, *needs, *onward.needs))),
        unknown="; ".join(dict.fromkeys(filter(None, (writer.unknown, onward.unknown)))),
    )
