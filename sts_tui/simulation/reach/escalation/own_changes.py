"""Where can a principal go after it changed itself? It writes its own policies, takes its boundary away, sets
an older version of a policy, tags itself, or creates a role with every permission.

`escalation` finds who can do that. What it opens is not read off a list: the change is made in a copy of the
configuration, and the hops of the changed principal are searched there, so that boundaries, SCPs and trust
policies count. A hop that it has without the change is left out.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, ManagedPolicy, Role, Tag, User
from sts_tui.account.json_value import Json
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.reach.assume_rights import could_cover, listed
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import OWN_POLICIES
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.world import World

_NAME: Final = "reach"
_EVERYTHING: Final = WrittenPolicy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
MOST_SOURCES: Final = 50
"""Principals of one model whose changes are followed in the whole graph; a pair has no such limit."""
_PRINCIPAL_TAG: Final = "aws:principaltag/"

_Principal: TypeAlias = User | Role
_V = TypeVar("_V")


class OwnChange(Struct, frozen=True, kw_only=True):
    """A change that a principal can make to itself."""

    source: str
    operation: str
    """`CreatePolicyVersion`, `CreateRole, PutRolePolicy`."""
    written: str
    """ARN that the first operation writes."""
    configuration: Configuration
    """With the change made."""
    acts_as: str
    """ARN of the source; of the role that it creates."""
    unknown: str = ""
    needs: tuple[str, ...] = ()


def hops_of_the_changed(
    gained: Iterable[HopGroup],
    granted: Iterable[HopGroup],
    world: World,
    search: DirectHops,
    escalation: Escalation,
) -> Iterator[HopGroup]:
    """The hops that changes to themselves open to all sources. `gained`: every path of `escalation`;
    `granted`: those of `granted_hops`.
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
            known = words[source.policy_class] = _may_tag_or_create(list(statements_in(source)))
        if known:
            able[arn] = None
    by_arn = search.sources.by_arn
    changing = (arn for arn in able if not escalation.is_allowed_everything(by_arn[arn]))
    for arn in islice(changing, MOST_SOURCES):
        found = (*search.leaving(arn), *escalation.leaving(by_arn[arn]), *given.get(arn, ()))
        yield from hops_after_changes(arn, found, world, search)


def hops_after_changes(
    source: str, found: Iterable[HopGroup], world: World, search: DirectHops
) -> Iterator[HopGroup]:
    """The hops that the changes of one source open. `found`: those that it has without."""
    reached = {source, *(group.target for group in found if not group.unknown)}
    for change in own_changes(source, world, search):
        for group in _opened(change, world, search):
            if group.target not in reached:
                reached.update(() if group.unknown else (group.target,))
                yield group


def _may_tag_or_create(statements: Sequence[Mapping[str, object]]) -> bool:
    """Whether the text of its statements could let it tag itself for a condition, or create a role."""
    tags = _asked_tags(statements)
    wanted = [*(("iam:TagUser", "iam:TagRole") if tags else ()), "iam:CreateRole"]
    allows = [one for one in statements if one.get("Effect") == "Allow"]
    return any(could_cover(one, action) for one in allows for action in wanted)


def own_changes(source: str, world: World, search: DirectHops) -> Iterator[OwnChange]:
    """What a user or role can do to itself, the whole of its permissions first."""
    configuration = world.in_force
    entity: _Principal | None = configuration.users.get(source) or configuration.roles.get(source)
    narrow = search.narrowed(source)
    known = narrow.sources.by_arn.get(source)
    if entity is None or known is None:
        return
    escalation = Escalation(world, narrow)
    if escalation.is_allowed_everything(known):
        return  # nothing that it could add
    paths = {one.operation: one.unknown for one in escalation.of_itself(known)}
    full = sorted((paths[name], name) for name in OWN_POLICIES if name in paths)
    if full:
        unknown, name = full[0]
        copy = _with_entity(configuration, _with_inline(entity, _EVERYTHING))
        yield _change(source, name, copy, unknown)
    if "SetDefaultPolicyVersion" in paths:
        yield from _older_versions(source, configuration, escalation)
    boundary = next((name for name in paths if name.endswith("PermissionsBoundary")), "")
    if boundary:
        copy = _with_entity(configuration, replace(entity, permissions_boundary=None))
        yield _change(source, boundary, copy, paths[boundary])
    statements = list(statements_in(known))
    tags = _asked_tags(statements)
    kind = "User" if isinstance(entity, User) else "Role"
    if tags and escalation.verdict_on(source, f"iam:Tag{kind}", source) == "":
        kept = [one for one in entity.tags if one.key.lower() not in tags]
        tagged = replace(entity, tags=(*kept, *(Tag(key=key, value=value) for key, value in tags.values())))
        words = tuple(f"aws:PrincipalTag/{key}={value}" for key, value in tags.values())
        yield _change(source, f"Tag{kind}", _with_entity(configuration, tagged), needs=words)
    if _may_tag_or_create(statements):
        yield from _created_role(source, configuration, escalation, statements)


def _opened(change: OwnChange, world: World, search: DirectHops) -> Iterator[HopGroup]:
    """The hops of the changed principal, as the source's."""
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
        )


def _change(
    source: str, operation: str, copy: Configuration, unknown: str = "", needs: tuple[str, ...] = ()
) -> OwnChange:
    return OwnChange(
        source=source,
        operation=operation,
        written=source,
        configuration=copy,
        acts_as=source,
        unknown=unknown,
        needs=needs,
    )


def _older_versions(source: str, configuration: Configuration, escalation: Escalation) -> Iterator[OwnChange]:
    """One change for each version of a policy of its own that is not the default one."""
    for arn in escalation.policies_of(source):
        policy = configuration.policies.get(arn)
        allowed = escalation.verdict_on(source, "iam:SetDefaultPolicyVersion", arn)
        for version in policy.policy_version_list if policy is not None and allowed is not None else ():
            if policy is None or version.version_id == policy.default_version_id:
                continue
            set_back: ManagedPolicy = replace(policy, default_version_id=version.version_id)
            policies = _updated(configuration.policies, arn, set_back)
            copy = replace(configuration, policies=policies)
            needs = (f"version {version.version_id} of {policy.policy_name}",)
            change = _change(source, "SetDefaultPolicyVersion", copy, allowed or "", needs)
            yield replace(change, written=arn)


def _created_role(
    source: str,
    configuration: Configuration,
    escalation: Escalation,
    statements: Iterable[Mapping[str, object]],
) -> Iterator[OwnChange]:
    """A new role that trusts the source and may do everything that SCPs leave."""
    account = account_of(source) or ""
    template = next((one for one in configuration.roles.values() if account_of(one.arn) == account), None)
    partition = source.split(":")[1]
    named = (str(each) for one in statements for each in listed(one.get("Resource")))
    names = [one.replace("*", "any").replace("?", "x") for one in named if ":role/" in one and "$" not in one]
    for arn in dict.fromkeys([f"arn:{partition}:iam::{account}:role/any", *names]):
        if template is None or arn in configuration.roles:
            continue
        writes = ("iam:PutRolePolicy", "iam:AttachRolePolicy")
        write = next((one for one in writes if escalation.verdict_on(source, one, arn) == ""), "")
        if not write or escalation.verdict_on(source, "iam:CreateRole", arn) != "":
            continue
        trust: dict[str, Json] = {"Effect": "Allow", "Principal": {"AWS": source}, "Action": "sts:AssumeRole"}
        role = replace(
            template,
            arn=arn,
            role_name=arn.rpartition("/")[2],
            tags=(),
            permissions_boundary=None,
            attached_managed_policies=(),
            role_policy_list=(InlinePolicy(policy_name=_NAME, policy_document=_EVERYTHING),),
            assume_role_policy_document=WrittenPolicy({"Version": "2012-10-17", "Statement": [trust]}),
        )
        operation = f"CreateRole, {write.partition(':')[2]}"
        change = _change(source, operation, _with_entity(configuration, role))
        yield replace(change, acts_as=arn, written=arn)
        return


def _asked_tags(statements: Iterable[Mapping[str, object]]) -> dict[str, tuple[str, str]]:
    """The tags of itself that its Allow statements ask for, by the key in lower case: (key, value)."""
    found: dict[str, tuple[str, str]] = {}
    for statement in statements:
        condition = statement.get("Condition")
        if statement.get("Effect") != "Allow" or not isinstance(condition, Mapping):
            continue
        for operator, asked in condition.items():
            if not str(operator).startswith(("StringEquals", "StringLike")) or not isinstance(asked, Mapping):
                continue
            for key, values in asked.items():
                first = next(islice(map(str, listed(values)), 1), "")
                if str(key).lower().startswith(_PRINCIPAL_TAG) and "${" not in first:
                    name = str(key).partition("/")[2]
                    found.setdefault(name.lower(), (name, first.replace("*", "any").replace("?", "x")))
    return found


def _with_inline(entity: _Principal, document: WrittenPolicy) -> _Principal:
    inline = InlinePolicy(policy_name=_NAME, policy_document=document)
    if isinstance(entity, User):
        return replace(entity, user_policy_list=(*entity.user_policy_list, inline))
    return replace(entity, role_policy_list=(*entity.role_policy_list, inline))


def _with_entity(configuration: Configuration, entity: _Principal) -> Configuration:
    if isinstance(entity, User):
        return replace(configuration, users=_updated(configuration.users, entity.arn, entity))
    return replace(configuration, roles=_updated(configuration.roles, entity.arn, entity))


def _updated(table: Mapping[str, _V], arn: str, entity: _V) -> PersistentMap[str, _V]:
    whole = table if isinstance(table, PersistentMap) else PersistentMap(table)
    return whole.updated({arn: entity})
