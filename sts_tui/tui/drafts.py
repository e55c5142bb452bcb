"""Which texts of the policy editor are not saved? They survive a refusal and, with a journal, a kill."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field


class Drafts(Struct):
    """The newest unsaved text of each policy, by account and title of its editor."""

    texts: dict[str, str] = field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None
    """Called when a text is added, changed or removed: a journal writes them down."""

    def restore(self, texts: Mapping[str, str]) -> None:
        """Takes over the drafts of an earlier explorer, by policy."""
        self.texts.update(texts)

    def of(self, policy: str, stored: str) -> str | None:
        """The text to continue with; None where there is none, or where it is what is stored."""
        text = self.texts.get(policy)
        return None if text == stored else text

    def keep(self, policy: str, text: str) -> None:
        """Called while the user types."""
        if self.texts.get(policy) != text:
            self.texts[policy] = text
            self.on_change()

    def drop(self, policy: str) -> None:
        """Forgets a text that was saved or discarded."""
        if self.texts.pop(policy, None) is not None:
            self.on_change()
