"""What each element of a document becomes, in each format: the table of docs/formats.md."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.model import Statement
from tests.support.documents import MAKERS, w_p, w_r, w_tbl, w_tc


def read(name: str, body: str) -> list[Statement]:
    reading = read_in_this_process(f"a.{name}", MAKERS[name](body))
    assert reading.failure is None
    return list(reading.statements or ())


def texts(name: str, body: str) -> list[str]:
    return [one.text for one in read(name, body)]


P = "<text:p>{}</text:p>".format
CELL = "<table:table-cell{1}><text:p>{0}</text:p></table:table-cell>".format


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def table(*rows: str) -> str:
    return f"<table:table table:name='Fees'>{''.join(rows)}</table:table>"


EMPTY = "<table:table-cell/>"
W = {
    "note": '<w:r><w:footnoteReference w:id="1"/></w:r>',
    "sup": '<w:vertAlign w:val="superscript"/>',
    "tick": '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/>'
    '</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
    "control": "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr><w:sdtContent>"
    f"{w_r('☒')}</w:sdtContent></w:sdt>",
    "choice": '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
    '<w:listEntry w:val="low"/><w:listEntry w:val="high"/></w:ddList></w:ffData></w:fldChar></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
}
MARK = "<office:annotation-end/><text:note><text:note-citation>1</text:note-citation></text:note>"
FRACTION = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>+</mo><msup><mi>x</mi><mn>2</mn></msup></math>"
ODF_FRACTION = (
    "<draw:frame><draw:object><math:math><math:mfrac><math:mn>1</math:mn><math:mn>2</math:mn></math:mfrac>"
    "<math:mo>+</math:mo><math:msup><math:mi>x</math:mi><math:mn>2</math:mn></math:msup></math:math></draw:object>"
    "</draw:frame>"
)
WORD_FRACTION = (
    "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f><m:r><m:t>+</m:t>"
    "</m:r><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
)

# element: what it is read as, and its markup in each format
ELEMENTS: dict[str, tuple[list[str], dict[str, str]]] = {
    "heading": (
        ["Scope", "It applies."],
        {
            "docx": w_p(w_r("Scope"), '<w:outlineLvl w:val="0"/>') + w_p(w_r("It applies.")),
            "odt": "<text:h text:outline-level='1'>Scope</text:h>" + P("It applies."),
            "html": "<h1>Scope</h1><p>It applies.",
            "epub": "<h1>Scope</h1><p>It applies.</p>",
            "rtf": r"\pard\outlinelevel0 Scope\par\pard It applies.\par",
            "md": "# Scope {#scope}\n\nIt applies.",
            "txt": "Scope\n=====\n\nIt applies.",
        },
    ),
    "automatic list marker": (
        ["The buyer pays."],
        {
            "docx": w_p(w_r("The buyer pays."), '<w:numPr><w:numId w:val="1"/></w:numPr>'),
            "odt": f"<text:list><text:list-item>{P('The buyer pays.')}</text:list-item></text:list>",
            "html": "<ol><li>The buyer pays.</ol>",
            "rtf": r"\pard{\listtext 1.\tab}\ls1 The buyer pays.\par",
            "md": "1. The buyer pays.",
        },
    ),
    "typed number": (
        ["The buyer pays."],
        {
            "docx": w_p(w_r("1. The buyer pays.")),
            "odt": P("1. The buyer pays."),
            "html": "<p>1. The buyer pays.",
            "epub": "<p>1. The buyer pays.</p>",
            "rtf": r"\pard 1. The buyer pays.\par",
            "md": "1. The buyer pays.",
            "txt": "1. The buyer pays.",
        },
    ),
    "typed letter": (
        ["The buyer pays."],
        {
            "docx": w_p(w_r("(a) ") + w_r("The buyer pays.")),
            "odt": P("(a) The buyer pays."),
            "html": "<p>(a) The buyer pays.",
            "rtf": r"\pard (a) The buyer pays.\par",
            "md": "(a) The buyer pays.",
            "txt": "(a) The buyer pays.",
        },
    ),
    "typed bullet": (
        ["The buyer pays."],
        {
            "docx": w_p(w_r("•<w:tab/>The buyer pays.".replace("<w:tab/>", "</w:t><w:tab/><w:t>"))),
            "odt": P("•<text:tab/>The buyer pays."),
            "html": "<p>• The buyer pays.",
            "rtf": r"\pard \bullet\tab The buyer pays.\par",
            "md": "• The buyer pays.",
            "txt": "• The buyer pays.",
        },
    ),
    "mark of a note": (
        ["It is due monthly.", "Here it ends."],
        {
            "docx": w_p(w_r("It is due monthly") + W["note"] + w_r(". Here it ends.")),
            "odt": P(f"It is due monthly{MARK}. Here it ends."),
            "html": "<p>It is due monthly<sup><a href='#n1'>1</a></sup>. Here it ends.<a href='#n2'>[2]</a>",
            "epub": "<p>It is due monthly<a epub:type='noteref' href='n.xhtml#n1'>1</a>. Here it ends.</p>",
            "rtf": r"\pard It is due monthly{\super\chftn}. Here it ends.\par",
            "md": "It is due monthly[^1]. Here it ends.[^2]",
        },
    ),
    "typed mark of a note": (
        ["It is due monthly.", "Here it ends."],
        {
            "docx": w_p(w_r("It is due monthly") + w_r("1", W["sup"]) + w_r(". Here it ends.") + w_r("2", W["sup"])),
            "html": "<p>It is due monthly<sup>1</sup>. Here it ends.<sup>2,3</sup>",
            "md": "It is due monthly<sup>1</sup>. Here it ends.<sup>2</sup>",
        },
    ),
    "note": (
        ["It is due.", "By law."],
        {
            "html": "<p>It is due.<p id=n1><sup>1</sup> By law. <a href='#r1'>↩</a>",
            "epub": "<p>It is due.</p><p id='n1'><a href='a.xhtml#r1' role='doc-backlink'>1</a> By law.</p>",
            "rtf": r"\pard It is due.{\footnote\pard\plain{\super\chftn} By law.}\par",
            "md": "It is due.[^1]\n\n[^1]: By law.",
        },
    ),
    "empty cell": (
        ["Fee | 10 | ", "Fee |  | 10", " | Fee | 10"],
        {
            "docx": w_tbl(
                w_tc("Fee") + w_tc("10") + w_tc(""),
                w_tc("Fee") + w_tc("\u00a0") + w_tc("10"),
                w_tc("") + w_tc("Fee") + w_tc("10"),
            ),
            "odt": table(
                row(CELL("Fee", ""), CELL("10", ""), EMPTY),
                row(CELL("Fee", ""), CELL(" ", ""), CELL("10", "")),
                row(EMPTY, CELL("Fee", ""), CELL("10", "")),
            ),
            "html": "<table><tr><td>Fee<td>10<td><tr><td>Fee<td>&nbsp;<td>10<tr><td><td>Fee<td>10</table>",
            "md": "|Fee|10||\n|---|---|---|\n|Fee|&nbsp;|10|\n||Fee|10|",
            "csv": "Fee,10,\nFee,,10\n,Fee,10\n,,\n",
            "txt": "| Fee | 10 | |\n| Fee |  | 10 |\n| | Fee | 10 |\n",
        },
    ),
    "value that spans rows": (
        ["Region | 10", "Region | 20"],
        {
            "docx": w_tbl(
                w_tc("Region", '<w:vMerge w:val="restart"/>') + w_tc("10"), w_tc("", "<w:vMerge/>") + w_tc("20")
            ),
            "odt": table(
                row(CELL("Region", " table:number-rows-spanned='2'"), CELL("10", "")),
                row("<table:covered-table-cell/>", CELL("20", "")),
            ),
            "html": "<table><tr><td rowspan=2>Region<td>10<tr><td>20</table>",
        },
    ),
    "value that spans columns": (
        ["Total |  | 10", "1 | 2 | 3"],
        {
            "docx": w_tbl(w_tc("Total", '<w:gridSpan w:val="2"/>') + w_tc("10"), w_tc("1") + w_tc("2") + w_tc("3")),
            "odt": table(
                row(
                    CELL("Total", " table:number-columns-spanned='2'"), "<table:covered-table-cell/>", CELL("10", "")
                ),
                row(CELL("1", ""), CELL("2", ""), CELL("3", "")),
            ),
            "html": "<table><tr><td colspan=2>Total<td>10<tr><td>1<td>2<td>3</table>",
            "csv": "Total,,10\n1,2,3\n",
        },
    ),
    "heading in a cell": (
        ["Fee | 10", "Tax | 5"],
        {
            "docx": w_tbl(w_tc("Fee", "", '<w:outlineLvl w:val="2"/>') + w_tc("10"), w_tc("Tax") + w_tc("5")),
            "odt": table(
                row("<table:table-cell><text:h>Fee</text:h></table:table-cell>", CELL("10", "")),
                row(CELL("Tax", ""), CELL("5", "")),
            ),
            "html": "<table><tr><td><h3>Fee</h3><td>10<tr><td>Tax<td>5</table>",
        },
    ),
    "struck text": (
        ["Pay in ~~30~~ 60 days."],
        {
            "docx": w_p(w_r("Pay in ") + w_r("3", "<w:strike/>") + w_r("0 ", "<w:dstrike/>") + w_r("60 days.")),
            "html": "<p>Pay in <s>30 </s>60 days.",
            "epub": "<p>Pay in <span style='text-decoration: line-through'>30</span> 60 days.</p>",
            "rtf": r"\pard Pay in {\strike 30 }60 days.\par",
            "md": "Pay in ~~30~~ 60 days.",
            "txt": "Pay in ~~30~~ 60 days.",
        },
    ),
    "deleted text": (
        ["Pay in 60 days."],
        {
            "docx": w_p(
                w_r("Pay in ")
                + "<w:del w:id='1'><w:r><w:delText>30</w:delText></w:r></w:del>"
                + f"<w:ins w:id='2'>{w_r('60')}</w:ins>"
                + w_r(" days.")
            ),
            "html": "<p>Pay in <del>30</del><ins>60</ins> days.",
            "epub": "<p>Pay in <del>30</del><ins>60</ins> days.</p>",
            "rtf": r"\pard Pay in {\deleted 30}{\revised 60} days.\par",
            "md": "Pay in <del>30</del><ins>60</ins> days.",
        },
    ),
    "equation": (
        ["It is 1/2+x^2 here."],
        {
            "docx": w_p(w_r("It is ") + WORD_FRACTION + w_r(" here.")),
            "odt": P(f"It is {ODF_FRACTION} here."),
            "html": f"<p>It is {FRACTION} here.",
            "epub": f"<p>It is {FRACTION.replace('<math>', '<math xmlns=&quot;m&quot;>').replace('&quot;', chr(34))}"
            " here.</p>",
        },
    ),
    "ticked box": (
        ["☑ The vendor is certified."],
        {
            "docx": w_p(W["tick"] + w_r(" The vendor is certified.")),
            "odt": P(
                "<text:content-control text:checkbox='true' text:checked='true'>x</text:content-control>"
                "The vendor is certified."
            ),
            "html": "<p><input type=checkbox checked>The vendor is certified.",
            "rtf": r"\pard {\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres1}}}{\fldrslt}} "
            r"The vendor is certified.\par",
            "md": "- [x] The vendor is certified.",
        },
    ),
    "choice": (
        ["Risk: high"],
        {
            "docx": w_p(w_r("Risk: ") + W["choice"]),
            "odt": P("Risk: <text:drop-down><text:label text:value='low'/>high</text:drop-down>"),
            "html": "<p>Risk: <input value=high>",
            "rtf": r"\pard Risk: {\field{\*\fldinst FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffl low}"
            r"{\*\ffl high}}}}{\fldrslt}}\par",
        },
    ),
    "sign of a symbol font": (
        ["≥ 5 μg"],
        {
            "docx": w_p('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + w_r(" 5 ") + w_r(
                "m", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>') + w_r("g")),
            "rtf": r"\pard {\f1\'b3} 5 {\f1 m}g\par",
        },
    ),
    "raised figure": (
        ["10⁶ km² for 3,000¹,² here"],
        {
            "docx": w_p(
                w_r("10")
                + w_r("6", '<w:position w:val="6"/>')
                + w_r(" km")
                + w_r("2", W["sup"])
                + w_r(" for 3,000")
                + w_r("1", W["sup"])
                + w_r(",2", W["sup"])
                + w_r(" here")
            ),
            "html": "<p>10<sup>6</sup> km<sup>2</sup> for 3,000<sup>1,2</sup> here",
            "md": "10<sup>6</sup> km<sup>2</sup> for 3,000<sup>1,2</sup> here",
        },
    ),
    "lowered figure": (
        ["12₁₀ and H2O"],
        {
            "docx": w_p(
                w_r("12")
                + w_r("10", '<w:vertAlign w:val="subscript"/>')
                + w_r(" and H")
                + w_r("2", '<w:position w:val="-6"/>')
                + w_r("O")
            ),
            "html": "<p>12<sub>10</sub> and H<sub>2</sub>O",
            "rtf": r"\pard 12{\sub 10} and H{\dn6 2}O\par",
            "md": "12<sub>10</sub> and H<sub>2</sub>O",
        },
    ),
    "reading of characters": (
        ["東京(とうきょう)へ行く。"],
        {
            "docx": w_p(
                "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r>"
                "</w:rubyBase></w:ruby></w:r>" + w_r("へ行く。")
            ),
            "odt": P("<text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text>"
                     "</text:ruby>へ行く。"),
            "html": "<p><ruby>東京<rt>とうきょう</rt></ruby>へ行く。",
            "epub": "<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>へ行く。</p>",
        },
    ),
    "ornament": (
        ["One.", "Two."],
        {
            "docx": w_p(w_r("One.")) + w_p(w_r("* * *")) + w_p(w_r("Two.")),
            "odt": P("One.") + P("* * *") + P("Two."),
            "html": "<p>One.<p>***<p>Two.",
            "rtf": r"\pard One.\par ------\par Two.\par",
            "md": "One.\n\n* * *\n\nTwo.",
            "txt": "One.\n\n* * *\n\nTwo.",
        },
    ),
    "lettered items": (
        ["The tenant must", "pay the fee", "sign the form"],
        {
            "docx": w_p(w_r("The tenant must")) + w_p(w_r("- (a) pay the fee")) + w_p(w_r("- (b) sign the form")),
            "html": "<p>The tenant must<ul><li>(a) pay the fee<li>(b) sign the form</ul>",
            "md": "The tenant must\n(a) pay the fee\n(b) sign the form\n",
            "txt": "The tenant must\n- (a) pay the fee\n- (b) sign the form\n",
        },
    ),
    "numbered heading": (
        ["1. Scope", "It applies."],
        {
            "docx": w_p(w_r("1. Scope"), '<w:outlineLvl w:val="0"/>') + w_p(w_r("It applies.")),
            "md": "1\\. Scope\n===\n\nIt applies.",
            "txt": "1. Scope\n========\n\nIt applies.",
        },
    ),
}  # fmt: skip
CASES = [(element, name) for element, (_, bodies) in ELEMENTS.items() for name in bodies]


@pytest.mark.parametrize(("element", "name"), CASES)
def test_element_reads_the_same_in_every_format(element: str, name: str) -> None:
    wanted, bodies = ELEMENTS[element]
    assert texts(name, bodies[name]) == wanted


STYLED = {
    "struck": "<style:style style:name='S'><style:text-properties style:text-line-through-style='solid'/>"
    "</style:style>",
    "raised": "<style:style style:name='S'><style:text-properties style:text-position='33% 58%'/></style:style>",
    "symbol": "<style:style style:name='S'><style:text-properties style:font-name='Symbol'/></style:style>",
    "wingdings": "<style:style style:name='S'><style:text-properties fo:font-family='Wingdings'/></style:style>",
}


@pytest.mark.parametrize(
    ("style", "body", "text"),
    [
        ("struck", "Pay in <text:span text:style-name='S'>30</text:span> 60 days.", "Pay in ~~30~~ 60 days."),
        ("raised", "10<text:span text:style-name='S'>6</text:span>", "10⁶"),
        ("symbol", "<text:span text:style-name='S'>\uf0b3</text:span> 5 mg", "≥ 5 mg"),
        ("symbol", "\uf0b3 5 mg", "\uf0b3 5 mg"),
        ("wingdings", "<text:span text:style-name='S'>\uf0fe</text:span> certified", "☑ certified"),
        ("wingdings", "<text:span text:style-name='S'>\uf021</text:span> sign", "\uf021 sign"),
    ],
)
def test_opendocument_styles_show_the_same_signs(style: str, body: str, text: str) -> None:
    from tests.support.documents import odf

    found = read_in_this_process("a.odt", odf(P(body), styles=STYLED[style])).statements or ()
    assert [one.text for one in found] == [text]


@pytest.mark.parametrize("name", ["docx", "odt", "html", "md", "csv", "txt"])
def test_cells_of_a_row_are_ranges_of_its_text(name: str) -> None:
    from monitor.readers import extract

    found: Any = extract(f"a.{name}", MAKERS[name](ELEMENTS["empty cell"][1][name]))
    cells = [[block.text[slice(*cell)] for cell in block.cells] for block in found.blocks]
    assert cells == [["Fee", "10", ""], ["Fee", "", "10"], ["", "Fee", "10"]]
