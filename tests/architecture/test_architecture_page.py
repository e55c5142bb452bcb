"""docs/architecture.md speaks of the code as it is."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.journal.journal_store import begin_at
from sts_tui.sts.errors import AwsError

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sts_tui"
SAMPLE = ROOT / "sample_accounts" / "acme.json"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = (
    "account",
    "iam",
    "identity_providers",
    "sts",
    "simulation",
    "wire",
    "tours",
    "trail",
    "endpoint",
    "cli",
    "tui",
    "start_up",
)
INTERFACES = (
    PAGE.partition("## Interfaces between packages")[2].partition("```python\n")[2].partition("```")[0]
)


def named_in(package: str) -> list[str]:
    """Modules (`conditions.strings`) and folders (`panes/`) in the last column of a package's tables."""
    section = PAGE.partition(f"\n### `sts_tui.{package}`")[2]
    section = re.split(r"\n##+ ", section, maxsplit=1)[0]
    cells = [row.rsplit("|", 2)[1] for row in section.splitlines() if row.startswith("| ")]
    return [name for cell in cells for name in re.findall(r"`([a-z_./]+)`", cell)]


def modules_of(package: str) -> list[str]:
    paths = sorted((PACKAGE / package).rglob("*.py"))
    return [
        ".".join(path.relative_to(PACKAGE / package).with_suffix("").parts)
        for path in paths
        if path.name != "__init__.py"
    ]


def is_named(module: str, names: list[str]) -> bool:
    folder = f"{module.partition('.')[0]}/" if "." in module else None
    return module in names or folder in names


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_listed_under_a_question(package: str) -> None:
    names = named_in(package)
    assert [module for module in modules_of(package) if not is_named(module, names)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_that_is_named_is_there(package: str) -> None:
    known = modules_of(package)
    gone = [
        name
        for name in named_in(package)
        if name not in known and not (PACKAGE / package / name.rstrip("/")).is_dir()
    ]
    assert gone == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_listed_under_two_questions(package: str) -> None:
    names = [name for name in named_in(package) if not name.endswith("/")]
    assert sorted(names) == sorted(set(names))


def test_every_package_has_its_section() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(PACKAGES)


def imported() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module, names in re.findall(r"^from (\S+) import ([\w, ]+?)(?:\s+#.*)?$", INTERFACES, re.MULTILINE):
        for name in names.split(", "):
            found[name] = getattr(import_module(module), name)
    return found


def calls() -> Iterator[tuple[str, Any, list[str]]]:
    """(as written, what is called, names of the parameters) of every call of the block."""
    names = imported()
    for target, written in re.findall(r"^([\w.]+)\(([\w, ]*)\)", INTERFACES, re.MULTILINE):
        holder, _, name = target.rpartition(".")
        called = getattr(Simulation, name) if holder == "sim" else names[name]
        yield target, called, [word for word in written.split(", ") if word]


def test_the_interfaces_are_those_of_the_code() -> None:
    assert len(imported()) > 40
    checked = list(calls())
    assert len(checked) > 35
    wrong = {
        target: sorted(set(words) - set(inspect.signature(called).parameters))
        for target, called, words in checked
        if not set(words) <= set(inspect.signature(called).parameters)
    }
    assert wrong == {}


def test_attributes_that_the_page_names_are_there() -> None:
    sim = Simulation.open(ROOT / "sample_accounts" / "acme.json")
    assert {"now", "world", "events"} == set(re.findall(r"`sim\.(\w+)`", PAGE))
    assert sim.now == sim.world.now
    assert list(sim.events) == list(sim.events.since(0))


def test_every_path_that_the_page_names_is_there() -> None:
    added = PAGE.partition("## Where to add things")[2]
    paths = re.findall(r"`([a-z_]+/[a-z_/*]*(?:\.py)?)`", added)
    assert len(paths) > 10
    assert [path for path in paths if not list(PACKAGE.glob(path.rstrip("/")))] == []


def test_every_function_of_the_walks_is_there() -> None:
    walks = PAGE.partition("## Three walks")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:account|iam|sts|simulation|tours|tui)\.[\w.]+)`", walks)
    assert len(named) > 25
    assert [name for name in named if not is_there(name)] == []


@contextmanager
def called_functions() -> Iterator[set[str]]:
    """The functions of the package that are called meanwhile, as the page names them."""
    found: set[str] = set()
    start = f"{PACKAGE}/"

    def note(frame: FrameType, event: str, argument: object) -> None:
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(start):
            module = path.removeprefix(start).removesuffix(".py").replace("/", ".")
            found.add(f"{module}.{frame.f_code.co_qualname}")

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


def functions_of_walk(title: str, first: int) -> list[str]:
    """The functions that the steps of a walk name, from a step on; screens and values left out."""
    walk = PAGE.partition(f"### {title}\n")[2].partition("\n##")[0]
    steps = [line for line in walk.splitlines() if line[:1].isdigit() and int(line.split(".")[0]) >= first]
    named = re.findall(r"`((?:account|iam|sts|simulation)\.[\w.]+)`", "\n".join(steps))
    return [name for name in named if not name.endswith((".writing_call", ".LoggedQuestion"))]


def test_saving_a_policy_goes_the_way_that_the_page_describes(tmp_path: Path) -> None:
    sim = Simulation.open(SAMPLE)
    begin_at(tmp_path / "journal", sim, SAMPLE)
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    role = next(iter(sim.world.configuration.roles.values()))
    names = {"RoleName": role.role_name, "PolicyName": "walk", "PolicyDocument": document}
    with called_functions() as called:
        sim.call("iam:PutRolePolicy", names)
    walk = functions_of_walk("A policy is saved", 3)
    assert len(walk) > 6
    assert [name for name in walk if name not in called] == []


def test_a_denied_request_goes_the_way_that_the_page_describes() -> None:
    sim = Simulation.open(SAMPLE)
    with called_functions() as called:
        sim.advance(1)
        with pytest.raises(AwsError):
            sim.request("s3:DeleteBucket", "arn:aws:s3:::acme-orders", caller="alice")
        sim.explain(next(event for event in reversed(list(sim.events)) if isinstance(event, RequestAnswered)))
    walk = functions_of_walk("A request is denied", 1)
    assert len(walk) > 8
    assert [name for name in walk if name not in called] == []


def is_there(dotted: str) -> bool:
    """`tui.app.StsApp.call`: a module, then a class or function, then a method."""
    parts = dotted.split(".")
    for end in range(len(parts), 1, -1):
        if (PACKAGE.joinpath(*parts[:end])).with_suffix(".py").exists():
            found: Any = import_module(".".join(["sts_tui", *parts[:end]]))
            for part in parts[end:]:
                found = getattr(found, part, None)
            return found is not None
    return False


def test_only_the_writer_of_cloudtrail_events_subscribes_as_the_page_says() -> None:
    """The explorer, tours and the command line read `events.since`."""
    assert "only `run --cloudtrail` subscribes" in " ".join(PAGE.split())
    callers = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if ".subscribe(" in path.read_text(encoding="utf-8").replace("self._store.subscribe(", "")
    ]
    assert callers == ["trail/writing/events.py"]
