"""Questions to a ledger of a million statements, asked in the process: milliseconds of processor time."""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from figures import Figure
from madeledger import FIRST, WEEKS
from measuring import Failed, Spread, call, process, spread
from place import ENVIRONMENT, PYTHON, ROOT, Bench, settings_of

from monitor.app.monitor import Monitor, relaxed_gc
from monitor.cli.main import run
from monitor.model import Blame, ChangeFilter

QUESTIONS = 60
DOCUMENTS = 20  # whose statements the questions are about
LONG_WORD = 4  # letters
DAY = timedelta(days=1)


def million(bench: Bench) -> Iterator[Figure]:
    statements, changed = bench.size(1_000_000, 10_000), bench.size(10_000, 100)
    place = bench.kept("million", lambda folder: _make(folder, statements, changed))
    weeks = [FIRST + timedelta(weeks=week) for week in range(WEEKS)]
    with Monitor(settings_of(place)) as monitor:
        ledger, chance = monitor.ledger, random.Random(1)
        chosen = chance.sample(ledger.documents(), DOCUMENTS)
        blames = [one for document in chosen for one in ledger.blame(document.id)]
        ids = [one.statement for one in chance.sample([one for one in blames if one.revisions > 1], QUESTIONS)]
        yield Figure("life", spread(_each(ledger.statement_history, ids)))
        wanted = [ChangeFilter(since=week, until=week + DAY) for week in weeks]
        if (found := sum(1 for _ in ledger.changes(wanted[0]))) != changed:
            raise Failed(f"the first week has {found} changes, not {changed}")
        with relaxed_gc():  # as `log` does
            yield Figure("week", spread(_each(lambda one: list(ledger.changes(one)), wanted)))
        yield Figure("lines", _lines(place, [week.isoformat() for week in weeks]))
        pairs = [" ".join(chance.sample(words, 2)) for words in map(_words, chance.sample(blames, QUESTIONS))]
        yield Figure("search", spread(_each(lambda one: ledger.search(one, 100), pairs)))
        words = [word for word, _ in Counter(word for one in blames for word in _words(one)).most_common(5)]
        frequent = [*words, *map(" ".join, combinations(words, 2)), " ".join(words)]
        found_in = _each(lambda one: ledger.search(one, 100), frequent)
        yield Figure(
            "frequent", Spread(max(found_in), min(found_in), max(found_in)), "each of five, their pairs, and all five"
        )


def _make(place: Path, statements: int, changed: int) -> None:
    process(
        [*PYTHON, str(ROOT / "benchmarks/madeledger.py"), str(place), str(statements), str(changed)], env=ENVIRONMENT
    )


def _lines(place: Path, weeks: Sequence[str]) -> Spread:
    """The changes of each week written by `log`, called in this process, to nowhere."""

    def written(week: str) -> None:
        given = ["--since", week, "--until", week[:10], "--format", "jsonl"]
        if status := run(["-C", str(place), "log", *given]):
            raise Failed(f"log ended with {status}")

    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        return spread(_each(written, weeks))


def _each(ask: Callable[[Any], object], asked: Sequence[Any]) -> list[float]:
    """Milliseconds of processor time for each, the lesser of two; before them one question that warms up."""
    ask(asked[0])
    return [1000 * min(call(lambda one=one: ask(one)).cpu for _ in range(2)) for one in asked]


def _words(one: Blame) -> list[str]:
    """The longer words of a statement, each once."""
    return sorted({word for word in one.text.rstrip(".").split(" ") if len(word) >= LONG_WORD})
