"""The documentation site: staged pages, and a strict build without the network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.generate import site

ROOT = Path(__file__).parents[2]
CONCEPTS = {
    "requesting-credentials.md": ["custom broker", "Web identity", "AD FS", "Untrusted environments"],
    "without-an-aws-identity.md": ["AssumeRoleWithSAML"],
    "metadata-url.md": ["169.254.169.254"],
    "remediation.md": ["Limits"],
}


def shown_commands() -> list[str]:
    """The commands of the pages for learning that end by themselves."""
    pages = [*CONCEPTS, "tutorial.md", "revocation-is-a-dated-deny.md", "how-evaluation-works.md"]
    pages += ["test-trust-policies.md", "exercises.md"]
    texts = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in pages]
    lines = [line for text in texts for line in re.findall(r"^\$ (sts-tui .+)$", text, re.MULTILINE)]
    ends = ("run ", "creds ", "can ", "reach ", "incident ", "selftest ", "validate ")
    return [line for line in dict.fromkeys(lines) if line.removeprefix("sts-tui ").startswith(ends)]


def test_every_page_is_staged_with_its_links(tmp_path: Path) -> None:
    site.Staging(tmp_path).stage()
    staged = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.md")}
    assert staged == set(site.pages().values())
    assert len(staged) > 40
    for page in tmp_path.rglob("*.md"):
        prose = re.sub(
            r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for target in re.findall(r"\]\(([^)\s#]+)", prose):
            if "://" not in target and not target.startswith("films/"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tours.md"
    with pytest.raises(FileNotFoundError, match="leads nowhere"):
        site.Staging(tmp_path)._part("[x](nowhere.md)", False, page, "tours.md")
    assert site.Staging(tmp_path)._part("[x](nowhere.md)", True, page, "tours.md") == "[x](nowhere.md)"


def test_the_navigation_has_every_page_once() -> None:
    text = site.configuration().replace("!!python/object/apply:pymdownx.slugs.slugify", "")
    listed = re.findall(r": ?([\w./-]+\.md)$|^ +- ([\w./-]+\.md)$", text, re.MULTILINE)
    names = [one or other for one, other in listed]
    assert sorted(names) == sorted(site.pages().values())
    settings = yaml.safe_load(text)
    assert settings["theme"]["font"] is False, "no fonts from the network"
    assert {"search"} <= set(settings["plugins"])
    assert set(settings["validation"]["links"].values()) == {"warn"}


def test_the_home_page_plays_a_tour() -> None:
    home = site.HOME.read_text(encoding="utf-8")
    films = set(re.findall(r"films/([\w-]+)\.html", home))
    assert films == set(site.FILMS)
    assert "<iframe" in home
    assert "title=" in home


@pytest.mark.parametrize(("page", "words"), CONCEPTS.items())
def test_a_concept_has_its_page_with_something_to_try(page: str, words: list[str]) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert all(word in text for word in words)
    assert "omething to try" in text
    assert "$ sts-tui learn" in text
    assert "https://docs.aws.amazon.com/" in text


@pytest.mark.long
@pytest.mark.parametrize("line", shown_commands())
def test_what_the_pages_show_works(line: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", line.replace("sts-tui", f"{sys.executable} -m sts_tui", 1)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == (1 if line.startswith("sts-tui can") else 0), done.stdout + done.stderr


@pytest.mark.parametrize("page", ["tutorial.md", "test-trust-policies.md"])
def test_the_tours_of_the_pages_play(page: str, tmp_path: Path) -> None:
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.playing.results import StepOutcome
    from sts_tui.tours.playing.runner import play
    from sts_tui.tours.reading.grammar import parse_tour
    from sts_tui.tours.reading.preamble import opening_of

    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (block,) = re.findall(r"^ *```text\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    tour = parse_tour(re.sub(r"^ +", "", block, flags=re.MULTILINE), page)
    player = Player(opening_of(tour, ROOT, ROOT / "sample_accounts" / "acme.json").open())
    failed = [each.result.message for each in play(tour, player) if each.result.outcome is StepOutcome.FAILED]
    assert failed == []


@pytest.mark.long
def test_the_site_is_built_without_the_network() -> None:
    """In a network namespace with no network; MkDocs is strict, so a warning is an error."""
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, "-m", "docs.generate.site"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    index = json.loads((site.SITE / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert any("AWSRevokeOlderSessions" in entry["text"] for entry in index["docs"])
    for page in site.SITE.rglob("*.html"):
        loaded = re.findall(
            r'<(?:script|img|iframe)[^>]* src="([^"]+)"|<link[^>]* rel="stylesheet" href="([^"]+)"',
            page.read_text(encoding="utf-8"),
        )
        assert not [one or other for one, other in loaded if "://" in (one or other)], page
