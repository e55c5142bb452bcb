"""Where is the built-in sample? In a wheel inside the package, in a source tree beside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def sample_folder() -> Path:
    """The folder of sample account files and tours."""
    inside = _PACKAGE / "sample_accounts"
    return inside if inside.is_dir() else _PACKAGE.parent / "sample_accounts"


def sample_account() -> Path:
    """The account file that opens when none is given."""
    return sample_folder() / "acme.json"
