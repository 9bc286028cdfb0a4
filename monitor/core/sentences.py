"""Where the sentences of one block begin and end."""

from __future__ import annotations


def sentence_ranges(text: str, language: str) -> list[tuple[int, int]]:
    """Half-open ranges of the sentences of `text`, ascending, without the white space around them."""
    from sentencex import get_sentence_boundaries

    ranges = []
    for found in get_sentence_boundaries(language, text):
        piece = text[found["start_index"] : found["end_index"]]
        stripped = piece.strip()
        if stripped:
            start = found["start_index"] + len(piece) - len(piece.lstrip())
            ranges.append((start, start + len(stripped)))
    return ranges
