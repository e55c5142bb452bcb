"""How are paginated responses combined? Like the AWS CLI, which calls until there is no next page.
`--max-items` limits the shown entries, `--page-size` those of each call; `NextToken` is the CLI's: it
contains the service's token, and how many entries of that page have been shown.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.sts.shapes import Shape

_TOKENS: Final = ("Marker", "NextToken", "nextToken")
_LIMITS: Final = ("MaxItems", "MaxResults", "maxResults")
_BY_HAND: Final = frozenset(
    {
        "GetServiceLastAccessedDetails",
        "GetServiceLastAccessedDetailsWithEntities",
        "ListIdentities",
        "ListPoliciesGrantingServiceAccess",
    }
)
"""Paginated operations whose pages the CLI does not combine, because botocore has no paginator for them."""
_SHOWN: Final = "boto_truncate_amount"
"""The member of the CLI's token that counts how many entries of the page have been shown."""

Response = dict[str, object]


class Pages(Struct, frozen=True):
    """The pagination members of a request."""

    token: str
    limit: str | None
    """None if the CLI leaves the page size to the operation's own flag."""


class Wanted(Struct, frozen=True):
    """The entries to show: at most `most` (None: all), from `start` on."""

    most: int | None = None
    start: str | None = None
    """The `NextToken` of an earlier response."""


def pages_of(operation: str, shape: Shape) -> Pages | None:
    """The pagination members of an operation; None if the CLI makes one call."""
    token = next((name for name in _TOKENS if name in shape.members), None)
    limit = next((name for name in _LIMITS if name in shape.members), None)
    return Pages(token, limit) if token and operation not in _BY_HAND else None


def all_pages(
    call: Callable[[dict[str, object]], Response],
    params: Mapping[str, object],
    pages: Pages,
    wanted: Wanted,
) -> Response:
    """One response with the entries of all pages, with the same keys as a page; every page is a separate
    call. It has `NextToken` if there are more entries than wanted.
    """
    token, shown = _parsed(wanted.start)
    whole: Response = {}
    count = 0
    while True:
        page = call({**params, pages.token: token} if token is not None else dict(params))
        following = page.pop(pages.token, None)
        page.pop("IsTruncated", None)
        lists = {name: value for name, value in page.items() if isinstance(value, list)}
        first = next(iter(lists), "")
        if wanted.start is not None and not whole:  # the other lists have been shown
            lists = {name: value[shown:] if name == first else [] for name, value in lists.items()}
        entries = lists.get(first, [])
        left = len(entries) if wanted.most is None else max(wanted.most - count, 0)
        if len(entries) > left:
            lists[first] = entries[:left]
            lists |= {name: [] for name in lists if name != first and whole}
            return _joined(whole, page, lists) | {"NextToken": _token(pages, token, shown + left)}
        whole = _joined(whole, page, lists)
        count += len(entries)
        if following is None:
            return whole
        if count == wanted.most:
            return whole | {"NextToken": _token(pages, str(following), 0)}
        token, shown = str(following), 0


def _joined(whole: Response, page: Response, lists: Mapping[str, list[object]]) -> Response:
    joined = {**whole, **{name: value for name, value in page.items() if name not in whole}}
    for name, entries in lists.items():
        before = whole.get(name)
        joined[name] = [*before, *entries] if isinstance(before, list) else entries
    return joined


def _token(pages: Pages, token: str | None, shown: int) -> str:
    """The CLI's token in botocore's form: base64 of JSON."""
    content: dict[str, object] = {pages.token: token}
    if shown:
        content[_SHOWN] = shown
    return base64.b64encode(json.dumps(content).encode()).decode()


def _parsed(start: str | None) -> tuple[str | None, int]:
    """(the service's token, how many entries of its page were shown); any other text is the service's
    token.
    """
    if start is None:
        return None, 0
    try:
        content = json.loads(base64.b64decode(start, validate=True))
        shown = int(content.pop(_SHOWN, 0))
        (token,) = content.values()
    except (ValueError, AttributeError, TypeError):
        return start, 0
    return (token if token is None else str(token)), shown
