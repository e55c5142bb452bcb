"""Which access key signed a request, how, and for which service and Region?

Signature Version 4 in headers and in presigned URLs, version 2 in presigned URLs of S3 (still boto3's default
in us-east-1), and version 4 by the key of a certificate (Roles Anywhere). Not verified: version 4A,
signatures of single chunks, S3 Express sessions.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-sign-process.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import Enum
from sys import intern
from typing import Final

from msgspec import Struct

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpRequest

ALGORITHM: Final = "AWS4-HMAC-SHA256"
OF_CERTIFICATES: Final = ("AWS4-X509-RSA-SHA256", "AWS4-X509-ECDSA-SHA256")
_STAMP: Final = "%Y%m%dT%H%M%SZ"


class Kind(Enum):
    """How a request is signed."""

    HEADER = "header"
    PRESIGNED = "presigned"
    PRESIGNED_V2 = "presigned, version 2"
    HEADER_V2 = "header, version 2"
    CERTIFICATE = "header, by the key of a certificate"


class Credential(Struct, frozen=True, kw_only=True):
    """What a request states about its signature, unverified."""

    kind: Kind
    algorithm: str = ALGORITHM
    access_key_id: str
    """For a certificate its serial number, in decimal digits."""
    signature: str
    token: str | None
    day: str = ""
    region: str = ""
    service: str = ""
    signed_headers: tuple[str, ...] = ()
    stamp: str = ""
    """When it was signed, as sent: `20260115T090000Z`; for version 2 when it expires, seconds since 1970."""

    @property
    def signed_at(self) -> datetime | None:
        """When it was signed; None if the stamp is invalid or of version 2."""
        try:
            return datetime.strptime(self.stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            return None


def credential_of(request: HttpRequest) -> Credential | None:
    """The stated signature of a request; None if it is not signed. Raises AwsError for an invalid one."""
    written = request.header("authorization")
    parameters = request.parameters
    if written.startswith(ALGORITHM):
        return _from_header(written, request)
    if (algorithm := written.partition(" ")[0]) in OF_CERTIFICATES:
        return _from_header(written, request, Kind.CERTIFICATE, algorithm)
    if written.startswith("AWS "):
        key, _, signature = written.removeprefix("AWS ").partition(":")
        token = request.headers.get("x-amz-security-token")
        stamp = request.header("x-amz-date") or request.header("date")
        return Credential(
            kind=Kind.HEADER_V2,
            access_key_id=key,
            signature=signature,
            token=token,
            service="s3",
            stamp=stamp,
        )
    if written.startswith(("AWS4-ECDSA", "AWS3", "Bearer ")):
        raise _incomplete(f"sts-tui does not verify {written.split()[0]} authorization.")
    if "X-Amz-Signature" in parameters:
        return _presigned(request)
    if "Signature" in parameters and "AWSAccessKeyId" in parameters:
        return Credential(
            kind=Kind.PRESIGNED_V2,
            access_key_id=parameters["AWSAccessKeyId"],
            signature=parameters["Signature"],
            token=parameters.get("x-amz-security-token"),
            service="s3",
            stamp=parameters.get("Expires", ""),
        )
    return None


def _from_header(
    written: str, request: HttpRequest, kind: Kind = Kind.HEADER, algorithm: str = ALGORITHM
) -> Credential:
    parts = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^,\s]+)", written))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if name not in parts]
    stamp = request.header("x-amz-date") or request.header("date")
    if missing or not stamp:
        said = [f"Authorization header requires '{name}' parameter." for name in missing]
        said += (
            []
            if stamp
            else ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
        )
        raise _incomplete(f"{' '.join(said)} Authorization={algorithm}")
    key, day, region, service = _scope(parts["Credential"])
    return Credential(
        kind=kind,
        algorithm=algorithm,
        access_key_id=key,
        signature=parts["Signature"],
        token=request.headers.get("x-amz-security-token"),
        day=day,
        region=region,
        service=service,
        signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
        stamp=stamp,
    )


def _presigned(request: HttpRequest) -> Credential:
    given = request.parameters
    if given.get("X-Amz-Algorithm") != ALGORITHM or "X-Amz-Date" not in given:
        raise _incomplete("X-Amz-Algorithm only supports AWS4-HMAC-SHA256, and X-Amz-Date is required.")
    key, day, region, service = _scope(given.get("X-Amz-Credential", ""))
    return Credential(
        kind=Kind.PRESIGNED,
        access_key_id=key,
        signature=given["X-Amz-Signature"],
        token=given.get("X-Amz-Security-Token"),
        day=day,
        region=region,
        service=service,
        signed_headers=tuple(given.get("X-Amz-SignedHeaders", "").lower().split(";")),
        stamp=given["X-Amz-Date"],
    )


def _scope(written: str) -> tuple[str, str, str, str]:
    parts = written.split("/")
    if len(parts) < 5 or parts[-1] != "aws4_request":
        raise _incomplete(
            "Credential must have at least 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    return intern("/".join(parts[:-4])), parts[-4], intern(parts[-3]), parts[-2]  # the log keeps both


def _incomplete(message: str) -> AwsError:
    """https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html"""
    return AwsError("IncompleteSignature", message, 400)
