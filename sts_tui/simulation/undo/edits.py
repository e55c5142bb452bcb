"""Stacks of edits of any height: what can be undone, and what can be redone.

The newest edits hold the configurations before and after them. Older ones are packed: a page of them
(`edit_pages`) says only what each changed, and a journal writes it down once. It is read back where the stack
has come down to it, starting from the configuration that stands then; configurations read back share every
entity that the page does not name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
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
    """What `edit_pages` makes of them, the newest first."""


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
        from sts_tui.simulation.undo.edit_pages import Leg, packed  # only where there are many

        ends = [
            (edit.after, edit.before) if self._leads_back else (edit.before, edit.after) for edit in edits
        ]
        legs = [
            Leg(edit.command, edit.subject, near, far, edit.sessions)
            for edit, (near, far) in zip(edits, ends, strict=True)
        ]
        return Page(number=self.next_number, size=len(edits), text=packed(reversed(legs)))

    def _read(self, page: Page, near: Configuration, sessions: Mapping[str, Session]) -> Iterator[Edit]:
        from sts_tui.simulation.undo.edit_pages import unpacked

        for leg in unpacked(page.text, near, sessions):
            before, after = (leg.far, leg.near) if self._leads_back else (leg.near, leg.far)
            yield Edit(
                command=leg.command,
                before=before,
                after=after,
                subject=leg.subject,
                sessions=leg.sessions,
            )
