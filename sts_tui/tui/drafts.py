"""Which texts of the policy editor were not saved? They survive a refusal, and with a journal a kill, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field


class Drafts(Struct):
    """The newest unsaved text of each policy, by account and title of its editor."""

    texts: dict[str, str] = field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None
    """Called when a text came, changed or went: a journal writes them down."""

    def restore(self, texts: Mapping[str, str]) -> None:
        """Those of the explorer before, by policy."""
        self.texts.update(texts)

    def of(self, policy: str, stored: str) -> str | None:
        """The text to continue with; None where there is none, or where it is what is stored."""
        text = self.texts.get(policy)
        return None if text == stored else text

    def keep(self, policy: str, text: str) -> None:
        """Called while someone types."""
        if self.texts.get(policy) != text:
            self.texts[policy] = text
            self.on_change()

    def drop(self, policy: str) -> None:
        """It was saved, or given up."""
        if self.texts.pop(policy, None) is not None:
            self.on_change()
