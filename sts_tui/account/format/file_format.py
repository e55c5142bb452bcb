"""The account file's format as data: which keys an object may have, what they hold, what they fill.

One table drives the checks, the construction of entities, the export, the JSON Schema and the
reference in `docs/account-file.md`; a key is added here, and its field in `account.entities`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.iam_format import IAM_FORMATS
from sts_tui.account.format.object_format import (
    ACCOUNT_ID,
    Holds,
    KeyFormat,
    ObjectFormat,
    format_of,
    many,
)
from sts_tui.account.format.organization_format import ORGANIZATION_FORMATS
from sts_tui.account.format.simulation_format import SIMULATION_FORMATS
from sts_tui.account.opt_in_regions import OPT_STATUS, REGION

DETAIL_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""The lists of GetAccountAuthorizationDetails."""

_DETAILS = (
    many("UserDetailList", "user_detail_list", "User", "IAM users."),
    many("GroupDetailList", "group_detail_list", "Group", "IAM groups."),
    many("RoleDetailList", "role_detail_list", "Role", "IAM roles."),
    many("Policies", "policies", "ManagedPolicy", "Managed policies."),
)
_REGION = format_of(
    "Region",
    entities.Region,
    KeyFormat(key="RegionName", field="region_name", pattern=REGION, required=True),
    KeyFormat(key="RegionOptStatus", field="region_opt_status", choices=OPT_STATUS, required=True),
    identity="RegionName",
    about="One item of `aws account list-regions`.",
)
_ACCOUNT = format_of(
    "Account",
    entities.Account,
    KeyFormat(key="AccountId", field="account_id", pattern=ACCOUNT_ID, required=True),
    KeyFormat(key="Name", field="name"),
    KeyFormat(
        key="RawDump",
        field="is_raw_dump",
        holds=Holds.BOOLEAN,
        about="Taken from a raw dump: faults in it are warnings. `export` writes it.",
    ),
    KeyFormat(
        key="OutboundWebIdentityFederation",
        field="outbound_web_identity_federation",
        holds=Holds.BOOLEAN,
        about="Whether GetWebIdentityToken is enabled. Default false.",
    ),
    KeyFormat(
        key="GlobalEndpointTokenVersion",
        field="global_endpoint_token_version",
        choices=("v1Token", "v2Token"),
        about="What the global endpoint of STS issues. Default `v1Token`.",
    ),
    KeyFormat(
        key="DeactivatedSTSEndpoints",
        field="deactivated_sts_endpoints",
        holds=Holds.TEXTS,
        about="Regions where STS is deactivated, as in the account settings of IAM's console.",
    ),
    KeyFormat(
        key="AccountAlias",
        field="account_alias",
        pattern=re.compile(r"[a-z0-9]([a-z0-9]|-(?!-))*[a-z0-9]"),
        most=63,
    ),
    KeyFormat(
        key="PasswordPolicy",
        field="password_policy",
        holds=Holds.OBJECT,
        about="As `aws iam get-account-password-policy` shows it. Absent: AWS's default.",
    ),
    many("VirtualMFADevices", "virtual_mfa_devices", "MFADevice", "Assigned to no user."),
    many(
        "Regions",
        "regions",
        "Region",
        "Which Regions it enabled; of others the setting `OptInRegions` tells.",
    ),
    *_DETAILS,
    many("InstanceProfiles", "instance_profiles", "InstanceProfile"),
    many("SAMLProviders", "saml_providers", "SAMLProvider"),
    many("OpenIDConnectProviders", "open_id_connect_providers", "OpenIDConnectProvider"),
    many("Resources", "resources", "Resource", "What has tags or a policy of its own."),
    identity="AccountId",
)
_MODEL = format_of(
    "AccountModel",
    entities.AccountModel,
    KeyFormat(key="$schema", about="Where editors find the JSON Schema; not read."),
    KeyFormat(key="Name", field="name", about="What the model is called."),
    KeyFormat(key="Description", field="description"),
    KeyFormat(
        key="StartTime",
        field="start_time",
        holds=Holds.INSTANT,
        about="Where the simulated clock starts; absent: now.",
    ),
    KeyFormat(key="Settings", field="settings", holds=Holds.ENTITY, format="Settings"),
    KeyFormat(
        key="Organization",
        field="organization",
        holds=Holds.ENTITY,
        format="Organization",
        about="Absent: no SCPs or RCPs apply.",
    ),
    many("Accounts", "accounts", "Account"),
    many("IdentityProviders", "identity_providers", "IdentityProvider", "Who signs people in."),
    many("Workloads", "workloads", "Workload", "What keeps using credentials."),
)

FORMATS: Final[Mapping[str, ObjectFormat]] = {
    object_format.name: object_format
    for object_format in (*IAM_FORMATS, *ORGANIZATION_FORMATS, *SIMULATION_FORMATS, _REGION, _ACCOUNT, _MODEL)
}

DUMP: Final = ObjectFormat(
    name="dump",
    entity=entities.Account,
    keys={
        key_format.key: key_format
        for key_format in (
            *_DETAILS,
            KeyFormat(key="IsTruncated", holds=Holds.BOOLEAN),
            KeyFormat(key="Marker"),
            KeyFormat(key="NextToken", about="Of the AWS CLI's own `--max-items`: there are more pages."),
            KeyFormat(key="ResponseMetadata", holds=Holds.OBJECT),
        )
    },
    about="The output of `aws iam get-account-authorization-details`, whole or one page of it.",
)
