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
    Member,
    Shape,
    document,
    many,
    shape_of,
)
from sts_tui.account.format.policy_kind import PolicyKind

_ARN = Member(key="Arn", field="arn", pattern=ARN, about="Derived from account, path and name.")
ORGANIZATION_SHAPES: Final[tuple[Shape, ...]] = (
    *(
        shape_of(
            name,
            entities.NamedPolicy,
            Member(key="Name", field="name", required=True, most=128),
            document("Document", "document", kind),
            Member(key="Arn", field="arn", pattern=ARN, about="Derived."),
            Member(key="Id", field="id", about="`p-…`; derived."),
            identity="Name",
        )
        for name, kind in (
            ("ServiceControlPolicy", PolicyKind.SCP),
            ("ResourceControlPolicy", PolicyKind.RCP),
        )
    ),
    shape_of(
        "OrganizationAccount",
        entities.OrganizationAccount,
        Member(key="AccountId", field="account_id", pattern=ACCOUNT_ID, required=True),
        many("ServiceControlPolicies", "service_control_policies", "ServiceControlPolicy", most=10),
        many("ResourceControlPolicies", "resource_control_policies", "ResourceControlPolicy", most=5),
        identity="AccountId",
        text_stands_for="AccountId",
    ),
    shape_of(
        "OrganizationalUnit",
        entities.OrganizationalUnit,
        Member(key="Name", field="name", required=True, most=128),
        Member(key="Id", field="id", pattern=NODE_ID, about="`r-…` or `ou-…`; derived."),
        many(
            "ServiceControlPolicies",
            "service_control_policies",
            "ServiceControlPolicy",
            "Absent: FullAWSAccess. Given: exactly these; `[]` allows nothing.",
            10,
        ),
        many(
            "ResourceControlPolicies",
            "resource_control_policies",
            "ResourceControlPolicy",
            "RCPFullAWSAccess is always there besides.",
            5,
        ),
        many("Accounts", "accounts", "OrganizationAccount", "Account ids, or objects with policies."),
        many("OrganizationalUnits", "organizational_units", "OrganizationalUnit", "At most five levels."),
        identity="Name",
    ),
    shape_of(
        "Organization",
        entities.Organization,
        Member(key="Id", field="id", pattern=ORGANIZATION_ID, required=True),
        Member(key="ManagementAccountId", field="management_account_id", pattern=ACCOUNT_ID, required=True),
        Member(
            key="Features",
            field="features",
            holds=Holds.TEXTS,
            choices=("RootSessions", "RootCredentialsManagement"),
            about="Centralized root access.",
        ),
        Member(
            key="DelegatedAdministrators",
            field="delegated_administrators",
            holds=Holds.TEXTS_BY_KEY,
            about="Account ids by service principal.",
        ),
        Member(
            key="Root",
            field="root",
            holds=Holds.ENTITY,
            shape="OrganizationalUnit",
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
