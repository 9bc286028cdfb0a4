"""Read subtitles, SubRip (`.srt`) and WebVTT (`.vtt`): each cue is a block; its number, times and place are layout.

A voice that WebVTT names is text: `Ada: It is late.` Marks of form (`<i>`, `{\\an8}`) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import joint, placed
from monitor.readers.encoding import decode

_CLOCK: Final = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMES: Final = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}")
_ASIDE: Final = re.compile(r"(?:STYLE|REGION|NOTE)(?:\s|$)")  # blocks of WebVTT that are not shown
_VOICE: Final = re.compile(r"<v(?:\.[^ \t<>]*)?[ \t]+([^<>]*)>")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}|\{/?[biu]\}")


class SubtitlesReader:
    """Subtitles and captions."""

    def extract(self, data: bytes) -> Extraction:
        """A block each cue; ExtractError where no cue is found in what is not blank."""
        text, notes = decode(data)
        blocks = list(filter(None, map(_block, _cues(text.splitlines()))))
        if not blocks and not _TIMES.search(text) and text.strip() and not text.lstrip().startswith("WEBVTT"):
            raise ExtractError("not a document of its format: no line says from when to when a cue is shown")
        return placed(blocks, notes)


def _cues(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each cue's text, up to the name or the number of the next cue; blank lines inside are no end."""
    starts = [at for at, line in enumerate(lines) if _TIMES.match(line)]
    if not starts:
        return
    numbered = "".join(lines[: starts[0]][-1:]).strip().isdecimal()
    for start, after in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        inside = lines[start + 1 : after - 1]
        name = "".join(lines[after - 1 : after]).strip()
        if name and inside and inside[-1].strip() and not (numbered and name.isdecimal()):
            inside.append(name)
        yield inside


def _block(lines: list[str]) -> Block | None:
    found = ""
    skipped = False
    for at, line in enumerate(lines):
        blank_before = at == 0 or not lines[at - 1].strip()
        skipped = bool(line.strip()) and (skipped or (at > 0 and blank_before and _ASIDE.match(line) is not None))
        piece = "" if skipped else " ".join(_plain(line).split())
        if piece:
            found += joint(found, piece) + piece if found else piece
    return Block(BlockKind.PARAGRAPH, found) if found else None


def _plain(line: str) -> str:
    named = _VOICE.sub(lambda voice: f" {voice[1].strip()}: ", line)
    return unescape(_TAG.sub("", named))
