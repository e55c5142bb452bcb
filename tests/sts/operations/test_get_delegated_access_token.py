"""GetDelegatedAccessToken. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html"""

from __future__ import annotations

from tests.accounts.organization import Desk


def test_no_trade_in_token_is_ever_good_and_the_hint_says_why(desk: Desk) -> None:
    refused = desk.refusal("GetDelegatedAccessToken", TradeInToken="anything")
    assert (refused.code, refused.status) == ("ExpiredTradeInTokenException", 400)
    assert "not simulated" in refused.hint


def test_token_is_required(desk: Desk) -> None:
    assert desk.invalid("GetDelegatedAccessToken") == (
        "1 validation error detected: Value null at 'tradeInToken' failed to satisfy constraint: Member must "
        "not be null"
    )


def test_credentials_are_required(desk: Desk) -> None:
    refused = desk.refusal("GetDelegatedAccessToken", by="anonymous", TradeInToken="x")
    assert refused.code == "MissingAuthenticationToken"
