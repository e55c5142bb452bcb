"""How does `sts-tui selftest` run the claims about AWS against the engine and report them?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.json_value import Json
from sts_tui.cli.console import EXIT_FAILED, Paint, UserError, wants_color
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.tours.claims import ClaimFileError, ClaimResult, run_claims, topics


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Run the claims; 1 when one does not hold. Raises UserError."""
    for topic in options.topics:
        if topic not in topics():
            raise UserError(
                f"there is no topic {topic!r} ({did_you_mean(topic, topics()) or ', '.join(topics())})"
            )
    failed = 0
    done: list[ClaimResult] = []
    for result in _results(options.topics):
        done.append(result)
        failed += not result.passed
        for line in _lines_of(result, options):
            print(line)
    if not options.json:
        for line in table(done):
            print(line)
        print(f"\n{len(done)} claims, {len(done) - failed} hold, {failed} do not")
    return EXIT_FAILED if failed else 0


def _results(chosen: Sequence[str]) -> Iterator[ClaimResult]:
    try:
        if not chosen:
            yield from run_claims()
        for topic in dict.fromkeys(chosen):
            yield from run_claims(topic)
    except ClaimFileError as broken:
        hint = "correct the file, or install sts-tui again"
        raise UserError(*(f"{line} ({hint})" for line in str(broken).splitlines())) from None


def _lines_of(result: ClaimResult, options: argparse.Namespace) -> Iterator[str]:
    """The lines of one claim: every claim with `--list`, otherwise only one that does not hold."""
    if options.json:
        yield json.dumps(_as_object(result), ensure_ascii=False)
        return
    if result.passed and not options.list:
        return
    paint = Paint(wants_color(sys.stdout))
    claim = result.claim
    mark = paint.good("holds ") if result.passed else paint.bad("FAILED")
    yield f"{mark} {claim.name}  {claim.title}  ({claim.sure.value}: {claim.source})"
    yield from (f"         {line}" for line in result.explanation.splitlines())


def _as_object(result: ClaimResult) -> dict[str, Json]:
    claim = result.claim
    return {
        "topic": claim.topic,
        "id": claim.id,
        "title": claim.title,
        "holds": result.passed,
        "sure": claim.sure.value,
        "source": claim.source,
        "explanation": result.explanation,
    }


def table(results: Iterable[ClaimResult]) -> list[str]:
    """One line per topic: the number of claims by confidence, and how many hold."""
    rows: list[tuple[str, ...]] = [("TOPIC", "CLAIMS", "DOCUMENTED", "OBSERVED", "UNVERIFIED", "HOLD")]
    by_topic: dict[str, list[ClaimResult]] = {}
    for result in results:
        by_topic.setdefault(result.claim.topic, []).append(result)
    for topic, claims in sorted(by_topic.items()):
        sureness = [claim.claim.sure.value for claim in claims]
        counts = [sureness.count(word) for word in ("documented", "observed", "unverified")]
        rows.append((topic, str(len(claims)), *map(str, counts), str(sum(claim.passed for claim in claims))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, len(row)))])
        for row in rows
    ]
