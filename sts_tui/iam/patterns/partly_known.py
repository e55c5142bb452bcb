"""Which keys of a request's context does nobody know? Those of a caller of whom only the ARN is known.

An absent key has an answer for every operator; an unknown one has none: a condition on it is undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

Value = str | tuple[str, ...]


class UnknownKeys(Struct, frozen=True):
    """Condition keys in lower case; `prefixes` end in `/` or `:` and stand for every key that begins so."""

    names: frozenset[str]
    prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: Iterable[str]) -> UnknownKeys:
        """From keys in any case; `aws:PrincipalTag/*` stands for every tag."""
        lowered = [key.lower() for key in keys]
        return cls(
            frozenset(key for key in lowered if not key.endswith("*")),
            tuple(key[:-1] for key in lowered if key.endswith("*")),
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


def with_more(values: Mapping[str, Value], more: Mapping[str, Value]) -> Mapping[str, Value]:
    """The context `values` with the keys of `more` replaced, all in lower case; what is unknown stays so."""
    if values.__class__ is PartlyKnown:
        return PartlyKnown.of({**values, **more}, values.unknown)
    return {**values, **more}
