"""What one revision costs as histories and sets of documents grow, and one alignment as documents do."""

from __future__ import annotations

import random
from collections.abc import Iterator

from align_speed import sentences
from curves import Chart, Point
from figures import Figure
from madehistory import MadeHistory
from measuring import Spread, Usage, call, per_unit
from place import Bench

from monitor.app.fold import catch_up
from monitor.core.alignment.align import align
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter
from monitor.model import Statement

FEW = 10  # documents, where revisions grow
SOME = 1_000  # revisions, where documents grow


def growth(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    sizes = [10**power for power in range(1, 5) if not bench.quick or power < 3]
    found = {
        "revisions": [(size, 1000 * _revisions(bench, size)) for size in sizes],
        "documents": [(size, 1000 * _documents(bench, size)) for size in sizes],
    }
    for name, points in found.items():
        *fewer, last = [cost for _, cost in points]
        note = f"{last:.2f} ms of processor time, {min(fewer):.2f} ms at fewer"
        yield Figure(name, Spread(last / min(fewer), last / max(fewer), last / min(fewer)), note)
    lines = {f"{FEW} documents, revisions": found["revisions"], "documents": found["documents"]}
    title = "One revision taken into the ledger"
    yield "fold-per-revision.svg", Chart(title, "revisions, or documents", "ms of processor time", lines)


def _revisions(bench: Bench, count: int) -> float:
    """Seconds of processor time for each revision of a whole history, from nothing."""
    history = MadeHistory(FEW)
    history.revise(count)

    def once() -> Usage:
        with bench.room() as room:
            ledger = LedgerWriter(open_database(f"sqlite:///{room}/ledger.db"))
            return call(lambda: catch_up(history, ledger))

    return per_unit([once() for _ in range(max(3, min(6 * bench.rounds, 3_000 // count)))], count)


def _documents(bench: Bench, count: int) -> float:
    """The same of revisions that go on from a ledger of so many documents."""
    used = []
    some = bench.size(SOME, 100)
    with bench.room() as room:
        ledger, history = LedgerWriter(open_database(f"sqlite:///{room}/ledger.db")), MadeHistory(count)
        catch_up(history, ledger)
        for _ in range(min(3, bench.rounds)):
            history.revise(some)
            used.append(call(lambda: catch_up(history, ledger)))
    return per_unit(used, some)


def aligning(bench: Bench) -> Iterator[tuple[str, Chart]]:
    """Two versions of which every twentieth statement was revised, and two that have nothing in common."""
    sizes = [10, 100, 1_000, bench.size(10_000, 1_000)]
    chance = random.Random(1)
    revised, apart = [], []
    for size in dict.fromkeys(sizes):
        before, other = sentences(chance, size), sentences(chance, size)
        after = [f"{text} indeed" if at % 20 == 0 else text for at, text in enumerate(before)]
        revised.append(_time(bench, size, before, after))
        apart.append(_time(bench, size, before, other))
    lines = {"5 % revised": revised, "nothing in common": apart}
    yield "aligning.svg", Chart("Aligning two versions", "statements", "ms of processor time", lines)


def _time(bench: Bench, size: int, before: list[str], after: list[str]) -> Point:
    versions = [[Statement(text) for text in side] for side in (before, after)]
    used = [call(lambda: align(*versions)) for _ in range(min(3, bench.rounds))]
    return size, max(1000 * per_unit(used, 1), 0.001)
