"""Frozen values as JSON and back, driven by their type hints: what checkpoints are written with.

Knows structs (fields that stand at their defaults are left out), tuples, mappings, enums, instants and
`WrittenPolicy`. Whatever is `Any` has to be JSON already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo
from msgspec.structs import fields as struct_fields

from sts_tui.account.policy_document import WrittenPolicy

Reader = Callable[[Any], Any]

_PLAIN: Final = (str, int, float, bool, NoneType)


def to_json(value: Any) -> Any:
    """A value that `json.dumps` takes."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, WrittenPolicy):
        return [value.document, value.written_as, value.original]
    if isinstance(value, tuple | list):
        return [to_json(one) for one in value]
    if isinstance(value, Mapping):
        return {key: to_json(one) for key, one in value.items()}
    if isinstance(value, Struct):
        return {
            name: to_json(present)
            for name, default in _defaults(type(value))
            if (present := getattr(value, name)) is not default and present != default
        }
    raise TypeError(f"no JSON form for {type(value).__name__}")


def from_json(kind: Any, value: Any) -> Any:
    """The value of type `kind` that `to_json` made this of."""
    return _reader(kind)(value)


@lru_cache(maxsize=256)
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, _default(field)) for field in struct_fields(kind))


def _default(field: FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not NODEFAULT else field.default


@lru_cache(maxsize=1024)
def _reader(kind: Any) -> Reader:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        each = _reader(arguments[1])
        return lambda value: {key: each(one) for key, one in value.items()}
    if kind is datetime:
        return datetime.fromisoformat
    if kind is WrittenPolicy:
        return lambda value: WrittenPolicy(*value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _struct(kind)
    return _as_it_is  # Any, Literal, str, int, float, bool


def _as_it_is(value: Any) -> Any:
    return value


def _optional(arguments: tuple[Any, ...]) -> Reader:
    kinds = [one for one in arguments if one is not NoneType]
    if len(kinds) > 1 and not all(one in _PLAIN or get_origin(one) is Literal for one in kinds):
        raise TypeError(f"no JSON form for a choice of {kinds}")
    inner = _reader(kinds[0])
    return lambda value: None if value is None else inner(value)


def _tuple(arguments: tuple[Any, ...]) -> Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _reader(arguments[0])
        return lambda value: tuple(each(one) for one in value)
    readers = tuple(_reader(one) for one in arguments)
    return lambda value: tuple(read(one) for read, one in zip(readers, value, strict=True))


def _struct(kind: type[Struct]) -> Reader:
    readers: dict[str, Reader] = {}

    def read(value: Any) -> Any:
        if not readers:  # looked up late: a type may hold itself
            hints = get_type_hints(kind)
            readers.update({name: _reader(hints[name]) for name in kind.__struct_fields__})
        return kind(**{name: readers[name](one) for name, one in value.items()})

    return read
