"""How is one entity of a configuration added, replaced, renamed or removed?

A configuration is frozen: each function returns a new one that shares everything unchanged. Which table an
entity belongs to follows from its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec.structs import replace

from sts_tui.account.configuration import AccountFacts, Configuration
from sts_tui.account.entities import (
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
from sts_tui.account.persistent_map import PersistentMap

StoredEntity: TypeAlias = (
    User | Group | Role | ManagedPolicy | InstanceProfile | SAMLProvider | OpenIDConnectProvider | Resource
)
"""The entities that a configuration stores by ARN."""

_TABLES: Final[Mapping[type[Entity], str]] = {
    User: "users",
    Group: "groups",
    Role: "roles",
    ManagedPolicy: "policies",
    InstanceProfile: "instance_profiles",
    SAMLProvider: "saml_providers",
    OpenIDConnectProvider: "oidc_providers",
    Resource: "resources",
}


def with_entity(configuration: Configuration, entity: StoredEntity) -> Configuration:
    """The configuration with this entity: in place of the one with its ARN, else at the end."""
    return _with_table(configuration, entity, _table(configuration, entity).updated({entity.arn: entity}))


def without_entity(configuration: Configuration, entity: StoredEntity) -> Configuration:
    """The configuration without the entity of that ARN."""
    return _with_table(configuration, entity, _table(configuration, entity).without([entity.arn]))


def with_entity_renamed(configuration: Configuration, old_arn: str, entity: StoredEntity) -> Configuration:
    """The configuration with the entity of `old_arn` under its new ARN, in the same place."""
    table = _table(configuration, entity).renamed(old_arn, entity.arn, entity)
    return _with_table(configuration, entity, table)


def with_organization(configuration: Configuration, organization: Organization) -> Configuration:
    """The configuration with this organization."""
    return replace(configuration, organization=organization)


def with_account_facts(configuration: Configuration, facts: AccountFacts) -> Configuration:
    """The configuration with these facts about one of its accounts."""
    accounts = PersistentMap.of(configuration.accounts)
    return replace(configuration, accounts=accounts.updated({facts.account_id: facts}))


def _table(configuration: Configuration, entity: StoredEntity) -> PersistentMap[str, StoredEntity]:
    return PersistentMap.of(getattr(configuration, _TABLES[type(entity)]))


def _with_table(
    configuration: Configuration, entity: StoredEntity, table: Mapping[str, StoredEntity]
) -> Configuration:
    return replace(configuration, **{_TABLES[type(entity)]: table})
