"""Trusted identity propagation of a provider: which claims become keys of the session's context?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, cast

from msgspec.structs import replace

from sts_tui.account.entities import OpenIDConnectProvider, SAMLProvider
from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.operations.refusals import invalid_input
from sts_tui.simulation.operations.requests import is_true

if TYPE_CHECKING:
    from typing import NotRequired

    from sts_tui.account.configuration import Configuration
    from sts_tui.simulation.operations.shapes import iam as shapes

    class CreationRequest(TypedDict):
        """The parameters of a creation that concern trusted identity propagation."""

        ContextProvider: NotRequired[shapes.ContextProvider]
        IdentityCenterInstanceArn: NotRequired[str]

    class UpdateRequest(CreationRequest):
        """The parameters of an update that concern trusted identity propagation."""

        RemoveContextProvider: NotRequired[bool]
        RemoveIdentityCenterInstance: NotRequired[bool]


class PropagationAnswer(TypedDict, total=False):
    """The members that the responses about SAML and OIDC providers share."""

    ContextProvider: shapes.ContextProvider
    IdentityCenterInstanceArn: str
    IdentityStoreArn: str


_KEY: Final = lazy_pattern(r"[A-Za-z0-9_.:/=+@#-]+( [A-Za-z0-9_.:/=+@#-]+)*")
_INSTANCE_ARN: Final = lazy_pattern(r"arn:[a-z-]+:sso:::instance/(sso)?ins-[0-9a-zA-Z-.]{16}")
"""https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_InstanceMetadata.html"""

P = TypeVar("P", SAMLProvider, OpenIDConnectProvider)


def with_context_provider(provider: P, params: CreationRequest) -> P:
    """A new provider with its settings of trusted identity propagation.

    Raises InvalidInput for keys with other characters, a subject type given twice, and an Identity Center
    instance without a context provider. AWS documents the rules but not the messages.
    """
    given = params.get("ContextProvider")
    if given is not None:
        _check(given)
        provider = replace(provider, context_provider=cast("dict[str, Json]", given))
    if instance := params.get("IdentityCenterInstanceArn"):
        provider = replace(provider, identity_center_instance_arn=_checked_instance(instance))
    return _consistent(provider)


def with_updated_context_provider(provider: P, params: UpdateRequest) -> P:
    """The provider after an update. Raises InvalidInput as `with_context_provider`, and if a request sets and
    removes the same thing.
    """
    for given, removed in (
        ("ContextProvider", "RemoveContextProvider"),
        ("IdentityCenterInstanceArn", "RemoveIdentityCenterInstance"),
    ):
        if params.get(given) and is_true(params.get(removed)):
            raise invalid_input(f"{given} and {removed} cannot be specified in the same request.")
    if is_true(params.get("RemoveContextProvider")):
        provider = replace(provider, context_provider=None)
    if is_true(params.get("RemoveIdentityCenterInstance")):
        provider = replace(provider, identity_center_instance_arn="")
    return with_context_provider(provider, params)


def propagation_members(provider: P, configuration: Configuration) -> PropagationAnswer:
    """The members of GetSAMLProvider and GetOpenIDConnectProvider about it, each only if it is set.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
    """
    found: PropagationAnswer = {}
    if provider.context_provider is not None:
        found["ContextProvider"] = cast("shapes.ContextProvider", provider.context_provider)
    if instance := provider.identity_center_instance_arn:
        found["IdentityCenterInstanceArn"] = instance
        if store := configuration.identity_store_arn(instance):
            found["IdentityStoreArn"] = store
    return found


def _consistent(provider: P) -> P:
    if provider.identity_center_instance_arn and provider.context_provider is None:
        raise invalid_input("IdentityCenterInstanceArn requires ContextProvider.")
    return provider


def _check(given: shapes.ContextProvider) -> None:
    if given.get("SubjectTypeValue") and given.get("SubjectTypeSourceKey"):
        raise invalid_input("SubjectTypeValue and SubjectTypeSourceKey cannot both be specified.")
    keys = [given["SubjectSourceKey"], given.get("SubjectTypeSourceKey")]
    for one in given.get("KeyDefinitionList") or ():
        keys += [one["SourceKey"], one.get("TargetKey")]
    for key in keys:
        if key is not None and not _KEY.fullmatch(key):
            raise invalid_input(f"The key {key} contains invalid characters.")


def _checked_instance(arn: str) -> str:
    if not _INSTANCE_ARN.fullmatch(arn):
        raise invalid_input(f"ARN {arn} is not valid.")
    return arn
