"""Essays that people aligned: the alignment stays as right as docs/fidelity.md says, and its laws hold on real text."""

from __future__ import annotations

import json

import pytest

from tests.core.alignment.align_texts import aligned, links
from tests.support.paths import CORPORA

GOLD = CORPORA / "gold/alignment_dev.jsonl"

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="no corpora (MONITOR_CORPORA names none)")


@pytest.fixture(scope="module")
def drafts() -> list[tuple[dict, set[tuple[int, int]]]]:
    """Pairs of drafts, without those whose blocks were moved, each with the links that were found."""
    with GOLD.open(encoding="utf-8") as lines:
        pairs = [pair for pair in map(json.loads, lines) if not pair["id"].endswith("/moved")]
    return [(pair, set(links(aligned(pair["old"], pair["new"])))) for pair in pairs]


def f1(drafts: list, wanted: str) -> float:
    """F1 of the links, over all of them or over those whose texts differ."""
    hits = expected = found = 0
    for pair, given in drafts:
        gold = {(i, j) for i, j in pair["links"]}
        if wanted == "revised":
            gold, given = ({(i, j) for i, j in side if pair["old"][i] != pair["new"][j]} for side in (gold, given))
        hits, expected, found = hits + len(gold & given), expected + len(gold), found + len(given)
    return 2 * hits / (expected + found)


@pytest.mark.parametrize(("wanted", "least"), [("all", 0.972), ("revised", 0.950)])
def test_links_are_as_right_as_they_were(drafts: list, wanted: str, least: float) -> None:
    assert f1(drafts, wanted) >= least


def test_exchanged_drafts_give_exchanged_links(drafts: list) -> None:
    for pair, given in drafts[::10]:
        assert set(links(aligned(pair["new"], pair["old"]))) == {(j, i) for i, j in given}
