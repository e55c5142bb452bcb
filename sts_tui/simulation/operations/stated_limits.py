"""Which operations are left out on purpose, why, and what to use instead?

The list is not complete: it has operations that AWS's pages and runbooks use and that users would look for. A
call of one is refused with these words; `request` authorizes it like any other action.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

_S3: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_ORGANIZATIONS: Final = "https://docs.aws.amazon.com/organizations/latest/userguide"


class StatedLimit(Struct, frozen=True, kw_only=True):
    """Operations of one service that are not performed."""

    service: str
    """The prefix of its actions."""
    operations: tuple[str, ...]
    why: str
    """What the simulation does not have, as a sentence without the full stop."""
    instead: str
    source: str


STATED_LIMITS: Final = (
    StatedLimit(
        service="s3",
        operations=("GetPublicAccessBlock", "PutPublicAccessBlock", "DeletePublicAccessBlock"),
        why="S3 Block Public Access is not simulated: it refuses no bucket policy and no request",
        instead="deny other accounts and anonymous callers in the bucket policy or in an RCP "
        "(aws:PrincipalOrgID, aws:PrincipalAccount)",
        source=f"{_S3}/access-control-block-public-access.html",
    ),
    StatedLimit(
        service="s3",
        operations=(
            *("GetBucketAcl", "PutBucketAcl", "GetObjectAcl", "PutObjectAcl"),
            *("GetBucketOwnershipControls", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls"),
        ),
        why="ACLs are not simulated: every bucket is one whose ACLs are disabled, as S3 creates them (AWS "
        "refuses to write an ACL of such a bucket with AccessControlListNotSupported)",
        instead="write the permission into the bucket policy",
        source=f"{_S3}/about-object-ownership.html",
    ),
    StatedLimit(
        service="organizations",
        operations=("DisablePolicyType",),
        why="service and resource control policies are always enabled in a simulated organization",
        instead="detach the policies, or evaluate without them (`:can WHO`)",
        source=f"{_ORGANIZATIONS}/enable-policy-type.html",
    ),
    StatedLimit(
        service="organizations",
        operations=(
            *("CreateAccount", "CreateGovCloudAccount", "CloseAccount", "RemoveAccountFromOrganization"),
            *("DescribeCreateAccountStatus", "ListCreateAccountStatus", "CreateOrganization"),
            *("DeleteOrganization", "LeaveOrganization", "EnableAllFeatures"),
            *("InviteAccountToOrganization", "AcceptHandshake", "CancelHandshake", "DeclineHandshake"),
            *("DescribeHandshake", "ListHandshakesForAccount", "ListHandshakesForOrganization"),
        ),
        why="organizations and their accounts are neither created nor closed while the simulation runs",
        instead="write the organization and its accounts into the account file (Organization, Accounts)",
        source=f"{_ORGANIZATIONS}/orgs_manage_accounts.html",
    ),
    StatedLimit(
        service="access-analyzer",
        operations=(
            *("CreateAnalyzer", "DeleteAnalyzer", "GetAnalyzer", "ListAnalyzers", "UpdateAnalyzer"),
            *("GetFinding", "GetFindingV2", "ListFindings", "ListFindingsV2", "UpdateFindings"),
            *("CreateArchiveRule", "DeleteArchiveRule", "GetArchiveRule", "ListArchiveRules"),
            *("UpdateArchiveRule", "ApplyArchiveRule", "GetAnalyzedResource", "ListAnalyzedResources"),
            *("StartResourceScan", "CreateAccessPreview", "GetAccessPreview", "ListAccessPreviews"),
            *("ListAccessPreviewFindings", "GetFindingRecommendation", "GenerateFindingRecommendation"),
            "GetFindingsStatistics",
        ),
        why="analyzers and their findings are not simulated",
        instead="`sts-tui reach` (W in the explorer) lists who outside the organization can come in; an "
        "edit shows whom it admits before it is made",
        source=f"{_UG}/access-analyzer-concepts.html",
    ),
    StatedLimit(
        service="access-analyzer",
        operations=(
            *("StartPolicyGeneration", "CancelPolicyGeneration", "GetGeneratedPolicy"),
            "ListPolicyGenerations",
        ),
        why="policies are not generated from activity",
        instead="`aws iam generate-service-last-accessed-details` says which services and actions were used",
        source=f"{_UG}/access-analyzer-policy-generation.html",
    ),
    StatedLimit(
        service="access-analyzer",
        operations=("CheckNoPublicAccess",),
        why="which access AWS calls public is decided by automated reasoning, which sts-tui does not have",
        instead="`request ACTION RESOURCE` as `anonymous` tries it; `check-access-not-granted` checks "
        "actions and resources",
        source=f"{_UG}/access-analyzer-custom-policy-checks.html",
    ),
    StatedLimit(
        service="iam",
        operations=(
            *("UploadServerCertificate", "UpdateServerCertificate", "DeleteServerCertificate"),
            *("GetServerCertificate", "ListServerCertificates", "TagServerCertificate"),
            *("UntagServerCertificate", "ListServerCertificateTags"),
            *("UploadSigningCertificate", "UpdateSigningCertificate", "DeleteSigningCertificate"),
            "ListSigningCertificates",
            *("UploadSSHPublicKey", "UpdateSSHPublicKey", "DeleteSSHPublicKey", "GetSSHPublicKey"),
            "ListSSHPublicKeys",
            *("CreateServiceSpecificCredential", "UpdateServiceSpecificCredential"),
            *("DeleteServiceSpecificCredential", "ListServiceSpecificCredentials"),
            "ResetServiceSpecificCredential",
        ),
        why="certificates, SSH keys and service-specific credentials sign no simulated request",
        instead="access keys (`aws iam create-access-key`) sign requests",
        source=f"{_UG}/security-creds-programmatic-access.html",
    ),
    StatedLimit(
        service="cognito-identity",
        operations=(
            *("MergeDeveloperIdentities", "LookupDeveloperIdentity", "UnlinkDeveloperIdentity"),
            "UnlinkIdentity",
        ),
        why="identities of identity pools are neither unlinked nor merged by hand",
        instead="`aws cognito-identity delete-identities`; the next sign-in makes a new identity",
        source="https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html",
    ),
    StatedLimit(
        service="cognito-identity",
        operations=("TagResource", "UntagResource", "ListTagsForResource"),
        why="the tags of an identity pool are part of it",
        instead="`aws cognito-identity update-identity-pool --identity-pool-tags`",
        source="https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html",
    ),
    StatedLimit(
        service="signin",
        operations=(
            *("PutResourcePermissionStatement", "DeleteResourcePermissionStatement"),
            *("ListResourcePermissionStatements", "GetResourcePolicy"),
            *("PutConsoleAuthorizationConfiguration", "GetConsoleAuthorizationConfiguration"),
            "DeleteConsoleAuthorizationConfiguration",
        ),
        why="console authorization is never enabled: no policy of AWS Sign-In, and no RCP on its actions, "
        "refuses a sign-in because of its network",
        instead="a Deny with aws:SourceIp or aws:SourceVpc in the policies of users and roles, or in an SCP, "
        "limits what a session does",
        source="https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html",
    ),
    StatedLimit(
        service="signin",
        operations=(
            *("CreateBearerToken", "CreateOAuth2TokenWithIAM", "CreateOAuth2TokenWithTokenExchange"),
            *("IntrospectOAuth2TokenWithIAM", "RevokeOAuth2TokenWithIAM"),
        ),
        why="OAuth and bearer tokens of applications are not simulated: they sign no simulated request",
        instead="`signin cli WHO` (CreateOAuth2Token) issues credentials, `aws signin "
        "batch-revoke-sessions` ends the login",
        source="https://docs.aws.amazon.com/service-authorization/latest/reference/list_signin.html",
    ),
    StatedLimit(
        service="rolesanywhere",
        operations=("TagResource", "UntagResource", "ListTagsForResource"),
        why="the tags of trust anchors, profiles and revocation lists are those of the account file",
        instead="`tags` in the account file, or `--tags` when one is created",
        source="https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_TagResource.html",
    ),
    StatedLimit(
        service="rolesanywhere",
        operations=("PutNotificationSettings", "ResetNotificationSettings"),
        why="no one is notified of certificates that expire",
        instead="nothing: no permission depends on it",
        source="https://docs.aws.amazon.com/rolesanywhere/latest/userguide/customize-notification-settings.html",
    ),
    StatedLimit(
        service="iam",
        operations=("TagMFADevice", "UntagMFADevice", "ListMFADeviceTags"),
        why="MFA devices have no tags",
        instead="tag the user (`aws iam tag-user`)",
        source=f"{_UG}/id_tags_virtual-mfa.html",
    ),
    StatedLimit(
        service="iam",
        operations=("GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport"),
        why="last access is not summarized for an organization",
        instead="`aws iam generate-service-last-accessed-details` answers for one principal or policy",
        source=f"{_UG}/access_policies_last-accessed-view-data-orgs.html",
    ),
    StatedLimit(
        service="iam",
        operations=(
            *("CreateDelegationRequest", "AssociateDelegationRequest", "AcceptDelegationRequest"),
            *("RejectDelegationRequest", "UpdateDelegationRequest", "GetDelegationRequest"),
            *("ListDelegationRequests", "SendDelegationToken", "GetHumanReadableSummary"),
            *("AcquireRole", "GetRoleTemplateVersion"),
        ),
        why="requests of product providers for temporary delegation are not simulated",
        instead="`aws iam create-role` with the trust policy and boundary that the provider needs",
        source=f"{_UG}/access_policies-temporary-delegation.html",
    ),
    StatedLimit(
        service="iam",
        operations=("GetAccountProperties", "PutAccountProperties"),
        why="properties of the account are not simulated",
        instead="`aws iam get-account-summary`, and the keys of the account in the account file",
        source="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html",
    ),
    StatedLimit(
        service="organizations",
        operations=("TagResource", "UntagResource", "ListTagsForResource"),
        why="roots, units, accounts and policies of an organization have no tags",
        instead="conditions on aws:ResourceTag in policies for Organizations see no tag; tag roles and users",
        source=f"{_ORGANIZATIONS}/orgs_tagging.html",
    ),
    StatedLimit(
        service="organizations",
        operations=(
            *("DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy"),
            "ListEffectivePolicyValidationErrors",
        ),
        why="effective policies are those of tag, backup and other management policies, which are not "
        "simulated",
        instead="`:can WHO` shows which permissions remain under service and resource control policies",
        source=f"{_ORGANIZATIONS}/orgs_manage_policies_effective.html",
    ),
    StatedLimit(
        service="organizations",
        operations=("PutResourcePolicy", "DescribeResourcePolicy", "DeleteResourcePolicy"),
        why="the organization's delegation policy is not simulated",
        instead="`aws organizations register-delegated-administrator` lets a member account read",
        source=f"{_ORGANIZATIONS}/orgs_delegate_policies.html",
    ),
    StatedLimit(
        service="organizations",
        operations=(
            *("InviteOrganizationToTransferResponsibility", "UpdateResponsibilityTransfer"),
            *("TerminateResponsibilityTransfer", "DescribeResponsibilityTransfer"),
            *("ListInboundResponsibilityTransfers", "ListOutboundResponsibilityTransfers"),
        ),
        why="billing of an organization is not simulated",
        instead="nothing: no permission depends on it",
        source=f"{_ORGANIZATIONS}/orgs_manage_accounts.html",
    ),
    StatedLimit(
        service="access-analyzer",
        operations=(
            *("CreateServiceLinkedAnalyzer", "DeleteServiceLinkedAnalyzer"),
            *("TagResource", "UntagResource", "ListTagsForResource"),
        ),
        why="analyzers and their tags are not simulated",
        instead="`sts-tui reach` (W in the explorer) lists who outside the organization can come in",
        source=f"{_UG}/access-analyzer-concepts.html",
    ),
)


AUTHORIZED_BY: Final = {
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
}
"""Operation → the action that policies name, if it has another name; `s3control` is for whole accounts.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


@lru_cache(maxsize=1)
def _by_action() -> dict[str, StatedLimit]:
    found = {
        f"{limit.service}:{operation}".lower(): limit
        for limit in STATED_LIMITS
        for operation in limit.operations
    }
    block = found["s3:putpublicaccessblock"]
    return found | {action.lower(): block for action in AUTHORIZED_BY if action.startswith("s3control:")}


def stated_limit(action: str) -> StatedLimit | None:
    """The limit that covers an operation (`s3:PutBucketAcl`, in any case); None: there is none."""
    return _by_action().get(action.lower())


def authorizing_action(action: str) -> str:
    """The action of policies that authorizes an operation (`s3:PutPublicAccessBlock`)."""
    return AUTHORIZED_BY.get(action, action)
