"""`sts-tui incident`: the desk as text and JSON, its report, and its errors."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Printed

Command = Callable[..., Printed]
PAGE = Path(__file__).parents[3] / "docs" / "incident.md"


def test_the_desk_is_printed_with_the_best_cut_marked(sts_tui: Command) -> None:
    printed = sts_tui("incident", "unknown-laptop").out
    assert re.search(r"^\* deny-network +cut 2026-01-15T09:01:00Z; spares 5; breaks nothing$", printed, re.M)


def test_the_example_of_the_page_is_what_the_command_prints(sts_tui: Command) -> None:
    printed = sts_tui("incident", "unknown-laptop", "--json")
    found = re.search(r"```json\n(.*?)\n```", PAGE.read_text("utf-8"), re.S)
    assert found is not None
    assert printed.objects == [json.loads(found[1])]


def test_the_page_lists_every_kind_of_cut() -> None:
    ids = set(re.findall(r"`([a-z-]+)(?::[A-Z]+)?`", PAGE.read_text("utf-8")))
    used = {cut["id"].partition(":")[0] for cut in json.loads(_example())["cuts"]}
    assert used <= ids


def _example() -> str:
    found = re.search(r"```json\n(.*?)\n```", PAGE.read_text("utf-8"), re.S)
    assert found is not None
    return found[1]


def test_a_tour_is_played_first(tmp_path: Path, sts_tui: Command) -> None:
    tour = tmp_path / "cut.tour"
    tour.write_text("wait 60s\nas alice\nrevoke App\nexpect ok\nwait 5s\n")
    (desk,) = sts_tui("incident", "unknown-laptop", "--tour", tour, "--json").objects
    assert desk["proof"]["complete"] is True
    assert [done["by"] for done in desk["aftermath"]["done"]] == ["alice"]


def test_the_report_is_private_because_it_shows_the_account(tmp_path: Path, sts_tui: Command) -> None:
    path = tmp_path / "incident.md"
    assert sts_tui("incident", "App", "--report", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "## Proof" in path.read_text("utf-8")


def test_an_unknown_who_is_one_line(sts_tui: Command) -> None:
    printed = sts_tui("incident", "nobody-at-all")
    assert (printed.code, printed.err) == (2, "sts-tui: no one is named nobody-at-all\n")


def test_as_says_who_carries_the_cuts_out_as_in_the_explorer(sts_tui: Command) -> None:
    """The explorer tries the cuts as the acting identity; the command line only as the operator."""
    lines = sts_tui("incident", "App", "--as", "etl").out.splitlines()
    assert "As        etl" in lines
    assert "refused: AccessDenied" in next(line for line in lines if line.strip().startswith("revoke-role"))
    printed = sts_tui("incident", "App", "--as", "nobody-at-all")
    assert (printed.code, printed.err) == (2, "sts-tui: no one is named nobody-at-all\n")
