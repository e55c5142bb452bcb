"""Which user or workload is behind a session? The keys of trusted identity propagation, which only STS sets.

The context provider of a SAML or OIDC provider names the claims that become `aws:OriginIdentity/…` and
`aws:TransactionContext/IdentityProvider/…`. Every request of the session has these keys, and no caller can
change them. IAM Roles Anywhere sets them from a certificate.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html

AWS does not document what happens to a token without the mapped subject, or with a value that is too long.
Both are refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sts_tui.account.entities import OpenIDConnectProvider, SAMLProvider
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.sts.denials import not_validated

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.sts import api_shapes as shapes
    from sts_tui.sts.session import Session

_ORIGIN: Final = "aws:OriginIdentity/"
_TRANSACTION: Final = "aws:TransactionContext/IdentityProvider/"
_INSTANCE: Final = "aws:IdentityCenterInstanceArn"
_STORE: Final = "aws:IdentityStoreArn"
_CARRIED: Final = (_ORIGIN, _TRANSACTION, _INSTANCE, _STORE)
_LONGEST_VALUE: Final = 128
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_TransactionContext.html"""


class PropagationMember(TypedDict, total=False):
    """A member that the responses of AssumeRoleWithSAML and AssumeRoleWithWebIdentity have in common."""

    TrustedIdentityPropagationContext: shapes.TrustedIdentityPropagationContext


def propagated_context(
    provider: SAMLProvider | OpenIDConnectProvider | None,
    claim: Callable[[str], str | None],
    issuer: Callable[[], str],
    configuration: Configuration,
) -> dict[str, Json]:
    """The condition keys that a token or assertion of `provider` sets; empty without a context provider.

    `claim` returns a claim or attribute by its name; None if it is absent or not a single value.
    `configuration` may have the Identity Center instance with which the provider is associated. Raises
    AwsError InvalidIdentityToken if the mapped subject is missing, or a value is too long.
    """
    if provider is None or provider.context_provider is None:
        return {}
    mapping = provider.context_provider
    source = _text(mapping, "SubjectSourceKey")
    subject = claim(source)
    if not subject:
        raise not_validated(f"{source}, the subject of the context provider, is missing")
    subject_type = _text(mapping, "SubjectTypeValue") or claim(_text(mapping, "SubjectTypeSourceKey"))
    context: dict[str, Json] = {
        f"{_ORIGIN}Subject": subject,
        f"{_ORIGIN}Issuer": issuer(),
        f"{_ORIGIN}FederatedProviderArn": provider.arn,
    }
    if subject_type:
        context[f"{_ORIGIN}SubjectType"] = subject_type
    for source, target in _definitions(mapping):
        if (text := claim(source)) is not None:
            context[f"{_TRANSACTION}{target}"] = text
    if provider.identity_center_instance_arn:
        context[_INSTANCE] = provider.identity_center_instance_arn
        if store := configuration.identity_store_arn(provider.identity_center_instance_arn):
            context[_STORE] = store
    for key, value in context.items():
        if key.startswith(_TRANSACTION) and len(str(value)) > _LONGEST_VALUE:
            raise not_validated(f"{key} has more than {_LONGEST_VALUE} characters")
    return context


def _text(mapping: JsonObject, key: str) -> str:
    """A string of the context provider; empty if absent. Account files are not checked for these."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _definitions(mapping: JsonObject) -> Iterator[tuple[str, str]]:
    """(name of a claim, name of the context key that it becomes) for each additional claim."""
    listed = mapping.get("KeyDefinitionList")
    for definition in listed if isinstance(listed, list | tuple) else ():
        if isinstance(definition, Mapping) and (source := _text(definition, "SourceKey")):
            yield source, _text(definition, "TargetKey") or source


def is_propagated(key: str) -> bool:
    """Whether trusted identity propagation sets this condition key."""
    return key.startswith(_CARRIED)


def is_store_unknown(session: Session | None) -> bool:
    """Whether a session has `aws:IdentityStoreArn`, but its value is unknown because the files do not have
    the instance.
    """
    context = session.context if session else {}
    return _INSTANCE in context and _STORE not in context


def carried_context(session: Session | None) -> dict[str, Json]:
    """The keys of trusted identity propagation in a session, which AssumeRole passes to the next session."""
    context = session.context if session else {}
    return {key: value for key, value in context.items() if is_propagated(key)}


def propagation_member(context: JsonObject) -> PropagationMember:
    """`TrustedIdentityPropagationContext` of a response; empty for a session without these keys."""
    origin = {key[len(_ORIGIN) :]: value for key, value in context.items() if key.startswith(_ORIGIN)}
    claims = {
        key[len(_TRANSACTION) :]: value for key, value in context.items() if key.startswith(_TRANSACTION)
    }
    found: dict[str, Any] = {}
    if origin:
        found["OriginIdentity"] = origin
    if claims:
        found["TransactionContext"] = {"IdentityProvider": claims}
    member: dict[str, Any] = {"TrustedIdentityPropagationContext": found} if found else {}
    return member  # type: ignore[return-value]
