"""Questions to a ledger of a million statements, asked in the process.

The ledger is written through the project's own batch writer, not folded: what is measured is how it answers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from figures import Figure
from madeledger import START, WEEKS, Made, id_of, write_ledger
from measuring import Spread, call, spread
from place import Bench, settings_of
from slices import pieces

from monitor.app.monitor import Monitor, relaxed_gc
from monitor.model import ChangeFilter
from monitor.reports.json import change_json, dumps

A_WEEK = 10_000  # statements that each week revises
QUESTIONS = 60


def querying(bench: Bench) -> Iterator[Figure]:
    statements, changed = bench.size(1_000_000, 10_000), bench.size(A_WEEK, 100)
    texts = _texts(bench)
    with bench.room() as place:
        settings = settings_of(place)
        settings.store.snapshots.mkdir()
        with Monitor(settings) as monitor:
            write_ledger(monitor.writer, Made(texts, statements, changed))
        with Monitor(settings) as monitor:
            ledger, chance = monitor.ledger, random.Random(1)
            of = f"in a ledger of {statements:,} statements"
            ids = [id_of(f"statement {chance.randrange(1, statements + 1)}") for _ in range(QUESTIONS)]
            life = _median(lambda one: ledger.statement_history(one), ids)
            yield Figure(f"{of}: one statement's life", "–", life, 1, "ms")
            weeks = [START + timedelta(weeks=at) for at in range(1, WEEKS + 1)]
            wanted = [
                ChangeFilter(since=week, until=week + timedelta(days=6)) for week in weeks[: max(5, bench.rounds)]
            ]
            with relaxed_gc():  # as `log` does
                week = _median(lambda one: list(ledger.changes(one)), wanted)
                written = _median(lambda one: [dumps(change_json(change)) for change in ledger.changes(one)], wanted)
            note = f"each with its texts; {written.median:.0f} ms with its word edits made and written as JSON"
            yield Figure(f"{of}: changes of a week ({changed:,} rows)", "–", week, 60, "ms", note=note)
            words = _words(texts, chance)
            search = _median(lambda one: ledger.search(one, 100), words)
            yield Figure(f"{of}: full-text search, two words", "–", search, 5, "ms", note="the first 100")


def _median(ask: Callable[..., object], asked: Sequence[object]) -> Spread:
    """Milliseconds by the clock, after one question that warms up."""
    ask(asked[0])
    return spread([1000 * call(lambda one=one: ask(one)).wall for one in asked])  # type: ignore[misc]


def _texts(bench: Bench) -> list[str]:
    """Lines of the documents that read like sentences, each once."""
    found = (" ".join(piece.split()) for piece in pieces(bench.texts, 1))
    return [text for text in dict.fromkeys(found) if 40 <= len(text) <= 400]


def _words(texts: Sequence[str], chance: random.Random) -> list[str]:
    """Two words that stand in one statement, for each question; frequent and rare as they come."""
    pairs = []
    while len(pairs) < QUESTIONS:
        words = [word for word in chance.choice(texts).split() if word.isalpha() and len(word) > 3]
        if len(words) > 1:
            pairs.append(" ".join(chance.sample(words, 2)))
    return pairs
