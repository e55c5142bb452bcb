"""What goes over the wire: an HTTP request and its response, without sockets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct, field

BODY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of a body that are looked at. What is beyond is read and dropped: objects are not kept."""


class HttpRequest(Struct, frozen=True, kw_only=True, dict=True):
    """A request as it was sent. `target` is the path and query, still percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case; what was sent more than once is joined with commas."""
    body: bytes = b""
    is_cut: bool = False
    """The body was longer than `BODY_LIMIT`, so its hash cannot be compared."""
    bucket: str = ""
    """The bucket that the host named, where a client without socket was free to use AWS's host names."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0] or "/"

    @property
    def resource_path(self) -> str:
        """The path with the bucket in it, wherever the client put that."""
        return f"/{self.bucket}{self.path}" if self.bucket else self.path

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Decoded query parameters by name; of those given more than once the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=10_000))

    def header(self, name: str) -> str:
        """A header's value; empty where it was not sent."""
        return self.headers.get(name, "")


class HttpResponse(Struct, frozen=True, kw_only=True):
    """A response, ready to be sent."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
