"""Read EPUB: the chapters in reading order (the spine), each as a web page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.html import closed, html_blocks
from monitor.readers.xml import Archive, Element, attribute, local, parse

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_MOST_CHAPTERS = 10_000  # in the reading order, where a few bytes may name one chapter again and again
_PAGES = ("application/xhtml+xml", "text/html")


class EpubReader:
    """Books and reports as EPUB 2 and 3."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all chapters of the spine; the table of contents, which repeats them, stays out."""
        archive = Archive(data)
        if _RIGHTS in archive:
            raise ExtractError("encrypted: its rights management allows no reading")
        return placed(_blocks(archive))


def _blocks(archive: Archive) -> Iterator[Block]:
    package = _package(archive)
    folder = posixpath.dirname(package)
    root = parse(archive.read(package), package, "epub")
    chapters = {
        attribute(item, "id"): attribute(item, "href") or ""
        for item in root.iter("{*}item")
        if attribute(item, "media-type") in _PAGES and "nav" not in (attribute(item, "properties") or "").split()
    }
    references = list(root.iter("{*}itemref"))
    if len(references) > _MOST_CHAPTERS:
        raise ExtractError(f"refused: {len(references):,} chapters are more than {_MOST_CHAPTERS:,}")
    for reference in references:
        href = chapters.get(attribute(reference, "idref"))
        if href:
            name = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
            yield from html_blocks(closed(decode(archive.read(name))[0]), titled=False)


def _package(archive: Archive) -> str:
    root: Element = parse(archive.read(_CONTAINER), _CONTAINER, "epub")
    for element in root.iter():
        path = attribute(element, "full-path")
        if local(element) == "rootfile" and path:
            return path
    raise ExtractError("not a document of its format: its container names no package")
