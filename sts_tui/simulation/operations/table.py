"""The table of operations: which service and module each is in. Modules are imported when first performed.

Whoever adds an operation writes its name here, its function into the module's `PERFORMS`, and runs
`.ci/extract_shapes.py` for its request shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from sts_tui.sts.operation import Answer, Call, Effect, Operation

TABLE: tuple[tuple[str, str, str], ...] = (
    ("iam", "users", "CreateUser DeleteUser GetUser ListUsers UpdateUser ListMFADevices DeactivateMFADevice"),
    ("iam", "groups", "CreateGroup DeleteGroup GetGroup ListGroups UpdateGroup"),
    ("iam", "groups", "AddUserToGroup RemoveUserFromGroup ListGroupsForUser"),
    ("iam", "roles", "CreateRole DeleteRole GetRole ListRoles UpdateRole UpdateRoleDescription"),
    ("iam", "roles", "UpdateAssumeRolePolicy ListInstanceProfilesForRole"),
    ("iam", "inline_policies", "PutUserPolicy DeleteUserPolicy GetUserPolicy ListUserPolicies"),
    ("iam", "inline_policies", "PutGroupPolicy DeleteGroupPolicy GetGroupPolicy ListGroupPolicies"),
    ("iam", "inline_policies", "PutRolePolicy DeleteRolePolicy GetRolePolicy ListRolePolicies"),
    ("iam", "attachments", "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies"),
    ("iam", "attachments", "AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies"),
    ("iam", "attachments", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies"),
    ("iam", "boundaries", "PutUserPermissionsBoundary DeleteUserPermissionsBoundary"),
    ("iam", "boundaries", "PutRolePermissionsBoundary DeleteRolePermissionsBoundary"),
    ("iam", "tags", "TagUser UntagUser ListUserTags TagRole UntagRole ListRoleTags"),
    ("iam", "tags", "TagPolicy UntagPolicy ListPolicyTags"),
    ("iam", "tags", "TagInstanceProfile UntagInstanceProfile ListInstanceProfileTags"),
    ("iam", "tags", "TagSAMLProvider UntagSAMLProvider ListSAMLProviderTags"),
    ("iam", "tags", "TagOpenIDConnectProvider UntagOpenIDConnectProvider ListOpenIDConnectProviderTags"),
    ("iam", "access_keys", "CreateAccessKey UpdateAccessKey DeleteAccessKey ListAccessKeys"),
    ("iam", "managed_policies", "CreatePolicy DeletePolicy GetPolicy ListPolicies ListEntitiesForPolicy"),
    (
        "iam",
        "managed_policies",
        "CreatePolicyVersion DeletePolicyVersion GetPolicyVersion ListPolicyVersions",
    ),
    ("iam", "managed_policies", "SetDefaultPolicyVersion"),
    ("iam", "instance_profiles", "CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile"),
    (
        "iam",
        "instance_profiles",
        "ListInstanceProfiles AddRoleToInstanceProfile RemoveRoleFromInstanceProfile",
    ),
    ("iam", "providers", "CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviders"),
    ("iam", "providers", "CreateOpenIDConnectProvider DeleteOpenIDConnectProvider"),
    ("iam", "providers", "GetOpenIDConnectProvider ListOpenIDConnectProviders"),
    ("iam", "providers", "AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider"),
    ("iam", "providers", "UpdateOpenIDConnectProviderThumbprint"),
    (
        "iam",
        "outbound_federation",
        "EnableOutboundWebIdentityFederation DisableOutboundWebIdentityFederation",
    ),
    ("iam", "outbound_federation", "GetOutboundWebIdentityFederationInfo"),
    ("iam", "account_settings", "SetSecurityTokenServicePreferences GetAccountSummary"),
    ("iam", "account_details", "GetAccountAuthorizationDetails"),
    ("iam", "policy_simulator", "SimulateCustomPolicy SimulatePrincipalPolicy"),
    ("iam", "policy_simulator", "GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy"),
    ("s3", "bucket_policies", "PutBucketPolicy GetBucketPolicy DeleteBucketPolicy"),
    ("kms", "key_policies", "PutKeyPolicy GetKeyPolicy"),
    ("organizations", "organizations", "CreatePolicy AttachPolicy DetachPolicy DeletePolicy"),
)
_READS = ("Get", "List", "Simulate")


def operations() -> Iterator[Operation]:
    """Every operation of the table, ready to be performed."""
    for service, module, names in TABLE:
        for name in names.split():
            effect = Effect.READ if name.startswith(_READS) else Effect.WRITE
            yield Operation(name=f"{service}:{name}", effect=effect, perform=_deferred(module, name))


def _deferred(module: str, name: str) -> Callable[[Call], Answer]:
    def perform(call: Call) -> Answer:
        performs: dict[str, Callable[[Call], Answer]] = import_module(f"{__package__}.{module}").PERFORMS
        return performs[name](call)

    return perform
