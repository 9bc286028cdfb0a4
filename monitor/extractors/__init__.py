"""Bytes -> blocks: which extractor reads which file. `extractors` is the table; others come by entry point."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import Extraction
    from monitor.ports import Extractor

ENTRY_POINTS = "monitor.extractors"
_SNIFFED = 8_192  # bytes looked at to tell text from binary data

# formats that hold documents or media but have no extractor: never read as text by chance
_BINARY = frozenset(
    {".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".epub", ".eml", ".msg"}
    | {".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".ico", ".psd", ".heic", ".woff", ".woff2"}
    | {".mp3", ".mp4", ".m4a", ".wav", ".ogg", ".flac", ".avi", ".mov", ".mkv", ".webm", ".ttf", ".otf", ".eot"}
    | {".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz", ".jar", ".iso", ".dmg", ".exe", ".dll"}
    | {".so", ".dylib", ".o", ".a", ".class", ".pyc", ".wasm", ".sqlite", ".db", ".parquet", ".pkl", ".npy", ".npz"}
)  # fmt: skip


@cache
def extractors() -> tuple[Extractor, ...]:
    """All that are known, the built-in ones first; an entry point may take over a suffix by coming later."""
    from importlib.metadata import entry_points

    from monitor.extractors.html import HtmlExtractor
    from monitor.extractors.lines import LinesExtractor
    from monitor.extractors.markdown import MarkdownExtractor
    from monitor.extractors.text import TextExtractor

    built_in = (TextExtractor(), MarkdownExtractor(), HtmlExtractor(), LinesExtractor())
    return (*built_in, *(point.load()() for point in entry_points(group=ENTRY_POINTS)))


@cache
def _by_suffix() -> dict[str, Extractor]:
    return {suffix: extractor for extractor in extractors() for suffix in extractor.suffixes}


def extractor_for(path: str, data: bytes) -> Extractor | None:
    """The extractor of a file, by its suffix; for an unknown suffix plain text, where the bytes look like it."""
    suffix = PurePosixPath(path).suffix.lower()
    found = _by_suffix().get(suffix)
    if found is not None:
        return found
    return _by_suffix()[".txt"] if suffix not in _BINARY and _looks_like_text(data) else None


def _looks_like_text(data: bytes) -> bool:
    from monitor.extractors.decoding import is_marked

    if is_marked(data):
        return True
    head = data[:_SNIFFED]
    if b"\0" in head:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def extract(path: str, data: bytes) -> Extraction | None:
    """The blocks of one file; None where no extractor reads it. ExtractError where its bytes are not of its format."""
    extractor = extractor_for(path, data)
    return None if extractor is None else extractor.extract(data)


def fingerprint() -> str:
    """Names and versions of all extractors: what a rebuilt ledger depends on."""
    return " ".join(f"{extractor.name}={extractor.version}" for extractor in extractors())
