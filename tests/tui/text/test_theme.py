"""Allowed and denied stay apart for people who confuse colors; computed, not believed.

Simulation of color vision deficiency after Machado, Oliveira and Fernandes (2009), at full severity;
distance is CIE76 in CIELAB.
"""

from __future__ import annotations

from itertools import product

import pytest

from sts_tui.tui.text import theme
from sts_tui.tui.text.styled_text import Style

MACHADO = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
FAR = 40
"""CIE76; 2 is just noticed, the pairs of common green and red themes come down to 11."""


def linear(hex_color: str) -> tuple[float, ...]:
    channels = (int(hex_color[position : position + 2], 16) / 255 for position in (1, 3, 5))
    return tuple(
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    )


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(1.0, max(0.0, value)) for value in rgb)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, vision: str) -> float:
    seen = []
    for color in (one, other):
        rgb = linear(color)
        row = MACHADO[vision]
        seen.append(
            lab(tuple(sum(weight * value for weight, value in zip(line, rgb, strict=True)) for line in row))
        )
    return sum((first - second) ** 2 for first, second in zip(*seen, strict=True)) ** 0.5


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_the_pairs_that_fail() -> None:
    """Textual's own success and error come close for deuteranopes: the measure must see that."""
    assert distance("#4EBF71", "#ba3c5b", "deutan") < FAR / 1.5


@pytest.mark.parametrize(("each", "vision"), product(theme.THEMES, MACHADO))
def test_allow_and_deny_are_far_apart_for_every_kind_of_vision(each: theme.Theme, vision: str) -> None:
    allow = each.variables["allow"]
    for deny in ("deny", "denied", "revoked"):
        assert distance(allow, each.variables[deny], vision) > FAR, f"{each.name}: allow and {deny}, {vision}"


@pytest.mark.parametrize("each", theme.THEMES)
def test_every_meaning_can_be_read_on_every_ground_it_is_drawn_on(each: theme.Theme) -> None:
    grounds = [str(each.background), str(each.surface), str(each.panel), each.variables["cursor-row"]]
    for meaning in (
        "allow",
        "deny",
        "denied",
        "expiring",
        "revoked",
        "undecided",
        "acting",
        "json-key",
        "json-string",
    ):
        for ground in grounds:
            assert contrast(each.variables[meaning], ground) >= 4.4, f"{each.name}: {meaning} on {ground}"
    for ground in grounds[:3]:
        assert contrast(each.variables["muted"], ground) >= 4.4, f"{each.name}: muted on {ground}"
    assert contrast(each.variables["denied"], each.variables["denied-back"]) >= 4.4


def test_every_tone_has_a_look_with_and_without_color() -> None:
    styles = set(Style.__args__)  # type: ignore[attr-defined]
    assert set(theme.STYLES) == styles
    assert set(theme.WITHOUT_COLOR) == styles


def test_states_differ_without_color() -> None:
    """Denied, undecided and revoked differ by text attributes where there is no color."""
    looks = {
        theme.style_string(style, no_color=True) for style in ("allow", "denied", "undecided", "expired")
    }
    assert len(looks) == 4
