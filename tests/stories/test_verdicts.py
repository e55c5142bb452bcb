"""Verdicts are about AWS: the operator bypasses IAM, so it has none, and forms show who could instead."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sts_tui.simulation.events import RequestAnswered, SessionsRevoked
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.options import Options
from sts_tui.tui.recording import opening_lines
from sts_tui.tui.start.open import open_explorer as open_from_command_line
from tests.support.explorer import SAMPLE, Explorer, open_explorer

ALICE = Options(preset="default", acting="alice")
DEPLOY = "arn:aws:iam::111122223333:role/Deploy"


def has_verdict(explorer: Explorer) -> bool:
    return any(f"AWS would {word} it" in explorer.text() for word in ("allow", "deny", "refuse"))


async def test_the_form_names_who_could_assume_the_role_and_f3_acts_as_it() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.presenter.go_to_role(DEPLOY)
        await explorer.press("a")
        assert not has_verdict(explorer)
        assert "Not evaluated: the operator bypasses IAM" in explorer.text()
        assert "As alice: denied, the role trust policy" in explorer.text()
        assert "As shop-build-812@CI: + allowed" in explorer.text()
        await explorer.press("f3")
        assert explorer.app.acting.label == "shop-build-812@CI"
        assert "+ AWS would allow it" in explorer.text(), "the form continues with this caller's verdict"
        assert "role/Deploy" in explorer.text()


async def test_an_identity_that_aws_would_allow_comes_first() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.presenter.go_to_role("arn:aws:iam::111122223333:role/Pipeline")
        await explorer.press("a")
        text = explorer.text()
        assert text.index("As etl: + allowed") < text.index("As alice: denied")


async def test_the_revoke_dialog_has_no_verdict_for_the_operator_but_names_who_could() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("R")
        assert not has_verdict(explorer)
        assert "As alice: + allowed" in explorer.text()


async def test_the_editor_has_no_verdict_for_the_operator() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("2", "e")
        assert not has_verdict(explorer)
        assert "Not evaluated" in explorer.text()


async def test_a_request_of_the_operator_is_shown_as_bypassing_iam() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        events = [each for each in explorer.app.simulation.events if isinstance(each, RequestAnswered)]
        assert events[-1].decided_by == "operator"
        rows = [line for line in explorer.pane("requests").splitlines() if "operator   " in line]
        assert rows
        assert all("BYPASS" in row and "ALLOW" not in row for row in rows)


async def test_acting_as_alice_the_first_revocation_goes_through_iam() -> None:
    async with open_explorer(options=ALICE, seconds=10) as explorer:
        assert explorer.app.acting.label == "alice"
        await explorer.press("R")
        assert "As alice + AWS would allow it" in explorer.text()
        await explorer.press("tab", "enter")
        log = explorer.app.simulation.events
        revocation = next(each for each in log if isinstance(each, SessionsRevoked))
        assert revocation.caller == "alice"
        put = next(each for each in log if getattr(each, "action", "") == "iam:PutRolePolicy")
        assert isinstance(put, RequestAnswered)
        assert put.decided_by != "operator"
        assert explorer.app.simulation.explain(put) is not None, "policies were evaluated"


def test_a_recorded_tour_begins_with_the_identity_of_the_explorer() -> None:
    simulation = Simulation.open(SAMPLE)
    assert opening_lines(simulation, ALICE, SAMPLE.parent)[1:] == ["as alice"]
    assert opening_lines(simulation, Options(), SAMPLE.parent)[1:] == ["as operator"]


def test_the_built_in_sample_opens_as_alice_and_other_models_as_the_operator(monkeypatch: Any) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(
        "sts_tui.tui.start.open._run",
        lambda simulation, options, *_: seen.append(options.acting) or (0, None),
    )
    asked: dict[str, Any] = {
        "files": (), "sample": SAMPLE, "tour": None, "seed": None, "start": None, "resume": False,
        "journal": False, "readonly": False, "theme": None, "keymap": None, "ascii": False, "record_to": None,
        "serve": None,
    }  # fmt: skip
    open_from_command_line(SimpleNamespace(**asked))
    open_from_command_line(SimpleNamespace(**{**asked, "files": (SAMPLE,)}))
    assert seen == ["alice", None]
