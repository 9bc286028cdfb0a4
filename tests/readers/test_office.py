"""What OpenDocument, presentations and workbooks say."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest

from monitor.errors import ExtractError
from monitor.readers import extract
from monitor.readers.xlsx import built_in, shown
from tests.readers.writers import zipped

NAMES = (
    'xmlns:office="office" xmlns:text="text" xmlns:table="table" xmlns:draw="draw" xmlns:style="style" '
    'xmlns:xlink="xlink" xmlns:presentation="presentation"'
)


def _told(name: str, data: bytes) -> list[tuple[str, str]]:
    extraction = extract(f"a.{name}", data)
    assert extraction is not None
    return [(f"{block.kind.value}{block.level or ''}", block.text) for block in extraction.blocks]


# --- OpenDocument -----------------------------------------------------------------------------------


def _odt(body: str, styles: str = "", kind: str = "text", margins: str = "") -> bytes:
    content = f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    page = f"<office:master-styles><style:master-page>{margins}</style:master-page></office:master-styles>"
    return zipped(
        {
            "content.xml": content.encode(),
            "styles.xml": f"<office:document-styles {NAMES}>{page}</office:document-styles>".encode(),
        }
    )


P = "<text:p>{}</text:p>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (P.format("One<text:s text:c='3'/>two<text:tab/>three<text:line-break/>four"),
         [("paragraph", "One two three\nfour")]),
        ("<text:h text:outline-level='2'>Title</text:h>", [("heading2", "Title")]),
        (P.format("See <text:a xlink:href='https://example.org/'>the <text:span>annex</text:span></text:a>."),
         [("paragraph", "See the annex.")]),
        ("<text:tracked-changes><text:changed-region><text:deletion>" + P.format("Gone.")
         + "</text:deletion></text:changed-region></text:tracked-changes>"
         + P.format("It <text:change-start text:change-id='1'/>will<text:change-end text:change-id='1'/> stay."),
         [("paragraph", "It will stay.")]),
        (P.format("Text<text:note><text:note-citation>1</text:note-citation><text:note-body>" + P.format("A note.")
                  + "</text:note-body></text:note> goes on."),
         [("paragraph", "Text goes on."), ("paragraph", "A note.")]),
        (P.format("Read<office:annotation>" + P.format("Is it?") + "</office:annotation> this."),
         [("paragraph", "Read this.")]),
        ("<text:list><text:list-item>" + P.format("one") + "<text:list><text:list-item>" + P.format("deeper")
         + "</text:list-item></text:list></text:list-item></text:list>", [("item1", "one"), ("item2", "deeper")]),
        ("<table:table><table:table-header-rows><table:table-row><table:table-cell>" + P.format("Italy")
         + "</table:table-cell><table:covered-table-cell/><table:table-cell>" + P.format("550")
         + "</table:table-cell></table:table-row></table:table-header-rows></table:table>", [("row", "Italy | 550")]),
        (P.format("Before<draw:frame><draw:text-box>" + P.format("In the box.")
                  + "</draw:text-box></draw:frame> and after."),
         [("paragraph", "Before and after."), ("paragraph", "In the box.")]),
        ("<text:table-of-content><text:index-body>" + P.format("Introduction<text:tab/>12")
         + "</text:index-body></text:table-of-content>" + P.format("Text<text:tab/>12"),
         [("paragraph", "Introduction"), ("paragraph", "Text 12")]),
        (P.format("Page <text:page-number>7</text:page-number>"), [("paragraph", "Page")]),
        ("<text:section text:display='none'>" + P.format("Hidden.") + "</text:section>", []),
    ],
    ids=["white space", "heading", "link", "tracked", "note", "comment", "list", "table", "box", "contents", "page",
         "section"],
)  # fmt: skip
def test_text_of_opendocument(body: str, told: list[tuple[str, str]]) -> None:
    assert _told("odt", _odt(body)) == told


@pytest.mark.parametrize(
    ("style", "body", "told"),
    [
        ("<style:style style:name='S'><style:text-properties style:text-position='super 58%'/></style:style>",
         P.format("km<text:span text:style-name='S'>2</text:span>"), ("paragraph", "km²")),
        ("<style:style style:name='S'><style:text-properties text:display='none'/></style:style>",
         P.format("Shown<text:span text:style-name='S'> hidden</text:span>"), ("paragraph", "Shown")),
        ("<style:style style:name='S' style:parent-style-name='Title'/>",
         "<text:p text:style-name='S'>The Offer</text:p>", ("heading1", "The Offer")),
        ("<style:style style:name='S' style:parent-style-name='Illustration'/>",
         "<text:p text:style-name='S'>A port</text:p>", ("caption", "A port")),
        ("<style:style style:name='S' style:parent-style-name='S'/>",
         "<text:p text:style-name='S'>A ring</text:p>", ("paragraph", "A ring")),
    ],
)  # fmt: skip
def test_styles_of_opendocument(style: str, body: str, told: tuple[str, str]) -> None:
    assert _told("odt", _odt(body, style)) == [told]


def test_headers_and_footers_are_read_once() -> None:
    margins = f"<style:header>{P.format('The Desk')}</style:header><style:header-left>{P.format('The Desk')}"
    number = P.format("<text:page-number>7</text:page-number>")
    margins += f"</style:header-left><style:footer>{P.format('Draft')}{number}</style:footer>"
    assert [text for _, text in _told("odt", _odt(P.format("Text."), margins=margins))] == [
        "The Desk",
        "Text.",
        "Draft",
    ]


def test_sheets_and_slides_of_open_document() -> None:
    cell = "<table:table-cell>{}</table:table-cell>"
    row = f"<table:table-row>{cell.format(P.format('Italy'))}{cell.format(P.format('550'))}</table:table-row>"
    sheet = f"<table:table table:name='Troops'>{row}<table:table-row>{cell.format('')}</table:table-row></table:table>"
    assert _told("ods", _odt(sheet, kind="spreadsheet")) == [("heading2", "Troops"), ("row", "Italy | 550")]
    slide = "<draw:page><draw:frame presentation:class='title'><draw:text-box>" + P.format("The offer")
    slide += "</draw:text-box></draw:frame><draw:frame><draw:text-box>" + P.format("It stands.")
    slide += "</draw:text-box></draw:frame></draw:page>"
    assert _told("odp", _odt(slide, kind="presentation")) == [("heading2", "The offer"), ("paragraph", "It stands.")]


def test_flat_xml_reads_as_the_packed_form() -> None:
    flat = f"<?xml version='1.0'?><office:document {NAMES}><office:body><office:text>{P.format('Text.')}"
    assert _told("fodt", f"{flat}</office:text></office:body></office:document>".encode()) == [("paragraph", "Text.")]


def test_opendocument_with_a_password_is_reported() -> None:
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(ExtractError, match="encrypted"):
        extract("a.odt", zipped({"content.xml": b"\x00\x01", "META-INF/manifest.xml": manifest}))


# --- presentations ------------------------------------------------------------------------------------


def _pptx(build: Any) -> bytes:
    import pptx

    show = pptx.Presentation()
    build(show)
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


def test_slide_is_read_as_title_items_and_notes() -> None:
    def build(show: Any) -> None:
        slide = show.slides.add_slide(show.slide_layouts[1])
        frame = slide.placeholders[1].text_frame
        frame.text = "One"
        deeper = frame.add_paragraph()
        deeper.text, deeper.level = "Deeper", 1
        slide.shapes.title.text = "The offer"
        slide.notes_slide.notes_text_frame.text = "Speak slowly."

    assert _told("pptx", _pptx(build)) == [
        ("heading2", "The offer"),
        ("item1", "One"),
        ("item2", "Deeper"),
        ("paragraph", "Speak slowly."),
    ]


def test_slides_go_in_the_order_of_the_show() -> None:
    def build(show: Any) -> None:
        for title in ("First", "Second"):
            show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = title
        order = show.slides._sldIdLst
        order.append(order[0])

    assert [text for _, text in _told("pptx", _pptx(build))] == ["Second", "First"]


def test_boxes_groups_and_tables_are_read_without_slide_numbers() -> None:
    def build(show: Any) -> None:
        slide = show.slides.add_slide(show.slide_layouts[6])
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(0, 0, 9, 9).text_frame.text = "In a group."
        table = slide.shapes.add_table(1, 2, 0, 0, 9, 9).table
        table.cell(0, 0).text, table.cell(0, 1).text = "Italy", "550"
        box = slide.shapes.add_textbox(0, 0, 9, 9).text_frame
        run = box.paragraphs[0].add_run()
        run.text = "See the annex"
        run.hyperlink.address = "https://example.org/"

    data = _pptx(build)
    assert _told("pptx", data) == [
        ("paragraph", "In a group."),
        ("row", "Italy | 550"),
        ("paragraph", "See the annex"),
    ]
    extraction = extract("a.pptx", data)
    assert extraction is not None
    assert [link.target for block in extraction.blocks for link in block.links] == ["https://example.org/"]


def test_shapes_are_read_by_place_not_by_depth() -> None:
    def build(show: Any) -> None:
        slide = show.slides.add_slide(show.slide_layouts[6])
        for left, top, text in ((5_000, 1_000, "right"), (0, 9_000, "below"), (0, 1_100, "left")):
            slide.shapes.add_textbox(left, top, 2_000, 2_000).text_frame.text = text

    def in_front(show: Any) -> None:
        build(show)
        tree = show.slides[0].shapes._spTree
        tree.append(tree[-2])

    assert [text for _, text in _told("pptx", _pptx(build))] == ["left", "right", "below"]
    assert [text for _, text in _told("pptx", _pptx(in_front))] == ["left", "right", "below"]


def test_merged_cells_charts_and_struck_text_of_slides() -> None:
    def build(show: Any) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        slide = show.slides.add_slide(show.slide_layouts[6])
        table = slide.shapes.add_table(2, 2, 0, 0, 9, 9).table
        table.cell(0, 0).merge(table.cell(1, 0))
        for place, text in (((0, 0), "Region"), ((0, 1), "10"), ((1, 1), "20")):
            table.cell(*place).text = text
        run = slide.shapes.add_textbox(0, 50, 9, 9).text_frame.paragraphs[0].add_run()
        run.text = "Old"
        run._r.get_or_add_rPr().set("strike", "sngStrike")
        data = CategoryChartData()
        data.categories = ["May"]
        data.add_series("Paid", (0.5,))
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 99, 9, 9, data)

    texts = [text for _, text in _told("pptx", _pptx(build))]
    assert texts == ["Region | 10", "Region | 20", "~~Old~~", " | Paid", "May | 0.5"]


# --- workbooks ----------------------------------------------------------------------------------------


def _xlsx(*rows: list[Any], formats: dict[str, str] | None = None) -> list[str]:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Troops"
    for row in rows:
        sheet.append(row)
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    stream = io.BytesIO()
    book.save(stream)
    heading, *rest = (text for _, text in _told("xlsx", stream.getvalue()))
    assert heading == "Troops"
    return rest


def test_a_row_is_a_statement_and_empty_rows_are_none() -> None:
    assert _xlsx(["Country", "Troops"], [], ["Italy", 550]) == ["Country | Troops", "Italy | 550"]


def test_an_empty_cell_between_others_keeps_its_place() -> None:
    assert _xlsx(["Italy", None, 550], ["Italy", 550, None]) == ["Italy |  | 550", "Italy | 550 | "]


def test_merged_value_is_repeated_in_its_rows() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Region", 10, "a"], [None, 20, "b"], ["Total", None, 30]):
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("A3:B3")
    stream = io.BytesIO()
    book.save(stream)
    assert [text for _, text in _told("xlsx", stream.getvalue())][1:] == [
        "Region | 10 | a",
        "Region | 20 | b",
        "Total |  | 30",
    ]


def test_remark_beside_a_table_changes_one_row() -> None:
    rows = [["a", number] for number in range(30)]
    rows[20] = [*rows[20], None, "check this"]
    assert _xlsx(*rows)[19:22] == ["a | 19", "a | 20 |  | check this", "a | 21"]


def test_cells_are_read_as_displayed() -> None:
    row = [3000, 0.125, datetime.date(2026, 5, 3), True, "two\nlines", datetime.time(13, 5)]
    formats = {"A1": "#,##0", "B1": "0.0%", "C1": "d mmmm yyyy"}
    assert _xlsx(row, formats=formats) == ["3,000 | 12.5% | 3 May 2026 | TRUE | two lines | 13:05:00"]


def test_formula_without_a_result_is_read_as_text() -> None:
    assert _xlsx(["=SUM(A2:A3)", "total"]) == ["=SUM(A2:A3) | total"]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (3000, "", "3000"),
        (3000, "General", "3000"),
        (0.1 + 0.2, "", "0.3"),
        (1234567890123.0, "", "1234567890123"),
        (12345678901299.0, "General", "12345678901299"),
        (1234567890123456.0, "", "1.23456789E+15"),
        (-0.5, "0.00", "-0.50"),
        (-0.5, "0.00;(0.00)", "(0.50)"),
        (0, "0.0;-0.0;none", "none"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '"EUR" #,##0.00', "EUR 1,234.50"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (1234.5, "#,##0.00\\ [$€-1]", "1,234.50 €"),
        (0.5, "0%", "50%"),
        (0.1256, "0.0%", "12.6%"),
        (7, "000", "007"),
        (1.5, "0.##", "1.5"),
        (1, "0.##", "1"),
        (1234567, "0,", "1235"),
        (12345, "0.00E+00", "1.23E+04"),
        (3, "[Red]0", "3"),
        (46145, "yyyy-mm-dd", "2026-05-03"),
        (46145, "d mmm yy", "3 May 26"),
        (46145, "dddd, d. mmmm", "Sunday, 3. May"),
        (46145.5, "d/m/yyyy h:mm AM/PM", "3/5/2026 12:00 PM"),
        (46145.75, "hh:mm:ss", "18:00:00"),
        (1.5, "[h]:mm", "36:00"),
        (0.000694444, "mm:ss", "01:00"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e300, "yyyy-mm-dd", "1E+300"),
    ],
)
def test_numbers_are_read_in_their_display_format(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_built_in_formats_and_the_other_epoch() -> None:
    assert shown(46145, built_in(14)) == "2026-05-03"
    assert shown(3000, built_in(3)) == "3,000"
    assert shown(5, built_in(0)) == "5"
    assert shown(44683, "yyyy-mm-dd", from_1904=True) == "2026-05-03"
