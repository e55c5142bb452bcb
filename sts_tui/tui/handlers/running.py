"""The clock, undo and redo, saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.tui.text.instants import clock_time

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def pause(app: Host) -> None:
    """Pauses a tour that plays by itself (its clock is paused anyway), else the clock."""
    if app.presentation is not None and app.presentation.autoplay_key:
        app.presentation.toggle_autoplay()
        return
    app.ticker.set_paused(not app.clock.is_paused)
    app.say("Clock paused." if app.clock.is_paused else f"Clock running at x{app.clock.speed}.")


def faster(app: Host) -> None:
    app.ticker.faster()
    app.say(f"Clock x{app.clock.speed}{_if_paused(app)}.")


def slower(app: Host) -> None:
    """Slows the clock; while a past instant is shown, goes to the event before it instead."""
    if app.looking_back is not None:
        app.looking_back.step(-1)
        return
    app.ticker.slower()
    app.say(f"Clock x{app.clock.speed}{_if_paused(app)}.")


def _if_paused(app: Host) -> str:
    return f", paused: {app.keymap.first('pause')} runs it" if app.clock.is_paused else ""


def next_event(app: Host) -> None:
    """Goes to the next scheduled event; while a past instant is shown, to the next one of the log."""
    if app.looking_back is not None:
        app.looking_back.step(1)
        return
    due = app.simulation.next_due()
    if due is None:
        app.say("Nothing is scheduled: no session expires and no workload runs.")
        return
    instant, what = due
    app.wait_until(instant)
    app.say(f"{clock_time(instant)}: {what}.")


def animate(app: Host) -> None:
    """Invents sessions and traffic, or removes the invented ones, as the step of a tour does."""
    from sts_tui.tours.reading.steps import Animate

    is_on = not app.simulation.world.invented
    text = "animate" if is_on else "animate off"
    if app.is_left_to_steps(text):
        return
    result = app.command_log.perform(Animate(is_on), text)
    app.ticker.reanchor()
    keys = app.keymap
    more = f"; {keys.first('revoke')} revokes a role, {keys.first('animate')} removes them" if is_on else ""
    app.presenter.refresh()
    if is_on:
        _select_one_that_acts(app)
    app.say(f"{result.message}{more}.")


def _select_one_that_acts(app: Host) -> None:
    """Selects the busiest role with invented sessions, so that revoking it is a rehearsal."""
    acting = [one for one in app.simulation.world.invented.values() if one.assume_roles]
    roles = [one.assume_roles[-1].role_arn for one in sorted(acting, key=lambda one: one.every_seconds)]
    if roles and app.selection.role_arn not in roles:
        app.presenter.go_to_role(roles[0])


def undo(app: Host) -> None:
    from sts_tui.tui.dialogs.undoing import ask_to_undo

    if not app.is_left_to_steps("undo"):
        ask_to_undo(app)


def redo(app: Host) -> None:
    app.redo()


def save(app: Host) -> None:
    from sts_tui.tui.dialogs.save_model import save_model

    save_model(app)


HANDLERS: Final = {
    "animate": animate,
    "save": save,
    "pause": pause,
    "faster": faster,
    "slower": slower,
    "next_event": next_event,
    "undo": undo,
    "redo": redo,
}
