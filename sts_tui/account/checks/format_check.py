"""Whether a JSON value has the object_format of an account file: keys, kinds of values, and policies.

In our own files every deviation is a fault. In a raw dump it is a warning, and what cannot be used is
wrapped as `Unusable`, so that construction passes it over and the export still has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sts_tui.account.arn import is_aws_managed
from sts_tui.account.checks.completeness import MERGED_FORMATS, missing_keys
from sts_tui.account.checks.entity_checks import CHECKS_BY_FORMAT
from sts_tui.account.checks.file_check import FileCheck
from sts_tui.account.checks.value_checks import (
    check_boolean,
    check_instant,
    check_length,
    check_number,
    check_object,
    check_objects,
    check_text,
    check_text_by_key,
    check_texts,
    check_texts_by_key,
    in_quotes,
)
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, json_path, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_format import Holds, KeyFormat, ObjectFormat
from sts_tui.account.policies.policy_grammar import check_policy, parse_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy, why_unreadable, written_policy
from sts_tui.account.values import is_shallow, unusable


class FormatCheck(FileCheck):
    """Walks one file by the tables of shapes."""

    def __init__(
        self, source: int, diagnostics: Diagnostics, *, is_ascii: bool = False, vocabulary: bool = False
    ) -> None:
        super().__init__(source, diagnostics, is_ascii=is_ascii, vocabulary=vocabulary)
        self._unknown: dict[tuple[str, str], tuple[Steps, int]] = {}

    def check(self, raw: dict[str, Any], object_format: ObjectFormat, steps: Steps) -> None:
        """Check one object. Values are replaced in it: documents by what was read, others by `Unusable`."""
        before = self.lenient, self.by_aws
        self.lenient = self.lenient or (object_format.name == "Account" and raw.get("RawDump") is True)
        self.by_aws = self.by_aws or is_aws_managed(raw.get("Arn"))
        self._read_earlier_names(raw, object_format, steps)
        members = object_format.keys
        for key, value in raw.items():
            key_format = members.get(key)
            if key_format is None:
                self._unknown_key(key, object_format, steps)
                if not is_shallow(value):
                    raw[key] = unusable(value)
            elif value is not None:  # null is an absent key: the AWS CLI's --query writes such
                read = _CHECKS[key_format.holds](self, value, key_format, (*steps, key))
                if read is not value:
                    raw[key] = read
        if object_format.name not in MERGED_FORMATS:
            for key in missing_keys(raw, object_format):
                self.error(steps, f"has no {key}")
        if checks := CHECKS_BY_FORMAT.get(object_format.name):
            checks(self, raw, steps)
        self.lenient, self.by_aws = before

    def _read_earlier_names(self, raw: dict[str, Any], object_format: ObjectFormat, steps: Steps) -> None:
        for earlier, key in object_format.renamed.items():
            if earlier in raw:
                place = Place(self.source, (*steps, earlier))
                self.diagnostics.add(place, f"{earlier} is now {key}", hint=f"write {key}", lenient=True)
                raw.setdefault(key, raw.pop(earlier))

    def _unknown_key(self, key: str, object_format: ObjectFormat, steps: Steps) -> None:
        if not self.lenient:
            self.error((*steps, key), f"unknown key {shown(key)}", did_you_mean(key, object_format.keys))
            return
        place, count = self._unknown.get((object_format.name, key), ((*steps, key), 0))
        self._unknown[object_format.name, key] = (place, count + 1)

    def tell_unknown_keys(self) -> None:
        """One warning for each key that AWS has added since, however often it stands there."""
        for (object_format, key), (steps, count) in self._unknown.items():
            more = f", here and in {count - 1:,} more places" if count > 1 else ""
            message = f"unknown key {shown(key)} in {object_format}{more}: kept, but without effect"
            self.diagnostics.add(Place(self.source, steps), message, lenient=True)


def _check_document(check: FormatCheck, value: Any, key_format: KeyFormat, steps: Steps) -> WrittenPolicy:
    written = written_policy(value)
    if written.written_as == "unreadable":
        hint = "an object, or JSON in a string, also percent-encoded"
        why = f": {why_unreadable(value)}" if isinstance(value, str) else ""
        check.error(steps, f"Syntax errors in policy. {shown(value)} is no policy document{why}", hint)
    elif key_format.policy is not PolicyKind.RESOURCE and key_format.policy is not None:
        check.document(
            written, key_format.policy, steps
        )  # a resource's kind depends on its ARN: entity_checks
    return written


def _check_session_policy(check: FormatCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if isinstance(value, str):
        faults = parse_policy(value, PolicyKind.SESSION).errors
    elif isinstance(value, dict):
        faults = check_policy(value, PolicyKind.SESSION)
    else:
        return check.wrong(value, key_format, steps)
    check.policy_errors(faults, steps)
    return value


def _check_entity(check: FormatCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, dict):
        return check.wrong(value, key_format, steps)
    check.check(value, FORMATS[key_format.format], steps)
    return value


def _check_entities(check: FormatCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, list):
        return check.wrong(value, key_format, steps)
    object_format = FORMATS[key_format.format]
    check_length(check, value, key_format, steps)
    for index, item in enumerate(value):
        if isinstance(item, str) and object_format.text_stands_for:
            item = value[index] = {object_format.text_stands_for: item}
        if isinstance(item, dict):
            check.check(item, object_format, (*steps, index))
        else:
            hint = in_quotes(item) if object_format.text_stands_for else ""
            check.error((*steps, index), f"{shown(item)} is not an object", hint)
            value[index] = unusable(item)
    if object_format.identity and len(value) > 1 and object_format.name not in _UNIQUE_BY_ARN:
        _check_siblings(check, value, object_format, steps)
    return value


_UNIQUE_BY_ARN: Final = frozenset(
    {
        "User",
        "Group",
        "Role",
        "ManagedPolicy",
        "InstanceProfile",
        "SAMLProvider",
        "OpenIDConnectProvider",
        "Resource",
    }
)
"""Compared over all files, in `account.merge` and `account.references`."""


def _check_siblings(check: FormatCheck, items: list[Any], object_format: ObjectFormat, steps: Steps) -> None:
    """Names are unique among siblings; those of IAM entities ignoring case."""
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        name = item.get(object_format.identity) if isinstance(item, dict) else None
        if not isinstance(name, str):
            continue
        folded = name.lower() if object_format.ignores_case else name
        if folded in seen:
            first = json_path((*steps, seen[folded]))
            same = "" if items[seen[folded]][object_format.identity] == name else ", ignoring case"
            check.error((*steps, index, object_format.identity), f"{shown(name)} is taken{same}: see {first}")
        else:
            seen[folded] = index


def _check_references(check: FormatCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    """Roles of an instance profile; a raw dump has whole roles here, which stand in RoleDetailList too."""
    if not isinstance(value, list):
        return check.wrong(value, key_format, steps)
    check_length(check, value, key_format, steps)
    for index, item in enumerate(value):
        if not isinstance(item, str | dict):
            check.error((*steps, index), f"{shown(item)} is no role")
    return value


_CHECKS: Final[Mapping[Holds, Callable[[FormatCheck, Any, KeyFormat, Steps], Any]]] = {
    Holds.TEXT: check_text,
    Holds.INTEGER: check_number,
    Holds.NUMBER: check_number,
    Holds.BOOLEAN: check_boolean,
    Holds.INSTANT: check_instant,
    Holds.TEXTS: check_texts,
    Holds.OBJECT: check_object,
    Holds.OBJECTS: check_objects,
    Holds.TEXT_BY_KEY: check_text_by_key,
    Holds.TEXTS_BY_KEY: check_texts_by_key,
    Holds.DOCUMENT: _check_document,
    Holds.SESSION_POLICY: _check_session_policy,
    Holds.ENTITY: _check_entity,
    Holds.ENTITIES: _check_entities,
    Holds.REFERENCES: _check_references,
}
