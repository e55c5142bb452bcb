"""What do temporary credentials consist of, and how do responses print them?

https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX
from sts_tui.sts.facts.limits import SESSION_TOKEN_ALLOTMENT
from sts_tui.sts.ids import UNPADDED_TOKEN_LENGTH, VERSION_1_TOKEN_LENGTH, IdSource
from sts_tui.sts.session import Credentials

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes


def token_size(*, packed_bytes: int = 0, minimum_token_size: int, is_version_1: bool = False) -> int:
    """The length of a session token in characters. It grows with what is packed into the token, and is padded
    to the minimum.
    """
    unpadded = VERSION_1_TOKEN_LENGTH if is_version_1 else UNPADDED_TOKEN_LENGTH
    return max(unpadded + packed_bytes, minimum_token_size)


def asked_token_size(params: Mapping[str, Any]) -> int:
    """The minimum size of the session token that a call requests; 0 if it requests none."""
    return int(params.get("MinimumSessionTokenSize") or 0)


def mint(ids: IdSource, account: str, expiration: datetime, size: int) -> Credentials:
    """Create temporary credentials of `account` with a session token of `size` characters.

    AWS's expirations have whole seconds, so `expiration` is rounded down.
    """
    return Credentials(
        access_key_id=ids.access_key_id(TEMPORARY_KEY_PREFIX, account),
        secret_access_key=ids.secret(),
        session_token=ids.token(size),
        expiration=expiration.replace(microsecond=0),
    )


def printed(instant: datetime) -> str:
    """An instant as STS prints it: `2026-01-15T10:00:00Z`."""
    return f"{instant.isoformat()[:19]}Z"


def credentials_shape(credentials: Credentials) -> shapes.Credentials:
    """The `Credentials` member of a response."""
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": printed(credentials.expiration),
    }


class TokenSize(TypedDict):
    """The members of newer responses about the size of the session token."""

    SessionTokenUtilization: int
    """Percent."""
    SessionTokenSize: int
    """Bytes."""


def token_size_members(credentials: Credentials) -> TokenSize:
    """The size of the session token, and its percentage of the maximum, rounded up."""
    size = len(credentials.session_token)
    return {
        "SessionTokenUtilization": -(-100 * size // SESSION_TOKEN_ALLOTMENT),
        "SessionTokenSize": size,
    }
