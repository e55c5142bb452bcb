"""Which keys may an account file have, and which values may they have? The table of the whole format.

The checks, the construction of entities, merging, the export, the JSON Schema and `docs/account-file.md` all
use this table. CONTRIBUTING.md has the recipe for a new key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.iam_format import IAM_FORMATS
from sts_tui.account.format.identity_center_format import IDENTITY_CENTER_FORMATS
from sts_tui.account.format.organization_format import ORGANIZATION_FORMATS
from sts_tui.account.format.patterns import ACCOUNT_ID
from sts_tui.account.format.rows import boolean, instant, json_object, many, object_format, one, text, texts
from sts_tui.account.format.simulation_format import SIMULATION_FORMATS
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.format.workload_identity_format import WORKLOAD_IDENTITY_FORMATS
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.regions import OPT_STATUS, REGION

DETAIL_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""The lists of GetAccountAuthorizationDetails."""

_DETAILS = (
    many("UserDetailList", "user_detail_list", "User", "IAM users."),
    many("GroupDetailList", "group_detail_list", "Group", "IAM groups."),
    many("RoleDetailList", "role_detail_list", "Role", "IAM roles."),
    many("Policies", "policies", "ManagedPolicy", "Managed policies."),
)
_REGION = object_format(
    "Region",
    entities.Region,
    text("RegionName", "region_name", pattern=REGION, required=True),
    text("RegionOptStatus", "region_opt_status", choices=OPT_STATUS, required=True),
    identity="RegionName",
    about="One item of `aws account list-regions`.",
)
_ACCOUNT = object_format(
    "Account",
    entities.Account,
    text("AccountId", "account_id", pattern=ACCOUNT_ID, required=True),
    text("Name", "name"),
    boolean(
        "RawDump",
        "is_raw_dump",
        about="Taken from a raw dump: errors in it are warnings. `export` writes it.",
    ),
    boolean(
        "Standalone",
        "is_standalone",
        about="The account is not in an organization. For raw dumps, which do not say so. Other accounts "
        "that no `Organization` lists are assumed not to be in one.",
    ),
    boolean(
        "OutboundWebIdentityFederation",
        "outbound_web_identity_federation",
        about="Whether GetWebIdentityToken is enabled. Default false.",
    ),
    text(
        "GlobalEndpointTokenVersion",
        "global_endpoint_token_version",
        choices=("v1Token", "v2Token"),
        about="The tokens that the global endpoint of STS issues. Default `v1Token`.",
    ),
    texts(
        "DeactivatedSTSEndpoints",
        "deactivated_sts_endpoints",
        about="Regions where STS is deactivated, as in the account settings of IAM's console.",
    ),
    text(
        "AccountAlias",
        "account_alias",
        pattern=lazy_pattern(r"[a-z0-9]([a-z0-9]|-(?!-))*[a-z0-9]"),
        most=63,
    ),
    json_object(
        "PasswordPolicy",
        "password_policy",
        about="As `aws iam get-account-password-policy` shows it. Absent: AWS's default.",
    ),
    many("VirtualMFADevices", "virtual_mfa_devices", "MFADevice", "Assigned to no user."),
    many(
        "Regions",
        "regions",
        "Region",
        "The Regions that it enabled; for others the setting `OptInRegions` decides.",
    ),
    *_DETAILS,
    many("InstanceProfiles", "instance_profiles", "InstanceProfile"),
    many("SAMLProviders", "saml_providers", "SAMLProvider"),
    many("OpenIDConnectProviders", "open_id_connect_providers", "OpenIDConnectProvider"),
    many("Resources", "resources", "Resource", "Anything with tags or a resource-based policy."),
    many("TrustAnchors", "trust_anchors", "TrustAnchor", "IAM Roles Anywhere."),
    many("Profiles", "profiles", "Profile", "IAM Roles Anywhere."),
    many("Crls", "crls", "Crl", "IAM Roles Anywhere: revoked certificates."),
    many("PodIdentityAssociations", "pod_identity_associations", "PodIdentityAssociation", "Amazon EKS."),
    identity="AccountId",
)
_MODEL = object_format(
    "AccountModel",
    entities.AccountModel,
    text("$schema", about="The JSON Schema, for editors; not used here."),
    text("Name", "name", about="The name of the model."),
    text("Description", "description"),
    instant("StartTime", "start_time", about="The start of the simulated clock; absent: now."),
    one("Settings", "settings", "Settings"),
    one("Organization", "organization", "Organization", about="Absent: no SCPs or RCPs apply."),
    one("IdentityCenter", "identity_center", "IdentityCenter", about="IAM Identity Center."),
    many("Accounts", "accounts", "Account"),
    many(
        "IdentityProviders",
        "identity_providers",
        "IdentityProvider",
        "The identity providers that sign users in.",
    ),
    many("Workloads", "workloads", "Workload", "Programs that keep using credentials."),
    texts(
        "Deleted",
        "deleted",
        about="Deleted, and still named by workloads, profiles, pod identity associations or identity pools: "
        "ARNs of roles and users, access key ids, the `Identity` of a workload. An export lists them.",
    ),
)

FORMATS: Final[Mapping[str, ObjectFormat]] = {
    object_format.name: object_format
    for object_format in (
        *IAM_FORMATS,
        *ORGANIZATION_FORMATS,
        *IDENTITY_CENTER_FORMATS,
        *SIMULATION_FORMATS,
        *WORKLOAD_IDENTITY_FORMATS,
        _REGION,
        _ACCOUNT,
        _MODEL,
    )
}

DUMP: Final = ObjectFormat(
    name="dump",
    entity=entities.Account,
    keys={
        key_format.key: key_format
        for key_format in (
            *_DETAILS,
            boolean("IsTruncated"),
            text("Marker"),
            text("NextToken", about="Of the AWS CLI's own `--max-items`: there are more pages."),
            json_object("ResponseMetadata"),
        )
    },
    about="The output of `aws iam get-account-authorization-details`, whole or one page of it.",
)
