"""How do IpAddress and NotIpAddress compare? They support IPv4 and IPv6 addresses and CIDR blocks."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.conditions.ordered import malformed_among
from sts_tui.iam.patterns.variables import Values
from sts_tui.start_up.named_tuple import NamedTuple


class Block(NamedTuple):
    """A CIDR block: an address is in it if, shifted right by `shift` bits, it is `prefix`."""

    version: int
    shift: int
    prefix: int


_NOTHING: Final = Block(0, 0, 0)
"""For an IPv6 network with host bits set, which is valid but contains no address."""


@lru_cache(maxsize=4096)
def address(text: str) -> tuple[int, int] | None:
    """(IP version, address as a number); None for text that is not an address. An IPv4-mapped IPv6 address
    becomes the IPv4 address.
    """
    import ipaddress  # imported here because most policies compare no address

    try:
        parsed = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (4, int(mapped)) if mapped is not None else (parsed.version, int(parsed))


@lru_cache(maxsize=4096)
def block(text: str) -> Block | None:
    """The block for a value in a policy: `10.0.0.0/8`, or a single address, which is a block of size one."""
    import ipaddress

    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    shift = network.max_prefixlen - network.prefixlen
    prefix = int(network.network_address) >> shift
    if network.version == 6 and int(ipaddress.ip_address(text.strip().partition("/")[0])) != prefix << shift:
        return _NOTHING
    return Block(network.version, shift, prefix)


def address_comparison(_comparison: str, negated: bool) -> CompileValues:
    """A comparison that is true if an address is in one of the blocks."""

    def compile_values(values: tuple[str, ...], _scope: Scope) -> Comparison:
        parsed = [block(value) for value in values]
        blocks = tuple(each for each in parsed if each is not None)
        malformed = malformed_among(values, block)
        otherwise: Answer = None if malformed else negated

        def contains(value: str, _context: Values) -> Answer:
            actual = address(value)
            if actual is None:
                return False  # for a value that is not an address, both operators are false
            version, bits = actual
            for each in blocks:
                if each.version == version and bits >> each.shift == each.prefix:
                    return not negated
            return otherwise

        return Comparison(contains, malformed)

    return compile_values
