"""How long do account files take to load, how much memory do they take, and how long does it take to find a
fault?

Each measurement has its own process, so that the memory of one does not count for another. Times are
processor time; `json.load` of the same file is the floor, and takes turns with what is compared with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.generator import organization, write_organization

SAMPLE = Path(__file__).parents[1] / "sample_accounts" / "acme.json"
ROUNDS = 3

_MEASURED = """
import gc, json, sys, time
from benchmarks import memory
started = time.process_time()
from sts_tui.account.loading.load import load
from sts_tui.account.diagnostics.diagnostic import AccountFileError
imported = time.process_time()
model, line = None, 0
try:
    if sys.argv[2] == "json":
        with open(sys.argv[1], encoding="utf-8") as file:
            model = json.load(file)
    else:
        model = load([sys.argv[1]], vocabulary=sys.argv[2] == "validate")
except AccountFileError as error:
    line = error.diagnostics[0].line
done = time.process_time()
gc.collect()
print(json.dumps({"import": imported - started, "load": done - imported, "line": line,
    "peak": memory.peak(), "after": memory.held()}))
"""


def measured(path: Path, how: str = "load") -> dict[str, float]:
    """Seconds and megabytes of loading one file in a fresh process; `line` of the first fault, or 0."""
    command = [sys.executable, "-c", _MEASURED, str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def run(roles: int = 10_000, statements: int = 10) -> dict[str, float]:
    """Figures by name."""
    sample = min((measured(SAMPLE) for _ in range(5)), key=lambda result: result["load"])
    figures = {
        "importing the loader, ms": sample["import"] * 1000,
        "the built-in sample, ms": sample["load"] * 1000,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organization.json"
        size = write_organization(path, roles, statements)
        name = f"{roles:,} roles with {statements} statements"
        figures[f"{name}: file, MB"] = size / 1e6
        figures |= _beside_the_floor(path, name, ("load", "validate"))
        text = path.read_text(encoding="utf-8")
        last = text.rindex('"Effect"')
        path.write_text(f'{text[:last]}"Efect"{text[last + 8 :]}', encoding="utf-8")
        faulty = measured(path)
        assert faulty["line"]
        figures[f"{name}: with a fault at the end, s"] = faulty["load"]
    return figures


def large(roles: int = 100_000) -> dict[str, float]:
    """A large organization compared with the floor: parsing its JSON and holding the result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.json"
        path.write_text(json.dumps(organization(roles, 1)), encoding="utf-8")
        return _beside_the_floor(path, f"{roles:,} roles with 1 statement", ("load",))


def _beside_the_floor(path: Path, name: str, ways: tuple[str, ...]) -> dict[str, float]:
    """Medians of rounds in which `json.load` and each of the ways take turns."""
    rounds = [{how: measured(path, how) for how in ("json", *ways)} for _ in range(ROUNDS)]
    floor = median(one["json"]["load"] for one in rounds)
    figures = {
        f"{name}: json.load alone, s": floor,
        f"{name}: … held, MB": median(one["json"]["after"] for one in rounds),
    }
    for how in ways:
        seconds = median(one[how]["load"] for one in rounds)
        ratio = median(one[how]["load"] / one["json"]["load"] for one in rounds)
        figures |= {
            f"{name}: {how}, s": seconds,
            f"{name}: {how} ÷ json.load": ratio,
            f"{name}: {how}, at its peak, MB": median(one[how]["peak"] for one in rounds),
            f"{name}: {how}, afterwards, MB": median(one[how]["after"] for one in rounds),
        }
    return figures


def main(argv: list[str]) -> None:
    """Print the figures; `--quick` takes a tenth of the roles, `--large` measures 100,000 roles instead."""
    figures = large() if "--large" in argv else run(1_000 if "--quick" in argv else 10_000)
    for name, value in figures.items():
        print(f"{name:<66}{value:>12,.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
