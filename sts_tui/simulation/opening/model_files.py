"""How do the files that a front end names become one model? Account files, and files like `~/.aws/config`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from sts_tui.account.diagnostics.diagnostic import Diagnostic, UnreadableFileError
from sts_tui.account.loading.loaded import Loaded
from sts_tui.simulation.opening.built_sample import built_sample

if TYPE_CHECKING:
    from sts_tui.account.diagnostics.source import Source

Files: TypeAlias = "str | Path | Mapping[str, object] | Sequence[str | Path]"


def read_model(files: Files, *, vocabulary: bool = False) -> Loaded:
    """The model of a path, several paths, or parsed JSON. Raises AccountFileError with every error.
    `vocabulary`: include all warnings of `validate`, which takes longer (see `load`).
    """
    if isinstance(files, Mapping):
        from sts_tui.account.loading.load import from_json

        return from_json(files, vocabulary=vocabulary)
    paths = [files] if isinstance(files, str | Path) else list(files)
    if len(paths) == 1 and not vocabulary and (model := built_sample(paths[0])) is not None:
        return Loaded(model, ())
    from sts_tui.account.loading.sources import read_sources

    return model_of_sources(*read_sources(paths), vocabulary=vocabulary)


def model_of_sources(
    sources: Sequence[Source], unreadable: Sequence[Diagnostic] = (), *, vocabulary: bool = False
) -> Loaded:
    """The same from texts. `unreadable`: errors of further files, reported together with these. Raises
    UnreadableFileError and AccountFileError.
    """
    from sts_tui.account.loading.load import parse

    configs = [source for source in sources if _is_aws_config(source)]
    accounts = (source for source in sources if source not in configs)
    return _with_configs(parse(accounts, vocabulary=vocabulary, unreadable=unreadable), configs)


def sources_of(files: Files) -> tuple[Source, ...]:
    """The texts that `read_model` reads, which a journal stores. Raises UnreadableFileError."""
    if isinstance(files, Mapping):
        import json

        from sts_tui.account.diagnostics.source import Source

        return (Source("<json>", json.dumps(files)),)
    from sts_tui.account.loading.sources import read_sources

    paths = [files] if isinstance(files, str | Path) else files
    sources, unreadable = read_sources(paths)
    if unreadable:
        raise UnreadableFileError(unreadable)
    return tuple(sources)


def _is_aws_config(source: Source) -> bool:
    if source.text[:80].lstrip().startswith(("{", "[{")):
        return False
    from sts_tui.simulation.opening.aws_config import is_aws_config

    return is_aws_config(source.text)


def _with_configs(loaded: Loaded, configs: Sequence[Source]) -> Loaded:
    for config in configs:
        from sts_tui.simulation.opening.aws_config import workloads_of_config

        made = workloads_of_config(config, loaded.model)
        model = replace(loaded.model, workloads=(*loaded.model.workloads, *made))
        loaded = Loaded(model, loaded.warnings)
    return loaded
