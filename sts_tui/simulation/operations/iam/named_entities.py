"""Managed policies, instance profiles and identity providers: found, refused in IAM's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.simulation.operations.iam.families import AWS_OWNER, arn_in, authorize_on
from sts_tui.simulation.operations.iam.policy_arns import check_policy_arn, not_found_hint
from sts_tui.simulation.operations.refusals import no_such_entity
from sts_tui.sts.operation import Call


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of entity: where it is kept, which parameter names it, what IAM says when there is none."""

    noun: str
    collection: str
    param: str
    missing: str
    """IAM's sentence, with `{}` for the name or ARN asked for."""
    arn_of: Callable[[Call, str], str]
    """The ARN that the parameter's value stands for."""


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


POLICY = Kind(
    noun="Policy",
    collection="policies",
    param="PolicyArn",
    missing="Policy {} was not found.",
    arn_of=_policy,
)
INSTANCE_PROFILE = Kind(
    noun="InstanceProfile",
    collection="instance_profiles",
    param="InstanceProfileName",
    missing="Instance Profile {} cannot be found.",
    arn_of=_instance_profile,
)
SAML = Kind(
    noun="SAMLProvider",
    collection="saml_providers",
    param="SAMLProviderArn",
    missing="Manifest not found for arn {}",
    arn_of=_by_arn,
)
OIDC = Kind(
    noun="OpenIDConnectProvider",
    collection="oidc_providers",
    param="OpenIDConnectProviderArn",
    missing="OpenIDConnect Provider not found for arn {}",
    arn_of=_by_arn,
)


def authorized_entity(call: Call, kind: Kind, context: Mapping[str, Any] | None = None) -> Any:
    """The entity that the call names, once the caller may do this to it.

    Raises AccessDenied before NoSuchEntity.
    """
    given = call.params[kind.param]
    arn = kind.arn_of(call, given)
    entity = visible(call.configuration, kind, arn, call.account)
    authorize_on(call, arn, entity, context)
    if entity is None:
        raise no_such_entity(kind.missing.format(given), hint=not_found_hint(arn))
    return entity


def visible(configuration: Configuration, kind: Kind, arn: str, account: str) -> Any | None:
    """The entity of that ARN, if it is the account's own or AWS's."""
    everything: Mapping[str, Any] = getattr(configuration, kind.collection)
    return everything.get(arn) if account_of(arn) in (account, AWS_OWNER) else None
