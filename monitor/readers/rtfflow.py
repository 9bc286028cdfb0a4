"""One run of RTF text -> elements of a page: what a paragraph stands in is opened when its first character comes."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.readers.page import Page


@dataclass(slots=True)
class ParagraphKind:
    """What a paragraph is by its control words."""

    level: int = 0  # of a heading
    item: int = 0  # depth of an item
    in_table: bool = False


@dataclass(slots=True)
class Flow:
    """One run of text: the body, a note, a page header."""

    page: Page = field(default_factory=Page)
    paragraph: ParagraphKind = field(default_factory=ParagraphKind)
    tags: list[str] | None = None  # of the open paragraph
    row: bool = False
    cell: bool = False

    def begin(self) -> Page:
        """Open what the next text stands in."""
        if self.tags is None:
            kind = self.paragraph
            if kind.in_table and not self.row:
                self.page.open("tr", {})
                self.row = True
            elif not kind.in_table:
                self.end_row()
            if self.row and not self.cell:
                self.page.open("td", {})
                self.cell = True
            heading = [f"h{min(6, kind.level)}"] if kind.level else ["p"]
            self.tags = ["ul"] * kind.item + ["li"] if kind.item and not kind.level else heading
            for tag in self.tags:
                self.page.open(tag, {})
        return self.page

    def end(self) -> None:
        """The paragraph ends."""
        for tag in reversed(self.tags or ()):
            self.page.close(tag)
        self.tags = None

    def end_cell(self) -> None:
        """The cell ends, also an empty one."""
        self.end()
        if not self.row:
            self.page.open("tr", {})
            self.row = True
        if not self.cell:
            self.page.open("td", {})
        self.page.close("td")
        self.cell = False

    def end_row(self) -> None:
        """The table's row ends."""
        if self.row:
            self.end()
            if self.cell:
                self.page.close("td")
            self.page.close("tr")
        self.row = self.cell = False
