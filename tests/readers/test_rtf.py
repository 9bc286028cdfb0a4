"""What RTF says as LibreOffice, Word and older programs write it: notes, boxes, links, forms, symbols, struck text."""

from __future__ import annotations

import pytest

from monitor.errors import ExtractError
from monitor.readers import extract
from monitor.readers.symbol_fonts import signs

FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\froman\fprq2\fcharset2 Symbol;}"
    r"{\f2\fnil\fcharset2{\*\panose 05000000000000000000}Wingdings;}{\f3\fcharset2 Marlett;}{\f4\fcharset204 Times;}}"
)
LIBREOFFICE = (  # how LibreOffice begins every paragraph
    r"\pard\plain \s0\rtlch\af7\afs24\alang1081 \ltrch\lang1033\langfe2052\hich\af3\loch\cf0\f0\fs24\ql\ltrpar{\loch "
)


def _blocks(body: str) -> list[tuple[str, str]]:
    extraction = extract("a.rtf", rf"{{\rtf1\ansi\ansicpg1252\deff0{FONTS}{body}}}".encode("latin-1"))
    assert extraction is not None
    return [(block.kind.value, block.text) for block in extraction.blocks]


def _texts(body: str) -> list[str]:
    return [text for _, text in _blocks(body)]


@pytest.mark.parametrize(
    "body",
    [
        LIBREOFFICE
        + r"Fee due.}{{\super \loch \chftn{\*\footnote \chftn\pard\plain \s25{\tab It is 10.}}}}{\loch  End.}\par",
        LIBREOFFICE
        + r"Fee due.}{{\super \loch \chftn{\*\footnote\ftnalt \chftn\pard\plain {It is 10.}}}}{\loch  End.}\par",
        r"\pard Fee due.{\super\chftn{\footnote \pard\plain {\super\chftn} It is 10.}} End.\par",
        r"\pard Fee due.{\*\footnote\pard\plain It is 10.} End.\par",
    ],
    ids=["libreoffice", "libreoffice endnote", "word", "older"],
)
def test_a_note_follows_the_text_without_its_mark(body: str) -> None:
    assert _texts(body) == ["Fee due. End.", "It is 10."]


def test_the_note_of_deleted_text_is_deleted() -> None:
    assert _texts(r"\pard It{\deleted  was{\*\footnote\pard\plain Gone.}} is.\par") == ["It is."]


SHAPE = r"{\shp{\*\shpinst\shpleft0\shptop0{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain Fee is 10.\par }}"
OLD_BOX = r"{\*\do\dobxcolumn\dptxbx{\dptxbxtext\pard\plain Fee is 10.\par }\dpx0}"


@pytest.mark.parametrize(
    "box",
    [f"{SHAPE}}}", rf"{SHAPE}{{\shprslt{OLD_BOX}}}}}", OLD_BOX, rf"{{\shp{{\*\shpinst}}{{\shprslt{OLD_BOX}}}}}"],
    ids=["new", "new with its copy for older programs", "old", "copy alone"],
)
def test_a_text_box_follows_its_paragraph_and_is_read_once(box: str) -> None:
    assert _texts(rf"\pard Body {box}end.\par Next.\par") == ["Body end.", "Fee is 10.", "Next."]


def test_a_text_box_in_a_cell_stays_in_its_row() -> None:
    assert _blocks(rf"\trowd\pard\intbl A{SHAPE}}}\cell B\cell\row\pard End.\par") == [
        ("row", "A Fee is 10. | B"),
        ("paragraph", "End."),
    ]


def test_boxes_nested_too_deep_are_refused() -> None:
    with pytest.raises(ExtractError, match="nested more than 20 deep"):
        _blocks(r"{\shptxt x" * 50)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\pard {\*\cs7\cf0 The quick} fox.\par", "The quick fox."),
        (r"\pard {\upr{Cafe}{\*\ud{Caf\u233 ?}}} opens.\par", "Café opens."),
        (r"\pard {\object\objemb{\*\objclass Word}{\*\objdata 0105}{\result \pard Shown text}} here.\par",
         "Shown text here."),
        (r"\pard {\*\unknown\cs7 Hidden}Shown.\par", "Shown."),
        (r"\pard Before\column after\softline it\page goes on.\par", "Before after it goes on."),
    ],
)  # fmt: skip
def test_text_in_groups_is_read_once(body: str, text: str) -> None:
    assert _texts(body) == [text]


FRACTION = r"{\mf{\mfPr{\mctrlPr\i\f34}}{\mnum{\mr\mscr0\msty2 \i\f34 a+b}}{\mden{\mr 2}}}"
SQUARE = r"{\msSup{\msSupPr}{\me{\mr x}}{\msup{\mr 2}}}"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (FRACTION, "(a+b)/2"),
        (rf"{SQUARE}{{\mr =}}{{\mrad{{\mdeg}}{{\me{{\mr y}}}}}}", "x^2=√(y)"),
        (r"{\md{\mdPr{\mbegChr [}{\mendChr ]}}{\me{\mr z}}}", "[z]"),
    ],
)
def test_an_equation_is_written_as_one_types_it(parts: str, text: str) -> None:
    body = rf"\pard Share {{\mmath{{\*\moMath{parts}}}{{\mmathPict{{\pict 00}}}}}} of it.\par"
    assert _texts(body) == [f"Share {text} of it."]


def test_an_equation_may_be_nested_without_end() -> None:
    assert _texts(r"\pard {\*\moMath" + r"{\me{\mr" * 400 + " x" + "}}" * 400 + r"}\par") == ["x"]


@pytest.mark.parametrize(
    ("instruction", "target"),
    [
        (r'{\*\fldinst\f0 HYPERLINK "http://a.example/"}', "http://a.example/"),
        (r'{\*\fldinst {\rtlch\loch HYPERLINK "http://a.example/" }}', "http://a.example/"),
        (r"{\*\fldinst HYPERLINK http://a.example/}", "http://a.example/"),
        (r'{\*\fldinst HYPERLINK \\l "part"}', "#part"),
        (r'{\*\fldinst HYPERLINK "http://a.example/" \\l "part"}', "http://a.example/#part"),
    ],
)
def test_a_link_has_its_target(instruction: str, target: str) -> None:
    body = rf"{{\rtf1\pard See {{\field{instruction}{{\fldrslt {{\ul the annex}}}}}}.\par}}"
    extraction = extract("a.rtf", body.encode("latin-1"))
    assert extraction is not None
    assert [(block.text, [link.target for link in block.links]) for block in extraction.blocks] == [
        ("See the annex.", [target])
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"{\f1 m}g", "μg"),
        (r"{\f1\'b3} 5 mg", "≥ 5 mg"),
        (r"{\f1\u-3933\'a3} 5 mg", "≤ 5 mg"),
        (r"{\f2\u61694\'fe} certified", "☑ certified"),
        (r"{\f2\'a8} certified", "☐ certified"),
        (r"{\f2 z} kept", "\uf07a kept"),
        (r"{\f3 a} letter", "a letter"),
        (r"{\f1 m}{\f0 m}", "μm"),
        (r"{\f1 m\f4\'ec}", "μм"),
    ],
)
def test_symbol_fonts_show_their_signs(body: str, text: str) -> None:
    assert _texts(rf"\pard {body}\par") == [text]


def test_text_in_a_font_of_letters_has_no_signs() -> None:
    assert signs("m", "Arial") == "m"
    assert signs("m\u03b1", "SYMBOL ") == "μα"
    assert signs("m\uf0fe", "ABCDEF+Wingdings-Regular") == "\uf06d☑"
    assert signs("m", "ABCDEF+SymbolMT") == "μ"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"Pay in {\strike 30} 60 days.", "Pay in ~~30~~ 60 days."),
        (r"Pay in {\strike 30 }60 days.", "Pay in ~~30~~ 60 days."),
        (r"Pay{\strike  in}{\strike\b  30} days.", "Pay ~~in 30~~ days."),
        (r"Pay \striked1 all\striked0 .", "Pay ~~all~~."),
        (r"{\strike All of it}", "~~All of it~~"),
        (r"All{\strike  } of it", "All of it"),
        (r"{\strike All\plain  of} it", "~~All~~ of it"),
    ],
)
def test_text_drawn_through_is_marked(body: str, text: str) -> None:
    assert _texts(rf"\pard {body}\par") == [text]


@pytest.mark.parametrize("raised", [r"\super ", r"\up6 "])
def test_a_raised_figure_is_one_however_it_is_raised(raised: str) -> None:
    assert _texts(rf"\pard 10{{{raised}1}}{{{raised}2}} m{{\dn6 2}}\par") == ["10¹² m2"]


def _row(cells: str, *widths: str) -> str:
    ends = "".join(rf"{kind}\cellx{1000 * place}" for place, kind in enumerate(widths, 1))
    return rf"\trowd\trgaph108{ends}\pard\intbl " + "".join(rf"{cell}\cell " for cell in cells.split(";")) + r"\row"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([_row("Fee;10;", "", "", "")], ["Fee | 10 | "]),
        ([_row("Fee;;10", "", "", "")], ["Fee |  | 10"]),
        ([_row(r";\~;10", "", "", "")], [" |  | 10"]),
        ([_row(";;", "", "", "")], []),
        ([_row("Region;10", r"\clvmgf", ""), _row(";20", r"\clvmrg", ""), _row("Town;30", "", "")],
         ["Region | 10", "Region | 20", "Town | 30"]),
    ],
)  # fmt: skip
def test_cells_keep_their_place_and_merged_ones_are_repeated(rows: list[str], told: list[str]) -> None:
    assert _texts("".join([*rows, r"\pard End.\par"])) == [*told, "End."]


BOX = r"{\field{\*\fldinst {\loch FORMCHECKBOX }{\*\formfield{\fftype1%s{\*\ffname Check1}}}}{\fldrslt }}"
LIST = r"{\field{\*\fldinst FORMDROPDOWN {\*\formfield{\fftype2%s{\*\ffl low}{\*\ffl high}}}}{\fldrslt low}}"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (BOX % r"\ffres1", "☑ vendor"),
        (BOX % r"\ffres0\ffdefres1", "☐ vendor"),
        (BOX % r"\ffres25\ffdefres1", "☑ vendor"),
        (BOX % "", "☐ vendor"),
        (LIST % r"\ffres1", "high vendor"),
        (LIST % r"\ffres25\ffdefres1", "high vendor"),
        (LIST % "", "low vendor"),
        (LIST % r"\ffres9", "vendor"),
        (r"{\field{\*\fldinst FORMTEXT {\*\formfield{\fftype0{\*\ffname Name}}}}{\fldrslt Jo Doe}}", "Jo Doe vendor"),
        (r"{\field{\*\fldinst  DATE \\@ d.M.yyyy}{\fldrslt 1.12.2026}}", "vendor"),
    ],
)
def test_fields_show_what_a_person_entered(field: str, text: str) -> None:
    assert _texts(rf"\pard {field} vendor\par") == [text]


def test_the_header_of_the_first_page_follows_the_others() -> None:
    first = r"{\headerf\pard First.\par}{\header\pard All.\par}{\footerf\pard Foot.\par}{\footer\pard Foot.\par}"
    assert _texts(rf"{first}\pard Text.\par") == ["All.", "First.", "Text.", "Foot."]


PAGE = r"{\field{\*\fldinst  PAGE }{\fldrslt 7}}"


@pytest.mark.parametrize(
    ("footer", "texts"),
    [
        ("2026-03-01 / 1.2", ["2026-03-01 / 1.2"]),
        (PAGE, []),
        (rf"Page {PAGE} of {{\field{{\*\fldinst NUMPAGES}}{{\fldrslt 9}}}}", []),
        (rf"Seite {PAGE}", []),
        (rf"Desk {PAGE} / 1.2", ["Desk / 1.2"]),
        ("7", ["7"]),
    ],
)
def test_a_footer_is_text_without_its_page_number(footer: str, texts: list[str]) -> None:
    assert _texts(rf"{{\footer\pard {footer}\par}}\pard Text.\par") == ["Text.", *texts]


@pytest.mark.parametrize("marker", [r"1.\tab ", r"(a) ", r"\bullet\tab ", r"{\listtext 1.\tab}\ls1 ", r"{\pntext a)}"])
def test_markers_of_items_are_layout_typed_or_not(marker: str) -> None:
    assert _blocks(rf"\pard {marker}The buyer pays.\par") == [("item", "The buyer pays.")]
