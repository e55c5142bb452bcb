"""Which quotas does IAM enforce? Adjustable quotas have AWS's default value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

The sizes of policies are in `policies.policy_sizes`; the limits of STS in `sts_tui.sts.facts.limits`.
"""

from __future__ import annotations

from typing import Final

USERS: Final = 5_000
GROUPS: Final = 300
ROLES: Final = 1_000
MANAGED_POLICIES: Final = 1_500
INSTANCE_PROFILES: Final = 1_000
"""Instance profiles in one account."""

ACCESS_KEYS_PER_USER: Final = 2
GROUPS_PER_USER: Final = 10
MFA_DEVICES_PER_USER: Final = 8
POLICIES_PER_IDENTITY: Final = 10
"""Managed policies attached to one user, group or role."""

TAGS_PER_ENTITY: Final = 50
VERSIONS_PER_POLICY: Final = 5
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html"""
ROLES_PER_INSTANCE_PROFILE: Final = 1
CLIENT_IDS_PER_OIDC_PROVIDER: Final = 100
THUMBPRINTS_PER_OIDC_PROVIDER: Final = 5
