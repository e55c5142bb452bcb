"""A policy document as it is written, before anyone asks what it means.

The compiled form lives in `sts_tui.iam`, which keeps it beside a `WrittenPolicy` by identity:
an edit makes a new `WrittenPolicy`, so one edit recompiles one document and shares the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class WrittenPolicy:
    """One policy document, frozen by convention: nobody changes `document` after construction.

    `document` is the parsed JSON (a dict with `Statement` …). `written_as` remembers how a raw dump
    spelled it (`object`, `string`, `percent-encoded`), so that an export can lose nothing.
    Equality is identity.
    """

    __slots__ = ("__weakref__", "document", "written_as")

    def __init__(self, document: Mapping[str, Any], written_as: str = "object") -> None:
        self.document = document
        self.written_as = written_as

    def __repr__(self) -> str:
        return f"WrittenPolicy({self.document!r})"
