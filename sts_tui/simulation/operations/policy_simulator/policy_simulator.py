"""How are SimulatePrincipalPolicy and SimulateCustomPolicy answered? By our engine, in the simulator's shape.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.json_value import Json
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
from sts_tui.simulation.operations.responses import page_of
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

# The simulator has no answer for an undecided request, which is not a permission.
_DECISIONS = {
    Outcome.ALLOWED: "allowed",
    Outcome.EXPLICIT_DENY: "explicitDeny",
    Outcome.IMPLICIT_DENY: "implicitDeny",
    Outcome.UNDECIDED: "implicitDeny",
}
_ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Scenario(Struct, frozen=True, kw_only=True):
    """One simulation: the simulated caller, the policies and the context."""

    caller: Caller
    policies: SimulatedPolicies
    context: dict[str, Json]
    owner: str
    """The account of resources whose ARN has no account."""

    def request(self, action: str, resource: str, owner: str | None = None) -> Request:
        return Request(
            principal=self.caller.arn,
            action=action,
            resource=resource,
            resource_account=self.caller.account
            if _is_assume(action)
            else owner or account_of(resource) or self.owner,
            context=self.context,
            caller=self.caller,
        )

    def policy_set(self, request: Request) -> PolicySet:
        """The policies that decide about a request.

        For `sts:Assume*` the simulator evaluates only identity policies, boundary and SCPs, and no trust
        policy, not even one passed as `ResourcePolicy`. So the caller's account counts as trusted.

        Measured in eleven cases: https://github.com/aws/aws-cli/issues/10314
        """
        trust = self.trust(request)
        return self.policies.policy_set() if trust is None else self.policies.policy_set(trust)

    def trust(self, request: Request) -> PolicyDocument | None:
        """The trust policy used in place of the role's; None for an action that needs none."""
        if not _is_assume(request.action):
            return None
        statement = {"Effect": "Allow", "Principal": {"AWS": self.caller.account}, "Action": request.action}
        return PolicyDocument({"Version": "2012-10-17", "Statement": [statement]}, "")


def _is_assume(action: str) -> bool:
    return action.lower().startswith("sts:assume")


def simulate_principal_policy(
    call: Call[shapes.SimulatePrincipalPolicyRequest],
) -> Answer[shapes.SimulatePolicyResponse]:
    source = call.params["PolicySourceArn"]
    call.authorize(call.operation, source)
    policies = principal_policies(call, source)
    return _simulated(call, policies, call.params.get("CallerArn") or source)


def simulate_custom_policy(
    call: Call[shapes.SimulateCustomPolicyRequest],
) -> Answer[shapes.SimulatePolicyResponse]:
    call.authorize(call.operation)
    return _simulated(call, custom_policies(call), call.params.get("CallerArn"))


def _simulated(
    call: Call[shapes.SimulatePrincipalPolicyRequest | shapes.SimulateCustomPolicyRequest],
    policies: SimulatedPolicies,
    caller_arn: str | None,
) -> Answer[shapes.SimulatePolicyResponse]:
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
    results = [
        _result(scenario, action, one) for action in _valid(params["ActionNames"]) for one in resources
    ]
    page = page_of(results, params)
    return Answer(response={"EvaluationResults": page.items, **page.end})


def _valid(actions: Sequence[str]) -> Sequence[str]:
    for action in actions:
        if "*" in action or "?" in action or action.count(":") != 1:
            raise invalid_input(
                f"{action} is not a valid action name: it is service:Action, without wildcards."
            )
    return actions


def _caller(call: Call, arn: str | None) -> Caller:
    """The simulated caller: for a role one of its sessions, for a group or without a principal a user."""
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
        raise invalid_input(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    user = call.configuration.users.get(arn)
    return Caller(
        kind=CallerKind.USER, arn=arn, account=account_of(arn), unique_id=user.user_id if user else None
    )


def _account(owner: str | None) -> str | None:
    """The account id from an account id or the root ARN of an account."""
    return account_of(owner) or owner if owner else None


def _context(entries: Sequence[shapes.ContextEntry]) -> dict[str, Json]:
    context: dict[str, Json] = {}
    for entry in entries:
        values = list(entry.get("ContextKeyValues") or ())
        is_list = entry.get("ContextKeyType", "string").endswith("List")
        context[entry.get("ContextKeyName", "")] = values if is_list else (values or [""])[0]
    return context


def _result(scenario: Scenario, action: str, resource: str) -> shapes.EvaluationResult:
    """With resources in the call, each result repeats its answer for the resource, without the decisions by
    policy type.
    """
    policies = scenario.policies
    request = scenario.request(action, resource)
    decision = evaluate(request, scenario.policy_set(request))
    outcome = _DECISIONS[decision.outcome]
    matched, missing = _matched(decision, policies), _missing(policies, request)
    result: shapes.EvaluationResult = {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": outcome,
        "MatchedStatements": matched,
        "MissingContextValues": missing,
    }
    own: shapes.ResourceSpecificResult = {
        "EvalResourceName": resource,
        "EvalResourceDecision": outcome,
        "MatchedStatements": matched,
        "MissingContextValues": missing,
    }
    if policies.scps:
        result["OrganizationsDecisionDetail"] = {
            "AllowedByOrganizations": _allowed_by(scenario, request, scps=policies.scp_documents())
        }
    if policies.boundary is not None:
        is_within = _allowed_by(scenario, request, boundary=_documents(policies.boundary))
        detail: shapes.PermissionsBoundaryDecisionDetail = {"AllowedByPermissionsBoundary": is_within}
        own["PermissionsBoundaryDecisionDetail"] = result["PermissionsBoundaryDecisionDetail"] = detail
    if resource != "*":
        result["EvalDecisionDetails"] = _details(scenario, request, resource)
        result["ResourceSpecificResults"] = [own]
    return result


def _allowed_by(
    scenario: Scenario,
    request: Request,
    *,
    scps: Sequence[Sequence[PolicyDocument]] = (),
    boundary: Sequence[PolicyDocument] | None = None,
) -> bool:
    """Whether a request is allowed with only this layer of restrictions."""
    alone = PolicySet(identity=[_ALLOW_ALL], resource=scenario.trust(request), scps=scps, boundary=boundary)
    return evaluate(request, alone).is_allowed


def _details(scenario: Scenario, request: Request, resource: str) -> dict[str, str]:
    """The decision of each policy type, by its name, for cross-account simulations; empty within one
    account.
    """
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
    local = scenario.request(request.action, resource, scenario.caller.account)
    asked = {name: request if name == "Resource Policy" else local for name in sets}
    return {name: _DECISIONS[evaluate(asked[name], one).outcome] for name, one in sets.items()}


def _matched(decision: Decision, policies: SimulatedPolicies) -> list[shapes.Statement]:
    """The statements that decided, with their policies."""
    by_id = {source.id: source for source in policies.sources}
    found: list[shapes.Statement] = []
    for provenance in decision.statements:
        source = by_id.get(provenance.policy)
        if source is not None and provenance.policy_type is not PolicyType.SCP:
            start, end = source.positions[provenance.index]
            found.append(
                {
                    "SourcePolicyId": source.id,
                    "SourcePolicyType": source.shown_type,
                    "StartPosition": start,
                    "EndPosition": end,
                }
            )
    return found


def _missing(policies: SimulatedPolicies, request: Request) -> list[str]:
    """Keys that the policies' statements for this action use and that were not given."""
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
"""Keys that the simulator sets itself, from the time."""


def _documents(sources: Sequence[Source]) -> list[PolicyDocument]:
    return [PolicyDocument(source.document, source.id) for source in sources]


def get_context_keys_for_custom_policy(
    call: Call[shapes.GetContextKeysForCustomPolicyRequest],
) -> Answer[shapes.GetContextKeysForPolicyResponse]:
    call.authorize(call.operation)
    return _keys_of(input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList"))


def get_context_keys_for_principal_policy(
    call: Call[shapes.GetContextKeysForPrincipalPolicyRequest],
) -> Answer[shapes.GetContextKeysForPolicyResponse]:
    source = call.params["PolicySourceArn"]
    call.authorize(call.operation, source)
    given = input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList")
    return _keys_of((*principal_sources(call, source), *given))


def _keys_of(sources: Sequence[Source]) -> Answer[shapes.GetContextKeysForPolicyResponse]:
    keys = {key.lower(): key for source in sources for key in condition_keys(source.document)}
    return Answer(response={"ContextKeyNames": list(keys.values())})


PERFORMS: dict[str, Perform] = {
    "SimulatePrincipalPolicy": simulate_principal_policy,
    "SimulateCustomPolicy": simulate_custom_policy,
    "GetContextKeysForCustomPolicy": get_context_keys_for_custom_policy,
    "GetContextKeysForPrincipalPolicy": get_context_keys_for_principal_policy,
}
