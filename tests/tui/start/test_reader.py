"""The reader mode: everything in words, one thing a line, nothing that only an eye understands."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.options import Options
from sts_tui.tui.start import persistence
from sts_tui.tui.start.persistence import begin, resume
from sts_tui.tui.start.reader import Reader, read_aloud, spoken
from sts_tui.tui.text.styled_text import line
from tests.support.explorer import SAMPLE
from tests.support.full_disk import disk


def answers(*lines: str) -> list[str]:
    """The answer to the last line."""
    read = Reader(Simulation.open(SAMPLE), Options())
    said: list[str] = []
    for each in lines:
        said = list(read.answer(each))
    return said


def test_an_explanation_says_in_words_what_matched_and_what_did_not() -> None:
    said = answers("wait 13s", "explain")
    assert said[0] == "DENY, because no identity-based policy allows the s3:GetObject action"
    assert said[said.index("Action: matches") + 1].startswith("policy, s3:GetObject")
    assert "Resource: does not match" in said
    assert any(each.startswith("permissions boundary, none, ") for each in said)
    assert any(each.startswith("Fixes ") for each in said)
    assert not [each for each in said if not each or each[0] in "+-✖○●◆─ "]


def test_what_happened_is_read_without_symbols() -> None:
    said = answers("wait 10s", "revoke App")
    assert any(each.startswith("09:00:10 App revoked by operator: 1 session") for each in said)
    assert not set("".join(said)) & set("◆●○✖─")


def test_spaces_inside_what_a_policy_says_stay() -> None:
    assert spoken(line(("        policy   ", "muted"), "two  spaces")) == "policy, two  spaces"
    assert spoken(line("  ", "+", " ", "layer     ", " allow")) == "layer, allow"
    assert spoken(()) == ""


def test_one_is_one() -> None:
    assert any("1 live session," in each for each in answers("wait 1s", "roles"))


def test_an_unknown_word_leads_to_the_words() -> None:
    assert answers("foo")[0].endswith("Type help for the words.")


def test_before_anything_happened_it_says_what_to_type() -> None:
    (said,) = answers("requests")
    assert "wait 10s" in said


def test_at_a_terminal_there_is_a_prompt_and_the_end_of_input_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    prompts: list[str] = []
    typed = iter(["status"])

    def asked(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", asked)
    assert read_aloud(Simulation.open(SAMPLE), Options()) == 0
    assert prompts == ["> ", "> "]
    assert capsys.readouterr().out.count("You act as operator.") == 2


def test_a_resumed_journal_restores_the_acting_identity_and_reports_what_was_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(persistence, "state_folder", lambda: tmp_path)
    simulation = Simulation.open(SAMPLE)
    first = ["as alice\n", "wait 10s\n", "quit\n"]
    assert read_aloud(simulation, Options(), begin(simulation, [SAMPLE]), iter(first)) == 0
    (path,) = tmp_path.glob("*.journal")
    with path.open("ab") as file:
        file.write(b"half a line")
    capsys.readouterr()
    again = resume()
    assert read_aloud(again.simulation, Options(), again, iter(["status\n"])) == 0
    said = capsys.readouterr().out
    assert "11 bytes in 1 line(s) were cut off" in said
    assert said.count("You act as alice.") == 2
    assert again.simulation.now == simulation.now
    resume().store.close()  # the prompt has given it back


def test_it_says_when_work_is_not_saved_and_when_it_is_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(persistence, "state_folder", lambda: tmp_path)
    simulation = Simulation.open(SAMPLE)
    kept = begin(simulation, [SAMPLE])
    read = Reader(simulation, Options(), kept)
    with disk(errno.ENOSPC):
        said = list(read.answer("revoke App"))
        assert said[-1].startswith("Work is not saved since command 1 (")
        assert list(read.answer("status"))[-1].endswith("No space left on device.")
    for _ in range(4):
        said = list(read.answer("wait 1s"))
        if "All work is saved." in said:
            break
    else:
        pytest.fail("it was not said")
    with disk(errno.ENOSPC):
        read_aloud(simulation, Options(), kept, iter(["wait 1s\n"]))
    assert capsys.readouterr().out.strip().endswith("No space left on device.")
