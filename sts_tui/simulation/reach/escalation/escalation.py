"""Who can gain another identity's permissions without assuming it: by writing to IAM or by passing a role?

Each path of `escalation_paths` is evaluated for each source that has any Allow for its actions, through
every policy. A source that can write its own policies, or that is allowed everything already, is equivalent
to an administrator.

Conditions on `iam:PassedToService` are met by what the path is. What else the caller can choose, such as a
Region or an MFA code, is tried where the path is denied without it (`path_choices`).

<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.entities import User
from sts_tui.account.format.derivation import has_derived_key
from sts_tui.account.iam_quotas import ACCESS_KEYS_PER_USER, VERSIONS_PER_POLICY
from sts_tui.account.json_value import JsonObject
from sts_tui.account.policies.vocabulary import can_apply
from sts_tui.simulation.authorization.authorizer import Question, prepare
from sts_tui.simulation.authorization.policies import groups_of, identity_documents
from sts_tui.simulation.authorization.request_context import HOME_REGION, endpoint_region
from sts_tui.simulation.reach.assume_rights import listed, may_cover
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation_paths import (
    OWN_POLICIES,
    PATHS,
    EscalationPath,
    On,
    Permission,
    Target,
)
from sts_tui.simulation.reach.escalation.escalation_targets import EscalationTargets, statements_in
from sts_tui.simulation.reach.escalation.named_policies import limits_what_is_written
from sts_tui.simulation.reach.escalation.path_choices import (
    MOST_ALTERNATIVES,
    PathAnswer,
    choices_of_path,
)
from sts_tui.simulation.reach.escalation.relevance import Relevances
from sts_tui.simulation.reach.evaluated_hop import verdict_of
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

_EVERYTHING: Final = "*"
_CONTEXT: Final[Mapping[str, Mapping[str, str]]] = {
    "sts:AssumeRoot": {"sts:TaskPolicyArn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
}
"""Keys of a call that is one of several; the example reads most, and changes least."""
_OF_AN_ADMINISTRATOR: Final = (
    "iam:CreateUser",
    "iam:CreatePolicy",
    "ec2:RunInstances",
    "kms:CreateKey",
    "s3:CreateBucket",
)
"""Asked on every resource: where a boundary or SCP denies one of these, the source is no administrator."""
_ACTIONS: Final = frozenset(permission.action for path in PATHS for permission in path.permissions)
_ROLE_WRITES: Final = frozenset(("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"))
_Asked = tuple[str, str, Mapping[str, str]]
"""Action, resource, and the condition keys that follow from the path."""
_NONE: Final[frozenset[str]] = frozenset()
"""Access keys of one user."""


class Escalation:
    """The search for paths; one for each look at a world."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops
        self._targets = EscalationTargets(world, hops)
        self._verdicts: dict[tuple[object, ...], str | None] = {}
        self._chosen: dict[tuple[object, ...], PathAnswer | None] = {}
        self._covered: dict[object, frozenset[str]] = {}
        self._relevances = Relevances(world)
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._asking: CallerIdentity | None = None
        """A session that is asked about in place of its role; its verdicts are not kept."""
        self.evaluations = 0

    def groups(self) -> Iterator[HopGroup]:
        """Every path that holds, as hops: from the source to whose permissions it gains."""
        sources = list(self._hops.sources.by_arn.values())
        places: dict[frozenset[str], list[int]] = {}
        for place, source in enumerate(sources):
            places.setdefault(self._covered_actions(source), []).append(place)
        places.pop(_NONE, None)
        for path in PATHS:
            found: dict[tuple[str, PathAnswer], list[str]] = {}
            for place in _that_cover(path, places):
                source = sources[place]
                for gained in self._gained(path, source):
                    found.setdefault(gained, []).append(source.arn)
            for (target, answer), gaining in found.items():
                names = tuple(gaining)
                yield _hop_of(self._tuples.setdefault(names, names), target, path, answer)

    def leaving(self, source: Source) -> Iterator[HopGroup]:
        """The paths of one source, as `groups` has them, but those to its own permissions."""
        covered = self._covered_actions(source)
        for path in PATHS:
            if all(each.action in covered for each in path.permissions):
                for target, answer in self._gained(path, source):
                    if target != source.arn:
                        yield _hop_of((source.arn,), target, path, answer)

    def of_itself(self, source: Source) -> Iterator[HopGroup]:
        """The paths of one source to its own permissions."""
        covered = self._covered_actions(source)
        for path in PATHS:
            if all(each.action in covered for each in path.permissions):
                for target, answer in self._gained(path, source):
                    if target == source.arn:
                        yield _hop_of((target,), target, path, answer)

    def verdict_on(
        self, source: str, action: str, resource: str, context: Mapping[str, str | tuple[str, ...]]
    ) -> str | None:
        """Whether a source (its ARN) may do this: empty: yes; None: no; else what would settle it. `context`:
        the condition keys that follow from what the request writes (`aws:TagKeys`).
        """
        known = self._hops.sources.by_arn.get(source)
        if known is None:
            return None
        if not context:
            return self._verdict(known, action, resource, {})
        keys = {key: value if isinstance(value, str) else list(value) for key, value in context.items()}
        return self._decided(self._hops.evaluator.caller(known), known, action, resource, keys)

    def policies_of(self, source: str) -> Iterator[str]:
        """ARNs of the customer managed policies that a principal has."""
        return (arn for arn, _ in self._own_policies(source, account_of(source) or ""))

    def _gained(self, path: EscalationPath, source: Source) -> Iterator[tuple[str, PathAnswer]]:
        """Whose permissions a source gains by a path, and with what."""
        for target in self._targets.of(path, source):
            unknown = self._unknown_of(path, source, target)
            if unknown is not None:
                yield target, PathAnswer((), unknown)
            elif (answer := self._with_choices(path, source, target)) is not None:
                yield target, answer

    def _with_choices(self, path: EscalationPath, source: Source, target: str) -> PathAnswer | None:
        """With what a path holds that is denied without; None: with nothing. Once for all sources and targets
        to which the same policies apply.
        """
        of_user = self._unknown_of_user(path, target) if path.target is Target.USER else ""
        if of_user is None:
            return None
        for asked in self._questions(path, source, target):
            key = tuple(self._place(source, *one) for alternatives in asked for one in alternatives)
            if key not in self._chosen:
                caller = self._hops.evaluator.caller(source)
                questions = [
                    [self._question(caller, source, *one) for one in alternatives] for alternatives in asked
                ]
                self._chosen[key] = choices_of_path(questions, source.entity, self._world.now, self._count)
            answer = self._chosen[key]
            if answer is not None:
                return PathAnswer(answer.brought, _joined((path.unknown, of_user, answer.unknown)))
        return None

    def _questions(self, path: EscalationPath, source: Source, target: str) -> Iterator[list[list[_Asked]]]:
        """The ways to make a path: for each permission what is asked, on each of its resources."""
        if path.permissions[0].on is On.OWN_FULL_POLICY:
            for resource in self._resources(On.OWN_FULL_POLICY, source, target):
                yield [[(each.action, resource, {})] for each in path.permissions]
            return
        found = [
            [
                (each.action, resource, _context_of(each, path))
                for resource in islice(self._resources(each.on, source, target), MOST_ALTERNATIVES)
                if each.on is not On.EVERYTHING or _can_apply(each.action, resource)
            ]
            for each in path.permissions
        ]
        if all(found):
            yield found

    def _count(self) -> None:
        self.evaluations += 1

    def _covered_actions(self, source: Source) -> frozenset[str]:
        """The actions of the paths that the text of an Allow could cover."""
        key = source.policy_class
        found = self._covered.get(key)
        if found is None:
            found = _NONE
            for statement in statements_in(source):
                if statement.get("Effect") == "Allow":
                    found = found | _covered_by(statement)
            self._covered[key] = found
        return found

    def _unknown_of(self, path: EscalationPath, source: Source, target: str) -> str | None:
        """What would settle the path; empty: it holds; None: it does not."""
        of_user = self._unknown_of_user(path, target) if path.target is Target.USER else ""
        if of_user is None:
            return None
        if path.permissions[0].on is On.OWN_FULL_POLICY:
            return self._makes_room(path, source, target)
        unknown = [path.unknown, of_user]
        for each in path.permissions:
            verdict = self._holds(each, source, target, path)
            if verdict is None:
                return None
            unknown.append(verdict)
        return _joined(unknown)

    def verdict_for(self, caller: CallerIdentity, role_arn: str, operation: str, target: str) -> str | None:
        """What would settle a path of a role for this session of it, whose session policies may take it away;
        empty: it holds; None: it does not.
        """
        path = next((each for each in PATHS if each.name == operation), None)
        source = self._hops.sources.by_arn.get(role_arn)
        if path is None or source is None:
            return None
        self._asking = caller
        try:
            return self._unknown_of(path, source, target)
        finally:
            self._asking = None

    def _makes_room(self, path: EscalationPath, source: Source, target: str) -> str | None:
        """As `_unknown_of`, where every permission is needed on the same policy."""
        best: str | None = None
        for resource in self._resources(On.OWN_FULL_POLICY, source, target):
            verdicts = [self._verdict(source, each.action, resource, {}) for each in path.permissions]
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

    def administrators(self, groups: Iterable[HopGroup] | None = None) -> Iterator[str]:
        """ARNs of the sources that are allowed everything or can write their own policies; `groups`: all of
        `groups()`, where they are known.
        """
        own = {
            source
            for group in (self.groups() if groups is None else groups)
            if group.target in group.sources
            and group.operation in OWN_POLICIES
            and not group.unknown
            and not limits_what_is_written(group)
            for source in group.sources
        }
        for source in self._hops.sources.by_arn.values():
            if source.arn in own or self.is_allowed_everything(source):
                yield source.arn

    def is_allowed_everything(self, source: Source) -> bool:
        """Whether an Allow covers everything and no other policy denies what administrators do."""
        return (
            self._covered_actions(source) == _ACTIONS
            and any(
                each.get("Effect") == "Allow"
                and each.get("Action") in ("*", ["*"])
                and each.get("Resource") in ("*", ["*"])
                and "Condition" not in each
                for each in statements_in(source)
            )
            and all(self._verdict(source, action, _EVERYTHING, {}) == "" for action in _OF_AN_ADMINISTRATOR)
        )

    def writes_policies_of(self, source: str, role_arn: str) -> bool:
        """Whether a source (its ARN) can write any policy into a role."""
        return self.write_into(source, role_arn) is not None

    def write_into(self, source: str, principal: str) -> tuple[str, str] | None:
        """By which operations a source writes any policy into a user or role (ARNs), and the ARN that these
        concern: (`PutUserPolicy`, the user), (`CreatePolicyVersion`, a policy of it). None where it cannot.
        """
        known = self._hops.sources.by_arn.get(source) or self._hops.narrowed(source).sources.by_arn.get(
            source
        )
        if known is None or account_of(source) != account_of(principal):
            return None
        covered = self._covered_actions(known)
        for actions, resource in self._policy_writes(principal):
            if covered.issuperset(actions) and all(
                self._verdict(known, action, resource, {}) == "" for action in actions
            ):
                return ", ".join(action.partition(":")[2] for action in actions), resource
        return None

    def _policy_writes(self, principal: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The calls that together write any policy into a user or role, with their resource."""
        kind = "User" if principal in self._world.in_force.users else "Role"
        yield from (((f"iam:{verb}{kind}Policy",), principal) for verb in ("Put", "Attach"))
        for each, versions in self._own_policies(principal, account_of(principal) or ""):
            if versions is not None:
                is_full = versions >= VERSIONS_PER_POLICY
                yield (*(("iam:DeletePolicyVersion",) if is_full else ()), "iam:CreatePolicyVersion"), each

    def resource_of(self, path: EscalationPath, source: Source, target: str) -> str:
        """The resource on which the first permission of a path holds; the target where there is none."""
        first = path.permissions[0]
        context = {"iam:PassedToService": path.service} if first.action == "iam:PassRole" else {}
        resources = list(self._resources(first.on, source, target))
        allowed = (one for one in resources if self._verdict(source, first.action, one, context) is not None)
        return next(allowed, resources[0] if resources else target)

    def may_write_policies(self, source: str) -> bool:
        """Whether the text of a source's Allows covers writing any policy into some role."""
        known = self._hops.sources.by_arn.get(source)
        return known is not None and not _ROLE_WRITES.isdisjoint(self._covered_actions(known))

    # --- whether it has the permissions ---

    def _holds(self, permission: Permission, source: Source, target: str, path: EscalationPath) -> str | None:
        """As `_verdict`, on any of the resources that the permission is needed on."""
        context = _context_of(permission, path)
        best: str | None = None
        for resource in self._resources(permission.on, source, target):
            if permission.on is On.EVERYTHING and not _can_apply(permission.action, resource):
                continue
            verdict = self._verdict(source, permission.action, resource, context)
            if verdict is not None and permission.on is On.OWN_POLICY:
                verdict = _joined((verdict, self._unknown_room(resource)))
            if verdict == "":
                return ""
            best = best or verdict
        return best

    def _unknown_room(self, policy: str) -> str:
        """A question where no file has the versions of a policy."""
        known = policy in self._world.in_force.policies
        return "" if known else f"whether {policy} has fewer than {VERSIONS_PER_POLICY} versions"

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
            case On.OWN_POLICY | On.OWN_FULL_POLICY | On.OWN_OLDER_POLICY:
                for policy, versions in self._own_policies(source.arn, source.account):
                    if _is_meant(on, versions):
                        yield policy
            case On.PROVIDER:
                yield from self._hops.trusts[target].federated

    def _own_policies(self, arn: str, account: str) -> Iterator[tuple[str, int | None]]:
        """The customer managed policies of a principal, with the number of versions; None: no file has it."""
        policies = self._world.in_force.policies
        for each in identity_documents(arn, self._world.in_force):
            if each.arn and account_of(each.arn) == account:
                policy = policies.get(each.arn)
                yield each.arn, len(policy.policy_version_list) if policy else None

    def _named_resources(self, source: Source) -> Iterator[str]:
        """Resources that the source's own Allows name, with an example for each wildcard."""
        for statement in statements_in(source):
            if statement.get("Effect") == "Allow":
                for resource in map(str, listed(statement.get("Resource"))):
                    if "${" not in resource:
                        yield resource.replace("*", "any").replace("?", "x") if resource != "*" else resource

    def _verdict(self, source: Source, action: str, resource: str, context: Mapping[str, str]) -> str | None:
        """Empty: allowed through every policy; None: denied; else what would settle it. Once for all sources
        to whom the same policies apply.
        """
        if self._asking is not None:
            return self._decided(self._asking, source, action, resource, context)
        key = self._place(source, action, resource, context)
        if key not in self._verdicts:
            caller = self._hops.evaluator.caller(source)
            self._verdicts[key] = self._decided(caller, source, action, resource, context)
        return self._verdicts[key]

    def _place(
        self, source: Source, action: str, resource: str, context: Mapping[str, str]
    ) -> tuple[object, ...]:
        """Equal for questions to which the same policies give the same answer."""
        relevance = self._relevances.of(source, action)
        return (
            source.arn if relevance.depends_on_caller else source.policy_class,
            action,
            resource if relevance.depends_on_resource else _EVERYTHING,
            tuple(context.values()),
        )

    def _decided(
        self, caller: CallerIdentity, source: Source, action: str, resource: str, context: JsonObject
    ) -> str | None:
        self.evaluations += 1
        question = self._question(caller, source, action, resource, context)
        return verdict_of(prepare(question).decide(self._world.now))

    def _question(
        self, caller: CallerIdentity, source: Source, action: str, resource: str, context: JsonObject
    ) -> Question:
        return Question(
            edition=self._world.in_force.edition,
            configuration=self._world.in_force,
            settings=self._world.settings,
            caller=caller,
            action=action,
            resource=resource,
            resource_account=source.account,
            region=endpoint_region(resource, HOME_REGION),
            operation_context=context,
        )


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
    """The condition keys that follow from what the path is."""
    if permission.action == "iam:PassRole":
        return {"iam:PassedToService": path.service}
    return _CONTEXT.get(permission.action, {})


def _that_cover(path: EscalationPath, places: Mapping[frozenset[str], Sequence[int]]) -> list[int]:
    """The places of the sources whose Allows cover every action of a path; `places` has them by what they
    cover.
    """
    needed = {each.action for each in path.permissions}
    fitting = [found for covered, found in places.items() if needed <= covered]
    return sorted(place for found in fitting for place in found)


def _covered_by(statement: Mapping[str, object]) -> frozenset[str]:
    """The actions of the paths that a statement could cover. Errs on the side of more."""
    if "NotAction" in statement:
        return _ACTIONS
    found = _NONE
    for pattern in listed(statement.get("Action")):
        if covered := _covered_by_pattern(str(pattern)):
            found = found | covered
    return found


@lru_cache(maxsize=16_384)
def _covered_by_pattern(pattern: str) -> frozenset[str]:
    return frozenset(each for each in _ACTIONS if may_cover(pattern, each.lower()))


@lru_cache(maxsize=4096)
def _can_apply(action: str, resource: str) -> bool:
    """Whether the action works on such a resource at all: an Allow on a user's ARN creates no MFA device."""
    return resource == _EVERYTHING or can_apply(action, (resource,))


def _joined(unknown: Iterable[str | None]) -> str:
    """What would settle several verdicts; empty where all of them hold."""
    return "; ".join(dict.fromkeys(filter(None, unknown)))


def _is_meant(on: On, versions: int | None) -> bool:
    """Whether a policy with so many versions is one of these; None: no file has it, so it may have room."""
    if on is On.OWN_POLICY:
        return versions is None or versions < VERSIONS_PER_POLICY
    return versions is not None and versions >= (2 if on is On.OWN_OLDER_POLICY else VERSIONS_PER_POLICY)
