from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.identifiers import account_of_access_key_id
from sts_tui.sts.ids import IdSource, long_term_secret


@given(seed=st.integers(), counter=st.integers(0, 10**6), account=st.integers(0, 10**12 - 1))
def test_access_key_ids_carry_their_account_and_are_shaped_like_awss(
    seed: int, counter: int, account: int
) -> None:
    key = IdSource(seed, counter).access_key_id("ASIA", f"{account:012}")
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", key)
    assert account_of_access_key_id(key) == f"{account:012}"


def test_same_seed_and_counter_give_the_same_stream() -> None:
    first, second = IdSource(7), IdSource(7)
    assert [first.secret(), first.token(), first.request_id()] == [
        second.secret(),
        second.token(),
        second.request_id(),
    ]


def test_stream_begins_at_its_beginning_unless_told_otherwise() -> None:
    assert IdSource(7).secret() == IdSource(7, 0).secret()
    assert IdSource(7).counter == 0


def test_stream_continues_where_it_stopped() -> None:
    whole = IdSource(7)
    whole.secret()
    resumed = IdSource(7, whole.counter)
    assert whole.secret() == resumed.secret()


def test_other_seeds_give_other_ids() -> None:
    assert IdSource(7).secret() != IdSource(8).secret()


def test_secrets_and_tokens_say_that_they_are_simulated() -> None:
    ids = IdSource(0)
    for text in (ids.secret(), ids.token(), long_term_secret("AKIAIOSFODNN7EXAMPLE")):
        assert text.startswith("SIMULATED/")
    assert len(ids.secret()) == len(long_term_secret("AKIAIOSFODNN7EXAMPLE")) == 40


def test_tokens_are_as_long_as_asked() -> None:
    assert [len(IdSource(0).token(size)) for size in (100, 356, 4096)] == [100, 356, 4096]


def test_request_ids_are_uuids() -> None:
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", IdSource(0).request_id()
    )
