"""How does the explorer act as a user of an identity provider or a visitor of an app? By the steps `as` and
`signin app`, which sign them in.
"""

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


def sign_in_to_app(app: Host, pool: str, person: str) -> bool:
    """Lets a visitor of an app in (`PROVIDER/USER`; a guest where it is empty) and acts as the session; False
    where AWS refused, which is shown.
    """
    from sts_tui.tours.reading.grammar import parse_step

    before = len(app.simulation.world.sessions)
    text = shlex.join(["signin", "app", pool, *([person] if person else [])])
    result = app.command_log.perform(parse_step(text), text)
    sessions = app.simulation.world.sessions
    if result.is_invalid or len(sessions) == before:
        app.say(result.message, "deny")
        return False
    return sign_in_as(app, list(sessions)[-1])
