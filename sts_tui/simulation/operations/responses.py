"""What do the responses of IAM and other services share: times, tags, pages? Times print as
`2026-01-15T10:00:00Z`.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Generic, NotRequired, TypedDict, TypeVar

from msgspec import Struct

from sts_tui.account.entities import Tag
from sts_tui.simulation.operations.refusals import validation_error

DEFAULT_PAGE: Final = 100
UNDATED: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""The date of an entity without one in the file: the same in every run, like derived ids. No condition key
has it.
"""

T = TypeVar("T")


class TagShape(TypedDict):
    """A tag in requests and responses of every service."""

    Key: str
    Value: str


class PageEnd(TypedDict):
    """The members that follow a page of IAM."""

    IsTruncated: bool
    Marker: NotRequired[str]


class Page(Struct, Generic[T], frozen=True):
    """Some items of a list, and the members that say whether more follow."""

    items: list[T]
    end: PageEnd


class PageRequest(TypedDict):
    """The parameters that choose a page of IAM."""

    Marker: NotRequired[str]
    MaxItems: NotRequired[int]


def instant(moment: datetime) -> str:
    """`2026-01-15T10:00:00Z`"""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def created(moment: datetime | None) -> str:
    """A date of creation, which AWS always returns; `UNDATED` if no file gives one."""
    return instant(moment or UNDATED)


def tags_shape(tags: Sequence[Tag]) -> list[TagShape]:
    """Tags in AWS's shape."""
    return [{"Key": tag.key, "Value": tag.value} for tag in tags]


def page_of(items: Sequence[T], params: PageRequest) -> Page[T]:
    """One page of a list: `MaxItems` (default 100) items after `Marker`. Raises ValidationError for a marker
    that no earlier response gave.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    start = _offset(params.get("Marker"))
    size = int(params.get("MaxItems") or DEFAULT_PAGE)
    end: PageEnd = {"IsTruncated": start + size < len(items)}
    if end["IsTruncated"]:
        end["Marker"] = marker(start + size)
    return Page(list(items[start : start + size]), end)


def marker(offset: int) -> str:
    """An opaque token with the start of the next page."""
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def offset_in(marker: str | None) -> int | None:
    """The start of the marker's page: 0 without a marker, None if it is not a marker."""
    if marker is None:
        return 0
    try:
        word, _, offset = base64.urlsafe_b64decode(marker.encode()).decode().partition(":")
        return int(offset) if word == "from" else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _offset(token: str | None) -> int:
    offset = offset_in(token)
    if offset is None:
        raise validation_error("Invalid Marker.")
    return offset
