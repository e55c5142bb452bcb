"""Which condition keys does a policy document use, in conditions and as policy variables?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.patterns.wildcards import glob

_VARIABLE = lazy_pattern(r"\$\{\s*([A-Za-z0-9_.-]+:[^,}]+?)\s*(?:,[^}]*)?\}")


def condition_keys(document: JsonObject, action: str | None = None) -> Iterator[str]:
    """Keys in the order of the document; with an action, only of the statements that cover it."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and (action is None or _is_about(statement, action)):
            yield from _keys(statement)


def _is_about(statement: JsonObject, action: str) -> bool:
    if "NotAction" in statement:
        return not _any_covers(statement["NotAction"], action)
    return _any_covers(statement.get("Action", []), action)


def _any_covers(patterns: Json, action: str) -> bool:
    listed = patterns if isinstance(patterns, list) else [patterns]
    return any(isinstance(one, str) and _matches(one.lower(), action.lower()) for one in listed)


def _keys(statement: JsonObject) -> Iterator[str]:
    condition = statement.get("Condition")
    if isinstance(condition, Mapping):
        for block in condition.values():
            if isinstance(block, Mapping):
                yield from block
    for text in _texts([statement.get("Resource"), statement.get("NotResource"), condition]):
        yield from (match[1] for match in _VARIABLE.finditer(text))


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)


def _matches(pattern: str, text: str) -> bool:
    return bool(glob(pattern)(text))
