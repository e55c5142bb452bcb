"""Small account files for tests: values that one changes in one place, and the loading of several."""

from __future__ import annotations

import json
from typing import Any

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import AccountModel
from sts_tui.account.loading.load import Loaded, parse
from tests.accounts.policies import MAIN, OTHER, allow, policy, trusts

PROD, DEV = MAIN, OTHER
OUTSIDE = "999999999999"


def own_file() -> dict[str, Any]:
    """An account file that uses every part of the format once."""
    return {
        "Name": "everything",
        "Description": "One of each",
        "StartTime": "2026-01-15T09:00:00Z",
        "Settings": {"RevokePaddingSeconds": 60, "PropagationSeconds": 2.5},
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": PROD,
            "Features": ["RootSessions"],
            "DelegatedAdministrators": {"iam.amazonaws.com": [DEV]},
            "Root": {
                "Name": "Root",
                "Accounts": [PROD],
                "ResourceControlPolicies": [
                    {
                        "Name": "ours",
                        "Document": policy(
                            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
                        ),
                    }
                ],
                "OrganizationalUnits": [
                    {
                        "Name": "Workloads",
                        "Accounts": [{"AccountId": DEV, "ServiceControlPolicies": []}],
                        "ServiceControlPolicies": [{"Name": "all", "Document": policy(allow("*"))}],
                    }
                ],
            },
        },
        "IdentityCenter": _identity_center(),
        "Accounts": [_prod(), {"AccountId": DEV, "Name": "dev"}],
        "IdentityProviders": [
            {
                "Name": "sso",
                "Type": "SAML",
                "Issuer": "https://sso.example",
                "Users": [{"Name": "ann", "Roles": [f"arn:aws:iam::{PROD}:role/app/App"]}],
            },
            {
                "Name": "github",
                "Type": "OIDC",
                "Issuer": "https://token.actions.githubusercontent.com",
                "Users": [{"Name": "main", "Claims": {"sub": "repo:acme/app:ref:refs/heads/main"}}],
            },
        ],
        "Workloads": [
            {
                "Name": "etl",
                "Identity": f"arn:aws:iam::{PROD}:user/alice",
                "AssumeRoles": [{"RoleArn": f"arn:aws:iam::{PROD}:role/app/App", "SourceIdentity": "alice"}],
                "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/x"}],
                "EverySeconds": 7,
                "Refresh": "never",
            }
        ],
    }


def _identity_center() -> dict[str, Any]:
    return {
        "Instances": [
            {
                "OwnerAccountId": PROD,
                "Name": "ours",
                "PortalSessionDuration": "PT12H",
                "AccessControlAttributes": [
                    {"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}}
                ],
            }
        ],
        "Users": [
            {"UserName": "ann@example", "DisplayName": "Ann", "Name": {"GivenName": "Ann"}},
            {"UserName": "old@example", "UserStatus": "DISABLED"},
        ],
        "Groups": [{"DisplayName": "people", "Description": "All"}],
        "GroupMemberships": [{"GroupId": "people", "MemberId": {"UserId": "ann@example"}}],
        "PermissionSets": [
            {
                "Name": "Read",
                "SessionDuration": "PT2H",
                "InlinePolicy": policy(allow()),
                "AttachedManagedPolicies": [{"Arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}],
                "CustomerManagedPolicyReferences": [{"Name": "Shared"}],
                "PermissionsBoundary": {"CustomerManagedPolicyReference": {"Name": "Shared"}},
                "Tags": [{"Key": "kept", "Value": "yes"}],
            }
        ],
        "AccountAssignments": [
            {
                "AccountId": PROD,
                "PermissionSetArn": "Read",
                "PrincipalType": "GROUP",
                "PrincipalId": "people",
            }
        ],
    }


def _prod() -> dict[str, Any]:
    return {
        "AccountId": PROD,
        "Name": "prod",
        "OutboundWebIdentityFederation": True,
        "UserDetailList": [
            {
                "UserName": "alice",
                "GroupList": ["Team"],
                "Tags": [{"Key": "team", "Value": "web"}],
                "MFADevices": [{"SerialNumber": f"arn:aws:iam::{PROD}:mfa/alice"}],
            },
            {"UserName": "bob", "AccessKeys": [], "UserPolicyList": [_inline("own")]},
        ],
        "GroupDetailList": [{"GroupName": "Team", "GroupPolicyList": [_inline("team")]}],
        "RoleDetailList": [
            {
                "RoleName": "App",
                "Path": "/app/",
                "MaxSessionDuration": 7200,
                "AssumeRolePolicyDocument": trusts(),
                "RolePolicyList": [_inline("work")],
                "AttachedManagedPolicies": [{"PolicyArn": f"arn:aws:iam::{PROD}:policy/Shared"}],
                "PermissionsBoundary": {"PermissionsBoundaryArn": f"arn:aws:iam::{PROD}:policy/Shared"},
                "InstanceProfileList": [{"InstanceProfileName": "App"}],
            },
            {"RoleName": "Other", "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"})},
        ],
        "Policies": [
            {
                "PolicyName": "Shared",
                "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": True, "Document": policy(allow())}
                ],
            }
        ],
        "SAMLProviders": [{"Name": "sso"}],
        "OpenIDConnectProviders": [
            {"Url": "token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"]}
        ],
        "Resources": [
            {
                "Arn": "arn:aws:s3:::data",
                "Policy": policy(allow(resource="arn:aws:s3:::data/*", Principal="*")),
                "Tags": [{"Key": "kept", "Value": "yes"}],
            },
            {"Arn": f"arn:aws:ec2:eu-west-1:{PROD}:vpc-endpoint/vpce-1", "Policy": policy(allow())},
        ],
    }


def _inline(name: str) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": policy(allow())}


def dump() -> dict[str, Any]:
    """What `aws iam get-account-authorization-details` prints, with what AWS may add tomorrow."""
    return {
        "UserDetailList": [
            {
                "Path": "/",
                "UserName": "ana",
                "UserId": "AIDAEXAMPLEEXAMPLEEXA",
                "Arn": f"arn:aws:iam::{PROD}:user/ana",
                "CreateDate": "2025-01-01T00:00:00+00:00",
                "GroupList": ["dev"],
                "AttachedManagedPolicies": [
                    {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
                ],
                "Tags": [],
            }
        ],
        "GroupDetailList": [
            {
                "Path": "/",
                "GroupName": "dev",
                "GroupId": "AGPAEXAMPLEEXAMPLEEXA",
                "Arn": f"arn:aws:iam::{PROD}:group/dev",
                "CreateDate": 1735689600,
                "GroupPolicyList": [],
                "AttachedManagedPolicies": [],
            }
        ],
        "RoleDetailList": [
            {
                "Path": "/app/",
                "RoleName": "App",
                "RoleId": "AROAEXAMPLEEXAMPLEEXA",
                "Arn": f"arn:aws:iam::{PROD}:role/app/App",
                "CreateDate": "2025-01-01T00:00:00+00:00",
                "AssumeRolePolicyDocument": trusts(),
                "InstanceProfileList": [
                    {
                        "Path": "/",
                        "InstanceProfileName": "App",
                        "InstanceProfileId": "AIPAEXAMPLEEXAMPLEEXA",
                        "Arn": f"arn:aws:iam::{PROD}:instance-profile/App",
                        "Roles": [{"RoleName": "App", "Arn": f"arn:aws:iam::{PROD}:role/app/App"}],
                    }
                ],
                "RolePolicyList": [],
                "AttachedManagedPolicies": [],
                "RoleLastUsed": {"LastUsedDate": "2026-01-01T00:00:00+00:00", "Region": "eu-west-1"},
                "KeyOfTomorrow": {"a": [1, 2]},
            }
        ],
        "Policies": [],
        "IsTruncated": False,
    }


def sources(*files: Any) -> list[Source]:
    """Files as `0.json`, `1.json` …; a value is printed with one key or item on each line."""
    return [
        Source(f"{number}.json", value if isinstance(value, str) else json.dumps(value, indent=1))
        for number, value in enumerate(files)
    ]


def loaded(*files: Any) -> Loaded:
    return parse(sources(*files))


def model(*files: Any) -> AccountModel:
    return loaded(*files).model


def errors(*files: Any) -> tuple[Diagnostic, ...]:
    """Every error of files that cannot be loaded; empty where they can."""
    try:
        parse(sources(*files))
    except AccountFileError as error:
        return error.diagnostics
    return ()


def warnings(*files: Any) -> tuple[Diagnostic, ...]:
    """Every warning of files that can be loaded."""
    return parse(sources(*files)).warnings


def changed(value: dict[str, Any], path: str, replacement: Any) -> dict[str, Any]:
    """`value` with one place replaced: `changed(own_file(), "Accounts.0.AccountId", "1")`.

    `...` as the replacement takes the place away.
    """
    copy: Any = json.loads(json.dumps(value))
    *outer, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = copy
    for step in outer:
        inner = inner[step]
    if replacement is ...:
        del inner[last]
    elif isinstance(inner, list) and last == len(inner):
        inner.append(replacement)
    else:
        inner[last] = replacement
    return copy  # type: ignore[no-any-return]  # a copy of a dict is one
