"""Which principal can become which role in one call? Every hop of a model.

The search starts at each role and its trust policy: candidates are the principals that it names and, for each
account that it names, the principals there whose policies may name the role (`sources`). Where the trust
policy and the principal's rights are plain (`trust_rights`, `assume_rights`) the pair is decided without the
engine:

- in one account a trust policy that names the principal, its role, or everyone is enough;
- one that names the account also needs an Allow in the principal's policies;
- across accounts both are needed.

In every other case the engine decides, for one principal of each class (`sources`), with every policy of the
request and with what the caller could supply (`evaluated_hop`). A service-linked role is only the last role
of a chain. A tag that only the caller's session could carry leaves a hop unknown; `session_tags` says who can
set it.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-cross-account.html>
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.iam.documents.policy import document_text
from sts_tui.simulation.authorization.assumed_session import Tags
from sts_tui.simulation.reach.caller_supplied_context import (
    CandidateContext,
)
from sts_tui.simulation.reach.evaluated_hop import SESSION_NAME, Answer, HopEvaluator
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.guards import Guard
from sts_tui.simulation.reach.sources import Source, Sources
from sts_tui.simulation.reach.trust_index import trust_index
from sts_tui.simulation.reach.trust_rights import TrustRights, Trusts, session_names_in
from sts_tui.simulation.world import World


class _Target(Struct, frozen=True):
    """A role, what its trust policy says, and the RCPs over its account."""

    role: Role
    trust: TrustRights
    rcps: Guard

    @property
    def account(self) -> str:
        return account_of(self.role.arn) or ""

    @property
    def needs_engine(self) -> bool:
        return self.trust.needs_engine or self.rcps.needs_engine

    @property
    def depends_on_caller(self) -> bool:
        return self.needs_engine and (self.trust.depends_on_caller or self.rcps.depends_on_caller)

    @property
    def asks_each_class(self) -> bool:
        """Whether the verdict on one source does not hold for others that have the same rights to assume the
        role.
        """
        return self.depends_on_caller or self.trust.needs_other_actions

    @property
    def depends_on_resource(self) -> bool:
        return self.trust.depends_on_resource or self.rcps.depends_on_resource


class DirectHops:
    """The search for hops in one world."""

    def __init__(
        self,
        world: World,
        accounts_without_mfa_facts: frozenset[str] = frozenset(),
        only: frozenset[str] | None = None,
        wider: DirectHops | None = None,
    ) -> None:
        """`accounts_without_mfa_facts`: accounts whose files do not list MFA devices (raw dumps). `only`: the
        ARNs of the sources to search; None: all. `wider`: a search of the same world, whose results about
        policies are shared.
        """
        self._world = world
        self._mfa_unknown = accounts_without_mfa_facts
        self.sources: Sources = Sources(world, only, wider.sources.guardrails if wider else None)
        self.trusts: Final[Trusts] = wider.trusts if wider else Trusts(world.in_force.roles)
        self._answers: dict[tuple[object, ...], Answer | None] = wider._answers if wider else {}
        self.evaluator = HopEvaluator(world, accounts_without_mfa_facts)
        self._service_names: dict[str, tuple[str]] = {}
        self._known_accounts: dict[tuple[str, ...], tuple[str, ...]] = {}
        """Accounts that a trust policy names → those of them in the files."""
        self._trust_classes: dict[str, tuple[object, ...]] = wider._trust_classes if wider else {}

    def all(self, progress: Callable[[int, int], None] | None = None) -> Iterator[HopGroup]:
        """The hops into every role, in the order of the file."""
        roles = self._world.in_force.roles
        for done, role in enumerate(roles.values()):
            if progress is not None:
                progress(done, len(roles))
            yield from self.into(role)

    def leaving(self, arn: str) -> Iterator[HopGroup]:
        """The AssumeRole hops of one user, role or service, as in `all`; only these are searched."""
        index, roles = trust_index(self._world.in_force.roles), self._world.in_force.roles
        if arn.startswith("service:"):
            scope, candidates = self.narrowed(), index.that_trust_service(arn.removeprefix("service:"))
        else:
            scope = self.narrowed(arn)
            source = scope.sources.by_arn.get(arn)
            candidates = index.that_may_admit(source) if source is not None else iter(())
        for role_arn in candidates:
            for group in scope.into(roles[role_arn]):
                if arn in group.sources:
                    yield replace(group, sources=(arn,)) if len(group.sources) > 1 else group

    def that_may_admit(self, arn: str) -> Iterator[str]:
        """ARNs of the roles whose trust policies may admit a user or role of the files, judged by names."""
        source = self.sources.by_arn.get(arn)
        if source is not None:
            yield from trust_index(self._world.in_force.roles).that_may_admit(source)

    @property
    def dumped(self) -> frozenset[str]:
        """The accounts whose files list neither keys nor passwords nor MFA devices."""
        return self._mfa_unknown

    @property
    def policies_read(self) -> int:
        """How many trust policies were read."""
        return self.trusts.read

    def narrowed(self, *arns: str) -> DirectHops:
        """The same search for fewer sources. It shares the results about policies."""
        return DirectHops(self._world, self._mfa_unknown, frozenset(arns), self)

    @cached_property
    def _roles_by_name(self) -> Mapping[tuple[str | None, str], str]:
        return {(account_of(arn), role.role_name): arn for arn, role in self._world.in_force.roles.items()}

    def into(self, role: Role) -> Iterator[HopGroup]:
        """The AssumeRole hops into one role. If a source is in two groups, the first one requires less of the
        caller.
        """
        trust, rcps = self.trusts[role.arn], self.sources.guardrails.rcps(account_of(role.arn) or "")
        if trust.is_for_services and not rcps.needs_engine:  # a third of all roles or more
            for service in trust.services:
                yield HopGroup(
                    sources=self._service_names.setdefault(service, (f"service:{service}",)),
                    target=role.arn,
                    operation="AssumeRole",
                )
            return
        target = _Target(role, trust, rcps)
        found: dict[Answer, list[tuple[str, ...]]] = {}
        for sources, answer in (*self._shared(target), *self._single(target), *self._services(target)):
            found.setdefault(answer, []).append(sources)
        for answer in sorted(found, key=lambda each: (bool(each.unknown), len(each.brought))):
            singles = tuple(dict.fromkeys([names[0] for names in found[answer] if len(names) == 1]))
            for sources in (*(names for names in found[answer] if len(names) > 1), singles):
                if sources:
                    yield HopGroup(
                        sources=sources,
                        target=role.arn,
                        operation="AssumeRole",
                        needs=tuple(each.label for each in answer.brought),
                        unknown=answer.unknown,
                        brought=answer.brought,
                    )

    # --- many sources at once ---

    def _shared(self, target: _Target) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """The plain sources of the accounts that the trust policy names, in tuples shared between roles."""
        for account in self._accounts(target.trust):
            is_own = target.trust.everyone and account == target.account
            for with_everything in (False, True) if is_own else (True,):
                for names, first in self.sources.plain_kinds(account, with_everything=with_everything):
                    if target.asks_each_class:
                        for name in names:
                            yield from self._one(self.sources.by_arn[name], target)
                    elif answer := self._for_kind(names, first, target, allows=with_everything):
                        yield self._without_named(names, target), answer

    def _without_named(self, names: tuple[str, ...], target: _Target) -> tuple[str, ...]:
        """Without the sources that a statement (a Deny, for example) names: these are evaluated one by
        one.
        """
        if not target.needs_engine or not target.trust.mentioned:
            return names
        return tuple(each for each in names if not self._is_named(self.sources.by_arn[each], target.trust))

    def _for_kind(
        self, names: Sequence[str], first: Source, target: _Target, *, allows: bool
    ) -> Answer | None:
        """The answer that all plain sources of one kind share, evaluated for one of them."""
        if not target.needs_engine:
            return Answer()
        kind = first.kind if target.trust.depends_on_kind or target.rcps.needs_engine else None
        key = ("kind", kind, first.account, allows, self._target_key(target))
        if key not in self._answers:
            stands_for_all = next(
                (
                    source
                    for source in (self.sources.by_arn[name] for name in names)
                    if self.sources.allows(source, target.role.arn) is allows
                    and not self._is_named(source, target.trust)
                ),
                None,
            )
            if stands_for_all is None:
                return None  # each source is evaluated separately
            self._answers[key] = self.evaluator.needs(stands_for_all, target.role, SESSION_NAME)
        return self._answers[key]

    # --- one source at a time ---

    def _single(self, target: _Target) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """Sources that the trust policy names, that name the role, or that need the engine."""
        trust, role = target.trust, target.role
        for source, is_whole in self._named(trust):
            if target.needs_engine or not is_whole or source.could_be_denied(role.arn):
                yield from self._one(source, target)
            elif source.account == target.account or self.sources.allows(source, role.arn):
                yield (source.arn,), Answer()
            elif source.needs_engine:
                yield from self._one(source, target)
        if accounts := self._accounts(trust):
            yield from self._by_their_policies(target, accounts)

    def _by_their_policies(
        self, target: _Target, accounts: Sequence[str]
    ) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """Sources of the trusted accounts whose own policies name the role or need the engine."""
        trust, role = target.trust, target.role
        for source in self.sources.that_name(role.arn):
            if source.account not in accounts:
                continue
            is_conditional = source.needs_engine and not self.sources.allows(source, role.arn)
            if (
                is_conditional
                or source.could_be_denied(role.arn)
                or target.asks_each_class
                or self._is_named(source, trust)
            ):
                yield from self._one(source, target)
            elif self.sources.allows(source, role.arn) and (
                answer := self._for_kind((source.arn,), source, target, allows=True)
            ):
                yield (source.arn,), answer
        for account in accounts:
            is_own = trust.everyone and account == target.account
            for source in self.sources.asked_in(account, of_any_role=not is_own):
                yield from self._one(source, target)

    def _one(self, source: Source, target: _Target) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """The engine's answer for one source, or for its session that the trust policy names, as a principal
        or by `aws:userid`.
        """
        answer = self._answer(source, target, SESSION_NAME)
        if answer is None and isinstance(source.entity, Role):
            tested = session_names_in(target.role) if target.trust.depends_on_caller else ()
            for name in dict.fromkeys((*self._session_names(target.trust, source), *tested)):
                if found := self._answer(source, target, name):
                    label = CandidateContext(label=f"as session {name}", session_name=name)
                    answer = Answer((label, *found.brought), found.unknown)
                    break
        if answer is not None:
            yield (source.arn,), answer

    def _accounts(self, trust: TrustRights) -> Sequence[str]:
        """The accounts whose principals may assume the role if their own policies allow it."""
        if trust.everyone:
            return tuple(self._world.in_force.accounts)
        known = self._known_accounts.get(trust.accounts)
        if known is None:
            in_force = self._world.in_force.accounts
            known = tuple([each for each in trust.accounts if each in in_force])
            self._known_accounts[trust.accounts] = known
        return known

    def _named(self, trust: TrustRights) -> Iterator[tuple[Source, bool]]:
        """The principals that a trust policy names, and whether it names all their sessions."""
        texts = sorted(trust.mentioned) if trust.needs_engine else trust.principals
        for text in texts:
            if source := self.sources.by_arn.get(self.sources.by_unique_id.get(text, text)):
                yield source, True
            elif ":assumed-role/" in text and (found := self._role_of_session(text)):
                yield found, False

    def _is_named(self, source: Source, trust: TrustRights) -> bool:
        """Whether a statement names the source, its unique id or one of its sessions."""
        if not trust.mentioned:
            return False
        if source.arn in trust.mentioned or source.unique_id in trust.mentioned:
            return True
        return any(
            ":assumed-role/" in text and self._role_of_session(text) is source for text in trust.mentioned
        )

    def _role_of_session(self, session_arn: str) -> Source | None:
        name = session_arn.partition(":assumed-role/")[2].partition("/")[0]
        return self.sources.by_arn.get(self._roles_by_name.get((account_of(session_arn), name), ""))

    def _session_names(self, trust: TrustRights, source: Source) -> Iterator[str]:
        for text in trust.principals:
            if ":assumed-role/" in text and self._role_of_session(text) is source:
                yield text.rpartition("/")[2]

    # --- the engine ---

    def _answer(self, source: Source, target: _Target, session_name: str) -> Answer | None:
        """The engine's answer, cached for all sources to which the same policies apply."""
        depends_on_caller = source.guard.depends_on_caller or target.depends_on_caller
        by_name = depends_on_caller or session_name != SESSION_NAME or self._is_named(source, target.trust)
        key = (
            source.arn if by_name else source.policy_class,
            target.role.arn if source.guard.depends_on_resource else self._target_key(target),
            session_name,
        )
        if key not in self._answers:
            self._answers[key] = self.evaluator.needs(source, target.role, session_name)
        return self._answers[key]

    def _target_key(self, target: _Target) -> object:
        """Equal for roles of one account with the same trust policy, unless that policy tests which role it
        is.
        """
        role = target.role
        if target.depends_on_resource:
            return role.arn
        found = self._trust_classes.get(role.arn)
        if found is None:
            text = document_text(role.assume_role_policy_document.document)
            found = self._trust_classes[role.arn] = (target.account, text)
        return found

    def _services(self, target: _Target) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """AWS services that the trust policy names; SCPs do not bind them."""
        for service in target.trust.services:
            key = (service, self._target_key(target))
            if not target.needs_engine:
                yield (f"service:{service}",), Answer()
                continue
            if key not in self._answers:
                self._answers[key] = self.evaluator.service_needs(service, target.role)
            if answer := self._answers[key]:
                yield (f"service:{service}",), answer

    def is_allowed(
        self,
        source_arn: str,
        role_arn: str,
        brought: Sequence[CandidateContext],
        carried: Tags = (),
        *,
        is_transitive: bool = True,
        kept: Tags = (),
        source_identity: str = "",
    ) -> bool:
        """As `HopEvaluator.is_allowed`, by ARN; False for a source or role that does not exist."""
        source = self.sources.by_arn.get(source_arn)
        role = self._world.in_force.roles.get(role_arn)
        if source is None or role is None:
            return False
        return self.evaluator.is_allowed(
            source,
            role,
            brought,
            carried,
            is_transitive=is_transitive,
            kept=kept,
            source_identity=source_identity,
        )
