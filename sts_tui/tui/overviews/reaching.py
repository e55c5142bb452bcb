"""Who can become whom: found in a worker, because every hop is tried against every policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.worker import get_current_worker

from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.reach.reach import Chain, Hop, chains, hops
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.styled_text import Line, Span, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp

GROUP: Final = "reach"


def open_reach(app: StsApp) -> None:
    """Computes in a thread and opens the screen when it is done; the keys stay free meanwhile."""
    app.say("Trying every hop against every policy … esc stops.")
    role, acting = app.presenter.role_arn, _source(app, app.acting)
    stages: set[int] = set()

    def progress(done: int, of: int) -> None:
        if get_current_worker().is_cancelled:
            raise _StoppedError
        percent = 100 * done // of // 10 * 10
        if percent and percent not in stages:
            stages.add(percent)
            app.call_from_thread(_tell, app, f"Trying every hop: {done} of {of} roles … esc stops.")

    def compute() -> None:
        with suppress(_StoppedError):
            found = hops(app.simulation, progress)  # reads the frozen world it finds; nothing is changed
            if not get_current_worker().is_cancelled:
                app.call_from_thread(_show, app, found, acting, role)

    app.run_worker(compute, thread=True, exclusive=True, group=GROUP)


class _StoppedError(Exception):
    """Somebody pressed esc."""


def stop_reach(app: StsApp) -> bool:
    """Ends a search that is under way; whether there was one."""
    is_searching = any(each.group == GROUP and each.is_running for each in app.workers)
    if is_searching:
        app.workers.cancel_group(app, GROUP)
    return is_searching


def _tell(app: StsApp, text: str) -> None:
    """Progress, on the bottom line only: the list of messages keeps the beginning and the end."""
    app.command_log.status = line(text)
    app.presenter.show_status()


def _source(app: StsApp, identity: Identity) -> str:
    """The acting identity as reach names it: a session stands for its role."""
    session = app.simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        return session.issuer_arn
    return identity.arn or identity.label if identity.kind is not IdentityKind.OPERATOR else ""


def _show(app: StsApp, found: Sequence[Hop], acting: str, role: str) -> None:
    app.clear_status()
    app.presenter.show_status()
    app.push_screen(
        ReadingScreen("Who can become whom", reach_lines(found, acting, role)), app.copied("chains")
    )


def reach_lines(found: Sequence[Hop], acting: str, role: str) -> list[tuple[Line, int]]:
    """Into the chosen role, from whoever acts, then every chain; loops are named."""
    lines: list[Line] = []
    if role:
        lines += [
            line((f"Into {_short(role)}", "title")),
            *_listed(chains(found, target=role), "nobody can become it"),
        ]
    if acting:
        lines += [
            (),
            line((f"From {_short(acting)}", "title")),
            *_listed(chains(found, source=acting), "it can become no role"),
        ]
    lines += [(), line(("From everybody", "title")), *_listed(chains(found), "no hop is allowed")]
    loops = _loops(found)
    if loops:
        lines += [
            (),
            line(
                (
                    "Loops: whoever holds one of these can renew for ever; revoke all of them at once",
                    "warning",
                )
            ),
        ]
        lines += [line(f"  {loop}") for loop in loops]
    lines += [
        (),
        line(
            (
                "Every hop was tried, through every policy; what it needs of the caller stands in brackets.",
                "muted",
            )
        ),
    ]
    return [(each, 6) for each in lines]


def _listed(found: Iterable[Chain], nothing: str) -> list[Line]:
    return [_chain(chain) for chain in found] or [line((f"  {nothing}", "muted"))]


def _chain(chain: Chain) -> Line:
    spans: list[Span] = [Span(f"  {one_line(chain.hops[0].source_label)}", "strong")]
    for number, hop in enumerate(chain.hops):
        spans.append(Span(" › ", "muted"))
        spans.append(Span(one_line(hop.target_label), "strong"))
        needs = [*hop.needs, *(["1h: chaining"] if number and hop.operation == "AssumeRole" else [])]
        if hop.operation != "AssumeRole":
            needs.insert(0, hop.operation.removeprefix("AssumeRoleWith"))
        if needs:
            spans.append(Span(f" [{one_line(', '.join(needs))}]", "muted"))
    return tuple(spans)


def _short(arn: str) -> str:
    return one_line(arn.rsplit("/", 1)[-1] if arn.startswith("arn:") else arn)


def _loops(found: Sequence[Hop]) -> list[str]:
    """Pairs of roles that can become each other, at once or over others."""
    reachable = {(chain.source, chain.target) for chain in chains(found)}
    names = {hop.target: hop.target_label for hop in found}
    return [
        f"{one_line(names[one])} ‹› {one_line(names[other])}"
        for one, other in sorted(reachable)
        if one < other and (other, one) in reachable and one in names and other in names
    ]
