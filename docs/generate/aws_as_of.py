"""How is `docs/aws-as-of.md` generated? From the snapshot of AWS's models that `make drift` compares with the
newest ones.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

_DRIFT = Path(__file__).parents[2] / ".ci" / "drift.py"


def drift() -> ModuleType:
    """The module `.ci/drift.py`, which is not in a package."""
    spec = importlib.util.spec_from_file_location("drift", _DRIFT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def aws_as_of() -> str:
    """The page."""
    module = drift()
    text: str = module.page(json.loads(module.SNAPSHOT.read_text("utf-8")))
    return text
