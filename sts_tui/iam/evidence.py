"""What the layers say to one request, asked for as the flow chart in `decide` needs it, and remembered."""

from __future__ import annotations

from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome, PolicyType
from sts_tui.iam.layers import Layer, matching
from sts_tui.iam.match import Statement
from sts_tui.iam.policy_set import Layers, PolicySet
from sts_tui.iam.principals import Closeness
from sts_tui.iam.request import Request

_TRUST_ACTIONS: Final = frozenset(
    ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
)
_ON_A_ROLE: Final = frozenset(("sts:tagsession", "sts:setsourceidentity", "sts:setcontext"))
"""Asked together with AssumeRole, and then answered by the trust policy as well."""
_UNLOCKING: Final = frozenset(
    (
        "s3:getbucketpolicy",
        "s3:putbucketpolicy",
        "s3:deletebucketpolicy",
        "sqs:getqueueattributes",
        "sqs:setqueueattributes",
    )
)


def own_policy_type(request: Request) -> PolicyType:
    """What the policy of this request's resource is called: a role's is its trust policy."""
    action = request.action_key
    if action in _TRUST_ACTIONS or (action in _ON_A_ROLE and ":role/" in request.resource):
        return PolicyType.TRUST
    return PolicyType.RESOURCE


def needs_own_policy(request: Request, own_type: PolicyType) -> bool:
    """Whether identity policies alone never suffice: roles and KMS keys.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if own_type is PolicyType.TRUST:
        return True
    return request.action_key.startswith("kms:") and ":key/" in request.resource


def is_unlocking(request: Request) -> bool:
    """Whether root asks for the policy of its own bucket or queue, which that policy cannot deny.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    caller = request.caller
    return (
        caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION)
        and request.action_key in _UNLOCKING
        and caller.account == request.resource_account
    )


class Evidence:
    """One evaluation: the request, the layers that bind the caller, and what they were found to say.

    `hopeful` counts an Allow that cannot be decided as a match; the flow chart is walked a second time with
    it, only to see whether the undecided Allow would have changed the answer.
    """

    __slots__ = ("_identity", "_resource", "doubtful", "hopeful", "layers", "own_type", "policies", "request")

    def __init__(
        self, request: Request, policies: PolicySet, layers: Layers, *, hopeful: bool = False
    ) -> None:
        self.request = request
        self.policies = policies
        self.layers = layers
        self.hopeful = hopeful
        self.own_type = own_policy_type(request)
        self.doubtful: list[tuple[PolicyType, Statement]] = []
        """Allows that cannot be decided."""
        self._identity: list[Statement] | None = None
        self._resource: list[Statement] | None = None

    def allows(self, layer: Layer) -> list[Statement]:
        """The Allows of a layer that match."""
        doubtful: list[Statement] = []
        matched = matching(layer.shortlist(self.request.action_key).allows, self.request, doubtful)
        if doubtful:
            self.doubtful += [(self.type_of(layer), statement) for statement in doubtful]
            if self.hopeful:
                matched += doubtful
        return matched

    def type_of(self, layer: Layer) -> PolicyType:
        return self.own_type if layer.policy_type is PolicyType.RESOURCE else layer.policy_type

    @property
    def holder_is_root(self) -> bool:
        """Whether a federated user session was issued by a root user, who needs no identity policy."""
        caller = self.request.caller
        return (
            caller.kind is CallerKind.FEDERATED_USER
            and caller.issuer_arn is not None
            and caller.issuer_arn.endswith(":root")
        )

    @property
    def identity_allows(self) -> list[Statement]:
        if self._identity is None:
            layer = self.layers.identity
            self._identity = [] if layer is None else self.allows(layer)
        return self._identity

    @property
    def resource_allows(self) -> list[Statement]:
        if self._resource is None:
            layer = self.layers.resource
            self._resource = [] if layer is None else self.allows(layer)
        return self._resource

    def closeness(self) -> Closeness:
        """How closely the resource's policy names the caller in an Allow: the closest of all that match."""
        closest = Closeness.NONE
        for statement in self.resource_allows:
            closeness = statement.closeness(self.request)
            if closeness is Closeness.UNDECIDED:
                closeness = Closeness.EXACT  # counted only by the hopeful reading
            if closeness > closest:
                closest = closeness
        if self.request.caller.kind is CallerKind.FEDERATED_USER:
            return self._of_federated_user(closest)
        return closest

    def _of_federated_user(self, closeness: Closeness) -> Closeness:
        settings = self.policies.settings
        if closeness is Closeness.USER and not settings.user_grant_reaches_federated_users:
            return Closeness.ACCOUNT
        if closeness is Closeness.EVERYONE and not settings.everyone_includes_federated_users:
            return Closeness.USER
        return closeness

    # --- the answers ---

    def granted(self, by: PolicyType | None, note: str = "") -> Decision:
        """Allowed. The evidence is every matching Allow that grants; ceilings never do."""
        own = [(self.own_type, statement) for statement in self.resource_allows]
        of_identity = [(PolicyType.IDENTITY, statement) for statement in self.identity_allows]
        evidence = of_identity + own if by is PolicyType.IDENTITY else own + of_identity
        return Decision(Outcome.ALLOWED, by, tuple(evidence), self.request.action, note)

    def missing(self, policy_type: PolicyType) -> Decision:
        """Denied, because no policy of a type that must allow does."""
        return Decision(Outcome.IMPLICIT_DENY, policy_type, (), self.request.action)


def explicit_denies(
    request: Request, layers: Layers, own_type: PolicyType
) -> tuple[list[tuple[PolicyType, Statement]], list[tuple[PolicyType, Statement]]]:
    """Every Deny that matches, in the order in which they are reported, and those that cannot be decided."""
    denies: list[tuple[PolicyType, Statement]] = []
    doubts: list[tuple[PolicyType, Statement]] = []
    for layer in layers.in_order:
        candidates = layer.shortlist(request.action_key).denies
        if not candidates:
            continue
        doubtful: list[Statement] = []
        matched = matching(candidates, request, doubtful)
        if matched or doubtful:
            found_in = own_type if layer.policy_type is PolicyType.RESOURCE else layer.policy_type
            denies += [(found_in, statement) for statement in matched]
            doubts += [(found_in, statement) for statement in doubtful]
    return denies, doubts
