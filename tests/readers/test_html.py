"""HTML: the structure of a page, white space as a browser shows it, nothing twice and nothing hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.segment import segment_spans
from monitor.errors import ExtractError
from monitor.readers.html import HtmlReader


def kinds(source: str) -> list[tuple[str, str, int]]:
    extraction = HtmlReader().extract(source.encode())
    found = segment_spans(extraction.blocks)
    assert all(extraction.text[span.start : span.end].split() == statement.text.split() for statement, span in found)
    return [(statement.text, statement.kind.value, statement.level) for statement, _ in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<h2>A <em>title</em></h2><p>One. Two.",
         [("A title", "heading", 2), ("One.", "paragraph", 0), ("Two.", "paragraph", 0)]),
        ("<p>Spread\n   over <b> lines</b> .</p>", [("Spread over lines .", "paragraph", 0)]),
        ("<div>loose<p>inner</p>tail</div>",
         [("loose", "paragraph", 0), ("inner", "paragraph", 0), ("tail", "paragraph", 0)]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", [("a", "item", 1), ("b", "item", 2), ("c", "item", 1)]),
        ("<ol><li><p>a</p><p>b</p></ol>", [("a", "item", 1), ("b", "item", 1)]),
        ("<dl><dt>term<dd>meaning</dl>", [("term | meaning", "row", 0)]),
        ("<dl><dt>Fee<dd>12<dt>Chairs<dd>Ada<dd>Bo</dl>", [("Fee | 12", "row", 0), ("Chairs | Ada | Bo", "row", 0)]),
        ("<dl><dt>Fee<dd><ul><li>12</ul></dl>", [("Fee", "item", 1), ("12", "item", 2)]),
        ("<table><caption>Cap</caption><tr><th>a<th>b<tr><td>c<td>d<br>e</table>",
         [("Cap", "caption", 0), ("a | b", "row", 0), ("c | d e", "row", 0)]),
        ("<table><tr><td><h1>Layout</h1><p>Text.</td><td>Side</td></table>",
         [("Layout", "heading", 1), ("Text.", "paragraph", 0), ("Side", "paragraph", 0)]),
        ("<figure><img alt='A map'><figcaption>Map of it</figcaption></figure>",
         [("A map", "paragraph", 0), ("Map of it", "caption", 0)]),
        ("<pre>x = 1\n\n  y = 2</pre>", [("x = 1", "code", 0), ("y = 2", "code", 0)]),
        ("<p>Main St 1<br>Springfield</p>", [("Main St 1", "paragraph", 0), ("Springfield", "paragraph", 0)]),
        ("<p>a line<br>that goes on</p>", [("a line that goes on", "paragraph", 0)]),
        ("<p>seen</p><p hidden>unseen</p><p style='display: none'>nor this</p>", [("seen", "paragraph", 0)]),
        ("<style>p {}</style><p>x<script>var x;</script><noscript>n</noscript><template>t</template>",
         [("x", "paragraph", 0)]),
        ("<p>km<sup>2</sup> and the 1<sup>st</sup></p>", [("km² and the 1st", "paragraph", 0)]),
        ("<p>He said <q>no</q>.</p>", [("He said “no”.", "paragraph", 0)]),
        ("<p>unclosed <b>bold<p>next</i></div>", [("unclosed bold", "paragraph", 0), ("next", "paragraph", 0)]),
        ("no tags at all", [("no tags at all", "paragraph", 0)]),
        ("", []),
    ],
)  # fmt: skip
def test_each_construct_becomes_statements(source: str, expected: list[tuple[str, str, int]]) -> None:
    assert kinds(source) == expected


def test_the_title_is_a_heading_unless_the_page_says_it() -> None:
    assert kinds("<title> A  title </title><p>x")[0] == ("A title", "heading", 1)
    assert kinds("<title>A title</title><h1>Another</h1>") == [("A title", "heading", 1), ("Another", "heading", 1)]
    assert kinds("<title>Another</title><h1>Another</h1>") == [("Another", "heading", 1)]


def test_a_link_keeps_its_target_aside() -> None:
    extraction = HtmlReader().extract(b"<p>See <a href='/a'>this</a>. And <a href='/b'>that</a>.</p>")
    assert [statement.links for statement, _ in segment_spans(extraction.blocks)] == [("/a",), ("/b",)]


def test_declared_charset_is_used_if_the_bytes_are_not_utf_8() -> None:
    source = "<meta charset=iso-8859-2><p>Łódź leży w Polsce.".encode("iso-8859-2")
    extraction = HtmlReader().extract(source)
    assert extraction.blocks[0].text == "Łódź leży w Polsce."
    assert extraction.notes == ("encoding: iso-8859-2 (declared)",)


# no tables: text outside their cells moves in front of them, as the standard says
PIECES = ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<a>", "<br>", "x", "y.", "Z", ""]


@given(st.lists(st.sampled_from(PIECES)))
def test_every_word_of_a_broken_page_is_read_once_in_order(pieces: list[str]) -> None:
    words = [piece for piece in pieces if not piece.startswith("<")]
    found = " ".join(statement for statement, _, _ in kinds(" ".join(pieces)))
    assert found.split() == " ".join(words).split()


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "blockquote", "span"])
def test_deep_nesting_is_read(tag: str) -> None:
    assert kinds(f"<{tag}>" * 5_000 + "deep")[-1][0] == "deep"


def test_nesting_without_end_is_an_error_of_this_document() -> None:
    with pytest.raises(ExtractError, match="nested"):
        HtmlReader().extract(b"<div>" * 200_000)
