"""How is the current model saved? As an account file that only its owner can read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sts_tui.tui.text.styled_text import Line, line, one_line
from sts_tui.tui.text.unsaved import unsaved_sentence

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def save_model(app: Host, name: str = "model.json", why_not: str = "") -> None:
    """Asks for a file name; warns before an existing file is overwritten. `why_not`: why the model could not
    be saved as `name`, which can be corrected.
    """
    from sts_tui.tui.dialogs.ask_line import AskLineScreen

    def note(text: str) -> list[Line]:
        unsaved = unsaved_sentence(app.journal)
        said = why_not if text == name else ""
        return [line((one_line(one), "warning")) for one in (said, unsaved) if one] + [_note(text)]

    def answered(text: str | None) -> None:
        if text and text.strip():
            _write(app, text)

    screen = AskLineScreen("Save the model", "File", name, note, hint="enter save   esc cancel")
    app.ask(screen, answered)


def _note(text: str) -> Line:
    """The note on a file name while it is entered."""
    if not text.strip():
        return line(("Enter a file name.", "warning"))
    try:
        path = Path(text).expanduser()
        if path.is_dir() or not path.absolute().parent.is_dir():
            return line(("This is a folder, or its folder does not exist.", "warning"))
        if path.exists():
            return line((f"{one_line(str(path))} exists: enter overwrites it.", "warning"))
    except (OSError, RuntimeError, ValueError) as error:  # too long, no such home, a NUL in it
        return line((f"Invalid file name: {one_line(str(error))[:60]}", "warning"))
    return line(("Enter saves the model with its edits as an account file (mode 0600).", "muted"))


def _write(app: Host, text: str) -> None:
    from sts_tui.account.writing.export import export
    from sts_tui.simulation.model_now import model_now

    model = model_now(app.simulation)
    app.background.soon("Writing the account file", lambda _: export(model), partial(_written, app, text))


def _written(app: Host, text: str, account_file: str) -> None:
    from sts_tui.account.writing.private_file import write_private

    try:
        path = Path(text).expanduser()
        write_private(path, account_file)
    except (OSError, RuntimeError, ValueError) as error:
        why = f"Not saved: {getattr(error, 'strerror', None) or error}"
        app.say(why, "warning")
        if app.main.is_current:  # else another dialog was opened in the meantime
            save_model(app, text, why)
    else:
        unsaved = unsaved_sentence(app.journal)
        app.say(f"Saved to {path}. {unsaved}".rstrip(), "warning" if unsaved else "plain")
