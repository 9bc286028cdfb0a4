"""Read OpenDocument texts, sheets and slides, with all tracked changes accepted.

Styles inherit from each other. Automatic numbers, note marks and page numbers are layout and left out. Page headers
come before the text, notes and footers after it. Flat XML (`.fodt`) is read alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.block_writer import left_out, placed
from monitor.readers.odt_styles import Controls, Styles
from monitor.readers.odt_text import Walk
from monitor.readers.page import Page
from monitor.readers.page_numbers import margin_blocks
from monitor.readers.text import unmarked, without_marker
from monitor.readers.xml import Archive, Element, children, local, parse

_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"


class OdtReader:
    """OpenDocument texts, sheets and presentations."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the headers, the body, the notes and the footers."""
        document = _Document(data)
        blocks = list(document.blocks(comments=False))
        return placed(blocks, left_out(document.comments, "comment"))

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the reviewers' comments behind the notes, each with the name of who wrote it."""
        return placed(_Document(data).blocks(comments=True))


class _Document:
    """The roots of the content and of the styles; flat XML has both in one, and no parts besides."""

    def __init__(self, data: bytes) -> None:
        self._archive: Archive | None = None
        self.comments = 0  # of reviewers, once the blocks were made
        if data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            self._content = self._apart = parse(data, "the document", "odt")
        else:
            self._archive = archive = Archive(data)
            if _MANIFEST in archive and _ENCRYPTED in archive.read(_MANIFEST):
                raise ExtractError("encrypted: save it without a password")
            self._content = self._apart = parse(archive.read("content.xml"), "content.xml", "odt")
            if "styles.xml" in archive:
                self._apart = parse(archive.read("styles.xml"), "styles.xml", "odt")
        same = self._apart is self._content
        self._styles = Styles([self._content] if same else [self._apart, self._content])
        self._controls = Controls(self._content)

    def blocks(self, *, comments: bool) -> Iterator[Block]:
        """Blocks of the whole document."""
        yield from margin_blocks(self._margins("header"))
        page = Page()
        walk = self._walk(page, comments=comments)
        for body in self._content.iterfind(".//{*}body"):
            if local(body.getparent()) != "document" or body.getparent() is self._content:
                for kind in body:
                    walk.flow(kind)
        walk.notes_out()
        self.comments = len(walk.comments)
        yield from unmarked(page.finish())
        yield from margin_blocks(self._margins("footer"))

    def _walk(self, page: Page, *, counting: bool = False, comments: bool = False) -> Walk:
        return Walk(page, self._styles, self._controls, self._embedded, counting=counting, comments=comments)

    def _embedded(self, address: str) -> Element | None:
        """The content of an object inside the document; None where it is none of OpenDocument, or damaged."""
        name = f"{address.removeprefix('./').rstrip('/')}/content.xml"
        if self._archive is None or name not in self._archive:
            return None
        try:
            return parse(self._archive.read(name), name, "odt")
        except ExtractError:
            return None

    def _margins(self, kind: str) -> Iterator[Block]:
        """Page headers or footers of all page styles; those of the first page follow the others."""
        for style in self._apart.iter("{*}master-page"):
            for name in (kind, f"{kind}-left", f"{kind}-first"):
                for element in children(style, name):
                    page = Page()
                    self._walk(page, counting=True).flow(element)
                    yield from map(without_marker, page.finish())
