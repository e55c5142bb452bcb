"""How does a cluster identify a pod? With a token of its service account, which the cluster signs.

https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.workload_identities import POD_IDENTITY
from sts_tui.identity_providers.keys import FORGER, key_of_provider, rsa_key
from sts_tui.identity_providers.relative_times import seconds_from_now

AUDIENCE: Final = POD_IDENTITY
TOKEN_LIFETIME: Final = 86_400
"""In seconds: the lifetime that the webhook of EKS Pod Identity requests from the cluster."""
_CLAIMS: Final = ("aud", "iss", "exp", "nbf")
SIGNATURES: Final = ("forged", "broken")


class InvalidTokenError(ValueError):
    """The text is not a token of this cluster for EKS Pod Identity."""


class ExpiredTokenError(InvalidTokenError):
    """The token has expired."""


class Pod(Struct, frozen=True):
    """A pod of a cluster, according to its token."""

    namespace: str
    service_account: str
    name: str
    uid: str


def issue_pod_token(
    cluster_arn: str,
    namespace: str,
    service_account: str,
    pod: str,
    *,
    now: datetime,
    overrides: Mapping[str, Any] | None = None,
) -> str:
    """Issue a token of a pod. `overrides`: `aud`, `iss`, `exp` and `nbf` in seconds from now, and `signature`
    (`SIGNATURES`). Raises ValueError for others.
    """
    changes = {name: str(value) for name, value in (overrides or {}).items()}
    signature = changes.pop("signature", "")
    if signature and signature not in SIGNATURES:
        raise ValueError(f"signature={signature}: it can be {', '.join(SIGNATURES)}")
    claims = _claims(cluster_arn, namespace, service_account, pod, int(now.timestamp()))
    for name, value in changes.items():
        if name not in _CLAIMS:
            raise ValueError(f"{name} cannot be changed; {', '.join((*_CLAIMS, 'signature'))} can")
        is_time = name in ("exp", "nbf")
        claims[name] = int(now.timestamp()) + seconds_from_now(name, value) if is_time else value
    header = {"alg": "RS256", "kid": _key_id(cluster_arn), "typ": "JWT"}
    signed = f"{_segment(header)}.{_segment(claims)}"
    raw = _sign(FORGER if signature == "forged" else key_of_provider(cluster_arn), signed.encode())
    if signature == "broken":
        raw = bytes([raw[0] ^ 1]) + raw[1:]
    return f"{signed}.{_encoded(raw)}"


def read_pod_token(cluster_arn: str, token: str, now: datetime) -> Pod:
    """The pod to which a token belongs. Raises InvalidTokenError, ExpiredTokenError."""
    claims = _verified(cluster_arn, token)
    if claims.get("aud") not in (AUDIENCE, [AUDIENCE]):
        raise InvalidTokenError(f"its audience is {claims.get('aud')}, not {AUDIENCE}")
    if claims.get("iss") != issuer_of(cluster_arn):
        raise InvalidTokenError(f"its issuer is {claims.get('iss')}, not {issuer_of(cluster_arn)}")
    identity = claims.get("kubernetes.io")
    if not isinstance(identity, Mapping):
        raise InvalidTokenError("it is not bound to a pod")
    if (ends := datetime.fromtimestamp(float(claims["exp"]), UTC)) <= now:
        raise ExpiredTokenError(f"it expired at {ends:%Y-%m-%d %H:%M:%S}")
    if datetime.fromtimestamp(float(claims["nbf"]), UTC) > now + timedelta(minutes=5):
        raise InvalidTokenError("it is not valid yet")
    return Pod(
        namespace=str(identity["namespace"]),
        service_account=str(identity["serviceaccount"]["name"]),
        name=str(identity["pod"]["name"]),
        uid=str(identity["pod"]["uid"]),
    )


def region_of_token(token: str) -> str:
    """The Region in the issuer of a token, which is not verified; empty if it has none."""
    try:
        claims = json.loads(_decoded(token.split(".")[1]))
        host = str(claims["iss"]).removeprefix("https://oidc.eks.")
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return host.partition(".amazonaws.com")[0] if host.partition(".amazonaws.com")[1] else ""


def issuer_of(cluster_arn: str) -> str:
    """The OIDC issuer of a cluster, with an id derived from the ARN."""
    region = cluster_arn.split(":")[3]
    return f"https://oidc.eks.{region}.amazonaws.com/id/{_digits(cluster_arn, 32).upper()}"


def pod_uid(cluster_arn: str, namespace: str, pod: str) -> str:
    """The id of a pod, derived from its names."""
    digits = _digits(f"{cluster_arn} {namespace}/{pod}", 32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _claims(cluster_arn: str, namespace: str, service_account: str, pod: str, now: int) -> dict[str, Any]:
    return {
        "aud": [AUDIENCE],
        "exp": now + TOKEN_LIFETIME,
        "iat": now,
        "iss": issuer_of(cluster_arn),
        "kubernetes.io": {
            "namespace": namespace,
            "pod": {"name": pod, "uid": pod_uid(cluster_arn, namespace, pod)},
            "serviceaccount": {
                "name": service_account,
                "uid": pod_uid(cluster_arn, namespace, f"serviceaccount/{service_account}"),
            },
        },
        "nbf": now,
        "sub": f"system:serviceaccount:{namespace}:{service_account}",
    }


def _verified(cluster_arn: str, token: str) -> dict[str, Any]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signed, _, signature = token.rpartition(".")
    try:
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        rsa_key(key_of_provider(cluster_arn)).public_key().verify(
            _decoded(signature), signed.encode(), PKCS1v15(), SHA256()
        )
    except (InvalidSignature, ValueError, RecursionError):
        raise InvalidTokenError("no key of the cluster made its signature") from None
    if (
        not isinstance(header, dict)
        or not isinstance(claims, dict)
        or header.get("kid") != _key_id(cluster_arn)
    ):
        raise InvalidTokenError("another cluster issued it")
    return claims


def _sign(key: str, data: bytes) -> bytes:
    from sts_tui.identity_providers.oidc import sign_rs256

    return sign_rs256(key, data)


def _key_id(cluster_arn: str) -> str:
    return _digits(f"key of {cluster_arn}", 40)


def _digits(text: str, length: int) -> str:
    return sha256(f"sts-tui cluster {text}".encode()).hexdigest()[:length]


def _segment(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
