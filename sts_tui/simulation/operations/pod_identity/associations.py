"""Associations: which role do the pods of a service account get? The caller needs permission to pass the
role, and the role has to trust EKS. After an association is deleted, no new credentials are issued; those
that pods have stay valid until they expire.
https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.workload_identities import (
    POD_IDENTITY,
    PodIdentityAssociation,
    association_arn,
    derived_association_id,
)
from sts_tui.simulation.operations.pod_identity.node_roles import node_role
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.responses import created
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import eks as shapes

NEEDED: Final = ("sts:assumerole", "sts:tagsession")
"""The actions that the role's trust policy has to allow to EKS, in lower case."""


def create_pod_identity_association(
    call: Call[shapes.CreatePodIdentityAssociationRequest],
) -> Answer[shapes.CreatePodIdentityAssociationResponse]:
    """Raises InvalidParameterException for a role that does not trust EKS, ResourceInUseException if the
    service account has an association, and the AwsError of a denial.
    """
    params = call.params
    cluster = params["clusterName"]
    _authorize(call, cluster, _request_tags(params.get("tags") or {}))
    place = (cluster, params["namespace"], params["serviceAccount"])
    if (existing := association_of(call.configuration, call.account, *place)) is not None:
        message = f"Association already exists: {existing.association_id}"
        raise AwsError("ResourceInUseException", message, 409)
    identifier = derived_association_id(f"{call.account}/{'/'.join(place)}/{call.ids.request_id()}")
    association = PodIdentityAssociation(
        arn=association_arn(
            call.account, cluster, identifier, cluster_arn_of(call, cluster).split(":")[3], _partition(call)
        ),
        association_id=identifier,
        cluster_name=cluster,
        namespace=params["namespace"],
        service_account=params["serviceAccount"],
        node_role_arn=node_role(call.account, cluster, call.configuration),
        created_at=call.now,
        modified_at=call.now,
        tags=dict(params.get("tags") or {}),
    )
    return _answer(call, _changed(call, association))


def update_pod_identity_association(
    call: Call[shapes.UpdatePodIdentityAssociationRequest],
) -> Answer[shapes.UpdatePodIdentityAssociationResponse]:
    """Pods get the change when their credentials are renewed. Raises ResourceNotFoundException,
    InvalidParameterException, and the AwsError of a denial.
    """
    return _answer(call, _changed(call, _named(call)))


def delete_pod_identity_association(
    call: Call[shapes.DeletePodIdentityAssociationRequest],
) -> Answer[shapes.DeletePodIdentityAssociationResponse]:
    """Raises ResourceNotFoundException."""
    association = _named(call)
    table = PersistentMap.of(call.configuration.pod_associations).without([association.arn])
    return Answer(
        response={"association": association_shape(association)},
        configuration=replace(call.configuration, pod_associations=table),
        subject=association.arn,
    )


def describe_pod_identity_association(
    call: Call[shapes.DescribePodIdentityAssociationRequest],
) -> Answer[shapes.DescribePodIdentityAssociationResponse]:
    """Raises ResourceNotFoundException."""
    return Answer(response={"association": association_shape(_named(call))})


def list_pod_identity_associations(
    call: Call[shapes.ListPodIdentityAssociationsRequest],
) -> Answer[shapes.ListPodIdentityAssociationsResponse]:
    """Summaries of the associations of a cluster, in one page."""
    params = call.params
    _authorize(call, params["clusterName"])
    wanted = (params.get("namespace"), params.get("serviceAccount"))
    return Answer(
        response={
            "associations": [
                {
                    "clusterName": one.cluster_name,
                    "namespace": one.namespace,
                    "serviceAccount": one.service_account,
                    "associationArn": one.arn,
                    "associationId": one.association_id,
                }
                for one in associations_of(call.configuration, call.account, params["clusterName"])
                if wanted[0] in (None, one.namespace) and wanted[1] in (None, one.service_account)
            ]
        }
    )


def associations_of(
    configuration: Configuration, account: str, cluster: str
) -> Iterator[PodIdentityAssociation]:
    """The associations of a cluster of the account, in the order of the file."""
    for arn, one in configuration.pod_associations.items():
        if one.cluster_name == cluster and account_of(arn) == account:
            yield one


def association_of(
    configuration: Configuration, account: str, cluster: str, namespace: str, service_account: str
) -> PodIdentityAssociation | None:
    """The association of a service account, which has at most one; None if it has none."""
    for one in associations_of(configuration, account, cluster):
        if (one.namespace, one.service_account) == (namespace, service_account):
            return one
    return None


def cluster_arn_of(call: Call[Any], cluster: str, region: str = "") -> str:
    """The ARN of a cluster of the caller's account, in the Region where it has associations; without
    associations in `region`, by default the call's.
    """
    known = next(associations_of(call.configuration, call.account, cluster), None)
    if known is not None:
        return known.cluster_arn
    return f"arn:{_partition(call)}:eks:{region or call.region}:{call.account}:cluster/{cluster}"


def trusts_eks(role: Role) -> bool:
    """Whether statements of the role's trust policy allow to EKS the actions that it needs, regardless of
    conditions. EKS refuses other roles when an association is written.
    https://github.com/hashicorp/terraform-provider-aws/issues/41483
    """
    statements = role.assume_role_policy_document.document.get("Statement", [])
    allowed: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow" and _names_eks(statement):
            actions = statement.get("Action", [])
            listed = actions if isinstance(actions, list) else [actions]
            allowed |= {str(one).lower() for one in listed}
    return bool(allowed & {"*", "sts:*"}) or allowed >= set(NEEDED)


def association_shape(association: PodIdentityAssociation) -> shapes.PodIdentityAssociation:
    """AWS's PodIdentityAssociation."""
    shape: dict[str, Any] = {
        "clusterName": association.cluster_name,
        "namespace": association.namespace,
        "serviceAccount": association.service_account,
        "roleArn": association.role_arn,
        "associationArn": association.arn,
        "associationId": association.association_id,
        "tags": dict(association.tags),
        "createdAt": created(association.created_at),
        "modifiedAt": created(association.modified_at or association.created_at),
        "disableSessionTags": association.disable_session_tags,
    }
    if association.target_role_arn:
        shape["targetRoleArn"] = association.target_role_arn
        shape["externalId"] = association.passed_external_id
    if association.policy is not None:
        policy = association.policy
        shape["policy"] = policy if isinstance(policy, str) else compact(policy)
    if association.owner_arn:
        shape["ownerArn"] = association.owner_arn
    return shape  # type: ignore[return-value]


def _names_eks(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("Service") if isinstance(principal, Mapping) else principal
    return POD_IDENTITY in (named if isinstance(named, list) else [named]) or principal == "*"


def _named(call: Call[Any]) -> PodIdentityAssociation:
    cluster, identifier = call.params["clusterName"], call.params["associationId"]
    for one in associations_of(call.configuration, call.account, cluster):
        if one.association_id == identifier:
            call.authorize(call.operation, one.arn, resource_account=call.account)
            return one
    message = f"No pod identity association found for id: {identifier}"
    raise AwsError("ResourceNotFoundException", message, 404)


def _authorize(call: Call[Any], cluster: str, context: Mapping[str, Any] | None = None) -> None:
    call.authorize(
        call.operation, cluster_arn_of(call, cluster), resource_account=call.account, context=context
    )


def _changed(call: Call[Any], association: PodIdentityAssociation) -> PodIdentityAssociation:
    """The association with what the call sets."""
    params = call.params
    if role_arn := params.get("roleArn"):
        association = replace(association, role_arn=_role(call, role_arn))
    if (target := params.get("targetRoleArn")) is not None:
        association = replace(association, target_role_arn=target)
    if (disabled := params.get("disableSessionTags")) is not None:
        association = replace(association, disable_session_tags=bool(disabled))
    if (policy := params.get("policy")) is not None:
        association = replace(association, policy=policy or None)
    if association.policy is not None:
        if not association.disable_session_tags:
            raise _invalid("A policy needs disableSessionTags to be true.")
        _check_policy(association.policy)
    return replace(association, modified_at=call.now)


def _check_policy(policy: str | Mapping[str, Any]) -> None:
    from sts_tui.sts.issuing.session_policies import inline_policy

    try:
        inline_policy({"Policy": policy if isinstance(policy, str) else compact(policy)})
    except AwsError as error:
        raise _invalid(error.message, error.hint) from None


def _role(call: Call[Any], arn: str) -> str:
    """The ARN of a role of the account that trusts EKS and that the caller may pass. Raises the AwsError of a
    refusal or denial.
    """
    role = call.configuration.roles.get(arn)
    if account_of(arn) != call.account or role is None:
        raise _invalid("Role provided in the request does not exist.", f"{call.account} has no role {arn}")
    call.authorize(
        "iam:PassRole", arn, resource_account=call.account, context={"iam:PassedToService": POD_IDENTITY}
    )
    if not trusts_eks(role):
        hint = f"it must allow sts:AssumeRole and sts:TagSession to {POD_IDENTITY}"
        raise _invalid("Trust policy of the role provided is invalid.", hint)
    return arn


def _invalid(message: str, hint: str = "") -> AwsError:
    return AwsError("InvalidParameterException", message, 400, hint=hint)


def _request_tags(tags: Mapping[str, str]) -> dict[str, Any]:
    if not tags:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, "aws:TagKeys": list(tags)}


def _partition(call: Call[Any]) -> str:
    return call.configuration.partition_of(call.account)


def _answer(call: Call[Any], association: PodIdentityAssociation) -> Answer[Any]:
    table = PersistentMap.of(call.configuration.pod_associations).updated({association.arn: association})
    return Answer(
        response={"association": association_shape(association)},
        configuration=replace(call.configuration, pod_associations=table),
        subject=association.arn,
    )


PERFORMS: dict[str, Perform] = {
    "CreatePodIdentityAssociation": create_pod_identity_association,
    "UpdatePodIdentityAssociation": update_pod_identity_association,
    "DeletePodIdentityAssociation": delete_pod_identity_association,
    "DescribePodIdentityAssociation": describe_pod_identity_association,
    "ListPodIdentityAssociations": list_pod_identity_associations,
}
