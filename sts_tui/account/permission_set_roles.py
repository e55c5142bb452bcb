"""Which role does IAM Identity Center create in an account for a permission set?

It creates the role, in a path with its Region, and the SAML provider that the role trusts. IAM refuses to
edit either. A dump of a real account already contains both, and these are used.
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of, iam_arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import AttachedPolicy, InlinePolicy, PermissionsBoundary, Role, SAMLProvider
from sts_tui.account.identifiers import ROLE_PREFIX, derive_unique_id
from sts_tui.account.identity_center import ROLE_PATH, PermissionSet, derived_hex
from sts_tui.account.json_value import JsonObject
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.role_durations import HIGHEST_MAXIMUM
from sts_tui.account.sign_in import SAML_SIGN_IN

INLINE_POLICY: Final = "AwsSSOInlinePolicy"
_HEX: Final = r"[0-9a-f]{16}"


def role_of_set(set_: PermissionSet, account: str, configuration: Configuration) -> Role | None:
    """The role of the permission set in the account; None if the set is not provisioned there."""
    name = _role_name(set_.name)
    for role in configuration.roles.values():
        if (
            role.path.startswith(ROLE_PATH)
            and account_of(role.arn) == account
            and name.fullmatch(role.role_name)
        ):
            return role
    return None


def is_of_set(role: Role) -> bool:
    """Whether IAM Identity Center created the role."""
    return role.path.startswith(ROLE_PATH)


def set_name(role: Role) -> str:
    """The name of the permission set of such a role."""
    return re.sub(rf"^AWSReservedSSO_(.*)_{_HEX}$", r"\1", role.role_name)


@lru_cache(maxsize=256)
def _role_name(set_name: str) -> re.Pattern[str]:
    return re.compile(rf"AWSReservedSSO_{re.escape(set_name)}_{_HEX}")


def provisioned_at_load(configuration: Configuration) -> Configuration:
    """The configuration with a role for every permission set that is assigned in an account."""
    wanted = dict.fromkeys(
        (one.permission_set_arn, one.account_id) for one in configuration.account_assignments.values()
    )
    for arn, account in wanted:
        set_ = configuration.permission_sets.get(arn)
        if set_ is None or account not in configuration.accounts:
            continue
        if role_of_set(set_, account, configuration) is None:
            configuration = provisioned(set_, account, configuration)
    return configuration


def provisioned(
    set_: PermissionSet, account: str, configuration: Configuration, suffix: str = ""
) -> Configuration:
    """The configuration with the role updated from the permission set, or created, and with the provider that
    it trusts. `suffix`: 16 hexadecimal digits for the name of a new role; empty: derived.
    """
    partition = configuration.partition_of(account)
    provider = _provider(account, partition, configuration)
    known = role_of_set(set_, account, configuration)
    role = known or _new_role(set_, account, provider, configuration, suffix)
    role = _with_policies(role, set_, account, partition)
    return replace(
        configuration,
        roles=PersistentMap.of(configuration.roles).updated({role.arn: role}),
        saml_providers=PersistentMap.of(configuration.saml_providers).updated({provider.arn: provider}),
    )


def missing_policies(set_: PermissionSet, account: str, configuration: Configuration) -> Iterator[str]:
    """ARNs of customer managed policies of the set that the account lacks. With any, the set cannot be
    provisioned there.
    """
    partition = configuration.partition_of(account)
    for arn in _customer_policies(set_, account, partition):
        if arn not in configuration.policies:
            yield arn


def _customer_policies(set_: PermissionSet, account: str, partition: str) -> Iterator[str]:
    for one in set_.customer_managed_policy_references:
        yield iam_arn(account, "policy", one.name, one.path, partition)
    boundary = set_.permissions_boundary
    own = boundary.customer_managed_policy_reference if boundary is not None else None
    if own is not None:
        yield iam_arn(account, "policy", own.name, own.path, partition)


def _provider(account: str, partition: str, configuration: Configuration) -> SAMLProvider:
    name = re.compile(rf"AWSSSO_{_HEX}_DO_NOT_DELETE")
    for provider in configuration.saml_providers.values():
        if account_of(provider.arn) == account and name.fullmatch(provider.name):
            return provider
    made = f"AWSSSO_{derived_hex(f'provider {account}', 16)}_DO_NOT_DELETE"
    return SAMLProvider(arn=iam_arn(account, "saml-provider", made, partition=partition), name=made)


def role_path(set_: PermissionSet, configuration: Configuration) -> str:
    """The path of a new role of the permission set, with the Region of its instance except us-east-1."""
    instance_id = set_.permission_set_arn.split("/")[1:2]
    for instance in configuration.identity_center_instances.values():
        if instance.instance_arn.split("/")[1:2] == instance_id:
            region = instance.primary_region or DEFAULT_REGION
            return ROLE_PATH if region == DEFAULT_REGION else f"{ROLE_PATH}{region}/"
    return ROLE_PATH


def _new_role(
    set_: PermissionSet, account: str, provider: SAMLProvider, configuration: Configuration, suffix: str
) -> Role:
    suffix = suffix or derived_hex(f"role {account} {set_.permission_set_arn}", 16)
    name = f"AWSReservedSSO_{set_.name}_{suffix}"
    path = role_path(set_, configuration)
    arn = iam_arn(account, "role", name, path, configuration.partition_of(account))
    return Role(
        arn=arn,
        role_name=name,
        role_id=derive_unique_id(ROLE_PREFIX, arn),
        path=path,
        assume_role_policy_document=WrittenPolicy(_trust(provider.arn)),
        max_session_duration=HIGHEST_MAXIMUM,
    )


def _with_policies(role: Role, set_: PermissionSet, account: str, partition: str) -> Role:
    attached = [one.arn for one in set_.attached_managed_policies]
    attached += [
        iam_arn(account, "policy", one.name, one.path, partition)
        for one in set_.customer_managed_policy_references
    ]
    inline = set_.inline_policy
    return replace(
        role,
        role_policy_list=()
        if inline is None
        else (InlinePolicy(policy_name=INLINE_POLICY, policy_document=inline),),
        attached_managed_policies=tuple(
            AttachedPolicy(policy_arn=arn, policy_name=arn.rpartition("/")[2]) for arn in attached
        ),
        permissions_boundary=_boundary(set_, account, partition),
        description=set_.description or role.description,
    )


def _boundary(set_: PermissionSet, account: str, partition: str) -> PermissionsBoundary | None:
    boundary = set_.permissions_boundary
    if boundary is None:
        return None
    if (one := boundary.customer_managed_policy_reference) is not None:
        arn = iam_arn(account, "policy", one.name, one.path, partition)
        return PermissionsBoundary(permissions_boundary_arn=arn)
    return PermissionsBoundary(permissions_boundary_arn=boundary.managed_policy_arn or "")


def _trust(provider_arn: str) -> JsonObject:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Condition": {"StringEquals": {"SAML:aud": SAML_SIGN_IN}},
            }
        ],
    }
