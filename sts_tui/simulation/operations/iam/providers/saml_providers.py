"""The account's SAML providers: create, update, delete, get, list.

The matching simulated identity provider is found by its issuer. Private keys for encrypted assertions are not
simulated: calls that name them are refused.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import SAMLProvider
from sts_tui.account.identifiers import derive_unique_id
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.entity_types import SAML, authorized_entity
from sts_tui.simulation.operations.iam.identity_types import arn_in
from sts_tui.simulation.operations.iam.providers.context_providers import (
    propagation_members,
    with_context_provider,
    with_updated_context_provider,
)
from sts_tui.simulation.operations.iam.providers.provider_creation import (
    authorize_provider_creation,
    simulated_provider,
)
from sts_tui.simulation.operations.refusals import already_exists, invalid_input, not_simulated
from sts_tui.simulation.operations.request_tags import requested_tags
from sts_tui.simulation.operations.responses import UNDATED, created, instant, tags_shape
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

_YEARS_VALID: Final = 100
"""The validity that the live service reports for metadata without an end date, in years."""


def create_saml_provider(
    call: Call[shapes.CreateSAMLProviderRequest],
) -> Answer[shapes.CreateSAMLProviderResponse]:
    """The metadata document names the issuer and the certificates of its signatures.

    Raises AccessDenied, EntityAlreadyExists, InvalidInput.
    """
    name = call.params["Name"]
    arn = arn_in(call, "saml-provider/", name, path="")
    tags = requested_tags(call.params.get("Tags"), ignores_case=False)
    authorize_provider_creation(call, arn, tags, "iam:TagSAMLProvider")
    if arn in call.configuration.saml_providers:
        raise already_exists(f"SAMLProvider with name {name} already exists.")
    metadata = call.params["SAMLMetadataDocument"]
    provider = SAMLProvider(
        arn=arn,
        name=name,
        identity_provider=simulated_provider(call, _issuer(metadata)),
        saml_metadata_document=metadata,
        create_date=call.now,
        tags=tags,
    )
    _refuse_encryption(call.params)
    provider = with_context_provider(provider, call.params)
    response: shapes.CreateSAMLProviderResponse = {"SAMLProviderArn": arn}
    if tags:
        response["Tags"] = tags_shape(tags)
    return Answer(response=response, configuration=with_entity(call.configuration, provider), subject=arn)


def _refuse_encryption(params: Mapping[str, object]) -> None:
    """Refuse private keys, and the mode that accepts only encrypted assertions. Raises InvalidInput."""
    for name in ("AddPrivateKey", "RemovePrivateKey"):
        if params.get(name) is not None:
            raise not_simulated(name)
    if params.get("AssertionEncryptionMode") == "Required":
        raise not_simulated("AssertionEncryptionMode=Required")


def _issuer(metadata: str) -> str:
    """The entity id of a metadata document. Raises InvalidInput for an invalid document."""
    from sts_tui.identity_providers.saml_metadata import entity_id  # imports an XML parser

    issuer = entity_id(metadata)
    if issuer is None:
        raise invalid_input("Could not parse metadata")
    return issuer


def update_saml_provider(
    call: Call[shapes.UpdateSAMLProviderRequest],
) -> Answer[shapes.UpdateSAMLProviderResponse]:
    """New metadata replaces the issuer and the certificates: assertions signed with earlier ones are refused.

    Raises AccessDenied, NoSuchEntity, InvalidInput.
    """
    provider = authorized_entity(call, SAML)
    _refuse_encryption(call.params)
    changed = with_updated_context_provider(provider, call.params)
    if metadata := call.params.get("SAMLMetadataDocument"):
        changed = replace(
            changed,
            identity_provider=simulated_provider(call, _issuer(metadata)),
            saml_metadata_document=metadata,
        )
    return Answer(
        response={"SAMLProviderArn": provider.arn},
        configuration=with_entity(call.configuration, changed),
        subject=provider.arn,
    )


def delete_saml_provider(call: Call[shapes.DeleteSAMLProviderRequest]) -> Answer:
    """Trust policies keep naming it; its assertions are refused. Raises AccessDenied, NoSuchEntity."""
    provider = authorized_entity(call, SAML)
    return Answer(configuration=without_entity(call.configuration, provider), subject=provider.arn)


def get_saml_provider(call: Call[shapes.GetSAMLProviderRequest]) -> Answer[shapes.GetSAMLProviderResponse]:
    """The metadata document as uploaded, or that of the simulated identity provider.

    Raises AccessDenied, NoSuchEntity.
    """
    from sts_tui.identity_providers.saml_metadata import metadata_of  # imports an XML parser

    provider = authorized_entity(call, SAML)
    directory = call.identity_providers.get(provider.identity_provider or provider.name)
    simulated = metadata_of(directory) if directory is not None and directory.type == "SAML" else None
    metadata = provider.saml_metadata_document or simulated or ""
    response: shapes.GetSAMLProviderResponse = {
        "AssertionEncryptionMode": "Allowed",
        "CreateDate": created(provider.create_date),
        "PrivateKeyList": [],
        "SAMLMetadataDocument": metadata,
        "SAMLKeyHashes": _key_hashes(metadata),
        "SAMLProviderUUID": derive_unique_id("", provider.arn) + derive_unique_id("", provider.name)[:5],
        "Tags": tags_shape(provider.tags),
        "ValidUntil": _valid_until(provider),
        **propagation_members(provider, call.configuration),
    }
    if not response["SAMLKeyHashes"]:
        del response["SAMLKeyHashes"]
    return Answer(response=response)


def _key_hashes(metadata: str) -> list[shapes.SAMLKeyHashEntry]:
    """The values of `aws:OriginIdentity/Issuer` for its assertions: one for each signing key, by issuer.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SAMLKeyHashEntry.html
    """
    from sts_tui.identity_providers.saml_metadata import certificates, entity_id
    from sts_tui.sts.federation.saml_assertions import key_hash

    issuer, keys = entity_id(metadata), dict.fromkeys(map(key_hash, certificates(metadata)))
    return [{"IssuerURL": issuer, "KeyHashes": list(keys)}] if issuer and keys else []


def _valid_until(provider: SAMLProvider) -> str:
    made = provider.create_date or UNDATED
    return instant(made.replace(year=made.year + _YEARS_VALID, day=min(made.day, 28)))


def list_saml_providers(
    call: Call[shapes.ListSAMLProvidersRequest],
) -> Answer[shapes.ListSAMLProvidersResponse]:
    """Raises AccessDenied."""
    call.authorize(call.operation)
    found: list[shapes.SAMLProviderListEntry] = []
    for arn, provider in call.configuration.saml_providers.items():
        if account_of(arn) == call.account:
            entry: shapes.SAMLProviderListEntry = {
                "Arn": arn,
                "ValidUntil": _valid_until(provider),
                "CreateDate": created(provider.create_date),
            }
            if provider.context_provider is not None:
                entry["IsTrustedIdentityPropagationEnabled"] = True
            found.append(entry)
    return Answer(response={"SAMLProviderList": found})


PERFORMS: dict[str, Perform] = {
    "CreateSAMLProvider": create_saml_provider,
    "UpdateSAMLProvider": update_saml_provider,
    "DeleteSAMLProvider": delete_saml_provider,
    "GetSAMLProvider": get_saml_provider,
    "ListSAMLProviders": list_saml_providers,
}
