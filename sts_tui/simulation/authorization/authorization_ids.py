"""Which id does a denial have, by which the Access Troubleshooter finds it? The id holds the number of the
request in the log and a digest of the simulation's seed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.authorizer import Prepared

KEPT: Final = timedelta(hours=24)
"""How long AWS keeps a denial: 24 hours according to its page; the API model says at least as long."""
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_NUMBER_LENGTH: Final = 7
_LENGTH: Final = 25
_WITHOUT: Final = frozenset({"iam:listinstanceprofiles"})
"""IAM operations whose denials had no authorization id in October 2026."""
_NO_CALLERS: Final = (CallerKind.ANONYMOUS, CallerKind.SERVICE, CallerKind.FEDERATED)


class PastDenial(Struct, frozen=True, kw_only=True):
    """A denied request of the log, with what it was evaluated against."""

    at: datetime
    region: str
    prepared: Prepared


def authorization_id(seed: int, number: int) -> str:
    """The id of the denial with this number in the log: 25 lower-case letters and digits."""
    return _in_digits(number, _NUMBER_LENGTH) + _digest(seed, number)


def number_of(text: str, seed: int) -> int | None:
    """The number of the request in the log; None if no denial of this simulation has the id."""
    digits = text[:_NUMBER_LENGTH]
    if not digits.isascii() or not digits.isalnum():
        return None
    number = int(digits, 36)
    return number if text == authorization_id(seed, number) else None


def gives_id(action: str, kind: CallerKind) -> bool:
    """Whether AWS adds an id to the denial of this action: so far for most operations of IAM."""
    lowered = action.lower()
    return lowered.startswith("iam:") and lowered not in _WITHOUT and kind not in _NO_CALLERS


def with_id(message: str, identifier: str, region: str) -> str:
    """The text of a denial with the id, as AWS writes it."""
    place = f"{region}.console.aws.amazon.com/iam/home?region={region}#/authorization-details/{identifier}"
    return (
        f"{message}. Go to https://{place} for complete details, or call the "
        f"GetRequestAuthorizationDetails API with the following authorization id: {identifier}"
    )


def _digest(seed: int, number: int) -> str:
    raw = sha256(f"authorization id {seed} {number}".encode()).digest()
    return _in_digits(int.from_bytes(raw, "big"), _LENGTH - _NUMBER_LENGTH)


def _in_digits(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
