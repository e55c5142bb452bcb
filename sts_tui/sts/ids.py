"""How are issued ids, secrets and tokens generated? From a seed and a counter, without randomness.

Secrets and tokens begin with `SIMULATED/`, so that everyone sees that they are not real. Their lengths and
alphabets are those of real ones.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.identifiers import encode_access_key_id

SIMULATED: Final = "SIMULATED/"
SECRET_LENGTH: Final = 40
UNPADDED_TOKEN_LENGTH: Final = 356
"""The length in characters of a session token without policies and tags. Real ones vary around this."""
VERSION_1_TOKEN_LENGTH: Final = 276
"""The same for a version 1 token. AWS only says that version 2 tokens are longer."""


class IdSource:
    """A stream of ids: the same seed and counter always give the same ids.

    `counter` is the number of ids generated so far. A new source with this counter continues the stream.
    """

    __slots__ = ("counter", "seed")

    def __init__(self, seed: int, counter: int = 0) -> None:
        self.seed = seed
        self.counter = counter

    def _draw(self, kind: str, size: int) -> bytes:
        self.counter += 1
        from hashlib import shake_256

        return shake_256(f"{self.seed}:{self.counter}:{kind}".encode()).digest(size)

    def access_key_id(self, prefix: str, account: str) -> str:
        """A 20-character access key id that encodes its account. `prefix` is `ASIA` or `AKIA`."""
        return encode_access_key_id(prefix, account, self._draw("access key", 5))

    def secret(self) -> str:
        """A secret access key of 40 characters, marked as simulated."""
        return _marked(self._draw("secret", SECRET_LENGTH), SECRET_LENGTH)

    def token(self, size: int = UNPADDED_TOKEN_LENGTH) -> str:
        """A session token of `size` characters, marked as simulated."""
        return _marked(self._draw("token", size), size)

    def request_id(self) -> str:
        """A request id, which is a UUID."""
        text = self._draw("request", 16).hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def long_term_secret(access_key_id: str) -> str:
    """The secret of a long-term access key. Account files have none, so it is derived from the id."""
    from hashlib import sha256

    return _marked(sha256(f"long-term secret:{access_key_id}".encode()).digest(), SECRET_LENGTH)


def _marked(raw: bytes, length: int) -> str:
    from base64 import b64encode

    return (SIMULATED + b64encode(raw).decode())[:length]
