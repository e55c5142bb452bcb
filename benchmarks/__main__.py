"""`python -m benchmarks [NAME …] [OPTIONS]`: run the named benchmarks, or all of them.

A benchmark is a module with `main(argv)`, which prints what it measured, or with `run()`, which returns it.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import benchmarks


def names() -> list[str]:
    """Every module of this package that can be run as a benchmark, in order."""
    found = sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"
    )
    return [name for name in found if any(hasattr(_module(name), door) for door in ("main", "run"))]


def _module(name: str) -> Any:
    return importlib.import_module(f"benchmarks.{name}")


def main(argv: list[str]) -> None:
    known = names()
    chosen = [each for each in argv if not each.startswith("-")]
    if unknown := [each for each in chosen if each not in known]:
        sys.exit(f"benchmarks: {unknown[0]} is not one of {', '.join(known)}")
    for name in chosen or known:
        print(f"# {name}")
        module = _module(name)
        if hasattr(module, "main"):
            module.main([each for each in argv if each.startswith("-")])
            continue
        for label, value in module.run().items():
            print(f"{label:<52}{value:>12,.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
