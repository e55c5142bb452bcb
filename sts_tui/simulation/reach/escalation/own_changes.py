"""Which roles can a principal become after it has changed itself? It writes its own policies, removes a Deny
or its boundary, sets an older version of a policy, joins a group, tags itself, or creates a role with every
permission.

`escalation` finds who can do that. The change is made in a copy of the configuration, and the hops of the
changed principal are searched there, so that boundaries, SCPs and trust policies count. Hops that it has
without the change are left out. Only one change is made at a time: a hop that needs two (writing a policy,
then leaving a group with its permissions) is not found.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import PermissionsBoundary, User
from sts_tui.simulation.authorization.policies import groups_of
from sts_tui.simulation.reach.assume_rights import could_cover
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.changed_copy import (
    OwnChange,
    RequestKeys,
    boundary_keys,
    holders_of,
    noun_of,
    own_change,
    with_attached,
    with_everything,
    with_holder,
    with_policy,
)
from sts_tui.simulation.reach.escalation.created_role import created_role
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import IAM_WRITES, OWN_POLICIES
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.escalation.named_policies import (
    administrator_access,
    limits_what_is_written,
    named_policies,
)
from sts_tui.simulation.reach.escalation.own_limits import Ask, without_own_limits
from sts_tui.simulation.reach.escalation.own_tags import asked_tags, changed_tags
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World

MOST_SOURCES: Final = 50
"""How many principals of one model are searched in the whole graph; the search for one pair has no limit."""
_OF_DENIED: Final = (
    "iam:RemoveUserFromGroup",
    "iam:DeleteGroupPolicy",
    "iam:DetachGroupPolicy",
    "iam:CreatePolicyVersion",
)
"""Actions that can remove a Deny and are not part of a path of `escalation_paths`."""
_JOIN: Final = "iam:AddUserToGroup"
_MOST_GROUPS: Final = 20
"""How many groups of an account a user tries to join."""
_POLICY_ARN: Final = "iam:PolicyARN"
_BOUNDARY: Final = "iam:PermissionsBoundary"
_OF_BOUNDED: Final = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")


def hops_of_changed_principals(
    gained: Iterable[HopGroup],
    granted: Iterable[HopGroup],
    world: World,
    search: DirectHops,
    escalation: Escalation,
) -> Iterator[HopGroup]:
    """The hops that sources gain by changing themselves. `gained`: every path of `escalation`; `granted`:
    those of `granted_hops`.
    """
    given: dict[str, list[HopGroup]] = {}
    for group in granted:
        for one in group.sources:
            given.setdefault(one, []).append(group)
    able = {one: None for group in gained if group.target in group.sources for one in (group.target,)}
    words: dict[object, bool] = {}
    for arn, source in search.sources.by_arn.items():
        known = words.get(source.policy_class)
        if known is None:
            known = words[source.policy_class] = _may_change(source)
        if known:
            able[arn] = None
    by_arn = search.sources.by_arn
    changing = (arn for arn in able if not escalation.writers.is_allowed_everything(by_arn[arn]))
    for arn in islice(changing, MOST_SOURCES):
        found = (*search.leaving(arn), *escalation.leaving(by_arn[arn]), *given.get(arn, ()))
        yield from hops_after_changes(arn, found, world, search)


def hops_after_changes(
    source: str, found: Iterable[HopGroup], world: World, search: DirectHops
) -> Iterator[HopGroup]:
    """The hops that one source gains by changing itself. `found`: the hops that it has without a change."""
    reached = {source, *(group.target for group in found if not group.unknown)}
    for change in own_changes(source, world, search):
        for group in _opened(change, world, search):
            if group.target not in reached:
                reached.update(() if group.unknown else (group.target,))
                yield group


def _may_change(source: Source) -> bool:
    """Whether the text of the source's statements could allow a change that is not in `escalation_paths`."""
    statements = list(statements_in(source))
    wanted = ["iam:CreateRole"]
    if asked_tags(statements):
        wanted += [f"iam:{verb}{noun_of(source.entity)}" for verb in ("Tag", "Untag")]
    if isinstance(source.entity, User):
        wanted.append(_JOIN)
    if any(one.get("Effect") == "Deny" for one in statements):
        wanted += _OF_DENIED
    if source.entity.permissions_boundary is not None:
        wanted += _OF_BOUNDED
    allows = [one for one in statements if one.get("Effect") == "Allow"]
    return any(could_cover(one, action) for one in allows for action in wanted)


def own_changes(source: str, world: World, search: DirectHops) -> Iterator[OwnChange]:
    """The changes that a user or role can make to itself, those that give every permission first."""
    configuration = world.in_force
    narrow = search.narrowed(source)
    known = narrow.sources.by_arn.get(source)
    if known is None:
        return
    escalation = Escalation(world, narrow)
    if escalation.writers.is_allowed_everything(known):
        return  # another change could add nothing
    paths = {one.operation: one for one in escalation.of_itself(known)}

    def ask(action: str, resource: str, keys: RequestKeys) -> str | None:
        return escalation.verdict_on(source, action, resource, dict(keys))

    may_change = _may_change(known)
    if not paths and not may_change:
        return
    yield from _granted(known, configuration, paths, escalation, ask)
    if "SetDefaultPolicyVersion" in paths or known.entity.permissions_boundary is not None:
        yield from _older_versions(known, configuration, escalation)
    yield from _without_boundary(known, configuration, paths, ask)
    yield from _in_further_groups(known, configuration, ask)
    yield from without_own_limits(known.entity, configuration, ask)
    if may_change:
        statements = list(statements_in(known))
        yield from changed_tags(known.entity, asked_tags(statements), configuration, ask)
        yield from created_role(source, statements, world, search, ask)


def _granted(
    source: Source,
    configuration: Configuration,
    paths: Mapping[str, HopGroup],
    escalation: Escalation,
    ask: Ask,
) -> Iterator[OwnChange]:
    """Changes that add every permission, or the policies that a condition on `iam:PolicyARN` allows it to
    attach.
    """
    own = [paths[name] for name in OWN_POLICIES if name in paths]
    full = [one for one in own if not limits_what_is_written(one)]
    if full:
        best = min(full, key=lambda one: (one.unknown, len(one.needs), one.operation))
        copy = with_everything(configuration, source.entity)
        path = next(one for one in IAM_WRITES if one.name == best.operation)
        written = escalation.resource_of(path, source, source.arn)
        change = own_change(source.arn, best.operation, copy, best.unknown, best.needs)
        yield replace(change, written=written)
        return
    for holder in holders_of(source.entity, configuration):
        keys = boundary_keys(holder)
        put, attach = (f"{verb}{noun_of(holder)}Policy" for verb in ("Put", "Attach"))
        if put in paths and (unknown := ask(f"iam:{put}", holder.arn, keys)) is not None:
            change = own_change(source.arn, put, with_everything(configuration, holder), unknown)
            yield replace(change, written=holder.arn, written_with=keys)
        for arn in _attachable(source, configuration) if attach in paths else ():
            request = (*keys, (_POLICY_ARN, arn))
            unknown = ask(f"iam:{attach}", holder.arn, request)
            if unknown is not None:
                copy = with_attached(configuration, holder, arn)
                words = (f"policy {arn.rpartition('/')[2]}",)
                change = own_change(source.arn, attach, copy, unknown, words)
                yield replace(change, written=holder.arn, written_with=request)


def _attachable(source: Source, configuration: Configuration) -> tuple[str, ...]:
    """The policies to try: AWS's policy that allows everything, and those that a condition names."""
    named = named_policies(statements_in(source), _POLICY_ARN, source.account, configuration)
    return (administrator_access(source.arn.split(":")[1]), *named)


def _in_further_groups(source: Source, configuration: Configuration, ask: Ask) -> Iterator[OwnChange]:
    """A user joins a group of its account that allows something, and has its permissions."""
    user = source.entity
    if not isinstance(user, User):
        return
    own = {group.arn for group in groups_of(user, configuration)}
    others = (
        group
        for group in configuration.groups.values()
        if account_of(group.arn) == source.account
        and group.arn not in own
        and (group.group_policy_list or group.attached_managed_policies)
    )
    allowed = ((group, ask(_JOIN, group.arn, ())) for group in islice(others, _MOST_GROUPS))
    for group, unknown in allowed:
        if unknown is not None:
            joined = replace(user, group_list=(*user.group_list, group.group_name))
            words = (f"group {group.group_name}",)
            copy = with_holder(configuration, joined)
            change = own_change(source.arn, _JOIN.partition(":")[2], copy, unknown, words)
            yield replace(change, written=group.arn)


def _without_boundary(
    source: Source, configuration: Configuration, paths: Mapping[str, HopGroup], ask: Ask
) -> Iterator[OwnChange]:
    """Changes that delete its boundary, or replace it by one that a condition on `iam:PermissionsBoundary`
    names.
    """
    of_boundary = [one for name, one in paths.items() if name.endswith("PermissionsBoundary")]
    for path in of_boundary:
        if path.operation.startswith("Delete") or not limits_what_is_written(path):
            copy = with_holder(configuration, replace(source.entity, permissions_boundary=None))
            yield own_change(source.arn, path.operation, copy, path.unknown, path.needs)
            return
    for path in of_boundary:
        for arn in named_policies(statements_in(source), _BOUNDARY, source.account, configuration):
            keys = ((_BOUNDARY, arn),)
            unknown = ask(f"iam:{path.operation}", source.arn, keys)
            if unknown is not None:
                boundary = PermissionsBoundary(permissions_boundary_arn=arn)
                copy = with_holder(configuration, replace(source.entity, permissions_boundary=boundary))
                words = (f"boundary {arn.rpartition('/')[2]}",)
                change = own_change(source.arn, path.operation, copy, unknown, words)
                yield replace(change, written_with=keys)


def _opened(change: OwnChange, world: World, search: DirectHops) -> Iterator[HopGroup]:
    """The hops of the changed principal, as hops of the source."""
    changed = replace(world, in_force=change.configuration)
    after = DirectHops(changed, search.dumped, frozenset({change.acts_as}))
    source = after.sources.by_arn.get(change.acts_as)
    if source is None:
        return
    words = change.operation if change.acts_as == change.source else f"{change.operation}, AssumeRole"
    for group in (*after.leaving(change.acts_as), *Escalation(changed, after).leaving(source)):
        yield replace(
            group,
            sources=(change.source,),
            operation=f"{words}, {group.operation}",
            needs=(*change.needs, *group.needs),
            unknown="; ".join(dict.fromkeys(filter(None, (change.unknown, group.unknown)))),
            written=change.written,
            written_with=change.written_with,
        )


def _older_versions(
    source: Source, configuration: Configuration, escalation: Escalation
) -> Iterator[OwnChange]:
    """One change for each non-default version of its own policies and of its boundary."""
    boundary = source.entity.permissions_boundary
    limits = (boundary.permissions_boundary_arn,) if boundary is not None else ()
    own = (arn for arn in limits if account_of(arn) == source.account)
    for arn in dict.fromkeys((*escalation.policies_of(source.arn), *own)):
        policy = configuration.policies.get(arn)
        allowed = escalation.verdict_on(source.arn, "iam:SetDefaultPolicyVersion", arn, {})
        for version in policy.policy_version_list if policy is not None and allowed is not None else ():
            if policy is None or version.version_id == policy.default_version_id:
                continue
            set_back = replace(policy, default_version_id=version.version_id)
            copy = with_policy(configuration, set_back)
            needs = (f"version {version.version_id} of {policy.policy_name}",)
            change = own_change(source.arn, "SetDefaultPolicyVersion", copy, allowed or "", needs)
            yield replace(change, written=arn)
