"""DOCX -> blocks: the text as it reads with all tracked changes accepted.

Insertions are text, deletions are not. Headings and lists are told by their styles; numbers that the word processor
counts by itself, marks of notes and page numbers are layout. Notes follow the text; page headers go before it, footers
after.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model import Block, Extraction
from monitor.readers.docxstyles import Styles
from monitor.readers.docxwalk import Walk
from monitor.readers.ooxml import Package
from monitor.readers.page import Page
from monitor.readers.placing import placed
from monitor.readers.xml import Element, attribute, children, local

_NO_NOTES = frozenset({"separator", "continuationSeparator", "continuationNotice"})


class DocxExtractor:
    """Word documents."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the header, the body, footnotes and endnotes, and the footer."""
        package = Package(data, "docx")
        return placed(_Document(package).blocks())


class _Document:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main()
        root = package.part(self._main)
        self._body = next((one for one in root if local(one) == "body"), root)
        styles = package.related(self._main, "styles")
        self._styles = Styles(package.part(styles[0]) if styles else None)

    def blocks(self) -> Iterator[Block]:
        yield from self._margins("header")
        yield from self._read(self._main, [self._body])
        for kind in ("footnotes", "endnotes"):
            for part in self._package.related(self._main, kind):
                notes = children(self._package.part(part), kind[:-1])
                yield from self._read(part, [one for one in notes if attribute(one, "type") not in _NO_NOTES])
        yield from self._margins("footer")

    def _read(self, part: str, roots: list[Element]) -> list[Block]:
        targets = {
            identity: relation.target
            for identity, relation in self._package.relations(part).items()
            if relation.kind == "hyperlink"
        }
        page = Page()
        walk = Walk(page, self._styles, targets)
        for root in roots:
            walk.flow(root)
        return page.finish()

    def _margins(self, kind: str) -> Iterator[Block]:
        """Page headers or footers in the order in which the sections name them, each text once."""
        relations = self._package.relations(self._main)
        told: set[str] = set()
        for reference in self._body.iter(f"{{*}}{kind}Reference"):
            relation = relations.get(_relation_id(reference))
            if relation is None or not self._package.has(relation.target):
                continue
            for block in self._read(relation.target, [self._package.part(relation.target)]):
                if block.text not in told and any(char.isalpha() for char in block.text):
                    told.add(block.text)
                    yield block


def _relation_id(reference: Element) -> str:
    return next((str(value) for key, value in reference.items() if key.endswith("}id")), "")
