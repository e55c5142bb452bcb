"""What one model has and another has not, in lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.entities import AccountModel
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_format import Holds, KeyFormat, ObjectFormat
from sts_tui.account.policy_document import written_policy
from sts_tui.account.writing.export import as_json


def diff(before: AccountModel, after: AccountModel) -> tuple[str, ...]:
    """One line for each thing added (`+`), removed (`-`) or changed (`~`); empty where the models are alike.

    A changed policy document is followed by the lines that differ, indented. What is derived counts only
    where it differs.
    """
    return tuple(_objects(as_json(before), as_json(after), FORMATS["AccountModel"], ""))


def _objects(
    before: Mapping[str, Any], after: Mapping[str, Any], object_format: ObjectFormat, place: str
) -> Iterator[str]:
    for key in dict.fromkeys((*object_format.keys, *before, *after)):
        first, second = before.get(key), after.get(key)
        if first != second:
            yield from _values(first, second, object_format.keys.get(key), f"{place} {key}".strip(), place)


def _values(first: Any, second: Any, key_format: KeyFormat | None, named: str, place: str) -> Iterator[str]:
    holds = key_format.holds if key_format else Holds.TEXT
    listed = holds is Holds.ENTITIES and key_format is not None and bool(FORMATS[key_format.format].identity)
    if listed and key_format and (first or second):
        yield from _lists(first or [], second or [], FORMATS[key_format.format], place)
    elif holds is Holds.ENTITY and key_format and isinstance(first, dict) and isinstance(second, dict):
        yield from _objects(first, second, FORMATS[key_format.format], named)
    elif holds is Holds.DOCUMENT and first is not None and second is not None:
        old, new = _document(first), _document(second)
        if old != new:
            yield f"~ {named}"
            yield from _document_lines(old, new)
    elif first is None:
        yield f"+ {named}: {shown(second)}"
    elif second is None:
        yield f"- {named}: {shown(first)}"
    else:
        yield f"~ {named}: {shown(first)} → {shown(second)}"


def _lists(before: list[Any], after: list[Any], object_format: ObjectFormat, place: str) -> Iterator[str]:
    old = {_name(item, object_format): item for item in before}
    new = {_name(item, object_format): item for item in after}
    for name in dict.fromkeys((*old, *new)):
        here = f"{place} {_words(object_format.name)} {name}".strip()
        if name not in new:
            yield f"- {here}"
        elif name not in old:
            yield f"+ {here}"
        elif old[name] != new[name]:
            yield from _objects(
                _as_object(old[name], object_format),
                _as_object(new[name], object_format),
                object_format,
                here,
            )


def _name(item: Any, object_format: ObjectFormat) -> str:
    if isinstance(item, dict):
        return str(item.get(object_format.identity, item.get("Arn", "")))
    return str(item)


def _as_object(item: Any, object_format: ObjectFormat) -> dict[str, Any]:
    return item if isinstance(item, dict) else {object_format.identity: item}


def _words(object_format: str) -> str:
    """`ServiceControlPolicy` as `service control policy`; names that are abbreviations keep theirs."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in object_format).strip()
    return {"SAMLProvider": "SAML provider", "MFADevice": "MFA device"}.get(object_format, words)


def _document_lines(first: Any, second: Any) -> Iterator[str]:
    from difflib import unified_diff  # only changed documents need it

    old, new = _lines(first), _lines(second)
    for line in list(unified_diff(old, new, lineterm="", n=2))[2:]:
        if not line.startswith("@@"):
            yield f"    {line}"


def _lines(document: Any) -> list[str]:
    return json.dumps(document, indent=2, ensure_ascii=False).splitlines()


def _document(value: Any) -> Any:
    """What a policy document says, however it is encoded; what cannot be read, as it stands."""
    written = written_policy(value)
    return value if written.written_as == "unreadable" else written.document
