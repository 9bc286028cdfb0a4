"""Web pages and OpenDocument: forms, drawings, pages inside pages, objects, sheets; what is shown, and where."""

from __future__ import annotations

import pytest

from monitor.readers import extract
from tests.support.documents import html, odf


def page(body: str) -> list[str]:
    found = extract("a.html", html(body))
    assert found is not None
    return [block.text for block in found.blocks]


def opened(body: str, kind: str = "text", styles: str = "", **parts: str) -> list[str]:
    others = {f"{name}/content.xml": content for name, content in parts.items()}
    found = extract("a.odt", odf(body, kind=kind, styles=styles, parts=others))
    assert found is not None
    return [block.text for block in found.blocks]


P = "<text:p>{}</text:p>".format


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("<p>Risk: <select><option>low<option selected>high</select></p><p>End", ["Risk: high", "End", "low", "high"]),
        ("Risk: <select><option value=''>Choose<option>low<option>high</select>", ["Risk:", "low", "high"]),
        ("<select><option>low<option>high</select>", ["low", "low", "high"]),
        ("<select multiple><option selected>a<option>b<option selected>c</select>", ["a, c", "a", "b", "c"]),
        ("Fee <input value=10 placeholder=20> <input placeholder=30>", ["Fee 10"]),
        ("<input type=hidden value=1><input type=submit value=Send><input type=password value=x>Text", ["Text"]),
        ("<p>Pay <input type=radio name=a checked> now <input type=radio name=a> later", ["Pay ◉ now ○ later"]),
        ("<p>Remark: <textarea>two\nlines</textarea>", ["Remark: two\nlines"]),
        ("<div><template shadowrootmode=open><p>Shadow.</p></template></div><template>no</template>", ["Shadow."]),
        ("<iframe srcdoc='<p>Within &amp;amp; shown.'>no</iframe>", ["Within & shown."]),
        ("<svg><defs><text>no</text></defs><title>no</title><text>Fee <tspan>10</tspan></text></svg>", ["Fee 10"]),
        ("<p>An icon <svg><path/></svg> in a line", ["An icon in a line"]),
        ("<style>.gone, s.x {text-decoration: underline line-through}</style><p class='a gone'>Old.", ["~~Old.~~"]),
        ("<p><s>Pay</s> <s>now</s>", ["~~Pay~~ ~~now~~"]),
        ("<s><p>One.<p>Two.</s>", ["~~One.~~", "~~Two.~~"]),
        ("<p>See <a href='/x'><s>this</s> page</a>.", ["See ~~this~~ page."]),
        ("<font face='Wingdings, serif'>\uf0fe</font> done", ["☑ done"]),
        ("<p>10<sup>6</sup>, x<sup>2n</sup>, Lee<sup>3</sup><sup>*</sup>", ["10⁶, x²n, Lee³*"]),
        ("<p><sup>14</sup>C and <sup>3</sup>He", ["¹⁴C and ³He"]),
        ("<p>chi<sup>2</sup> of 5 miles<sup>2</sup> each<sup>2</sup>", ["chi² of 5 miles² each"]),
        ("<p>See <a href='https://a.org/b#c'>[1]</a> and <a href='#top'>Top</a>", ["See [1] and Top"]),
        ("<p>[<a href='#i'>Index</a>] and [<a href='#n'>2</a>].", ["[Index] and."]),
        ("<p>See<sup><a href='#a'>[1]</a><a href='#b'>[2]</a></sup>.", ["See."]),
        ("<p>(030) 123 45", ["(030) 123 45"]),
        ("<p><span style=\"font-family: 'Symbol', serif\">m</span>g", ["μg"]),
        ("<p>3. Oktober 2026 ist ein Feiertag.", ["3. Oktober 2026 ist ein Feiertag."]),
        ("<math><msqrt><mi>x</mi></msqrt><mo>=</mo><msub><mi>a</mi><mn>1</mn></msub></math>", ["√(x)=a_1"]),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", ["(a+b)/2"]),
    ],
)  # fmt: skip
def test_page_reads_as_it_is_shown(source: str, texts: list[str]) -> None:
    assert page(source) == texts


def test_links_keep_their_place_where_a_mark_is_left_out() -> None:
    source = "<p>Fee<sup><a href='#n'>1</a></sup>, <s>a</s> <a href='/b'>the annex</a> here."
    found = extract("a.html", html(source))
    assert found is not None
    [block] = found.blocks
    assert [(block.text[one.start : one.end], one.target) for one in block.links] == [("the annex", "/b")]


def test_picture_that_is_a_link_is_named_by_its_target() -> None:
    found = extract(
        "a.html", html("<a href='/m/map-2024.pdf?x=1'><img alt='' src=m.png></a><a href='/'><img src=b></a>")
    )
    assert found is not None
    assert [(block.text, block.links[0].target) for block in found.blocks] == [("map-2024.pdf", "/m/map-2024.pdf?x=1")]


def test_pages_inside_each_other_have_an_end() -> None:
    source = "deep"
    for _ in range(30):
        source = f"<template shadowrootmode=open>{source}</template>"
    assert page("Top" + source) == ["Top"]


CELL = "<table:table-cell{1}><text:p>{0}</text:p></table:table-cell>".format


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (["10|2", "20|1"], ["10 | 10 | 20"]),
        (["Fee|1", "|3", "10|1", "|16000"], ["Fee |  |  |  | 10"]),
        (["*3", "a|1", "b|1"], ["a | b"] * 3),
        (["*1000000", "|16384"], []),
    ],
)
def test_sheet_unfolds_what_it_counts(rows: list[str], texts: list[str]) -> None:
    times = rows.pop(0)[1:] if rows[0].startswith("*") else "1"
    cells = ""
    for one in rows:
        text, _, count = one.partition("|")
        repeated = f" table:number-columns-repeated='{count}'"
        cells += CELL(text, repeated) if text else f"<table:table-cell{repeated}/>"
    row = f"<table:table-row table:number-rows-repeated='{times}'>{cells}</table:table-row>"
    assert opened(f"<table:table table:name='S'>{row}</table:table>", "spreadsheet") == ["S", *texts]


CONTROL = "<draw:control draw:control='c'/>"


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ("<form:checkbox form:id='c' form:label='certified' form:current-state='checked'/>", "☑ certified"),
        ("<form:checkbox form:id='c' form:label='certified'/>", "☐ certified"),
        ("<form:radio form:id='c' form:label='low' form:current-selected='true'/>", "◉ low"),
        ("<form:text form:id='c' form:current-value='10' form:value='5'/>", "10"),
        (
            "<form:listbox form:id='c'><form:option form:label='high' form:current-selected='true'/></form:listbox>",
            "high",
        ),
        ("<form:button form:id='c' form:label='Send'/>", ""),
    ],
)  # fmt: skip
def test_control_shows_what_was_entered(control: str, text: str) -> None:
    body = f"<office:forms><form:form>{control}</form:form></office:forms>" + P(f"State: {CONTROL}")
    assert opened(body) == [f"State: {text}".strip()]


@pytest.mark.parametrize(
    ("inner", "texts"),
    [
        ("On <text:date>3 May</text:date>.", ["On ."]),
        ("On <text:date text:fixed='true'>3 May</text:date>.", ["On 3 May."]),
        ("In <text:file-name>a.odt</text:file-name>.", ["In ."]),
        ("Fee.<draw:image><office:binary-data>iVBOR</office:binary-data></draw:image>", ["Fee."]),
        ("Body <draw:rect><text:p>Shape text.</text:p></draw:rect>ends.", ["Body ends.", "Shape text."]),
        ("Name: <text:placeholder>type here</text:placeholder>", ["Name:"]),
        ("<text:title>Terms</text:title>", ["Terms"]),
        ("See <draw:frame><draw:object xlink:href='./Object1'/><svg:title>no</svg:title></draw:frame>.", ["See 1/2."]),
    ],
)  # fmt: skip
def test_fields_and_objects_of_a_paragraph(inner: str, texts: list[str]) -> None:
    formula = (
        "<math><semantics><mfrac><mn>1</mn><mn>2</mn></mfrac><annotation>{1} over {2}</annotation></semantics></math>"
    )
    assert opened(P(inner), Object1=formula) == texts


def test_speakers_notes_follow_the_slide_and_shapes_go_by_place() -> None:
    frame = (
        "<draw:frame svg:x='{}cm' svg:y='{}cm' svg:height='1cm'><draw:text-box>{}</draw:text-box></draw:frame>".format
    )
    shapes = [frame(10, 5, P("right")), frame(1, 9, P("below")), frame(1, 5.2, P("left"))]
    notes = f"<presentation:notes>{frame(0, 0, P('Speak slowly.'))}</presentation:notes>"
    for order in (shapes, shapes[::-1]):
        slide = f"<draw:page>{notes}{''.join(order)}</draw:page>"
        assert opened(slide, "presentation") == ["left", "right", "below", "Speak slowly."]


@pytest.mark.parametrize(("last", "text"), [("3", "1.1 Scope of it"), ("of Austria", "1.1 Scope of it of Austria")])
def test_table_of_contents_loses_its_page_numbers_alone(last: str, text: str) -> None:
    entry = f"<text:p>1.1<text:tab/><text:a>Scope of it</text:a><text:tab/>{last}</text:p>"
    index = f"<text:table-of-content><text:index-body>{entry}</text:index-body></text:table-of-content>"
    assert opened(f"{index}<text:p>Text.</text:p>") == [text, "Text."]
