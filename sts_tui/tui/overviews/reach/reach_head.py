"""What does the reach tree say above its rows? Its title, loops, and what the files do not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.reach.outside import Entry
from sts_tui.simulation.reach.unknown_facts import UnknownFact
from sts_tui.tui.overviews.reach.reach_rows import PASSED, SESSION, WRITTEN, hop_symbol
from sts_tui.tui.overviews.reach.reach_tree import TreeRow
from sts_tui.tui.text.distinct_names import common_words, without_common
from sts_tui.tui.text.styled_text import Line, Span, cells, line, one_line

MOST_NAMED: Final = 4
"""Roles of a loop that are named, if there is room; the others are counted, and `V` names all."""
LEAST_NAME: Final = 12
"""Minimum cells of a name that is shortened."""
_NAME: Final = 42
"""Cells of a role's name in a loop."""
_MEANS: Final = {PASSED: "a role is passed to a service", WRITTEN: "a write to IAM"}


class Found(Struct, frozen=True):
    """What the search found."""

    graph: HopGraph
    administrators: frozenset[str]
    loops: tuple[tuple[str, ...], ...]
    facts: tuple[UnknownFact, ...]
    """What the files do not say that makes a difference to whole accounts."""
    shut: tuple[Entry, ...]
    """Ways in from outside that could not be tried, or that a policy closes."""
    outside: tuple[str, ...] = ()
    """Nodes of the graph that no file holds: services, other accounts, users of identity providers."""
    configuration: Configuration | None = None
    """The configuration that was searched."""


def label_of(node: str, graph: HopGraph | None) -> str:
    """The name of a node; while there is no graph yet, the end of its ARN."""
    label = graph.label(node) if graph is not None else node.rsplit("/", 1)[-1]
    return one_line(label if label != node or not node.startswith("arn:") else node.rsplit("/", 1)[-1])


def common_to(rows: Sequence[TreeRow]) -> frozenset[str]:
    """Words that nearly all names of the rows have."""
    return common_words(tuple(dict.fromkeys(row.label for row in rows)))


def title(
    modes: Sequence[str], shown: str, origin: str, role: str, rows: Sequence[TreeRow], room: int
) -> Line:
    """The trees, the shown one in brackets; names are shortened so that they fit into one row of `room`
    cells. `origin` and `role`: names, empty where there is none; `role` is `it` where it is the origin.
    """
    room -= 3 * len(modes)  # brackets and spaces
    common = common_to(rows)
    longest = max(cells(origin), cells(role))
    titles = [_title_of(mode, origin, role, longest, common) for mode in modes]
    while longest > LEAST_NAME - 2 and sum(map(cells, titles)) + 2 * len(titles) + len(titles) - 1 > room:
        longest -= 1
        titles = [_title_of(mode, origin, role, longest, common) for mode in modes]
    spans: list[Span] = []
    for mode, text in zip(modes, titles, strict=True):
        is_shown = mode == shown
        spans.append(Span(f"[{text}]" if is_shown else f" {text} ", "title" if is_shown else "muted"))
        spans.append(Span(" "))
    return tuple(spans[:-1])


def _title_of(mode: str, origin: str, role: str, most: int, common: frozenset[str]) -> str:
    """`most`: cells of a name."""
    short_origin, short_role = (without_common(each, common, most) if each else "" for each in (origin, role))
    match mode:
        case "from":
            return f"from {short_origin}"
        case "into":
            return f"into {short_role}"
        case "between":
            is_whole = most >= max(cells(origin), cells(role))
            return f"between {short_origin} and {short_role}" if is_whole else "between the two"
    return "from outside"


def loop_lines(found: Found, rows: Sequence[TreeRow], named: int) -> list[Line]:
    """The loops of the roles in view; other loops are counted. `named`: roles of a loop that are named."""
    here = {row.node for row in rows}
    mine = [loop for loop in found.loops if here & set(loop)]
    common = common_to(rows)
    lines = [
        line(
            ("Assumes itself: " if len(loop) == 1 else f"Loop of {len(loop)} roles, ", "warning"),
            ("any holder can renew indefinitely; ", "muted"),
            (f"revoke {'these together' if len(loop) > 1 else 'it'} (V): ", "muted"),
            (" ‹› ".join(_short(each, found, common) for each in loop[:named]), "strong"),
            (f" and {len(loop) - named} more" if len(loop) > named else "", "strong"),
        )
        for loop in mine[:2]
    ]
    if others := len(found.loops) - len(mine[:2]):
        word = "loop" if others == 1 else "loops"
        more = "more " if mine else ""
        lines.append(line((f"{others} {more}{word} among other roles", "muted")))
    return lines


def _short(node: str, found: Found, common: frozenset[str]) -> str:
    """The name without words that most names have, so that each fits on a line."""
    return without_common(label_of(node, found.graph), common, _NAME)


def fact_lines(found: Found, rows: Sequence[TreeRow], mode: str) -> list[Line]:
    """What could not be tried, what the files do not say, and what the symbols in the rows mean."""
    lines: list[Line] = []
    untried = sum(each.is_untried for each in found.shut)
    if untried and mode not in ("into", "outside"):
        ways, them = ("1 way", "it") if untried == 1 else (f"{untried} ways", "them")
        text = f"{ways} in from outside could not be tried; from outside (tab) names {them}"
        lines.append(line((f"? {text}", "warning")))
    for fact in found.facts[:1]:
        more = f" and {len(found.facts) - 1} more" if len(found.facts) > 1 else ""
        text = f"? {one_line(fact.what)}: {one_line(fact.settled_by)}{more}"
        lines.append(line((text, "warning")))
    if symbols := {hop_symbol(row.hop) for row in rows if row.hop is not None} - {SESSION}:
        lines.append(line((", ".join(f"{each} {_MEANS[each]}" for each in sorted(symbols)), "muted")))
    return lines
