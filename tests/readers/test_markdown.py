"""Markdown: what each construct becomes, where it stands, and that chunks change nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.text.segment import segment_spans
from monitor.readers.markdown import MarkdownReader, markdown_blocks
from monitor.readers.markdown_chunks import chunks
from monitor.readers.markdown_render import definitions, render


def kinds(source: str) -> list[tuple[str, str, int]]:
    return [
        (statement.text, statement.kind.value, statement.level)
        for statement, _ in segment_spans(markdown_blocks(source))
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A *title*", [("A title", "heading", 1)]),
        ("A title\n---", [("A title", "heading", 2)]),
        ("Some **strong** and `code` ~~gone~~ text.", [("Some strong and code ~~gone~~ text.", "paragraph", 0)]),
        ("Wrapped\nlines. Two.", [("Wrapped lines.", "paragraph", 0), ("Two.", "paragraph", 0)]),
        ("![a flag](flag.png) is shown.", [("a flag is shown.", "paragraph", 0)]),
        ("Escaped \\* and &amp; entity.", [("Escaped * and & entity.", "paragraph", 0)]),
        ("- a\n  - b\n\n    more\n- c", [("a", "item", 1), ("b", "item", 2), ("more", "item", 2), ("c", "item", 1)]),
        ("1. a\n\n2. b", [("a", "item", 1), ("b", "item", 1)]),
        ("Term\n: What it *means*.", [("Term | What it means.", "row", 0)]),
        ("Term\n:   one\n:   two\n\nOther\n: 3", [("Term | one | two", "row", 0), ("Other | 3", "row", 0)]),
        ("Term\n\n: one\n\n: two\n\nOther.", [("Term | one | two", "row", 0), ("Other.", "paragraph", 0)]),
        ("Term\n: " + "long " * 30, [("Term", "item", 1), (("long " * 30).strip(), "item", 1)]),
        ("| a |\n|---|\n| b |\n\n: Caption", [("a", "row", 0), ("b", "row", 0), ("Caption", "item", 1)]),
        (":::note Mind\nText.\n:::", [("Mind Text.", "paragraph", 0)]),
        ("+++\ntitle = 'T'\n+++\nText.", [("title = 'T'", "metadata", 0), ("Text.", "paragraph", 0)]),
        ("## Scope {#scope .wide}", [("Scope", "heading", 2)]),
        ("1. Costs:\n   (a) rent;\n   (b) *tax*.", [("Costs:", "item", 1), ("rent;", "item", 2), ("tax.", "item", 2)]),
        ("- [x] Paid\n- [ ] Sent", [("☑ Paid", "item", 1), ("☐ Sent", "item", 1)]),
        ("Code `[^1]` and [^x] marks", [("Code [^1] and marks", "paragraph", 0)]),
        ("A <del>gone </del>word and <s>old</s> one", [("A word and ~~old~~ one", "paragraph", 0)]),
        ("[![](m.png)](/map-2024.pdf)", [("map-2024.pdf", "paragraph", 0)]),
        ("• A bullet that is typed", [("A bullet that is typed", "item", 1)]),
        ("| a | b |\n|---|---|\n| `c` | **d** |", [("a | b", "row", 0), ("c | d", "row", 0)]),
        ("```\nx = 1\n\ny = 2\n```", [("x = 1", "code", 0), ("y = 2", "code", 0)]),
        ("> Quoted. Twice.", [("Quoted.", "paragraph", 0), ("Twice.", "paragraph", 0)]),
        ("---\ntitle: T\n---\nText.", [("title: T", "metadata", 0), ("Text.", "paragraph", 0)]),
        ("<div>Raw <b>HTML</b></div>", [("Raw HTML", "paragraph", 0)]),
        ("<!-- nothing -->\n\nText.", [("Text.", "paragraph", 0)]),
        ("A <b>bold</b> word and a <branch> name.", [("A bold word and a <branch> name.", "paragraph", 0)]),
        ("Area in km<sup>2</sup>.", [("Area in km².", "paragraph", 0)]),
        ("Main St 1<br>Springfield", [("Main St 1", "paragraph", 0), ("Springfield", "paragraph", 0)]),
        ("A line\n**that goes on** in bold.", [("A line that goes on in bold.", "paragraph", 0)]),
        ("A line  \nthat goes on.", [("A line that goes on.", "paragraph", 0)]),
        ("> [!NOTE]\n> Mind this.", [("[!NOTE]", "paragraph", 0), ("Mind this.", "paragraph", 0)]),
        ("Text.[^1]\n\n[^1]: The note.", [("Text.", "paragraph", 0), ("The note.", "paragraph", 0)]),
        (
            "<table>\n<tr><td>a</td><td>b</td></tr>\n\n<tr><td>c</td><td>d</td></tr>\n</table>",
            [("a | b", "row", 0), ("c | d", "row", 0)],
        ),
    ],
)
def test_each_construct_becomes_statements(source: str, expected: list[tuple[str, str, int]]) -> None:
    assert kinds(source) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("See [the list](https://example.org/a \"T\").", "https://example.org/a"),
        ("See [the list][1].\n\n[1]: https://example.org/b", "https://example.org/b"),
        ("See [the list][].\n\n[The List]: https://example.org/c", "https://example.org/c"),
        ("See <https://example.org/d>.", "https://example.org/d"),
        ("See <a href='https://example.org/e'>the list</a>.", "https://example.org/e"),
    ],
)  # fmt: skip
def test_a_link_gives_its_text_and_keeps_its_target_aside(source: str, target: str) -> None:
    statement = segment_spans(markdown_blocks(source))[0][0]
    assert statement.links == (target,)
    assert target not in statement.text or source.startswith("See <https")


def test_changed_definition_changes_links_of_unchanged_chunks() -> None:
    targets = [
        segment_spans(markdown_blocks(f"See [it].\n\n[it]: {target}"))[0][0].links
        for target in ("/one", "/two", "/one")
    ]
    assert targets == [("/one",), ("/two",), ("/one",)]


def test_only_the_sentence_with_the_link_has_it() -> None:
    found = segment_spans(markdown_blocks("First. See [it](/x). Last."))
    assert [statement.links for statement, _ in found] == [(), ("/x",), ()]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spans_point_into_the_source(newline: str) -> None:
    source = newline.join(
        ["# A *b*", "", "One [two](/three four) five.", "Six &amp; seven.", "", "> quoted", "> more", ""]
    )
    covered = [source[span.start : span.end] for _, span in segment_spans(markdown_blocks(source))]
    assert covered == [
        "A *b",
        newline.join(["One [two](/three four) five."]),
        "Six &amp; seven.",
        newline.join(["quoted", "> more"]),
    ]


LINES = st.sampled_from(
    [
        *(
            "text here",
            "more *text*",
            "a  ",
            "",
            "",
            "- item",
            "  - inner",
            "    deep",
            "\ttab",
            "1. one",
            "12. twelve",
        ),
        *("+ plus", "# head", "---", "===", "* * *", "```", "  ```", "~~~", "> quote", ">", "| a | b |", "|---|---|"),
        *("<div>", "</div>", "<!-- c", "-->", "<pre>", "</pre>", "[a]: /b", "[a]"),
    ]
)


@given(st.lists(LINES, max_size=25).map("\n".join))
def test_a_source_cut_into_chunks_reads_as_the_whole(source: str) -> None:
    references = definitions(source)
    whole = [(block.kind, block.text, block.links) for block in render(source, references)]
    parts = [(block.kind, block.text, block.links) for _, text in chunks(source) for block in render(text, references)]
    assert parts == whole


@given(
    st.one_of(
        st.lists(LINES, max_size=25),
        st.lists(LINES.filter(lambda line: line[:1] not in "<`~[ " or not line), max_size=25),
    ).map("\n".join)
)
def test_pieces_hold_the_blocks_of_the_whole(source: str) -> None:
    reader = MarkdownReader()
    shared = [block for piece in reader.source_pieces(source.encode()) for block in reader.piece_blocks(piece)]
    whole = reader.extract(source.encode()).blocks
    assert [(block.kind, block.text, block.links) for block in shared] == [
        (block.kind, block.text, block.links) for block in whole
    ]


@example("| a | b |\n|---|---|\ntext here")
@example("  ```\n\ttab")
@given(st.lists(LINES, max_size=25).map("\n".join))
def test_spans_ascend_without_overlap(source: str) -> None:
    at = 0
    for _, span in segment_spans(markdown_blocks(source)):
        assert at <= span.start <= span.end <= len(source)
        at = span.end


@pytest.mark.parametrize(
    "source",
    [
        ">" * 10_000 + " text",
        "- " * 5_000 + "text",
        "[" * 10_000,
        "*a" * 10_000,
        "![" * 5_000,
        "x " + "`" * 10_001,
        "<a " * 5_000,
    ],
    ids=["quotes", "lists", "brackets", "emphasis", "images", "backticks", "tags"],
)
def test_deep_nesting_is_read_without_loss(source: str) -> None:
    found = "".join(statement.text for statement, _ in segment_spans(markdown_blocks(source)))
    assert "text" in found or len(found) >= len(source) // 3
