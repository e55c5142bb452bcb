"""Which key or value of one account file does not follow the format?

In a file of our own format every deviation is an error. In a raw dump it is a warning, and a value that
cannot be used is wrapped as `Unusable`: building the entities skips it, and the export keeps it.
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.arn import is_aws_managed
from sts_tui.account.checks.completeness import MERGED_FORMATS, missing_keys
from sts_tui.account.checks.entity_checks import CHECKS_BY_FORMAT
from sts_tui.account.checks.file_check import FileCheck
from sts_tui.account.checks.plain_objects import (
    COMPARED,
    has_more_to_check,
    is_plainly_valid,
    left_to_check,
)
from sts_tui.account.diagnostics.collector import Diagnostics
from sts_tui.account.diagnostics.json_path import Steps, json_path, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.document_kinds import DOCUMENT
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.json_value import RawObject, RawValue
from sts_tui.account.values import is_shallow, unusable

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
        "TrustAnchor",
        "Profile",
        "Crl",
        "PodIdentityAssociation",
    }
)
"""Duplicates of these are looked for across all files, in `loading.merge` and `checks.references`."""


class FormatCheck(FileCheck):
    """Walks one file, guided by the table of formats. Each `ValueKind` checks its values."""

    def __init__(self, source: int, diagnostics: Diagnostics, *, vocabulary: bool = False) -> None:
        super().__init__(source, diagnostics, vocabulary=vocabulary)
        self._unknown: dict[tuple[str, str], tuple[Steps, int]] = {}

    def format(self, name: str) -> ObjectFormat:
        return FORMATS[name]

    def object(self, raw: RawObject, name: str, steps: Steps) -> None:
        if name in COMPARED and is_plainly_valid(raw, name):
            self._finish(raw, name, steps)
        else:
            self.check(raw, FORMATS[name], steps)

    def _finish(self, raw: RawObject, name: str, steps: Steps) -> None:
        """The rest of `check`, for an object whose keys and values are known to be valid."""
        before = self.by_aws
        self.by_aws = before or is_aws_managed(raw.get("Arn"))
        left = left_to_check(name)
        for key, value in raw.items():
            key_format = left.get(key)
            if key_format is None or not value:
                continue
            if key_format.kind is DOCUMENT:
                raw[key] = key_format.kind.check(value, key_format, (*steps, key), self)
            else:
                self._finish_objects(value, key_format, (*steps, key))
        if check_entity := CHECKS_BY_FORMAT.get(name):
            check_entity(self, raw, steps)
        self.by_aws = before

    def _finish_objects(self, value: RawValue, key_format: KeyFormat, steps: Steps) -> None:
        if has_more_to_check(key_format.format):
            for at, item in key_format.kind.objects(value, steps):
                self._finish(item, key_format.format, at)
        if isinstance(value, list) and len(value) > 1:
            self.siblings(value, key_format.format, steps)

    def check(self, raw: RawObject, object_format: ObjectFormat, steps: Steps) -> None:
        """Check one object and replace values in it: documents by `WrittenPolicy`, values that cannot be used
        by `Unusable`.
        """
        before = self.lenient, self.by_aws, self.policies_are_dumped
        name, keys = object_format.name, object_format.keys
        self.lenient = self.lenient or (name == "Account" and raw.get("RawDump") is True)
        self.by_aws = self.by_aws or is_aws_managed(raw.get("Arn"))
        if name == "Organization":
            self.policies_are_dumped = raw.get("RawDump") is True
        self._read_earlier_names(raw, object_format, steps)
        for key, value in raw.items():
            key_format = keys.get(key)
            if key_format is None:
                self._unknown_key(key, object_format, steps)
                if not is_shallow(value):
                    raw[key] = unusable(value)
            elif value is not None:  # null means an absent key: the AWS CLI's --query writes it
                read = key_format.kind.check(value, key_format, (*steps, key), self)
                if read is not value:
                    raw[key] = read
        if name not in MERGED_FORMATS:
            for key in missing_keys(raw, object_format):
                self.error(steps, f"has no {key}")
        if check_entity := CHECKS_BY_FORMAT.get(name):
            check_entity(self, raw, steps)
        self.lenient, self.by_aws, self.policies_are_dumped = before

    def _read_earlier_names(self, raw: RawObject, object_format: ObjectFormat, steps: Steps) -> None:
        for earlier, key in object_format.renamed.items():
            if earlier in raw:
                self.warning((*steps, earlier), f"{earlier} is now {key}", f"write {key}")
                raw.setdefault(key, raw.pop(earlier))

    def siblings(self, items: list[RawValue], name: str, steps: Steps) -> None:
        """Report duplicate names among siblings. Names of IAM entities are compared without case."""
        object_format = FORMATS[name]
        identity = object_format.identity
        if not identity or name in _UNIQUE_BY_ARN:
            return
        seen: dict[str, tuple[int, str]] = {}
        for index, item in enumerate(items):
            text = item.get(identity) if isinstance(item, dict) else None
            if not isinstance(text, str):
                continue
            folded = text.lower() if object_format.ignores_case else text
            if folded in seen:
                position, spelling = seen[folded]
                first = json_path((*steps, position))
                same = "" if spelling == text else ", ignoring case"
                self.error((*steps, index, identity), f"{shown(text)} is already used{same}: see {first}")
            else:
                seen[folded] = index, text

    def _unknown_key(self, key: str, object_format: ObjectFormat, steps: Steps) -> None:
        if not self.lenient:
            self.error((*steps, key), f"unknown key {shown(key)}", did_you_mean(key, object_format.keys))
            return
        place, count = self._unknown.get((object_format.name, key), ((*steps, key), 0))
        self._unknown[object_format.name, key] = (place, count + 1)

    def report_unknown_keys(self) -> None:
        """One warning for each key of a raw dump that the format does not know, however often it occurs."""
        for (name, key), (steps, count) in self._unknown.items():
            more = f", here and in {count - 1:,} more places" if count > 1 else ""
            self.warning(steps, f"unknown key {shown(key)} in {name}{more}: kept, but without effect")
