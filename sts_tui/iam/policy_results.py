"""What does each layer say about one request? Found when the flow chart in `decide` needs it, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.layers import Candidates, candidates_for
from sts_tui.iam.match import MATCHED, UNDECIDED, Statement
from sts_tui.iam.policy_set import Layers
from sts_tui.iam.principals import Closeness
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request
from sts_tui.iam.settings import EvaluationSettings

_TRUST_ACTIONS: Final = frozenset(
    ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
)
_ON_A_ROLE: Final = frozenset(("sts:tagsession", "sts:setsourceidentity", "sts:setcontext"))
"""Authorized together with AssumeRole, and then by the trust policy as well."""
_UNLOCKING: Final = frozenset(
    (
        "s3:getbucketpolicy",
        "s3:putbucketpolicy",
        "s3:deletebucketpolicy",
        "sqs:getqueueattributes",
        "sqs:setqueueattributes",
    )
)


# Members that every evaluation needs, bound once: Python 3.11 looks a member of an Enum up slowly.
_ALLOWED: Final = Outcome.ALLOWED
_IMPLICIT_DENY: Final = Outcome.IMPLICIT_DENY
_IDENTITY: Final = PolicyType.IDENTITY
_RESOURCE: Final = PolicyType.RESOURCE
_TRUST: Final = PolicyType.TRUST
_FEDERATED_USER: Final = CallerKind.FEDERATED_USER
_NOT_AT_ALL: Final = Closeness.NONE
_ROOT: Final = (CallerKind.ROOT, CallerKind.ROOT_SESSION)


def own_policy_type(request: Request) -> PolicyType:
    """The type of the policy of this request's resource: of a role it is the trust policy."""
    action = request.action_key
    if not action.startswith("sts:"):
        return _RESOURCE
    if action in _TRUST_ACTIONS or (action in _ON_A_ROLE and ":role/" in request.resource):
        return _TRUST
    return _RESOURCE


def needs_own_policy(request: Request, own_type: PolicyType) -> bool:
    """Whether identity policies alone never suffice: roles and KMS keys.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if own_type is _TRUST:
        return True
    return request.action_key.startswith("kms:") and ":key/" in request.resource


def is_unlocking(request: Request) -> bool:
    """Whether root asks for the policy of its own bucket or queue, which that policy cannot deny.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    if request.action_key not in _UNLOCKING:
        return False
    caller = request.caller
    return caller.kind in _ROOT and caller.account == request.resource_account


TypedStatement: TypeAlias = tuple[PolicyType, Statement]
"""A statement and its policy type."""


class PolicyResults:
    """One evaluation: the request, the layers that bind the caller, and what they say.

    `hopeful` counts an Allow that cannot be decided as a match; the flow chart is walked a second time with
    it, only to see whether the undecided Allow would have changed the answer.
    """

    __slots__ = (
        "_identity_allows",
        "_resource_allows",
        "caller",
        "concerned",
        "doubtful",
        "hopeful",
        "layers",
        "own_type",
        "request",
        "settings",
    )

    def __init__(
        self, request: Request, layers: Layers, settings: EvaluationSettings, *, hopeful: bool = False
    ) -> None:
        self.request = request
        self.caller = request.caller
        self.layers = layers
        self.concerned = layers.concerned(request.action_key)
        self.settings = settings
        self.hopeful = hopeful
        self.own_type = own_policy_type(request)
        self.doubtful: list[TypedStatement] = []
        """Allows that cannot be decided."""
        self._identity_allows: Sequence[Statement] | None = None
        self._resource_allows: Sequence[Statement] | None = None

    def explicit_denies(self) -> tuple[list[TypedStatement], list[TypedStatement]]:
        """Every Deny that matches, in the order in which they are reported, and those that cannot be
        decided.
        """
        request = self.request
        denies: list[TypedStatement] = []
        doubtful: list[TypedStatement] = []
        for policy_type, statement in self._denies_to_compare():
            code = statement.match_beyond_action(request)
            if code <= MATCHED:
                shown = self.own_type if policy_type is _RESOURCE else policy_type
                (denies if code == MATCHED else doubtful).append((shown, statement))
        return denies, doubtful

    def _denies_to_compare(self) -> Sequence[TypedStatement]:
        concerned = self.concerned
        if not concerned.long_denies:
            return concerned.denies
        resource = self.request.resource
        return [
            (policy_type, statement)
            for policy_type, candidates in concerned.long_denies
            for statement in candidates_for(candidates, resource)
        ]

    def allows(self, policy_type: PolicyType, candidates: Candidates) -> Sequence[Statement]:
        """Every Allow among the candidates that matches."""
        if not candidates:
            return ()
        request = self.request
        matched = []
        for statement in candidates_for(candidates, request.resource):
            code = statement.match_beyond_action(request)
            if code == MATCHED:
                matched.append(statement)
            elif code == UNDECIDED:
                self.doubtful.append((policy_type, statement))
                if self.hopeful:
                    matched.append(statement)
        return matched

    @property
    def identity_allows(self) -> Sequence[Statement]:
        found = self._identity_allows
        if found is None:
            found = self._identity_allows = self.allows(_IDENTITY, self.concerned.identity)
        return found

    @property
    def resource_allows(self) -> Sequence[Statement]:
        found = self._resource_allows
        if found is None:
            found = self._resource_allows = self.allows(self.own_type, self.concerned.resource)
        return found

    @property
    def needs_no_identity_policy(self) -> bool:
        """Whether a federated user session was issued by a root user, who has every permission."""
        caller = self.caller
        return caller.kind is _FEDERATED_USER and (caller.issuer_arn or "").endswith(":root")

    def closeness(self) -> Closeness:
        """How closely the resource's policy names the caller in an Allow: the closest of all that match."""
        if not self.concerned.resource:
            return _NOT_AT_ALL
        closest = _NOT_AT_ALL
        for statement in self.resource_allows:
            closeness = statement.closeness(self.request)
            if closeness is Closeness.UNDECIDED:
                closeness = Closeness.EXACT  # counted only by the hopeful reading
            if closeness > closest:
                closest = closeness
        if self.caller.kind is _FEDERATED_USER:
            return self._of_federated_user(closest)
        return closest

    def _of_federated_user(self, closeness: Closeness) -> Closeness:
        if closeness is Closeness.USER and not self.settings.user_grant_reaches_federated_users:
            return Closeness.ACCOUNT
        if closeness is Closeness.EVERYONE and not self.settings.everyone_includes_federated_users:
            return Closeness.USER
        return closeness

    # --- the answers ---

    def granted(self, by: PolicyType | None, note: str = "") -> Decision:
        """Allowed. The evidence is every matching Allow that grants; ceilings never do."""
        found = [(_IDENTITY, statement) for statement in self.identity_allows]
        if self.concerned.resource and (own := self.resource_allows):
            of_resource = [(self.own_type, statement) for statement in own]
            found = found + of_resource if by is _IDENTITY else of_resource + found
        return Decision(_ALLOWED, by, tuple(found), self.request.action, note)

    def missing(self, policy_type: PolicyType) -> Decision:
        """Denied, because no policy of a type that must allow does."""
        return Decision(_IMPLICIT_DENY, policy_type, (), self.request.action)
