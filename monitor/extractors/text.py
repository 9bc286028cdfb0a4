"""Plain text -> blocks."""

from __future__ import annotations

import re

from monitor.extractors.decoding import decode
from monitor.model import Block, BlockKind, Extraction

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n\S]*[^\s][^\n]*)*")


class TextExtractor:
    """Plain text: paragraphs, list items, headings, rows."""

    name = "text"
    version = 1
    suffixes = frozenset({".txt", ".text"})

    def extract(self, data: bytes) -> Extraction:
        text, notes = decode(data)
        blocks = [
            Block(BlockKind.PARAGRAPH, found.group(), origin=((0, found.start()),))
            for found in _PARAGRAPH.finditer(text)
        ]
        return Extraction(text, tuple(blocks), notes)
