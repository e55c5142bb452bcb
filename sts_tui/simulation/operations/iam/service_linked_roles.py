"""Service-linked roles: created on behalf of a service, deleted through the service.

The services define their names and policies; the table has those published in the AWS managed policy
reference. https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sts_tui.account.entities import AttachedPolicy, Role
from sts_tui.account.json_value import JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.role_durations import DEFAULT_MAXIMUM
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.identity_types import (
    ROLE,
    arn_in,
    authorize_on,
    find_identity,
    new_unique_id,
    no_such_identity,
)
from sts_tui.simulation.operations.iam.responses import created_role_shape
from sts_tui.simulation.operations.refusals import invalid_input, no_such_entity
from sts_tui.simulation.operations.stored_principals import with_principal_renamed
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

SERVICES: Final = {
    "access-analyzer.amazonaws.com": ("AWSServiceRoleForAccessAnalyzer", "AccessAnalyzerServiceRolePolicy"),
    "appsync.amazonaws.com": ("AWSServiceRoleForAppSync", "AWSAppSyncServiceRolePolicy"),
    "autoscaling.amazonaws.com": ("AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy"),
    "batch.amazonaws.com": ("AWSServiceRoleForBatch", "BatchServiceRolePolicy"),
    "cloudtrail.amazonaws.com": ("AWSServiceRoleForCloudTrail", "CloudTrailServiceRolePolicy"),
    "config.amazonaws.com": ("AWSServiceRoleForConfig", "AWSConfigServiceRolePolicy"),
    "ecs.amazonaws.com": ("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
    "eks.amazonaws.com": ("AWSServiceRoleForAmazonEKS", "AmazonEKSServiceRolePolicy"),
    "elasticloadbalancing.amazonaws.com": (
        "AWSServiceRoleForElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
    ),
    "es.amazonaws.com": (
        "AWSServiceRoleForAmazonElasticsearchService",
        "AmazonElasticsearchServiceRolePolicy",
    ),
    "guardduty.amazonaws.com": ("AWSServiceRoleForAmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"),
    "lex.amazonaws.com": ("AWSServiceRoleForLexBots", "AmazonLexBotPolicy"),
    "member.org.stacksets.cloudformation.amazonaws.com": (
        "AWSServiceRoleForCloudFormationStackSetsOrgMember",
        "CloudFormationStackSetsOrgMemberServiceRolePolicy",
    ),
    "opensearchservice.amazonaws.com": (
        "AWSServiceRoleForAmazonOpenSearchService",
        "AmazonOpenSearchServiceRolePolicy",
    ),
    "organizations.amazonaws.com": ("AWSServiceRoleForOrganizations", "AWSOrganizationsServiceTrustPolicy"),
    "rds.amazonaws.com": ("AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy"),
    "spot.amazonaws.com": ("AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy"),
    "spotfleet.amazonaws.com": ("AWSServiceRoleForEC2SpotFleet", "AWSEC2SpotFleetServiceRolePolicy"),
    "sso.amazonaws.com": ("AWSServiceRoleForSSO", "AWSSSOServiceRolePolicy"),
    "support.amazonaws.com": ("AWSServiceRoleForSupport", "AWSSupportServiceRolePolicy"),
    "transitgateway.amazonaws.com": (
        "AWSServiceRoleForVPCTransitGateway",
        "AWSVPCTransitGatewayServiceRolePolicy",
    ),
    "trustedadvisor.amazonaws.com": ("AWSServiceRoleForTrustedAdvisor", "AWSTrustedAdvisorServiceRolePolicy"),
}
_SUFFIXED: Final = frozenset({"autoscaling.amazonaws.com", "lex.amazonaws.com"})
"""Services of which an account can have several roles."""
_TASK: Final = lazy_pattern(r"task(/aws-service-role/[^/]+/)([^/]+)/[0-9a-f-]{36}")


def create_service_linked_role(
    call: Call[shapes.CreateServiceLinkedRoleRequest],
) -> Answer[shapes.CreateServiceLinkedRoleResponse]:
    """Raises AccessDenied, InvalidInput for a service that has none and for a name that is taken.

    Policies see `iam:AWSServiceName`.
    """
    service, suffix = call.params["AWSServiceName"], call.params.get("CustomSuffix")
    name, policy = SERVICES.get(service, (f"AWSServiceRoleFor{service.partition('.')[0]}", ""))
    name = f"{name}_{suffix}" if suffix else name
    arn = arn_in(call, "role", name, _path_for(service))
    authorize_on(call, arn, context={"iam:AWSServiceName": service})
    _refuse_service(service, suffix)
    if find_identity(call, ROLE, name):
        raise invalid_input(
            f"Service role name {name} has been taken in this account, please try a different suffix."
        )
    role = _role_for(service, arn, name, policy, call)
    return Answer(
        response={"Role": created_role_shape(role)},
        configuration=with_entity(call.configuration, role),
        subject=arn,
    )


def _path_for(service: str) -> str:
    return f"/aws-service-role/{service}/"


def _refuse_service(service: str, suffix: str | None) -> None:
    if service not in SERVICES:
        raise invalid_input(
            f"Service {service} is not known to have service-linked roles here."
            if service.endswith(".amazonaws.com")
            else f"Invalid service name: {service}"
        )
    if suffix and service not in _SUFFIXED:
        raise invalid_input("Custom suffix is not allowed for " + service)


def _role_for(
    service: str, arn: str, name: str, policy: str, call: Call[shapes.CreateServiceLinkedRoleRequest]
) -> Role:
    """The role as AWS creates it: only the service may assume it, and AWS's policy `policy` is attached."""
    statement: JsonObject = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    partition = call.configuration.partition_of(call.account)
    attached = AttachedPolicy(
        policy_arn=f"arn:{partition}:iam::aws:policy/aws-service-role/{policy}", policy_name=policy
    )
    return Role(
        arn=arn,
        role_name=name,
        role_id=new_unique_id(call, ROLE.id_prefix),
        assume_role_policy_document=WrittenPolicy({"Version": "2012-10-17", "Statement": [statement]}),
        path=_path_for(service),
        create_date=call.now,
        description=call.params.get("Description"),
        max_session_duration=DEFAULT_MAXIMUM,
        attached_managed_policies=(attached,),
    )


def delete_service_linked_role(
    call: Call[shapes.DeleteServiceLinkedRoleRequest],
) -> Answer[shapes.DeleteServiceLinkedRoleResponse]:
    """The service agrees immediately: whether it still uses the role is not simulated.

    Raises AccessDenied, NoSuchEntity, InvalidInput for any other role.
    """
    name = call.params["RoleName"]
    role = find_identity(call, ROLE, name)
    authorize_on(call, role.arn if role else arn_in(call, "role", name), role)
    if role is None:
        raise no_such_identity(ROLE, name)
    if not role.is_service_linked:
        raise invalid_input(f"Role {name} is not a service-linked role.")
    configuration = without_entity(call.configuration, role)
    return Answer(
        response={"DeletionTaskId": _task_of(call, role.path, role.role_name)},
        configuration=with_principal_renamed(configuration, role.arn, role.role_id),
        subject=role.arn,
    )


def get_deletion_status(
    call: Call[shapes.GetServiceLinkedRoleDeletionStatusRequest],
) -> Answer[shapes.GetServiceLinkedRoleDeletionStatusResponse]:
    """Raises AccessDenied, InvalidInput, NoSuchEntity."""
    task = _TASK.fullmatch(call.params["DeletionTaskId"])
    if task is None:
        raise invalid_input("The deletion task id is not valid.")
    authorize_on(call, arn_in(call, "role", task[2], task[1]))
    if call.params["DeletionTaskId"] != _task_of(call, task[1], task[2]):
        raise no_such_entity("The deletion task cannot be found.")
    return Answer(response={"Status": "SUCCEEDED"})


def _task_of(call: Call, path: str, name: str) -> str:
    """The id of the task that deletes this role. It is always the same, so that only this task is found."""
    digest = hashlib.sha256(f"{call.seed}/{call.account}{path}{name}".encode()).hexdigest()
    parts = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])
    return f"task{path}{name}/{'-'.join(parts)}"


PERFORMS: dict[str, Perform] = {
    "CreateServiceLinkedRole": create_service_linked_role,
    "DeleteServiceLinkedRole": delete_service_linked_role,
    "GetServiceLinkedRoleDeletionStatus": get_deletion_status,
}
