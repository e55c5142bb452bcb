"""Pages are combined as botocore's paginator does it for the AWS CLI.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
"""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.paginate import PageIterator
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.tours.reading.aws_line import read_aws_line
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.pagination import Pages, Wanted, all_pages, pages_of
from sts_tui.tours.reading.services import SERVICES

ENTRIES = list("abcdefg")
NAMES = {"s3api": "s3"}
PAGES = Pages("Marker", "MaxItems")


def one_page(size: int) -> Any:
    """A service that answers with `size` entries from the position that the token names."""

    def call(params: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
        start = int((params or given).get("Marker") or 0)
        more = start + size < len(ENTRIES)
        page: dict[str, Any] = {"Users": ENTRIES[start : start + size], "IsTruncated": more}
        return page | ({"Marker": str(start + size)} if more else {})

    return call


def of_botocore(size: int, wanted: Wanted) -> dict[str, Any]:
    config = {"MaxItems": wanted.most, "StartingToken": wanted.start}
    pages = PageIterator(
        one_page(size), ["Marker"], [_compiled("Marker")], _compiled("IsTruncated"), [_compiled("Users")], [],
        "MaxItems", wanted.most, config["StartingToken"], None, {},
    )  # fmt: skip
    result: dict[str, Any] = pages.build_full_result()
    return result


def _compiled(path: str) -> Any:
    import jmespath

    return jmespath.compile(path)


@given(st.integers(1, 8), st.one_of(st.none(), st.integers(1, 9)), st.integers(0, 3))
def test_pages_and_tokens_are_those_of_botocore(size: int, most: int | None, resumed: int) -> None:
    wanted = Wanted(most)
    for _ in range(resumed + 1):
        found = all_pages(lambda params: one_page(size)(params), {}, PAGES, wanted)
        assert found == of_botocore(size, wanted)
        token = found.get("NextToken")
        if token is None:
            return
        wanted = Wanted(most, str(token))


def test_every_operation_that_botocore_pages_has_pages_here() -> None:
    session = botocore.session.get_session()
    wrong = []
    for name, service in SERVICES.items():
        try:
            known: Any = session.get_paginator_model(NAMES.get(name, name))
        except Exception:
            continue
        for command in service.commands():
            operation = service.operation(command)
            assert operation is not None
            try:
                config = known.get_paginator(operation)
            except ValueError:
                config = None
            if (pages_of(operation, service.shape(operation)) is None) is (config is not None):
                wrong.append((name, operation))
    assert wrong == []


@pytest.mark.parametrize(
    ("flags", "most", "start"),
    [
        ("iam list-users --max-items 5", 5, None),
        ("iam list-users --starting-token abc", None, "abc"),
        ("organizations list-accounts --max-items 2 --starting-token abc", 2, "abc"),
        ("--output text --region eu-west-1 organizations list-accounts --max-items 2", 2, None),
    ],
)
def test_paging_flags_are_those_of_the_cli(flags: str, most: int | None, start: str | None) -> None:
    line = read_aws_line(flags.split())
    assert line.pages is not None
    assert (line.wanted.most, line.wanted.start) == (most, start)


@pytest.mark.parametrize(
    "flags",
    [
        "iam list-users --no-paginate --max-items 5",
        "iam list-users --marker abc",
        "organizations list-accounts --max-results 5",
        "organizations list-accounts --next-token abc",
        "iam get-user",
    ],
)
def test_tokens_by_hand_make_one_call(flags: str) -> None:
    assert read_aws_line(flags.split()).pages is None


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("organizations list-accounts --no-paginate --max-items 5",
         "Cannot specify --no-paginate along with pagination arguments: --max-items"),
        ("iam list-users --no-paginate --page-size 5",
         "Cannot specify --no-paginate along with pagination arguments: --page-size"),
        ("iam list-users --max-items five", "argument --max-items: invalid int value: 'five'"),
        ("iam list-users --cli-input-json {} --cli-input-yaml {}",
         "Only one --cli-input- parameter may be specified."),
        ("iam get-user --page-size 3", "there is no flag --page-size"),
    ],
)  # fmt: skip
def test_what_the_cli_refuses(flags: str, message: str) -> None:
    with pytest.raises(StepError) as refused:
        read_aws_line(flags.split())
    assert refused.value.message == message
