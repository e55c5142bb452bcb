"""Certificate revocation lists: which certificates no longer get a session? Roles Anywhere checks only
imported lists. A revoked certificate gets no new session; issued sessions stay valid until they expire.
https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ImportCrl.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import IdentityProvider
from sts_tui.account.workload_identities import CertificateRevocationList, TrustAnchor, anywhere_arn
from sts_tui.simulation.operations.roles_anywhere.anywhere_access import (
    dates,
    invalid,
    known_in_account,
    named,
    not_found,
    partition_of,
    removed,
    request_tags,
    stored,
    tags_of,
)
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sts_tui.simulation.operations.shapes import rolesanywhere as shapes


def import_crl(call: Call[shapes.ImportCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException for a missing trust anchor, ValidationException for a list that its
    authority did not sign.
    """
    params = call.params
    tags = tags_of(params)
    call.authorize(call.operation, resource_account=call.account, context=request_tags(tags))
    anchor = call.configuration.trust_anchors.get(params["trustAnchorArn"])
    if anchor is None:
        raise not_found(TrustAnchor, params["trustAnchorArn"])
    _check(params["crlData"], anchor, call)
    identifier = call.ids.request_id()
    crl = CertificateRevocationList(
        arn=anywhere_arn("crl", call.account, identifier, call.region, partition_of(call)),
        crl_id=identifier,
        name=params["name"],
        trust_anchor_arn=anchor.arn,
        crl_data=params["crlData"],
        enabled=bool(params.get("enabled", False)),
        created_at=call.now,
        updated_at=call.now,
        tags=tags,
    )
    return _answer(call, crl)


def update_crl(call: Call[shapes.UpdateCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException, ValidationException."""
    params = call.params
    crl = named(call, CertificateRevocationList, params["crlId"])
    if (data := params.get("crlData")) is not None:
        anchor = call.configuration.trust_anchors.get(crl.trust_anchor_arn)
        if anchor is not None:
            _check(data, anchor, call)
        crl = replace(crl, crl_data=data)
    return _answer(call, replace(crl, name=params.get("name", crl.name), updated_at=call.now))


def enable_crl(call: Call[shapes.ScalarCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException."""
    crl = named(call, CertificateRevocationList, call.params["crlId"])
    return _answer(call, replace(crl, enabled=True, updated_at=call.now))


def disable_crl(call: Call[shapes.ScalarCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException."""
    crl = named(call, CertificateRevocationList, call.params["crlId"])
    return _answer(call, replace(crl, enabled=False, updated_at=call.now))


def delete_crl(call: Call[shapes.ScalarCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException."""
    crl = named(call, CertificateRevocationList, call.params["crlId"])
    return Answer(
        response={"crl": _shape(crl)}, configuration=removed(call.configuration, crl), subject=crl.arn
    )


def get_crl(call: Call[shapes.ScalarCrlRequest]) -> Answer[shapes.CrlDetailResponse]:
    """Raises ResourceNotFoundException."""
    return Answer(response={"crl": _shape(named(call, CertificateRevocationList, call.params["crlId"]))})


def list_crls(call: Call[shapes.ListRequest]) -> Answer[shapes.ListCrlsResponse]:
    """The lists of the account, in one page."""
    call.authorize(call.operation, resource_account=call.account)
    return Answer(
        response={"crls": [_shape(one) for one in known_in_account(call, CertificateRevocationList)]}
    )


def authorities_of(anchor: TrustAnchor, providers: Mapping[str, IdentityProvider]) -> str:
    """The certificates of a trust anchor as PEM; empty if neither it nor a simulated authority among
    `providers` (by name) has one.
    """
    from sts_tui.identity_providers.certificate_authority import authority_certificate

    if anchor.certificates:
        return anchor.certificates
    provider = providers.get(anchor.identity_provider)
    return "" if provider is None else authority_certificate(provider.name, provider.issuer)


def revoking_list(
    serial: str, anchor: TrustAnchor, authorities: str, configuration: Configuration
) -> CertificateRevocationList | None:
    """The enabled list that revokes the certificate with this serial number; None if there is none. A list
    that cannot be read revokes nothing, because AWS would not have imported it.
    """
    from sts_tui.identity_providers.certificates import InvalidCertificateError, revoked_serials

    for crl in _enabled_lists(anchor, configuration):
        try:
            if serial in revoked_serials(crl.crl_data, authorities):
                return crl
        except InvalidCertificateError:
            continue
    return None


def _enabled_lists(anchor: TrustAnchor, configuration: Configuration) -> Iterator[CertificateRevocationList]:
    return (one for one in configuration.crls.values() if one.enabled and one.trust_anchor_arn == anchor.arn)


def _check(data: str, anchor: TrustAnchor, call: Call) -> None:
    from sts_tui.identity_providers.certificates import InvalidCertificateError, revoked_serials

    authorities = authorities_of(anchor, call.identity_providers)
    try:
        revoked_serials(data, authorities)
    except InvalidCertificateError as error:
        raise invalid("Invalid CRL data.", str(error)) from None


def _shape(crl: CertificateRevocationList) -> Any:
    return {
        "crlArn": crl.arn,
        "crlId": crl.crl_id,
        "name": crl.name,
        "trustAnchorArn": crl.trust_anchor_arn,
        "crlData": crl.crl_data,
        "enabled": crl.enabled,
        **dates(crl),
    }


def _answer(call: Call, crl: CertificateRevocationList) -> Answer[shapes.CrlDetailResponse]:
    return Answer(
        response={"crl": _shape(crl)}, configuration=stored(call.configuration, crl), subject=crl.arn
    )


PERFORMS: dict[str, Perform] = {
    "ImportCrl": import_crl,
    "UpdateCrl": update_crl,
    "EnableCrl": enable_crl,
    "DisableCrl": disable_crl,
    "DeleteCrl": delete_crl,
    "GetCrl": get_crl,
    "ListCrls": list_crls,
}
