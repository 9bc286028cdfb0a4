"""Decode bytes: detect the encoding, and note it if it is not UTF-8."""

from __future__ import annotations

import codecs

from monitor.errors import ExtractError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ODD = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r\x1b")  # no text has many; ESC colours logs
_SAMPLE = 65_536  # bytes that a guess may look at
_TRASH = 0.05  # share of control characters above which a text is none


def decode(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of `data` without its byte order mark, and notes on what was assumed.

    Tried in turn: byte order mark, strict UTF-8, the `declared` encoding, detection, Windows-1252.
    ExtractError where the result is no text.
    """
    text, notes = _decoded(data, declared)
    if _is_trash(text):
        raise ExtractError("not a text: binary data; exclude the file or give it a suffix that has a reader")
    return text.replace("\0", "\ufffd"), notes


def _decoded(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    for mark, unicode in _BOMS:
        if data.startswith(mark):
            notes = () if unicode == "utf-8" else (f"encoding: {unicode} (byte order mark)",)
            return data[len(mark) :].decode(unicode, "replace"), notes
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    candidates = (("declared", declared), ("detected", _detected(data)))
    for why, encoding in candidates:
        found = _attempt(data, encoding) if encoding else None
        if found is not None:
            return found, (f"encoding: {encoding} ({why})",)
    return data.decode("cp1252", "replace"), ("encoding: cp1252 (assumed)",)


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _detected(data: bytes) -> str | None:
    import chardet

    return chardet.detect(data[:_SAMPLE])["encoding"]


def _is_trash(text: str) -> bool:
    sample = text[:_SAMPLE]
    encoded = sample.encode("utf-8", "surrogatepass")
    odd = len(encoded) - len(encoded.translate(None, _ODD)) + sample.count("\ufffd")
    return odd > _TRASH * len(sample) + 1


def has_controls(data: bytes) -> bool:
    """Whether `data` holds control characters that are no white space: it may be no text, or some are replaced."""
    return b"\0" in data or len(data[:_SAMPLE].translate(None, _ODD)) < min(len(data), _SAMPLE)


def is_marked(data: bytes) -> bool:
    """Whether `data` begins with a byte order mark."""
    return any(data.startswith(mark) for mark, _ in _BOMS)
