"""Managed policies, instance profiles and identity providers: how is one found and authorized?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InstanceProfile, ManagedPolicy, OpenIDConnectProvider, SAMLProvider
from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.iam.identity_types import AWS_OWNER, arn_in, authorize_on
from sts_tui.simulation.operations.iam.policy_arns import check_policy_arn, not_found_hint
from sts_tui.simulation.operations.refusals import no_such_entity
from sts_tui.sts.operation import Call

E_co = TypeVar(
    "E_co", bound=ManagedPolicy | InstanceProfile | SAMLProvider | OpenIDConnectProvider, covariant=True
)


class EntityType(Struct, Generic[E_co], frozen=True, kw_only=True):
    """One type of entity: where it is stored, which parameter names it, and IAM's message if it does not
    exist.
    """

    noun: str
    stored: Callable[[Configuration], Mapping[str, E_co]]
    """All of this type in a configuration, by ARN."""
    param: str
    missing: str
    """IAM's message, with `{}` for the requested name or ARN."""
    arn_of: Callable[[Call, str], str]
    """Gives the ARN for the parameter's value."""


def _by_arn(call: Call, arn: str) -> str:
    return arn


def _policy(call: Call, arn: str) -> str:
    check_policy_arn(arn)
    return arn


def _instance_profile(call: Call, name: str) -> str:
    """Its ARN with the path it has; names are unique ignoring case."""
    for arn, profile in call.configuration.instance_profiles.items():
        if account_of(arn) == call.account and profile.instance_profile_name.lower() == name.lower():
            return arn
    return arn_in(call, "instance-profile/", name, path="")


POLICY: Final = EntityType[ManagedPolicy](
    noun="Policy",
    stored=lambda configuration: configuration.policies,
    param="PolicyArn",
    missing="Policy {} was not found.",
    arn_of=_policy,
)
INSTANCE_PROFILE: Final = EntityType[InstanceProfile](
    noun="InstanceProfile",
    stored=lambda configuration: configuration.instance_profiles,
    param="InstanceProfileName",
    missing="Instance Profile {} cannot be found.",
    arn_of=_instance_profile,
)
SAML: Final = EntityType[SAMLProvider](
    noun="SAMLProvider",
    stored=lambda configuration: configuration.saml_providers,
    param="SAMLProviderArn",
    missing="Manifest not found for arn {}",
    arn_of=_by_arn,
)
OIDC: Final = EntityType[OpenIDConnectProvider](
    noun="OpenIDConnectProvider",
    stored=lambda configuration: configuration.oidc_providers,
    param="OpenIDConnectProviderArn",
    missing="OpenIDConnect Provider not found for arn {}",
    arn_of=_by_arn,
)

T = TypeVar("T", bound=ManagedPolicy | InstanceProfile | SAMLProvider | OpenIDConnectProvider)


def authorized_entity(
    call: Call, entity_type: EntityType[T], context: Mapping[str, Json] | None = None, missing: str = ""
) -> T:
    """The entity that the call names, after authorizing the call. `missing` replaces the type's message for
    an entity that does not exist. Raises AccessDenied before NoSuchEntity.
    """
    given = str(call.params[entity_type.param])
    arn = entity_type.arn_of(call, given)
    entity = visible_entity(call.configuration, entity_type, arn, call.account)
    authorize_on(call, arn, entity, context)
    if entity is None:
        raise no_such_entity(
            (missing or entity_type.missing).format(given), hint=not_found_hint(arn, call.account)
        )
    return entity


def visible_entity(
    configuration: Configuration, entity_type: EntityType[T], arn: str, account: str
) -> T | None:
    """The entity of that ARN, if it is the account's own or AWS's."""
    return entity_type.stored(configuration).get(arn) if account_of(arn) in (account, AWS_OWNER) else None
