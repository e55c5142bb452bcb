"""The revoke dialog: whose sessions are denied, what breaks, what recovers and through whom. Then it makes
the call.

*Revoke active sessions* is an inline policy with a date, as the console writes it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from sts_tui.simulation.containment.aftermath import Affected, Entrant
from sts_tui.simulation.containment.revocation import (
    CannotRevokeError,
    RevocationPreview,
    preview_revocation,
    real_account_command,
    revocation_call,
)
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.world import World
from sts_tui.sts.revoke import POLICY_NAME
from sts_tui.sts.session import Session
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.confirm import ConfirmScreen, Fact
from sts_tui.tui.dialogs.dry_run import dry_run
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, cells, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

NAMED = 3
"""Sessions that are named; the others are counted."""
MOST_IN_LOOP = 6
"""Roles of a loop that are named; of a longer one the first are, and the others are counted."""
FEW_ROLES = 300
"""Roles up to which a revocation is previewed at once; in larger models in the background."""
LABEL = 12
"""Cells of a fact's label."""


def ask(app: Host, *subjects: str) -> None:
    """Opens the dialog for a user, a role or several roles. Only its button makes the calls."""
    simulation = app.simulation
    left_out = dict(_not_revocable(subjects, simulation.world))
    subjects = tuple(subject for subject in subjects if subject not in left_out)
    if not subjects:
        app.show_text("These sessions cannot be revoked", "\n".join(f"{each}." for each in left_out.values()))
        return

    def compute(_: Progress) -> list[RevocationPreview]:
        return [preview_revocation(simulation, subject, subjects) for subject in subjects]

    def show(previews: list[RevocationPreview]) -> None:
        app.clear_status()
        _open(app, subjects, previews, tuple(left_out.values()))

    if len(simulation.world.configuration.roles) <= FEW_ROLES:
        _open(app, subjects, compute(lambda done, of: None), tuple(left_out.values()), again=True)
    else:
        app.background.run("Looking at what a revocation changes", compute, show)


def _not_revocable(subjects: Sequence[str], world: World) -> Iterator[tuple[str, str]]:
    """(subject, why not and what to do instead) for those without sessions that can be revoked this way."""
    for subject in subjects:
        try:
            revocation_call(subject, world)
        except CannotRevokeError as error:
            yield subject, str(error)


def _open(
    app: Host,
    subjects: Sequence[str],
    previews: Sequence[RevocationPreview],
    left_out: Sequence[str],
    *,
    again: bool = False,
) -> None:
    """`left_out`: why other marked rows are not among `subjects`."""
    world, undo = app.simulation.world, app.keymap.first("undo")
    command = "\n".join(real_account_command(preview, world) for preview in previews)
    others: list[Fact] = (
        [("Left out", [line((f"{each}.", "warning")) for each in left_out])] if left_out else []
    )

    def facts_of(previews: Sequence[RevocationPreview]) -> list[Fact]:
        facts = _facts(previews, app.simulation.world, undo)
        return [*others, *facts, *_as_whom(app, previews), _command(command)]

    def facts_now() -> list[Fact]:
        known = app.simulation.world.configuration
        left = [each for each in subjects if each in known.roles or each in known.users]
        return facts_of([preview_revocation(app.simulation, each) for each in left]) if left else []

    def answered(confirmed: bool | None) -> None:
        if not confirmed:
            app.say("Nothing was revoked.")
        for subject in subjects if confirmed else ():
            carry_out(app, subject)

    screen = ConfirmScreen(
        _title(subjects), facts_of(previews), "Revoke", command, len(subjects), facts_now if again else None
    )
    app.ask(screen, answered)


def _is_user(subject: str) -> bool:
    return ":user/" in subject


def _title(subjects: Sequence[str]) -> str:
    if _is_user(subjects[0]):
        return f"Revoke the sessions of user {name_of(subjects[0])}?"
    what = name_of(subjects[0]) if len(subjects) == 1 else f"{len(subjects)} roles"
    return f"Revoke active sessions of {what}?"


def carry_out(app: Host, subject: str) -> None:
    """Makes the call as the acting identity and brings the result into view."""
    action, params = revocation_call(
        subject, app.simulation.world
    )  # the clock may have advanced since the dialog opened
    if app.call(action, params, caller=caller_in(app, subject)) is None:
        return
    app.clear_status()
    revocation = app.selection.revocation
    if revocation is not None and revocation.hit and not app.main.sessions.table.has_focus:
        app.main.sessions.table.choose(revocation.hit[0])


def caller_in(app: Host, subject: str) -> Identity:
    """The operator works in the account of what it edits; any other identity acts as itself."""
    return (
        operator_identity(subject.split(":")[4]) if app.acting.kind is IdentityKind.OPERATOR else app.acting
    )


def _facts(previews: Sequence[RevocationPreview], world: World, undo: str) -> list[Fact]:
    """For each role whose sessions are denied, what breaks and what recovers; then what still works, and how
    it is done.
    """
    is_one = len(previews) == 1
    facts: list[Fact] = []
    for each in previews:
        label, named = ("Denied now", []) if is_one else _labeled(each.subject)
        facts += [
            (label, [*named, *_hit(each)]),
            ("Breaks", _breaks(each)),
            ("Recovers", _comes_back(each)),
            ("Can assume", _could_come(each)),
        ]
    facts.append(("Still works", _alive(_surviving(previews))))
    facts += [
        ("Loop", [_loop(loop, previews)]) for loop in dict.fromkeys(each.loop for each in previews) if loop
    ]
    return [(label, lines) for label, lines in (*facts, _how(previews[0], world, undo)) if lines]


def _labeled(subject: str) -> Fact:
    """A name that fits is the label. A longer one gets a line of its own: names that are cut off look
    alike.
    """
    name = name_of(subject)
    if cells(name) <= LABEL:
        return name, []
    return "User" if _is_user(subject) else "Role", [line((name, "strong"))]


def _surviving(previews: Sequence[RevocationPreview]) -> tuple[Session, ...]:
    """Chained sessions that none of the revocations denies."""
    hit = {session.access_key_id for preview in previews for session in preview.hit}
    found = {one.access_key_id: one for preview in previews for one in preview.surviving}
    return tuple(one for key, one in found.items() if key not in hit)


def _how(preview: RevocationPreview, world: World, undo: str) -> Fact:
    padding = world.settings.revoke_padding_seconds
    return (
        "How",
        [
            line(
                "inline policy ",
                (POLICY_NAME, "strong"),
                ": a Deny for sessions issued before ",
                (clock_time(preview.cutoff), "strong"),
                f" (now + {padding} s). Sessions issued at or after it still work.",
            ),
            line((f"Credentials still authenticate; every request is denied. {undo} undoes it.", "muted")),
        ],
    )


def _hit(preview: RevocationPreview) -> list[Line]:
    lines: list[Line] = []
    if preview.hit:
        lines.append(line((f"{_count(preview.hit, 'session')} ", "revoked"), _named(preview.hit)))
        rate = preview.requests_per_minute
        counted = f"{rate} request{'s' if rate != 1 else ''} in the last minute"
        users = [one_line(each.workload) for each in preview.affected if not each.signs_with]
        if users:
            lines.append(line("used by ", (", ".join(users), "strong"), (f"; {counted}", "muted")))
        else:
            lines.append(line((counted, "muted")))
    else:
        lines.append(line(("no active sessions", "muted")))
    if preview.already_revoked:
        lines.append(line((f"{_count(preview.already_revoked, 'session')} revoked before", "muted")))
    return lines


def _breaks(preview: RevocationPreview) -> list[Line]:
    """The workloads whose requests are denied, now or once they cannot renew. Workloads that use copied
    credentials do not count: they should stop.
    """
    return [
        _broken(each) if each.breaks else _goes_on(each)
        for each in preview.affected
        if not each.is_borrower and each.requests_per_minute
    ]


def _broken(each: Affected) -> Line:
    since = f" from {clock_time(each.since)}, when it cannot renew," if each.since else ""
    until = f" until {clock_time(each.back_at)}" if each.back_at else ""
    rate = _rate(each.requests_per_minute)
    return line((one_line(each.workload), "strong"), f"  {rate}{since}{until}".rstrip(","))


def _goes_on(each: Affected) -> Line:
    reason = f": its requests are made with {one_line(each.signs_with)}"
    return line(("not ", "muted"), (one_line(each.workload), "strong"), (reason, "muted"))


def _rate(per_minute: float) -> str:
    number = (
        f"{per_minute:.0f}" if per_minute >= 10 or per_minute == round(per_minute) else f"{per_minute:.1f}"
    )
    return f"{number} request{'s' if number != '1' else ''} a minute"


def _count(sessions: Sequence[Session], what: str) -> str:
    return f"{len(sessions)} {what}{'s' if len(sessions) != 1 else ''}"


def _named(sessions: Sequence[Session]) -> str:
    names = ", ".join(one_line(session.label) for session in sessions[:NAMED])
    return f"{names} and {len(sessions) - NAMED} more" if len(sessions) > NAMED else names


def _alive(surviving: Sequence[Session]) -> list[Line]:
    if not surviving:
        return [line(("no session was chained from these", "muted"))]
    return [
        line((f"{_count(surviving, 'chained session')} ", "warning"), _named(surviving)),
        line(("of another role: revoke that role too", "muted")),
    ]


def _comes_back(preview: RevocationPreview) -> list[Line]:
    """By name, whether and when each workload has working credentials again."""
    if _is_user(preview.subject):
        return [line("any holder of the user's long-term access keys: the Deny only has a date")]
    return [_back(each) for each in preview.affected if each.breaks]


def _back(each: Affected) -> Line:
    name = Span(f"{one_line(each.workload)}  ", "strong")
    if each.back_at is None:
        return line(name, f"no: {one_line(each.why_not)}")
    return line(
        name, ("yes", "warning"), f", at its next renewal {clock_time(each.back_at)}, through {each.through}"
    )


def _could_come(preview: RevocationPreview) -> list[Line]:
    """Who could assume the role again: a revocation does not change the trust policy."""
    entrants = preview.entrants
    if entrants is None:
        return []
    of = f"{_counted(entrants.roles, 'role')} and {_counted(entrants.users, 'user')}"
    lines = []
    if entrants.found or not entrants.outside:
        named = _some(entrants.found) if entrants.found else "no other principal"
        lines.append(line((named, "plain" if entrants.found else "muted"), (f"  (of {of})", "muted")))
    if entrants.outside:
        lines.append(line("from outside the files: ", (_some(entrants.outside), "warning")))
    elif not entrants.found:
        lines.append(line(("and nobody from outside the files", "muted")))
    return lines


def _some(found: Sequence[Entrant]) -> str:
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{_entrants(found[:NAMED])}{more}"


def _entrants(found: Sequence[Entrant]) -> str:
    """`role App, users alice, bob (needs MFA)`: each kind is named once, before its first member."""
    texts: list[str] = []
    for kind, group in groupby(found, key=lambda each: each.label.partition(" ")[0]):
        members = list(group)
        if kind in ("role", "user") and len(members) > 1:
            names = ", ".join(_entrant(each, each.label.partition(" ")[2]) for each in members)
            texts.append(f"{kind}s {names}")
        else:
            texts += [_entrant(each, each.label) for each in members]
    return ", ".join(texts)


def _entrant(each: Entrant, name: str) -> str:
    needs = f" (needs {one_line(', '.join(each.needs))})" if each.needs else ""
    return f"{one_line(name)}{needs}{' (could not be tried)' if each.is_unknown else ''}"


def _loop(loop: Sequence[str], previews: Sequence[RevocationPreview]) -> Line:
    """The roles of a loop. Those of a long one are counted: `W` lists them."""
    names = " and ".join(name_of(arn) for arn in loop)
    missing = [name_of(arn) for arn in loop if arn not in {each.subject for each in previews}]
    advice = f"mark and revoke {', '.join(missing)} too" if missing else "they are revoked together"
    if len(loop) > MOST_IN_LOOP:
        names = f"{', '.join(name_of(arn) for arn in loop[:NAMED])} and {len(loop) - NAMED} more"
        advice = f"mark and revoke the other {len(missing)} too; reach lists them" if missing else advice
    return line((f"{names} can assume each other", "warning"), f": {advice}")


def _as_whom(app: Host, previews: Sequence[RevocationPreview]) -> list[Fact]:
    """The verdict for the acting identity, once for roles with the same verdict; for the operator, who could
    make the call.
    """
    facts: dict[tuple[Line, ...], str] = {}
    for preview in previews:
        caller = caller_in(app, preview.subject)
        tried = dry_run(app.simulation, preview.action, preview.params, caller)
        others = tried.lines if not tried.is_evaluated else ()
        lines = (line(f"{one_line(app.acting.label)}  ", *tried.verdict), *others)
        facts[lines] = (
            f"{facts[lines]}, {name_of(preview.subject)}" if lines in facts else name_of(preview.subject)
        )
    if len(facts) == 1:
        return [("As", list(next(iter(facts))))]
    return [("As", [line((f"{names}: ", "muted"), *lines[0]), *lines[1:]]) for lines, names in facts.items()]


def _command(command: str) -> Fact:
    """The command for a real account; `y` copies it."""
    return ("In AWS", [line((one_line(each), "muted")) for each in command.splitlines()])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
