"""The model that is kept of the built-in sample is what loading its file gives, and stands for no other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from benchmarks.simulation import InMemory
from docs.generate.__main__ import sample_model
from sts_tui.account.loading.load import load
from sts_tui.account.loading.sources import read_source
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.writing.export import export
from sts_tui.simulation import Simulation
from sts_tui.simulation.frozen_json import to_json
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.opening import built_sample as kept
from sts_tui.simulation.opening.built_sample import KEPT, built_sample
from sts_tui.simulation.opening.model_files import read_model
from sts_tui.tours.reading.samples import sample_folder

SAMPLE = sample_folder() / "acme.json"


def parts(value: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Every value that a model holds, with its place and type; documents as they are written."""
    yield at, type(value)
    if isinstance(value, Struct):
        for name, part in asdict(value).items():
            yield from parts(part, f"{at}.{name}")
    elif isinstance(value, WrittenPolicy):
        yield from parts(
            (value.document, value.written_as, value.original, type(value.content)), f"{at}.policy"
        )
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from parts(part, f"{at}[{key!r}]")
    elif isinstance(value, tuple | list | frozenset):
        for index, part in enumerate(value):
            yield from parts(part, f"{at}[{index}]")
    else:
        yield f"{at}=", value


def test_it_is_what_loading_the_file_gives_now() -> None:
    found, loaded = built_sample(SAMPLE), load([SAMPLE])
    assert found is not None, "run `make docs`"
    assert list(parts(found)) == list(parts(loaded.model)), "run `make docs`"
    assert len(list(parts(found))) > 1000
    assert loaded.warnings == ()
    assert kept._unpacked(sample_model()[kept._HEADER :]) is not None


def test_what_is_written_of_it_is_the_same() -> None:
    """Fields that have their defaults are left out, which msgspec knows by identity."""
    found, loaded = built_sample(SAMPLE), load([SAMPLE]).model
    assert found is not None
    assert to_json(found) == to_json(loaded)
    assert export(found) == export(loaded)


def test_a_simulation_of_it_resumes_as_it_was() -> None:
    store = InMemory()
    sim = Simulation.open(SAMPLE)
    Journal.begin(store, sim, [read_source(SAMPLE)])
    for _ in range(8):
        sim.advance(30)
    resumed = resume(store, store.content).sim
    assert json.dumps(resumed.checkpoint()) == json.dumps(sim.checkpoint())


def test_a_file_that_differs_is_loaded(tmp_path: Path) -> None:
    for content in (SAMPLE.read_bytes() + b"\n", SAMPLE.read_bytes().replace(b"alice", b"alicf", 1), b""):
        path = tmp_path / "acme.json"
        path.write_bytes(content)
        assert built_sample(path) is None
    assert built_sample(tmp_path / "none.json") is None
    assert built_sample(tmp_path) is None
    same = tmp_path / "copy.json"
    same.write_bytes(SAMPLE.read_bytes())
    assert built_sample(same) is not None


@pytest.mark.parametrize("content", [b"", b"x" * 10, None])
def test_without_a_model_that_can_be_read_the_file_is_loaded(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "sample.model"
    if content is not None:
        broken.write_bytes(KEPT.read_bytes()[: kept._HEADER] + content)
    monkeypatch.setattr(kept, "KEPT", broken)
    assert built_sample(SAMPLE) is None
    assert list(parts(read_model(SAMPLE).model)) == list(parts(load([SAMPLE]).model))


def test_every_warning_is_looked_for_where_it_is_asked_for() -> None:
    assert read_model(SAMPLE, vocabulary=True).warnings == load([SAMPLE], vocabulary=True).warnings


def test_opening_the_sample_loads_no_checks() -> None:
    code = (
        "import sys\nfrom sts_tui.simulation import Simulation\n"
        f"Simulation.open({str(SAMPLE)!r})\n"
        "print(*(name for name in sys.modules if 'account.checks' in name or name.endswith('loading.load')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
