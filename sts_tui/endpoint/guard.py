"""Which requests are refused before they are read? All that a web page could have sent.

A page in a browser can send requests to 127.0.0.1, by name (DNS rebinding) or from a script. AWS clients do
not send Origin or Sec-Fetch headers, and use only the configured host name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.wire.messages import HttpResponse

_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")


def refused(headers: Mapping[str, str], target: str) -> HttpResponse | None:
    """The response to a request that no AWS client sends; None for one that may pass. `headers`: by name in
    lower case.
    """
    host = headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name.lower() not in _HOSTS:
        return _plain(421, f"sts-tui answers for {', '.join(_HOSTS)} only")
    if "origin" in headers or any(one.startswith("sec-fetch-") for one in headers):
        return _plain(403, "sts-tui does not answer web pages")
    if not target.startswith("/"):
        return _plain(400, "sts-tui is not a proxy")
    return None


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(status=status, headers={"Content-Type": "text/plain"}, body=f"{text}\n".encode())
