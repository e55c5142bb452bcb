"""SimulatePrincipalPolicy and SimulateCustomPolicy: our engine, answering in the simulator's shape.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.iam import Decision, Outcome, PolicyDocument, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.simulation.operations.policy_simulator.condition_keys import condition_keys
from sts_tui.simulation.operations.policy_simulator.simulated_policies import (
    SimulatedPolicies,
    Source,
    custom_policies,
    input_policies,
    principal_policies,
    principal_sources,
)
from sts_tui.simulation.operations.refusals import invalid_input
from sts_tui.simulation.operations.responses import members, paged
from sts_tui.sts.operation import Answer, Call

# The simulator has no fourth answer, and what is undecided is no permission.
_DECISIONS = {
    Outcome.ALLOWED: "allowed",
    Outcome.EXPLICIT_DENY: "explicitDeny",
    Outcome.IMPLICIT_DENY: "implicitDeny",
    Outcome.UNDECIDED: "implicitDeny",
}
_BOUNDARY_DETAIL = "PermissionsBoundaryDecisionDetail"
_ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Scenario(Struct, frozen=True, kw_only=True):
    """One simulation: who is simulated, under which policies, in which context."""

    caller: Caller
    policies: SimulatedPolicies
    context: dict[str, Any]
    owner: str
    """The account of resources whose ARN names none."""

    def request(self, action: str, resource: str) -> Request:
        return Request(
            principal=self.caller.arn,
            action=action,
            resource=resource,
            resource_account=account_of(resource) or self.owner,
            context=self.context,
            caller=self.caller,
        )


def simulate_principal_policy(call: Call) -> Answer:
    source = call.params["PolicySourceArn"]
    call.authorize(call.operation, source)
    policies = principal_policies(call, source)
    return _simulated(call, policies, call.params.get("CallerArn") or source)


def simulate_custom_policy(call: Call) -> Answer:
    call.authorize(call.operation)
    return _simulated(call, custom_policies(call), call.params.get("CallerArn"))


def _simulated(call: Call, policies: SimulatedPolicies, caller_arn: str | None) -> Answer:
    params = call.params
    if policies.resource is not None and caller_arn is None:
        raise invalid_input("CallerArn is required when a ResourcePolicy is included.")
    caller = _caller(call, caller_arn)
    scenario = Scenario(
        caller=caller,
        policies=policies,
        context=_context(params.get("ContextEntries") or ()),
        owner=_account(params.get("ResourceOwner")) or caller.account or call.account,
    )
    resources = params.get("ResourceArns") or ["*"]
    results = [_result(scenario, action, one) for action in _actions(params) for one in resources]
    return Answer(response=paged("EvaluationResults", results, params))


def _actions(params: Any) -> Sequence[str]:
    actions: Sequence[str] = params["ActionNames"]
    for action in actions:
        if "*" in action or "?" in action or action.count(":") != 1:
            raise invalid_input(
                f"{action} is not a valid action name: it is service:Action, without wildcards."
            )
    return actions


def _caller(call: Call, arn: str | None) -> Caller:
    """A role is simulated as one of its sessions, a group or nobody in particular as a user."""
    if arn is None:
        return Caller(kind=CallerKind.USER, account=call.account)
    role = call.configuration.roles.get(arn)
    if role is not None or ":role/" in arn:
        return Caller(
            kind=CallerKind.ROLE_SESSION,
            arn=arn,
            account=account_of(arn),
            issuer_arn=arn,
            unique_id=role.role_id if role else None,
            is_service_linked=role.is_service_linked if role else False,
        )
    if ":assumed-role/" in arn or ":federated-user/" in arn or account_of(arn) is None:
        raise invalid_input(f"{arn} is not a user, group or role.")
    user = call.configuration.users.get(arn)
    return Caller(
        kind=CallerKind.USER, arn=arn, account=account_of(arn), unique_id=user.user_id if user else None
    )


def _account(owner: str | None) -> str | None:
    """An account id, or the root ARN of an account."""
    return account_of(owner) or owner if owner else None


def _context(entries: Sequence[Any]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for entry in entries:
        values = list(entry.get("ContextKeyValues") or ())
        is_list = entry.get("ContextKeyType", "string").endswith("List")
        context[entry["ContextKeyName"]] = values if is_list else (values or [""])[0]
    return context


def _result(scenario: Scenario, action: str, resource: str) -> dict[str, Any]:
    """With resources in the call, each result also has its only resource's own: the same once more."""
    policies = scenario.policies
    request = scenario.request(action, resource)
    decision = evaluate(request, policies.policy_set())
    outcome = _DECISIONS[decision.outcome]
    found = {
        "MatchedStatements": _matched(decision, policies),
        "MissingContextValues": _missing(policies, request),
    }
    details = members(EvalDecisionDetails=_details(scenario, request, resource))
    layers = _layers(request, policies)
    result = {
        "EvalActionName": action, "EvalResourceName": resource, "EvalDecision": outcome,
        **found, **layers, **details,
    }  # fmt: skip
    if resource != "*":
        boundary = {name: one for name, one in layers.items() if name == _BOUNDARY_DETAIL}
        own = {"EvalResourceName": resource, "EvalResourceDecision": outcome, **found, **details, **boundary}
        result["ResourceSpecificResults"] = [own]
    return result


def _layers(request: Request, policies: SimulatedPolicies) -> dict[str, Any]:
    """What organization and boundary say, each for itself; nothing where there is none."""
    layers: dict[str, Any] = {}
    if policies.scps:
        alone = PolicySet(identity=[_ALLOW_ALL], scps=policies.scp_documents())
        layers["OrganizationsDecisionDetail"] = {
            "AllowedByOrganizations": evaluate(request, alone).is_allowed
        }
    if policies.boundary is not None:
        alone = PolicySet(identity=[_ALLOW_ALL], boundary=_documents(policies.boundary))
        allowed = evaluate(request, alone).is_allowed
        layers[_BOUNDARY_DETAIL] = {"AllowedByPermissionsBoundary": allowed}
    return layers


def _details(scenario: Scenario, request: Request, resource: str) -> dict[str, str] | None:
    """Each policy type's own answer, for cross-account simulations; empty within one account, and nothing
    at all where the simulation is about all resources.
    """
    if resource == "*":
        return None
    if request.resource_account == scenario.caller.account:
        return {}
    policies = scenario.policies
    sets = {"IAM Policy": PolicySet(identity=_documents(policies.identity))}
    if policies.resource is not None:
        sets["Resource Policy"] = PolicySet(identity=[_ALLOW_ALL], resource=_documents((policies.resource,)))
    if policies.boundary is not None:
        sets["PermissionsBoundary Policy"] = PolicySet(
            identity=[_ALLOW_ALL], boundary=_documents(policies.boundary)
        )
    local = Request(
        principal=request.principal,
        action=request.action,
        resource=request.resource,
        resource_account=scenario.caller.account,
        context=scenario.context,
        caller=scenario.caller,
    )
    asked = {name: request if name == "Resource Policy" else local for name in sets}
    return {name: _DECISIONS[evaluate(asked[name], one).outcome] for name, one in sets.items()}


def _matched(decision: Decision, policies: SimulatedPolicies) -> list[dict[str, Any]]:
    """The statements that decided, by the policies they stand in."""
    by_id = {source.id: source for source in policies.sources}
    found = []
    for provenance in decision.statements:
        source = by_id.get(provenance.policy)
        if source is not None and provenance.policy_type is not PolicyType.SCP:
            start, end = source.positions[provenance.index]
            found.append(
                {
                    "SourcePolicyId": source.id,
                    "SourcePolicyType": source.type,
                    "StartPosition": start,
                    "EndPosition": end,
                }
            )
    return found


def _missing(policies: SimulatedPolicies, request: Request) -> list[str]:
    """Keys that the policies' statements for this action ask for and nobody gave."""
    wanted = {
        key.lower(): key
        for source in (*policies.sources, *(scp for level in policies.scps for scp in level))
        for key in condition_keys(source.document, request.action)
    }
    return [
        key
        for lowered, key in wanted.items()
        if lowered not in request.values and lowered not in _AT_ANY_TIME
    ]


_AT_ANY_TIME = frozenset({"aws:currenttime", "aws:epochtime"})
"""The simulator knows the time by itself."""


def _documents(sources: Sequence[Source]) -> list[PolicyDocument]:
    return [PolicyDocument(source.document, source.id) for source in sources]


def get_context_keys_for_custom_policy(call: Call) -> Answer:
    call.authorize(call.operation)
    return _keys_of(input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList"))


def get_context_keys_for_principal_policy(call: Call) -> Answer:
    source = call.params["PolicySourceArn"]
    call.authorize(call.operation, source)
    given = input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList")
    return _keys_of((*principal_sources(call, source), *given))


def _keys_of(sources: Sequence[Source]) -> Answer:
    keys = {key.lower(): key for source in sources for key in condition_keys(source.document)}
    return Answer(response={"ContextKeyNames": list(keys.values())})


PERFORMS: dict[str, Callable[[Call], Answer]] = {
    "SimulatePrincipalPolicy": simulate_principal_policy,
    "SimulateCustomPolicy": simulate_custom_policy,
    "GetContextKeysForCustomPolicy": get_context_keys_for_custom_policy,
    "GetContextKeysForPrincipalPolicy": get_context_keys_for_principal_policy,
}
