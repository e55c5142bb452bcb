"""Who can gain another identity's permissions without assuming it: by writing to IAM or by passing a role?

Each path of `escalation_paths` is evaluated for each source that has any Allow for its actions, through
every policy. A source that can write its own policies, or that is allowed everything already, is equivalent
to an administrator.

Of conditions only those on `iam:PassedToService` are met by what the path is; any other that needs
something of the caller leaves the path out. What is reported is what holds now, without bringing anything.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.entities import User
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.authorizer import Question, prepare
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.policies import boundary_document, groups_of, identity_documents
from sts_tui.simulation.authorization.request_context import HOME_REGION, endpoint_region
from sts_tui.simulation.authorization.trusted_principals import trusted_services
from sts_tui.simulation.reach.assume_rights import (
    could_cover,
    listed,
    mentions_caller,
    mentions_resource,
    statements_of,
)
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation_paths import PATHS, EscalationPath, On, Permission, Target
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World

_EVERYTHING: Final = "*"
_OF_AN_ADMINISTRATOR: Final = (
    "iam:CreateUser",
    "iam:CreatePolicy",
    "ec2:RunInstances",
    "kms:CreateKey",
    "s3:CreateBucket",
)
"""Asked on every resource: where a boundary or SCP denies one of these, the source is no administrator."""


class Relevance(Struct, frozen=True):
    """What policies could say about one action."""

    is_possible: bool
    depends_on_caller: bool
    depends_on_resource: bool


class Escalation:
    """The search for paths; one for each look at a world."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops
        self._allowed: dict[tuple[object, ...], bool] = {}
        self._relevances: dict[tuple[object, ...], Relevance] = {}
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.evaluations = 0

    def groups(self) -> Iterator[HopGroup]:
        """Every path that holds, as hops: from the source to whose permissions it gains."""
        for path in PATHS:
            found: dict[str, list[str]] = {}
            for source in self._hops.sources.by_arn.values():
                if all(self._relevance(source, each.action).is_possible for each in path.permissions):
                    for target in self._targets(path, source):
                        if all(self._holds(each, source, target, path) for each in path.permissions):
                            found.setdefault(target, []).append(source.arn)
            for target, sources in found.items():
                names = tuple(sources)
                yield HopGroup(
                    sources=self._tuples.setdefault(names, names),
                    target=target,
                    operation=path.name,
                    unknown=path.unknown,
                )

    def administrators(self) -> Iterator[str]:
        """ARNs of the sources that are allowed everything or can write their own policies."""
        own = {source for group in self.groups() if group.target in group.sources for source in group.sources}
        for source in self._hops.sources.by_arn.values():
            if source.arn in own or self._is_allowed_everything(source):
                yield source.arn

    def _is_allowed_everything(self, source: Source) -> bool:
        """Whether an Allow covers everything and no other policy takes away what administrators do."""
        return any(
            each.get("Effect") == "Allow"
            and each.get("Action") in ("*", ["*"])
            and each.get("Resource") in ("*", ["*"])
            and "Condition" not in each
            for each in self._statements(source)
        ) and all(self._is_allowed(source, action, _EVERYTHING, {}) for action in _OF_AN_ADMINISTRATOR)

    # --- whose permissions a path could gain ---

    def _targets(self, path: EscalationPath, source: Source) -> Iterator[str]:
        match path.target:
            case Target.ITSELF:
                yield from _itself(path, source)
            case Target.BOUNDED_ITSELF:
                if source.entity.permissions_boundary is not None:
                    yield from _itself(path, source)
            case Target.GROUP:
                yield from self._other_groups(source)
            case Target.ROLE:
                yield from (arn for arn in self._roles.get(source.account, ()) if arn != source.arn)
            case Target.USER:
                yield from (arn for arn in self._users.get(source.account, ()) if arn != source.arn)
            case Target.ROLE_OF_SERVICE:
                yield from self._roles_of_service.get((source.account, path.service), ())
            case Target.ROLE_OF_PROVIDER:
                yield from self._roles_of_provider.get(source.account, ())

    def _other_groups(self, source: Source) -> Iterator[str]:
        """The groups of a user's account that it is not a member of."""
        if isinstance(source.entity, User):
            own = {group.arn for group in groups_of(source.entity, self._world.in_force)}
            yield from (arn for arn in self._groups.get(source.account, ()) if arn not in own)

    @cached_property
    def _groups(self) -> Mapping[str, list[str]]:
        return _by_account(self._world.in_force.groups)

    @cached_property
    def _roles(self) -> Mapping[str, list[str]]:
        """Roles whose trust policy can be edited, by account."""
        roles = self._world.in_force.roles.values()
        return _by_account(role.arn for role in roles if not role.is_service_linked)

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        return _by_account(self._world.in_force.users)

    @cached_property
    def _roles_of_service(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for role in self._world.in_force.roles.values():
            if not role.is_service_linked:
                for service in trusted_services(role):
                    found.setdefault((account_of(role.arn) or "", service), []).append(role.arn)
        return found

    @cached_property
    def _roles_of_provider(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for arn, trust in self._hops.trusts.items():
            if any(":saml-provider/" in name for name in trust.federated):
                found.setdefault(account_of(arn) or "", []).append(arn)
        return found

    # --- whether it has the permissions ---

    def _holds(self, permission: Permission, source: Source, target: str, path: EscalationPath) -> bool:
        context = {"iam:PassedToService": path.service} if permission.action == "iam:PassRole" else {}
        return any(
            self._is_allowed(source, permission.action, resource, context)
            for resource in self._resources(permission.on, source, target)
        )

    def _resources(self, on: On, source: Source, target: str) -> Iterator[str]:
        configuration = self._world.in_force
        match on:
            case On.TARGET:
                yield target
            case On.ITSELF:
                yield source.arn
            case On.EVERYTHING:
                yield _EVERYTHING
                # A service's action limited to some resources still runs there.
                yield from (each for each in self._named_resources(source) if each != _EVERYTHING)
            case On.OWN_GROUP:
                if isinstance(source.entity, User):
                    yield from (group.arn for group in groups_of(source.entity, configuration))
            case On.OWN_POLICY:
                for each in identity_documents(source.arn, configuration):
                    if each.arn and account_of(each.arn) == source.account:
                        yield each.arn
            case On.PROVIDER:
                yield from self._hops.trusts[target].federated

    def _named_resources(self, source: Source) -> Iterator[str]:
        """Resources that the source's own Allows name, with an example for each wildcard."""
        for statement in self._statements(source):
            if statement.get("Effect") == "Allow":
                for resource in map(str, listed(statement.get("Resource"))):
                    if "${" not in resource:
                        yield resource.replace("*", "any").replace("?", "x") if resource != "*" else resource

    def _statements(self, source: Source) -> Iterator[Mapping[str, object]]:
        for each in identity_documents(source.arn, self._world.in_force):
            if each.written is not None:
                yield from statements_of(each.written.document)

    def _relevance(self, source: Source, action: str) -> Relevance:
        """What the policies of a source say about an action, by their text; once for each set of policies."""
        key = (source.policy_class, action)
        found = self._relevances.get(key)
        if found is None:
            own = [each for each in self._statements(source) if could_cover(each, action)]
            restricting = [each for each in self._restricting(source) if could_cover(each, action)]
            found = self._relevances[key] = Relevance(
                is_possible=any(each.get("Effect") == "Allow" for each in own),
                depends_on_caller=any(map(mentions_caller, (*own, *restricting))),
                depends_on_resource=any(map(mentions_resource, (*own, *restricting))),
            )
        return found

    def _restricting(self, source: Source) -> Iterator[Mapping[str, object]]:
        """The statements of its boundary and of the SCPs over its account."""
        configuration = self._world.in_force
        if (boundary := boundary_document(source.arn, configuration)) and boundary.written:
            yield from statements_of(boundary.written.document)
        for level in levels_of(source.account, configuration):
            for policy in level.service_control_policies:
                yield from statements_of(policy.document.document)

    def _is_allowed(self, source: Source, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Through every policy, once for all sources to whom the same policies apply."""
        relevance = self._relevance(source, action)
        key = (
            source.arn if relevance.depends_on_caller else source.policy_class,
            action,
            resource if relevance.depends_on_resource else _EVERYTHING,
            tuple(context.values()),
        )
        found = self._allowed.get(key)
        if found is None:
            self.evaluations += 1
            question = Question(
                edition=self._world.in_force.edition,
                configuration=self._world.in_force,
                settings=self._world.settings,
                caller=self._hops.caller(source),
                action=action,
                resource=resource,
                resource_account=source.account,
                region=endpoint_region(resource, HOME_REGION),
                operation_context=context,
            )
            decision = prepare(question).decide(self._world.now)
            found = self._allowed[key] = decision.outcome is Outcome.ALLOWED
        return found


def _itself(path: EscalationPath, source: Source) -> Iterator[str]:
    """The source, where the path's actions are for its kind: users' actions for users, roles' for roles."""
    other = "Role" if isinstance(source.entity, User) else "User"
    if not any(other in each.action for each in path.permissions):
        yield source.arn


def _by_account(arns: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for arn in arns:
        found.setdefault(account_of(arn) or "", []).append(arn)
    return found
