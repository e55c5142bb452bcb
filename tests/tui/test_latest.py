"""A question at every key: the newest is answered, and no key waits for an answer."""

from __future__ import annotations

import threading

from textual.app import App

from sts_tui.tui.latest import Latest


async def test_only_the_newest_question_is_answered_and_asking_never_waits() -> None:
    app: App[None] = App()
    begun, go_on = threading.Event(), threading.Event()
    computed: list[int] = []
    shown: list[int] = []

    def compute(question: int) -> int:
        computed.append(question)
        begun.set()
        go_on.wait(60)
        return question * 10

    async with app.run_test() as pilot:
        latest = Latest(app, compute, shown.append)
        for question in range(100):
            latest.ask(question)
            begun.wait(60)
        assert computed == [0], "asking does not wait for the first answer"
        go_on.set()
        for _ in range(3_000):
            await pilot.pause(0.01)
            if shown:
                break
        assert computed == [0, 99]
        assert shown == [990], "the answer to a replaced question is not shown"


async def test_an_answer_that_comes_after_the_screen_is_closed_is_dropped() -> None:
    app: App[None] = App()
    shown: list[int] = []
    async with app.run_test() as pilot:
        latest = Latest(app, lambda question: question, shown.append, patience=5)
        latest.ask(1)
        latest.drop()
        await pilot.pause(0.05)
        assert not shown
