"""What API calls can edit: every IAM entity, resource policy and guardrail, by ARN.

Frozen: an edit makes a new Configuration that shares all it did not touch. Plain dicts, copied on edit,
keep the order of insertion, so that the same file, seed and commands give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sts_tui.account.entities import (
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
