"""Whether the ledger holds every snapshot: a few small queries that every run asks, also one that found nothing new.

They are plain SQL, so that such a run need not load SQLAlchemy to ask a SQLite file.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from monitor.stores import sqlitedoor

_CHUNK = 500  # values in one IN list


class Ask(Protocol):
    """Runs one query; its values stand for the question marks."""

    def __call__(self, sql: str, *values: str) -> list[Any]:
        """The rows of the answer."""
        ...


def sqlite_is_complete(path: Path, heads: Mapping[str, str], fingerprint: str) -> bool:
    """`is_complete` of a ledger in a SQLite file; False where there is no ledger in it. StoreError where it is damaged.

    The file is never made. It is opened for writing all the same: SQLite then removes the files beside it again that
    reading takes, and reads what a killed process left in them.
    """
    import sqlite3

    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=30, uri=True)) as connection:

            def ask(sql: str, *values: str) -> list[Any]:
                return connection.execute(sql, values).fetchall()

            return bool(ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")) and is_complete(
                ask, heads, fingerprint
            )
    except sqlite3.Error as error:
        raise sqlitedoor.explanation(sqlitedoor.OF_LEDGER, f"sqlite:///{path}", error, error) from error


def is_complete(ask: Ask, heads: Mapping[str, str], fingerprint: str) -> bool:
    """Whether the ledger was folded with these rules, to the end, up to the newest snapshot of every source.

    `heads` is that snapshot by the name of its source, "" being the watched folder. Folds are numbered from 1, and a
    fold follows the one before it, so that one that has none missing and holds all heads holds what is before them.
    """
    if ask("SELECT value FROM meta WHERE name = 'fingerprint'") != [(fingerprint,)]:
        return False
    if ask("SELECT 1 FROM born LIMIT 1"):  # a rebuild has not come to its end
        return False
    ((count, last),) = ask("SELECT count(*), coalesce(max(seq), 0) FROM folds")
    newest = dict(ask("SELECT source, snapshot FROM folds WHERE seq IN (SELECT max(seq) FROM folds GROUP BY source)"))
    if count != last or newest.get("") != heads.get(""):
        return False
    # The newest of an import that is the earlier history of the watched folder is newest of no source
    wanted = set(heads.values())
    return wanted >= set(newest.values()) and _count(ask, sorted(wanted)) == len(wanted)


def _count(ask: Ask, snapshots: list[str]) -> int:
    """How many of these snapshots are folded."""
    found = 0
    for at in range(0, len(snapshots), _CHUNK):
        part = snapshots[at : at + _CHUNK]
        marks = ", ".join("?" * len(part))
        found += ask(f"SELECT count(*) FROM folds WHERE snapshot IN ({marks})", *part)[0][0]  # noqa: S608
    return found
