"""Which statements of one policy type concern an action and resource? A layer has all documents of one type.

A layer with a thousand statements is as fast as one with ten: statements are looked up by action, and long
lists also by the literal beginning of their resources. `Statement.match_beyond_action` compares the found
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.match import Element, Statement
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings
from sts_tui.start_up.named_tuple import NamedTuple

if TYPE_CHECKING:
    from sts_tui.iam.resource_index import ResourceIndex

REMEMBERED_ACTIONS: Final = 512
"""For how many actions a layer caches its shortlist. AWS has about twenty thousand actions, a principal uses
few.
"""
_LONG: Final = 8
"""With more candidates than this, an index by resource is faster."""

_ACTION: Final = int(Element.ACTION)
_RESOURCE: Final = int(Element.RESOURCE)


Candidates: TypeAlias = "tuple[Statement, ...] | ResourceIndex"


class Shortlist(NamedTuple):
    """The statements of a layer that cover one action."""

    denies: Candidates
    allows: Candidates
    always_allows: bool
    """Whether an Allow matches every request for the action, so that a ceiling need not be checked."""
    codes: list[int]
    """For every statement of the layer, its `Statement.match` code if it is not compared: it does not cover
    the action or, if it is in an index, the resource does not match."""
    to_compare: tuple[int, ...]
    """Positions of the statements that cover the action and are in no index."""


class Layer:
    """All documents of one policy type; for SCPs and RCPs, of one level of the organization."""

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
        """Every statement of every document. Compiled on first access."""
        if self._statements is None:
            self._statements = tuple(
                statement
                for document in self.documents
                for statement in document.statements(self.policy_type, self.settings)
            )
        return self._statements

    @property
    def asks_for_boundary(self) -> bool:
        """Whether it has a Deny with NotPrincipal, which depends on the caller's permissions boundary."""
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
        """The result of `Statement.match` for every statement of the layer."""
        shortlist = self.shortlist(request.action_key)
        codes = shortlist.codes.copy()
        statements = self.statements
        for place in shortlist.to_compare:
            codes[place] = statements[place].match_beyond_action(request)
        for candidates in (shortlist.denies, shortlist.allows):
            if not isinstance(candidates, tuple):
                positions = candidates.positions
                for compare, _, place in candidates.to_compare(request.resource):
                    codes[positions[place]] = compare(request)
        return codes

    def _make_shortlist(self, action: str) -> Shortlist:
        statements = self.statements
        covering: tuple[list[int], list[int]] = ([], [])
        for place, each in enumerate(statements):
            if each.covers_action(action):
                covering[each.is_deny].append(place)
        allows, denies = covering
        codes = [_ACTION] * len(statements)
        to_compare: list[int] = []
        found: list[Candidates] = []
        for places in (denies, allows):
            candidates = tuple([statements[place] for place in places])
            if len(places) <= _LONG:
                to_compare += places
                found.append(candidates)
                continue
            for place in places:
                codes[place] = _RESOURCE
            from sts_tui.iam.resource_index import ResourceIndex  # needed only for long policies

            found.append(ResourceIndex(candidates, places))
        always_allows = False
        for place in allows:
            if statements[place].is_unconditional:
                always_allows = True
                break
        return Shortlist(found[0], found[1], always_allows, codes, tuple(to_compare))


def candidates_for(candidates: Candidates, resource: str) -> Sequence[Statement]:
    """The candidates that can match a request for a resource."""
    return candidates if isinstance(candidates, tuple) else candidates.narrowed(resource)
