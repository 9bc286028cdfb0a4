"""What a Word document says: the text with all tracked changes accepted."""

from __future__ import annotations

import io
import zipfile

import pytest

from monitor.readers import extract
from tests.readers.writers import zipped

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = """
<w:style w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:styleId="Own"><w:name w:val="House Heading"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="Outlined"><w:name w:val="Part"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:styleId="Caption"><w:name w:val="caption"/></w:style>
<w:style w:styleId="Bullet"><w:name w:val="List Bullet"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Ring"><w:name w:val="Ring"/><w:basedOn w:val="Ring2"/></w:style>
<w:style w:styleId="Ring2"><w:name w:val="Ring 2"/><w:basedOn w:val="Ring"/></w:style>
"""


def _part(root: str, body: str, namespace: str = WORD) -> bytes:
    return (
        f'<w:{root} xmlns:w="{namespace}" xmlns:r="{OFFICE}" xmlns:m="m" xmlns:mc="mc" xmlns:wp="wp" xmlns:wps="wps">'
        f"{body}</w:{root}>"
    ).encode()


def _docx(body: str, namespace: str = WORD, **parts: str) -> bytes:
    """A document with this body; `parts` are further parts (footnotes, header1, …) by their names."""
    kinds = {name: name.rstrip("0123456789") for name in parts}
    related = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>' for name, kind in kinds.items()
    )
    related += f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/>'
    related += f'<Relationship Id="web" Type="{OFFICE}/hyperlink" Target="https://example.org/" TargetMode="External"/>'
    roots = {"footnotes": "footnotes", "endnotes": "endnotes", "header": "hdr", "footer": "ftr"}
    return zipped(
        {
            "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>'.encode(),
            "word/_rels/document.xml.rels": f"<Relationships>{related}</Relationships>".encode(),
            "word/document.xml": _part("document", f"<w:body>{body}</w:body>", namespace),
            "word/styles.xml": _part("styles", STYLES, namespace),
            **{f"word/{name}.xml": _part(roots[kinds[name]], part, namespace) for name, part in parts.items()},
        }
    )


def _p(runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _told(data: bytes) -> list[tuple[str, str]]:
    extraction = extract("a.docx", data)
    assert extraction is not None
    return [(f"{block.kind.value}{block.level or ''}", block.text) for block in extraction.blocks]


def _texts(body: str, **parts: str) -> list[str]:
    return [text for _, text in _told(_docx(body, **parts))]


# --- tracked changes --------------------------------------------------------------------------------

DELETED = '<w:del w:id="1"><w:r><w:delText>would</w:delText></w:r></w:del>'


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (_p(_r("They ") + f"<w:ins w:id='1'>{_r('will')}</w:ins>" + _r(" go.")), ["They will go."]),
        (_p(_r("They ") + DELETED + f"<w:ins w:id='2'>{_r('will')}</w:ins>" + _r(" go.")), ["They will go."]),
        (_p(f"<w:moveFrom w:id='1'>{_r('Moved.')}</w:moveFrom>") + _p(f"<w:moveTo w:id='1'>{_r('Moved.')}</w:moveTo>"),
         ["Moved."]),
        (_p(_r("One "), "<w:rPr><w:del w:id='1'/></w:rPr>") + _p(_r("sentence.")), ["One sentence."]),
        (_p(_r("One"), "<w:rPr><w:ins w:id='1'/></w:rPr>") + _p(_r("Two")), ["One", "Two"]),
        (_p(DELETED), []),
        ("<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>" + _p(_r("gone")) + "</w:tc></w:tr></w:tbl>", []),
        (_p(f"<w:ins w:id='1'><w:del w:id='2'>{_r('never')}</w:del></w:ins>" + _r("Stays.")), ["Stays."]),
    ],
    ids=["inserted", "replaced", "moved", "mark deleted", "mark inserted", "all deleted", "row deleted", "both"],
)  # fmt: skip
def test_tracked_changes_read_as_accepted(body: str, texts: list[str]) -> None:
    assert _texts(body) == texts


# --- structure ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ("", "paragraph"),
        ('<w:pStyle w:val="Normal"/>', "paragraph"),
        ('<w:pStyle w:val="H1"/>', "heading1"),
        ('<w:pStyle w:val="Own"/>', "heading1"),
        ('<w:pStyle w:val="Outlined"/>', "heading3"),
        ('<w:pStyle w:val="Title"/>', "heading1"),
        ('<w:outlineLvl w:val="1"/>', "heading2"),
        ('<w:pStyle w:val="H1"/><w:outlineLvl w:val="9"/>', "paragraph"),
        ('<w:pStyle w:val="Caption"/>', "caption"),
        ('<w:pStyle w:val="Bullet"/>', "item1"),
        ('<w:numPr><w:ilvl w:val="2"/><w:numId w:val="3"/></w:numPr>', "item3"),
        ('<w:pStyle w:val="Bullet"/><w:numPr><w:numId w:val="0"/></w:numPr>', "paragraph"),
        ('<w:pStyle w:val="Ring"/>', "paragraph"),
        ('<w:pStyle w:val="unknown"/>', "paragraph"),
    ],
)
def test_paragraph_kind_follows_its_style(properties: str, kind: str) -> None:
    assert _told(_docx(_p(_r("Text"), properties))) == [(kind, "Text")]


def test_table_row_is_one_block_with_cells_in_controls() -> None:
    cell = "<w:tc>" + _p(_r("{}")) + "</w:tc>"
    row = f"<w:tr>{cell.format('Italy')}<w:sdt><w:sdtContent>{cell.format('550')}</w:sdtContent></w:sdt></w:tr>"
    assert _told(_docx(f"<w:tbl>{row}</w:tbl>")) == [("row", "Italy | 550")]


def test_notes_follow_the_text_and_their_marks_are_left_out() -> None:
    note = f'<w:footnote w:type="separator" w:id="0">{_p(_r("----"))}</w:footnote>'
    note += f'<w:footnote w:id="1">{_p(_r("A note."))}</w:footnote>'
    body = _p(_r("Text") + '<w:r><w:footnoteReference w:id="1"/></w:r>' + _r(" goes on."))
    assert _texts(body, footnotes=note) == ["Text goes on.", "A note."]


def test_headers_and_footers_are_read_once_without_page_numbers() -> None:
    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>'
    body = _p(_r("Text.")) + (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        '<w:headerReference w:type="first" r:id="header2"/>'
        '<w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
    )
    found = _texts(
        body,
        header1=_p(_r("The Desk")),
        header2=_p(_r("The Desk")),
        footer1=_p(_r("Page ") + page) + _p(_r("2026-03-01 / 1.2")),
    )
    assert found == ["The Desk", "Text.", "2026-03-01 / 1.2"]


def test_a_text_box_follows_its_paragraph_and_is_read_once() -> None:
    box = "<wps:txbx><w:txbxContent>" + _p(_r("In the box.")) + "</w:txbxContent></wps:txbx>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert _texts(_p(_r("Before ") + f"<w:r>{both}</w:r>" + _r("and after."))) == ["Before and after.", "In the box."]


# --- characters -----------------------------------------------------------------------------------------


def _field(instruction: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        mark.format("begin")
        + f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        + mark.format("separate")
        + result
        + mark.format("end")
    )


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (_r("a") + _r("b"), "ab"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>", "a b"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r>", "a\nb"),
        ("<w:r><w:t>cease</w:t><w:noBreakHyphen/><w:t>fire</w:t></w:r>", "cease\u2011fire"),
        ("<w:r><w:t>for</w:t><w:softHyphen/><w:t>ces</w:t></w:r>", "forces"),
        (_r("10 km") + _r("2", '<w:vertAlign w:val="superscript"/>'), "10 km²"),
        (_r("H") + _r("2", '<w:vertAlign w:val="subscript"/>') + _r("O"), "H2O"),
        (_r("shown") + _r(" hidden", "<w:vanish/>"), "shown"),
        (_r("shown", '<w:vanish w:val="0"/>'), "shown"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:t> text</w:t></w:r>', "text"),
        (_r("See page ") + _field(" PAGEREF _1 ", _r("12")) + _r("."), "See page ."),
        (_r("On ") + _field(' DATE \\@ "d MMMM" ', _r("3 May")), "On"),
        (_r("On ") + _field(' CREATEDATE \\@ "d MMMM" ', _r("3 May")), "On 3 May"),
        (f"<w:smartTag>{_r('inside')}</w:smartTag>", "inside"),
        (
            "<w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby>",
            "漢(かん)",
        ),
    ],
)
def test_text_of_runs(runs: str, text: str) -> None:
    assert _texts(_p(runs)) == [text]


@pytest.mark.parametrize(
    "link",
    [
        f'<w:hyperlink r:id="web">{_r("the annex")}</w:hyperlink>',
        _field(' HYPERLINK "https://example.org/" ', _r("the annex")),
    ],
)
def test_links_keep_their_targets(link: str) -> None:
    extraction = extract("a.docx", _docx(_p(_r("See ") + link + _r("."))))
    assert extraction is not None
    [block] = extraction.blocks
    assert block.text == "See the annex."
    assert [(block.text[one.start : one.end], one.target) for one in block.links] == [
        ("the annex", "https://example.org/")
    ]


def _math(inside: str) -> str:
    return f"<m:oMath>{inside}</m:oMath>"


def _t(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (_t("a=b"), "a=b"),
        (f"<m:f><m:num>{_t('a+b')}</m:num><m:den>{_t('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{_t('x')}</m:e><m:sup>{_t('2')}</m:sup></m:sSup>", "x^2"),
        (f"<m:sSub><m:e>{_t('x')}</m:e><m:sub>{_t('i')}</m:sub></m:sSub>", "x_i"),
        (f"<m:rad><m:e>{_t('x')}</m:e></m:rad>", "√(x)"),
        (f"<m:d><m:e>{_t('a')}</m:e><m:e>{_t('b')}</m:e></m:d>", "(a, b)"),
        (f"<m:acc><m:e>{_t('x')}</m:e></m:acc>", "x\u0302"),
        (f"<m:bar><m:barPr><m:pos m:val='top'/></m:barPr><m:e>{_t('x')}</m:e></m:bar>", "x\u0305"),
    ],
)
def test_equations_are_written_in_a_line(equation: str, text: str) -> None:
    assert _texts(_p(_r("So ") + _math(equation) + _r("."))) == [f"So {text}."]


# --- the package ----------------------------------------------------------------------------------------


def test_the_strict_variant_reads_the_same() -> None:
    body = _p(_r("Title"), '<w:pStyle w:val="H1"/>') + _p(_r("Text."))
    assert _told(_docx(body, STRICT)) == _told(_docx(body))


def test_parts_that_are_named_and_missing_are_passed_over() -> None:
    source = zipfile.ZipFile(io.BytesIO(_docx(_p(_r("Text.")), footnotes="")))
    parts = {info.filename: source.read(info) for info in source.infolist()}
    del parts["word/footnotes.xml"], parts["word/styles.xml"]
    assert [text for _, text in _told(zipped(parts))] == ["Text."]
