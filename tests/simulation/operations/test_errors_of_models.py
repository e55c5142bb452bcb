"""Every error that AWS's models declare for an operation can be raised, or the page says why it is never."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import botocore.session
import pytest
from botocore.model import OperationModel

from sts_tui.simulation.operations import OPERATIONS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
SECTION = PAGE.partition("## Errors that are never returned")[2].partition("\n## ")[0]
NEVER = set(re.findall(r"`(\w+)`", SECTION))
MODELS = {"access-analyzer": "accessanalyzer", "sso": "sso-admin"}
"""Where botocore calls a service otherwise than its actions do."""
ENGINE = ("simulation", "sts")
"""The packages that refuse."""


@lru_cache(maxsize=1)
def raised() -> str:
    files = (path for name in ENGINE for path in (ROOT / "sts_tui" / name).rglob("*.py"))
    return "\n".join(path.read_text("utf-8") for path in files)


def errors_of(model: OperationModel) -> set[str]:
    return {error.metadata.get("error", {}).get("code") or error.name for error in model.error_shapes}


@lru_cache(maxsize=1)
def declared() -> dict[str, set[str]]:
    """The operations that declare an error, by its code."""
    session = botocore.session.get_session()
    known = set(session.get_available_services())
    found: dict[str, set[str]] = {}
    for action in OPERATIONS:
        service, _, name = action.partition(":")
        service = MODELS.get(service, service)
        model = session.get_service_model(service) if service in known else None
        if model is not None and name in model.operation_names:
            for code in errors_of(model.operation_model(name)):
                found.setdefault(code, set()).add(action)
    return found


def is_raised(code: str) -> bool:
    return re.search(rf"\b{re.escape(code.removesuffix('Exception'))}(?:Exception)?\b", raised()) is not None


@pytest.mark.long
def test_every_error_is_raised_or_has_a_reason() -> None:
    assert sorted(code for code in declared() if code not in NEVER and not is_raised(code)) == []


@pytest.mark.long
def test_the_page_names_errors_of_operations_that_are_performed() -> None:
    assert len(declared()) > 100
    assert NEVER - declared().keys() == set()
