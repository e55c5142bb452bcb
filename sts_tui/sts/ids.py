"""Where do issued ids, secrets and tokens come from? From a seed and a counter, never from chance.

Secrets and tokens begin with `SIMULATED/`, so that a reader of a log sees that they are not real;
lengths and alphabets are those of real ones.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.identifiers import encode_access_key_id

SIMULATED: Final = "SIMULATED/"
SECRET_LENGTH: Final = 40
UNPADDED_TOKEN_LENGTH: Final = 356
"""Characters of a session token with neither policies nor tags; real ones vary around this."""
VERSION_1_TOKEN_LENGTH: Final = 276
"""The same for a version 1 token. AWS says only that those of version 2 are longer."""


class IdSource:
    """A stream of ids: the same seed and counter always give the same ids.

    `counter` is the number of ids drawn so far; with it a stream can be continued.
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
        """A 20-character access key id that carries its account; `prefix` is `ASIA` or `AKIA`."""
        return encode_access_key_id(prefix, account, self._draw("access key", 5))

    def secret(self) -> str:
        """A secret access key: 40 characters, recognizably simulated."""
        return _marked(self._draw("secret", SECRET_LENGTH), SECRET_LENGTH)

    def token(self, size: int = UNPADDED_TOKEN_LENGTH) -> str:
        """A session token of `size` characters, recognizably simulated."""
        return _marked(self._draw("token", size), size)

    def request_id(self) -> str:
        """The UUID that AWS gives every request."""
        text = self._draw("request", 16).hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def long_term_secret(access_key_id: str) -> str:
    """The secret of a long-term access key: account files hold none, so it derives from the key's id."""
    from hashlib import sha256

    return _marked(sha256(f"long-term secret:{access_key_id}".encode()).digest(), SECRET_LENGTH)


def _marked(raw: bytes, length: int) -> str:
    from base64 import b64encode

    return (SIMULATED + b64encode(raw).decode())[:length]
