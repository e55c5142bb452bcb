"""What is in an HTTP request and its response, without sockets?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct, field

BODY_LIMIT: Final = 16 * 1024 * 1024
"""How many bytes of a body are kept. The rest is read and dropped, because objects are not stored."""


class HttpRequest(Struct, frozen=True, kw_only=True, dict=True):
    """A request as sent. `target`: the path and query, still percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Headers by name in lower case; values of repeated headers are joined with commas."""
    body: bytes = b""
    is_cut: bool = False
    """Whether the body was longer than `BODY_LIMIT`, so that its hash cannot be compared."""
    bucket: str = ""
    """The bucket in the host name, if a client without a socket used AWS's host names."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0] or "/"

    @property
    def resource_path(self) -> str:
        """The path including the bucket, also if the client put it into the host name."""
        return f"/{self.bucket}{self.path}" if self.bucket else self.path

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Decoded query parameters by name; of repeated ones the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=10_000))

    def header(self, name: str) -> str:
        """A header's value; empty if it was not sent."""
        return self.headers.get(name, "")


class HttpResponse(Struct, frozen=True, kw_only=True):
    """A response, ready to be sent."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
