"""How is the documentation site built? With `make site`.

Pages are copied to a staging folder with all files of the repository that they link to, tours become films,
and MkDocs builds the site in strict mode, without network access. Pages that mkdocs.yml does not name are
listed under *Project*.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"
HOME = DOCS / "site" / "index.md"
FILMS: Mapping[str, str] = {
    "revocation": "sample_accounts/revocation.tour",
    "leaked-imds": "sample_accounts/scenarios/leaked-imds.tour",
    "trust-loop": "sample_accounts/scenarios/trust-loop.tour",
}
"""Films of the site: `films/NAME.html`."""
_LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
_FENCE = re.compile(r"^(?: *)```.*?^(?: *)```[^\n]*$", re.DOTALL | re.MULTILINE)
_NAMED = {"docs/README.md": "begin.md", "README.md": "readme.md", "CONTRIBUTING.md": "contributing.md"}


def pages() -> dict[Path, str]:
    """Every page of the repository: file → name in the site."""
    found = [*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    found.append(ROOT / "CHANGELOG.md")
    named = {path: _name(path) for path in sorted(found)}
    return {HOME: "index.md", **named}


def _name(path: Path) -> str:
    own = str(path.relative_to(ROOT))
    return _NAMED.get(own, own.removeprefix("docs/").lower() if "/" in own else own.lower())


class Staging:
    """Copies pages and the files of the repository that they link to."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._pages = pages()

    def stage(self) -> None:
        """Write every page. Raises FileNotFoundError for a broken link."""
        for path, name in self._pages.items():
            staged = self._target / name
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_text(self.page(path, name), encoding="utf-8")

    def page(self, path: Path, name: str) -> str:
        """The text of a page for the site."""
        text = path.read_text(encoding="utf-8")
        return "".join(self._part(part, is_code, path, name) for part, is_code in _parts(text))

    def _part(self, text: str, is_code: bool, path: Path, name: str) -> str:
        if is_code:
            return text
        return _LINK.sub(lambda found: f"{found[1]}{self._link(found[2], path, name)}{found[3]}", text)

    def _link(self, target: str, path: Path, name: str) -> str:
        if "://" in target or target.startswith(("#", "mailto:", "films/")):
            return target
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve()
        if not found.exists():
            raise FileNotFoundError(f"{path.relative_to(ROOT)}: {target} leads nowhere")
        staged = self._pages.get(found) or self._file(found)
        relative = os.path.relpath(self._target / staged, (self._target / name).parent)
        return f"{relative}#{anchor}" if anchor else relative

    def _file(self, found: Path) -> str:
        """The link to a file, which is copied to the site, or to the page about a folder."""
        if found.is_dir():
            return self._pages[_about_folder(found)]
        own = found.relative_to(ROOT)
        staged = Path(*own.parts[1:]) if own.parts[0] == "docs" else Path("files") / own
        (self._target / staged).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, self._target / staged)
        return str(staged)


def _about_folder(folder: Path) -> Path:
    name = folder.relative_to(ROOT).parts
    if name[:1] == ("sample_accounts",):
        return DOCS / "scenarios.md"
    return (
        DOCS / "architecture.md" if name != ("docs", "decisions") else min((DOCS / "decisions").glob("*.md"))
    )


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """(text, whether it is a block of code)"""
    end = 0
    for fence in _FENCE.finditer(text):
        yield text[end : fence.start()], False
        yield fence[0], True
        end = fence.end()
    yield text[end:], False


def write_films(target: Path) -> None:
    """Write the films, as `sts-tui shoot --html` does."""
    for name, tour in FILMS.items():
        command = [sys.executable, "-m", "sts_tui", "shoot", str(ROOT / tour), "--out", str(target), "--html"]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert (target / f"{name}.html").is_file()
    for file in target.iterdir():
        file.chmod(0o644)


def configuration() -> str:
    """mkdocs.yml with the remaining pages under *Project*."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    rest = [name for name in pages().values() if not re.search(rf": {re.escape(name)}$", text, re.MULTILINE)]
    listed = "".join(f"\n      - {name}" for name in sorted(rest))
    return text.replace("- Project: []", f"- Project:{listed}").replace("build/", f"{ROOT}/build/")


def build() -> None:
    """Stage and build the site. Raises CalledProcessError for any warning or error of MkDocs."""
    shutil.rmtree(PAGES, ignore_errors=True)
    (PAGES / "films").mkdir(parents=True)
    Staging(PAGES).stage()
    write_films(PAGES / "films")
    config = PAGES.parent / "mkdocs.yml"
    config.write_text(configuration(), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(config)]
    subprocess.run(
        command,
        check=True,
        cwd=ROOT,
        env={**os.environ, "DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"},
    )


if __name__ == "__main__":
    build()
    print(f"{SITE / 'index.html'}")
