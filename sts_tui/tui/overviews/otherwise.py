"""What if? A step of a tour is inserted at an instant of the open trail.

The user chooses the instant (the cursor of the timeline, or the past instant that is shown), the change, and
whose calls belong to the incident. The answer: which calls would not have happened, and which legitimate ones
would have failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sts_tui.sts.authenticate import access_keys
from sts_tui.tui.dialogs.ask_line import AskLineScreen
from sts_tui.tui.dialogs.choose import Choice, ChooseScreen
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.overviews.trail import styled
from sts_tui.tui.text.instants import date_time
from sts_tui.tui.text.styled_text import Line, line, one_line

if TYPE_CHECKING:
    from sts_tui.trail.opened import OpenedTrail
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

_OWN: Final = "own"
_NOBODY: Final = ""
_SHOWN: Final = 1_000
"""Kinds of calls that are listed."""
_MOST_CHOICES: Final = 500


def ask_otherwise(app: Host, at: datetime | None = None) -> None:
    """Asks for the change at an instant: of the past that is shown, else at the beginning of the trail."""
    trail = app.trail
    if trail is None:
        return
    if at is None:
        at = app.looking_back.instant if app.looking_back is not None else trail.trail.first
    instant = at

    def chosen(value: str | None) -> None:
        if value == _OWN:
            _ask_for_step(app, instant)
        elif value is not None:
            ask_suspect(app, instant, value)

    above = ("The trail is evaluated again with this change. Nothing in the explorer is changed.",)
    app.ask(ChooseScreen(f"What if, at {date_time(at)} …", list(_changes(trail, at)), above), chosen)


def _changes(trail: OpenedTrail, at: datetime) -> Iterator[Choice]:
    """(step, in words, how many sessions or calls it is about)"""
    yield _OWN, "another step …", "aws iam put-role-policy …, aws organizations attach-policy …, cut WHO by …"
    world = trail.simulation.world
    live: dict[str, int] = {}
    for session in world.sessions.values():
        if session.issued_at <= at < session.expires_at and ":role/" in session.issuer_arn:
            live[session.issuer_arn] = live.get(session.issuer_arn, 0) + 1
    for arn, count in sorted(live.items(), key=lambda one: (-one[1], one[0]))[:_MOST_CHOICES]:
        sessions = "1 session" if count == 1 else f"{count} sessions"
        yield f"revoke {arn}", f"revoke {arn.rpartition('/')[2]}", f"{sessions} at that time  {arn}"
    for user in world.configuration.users.values():
        for key in access_keys(user):
            if (use := trail.replay.keys.get(key)) is not None:
                step = f"aws iam update-access-key --user-name {user.user_name} --access-key-id {key}"
                what = f"deactivate {key}"
                yield f"{step} --status Inactive", what, f"{user.user_name}, {_calls(use.calls)}"


def _ask_for_step(app: Host, at: datetime) -> None:
    from sts_tui.trail.otherwise import ChangeError, change

    def answer(text: str) -> list[Line]:
        if not text.strip():
            return [
                line("A step of a tour, which the operator performs at that instant:"),
                line(("revoke App", "strong")),
                line(
                    ("aws iam put-role-policy --role-name App --policy-name x --policy-document …", "strong")
                ),
                line(("aws organizations attach-policy --policy-id … --target-id …", "strong")),
            ]
        try:
            change(at, text)
        except ChangeError as error:
            return [line((one_line(str(error)), "warning"))]
        return [line(("enter asks whose calls belong to the incident", "allow"))]

    def entered(text: str | None) -> None:
        if text and text.strip():
            ask_suspect(app, at, text.strip())

    title = f"What if, at {date_time(at)}"
    app.ask(AskLineScreen(title, "step", "", answer, hint="enter continue   esc cancel"), entered)


def ask_of_revocation(app: Host, at: datetime, subject: str) -> None:
    """What a revocation of a role or user, by ARN, would have prevented."""
    from sts_tui.simulation.containment.revocation import revocation_call
    from sts_tui.simulation.operations.equivalent_cli import cli_line

    is_role = ":role/" in subject
    step = f"revoke {subject}" if is_role else cli_line(*revocation_call(subject, app.simulation.world))
    ask_suspect(app, at, step)


def ask_suspect(app: Host, at: datetime, step: str) -> None:
    """Asks whose calls the change should prevent, and evaluates the trail again."""
    from sts_tui.trail.otherwise import ChangeError, change

    trail = app.trail
    try:
        change(at, step)
    except ChangeError as error:
        app.say(f"{one_line(step)}: {one_line(str(error))}", "warning")
        return
    if trail is None:
        return

    def chosen(who: str | None) -> None:
        if who is not None:
            _evaluate(app, at, step, (who,) if who else ())

    title = "Whose calls belong to the incident?"
    app.ask(ChooseScreen(title, list(_suspects(trail)), (f"at {date_time(at)}  {one_line(step)}",)), chosen)


def _suspects(trail: OpenedTrail) -> Iterator[Choice]:
    """No suspect in particular; every key, those with the most denials first; every address."""
    yield _NOBODY, "all calls alike", "do not distinguish the incident's calls from legitimate ones"
    addresses: dict[str, int] = {}
    used = sorted(trail.replay.keys.values(), key=lambda one: (-one.denied, -one.calls, one.key))
    for one in used:
        for address, count in one.addresses.items():
            addresses[address] = addresses.get(address, 0) + count
    for one in used[:_MOST_CHOICES]:
        yield one.key, one.label, f"{_calls(one.calls)}, {one.denied} denied  {one.key}"
    for address, count in sorted(addresses.items(), key=lambda each: (-each[1], each[0]))[:_MOST_CHOICES]:
        yield address, address, f"address, {_calls(count)}"


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _evaluate(app: Host, at: datetime, step: str, suspects: tuple[str, ...]) -> None:
    trail = app.trail
    if trail is None:
        return
    opened = trail

    def compute(_: Progress) -> list[str] | str:
        from sts_tui.trail.otherwise import ChangeError, change
        from sts_tui.trail.replayed import replayed
        from sts_tui.trail.report import what_if_lines

        try:
            done = replayed(
                opened.trail, opened.model, [change(at, step)], suspects,
                is_model_before=opened.is_model_before,
            )  # fmt: skip
        except ChangeError as error:
            return str(error)
        assert done.what_if is not None
        return list(what_if_lines(done.what_if, _SHOWN))

    def show(found: list[str] | str) -> None:
        app.clear_status()
        if isinstance(found, str):
            app.say(f"{one_line(step)}: {one_line(found)}", "warning")
            return
        head = [f"at {date_time(at)}  {step}", *([f"suspect: {', '.join(suspects)}"] if suspects else []), ""]
        earlier = ("another change", lambda: ask_otherwise(app, at))
        screen = ReadingScreen("What if it had been otherwise", styled([*head, *found[1:]]), also=earlier)
        app.ask(screen, app.copied("what-if"))

    app.background.soon("Evaluating the trail again", compute, show)
