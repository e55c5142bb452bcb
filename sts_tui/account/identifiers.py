"""How are unique ids and access key ids derived? Only from ARNs, so that the same file always gives the same
ids.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

from typing import Final

try:
    from _blake2 import blake2b  # hashlib would also load OpenSSL, which takes 3 ms
except ImportError:
    from hashlib import blake2b

ROLE_PREFIX: Final = "AROA"
USER_PREFIX: Final = "AIDA"
GROUP_PREFIX: Final = "AGPA"
INSTANCE_PROFILE_PREFIX: Final = "AIPA"
MANAGED_POLICY_PREFIX: Final = "ANPA"
LONG_TERM_KEY_PREFIX: Final = "AKIA"
TEMPORARY_KEY_PREFIX: Final = "ASIA"

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""The base32 alphabet."""
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS: Final = range(70, -1, -10)
"""The bit offset of each pair of letters in the 80 bits of an access key id."""
_UNIQUE_ID_SHIFTS: Final = range(75, 4, -10)
"""The bit offset of each pair of letters in the 85 bits of a unique id; one single letter follows."""
_ACCOUNT_MASK: Final = 0x7FFFFFFFFF80
_ACCOUNT_SHIFT: Final = 7
_NEWER_KEY_BIT: Final = 1 << 47
"""Set in access key ids that encode their account, which therefore have Q to Z or 2 to 7 after the prefix."""


def _hash(kind: str, text: str, size: int) -> bytes:
    return blake2b(text.encode(), digest_size=size, key=b"sts-tui", person=kind.encode()[:16]).digest()


def fingerprint(content: bytes) -> bytes:
    """A 32-byte hash that identifies content."""
    return blake2b(content, digest_size=32).digest()


def derive_unique_id(prefix: str, arn: str) -> str:
    """The unique id of an entity, as IAM forms it: the prefix (`AROA`) and 17 characters of A-Z2-7."""
    bits = int.from_bytes(_hash("unique id", arn, 11), "big") >> 3  # 85 bits: five for each of 17 letters
    pairs = [_PAIRS[bits >> shift & 0x3FF] for shift in _UNIQUE_ID_SHIFTS]
    return f"{prefix}{''.join(pairs)}{_ALPHABET[bits & 0x1F]}"


def derive_access_key_id(account: str, user_arn: str) -> str:
    """The long-term access key id of a user for whom the file lists none."""
    return encode_access_key_id(LONG_TERM_KEY_PREFIX, account, _hash("access key", user_arn, 5))


def derive_organization_id(prefix: str, text: str) -> str:
    """`o-…`, `r-…`, `ou-…-…` or `p-…`: lower-case letters and digits, with the length that AWS uses."""
    bits = int.from_bytes(_hash("organization", text, 10), "big")
    digits = "".join([_PAIRS[bits >> shift & 0x3FF] for shift in _SHIFTS]).lower()
    match prefix:
        case "r":
            return f"r-{digits[:4]}"
        case "ou":
            return f"ou-{digits[:4]}-{digits[4:12]}"
        case _:
            return f"{prefix}-{digits[:10]}"


def encode_access_key_id(prefix: str, account: str, entropy: bytes) -> str:
    """A 20-character access key id that encodes its account as real ones do; `entropy` is five bytes.

    Without the prefix it is the base32 encoding of ten bytes. In the first six, as a big-endian number, the
    bits of the mask 0x7fffffffff80 are the account id.
    """
    number = _NEWER_KEY_BIT | (int(account) << _ACCOUNT_SHIFT & _ACCOUNT_MASK) | (entropy[0] & 0x7F)
    bits = number << 32 | int.from_bytes(entropy[1:5], "big")
    return prefix + "".join([_PAIRS[bits >> shift & 0x3FF] for shift in _SHIFTS])


def account_of_access_key_id(access_key_id: str) -> str | None:
    """The account that an access key id encodes; None if it has another form, like `AKIAIOSFODNN7EXAMPLE` and
    all ids from before 2019.
    """
    from base64 import b32decode

    try:
        raw = b32decode(access_key_id[4:])
    except ValueError:
        return None
    if len(raw) != 10:
        return None
    number = int.from_bytes(raw[:6], "big")
    if not number & _NEWER_KEY_BIT:
        return None
    account = (number & _ACCOUNT_MASK) >> _ACCOUNT_SHIFT
    return f"{account:012d}" if account < 10**12 else None
