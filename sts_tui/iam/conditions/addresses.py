"""How do IpAddress and NotIpAddress compare? IPv4 and IPv6 addresses and CIDR blocks."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.conditions.ordered import malformed_among
from sts_tui.iam.patterns.variables import Values
from sts_tui.start_up.named_tuple import NamedTuple


class Block(NamedTuple):
    """A CIDR block: the address shifted right by `shift` bits is `prefix`."""

    version: int
    shift: int
    prefix: int


_NOTHING: Final = Block(0, 0, 0)
"""An IPv6 network with host bits set is well formed and contains no address."""


@lru_cache(maxsize=4096)
def address(text: str) -> tuple[int, int] | None:
    """(version, number); an IPv4-mapped IPv6 address is the IPv4 address; None for what is not an address."""
    import ipaddress  # lazily: most policies compare no address

    try:
        parsed = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (4, int(mapped)) if mapped is not None else (parsed.version, int(parsed))


@lru_cache(maxsize=4096)
def block(text: str) -> Block | None:
    """A policy's operand: `10.0.0.0/8`, or an address alone, which is a block of one."""
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
    """Whether an address lies in one of the blocks."""

    def compile_values(values: tuple[str, ...], _scope: Scope) -> Comparison:
        parsed = [block(value) for value in values]
        blocks = tuple(each for each in parsed if each is not None)
        malformed = malformed_among(values, block)
        otherwise: Answer = None if malformed else negated

        def contains(value: str, _context: Values) -> Answer:
            actual = address(value)
            if actual is None:
                return False  # a value that is not an address is in no block and outside none
            version, bits = actual
            for each in blocks:
                if each.version == version and bits >> each.shift == each.prefix:
                    return not negated
            return otherwise

        return Comparison(contains, malformed)

    return compile_values
