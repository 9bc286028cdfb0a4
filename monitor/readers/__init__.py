"""Bytes -> blocks: which extractor reads which file. `table` lists the built-in ones; others come by entry point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from monitor.readers.extras import offers, versions
from monitor.readers.table import ARTICLE, BUILT_IN, HTML, TEXT, passages_of

if TYPE_CHECKING:
    from monitor.core.text.segment import Passage
    from monitor.model import Extraction
    from monitor.ports import Extractor

ENTRY_POINTS = "monitor.extractors"
_SNIFFED = 8_192  # bytes looked at to tell text from binary data

# formats that hold documents or media but have no extractor: never read as text by chance
_BINARY = frozenset(
    {".doc", ".xls", ".ppt", ".msg", ".pages", ".numbers", ".key", ".mobi", ".azw3", ".djvu", ".ps", ".one"}
    | {".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".ico", ".psd", ".heic", ".woff", ".woff2"}
    | {".mp3", ".mp4", ".m4a", ".wav", ".ogg", ".flac", ".avi", ".mov", ".mkv", ".webm", ".ttf", ".otf", ".eot"}
    | {".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz", ".jar", ".iso", ".dmg", ".exe", ".dll"}
    | {".so", ".dylib", ".o", ".a", ".class", ".pyc", ".wasm", ".sqlite", ".db", ".parquet", ".pkl", ".npy", ".npz"}
)  # fmt: skip


@cache
def extractors() -> tuple[Extractor, ...]:
    """All that are known, the built-in ones first; an entry point may take over a suffix by coming later."""
    if not offers(ENTRY_POINTS):
        return BUILT_IN
    from importlib.metadata import entry_points

    return (*BUILT_IN, *(point.load()() for point in entry_points(group=ENTRY_POINTS)))


@cache
def _by_suffix() -> dict[str, Extractor]:
    return {suffix: extractor for extractor in extractors() for suffix in extractor.suffixes}


def suffix_of(path: str) -> str:
    """What tells a file's format: the end of its name, lower case, with the dot; empty for `README` and `.profile`."""
    name = path.rpartition("/")[2]
    at = name.rfind(".")
    return name[at:].lower() if 0 < at < len(name) - 1 else ""


def extractor_for(path: str, data: bytes, *, article: bool = False) -> Extractor | None:
    """The extractor of a file, by its suffix; for an unknown suffix plain text, where the bytes look like it.

    With `article` a web page is read for its main text alone.
    """
    suffix = suffix_of(path)
    found = _by_suffix().get(suffix)
    if found is not None:
        return ARTICLE if article and found is HTML else found
    return TEXT if suffix not in _BINARY and _looks_like_text(data) else None


def _looks_like_text(data: bytes) -> bool:
    from monitor.readers.encoding import is_marked

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


def read_in_process(path: str, data: bytes, *, article: bool = False) -> bool:
    """Whether a small file of this format may be read without a process apart; also where nothing reads it."""
    extractor = extractor_for(path, data, article=article)
    return extractor is None or getattr(extractor, "in_process", False)


def extract(path: str, data: bytes, *, article: bool = False) -> Extraction | None:
    """The blocks of one file; None where no extractor reads it. ExtractError where its bytes are not of its format."""
    extractor = extractor_for(path, data, article=article)
    return None if extractor is None else extractor.extract(data)


def passages(path: str, data: bytes, *, article: bool = False) -> Sequence[Passage] | None:
    """What `extract` gives, for who needs no places: passages that a format may share between versions."""
    extractor = extractor_for(path, data, article=article)
    return None if extractor is None else passages_of(extractor, data)


def fingerprint(*, article: bool = False) -> str:
    """Names and versions of all extractors and of their libraries: what a rebuilt ledger depends on."""
    return " ".join(map(_told, (*extractors(), ARTICLE) if article else extractors()))


def _told(extractor: Extractor) -> str:
    libraries = versions(getattr(extractor, "libraries", ()))
    return f"{extractor.name}={extractor.version}" + (f"({libraries})" if libraries else "")
