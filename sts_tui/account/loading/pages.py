"""Which JSON objects of our format does a file contain? It may have been written by another tool.

Usually one. A file may also contain several pages of a dump, YAML, or other output of the AWS CLI.
`account.foreign` converts those, and is imported only if needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.diagnostic import Diagnostic, UnreadableFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.format.file_format import DUMP, FORMATS
from sts_tui.account.json_value import RawObject
from sts_tui.account.loading.packing import Packing
from sts_tui.account.loading.raw_dump import TRANSPORT
from sts_tui.account.loading.sources import Parsed, parse_json

_OWN_KEYS: Final = frozenset((*FORMATS["AccountModel"].keys, *DUMP.keys)) - TRANSPORT
_DEEPEST: Final = 3
"""The maximum depth of lists of outputs within lists, as repeated `jq -s` makes them."""


class ObjectFile(Struct, frozen=True):
    """A JSON object of our format, and its text. `has_repeated_keys`: some object in it repeats a key."""

    source: Source
    value: RawObject
    has_repeated_keys: bool


def account_values(source: Source, packing: Packing) -> list[ObjectFile]:
    """The objects of one file, with packed policy documents. Raises UnreadableFileError, which says what the
    file is instead.
    """
    return _account_objects(json_source(source), packing, 0)


def json_source(source: Source) -> Source:
    """The same text, with YAML converted to JSON. Raises UnreadableFileError for messages and tables of the
    AWS CLI.
    """
    head = source.text[:4096].lstrip("\ufeff \t\r\n")
    if not head or head[0] in "{[":
        return source
    from sts_tui.account.foreign.recognition import refuse_known_texts

    refuse_known_texts(source)
    from sts_tui.account.foreign.yaml_text import YamlError, is_yaml, json_of_yaml

    if not is_yaml(source.text):
        return source
    try:
        return Source(source.name, json_of_yaml(source.text), source.moved)
    except (YamlError, RecursionError) as error:
        line = getattr(error, "line", 0)
        message = f"is not YAML: {error}" if line else "is nested too deeply to be an account file"
        raise UnreadableFileError([Diagnostic(file=source.name, message=message, line=line)]) from None


def _account_objects(source: Source, packing: Packing, depth: int) -> list[ObjectFile]:
    try:
        parsed = _parsed(source, packing)
    except UnreadableFileError:
        pages = _pages(source)
        if len(pages) < 2:
            raise
        return [one for page in pages for one in _account_objects(page, packing, depth)]
    value = parsed.value
    own = ObjectFile(source, value, parsed.has_repeated_keys) if isinstance(value, dict) else None
    if own is not None and (_is_ours(own.value) or not value):
        return [own]
    from sts_tui.account.foreign.recognition import account_files

    if depth == _DEEPEST:
        message = "an account file is one JSON object; this is a list of lists"
        raise UnreadableFileError([Diagnostic(file=source.name, message=message, line=1)])
    files = account_files(source, value)
    if files is None and own is not None:
        return [own]  # its unknown keys will be reported
    return [one for file in files or () for one in _account_objects(file, packing, depth + 1)]


def _parsed(source: Source, packing: Packing) -> Parsed:
    """Parse a JSON text. Documents are packed if all of it is in our format."""
    parsed = packing.parsed(source)
    value = parsed.value
    if parsed.has_repeated_keys or not isinstance(value, dict) or not _is_ours(value):
        return parse_json(source)
    return parsed if packing.is_exact(value) else parse_json(source)


def _pages(source: Source) -> list[Source]:
    """One source for each of several JSON values in a row; empty if any part is not JSON."""
    from sts_tui.account.foreign.spans import moved, values

    try:
        return [moved(source, span, "", "", to=(), at=()) for span in values(source.text)]
    except (ValueError, RecursionError):
        return []


def _is_ours(value: Mapping[str, object]) -> bool:
    return any(key in _OWN_KEYS for key in value) and not _is_of_organizations(value)


def _is_of_organizations(value: Mapping[str, object]) -> bool:
    """Whether it is a response of AWS Organizations, in which three of our keys have another meaning."""
    organization = value.get("Organization")
    if isinstance(organization, dict) and "FeatureSet" in organization:
        return True
    return _first_has(value.get("Accounts"), "JoinedMethod") or _first_has(
        value.get("Policies"), "AwsManaged"
    )


def _first_has(listed: object, key: str) -> bool:
    return isinstance(listed, list) and bool(listed) and isinstance(listed[0], dict) and key in listed[0]
