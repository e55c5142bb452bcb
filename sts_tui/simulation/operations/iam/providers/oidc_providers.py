"""The account's OIDC providers: create, update, delete, get, list.

The matching simulated identity provider is found by its issuer.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.checks.entity_checks import ISSUER_URL
from sts_tui.account.entities import OpenIDConnectProvider
from sts_tui.account.iam_quotas import CLIENT_IDS_PER_OIDC_PROVIDER
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.entity_types import OIDC, authorized_entity
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
from sts_tui.simulation.operations.refusals import (
    already_exists,
    invalid_input,
    limit_exceeded,
    validation_error,
)
from sts_tui.simulation.operations.request_tags import requested_tags
from sts_tui.simulation.operations.responses import created, tags_shape
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

THUMBPRINTS_PER_PROVIDER = 5
THUMBPRINT = lazy_pattern(r"[0-9A-Fa-f]{40}")


def create_oidc_provider(
    call: Call[shapes.CreateOpenIDConnectProviderRequest],
) -> Answer[shapes.CreateOpenIDConnectProviderResponse]:
    params = call.params
    url = params["Url"]
    if not ISSUER_URL.fullmatch(url):  # no port, no query
        raise validation_error("Invalid Open ID Connect Provider URL")
    issuer = url.removeprefix("https://")  # a final slash is kept, because `iss` has to be equal
    arn = arn_in(call, "oidc-provider/", issuer, path="")
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    authorize_provider_creation(call, arn, tags, "iam:TagOpenIDConnectProvider")
    if arn in call.configuration.oidc_providers:
        raise already_exists(f"Provider with url {url} already exists.")
    provider = OpenIDConnectProvider(
        arn=arn,
        url=issuer,
        client_id_list=_client_ids(params.get("ClientIDList") or ()),
        thumbprint_list=_thumbprints(params.get("ThumbprintList") or ()),
        identity_provider=simulated_provider(call, f"https://{issuer}"),
        create_date=call.now,
        tags=tags,
    )
    provider = with_context_provider(provider, params)
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
    response: shapes.GetOpenIDConnectProviderResponse = {
        "Url": provider.url,
        "ClientIDList": list(provider.client_id_list),
        "ThumbprintList": list(provider.thumbprint_list),
        "CreateDate": created(provider.create_date),
        "Tags": tags_shape(provider.tags),
        **propagation_members(provider, call.configuration),
    }
    return Answer(response=response)


def update_oidc_provider(call: Call[shapes.UpdateOpenIDConnectProviderRequest]) -> Answer:
    """Set or remove the settings of trusted identity propagation. Raises AccessDenied, NoSuchEntity,
    InvalidInput.
    """
    provider = authorized_entity(call, OIDC)
    return _with_provider(call, with_updated_context_provider(provider, call.params))


def list_oidc_providers(
    call: Call[shapes.ListOpenIDConnectProvidersRequest],
) -> Answer[shapes.ListOpenIDConnectProvidersResponse]:
    call.authorize(call.operation)
    found: list[shapes.OpenIDConnectProviderListEntry] = []
    for arn, provider in call.configuration.oidc_providers.items():
        if account_of(arn) == call.account:
            entry: shapes.OpenIDConnectProviderListEntry = {"Arn": arn}
            if provider.context_provider is not None:
                entry["IsTrustedIdentityPropagationEnabled"] = True
            found.append(entry)
    return Answer(response={"OpenIDConnectProviderList": found})


def add_client_id(call: Call[shapes.AddClientIDToOpenIDConnectProviderRequest]) -> Answer:
    """A client id that is registered already is not an error."""
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    added = tuple(dict.fromkeys((*provider.client_id_list, call.params["ClientID"])))
    return _with_provider(call, replace(provider, client_id_list=_client_ids(added)))


def remove_client_id(call: Call[shapes.RemoveClientIDFromOpenIDConnectProviderRequest]) -> Answer:
    """Idempotent: a client id that is not registered is not an error."""
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    rest = tuple(one for one in provider.client_id_list if one != call.params["ClientID"])
    return _with_provider(call, replace(provider, client_id_list=rest))


def update_thumbprint(call: Call[shapes.UpdateOpenIDConnectProviderThumbprintRequest]) -> Answer:
    provider: OpenIDConnectProvider = authorized_entity(call, OIDC)
    return _with_provider(
        call, replace(provider, thumbprint_list=_thumbprints(call.params["ThumbprintList"]))
    )


def _client_ids(given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > CLIENT_IDS_PER_OIDC_PROVIDER:
        raise limit_exceeded("ClientIdsPerOpenIdConnectProvider", CLIENT_IDS_PER_OIDC_PROVIDER)
    return tuple(given)


def _thumbprints(given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > THUMBPRINTS_PER_PROVIDER:
        raise invalid_input(f"Thumbprint list must contain fewer than {THUMBPRINTS_PER_PROVIDER} entries.")
    if not all(THUMBPRINT.fullmatch(one) for one in given):
        raise invalid_input("A thumbprint is the SHA-1 of a certificate in 40 hexadecimal digits.")
    return tuple(given)


def _with_provider(call: Call, provider: OpenIDConnectProvider) -> Answer:
    return Answer(configuration=with_entity(call.configuration, provider), subject=provider.arn)


PERFORMS: dict[str, Perform] = {
    "CreateOpenIDConnectProvider": create_oidc_provider,
    "UpdateOpenIDConnectProvider": update_oidc_provider,
    "DeleteOpenIDConnectProvider": delete_oidc_provider,
    "GetOpenIDConnectProvider": get_oidc_provider,
    "ListOpenIDConnectProviders": list_oidc_providers,
    "AddClientIDToOpenIDConnectProvider": add_client_id,
    "RemoveClientIDFromOpenIDConnectProvider": remove_client_id,
    "UpdateOpenIDConnectProviderThumbprint": update_thumbprint,
}
