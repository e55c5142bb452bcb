"""The account settings of IAM: which tokens the global endpoint of STS issues, and the account summary.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetSecurityTokenServicePreferences.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from sts_tui.account import iam_quotas
from sts_tui.account.arn import account_of
from sts_tui.account.entities import Entity
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS
from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

E = TypeVar("E", bound=Entity)

QUOTAS: Final = {
    "UsersQuota": iam_quotas.USERS,
    "GroupsQuota": iam_quotas.GROUPS,
    "RolesQuota": iam_quotas.ROLES,
    "PoliciesQuota": iam_quotas.MANAGED_POLICIES,
    "InstanceProfilesQuota": iam_quotas.INSTANCE_PROFILES,
    "ServerCertificatesQuota": 20,
    "PolicyVersionsInUseQuota": 10_000,
    "UserPolicySizeQuota": SIZE_LIMITS[PolicyKind.USER_INLINE],
    "GroupPolicySizeQuota": SIZE_LIMITS[PolicyKind.GROUP_INLINE],
    "RolePolicySizeQuota": SIZE_LIMITS[PolicyKind.ROLE_INLINE],
    "PolicySizeQuota": SIZE_LIMITS[PolicyKind.MANAGED],
    "AssumeRolePolicySizeQuota": SIZE_LIMITS[PolicyKind.TRUST],
    "VersionsPerPolicyQuota": iam_quotas.VERSIONS_PER_POLICY,
    "AccessKeysPerUserQuota": iam_quotas.ACCESS_KEYS_PER_USER,
    "SigningCertificatesPerUserQuota": 2,
    "GroupsPerUserQuota": iam_quotas.GROUPS_PER_USER,
    "AttachedPoliciesPerUserQuota": iam_quotas.POLICIES_PER_IDENTITY,
    "AttachedPoliciesPerGroupQuota": iam_quotas.POLICIES_PER_IDENTITY,
    "AttachedPoliciesPerRoleQuota": iam_quotas.POLICIES_PER_IDENTITY,
}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def set_token_preferences(call: Call[shapes.SetSecurityTokenServicePreferencesRequest]) -> Answer:
    """Set the version of tokens issued from now on; issued tokens do not change."""
    call.authorize(call.operation)
    version = call.params["GlobalEndpointTokenVersion"]
    facts = replace(call.configuration.accounts[call.account], global_endpoint_token_version=version)
    return Answer(configuration=with_account_facts(call.configuration, facts), subject=call.account)


def get_account_summary(call: Call) -> Answer[shapes.GetAccountSummaryResponse]:
    """Counts of what the model has; 0 for what it does not have (server certificates, keys of the root
    user).
    """
    call.authorize(call.operation)
    counts = {**_counts(call), "GlobalEndpointTokenVersion": _token_version(call)}
    return Answer(response={"SummaryMap": counts | QUOTAS})


def _counts(call: Call) -> dict[str, int]:
    configuration = call.configuration
    own = {
        "Users": configuration.users,
        "Groups": configuration.groups,
        "Roles": configuration.roles,
        "Policies": configuration.policies,
        "InstanceProfiles": configuration.instance_profiles,
    }
    counts = {name: len(_of_account(entities, call.account)) for name, entities in own.items()}
    devices = sum(
        len(user.mfa_devices) for user in configuration.users.values() if account_of(user.arn) == call.account
    )
    policies = _of_account(configuration.policies, call.account)
    return counts | {
        "PolicyVersionsInUse": sum(len(policy.policy_version_list) for policy in policies),
        "Providers": len(_of_account(configuration.saml_providers, call.account))
        + len(_of_account(configuration.oidc_providers, call.account)),
        "MFADevices": devices + len(configuration.accounts[call.account].virtual_mfa_devices),
        "MFADevicesInUse": devices,
        "ServerCertificates": 0,
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 0,
        "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0,
    }


def _of_account(entities: Mapping[str, E], account: str) -> list[E]:
    return [entity for arn, entity in entities.items() if account_of(arn) == account]


def _token_version(call: Call) -> int:
    """1 or 2, as in the summary map."""
    version = call.configuration.accounts[call.account].global_endpoint_token_version
    return 1 if version == "v1Token" else 2


PERFORMS: dict[str, Perform] = {
    "SetSecurityTokenServicePreferences": set_token_preferences,
    "GetAccountSummary": get_account_summary,
}
