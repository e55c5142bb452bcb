"""How are reads of an organization answered: itself, its accounts, roots, units, policies and their targets?

Lists are answered in pages of `MaxResults` (20 where absent), continued with `NextToken`.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict, TypeVar

from sts_tui.account.entities import Organization, OrganizationAccount, OrganizationalUnit
from sts_tui.simulation.operations.organizations.organization_access import (
    organization_of,
    readable_organization,
    refused,
)
from sts_tui.simulation.operations.organizations.organization_policies import (
    RCP,
    RCP_FULL_AWS_ACCESS,
    TYPES,
    OrganizationPolicyType,
    all_policies,
    find_policy,
    policy_id,
    policy_shape,
    policy_summary,
)
from sts_tui.simulation.operations.organizations.organization_tree import (
    Node,
    find_target,
    node_of,
    nodes_of,
    parent_of,
    policies_at,
    unit_of,
)
from sts_tui.simulation.operations.organizations.units import no_such_unit, unit_shape
from sts_tui.simulation.operations.responses import marker, offset_in
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.account.entities import NamedPolicy
    from sts_tui.simulation.operations.shapes import organizations as shapes

DEFAULT_PAGE: Final = 20

T = TypeVar("T")


class PageRequest(TypedDict):
    """The parameters that choose a page of Organizations."""

    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


def describe_organization(call: Call) -> Answer[shapes.DescribeOrganizationResponse]:
    """Any account of the organization may call it. Raises AccessDeniedException,
    AWSOrganizationsNotInUseException.
    """
    organization = organization_of(call)
    call.authorize(call.operation)
    manager = organization.management_account_id
    prefix = f"arn:aws:organizations::{manager}"
    return Answer(
        response={
            "Organization": {
                "Id": organization.id,
                "Arn": f"{prefix}:organization/{organization.id}",
                "FeatureSet": "ALL",
                "MasterAccountArn": f"{prefix}:account/{organization.id}/{manager}",
                "MasterAccountId": manager,
                "AvailablePolicyTypes": [{"Type": SCP_NAME, "Status": "ENABLED"}],
            }
        }
    )


SCP_NAME: Final = "SERVICE_CONTROL_POLICY"


def list_roots(call: Call[shapes.ListRootsRequest]) -> Answer[shapes.ListRootsResponse]:
    """The only root. Raises AccessDeniedException, AWSOrganizationsNotInUseException."""
    organization = _readable(call)
    root = organization.root
    shape: shapes.Root = {
        "Id": root.id,
        "Arn": Node(root.id, root).arn(organization),
        "Name": root.name,
        "PolicyTypes": [{"Type": name, "Status": "ENABLED"} for name in TYPES],
    }
    items, token = page_of([shape], call.params)
    return Answer(response={"Roots": items, **token})


def list_accounts(call: Call[shapes.ListAccountsRequest]) -> Answer[shapes.ListAccountsResponse]:
    """Every account of the tree. Raises AccessDeniedException, AWSOrganizationsNotInUseException."""
    organization = _readable(call)
    accounts = [
        account_shape(call, organization, node.entry)
        for node in nodes_of(organization)
        if isinstance(node.entry, OrganizationAccount)
    ]
    items, token = page_of(accounts, call.params)
    return Answer(response={"Accounts": items, **token})


def describe_account(call: Call[shapes.DescribeAccountRequest]) -> Answer[shapes.DescribeAccountResponse]:
    """Raises AccessDeniedException, AccountNotFoundException."""
    organization = readable_organization(call)
    node = node_of(organization, call.params["AccountId"])
    _authorize(call, organization, node)
    if node is None or not isinstance(node.entry, OrganizationAccount):
        raise no_such_account()
    return Answer(response={"Account": account_shape(call, organization, node.entry)})


def no_such_account() -> AwsError:
    """The error for an account that is not in the organization."""
    return refused(
        "AccountNotFoundException",
        "We can't find an Amazon Web Services account with the AccountId that you specified, or the account "
        "whose credentials you used to make this request isn't a member of an organization.",
    )


def list_accounts_for_parent(
    call: Call[shapes.ListAccountsForParentRequest],
) -> Answer[shapes.ListAccountsForParentResponse]:
    """Raises AccessDeniedException, ParentNotFoundException."""
    organization, parent = _parent(call, call.params["ParentId"])
    accounts = [account_shape(call, organization, one) for one in parent.accounts]
    items, token = page_of(accounts, call.params)
    return Answer(response={"Accounts": items, **token})


def list_organizational_units_for_parent(
    call: Call[shapes.ListOrganizationalUnitsForParentRequest],
) -> Answer[shapes.ListOrganizationalUnitsForParentResponse]:
    """Raises AccessDeniedException, ParentNotFoundException."""
    organization, parent = _parent(call, call.params["ParentId"])
    units = [unit_shape(organization, one) for one in parent.organizational_units]
    items, token = page_of(units, call.params)
    return Answer(response={"OrganizationalUnits": items, **token})


def list_children(call: Call[shapes.ListChildrenRequest]) -> Answer[shapes.ListChildrenResponse]:
    """Accounts or units directly below. Raises AccessDeniedException, ParentNotFoundException."""
    _, parent = _parent(call, call.params["ParentId"])
    wanted = call.params["ChildType"]
    ids = (
        [one.account_id for one in parent.accounts]
        if wanted == "ACCOUNT"
        else [one.id for one in parent.organizational_units]
    )
    children: list[shapes.Child] = [{"Id": id, "Type": wanted} for id in ids]
    items, token = page_of(children, call.params)
    return Answer(response={"Children": items, **token})


def list_parents(call: Call[shapes.ListParentsRequest]) -> Answer[shapes.ListParentsResponse]:
    """The one root or unit above. Raises AccessDeniedException, ChildNotFoundException."""
    organization = readable_organization(call)
    child = call.params["ChildId"]
    _authorize(call, organization, node_of(organization, child))
    parent = parent_of(organization, child)
    if parent is None:
        raise refused(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or Amazon Web Services account with the ChildId that "
            "you specified.",
        )
    kind = "ROOT" if parent is organization.root else "ORGANIZATIONAL_UNIT"
    parents: list[shapes.Parent] = [{"Id": parent.id, "Type": kind}]
    items, token = page_of(parents, call.params)
    return Answer(response={"Parents": items, **token})


def describe_organizational_unit(
    call: Call[shapes.DescribeOrganizationalUnitRequest],
) -> Answer[shapes.DescribeOrganizationalUnitResponse]:
    """Raises AccessDeniedException, OrganizationalUnitNotFoundException."""
    organization = readable_organization(call)
    id = call.params["OrganizationalUnitId"]
    unit = unit_of(organization, id)
    _authorize(call, organization, Node(id, unit) if unit else None)
    if unit is None or unit is organization.root:
        raise no_such_unit()
    return Answer(response={"OrganizationalUnit": unit_shape(organization, unit)})


def list_policies(call: Call[shapes.ListPoliciesRequest]) -> Answer[shapes.ListPoliciesResponse]:
    """The policies of one type, attached or not. Raises AccessDeniedException."""
    organization = readable_organization(call)
    wanted = call.params["Filter"]
    call.authorize(call.operation, context={"organizations:PolicyType": wanted})
    found = {
        policy_id(policy, policy_type): policy_summary(organization, policy_type, policy)
        for policy_type, policy in all_policies(organization)
        if policy_type.name == wanted
    }
    items, token = page_of(list(found.values()), call.params)
    return Answer(response={"Policies": items, **token})


def describe_policy(call: Call[shapes.DescribePolicyRequest]) -> Answer[shapes.DescribePolicyResponse]:
    """Raises AccessDeniedException, PolicyNotFoundException."""
    organization = readable_organization(call)
    policy_type, policy = find_policy(organization, call.params["PolicyId"])
    _authorize_policy(call, organization, policy_type, policy)
    return Answer(response={"Policy": policy_shape(organization, policy_type, policy)})


def list_policies_for_target(
    call: Call[shapes.ListPoliciesForTargetRequest],
) -> Answer[shapes.ListPoliciesForTargetResponse]:
    """Those attached directly, of one type. Raises AccessDeniedException, TargetNotFoundException."""
    organization = readable_organization(call)
    node = find_target(organization, call.params["TargetId"])
    _authorize(call, organization, node)
    policy_type = TYPES.get(call.params["Filter"])
    attached = () if policy_type is None else _attached(node, policy_type)
    found = [policy_summary(organization, policy_type, one) for one in attached if policy_type]
    items, token = page_of(found, call.params)
    return Answer(response={"Policies": items, **token})


def list_targets_for_policy(
    call: Call[shapes.ListTargetsForPolicyRequest],
) -> Answer[shapes.ListTargetsForPolicyResponse]:
    """Where it is attached. Raises AccessDeniedException, PolicyNotFoundException."""
    organization = readable_organization(call)
    policy_type, policy = find_policy(organization, call.params["PolicyId"])
    _authorize_policy(call, organization, policy_type, policy)
    wanted = policy_id(policy, policy_type)
    found: list[shapes.PolicyTargetSummary] = [
        {
            "TargetId": node.id,
            "Arn": node.arn(organization),
            "Name": _name(call, node),
            "Type": _kind(organization, node),
        }
        for node in nodes_of(organization)
        if wanted in [policy_id(one, policy_type) for one in _attached(node, policy_type)]
    ]
    items, token = page_of(found, call.params)
    return Answer(response={"Targets": items, **token})


def _attached(node: Node, policy_type: OrganizationPolicyType) -> tuple[NamedPolicy, ...]:
    always = (RCP_FULL_AWS_ACCESS,) if policy_type is RCP else ()
    return (*always, *policies_at(node, policy_type.list))


def _readable(call: Call) -> Organization:
    organization = readable_organization(call)
    call.authorize(call.operation)
    return organization


def _authorize(call: Call, organization: Organization, node: Node | None) -> None:
    arn = node.arn(organization) if node else "*"
    call.authorize(call.operation, arn, resource_account=organization.management_account_id)


def _authorize_policy(
    call: Call, organization: Organization, policy_type: OrganizationPolicyType, policy: NamedPolicy
) -> None:
    call.authorize(
        call.operation,
        policy_summary(organization, policy_type, policy).get("Arn", "*"),
        context={"organizations:PolicyType": policy_type.name},
        resource_account=organization.management_account_id,
    )


def _parent(call: Call, id: str) -> tuple[Organization, OrganizationalUnit]:
    organization = readable_organization(call)
    parent = unit_of(organization, id)
    _authorize(call, organization, Node(id, parent) if parent else None)
    if parent is None:
        raise refused(
            "ParentNotFoundException", "We can't find a root or OU with the ParentId that you specified."
        )
    return organization, parent


def account_shape(call: Call, organization: Organization, account: OrganizationAccount) -> shapes.Account:
    """An account in AWS's shape, without what files do not have: the address of its root user, how and when
    it joined.
    """
    facts = call.configuration.accounts.get(account.account_id)
    return {
        "Id": account.account_id,
        "Arn": Node(account.account_id, account).arn(organization),
        "Name": (facts.name if facts else "") or account.account_id,
        "Status": "ACTIVE",
        "State": "ACTIVE",
    }


def _name(call: Call, node: Node) -> str:
    if isinstance(node.entry, OrganizationalUnit):
        return node.entry.name
    facts = call.configuration.accounts.get(node.id)
    return (facts.name if facts else "") or node.id


def _kind(organization: Organization, node: Node) -> str:
    if node.entry is organization.root:
        return "ROOT"
    return "ORGANIZATIONAL_UNIT" if isinstance(node.entry, OrganizationalUnit) else "ACCOUNT"


class _Token(TypedDict):
    NextToken: NotRequired[str]


def page_of(items: Sequence[T], params: PageRequest) -> tuple[list[T], _Token]:
    """One page, and the token of the next page if there is one. `params`: the paging parameters of a call, by
    name. Raises InvalidInputException.
    """
    start = _offset(params.get("NextToken"))
    end = start + int(params.get("MaxResults") or DEFAULT_PAGE)
    token: _Token = {}
    if end < len(items):
        token["NextToken"] = marker(end)
    return list(items[start:end]), token


def _offset(token: str | None) -> int:
    offset = offset_in(token)
    if offset is None:
        raise refused("InvalidInputException", "You specified an invalid value for NextToken.")
    return offset


PERFORMS: dict[str, Perform] = {
    "DescribeOrganization": describe_organization,
    "ListRoots": list_roots,
    "ListAccounts": list_accounts,
    "DescribeAccount": describe_account,
    "ListAccountsForParent": list_accounts_for_parent,
    "ListOrganizationalUnitsForParent": list_organizational_units_for_parent,
    "ListChildren": list_children,
    "ListParents": list_parents,
    "DescribeOrganizationalUnit": describe_organizational_unit,
    "ListPolicies": list_policies,
    "DescribePolicy": describe_policy,
    "ListPoliciesForTarget": list_policies_for_target,
    "ListTargetsForPolicy": list_targets_for_policy,
}
