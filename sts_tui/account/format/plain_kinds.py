"""How are keys checked, merged and written whose values are strings, numbers, times, lists of strings or free
JSON?
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.patterns import ARN
from sts_tui.account.format.value_kind import Building, Checking, Exporting, KeyFormat, Merging, ValueKind
from sts_tui.account.json_value import RawObject
from sts_tui.account.values import (
    FIRST_INSTANT,
    LAST_INSTANT,
    MOST_NESTING,
    Unusable,
    is_shallow,
    read_instant,
    unusable,
)


def in_quotes(value: object) -> str:
    """A hint for a number where a string is required, such as an account id."""
    return f'write "{value}"' if isinstance(value, int) and not isinstance(value, bool) else ""


def check_length(value: list[object], key: KeyFormat, steps: Steps, walk: Checking) -> None:
    """Report a list with more entries than AWS accepts."""
    if key.most is not None and len(value) > key.most:
        walk.error(steps, f"{len(value)} entries are more than the {key.most} that AWS accepts")


def list_schema(items: RawObject, key: KeyFormat) -> RawObject:
    schema: RawObject = {"type": "array", "items": items}
    if key.most is not None:
        schema["maxItems"] = key.most
    return schema


class Text(ValueKind[str, str]):
    noun = "text"
    counted = "characters"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, str):
            return walk.wrong(value, self.noun, steps, in_quotes(value))
        if key.most is not None and len(value) > key.most:
            walk.error(steps, f"{len(value)} characters are more than the {key.most} that AWS accepts")
        elif key.choices and value not in key.choices:
            message = f"{shown(value)} is not one of {', '.join(key.choices)}"
            walk.error(steps, message, did_you_mean(value, key.choices))
        elif key.pattern is not None and key.pattern.fullmatch(value) is None:
            walk.error(steps, f"{shown(value)} does not match {key.pattern.pattern}")
        else:
            return value
        return Unusable(value) if key.choices else value

    def build(self, value: str, key: KeyFormat, walk: Building) -> str:
        return walk.text(value)

    def schema(self, key: KeyFormat) -> RawObject:
        if key.choices:
            return {"enum": list(key.choices)}
        schema: RawObject = {"type": "string"}
        if key.pattern is not None:
            schema["pattern"] = f"^(?:{_portable(key.pattern.pattern)})$"
        if key.most is not None:
            schema["maxLength"] = key.most
        return schema

    def describe(self, key: KeyFormat) -> str:
        return " or ".join(f"`{choice}`" for choice in key.choices) or self.noun


def _portable(pattern: str) -> str:
    r"""A pattern for editors, which use ECMA 262. Its \w is ASCII, as in AWS's own patterns; only the escapes
    of `x` differ.
    """
    return (
        pattern.replace(r"\x21", "!")
        .replace(r"\x7f", r"\u007f")
        .replace(r"\x00", r"\u0000")
        .replace(r"\x1f", r"\u001f")
    )


class EntityArn(Text):
    """The `Arn` of an entity, by which everything else refers to it."""

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if isinstance(value, str) and ARN.fullmatch(value):
            return value
        hint = "like arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
        walk.error_even_in_dump(steps, f"{shown(value)} is not an ARN", hint)
        return Unusable(value)


class Number(ValueKind[float, float]):
    noun = "a number"
    json_type = "number"
    types: type | tuple[type, ...] = (int, float)

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if isinstance(value, bool) or not isinstance(value, self.types):
            return walk.wrong(value, self.noun, steps)
        number = cast("float", value)
        too_small = key.minimum is not None and number < key.minimum
        if too_small or (key.maximum is not None and number > key.maximum):
            upper = f" to {key.maximum:g}" if key.maximum is not None else " or more"
            lower = f"{key.minimum:g}" if key.minimum is not None else ""
            walk.error(steps, f"{shown(value)} is outside {lower}{upper}")
            return Unusable(value)
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        limits = {"minimum": key.minimum, "maximum": key.maximum}
        return {
            "type": self.json_type,
            **{name: limit for name, limit in limits.items() if limit is not None},
        }


class Integer(Number):
    noun = "an integer"
    json_type = "integer"
    types = int


class Boolean(ValueKind[bool, bool]):
    noun = "true or false"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        return value if isinstance(value, bool) else walk.wrong(value, self.noun, steps)

    def schema(self, key: KeyFormat) -> RawObject:
        return {"type": "boolean"}


class Instant(ValueKind[str | int | float, datetime]):
    """ISO 8601, or seconds since 1970 as some SDKs print them."""

    noun = "a time (ISO 8601)"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                if FIRST_INSTANT <= read_instant(value) <= LAST_INSTANT:
                    return value
            except (ValueError, OverflowError, OSError):
                pass
        return walk.wrong(value, self.noun, steps, "like 2026-01-15T09:00:00Z")

    def build(self, value: str | int | float, key: KeyFormat, walk: Building) -> datetime:
        return read_instant(value)

    def is_same(self, first: object, second: object) -> bool:
        if isinstance(first, str | int | float) and isinstance(second, str | int | float):
            try:
                return read_instant(first) == read_instant(second)
            except (ValueError, TypeError, OverflowError):
                pass
        return super().is_same(first, second)

    def export(self, value: datetime, key: KeyFormat, walk: Exporting) -> str:
        return value.isoformat(timespec="auto").replace("+00:00", "Z")

    def schema(self, key: KeyFormat) -> RawObject:
        return {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]}


class Texts(ValueKind[list[object], tuple[str, ...]]):
    noun = "a list of texts"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, list):
            return walk.wrong(value, self.noun, steps)
        check_length(value, key, steps, walk)
        for index, text in enumerate(value):
            if not isinstance(text, str):
                walk.error((*steps, index), f"{shown(text)} is not text", in_quotes(text))
                value[index] = unusable(text)
            elif key.choices and text not in key.choices:
                message = f"{shown(text)} is not one of {', '.join(key.choices)}"
                walk.error((*steps, index), message, did_you_mean(text, key.choices))
        return value

    def build(self, value: list[object], key: KeyFormat, walk: Building) -> tuple[str, ...]:
        return tuple(walk.text(text) for text in value if isinstance(text, str))

    def merge(self, first: object, second: object, key: KeyFormat, walk: Merging) -> object:
        if isinstance(first, list) and isinstance(second, list):
            return [*first, *(text for text in second if text not in first)]
        return super().merge(first, second, key, walk)

    def export(self, value: tuple[str, ...], key: KeyFormat, walk: Exporting) -> list[str]:
        return list(value)

    def schema(self, key: KeyFormat) -> RawObject:
        return list_schema({"enum": list(key.choices)} if key.choices else {"type": "string"}, key)

    def describe(self, key: KeyFormat) -> str:
        return "list of " + ", ".join(f"`{choice}`" for choice in key.choices) if key.choices else self.noun


class JsonObject(ValueKind[RawObject, Mapping[str, object]]):
    """An object with arbitrary keys: claims, condition keys."""

    noun = "an object"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, dict):
            return walk.wrong(value, self.noun, steps)
        if not is_shallow(value):
            walk.error(steps, f"is nested more than {MOST_NESTING} levels deep")
            return Unusable({})
        return value

    def export(self, value: Mapping[str, object], key: KeyFormat, walk: Exporting) -> RawObject:
        return dict(value)

    def schema(self, key: KeyFormat) -> RawObject:
        return {"type": "object"}


class JsonObjects(ValueKind[list[RawObject], list[RawObject]]):
    noun = "a list of objects"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, list):
            return walk.wrong(value, self.noun, steps)
        check_length(value, key, steps, walk)
        for index, item in enumerate(value):
            if not isinstance(item, dict) or not is_shallow(item):
                walk.error((*steps, index), f"{shown(item)} is not a plain object")
                value[index] = unusable(item)
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        return list_schema({"type": "object"}, key)


class TextByKey(JsonObject):
    noun = "an object of texts"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, dict):
            return walk.wrong(value, self.noun, steps)
        for name, text in value.items():
            if not isinstance(text, str):
                walk.error((*steps, name), f"{shown(text)} is not text")
                return unusable(value)
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        return {"type": "object", "additionalProperties": {"type": "string"}}


class TextsByKey(ValueKind[Mapping[str, list[str]], Mapping[str, tuple[str, ...]]]):
    noun = "an object of lists of texts"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, dict):
            return walk.wrong(value, self.noun, steps)
        for name, texts in value.items():
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                walk.error((*steps, name), f"{shown(texts)} is not a list of texts")
                return unusable(value)
        return value

    def build(
        self, value: Mapping[str, list[str]], key: KeyFormat, walk: Building
    ) -> Mapping[str, tuple[str, ...]]:
        return {name: tuple(texts) for name, texts in value.items()}

    def merge(self, first: object, second: object, key: KeyFormat, walk: Merging) -> object:
        if isinstance(first, dict) and isinstance(second, dict):
            names = {**first, **second}
            return {
                name: list(dict.fromkeys([*first.get(name, ()), *second.get(name, ())])) for name in names
            }
        return super().merge(first, second, key, walk)

    def export(
        self, value: Mapping[str, tuple[str, ...]], key: KeyFormat, walk: Exporting
    ) -> dict[str, list[str]]:
        return {name: list(texts) for name, texts in value.items()}

    def schema(self, key: KeyFormat) -> RawObject:
        return {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


TEXT: Final = Text()
ENTITY_ARN: Final = EntityArn()
INTEGER: Final = Integer()
NUMBER: Final = Number()
BOOLEAN: Final = Boolean()
INSTANT: Final = Instant()
TEXTS: Final = Texts()
JSON_OBJECT: Final = JsonObject()
JSON_OBJECTS: Final = JsonObjects()
TEXT_BY_KEY: Final = TextByKey()
TEXTS_BY_KEY: Final = TextsByKey()
