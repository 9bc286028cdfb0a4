"""Word: what stands in other parts than the text, and what bounds fields, deletions and alternatives."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.readers import extract
from tests.support.documents import docx, docx_part, w_p, w_r, w_tbl, w_tc


def read(body: str, styles: str = "", **parts: tuple[str, str]) -> list[str]:
    others = {name.replace("_", "."): part for name, part in parts.items()}
    found = extract("a.docx", docx(body, styles=styles, others=others))
    assert found is not None
    return [block.text for block in found.blocks]


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def instruction(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


AFTER = w_p(w_r("One clause.")) + w_p(w_r("Two clause."))


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (w_r("Half ") + mark("begin"), ["Half"]),
        (mark("begin") + w_r("Stays."), ["Stays."]),
        (mark("begin") + w_r("Stays.") + f"<w:del w:id='1'>{mark('end')}</w:del>", ["Stays."]),
        (w_r("Half ") + mark("begin") + instruction("PAGE") + mark("separate") + w_r("7"), ["Half 7"]),
        (mark("begin") + instruction('HYPERLINK "http://a/"') + mark("separate") + w_r("Link"), ["Link"]),
        (w_r("Half ") + mark("end") + mark("separate"), ["Half"]),
    ],
)
def test_field_without_an_end_reaches_to_its_paragraph(runs: str, text: list[str]) -> None:
    assert read(w_p(runs) + AFTER) == [*text, "One clause.", "Two clause."]


def test_link_without_an_end_is_its_paragraphs_alone() -> None:
    runs = mark("begin") + instruction('HYPERLINK "http://a/"') + mark("separate") + w_r("Link")
    found = extract("a.docx", docx(w_p(runs) + AFTER))
    assert found is not None
    assert [len(block.links) for block in found.blocks] == [1, 0, 0]


def test_table_of_contents_goes_on_over_its_paragraphs() -> None:
    first = mark("begin") + instruction("TOC") + mark("separate") + w_r("Scope")
    assert read(w_p(first) + w_p(w_r("Terms")) + w_p(mark("end")) + AFTER)[:2] == ["Scope", "Terms"]


def test_notes_follow_their_marks_and_the_rest_is_not_shown() -> None:
    notes = "".join(f'<w:footnote w:id="{one}">{w_p(w_r(f"Note {one}."))}</w:footnote>' for one in (3, 1, 2, 4))
    refer = '<w:r><w:footnoteReference w:id="{}"/></w:r>'.format
    body = w_p(w_r("Text") + refer(1) + f"<w:del w:id='9'>{refer(4)}</w:del>" + refer(2))
    assert read(body, footnotes_xml=("footnotes", docx_part("footnotes", notes))) == ["Text", "Note 1.", "Note 2."]


def test_mark_that_the_author_chose_is_left_out() -> None:
    runs = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>*</w:t></w:r>'
    assert read(w_p(w_r("Text") + runs + w_r("."))) == ["Text."]


GONE = "<w:del w:id='1'><w:r><w:delText>Old</w:delText></w:r></w:del>"
MARK_GONE = "<w:rPr><w:del w:id='1'/></w:rPr>"


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (w_p(GONE, f'<w:outlineLvl w:val="0"/>{MARK_GONE}'), "paragraph"),
        (w_p(w_r("Kept ") + GONE, f'<w:outlineLvl w:val="0"/>{MARK_GONE}'), "heading"),
    ],
)
def test_deleted_paragraph_takes_its_kind_with_it(first: str, kind: str) -> None:
    found = extract("a.docx", docx(first + w_p(w_r("A. B."))))
    assert found is not None
    assert [block.kind.value for block in found.blocks] == [kind]


def test_deleted_cell_is_not_read() -> None:
    deleted = w_tc("gone", "<w:cellDel w:id='1'/>")
    assert read(w_tbl(w_tc("Fee") + deleted + w_tc("10"))) == ["Fee | 10"]


def test_text_hidden_by_a_style_is_not_read() -> None:
    styles = '<w:style w:type="character" w:styleId="Base"><w:name w:val="b"/><w:rPr><w:vanish/></w:rPr></w:style>'
    styles += '<w:style w:type="character" w:styleId="S"><w:name w:val="s"/><w:basedOn w:val="Base"/></w:style>'
    shown = '<w:rStyle w:val="S"/><w:vanish w:val="0"/>'
    assert read(w_p(w_r("a") + w_r("b", '<w:rStyle w:val="S"/>') + w_r("c", shown)), styles) == ["ac"]


def test_one_of_two_alternatives_between_paragraphs_is_read() -> None:
    both = f"<mc:AlternateContent><mc:Choice>{w_p(w_r('New.'))}</mc:Choice><mc:Fallback>{w_p(w_r('Old.'))}"
    assert read(f"{both}</mc:Fallback></mc:AlternateContent>") == ["New."]


@pytest.mark.parametrize("kind", ["page", "column"])
def test_break_of_a_page_is_a_space(kind: str) -> None:
    assert read(w_p(w_r("Before the break") + f'<w:r><w:br w:type="{kind}"/></w:r>' + w_r("after it."))) == [
        "Before the break after it."
    ]


def test_placeholder_is_no_answer() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>".format
    hint = control("<w:showingPlcHdr/>", w_r("Click here."))
    block = control("<w:showingPlcHdr/>", w_p(w_r("Choose an item.")))
    assert read(w_p(w_r("Name: ") + hint) + block + w_p(w_r("Name: ") + control("", w_r("Ada")))) == [
        "Name:",
        "Name: Ada",
    ]


CHART = (
    "<c:chartSpace xmlns:c='c' xmlns:a='a'><c:chart>"
    "<c:title><c:tx><c:rich><a:p><a:r><a:t>Fees</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    "<c:plotArea><c:barChart><c:ser>"
    "<c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>Paid</c:v></c:pt></c:strCache></c:strRef></c:tx>"
    "<c:cat><c:strRef><c:strCache><c:pt idx='0'><c:v>May</c:v></c:pt><c:pt idx='1'><c:v>June</c:v></c:pt>"
    "</c:strCache></c:strRef></c:cat>"
    "<c:val><c:numRef><c:numCache><c:formatCode>0.0%</c:formatCode><c:pt idx='0'><c:v>0.2</c:v></c:pt>"
    "<c:pt idx='1'><c:v>{}</c:v></c:pt></c:numCache></c:numRef></c:val>"
    "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def drawing(inner: str) -> str:
    return f"<w:r><w:drawing><a:graphic><a:graphicData>{inner}</a:graphicData></a:graphic></w:drawing></w:r>"


def test_chart_is_a_table_behind_its_paragraph() -> None:
    runs = w_r("See ") + drawing('<c:chart r:id="chart1"/>') + w_r("here.")
    assert read(w_p(runs), chart1_xml=("chart", CHART.format("0.9"))) == [
        "See here.",
        "Fees",
        " | Paid",
        "May | 20.0%",
        "June | 90.0%",
    ]


def test_diagram_is_read_without_its_connections() -> None:
    points = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>".format
    other = "<dgm:pt type='pres'><dgm:t><a:p><a:r><a:t>no</a:t></a:r></a:p></dgm:t></dgm:pt>"
    data = f"<dgm:dataModel xmlns:dgm='dgm' xmlns:a='a'>{points('Ask')}{other}{points('Answer')}</dgm:dataModel>"
    runs = drawing('<dgm:relIds r:dm="data1"/>')
    assert read(w_p(runs), data1_xml=("diagramData", data)) == ["Ask", "Answer"]


@pytest.mark.parametrize(("name", "content"), [("a_html", "<p>Inside.</p>"), ("a_txt", "Inside.")])
def test_document_inside_the_document_is_read(name: str, content: str) -> None:
    chunk = w_p(w_r("Before.")) + '<w:altChunk r:id="a"/>' + w_p(w_r("Behind."))
    assert read(chunk, **{name: ("aFChunk", content)}) == ["Before.", "Inside.", "Behind."]


def test_what_cannot_be_read_inside_is_noted() -> None:
    found = extract("a.docx", docx('<w:altChunk r:id="a"/>', others={"a.docx": ("aFChunk", "no zip")}))
    assert found is not None
    assert found.notes[0].startswith("word/a.docx in it is not read: not a document of its format")


ENTRY = "<w:r><w:t>1.1</w:t><w:tab/><w:t>Scope of it</w:t><w:tab/><w:t>{}</w:t></w:r>".format


@pytest.mark.parametrize("page", ["3", "xiv", "Page 3"])
def test_number_of_a_page_in_a_table_of_contents_is_layout(page: str) -> None:
    styles = '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="toc 1"/></w:style>'
    styled = docx(w_p(ENTRY(page), '<w:pStyle w:val="T"/>') + w_p(w_r("Text.")), styles=styles)
    field = mark("begin") + instruction(r"TOC \o") + mark("separate")
    for made in (styled, docx(w_p(field + ENTRY(page)) + w_p(mark("end")) + w_p(w_r("Text.")))):
        found = read_in_this_process("a.docx", made)
        assert [one.text for one in found.statements or ()] == ["1.1 Scope of it", "Text."]


def test_last_column_of_another_list_is_text() -> None:
    assert read(w_p(ENTRY("3"))) == ["1.1 Scope of it 3"]
