"""Was the request signed with this secret?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html (version 2)
"""

from __future__ import annotations

import hmac
import posixpath
from base64 import b64encode
from functools import lru_cache
from hashlib import sha1, sha256
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes

from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.signing.credential import Credential, Kind

_UNSIGNED: Final = "UNSIGNED-PAYLOAD"
_EMPTY: Final = sha256(b"").hexdigest()
_SUBRESOURCES: Final = frozenset(
    {
        "acl", "cors", "defaultObjectAcl", "location", "logging", "partNumber", "policy",
        "requestPayment", "torrent", "versioning", "versionId", "versions", "website", "uploads",
        "uploadId", "response-content-type", "response-content-language", "response-expires",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "delete", "lifecycle", "tagging", "restore", "storageClass", "notification", "replication",
        "analytics", "metrics", "inventory", "select", "select-type", "object-lock", "accelerate",
        "encryption",
    }
)  # fmt: skip
"""Query parameters that version 2 signs."""


def signature_holds(request: HttpRequest, credential: Credential, secret: str) -> bool:
    """Whether the request was signed with this secret, and its body was not changed."""
    if credential.kind in (Kind.PRESIGNED_V2, Kind.HEADER_V2):
        return hmac.compare_digest(_version_2(request, credential, secret), credential.signature.encode())
    if not body_is_as_signed(request, credential):
        return False
    key = _signing_key(secret, credential.day, credential.region, credential.service)
    wanted = hmac.new(key, string_to_sign(request, credential).encode(), sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), credential.signature.encode())


@lru_cache(maxsize=256)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key


def string_to_sign(request: HttpRequest, credential: Credential) -> str:
    """The text that version 4 signs, with a secret or with the key of a certificate."""
    scope = f"{credential.day}/{credential.region}/{credential.service}/aws4_request"
    canonical = sha256(_canonical_request(request, credential).encode()).hexdigest()
    return f"{credential.algorithm}\n{credential.stamp}\n{scope}\n{canonical}"


def _canonical_request(request: HttpRequest, credential: Credential) -> str:
    headers = "".join(f"{name}:{_collapsed(request.header(name))}\n" for name in credential.signed_headers)
    names = ";".join(credential.signed_headers)
    path = _canonical_path(request.path, credential.service)
    query = _canonical_query(request.query)
    return f"{request.method}\n{path}\n{query}\n{headers}\n{names}\n{_signed_hash(request, credential)}"


def _canonical_path(path: str, service: str) -> str:
    """The canonical path: for S3 as sent; for other services without `.` and `//`, and encoded once more."""
    if service in ("s3", "s3-outposts", "s3express", "s3-object-lambda"):
        return path
    normal = posixpath.normpath(path)
    normal = "/" + normal.lstrip("/") + ("/" if path.endswith("/") and normal.strip("/") else "")
    return quote(normal, safe="/~-_.")


def _canonical_query(query: str) -> str:
    pairs = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")


def _collapsed(value: str) -> str:
    return " ".join(value.split())


def _signed_hash(request: HttpRequest, credential: Credential) -> str:
    if sent := request.headers.get("x-amz-content-sha256"):
        return sent
    if credential.kind is Kind.PRESIGNED:
        return _UNSIGNED if credential.service.startswith("s3") else _EMPTY
    return sha256(request.body).hexdigest()


def body_is_as_signed(request: HttpRequest, credential: Credential) -> bool:
    """Whether the body has the signed hash. It is not checked for streams, which are signed chunk by chunk,
    and for a truncated body.
    """
    sent = request.header("x-amz-content-sha256")
    if not sent or sent == _UNSIGNED or sent.startswith("STREAMING-") or request.is_cut:
        return True
    return hmac.compare_digest(sha256(request.body).hexdigest().encode(), sent.encode())


def _version_2(request: HttpRequest, credential: Credential, secret: str) -> bytes:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth"""
    amz = {name: value for name, value in request.headers.items() if name.startswith("x-amz-")}
    amz |= {
        name.lower(): one for name, one in request.parameters.items() if name.lower().startswith("x-amz-")
    }
    lines = "".join(f"{name}:{amz[name].strip()}\n" for name in sorted(amz))
    signed = [part for part in request.query.split("&") if part.partition("=")[0] in _SUBRESOURCES]
    signed = [
        f"{name}={unquote(value)}" if equals else name
        for name, equals, value in (one.partition("=") for one in sorted(signed))
    ]
    resource = request.resource_path + ("?" + "&".join(signed) if signed else "")
    is_header = credential.kind is Kind.HEADER_V2
    date = ("" if "x-amz-date" in amz else request.header("date")) if is_header else credential.stamp
    head = f"{request.method}\n{request.header('content-md5')}\n{request.header('content-type')}\n{date}\n"
    text = head + lines + resource
    return b64encode(hmac.new(secret.encode(), text.encode(), sha1).digest())
