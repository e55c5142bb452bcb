"""Who can become whom? Computed in the background, because every hop is tried against every policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.reach.reach import Chain, Hop, chains, hops
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.styled_text import Line, Span, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def open_reach(app: Host) -> None:
    """Computes beside the keys and opens the screen when it is done."""
    role, acting = app.selection.role_arn, _source(app, app.acting)

    def compute(progress: Progress) -> list[tuple[Line, int]]:
        return reach_lines(hops(app.simulation, progress), acting, role)  # reads the frozen world it finds

    def show(lines: list[tuple[Line, int]]) -> None:
        app.clear_status()
        app.ask(ReadingScreen("Who can become whom", lines), app.copied("chains"))

    app.background.run("Trying every hop against every policy", compute, show)


def _source(app: Host, identity: Identity) -> str:
    """The acting identity as reach names it: a session stands for its role."""
    session = app.simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        return session.issuer_arn
    return identity.arn or identity.label if identity.kind is not IdentityKind.OPERATOR else ""


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
