"""Blocks of a format that has no source text -> an extraction: the text is the blocks' texts, a newline between."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from monitor.errors import ExtractError
from monitor.model import Block, Extraction

_HALVES = re.compile("[\ud800-\udfff]")  # of pairs: no character, and nothing that could be written down
MOST_TEXT = 30_000_000  # characters: some 10,000 pages
MOST_BLOCKS = 500_000


def placed(blocks: Iterable[Block], notes: tuple[str, ...] = ()) -> Extraction:
    """The blocks with their origins in the joined text; ExtractError where there is more than a document holds."""
    found: list[Block] = []
    at = 0
    for block in blocks:
        found.append(replace(block, text=_HALVES.sub("\ufffd", block.text), origin=((0, at),)))
        at += len(block.text) + 1
        if at > MOST_TEXT or len(found) > MOST_BLOCKS:
            raise ExtractError(f"refused: more than {MOST_TEXT:,} characters or {MOST_BLOCKS:,} blocks of text")
    return Extraction("\n".join(block.text for block in found), tuple(found), notes)
