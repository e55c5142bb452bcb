"""How does someone sign in on the screen? From a list of people and ways to sign in; each is a step of a
tour.

The choices are data (`simulation.views.sign_in_choices`). Where credentials are issued, the explorer acts as
the new session; a sign-in session of the console or of the portal issues none.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sts_tui.simulation.views.sign_in_choices import sign_in_choices
from sts_tui.tui.keys.actions import ACTIONS

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

_ABOVE = (
    "A sign-in session issues credentials until it ends. Ending it does not end issued credentials.",
    "If there is a session, the explorer then acts as it.",
)


def sign_in(app: Host) -> None:
    """Asks who signs in and how."""
    choices = {one.step: one for one in sign_in_choices(app.simulation.world)}
    if not choices:
        app.say("No one in this model can sign in: see docs/sign-in.md for what an account file needs.")
        return
    from sts_tui.tui.dialogs.choose import ChooseScreen

    def chosen(step: str | None) -> None:
        if step is not None:
            sign_in_by(app, step, choices[step].who)

    app.ask(
        ChooseScreen(
            "Sign in as …",
            [(step, one.who, one.note) for step, one in choices.items()],
            _ABOVE,
            {step: f"{step} {one.words}" for step, one in choices.items()},
            ways={step: one.what for step, one in choices.items()},
        ),
        chosen,
    )


def sign_in_as(app: Host, who: str) -> bool:
    """Signs in the user of an identity provider (`oidc:HOST/SUBJECT@ROLE`) and acts as the session; False
    where AWS refused, which is shown.
    """
    return sign_in_by(app, f"as {shlex.quote(who)}", who)


def sign_in_by(app: Host, text: str, who: str) -> bool:
    """Performs a step that signs someone in or out, and acts as the session that it issued; False where AWS
    refused, which is shown. `who`: for display.
    """
    from sts_tui.tours.reading.grammar import parse_step

    reason = ACTIONS["sign_in"].reason_against(app.presenter.action_context())
    if reason and not text.startswith("as "):
        app.say(reason, "warning")
        return False
    before = set(app.simulation.world.sessions)
    result = app.command_log.perform(parse_step(text), text)
    app.ticker.reanchor()
    if result.is_invalid or result.error is not None:
        app.presenter.refresh()
        error = result.error
        app.say(f"{error.code}: {error.message}" if error else result.message, "deny")
        return False
    issued = [key for key in app.simulation.world.sessions if key not in before]
    if issued:
        app.act_as(app.simulation.resolve(issued[-1]))
    app.presenter.refresh()
    if app.acting.access_key_id and (issued or text.startswith("as ")):
        app.presenter.go_to_session(app.acting.access_key_id)
        app.say(f"Signed in. Acting as {app.acting.label}.")
    else:
        app.say(_done(text, who))
    return True


def sign_in_to_app(app: Host, pool: str, person: str, role_arn: str = "") -> bool:
    """Signs a visitor in to an app (`PROVIDER/USER`; empty: a guest) and acts as the session; False where AWS
    refused, which is shown. `role_arn`: the role that the app names; empty: the pool chooses.
    """
    chosen = ["as", role_arn] if role_arn else []
    text = shlex.join(["signin", "app", pool, *([person] if person else []), *chosen])
    return sign_in_by(app, text, person or "guest")


def _done(text: str, who: str) -> str:
    """Says what happened where no credentials were issued."""
    verb, kind, *_ = shlex.split(text)
    where = {"portal": "at the access portal", "console": "to the console", "cli": "by aws login"}.get(
        kind, ""
    )
    if verb == "signout":
        return f"{who} is signed out. Issued credentials still work until they expire."
    return f"{who} is signed in {where}. The sign-in session can be ended in the same list."


def sign_in_workload(app: Host, source: str, role_arn: str) -> bool:
    """Gets a session for a certificate (`corp-ca/web-1`) or a pod (`pod:prod/shop/web`) and acts as it; False
    where AWS refused, which is shown.
    """
    from sts_tui.simulation.workloads.workload_credentials import POD

    place = source.removeprefix(POD)
    words = ["pod", place] if source.startswith(POD) else ["certificate", place, role_arn]
    return sign_in_by(app, shlex.join(["signin", *words]), source)
