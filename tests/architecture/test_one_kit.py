"""Do test accounts come from one kit? No test defines a function that `tests/accounts` has."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
KIT = ("policies.py", "entities.py")


def functions_of(path: Path) -> set[str]:
    """Names of its top-level functions: no other line of a module begins so."""
    return set(re.findall(r"^def (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_statements_policies_roles_and_users_come_from_the_kit() -> None:
    kit = set().union(*(functions_of(TESTS / "accounts" / name) for name in KIT))
    copies = {
        str(path.relative_to(TESTS)): sorted(kit & functions_of(path))
        for path in TESTS.rglob("*.py")
        if path.parent.name != "accounts" and kit & functions_of(path)
    }
    assert copies == {}, "import them from tests.accounts"
