"""Who can assume which role? Computed in the background: every hop holds against every policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sts_tui.simulation.durations import short
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.reach.graph import Chain, HopGraph, HopGroup
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.tui.background import Progress
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.styled_text import Line, Span, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

_CHAINING: Final = f"{short(timedelta(seconds=ROLE_CHAINING_MAXIMUM))}: chaining"
_NAMED: Final = 12
"""How many sources of one hop are named; the rest are counted."""


def open_reach(app: Host) -> None:
    """Computes in the background and opens the dialog at the end."""
    role, acting = app.selection.role_arn, _source(app, app.acting)

    def compute(progress: Progress) -> list[tuple[Line, int]]:
        graph = reach_of(
            app.simulation, progress, with_outside=True, with_escalation=True
        )  # reads the frozen world it finds
        return reach_lines(graph, acting, role)

    def show(lines: list[tuple[Line, int]]) -> None:
        app.clear_status()
        app.ask(ReadingScreen("Reach: who can assume which role", lines), app.copied("chains"))

    app.background.run("Looking for every possible hop", compute, show)


def _source(app: Host, identity: Identity) -> str:
    """The acting identity as reach names it: for a session, its role."""
    session = app.simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        return session.issuer_arn
    return identity.arn or identity.label if identity.kind is not IdentityKind.OPERATOR else ""


def reach_lines(graph: HopGraph, acting: str, role: str) -> list[tuple[Line, int]]:
    """Into the selected role, from the acting identity, loops, then the hops into every role.

    `role` is an ARN, `acting` a source as `Hop` names it; empty: none.
    """
    lines: list[Line] = []
    if role:
        lines.append(line((f"Into {_short(role)}", "title")))
        into = [_sources(group, graph) for group in graph.into(role)]
        lines += into or [line(("  no principal can assume it", "muted"))]
        lines.append(())
    if acting:
        lines.append(line((f"From {_short(acting)}", "title")))
        lines += _listed(graph.chains_from(acting), "it can assume no role")
        lines.append(())
    if loops := graph.loops():
        text = "Loops: any holder of one of these can renew indefinitely; revoke all of them together"
        lines.append(line((text, "warning")))
        lines += [line(f"  {' ‹› '.join(one_line(graph.label(each)) for each in loop)}") for loop in loops]
        lines.append(())
    lines.append(line(("All direct hops", "title")))
    lines += _all_hops(graph)
    text = "Every hop holds against every policy. Brackets: what the caller must provide."
    lines += [(), line((text, "muted"))]
    return [(each, 6) for each in lines]


def _all_hops(graph: HopGraph) -> Iterator[Line]:
    """By target, in the order of the file."""
    target = ""
    for group in graph.groups:
        if group.target != target:
            target = group.target
            yield line(f"  {one_line(graph.label(target))}")
        yield (Span("  "), *_sources(group, graph))
    if not graph.groups:
        yield line(("  no hop is allowed", "muted"))


def _sources(group: HopGroup, graph: HopGraph) -> Line:
    names = [one_line(graph.label(source)) for source in group.sources[:_NAMED]]
    more = len(group.sources) - len(names)
    spans = [Span("  ‹ ", "muted"), Span(", ".join(names), "strong")]
    if more:
        spans.append(Span(f" and {more} more", "muted"))
    needs = [*group.needs, *([f"unknown: {group.unknown}"] if group.unknown else [])]
    if group.operation != "AssumeRole":
        needs.insert(0, group.operation.removeprefix("AssumeRoleWith"))
    if needs:
        spans.append(Span(f" [{one_line(', '.join(needs))}]", "muted"))
    return tuple(spans)


def _listed(found: Iterable[Chain], nothing: str) -> list[Line]:
    return [_chain(chain) for chain in found] or [line((f"  {nothing}", "muted"))]


def _chain(chain: Chain) -> Line:
    spans: list[Span] = [Span(f"  {one_line(chain.hops[0].source_label)}", "strong")]
    for number, hop in enumerate(chain.hops):
        spans.append(Span(" › ", "muted"))
        spans.append(Span(one_line(hop.target_label), "strong"))
        needs = [*hop.needs, *([_CHAINING] if number and hop.operation == "AssumeRole" else [])]
        if hop.operation != "AssumeRole":
            needs.insert(0, hop.operation.removeprefix("AssumeRoleWith"))
        if needs:
            spans.append(Span(f" [{one_line(', '.join(needs))}]", "muted"))
    return tuple(spans)


def _short(arn: str) -> str:
    return one_line(arn.rsplit("/", 1)[-1] if arn.startswith("arn:") else arn)
