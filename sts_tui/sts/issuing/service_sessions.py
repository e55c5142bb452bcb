"""How does an AWS service get a session for a workload: an EC2 instance, an ECS task, a Lambda function?

The service calls AssumeRole with its service principal. Neither the role's MaxSessionDuration nor role
chaining limits it. Requests with the credentials have condition keys that say where they were delivered.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InstanceProfile, Role
from sts_tui.sts.credentials import printed
from sts_tui.sts.facts.limits import DEFAULT_ROLE_SESSION, ROTATION_MARGIN, SERVICE_SESSION
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.sts.issuing.parameters import DurationParameters, SessionNameParameters
    from sts_tui.sts.operation import Call

EC2: Final = "ec2.amazonaws.com"
ECS_TASKS: Final = "ecs-tasks.amazonaws.com"
LAMBDA: Final = "lambda.amazonaws.com"

_SECONDS: Final[Mapping[str, int]] = {EC2: SERVICE_SESSION, ECS_TASKS: SERVICE_SESSION}
"""Service principal → lifetime of the credentials that it requests, in seconds; one hour for all other
services.
"""


def service_seconds(params: DurationParameters, caller: CallerIdentity) -> int:
    """The duration in seconds of a session for a service: as requested, else its usual lifetime."""
    if (asked := params.get("DurationSeconds")) is not None:
        return int(asked)
    return _SECONDS.get(caller.arn or "", DEFAULT_ROLE_SESSION)


def credential_context(call: Call[SessionNameParameters], role: Role) -> dict[str, str]:
    """The condition keys in requests with credentials that this service delivers.

    An instance's VPC and private address are not in the account file; they are derived from its id.
    """
    partition, account = role.arn.split(":")[1], role.arn.split(":")[4]
    name = call.params["RoleSessionName"]
    if call.caller.arn == EC2:
        return _instance_context(f"arn:{partition}:ec2:{call.region}:{account}:instance/{name}", name)
    if call.caller.arn == LAMBDA:
        return {"lambda:SourceFunctionArn": f"arn:{partition}:lambda:{call.region}:{account}:function:{name}"}
    return {}


def _instance_context(instance_arn: str, instance_id: str) -> dict[str, str]:
    digest = sha256(instance_id.encode()).digest()
    return {
        "ec2:SourceInstanceArn": instance_arn,
        "ec2:RoleDelivery": "2.0",
        "aws:Ec2InstanceSourceVpc": f"vpc-{digest.hex()[:17]}",
        "aws:Ec2InstanceSourcePrivateIPv4": f"10.0.{digest[9]}.{digest[10] % 250 + 4}",
    }


def instance_id_of(role_arn: str) -> str:
    """The id of the instance to which a role is delivered, derived because a model has no instances."""
    return f"i-{sha256(role_arn.encode()).hexdigest()[:17]}"


def role_of_profile(profile: InstanceProfile, configuration: Configuration) -> Role | None:
    """The role of an instance profile; None for an empty profile or a deleted role."""
    return next((configuration.roles[arn] for arn in profile.roles if arn in configuration.roles), None)


def rotation_due(session: Session) -> datetime:
    """The time at which the metadata service has new credentials: at least five minutes before the old ones
    expire.
    """
    return session.expires_at - timedelta(seconds=ROTATION_MARGIN)


def container_document(session: Session) -> dict[str, str]:
    """The response of the container credentials endpoint of ECS.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return {
        "RoleArn": session.issuer_arn,
        "AccessKeyId": session.credentials.access_key_id,
        "SecretAccessKey": session.credentials.secret_access_key,
        "Token": session.credentials.session_token,
        "Expiration": printed(session.expires_at),
    }
