"""Shapes of an organization: its tree, and the policies attached to it."""

from __future__ import annotations

from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.object_format import (
    ACCOUNT_ID,
    ARN,
    NODE_ID,
    ORGANIZATION_ID,
    Holds,
    KeyFormat,
    ObjectFormat,
    document,
    format_of,
    many,
)
from sts_tui.account.policies.policy_kind import PolicyKind

_ARN = KeyFormat(key="Arn", field="arn", pattern=ARN, about="Derived from account, path and name.")
ORGANIZATION_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    *(
        format_of(
            name,
            entities.NamedPolicy,
            KeyFormat(key="Name", field="name", required=True, most=128),
            KeyFormat(key="Description", field="description", most=512),
            document("Document", "document", kind),
            KeyFormat(key="Arn", field="arn", pattern=ARN, about="Derived."),
            KeyFormat(key="Id", field="id", about="`p-…`; derived."),
            identity="Name",
        )
        for name, kind in (
            ("ServiceControlPolicy", PolicyKind.SCP),
            ("ResourceControlPolicy", PolicyKind.RCP),
        )
    ),
    format_of(
        "OrganizationAccount",
        entities.OrganizationAccount,
        KeyFormat(key="AccountId", field="account_id", pattern=ACCOUNT_ID, required=True),
        many("ServiceControlPolicies", "service_control_policies", "ServiceControlPolicy"),
        many("ResourceControlPolicies", "resource_control_policies", "ResourceControlPolicy"),
        identity="AccountId",
        text_stands_for="AccountId",
    ),
    format_of(
        "OrganizationalUnit",
        entities.OrganizationalUnit,
        KeyFormat(key="Name", field="name", required=True, most=128),
        KeyFormat(key="Id", field="id", pattern=NODE_ID, about="`r-…` or `ou-…`; derived."),
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
    format_of(
        "Organization",
        entities.Organization,
        KeyFormat(key="Id", field="id", pattern=ORGANIZATION_ID, required=True),
        KeyFormat(
            key="ManagementAccountId", field="management_account_id", pattern=ACCOUNT_ID, required=True
        ),
        KeyFormat(
            key="Features",
            field="features",
            holds=Holds.TEXTS,
            choices=("RootSessions", "RootCredentialsManagement"),
            about="Centralized root access.",
        ),
        KeyFormat(
            key="DelegatedAdministrators",
            field="delegated_administrators",
            holds=Holds.TEXTS_BY_KEY,
            about="Account ids by service principal.",
        ),
        KeyFormat(
            key="Root",
            field="root",
            holds=Holds.ENTITY,
            format="OrganizationalUnit",
            about="The tree.",
            required=True,
        ),
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
