"""Which policies is one request evaluated against, layer by layer?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.layers import REMEMBERED_ACTIONS, Candidates, Layer
from sts_tui.iam.match import Statement
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings
from sts_tui.start_up.named_tuple import NamedTuple

Document: TypeAlias = Mapping[str, object] | tuple[str, Mapping[str, object]] | PolicyDocument
Documents: TypeAlias = Document | Sequence[Document]

_LISTS: Final = (list, tuple)
_ONE_DOCUMENT: Final = (dict, PolicyDocument, Mapping)
# A list is recognized by its type first, because a check against the abstract class Mapping takes long.
_GUARDRAILS: Final = frozenset((PolicyType.SCP, PolicyType.RCP))
_OF_THE_PRINCIPAL: Final = frozenset(
    (PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCOPE_DOWN, PolicyType.SCP)
)
NOT_CONSULTED: Final[Mapping[CallerKind, frozenset[PolicyType]]] = {
    CallerKind.USER: frozenset((PolicyType.SESSION, PolicyType.SCOPE_DOWN)),
    CallerKind.USER_SESSION: frozenset((PolicyType.SESSION,)),
    CallerKind.ROLE_SESSION: frozenset(),
    CallerKind.FEDERATED_USER: frozenset(),
    CallerKind.ROOT: frozenset(
        (PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCOPE_DOWN)
    ),
    CallerKind.ROOT_SESSION: frozenset((PolicyType.IDENTITY, PolicyType.BOUNDARY)),
    CallerKind.SERVICE: _OF_THE_PRINCIPAL,
    CallerKind.FEDERATED: _OF_THE_PRINCIPAL,
    CallerKind.ANONYMOUS: _OF_THE_PRINCIPAL,
}
"""Kind of caller → policy types that do not exist for it or do not apply to it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
"""


def not_consulted(caller: Caller) -> frozenset[PolicyType]:
    """The policy types that do not apply to this caller. Service-linked roles are exempt from SCPs and RCPs.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    skipped = NOT_CONSULTED[caller.kind]
    return skipped | _GUARDRAILS if caller.is_service_linked else skipped


class Concerned(NamedTuple):
    """The statements of all layers for one action. A ceiling that allows the action unconditionally is
    omitted, because its Allow is never missing.
    """

    denies: tuple[tuple[PolicyType, Statement], ...]
    """All Denies, in the order in which they are reported; empty if there are `long_denies`."""
    long_denies: tuple[tuple[PolicyType, Candidates], ...]
    """The Denies of each layer, in that order, if one of the lists is long and has an index by resource."""
    scps: tuple[Candidates, ...]
    endpoint: Candidates | None
    resource: Candidates
    identity: Candidates
    boundary: Candidates | None
    session: Candidates | None
    scope_downs: tuple[Candidates, ...]


class BrokenDocument(NamedTuple):
    """A document that no policy of its type can have in AWS."""

    policy_type: PolicyType
    layer: Layer
    document: PolicyDocument
    broken_rule: str

    def statements(self) -> tuple[Statement, ...]:
        return self.document.statements(self.layer.policy_type, self.layer.settings)

    @property
    def reason(self) -> str:
        name = f"{self.document.owner}/{self.document.name}" if self.document.owner else self.document.name
        return f"{name} is not a valid {self.policy_type.value}: {self.broken_rule}"


class Layers:
    """The layers that apply to one kind of caller; None for a missing one. Must not be changed after
    creation.
    """

    __slots__ = (
        "_broken",
        "_concerned",
        "boundary",
        "endpoint",
        "identity",
        "in_order",
        "rcps",
        "resource",
        "scope_downs",
        "scps",
        "session",
    )

    def __init__(
        self,
        rcps: tuple[Layer, ...] = (),
        scps: tuple[Layer, ...] = (),
        endpoint: Layer | None = None,
        resource: Layer | None = None,
        identity: Layer | None = None,
        boundary: Layer | None = None,
        session: Layer | None = None,
        scope_downs: tuple[Layer, ...] = (),
    ) -> None:
        self.scope_downs = scope_downs
        self.rcps, self.scps, self.endpoint, self.resource = rcps, scps, endpoint, resource
        self.identity, self.boundary, self.session = identity, boundary, session
        single = [each for each in (endpoint, resource, identity, boundary, session) if each is not None]
        self.in_order: tuple[Layer, ...] = (*rcps, *scps, *single, *scope_downs)
        """All layers, in the order in which explicit denies are reported."""
        self._concerned: dict[str, Concerned] = {}
        self._broken: dict[PolicyType, tuple[BrokenDocument, ...]] = {}

    def broken_documents(self, own_type: PolicyType) -> tuple[BrokenDocument, ...]:
        """Documents that cannot exist in AWS. `own_type` is TRUST if the resource is a role."""
        found = self._broken.get(own_type)
        if found is None:
            found = self._broken[own_type] = tuple(self._find_broken(own_type))
        return found

    def _find_broken(self, own_type: PolicyType) -> Iterator[BrokenDocument]:
        for layer in self.in_order:
            policy_type = own_type if layer.policy_type is PolicyType.RESOURCE else layer.policy_type
            for document in layer.documents:
                if broken_rule := document.broken_rule(policy_type, layer.settings):
                    yield BrokenDocument(policy_type, layer, document, broken_rule)

    def without(self, skipped: Collection[PolicyType]) -> Layers:
        """The layers of all other policy types."""
        if not skipped:
            return self
        return Layers(
            rcps=() if PolicyType.RCP in skipped else self.rcps,
            scps=() if PolicyType.SCP in skipped else self.scps,
            endpoint=None if PolicyType.ENDPOINT in skipped else self.endpoint,
            resource=None if PolicyType.RESOURCE in skipped else self.resource,
            identity=None if PolicyType.IDENTITY in skipped else self.identity,
            boundary=None if PolicyType.BOUNDARY in skipped else self.boundary,
            session=None if PolicyType.SESSION in skipped else self.session,
            scope_downs=() if PolicyType.SCOPE_DOWN in skipped else self.scope_downs,
        )

    def replacing(self, old: Layer, new: Layer) -> Layers:
        """The same layers with `old` replaced by `new`. If `old` is not one of them, `new` becomes the layer
        of its type.
        """

        def single(layer: Layer | None, policy_type: PolicyType) -> Layer | None:
            return new if layer is old or (layer is None and new.policy_type is policy_type) else layer

        return Layers(
            rcps=tuple(new if level is old else level for level in self.rcps),
            scps=tuple(new if level is old else level for level in self.scps),
            endpoint=single(self.endpoint, PolicyType.ENDPOINT),
            resource=single(self.resource, PolicyType.RESOURCE),
            identity=single(self.identity, PolicyType.IDENTITY),
            boundary=single(self.boundary, PolicyType.BOUNDARY),
            session=single(self.session, PolicyType.SESSION),
            scope_downs=tuple(new if level is old else level for level in self.scope_downs),
        )

    def concerned(self, action: str) -> Concerned:
        """The statements for an action (in lower case); cached."""
        found = self._concerned.get(action)
        if found is None:
            if len(self._concerned) >= REMEMBERED_ACTIONS:
                self._concerned.clear()
            found = self._concerned[action] = self._look_up(action)
        return found

    def _look_up(self, action: str) -> Concerned:
        by_layer = tuple((layer.policy_type, layer.shortlist(action).denies) for layer in self.in_order)
        is_long = any(not isinstance(candidates, tuple) for _, candidates in by_layer)
        denies = [
            (policy_type, statement)
            for policy_type, candidates in by_layer
            if isinstance(candidates, tuple) and not is_long
            for statement in candidates
        ]
        levels = (_unless_always(level, action) for level in self.scps)
        return Concerned(
            tuple(denies),
            by_layer if is_long else (),
            tuple(level for level in levels if level is not None),
            _unless_always(self.endpoint, action),
            () if self.resource is None else self.resource.shortlist(action).allows,
            () if self.identity is None else self.identity.shortlist(action).allows,
            _unless_always(self.boundary, action),
            _unless_always(self.session, action),
            tuple(
                level
                for level in (_unless_always(layer, action) for layer in self.scope_downs)
                if level is not None
            ),
        )


def _unless_always(layer: Layer | None, action: str) -> Candidates | None:
    """The Allows of a ceiling; None if there is no ceiling, or it allows the action unconditionally."""
    if layer is None:
        return None
    shortlist = layer.shortlist(action)
    return None if shortlist.always_allows else shortlist.allows


class PolicySet:
    """Documents (a dict, a `(name, dict)` pair or a PolicyDocument) by policy type. Must not be changed after
    creation.

    `session=None` means that no session policy was passed, which is not the same as `[]`. `boundary=None` and
    `resource=None`: there is no such policy; `endpoint=None`: the request does not use a VPC endpoint. `scps`
    and `rcps` are lists of levels, from the organization's root down to the account; `[]`: none apply;
    `scps=[[]]`: a level that allows nothing. `scope_downs` are the policies of GetScopedCredentials, in the
    order of the calls; all of them must allow. RCPFullAWSAccess is always attached in addition. A `Layer` of
    another PolicySet may be passed instead of documents, so that its compiled statements are reused.

    Raises TypeError for anything else: a policy as text, a list of SCPs without levels, None for `identity`,
    `scps` or `rcps`.
    """

    __slots__ = ("_asks_for_boundary", "_bound", "_mentioned", "layers", "left_out", "settings", "shortcuts")

    def __init__(
        self,
        identity: Documents | Layer = (),
        session: Documents | Layer | None = None,
        boundary: Documents | Layer | None = None,
        resource: Documents | Layer | None = None,
        scps: Sequence[Documents | Layer] = (),
        rcps: Sequence[Documents | Layer] = (),
        endpoint: Documents | Layer | None = None,
        settings: EvaluationSettings = DEFAULT_SETTINGS,
        scope_downs: Sequence[Documents | Layer] = (),
    ) -> None:
        self.settings = settings
        self.left_out: tuple[PolicyType, ...] = ()
        self.shortcuts: dict[CallerKind, dict[str, Any]] = {}
        """Kind of caller → action in lower case → `shortcut.Shortcut`; None after the first request, before
        the shortcut is built.
        """
        self._bound: dict[tuple[CallerKind, bool, bool], Layers] = {}
        self._mentioned: dict[tuple[str, ...], bool] = {}
        self._asks_for_boundary: bool | None = None
        self.layers = Layers(
            rcps=_levels(PolicyType.RCP, rcps, settings),
            scps=_levels(PolicyType.SCP, scps, settings),
            endpoint=None if endpoint is None else _layer(PolicyType.ENDPOINT, endpoint, settings),
            resource=None if resource is None else _layer(PolicyType.RESOURCE, resource, settings),
            identity=_layer(PolicyType.IDENTITY, identity, settings),
            boundary=None if boundary is None else _layer(PolicyType.BOUNDARY, boundary, settings),
            session=None if session is None else _layer(PolicyType.SESSION, session, settings),
            scope_downs=tuple(
                _layer(PolicyType.SCOPE_DOWN, each, settings, level)
                for level, each in enumerate(_policies_of_calls(scope_downs))
            ),
        )

    def binding(self, caller: Caller, *, exempt_from_rcps: bool = False) -> Layers:
        """The layers that apply to a caller. `exempt_from_rcps`: the request is exempt from RCPs."""
        key = (caller.kind, caller.is_service_linked, exempt_from_rcps)
        found = self._bound.get(key)
        if found is None:
            skipped = not_consulted(caller)
            found = self.layers.without(skipped | {PolicyType.RCP} if exempt_from_rcps else skipped)
            self._bound[key] = found
        return found

    @property
    def asks_for_boundary(self) -> bool:
        """Whether there is a permissions boundary, and a Deny in another layer that depends on it
        (NotPrincipal).
        """
        found = self._asks_for_boundary
        if found is None:
            layers = self.layers
            asking = [each for each in (layers.resource, layers.endpoint) if each is not None]
            found = layers.boundary is not None and any(each.asks_for_boundary for each in asking)
            self._asks_for_boundary = found
        return found

    def mentions(self, keys: tuple[str, ...]) -> bool:
        """Whether one of these condition keys (in lower case) occurs in the text of any document. If none
        does, their values cannot change a decision.
        """
        found = self._mentioned.get(keys)
        if found is None:
            documents = (document for layer in self.layers.in_order for document in layer.documents)
            found = self._mentioned[keys] = any(document.mentions(keys) for document in documents)
        return found

    def without(self, *policy_types: PolicyType) -> PolicySet:
        """For what-if questions: the same policies without some layers. The decision says which layers were
        left out.
        """
        skipped = frozenset(policy_types)
        if PolicyType.TRUST in skipped:
            skipped |= {PolicyType.RESOURCE}
        changed = self.replaced(lambda layers: layers.without(skipped))
        changed.left_out = (*self.left_out, *(each for each in PolicyType if each in policy_types))
        return changed

    def replaced(self, change: Callable[[Layers], Layers]) -> PolicySet:
        """The same set with changed layers. Unchanged layers keep their compiled statements."""
        changed = PolicySet(settings=self.settings)
        changed.layers = change(self.layers)
        changed.left_out = self.left_out
        return changed


def _policies_of_calls(given: Any) -> Sequence[Documents | Layer]:
    if not isinstance(given, _LISTS) or _is_pair(given):
        raise TypeError(f"scope_downs is a list with the policy of each call, not {given!r:.60}")
    return given


def _levels(policy_type: PolicyType, levels: object, settings: EvaluationSettings) -> tuple[Layer, ...]:
    name = f"{policy_type.name.lower()}s"
    if isinstance(levels, Layer) or not isinstance(levels, _LISTS):
        raise TypeError(f"{name} is a list of levels, each a list of documents, not {levels!r:.60}")
    for level in levels:
        if (type(level) is not list and isinstance(level, _ONE_DOCUMENT)) or _is_pair(level):
            raise TypeError(
                f"{name} is a list of levels, from the organization's root down to the account, each a list "
                f"of documents: write {name}=[[document, …]] for one level"
            )
    return tuple(_layer(policy_type, level, settings, number) for number, level in enumerate(levels))


def _is_pair(given: object) -> bool:
    """Whether the value is a pair `(name, document)`."""
    return isinstance(given, _LISTS) and len(given) == 2 and isinstance(given[0], str)


def _layer(
    policy_type: PolicyType,
    documents: Documents | Layer,
    settings: EvaluationSettings,
    level: int | None = None,
) -> Layer:
    if isinstance(documents, Layer):
        if documents.policy_type is policy_type and documents.settings == settings:
            return documents
        return Layer(policy_type, documents.documents, settings, level)
    first = level + 1 if policy_type is PolicyType.SCOPE_DOWN and level is not None else 1
    return Layer(policy_type, _documents(policy_type, documents, first), settings, level)


def _documents(policy_type: PolicyType, given: Documents, first: int) -> Iterable[PolicyDocument]:
    """One document, or a list of documents. Those without a name are numbered, beginning with `first`."""
    if isinstance(given, PolicyDocument):
        return (given,)
    if type(given) is not list and isinstance(given, (dict, Mapping)):
        is_numbered = policy_type is PolicyType.SCOPE_DOWN
        return (PolicyDocument(given, f"{policy_type.value} {first}" if is_numbered else policy_type.value),)
    written: object = given
    if written is None:
        raise TypeError(f"no {policy_type.value} is written [], not None")
    if not isinstance(written, _LISTS):
        return (_document(given, ""),)  # raises the error that says what is wrong
    if _is_pair(written):
        return (_document(given, ""),)
    what = policy_type.value
    return [
        each if isinstance(each, PolicyDocument) else _document(each, f"{what} {number}")
        for number, each in enumerate(given, first)
    ]


def _document(given: Any, name: str) -> PolicyDocument:
    """The document of a pair `(name, document)`, or of a document without name, which gets `name`.
    PolicyDocument raises for anything else.
    """
    match given:
        case (str(own_name), document):
            return PolicyDocument(document, own_name)
        case _:
            return PolicyDocument(given, name)
