"""Which condition keys of a request are unknown? For example those of a caller of whom only the ARN is known.

Every operator has a defined result for an absent key. A condition on an unknown key is undecided. For some
unknown keys, a value is known to be impossible: an account that an organization does not list is in another
organization or in none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

Value = str | tuple[str, ...]


class UnknownKeys(Struct, frozen=True):
    """Unknown condition keys, in lower case. `prefixes` end in `/` or `:` and stand for all keys that begin
    with them.
    """

    names: frozenset[str]
    prefixes: tuple[str, ...] = ()
    not_of: Mapping[str, str] = MappingProxyType({})
    """Key → impossible value: the key has neither this value nor a path that begins with it."""

    @classmethod
    def of(cls, keys: Iterable[str], not_of: Mapping[str, str] = MappingProxyType({})) -> UnknownKeys:
        """From keys in any case. `aws:PrincipalTag/*` stands for every tag. `not_of`: key → impossible value;
        the key has neither this value nor a path that begins with it.
        """
        lowered = [key.lower() for key in keys]
        return cls(
            frozenset(key for key in lowered if not key.endswith("*")),
            tuple(key[:-1] for key in lowered if key.endswith("*")),
            {key.lower(): text for key, text in not_of.items()},
        )

    def __contains__(self, key: str) -> bool:
        return key in self.names or key.startswith(self.prefixes)


class PartlyKnown(dict[str, Value]):
    """A request's context in which some absent keys are unknown. As a mapping, it has the known keys."""

    __slots__ = ("unknown",)

    unknown: UnknownKeys

    @classmethod
    def of(cls, values: Mapping[str, Value], unknown: UnknownKeys) -> PartlyKnown:
        """From `values`, whose keys are in lower case."""
        made = cls(values)
        made.unknown = unknown
        return made


def is_unknown(key: str, values: Mapping[str, Value]) -> bool:
    """Whether it is unknown if the request has this key. `key` and the keys of `values` are in lower case."""
    return values.__class__ is PartlyKnown and key not in values and key in values.unknown


def cannot_be(key: str, values: Mapping[str, Value], texts: Iterable[str]) -> bool:
    """Whether the unknown key certainly has none of these values, and matches none of them as a pattern.
    `values` is the context of a request. Its keys and `key` are in lower case.
    """
    if values.__class__ is not PartlyKnown or not (root := values.unknown.not_of.get(key)):
        return False
    return all(text == root or text.startswith(f"{root}/") for text in texts)


def with_more(values: Mapping[str, Value], more: Mapping[str, Value]) -> Mapping[str, Value]:
    """The context `values` with the keys of `more` replaced or added, all in lower case. Unknown keys stay
    unknown.
    """
    if values.__class__ is PartlyKnown:
        return PartlyKnown.of({**values, **more}, values.unknown)
    return {**values, **more}
