"""How do two models differ? As lines for a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.entities import AccountModel
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.policy_document import written_policy
from sts_tui.account.writing.export import as_json


def diff(before: AccountModel, after: AccountModel) -> tuple[str, ...]:
    """One line for each entity or value that was added (`+`), removed (`-`) or changed (`~`); empty if the
    models are equal.

    A changed policy document is followed by the lines that differ, indented. Derived values are compared like
    others.
    """
    return tuple(_Comparison().objects(as_json(before), as_json(after), "AccountModel", ""))


class _Comparison:
    """Compares two models. `place` names an object in words; `named` also names the key."""

    def format(self, name: str) -> ObjectFormat:
        return FORMATS[name]

    def objects(
        self, first: Mapping[str, object], second: Mapping[str, object], name: str, place: str
    ) -> Iterator[str]:
        keys = FORMATS[name].keys
        for key in dict.fromkeys((*keys, *first, *second)):
            old, new = first.get(key), second.get(key)
            if old == new:
                continue
            named, key_format = f"{place} {key}".strip(), keys.get(key)
            if key_format is None:
                yield from self.changed(old, new, named)
            else:
                yield from key_format.kind.compare(old, new, key_format, named, place, self)

    def changed(self, first: object, second: object, named: str) -> Iterator[str]:
        if first is None:
            yield f"+ {named}: {shown(second)}"
        elif second is None:
            yield f"- {named}: {shown(first)}"
        else:
            yield f"~ {named}: {shown(first)} → {shown(second)}"

    def lists(self, first: list[object], second: list[object], name: str, place: str) -> Iterator[str]:
        object_format = FORMATS[name]
        old = {_name(item, object_format): item for item in first}
        new = {_name(item, object_format): item for item in second}
        for each in dict.fromkeys((*old, *new)):
            here = f"{place} {_words(name)} {each}".strip()
            if each not in new:
                yield f"- {here}"
            elif each not in old:
                yield f"+ {here}"
            elif old[each] != new[each]:
                before, after = (_as_object(item, object_format) for item in (old[each], new[each]))
                yield from self.objects(before, after, name, here)

    def documents(self, first: object, second: object, named: str) -> Iterator[str]:
        old, new = _document(first), _document(second)
        if old != new:
            yield f"~ {named}"
            yield from _document_lines(old, new)


def _name(item: object, object_format: ObjectFormat) -> str:
    if isinstance(item, dict):
        return str(item.get(object_format.identity, item.get("Arn", "")))
    return str(item)


def _as_object(item: object, object_format: ObjectFormat) -> RawObject:
    return item if isinstance(item, dict) else {object_format.identity: item}


def _words(name: str) -> str:
    """`ServiceControlPolicy` as `service control policy`. Abbreviations are kept."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return {"SAMLProvider": "SAML provider", "MFADevice": "MFA device"}.get(name, words)


def _document_lines(first: object, second: object) -> Iterator[str]:
    from difflib import unified_diff  # needed only for changed documents

    old, new = _lines(first), _lines(second)
    for line in list(unified_diff(old, new, lineterm="", n=2))[2:]:
        if not line.startswith("@@"):
            yield f"    {line}"


def _lines(document: object) -> list[str]:
    return json.dumps(document, indent=2, ensure_ascii=False).splitlines()


def _document(value: object) -> object:
    """The JSON value of a policy document in any encoding. An unreadable one is returned unchanged."""
    written = written_policy(value)
    return value if written.written_as == "unreadable" else written.document
