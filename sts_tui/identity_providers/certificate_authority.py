"""How does a simulated certificate authority issue certificates and revocation lists?

The same name gives the same certificate: the serial number is derived from the names, the keys of certificate
and authority are part of the package, and RSA signatures (PKCS #1 v1.5) are deterministic.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.account.json_value import Json
from sts_tui.identity_providers.keys import FORGER, WORKLOAD, key_of_provider, rsa_key
from sts_tui.identity_providers.relative_times import instant_from_now

if TYPE_CHECKING:
    from cryptography import x509

FIELDS: Final = ("Subject", "DNS", "URI", "Name", "SerialNumber", "NotBefore", "NotAfter")
"""The fields of a certificate that the account file and overrides may set."""
SIGNATURES: Final = ("forged", "broken")
"""Values of `signature=`: a certificate signed with another key, or changed after signing."""
_BEGIN: Final = datetime(2020, 1, 1, tzinfo=UTC)
_END: Final = datetime(2049, 12, 31, tzinfo=UTC)
_CRL_LIFETIME: Final = timedelta(days=365)


@lru_cache(maxsize=32)
def authority_certificate(name: str, issuer: str) -> str:
    """The certificate of an authority as PEM. Raises ValueError if `issuer` is not a distinguished name."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    subject, key = distinguished_name(issuer), rsa_key(key_of_provider(name))
    builder = (
        _builder(subject, subject, key.public_key(), _serial(name), _BEGIN, _END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
    )
    return _signed(builder, key_of_provider(name)).public_bytes(Encoding.PEM).decode()


def issue_certificate(
    provider: IdentityProvider,
    user: DirectoryUser,
    *,
    now: datetime,
    overrides: Mapping[str, Any] | None = None,
) -> str:
    """Issue the certificate of `user`: base64 of its DER form, as in the header `X-Amz-X509`.

    `overrides` replaces fields (`FIELDS`). `NotBefore` and `NotAfter` are in seconds from now, `CA=true`
    makes a certificate of an authority, and `signature` is one of `SIGNATURES`. Raises ValueError for others.
    """
    changes = {name: str(value) for name, value in (overrides or {}).items()}
    signature, is_authority = changes.pop("signature", ""), changes.pop("CA", "") == "true"
    if signature and signature not in SIGNATURES:
        raise ValueError(f"signature={signature}: it can be {', '.join(SIGNATURES)}")
    for name in changes:
        if name not in FIELDS:
            raise ValueError(
                f"a certificate has no {name}; there are {', '.join((*FIELDS, 'CA', 'signature'))}"
            )
    return _issued(provider, _fields(user, changes, now), user.name, signature, is_authority)


def certificate_pem(provider: IdentityProvider, user: DirectoryUser, *, now: datetime) -> str:
    """The certificate of `user` as PEM. Raises ValueError for invalid fields."""
    text = issue_certificate(provider, user, now=now)
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def key_pem() -> str:
    """The private key of every certificate that a simulated authority issues, as PEM (PKCS #8)."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return rsa_key(WORKLOAD).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def serial_number(provider: IdentityProvider, user: DirectoryUser) -> str:
    """The serial number of the user's certificate, in hexadecimal digits."""
    given = user.attributes.get("SerialNumber")
    return given.lower() if isinstance(given, str) else f"{_serial(f'{provider.name}/{user.name}'):032x}"


def issue_revocation_list(provider: IdentityProvider, serials: Iterable[str], now: datetime) -> str:
    """Issue a revocation list with these serial numbers (hexadecimal), signed by the authority, as PEM.

    Raises ValueError for a serial number that is not hexadecimal.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(distinguished_name(provider.issuer))
        .last_update(now)
        .next_update(now + _CRL_LIFETIME)
    )
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(now)
        builder = builder.add_revoked_certificate(revoked.build())
    key = rsa_key(key_of_provider(provider.name))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def distinguished_name(text: str) -> x509.Name:
    """Parse a distinguished name such as `CN=web,O=Acme` (RFC 4514). Raises ValueError for other text."""
    from cryptography import x509

    return x509.Name.from_rfc4514_string(text)


def _fields(user: DirectoryUser, changes: Mapping[str, str], now: datetime) -> dict[str, Json]:
    fields: dict[str, Json] = {"Subject": f"CN={_escaped(user.name)}", **user.attributes}
    for name, value in changes.items():
        is_time = name in ("NotBefore", "NotAfter")
        fields[name] = instant_from_now(name, value, now).isoformat() if is_time else value
    return fields


def _issued(
    provider: IdentityProvider, fields: Mapping[str, Json], user: str, signature: str, is_authority: bool
) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    given = fields.get("SerialNumber")
    serial = int(given, 16) if isinstance(given, str) and given else _serial(f"{provider.name}/{user}")
    builder = (
        _builder(
            distinguished_name(str(fields["Subject"])),
            distinguished_name(provider.issuer),
            rsa_key(WORKLOAD).public_key(),
            serial,
            _instant(fields.get("NotBefore"), _BEGIN),
            _instant(fields.get("NotAfter"), _END),
        )
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
    )
    if names := _alternative_names(fields):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    key = FORGER if signature == "forged" else key_of_provider(provider.name)
    raw = _signed(builder, key).public_bytes(Encoding.DER)
    if signature == "broken":
        raw = raw[:-1] + bytes([raw[-1] ^ 1])
    return b64encode(raw).decode()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Any, serial: int, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _signed(builder: x509.CertificateBuilder, key: str) -> x509.Certificate:
    from cryptography.hazmat.primitives.hashes import SHA256

    return builder.sign(rsa_key(key), SHA256())


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative_names(fields: Mapping[str, Json]) -> list[x509.GeneralName]:
    from cryptography import x509

    return [
        *(x509.DNSName(name) for name in _texts(fields.get("DNS"))),
        *(x509.UniformResourceIdentifier(name) for name in _texts(fields.get("URI"))),
        *(x509.DirectoryName(distinguished_name(name)) for name in _texts(fields.get("Name"))),
    ]


def _texts(value: Json) -> list[str]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [one for one in listed if isinstance(one, str) and one]


def _instant(value: Json, default: datetime) -> datetime:
    """Parse a time. Raises ValueError for text that is not a date."""
    if not isinstance(value, str) or not value:
        return default
    read = datetime.fromisoformat(value)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _serial(name: str) -> int:
    """A serial number: positive, at most sixteen bytes, without a leading zero byte."""
    digest = sha256(f"sts-tui certificate {name}".encode()).digest()[:16]
    return int.from_bytes(bytes([digest[0] & 0x7F | 0x10]) + digest[1:], "big")


def _escaped(name: str) -> str:
    """Escape text as a value in a distinguished name (RFC 4514)."""
    escaped = "".join(f"\\{one}" if one in ',+"\\<>;=#' else one for one in name)
    return f"\\ {escaped[1:]}" if escaped.startswith(" ") else escaped
