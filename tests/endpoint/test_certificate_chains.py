"""Certificates with elliptic keys, and certificates between the workload's and the trust anchor.

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-sign-process.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from tests.accounts.workload_identities import model
from tests.endpoint.served import Served, served
from tests.endpoint.test_certificate_clients import sign

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    curve = ec.SECP384R1() if name == "p384" else ec.SECP256R1()
    return ec.derive_private_key(int.from_bytes(name.encode(), "big"), curve)


def certificate(
    name: str, issuer: str, *, ca: bool = False, most: int | None = None, end: datetime = END, **changes: Any
) -> x509.Certificate:
    """The certificate of the key of that name, signed with the key of the issuer."""
    usage = {
        one: False
        for one in (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        )
    }  # fmt: skip
    usage |= {"key_cert_sign": ca, "digital_signature": not ca} | changes.get("usage", {})
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(f"CN={name},O=Acme"))
        .issuer_name(x509.Name.from_rfc4514_string(f"CN={issuer},O=Acme"))
        .public_key(key(name).public_key())
        .serial_number(changes.get("serial", 0xABCD))
        .not_valid_before(BEGIN)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=most), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key(issuer), changes.get("digest", SHA256()))
    )


ROOT = certificate("root", "root", ca=True)


@pytest.fixture(scope="module")
def one() -> Iterator[Served]:
    raw = model()
    pem = ROOT.public_bytes(Encoding.PEM).decode()
    raw["Accounts"][0]["TrustAnchors"][0] |= {
        "source": {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": pem}}
    }
    with served(Simulation(from_json(raw).model)) as running:
        yield running


@pytest.mark.parametrize("curve", ["p256", "p384"])
def test_an_elliptic_key_signs(one: Served, curve: str) -> None:
    status, answer = sign(one, certificate(curve, "root"), key(curve))
    assert status == 201
    (given,) = answer["credentialSet"]
    assert given["sourceIdentity"] == f"CN={curve}"
    assert given["assumedRoleUser"]["arn"].endswith("/abcd")


def test_another_elliptic_key_does_not_sign(one: Served) -> None:
    assert sign(one, certificate("p256", "root"), key("thief"))[0] == 403


@pytest.mark.parametrize("digest", [SHA256(), SHA384()], ids=["SHA-256", "SHA-384"])
def test_intermediate_authorities_lead_to_the_trust_anchor(one: Served, digest: Any) -> None:
    chain = (certificate("plant", "corp", ca=True, digest=digest), certificate("corp", "root", ca=True))
    leaf = certificate("web", "plant")
    assert sign(one, leaf, key("web"), chain=chain)[0] == 201
    assert sign(one, leaf, key("web"), chain=(*chain, ROOT))[0] == 201, "the anchor may be shown too"
    for incomplete in ((), chain[:1], chain[1:], chain[::-1]):
        status, answer = sign(one, leaf, key("web"), chain=incomplete)
        assert (status, answer["message"]) == (403, "Untrusted signing certificate")


@pytest.mark.parametrize(
    "link",
    [
        certificate("web-1", "root"),
        certificate("web-1", "root", ca=True, usage={"key_cert_sign": False, "digital_signature": True}),
        certificate("web-1", "root", ca=True, end=datetime(2021, 1, 1, tzinfo=UTC)),
        certificate("web-1", "elsewhere", ca=True),
    ],
    ids=["no authority", "does not sign certificates", "expired", "of another root"],
)
def test_the_holder_of_a_certificate_is_no_authority(one: Served, link: x509.Certificate) -> None:
    status, answer = sign(one, certificate("forged", "web-1"), key("forged"), chain=(link,))
    assert (status, answer["message"]) == (403, "Untrusted signing certificate")


def test_an_authority_has_no_more_authorities_below_it_than_it_says(one: Served) -> None:
    below = certificate("plant", "corp", ca=True)
    for most, expected in ((0, 403), (1, 201)):
        chain = (below, certificate("corp", "root", ca=True, most=most))
        assert sign(one, certificate("web", "plant"), key("web"), chain=chain)[0] == expected


def test_five_certificates_are_the_most(one: Served) -> None:
    names = ["root", "a", "b", "c", "d", "e", "f"]
    links = [certificate(name, issuer, ca=True) for issuer, name in zip(names, names[1:], strict=False)]
    four = tuple(reversed(links[:4]))
    assert sign(one, certificate("web", "d"), key("web"), chain=four)[0] == 201
    five = tuple(reversed(links[:5]))
    assert sign(one, certificate("web", "e"), key("web"), chain=five)[0] == 403
    assert sign(one, certificate("web", "f"), key("web"), chain=tuple(reversed(links)))[0] == 400
