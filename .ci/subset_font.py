"""How is the font of the pictures made? `make font` makes subsets of DejaVu Sans Mono, which pictures embed.

Lines and blocks are left out: pictures draw them as shapes, so that borders have no gaps. Needs fonttools (an
extra of development) and the font itself (Debian: fonts-dejavu-core).
"""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE = Path("/usr/share/fonts/truetype/dejavu")
TARGET = Path(__file__).resolve().parents[1] / "sts_tui" / "tui" / "stage" / "fonts"
FAMILY = "sts-tui mono"
FACES = {"regular": "DejaVuSansMono.ttf", "bold": "DejaVuSansMono-Bold.ttf"}
RANGES = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x2030, 0x203A), (0x20AC, 0x20AC), (0x2190, 0x2199),
    (0x21C4, 0x21C6), (0x21D0, 0x21D4), (0x21E2, 0x21E2), (0x2260, 0x2265), (0x2295, 0x22A1),
    (0x2315, 0x2315), (0x23CE, 0x23CE), (0x25A0, 0x25EF), (0x2713, 0x2718), (0x2756, 0x2756),
)  # fmt: skip
"""Letters of western languages, punctuation, and the explorer's symbols (`tui.text.symbols`)."""


def main() -> int:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    for face, file in FACES.items():
        font = TTFont(SOURCE / file, recalcTimestamp=False)
        options = subset.Options(
            flavor="woff", hinting=False, name_IDs=[0, 13, 14], layout_features=[], notdef_outline=True
        )
        options.drop_tables += ["FFTM"]  # when it was made
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
        subsetter.subset(font)
        for number in (1, 4):
            font["name"].setName(FAMILY, number, 3, 1, 0x409)
        subset.save_font(font, TARGET / f"{face}.woff", options)
        print(f"{face}: {(TARGET / f'{face}.woff').stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
