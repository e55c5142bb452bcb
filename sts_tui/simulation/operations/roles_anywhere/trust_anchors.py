"""Trust anchors: certificate authorities whose certificates get sessions.

A disabled or deleted trust anchor issues no new sessions; issued ones are valid until they expire.
https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_CreateTrustAnchor.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.json_value import JsonObject
from sts_tui.account.workload_identities import TrustAnchor, anywhere_arn
from sts_tui.simulation.operations.roles_anywhere.anywhere_access import (
    dates,
    invalid,
    known_in_account,
    named,
    partition_of,
    removed,
    request_tags,
    stored,
    tags_of,
)
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import rolesanywhere as shapes


def create_trust_anchor(
    call: Call[shapes.CreateTrustAnchorRequest],
) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Raises ValidationException for a source without a certificate of an authority."""
    params = call.params
    tags = tags_of(params)
    call.authorize(call.operation, resource_account=call.account, context=request_tags(tags))
    identifier = call.ids.request_id()
    anchor = TrustAnchor(
        arn=anywhere_arn("trust-anchor", call.account, identifier, call.region, partition_of(call)),
        trust_anchor_id=identifier,
        name=params["name"],
        source=_source(call, params["source"]),
        identity_provider=_authority(call, params["source"]),
        enabled=bool(params.get("enabled", False)),
        created_at=call.now,
        updated_at=call.now,
        tags=tags,
    )
    return _answer(call, anchor)


def update_trust_anchor(
    call: Call[shapes.UpdateTrustAnchorRequest],
) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Raises ResourceNotFoundException, ValidationException."""
    params = call.params
    anchor = named(call, TrustAnchor, params["trustAnchorId"])
    anchor = replace(anchor, name=params.get("name", anchor.name), updated_at=call.now)
    if (source := params.get("source")) is not None:
        anchor = replace(anchor, source=_source(call, source), identity_provider=_authority(call, source))
    return _answer(call, anchor)


def enable_trust_anchor(
    call: Call[shapes.ScalarTrustAnchorRequest],
) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Raises ResourceNotFoundException."""
    anchor = named(call, TrustAnchor, call.params["trustAnchorId"])
    return _answer(call, replace(anchor, enabled=True, updated_at=call.now))


def disable_trust_anchor(
    call: Call[shapes.ScalarTrustAnchorRequest],
) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Certificates no longer get sessions through it. Raises ResourceNotFoundException."""
    anchor = named(call, TrustAnchor, call.params["trustAnchorId"])
    return _answer(call, replace(anchor, enabled=False, updated_at=call.now))


def delete_trust_anchor(
    call: Call[shapes.ScalarTrustAnchorRequest],
) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Raises ResourceNotFoundException."""
    anchor = named(call, TrustAnchor, call.params["trustAnchorId"])
    return Answer(
        response={"trustAnchor": anchor_shape(call, anchor)},
        configuration=removed(call.configuration, anchor),
        subject=anchor.arn,
    )


def get_trust_anchor(call: Call[shapes.ScalarTrustAnchorRequest]) -> Answer[shapes.TrustAnchorDetailResponse]:
    """Raises ResourceNotFoundException."""
    anchor = named(call, TrustAnchor, call.params["trustAnchorId"])
    return Answer(response={"trustAnchor": anchor_shape(call, anchor)})


def list_trust_anchors(call: Call[shapes.ListRequest]) -> Answer[shapes.ListTrustAnchorsResponse]:
    """The trust anchors of the account, in one page."""
    call.authorize(call.operation, resource_account=call.account)
    return Answer(
        response={"trustAnchors": [anchor_shape(call, one) for one in known_in_account(call, TrustAnchor)]}
    )


def anchor_shape(call: Call, anchor: TrustAnchor) -> shapes.TrustAnchorDetail:
    """AWS's TrustAnchorDetail; the source of a simulated authority is its certificate."""
    source: Any = anchor.source or {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": _certificate_data(call, anchor.identity_provider),
    }
    return {
        "trustAnchorArn": anchor.arn,
        "trustAnchorId": anchor.trust_anchor_id,
        "name": anchor.name,
        "source": source,
        "enabled": anchor.enabled,
        **dates(anchor),  # type: ignore[typeddict-item]
    }


def _answer(call: Call, anchor: TrustAnchor) -> Answer[shapes.TrustAnchorDetailResponse]:
    return Answer(
        response={"trustAnchor": anchor_shape(call, anchor)},
        configuration=stored(call.configuration, anchor),
        subject=anchor.arn,
    )


def _source(call: Call, source: Any) -> JsonObject:
    """The source after validation. Raises ValidationException."""
    from sts_tui.identity_providers.certificates import InvalidCertificateError, check_authorities

    data = source.get("sourceData") or {}
    if pem := data.get("x509CertificateData"):
        try:
            check_authorities(pem)
        except InvalidCertificateError as error:
            raise invalid("Invalid certificate data.", str(error)) from None
    elif not data.get("acmPcaArn"):
        raise invalid("The source has no certificate.")
    elif not _authority(call, source):
        raise invalid(
            "Error creating TrustAnchor. Given AWS PCA did not allow get request.",
            "authorities of AWS Private CA are not simulated: pass x509CertificateData",
        )
    return dict(source)


def _certificate_data(call: Call, authority: str) -> dict[str, str]:
    """AWS's SourceData of a simulated authority; empty if no provider has that name."""
    from sts_tui.identity_providers.certificate_authority import authority_certificate

    for provider in call.identity_providers.values():
        if provider.type == "X509" and provider.name == authority:
            return {"x509CertificateData": authority_certificate(provider.name, provider.issuer)}
    return {}


def _authority(call: Call, source: Any) -> str:
    """The simulated authority whose certificate is the source; empty if it is another certificate."""
    from sts_tui.identity_providers.certificate_authority import authority_certificate

    pem = (source.get("sourceData") or {}).get("x509CertificateData", "")
    for provider in call.identity_providers.values():
        if provider.type == "X509" and authority_certificate(provider.name, provider.issuer).strip() in pem:
            return provider.name
    return ""


PERFORMS: dict[str, Perform] = {
    "CreateTrustAnchor": create_trust_anchor,
    "UpdateTrustAnchor": update_trust_anchor,
    "EnableTrustAnchor": enable_trust_anchor,
    "DisableTrustAnchor": disable_trust_anchor,
    "DeleteTrustAnchor": delete_trust_anchor,
    "GetTrustAnchor": get_trust_anchor,
    "ListTrustAnchors": list_trust_anchors,
}
