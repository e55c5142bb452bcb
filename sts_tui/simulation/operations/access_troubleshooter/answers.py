"""What was evaluated for a denied request, in the shape of the Access Troubleshooter's answer?

Checks come in AWS's order: resource control policies from the root down to the account, service control
policies likewise, the VPC endpoint, the resource if its owner has to allow the request separately, the
principal, its boundary and its session policies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.iam.decision import Outcome
from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.explaining.explanation import (
    ElementStatus,
    LayerExplanation,
    LayerVerdict,
    StatementExplanation,
)
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.authorization.authorization_ids import PastDenial
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.policies import principal_of

_TYPES: Final[Mapping[PolicyType, str]] = {
    PolicyType.IDENTITY: "IDENTITY_BASED_POLICY",
    PolicyType.BOUNDARY: "PERMISSIONS_BOUNDARY",
    PolicyType.SESSION: "SESSION_POLICY",
    PolicyType.SCOPE_DOWN: "SESSION_POLICY",
    PolicyType.RESOURCE: "RESOURCE_BASED_POLICY",
    PolicyType.TRUST: "RESOURCE_BASED_POLICY",
    PolicyType.SCP: "SERVICE_CONTROL_POLICY",
    PolicyType.RCP: "RESOURCE_CONTROL_POLICY",
    PolicyType.ENDPOINT: "VPC_ENDPOINT_POLICY",
}
_CHECKS: Final[Mapping[PolicyType, str]] = {
    PolicyType.RCP: "RESOURCE_CONTROL_POLICY",
    PolicyType.SCP: "SERVICE_CONTROL_POLICY",
    PolicyType.ENDPOINT: "VPC_ENDPOINT",
    PolicyType.RESOURCE: "RESOURCE",
    PolicyType.TRUST: "RESOURCE",
    PolicyType.IDENTITY: "PRINCIPAL",
    PolicyType.BOUNDARY: "PERMISSIONS_BOUNDARY",
    PolicyType.SESSION: "SESSION",
    PolicyType.SCOPE_DOWN: "SESSION",
}
_ORDER: Final = tuple(dict.fromkeys(_CHECKS.values()))
_EFFECTS: Final[Mapping[Outcome, str]] = {
    Outcome.ALLOWED: "ALLOW",
    Outcome.EXPLICIT_DENY: "EXPLICIT_DENY",
    Outcome.IMPLICIT_DENY: "IMPLICIT_DENY",
    Outcome.UNDECIDED: "IMPLICIT_DENY",
}


class EvaluatedPolicy(Struct, frozen=True, kw_only=True):
    """One policy that was evaluated."""

    uri: str
    """Its ARN; for an inline policy an opaque text."""
    policy_type: PolicyType
    document: PolicyDocument
    attached_to: tuple[str, ...]
    """ARNs."""


class Answer(Struct, frozen=True, kw_only=True):
    """The whole answer, and the documents behind its URIs."""

    response: Mapping[str, object]
    documents: Mapping[str, Mapping[str, object]]
    """Policy documents by URI."""


def answer_of(past: PastDenial) -> Answer:
    """What GetRequestAuthorizationDetails answers, its members by AWS's names."""
    return _Details(past).answer()


class _Details:
    """One denied request, explained."""

    def __init__(self, past: PastDenial) -> None:
        self._prepared = past.prepared
        self._question = past.prepared.question
        self._explanation = past.prepared.explain(past.at)
        self._context = past.prepared.context(past.at).values
        self._policies: dict[tuple[str, str, str, str], EvaluatedPolicy] = {}

    def answer(self) -> Answer:
        for layer in self._explanation.policies.layers.in_order:
            for document in layer.documents:
                self._add(layer.policy_type, layer.level, document)
        checks = self._checks()
        evaluation: dict[str, object] = {
            "action": self._question.action,
            "resource": "" if self._question.resource == "*" else self._question.resource,
            "evaluatedEffect": _EFFECTS[self._explanation.decision.outcome],
            "checks": checks,
        }
        return Answer(
            response={
                "requestContext": dict(self._context),
                "evaluations": [evaluation],
                "policies": [_policy_shape(one) for one in self._policies.values()],
            },
            documents={one.uri: one.document.document for one in self._policies.values()},
        )

    def _add(self, policy_type: PolicyType, level: int | None, document: PolicyDocument) -> None:
        key = (policy_type.value, document.owner, document.name, document.arn)
        target = self._attached_to(policy_type, level, document)
        known = self._policies.get(key)
        attached = tuple(dict.fromkeys((*(known.attached_to if known else ()), target)))
        uri = document.arn or (known.uri if known else f"inline-policy/{len(self._policies) + 1}")
        self._policies[key] = EvaluatedPolicy(
            uri=uri, policy_type=policy_type, document=document, attached_to=attached
        )

    def _attached_to(self, policy_type: PolicyType, level: int | None, document: PolicyDocument) -> str:
        caller, configuration = self._question.caller, self._question.configuration
        match policy_type:
            case PolicyType.SCP | PolicyType.RCP:
                return self._target(policy_type, level or 0)
            case PolicyType.RESOURCE | PolicyType.TRUST:
                return self._question.resource
            case PolicyType.IDENTITY if document.owner:
                principal = principal_of(caller) or ""
                if principal.rpartition("/")[2] == document.owner:
                    return principal
                account = account_of(principal)
                groups = (arn for arn in configuration.groups if account_of(arn) == account)
                return next((arn for arn in groups if arn.rpartition("/")[2] == document.owner), principal)
        return principal_of(caller) or caller.arn or ""

    def _target(self, policy_type: PolicyType, level: int) -> str:
        """The ARN of the root, unit or account whose policies a level has."""
        configuration = self._question.configuration
        caller = self._question.caller
        account = caller.account if policy_type is PolicyType.SCP else self._prepared.resource_account
        organization, levels = configuration.organization, levels_of(account or "", configuration)
        if organization is None or level >= len(levels):
            return ""
        identifier = levels[level].id
        kind = "root" if identifier.startswith("r-") else "ou" if identifier.startswith("ou-") else "account"
        owner = organization.management_account_id
        return f"arn:aws:organizations::{owner}:{kind}/{organization.id}/{identifier}"

    def _checks(self) -> list[dict[str, object]]:
        found: dict[tuple[int, int], list[LayerExplanation]] = {}
        for layer in self._explanation.layers:
            if layer.verdict in (LayerVerdict.NOT_CONSULTED, LayerVerdict.NONE, LayerVerdict.UNKNOWN):
                if layer.policy_type is not PolicyType.IDENTITY:
                    continue
                if layer.verdict is LayerVerdict.NOT_CONSULTED:
                    continue
            name = _CHECKS[layer.policy_type]
            if name == "RESOURCE" and not self._owner_decides_separately(layer):
                name = "PRINCIPAL"
            found.setdefault((_ORDER.index(name), layer.level or 0), []).append(layer)
        return [self._check(_ORDER[place], level, layers) for (place, level), layers in sorted(found.items())]

    def _owner_decides_separately(self, layer: LayerExplanation) -> bool:
        """Whether the resource's owner has to allow separately: across accounts, for KMS keys, and for the
        trust policy of a role.
        """
        account = self._question.caller.account
        is_across = account is not None and account != self._prepared.resource_account
        is_key = self._question.action.lower().startswith("kms:")
        return is_across or is_key or layer.policy_type is PolicyType.TRUST

    def _check(self, name: str, level: int, layers: list[LayerExplanation]) -> dict[str, object]:
        check: dict[str, object] = {"checkType": name, "evaluatedEffect": self._effect(name, layers)}
        if name in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            check["targetArn"] = self._target(layers[0].policy_type, level)
        check["relevantPolicyTypes"] = list(dict.fromkeys(_TYPES[layer.policy_type] for layer in layers))
        if matched := list(self._matched(layers)):
            check["matchedPolicies"] = matched
        return check

    def _effect(self, name: str, layers: list[LayerExplanation]) -> str:
        verdicts = [layer.verdict for layer in layers]
        if LayerVerdict.EXPLICIT_DENY in verdicts:
            return "EXPLICIT_DENY"
        if LayerVerdict.ALLOWS in verdicts:
            return "ALLOW"
        is_denied = self._explanation.decision.outcome is Outcome.EXPLICIT_DENY
        decided = self._explanation.decision.settled_by
        lacks = {_CHECKS[layer.policy_type] for layer in layers} | {name}
        if is_denied and (decided is None or _CHECKS[decided] not in lacks) and name == "RESOURCE":
            return "NO_IMPACT"
        return "IMPLICIT_DENY"

    def _matched(self, layers: list[LayerExplanation]) -> Iterator[dict[str, object]]:
        by_policy: dict[str, list[dict[str, str]]] = {}
        for layer in layers:
            for statement in layer.statements:
                if statement.status is ElementStatus.MATCHED:
                    by_policy.setdefault(self._uri(layer.policy_type, statement), []).append(
                        {
                            "sid": statement.provenance.sid or f"statement-{statement.provenance.index + 1}",
                            "evaluatedEffect": statement.effect.upper(),
                        }
                    )
        for uri, statements in by_policy.items():
            yield {"uri": uri, "matchedStatements": statements}

    def _uri(self, policy_type: PolicyType, statement: StatementExplanation) -> str:
        where = statement.provenance
        key = (policy_type.value, where.owner, where.policy, where.arn)
        return self._policies[key].uri if key in self._policies else where.arn or where.policy


def _policy_shape(one: EvaluatedPolicy) -> dict[str, object]:
    return {
        "type": _TYPES[one.policy_type],
        "inline": not one.document.arn,
        "uri": one.uri,
        "attachedTo": [{"arn": arn} for arn in one.attached_to if arn],
    }
