"""How does the explorer act as a user of an identity provider? By the step `as`, which signs the user in."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def sign_in_as(app: Host, who: str) -> bool:
    """Signs the user in (`oidc:HOST/SUBJECT@ROLE`) and acts as the session; False where AWS refused, which is
    shown.
    """
    from sts_tui.tours.reading.grammar import parse_step

    text = f"as {shlex.quote(who)}"
    result = app.command_log.perform(parse_step(text), text)
    app.ticker.reanchor()
    app.presenter.refresh()
    if result.is_invalid:
        app.say(result.message, "deny")
        return False
    app.presenter.go_to_session(app.acting.access_key_id or "")
    app.say(f"Signed in. Acting as {app.acting.label}.")
    return True
