"""Is a SAML response valid, and what does its assertion contain?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html

Only the element that the signature covers is read. The live service checks neither Recipient (the trust
policy can, as `saml:aud`) nor AudienceRestriction (setting `EnforceSamlAudience`). It accepts a NotBefore in
the future, the same assertion twice, and an expired certificate.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from msgspec import Struct

from sts_tui.account.sign_in import SAML_ATTRIBUTE_PREFIX, SAML_SIGN_IN
from sts_tui.sts.denials import invalid_identity_token, not_validated
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import SAML_REDEMPTION_WINDOW

ASSERTION: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"
AUDIENCES: Final = ("urn:amazon:webservices", SAML_SIGN_IN)
_NAME_ID_FORMAT_PREFIX: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


Element: TypeAlias = Any
"""An element of lxml, which has no type hints."""


class SamlAssertion(Struct, frozen=True, kw_only=True):
    """A verified assertion."""

    issuer: str
    subject: str
    name_id_format: str
    """The full URI."""
    recipient: str
    issued_at: datetime
    redeemable_until: datetime
    session_ends_at: datetime | None
    """SessionNotOnOrAfter: the latest end of the session."""
    audiences: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    certificate: str
    """The PEM certificate whose key signed it."""

    @property
    def signing_key_hash(self) -> str:
        """A digest (hexadecimal) of the public key that verifies its signature."""
        return key_hash(self.certificate)

    def single(self, name: str) -> str | None:
        """The value of an attribute by its full name; None unless it has exactly one."""
        values = self.attributes.get(name, ())
        return values[0] if len(values) == 1 else None

    @property
    def subject_type(self) -> str:
        """`SubjectType` of the response: the format with its prefix stripped, `persistent`, `kerberos` …"""
        return self.name_id_format.removeprefix(_NAME_ID_FORMAT_PREFIX)

    @property
    def sub_type(self) -> str:
        """`saml:sub_type`: `persistent` or `transient`; for any other format the full URI.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
        """
        short = self.subject_type
        return short if short in ("persistent", "transient") else self.name_id_format

    def aws(self, name: str) -> tuple[str, ...]:
        """The values of one of AWS's own attributes: `Role`, `RoleSessionName` …"""
        return self.attributes.get(SAML_ATTRIBUTE_PREFIX + name, ())

    def one(self, name: str) -> str | None:
        """The first value of one of AWS's own attributes."""
        return next(iter(self.aws(name)), None)


def key_hash(certificate: str) -> str:
    """A digest (hexadecimal) of the public key of a PEM certificate. AWS does not document which digest it
    uses. Raises ValueError for text that is not a certificate.
    """
    from hashlib import sha256

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_pem_x509_certificate

    key = load_pem_x509_certificate(certificate.encode()).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def parse_response(encoded: str) -> Element:
    """The XML tree of a base64 response: no DTD, no entities, no network. Raises AwsError
    InvalidIdentityToken for anything else.
    """
    from lxml import etree

    try:
        text = b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid_identity_token("Invalid base64 SAMLResponse") from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise not_validated("the response is not well-formed XML") from None
    if root.getroottree().docinfo.doctype or root.find(f".//{ASSERTION}Assertion") is None:
        raise not_validated("the response has a document type, or no assertion")
    return root


def stated_issuer(root: Element) -> str:
    """The issuer that the response names, not yet verified."""
    issuer = root.find(f"{ASSERTION}Assertion/{ASSERTION}Issuer")
    return (issuer.text or "").strip() if issuer is not None else ""


def verified_assertion(root: Element, certificates: Sequence[str]) -> SamlAssertion:
    """The signed assertion. Raises AwsError unless the assertion itself is signed, with one of the provider's
    keys.
    """
    why = "the provider's metadata has no certificate"
    for certificate in certificates:
        try:
            signed = _signed_by(root, certificate)
        except InvalidSignatureError as refused:
            why = str(refused)
        else:
            return _read(signed, certificate)
    raise invalid_identity_token("Response signature invalid", why)


class InvalidSignatureError(Exception):
    """The response has no valid signature of this certificate."""


def _signed_by(root: Element, certificate: str) -> Element:
    """The assertion, as covered by the signature."""
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    expected = SignatureConfiguration(
        location=f"./{ASSERTION}Assertion/", verification_time=_valid_time(certificate)
    )
    try:
        result = XMLVerifier().verify(root, x509_cert=certificate, expect_config=expected)
    except (
        Exception
    ) as refused:  # signxml, lxml and cryptography each raise their own errors for hostile documents
        raise InvalidSignatureError(str(refused).rstrip(": ")) from None
    signed = result[0].signed_xml if isinstance(result, list) else result.signed_xml
    if signed is None or signed.tag != f"{ASSERTION}Assertion":
        raise InvalidSignatureError("the signature does not cover the assertion")
    return signed


def _valid_time(certificate: str) -> datetime:
    """A time at which the certificate is valid, because AWS accepts expired certificates."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(certificate.encode()).not_valid_before_utc
    except ValueError:
        raise InvalidSignatureError("the provider's metadata has no certificate that can be read") from None


def refuse_stale(assertion: SamlAssertion, now: datetime) -> None:
    """Raise AwsError for an assertion older than five minutes, or past its NotOnOrAfter."""
    window_ends = assertion.issued_at + timedelta(seconds=SAML_REDEMPTION_WINDOW)
    if now >= min(assertion.redeemable_until, window_ends):
        raise AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400)


def refuse_audience(assertion: SamlAssertion) -> None:
    """Raise AwsError InvalidIdentityToken for a wrong audience. Used only with the setting: AWS documents
    this check, but the live service does not make it.
    """
    if assertion.audiences and not set(assertion.audiences) & set(AUDIENCES):
        raise invalid_identity_token("Response does not contain the required audience.")


def _read(signed: Element, certificate: str) -> SamlAssertion:
    name_id = signed.find(f"{ASSERTION}Subject/{ASSERTION}NameID")
    confirmation = signed.find(
        f"{ASSERTION}Subject/{ASSERTION}SubjectConfirmation/{ASSERTION}SubjectConfirmationData"
    )
    if name_id is None or not name_id.get("Format") or not stated_text(name_id):
        raise not_validated("the NameID is missing, is empty or has no Format")
    if confirmation is None or not confirmation.get("NotOnOrAfter"):
        raise not_validated("the SubjectConfirmationData has no NotOnOrAfter")
    statement = signed.find(f"{ASSERTION}AuthnStatement")
    ends = statement.get("SessionNotOnOrAfter") if statement is not None else None
    audiences = signed.findall(f"{ASSERTION}Conditions/{ASSERTION}AudienceRestriction/{ASSERTION}Audience")
    return SamlAssertion(
        issuer=stated_text(signed.find(f"{ASSERTION}Issuer")),
        subject=stated_text(name_id),
        name_id_format=name_id.get("Format"),
        recipient=confirmation.get("Recipient") or "",
        issued_at=_instant(signed.get("IssueInstant")),
        redeemable_until=_instant(confirmation.get("NotOnOrAfter")),
        session_ends_at=_instant(ends) if ends else None,
        audiences=tuple(stated_text(audience) for audience in audiences),
        attributes=_attributes(signed),
        certificate=certificate,
    )


def _attributes(signed: Element) -> dict[str, tuple[str, ...]]:
    attributes: dict[str, tuple[str, ...]] = {}
    for attribute in signed.iterfind(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute"):
        values = tuple(stated_text(value) for value in attribute.iterfind(f"{ASSERTION}AttributeValue"))
        name = attribute.get("Name") or ""
        attributes[name] = attributes.get(name, ()) + values
    return attributes


def stated_text(element: Element) -> str:
    """The complete text of an element, even if it contains a comment."""
    return "".join(element.itertext()).strip() if element is not None else ""


def _instant(text: str | None) -> datetime:
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        raise not_validated(f"{text} is not an instant") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
