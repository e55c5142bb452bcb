"""Which values of a condition key are worth trying? Those that the request's policies name, and two free
ones.

Tried are each value that a condition on the key lists, a text for each pattern, a text that two patterns both
match, and two free values for all that no policy names. If any value is allowed, one of these is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.account.policies.condition_operators import OperatorFamily, parse_operator
from sts_tui.account.policies.global_condition_keys import OF_AN_ENDPOINT
from sts_tui.iam.conditions import Condition
from sts_tui.iam.context_keys import is_multivalued
from sts_tui.iam.fixing.context_values import values_to_try
from sts_tui.iam.patterns.pattern_relations import common_text
from sts_tui.iam.patterns.variables import (
    MalformedVariableError,
    Values,
    Variable,
    template_of,
)
from sts_tui.iam.patterns.wildcards import Wildcard
from sts_tui.simulation.authorization.choosable_keys import (
    MFA,
    MFA_PRESENT,
    REGION_KEY,
    REQUEST_TAG,
    TAG_KEYS,
)

FREE_VALUE: Final = "any"
"""The value if any value is accepted."""
_OTHER_VALUE: Final = "other"
_ADDRESSES: Final = ("203.0.113.10", "198.51.100.1", "192.0.2.1", "10.0.0.1")
_ADDRESS_KEYS: Final = ("aws:sourceip", "aws:vpcsourceip")
_SOURCE_IP: Final = "aws:sourceip"
_SOME_ARNS: Final = ("arn:aws:any:us-east-1:111122223333:any", "arn:aws:other:us-east-1:444455556666:other")
_REGIONS: Final = (
    *("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "us-east-2", "us-west-1", "ap-southeast-1"),
    *("ap-southeast-2", "ap-northeast-1", "ap-south-1", "ca-central-1", "eu-west-2", "eu-west-3"),
    *("eu-north-1", "sa-east-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1"),
)
"""Regions that are tried if a policy has a pattern of Regions, or names denied Regions.
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""
_ALWAYS_PRESENT: Final = (
    *(REGION_KEY, _SOURCE_IP, MFA_PRESENT, "aws:useragent", "aws:securetransport", "aws:viaawsservice"),
    "sts:rolesessionname",
)
"""Keys that every request has, or whose absence means another network."""
_MOST_PAIRS: Final = 40


class Choice(Struct, frozen=True):
    """One condition key of a request and the value that its caller chooses."""

    key: str
    """The key as the policy spells it."""
    value: str | tuple[str, ...] | None
    """None: the request does not have the key."""
    words: str = ""
    """The value as the policy writes it: a pattern, `*` for any value; empty for an absent key."""

    @property
    def lowered(self) -> str:
        """The key in lower case, as it is compared."""
        return self.key.lower()

    def over(self, values: Values) -> dict[str, str | tuple[str, ...]]:
        """The context with this choice and its consequences: a tag also sets `aws:TagKeys`, an MFA code two
        keys, a VPC endpoint replaces the public address.
        """
        changed = dict(values)
        key = self.lowered
        if self.value is None:
            changed.pop(key, None)
        elif key == MFA_PRESENT:
            changed |= {MFA_PRESENT: "true", MFA[1]: "0"}
        else:
            changed[key] = self.value
        if key.startswith(REQUEST_TAG) and self.value is not None:
            names = changed.get(TAG_KEYS, ())
            changed[TAG_KEYS] = _with_name(names, self.key.partition("/")[2])
        if key in OF_AN_ENDPOINT and self.value is not None:
            changed.pop(_SOURCE_IP, None)
        return changed

    def conflicts_with(self, other: str) -> bool:
        """Whether a request cannot have both this choice and one for the other key (lower case)."""
        key = self.lowered
        return (key == _SOURCE_IP and other in OF_AN_ENDPOINT) or (
            key in OF_AN_ENDPOINT and other == _SOURCE_IP
        )

    @property
    def label(self) -> str:
        """As shown: `MFA`, `region eu-west-1`, `external id acme-7`, `aws:SourceIp=10.0.0.0`."""
        if self.lowered == MFA_PRESENT:
            return "MFA"
        if self.lowered == REGION_KEY:
            return f"region {self.value}"
        return f"without {self.key}" if self.value is None else f"{self.key}={_text(self.value)}"


Choices = tuple[Choice, ...]


def key_of_choice(key: str) -> str:
    """The key that stands for a choice of this key, in lower case: both MFA keys are one choice."""
    lowered = key.lower()
    return MFA_PRESENT if lowered in MFA else lowered


def context_with(context: Mapping[str, Json], choices: Iterable[Choice]) -> dict[str, Json]:
    """The context of a request with the choices in place of its own values. The Region is not part of it,
    because it follows from the endpoint (`region_of`).
    """
    found = dict(context)
    tags: list[str] = []
    for each in choices:
        if each.lowered == REGION_KEY:
            continue
        for name in [name for name in found if name.lower() == each.lowered]:
            del found[name]
        if each.lowered == MFA_PRESENT:
            found |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
            continue
        found[each.key] = list(each.value) if isinstance(each.value, tuple) else each.value
        if each.lowered.startswith(REQUEST_TAG) and each.value is not None:
            tags.append(each.key.partition("/")[2])
        if each.lowered in OF_AN_ENDPOINT and each.value is not None:
            for name in [name for name in found if name.lower() == _SOURCE_IP]:
                del found[name]
    if tags:
        known = next((name for name in found if name.lower() == TAG_KEYS), "aws:TagKeys")
        before = found.get(known)
        names = before if isinstance(before, list) else []
        found[known] = [*names, *(one for one in tags if one not in names)]
    return found


def region_of(choices: Iterable[Choice], default: str) -> str:
    """The chosen Region."""
    found = (one.value for one in choices if one.lowered == REGION_KEY)
    return next((value for value in found if isinstance(value, str)), default)


def values_of(key: str, conditions: Sequence[Condition], values: Values) -> tuple[Choice, ...]:
    """The values of one key to try. `conditions`: all conditions on this key; `values`: the request's context
    by key in lower case.
    """
    lowered = key_of_choice(key)
    if lowered == MFA_PRESENT:
        return (Choice("aws:MultiFactorAuthPresent", "true", "true"),)
    found: dict[str, str] = {}
    patterns: dict[str, str] = {}
    ranges: dict[str, None] = {}
    families = set()
    for condition in conditions:
        row = parse_operator(condition.operator).row
        if row is None:
            continue
        families.add(row.family)
        if row.family in (OperatorFamily.STRING, OperatorFamily.ARN, OperatorFamily.BINARY):
            is_pattern = row.comparison == "Like"
            for text, written in _resolved(condition.wanted, values, is_pattern=is_pattern):
                listed = patterns if is_pattern and ("*" in text or "?" in text) else found
                listed.setdefault(text, written)
        elif row.family is OperatorFamily.IP_ADDRESS:
            ranges.update(dict.fromkeys(condition.wanted))
        else:
            found.update({value: value for value in values_to_try(condition)})
    found.update({value: value for value in _ends_of_ranges(ranges)} if ranges else {})
    for value, words in _of_patterns(patterns, lowered):
        found.setdefault(value, words)
    names_a_value = bool(found) or bool(patterns)
    for value in _free(lowered, families):
        found.setdefault(value, value if names_a_value else "*")
    return tuple(_choices(key, found, values))


def _choices(key: str, found: Mapping[str, str], values: Values) -> Iterator[Choice]:
    lowered = key.lower()
    if is_multivalued(key):
        named = tuple(value for value, words in found.items() if words != "*")
        yield from (Choice(key, (value,), words) for value, words in found.items())
        if len(named) > 1:
            yield Choice(key, named, ", ".join(named))
    else:
        yield from (Choice(key, value, words) for value, words in found.items())
    if lowered in values and lowered not in _ALWAYS_PRESENT:
        yield Choice(key, None)


def _resolved(wanted: Iterable[str], values: Values, *, is_pattern: bool) -> Iterator[tuple[str, str]]:
    """(text with its policy variables replaced, the same as shown); texts with a variable that has no value
    are left out.
    """
    for text in wanted:
        if "${" not in text:
            yield text, text
            continue
        try:
            template = template_of(text, wildcards=is_pattern)
        except MalformedVariableError:
            continue
        parts: list[str] = []
        for part in template:
            value = values.get(part.key, part.default) if isinstance(part, Variable) else part
            if isinstance(value, Wildcard):
                value = value.value
            if isinstance(value, str):
                parts.append(value)
        if len(parts) == len(template):
            resolved = "".join(parts)
            yield resolved, resolved


def _ends_of_ranges(ranges: Iterable[str]) -> Iterator[str]:
    """The first and the last address of each range, and the adjacent addresses: ranges of several conditions
    divide the addresses into parts, each of which begins or ends with one of these.
    """
    from ipaddress import ip_network  # imported here because most policies compare no address

    networks = []
    for text in ranges:
        try:
            networks.append(ip_network(text.strip(), strict=False))
        except ValueError:
            continue
    yield from (str(one.network_address) for one in networks)
    for one in networks:
        if int(one.broadcast_address) < 2**one.max_prefixlen - 1:
            yield str(one.broadcast_address + 1)
    for one in networks:
        if int(one.network_address):
            yield str(one.network_address - 1)
    yield from (str(one.broadcast_address) for one in networks)


def _of_patterns(patterns: Mapping[str, str], key: str) -> Iterator[tuple[str, str]]:
    """(a matching text, the pattern as written)."""
    if key == REGION_KEY:
        for pattern in patterns:
            yield from ((region, region) for region in _REGIONS if common_text(pattern, region) is not None)
        return
    for star, letter in ((FREE_VALUE, "x"), (_OTHER_VALUE, "y")):
        for pattern, written in patterns.items():
            yield pattern.replace("*", star).replace("?", letter), written
    for one, other in list(combinations(patterns, 2))[:_MOST_PAIRS]:
        text = common_text(one, other, FREE_VALUE)
        if text is not None:
            yield text, text


def _free(key: str, families: set[OperatorFamily]) -> tuple[str, ...]:
    """Free values, which stand for all that no policy names."""
    if key == REGION_KEY:
        return _REGIONS
    if key in _ADDRESS_KEYS or OperatorFamily.IP_ADDRESS in families:
        return _ADDRESSES
    if OperatorFamily.BOOL in families:
        return ("true", "false")
    if OperatorFamily.NUMERIC in families or OperatorFamily.DATE in families:
        return ()
    if OperatorFamily.ARN in families:
        return _SOME_ARNS
    return (FREE_VALUE, _OTHER_VALUE)


def _with_name(names: str | tuple[str, ...], name: str) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else names
    return listed if name in listed else (*listed, name)


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)
