"""Bodies of any form are read, whatever a client puts into them."""

from __future__ import annotations

import pytest

from sts_tui.sts.errors import AwsError
from sts_tui.wire.requests.bodies import json_members, xml_members


def test_elements_that_hold_elements_are_a_list_and_text_is_text() -> None:
    body = b"<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Quiet>true</Quiet></Delete>"
    assert xml_members(body) == {"Delete": {"Object": [{"Key": "a"}, {"Key": "b"}], "Quiet": "true"}}


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"<D><O>text</O><O><Key>a</Key></O></D>", {"D": {"O": [{"Key": "a"}]}}),
        (b"<D><O><Key>a</Key></O><O>text</O></D>", {"D": {"O": "text"}}),
    ],
)
def test_text_and_elements_under_one_name_are_read_and_do_not_end_in_a_traceback(
    body: bytes, read: dict[str, object]
) -> None:
    assert xml_members(body) == read


@pytest.mark.parametrize("body", [b"[]", b"5", b"{", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(AwsError):
        json_members(body)
