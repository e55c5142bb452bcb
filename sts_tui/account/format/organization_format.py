"""Which keys does an organization have in an account file: its tree, and the policies attached to it?"""

from __future__ import annotations

from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.patterns import ACCOUNT_ID, NODE_ID, ORGANIZATION_ID
from sts_tui.account.format.rows import (
    boolean,
    document,
    entity_arn,
    many,
    object_format,
    one,
    text,
    texts,
    texts_by_key,
)
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.policies.policy_kind import PolicyKind

_ARN = entity_arn("Arn", "arn", about="Derived from account, path and name.")
ORGANIZATION_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    *(
        object_format(
            name,
            entities.NamedPolicy,
            text("Name", "name", required=True, most=128),
            text("Description", "description", most=512),
            document("Document", "document", kind),
            entity_arn("Arn", "arn", about="Derived."),
            text("Id", "id", about="`p-…`; derived."),
            identity="Name",
        )
        for name, kind in (
            ("ServiceControlPolicy", PolicyKind.SCP),
            ("ResourceControlPolicy", PolicyKind.RCP),
        )
    ),
    object_format(
        "OrganizationAccount",
        entities.OrganizationAccount,
        text("AccountId", "account_id", pattern=ACCOUNT_ID, required=True),
        many("ServiceControlPolicies", "service_control_policies", "ServiceControlPolicy"),
        many("ResourceControlPolicies", "resource_control_policies", "ResourceControlPolicy"),
        identity="AccountId",
        text_stands_for="AccountId",
    ),
    object_format(
        "OrganizationalUnit",
        entities.OrganizationalUnit,
        text("Name", "name", required=True, most=128),
        text("Id", "id", pattern=NODE_ID, about="`r-…` or `ou-…`; derived."),
        many(
            "ServiceControlPolicies",
            "service_control_policies",
            "ServiceControlPolicy",
            "Absent: FullAWSAccess. Given: exactly these; `[]` allows nothing.",
        ),
        many(
            "ResourceControlPolicies",
            "resource_control_policies",
            "ResourceControlPolicy",
            "RCPFullAWSAccess always applies in addition.",
        ),
        many("Accounts", "accounts", "OrganizationAccount", "Account ids, or objects with policies."),
        many("OrganizationalUnits", "organizational_units", "OrganizationalUnit", "At most five levels."),
        identity="Name",
    ),
    object_format(
        "Organization",
        entities.Organization,
        text("Id", "id", pattern=ORGANIZATION_ID, required=True),
        text("ManagementAccountId", "management_account_id", pattern=ACCOUNT_ID, required=True),
        boolean(
            "RawDump",
            "is_raw_dump",
            about="Taken from AWS, as `fetch` does: errors in its policies are warnings.",
        ),
        texts(
            "Features",
            "features",
            choices=("RootSessions", "RootCredentialsManagement"),
            about="Centralized root access.",
        ),
        texts_by_key(
            "DelegatedAdministrators", "delegated_administrators", about="Account ids by service principal."
        ),
        texts(
            "EnabledServicePrincipals",
            "enabled_service_principals",
            about="Services with trusted access. Absent: the services in use.",
        ),
        one("Root", "root", "OrganizationalUnit", about="The tree.", required=True),
        many(
            "UnattachedServiceControlPolicies",
            "unattached_service_control_policies",
            "ServiceControlPolicy",
            "Policies that are attached nowhere.",
        ),
        many(
            "UnattachedResourceControlPolicies",
            "unattached_resource_control_policies",
            "ResourceControlPolicy",
            "Policies that are attached nowhere.",
        ),
    ),
)
