"""From what a front door names to one model: account files, and files shaped like `~/.aws/config`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace

from sts_tui.account.load import Loaded, from_json, load, parse
from sts_tui.account.sources import Source, read_source
from sts_tui.simulation.aws_config import is_aws_config, workloads_of_config

Files: TypeAlias = "str | Path | Mapping[str, Any] | Sequence[str | Path]"

_BEGINNING = 4_096


def read_model(files: Files) -> Loaded:
    """The model of a path, several, or parsed JSON. Raises AccountFileError with every fault."""
    if isinstance(files, Mapping):
        return from_json(files)
    paths = [files] if isinstance(files, str | Path) else list(files)
    configs = [path for path in paths if _looks_like_config(path)]
    loaded = load([path for path in paths if path not in configs])
    return _with_configs(loaded, [read_source(path) for path in configs])


def model_of_sources(sources: Sequence[Source]) -> Loaded:
    """The same from texts."""
    configs = [source for source in sources if is_aws_config(source.text)]
    return _with_configs(parse(source for source in sources if source not in configs), configs)


def sources_of(files: Files) -> tuple[Source, ...]:
    """The texts that `read_model` reads: what a journal keeps."""
    if isinstance(files, Mapping):
        return (Source("<json>", json.dumps(files)),)
    paths = [files] if isinstance(files, str | Path) else files
    return tuple(read_source(path) for path in paths)


def _with_configs(loaded: Loaded, configs: Sequence[Source]) -> Loaded:
    for config in configs:
        made = workloads_of_config(config, loaded.model)
        model = replace(loaded.model, workloads=(*loaded.model.workloads, *made))
        loaded = Loaded(model, loaded.warnings)
    return loaded


def _looks_like_config(path: str | Path) -> bool:
    try:
        with Path(path).open("rb") as file:
            return is_aws_config(file.read(_BEGINNING).decode("utf-8", "replace"))
    except OSError:
        return False  # `load` says what is wrong with it
