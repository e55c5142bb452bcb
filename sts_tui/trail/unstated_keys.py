"""Which condition keys in the deciding statements are missing in a recorded event?

CloudTrail records the parameters of a request, not its condition keys: request tags, leading keys of DynamoDB
and most keys of services are missing. They are evaluated as absent, which can give a wrong verdict if AWS had
a value.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sts_tui.account.policies.global_condition_keys import comes_from_identity
from sts_tui.iam import Outcome
from sts_tui.iam.decision import Decision
from sts_tui.iam.layers import candidates_for
from sts_tui.iam.match import Statement
from sts_tui.simulation.authorization.authorizer import Prepared
from sts_tui.simulation.authorization.context import CLOCK_KEYS

_STATED: Final = (
    *("aws:resourceaccount", "aws:resourceorg", "aws:resourcetag/", "aws:principal", "aws:requestedregion"),
    *("aws:sourceip", "aws:sourcevpc", "aws:vpc", "aws:viaawsservice", "aws:calledvia", "aws:useragent"),
)
"""Prefixes of keys that the model or the event has. If they are absent, AWS had none either."""


def unstated_keys(
    decision: Decision, prepared: Prepared, action: str, resource: str, at: datetime
) -> tuple[str, ...]:
    """The keys in words: `aws:TagKeys, which u/p#DenyTagKeys tests`. They are from the deciding statements
    and, if nothing allowed the request, from statements that failed only because of such a key.
    """
    stated = {key.lower() for key in prepared.context(at).values}
    found = dict.fromkeys(
        f"{condition.key}, which {statement.label} tests"
        for statement in _deciding(decision, prepared, action, resource)
        for condition in statement.conditions
        if condition.key.lower() not in stated and _is_of_request(condition.key)
    )
    return tuple(found)


def _deciding(decision: Decision, prepared: Prepared, action: str, resource: str) -> Iterator[Statement]:
    if decision.outcome is not Outcome.IMPLICIT_DENY:
        yield from (statement for _, statement in decision.decided_by)
        return
    concerned = prepared.policies.layers.concerned(action.lower())
    for candidates in (concerned.identity, concerned.resource):
        for statement in candidates_for(candidates, resource):
            test = statement.resources.by_text if statement.resources is not None else None
            if test is None or test(resource):
                yield statement


def _is_of_request(key: str) -> bool:
    """Whether the key depends only on the request, not on the caller, the model or the clock."""
    lowered = key.lower()
    return not (comes_from_identity(key) or lowered in CLOCK_KEYS or lowered.startswith(_STATED))
