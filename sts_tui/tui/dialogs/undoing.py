"""What will undo revert? The call, and the sessions that end or work again; then it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.undo.history import Edit
from sts_tui.tui.dialogs.confirm import ConfirmScreen, Fact
from sts_tui.tui.text.styled_text import Line, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

MOST_NAMED = 3
"""Sessions that are named; the rest are counted."""


class UndoScreen(ConfirmScreen):
    """Undo can be redone, so its button has the focus: `u` twice, or `u` and enter."""

    FOCUSED = "#confirm"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("u,z", "confirm", "Undo", show=False)]

    def action_confirm(self) -> None:
        self.dismiss(True)


def ask_to_undo(app: Host, then: Callable[[], None] | None = None) -> None:
    """Shows what the next undo reverts; undoes it if that is confirmed. `then` is called in either case."""
    done = app.simulation.history.done
    if not done:
        app.undo()
        return
    together = app.simulation.history.last_together()

    def answered(is_confirmed: bool | None) -> None:
        if is_confirmed and app.simulation.history.last_together() == together:
            app.undo()
        elif not is_confirmed:
            app.say("Nothing was undone.")
        if then is not None:
            then()

    text = "\n".join(edit.command for edit in together)
    app.ask(UndoScreen("Undo", list(_facts(app, together)), "Undo", text), answered)


def _facts(app: Host, together: list[Edit]) -> Iterator[Fact]:
    """`together`: the commands that are undone as one, the newest first."""
    yield "Reverts", [line((one_line(edit.command), "strong")) for edit in together]
    if subjects := dict.fromkeys(edit.subject for edit in reversed(together) if edit.subject):
        yield "On", [line(one_line(subject)) for subject in subjects]
    ended = [session.label for edit in together for session in edit.sessions]
    if ended:
        yield "Removes", [_named(ended, "session")]
    changed = _sessions_that_change(app.simulation)
    if changed:
        yield "Changes", changed
    yield (
        "Keeps",
        [line(("the clock and the request log: requests that were denied stay denied there", "muted"))],
    )
    left = len(app.simulation.history.done) - len(together)
    again = f"{app.keymap.first('redo')} redoes it"
    yield "Afterwards", [line((f"{left} earlier calls can be undone; {again}" if left else again, "muted"))]


def _sessions_that_change(simulation: Simulation) -> list[Line]:
    """Sessions whose state differs without the call, as far as a dated Deny or a deleted issuer decides."""
    now, then = simulation.world, simulation.history.without_last(simulation.world)
    works: list[str] = []
    stops: list[str] = []
    for key, session in then.sessions.items():
        before = state_of(now.sessions.get(key, session), now).counts_as_active
        after = state_of(session, then).counts_as_active
        if before != after:
            (works if after else stops).append(session.label)
    found = ((works, "works again", "work again"), (stops, "is denied again", "are denied again"))
    return [
        (*_named(labels, "session"), *line(f" {one if len(labels) == 1 else many}"))
        for labels, one, many in found
        if labels
    ]


def _named(labels: list[str], noun: str) -> Line:
    names = ", ".join(one_line(each) for each in labels[:MOST_NAMED])
    more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    return line(f"{noun if len(labels) == 1 else noun + 's'} {names}{more}")
