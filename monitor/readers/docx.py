"""Read DOCX: the text with all tracked changes accepted.

Headings, list items and captions are recognised by styles, which inherit from each other. Automatic numbers, note
marks and page numbers are layout and left out. Page headers come before the text, notes and footers after it. Notes
stand in the order of their marks; what no mark refers to is not shown, and not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers import extract
from monitor.readers.block_writer import by, left_out, placed
from monitor.readers.docx_styles import Styles
from monitor.readers.docx_text import Walk
from monitor.readers.drawings import drawing_blocks
from monitor.readers.page import Page
from monitor.readers.page_numbers import margin_blocks
from monitor.readers.text import unmarked
from monitor.readers.xml import Element, Package, attribute, children, local

_DEEPEST: Final = 3  # documents inside each other
_SUFFIXES: Final = ("docx", "docm", "dotx", "dotm")


class DocxReader:
    """Word documents."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the header, the body, footnotes and endnotes, and the footer."""
        return self._extract(data, comments=False)

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the reviewers' comments behind the notes, each with the name of who wrote it."""
        return self._extract(data, comments=True)

    def _extract(self, data: bytes, *, comments: bool) -> Extraction:
        document = _Document(Package(data, "docx"), comments=comments)
        blocks = document.blocks()
        return placed(unmarked(blocks), document.notes())


class _Document:
    def __init__(self, package: Package, *, comments: bool = False, depth: int = 0) -> None:
        self._package = package
        self._main = package.main()
        self._comments = comments
        self._depth = depth
        self.not_read: dict[str, None] = {}
        root = package.part(self._main)
        self._bodies = [one for one in root if local(one) == "body"] or [root]
        styles = package.related(self._main, "styles")
        numbering = package.related(self._main, "numbering")
        parts = (package.part(one[0]) if one else None for one in (styles, numbering))
        self._styles = Styles(*parts)
        self._notes: list[tuple[str, str]] = []

    def notes(self) -> tuple[str, ...]:
        """What was left out of the blocks."""
        marked = {identity for kind, identity in self._notes if kind == "comments"}
        return (*self.not_read, *(() if self._comments else left_out(len(marked), "comment")))

    def blocks(self) -> list[Block]:
        """Blocks of the whole document."""
        before = list(self._margins("header"))
        body = self._read(self._main, self._bodies)
        notes = self._referred()
        return [*before, *body, *notes, *self._margins("footer")]

    def _read(self, part: str, roots: list[Element], *, counting: bool = False) -> list[Block]:
        targets = {
            identity: relation.target
            for identity, relation in self._package.relations(part).items()
            if relation.kind == "hyperlink"
        }
        page = Page()
        walk = Walk(page, self._styles, targets, self._inserted(part), counting=counting)
        for root in roots:
            walk.flow(root)
        self._notes += walk.notes
        return page.finish()

    def _referred(self) -> Iterator[Block]:
        """Footnotes, endnotes and comments in the order of their marks, each once."""
        for kind in ("footnotes", "endnotes", *(("comments",) if self._comments else ())):
            known = {
                attribute(one, "id") or "": (part, one)
                for part in self._package.related(self._main, kind)
                for one in children(self._package.part(part), kind[:-1])
            }
            for identity in dict.fromkeys(identity for of, identity in self._notes if of == kind):
                if identity in known:
                    part, note = known[identity]
                    blocks = self._read(part, [note])
                    yield from by(attribute(note, "author"), blocks) if kind == "comments" else blocks

    def _inserted(self, part: str) -> Callable[[Element], Sequence[Block]]:
        def read(element: Element) -> Sequence[Block]:
            if local(element) == "altChunk":
                return self._chunk(part, attribute(element, "id") or "")
            return drawing_blocks(self._package, part, element)

        return read

    def _chunk(self, part: str, identity: str) -> Sequence[Block]:
        """The blocks of a document of any format that stands inside this one."""
        relation = self._package.relations(part).get(identity)
        if relation is None or relation.external or not self._package.has(relation.target):
            return ()
        suffix = relation.target.rpartition(".")[2].lower()
        try:
            data = self._package.read(relation.target)
            if suffix not in _SUFFIXES:
                found = extract(relation.target, data)
                return () if found is None else found.blocks
            if self._depth < _DEEPEST:
                inner = _Document(Package(data, "docx"), comments=self._comments, depth=self._depth + 1)
                blocks = inner.blocks()
                self.not_read |= inner.not_read
                return blocks
        except ExtractError as error:
            self.not_read[f"{relation.target} in it is not read: {error}"] = None
        return ()

    def _margins(self, kind: str) -> Iterator[Block]:
        """Page headers or footers section by section, each text once; those of the first page follow the others."""
        relations = self._package.relations(self._main)
        references = [
            reference
            for body in self._bodies
            for section in body.iter("{*}sectPr")
            for reference in sorted(children(section, f"{kind}Reference"), key=lambda one: attribute(one, "type") or "")
        ]
        found = filter(None, (relations.get(_relation_id(reference)) for reference in references))
        parts = [relation.target for relation in found if self._package.has(relation.target)]
        return margin_blocks(
            block for part in parts for block in self._read(part, [self._package.part(part)], counting=True)
        )


def _relation_id(reference: Element) -> str:
    return next((str(value) for key, value in reference.items() if key.endswith("}id")), "")
