"""When are the styles of a screen looked up? As its widgets are mounted, not again as it is shown first."""

from __future__ import annotations

from textual import events


class StyledOnce:
    """A mixin before the class of the screen. Textual looks up the style of every widget when it is mounted,
    and at each `ScreenResume` of all of them, also at the one that follows mounting at once.
    """

    _was_shown = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Before Textual's own handler, which does what the event says."""
        if not self._was_shown:
            self._was_shown = True
            event.refresh_styles = False
