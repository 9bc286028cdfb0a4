"""A redline as a Word document with tracked changes (ECMA-376, part 1, 17.13.5).

The body holds the statements and nothing else: title and dates are in the page header and in the properties, reasons in
comments. Rejecting all changes gives the version before, accepting all the version after, statement by statement.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import count
from typing import Literal, NamedTuple, cast
from xml.sax.saxutils import escape, quoteattr

from monitor.core.classification.numbers import with_units
from monitor.core.diff.redline import Redline, VersionText
from monitor.core.diff.words import word_edits
from monitor.core.text.layout import CONTINUED, HEAD, set_apart
from monitor.core.text.normalize import visible
from monitor.model import BlockKind, Change, Edit
from monitor.reports.reasons import reason_of
from monitor.reports.redline import RedlineFacts, moment_text, remarks_of
from monitor.reports.views import change_label

AUTHOR = "monitor"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest time that a ZIP file has
_BULLET = "•"
_INDENT = 400  # twentieths of a point, of each depth of lists
_STYLES = {BlockKind.ITEM: "ListBullet", BlockKind.CAPTION: "Caption", BlockKind.CODE: "Code"}

Tracked = Literal["", "ins", "del", "from", "to"]
"""How a piece is tracked: not at all, inserted, deleted, or one end of a move."""


def render_redline(line: Redline, facts: RedlineFacts, *, zone: tzinfo = UTC) -> bytes:
    """The file. Each change has the author `monitor` and the time at which its version was taken."""
    document = _Document(line, facts)
    body = f"{document.body()}{_SECTION}"
    when = " → ".join(filter(None, (moment_text(facts.before, zone), moment_text(facts.after, zone))))
    header = f'<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_run(": ".join(filter(None, (facts.title, when))))}</w:p>'
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": _core(facts, when),
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "word/styles.xml": _STYLE_SHEET,
        "word/header1.xml": f'{_XML}<w:hdr xmlns:w="{_W}">{header}</w:hdr>',
        "word/numbering.xml": f'{_XML}<w:numbering xmlns:w="{_W}">{document.numbering()}</w:numbering>',
        "word/comments.xml": f'{_XML}<w:comments xmlns:w="{_W}">{"".join(document.comments)}</w:comments>',
        "word/document.xml": f'{_XML}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>',
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():  # dated alike, so that the same redline gives the same bytes
            package.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


class _Token(NamedTuple):
    """A statement in one place, or what parts two: a space, or the end of a paragraph where `text` is None.

    `before` and `after` are the ordinals of the statement in the two versions, `mark` the number of its change.
    """

    text: str | None
    before: int | None = None
    after: int | None = None
    mark: int | None = None


_SPACE, _END = _Token(" "), _Token(None)


class _TextPosition(NamedTuple):
    """Where words come from: a statement of a version, and how far into its text they begin."""

    version: VersionText
    ordinal: int
    start: int = 0

    def runs(self, text: str, *, deleted: bool = False) -> str:
        """The words as runs, those that are set apart in their own."""
        parts = set_apart(self.version.emphasis(self.ordinal), self.start, self.start + len(text))
        return "".join(_run(text[a - self.start : b - self.start], deleted=deleted, tags=tags) for a, b, tags in parts)

    def after(self, text: str) -> _TextPosition:
        """Behind these words."""
        return self._replace(start=self.start + len(text))


class _Document:
    """The body of one document, and the comments that its changes have."""

    def __init__(self, line: Redline, facts: RedlineFacts) -> None:
        self._line = line
        self._language = facts.language
        self._said = facts.comments
        self._at = _time(facts.after or _EPOCH)
        self._numbers = count(1)
        self._commented: set[int] = set()
        self.comments: list[str] = []
        self._lists: dict[tuple[str, int], int] = {}  # the number of a list by what stands before its items, and depth
        self._marks: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for number, mark in enumerate(line.marks):
            self._marks[0].update(dict.fromkeys(mark.before, number))
            self._marks[1].update(dict.fromkeys(mark.after, number))

    def body(self) -> str:
        """The paragraphs and tables."""
        found: list[str] = []
        runs: list[str] = []
        style = layout = ""
        rows: list[str] = []
        columns = 1
        in_table = False
        for token, tracked in self._tokens():
            if token.text is None:
                if in_table:  # a row of a table needs no end of a paragraph
                    in_table = False
                    continue
                found += [self._table(rows, columns)] if rows else []
                rows = []
                found.append(self._paragraph(runs, style, tracked, layout))
                runs, style, layout = [], "", ""
                continue
            block = self._block(token)
            if block is not None and block[0] is BlockKind.ROW and not runs:
                cells = self._cells(token, tracked)
                columns = max(columns, len(cells))
                rows.append(self._table_row(cells, tracked, head=block[2] == HEAD))
                in_table = True
                continue
            if rows:
                found.append(self._table(rows, columns))
                rows, columns = [], 1
            in_table = False
            if block is not None and not (style and tracked in ("del", "from")):
                style, layout = self._style(*block[:2]), self._layout(*block)
            runs.append(self._runs(token, tracked))
        found += [self._table(rows, columns), _EMPTY] if rows else []
        if runs:
            found.append(self._paragraph(runs, style, "", layout))
        return "".join(found)

    def numbering(self) -> str:
        """The lists: each label of an item is a list of its own, so that it stays as it was in the document."""
        kinds = {label: "bullet" if label == _BULLET else "none" for label, _ in self._lists}
        abstract = "".join(
            f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="{level}"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{kinds[label]}"/><w:lvlText w:val={quoteattr(_plain(label))}/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{_INDENT * (level + 1)}" w:hanging="{_INDENT}"/></w:pPr></w:lvl></w:abstractNum>'
            for (label, level), number in self._lists.items()
        )
        numbers = self._lists.values()
        return abstract + "".join(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in numbers
        )

    # --- the order ------------------------------------------------------------------------------

    def _tokens(self) -> Iterator[tuple[_Token, Tracked]]:
        """Both versions as one text: what both have, and in each gap between what only one of them has."""
        kept = [row for row in self._line.rows if row.before is not None and row.after is not None]
        gap: tuple[list[_Token], list[_Token]] = [], []
        i = j = 0
        first = True
        for row in (*kept, None):
            stop = (len(self._line.before.statements), len(self._line.after.statements))
            old, new = (row.before, row.after) if row is not None else stop
            gap = (
                self._gap(self._line.before, i, old or 0, 0),
                self._gap(self._line.after, j, new or 0, 1),
            )
            yield from self._parted(*gap, first=first)
            if row is not None:
                yield _Token("", row.before, row.after, row.mark), ""
                i, j, first = (row.before or 0) + 1, (row.after or 0) + 1, False

    def _gap(self, text: VersionText, start: int, stop: int, side: int) -> list[_Token]:
        """The tokens of one version between two statements that both have."""
        found: list[_Token] = []
        for ordinal in range(start, stop + 1):
            if ordinal > 0:
                ends = ordinal == len(text.statements) or text.block_of[ordinal] != text.block_of[ordinal - 1]
                found.append(_END if ends else _SPACE)
            if ordinal < stop:
                old, new = (None, ordinal) if side else (ordinal, None)
                found.append(_Token(text.statements[ordinal].text, old, new, self._marks[side].get(ordinal)))
        return found

    def _parted(self, old: list[_Token], new: list[_Token], *, first: bool) -> Iterator[tuple[_Token, Tracked]]:
        """A gap: what is equal at its beginning or its end is kept, the rest is deleted and inserted."""
        head: list[_Token] = []
        tail: list[_Token] = []
        both = bool(old and new)
        if both and not first and old[0] == new[0] == _END:
            head, old, new = [_END], old[1:], new[1:]
        elif both and old[-1] == new[-1] and old[-1].before is old[-1].after is None:
            tail, old, new = [old[-1]], old[:-1], new[:-1]
        elif both and not first and old[0] == new[0] and old[0].before is old[0].after is None:
            head, old, new = [old[0]], old[1:], new[1:]
        yield from ((token, "") for token in head)
        yield from ((token, "from" if self._moves(token) else "del") for token in old)
        yield from ((token, "to" if self._moves(token) else "ins") for token in new)
        yield from ((token, "") for token in tail)

    def _moves(self, token: _Token) -> bool:
        """Whether the statement is in another place of this document."""
        if token.mark is None:
            return False
        mark = self._line.marks[token.mark]
        return not mark.in_place and len(mark.before) == len(mark.after) == 1

    # --- XML ------------------------------------------------------------------------------------

    def _block(self, token: _Token) -> tuple[BlockKind, int, str] | None:
        """The kind, the level and the label of the block that a statement is in."""
        text, ordinal = self._line.after, token.after
        if ordinal is None:
            text, ordinal = self._line.before, token.before
        if ordinal is None:
            return None
        number = text.block_of[ordinal]
        return text.blocks[number].kind, text.blocks[number].level, text.labels[number]

    def _style(self, kind: BlockKind, level: int) -> str:
        if kind is BlockKind.HEADING:
            return f"Heading{min(max(level, 1), 6)}"
        return _STYLES.get(kind, "Normal")

    def _layout(self, kind: BlockKind, level: int, label: str) -> str:
        """The properties of a paragraph that say what stands before it."""
        depth = min(max(level, 1), 9) - 1 if kind is BlockKind.ITEM else 0
        if label == CONTINUED:
            return f'<w:ind w:left="{_INDENT * (depth + 1)}"/>'
        if kind is not BlockKind.ITEM and not label:
            return ""
        number = self._lists.setdefault((label or _BULLET, depth), len(self._lists) + 1)
        return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'

    def _tracking(self, name: str) -> str:
        return f'<w:{name} w:id="{next(self._numbers)}" w:author="{AUTHOR}" w:date="{self._at}"'

    def _paragraph(self, runs: Sequence[str], style: str, tracked: Tracked, layout: str = "") -> str:
        mark = f"<w:rPr>{self._tracking('ins' if tracked in ('ins', 'to') else 'del')}/></w:rPr>" if tracked else ""
        return f'<w:p><w:pPr><w:pStyle w:val="{style or "Normal"}"/>{layout}{mark}</w:pPr>{"".join(runs)}</w:p>'

    def _runs(self, token: _Token, tracked: Tracked) -> str:
        """A statement, or a space between two."""
        if token.before is not None and token.after is not None:
            return self._commented_runs(token, self._revised(token))
        return self._commented_runs(token, self._tracked(token.text or "", tracked, token, self._place(token)))

    def _place(self, token: _Token) -> _TextPosition | None:
        """Where the words of a statement of one version come from."""
        if token.after is not None:
            return _TextPosition(self._line.after, token.after)
        return None if token.before is None else _TextPosition(self._line.before, token.before)

    def _revised(self, token: _Token) -> str:
        """A statement that both versions have on one row, with its words that differ."""
        old, new = (
            self._line.before.statements[token.before or 0].text,
            self._line.after.statements[token.after or 0].text,
        )
        places = _TextPosition(self._line.before, token.before or 0), _TextPosition(self._line.after, token.after or 0)
        if old == new:
            return places[1].runs(new)
        change = self._line.marks[token.mark].change if token.mark is not None else None
        if change is None or len(change.before) != 1 or len(change.after) != 1:
            return self._words(word_edits(old, new), *places)
        return self._words(change.edits, *places)

    def _words(self, edits: Sequence[Edit], old: _TextPosition, new: _TextPosition) -> str:
        """Words of two statements, what differs as deleted and inserted."""
        found = []
        for edit in with_units(edits, self._language):
            if edit.op == "equal":
                found.append(new.runs(edit.after))
            else:
                found += (self._tracked(edit.before, "del", None, old), self._tracked(edit.after, "ins", None, new))
            old, new = old.after(edit.before), new.after(edit.after)
        return "".join(found)

    def _tracked(
        self, text: str, tracked: Tracked, token: _Token | None = None, place: _TextPosition | None = None
    ) -> str:
        if not text:
            return ""
        write = _run if place is None else place.runs
        if not tracked:
            return write(text)
        if tracked in ("ins", "del"):
            return f"{self._tracking(tracked)}>{write(text, deleted=tracked == 'del')}</w:{tracked}>"
        name = "moveFrom" if tracked == "from" else "moveTo"
        number = next(self._numbers)
        label = f"move{(token.mark if token else 0) or 0}"
        start = f'<w:{name}RangeStart w:id="{number}" w:name="{label}" w:author="{AUTHOR}" w:date="{self._at}"/>'
        pieces = []
        for words, kept, other in self._moved(text, tracked, token):
            write = _run if place is None else place.runs
            moved = f"{self._tracking(name)}>{write(words)}</w:{name}>" if kept and words else ""
            pieces.append(moved if kept else self._tracked(words, other, None, place))
            place = place and place.after(words)
        return f'{start}{"".join(pieces)}<w:{name}RangeEnd w:id="{number}"/>'

    def _moved(self, text: str, tracked: Tracked, token: _Token | None) -> Iterator[tuple[str, bool, Tracked]]:
        """The words of a statement at one end of its move: those that are at both, and those that were revised."""
        change = self._line.marks[token.mark].change if token is not None and token.mark is not None else None
        side, other = ("before", "del") if tracked == "from" else ("after", "ins")
        edits = with_units(change.edits, self._language) if change is not None else []
        pieces = [(getattr(edit, side), edit.op == "equal") for edit in edits]
        if "".join(words for words, _ in pieces) != text:
            pieces = [(text, True)]
        for words, kept in pieces:
            yield words, kept, cast("Tracked", other)

    def _commented_runs(self, token: _Token, runs: str) -> str:
        """With a comment that says what happened and why, at the first place of each change."""
        if token.mark is None or token.mark in self._commented or not runs:
            return runs
        self._commented.add(token.mark)
        change = self._line.marks[token.mark].change
        said = [(AUTHOR, self._at, _comment_text(change, self._language))]
        said += [(one.author, _time(one.at), one.text) for one in self._said.get(change.id, ())]
        first = len(self.comments)
        self.comments += [
            f'<w:comment w:id="{number}" w:author={quoteattr(_plain(author))} w:date="{at}"'
            f" w:initials={quoteattr(_plain(author)[:1])}>"
            f"{''.join(f'<w:p>{_run(line)}</w:p>' for line in text.splitlines())}</w:comment>"
            for number, (author, at, text) in enumerate(said, first)
        ]
        numbers = range(first, len(self.comments))
        starts = "".join(f'<w:commentRangeStart w:id="{number}"/>' for number in numbers)
        ends = "".join(
            f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'
            for number in numbers
        )
        return f"{starts}{runs}{ends}"

    def _cells(self, token: _Token, tracked: Tracked) -> list[str]:
        """The contents of the cells of a row, as runs."""
        if token.before is not None and token.after is not None:
            sides = (
                _cell_texts(self._line.before, token.before),
                _cell_texts(self._line.after, token.after),
            )
            if len(sides[0]) == len(sides[1]):
                old, new = _TextPosition(self._line.before, token.before), _TextPosition(self._line.after, token.after)
                return [
                    self._words(word_edits(gone, come), old._replace(start=i), new._replace(start=j))
                    for (i, gone), (j, come) in zip(*sides, strict=True)
                ]
            return [self._revised(token)]
        text, ordinal = (
            (self._line.after, token.after) if token.after is not None else (self._line.before, token.before)
        )
        kind: Tracked = "del" if tracked in ("del", "from") else "ins"
        return [
            self._tracked(one, kind, None, _TextPosition(text, ordinal or 0, at))
            for at, one in _cell_texts(text, ordinal or 0)
        ]

    def _table_row(self, cells: Sequence[str], tracked: Tracked, *, head: bool) -> str:
        mark = f"{self._tracking('ins' if tracked in ('ins', 'to') else 'del')}/>" if tracked else ""
        properties = f"<w:trPr>{'<w:tblHeader/>' * head}{mark}</w:trPr>" if head or mark else ""
        style = '<w:pPr><w:pStyle w:val="TableHead"/></w:pPr>' * head
        return f"<w:tr>{properties}{''.join(f'<w:tc><w:p>{style}{cell}</w:p></w:tc>' for cell in cells)}</w:tr>"

    def _table(self, rows: Sequence[str], columns: int) -> str:
        grid = "<w:gridCol/>" * columns
        return f"<w:tbl>{_TABLE}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _cell_texts(text: VersionText, ordinal: int) -> list[tuple[int, str]]:
    """The texts of the cells of a row, and where in its text each begins."""
    block, statement = text.blocks[text.block_of[ordinal]], text.statements[ordinal]
    if not block.cells or len(block.statements) != 1:
        return [(0, statement.text)]
    return [(start, statement.text[start:stop]) for start, stop in block.cells]


def _comment_text(change: Change, language: str | None) -> str:
    return ": ".join(
        filter(
            None, (change_label(change), "; ".join(filter(None, (reason_of(change, language), *remarks_of(change)))))
        )
    )


_SHOWN = {"c": '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/>', "b": "<w:b/>", "i": "<w:i/>"}


def _run(text: str, *, deleted: bool = False, tags: str = "") -> str:
    name = "delText" if deleted else "t"
    shown = "".join(properties for kind, properties in _SHOWN.items() if kind in tags)
    properties = f"<w:rPr>{shown}</w:rPr>" if shown else ""
    return f'<w:r>{properties}<w:{name} xml:space="preserve">{_storable(text)}</w:{name}></w:r>' if text else ""


def _plain(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", visible(text))


def _storable(text: str) -> str:
    return escape(_UNSTORABLE.sub("\ufffd", text))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _core(facts: RedlineFacts, when: str) -> str:
    at = _time(facts.after or _EPOCH)
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{_storable(facts.title)}</dc:title>'
        f"<dc:subject>{_storable(when)}</dc:subject><dc:creator>{AUTHOR}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created></cp:coreProperties>'
    )


_TABLE = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
_EMPTY = "<w:p/>"  # Word wants a paragraph behind a table at the end
_SECTION = '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/></w:sectPr>'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_TYPE}.numbering+xml"/>'
    f'<Override PartName="/word/comments.xml" ContentType="{_TYPE}.comments+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_R}/header" Target="header1.xml"/>'
    f'<Relationship Id="rId3" Type="{_R}/comments" Target="comments.xml"/>'
    f'<Relationship Id="rId4" Type="{_R}/numbering" Target="numbering.xml"/>'
    "</Relationships>"
)


def _style(identity: str, name: str, properties: str, of: str = "paragraph", more: str = "") -> str:
    based = '<w:basedOn w:val="Normal"/>' if of == "paragraph" and identity != "Normal" else ""
    default = ' w:default="1"' if identity == "Normal" else ""
    return (
        f'<w:style w:type="{of}"{default} w:styleId={quoteattr(identity)}><w:name w:val={quoteattr(name)}/>{based}'
        f"{properties}{more}</w:style>"
    )


_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:color="999999"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_STYLE_SHEET = "".join(
    (
        f'{_XML}<w:styles xmlns:w="{_W}">',
        _style("Normal", "Normal", '<w:pPr><w:spacing w:after="120"/></w:pPr>'),
        *(
            _style(
                f"Heading{level}",
                f"heading {level}",
                f'<w:pPr><w:keepNext/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
                f'<w:rPr><w:b/><w:sz w:val="{34 - 2 * level}"/></w:rPr>',
            )
            for level in range(1, 7)
        ),
        _style("ListBullet", "List Bullet", '<w:pPr><w:ind w:left="360"/></w:pPr>'),
        _style("Caption", "caption", "<w:rPr><w:i/></w:rPr>"),
        _style(
            "Code", "Code", '<w:pPr><w:spacing w:after="0"/></w:pPr><w:rPr><w:rFonts w:ascii="Courier New"/></w:rPr>'
        ),
        _style("TableHead", "Table Head", "<w:rPr><w:b/></w:rPr>"),
        _style("Header", "header", '<w:rPr><w:color w:val="666666"/></w:rPr>'),
        _style("TableGrid", "Table Grid", f"<w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>", of="table"),
        "</w:styles>",
    )
)
