"""How do unit tests use boto3 on a simulation, without a socket?

`session(sim, caller="alice")` is a boto3 session whose requests go to the simulation. `patched(sim)` sends
the requests of every boto3 session in the process to the simulation, for code that creates its own sessions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.endpoint import cbor
from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.ids import long_term_secret
from sts_tui.wire.gateway import Exchange, Gateway, Options, Time
from sts_tui.wire.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    import boto3

_BUCKET: Final = re.compile(r"(.+)\.s3(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?(?::\d+)?")
_ONE_AT_A_TIME: Final = Lock()
"""A lock, because a simulation is not thread-safe and S3 transfers use threads."""


def session(
    sim: Simulation,
    caller: str = "operator",
    *,
    region: str = DEFAULT_REGION,
    soft: bool = False,
    source_ip: str = "",
    report: Callable[[Exchange], None] | None = None,
) -> boto3.Session:
    """A boto3 session with the credentials of `caller` (WHO as in tours); its requests go to the simulation.

    Raises UnknownIdentityError, ValueError for a caller that has no access key, and ImportError if the extra
    `sts-tui[serve]` is not installed.
    """
    import boto3

    operator = OperatorKey.new(sim)
    gateway = _gateway(sim, operator, soft=soft, source_ip=source_ip, report=report)
    key, secret, token = credentials_of(sim, caller, operator)
    made = boto3.Session(
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, region_name=region
    )
    made.events.register("before-send.*", lambda request, **_: _sent(gateway, request))
    return made


@contextmanager
def patched(
    sim: Simulation,
    *,
    soft: bool = False,
    source_ip: str = "",
    report: Callable[[Exchange], None] | None = None,
) -> Iterator[OperatorKey]:
    """A context in which every request of botocore in this process goes to the simulation; yields an
    operator's key.
    """
    from botocore.httpsession import URLLib3Session

    operator = OperatorKey.new(sim)
    gateway = _gateway(sim, operator, soft=soft, source_ip=source_ip, report=report)
    real = URLLib3Session.send

    def send(self: Any, request: Any) -> Any:
        return _sent(gateway, request)

    URLLib3Session.send = send
    try:
        yield operator
    finally:
        URLLib3Session.send = real


def credentials_of(sim: Simulation, caller: str, operator: OperatorKey) -> tuple[str, str, str | None]:
    """(access key id, secret, session token) of WHO. Raises UnknownIdentityError, ValueError."""
    identity = sim.resolve(caller)
    if identity.kind is IdentityKind.OPERATOR:
        return operator.access_key_id, operator.secret_access_key, None
    key = identity.access_key_id
    if found := sim.world.sessions.get(key or ""):
        issued = found.credentials
        return issued.access_key_id, issued.secret_access_key, issued.session_token
    if key is None or identity.kind is not IdentityKind.USER:
        raise ValueError(_keyless(identity))
    return key, long_term_secret(key), None


def _keyless(identity: Identity) -> str:
    return f"{identity.label} has no access key; name a user with one, a session, or operator"


def _gateway(
    sim: Simulation,
    operator: OperatorKey,
    *,
    soft: bool,
    source_ip: str,
    report: Callable[[Exchange], None] | None,
) -> Gateway:
    options = Options(
        encode=cbor.encode,
        decode=cbor.decode,
        operator_key_id=operator.access_key_id,
        operator_secret=operator.secret_access_key,
        soft=soft,
        source_ip=source_ip,
        endpoint="https://sqs.us-east-1.amazonaws.com",
    )
    return Gateway(sim, options, report)


def _sent(gateway: Gateway, request: Any) -> Any:
    """The response that botocore's HTTP session would return for a prepared request."""
    from botocore.awsrequest import AWSResponse

    with _ONE_AT_A_TIME:
        response = gateway.answer(_read(request), Time(now=datetime.now(UTC)))  # noqa: TID251 (signed by it)
    raw = _Raw(response)
    return AWSResponse(request.url, response.status, dict(response.headers), raw)


class _Raw(BytesIO):
    """The body with the interface of urllib3."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.body)
        self.headers = dict(response.headers)

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        yield self.read()

    def release_conn(self) -> None:
        """Do nothing: there is no connection."""


def _read(request: Any) -> HttpRequest:
    url = urlsplit(request.url)
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    headers.setdefault("host", url.netloc)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    named = _BUCKET.match(url.netloc)
    bucket = named[1] if named else ""
    return HttpRequest(
        method=request.method, target=target, headers=headers, body=_body(request.body), bucket=bucket
    )


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        read = body.read()
        return read if isinstance(read, bytes) else str(read).encode()
    return b"".join(body)
