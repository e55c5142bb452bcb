"""What API calls can edit: every IAM entity, resource policy and guardrail, by ARN.

Frozen: an edit makes a new Configuration that shares all it did not touch. Plain dicts, copied on edit,
keep the order of insertion, so that the same file, seed and commands give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sts_tui.account.arn import account_of
from sts_tui.account.entities import (
    Account,
    AccountModel,
    Entity,
    Group,
    InstanceProfile,
    ManagedPolicy,
    OpenIDConnectProvider,
    Organization,
    Resource,
    Role,
    SAMLProvider,
    User,
)

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What an account has besides its entities."""

    account_id: str
    name: str = ""
    outbound_web_identity_federation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All that policies are evaluated against. Keys are ARNs, for accounts their ids."""

    accounts: Mapping[str, AccountFacts] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    policies: Mapping[str, ManagedPolicy] = field(default_factory=dict)
    instance_profiles: Mapping[str, InstanceProfile] = field(default_factory=dict)
    saml_providers: Mapping[str, SAMLProvider] = field(default_factory=dict)
    oidc_providers: Mapping[str, OpenIDConnectProvider] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    organization: Organization | None = None


def configuration_of(model: AccountModel) -> Configuration:
    """What of a model API calls can edit. An AWS managed policy that several accounts list stands once."""
    accounts = model.accounts
    policies: dict[str, ManagedPolicy] = {}
    for account in accounts:
        for policy in account.policies:
            known = policies.get(policy.arn)
            if known is None or known.default_document is None:
                policies[policy.arn] = policy
    return Configuration(
        accounts={
            account.account_id: AccountFacts(
                account_id=account.account_id,
                name=account.name,
                outbound_web_identity_federation=account.outbound_web_identity_federation,
            )
            for account in accounts
        },
        users={user.arn: user for account in accounts for user in account.user_detail_list},
        groups={group.arn: group for account in accounts for group in account.group_detail_list},
        roles={role.arn: role for account in accounts for role in account.role_detail_list},
        policies=policies,
        instance_profiles={entry.arn: entry for account in accounts for entry in account.instance_profiles},
        saml_providers={entry.arn: entry for account in accounts for entry in account.saml_providers},
        oidc_providers={
            entry.arn: entry for account in accounts for entry in account.open_id_connect_providers
        },
        resources={entry.arn: entry for account in accounts for entry in account.resources},
        organization=model.organization,
    )


def model_of(configuration: Configuration, base_model: AccountModel) -> AccountModel:
    """The model as it stands after edits: `base_model` with its entities taken from `configuration`.

    An entity stands in the account of its ARN; an AWS managed policy stays in every account that lists it.
    """
    known = {account.account_id: account for account in base_model.accounts}
    accounts = tuple(
        _account_after_edits(known.get(facts.account_id), facts, configuration)
        for facts in configuration.accounts.values()
    )
    return replace(base_model, accounts=accounts, organization=configuration.organization)


def _account_after_edits(
    before: Account | None, facts: AccountFacts, configuration: Configuration
) -> Account:
    account_id = facts.account_id
    listed = {policy.arn for policy in before.policies} if before else set()
    return replace(
        before or Account(account_id=account_id),
        name=facts.name,
        outbound_web_identity_federation=facts.outbound_web_identity_federation,
        user_detail_list=_of_account(configuration.users, account_id),
        group_detail_list=_of_account(configuration.groups, account_id),
        role_detail_list=_of_account(configuration.roles, account_id),
        policies=tuple(
            policy
            for arn, policy in configuration.policies.items()
            if account_of(arn) == account_id or (account_of(arn) == "aws" and arn in listed)
        ),
        instance_profiles=_of_account(configuration.instance_profiles, account_id),
        saml_providers=_of_account(configuration.saml_providers, account_id),
        open_id_connect_providers=_of_account(configuration.oidc_providers, account_id),
        resources=tuple(entry for entry in configuration.resources.values() if entry.account == account_id),
    )


def _of_account(entities: Mapping[str, E], account_id: str) -> tuple[E, ...]:
    """Note the cost: every account looks at every entity; fine for the handful a file holds."""
    return tuple(entity for arn, entity in entities.items() if account_of(arn) == account_id)
