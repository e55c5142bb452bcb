"""How are answers in pages combined? As the AWS CLI does: it calls until there is no next page.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


def all_pages(
    call: Callable[[dict[str, object]], dict[str, object]], params: Mapping[str, object]
) -> dict[str, object]:
    """One response with the lists of all pages; every page is a separate call."""
    page = call(dict(params))
    whole = dict(page)
    while page.get("IsTruncated"):
        page = call({**params, "Marker": page["Marker"]})
        for name, value in page.items():
            if isinstance(value, list):
                before = whole.get(name)
                whole[name] = [*before, *value] if isinstance(before, list) else value
    if "IsTruncated" in whole:
        whole["IsTruncated"] = False
        whole.pop("Marker", None)
    return whole


def with_next_token(response: dict[str, object]) -> dict[str, object]:
    """The answer with `NextToken`, the CLI's name for the Marker of the next page (`--starting-token`)."""
    return response | {"NextToken": response["Marker"]} if response.get("IsTruncated") else response
