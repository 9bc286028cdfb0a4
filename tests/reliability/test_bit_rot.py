"""One flipped bit in an object, a pack, an index or the ledger: `verify` tells, or what can be read is as before."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.app.maintenance import verify
from tests.reliability.nursery import Nursery
from tests.reliability.rotting import loosen, rot, what_can_be_read
from tests.reliability.torturing import Store


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["commit", "tree", "blob"])
def test_a_bit_of_a_loose_object(store: Store, kind: str) -> None:
    file = loosen(store.settings)[kind][-1]
    sound = what_can_be_read(store.settings)
    bits = file.stat().st_size * 8
    found = [rot(store.settings, file, bit, sound) for bit in range(3, bits, bits // 6)]
    assert "silent" not in found
    assert "reported" in found


PACKS = "history.git/objects/pack"


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [f"{PACKS}/*.pack", f"{PACKS}/*.idx", "ledger.db", "reviews.db"])
def test_a_bit_of_a_file(store: Store, nursery: Nursery, pattern: str) -> None:
    store.heed(nursery.start(store.command, decide=True))
    file: Path = max(store.settings.store.snapshots.glob(pattern), key=lambda path: path.stat().st_size)
    sound = what_can_be_read(store.settings)
    chance = random.Random(pattern)
    bits = file.stat().st_size * 8
    found = [rot(store.settings, file, chance.randrange(bits), sound) for _ in range(8)]
    assert "silent" not in found


def ledger(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.settings.store.snapshots / "ledger.db")


def test_an_index_that_names_another_row_is_found(store: Store) -> None:
    """Its rows are whole, so that a comparison with a fold alone finds nothing, and questions get wrong answers."""
    with closing(ledger(store)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_changes_id'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    file = store.settings.store.snapshots / "ledger.db"
    data = bytearray(file.read_bytes())
    data[root * size - 1] ^= 1
    file.write_bytes(data)
    assert [found.what for found in verify(store.settings)] == ["ledger"]


def test_a_full_text_index_that_lacks_a_text_is_found(store: Store) -> None:
    with closing(ledger(store)) as database, database:
        row = database.execute("SELECT id, text FROM texts LIMIT 1").fetchone()
        database.execute("INSERT INTO text_words(text_words, rowid, text) VALUES('delete', ?, ?)", row)
    assert [found.what for found in verify(store.settings)] == ["ledger"]
