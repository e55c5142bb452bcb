"""Which module performs an operation? Modules are imported when one of their operations is first performed.

To add an operation, write its name here and its function into the module's `PERFORMS`, then run
`.ci/extract_shapes.py` for its request shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from sts_tui.sts.operation import Answer, Call, Effect, Operation

TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "iam",
        "iam.users",
        "CreateUser DeleteUser GetUser ListUsers UpdateUser",
    ),
    ("iam", "iam.groups", "CreateGroup DeleteGroup GetGroup ListGroups UpdateGroup"),
    ("iam", "iam.groups", "AddUserToGroup RemoveUserFromGroup ListGroupsForUser"),
    ("iam", "iam.roles", "CreateRole DeleteRole GetRole ListRoles UpdateRole UpdateRoleDescription"),
    ("iam", "iam.roles", "UpdateAssumeRolePolicy ListInstanceProfilesForRole"),
    ("iam", "iam.inline_policies", "PutUserPolicy DeleteUserPolicy GetUserPolicy ListUserPolicies"),
    ("iam", "iam.inline_policies", "PutGroupPolicy DeleteGroupPolicy GetGroupPolicy ListGroupPolicies"),
    ("iam", "iam.inline_policies", "PutRolePolicy DeleteRolePolicy GetRolePolicy ListRolePolicies"),
    ("iam", "iam.attachments", "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies"),
    ("iam", "iam.attachments", "AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies"),
    ("iam", "iam.attachments", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies"),
    ("iam", "iam.boundaries", "PutUserPermissionsBoundary DeleteUserPermissionsBoundary"),
    ("iam", "iam.boundaries", "PutRolePermissionsBoundary DeleteRolePermissionsBoundary"),
    ("iam", "iam.tags", "TagUser UntagUser ListUserTags TagRole UntagRole ListRoleTags"),
    ("iam", "iam.tags", "TagPolicy UntagPolicy ListPolicyTags"),
    ("iam", "iam.tags", "TagInstanceProfile UntagInstanceProfile ListInstanceProfileTags"),
    ("iam", "iam.tags", "TagSAMLProvider UntagSAMLProvider ListSAMLProviderTags"),
    ("iam", "iam.tags", "TagOpenIDConnectProvider UntagOpenIDConnectProvider ListOpenIDConnectProviderTags"),
    ("iam", "iam.access_keys", "CreateAccessKey UpdateAccessKey DeleteAccessKey ListAccessKeys"),
    ("iam", "iam.key_use", "GetAccessKeyLastUsed"),
    ("iam", "iam.managed_policies", "CreatePolicy DeletePolicy GetPolicy ListPolicies ListEntitiesForPolicy"),
    (
        "iam",
        "iam.managed_policies",
        "CreatePolicyVersion DeletePolicyVersion GetPolicyVersion ListPolicyVersions",
    ),
    ("iam", "iam.managed_policies", "SetDefaultPolicyVersion"),
    ("iam", "iam.instance_profiles", "CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile"),
    (
        "iam",
        "iam.instance_profiles",
        "ListInstanceProfiles AddRoleToInstanceProfile RemoveRoleFromInstanceProfile",
    ),
    ("iam", "iam.providers.saml_providers", "CreateSAMLProvider UpdateSAMLProvider DeleteSAMLProvider"),
    ("iam", "iam.providers.saml_providers", "GetSAMLProvider ListSAMLProviders"),
    (
        "iam",
        "iam.providers.oidc_providers",
        "CreateOpenIDConnectProvider UpdateOpenIDConnectProvider DeleteOpenIDConnectProvider",
    ),
    ("iam", "iam.providers.oidc_providers", "GetOpenIDConnectProvider ListOpenIDConnectProviders"),
    (
        "iam",
        "iam.providers.oidc_providers",
        "AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider",
    ),
    ("iam", "iam.providers.oidc_providers", "UpdateOpenIDConnectProviderThumbprint"),
    (
        "iam",
        "iam.providers.outbound_federation",
        "EnableOutboundWebIdentityFederation DisableOutboundWebIdentityFederation",
    ),
    ("iam", "iam.providers.outbound_federation", "GetOutboundWebIdentityFederationInfo"),
    ("iam", "iam.account.account_settings", "SetSecurityTokenServicePreferences GetAccountSummary"),
    ("iam", "iam.account.credential_report", "GenerateCredentialReport GetCredentialReport"),
    ("iam", "iam.account.service_last_accessed", "GenerateServiceLastAccessedDetails"),
    ("iam", "iam.account.service_last_accessed", "GetServiceLastAccessedDetails"),
    ("iam", "iam.account.service_last_accessed", "GetServiceLastAccessedDetailsWithEntities"),
    ("iam", "iam.account.service_last_accessed", "ListPoliciesGrantingServiceAccess"),
    ("iam", "iam.account.account_details", "GetAccountAuthorizationDetails"),
    ("iam", "policy_simulator.policy_simulator", "SimulateCustomPolicy SimulatePrincipalPolicy"),
    (
        "iam",
        "policy_simulator.policy_simulator",
        "GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy",
    ),
    ("iam", "access_troubleshooter.details", "GetRequestAuthorizationDetails GetRequestAuthorizationPolicy"),
    ("iam", "iam.mfa_devices", "CreateVirtualMFADevice DeleteVirtualMFADevice EnableMFADevice"),
    ("iam", "iam.mfa_devices", "ResyncMFADevice DeactivateMFADevice ListMFADevices GetMFADevice"),
    ("iam", "iam.mfa_devices", "ListVirtualMFADevices"),
    ("iam", "iam.login_profiles", "CreateLoginProfile GetLoginProfile UpdateLoginProfile"),
    ("iam", "iam.login_profiles", "DeleteLoginProfile ChangePassword"),
    ("iam", "iam.account.password_policy", "GetAccountPasswordPolicy UpdateAccountPasswordPolicy"),
    ("iam", "iam.account.password_policy", "DeleteAccountPasswordPolicy"),
    ("iam", "iam.account.account_aliases", "CreateAccountAlias DeleteAccountAlias ListAccountAliases"),
    ("iam", "iam.service_linked_roles", "CreateServiceLinkedRole DeleteServiceLinkedRole"),
    ("iam", "iam.service_linked_roles", "GetServiceLinkedRoleDeletionStatus"),
    ("iam", "iam.account.organization_features", "EnableOrganizationsRootSessions"),
    ("iam", "iam.account.organization_features", "DisableOrganizationsRootSessions"),
    ("iam", "iam.account.organization_features", "EnableOrganizationsRootCredentialsManagement"),
    ("iam", "iam.account.organization_features", "DisableOrganizationsRootCredentialsManagement"),
    ("iam", "iam.account.organization_features", "ListOrganizationsFeatures"),
    ("s3", "s3.bucket_policies", "PutBucketPolicy GetBucketPolicy DeleteBucketPolicy"),
    ("kms", "kms.key_policies", "PutKeyPolicy GetKeyPolicy"),
    ("secretsmanager", "resource_policies.secrets_manager", "PutResourcePolicy GetResourcePolicy"),
    ("secretsmanager", "resource_policies.secrets_manager", "DeleteResourcePolicy"),
    ("sqs", "resource_policies.queues", "SetQueueAttributes GetQueueAttributes"),
    ("sqs", "resource_policies.queues", "AddPermission RemovePermission"),
    ("sns", "resource_policies.topics", "SetTopicAttributes GetTopicAttributes"),
    ("sns", "resource_policies.topics", "AddPermission RemovePermission"),
    ("lambda", "resource_policies.functions", "AddPermission RemovePermission GetPolicy"),
    ("ecr", "resource_policies.repositories", "SetRepositoryPolicy GetRepositoryPolicy"),
    ("ecr", "resource_policies.repositories", "DeleteRepositoryPolicy"),
    ("access-analyzer", "access_analyzer.checks", "ValidatePolicy CheckAccessNotGranted CheckNoNewAccess"),
    ("sso", "identity_center.permission_sets", "CreatePermissionSet UpdatePermissionSet DeletePermissionSet"),
    ("sso", "identity_center.permission_sets", "DescribePermissionSet ListPermissionSets ListInstances"),
    ("sso", "identity_center.permission_sets", "PutInlinePolicyToPermissionSet"),
    ("sso", "identity_center.permission_sets", "GetInlinePolicyForPermissionSet"),
    ("sso", "identity_center.permission_sets", "DeleteInlinePolicyFromPermissionSet"),
    ("sso", "identity_center.permission_sets", "AttachManagedPolicyToPermissionSet"),
    ("sso", "identity_center.permission_sets", "DetachManagedPolicyFromPermissionSet"),
    ("sso", "identity_center.permission_sets", "ListManagedPoliciesInPermissionSet ProvisionPermissionSet"),
    ("sso", "identity_center.assignments", "CreateAccountAssignment DeleteAccountAssignment"),
    ("sso", "identity_center.assignments", "ListAccountAssignments"),
    ("sso", "identity_center.portal", "GetRoleCredentials ListAccounts ListAccountRoles Logout"),
    ("sso-oauth", "identity_center.portal_sign_in", "CreateToken"),
    ("signin", "sign_in.console", "ConsoleLogin GetSigninToken"),
    ("signin", "sign_in.login", "AuthorizeOAuth2Access CreateOAuth2Token"),
    ("signin", "sign_in.sessions", "ListSessions GetSession BatchRevokeSessions"),
    (
        "rolesanywhere",
        "roles_anywhere.trust_anchors",
        "CreateTrustAnchor UpdateTrustAnchor DeleteTrustAnchor",
    ),
    ("rolesanywhere", "roles_anywhere.trust_anchors", "GetTrustAnchor ListTrustAnchors"),
    ("rolesanywhere", "roles_anywhere.trust_anchors", "EnableTrustAnchor DisableTrustAnchor"),
    ("rolesanywhere", "roles_anywhere.profiles", "CreateProfile UpdateProfile DeleteProfile GetProfile"),
    ("rolesanywhere", "roles_anywhere.profiles", "ListProfiles EnableProfile DisableProfile"),
    ("rolesanywhere", "roles_anywhere.profiles", "PutAttributeMapping DeleteAttributeMapping"),
    ("rolesanywhere", "roles_anywhere.revocation_lists", "ImportCrl UpdateCrl DeleteCrl GetCrl ListCrls"),
    ("rolesanywhere", "roles_anywhere.revocation_lists", "EnableCrl DisableCrl"),
    ("rolesanywhere", "roles_anywhere.subjects", "GetSubject ListSubjects"),
    ("rolesanywhere", "roles_anywhere.create_session", "CreateSession"),
    ("eks", "pod_identity.associations", "CreatePodIdentityAssociation UpdatePodIdentityAssociation"),
    ("eks", "pod_identity.associations", "DeletePodIdentityAssociation DescribePodIdentityAssociation"),
    ("eks", "pod_identity.associations", "ListPodIdentityAssociations"),
    ("eks-auth", "pod_identity.pod_credentials", "AssumeRoleForPodIdentity"),
    ("identitystore", "identity_center.directory", "CreateUser DescribeUser ListUsers DeleteUser GetUserId"),
    ("identitystore", "identity_center.directory", "CreateGroup ListGroups DeleteGroup"),
    ("identitystore", "identity_center.directory", "CreateGroupMembership DeleteGroupMembership"),
    ("identitystore", "identity_center.directory", "ListGroupMemberships ListGroupMembershipsForMember"),
    ("cognito-identity", "cognito.pools", "CreateIdentityPool UpdateIdentityPool DeleteIdentityPool"),
    ("cognito-identity", "cognito.pools", "DescribeIdentityPool ListIdentityPools"),
    ("cognito-identity", "cognito.pool_roles", "SetIdentityPoolRoles GetIdentityPoolRoles"),
    ("cognito-identity", "cognito.pool_roles", "SetPrincipalTagAttributeMap GetPrincipalTagAttributeMap"),
    ("cognito-identity", "cognito.identities", "GetId ListIdentities DescribeIdentity DeleteIdentities"),
    ("cognito-identity", "cognito.tokens", "GetOpenIdToken GetOpenIdTokenForDeveloperIdentity"),
    ("cognito-identity", "cognito.credentials", "GetCredentialsForIdentity"),
    ("organizations", "organizations.policies", "CreatePolicy UpdatePolicy AttachPolicy DetachPolicy"),
    ("organizations", "organizations.policies", "DeletePolicy EnablePolicyType"),
    ("organizations", "organizations.units", "CreateOrganizationalUnit UpdateOrganizationalUnit"),
    ("organizations", "organizations.units", "DeleteOrganizationalUnit MoveAccount"),
    ("organizations", "organizations.reads", "DescribeOrganization ListRoots ListAccounts DescribeAccount"),
    ("organizations", "organizations.reads", "ListAccountsForParent ListOrganizationalUnitsForParent"),
    ("organizations", "organizations.reads", "ListChildren ListParents DescribeOrganizationalUnit"),
    ("organizations", "organizations.reads", "ListPolicies DescribePolicy ListPoliciesForTarget"),
    ("organizations", "organizations.reads", "ListTargetsForPolicy"),
    ("organizations", "organizations.delegated_administrators", "RegisterDelegatedAdministrator"),
    ("organizations", "organizations.delegated_administrators", "DeregisterDelegatedAdministrator"),
    ("organizations", "organizations.delegated_administrators", "ListDelegatedAdministrators"),
    ("organizations", "organizations.delegated_administrators", "ListDelegatedServicesForAccount"),
    ("organizations", "organizations.service_access", "EnableAWSServiceAccess DisableAWSServiceAccess"),
    ("organizations", "organizations.service_access", "ListAWSServiceAccessForOrganization"),
)
ISSUES = frozenset(
    {"sso:GetRoleCredentials", "rolesanywhere:CreateSession", "eks-auth:AssumeRoleForPodIdentity"}
)
"""Operations outside of STS that issue credentials and change nothing else."""
UNSIGNED = frozenset(
    {
        *("sso:GetRoleCredentials", "sso:ListAccounts", "sso:ListAccountRoles", "sso:Logout"),
        *("sso-oauth:CreateToken", "signin:CreateOAuth2Token", "signin:GetSigninToken"),
        *("signin:ConsoleLogin", "signin:AuthorizeOAuth2Access", "rolesanywhere:CreateSession"),
        *("cognito-identity:GetId", "cognito-identity:GetOpenIdToken"),
        "cognito-identity:GetCredentialsForIdentity",
    }
)
"""Operations that take a token, password or certificate in place of a signature."""
WRITES = frozenset(
    {
        *("cognito-identity:GetId", "cognito-identity:GetOpenIdToken"),
        *(
            "cognito-identity:GetCredentialsForIdentity",
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
        ),
    }
)
"""Operations that write although their names begin like reads: they create an identity, or link a login to
one.
"""
_READS = ("Get", "List", "Simulate", "Describe", "Validate", "Check")


def operations() -> Iterator[Operation]:
    """Every operation of the table, ready to be performed."""
    for service, module, names in TABLE:
        for name in names.split():
            action = f"{service}:{name}"
            yield Operation(
                name=action,
                effect=_effect(action, name),
                perform=_deferred(module, name),
                is_signed=action not in UNSIGNED,
            )


def _effect(action: str, name: str) -> Effect:
    if action in ISSUES:
        return Effect.ISSUE
    if action in WRITES:
        return Effect.WRITE
    return Effect.READ if name.startswith(_READS) else Effect.WRITE


def _deferred(module: str, name: str) -> Callable[[Call], Answer]:
    def perform(call: Call) -> Answer:
        performs: dict[str, Callable[[Call], Answer]] = import_module(f"{__package__}.{module}").PERFORMS
        return performs[name](call)

    return perform
