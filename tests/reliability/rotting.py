"""One flipped bit, and what comes of it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.review_branch import open_reviews
from monitor.config import Settings
from monitor.errors import MonitorError
from monitor.model import ChangeFilter

_HEADER = 100  # bytes of a SQLite file


def what_can_be_read(settings: Settings) -> object:
    """Everything that the commands would show: every version's bytes, and what the ledger answers."""
    with open_monitor(settings) as monitor:
        store, ledger = monitor.snapshots, monitor.ledger
        snapshots = list(store.snapshots(""))
        manifests = [store.manifest(one.id) for one in snapshots]
        blobs = sorted({version.blob for each in manifests for version in each.values()})
        documents = ledger.documents()
        return (
            *(snapshots, manifests, list(store.deltas("")), list(store.read_many(blobs))),
            *(ledger.snapshots(), list(ledger.changes(ChangeFilter(baseline=True))), documents, ledger.counts()),
            [ledger.blame(one.id) for one in documents],
            [list(ledger.changes(ChangeFilter(document=one.path, baseline=True))) for one in documents],
            [ledger.statement_history(line.statement) for one in documents for line in ledger.blame(one.id)],
            open_reviews(monitor).events_after(0),
            [ledger.search(word, 50) for word in ("offer", "divers", "port", "answered")],
        )


def rows_of(database: Path) -> object:
    """Every row of every table of a SQLite file, the full-text index's own among them; None where it is damaged.

    Where these are as before, and SQLite finds each index to be that of its table, every question has its old answer.
    """
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as connection:
            connection.text_factory = bytes
            if connection.execute("PRAGMA integrity_check(1)").fetchall() != [(b"ok",)]:
                return None
            schema = connection.execute("SELECT * FROM sqlite_master").fetchall()
            names = [row[1].decode() for row in schema if row[0] == b"table" and row[3]]
            return schema, [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]
    except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError):
        return None


def rot_of_database(settings: Settings, file: Path, bit: int, sound: object, rows: object) -> str:
    """The same as `rot` for a SQLite file, `rows` being those of the sound one: most bits are told to be idle at once.

    The file's header is looked at by whoever opens it, so that its bits go the long way.
    """
    if bit < _HEADER * 8:
        return rot(settings, file, bit, sound)
    data = bytearray(file.read_bytes())
    data[bit // 8] ^= 1 << (bit % 8)
    beside = file.with_name("rotten")
    beside.write_bytes(data)
    return "harmless" if rows_of(beside) == rows else rot(settings, file, bit, sound)


def rot(settings: Settings, file: Path, bit: int, sound: object) -> str:
    """Flip a bit for a while: `reported` by `verify`, `harmless` where all reads as before, else `silent`."""
    data = file.read_bytes()
    rotten = bytearray(data)
    rotten[bit // 8] ^= 1 << (bit % 8)
    mode = file.stat().st_mode
    file.chmod(0o644)
    try:
        file.write_bytes(rotten)
        try:
            if verify(settings):
                return "reported"
        except MonitorError:
            return "reported"
        try:
            return "harmless" if what_can_be_read(settings) == sound else "silent"
        except Exception:  # noqa: BLE001  # however it fails, `verify` had said that all is well
            return "silent"
    finally:
        file.write_bytes(data)
        file.chmod(mode)


def loosen(settings: Settings) -> dict[str, list[Path]]:
    """Every object in a file of its own, by kind."""
    history = settings.store.snapshots / "history.git"
    packs, moved = history / "objects" / "pack", settings.store.snapshots / "packs"
    shutil.move(packs, moved)
    packs.mkdir()
    git = ["git", "--git-dir", str(history)]
    for pack in moved.glob("*.pack"):
        subprocess.run([*git, "unpack-objects", "-q"], input=pack.read_bytes(), check=True)
    shutil.rmtree(moved)
    asked = [*git, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]
    kinds: dict[str, list[Path]] = {}
    store_id = (history / "refs" / "monitor" / "store").read_text("ascii").strip()
    for line in subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines():
        one, kind = line.split()
        if one == store_id:  # random bytes that nothing reads
            continue
        kinds.setdefault(kind, []).append(history / "objects" / one[:2] / one[2:])
    return kinds
