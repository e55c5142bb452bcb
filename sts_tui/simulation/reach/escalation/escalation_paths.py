"""Which permissions lead to another identity's permissions? The table that `escalation` evaluates.

Published lists: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation"; BishopFox,
iam-vulnerable; Hacking the Cloud, "AWS IAM Privilege Escalation Techniques". A path holds when every one of
its permissions is allowed by all policies: identity policies, boundary, SCPs and conditions included.

Not in the table: CodeStar, which ended in 2024. A path that depends on a fact outside the files (whether
something runs with a role, whether the caller can sign in at IAM Identity Center) is in the table and marked
unknown.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct


class Target(Enum):
    """Whose permissions a path gains."""

    ROLE = "a role"
    USER = "another user"
    ITSELF = "its own"
    BOUNDED_ITSELF = "its own, without the permissions boundary that it has"
    GROUP = "a group that the user is not in"
    ROLE_OF_SERVICE = "a role that trusts a service"
    ROLE_OF_PROVIDER = "the roles that trust a SAML provider"
    ROLE_OF_OIDC = "the roles that trust an OIDC provider"
    ROLE_OF_MISSING_OIDC = "the roles that trust an OIDC provider that the account does not have"
    DENIED_ITSELF = "its own, without a policy of its own that denies"
    WITHOUT_MFA = "its own, with an MFA device that it did not have"
    ROLE_OF_PERMISSION_SET = "the roles of IAM Identity Center"
    MEMBER_ROOT = "the root users of the member accounts"
    GUARDRAILS = "the identities of member accounts, without the SCPs and RCPs over them"


class On(Enum):
    """Which resource a permission is evaluated on."""

    TARGET = "the target's ARN"
    ITSELF = "the source's own ARN"
    EVERYTHING = "*"
    OWN_GROUP = "each group of the user"
    OWN_POLICY = "each customer managed policy attached to the source that can have one more version"
    OWN_FULL_POLICY = "each of these that has as many versions as it can have"
    OWN_OLDER_POLICY = "each of these that has more than one version"
    PROVIDER = "each identity provider that a role trusts"


class Permission(Struct, frozen=True):
    """One action and the resource it is needed on."""

    action: str
    on: On


class EscalationPath(Struct, frozen=True, kw_only=True):
    """Permissions that together give another identity's permissions."""

    name: str
    """`UpdateAssumeRolePolicy`, `PassRole, RunInstances`."""
    target: Target
    permissions: tuple[Permission, ...]
    service: str = ""
    """The service principal that the target has to trust."""
    has_profile: bool | None = None
    """Whether the target has to be in an instance profile, or must not be in one; None: either."""
    unknown: str = ""
    """The fact outside the files that decides it; empty: the permissions are enough."""


_TOKEN: Final = "whether the caller can get a token of that issuer"


def _simple(name: str, target: Target, on: On, *actions: str, unknown: str = "") -> EscalationPath:
    permissions = tuple(Permission(each, on) for each in actions)
    return EscalationPath(name=name, target=target, permissions=permissions, unknown=unknown)


def _boundary(action: str) -> EscalationPath:
    """Removing the source's own permissions boundary."""
    return _simple(action, Target.BOUNDED_ITSELF, On.ITSELF, f"iam:{action}")


def _denied(action: str) -> EscalationPath:
    """Removing one of the source's own policies that denies."""
    return _simple(action, Target.DENIED_ITSELF, On.ITSELF, f"iam:{action}")


def _permission_set(*actions: str) -> EscalationPath:
    """Changing what a permission set grants, or who it is assigned to."""
    return EscalationPath(
        name=", ".join(action.partition(":")[2] for action in actions),
        target=Target.ROLE_OF_PERMISSION_SET,
        permissions=tuple(Permission(action, On.EVERYTHING) for action in actions),
        unknown="whether the caller can sign in at IAM Identity Center",
    )


def _passed(service: str, *actions: str, has_profile: bool | None = None) -> EscalationPath:
    """`iam:PassRole` to a service that runs the source's code or commands."""
    short = ", ".join(action.partition(":")[2] for action in actions)
    return EscalationPath(
        name=f"PassRole, {short}",
        target=Target.ROLE_OF_SERVICE,
        service=service,
        has_profile=has_profile,
        permissions=(
            Permission("iam:PassRole", On.TARGET),
            *(Permission(action, On.EVERYTHING) for action in actions),
        ),
    )


def _running(service: str, what: str, *actions: str) -> EscalationPath:
    """Commands sent to a resource that already runs; a dump does not say which role it runs with."""
    return EscalationPath(
        name=", ".join(action.partition(":")[2] for action in actions),
        target=Target.ROLE_OF_SERVICE,
        service=service,
        permissions=tuple(Permission(action, On.EVERYTHING) for action in actions),
        unknown=f"whether {what} runs with the role",
    )


IAM_WRITES: Final = (
    _simple("UpdateAssumeRolePolicy", Target.ROLE, On.TARGET, "iam:UpdateAssumeRolePolicy"),
    _simple("CreateAccessKey", Target.USER, On.TARGET, "iam:CreateAccessKey"),
    _simple("CreateLoginProfile", Target.USER, On.TARGET, "iam:CreateLoginProfile"),
    _simple("UpdateLoginProfile", Target.USER, On.TARGET, "iam:UpdateLoginProfile"),
    _simple("PutUserPolicy", Target.ITSELF, On.ITSELF, "iam:PutUserPolicy"),
    _simple("AttachUserPolicy", Target.ITSELF, On.ITSELF, "iam:AttachUserPolicy"),
    _simple("PutRolePolicy", Target.ITSELF, On.ITSELF, "iam:PutRolePolicy"),
    _simple("AttachRolePolicy", Target.ITSELF, On.ITSELF, "iam:AttachRolePolicy"),
    _simple("PutGroupPolicy", Target.ITSELF, On.OWN_GROUP, "iam:PutGroupPolicy"),
    _simple("AttachGroupPolicy", Target.ITSELF, On.OWN_GROUP, "iam:AttachGroupPolicy"),
    _simple("CreatePolicyVersion", Target.ITSELF, On.OWN_POLICY, "iam:CreatePolicyVersion"),
    _simple(
        "DeletePolicyVersion, CreatePolicyVersion",
        Target.ITSELF,
        On.OWN_FULL_POLICY,
        "iam:DeletePolicyVersion",
        "iam:CreatePolicyVersion",
    ),
    _simple("SetDefaultPolicyVersion", Target.ITSELF, On.OWN_OLDER_POLICY, "iam:SetDefaultPolicyVersion"),
    _simple("AddUserToGroup", Target.GROUP, On.TARGET, "iam:AddUserToGroup"),
    _simple(
        "DeleteUserPermissionsBoundary", Target.BOUNDED_ITSELF, On.ITSELF, "iam:DeleteUserPermissionsBoundary"
    ),
    _boundary("PutUserPermissionsBoundary"),
    _simple(
        "DeleteRolePermissionsBoundary", Target.BOUNDED_ITSELF, On.ITSELF, "iam:DeleteRolePermissionsBoundary"
    ),
    _boundary("PutRolePermissionsBoundary"),
    _denied("DetachUserPolicy"),
    _denied("DeleteUserPolicy"),
    _denied("DetachRolePolicy"),
    _denied("DeleteRolePolicy"),
    EscalationPath(
        name="CreateVirtualMFADevice, EnableMFADevice",
        target=Target.WITHOUT_MFA,
        permissions=(
            Permission("iam:CreateVirtualMFADevice", On.EVERYTHING),
            Permission("iam:EnableMFADevice", On.ITSELF),
        ),
    ),
    EscalationPath(
        name="CreateAccessKey, DeactivateMFADevice, CreateVirtualMFADevice, EnableMFADevice",
        target=Target.USER,
        permissions=(
            Permission("iam:CreateAccessKey", On.TARGET),
            Permission("iam:DeactivateMFADevice", On.TARGET),
            Permission("iam:CreateVirtualMFADevice", On.EVERYTHING),
            Permission("iam:EnableMFADevice", On.TARGET),
        ),
    ),
    _simple("UpdateSAMLProvider", Target.ROLE_OF_PROVIDER, On.PROVIDER, "iam:UpdateSAMLProvider"),
    _simple(
        "CreateOpenIDConnectProvider",
        Target.ROLE_OF_MISSING_OIDC,
        On.PROVIDER,
        "iam:CreateOpenIDConnectProvider",
        unknown=_TOKEN,
    ),
    _simple(
        "AddClientIDToOpenIDConnectProvider",
        Target.ROLE_OF_OIDC,
        On.PROVIDER,
        "iam:AddClientIDToOpenIDConnectProvider",
        unknown=_TOKEN,
    ),
)
"""Writing the source's own policies, a trust policy, or the credentials of another user."""

OWN_POLICIES: Final = frozenset(
    (
        "PutUserPolicy",
        "AttachUserPolicy",
        "PutRolePolicy",
        "AttachRolePolicy",
        "PutGroupPolicy",
        "AttachGroupPolicy",
        "CreatePolicyVersion",
        "DeletePolicyVersion, CreatePolicyVersion",
    )
)
"""Paths that write any permission into the source's own policies, which makes it equivalent to an
administrator.
"""

ORGANIZATION: Final = (
    EscalationPath(
        name="AssumeRoot",
        target=Target.MEMBER_ROOT,
        permissions=(Permission("sts:AssumeRoot", On.TARGET),),
    ),
    _permission_set("sso:CreateAccountAssignment"),
    _permission_set("sso:PutInlinePolicyToPermissionSet", "sso:ProvisionPermissionSet"),
    _permission_set("sso:AttachManagedPolicyToPermissionSet", "sso:ProvisionPermissionSet"),
    _permission_set("identitystore:CreateGroupMembership"),
    _simple("DetachPolicy", Target.GUARDRAILS, On.EVERYTHING, "organizations:DetachPolicy"),
    _simple("UpdatePolicy", Target.GUARDRAILS, On.EVERYTHING, "organizations:UpdatePolicy"),
    _simple("MoveAccount", Target.GUARDRAILS, On.EVERYTHING, "organizations:MoveAccount"),
)
"""From the management account or a delegated administrator account.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

PASSED_ROLES: Final = (
    *(
        _passed("ec2.amazonaws.com", *actions, has_profile=True)
        for actions in (
            ("ec2:RunInstances",),
            ("ec2:AssociateIamInstanceProfile",),
            ("ec2:ReplaceIamInstanceProfileAssociation",),
            ("ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup"),
            ("ec2:CreateLaunchTemplateVersion", "autoscaling:UpdateAutoScalingGroup"),
        )
    ),
    _passed(
        "ec2.amazonaws.com",
        "iam:CreateInstanceProfile",
        "iam:AddRoleToInstanceProfile",
        "ec2:RunInstances",
        has_profile=False,
    ),
    _passed("ec2.amazonaws.com", "iam:AddRoleToInstanceProfile"),
    _passed("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:InvokeFunction"),
    _passed("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    _passed("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:AddPermission"),
    _passed("cloudformation.amazonaws.com", "cloudformation:CreateStack"),
    _passed("cloudformation.amazonaws.com", "cloudformation:CreateStackSet"),
    _passed("glue.amazonaws.com", "glue:CreateDevEndpoint"),
    _passed("glue.amazonaws.com", "glue:CreateJob", "glue:StartJobRun"),
    _passed("glue.amazonaws.com", "glue:UpdateJob", "glue:StartJobRun"),
    _passed("glue.amazonaws.com", "glue:CreateJob", "glue:CreateTrigger"),
    _passed("glue.amazonaws.com", "glue:UpdateJob", "glue:CreateTrigger"),
    _passed("glue.amazonaws.com", "glue:CreateSession", "glue:RunStatement"),
    _passed(
        "sagemaker.amazonaws.com",
        "sagemaker:CreateNotebookInstance",
        "sagemaker:CreatePresignedNotebookInstanceUrl",
    ),
    _passed("sagemaker.amazonaws.com", "sagemaker:CreateTrainingJob"),
    _passed("sagemaker.amazonaws.com", "sagemaker:CreateProcessingJob"),
    _passed("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    _passed("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    _passed("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    _passed("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:UpdateService"),
    _passed("codebuild.amazonaws.com", "codebuild:CreateProject", "codebuild:StartBuild"),
    _passed(
        "datapipeline.amazonaws.com",
        "datapipeline:CreatePipeline",
        "datapipeline:PutPipelineDefinition",
        "datapipeline:ActivatePipeline",
    ),
    _passed("states.amazonaws.com", "states:CreateStateMachine", "states:StartExecution"),
    _passed("apprunner.amazonaws.com", "apprunner:CreateService"),
    _passed("scheduler.amazonaws.com", "scheduler:CreateSchedule"),
    _passed("codepipeline.amazonaws.com", "codepipeline:CreatePipeline"),
    _passed("elasticmapreduce.amazonaws.com", "elasticmapreduce:RunJobFlow"),
    _passed("ssm.amazonaws.com", "ssm:StartAutomationExecution"),
    _passed("ecs-tasks.amazonaws.com", "batch:RegisterJobDefinition", "batch:SubmitJob"),
    _passed("iot.amazonaws.com", "iot:CreateTopicRule"),
    _passed("amplify.amazonaws.com", "amplify:CreateApp", "amplify:StartJob"),
    _passed(
        "bedrock-agentcore.amazonaws.com",
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
)
"""Passing a role to a service, which the role has to trust."""

RUNNING: Final = (
    _running("ec2.amazonaws.com", "an instance", "ssm:SendCommand"),
    _running("ec2.amazonaws.com", "an instance", "ssm:StartSession"),
    _running("ec2.amazonaws.com", "an instance", "ec2-instance-connect:SendSSHPublicKey"),
    _running(
        "ec2.amazonaws.com",
        "an instance",
        "ec2:ModifyInstanceAttribute",
        "ec2:StopInstances",
        "ec2:StartInstances",
    ),
    _running("lambda.amazonaws.com", "a function", "lambda:UpdateFunctionCode"),
    _running("lambda.amazonaws.com", "a function", "lambda:UpdateFunctionConfiguration"),
    _running("cloudformation.amazonaws.com", "a stack", "cloudformation:UpdateStack"),
    _running(
        "cloudformation.amazonaws.com",
        "a stack",
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
    ),
    _running("glue.amazonaws.com", "a development endpoint", "glue:UpdateDevEndpoint"),
    _running("sagemaker.amazonaws.com", "a notebook", "sagemaker:CreatePresignedNotebookInstanceUrl"),
    _running("ecs-tasks.amazonaws.com", "a task", "ecs:ExecuteCommand"),
    _running("codebuild.amazonaws.com", "a project", "codebuild:UpdateProject"),
    _running("codebuild.amazonaws.com", "a project", "codebuild:StartBuild"),
)
"""Using a resource that already runs: whether it runs with a role is not in a dump."""

PATHS: Final[tuple[EscalationPath, ...]] = (*IAM_WRITES, *PASSED_ROLES, *RUNNING, *ORGANIZATION)
