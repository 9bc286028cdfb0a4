"""One flipped bit in an object, a pack, an index or the ledger: `verify` tells, or what can be read is as before."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from torturing import Store, loosen, rot, what_can_be_read


@pytest.mark.parametrize("kind", ["commit", "tree", "blob"])
def test_a_bit_of_a_loose_object(store: Store, kind: str) -> None:
    file = loosen(store.settings)[kind][-1]
    sound = what_can_be_read(store.settings)
    bits = file.stat().st_size * 8
    found = [rot(store.settings, file, bit, sound) for bit in range(3, bits, bits // 6)]
    assert "silent" not in found
    assert "reported" in found


@pytest.mark.parametrize("pattern", ["history.git/objects/pack/*.pack", "history.git/objects/pack/*.idx", "ledger.db"])
def test_a_bit_of_a_file(store: Store, pattern: str) -> None:
    file: Path = max(store.settings.store.snapshots.glob(pattern), key=lambda path: path.stat().st_size)
    sound = what_can_be_read(store.settings)
    chance = random.Random(pattern)
    bits = file.stat().st_size * 8
    found = [rot(store.settings, file, chance.randrange(bits), sound) for _ in range(8)]
    assert "silent" not in found
