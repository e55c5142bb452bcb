"""Which conditions of an Allow can a caller never meet, and which resources do Denies leave to it?

A condition on what a principal always is (its ARN, account, kind, organization) is met by all of its requests
or by none. A Deny with NotResource leaves only the resources that it names, so they have to be evaluated
although an Allow of `*` does not name them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.entities import Role, User
from sts_tui.iam import Outcome, PolicySet, Request, evaluate
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.policies import identity_documents, principal_of
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

_ALWAYS_THE_SAME: Final = frozenset(
    key.lower()
    for key in (
        *("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username"),
        *("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
        *("aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"),
    )
)
"""Condition keys with the same value in every request and every session of a principal."""


class FixedConditions:
    """The conditions that requests of one caller can meet. `request` is any of its requests, with its
    context.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._known: dict[str, bool] = {}

    def can_be_met(self, condition: object) -> bool:
        """False where the condition requires another principal. A condition on an unknown value can be
        met.
        """
        fixed = _fixed(condition)
        if not fixed:
            return True
        text = json.dumps(fixed, sort_keys=True)
        if text not in self._known:
            statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": fixed}
            document = {"Version": "2012-10-17", "Statement": [statement]}
            outcome = evaluate(self._request, PolicySet(identity=[document])).outcome
            self._known[text] = outcome is not Outcome.IMPLICIT_DENY
        return self._known[text]


def _fixed(condition: object) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        for key, values in tests.items() if isinstance(tests, Mapping) else ():
            if key.lower() in _ALWAYS_THE_SAME:
                found.setdefault(operator, {})[key] = values
    return found


def resources_left_by_denies(caller: CallerIdentity, world: World) -> tuple[str, ...]:
    """The resources that Denies with NotResource leave to a caller, as the policies name them."""
    found: dict[str, None] = {}
    for document in _documents_that_deny(caller, world):
        for statement in statements_of(document):
            if statement.get("Effect") == "Deny":
                found.update(
                    dict.fromkeys(one for one in listed(statement.get("NotResource")) if isinstance(one, str))
                )
    found.pop("*", None)
    return tuple(found)


def _documents_that_deny(caller: CallerIdentity, world: World) -> Iterator[Mapping[str, object]]:
    """Identity-based policies, the permissions boundary, SCPs and RCPs of the caller's account."""
    configuration = world.in_force
    principal = principal_of(caller)
    for attached in identity_documents(principal, configuration):
        if attached.written is not None:
            yield attached.written.document
    holder: Role | User | None = configuration.roles.get(principal or "") or configuration.users.get(
        principal or ""
    )
    boundary = holder.permissions_boundary if holder is not None else None
    policy = configuration.policies.get(boundary.permissions_boundary_arn) if boundary is not None else None
    if policy is not None and policy.default_document is not None:
        yield policy.default_document.document
    for level in levels_of(caller.caller.account or caller.account or "", configuration):
        for named in (*level.service_control_policies, *level.resource_control_policies):
            yield named.document.document
