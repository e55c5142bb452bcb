"""Why do the model and AWS disagree about a recorded request? The likely cause, most certain first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.iam import Outcome
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.authorization.policies import governing_resource
from sts_tui.simulation.denials.denial_text import denials_in
from sts_tui.trail.evaluation import DENIED, Verdict
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.signer import signer_of
from sts_tui.trail.unstated_keys import unstated_keys

POLICY_CALLS: Final = (
    "code = '' AND source IN ('iam.amazonaws.com', 'organizations.amazonaws.com', 's3.amazonaws.com', "
    "'kms.amazonaws.com', 'sts.amazonaws.com') AND regexp_matches(name, "
    "'^(Put|Attach|Detach|Delete|Update|Set|Create|Add|Remove|Tag|Untag).*"
    "(Policy|Role|User|Group|Version|Boundary|Key)')"
)
"""An SQL condition for recorded calls that changed policies."""
_SUBJECTS: Final = (
    *("roleName", "userName", "groupName", "policyArn", "bucketName", "keyId", "targetId", "policyId"),
    *("role", "user"),
)
_LAYERS: Final = {
    "service control policy": "service control policies",
    "resource control policy": "resource control policies",
    "VPC endpoint policy": "VPC endpoint policies",
    "permissions boundary": "permissions boundaries",
    "session policy": "session policies",
}
_HAVE_POLICIES: Final = frozenset(
    (
        "backup",
        "codeartifact",
        "dynamodb",
        "ecr",
        "elasticfilesystem",
        "es",
        "events",
        "execute-api",
        "glacier",
    )
    + ("glue", "kinesis", "kms", "lambda", "logs", "s3", "secretsmanager", "ses", "sns", "sqs")
)
"""Services whose resources have policies that can allow a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""
_GRANTED_BY_A_RESOURCE: Final = (None, PolicyType.IDENTITY, PolicyType.RESOURCE)
"""Policy types whose missing Allow a resource policy can replace; None if no policy decided."""
NEWER: Final = "policies newer than the event"
OLDER: Final = "policies older than the event (--model-before)"
SPREADING: Final = "an edit that had not reached every endpoint"
_SPREADS: Final = 60
"""For how many seconds an edit of IAM may not have taken effect everywhere.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html"""
LACKS, OPEN, UNEXPLAINED = "not in the model", "not in the event", "unexplained"


class PolicyChange(Struct, frozen=True):
    """A recorded call that changed a policy."""

    epoch: int
    operation: str
    subjects: tuple[str, ...]
    request: str = ""

    def is_call_of(self, event: RecordedEvent) -> bool:
        """Whether the event is this call."""
        mine = (self.epoch, self.operation, self.request)
        return mine == (event.epoch, event.operation, event.request)


def changes_in(events: Iterable[RecordedEvent]) -> list[PolicyChange]:
    """The recorded changes of policies, ordered by time."""
    found = []
    for event in events:
        request: Mapping[str, Any] = parsed_object(event.request)
        named = tuple(str(request[name]) for name in _SUBJECTS if request.get(name))
        found.append(PolicyChange(event.epoch, event.operation, named, event.request))
    return found


class Causes:
    """Finds the likely cause of each disagreement."""

    def __init__(
        self, changes: list[PolicyChange], configuration: Configuration, *, follows: bool = False
    ) -> None:
        """`follows`: the model applies the changes of the trail, so that they are not causes."""
        self._follows = follows
        self._changes = changes
        self._configuration = configuration

    def of(self, event: RecordedEvent, verdict: Verdict) -> tuple[str, str]:
        """(kind of cause, cause in words)."""
        for kind, words in self._possible(event, verdict):
            return kind, words
        return UNEXPLAINED, "the model's policies are of another day, or sts-tui is wrong: please report it"

    def _possible(self, event: RecordedEvent, verdict: Verdict) -> Iterator[tuple[str, str]]:
        for kind, change in self._changes_of(event, verdict):
            after = change.epoch - event.epoch
            when = (
                "in the same second" if not after else f"{abs(after)} s {'later' if after > 0 else 'before'}"
            )
            yield kind, f"{change.operation} on {', '.join(change.subjects)} {when}"
        if verdict.note:
            yield OPEN, verdict.note
        if unstated := _unstated(event, verdict):
            more = f" (and {len(unstated) - 1} more)" if len(unstated) > 1 else ""
            yield OPEN, f"the event does not state {unstated[0]}{more}"
        quoted = denials_in(event.message)
        reason = quoted[0].reason if quoted else ""
        arn = quoted[0].policy_arn if quoted else ""
        if ":iam:" in arn and arn not in self._configuration.policies:
            yield LACKS, f"the policy {arn}"
        for layer, plural in _LAYERS.items():
            if layer in reason and not self._has(layer):
                yield LACKS, f"{plural}: the model has none"
        if verdict.verdict == DENIED and not event.code:
            resource = verdict.resource
            owner = resource.split(":")[4] if resource.count(":") >= 5 else ""
            if owner and owner not in self._configuration.accounts:
                yield LACKS, f"the account {owner}, which owns {resource}"
            is_known = governing_resource(resource, self._configuration) is not None
            if not is_known and _may_be_granted_by_its_policy(verdict):
                yield LACKS, f"a resource policy of {resource}, if it has one"

    def _has(self, layer: str) -> bool:
        configuration = self._configuration
        match layer:
            case "service control policy" | "resource control policy":
                return configuration.organization is not None
            case "VPC endpoint policy":
                return any(":vpc-endpoint/" in arn for arn in configuration.resources)
            case "permissions boundary":
                roles, users = configuration.roles.values(), configuration.users.values()
                return any(one.permissions_boundary for one in roles) or any(
                    one.permissions_boundary for one in users
                )
        return True

    def _changes_of(self, event: RecordedEvent, verdict: Verdict) -> Iterator[tuple[str, PolicyChange]]:
        """The next recorded change after the event and the last before it, of the caller's role or user or of
        the resource, each with its kind of cause.
        """
        signer = signer_of(event.identity)
        issuer = signer.issuer_arn or signer.arn
        names = {issuer, issuer.rpartition("/")[2], verdict.resource, verdict.resource.rpartition(":")[2]}
        names |= self._attached(issuer)
        concerned = [change for change in self._changes if names.intersection(change.subjects)]
        concerned = [change for change in concerned if not change.is_call_of(event)]
        recent = [change for change in concerned if 0 <= event.epoch - change.epoch <= _SPREADS]
        if self._follows:
            yield from ((SPREADING, change) for change in recent[-1:])
            return
        before = [change for change in concerned if change.epoch <= event.epoch]
        after = [change for change in concerned if change.epoch > event.epoch]
        yield from ((NEWER, change) for change in after[:1])
        yield from ((OLDER, change) for change in before[-1:])

    def _attached(self, issuer: str) -> set[str]:
        holder = self._configuration.roles.get(issuer) or self._configuration.users.get(issuer)
        return {one.policy_arn for one in holder.attached_managed_policies} if holder else set()


def _unstated(event: RecordedEvent, verdict: Verdict) -> tuple[str, ...]:
    if verdict.decision is None or verdict.prepared is None:
        return ()
    return unstated_keys(verdict.decision, verdict.prepared, verdict.action, verdict.resource, event.at)


def _may_be_granted_by_its_policy(verdict: Verdict) -> bool:
    """Whether a policy of the resource could change the model's denial into an Allow."""
    decision = verdict.decision
    if decision is None or decision.outcome is not Outcome.IMPLICIT_DENY:
        return False
    parts = verdict.resource.split(":")
    return decision.settled_by in _GRANTED_BY_A_RESOURCE and len(parts) > 5 and parts[2] in _HAVE_POLICIES
