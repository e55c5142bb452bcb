"""Who can assume which role? Computed in the background: every hop is evaluated against every policy."""

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
    """Computes in the background and opens the dialog at the end."""
    role, acting = app.selection.role_arn, _source(app, app.acting)

    def compute(progress: Progress) -> list[tuple[Line, int]]:
        return reach_lines(hops(app.simulation, progress), acting, role)  # reads the frozen world it finds

    def show(lines: list[tuple[Line, int]]) -> None:
        app.clear_status()
        app.ask(ReadingScreen("Reach: who can assume which role", lines), app.copied("chains"))

    app.background.run("Evaluating every possible hop", compute, show)


def _source(app: Host, identity: Identity) -> str:
    """The acting identity as reach names it: for a session, its role."""
    session = app.simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        return session.issuer_arn
    return identity.arn or identity.label if identity.kind is not IdentityKind.OPERATOR else ""


def reach_lines(found: Sequence[Hop], acting: str, role: str) -> list[tuple[Line, int]]:
    """Into the selected role, from the acting identity, then every chain; loops are listed."""
    lines: list[Line] = []
    if role:
        lines += [
            line((f"Into {_short(role)}", "title")),
            *_listed(chains(found, target=role), "no principal can assume it"),
        ]
    if acting:
        lines += [
            (),
            line((f"From {_short(acting)}", "title")),
            *_listed(chains(found, source=acting), "it can assume no role"),
        ]
    lines += [(), line(("All chains", "title")), *_listed(chains(found), "no hop is allowed")]
    loops = _loops(found)
    if loops:
        lines += [
            (),
            line(
                (
                    "Loops: any holder of one of these can renew indefinitely; revoke all of them together",
                    "warning",
                )
            ),
        ]
        lines += [line(f"  {loop}") for loop in loops]
    lines += [
        (),
        line(
            (
                "Every hop was evaluated against every policy. Brackets: what the caller must provide.",
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
    """Pairs of roles that can assume each other, directly or through others."""
    reachable = {(chain.source, chain.target) for chain in chains(found)}
    names = {hop.target: hop.target_label for hop in found}
    return [
        f"{one_line(names[one])} ‹› {one_line(names[other])}"
        for one, other in sorted(reachable)
        if one < other and (other, one) in reachable and one in names and other in names
    ]
