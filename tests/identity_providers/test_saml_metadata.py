"""Metadata documents, as IAM takes and gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.account.entities import IdentityProvider
from sts_tui.identity_providers.saml import saml_certificate
from sts_tui.identity_providers.saml_metadata import METADATA, certificates, entity_id, metadata_of

PROVIDER = IdentityProvider(name="sso", type="SAML", issuer='https://sso.example/"a"&b')


def test_document_of_a_simulated_provider_names_it_and_its_certificate() -> None:
    document = metadata_of(PROVIDER)
    assert entity_id(document) == PROVIDER.issuer
    (certificate,) = certificates(document)
    assert certificate.split() == saml_certificate(PROVIDER).split()


def test_document_is_as_long_as_iam_wants_it() -> None:
    assert 1_000 <= len(metadata_of(PROVIDER)) <= 10_000_000


def test_an_entity_of_a_document_brings_in_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("MIIsecret")
    document = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
        f'<x xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:X509Certificate>&e;</d:X509Certificate></x>'
    )
    assert "MIIsecret" not in "".join(certificates(document))


def test_a_document_that_is_nested_without_end_names_nobody() -> None:
    def nested(depth: int) -> str:
        return f"<EntityDescriptor entityID='x'>{'<a>' * depth}{'</a>' * depth}</EntityDescriptor>"

    assert entity_id(nested(200)) == "x"
    assert entity_id(nested(300)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<EntityDescriptor",
        "<x entityID='https://sso.example'/>",
        f"<EntityDescriptor xmlns='{METADATA}'/>",
        "<!DOCTYPE x [<!ENTITY e 'y'>]><x>&e;</x>",
    ],
)
def test_what_is_no_metadata_names_nobody(text: str) -> None:
    assert entity_id(text) is None
    assert certificates(text) == ()
