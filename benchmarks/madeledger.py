"""A large ledger, folded from a made history: `madeledger.py PLACE STATEMENTS CHANGED`, into PLACE/snapshots.

Documents of 500 statements come in ten snapshots. Then, in each of some weeks, CHANGED statements are revised, ten in
each document that the week revises.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from madehistory import MadeHistory
from place import settings_of

from monitor.app.fold import catch_up
from monitor.app.monitor import Monitor

IN_DOCUMENT = 500  # statements
TOGETHER = 10  # of them in a document that a week revises
LENGTHS = range(8, 37)  # words of a statement
WEEKS = 6
FIRST = datetime(2025, 1, 6, 6, tzinfo=UTC)  # of the first of them


def history(statements: int, changed: int) -> MadeHistory:
    """So many statements in documents, then the weeks, each of which revises `changed` of them."""
    documents = statements // IN_DOCUMENT
    made = MadeHistory(documents, IN_DOCUMENT, LENGTHS, portion=-(-documents // 10))
    revised = changed // TOGETHER
    for week in range(WEEKS):
        chosen = [(week * revised + at) % documents for at in range(revised)]
        made.revise_many(FIRST + timedelta(weeks=week), sorted(chosen), TOGETHER)
    return made


def main(place: Path, statements: int, changed: int) -> None:
    settings = settings_of(place)
    settings.store.snapshots.mkdir(parents=True)
    with Monitor(settings) as monitor:
        catch_up(history(statements, changed), monitor.writer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
