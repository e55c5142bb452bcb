"""Who can gain another identity's permissions without assuming it: by writing to IAM or by passing a role?

Each path of `escalation_paths` is evaluated through every policy, for each source that has an Allow for its
actions. `policy_writers` finds who is equivalent to an administrator.

A path sets `iam:PassedToService` to its service. Other values that the caller can choose, such as a Region or
an MFA code, are tried where the path is denied without them (`path_choices`).

<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.format.derivation import has_derived_key
from sts_tui.account.iam_quotas import ACCESS_KEYS_PER_USER, VERSIONS_PER_POLICY
from sts_tui.account.policies.vocabulary import can_apply
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation_paths import (
    PATHS,
    EscalationPath,
    On,
    Permission,
    Target,
)
from sts_tui.simulation.reach.escalation.escalation_targets import EscalationTargets
from sts_tui.simulation.reach.escalation.path_choices import (
    MOST_ALTERNATIVES,
    PathAnswer,
    choices_of_path,
)
from sts_tui.simulation.reach.escalation.permission_resources import PermissionResources
from sts_tui.simulation.reach.escalation.permission_verdicts import (
    EVERY_RESOURCE,
    NO_ACTIONS,
    PermissionVerdicts,
)
from sts_tui.simulation.reach.escalation.policy_writers import PolicyWriters
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

_CONTEXT: Final[Mapping[str, Mapping[str, str]]] = {
    "sts:AssumeRoot": {"sts:TaskPolicyArn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
}
"""Condition keys of one call among several possible ones; of AssumeRoot's task policies, the one that only
reads.
"""
_Asked = tuple[str, str, Mapping[str, str]]
"""Action, resource, and the condition keys that follow from the path."""


class Escalation:
    """The search for paths in one world."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops
        self._targets = EscalationTargets(world, hops)
        self._chosen: dict[tuple[object, ...], PathAnswer | None] = {}
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._resources = PermissionResources(world, hops)
        self.permissions = PermissionVerdicts(world, hops)
        self.writers = PolicyWriters(world, hops, self.permissions, self._resources)

    def groups(self) -> Iterator[HopGroup]:
        """Every path that holds, as hops from the source to the principal whose permissions it gains."""
        sources = list(self._hops.sources.by_arn.values())
        places: dict[frozenset[str], list[int]] = {}
        for place, source in enumerate(sources):
            places.setdefault(self.permissions.covered_actions(source), []).append(place)
        places.pop(NO_ACTIONS, None)
        for path in PATHS:
            found: dict[tuple[str, PathAnswer], list[str]] = {}
            for place in _positions_covering(path, places):
                source = sources[place]
                for gained in self._gained(path, source):
                    found.setdefault(gained, []).append(source.arn)
            for (target, answer), gaining in found.items():
                names = tuple(gaining)
                yield _hop_of(self._tuples.setdefault(names, names), target, path, answer)

    def leaving(self, source: Source) -> Iterator[HopGroup]:
        """The paths of one source, as in `groups`, without those to its own permissions."""
        covered = self.permissions.covered_actions(source)
        for path in PATHS:
            if all(each.action in covered for each in path.permissions):
                for target, answer in self._gained(path, source):
                    if target != source.arn:
                        yield _hop_of((source.arn,), target, path, answer)

    def of_itself(self, source: Source) -> Iterator[HopGroup]:
        """The paths of one source to its own permissions."""
        covered = self.permissions.covered_actions(source)
        for path in PATHS:
            if all(each.action in covered for each in path.permissions):
                for target, answer in self._gained(path, source):
                    if target == source.arn:
                        yield _hop_of((target,), target, path, answer)

    def verdict_on(
        self, source: str, action: str, resource: str, context: Mapping[str, str | tuple[str, ...]]
    ) -> str | None:
        """The verdict on one request of a source (its ARN). Empty: allowed; None: denied; else the fact that
        would decide it. `context`: the condition keys that follow from what the request writes
        (`aws:TagKeys`).
        """
        known = self._hops.sources.by_arn.get(source)
        if known is None:
            return None
        if not context:
            return self.permissions.of(known, action, resource, {})
        keys = {key: value if isinstance(value, str) else list(value) for key, value in context.items()}
        return self.permissions.decide(self._hops.evaluator.caller(known), known, action, resource, keys)

    def policies_of(self, source: str) -> Iterator[str]:
        """ARNs of the customer managed policies that a principal has."""
        return (arn for arn, _ in self._resources.own_policies(source, account_of(source) or ""))

    def _gained(self, path: EscalationPath, source: Source) -> Iterator[tuple[str, PathAnswer]]:
        """Whose permissions a source gains by a path, and what it has to supply."""
        for target in self._targets.of(path, source):
            unknown = self._unknown_of(path, source, target)
            if unknown is not None:
                yield target, PathAnswer((), unknown)
            elif (answer := self._with_choices(path, source, target)) is not None:
                yield target, answer

    def _with_choices(self, path: EscalationPath, source: Source, target: str) -> PathAnswer | None:
        """What the source has to supply for a path that is denied otherwise; None: nothing helps. Evaluated
        once for all sources and targets to which the same policies apply.
        """
        of_user = self._unknown_of_user(path, target) if path.target is Target.USER else ""
        if of_user is None:
            return None
        for asked in self._questions(path, source, target):
            key = tuple(
                self.permissions.equivalence_key(source, *one)
                for alternatives in asked
                for one in alternatives
            )
            if key not in self._chosen:
                caller = self._hops.evaluator.caller(source)
                questions = [
                    [self.permissions.question(caller, source, *one) for one in alternatives]
                    for alternatives in asked
                ]
                self._chosen[key] = choices_of_path(
                    questions, source.entity, self._world.now, self.permissions.count_evaluation
                )
            answer = self._chosen[key]
            if answer is not None:
                return PathAnswer(answer.brought, _joined((path.unknown, of_user, answer.unknown)))
        return None

    def _questions(self, path: EscalationPath, source: Source, target: str) -> Iterator[list[list[_Asked]]]:
        """The possible requests of a path: for each permission, one on each of its resources."""
        if path.permissions[0].on is On.OWN_FULL_POLICY:
            for resource in self._resources.of(On.OWN_FULL_POLICY, source, target):
                yield [[(each.action, resource, {})] for each in path.permissions]
            return
        found = [
            [
                (each.action, resource, _context_of(each, path))
                for resource in islice(self._resources.of(each.on, source, target), MOST_ALTERNATIVES)
                if each.on is not On.EVERYTHING or _can_apply(each.action, resource)
            ]
            for each in path.permissions
        ]
        if all(found):
            yield found

    def _unknown_of(self, path: EscalationPath, source: Source, target: str) -> str | None:
        """Empty: the path holds; None: it does not; else the fact that would decide it."""
        of_user = self._unknown_of_user(path, target) if path.target is Target.USER else ""
        if of_user is None:
            return None
        if path.permissions[0].on is On.OWN_FULL_POLICY:
            return self._unknown_of_full_policy(path, source, target)
        unknown = [path.unknown, of_user]
        for each in path.permissions:
            verdict = self._holds(each, source, target, path)
            if verdict is None:
                return None
            unknown.append(verdict)
        return _joined(unknown)

    def verdict_for(self, caller: CallerIdentity, role_arn: str, operation: str, target: str) -> str | None:
        """The same for a session of a role, whose session policies may deny what the role may do.
        `operation`: the path's name.
        """
        path = next((each for each in PATHS if each.name == operation), None)
        source = self._hops.sources.by_arn.get(role_arn)
        if path is None or source is None:
            return None
        with self.permissions.of_session(caller):
            return self._unknown_of(path, source, target)

    def _unknown_of_full_policy(self, path: EscalationPath, source: Source, target: str) -> str | None:
        """As `_unknown_of`, where every permission is needed on the same policy."""
        best: str | None = None
        for resource in self._resources.of(On.OWN_FULL_POLICY, source, target):
            verdicts = [self.permissions.of(source, each.action, resource, {}) for each in path.permissions]
            if None not in verdicts:
                found = _joined(verdicts)
                best = found if not found or best is None else best
        return best

    def _unknown_of_user(self, path: EscalationPath, arn: str) -> str | None:
        """Whether the user can get what the path makes: at most two access keys, one password. As
        `_unknown_of`.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        """
        user = self._world.in_force.users[arn]
        is_dumped = account_of(arn) in self._hops.dumped
        if path.name.startswith("CreateAccessKey"):
            is_silent = "AccessKeys" not in user.stated or has_derived_key(user)
            holds = len(user.access_keys or ()) < ACCESS_KEYS_PER_USER
            question = f"whether {user.user_name} has fewer than two access keys"
        else:
            has_password = user.login_profile is not None
            is_silent = "LoginProfile" not in user.stated and not has_password
            holds = has_password is (path.name == "UpdateLoginProfile")
            question = f"whether {user.user_name} has a console password"
        return question if is_dumped and is_silent else "" if holds else None

    def resource_of(self, path: EscalationPath, source: Source, target: str) -> str:
        """The first resource on which the path's first permission holds; the target if there is none."""
        first = path.permissions[0]
        context = {"iam:PassedToService": path.service} if first.action == "iam:PassRole" else {}
        resources = list(self._resources.of(first.on, source, target))
        allowed = (
            one for one in resources if self.permissions.of(source, first.action, one, context) is not None
        )
        return next(allowed, resources[0] if resources else target)

    def _holds(self, permission: Permission, source: Source, target: str, path: EscalationPath) -> str | None:
        """As `PermissionVerdicts.of`, on any of the resources that the permission is needed on."""
        context = _context_of(permission, path)
        best: str | None = None
        for resource in self._resources.of(permission.on, source, target):
            if permission.on is On.EVERYTHING and not _can_apply(permission.action, resource):
                continue
            verdict = self.permissions.of(source, permission.action, resource, context)
            if verdict is not None and permission.on is On.OWN_POLICY:
                verdict = _joined((verdict, self._unknown_room(resource)))
            if verdict == "":
                return ""
            best = best or verdict
        return best

    def _unknown_room(self, policy: str) -> str:
        """The open question if no file has the versions of a policy; else empty."""
        known = policy in self._world.in_force.policies
        return "" if known else f"whether {policy} has fewer than {VERSIONS_PER_POLICY} versions"


def _hop_of(sources: tuple[str, ...], target: str, path: EscalationPath, answer: PathAnswer) -> HopGroup:
    return HopGroup(
        sources=sources,
        target=target,
        operation=path.name,
        needs=answer.needs,
        unknown=answer.unknown,
        brought=answer.brought,
    )


def _context_of(permission: Permission, path: EscalationPath) -> Mapping[str, str]:
    """The condition keys that the path itself determines."""
    if permission.action == "iam:PassRole":
        return {"iam:PassedToService": path.service}
    return _CONTEXT.get(permission.action, {})


def _positions_covering(path: EscalationPath, places: Mapping[frozenset[str], Sequence[int]]) -> list[int]:
    """The positions of the sources whose Allows cover every action of a path. `places`: positions by the
    actions that are covered.
    """
    needed = {each.action for each in path.permissions}
    fitting = [found for covered, found in places.items() if needed <= covered]
    return sorted(place for found in fitting for place in found)


@lru_cache(maxsize=4096)
def _can_apply(action: str, resource: str) -> bool:
    """Whether the action works on this type of resource: an Allow on a user's ARN does not permit creating an
    MFA device.
    """
    return resource == EVERY_RESOURCE or can_apply(action, (resource,))


def _joined(unknown: Iterable[str | None]) -> str:
    """The facts that would decide several verdicts, in one text; empty if all of them hold."""
    return "; ".join(dict.fromkeys(filter(None, unknown)))
