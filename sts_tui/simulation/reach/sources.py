"""Who can begin a hop, and which principals have policies that may name a given role? The index of both.

Principals with the same policies, account and guardrails form one class: the engine's answer for one of them
holds for all, unless a policy tests who exactly is calling.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role, User
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import PolicyDocument, PolicyType
from sts_tui.iam.match import Statement
from sts_tui.iam.settings import evaluation_part
from sts_tui.simulation.authorization.policies import (
    boundary_document,
    identity_documents,
)
from sts_tui.simulation.reach.assume_rights import (
    ASSUME_ROLE,
    AssumeRights,
    rights_of,
)
from sts_tui.simulation.reach.guards import Guard, Guardrails, boundary_guard
from sts_tui.simulation.world import World

_VARIABLE: Final = lazy_pattern(r"\$\{[^}]*\}")


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """A user or role that may become a role."""

    arn: str
    unique_id: str
    label: str
    account: str
    entity: User | Role
    documents: tuple[WrittenPolicy | None, ...]
    """Its identity-based policies, those of its groups included; None: attached, but its document is in no
    file.
    """
    rights: AssumeRights
    limits: Guard
    """Its boundary and the SCPs over its account."""
    guard: Guard
    """What its boundary, the SCPs and its own policies could deny."""
    policy_class: tuple[object, ...]
    """Equal for sources to which the same policies apply."""

    @property
    def needs_engine(self) -> bool:
        """Whether the engine has to decide, because more than the pair of source and target matters."""
        return self.guard.needs_engine

    def could_be_denied(self, role_arn: str) -> bool:
        """Whether its own policies, its boundary or an SCP could deny AssumeRole on a role: then the engine
        decides. Conditions of its Allows do not matter if another Allow is plain.
        """
        return self.limits.needs_engine or self.rights.could_deny(role_arn)

    @property
    def kind(self) -> tuple[type, str]:
        """What a condition can test besides the identity itself: user or role, with MFA or without."""
        return type(self.entity), _mfa_of(self.entity)


class Sources:
    """All sources of a world, by ARN and by what their policies name."""

    def __init__(
        self, world: World, only: frozenset[str] | None = None, guardrails: Guardrails | None = None
    ) -> None:
        """`only`: ARNs of the sources to search; None: all. `guardrails`: those of the world, if already
        read.
        """
        self._world = world
        self._settings = evaluation_part(world.settings)
        self._rights: dict[tuple[object, ...], AssumeRights] = {}
        self.guardrails = guardrails or Guardrails(world)
        self.by_arn: Final[dict[str, Source]] = {}
        self.by_unique_id: Final[dict[str, str]] = {}
        users, roles = world.in_force.users, world.in_force.roles
        for user in users.values() if only is None else (users[arn] for arn in only if arn in users):
            self._add(user, user.user_name, user.user_id)
        for role in roles.values() if only is None else (roles[arn] for arn in only if arn in roles):
            self._add(role, role.role_name, role.role_id)
        self._index()

    def _add(self, entity: User | Role, label: str, unique_id: str) -> None:
        self.by_unique_id[unique_id] = entity.arn
        if isinstance(entity, Role) and entity.is_service_linked:
            return  # service-linked: only its AWS service uses the role
        account = account_of(entity.arn) or ""
        documents, key, rights = self._rights_of(entity)
        guard = limits = self.guardrails.scps(account)
        boundary = None
        if entity.permissions_boundary is not None:
            boundary = boundary_document(entity.arn, self._world.in_force)
        if boundary is not None:
            guard = limits = limits | boundary_guard(boundary.written)
        if rights.needs_engine or rights.depends_on_resource:
            guard |= Guard(rights.needs_engine, rights.depends_on_caller, rights.depends_on_resource)
        self.by_arn[entity.arn] = Source(
            arn=entity.arn,
            unique_id=unique_id,
            label=label,
            account=account,
            entity=entity,
            documents=documents,
            rights=rights,
            limits=limits,
            guard=guard,
            policy_class=(
                type(entity),
                account,
                key,
                id(boundary.written) if boundary else None,
                _mfa_of(entity),
            ),
        )

    def _rights_of(
        self, entity: User | Role
    ) -> tuple[tuple[WrittenPolicy | None, ...], tuple[object, ...], AssumeRights]:
        """The principal's policies, what identifies them (equal for the same ones), and what they say."""
        if isinstance(entity, Role) and not entity.attached_managed_policies:  # most roles of a large model
            inline = tuple([each.policy_document for each in entity.role_policy_list])
            return inline, tuple(map(id, inline)), rights_of(inline)
        documents = list(identity_documents(entity.arn, self._world.in_force))
        written = tuple(document.written for document in documents)
        unknown = tuple(each.arn or each.name for each in documents if each.written is None)
        key = (*map(id, written), *unknown)
        rights = self._rights.get(key)
        if rights is None:
            rights = self._rights[key] = rights_of(written, unknown)
        return written, key, rights

    def _index(self) -> None:
        exact: dict[str, list[Source]] = {}
        patterns: dict[str, list[tuple[str, Source]]] = {}
        in_account: dict[str, list[Source]] = {}
        for source in self.by_arn.values():
            in_account.setdefault(source.account, []).append(source)
            possible = source.rights.possible
            if not possible:
                continue
            if source.rights.everything or "*" in possible:
                continue  # it could mean every role: see `plain_kinds` and `asked_in`
            for resource in possible:
                head = _fixed_head(resource)
                if head == resource and not _is_incomplete(resource):
                    exact.setdefault(resource, []).append(source)
                else:
                    patterns.setdefault(head, []).append((resource, source))
        self._exact, self._patterns = exact, patterns
        self._lengths = sorted({len(head) for head in patterns})
        self._in_account = in_account
        self._kinds: dict[tuple[str, bool], list[tuple[tuple[str, ...], Source]]] = {}
        self._asked: dict[tuple[str, bool], list[Source]] = {}
        self._matches: dict[str, Statement] = {}

    def plain_kinds(self, account: str, *, with_everything: bool) -> list[tuple[tuple[str, ...], Source]]:
        """The plain sources of an account with, or without, an Allow on every role: for each kind one shared
        tuple, and one source to evaluate for all of them.
        """
        key = (account, with_everything)
        found = self._kinds.get(key)
        if found is None:
            by_kind: dict[tuple[type, str], list[Source]] = {}
            for source in self.in_account(account):
                if not source.needs_engine and source.rights.everything is with_everything:
                    by_kind.setdefault(source.kind, []).append(source)
            found = self._kinds[key] = [
                (tuple(each.arn for each in sources), sources[0]) for sources in by_kind.values()
            ]
        return found

    def asked_in(self, account: str, *, of_any_role: bool) -> list[Source]:
        """The sources of an account that need the engine; `of_any_role`: only those whose policies may name
        every role.
        """
        key = (account, of_any_role)
        found = self._asked.get(key)
        if found is None:
            found = self._asked[key] = [
                each
                for each in self.in_account(account)
                if each.needs_engine
                and (not of_any_role or each.rights.everything or "*" in each.rights.possible)
            ]
        return found

    def in_account(self, account: str) -> list[Source]:
        """Every source of an account, in the order of the file."""
        return self._in_account.get(account, [])

    def that_name(self, role_arn: str) -> Iterator[Source]:
        """The sources, of any account, whose policies may name this role but not every role; each once."""
        found: dict[str, Source] = {source.arn: source for source in self._exact.get(role_arn, ())}
        for length in self._lengths:
            if length > len(role_arn):
                break
            for resource, source in self._patterns.get(role_arn[:length], ()):
                if source.arn not in found and (
                    _is_incomplete(resource) or self.pattern_matches(resource, role_arn)
                ):
                    found[source.arn] = source
        return iter(found.values())

    def allows(self, source: Source, role_arn: str) -> bool:
        """Whether a plain Allow of the source covers the role."""
        rights = source.rights
        return (
            rights.everything
            or role_arn in rights.exact
            or any(self.pattern_matches(pattern, role_arn) for pattern in rights.patterns)
        )

    def pattern_matches(self, pattern: str, role_arn: str) -> bool:
        """Whether a Resource pattern matches a role, by the engine's rules. A policy variable counts as a
        wildcard: it may match.
        """
        statement = self._matches.get(pattern)
        if statement is None:
            resource = _VARIABLE.sub("*", pattern)
            document = PolicyDocument(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": ASSUME_ROLE, "Resource": resource}],
                }
            )
            (statement,) = document.statements(PolicyType.IDENTITY, self._settings)
            self._matches[pattern] = statement
        asked: Any = SimpleNamespace(resource=role_arn)
        return bool(statement.match_beyond_action(asked) == 0)


def _mfa_of(entity: User | Role) -> str:
    """`device`; `none`, if the files say so; else empty."""
    if not isinstance(entity, User):
        return ""
    return "device" if entity.mfa_devices else "none" if "MFADevices" in entity.stated else ""


def _fixed_head(resource: str) -> str:
    """Everything before the first wildcard or variable."""
    ends = [at for mark in ("*", "?", "${") if (at := resource.find(mark)) >= 0]
    return resource[: min(ends)] if ends else resource


def _is_incomplete(resource: str) -> bool:
    """An ARN with too few segments, which AWS completes."""
    return resource.count(":") < 5
