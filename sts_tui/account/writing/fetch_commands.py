"""Which shell commands fetch what a raw dump lacks? Each writes a small overlay file.

GetAccountAuthorizationDetails does not return session durations of roles, identity providers, access keys,
MFA devices, the organization or resource policies. The commands need only the AWS CLI: `--query` gives its
output the form of an account file, so that `sts-tui mine.json 111122223333-*.json` loads everything.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from sts_tui.account.arn import is_aws_managed
from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.entities import Account, AccountModel, Group, Role, User
from sts_tui.account.format.derivation import has_derived_key
from sts_tui.account.managed_policies import built_in_document
from sts_tui.account.policies.policy_principals import principals_of
from sts_tui.account.role_durations import DEFAULT_MAXIMUM


def missing_from_dump(model: AccountModel) -> tuple[str, ...]:
    """Shell commands, with comments, for accounts from raw dumps; empty if nothing is missing."""
    lines: list[str] = []
    for account in model.accounts:
        if account.is_raw_dump:
            lines.extend(_of_account(account))
    if lines and model.organization is None:
        lines.extend(ORGANIZATION_LINES)
    return tuple(lines)


def fetch_script() -> str:
    """A script for `sh` that downloads an account or an organization into a folder that can be opened."""
    return Path(__file__).with_name("fetch.sh").read_text(encoding="utf-8")


def _of_account(account: Account) -> Iterator[str]:
    account_id = account.account_id
    silent = [role for role in account.role_detail_list if role.max_session_duration is None]
    if silent:
        which = "one role" if len(silent) == 1 else f"{len(silent):,} roles"
        yield f"# how long sessions of {which} may last ({DEFAULT_MAXIMUM} seconds are assumed)"
        yield _roles(account_id)
    providers = sorted(_unknown_providers(account))
    if any(":saml-provider/" in arn for arn in providers):
        yield "# SAML providers that trust policies name"
        yield _saml_providers(account_id)
    for arn in providers:
        if ":oidc-provider/" in arn:
            yield f"# the audiences of {shown(arn)}"
            yield _oidc_provider(account_id, arn)
    if any(has_derived_key(user) for user in account.user_detail_list):
        yield "# access keys and MFA devices of users (one active key each is derived)"
        yield _users(account_id)
    for arn in sorted(_without_document(account)):
        yield f"# {shown(arn)} is attached, but its document is not in the dump"
        yield managed_policy_line(account_id, arn)
    if not account.resources:
        yield "# resource policies, for example of a bucket"
        yield _bucket(account_id, _partition(account))


def _overlay(account_id: str, key: str, value: str) -> str:
    """A JMESPath expression that converts the output to the form of an account file."""
    return f'{{Accounts:[{{AccountId:`"{account_id}"`,{key}:{value}}}]}}'


def _roles(account_id: str) -> str:
    fields = "{Arn:Arn,MaxSessionDuration:MaxSessionDuration,Description:Description}"
    query = _overlay(account_id, "RoleDetailList", f"Roles[].{fields}")
    return f"aws iam list-roles --query {quote(query)} > {account_id}-roles.json"


def _saml_providers(account_id: str) -> str:
    query = _overlay(account_id, "SAMLProviders", "SAMLProviderList[].{Arn:Arn}")
    return f"aws iam list-saml-providers --query {quote(query)} > {account_id}-saml.json"


def _oidc_provider(account_id: str, arn: str) -> str:
    provider = f'[{{Arn:`"{arn}"`,ClientIDList:ClientIDList,ThumbprintList:ThumbprintList}}]'
    query = _overlay(account_id, "OpenIDConnectProviders", provider)
    name = "".join(c if c.isalnum() else "-" for c in arn.rpartition(":oidc-provider/")[2])
    command = f"aws iam get-open-id-connect-provider --open-id-connect-provider-arn {quote(arn)}"
    return f"{command} --query {quote(query)} > {account_id}-oidc-{name}.json"


def _users(account_id: str) -> str:
    keys = "[{Arn:`\"'$user'\"`,AccessKeys:AccessKeyMetadata[].{AccessKeyId:AccessKeyId,Status:Status}}]"
    devices = "[{Arn:`\"'$user'\"`,MFADevices:MFADevices[].{SerialNumber:SerialNumber}}]"
    commands = (
        ("list-access-keys", "keys", _overlay(account_id, "UserDetailList", keys)),
        ("list-mfa-devices", "mfa", _overlay(account_id, "UserDetailList", devices)),
    )
    user = "${user##*/}"
    inner = "; ".join(
        f"aws iam {command} --user-name {user} --query '{query}' > {account_id}-{name}-{user}.json"
        for command, name, query in commands
    )
    return f"for user in $(aws iam list-users --query 'Users[].Arn' --output text); do {inner}; done"


def managed_policy_line(account_id: str, arn: str) -> str:
    """The command that fetches the document of a managed policy, as an overlay file of the account."""
    name = "".join(c if c.isalnum() else "-" for c in arn.rpartition("/")[2])
    version = f"$(aws iam get-policy --policy-arn {quote(arn)} --query Policy.DefaultVersionId --output text)"
    fields = "{VersionId:VersionId,IsDefaultVersion:IsDefaultVersion,Document:Document}"
    policy = f'[{{Arn:`"{arn}"`,PolicyVersionList:[PolicyVersion.{fields}]}}]'
    query = _overlay(account_id, "Policies", policy)
    command = f'aws iam get-policy-version --policy-arn {quote(arn)} --version-id "{version}"'
    return f"{command} --query {quote(query)} > {account_id}-policy-{name}.json"


def _bucket(account_id: str, partition: str) -> str:
    resource = f"[{{Arn:`\"arn:{partition}:s3:::'$bucket'\"`,Policy:Policy}}]"
    query = _overlay(account_id, "Resources", resource)
    command = f"aws s3api get-bucket-policy --bucket $bucket --query '{query}'"
    file = f"{account_id}-bucket-$bucket.json"
    return f"bucket=BUCKET; {command} > {file} || rm {file}"


def _partition(account: Account) -> str:
    """The partition of the account (`aws`, `aws-cn` …), taken from its roles and users."""
    entities: tuple[Role | User, ...] = (*account.role_detail_list, *account.user_detail_list)
    return entities[0].arn.split(":", 2)[1] if entities else "aws"


ORGANIZATION_LINES = (
    "# the organization and its policies (docs/from-your-account.md has a script that writes the overlay)",
    "aws organizations describe-organization --query Organization",
    '# (AWSOrganizationsNotInUseException: write "Standalone": true into the account of a file)',
    "aws organizations list-roots --query Roots",
    "aws organizations list-policies --filter SERVICE_CONTROL_POLICY --query Policies",
)


def _unknown_providers(account: Account) -> Iterator[str]:
    known = {provider.arn for provider in account.saml_providers}
    known |= {provider.arn for provider in account.open_id_connect_providers}
    named = {
        name
        for role in account.role_detail_list
        for _, kind, name in principals_of(role.assume_role_policy_document.document)
        if kind == "Federated" and f":iam::{account.account_id}:" in name
    }
    yield from named - known


def _without_document(account: Account) -> set[str]:
    known = {policy.arn for policy in account.policies if policy.default_document is not None}
    entities: tuple[User | Group | Role, ...] = (
        *account.user_detail_list,
        *account.group_detail_list,
        *account.role_detail_list,
    )
    attached = {policy.policy_arn for entity in entities for policy in entity.attached_managed_policies}
    aws_managed = {arn for arn in attached if is_aws_managed(arn)}
    return {arn for arn in aws_managed - known if built_in_document(arn) is None}
