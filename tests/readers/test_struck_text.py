"""Words with a line through them stay, between `~~` and `~~`, however the line is drawn."""

from __future__ import annotations

import io

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.readers import html as html_reader
from tests.support.documents import html, odf

RULE = "Dogs must be on a lead."
STRUCK = [f"~~{RULE}~~"]


def texts(name: str, data: bytes) -> list[str]:
    return [one.text for one in read_in_this_process(name, data).statements or ()]


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        (".gone", f"<p class='x gone'>{RULE}"),
        ("#gone", f"<p id=gone>{RULE}"),
        ("p.x.gone, td", f"<p class='x gone'>{RULE}"),
        (".old p", f"<div class=old><p>{RULE}</div>"),
        ("ul > li", f"<ul><li>{RULE}</ul>"),
        ("[data-state=repealed]", f"<p data-state=repealed>{RULE}"),
        ("p:first-child", f"<div><p>{RULE}</div>"),
    ],
)
def test_style_sheet_of_a_page_strikes_text(selector: str, body: str) -> None:
    style = (
        f"<style>b{{color:red}} @media screen {{ {selector} {{ text-decoration: underline line-through }} }}</style>"
    )
    assert texts("a.html", html(style + body)) == STRUCK


@pytest.mark.parametrize("selector", [".gone", ".new p", "p:hover", "p::before", "[", ""])
def test_style_that_does_not_hold_for_text_strikes_nothing(selector: str) -> None:
    style = f"<style>{selector}{{text-decoration: line-through}}</style>"
    assert texts("a.html", html(f"{style}<div class=old><p>{RULE}</div>")) == [RULE]


def test_selectors_are_tried_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    page = html("<style>div div p{text-decoration: line-through}</style>" + "<div>" * 30 + f"<p>{RULE}")
    assert texts("a.html", page) == STRUCK
    monkeypatch.setattr(html_reader, "_MOST_TRIED", 10_000)
    assert texts("a.html", page) == [RULE]


def _xlsx(*, cell: bool, run: bool) -> bytes:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Rules"
    sheet["A1"] = CellRichText("Pay in ", TextBlock(InlineFont(strike=True), "30"), " 60 days.") if run else RULE
    sheet["A1"].font = Font(strike=cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_cell_of_a_workbook_is_struck_as_a_whole_or_in_part() -> None:
    assert texts("a.xlsx", _xlsx(cell=False, run=False)) == ["Rules", RULE]
    assert texts("a.xlsx", _xlsx(cell=True, run=False)) == ["Rules", *STRUCK]
    assert texts("a.xlsx", _xlsx(cell=False, run=True)) == ["Rules", "Pay in ~~30~~ 60 days."]


def test_cell_of_an_opendocument_sheet_is_struck_by_its_style() -> None:
    style = "<style:style style:name='c'><style:text-properties style:text-line-through-style='solid'/></style:style>"
    cells = "".join(
        f"<table:table-cell{one}><text:p>{RULE}</text:p></table:table-cell>" for one in ("", " table:style-name='c'")
    )
    sheet = f"<table:table table:name='Rules'><table:table-row>{cells}</table:table-row></table:table>"
    assert texts("a.ods", odf(sheet, kind="spreadsheet", styles=style)) == ["Rules", f"{RULE} | {STRUCK[0]}"]
