"""How are answers in pages combined? As the AWS CLI does: it calls until there is no next page.

`--max-items` counts what is shown, `--page-size` what each call answers with; `NextToken` is the CLI's own:
the service's token, and how much of that page has been shown.
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
"""Operations with pages that the CLI does not combine: botocore has no paginator for them."""
_SHOWN: Final = "boto_truncate_amount"
"""The name in the CLI's token of how many entries of the page have been shown."""

Response = dict[str, object]


class Pages(Struct, frozen=True):
    """The members of a request that go through pages."""

    token: str
    limit: str | None
    """None where the CLI leaves the size of a page to the operation's own flag."""


class Wanted(Struct, frozen=True):
    """What the CLI is asked to show: at most `most` entries (None: all), from `start` on."""

    most: int | None = None
    start: str | None = None
    """The `NextToken` of an answer before."""


def pages_of(operation: str, shape: Shape) -> Pages | None:
    """The members that page an operation's answers; None where the CLI makes one call."""
    token = next((name for name in _TOKENS if name in shape.members), None)
    limit = next((name for name in _LIMITS if name in shape.members), None)
    return Pages(token, limit) if token and operation not in _BY_HAND else None


def all_pages(
    call: Callable[[dict[str, object]], Response],
    params: Mapping[str, object],
    pages: Pages,
    wanted: Wanted,
) -> Response:
    """One response with the entries of all pages, keyed as each page; every page is a separate call.

    With `NextToken` where more is left than was wanted.
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
        if wanted.start is not None and not whole:  # the other lists were shown before
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
    """As botocore writes it: base64 of JSON."""
    content: dict[str, object] = {pages.token: token}
    if shown:
        content[_SHOWN] = shown
    return base64.b64encode(json.dumps(content).encode()).decode()


def _parsed(start: str | None) -> tuple[str | None, int]:
    """The service's token and how much of its page was shown; any other text is the service's token."""
    if start is None:
        return None, 0
    try:
        content = json.loads(base64.b64decode(start, validate=True))
        shown = int(content.pop(_SHOWN, 0))
        (token,) = content.values()
    except (ValueError, AttributeError, TypeError):
        return start, 0
    return (token if token is None else str(token)), shown
