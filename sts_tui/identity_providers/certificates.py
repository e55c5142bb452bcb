"""What is in a certificate, is it valid, and did an authority of the trust anchor sign it?

Roles Anywhere requires X.509 version 3, a signature with SHA-256 or stronger, the key usage digital
signature, a certificate that is not an authority's, and at most five certificates from it to the trust
anchor.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from cryptography import x509

MOST_IN_CHAIN: Final = 5
_WEAK: Final = frozenset({"md5", "sha1"})


class InvalidCertificateError(ValueError):
    """The text is not a certificate, or one that Roles Anywhere does not accept."""


class UntrustedCertificateError(InvalidCertificateError):
    """No authority of the trust anchor signed it."""


class CertificateFacts(Struct, frozen=True, kw_only=True):
    """The content of a certificate. Names are (short name of the attribute, value), in the certificate's
    order.
    """

    serial: str
    """The serial number in hexadecimal digits, two for each byte."""
    subject: tuple[tuple[str, str], ...]
    issuer: tuple[tuple[str, str], ...]
    dns: tuple[str, ...] = ()
    uri: tuple[str, ...] = ()
    name: tuple[tuple[str, str], ...] = ()
    """The first directory name of the subject alternative names."""
    begins: datetime
    ends: datetime

    @property
    def common_name(self) -> str:
        """All CNs of the subject, joined by `/`; empty if there is none."""
        return "/".join(value for name, value in self.subject if name == "CN")

    @property
    def subject_text(self) -> str:
        """`CN=web,O=Acme`"""
        return ",".join(f"{name}={value}" for name, value in reversed(self.subject))

    @property
    def issuer_text(self) -> str:
        return ",".join(f"{name}={value}" for name, value in reversed(self.issuer))


@lru_cache(maxsize=256)
def certificate_facts(text: str) -> CertificateFacts:
    """The content of a certificate (base64 of its DER form). Raises InvalidCertificateError."""
    from cryptography import x509

    read = _read(text)
    _refuse_unfit(read)
    names: list[x509.GeneralName] = []
    try:
        names = list(read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        pass
    except ValueError as error:
        raise InvalidCertificateError(f"its extensions cannot be read: {error}") from None
    directory = next((one.value for one in names if isinstance(one, x509.DirectoryName)), None)
    return CertificateFacts(
        serial=_hexadecimal(read.serial_number),
        subject=_attributes(read.subject),
        issuer=_attributes(read.issuer),
        dns=tuple(one.value for one in names if isinstance(one, x509.DNSName)),
        uri=tuple(one.value for one in names if isinstance(one, x509.UniformResourceIdentifier)),
        name=() if directory is None else _attributes(directory),
        begins=read.not_valid_before_utc,
        ends=read.not_valid_after_utc,
    )


def verify_chain(text: str, chain: Sequence[str], authorities: str, now: datetime) -> None:
    """Verify a certificate. Raises UntrustedCertificateError unless an authority in the PEM text
    `authorities` signed it, directly or through the certificates of `chain` (base64 of DER, each of an
    authority and signed by the next). Raises InvalidCertificateError for text that is not a certificate.
    """
    trusted = _authorities(authorities)
    current = _read(text)
    if len(chain) >= MOST_IN_CHAIN:
        raise UntrustedCertificateError(f"more than {MOST_IN_CHAIN} certificates lead to the trust anchor")
    for below, link in enumerate((*(_read(one) for one in chain), None)):
        if any(_is_signed_by(current, authority, now) for authority in trusted):
            return
        if link is None or not _is_signed_by(current, link, now):
            break
        if not _may_sign(link, below):
            raise UntrustedCertificateError("a certificate of the chain is not that of an authority")
        _refuse_weak(link)
        current = link
    raise UntrustedCertificateError("no certificate of the trust anchor signed it")


def _may_sign(link: x509.Certificate, below: int) -> bool:
    """Whether a certificate is that of an authority that may sign certificates with `below` authorities under
    it. https://www.rfc-editor.org/rfc/rfc5280#section-6.1.4
    """
    from cryptography import x509

    try:
        constraints = link.extensions.get_extension_for_class(x509.BasicConstraints).value
        most = constraints.path_length
        if not constraints.ca or (most is not None and below > most):
            return False
        return link.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound as missing:
        return missing.oid == x509.KeyUsage.oid
    except ValueError:
        return False


def key_algorithm(text: str) -> str:
    """`RSA`, `ECDSA`, or empty for another kind of key. Raises InvalidCertificateError."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    match _read(text).public_key():
        case rsa.RSAPublicKey():
            return "RSA"
        case ec.EllipticCurvePublicKey():
            return "ECDSA"
    return ""


def verify_signature(text: str, signature: bytes, signed: bytes) -> bool:
    """Whether the certificate's key signed the bytes (SHA-256). Raises InvalidCertificateError for text that
    is not a certificate.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    key = _read(text).public_key()
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, signed, padding.PKCS1v15(), SHA256())
            case ec.EllipticCurvePublicKey():
                key.verify(signature, signed, ec.ECDSA(SHA256()))
            case _:
                return False
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def revoked_serials(text: str, authorities: str) -> frozenset[str]:
    """The serial numbers in a revocation list (PEM, or PEM in base64). Raises InvalidCertificateError if it
    cannot be parsed, UntrustedCertificateError if no authority of the trust anchor signed it.
    """
    from cryptography import x509

    try:
        pem = text if "-----BEGIN" in text else b64decode(text).decode()
        revocations = x509.load_pem_x509_crl(pem.encode())
    except (ValueError, binascii.Error):
        raise InvalidCertificateError("it is not a certificate revocation list in PEM") from None
    if not any(_has_signed_list(authority, revocations) for authority in _authorities(authorities)):
        raise UntrustedCertificateError("no certificate of the trust anchor signed the revocation list")
    return frozenset(_hexadecimal(one.serial_number) for one in revocations)


def check_authorities(pem: str) -> None:
    """Raise InvalidCertificateError unless the PEM text contains certificates of authorities."""
    from cryptography import x509

    for authority in _authorities(pem):
        try:
            is_authority = authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (x509.ExtensionNotFound, ValueError):
            is_authority = False
        if not is_authority:
            raise InvalidCertificateError("a certificate of a trust anchor needs CA: true")


def _has_signed_list(authority: x509.Certificate, revocations: x509.CertificateRevocationList) -> bool:
    try:
        return revocations.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


@lru_cache(maxsize=64)
def _authorities(pem: str) -> tuple[x509.Certificate, ...]:
    from cryptography import x509

    try:
        return tuple(x509.load_pem_x509_certificates(pem.encode()))
    except ValueError:
        raise InvalidCertificateError("there is no certificate in PEM") from None


@lru_cache(maxsize=256)
def _read(text: str) -> x509.Certificate:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise InvalidCertificateError("it is not the base64 of a certificate in DER") from None


def _refuse_weak(read: x509.Certificate) -> None:
    algorithm = read.signature_hash_algorithm
    if algorithm is not None and algorithm.name in _WEAK:
        raise InvalidCertificateError(f"it is signed with {algorithm.name}; SHA-256 is the least")


def _refuse_unfit(read: x509.Certificate) -> None:
    from cryptography import x509

    if read.version is not x509.Version.v3:
        raise InvalidCertificateError("it is not of X.509 version 3")
    _refuse_weak(read)
    try:
        usage = read.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        raise InvalidCertificateError("it has no key usage; Digital Signature is needed") from None
    if not usage.digital_signature:
        raise InvalidCertificateError("its key usage lacks Digital Signature")
    try:
        if read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise InvalidCertificateError("it is the certificate of an authority (CA: true)")
    except x509.ExtensionNotFound:
        return


def _is_signed_by(one: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    from cryptography.exceptions import InvalidSignature

    if not issuer.not_valid_before_utc <= now <= issuer.not_valid_after_utc:
        return False
    try:
        one.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _attributes(name: x509.Name) -> tuple[tuple[str, str], ...]:
    """The attributes that have a short name, except those whose values are not text."""
    return tuple(
        (one.rfc4514_attribute_name, one.value)
        for one in _flat(name)
        if isinstance(one.value, str) and "." not in one.rfc4514_attribute_name
    )


def _flat(name: x509.Name) -> Iterable[x509.NameAttribute[str | bytes]]:
    return (one for relative in name.rdns for one in relative)


def _hexadecimal(number: int) -> str:
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").hex()
