"""Which keys of a request's context are unknown? Those of a caller of whom only the ARN is known.

An absent key has an answer for every operator; an unknown one has none: a condition on it is undecided. Of
some unknown keys it is known what they are not: an account that an organization does not list is in another
one or in none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

Value = str | tuple[str, ...]


class UnknownKeys(Struct, frozen=True):
    """Condition keys in lower case; `prefixes` end in `/` or `:` and stand for every key that begins so."""

    names: frozenset[str]
    prefixes: tuple[str, ...] = ()
    not_of: Mapping[str, str] = MappingProxyType({})
    """What a key is not, where that is known: neither this text nor a path that begins with it."""

    @classmethod
    def of(cls, keys: Iterable[str], not_of: Mapping[str, str] = MappingProxyType({})) -> UnknownKeys:
        """From keys in any case; `aws:PrincipalTag/*` stands for every tag. `not_of` has a text for each key
        of which it is known that its value is neither this text nor a path that begins with it.
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
    """A request's context of which some absent keys are unknown. Reads as a mapping of what is known."""

    __slots__ = ("unknown",)

    unknown: UnknownKeys

    @classmethod
    def of(cls, values: Mapping[str, Value], unknown: UnknownKeys) -> PartlyKnown:
        """`values` in lower case."""
        made = cls(values)
        made.unknown = unknown
        return made


def is_unknown(key: str, values: Mapping[str, Value]) -> bool:
    """Whether it is not known if the request has this key. `key` and those of `values` are in lower case."""
    return values.__class__ is PartlyKnown and key not in values and key in values.unknown


def cannot_be(key: str, values: Mapping[str, Value], texts: Iterable[str]) -> bool:
    """Whether the unknown key is certainly none of these texts, nor matches one of them as a pattern.
    `values` is the context of a request, keys in lower case as `key` is.
    """
    if values.__class__ is not PartlyKnown or not (root := values.unknown.not_of.get(key)):
        return False
    return all(text == root or text.startswith(f"{root}/") for text in texts)


def with_more(values: Mapping[str, Value], more: Mapping[str, Value]) -> Mapping[str, Value]:
    """The context `values` with the keys of `more` replaced, all in lower case; what is unknown stays so."""
    if values.__class__ is PartlyKnown:
        return PartlyKnown.of({**values, **more}, values.unknown)
    return {**values, **more}
