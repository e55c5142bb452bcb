"""What an installed sts-tui needs is declared, pinned, and travels in the wheel."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.syntax import trees

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sts_tui"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text().splitlines()[1:]
TOUR = ROOT / "sample_accounts" / "revocation.tour"


def distribution(requirement: str) -> str:
    """`PyJWT>=2.9,<3` → `pyjwt`."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def modules_imported() -> set[str]:
    """The first name of every import in the package, wherever it stands."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"sts_tui"}


def required(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution and, in this environment, everything that it needs."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for requirement in metadata.requires(name) or []:
        marker = requirement.partition(";")[2]
        is_for_windows = "win32" in marker or "Windows" in marker  # colorama, if another package brought it
        if "extra" not in marker and not is_for_windows and _installed(distribution(requirement)):
            yield from required(distribution(requirement), seen)


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_what_is_imported_is_what_is_declared() -> None:
    owners = metadata.packages_distributions()
    imported = {
        distribution(owner) for module in modules_imported() for owner in owners.get(module, [module])
    }
    declared = {
        distribution(each)
        for each in [
            *PROJECT["dependencies"],
            *(one for name in ("web", "serve", "trail") for one in EXTRAS[name]),
        ]
    }
    # rich is Textual's own, and its version is Textual's to choose; typing_extensions is read by mypy alone;
    # pytest is there where its plugin is used
    assert imported - {"rich", "typing-extensions", "pytest"} == declared


def test_every_dependency_is_pinned_and_so_is_what_it_needs() -> None:
    wanted = [*PROJECT["dependencies"], *EXTRAS["web"], *EXTRAS["serve"], *EXTRAS["dev"]]
    seen: set[str] = {"sts-tui"}
    needed = {name for each in wanted for name in required(distribution(each), seen)}
    assert needed <= {distribution(line) for line in CONSTRAINTS}


def test_constraints_are_versions_and_no_addresses() -> None:
    assert [line for line in CONSTRAINTS if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []


def test_every_dependency_has_a_lower_bound() -> None:
    assert [each for each in PROJECT["dependencies"] if ">=" not in each] == []


@pytest.mark.long
def test_an_installed_wheel_needs_nothing_of_the_source_tree(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    _run(*pip, "wheel", "--no-deps", "-w", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "fresh home"
    venv.create(home, symlinks=True)
    _run(*pip, "--python", str(home / "bin" / "python"), "install", "--no-deps", str(wheel))
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(
        sysconfig.get_path("purelib") + "\n"
    )  # and not what is editable there

    def sts_tui(*words: str) -> str:
        return _run(str(home / "bin" / "sts-tui"), *words, cwd=tmp_path)

    where = _run(str(home / "bin" / "python"), "-c", "import sts_tui; print(sts_tui.__file__)", cwd=tmp_path)
    assert where.startswith(str(home))
    assert sts_tui("--version").startswith("sts-tui ")
    assert "1 step passed, 0 failed" in sts_tui("run", "-c", "as alice")
    assert sts_tui("selftest").splitlines()[-1].endswith(" 0 do not")
    tours = [str(path) for path in sorted(packages.glob("sts_tui/sample_accounts/**/*.tour"))]
    assert {Path(path).name for path in tours} == {path.name for path in TOUR.parent.rglob("*.tour")}
    assert sts_tui("run", *tours[:1]).splitlines()[-1].endswith(" 0 failed")
    sts_tui("validate", *tours)
    assert "keep-the-shop-running" in sts_tui("learn")
    (tmp_path / "answer.tour").write_text("revoke App\n")
    assert "4 of 4 checks passed" in sts_tui("learn", "16", "--check", "answer.tour")
    assert (home / "share" / "man" / "man1" / "sts-tui.1").is_file()
    sts_tui("shoot", str(TOUR), "--out", "pictures", "--html", "--cast")
    assert (tmp_path / "pictures" / "revocation.html").is_file()
    assert (tmp_path / "pictures" / "revoked.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish"])
def test_a_completion_script_names_every_command(shell: str) -> None:
    script = _run(sys.executable, "-m", "sts_tui", "--print-completion", shell)
    assert [
        word for word in ("run", "shoot", "record", "validate", "creds", "reach") if word not in script
    ] == []


def _run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
