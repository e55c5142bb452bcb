"""Stacks of edits of any height: what can be undone, and what can be redone.

The newest edits hold the configurations before and after them, whole and sharing what they did not touch. An
account of ten thousand roles copies a table of ten thousand pointers at each edit, so older edits are packed:
a page of them says only what each changed, some hundred bytes. It is read back where the stack has come down
to it, starting from the configuration that stands then; configurations read back share every entity that the
page does not name.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final
from zlib import compress, decompress

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.configuration_deltas import Entities, applied, delta_of
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.sts.session import Session

UNPACKED: Final = 100
"""Edits that stay as they are; with one more the oldest of them become a page."""
PAGE: Final = 50
"""Edits of a page."""


class Edit(Struct, frozen=True, kw_only=True):
    """What one command changed."""

    command: str
    """The `aws …` line that stands for it."""
    before: Configuration
    after: Configuration
    subject: str = ""
    """ARN of what it edited; empty where it only issued a session."""
    sessions: tuple[Session, ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """Edits that followed one another, packed."""

    number: int
    """Never given twice on one stack: what a journal knows a page by."""
    size: int
    text: str
    """Base64 of deflated JSON: per edit, the newest first, what leads on to the next."""


class Edits:
    """A stack, the newest edit last. Each edit begins where the one below it ends."""

    def __init__(self, name: str, *, leads_back: bool) -> None:
        self.name = name
        self._leads_back = leads_back
        """Whether going down the stack takes edits back, or makes them again."""
        self.pages: list[Page] = []
        self.unpacked: list[Edit] = []
        self.next_number = 1

    def __len__(self) -> int:
        return sum(page.size for page in self.pages) + len(self.unpacked)

    def name_of(self, number: int) -> str:
        """What a journal calls a page of this stack."""
        return f"{self.name}/{number}"

    def push(self, edit: Edit) -> None:
        self.unpacked.append(edit)
        if len(self.unpacked) > UNPACKED:
            self.pages.append(self._packed(self.unpacked[:PAGE]))
            self.next_number += 1
            del self.unpacked[:PAGE]

    def pop(self, standing: Configuration, sessions: Mapping[str, Session]) -> Edit:
        """The newest edit; it ends (going back) or begins at the configuration that stands. IndexError where
        there is none. Sessions that are still in sight are the very same again.
        """
        if not self.unpacked and self.pages:
            edits = list(self._read(self.pages.pop(), standing, sessions))
            self.unpacked = edits[::-1]
        return self.unpacked.pop()

    def clear(self) -> None:
        self.pages.clear()
        self.unpacked.clear()

    def _packed(self, edits: list[Edit]) -> Page:
        entries = []
        for edit in reversed(edits):
            near, far = (edit.after, edit.before) if self._leads_back else (edit.before, edit.after)
            sessions = [to_json(session) for session in edit.sessions]
            delta = None if far is near else delta_of(near, far)  # a write may also change nothing
            entries.append([edit.command, edit.subject, delta, sessions])
        written = json.dumps(entries, separators=(",", ":")).encode()
        return Page(number=self.next_number, size=len(edits), text=b64encode(compress(written)).decode())

    def _read(self, page: Page, near: Configuration, sessions: Mapping[str, Session]) -> Iterator[Edit]:
        entities = Entities(near)
        for command, subject, delta, issued in json.loads(decompress(b64decode(page.text))):
            far = near if delta is None else applied(near, delta, entities)
            before, after = (far, near) if self._leads_back else (near, far)
            yield Edit(
                command=command,
                before=before,
                after=after,
                subject=subject,
                sessions=tuple(_session(one, sessions) for one in issued),
            )
            near = far


def _session(written: Any, sessions: Mapping[str, Session]) -> Session:
    read: Session = from_json(Session, written)
    return sessions.get(read.access_key_id, read)
