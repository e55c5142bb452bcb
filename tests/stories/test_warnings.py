"""What `validate` warns about is reported wherever a policy comes in: a file, the editor, the command bar."""

from __future__ import annotations

import json
from pathlib import Path

from sts_tui.tui.start.file_warnings import report_all_warnings
from tests.support.explorer import SAMPLE, Explorer, open_explorer

MEANT = 'did you mean "aws:TokenIssueTime"?'


async def said(explorer: Explorer, text: str) -> bool:
    """Whether a message appears that comes from the background."""
    for _ in range(3_000):
        if text in explorer.message():
            return True
        await explorer.pilot.pause(0.05)
    return False


async def test_warnings_of_an_account_file_are_counted_and_listed(tmp_path: Path) -> None:
    misspelled = tmp_path / "account.json"
    text = SAMPLE.read_text(encoding="utf-8").replace('"aws:SecureTransport"', '"aws:SecureTransprt"')
    misspelled.write_text(text, encoding="utf-8")
    async with open_explorer(misspelled) as explorer:
        report_all_warnings(explorer.app, (misspelled,))
        assert await said(explorer, "1 warning")
        await explorer.press("exclamation_mark")
        assert 'did you mean "aws:SecureTransport"?' in explorer.text()
        assert "account.json" in explorer.text()


async def test_files_without_warnings_say_nothing() -> None:
    async with open_explorer() as explorer:
        report_all_warnings(explorer.app, (SAMPLE,))
        await explorer.pilot.pause(0.3)
        assert "warning" not in explorer.message()


async def test_editor_warns_before_saving_and_the_list_of_messages_keeps_it() -> None:
    async with open_explorer() as explorer:
        await explorer.click("#policy", offset=(5, 3))
        await explorer.press("e")
        area = explorer.app.screen.query_one("TextArea")
        document = json.loads(area.text)  # type: ignore[attr-defined]
        document["Statement"][0]["Condition"] = {"DateLessThan": {"aws:TokeIssueTime": "2030-01-01"}}
        area.text = json.dumps(document, indent=2)  # type: ignore[attr-defined]
        await explorer.pilot.pause()
        assert MEANT in explorer.text()
        await explorer.press("ctrl+s", "exclamation_mark")
        assert MEANT in explorer.text()


async def test_command_bar_warns_after_the_write(tmp_path: Path) -> None:
    statement = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokeIssueTime": "2030-01-01T00:00:00Z"}},
    }
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    async with open_explorer() as explorer:
        await explorer.press("colon")
        write = f"aws iam put-role-policy --role-name App --policy-name p --policy-document file://{file}"
        await explorer.type(f"{write} --profile operator")
        await explorer.press("enter")
        assert MEANT in explorer.text()
