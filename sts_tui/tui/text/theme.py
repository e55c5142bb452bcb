"""What does each style look like? Blue is allowed, orange and vermilion are denied.

The colors are from the palette of Okabe and Ito, which people with red-green color blindness can
distinguish; `tests/tui/text/test_theme.py` computes the distances. Color is never the only sign: a symbol
and a word say the same. Without color (NO_COLOR) reverse, bold and underline replace it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from rich.style import Style as RichStyle
from textual.app import App
from textual.theme import Theme

from sts_tui.tui.text.styled_text import Style

DARK = "sts-dark"
LIGHT = "sts-light"

_DARK_MEANINGS = {
    "allow": "#56B4E9",
    "deny": "#E69F00",
    "denied": "#FF8A50",
    "denied-back": "#5A2310",
    "expiring": "#F0E442",
    "revoked": "#FF8A50",
    "muted": "#8592A3",
    "faint": "#3A4553",
    "undecided": "#CC9BE0",
    "acting": "#E69F00",
    "json-key": "#9CC7EA",
    "json-string": "#D9D3B8",
    "json-number": "#CC9BE0",
    "cursor-row": "#1F3A52",
    "cursor-row-blurred": "#1A2530",
    "matched-back": "#3D3413",
}
_LIGHT_MEANINGS = {
    "allow": "#005F99",
    "deny": "#8A5000",
    "denied": "#B03A00",
    "denied-back": "#FFD9C7",
    "expiring": "#6E5600",
    "revoked": "#B03A00",
    "muted": "#5B6673",
    "faint": "#C3CAD2",
    "undecided": "#7A3C99",
    "acting": "#8A5000",
    "json-key": "#005F99",
    "json-string": "#4A4632",
    "json-number": "#7A3C99",
    "cursor-row": "#CFE4F5",
    "cursor-row-blurred": "#E6ECF1",
    "matched-back": "#FFF1B8",
}


def _variables(meanings: Mapping[str, str]) -> dict[str, str]:
    """Our colors, and those of Textual's widgets derived from them (its variables hold no references)."""
    return {
        **meanings,
        "footer-key-foreground": meanings["allow"],
        "block-cursor-background": meanings["cursor-row"],
        "input-selection-background": meanings["cursor-row"],
        "border": meanings["allow"],
        "border-blurred": meanings["faint"],
    }


THEMES = (
    Theme(
        name=DARK,
        dark=True,
        primary="#3C8DBC",
        secondary="#5E7A94",
        accent="#56B4E9",
        foreground="#DCE3EA",
        background="#0E1319",
        surface="#121922",
        panel="#1A232E",
        warning="#F0E442",
        error="#FF8A50",
        success="#56B4E9",
        variables=_variables(_DARK_MEANINGS),
    ),
    Theme(
        name=LIGHT,
        dark=False,
        primary="#005F99",
        secondary="#55708A",
        accent="#005F99",
        foreground="#1B232C",
        background="#FBFCFD",
        surface="#F4F6F8",
        panel="#E7ECF0",
        warning="#6E5600",
        error="#B03A00",
        success="#005F99",
        variables=_variables(_LIGHT_MEANINGS),
    ),
)

STYLES: Mapping[Style, str] = {
    "plain": "",
    "muted": "$muted",
    "strong": "bold",
    "title": "bold $allow",
    "key": "bold $allow",
    "heading": "bold",
    "allow": "$allow",
    "deny": "$deny",
    "denied": "bold $denied on $denied-back",
    "undecided": "underline $undecided",
    "refused": "$muted",
    "active": "",
    "expiring": "bold $expiring",
    "revoked": "bold $revoked",
    "expired": "$muted",
    "marker": "bold $acting",
    "warning": "$expiring",
    "acting": "bold $acting",
    "json-key": "$json-key",
    "json-string": "$json-string",
    "json-number": "$json-number",
    "json-word": "bold $json-number",
    "json-punctuation": "$muted",
    "matched": "bold $expiring on $matched-back",
    "found": "reverse",
}
WITHOUT_COLOR: Mapping[Style, str] = {
    **dict.fromkeys(STYLES, ""),
    "strong": "bold",
    "title": "bold",
    "key": "bold",
    "heading": "bold",
    "allow": "",
    "deny": "bold",
    "denied": "bold reverse",
    "undecided": "underline",
    "refused": "dim",
    "expiring": "bold",
    "revoked": "bold reverse",
    "expired": "dim",
    "marker": "bold underline",
    "warning": "bold",
    "acting": "bold",
    "json-key": "bold",
    "muted": "dim",
    "matched": "underline",
    "found": "reverse",
}


def chosen(asked: str | None, available: Mapping[str, Theme]) -> str:
    """The name of the requested theme: `dark` and `light` are ours; an unknown name means dark."""
    name = {"dark": DARK, "light": LIGHT}.get(asked or DARK, asked or DARK)
    return name if name in available else DARK


def unknown(asked: str | None, available: Mapping[str, Theme]) -> str:
    """The error for an unknown theme; empty if the theme exists."""
    if asked is None or asked in ("dark", "light") or asked in available:
        return ""
    return f"unknown theme {asked!r}; choose from dark, light, {', '.join(sorted(available))}"


def variables_of(theme: Theme, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The variables of a theme by name; `make` computes them, once for the process."""
    known = _made_of.get(theme.name)
    if known is None or known[0] is not theme:
        known = _made_of[theme.name] = (theme, make())
    return dict(known[1])


_made_of: dict[str, tuple[Theme, dict[str, str]]] = {}
"""Name of a theme → the theme, and its variables."""


def variable_defaults(dark: bool) -> dict[str, str]:
    """Our colors for themes that do not define them (Textual's own)."""
    return dict(_DARK_MEANINGS if dark else _LIGHT_MEANINGS)


def style_string(name: Style, no_color: bool) -> str:
    return (WITHOUT_COLOR if no_color else STYLES)[name]


@cache
def _parsed(style: str) -> RichStyle:
    """Parsed by rich: Textual's parser understands more, but loads and compiles a grammar of markup."""
    return RichStyle.parse(style) if style else RichStyle()


def style_of(app: App[object], style: str) -> RichStyle:
    """A style in which `$name` is a color of the app's theme."""
    words = (app.theme_variables[word[1:]] if word[0] == "$" else word for word in style.split())
    return _parsed(" ".join(words))


def rich_style(app: App[object], name: Style) -> RichStyle:
    """What a style is to Rich in the app's theme: foreground and attributes over whatever is behind."""
    return style_of(app, style_string(name, app.no_color))


def behind(app: App[object], name: str) -> RichStyle:
    """A variable of the theme, such as `$cursor-row`, as a background."""
    return style_of(app, f"on {name}")
