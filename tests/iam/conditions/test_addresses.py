"""IpAddress and NotIpAddress: addresses and blocks of both versions, to the bit."""

from __future__ import annotations

import pytest

from sts_tui.iam.conditions import compile_condition
from sts_tui.iam.conditions.addresses import Block, address, block
from sts_tui.iam.conditions.operator import Scope


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.1", (4, 0x0A000001)),
        (" 10.0.0.1 ", (4, 0x0A000001)),
        ("::1", (6, 1)),
        ("::ffff:10.0.0.1", (4, 0x0A000001)),
        ("2001:db8::", (6, 0x20010DB8 << 96)),
        ("10.0.0", None),
        ("10.0.0.1/32", None),
        ("", None),
    ],
)
def test_an_address_is_a_version_and_a_number(text: str, found: tuple[int, int] | None) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.0/8", Block(4, 24, 10)),
        ("10.1.2.3/8", Block(4, 24, 10)),
        ("10.0.0.1", Block(4, 0, 0x0A000001)),
        ("0.0.0.0/0", Block(4, 32, 0)),
        (" 10.0.0.0/9 ", Block(4, 23, 20)),
        ("2001:db8::/32", Block(6, 96, 0x20010DB8)),
        ("::1", Block(6, 0, 1)),
        ("::/0", Block(6, 128, 0)),
        ("2001:db8::1/32", Block(0, 0, 0)),
        ("10.0.0.0/33", None),
        ("nowhere", None),
    ],
)
def test_a_block_is_an_address_without_its_last_bits(text: str, found: Block | None) -> None:
    """Host bits of an IPv4 network do not count; an IPv6 network with host bits contains nothing."""
    assert block(text) == found


@pytest.mark.parametrize(
    ("wanted", "value", "within"),
    [
        (("10.0.0.0/9",), "10.127.255.255", True),
        (("10.0.0.0/9",), "10.128.0.0", False),
        (("10.0.0.0/9",), "9.255.255.255", False),
        (("10.0.0.0/31",), "10.0.0.1", True),
        (("10.0.0.0/31",), "10.0.0.2", False),
        (("::/0",), "10.0.0.1", False),
        (("0.0.0.0/0",), "2001:db8::1", False),
        (("0.0.0.0/0",), "::ffff:10.0.0.1", True),
        (("192.0.2.0/24", "10.0.0.0/8"), "10.0.0.1", True),
        (("192.0.2.0/24", "10.0.0.0/8"), "192.0.2.255", True),
        (("192.0.2.0/24", "10.0.0.0/8"), "192.0.3.0", False),
        (("2001:db8::1/32",), "2001:db8::1", False),
    ],
)
def test_an_address_lies_within_a_block_or_outside_all(
    wanted: tuple[str, ...], value: str, within: bool
) -> None:
    for operator, expected in (("IpAddress", within), ("NotIpAddress", not within)):
        condition = compile_condition(operator, "aws:SourceIp", wanted, Scope())
        assert condition.holds({"aws:sourceip": value}) is expected


@pytest.mark.parametrize("operator", ["IpAddress", "NotIpAddress"])
def test_a_value_that_is_no_address_is_neither_within_nor_outside(operator: str) -> None:
    condition = compile_condition(operator, "aws:SourceIp", ("0.0.0.0/0",), Scope())
    assert condition.holds({"aws:sourceip": "nowhere"}) is False


def test_beside_a_value_that_cannot_be_read_a_block_still_counts_for_a_deny() -> None:
    condition = compile_condition("IpAddress", "aws:SourceIp", ("nowhere", "10.0.0.0/8"), Scope(is_deny=True))
    assert condition.malformed == "nowhere"
    assert condition.holds({"aws:sourceip": "10.0.0.1"}) is True
    assert condition.holds({"aws:sourceip": "192.0.2.1"}) is None
