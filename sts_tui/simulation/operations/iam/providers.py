"""The account's SAML and OIDC providers: whom it lets sign people in.

Which simulated identity provider stands behind one is found by its issuer.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.checks.entity_checks import ISSUER_URL
from sts_tui.account.entities import OpenIDConnectProvider, SAMLProvider
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.entity_types import OIDC, SAML, authorized_entity
from sts_tui.simulation.operations.iam.identity_types import arn_in, authorize_on
from sts_tui.simulation.operations.refusals import (
    already_exists,
    invalid_input,
    limit_exceeded,
    validation_error,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.responses import tags_shape
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

CLIENT_IDS_PER_PROVIDER = 100
THUMBPRINTS_PER_PROVIDER = 5
THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")


def create_saml_provider(
    call: Call[shapes.CreateSAMLProviderRequest],
) -> Answer[shapes.CreateSAMLProviderResponse]:
    """The metadata document names the issuer and the certificates of its signatures."""
    from sts_tui.identity_providers.saml_metadata import entity_id  # XML stands behind it

    name = call.params["Name"]
    arn = arn_in(call, "saml-provider/", name, path="")
    tags = requested_tags(call.params.get("Tags"), ignores_case=False)
    _authorize_creation(call, arn, tags, "iam:TagSAMLProvider")
    if arn in call.configuration.saml_providers:
        raise already_exists(f"SAMLProvider with name {name} already exists.")
    metadata = call.params["SAMLMetadataDocument"]
    issuer = entity_id(metadata)
    if issuer is None:
        raise invalid_input("Could not parse metadata")
    provider = SAMLProvider(
        arn=arn,
        name=name,
        identity_provider=_signer(call, issuer),
        saml_metadata_document=metadata,
        tags=tags,
    )
    response: shapes.CreateSAMLProviderResponse = {"SAMLProviderArn": arn}
    if tags:
        response["Tags"] = tags_shape(tags)
    return Answer(
        response=response,
        configuration=with_entity(call.configuration, provider),
        subject=arn,
    )


def delete_saml_provider(call: Call[shapes.DeleteSAMLProviderRequest]) -> Answer:
    """Trust policies keep naming it; who comes with its assertions is refused."""
    provider: SAMLProvider = authorized_entity(call, SAML)
    return Answer(configuration=without_entity(call.configuration, provider), subject=provider.arn)


def get_saml_provider(call: Call[shapes.GetSAMLProviderRequest]) -> Answer[shapes.GetSAMLProviderResponse]:
    """The metadata document as uploaded, or that of the simulated identity provider."""
    from sts_tui.identity_providers.saml_metadata import metadata_of  # XML stands behind it

    provider: SAMLProvider = authorized_entity(call, SAML)
    directory = call.identity_providers.get(provider.identity_provider or provider.name)
    simulated = metadata_of(directory) if directory is not None and directory.type == "SAML" else None
    metadata = provider.saml_metadata_document or simulated
    return Answer(response={"SAMLMetadataDocument": metadata or "", "Tags": tags_shape(provider.tags)})


def list_saml_providers(
    call: Call[shapes.ListSAMLProvidersRequest],
) -> Answer[shapes.ListSAMLProvidersResponse]:
    call.authorize(call.operation)
    arns = [arn for arn in call.configuration.saml_providers if account_of(arn) == call.account]
    return Answer(response={"SAMLProviderList": [{"Arn": arn} for arn in arns]})


def create_oidc_provider(
    call: Call[shapes.CreateOpenIDConnectProviderRequest],
) -> Answer[shapes.CreateOpenIDConnectProviderResponse]:
    params = call.params
    url = params["Url"]
    if not ISSUER_URL.fullmatch(url):  # no port, no query
        raise validation_error("Invalid Open ID Connect Provider URL")
    issuer = url.removeprefix("https://")  # a final slash stays: it has to be that of `iss`
    arn = arn_in(call, "oidc-provider/", issuer, path="")
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    _authorize_creation(call, arn, tags, "iam:TagOpenIDConnectProvider")
    if arn in call.configuration.oidc_providers:
        raise already_exists(f"Provider with url {url} already exists.")
    provider = OpenIDConnectProvider(
        arn=arn,
        url=issuer,
        client_id_list=_client_ids(params.get("ClientIDList") or ()),
        thumbprint_list=_thumbprints(params.get("ThumbprintList") or ()),
        identity_provider=_signer(call, f"https://{issuer}"),
        tags=tags,
    )
    response: shapes.CreateOpenIDConnectProviderResponse = {"OpenIDConnectProviderArn": arn}
    if tags:
        response["Tags"] = tags_shape(tags)
    return Answer(
        response=response,
        configuration=with_entity(call.configuration, provider),
        subject=arn,
    )


def delete_oidc_provider(call: Call[shapes.DeleteOpenIDConnectProviderRequest]) -> Answer:
    provider = authorized_entity(call, OIDC, missing="OpenId connect Provider ARN cannot be found.")
    return Answer(configuration=without_entity(call.configuration, provider), subject=provider.arn)


def get_oidc_provider(
    call: Call[shapes.GetOpenIDConnectProviderRequest],
) -> Answer[shapes.GetOpenIDConnectProviderResponse]:
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    return Answer(
        response={
            "Url": provider.url,
            "ClientIDList": list(provider.client_id_list),
            "ThumbprintList": list(provider.thumbprint_list),
            "Tags": tags_shape(provider.tags),
        }
    )


def list_oidc_providers(
    call: Call[shapes.ListOpenIDConnectProvidersRequest],
) -> Answer[shapes.ListOpenIDConnectProvidersResponse]:
    call.authorize(call.operation)
    arns = [arn for arn in call.configuration.oidc_providers if account_of(arn) == call.account]
    return Answer(response={"OpenIDConnectProviderList": [{"Arn": arn} for arn in arns]})


def add_client_id(call: Call[shapes.AddClientIDToOpenIDConnectProviderRequest]) -> Answer:
    """A client id that is registered already is no error."""
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    added = tuple(dict.fromkeys((*provider.client_id_list, call.params["ClientID"])))
    return _with_provider(call, replace(provider, client_id_list=_client_ids(added)))


def remove_client_id(call: Call[shapes.RemoveClientIDFromOpenIDConnectProviderRequest]) -> Answer:
    """Idempotent: a client id that is not registered is no error."""
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    rest = tuple(one for one in provider.client_id_list if one != call.params["ClientID"])
    return _with_provider(call, replace(provider, client_id_list=rest))


def update_thumbprint(call: Call[shapes.UpdateOpenIDConnectProviderThumbprintRequest]) -> Answer:
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    return _with_provider(
        call, replace(provider, thumbprint_list=_thumbprints(call.params["ThumbprintList"]))
    )


def _authorize_creation(call: Call, arn: str, tags: Any, tagging: str) -> None:
    authorize_on(call, arn, context=tag_context(tags))
    if tags:
        authorize_on(call, arn, context=tag_context(tags), action=tagging)


def _signer(call: Call, issuer: str) -> str:
    """The name of the simulated identity provider with that issuer; empty where there is none."""
    found = [one.name for one in call.identity_providers.values() if one.issuer == issuer]
    return found[0] if found else ""


def _client_ids(given: Any) -> tuple[str, ...]:
    if len(given) > CLIENT_IDS_PER_PROVIDER:
        raise limit_exceeded("ClientIdsPerOpenIdConnectProvider", CLIENT_IDS_PER_PROVIDER)
    return tuple(given)


def _thumbprints(given: Any) -> tuple[str, ...]:
    if len(given) > THUMBPRINTS_PER_PROVIDER:
        raise invalid_input(f"Thumbprint list must contain fewer than {THUMBPRINTS_PER_PROVIDER} entries.")
    if not all(THUMBPRINT.fullmatch(one) for one in given):
        raise invalid_input("A thumbprint is the SHA-1 of a certificate in 40 hexadecimal digits.")
    return tuple(given)


def _with_provider(call: Call, provider: OpenIDConnectProvider) -> Answer:
    return Answer(configuration=with_entity(call.configuration, provider), subject=provider.arn)


PERFORMS: dict[str, Perform] = {
    "CreateSAMLProvider": create_saml_provider,
    "DeleteSAMLProvider": delete_saml_provider,
    "GetSAMLProvider": get_saml_provider,
    "ListSAMLProviders": list_saml_providers,
    "CreateOpenIDConnectProvider": create_oidc_provider,
    "DeleteOpenIDConnectProvider": delete_oidc_provider,
    "GetOpenIDConnectProvider": get_oidc_provider,
    "ListOpenIDConnectProviders": list_oidc_providers,
    "AddClientIDToOpenIDConnectProvider": add_client_id,
    "RemoveClientIDFromOpenIDConnectProvider": remove_client_id,
    "UpdateOpenIDConnectProviderThumbprint": update_thumbprint,
}
