"""OpenDocument -> blocks: texts, sheets and slides as they read with all tracked changes accepted.

Numbers that the office program counts by itself, marks of notes and page numbers are layout. Notes follow the text;
page headers go before it, footers after. Flat XML (`.fodt`) is read as the packed form is.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.archive import Archive
from monitor.readers.odtstyles import Styles
from monitor.readers.odtwalk import Walk
from monitor.readers.page import Page
from monitor.readers.placing import placed
from monitor.readers.xml import Element, local, parse

_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"


class OdtExtractor:
    """OpenDocument texts, sheets and presentations."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the headers, the body, the notes and the footers."""
        return placed(_blocks(*_parts(data)))


def _parts(data: bytes) -> tuple[Element, Element | None]:
    """The roots of the content and of the styles, where these stand apart."""
    if data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return parse(data, "the document", "odt"), None
    archive = Archive(data)
    if _MANIFEST in archive and _ENCRYPTED in archive.read(_MANIFEST):
        raise ExtractError("encrypted: save it without a password")
    content = parse(archive.read("content.xml"), "content.xml", "odt")
    styles = parse(archive.read("styles.xml"), "styles.xml", "odt") if "styles.xml" in archive else None
    return content, styles


def _blocks(content: Element, apart: Element | None) -> Iterator[Block]:
    roots = [content] if apart is None else [apart, content]
    styles = Styles(roots)
    yield from _margins(roots[0], styles, "header")
    page = Page()
    walk = Walk(page, styles)
    for body in content.iterfind(".//{*}body"):
        for kind in body:
            walk.flow(kind)
    walk.notes_out()
    yield from page.finish()
    yield from _margins(roots[0], styles, "footer")


def _margins(root: Element, styles: Styles, kind: str) -> Iterator[Block]:
    """Page headers or footers of all page styles, each text once."""
    told: set[str] = set()
    for element in root.iter(f"{{*}}{kind}", f"{{*}}{kind}-first", f"{{*}}{kind}-left"):
        if local(element.getparent()) != "master-page":
            continue
        page = Page()
        Walk(page, styles).flow(element)
        for block in page.finish():
            if block.text not in told and any(char.isalpha() for char in block.text):
                told.add(block.text)
                yield block
