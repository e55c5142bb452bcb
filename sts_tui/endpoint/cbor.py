"""How is CBOR read and written? With cbor2."""

from __future__ import annotations

from io import BytesIO
from typing import Any


def encode(value: Any) -> bytes:
    """A value as CBOR; aware datetimes become timestamps (tag 1)."""
    import cbor2

    return bytes(cbor2.dumps(value, datetime_as_timestamp=True))


def decode(body: bytes) -> Any:
    """The value of a CBOR body. Raises ValueError for invalid CBOR or extra bytes."""
    import cbor2

    stream = BytesIO(body)
    try:
        value = cbor2.load(stream)
    except Exception as error:  # cbor2 raises errors of many kinds for hostile input
        raise ValueError(f"no CBOR: {error}") from None
    if stream.read(1):
        raise ValueError("bytes after the CBOR value")
    return value
