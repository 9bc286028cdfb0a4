"""XML documents: the text of elements, whatever their lines; attributes and short values with their names."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process

LAW = """<?xml version="1.0" encoding="utf-8"?>
<!-- a remark -->
<law xmlns="urn:example" id="l1"><title>Fees</title><article n="1"><p>The fee is <b>10</b> EUR, see
<ref href="#a2">Article 2</ref>.</p><min>10</min><max>20</max></article><limit days="30"/></law>
"""
READ = [
    'law id="l1"',
    "title: Fees",
    'article n="1"',
    "The fee is 10 EUR, see Article 2.",
    "min: 10",
    "max: 20",
    'limit days="30"',
]


def texts(text: str) -> list[str]:
    found = read_in_this_process("a.xml", text.encode())
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


def test_each_element_is_a_block() -> None:
    assert texts(LAW) == READ


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("><", ">\n   <"),
        ("see\n", "see "),
        ("<!-- a remark -->", ""),
        ('xmlns="urn:example"', 'xmlns="urn:other"'),
        ("20", "<![CDATA[20]]>"),
    ],
)
def test_how_it_is_written_is_no_change(old: str, new: str) -> None:
    assert old in LAW
    assert texts(LAW.replace(old, new)) == READ


def test_order_of_attributes_has_no_meaning() -> None:
    assert texts('<item id="a" price="3"/>') == texts('<item price="3" id="a"/>')


def test_element_that_only_is_there_is_read() -> None:
    assert texts("<form><field>Name</field><required/></form>") == ["field: Name", "required"]
    assert texts("<form><field>Name</field><br/></form>") == ["field: Name"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("<max>20</max>", "<max>30</max>", "max: 30"),
        ('days="30"', 'days="60"', 'limit days="60"'),
        ("<b>10</b>", "<b>20</b>", "The fee is 20 EUR, see Article 2."),
    ],
)
def test_a_value_that_changes_is_one_statement(old: str, new: str, text: str) -> None:
    found = texts(LAW.replace(old, new))
    assert [one for one in found if one not in READ] == [text]
    assert len(found) == len(READ)


def test_link_in_a_sentence_is_a_link() -> None:
    found = read_in_this_process("a.xml", LAW.encode()).statements or ()
    assert [one.links for one in found if "Article 2" in one.text] == [("#a2",)]


def test_list_inside_a_text_is_apart_from_it() -> None:
    assert texts("<a>Before it is text. <list><i>The first item is here.</i></list> After it, too.</a>") == [
        "Before it is text.",
        "The first item is here.",
        "After it, too.",
    ]


def test_attribute_of_an_element_in_a_sentence_is_told() -> None:
    assert texts('<p>The fee is <amount currency="EUR">10</amount> for all.</p>') == [
        "The fee is 10 for all.",
        'amount currency="EUR"',
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p id="p1">The fee is ten euro.</p>', ["The fee is ten euro."]),
        ('<p xml:id="p1">The <b id="b1">fee</b> is ten euro.</p>', ["The fee is ten euro."]),
        ('<p id="p1" class="old">The fee is ten euro.</p>', ['p class="old" id="p1"', "The fee is ten euro."]),
        ('<fee id="AT">10</fee>', ['fee id="AT"', "fee: 10"]),
        ('<a id="AT"><fee>10</fee></a>', ['a id="AT"', "fee: 10"]),
    ],
)
def test_identifier_of_a_sentence_is_layout_that_of_data_is_not(text: str, found: list[str]) -> None:
    assert texts(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a><b>The fee.</a>", "damaged: the document is no well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]>\n<a>The fee. &x;</a>', "refused: the document declares XML entities"),
        ("<a>" * 300 + "The fee." + "</a>" * 300, "damaged: the document is no well-formed XML"),
    ],
)
def test_what_cannot_be_parsed_is_read_by_line(text: str, why: str) -> None:
    found = read_in_this_process("a.xml", text.encode())
    assert [one.text for one in found.statements or ()] == text.splitlines()
    assert found.notes[0].startswith(f"read as lines of text ({why}")


def test_workbook_of_2003_keeps_the_places_of_its_cells() -> None:
    head = "<Workbook xmlns='{0}' xmlns:ss='{0}'>".format("urn:schemas-microsoft-com:office:spreadsheet")
    cell = "<Cell{}><Data>{}</Data></Cell>".format
    rows = [
        cell("", "Region") + cell(' ss:MergeAcross="1"', "Fee") + cell("", "Year"),
        cell(' ss:MergeDown="1"', "North") + cell("", "10"),
        cell(' ss:Index="3"', "20"),
    ]
    sheet = "".join(f"<Row>{row}</Row>" for row in rows)
    assert texts(
        f'<?xml version="1.0"?>{head}<Worksheet ss:Name="Fees"><Table>{sheet}</Table></Worksheet></Workbook>'
    ) == [
        "Fees",
        "Region | Fee |  | Year",
        "North | 10 |  | ",
        "North |  | 20 | ",
    ]
