"""Which actions do AWS's quarantine policies deny? AWS attaches one to a user whose access key leaked.

They do not deny `sts:AssumeRole`, and they do not affect existing role sessions. A quarantined user cannot
rotate its own key.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV2.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.json_value import JsonObject

_ACTIONS_OF_V3: Final[Mapping[str, str]] = {
    "amplify": "CreateBackendEnvironment CreateDeployment",
    "bedrock": (
        "CreateFoundationModelAgreement CreateModelInvocationJob InvokeModel "
        "InvokeModelWithResponseStream PutFoundationModelEntitlement"
    ),
    "cloudtrail": "LookupEvents",
    "codebuild": "CreateProject",
    "ec2": (
        "AcceptReservedInstancesExchangeQuote CreateReservedInstancesListing "
        "PurchaseReservedInstancesOffering RequestSpotInstances RunInstances StartInstances"
    ),
    "ecr": "GetAuthorizationToken",
    "ecs": "CreateCluster CreateService RegisterTaskDefinition",
    "glue": "CreateJob",
    "iam": (
        "AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword "
        "CreateAccessKey CreateInstanceProfile CreateLoginProfile CreatePolicyVersion CreateRole "
        "CreateUser DeleteAccessKey DeleteRole DetachUserPolicy ListUsers PassRole PutGroupPolicy "
        "PutRolePolicy PutUserPermissionsBoundary PutUserPolicy SetDefaultPolicyVersion "
        "UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy UpdateLoginProfile "
        "UpdateUser"
    ),
    "kms": "DeleteImportedKeyMaterial PutKeyPolicy RetireGrant RevokeGrant ScheduleKeyDeletion",
    "lambda": (
        "AddLayerVersionPermission AddPermission CreateFunction GetEventSourceMapping GetPolicy "
        "ListTags PutProvisionedConcurrencyConfig TagResource UntagResource UpdateFunctionCode"
    ),
    "lightsail": "Create* Delete* DownloadDefaultKeyPair GetInstanceAccessDetails Start* Update*",
    "logs": "PutLogEvents",
    "mediapackagev2": "CreateChannel",
    "organizations": (
        "AcceptHandshake CreateAccount CreateOrganization InviteAccountToOrganization LeaveOrganization"
    ),
    "s3": (
        "CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject DeleteObjectVersion GetObject "
        "ListAllMyBuckets ListBucket ObjectOwnerOverrideToBucketOwner PutAccountPublicAccessBlock "
        "PutBucketAcl PutBucketCors PutBucketOwnershipControls PutBucketPolicy "
        "PutEncryptionConfiguration PutLifecycleConfiguration"
    ),
    "sagemaker": "CreateEndpointConfig CreateProcessingJob",
    "savingsplans": "CreateSavingsPlan",
    "ses": "GetSendQuota ListIdentities",
    "sns": "GetSMSAttributes",
    "sts": "GetFederationToken GetSessionToken",
}
"""Service → denied actions."""
_NOT_IN_V2: Final = frozenset(
    {
        "organizations:AcceptHandshake",
        "organizations:LeaveOrganization",
        "s3:PutEncryptionConfiguration",
    }
)
_SERVICES_NOT_IN_V2: Final = ("kms:", "logs:")


def _denies(actions: list[str]) -> JsonObject:
    return {"Effect": "Deny", "Action": actions, "Resource": ["*"]}


_V3: Final = [f"{service}:{name}" for service, names in _ACTIONS_OF_V3.items() for name in names.split()]
_V2: Final = [one for one in _V3 if one not in _NOT_IN_V2 and not one.startswith(_SERVICES_NOT_IN_V2)]
_GRANTS_OF_SERVICES_ALONE: Final[JsonObject] = {
    "Effect": "Deny",
    "Action": "kms:CreateGrant",
    "Resource": "*",
    "Condition": {"Null": {"kms:ViaService": "true"}},
}

QUARANTINE_V3: Final[JsonObject] = {
    "Version": "2012-10-17",
    "Statement": [_denies(_V3), _GRANTS_OF_SERVICES_ALONE],
}
"""The policy's version v3, dated 2026-03-16."""
QUARANTINE_V2: Final[JsonObject] = {"Version": "2012-10-17", "Statement": [_denies(_V2)]}
"""The policy's version v5, dated 2024-10-02."""
