"""What is the result of each layer for one request? Computed when the flow chart in `decide` needs it, then
cached.
"""

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
"""Actions that are authorized together with AssumeRole, and then also by the trust policy."""
_UNLOCKING: Final = frozenset(
    (
        "s3:getbucketpolicy",
        "s3:putbucketpolicy",
        "s3:deletebucketpolicy",
        "sqs:getqueueattributes",
        "sqs:setqueueattributes",
    )
)


# Members that every evaluation needs, bound once, because looking up a member of an Enum is slow in Python
# 3.11.
_ALLOWED: Final = Outcome.ALLOWED
_IMPLICIT_DENY: Final = Outcome.IMPLICIT_DENY
_IDENTITY: Final = PolicyType.IDENTITY
_RESOURCE: Final = PolicyType.RESOURCE
_TRUST: Final = PolicyType.TRUST
_FEDERATED_USER: Final = CallerKind.FEDERATED_USER
_NOT_AT_ALL: Final = Closeness.NONE
_ROOT: Final = (CallerKind.ROOT, CallerKind.ROOT_SESSION)


def own_policy_type(request: Request) -> PolicyType:
    """The type of the policy of this request's resource; for a role the trust policy."""
    action = request.action_key
    if not action.startswith("sts:"):
        return _RESOURCE
    if action in _TRUST_ACTIONS or (action in _ON_A_ROLE and ":role/" in request.resource):
        return _TRUST
    return _RESOURCE


def needs_own_policy(request: Request, own_type: PolicyType) -> bool:
    """Whether identity policies are never sufficient, as for roles and KMS keys.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if own_type is _TRUST:
        return True
    return request.action_key.startswith("kms:") and ":key/" in request.resource


def is_unlocking(request: Request) -> bool:
    """Whether a root user requests the policy of a bucket or queue of its account, which that policy cannot
    deny.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    if request.action_key not in _UNLOCKING:
        return False
    caller = request.caller
    return caller.kind in _ROOT and caller.account == request.resource_account


TypedStatement: TypeAlias = tuple[PolicyType, Statement]
"""A statement and its policy type."""


class PolicyResults:
    """One evaluation: the request, the layers that apply to the caller, and their results.

    With `optimistic`, undecided Allows count as matches. The flow chart is evaluated a second time with it,
    only to find out whether the undecided Allow would have changed the decision.
    """

    __slots__ = (
        "_identity_allows",
        "_resource_allows",
        "caller",
        "concerned",
        "doubtful",
        "layers",
        "optimistic",
        "own_type",
        "request",
        "settings",
    )

    def __init__(
        self, request: Request, layers: Layers, settings: EvaluationSettings, *, optimistic: bool = False
    ) -> None:
        self.request = request
        self.caller = request.caller
        self.layers = layers
        self.concerned = layers.concerned(request.action_key)
        self.settings = settings
        self.optimistic = optimistic
        self.own_type = own_policy_type(request)
        self.doubtful: list[TypedStatement] = []
        """Undecided Allows."""
        self._identity_allows: Sequence[Statement] | None = None
        self._resource_allows: Sequence[Statement] | None = None

    def explicit_denies(self) -> tuple[list[TypedStatement], list[TypedStatement]]:
        """Every Deny that matches, in the order in which they are reported, and the undecided ones."""
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
        """Every matching Allow among the candidates."""
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
                if self.optimistic:
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
        """Whether the caller is a federated user session issued by a root user, who has every permission."""
        caller = self.caller
        return caller.kind is _FEDERATED_USER and (caller.issuer_arn or "").endswith(":root")

    def closeness(self) -> Closeness:
        """How closely the resource's policy names the caller: the closest of all matching Allows."""
        if not self.concerned.resource:
            return _NOT_AT_ALL
        closest = _NOT_AT_ALL
        for statement in self.resource_allows:
            closeness = statement.closeness(self.request)
            if closeness is Closeness.UNDECIDED:
                closeness = Closeness.EXACT  # counts only with `optimistic`
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

    # --- the possible decisions ---

    def granted(self, by: PolicyType | None, note: str = "") -> Decision:
        """The decision that the request is allowed, with every matching Allow that grants. Ceilings never
        grant.
        """
        found = [(_IDENTITY, statement) for statement in self.identity_allows]
        if self.concerned.resource and (own := self.resource_allows):
            of_resource = [(self.own_type, statement) for statement in own]
            found = found + of_resource if by is _IDENTITY else of_resource + found
        return Decision(_ALLOWED, by, tuple(found), self.request.action, note)

    def missing(self, policy_type: PolicyType) -> Decision:
        """The decision that the request is denied because no policy of this type allows it."""
        return Decision(_IMPLICIT_DENY, policy_type, (), self.request.action)
