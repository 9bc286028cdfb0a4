"""The layout that readers find, the same in each format: numbers of items, heads of tables, emphasised words."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which

import docx
import pytest
from docx.oxml import OxmlElement

from monitor.app.sandbox import read_in_this_process
from monitor.core.text.layout import CONTINUED, FIRST_CELL, HEAD, layout_of, shown_labels

MARKDOWN = """# Terms

1. Read **all** of it.
2. Sign it.

   In *ink*.
   - by hand
3. Wait.

| Fee | Amount |
|---|---|
| Entry | **5** |
"""
HTML = """<h1>Terms</h1>
<ol><li>Read <b>all</b> of it.<li><p>Sign it.<p>In <em>ink</em>.<ul><li>by hand</ul><li>Wait.</ol>
<table><tr><th>Fee<th>Amount<tr><td>Entry<td><strong>5</strong></table>"""
RST = """Terms
=====

1. Read **all** of it.
2. Sign it.

   In *ink*.

   - by hand

3. Wait.

=====  ======
Fee    Amount
=====  ======
Entry  **5**
=====  ======
"""


def word() -> bytes:
    made = docx.Document()
    made.add_heading("Terms", 1)
    first = made.add_paragraph("Read ", style="List Number")
    first.add_run("all").bold = True
    first.add_run(" of it.")
    made.add_paragraph("Sign it.", style="List Number")
    made.add_paragraph("In ", style="List Continue").add_run("ink").italic = True
    made.add_paragraph("by hand", style="List Bullet 2")
    made.add_paragraph("Wait.", style="List Number")
    table = made.add_table(2, 2)
    for cell, text in zip(
        (one for row in table.rows for one in row.cells), ("Fee", "Amount", "Entry", ""), strict=True
    ):
        cell.text = text
    table.cell(1, 1).paragraphs[0].add_run("5").bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


Shown = dict[str, tuple[str, set[str]]]


def shown(name: str, data: bytes) -> Shown:
    """What stands before each block, and its words that are set apart, by the first words of the block."""
    found = read_in_this_process(name, data)
    assert found.blocks is not None, found.failure
    return {
        block.statements[0].text.split()[0]: (
            label,
            {
                kind + block.statements[at].text[start:end]
                for at, own in layout_of(block.layout).emphasis.items()
                for start, end, kind in own
            },
        )
        for block, label in zip(found.blocks, shown_labels(found.blocks), strict=True)
    }


EXPECTED: Shown = {
    "Terms": ("", set()),
    "Read": ("1.", {"ball"}),
    "Sign": ("2.", set()),
    "In": (CONTINUED, {"iink"}),
    "by": ("", set()),
    "Wait.": ("3.", set()),
    "Fee": (HEAD, set()),
    "Entry": ("", {"b5"}),
}
FORMATS: dict[str, Callable[[], bytes]] = {
    "a.md": MARKDOWN.encode,
    "a.html": HTML.encode,
    "a.rst": RST.encode,
    "a.docx": word,
}


@pytest.mark.parametrize("name", FORMATS)
def test_layout_is_the_same_in_each_format(name: str) -> None:
    found = shown(name, FORMATS[name]())
    expected = dict(EXPECTED)
    if name == "a.docx":
        expected["In"] = ("", {"iink"})  # a paragraph of its own, which no list holds
    if name == "a.rst":
        expected["Entry"] = ("", set())  # cells are plain there
    assert found == expected


@pytest.mark.slow
def test_opendocument_has_the_same_layout(tmp_path: Path) -> None:
    office = which("soffice")
    assert office is not None
    (tmp_path / "a.docx").write_bytes(word())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "odt", "--outdir", tmp_path, tmp_path / "a.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    found = shown("a.odt", (tmp_path / "a.odt").read_bytes())
    assert {**found, "In": EXPECTED["In"]} == EXPECTED


LISTS = [
    ("<ol start=5><li>a<li>b</ol>", ["5.", "6."]),
    ("<ol><li>a<li value=9>b<li>c</ol>", ["1.", "9.", "10."]),
    ("<ol type=a><li>a<li>b</ol>", ["a.", "b."]),
    ("<ol type=I><li>a<li>b<li>c<li>d</ol>", ["I.", "II.", "III.", "IV."]),
    ("<ol reversed start=3><li>a<li>b</ol>", ["3.", "2."]),
    ("<ol><li><ol><li>b</ol><li>d<li>e</ol>", ["1.", "2.", "3."]),
    ("<ol><li></li><li>b<li>c</ol>", ["2.", "3."]),
    ("<ul><li label='9.' layout='9.'>a</ul>", [""]),
    ("<ol><li>a<ol><li>b<li>c</ol><li>d</ol>", ["1.", "1.", "2.", "2."]),
    ("<ul><li>a<li>b</ul>", ["", ""]),
    ("<ol start=x><li value=99999999999>a</ol>", ["1."]),
]


@pytest.mark.parametrize(("source", "labels"), LISTS)
def test_lists_of_a_page_are_numbered_as_a_browser_does(source: str, labels: list[str]) -> None:
    found = read_in_this_process("a.html", source.encode())
    assert list(shown_labels(found.blocks or ())) == labels


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("1. One.\n2. Two.\n", ["1.", "2."]),
        ("(a) One.\n\n(b) Two.\n", ["(a)", "(b)"]),
        ("- One.\n- Two.\n", ["", ""]),
        ("7) One.\n\n   More of it.\n", ["7)", CONTINUED]),
    ],
)
def test_markers_that_were_typed_are_kept(source: str, labels: list[str]) -> None:
    found = read_in_this_process("a.txt", source.encode())
    assert list(shown_labels(found.blocks or ())) == labels


MARKS = [
    ("a **b** c", {"bb"}),
    ("a __b__ *c* d", {"bb", "ic"}),
    ("a `b c` d", {"cb c"}),
    ("***both*** x", {"bboth", "iboth"}),
    ("**bold *it* b** x", {"bbold it b", "iit"}),
    ("[**x**](y.html) z", {"bx"}),
    (r"a \*b\* c", set[str]()),
    ("2 * 3 * 4", set[str]()),
    ("**open and c", set[str]()),
    ("<b>b</b> <i>i</i> <code>c</code>", {"bb", "ii", "cc"}),
    ("<b>open", set[str]()),
]


@pytest.mark.parametrize(("source", "marks"), MARKS)
def test_words_of_markdown_that_are_set_apart(source: str, marks: set[str]) -> None:
    ((_, found),) = shown("a.md", f"{source}\n".encode()).values()
    assert found == marks


@pytest.mark.parametrize(
    "source",
    [
        "<b>" * 900 + "x" + "</b>" * 900,
        "<b>x</i></b></b>y",
        "<ol>" * 300 + "<li>x",
        "<p><b>a<p>b</b>c",
        "<li><ol></li>x",
    ],
)
def test_odd_markup_is_read(source: str) -> None:
    found = read_in_this_process("a.html", source.encode())
    assert found.failure is None
    assert all(len(block.layout) < 100 for block in found.blocks or ())


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("<th>A<th>B", HEAD),
        ("<th>A<td>B", FIRST_CELL),
        ("<td>A<td>B", ""),
        ("<td>A<th>B", ""),
        ("<th>A<td>B<th>C", ""),
    ],
)
def test_headings_of_a_row(row: str, label: str) -> None:
    found = read_in_this_process("a.html", f"<table><tr>{row}</table>".encode())
    assert list(shown_labels(found.blocks or ())) == [label]
