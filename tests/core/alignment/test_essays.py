"""Essays that people aligned: the alignment stays as right as docs/fidelity.md says, and its laws hold on real text.

The links are those of the annotators, and 32 of sentences that moved and were revised, which a reader added.
"""

from __future__ import annotations

import json

import pytest

from tests.core.alignment.align_texts import aligned, links
from tests.support.paths import CORPORA

GOLD = CORPORA / "gold/alignment_dev_moves.jsonl"
IN_ORDER = CORPORA / "gold/alignment_dev.jsonl"

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="no corpora (MONITOR_CORPORA names none)")


@pytest.fixture(scope="module")
def drafts() -> list[tuple[dict, set[tuple[int, int]]]]:
    """Pairs of drafts, each with the links that were found."""
    with GOLD.open(encoding="utf-8") as lines:
        pairs = [*map(json.loads, lines)]
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


def loose_f1(drafts: list, side: int) -> float:
    """F1 of the statements that nothing is linked to: removed or added."""
    hits = expected = found = 0
    for pair, given in drafts:
        count = len(pair["new" if side else "old"])
        gold, mine = (set(range(count)) - {link[side] for link in links_of} for links_of in (pair["links"], given))
        hits, expected, found = hits + len(gold & mine), expected + len(gold), found + len(mine)
    return 2 * hits / (expected + found)


@pytest.mark.parametrize(("side", "least"), [(0, 0.912), (1, 0.946)], ids=["removed", "added"])
def test_what_is_gone_and_new_is_told(drafts: list, side: int, least: float) -> None:
    assert loose_f1(drafts, side) >= least


def test_sentences_that_moved_and_were_revised_are_found(drafts: list) -> None:
    with IN_ORDER.open(encoding="utf-8") as lines:
        in_order = {pair["id"]: pair["links"] for pair in map(json.loads, lines)}
    judged = [
        tuple(link) in given for pair, given in drafts for link in pair["links"] if link not in in_order[pair["id"]]
    ]
    assert len(judged) == 32
    assert sum(judged) >= 29


@pytest.mark.parametrize(("wanted", "least"), [("all", 0.977), ("revised", 0.954)])
def test_links_are_as_right_as_they_were(drafts: list, wanted: str, least: float) -> None:
    assert f1(drafts, wanted) >= least


def test_exchanged_drafts_give_exchanged_links(drafts: list) -> None:
    for pair, given in drafts[::10]:
        assert set(links(aligned(pair["new"], pair["old"]))) == {(j, i) for i, j in given}
