"""Where are the samples that travel with the package?"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def sample_folder() -> Path:
    """The samples: in a wheel inside the package, in a source tree beside it."""
    inside = _PACKAGE / "sample_accounts"
    return inside if inside.is_dir() else _PACKAGE.parent / "sample_accounts"
