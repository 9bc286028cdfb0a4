"""Data and source code -> a statement a line: to join their lines as prose would make nonsense of them."""

from __future__ import annotations

from monitor.model import Block, BlockKind, Extraction
from monitor.readers.encoding import decode
from monitor.readers.layout import lines_of


class LinesExtractor:
    """Files that are read by line: tables, configuration, logs, source code."""

    def extract(self, data: bytes) -> Extraction:
        """One block a line that is not blank; origins point into the decoded text."""
        text, notes = decode(data)
        lines = (line for line in lines_of(text) if line.text)
        return Extraction(
            text, tuple(Block(BlockKind.CODE, line.text, 0, (), ((0, line.start),)) for line in lines), notes
        )
