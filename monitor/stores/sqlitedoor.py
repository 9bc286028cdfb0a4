"""How SQLite is spoken to, through SQLAlchemy or without it, and what its errors come to."""

from __future__ import annotations

from typing import Any

from monitor.errors import StoreError

OF_LEDGER = "the ledger", "it can be made again from the snapshots: move it away, then `monitor rebuild`"
OF_REVIEWS = "the reviews", "keep it, move it away, and a new one is filled from the branch `reviews` of the snapshots"
_OF_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")  # nothing that a rebuild would mend

_OF_ANOTHER_VERSION = "another version of the monitor made it; `monitor run` or `monitor rebuild` makes it anew"
_NO_COLUMN = "42703"  # PostgreSQL's number for it

# Readers go on while one writes; a commit is on the disk before it is acknowledged. Chosen by power cuts: see
# docs/decisions/2026-11-24-durability.md
PRAGMAS: tuple[str, ...] = ("journal_mode=WAL", "synchronous=FULL")

READ, WRITE = "BEGIN", "BEGIN IMMEDIATE"


def prepare(connection: Any) -> None:
    """A new connection of the driver's, as every one of ours is."""
    connection.isolation_level = None  # the driver must not begin or commit on its own
    cursor = connection.cursor()
    for pragma in (*PRAGMAS, "busy_timeout=30000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def explanation(of: tuple[str, str], where: str, error: Exception, origin: object) -> StoreError:
    """A database's error as one line; `origin` is the driver's own, if there is one."""
    what, remedy = of
    cause = str(origin or error).strip().splitlines()
    if str(getattr(origin, "sqlite_errorname", "")).startswith(_OF_DISK):
        remedy = "see that its disk has room, is sound and can be written; the next run goes on from here"
    elif of is OF_LEDGER and _lacks_a_column(origin):
        remedy = _OF_ANOTHER_VERSION
    return StoreError(f"{what} {where} failed: {cause[0] if cause else type(error).__name__}; {remedy}")


def _lacks_a_column(origin: object) -> bool:
    return str(origin).startswith("no such column") or getattr(origin, "sqlstate", None) == _NO_COLUMN
