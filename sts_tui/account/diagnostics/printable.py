"""How is text of files, names and policies made safe for a terminal, so that it cannot move the cursor?"""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """Control characters as `\\u001b`, but those in `keep`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else f"\\u{ord(c):04x}" for c in text)


def one_line(text: str) -> str:
    """On one line: breaks and tabs as spaces, other control characters as `\\u001b`."""
    if text.isprintable():
        return text
    return printable("".join(" " if c in "\n\r\t" else c for c in text))


def many_lines(text: str) -> str:
    """As it is broken into lines, otherwise as `printable`."""
    return printable(text, "\n\t")
