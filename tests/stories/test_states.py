"""A session shows what AWS would answer to it now: cut or partly, and by which statement."""

from __future__ import annotations

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.options import Options
from sts_tui.tui.text.symbols import OF_STATE, to_ascii
from tests.accounts.policies import denies
from tests.support.explorer import SAMPLE, Explorer, open_explorer

SHOP = "i-0ab12cd34ef567890@App"


async def put(explorer: Explorer, action: str) -> None:
    document = {"RoleName": "App", "PolicyName": "stop", "PolicyDocument": denies(action)}
    explorer.app.call("iam:PutRolePolicy", document)
    await explorer.pilot.pause()


def row_of(explorer: Explorer) -> str:
    return next(line for line in explorer.pane("sessions").splitlines() if SHOP in line)


async def test_a_cut_session_shows_the_statement_and_no_longer_counts_as_live() -> None:
    async with open_explorer(seconds=12) as explorer:
        await put(explorer, "*")
        assert "⊟ cut App/stop#1" in row_of(explorer)
        assert "1 cut" in explorer.pane("sessions").splitlines()[0]
        app = next(line for line in explorer.pane("roles").splitlines() if " App " in line)
        assert "0 ✖1" in app
        assert "revoke active sessions" not in explorer.status(), "none is left to revoke"
        await explorer.press("t")
        assert "✖" in explorer.text()


async def test_a_partly_cut_session_says_how_many_requests_are_denied() -> None:
    async with open_explorer(seconds=12) as explorer:
        await put(explorer, "sqs:*")
        assert "◧ partly" in row_of(explorer)
        assert "of" in row_of(explorer)
        await put(explorer, "kms:*")
        assert "● active" in row_of(explorer), "the state follows the policy"


async def test_acting_as_a_cut_session_the_header_says_by_what() -> None:
    async with open_explorer(seconds=12) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve(SHOP))
        explorer.app.simulation.call(
            "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "stop", "PolicyDocument": denies()}
        )
        await explorer.wait(2)
        assert "⊟ cut App/stop#1" in explorer.header()


def test_every_state_has_a_symbol_of_its_own_also_in_ascii() -> None:
    assert len(set(OF_STATE.values())) == len(OF_STATE)
    assert len({to_ascii(symbol) for symbol in OF_STATE.values()}) == len(OF_STATE)


@pytest.mark.parametrize("is_ascii", [False, True])
async def test_cut_is_a_word_beside_its_symbol(is_ascii: bool) -> None:
    options = Options(preset="default", is_ascii=is_ascii)
    async with open_explorer(options=options, seconds=12) as explorer:
        await put(explorer, "*")
        assert "cut App/stop#1" in row_of(explorer)


def test_tours_expect_cut_and_partly() -> None:
    text = (
        "wait 12s\n"
        f"expect session {SHOP} active\n"
        "aws iam put-role-policy --role-name App --policy-name stop --policy-document "
        '\'{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sqs:*","Resource":"*"}}\'\n'
        f"expect session {SHOP} partly\n"
        "aws iam put-role-policy --role-name App --policy-name stop --policy-document "
        '\'{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}\'\n'
        f"expect session {SHOP} cut\n"
        "undo\nundo\n"
        f"expect session {SHOP} active\n"
    )
    played = play(parse_tour(text, "cut.tour"), Player(Simulation.open(SAMPLE)))
    assert {one.result.outcome for one in played} == {StepOutcome.PASSED}
