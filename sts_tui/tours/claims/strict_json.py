"""How is JSON read in which no key may occur twice?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sts_tui.tours.claims.claim import ClaimFileError


def read_json(path: Path) -> Any:
    """The parsed file; raises ClaimFileError if it is not JSON or has a duplicate key."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_duplicates)
    except ValueError as broken:
        raise ClaimFileError(f"{path.name}: {broken}") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"a key is written twice among {[key for key, _ in pairs]}")
    return members
