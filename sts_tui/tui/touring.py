"""A tour played on the screen, step by step."""

from __future__ import annotations


class Touring:
    """To come with the player."""

    def stop(self) -> None: ...
