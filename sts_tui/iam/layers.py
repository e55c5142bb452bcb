"""What do the policies of one type say? All documents of one layer, found quickly by action and resource.

A layer with a thousand statements answers as fast as one with ten: statements are looked up by action, and
long lists by the literal beginning of their resources. What is found is then compared by
`Statement.match_beyond_action`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.match import Element, Statement
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings

REMEMBERED_ACTIONS: Final = 512
"""How many actions a layer keeps; AWS has about twenty thousand, a principal uses few."""
_LONG: Final = 16
"""From how many candidates on an index by resource pays."""
_STEP: Final = 8
"""The index cuts literal beginnings to a multiple of this, so that it has few lengths to try."""
_REMEMBERED_RESOURCES: Final = 256
"""For how many resources an index keeps what it found: a workload asks for the same few again and again."""


_ACTION: Final = int(Element.ACTION)


class ResourceIndex:
    """Many statements for one action, by the beginnings of their resources."""

    __slots__ = ("_by_head", "_lengths", "_others", "_remembered")

    def __init__(self, statements: Sequence[Statement]) -> None:
        by_head: dict[str, list[tuple[int, Statement]]] = {}
        self._others: list[tuple[int, Statement]] = []
        for position, statement in enumerate(statements):
            heads = statement.resources.heads if statement.resources is not None else ("",)
            cut = {head[: len(head) - len(head) % _STEP] for head in heads}
            if "" in cut:
                self._others.append((position, statement))
                continue
            for head in sorted(cut):
                by_head.setdefault(head, []).append((position, statement))
        self._by_head = by_head
        self._lengths = tuple(sorted({len(head) for head in by_head}))
        self._remembered: dict[str, tuple[Statement, ...]] = {}

    def narrowed(self, resource: str) -> tuple[Statement, ...]:
        """Every statement whose resources may match, in their written order: those that name the resource
        and those where it depends on variables.
        """
        found = self._remembered.get(resource)
        if found is None:
            if len(self._remembered) >= _REMEMBERED_RESOURCES:
                self._remembered.clear()
            found = self._remembered[resource] = tuple(self._narrow(resource))
        return found

    def _narrow(self, resource: str) -> Iterator[Statement]:
        found = dict(self._others)
        for length in self._lengths:
            found.update(self._by_head.get(resource[:length], ()))
        for _, statement in sorted(found.items()):
            resources = statement.resources
            if resources is None or resources.by_text is None or resources.by_text(resource):
                yield statement


Candidates: TypeAlias = tuple[Statement, ...] | ResourceIndex


class Shortlist(NamedTuple):
    """The statements of a layer that cover one action."""

    denies: Candidates
    allows: Candidates
    always_allows: bool = False
    """Whether one of the Allows matches every request for the action, so that a ceiling can be skipped."""
    covered: tuple[bool, ...] = ()
    """For every statement of the layer, whether it covers the action."""


class Layer:
    """All documents of one policy type (for SCPs and RCPs: of one level of the organization)."""

    __slots__ = (
        "_asks_for_boundary",
        "_shortlists",
        "_statements",
        "documents",
        "level",
        "policy_type",
        "settings",
    )

    def __init__(
        self,
        policy_type: PolicyType,
        documents: Iterable[PolicyDocument],
        settings: EvaluationSettings = DEFAULT_SETTINGS,
        level: int | None = None,
    ) -> None:
        self.policy_type = policy_type
        self.documents = tuple(documents)
        self.settings = settings
        self.level = level
        """For SCPs and RCPs: 0 is the organization's root, the last is the account."""
        self._statements: tuple[Statement, ...] | None = None
        self._shortlists: dict[str, Shortlist] = {}
        self._asks_for_boundary: bool | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement of every document, compiled at the first access."""
        if self._statements is None:
            self._statements = tuple(
                statement
                for document in self.documents
                for statement in document.statements(self.policy_type, self.settings)
            )
        return self._statements

    @property
    def asks_for_boundary(self) -> bool:
        """Whether it holds a Deny with NotPrincipal, which depends on the caller's permissions boundary."""
        if self._asks_for_boundary is None:
            elements = (statement.principals for statement in self.statements)
            self._asks_for_boundary = any(each and each.negated and each.scope.is_deny for each in elements)
        return self._asks_for_boundary

    def shortlist(self, action: str) -> Shortlist:
        """The statements that cover an action, given in lower case."""
        found = self._shortlists.get(action)
        if found is None:
            if len(self._shortlists) >= REMEMBERED_ACTIONS:
                self._shortlists.clear()
            found = self._shortlists[action] = self._make_shortlist(action)
        return found

    def codes(self, request: Request) -> list[int]:
        """What `Statement.match` answers for every statement of the layer."""
        covered = self.shortlist(request.action_key).covered
        return [
            statement.match_beyond_action(request) if is_covered else _ACTION
            for statement, is_covered in zip(self.statements, covered, strict=True)
        ]

    def _make_shortlist(self, action: str) -> Shortlist:
        covered = tuple(statement.covers_action(action) for statement in self.statements)
        covering = [
            statement for statement, is_covered in zip(self.statements, covered, strict=True) if is_covered
        ]
        denies = tuple(statement for statement in covering if statement.is_deny)
        allows = tuple(statement for statement in covering if not statement.is_deny)
        always_allows = any(statement.is_unconditional for statement in allows)
        return Shortlist(_indexed(denies), _indexed(allows), always_allows, covered)


def _indexed(statements: tuple[Statement, ...]) -> Candidates:
    return ResourceIndex(statements) if len(statements) > _LONG else statements


def candidates_for(candidates: Candidates, resource: str) -> tuple[Statement, ...]:
    """The candidates worth comparing with a request for a resource."""
    return candidates if isinstance(candidates, tuple) else candidates.narrowed(resource)
