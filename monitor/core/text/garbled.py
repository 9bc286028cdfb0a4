"""Text that was read in the wrong encoding: UTF-8 taken for Windows-1252, as in `childâ€™s`."""

from __future__ import annotations

import re

_LEADS = "ÂÃâ"  # what the first bytes of quotation marks, dashes and European letters look like
_WIDE = 0x100
_GARBLED = re.compile(f"[{_LEADS}][^\\x00-\\x7f]{{1,2}}")


def ungarbled(text: str) -> str:
    """The text as it was meant; the same text where nothing was garbled."""
    if text.isascii() or not any(lead in text for lead in _LEADS):
        return text
    return _GARBLED.sub(_read_anew, text)


def _read_anew(found: re.Match[str]) -> str:
    """The characters that a garbled run stands for; what follows them stays; no characters, the run as it is."""
    run = found.group()
    for end in range(len(run), 1, -1):
        try:
            return b"".join(map(_byte, run[:end])).decode("utf-8") + run[end:]
        except UnicodeError:
            continue
    return run


def _byte(char: str) -> bytes:
    """The byte of a character; the five that Windows-1252 does not use are read as control characters."""
    return char.encode("latin-1" if ord(char) < _WIDE else "cp1252")
