"""How is a graph of hops written for other tools? Graphviz, Mermaid, and BloodHound's OpenGraph.

Every format has one node for each principal and one edge for each hop; its label is what the caller has to
supply.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from sts_tui.simulation.reach.graph import Hop, HopGraph

Namer = Callable[[str], str]
"""Gives the display name of a node (an ARN, `service:…`, `github/main`)."""


def as_dot(graph: HopGraph, named: Namer) -> Iterator[str]:
    """Lines for `dot -Tsvg`. <https://graphviz.org/doc/info/lang.html>"""
    yield "digraph reach {"
    yield "  rankdir=LR; node [shape=box];"
    for node in nodes(graph):
        yield f"  {_quoted(node)} [label={_quoted(named(node))}];"
    for hop in graph.hops():
        style = ", style=dashed" if hop.unknown else ""
        yield f"  {_quoted(hop.source)} -> {_quoted(hop.target)} [label={_quoted(_label(hop))}{style}];"
    yield "}"


def as_mermaid(graph: HopGraph, named: Namer) -> Iterator[str]:
    """A Mermaid flowchart. <https://mermaid.js.org/syntax/flowchart.html>"""
    yield "flowchart LR"
    ids = {node: f"n{number}" for number, node in enumerate(nodes(graph))}
    for node, name in ids.items():
        yield f'  {name}["{_escaped(named(node))}"]'
    for hop in graph.hops():
        arrow = "-.->" if hop.unknown else "-->"
        label = f'|"{_escaped(text)}"|' if (text := _label(hop)) else ""
        yield f"  {ids[hop.source]} {arrow}{label} {ids[hop.target]}"


def as_opengraph(graph: HopGraph, named: Namer) -> str:
    """One JSON document. <https://bloodhound.specterops.io/opengraph/schema>"""
    return json.dumps(
        {
            "graph": {
                "nodes": [
                    {"id": node, "kinds": [_kind(node)], "properties": {"name": named(node)}}
                    for node in nodes(graph)
                ],
                "edges": [
                    {
                        "kind": f"AWS{hop.operation}",
                        "start": {"value": hop.source, "match_by": "id"},
                        "end": {"value": hop.target, "match_by": "id"},
                        "properties": {"needs": list(hop.needs), "unknown": hop.unknown},
                    }
                    for hop in graph.hops()
                ],
            }
        },
        ensure_ascii=False,
    )


def nodes(graph: HopGraph) -> list[str]:
    """Every source and target, in the order in which they are found."""
    return list(dict.fromkeys(name for hop in graph.hops() for name in (hop.source, hop.target)))


def _label(hop: Hop) -> str:
    words = [*hop.needs, *([f"unknown: {hop.unknown}"] if hop.unknown else [])]
    if hop.operation != "AssumeRole":
        words.insert(0, hop.operation.removeprefix("AssumeRoleWith"))
    return ", ".join(words)


def _kind(node: str) -> str:
    for mark, kind in ((":user/", "AWSUser"), (":role/", "AWSRole"), ("service:", "AWSService")):
        if mark in node:
            return kind
    return "AWSExternalPrincipal"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
