"""Every part of a store, damaged in every way, and every pair of parts: nothing is silent, and the advice ends well."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tests.reliability.damages import DOCUMENT, HOW, PARTS, DamagedStores, Row

SINGLE = [f"{part}: {how}" for part in PARTS for how in HOW]


@pytest.fixture(scope="module")
def stores() -> Iterator[DamagedStores]:
    with tempfile.TemporaryDirectory() as folder:
        yield DamagedStores(Path(folder))


def check(stores: DamagedStores, name: str, damage: Callable[[Path], None]) -> Row:
    row = stores.row(name, damage)
    assert row.silent == ()
    assert row.left == "all"
    return row


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name.endswith(": removed") else pytest.mark.slow) for name in SINGLE]
)
def test_a_damaged_part_is_named_and_mended(stores: DamagedStores, name: str) -> None:
    check(stores, name, dict(stores.single())[name])


@pytest.mark.slow
@pytest.mark.parametrize("one", list(combinations(PARTS, 2)), ids=" and ".join)
def test_two_damaged_parts_are_named_and_mended(stores: DamagedStores, one: tuple[str, str]) -> None:
    found = [pair for pair in stores.pairs() if pair[0].startswith(f"{one[0]}: ") and f"; {one[1]}: " in pair[0]]
    assert len(found) == 3
    for name, damage in found:
        check(stores, name, damage)


@pytest.mark.slow
def test_the_page_has_the_rows_that_are_found(stores: DamagedStores) -> None:
    lines = DOCUMENT.read_text().splitlines()
    # That lines of the journal are lost shows by seconds, and these runs may be of one second.
    rows = [
        row
        for row in stores.rows(stores.single())
        if row.damage not in ("journal: truncated", "journal: an older copy")
    ]
    assert [row.line() for row in rows if row.line() not in lines] == []


def test_the_page_has_a_row_for_every_damage(stores: DamagedStores) -> None:
    rows = {line.split(" | ")[0].removeprefix("| ") for line in DOCUMENT.read_text().splitlines()}
    assert {name for name, _ in (*stores.single(), *stores.pairs())} <= rows
