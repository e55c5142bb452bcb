"""Every benchmark that docs/performance.md quotes can be run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import names

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def test_each_section_of_the_page_names_a_benchmark_that_exists() -> None:
    named = set(re.findall(r"`benchmarks/(\w+)\.py`", PAGE))
    assert named
    assert named <= set(names())


@pytest.mark.long
@pytest.mark.parametrize("name", ["floors", "overviews", "peers"])
def test_a_benchmark_prints_its_figures(name: str) -> None:
    command = [sys.executable, "-m", "benchmarks", name, "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 5


@pytest.mark.long
def test_bench_peers_fails_where_a_peer_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "peers", "--quick", "--require"]
    nowhere = {**os.environ, "STS_TUI_PEERS": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert "iam-simulate: make bench-peers installs it" in done.stderr
