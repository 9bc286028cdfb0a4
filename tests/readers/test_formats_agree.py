"""One text in three formats gives one list of statements; the table says which extractor reads which file."""

from __future__ import annotations

import pytest

import monitor
from monitor.core.text.segment import segment_blocks
from monitor.errors import ExtractError
from monitor.readers import extract, reader_for
from monitor.readers import readers_fingerprint as fingerprint

STATEMENTS = [
    "General Provisions",
    "The force has a mandate.",
    "It was given in the U.S. by Mr. Lee, e.g. for roads.",
    "The tasks are:",
    "to keep the peace;",
    "to clear mines.",
    "Country | Troops",
    "Pakistan | 3,000",
    "Nobody objected.",
]
TEXT = """\
General Provisions
==================

The force has a mandate. It was given in the U.S. by
Mr. Lee, e.g. for roads. The tasks are:

- to keep the peace;
- to clear mines.

| Country | Troops |
|---|---|
| Pakistan | 3,000 |

Nobody objected.
"""
PAGE = """\
<h1>General Provisions</h1>
<p>The force has a mandate. It was given in the U.S. by
   <b>Mr. Lee</b>, e.g. for roads. The tasks are:</p>
<ul><li>to keep the peace;<li>to clear mines.</ul>
<table><tr><th>Country<th>Troops<tr><td>Pakistan<td>3,000</table>
<p>Nobody objected.</p>
"""


@pytest.mark.parametrize(("path", "source"), [("a.txt", TEXT), ("a.md", TEXT), ("a.html", PAGE)])
def test_the_same_text_gives_the_same_statements_in_every_format(path: str, source: str) -> None:
    extraction = extract(path, source.encode())
    assert extraction is not None
    assert [statement.text for statement in segment_blocks(extraction.blocks)] == STATEMENTS


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("a.txt", b"x", "text"),
        ("A.TXT", b"x", "text"),
        ("a.md", b"x", "markdown"),
        ("a.HTM", b"x", "html"),
        ("a.csv", b"x", "csv"),
        ("a.json", b"x", "json"),
        ("a.jsonl", b"x", "jsonl"),
        ("a.yml", b"x", "yaml"),
        ("a.toml", b"x", "lines"),
        ("a.rss", b"x", "xml"),
        ("README", b"Some text.", "text"),
        ("a.unknown", "größer".encode(), "text"),
        ("a.unknown", "größer".encode("utf-16"), "text"),
        ("a.unknown", b"\x00\x01", None),
        ("a.unknown", b"\xff\xfa\xfb", None),
        ("a.mobi", b"\xd0\xcf\x11\xe0 text", None),
        ("folder.txt/a.png", b"PNG", None),
    ],
)
def test_the_suffix_says_which_extractor_reads_a_file(path: str, data: bytes, name: str | None) -> None:
    found = reader_for(path, data)
    assert (found.name if found else None) == name
    assert (extract(path, data) is None) == (name is None)


def test_the_fingerprint_names_every_extractor_with_its_version() -> None:
    assert {part.split("=")[0] for part in fingerprint().split()} >= {"text", "markdown", "html", "lines"}


@pytest.mark.parametrize(
    ("data", "text", "notes"),
    [
        ("schön".encode(), "schön", ()),
        ("schön".encode("utf-8-sig"), "schön", ()),
        ("schön".encode("utf-16"), "schön", ("encoding: utf-16-le (byte order mark)",)),
        ("schön".encode("utf-32"), "schön", ("encoding: utf-32-le (byte order mark)",)),
        (b"a\x00b", "a\ufffdb", ()),
        (b"", None, ()),
    ],
)
def test_bytes_are_decoded_and_what_was_assumed_is_noted(data: bytes, text: str | None, notes: tuple[str, ...]) -> None:
    extraction = extract("a.txt", data)
    assert extraction is not None
    assert [block.text for block in extraction.blocks] == ([text] if text else [])
    assert extraction.notes == notes


def test_an_unknown_encoding_is_guessed_and_noted() -> None:
    extraction = extract(
        "a.txt", "Les élèves étaient très fatigués après la journée d’été passée à l’école.".encode("cp1252")
    )
    assert extraction is not None
    assert "élèves étaient" in extraction.text
    assert extraction.notes[0].startswith("encoding: ")


def test_binary_data_with_a_text_suffix_is_a_document_error() -> None:
    with pytest.raises(ExtractError):
        extract("a.txt", bytes(range(256)) * 40)


def test_public_function_gives_statements_with_positions() -> None:
    text = "# Title\n\nOne [two](/x). Three."
    found = monitor.segment(text)
    assert [(one.text, one.kind.value, one.level, one.links) for one in found] == [
        ("Title", "heading", 1, ()),
        ("One two.", "paragraph", 0, ("/x",)),
        ("Three.", "paragraph", 0, ()),
    ]
    assert [text[one.start : one.end] for one in found] == ["Title", "One [two](/x).", "Three."]


@pytest.mark.parametrize(
    "text",
    [
        "Plain prose. It has two sentences.",
        "A first paragraph\nthat is wrapped at a rather narrow width\nof the page.\n\nA second one, e.g. this.",
        "A list:\n\n- one\n- two\n",
        "Title\n=====\n\nText (with brackets) and a * star, a_b_c and 5 < 6 & 7.",
    ],
)
def test_prose_reads_the_same_as_plain_text_and_as_markdown(text: str) -> None:
    as_text, as_markdown = (extract(path, text.encode()) for path in ("a.txt", "a.md"))
    assert as_text is not None
    assert as_markdown is not None
    assert segment_blocks(as_text.blocks) == segment_blocks(as_markdown.blocks)
    assert [one.text for one in monitor.segment(text)] == [one.text for one in segment_blocks(as_text.blocks)]
