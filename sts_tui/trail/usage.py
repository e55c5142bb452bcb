"""Which permissions did a role or user use? With unused statements and a sufficient policy.

A permission counts as used if AWS and the model allowed a request. The sufficient policy would replace the
identity policies: it allows the recorded actions on the recorded resources and has every current Deny. It is
returned only if every recorded request was evaluated with it. It does not cover what is not in the trail (a
yearly job, data events that are not enabled).
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_least-privilege.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import PolicyType
from sts_tui.trail.callers import Callers
from sts_tui.trail.evaluation import ALLOWED, Evaluator, Verdict
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.signer import signer_of
from sts_tui.trail.skeleton import policy_of

MOST_REQUESTS: Final = 20_000
"""The maximum number of different requests that are evaluated with the sufficient policy."""
_NAME: Final = "used-in-the-trail"


class StatementUse(Struct):
    """How often a statement of the identity policies granted a recorded request."""

    label: str
    is_deny: bool
    count: int = 0


class Usage(Struct):
    """The permissions that an entity used."""

    arn: str
    requests: int = 0
    """Recorded requests with its permissions that AWS and the model allowed."""
    statements: list[StatementUse] = field(default_factory=list)
    used: dict[str, dict[str, None]] = field(default_factory=dict)
    """Action → resources (keys; the values are None)."""
    sufficient: dict[str, Any] | None = None
    """A policy document that allows every recorded request; None if there is none."""
    not_covered: list[str] = field(default_factory=list)
    """Requests that the policy would not allow, and why. If there are any, `sufficient` is None."""
    note: str = ""

    @property
    def unused(self) -> list[str]:
        """Labels of Allow statements that granted no request."""
        return [one.label for one in self.statements if not one.is_deny and not one.count]


class UsageCollector:
    """Collects the use of one role or user while a trail is replayed."""

    def __init__(self, arn: str, configuration: Configuration) -> None:
        """Raises LookupError if the model does not have the role or user."""
        entity = configuration.roles.get(arn) or configuration.users.get(arn)
        if entity is None:
            raise LookupError(f"the model has no role or user {arn}")
        self._entity: Role | User = entity
        self._configuration = configuration
        self.result = Usage(arn)
        self._uses: dict[str, StatementUse] = {}
        self._samples: dict[tuple[str, ...], RecordedEvent] = {}

    def add(self, event: RecordedEvent, verdict: Verdict, evaluator: Evaluator) -> None:
        """Add a recorded request and the model's verdict on it."""
        signer = signer_of(event.identity)
        arn = signer.issuer_arn if signer.kind == "AssumedRole" else signer.arn
        if arn != self.result.arn or event.code or verdict.verdict != ALLOWED:
            return
        self.result.requests += event.count
        granted = set()
        for ask, policies, decision in evaluator.decisions(event):
            self._note_statements(policies.layers.in_order)
            self.result.used.setdefault(ask.action, {})[ask.resource] = None
            granted |= {one.label for kind, one in decision.decided_by if kind is PolicyType.IDENTITY}
        for label in granted:
            self._uses[label].count += event.count
        key = (event.source, event.name, event.region, event.request, event.resources, event.address)
        if len(self._samples) < MOST_REQUESTS:
            self._samples.setdefault(key, event)

    def finished(self, evaluator: Evaluator) -> Usage:
        """The result, with a policy that was evaluated for every recorded request."""
        result = self.result
        result.statements = list(self._uses.values())
        if len(self._samples) >= MOST_REQUESTS:
            result.note = f"only the first {MOST_REQUESTS} different requests were evaluated under the policy"
        if not result.used:
            return result
        document = policy_of(result.used)
        document["Statement"] = [*_denies(self._entity, self._configuration), *document["Statement"]]
        changed = self._with_policy(document)
        callers = Callers(evaluator.callers.sessions, changed)
        under_it = Evaluator(callers, changed, evaluator.settings)
        for event in self._samples.values():
            verdict = under_it.verdict(event)
            if verdict.verdict != ALLOWED:
                result.not_covered.append(f"{verdict.action} on {verdict.resource}: {verdict.reason}")
        result.sufficient = None if result.not_covered else document
        return result

    def _note_statements(self, layers: Any) -> None:
        for layer in layers:
            for statement in layer.statements if layer.policy_type is PolicyType.IDENTITY else ():
                if statement.label not in self._uses:
                    self._uses[statement.label] = StatementUse(statement.label, statement.is_deny)

    def _with_policy(self, document: dict[str, Any]) -> Configuration:
        """The configuration with this policy as the only identity policy of the entity."""
        inline = (InlinePolicy(policy_name=_NAME, policy_document=WrittenPolicy(document)),)
        configuration, entity = self._configuration, self._entity
        if isinstance(entity, Role):
            role = replace(entity, role_policy_list=inline, attached_managed_policies=())
            roles = PersistentMap(configuration.roles).updated({role.arn: role})
            return replace(configuration, roles=roles, edition=configuration.edition + 1)
        user = replace(entity, user_policy_list=inline, attached_managed_policies=(), group_list=())
        users = PersistentMap(configuration.users).updated({user.arn: user})
        return replace(configuration, users=users, edition=configuration.edition + 1)


def _denies(entity: Role | User, configuration: Configuration) -> Iterator[dict[str, Any]]:
    """The Deny statements in its identity policies, as written."""
    holders: list[Any] = [entity]
    if isinstance(entity, User):
        account = entity.arn.split(":")[4]
        groups = configuration.groups.values()
        holders += [
            one for one in groups if one.group_name in entity.group_list and one.arn.split(":")[4] == account
        ]
    for holder in holders:
        for name in ("role_policy_list", "user_policy_list", "group_policy_list"):
            for inline in getattr(holder, name, ()):
                yield from _denies_in(inline.policy_document)
        for attached in holder.attached_managed_policies:
            policy = configuration.policies.get(attached.policy_arn)
            if policy is not None and policy.default_document is not None:
                yield from _denies_in(policy.default_document)


def _denies_in(written: WrittenPolicy) -> Iterator[dict[str, Any]]:
    listed: Any = written.document.get("Statement")
    for one in listed if isinstance(listed, list) else [listed]:
        if isinstance(one, dict) and one.get("Effect") == "Deny":
            yield one
