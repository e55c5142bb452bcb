"""How much do overviews and undo cost in a large model, and how much does a rehearsal of 24 hours add to its
journal?

    python -m benchmarks overviews [--quick]

Processor time, medians. Each is measured at two sizes, so that growth is visible: an edit, an undo and the
diff must not grow with the roles that exist.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence

from benchmarks.generator import organization
from benchmarks.simulation import SAMPLE, InMemory, busy_house
from sts_tui.__main__ import collect_rarely
from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.views.rows import session_rows
from sts_tui.tui.overviews.model_diff import diff_lines
from sts_tui.tui.overviews.timeline import gather, timeline_lines

EDITS = 50


def main(argv: Sequence[str]) -> None:
    """Print a line for each. `--quick`: smaller models, three hours for the rehearsal."""
    collect_rarely()
    quick = "--quick" in argv
    sizes = (500, 2_000) if quick else (2_000, 10_000)
    print(f"{'':<44}" + "".join(f"{size:>12,} roles" for size in sizes))
    columns = [_of_roles(size) for size in sizes]
    for name in columns[0]:
        print(f"{name:<44}" + "".join(f"{column[name] * 1000:>15.2f} ms" for column in columns))
    for workloads in (100, 400) if quick else (250, 1_000):
        print(
            f"{f'timeline, {workloads:,} workloads with sessions':<44}{_timeline(workloads) * 1000:>15.2f} ms"
        )
    _rehearsal(3 if quick else 24)


def _of_roles(count: int) -> dict[str, float]:
    sim = Simulation.open(organization(count, 1))
    names = [role.role_name for role in list(sim.world.configuration.roles.values())]

    def edit(number: int) -> None:
        tags = [{"Key": "edited", "Value": str(number)}]
        sim.call("iam:TagRole", {"RoleName": names[number % 500], "Tags": tags})

    edited = _each(edit, EDITS)
    difference = _each(lambda _: diff_lines(sim), 3)
    undone = _each(lambda _: sim.undo(), EDITS)
    return {"an edit of one role": edited, f"the diff after {EDITS} edits": difference, "an undo": undone}


def _each(work: Callable[[int], object], times: int) -> float:
    """Median processor seconds."""
    gc.collect()
    seconds = []
    for number in range(times):
        begun = time.process_time()
        work(number)
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def _timeline(workloads: int) -> float:
    sim = Simulation.open(busy_house(workloads))
    sim.advance(30)
    rows = session_rows(sim)
    events = list(sim.events)

    def drawn(_: int) -> None:
        found = gather(sim.now, rows, events)
        timeline_lines(found, found.whole(160), sim.now)

    return _each(drawn, 5)


def _rehearsal(hours: int) -> None:
    """The sample, advanced as by the explorer's clock: the size of its journal, and the time to go back."""
    store = InMemory()
    sim = Simulation.open(SAMPLE)
    Journal.begin(store, sim, [read_source(SAMPLE)])
    begun = time.process_time()
    for _ in range(hours * 120):
        sim.advance(30)
    seconds = time.process_time() - begun
    begun = time.process_time()
    resumed = resume(store, store.content)
    back = time.process_time() - begun
    assert json.dumps(resumed.sim.checkpoint()) == json.dumps(sim.checkpoint())
    name = f"{hours} hours of the sample, journaled"
    weight = f"journal {store.size / 1e6:.2f} MB, resumed in {back:.2f} s"
    print(f"{name:<44}{seconds:>15.2f} s   {weight}")
