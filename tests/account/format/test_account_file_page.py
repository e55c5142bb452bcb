"""The reference of the account file is what the loader does."""

from __future__ import annotations

import json
import re

from docs.generate.account_file import account_file
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.loading.load import parse


def test_every_key_of_the_format_is_on_the_page() -> None:
    page = account_file()
    for object_format in FORMATS.values():
        for key in object_format.keys:
            assert re.search(rf"^\| \**`{re.escape(key)}`\** \|", page, re.MULTILINE), (
                object_format.name,
                key,
            )


def test_the_examples_of_the_page_load_together() -> None:
    examples = re.findall(r"```json\n(.*?)```", account_file(), re.DOTALL)
    assert len(examples) == 2
    loaded = parse([Source(f"{number}.json", text) for number, text in enumerate(examples)])
    assert loaded.warnings == ()
    assert json.loads(examples[1])["Accounts"][0]["RoleDetailList"][0]["MaxSessionDuration"] == 7200


def test_links_inside_the_page_lead_to_a_heading() -> None:
    page = account_file()
    headings = {
        "".join("-" if c == " " else c for c in title.lower() if c.isalnum() or c in " -")
        for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= headings
