"""What one object of the account file looks like: its keys, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import Entity
from sts_tui.account.policies.policy_kind import PolicyKind


class Holds(Enum):
    """What kind of value a key holds."""

    TEXT = "text"
    INTEGER = "an integer"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    INSTANT = "a time (ISO 8601)"
    TEXTS = "a list of texts"
    OBJECT = "an object"
    TEXT_BY_KEY = "an object of texts"
    TEXTS_BY_KEY = "an object of lists of texts"
    DOCUMENT = "a policy document"
    SESSION_POLICY = "a session policy, as text or object"
    OBJECTS = "a list of objects"
    ENTITY = "an object of this format"
    ENTITIES = "a list of objects of this format"
    REFERENCES = "a list of ARNs, names or objects"
    """InstanceProfile.Roles: a raw dump has whole roles there, our own files their ARNs or names."""


class KeyFormat(Struct, frozen=True, kw_only=True):
    """One key of an object. `field` is the attribute it fills; empty for keys that are only read."""

    key: str
    field: str = ""
    holds: Holds = Holds.TEXT
    about: str = ""
    required: bool = False
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    most: int | None = None
    """How many items a list may have, or how many characters a text."""
    format: str = ""
    policy: PolicyKind | None = None


class ObjectFormat(Struct, frozen=True, kw_only=True):
    """One kind of object; `identity` is the key that tells it from its siblings."""

    name: str
    entity: type[Entity]
    keys: Mapping[str, KeyFormat]
    identity: str = ""
    ignores_case: bool = False
    about: str = ""
    text_stands_for: str = ""
    """A key whose bare text may stand for the whole object: `"111122223333"` for `{"AccountId": …}`."""
    renamed: Mapping[str, str] = {}
    """Earlier names of keys and what replaces them: still read, with a warning."""


ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
NAME: Final = re.compile(r"[\w+=,.@-]+", re.ASCII)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names"""
PATH: Final = re.compile(r"/|/[\x21-\x7f]+/")
POLICY_PATH: Final = re.compile(r"((/[A-Za-z0-9.,+@=_-]+)*)/")
UNIQUE_ID: Final = re.compile(r"\w{16,128}", re.ASCII)
ACCESS_KEY_ID: Final = re.compile(r"(AKIA|ASIA)\w{12,124}", re.ASCII)
ARN: Final = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
SERIAL_NUMBER: Final = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
TAG_TEXT: Final = re.compile(r"[^\x00-\x1f]*")
SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
VERSION_ID: Final = re.compile(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")
ORGANIZATION_ID: Final = re.compile(r"o-[a-z0-9]{10,32}")
NODE_ID: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


def many(key: str, field: str, object_format: str, about: str = "", most: int | None = None) -> KeyFormat:
    return KeyFormat(key=key, field=field, holds=Holds.ENTITIES, format=object_format, about=about, most=most)


def yes_or_no(key: str, field: str) -> KeyFormat:
    return KeyFormat(key=key, field=field, holds=Holds.BOOLEAN)


def document(key: str, field: str, kind: PolicyKind, *, required: bool = True, about: str = "") -> KeyFormat:
    return KeyFormat(key=key, field=field, holds=Holds.DOCUMENT, policy=kind, required=required, about=about)


def format_of(
    name: str,
    entity: type[Entity],
    *members: KeyFormat,
    identity: str = "",
    ignores_case: bool = False,
    about: str = "",
    text_stands_for: str = "",
    renamed: Mapping[str, str] | None = None,
) -> ObjectFormat:
    by_key = {key_format.key: key_format for key_format in members}
    return ObjectFormat(
        name=name,
        entity=entity,
        keys=by_key,
        identity=identity,
        ignores_case=ignores_case,
        about=about,
        text_stands_for=text_stands_for,
        renamed=renamed or {},
    )
