"""What came of many damaged documents and of bombs, for `make torture`."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.app.run import RunOptions, run
from monitor.config import Limits, load
from monitor.model import ChangeFilter, ChangeKind
from tests.readers.bombs import BOMBS
from tests.readers.mutations import Source, mutants, written

LIMITS = Limits()


class Damage(NamedTuple):
    """Damaged documents by what came of them; the slowest in seconds of processor time, the most memory in MB."""

    documents: int
    read: int
    refused: int  # with a reason in words of the format
    broke_down: int  # the reader did: an exception or a crash, which is that document's failure
    stopped: int  # a bound of time or memory was passed
    slowest: float
    memory: int
    told: tuple[str, ...]  # of those that broke down or were stopped: which one, and why


class Told(NamedTuple):
    """What came of runs over folders of damaged and whole documents."""

    runs: int
    damaged: int
    whole: int
    failed: int  # damaged ones that are told as failures
    missing: int  # whole ones that are not recorded, or told as failures
    findings: int  # of `verify`


def damage(sources: Sequence[Source], seed: int, number: int) -> Damage:
    """Read so many damaged documents as a run does, under the bounds that stand where nothing is configured."""
    counts: Counter[str] = Counter()
    slowest, told = 0.0, []
    with DocumentReader(ReadOptions(LIMITS)) as documents:
        for at, (suffix, data) in enumerate(mutants(sources, seed, number)):
            begun = time.process_time(), time.monotonic()
            reading = documents.read(f"a.{suffix}", data)
            # what the worker takes is told when it ends; the clock on the wall is more than that
            slowest = max(slowest, min(time.monotonic() - begun[1], LIMITS.time * 4))
            found = verdict(reading.failure)
            counts[found] += 1
            if found in ("broke down", "stopped"):
                told.append(f"{at} of seed {seed}, {suffix}: {reading.failure}")
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    kinds = (counts[kind] for kind in ("read", "refused", "broke down", "stopped"))
    return Damage(number, *kinds, slowest, most // 1_000, tuple(told))


def verdict(failure: str | None) -> str:
    """What a failure says of the reader."""
    if failure is None:
        return "read"
    if "takes more than" in failure:
        return "stopped"
    broken = failure.startswith(("could not be read", "the process that read it"))
    return "broke down" if broken else "refused"


def bombs() -> Iterator[tuple[str, str, int, float, str]]:
    """Each bomb: its name, suffix, size in bytes, the processor's seconds for it, and what came of it."""
    for name, make in BOMBS.items():
        suffix, data = make()
        before = _spent()
        with DocumentReader(ReadOptions(LIMITS)) as documents:
            reading = documents.read(f"bomb.{suffix}", data)
        came = reading.failure or f"read: {len(reading.statements or ()):,} statements"
        yield name, suffix, len(data), _spent() - before, came


def runs(root: Path, damaged: Sequence[Source]) -> Told:
    """One run over the damaged documents and a whole one of every format."""
    settings = load(root, None, {"report.formats": ""}, {})
    settings.watch.folder.mkdir()
    names = {f"damaged-{at}.{suffix}": data for at, (suffix, data) in enumerate(damaged)}
    names |= (whole := {f"whole.{suffix}": data for suffix, data in written()})
    for name, data in names.items():
        (settings.watch.folder / name).write_bytes(data)
    run(settings, RunOptions(settle=0))
    with open_monitor(settings) as monitor:
        changes = list(monitor.ledger.changes(ChangeFilter(baseline=True)))
    failed = {one.document for one in changes if one.kind is ChangeKind.FAILED}
    there = {one.document for one in changes if one.level == "statement"}
    missing = sum(name in failed or name not in there for name in whole)
    return Told(1, len(damaged), len(whole), len(failed - whole.keys()), missing, len(verify(settings)))


def _spent() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
