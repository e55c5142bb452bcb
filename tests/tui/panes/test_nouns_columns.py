"""What the columns of pane 1 show where there is little room."""

from __future__ import annotations

from tests.support.screens import MIDDLE, lines_of, revoked_app


async def test_the_state_of_a_workload_begins_with_its_word() -> None:
    app = revoked_app()
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.pause()
        app.presenter.show_noun("workloads")
        await pilot.pause()
        row = next(line for line in lines_of(app) if "▸ web-shop" in line)
        assert " failing" in row
