"""Where are the samples of the package?"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def sample_folder() -> Path:
    """The folder of the samples: inside the package in a wheel, next to it in a source tree."""
    inside = _PACKAGE / "sample_accounts"
    return inside if inside.is_dir() else _PACKAGE.parent / "sample_accounts"
