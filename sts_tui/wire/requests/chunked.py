"""What is in an aws-chunked body? The signatures of single chunks are not verified.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

from msgspec.structs import replace

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpRequest


def is_chunked(request: HttpRequest) -> bool:
    """Whether the body is a stream of signed or checksummed chunks."""
    encodings = request.header("content-encoding").replace(" ", "").split(",")
    return "aws-chunked" in encodings or request.header("x-amz-content-sha256").startswith("STREAMING-")


def unwrapped(request: HttpRequest) -> HttpRequest:
    """The request with the body from its chunks. Raises AwsError if they are malformed."""
    if not is_chunked(request):
        return request
    return replace(request, body=b"".join(_chunks(request.body, request.is_cut)))


def _chunks(body: bytes, is_cut: bool) -> list[bytes]:
    """`SIZE;chunk-signature=…\\r\\nDATA\\r\\n`, repeated to the chunk of size 0; trailers follow."""
    found: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        if end < 0:
            if is_cut:
                return found
            raise _incomplete()
        written = body[at:end].partition(b";")[0].strip()
        try:
            size = int(written, 16)
        except ValueError:
            raise _incomplete() from None
        if size == 0:
            return found
        if size < 0 or (end + 2 + size > len(body) and not is_cut):
            raise _incomplete()
        found.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _incomplete() -> AwsError:
    message = "The request body terminated unexpectedly"
    return AwsError("IncompleteBody", message, 400)
