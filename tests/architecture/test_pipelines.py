"""The commands of the GitHub Action, the pre-commit hooks and the container file do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from shutil import copy, copytree, ignore_patterns, which
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_accounts"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository of someone who uses sts-tui, and a command of that name."""
    (tmp_path / "access").mkdir()
    copy(SAMPLES / "acme.json", tmp_path)
    tour = "account ../acme.json\nas alice\naws sts get-caller-identity\nexpect ok\n"
    (tmp_path / "access" / "good.tour").write_text(tour)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "sts-tui"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sts_tui "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(command: str, place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{place / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command], cwd=place, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def step(name: str) -> str:
    return str(next(each["run"] for each in ACTION["runs"]["steps"] if each.get("name") == name))


def test_the_action_runs_tours_and_writes_a_report(place: Path) -> None:
    done = run(step("Run tours"), place, TOURS="access/*.tour", FILES="acme.json", JUNIT="report.xml")
    assert done.returncode == 0, done.stderr
    assert "3 steps passed, 0 failed" in done.stdout or "steps passed, 0 failed" in done.stdout
    assert (place / "report.xml").read_text().startswith("<?xml")


def test_a_step_that_fails_fails_the_action(place: Path) -> None:
    (place / "access" / "bad.tour").write_text("as alice\naws iam create-user --user-name eve\n")
    assert run(step("Run tours"), place, TOURS="access/*.tour", FILES="", JUNIT="").returncode == 1


def test_the_action_validates_and_writes_sarif(place: Path) -> None:
    given = {"VALIDATE": "acme.json access/*.tour", "SARIF": "findings.sarif"}
    done = run(step("Validate"), place, **given)
    assert done.returncode == 0, done.stderr
    assert '"version": "2.1.0"' in (place / "findings.sarif").read_text()
    (place / "access" / "broken.tour").write_text("nonsense\n")
    assert run(step("Validate"), place, **given).returncode == 1


def test_every_input_of_the_action_reaches_a_step_and_is_quoted_by_the_environment() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each.get("run", ""), "an input in a script could be code"


def test_the_hooks_run_on_the_files_that_changed(place: Path) -> None:
    assert {hook["id"] for hook in HOOKS} == {"sts-tui-validate", "sts-tui-run"}
    for hook in HOOKS:
        assert re.search(hook["files"], "access/good.tour")
        assert run(f"{hook['entry']} access/good.tour", place).returncode == 0
        (place / "access" / "bad.tour").write_text("nonsense\n")
        assert run(f"{hook['entry']} access/bad.tour", place).returncode != 0
    assert run("sts-tui run acme.json access/good.tour", place).returncode == 0


def test_the_container_runs_what_it_is_given(place: Path) -> None:
    entry = re.search(r'ENTRYPOINT \["([\w-]+)"\]', CONTAINER)
    assert entry is not None
    assert run(f"{entry[1]} run acme.json access/good.tour", place).returncode == 0
    check = re.findall(r"^RUN (sts-tui .*)$", CONTAINER, re.MULTILINE)
    assert len(check) == 1
    assert run(check[0], place).returncode == 0


@pytest.mark.long
def test_what_the_container_and_the_action_install_works(tmp_path: Path) -> None:
    """In a fresh environment, from a copy of the tree: `/src` and `$GITHUB_ACTION_PATH`."""
    source = tmp_path / "src"
    copytree(ROOT, source, ignore=ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", ".hypothesis"))
    venv.create(tmp_path / "home", with_pip=True)
    path = f"{tmp_path / 'home' / 'bin'}:{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PATH": path, "GITHUB_ACTION_PATH": str(source)}
    install = next(line for line in CONTAINER.splitlines() if line.startswith("RUN python -m pip"))
    commands = [
        step("Install"),
        install.removeprefix("RUN ").replace("/src", str(source)).partition(" && ")[0],
        "cd / && sts-tui learn && sts-tui run -c 'as alice'",
        "test -f $(dirname $(which sts-tui))/../share/man/man1/sts-tui.1",
    ]
    for command in commands:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command], cwd=tmp_path, capture_output=True, text=True,
            check=False, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_the_manual_page_has_every_command_and_no_mistakes() -> None:
    from sts_tui.cli.commands import COMMANDS, EXPLORE

    page = ROOT / "docs" / "shell" / "sts-tui.1"
    text = page.read_text(encoding="utf-8").replace("\\-", "-")
    for name in set(COMMANDS) - {EXPLORE}:
        assert f".SS sts-tui {name}\n" in text
    if which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z", str(page)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert done.stderr == ""


def test_the_wheel_installs_the_manual_page_and_completions() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert {Path(target).parts[1] for target in shared.values()} == {"man", "bash-completion", "zsh", "fish"}
    assert all((ROOT / source).is_file() for source in shared)
