"""What must be reported when the explorer opens? Warnings in the account file, the theme and the keymap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.styled_text import line, one_line


def opening_messages(
    simulation: Simulation, keymap: Keymap, unknown_theme: str, log: CommandLog
) -> Iterator[str]:
    """What is shown in the bottom line, one after the other; `log` gets every warning in full."""
    yield from warning_messages(simulation.warnings, keymap, log)
    if simulation.model.accounts and not simulation.world.workloads:
        yield f"Nothing acts in this model. {keymap.first('animate')} invents sessions and requests from it."
    yield from filter(None, (unknown_theme, *keymap.problems))


def note_lost_names(log: CommandLog) -> None:
    """Adds what is lost with this version of Textual to the list of messages."""
    from sts_tui.tui.widgets.textual_internals import missing  # with every class that has such a name

    for lost in dict.fromkeys(each.lost for each in missing()):
        log.add_message(line(f"This version of Textual differs from the tested one: {lost}."))


def warning_messages(
    warnings: Sequence[Diagnostic], keymap: Keymap, log: CommandLog, before: int = 0
) -> Iterator[str]:
    """The number of warnings, for the bottom line; each goes to the list of messages. `before`: how many were
    reported already.
    """
    for warning in warnings:
        log.add_message(line((one_line(str(warning)), "warning")))
    if warnings:
        total = before + len(warnings)
        count = f"{total} warning{'s' if total != 1 else ''}"
        read = "it" if total == 1 else "them"
        yield f"{count} in the account file. Press {keymap.first('messages')} to see {read}."
