"""How is text from files, names and policies made safe for a terminal? It must not move the cursor."""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """The text with control characters as `\\u001b`, except those in `keep`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else f"\\u{ord(c):04x}" for c in text)


def one_line(text: str) -> str:
    """The text on one line: line breaks and tabs as spaces, other control characters as `\\u001b`."""
    if text.isprintable():
        return text
    return printable("".join(" " if c in "\n\r\t" else c for c in text))


def many_lines(text: str) -> str:
    """The text with its line breaks, other control characters as `\\u001b`."""
    return printable(text, "\n\t")
