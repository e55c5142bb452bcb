"""The command bar: a line of the tour grammar is performed by the same player that `run` uses."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from sts_tui.account.entities import WorkloadRequest
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.views.nouns.table import ORDER, noun_called
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.reading.aws_line import flag_names
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.steps import Account, Incident, Say, Scene, ScreenStep, Step, Wait
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.long_waits import LongWait, words_of_long_wait
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line

if TYPE_CHECKING:
    from sts_tui.simulation.world import World
    from sts_tui.tui.host import Host

OUTPUT_LINES: Final = 2000
"""Lines of one output that are shown; a note says that more were cut."""
_PANES: Final = ("sessions", "requests")
"""Lists that have panes of their own."""
VERBS: Final = (
    *(f"{noun} " for noun in ORDER),
    *(f"{pane} " for pane in _PANES),
    "aws ",
    "as ",
    "request ",
    "revoke ",
    "signin portal ",
    "signin console ",
    "signin cli ",
    "signin app ",
    "signout portal ",
    "signout cli ",
    "incident ",
    "cut ",
    "wait ",
    "wait until ",
    "expect ",
    "try ",
    "animate",
    "animate off",
    "leak ",
    "can ",
    "gameday ",
    "attack ",
    "score",
    "pause ",
    "resume ",
    "undo",
    "redo",
    "say ",
    "set ",
)


_TAKES_A_NAME: Final = ("--profile", "--role-name", "--role-arn")


def perform_line(app: Host, text: str) -> None:
    """Performs one line and shows what it printed, as the CLI would.

    The bar closes, so that the keys of the footer work again; with a line that is invalid it stays open, to
    correct the line.
    """
    if text in ACTIONS:
        _close(app)
        app.perform(text)  # `undo` asks first, like the key
        return
    if _showed_list(app, text) or _opened_access(app, text):
        return
    try:
        step = parse_step(text)
    except StepError as fault:
        _reject(app, text, fault.message, fault.hint)
        return
    if isinstance(step, Account | Scene | ScreenStep):
        _reject(app, text, "This step works only in a tour file.")
        return
    if app.long_wait is not None and not isinstance(step, Say):
        app.long_wait.refuse()
        app.main.open_command_line(text)  # for when it has ended
        return
    _close(app)
    if not isinstance(step, Say) and (_asked_what_if(app, text) or app.is_unchangeable()):
        return
    if not isinstance(step, Say) and app.is_left_to_steps(f"perform {text}"):
        return
    if isinstance(step, Incident):
        from sts_tui.tui.overviews.incident_desk import open_incident

        open_incident(app, step.who)
        return
    words = words_of_long_wait(step, text, app.command_log.player)
    if words and isinstance(step, Wait):
        app.show_progress(words)
        app.call_after_refresh(_let_pass, app, step, text, words)
    else:
        _perform(app, step, text)


def _let_pass(app: Host, step: Wait, text: str, words: str) -> None:
    """A long wait, in slices between keys."""

    def stopped() -> None:
        app.command_log.drop_wait()
        _show(app, text, [_said(f"Stopped at {iso(app.simulation.now)}.", "warning")])
        app.clear_status()
        app.presenter.refresh()

    if app.is_unchangeable():
        return
    until = app.command_log.begin_wait(step)
    if until is None:
        _perform(app, step, text)
    else:
        LongWait(app, words, until, partial(_perform, app, step, text), stopped).begin()


def _perform(app: Host, step: Step, text: str) -> None:
    result = app.command_log.perform(step, text)
    app.ticker.reanchor()
    for warning in result.warnings:
        app.command_log.add_message(_said(f"warning: {warning}", "warning"))
    said = [_said(step.text)] if isinstance(step, Say) else list(_lines(result))
    _show(app, text, said or [_said("Done.", "muted")])
    if result.is_invalid:
        app.main.open_command_line(text)
    app.presenter.refresh()


def _asked_what_if(app: Host, text: str) -> bool:
    """At a past instant of a trail, asks what a line would have prevented. Whether it did."""
    if app.looking_back is None or app.trail is None:
        return False
    from sts_tui.tui.overviews.otherwise import ask_suspect

    ask_suspect(app, app.looking_back.instant, text)
    return True


def offer_next(app: Host) -> None:
    """Opens the bar with the next pasted line once the one before it was performed."""
    bar = app.main.command_line
    if not (bar.is_attached and bar.display) and (line := bar.next_waiting()):
        app.main.open_command_line(line)
        app.clear_status()  # it counts one line too many
        say_waiting(app)


def say_waiting(app: Host) -> None:
    """How many pasted lines follow the one in the bar."""
    if count := len(app.main.command_line.waiting):
        more = "1 more pasted line follows" if count == 1 else f"{count} more pasted lines follow"
        app.say(f"{more}: enter performs this one, esc drops all.")


def _close(app: Host) -> None:
    if app.main.command_line.is_attached:
        app.main.command_line.close()
    app.main.go_to(app.main.focused_name)  # at once: the bar may open again with the line to correct


def _reject(app: Host, text: str, fault: str, hint: str | None = None) -> None:
    """Shows what is wrong with a line, and leaves the line in the bar to be corrected."""
    _show(app, text, [_said(fault, "warning"), *([_said(hint, "muted")] if hint else [])])
    app.main.open_command_line(text)


def _opened_access(app: Host, text: str) -> bool:
    """`can WHO` opens the access matrix. Whether the line was such a command."""
    word, _, who = text.strip().partition(" ")
    if word != "can" or not who.strip():
        return False
    from sts_tui.simulation.identities import UnknownIdentityError
    from sts_tui.tui.overviews.access import open_access, subject_named

    try:
        subject = subject_named(who.strip(), app.simulation)
    except UnknownIdentityError as error:
        _reject(app, text, error.message)
        return True
    _close(app)
    open_access(app, subject)
    return True


def _showed_list(app: Host, text: str) -> bool:
    """`users` and `users FILTER` show that list. Whether the line was such a command."""
    word, _, wanted = text.strip().partition(" ")
    noun = noun_called(word)
    if noun is None and word not in _PANES:
        return False
    _close(app)
    if noun is not None:
        app.presenter.show_noun(noun)
    else:
        app.main.go_to(word)
    pane = app.main.pane("roles" if noun is not None else word)
    if wanted.strip() and isinstance(pane, ListPane):
        pane.keep_filter(wanted.strip())
    return True


def _show(app: Host, text: str, lines: list[Line]) -> None:
    prompt: Line = (Span(": ", "muted"), Span(one_line(text), "strong"))
    app.main.show_output([(each, 2) for each in (prompt, *lines)])


def _said(text: str, style: Style = "plain") -> Line:
    return (Span(one_line(text), style),)


def _lines(result: StepResult) -> Iterator[Line]:
    output = result.output.splitlines()
    for row in output[:OUTPUT_LINES]:
        yield _said(row)
    if len(output) > OUTPUT_LINES:
        yield _said(f"… {len(output) - OUTPUT_LINES} more lines", "warning")
    for row in result.error_text.splitlines():
        yield _said(row, "deny")
    if result.message and not output and not result.error_text:
        yield _said(result.message, "warning" if result.outcome is StepOutcome.FAILED else "plain")
    for row in result.explanation:
        yield _said(row, "muted")
    for warning in result.warnings:
        yield _said(f"warning: {warning}", "warning")
    if result.event is not None and result.error is not None and result.error.decision is not None:
        yield _said(f"decided by {result.event.decided_by}", "muted")


def completions(app: Host, text: str) -> list[str]:
    """Whole lines that begin with `text`, the most likely first."""
    head, space, last = text.rpartition(" ")
    earlier = [each for each in reversed(app.main.command_line.history) if each.startswith(text)]
    found = [*earlier, *(f"{head}{space}{word}" for word in _words(app, head, last) if word.startswith(last))]
    return [each for each in dict.fromkeys(found) if each != text]


def _words(app: Host, head: str, last: str) -> Iterator[str]:
    try:
        before = shlex.split(head)
    except ValueError:
        return
    match before:
        case []:
            yield from VERBS
        case ["aws", *words] if not words or words[-1] not in _TAKES_A_NAME:
            yield from _aws_words(words, last)
        case ["request" | "wait" | "expect" | "signin" | "signout", *_]:
            yield from _after_verb(app, before)
        case ["as"] | [*_, "--profile"]:
            yield from _callers(app)
        case ["incident" | "cut" | "can"]:
            yield from (*_callers(app), *(role.name for role in app.row_cache.roles()))
        case ["pause" | "resume"]:
            yield from app.simulation.world.workloads
        case ["revoke" | "leak"] | [*_, "--role-name"]:
            yield from (role.name for role in app.row_cache.roles())
        case [*_, "--role-arn"]:
            yield from (role.arn for role in app.row_cache.roles())


def _sign_in_words(app: Host, words: list[str]) -> Iterator[str]:
    from sts_tui.simulation.sign_ins import portal_choices

    world = app.simulation.world
    match words:
        case []:
            yield from ("portal ", "console ", "cli ", "app ", "certificate ", "pod ")
        case ["app", *rest]:
            yield from _app_words(app, rest)
        case ["certificate" | "pod", *rest]:
            yield from _workload_words(words[0], rest, world)
        case ["console" | "cli"]:
            yield from _callers(app)
        case ["portal"]:
            yield from (user.user_name for user in world.configuration.directory_users.values())
        case ["portal", who]:
            yield from (name for user, name, _ in portal_choices(world) if user.user_name == who)
        case ["portal", who, set_]:
            yield from (
                account
                for user, name, account in portal_choices(world)
                if (user.user_name, name) == (who, set_)
            )


def _app_words(app: Host, words: list[str]) -> Iterator[str]:
    from sts_tui.simulation.app_visitors import people_of

    world = app.simulation.world
    pools = world.configuration.identity_pools.values()
    match words:
        case []:
            yield from (pool.identity_pool_name for pool in pools)
        case [name]:
            for pool in pools:
                if name in (pool.identity_pool_name, pool.identity_pool_id):
                    yield from (f"{one.name}/{user.name}" for _, one, user in people_of(pool, world))
            yield "as "
        case [_, *_, "as"]:
            yield from (role.name for role in app.row_cache.roles())
        case [_, _]:
            yield "as "


def _workload_words(kind: str, words: list[str], world: World) -> Iterator[str]:
    """Holders of certificates and their roles; pods."""
    from sts_tui.simulation.workloads.workload_credentials import holders

    match kind, words:
        case "pod", []:
            yield from (one.label for one in world.configuration.pod_associations.values())
        case "certificate", []:
            yield from dict.fromkeys(f"{provider.name}/{user.name}" for provider, user, _ in holders(world))
        case "certificate", [who]:
            yield from (
                role.rpartition("/")[2]
                for provider, user, role in holders(world)
                if f"{provider.name}/{user.name}" == who
            )


def _after_verb(app: Host, before: list[str]) -> Iterator[str]:
    match before:
        case ["signin" | "signout", *words]:
            yield from _sign_in_words(app, words)
        case ["request"]:
            yield from dict.fromkeys(request.action for request in _requests(app))
        case ["request", action]:
            resources = (request.resource for request in _requests(app) if request.action == action)
            yield from dict.fromkeys(resources)
        case ["wait"]:
            yield from ("15m", "1h", "until ")
        case ["expect"]:
            yield from ("ok", "denied by ", "allowed", "error ", "session ")


def _aws_words(words: list[str], last: str) -> Iterator[str]:
    from sts_tui.tours.reading.services import SERVICES

    match words:
        case []:
            yield from (f"{service} " for service in SERVICES)
        case [service]:
            yield from _operations(service)
        case [_, _, *_] if last.startswith("-"):
            yield from (f"{flag} " for flag in flag_names(words))


def _operations(service: str) -> Iterator[str]:
    from sts_tui.tours.reading.services import SERVICES

    if service in SERVICES:
        yield from (f"{command} " for command in SERVICES[service].commands())


def _callers(app: Host) -> Iterator[str]:
    world = app.simulation.world
    yield from ("operator", "anonymous")
    yield from (user.user_name for user in world.configuration.users.values())
    yield from (session.label for session in reversed(list(world.sessions.values())))


def _requests(app: Host) -> Iterator[WorkloadRequest]:
    for workload in app.simulation.world.workloads.values():
        yield from workload.requests
