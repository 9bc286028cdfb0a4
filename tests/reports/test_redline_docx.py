"""A redline as a Word document: rejected it is the version before, accepted the version after."""

from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from shutil import which
from typing import Any

import docx
import pytest
from lxml import etree

from monitor.app.compare import Content, blocks_of, compared_contents
from monitor.model import BlockKind, CutBlock, Statement
from monitor.reports.redline import RedlineFacts, SaidComment
from monitor.reports.redline_docx import render_redline

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FACTS = RedlineFacts("brief.md", datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))

PARAGRAPH = BlockKind.PARAGRAPH
BEFORE = [
    (BlockKind.HEADING, ["Terms of the offer"]),
    (PARAGRAPH, ["The first sentence stays.", "The vote may take 60 days.", "Nobody else knows the answer."]),
    (PARAGRAPH, ["A paragraph about convoys on the road goes."]),
    (BlockKind.ROW, ["Boat | 10"]),
    (BlockKind.ROW, ["Car | 20"]),
    (PARAGRAPH, ["Engineers clear the roads, and medics staff two hospitals."]),
    (PARAGRAPH, ["This long sentence of the text moves to its beginning."]),
]
AFTER = [
    (BlockKind.HEADING, ["Terms of the offer"]),
    (PARAGRAPH, ["This long sentence of the text moves to its beginning."]),
    (PARAGRAPH, ["The first sentence stays."]),
    (PARAGRAPH, ["The vote will take 90 days.", "Nobody else knows the answer.", "A fourth sentence came."]),
    (BlockKind.ROW, ["Boat | 12"]),
    (BlockKind.ROW, ["Lorry | 40"]),
    (PARAGRAPH, ["Engineers clear the roads.", "Medics staff two hospitals."]),
]
Blocks = list[tuple[BlockKind, list[str]]]


def content(path: str, blocks: Blocks) -> Content:
    return Content(path, tuple(cut(kind, texts) for kind, texts in blocks))


def cut(kind: BlockKind, texts: list[str]) -> CutBlock:
    cells: tuple[tuple[int, int], ...] = ()
    if kind is BlockKind.ROW:
        at = texts[0].index(" | ")
        cells = (0, at), (at + 3, len(texts[0]))
    return CutBlock(kind, 1 if kind is BlockKind.HEADING else 0, tuple(Statement(one, kind) for one in texts), cells)


def written(before: Blocks, after: Blocks) -> bytes:
    return render_redline(compared_contents(content("old.md", before), content("new.md", after)).redline(), FACTS)


def settled(data: bytes, *, accept: bool) -> bytes:
    """The file with all its changes accepted, or rejected, as ECMA-376 says."""
    out, taken = ("ins", "moveTo"), ("del", "moveFrom")
    drop, keep = (taken, out) if accept else (out, taken)
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(written, "w") as other:
        for name in package.namelist():
            part = package.read(name)
            other.writestr(name, _settled(part, drop, keep) if name == "word/document.xml" else part)
    return written.getvalue()


def _settled(part: bytes, drop: tuple[str, ...], keep: tuple[str, ...]) -> bytes:
    root = etree.fromstring(part)
    for row in root.findall(f".//{W}trPr/{W}{drop[0]}"):
        line = row.getparent().getparent()
        line.getparent().remove(line)
    for piece in [piece for name in drop for piece in root.findall(f".//{W}p/{W}{name}")]:
        piece.getparent().remove(piece)
    for piece in [piece for name in keep for piece in root.findall(f".//{W}p/{W}{name}")]:
        for run in piece:
            piece.addprevious(run)
        piece.getparent().remove(piece)
    for text in root.iter(f"{W}delText"):
        text.tag = f"{W}t"
    for mark in root.findall(f".//{W}p/{W}pPr/{W}rPr/{W}{drop[0]}"):
        _join_with_next(mark.getparent().getparent().getparent())
    for mark in [*root.findall(f".//{W}rPr/{W}{keep[0]}"), *root.findall(f".//{W}trPr/{W}{keep[0]}")]:
        mark.getparent().remove(mark)
    for name in ("moveFrom", "moveTo"):
        for bound in [*root.iter(f"{W}{name}RangeStart"), *root.iter(f"{W}{name}RangeEnd")]:
            bound.getparent().remove(bound)
    return etree.tostring(root)


def _join_with_next(paragraph: Any) -> None:
    """The end of a paragraph goes."""
    following = paragraph.getnext()
    if following is None or following.tag != f"{W}p":
        return
    for at, run in enumerate([one for one in paragraph if one.tag != f"{W}pPr"]):
        following.insert((1 if following.find(f"{W}pPr") is not None else 0) + at, run)
    paragraph.getparent().remove(paragraph)


def texts(data: bytes) -> list[str]:
    """The paragraphs and rows of the body, in order, without empty ones."""
    found = []
    for one in docx.Document(io.BytesIO(data)).iter_inner_content():
        if hasattr(one, "rows"):
            found += [" | ".join(cell.text for cell in row.cells) for row in one.rows]
        else:
            found.append(one.text)
    return [text for text in found if text]


def expected(blocks: Blocks) -> list[str]:
    return [" ".join(texts) for _, texts in blocks]


def test_accepted_it_is_the_version_after() -> None:
    assert texts(settled(written(BEFORE, AFTER), accept=True)) == expected(AFTER)


def test_rejected_it_is_the_version_before() -> None:
    assert texts(settled(written(BEFORE, AFTER), accept=False)) == expected(BEFORE)


def random_blocks(random: Random, names: list[str]) -> Blocks:
    found: Blocks = []
    for name in names:
        text = f"The {name} of the {random.choice(['harbour', 'border'])} stays for {random.randrange(3)} days."
        if found and found[-1][0] is PARAGRAPH and random.random() < 0.5:
            found[-1][1].append(text)
        else:
            found.append((PARAGRAPH, [text]) if random.random() < 0.8 else (BlockKind.ITEM, [text]))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_random_versions_come_out_of_the_file(seed: int) -> None:
    random = Random(seed)
    words = ["treaty", "grain", "convoy", "winter", "minister", "ceasefire", "ferry", "bridge"]
    before = random_blocks(random, random.sample(words, random.randrange(1, 8)))
    after = random_blocks(random, random.sample(words, random.randrange(1, 8)))
    file = written(before, after)
    for accept, blocks in ((True, after), (False, before)):
        assert " ".join(texts(settled(file, accept=accept))).split() == " ".join(expected(blocks)).split()


def changes(data: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return [one for one in root.iter() if one.get(f"{W}author")]


def test_every_change_has_the_author_and_the_date_of_the_version() -> None:
    found = changes(written(BEFORE, AFTER))
    assert {(one.get(f"{W}author"), one.get(f"{W}date")) for one in found} == {("monitor", "2026-02-02T00:00:00Z")}
    assert {"ins", "del", "moveFrom", "moveTo"} <= {etree.QName(one).localname for one in found}


def test_both_ends_of_a_move_have_one_name() -> None:
    found = changes(written(BEFORE, AFTER))
    names = {etree.QName(one).localname: one.get(f"{W}name") for one in found if one.get(f"{W}name")}
    assert names["moveFromRangeStart"] == names["moveToRangeStart"]


def test_title_and_dates_are_outside_the_body() -> None:
    document = docx.Document(io.BytesIO(written(BEFORE, AFTER)))
    assert document.sections[0].header.paragraphs[0].text == "brief.md: 5 Jan 2026, 00:00 UTC → 2 Feb 2026, 00:00 UTC"
    assert (document.core_properties.title, document.core_properties.author) == ("brief.md", "monitor")
    assert "brief.md" not in " ".join(paragraph.text for paragraph in document.paragraphs)


def test_reasons_are_comments() -> None:
    with zipfile.ZipFile(io.BytesIO(written(BEFORE, AFTER))) as package:
        assert "Revised: 60 days → 90 days; may → will (stronger)" in package.read("word/comments.xml").decode()


def test_comments_of_reviewers_are_beside_the_reasons() -> None:
    line = compared_contents(content("old.md", BEFORE), content("new.md", AFTER)).redline()
    (mark,) = (one for one in line.marks if "90" in "".join(side.text for side in one.change.after))
    named = [one._replace(change=one.change._replace(id="c1")) if one is mark else one for one in line.marks]
    said = {"c1": [SaidComment("Ada <x>", datetime(2026, 2, 3, tzinfo=UTC), "Why so late?\nAsk them.")]}
    file = render_redline(line._replace(marks=tuple(named)), FACTS._replace(comments=said))
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        root = etree.fromstring(package.read("word/comments.xml"))
    (found,) = (one for one in root if one.get(f"{W}author") == "Ada <x>")
    assert ["".join(part.itertext()) for part in found] == ["Why so late?", "Ask them."]
    assert found.get(f"{W}date") == "2026-02-03T00:00:00Z"
    assert texts(settled(file, accept=True)) == expected(AFTER)


RULE = "The committee shall publish its report within 60 days of the vote."
REST: Blocks = [(PARAGRAPH, ["Alpha beta gamma."]), (PARAGRAPH, ["Delta epsilon zeta."])]


def test_a_revised_move_has_its_revision_inside() -> None:
    later = RULE.replace("60", "90")
    before, after = [(PARAGRAPH, [RULE]), *REST], [*REST, (PARAGRAPH, [later])]
    file = written(before, after)
    found = changes(file)
    words = {
        name: "".join("".join(one.itertext()) for one in found if etree.QName(one).localname == name)
        for name in ("moveFrom", "moveTo", "del", "ins")
    }
    assert words["moveFrom"] == words["moveTo"] == RULE.replace("60 days", "")
    assert (words["del"], words["ins"]) == ("60 days", "90 days")
    for accept, blocks in ((True, after), (False, before)):
        assert texts(settled(file, accept=accept)) == expected(blocks)


def test_the_same_redline_gives_the_same_bytes() -> None:
    assert written(BEFORE, AFTER) == written(BEFORE, AFTER)


def test_text_that_xml_cannot_hold_is_marked() -> None:
    file = written([(PARAGRAPH, ["A \x00 and <b> & more."])], [(PARAGRAPH, ["A \x0b and <b> & less."])])
    assert texts(settled(file, accept=True)) == ["A \ufffd and <b> & less."]


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="no LibreOffice (apt-get install libreoffice-writer-nogui)")
def test_libreoffice_opens_it_accepted_and_rejected(tmp_path: Path) -> None:
    file = written(BEFORE, AFTER)
    cases = {"tracked": (file, AFTER), "after": (settled(file, accept=True), AFTER)}
    cases["before"] = settled(file, accept=False), BEFORE
    for name, (data, _) in cases.items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = [str(tmp_path / f"{name}.docx") for name in cases]
    command = ["soffice", profile, "--headless", "--convert-to", "odt", "--outdir", str(tmp_path), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    for name, (_, blocks) in cases.items():
        with zipfile.ZipFile(tmp_path / f"{name}.odt") as package:
            root = etree.fromstring(package.read("content.xml"))
        tracked = root.findall(".//{*}tracked-changes")
        assert bool(tracked) is (name == "tracked")
        for one in tracked:  # what is deleted is kept apart there
            one.getparent().remove(one)
        shown = " ".join("".join(one.itertext()) for one in root.iter("{*}p", "{*}h"))
        assert [shown.count(text) for _, own in blocks for text in own if "|" not in text] == [
            1 for _, own in blocks for text in own if "|" not in text
        ]


LAID_OUT = """# Terms of *use*

You pay **30 days** after it.

1. Read it.
2. Sign `form-7`.
   - by hand

There are:

(a) One.

| Fee | Amount |
|---|---|
| Entry | 5 *euros* |
"""
OTHERS = LAID_OUT.replace("30 days", "60 days").replace("1. Read it.", "1. Begin.\n2. Read it.").replace("5 *e", "6 *e")


def laid_out() -> bytes:
    sides = (Content("a.md", blocks_of("a.md", text.encode())) for text in (LAID_OUT, OTHERS))
    return render_redline(compared_contents(*sides).redline(), FACTS)


def shown_text(data: bytes, path: str) -> list[str]:
    """The words of the elements that this path finds."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    space = {"w": W.strip("{}")}
    return ["".join(one.itertext(f"{W}t", f"{W}delText")) for one in root.xpath(path, namespaces=space)]


def test_words_are_set_apart_in_their_runs() -> None:
    data = laid_out()
    assert shown_text(data, "//w:ins/w:r[w:rPr/w:b]") == ["60 days"]
    assert shown_text(data, "//w:del/w:r[w:rPr/w:b]") == ["30 days"]
    assert shown_text(data, "//w:r[w:rPr/w:i]") == ["use", "euros", "euros"]
    assert shown_text(data, "//w:r[w:rPr/w:rFonts]") == ["form-7"]


def test_a_head_of_a_table_is_repeated_on_each_page() -> None:
    assert shown_text(laid_out(), "//w:tr[w:trPr/w:tblHeader]//w:p") == ["Fee", "Amount"]


def test_items_have_their_numbers_and_depth() -> None:
    document = docx.Document(io.BytesIO(laid_out()))
    lists = document.part.numbering_part.element
    labels = {
        one.get(f"{W}abstractNumId"): one.find(f".//{W}lvlText").get(f"{W}val")
        for one in lists.findall(f"{W}abstractNum")
    }
    numbered = [one for one in document.element.body.iter(f"{W}p") if one.find(f".//{W}numPr") is not None]
    found = [
        (labels[one.find(f".//{W}numId").get(f"{W}val")], one.find(f".//{W}ilvl").get(f"{W}val")) for one in numbered
    ]
    assert found == [("1.", "0"), ("2.", "0"), ("3.", "0"), ("•", "1"), ("(a)", "0")]


def test_with_layout_it_is_either_version_still() -> None:
    for accept, source in ((False, LAID_OUT), (True, OTHERS)):
        expected = [one.text for block in blocks_of("a.md", source.encode()) or () for one in block.statements]
        found = " ".join(texts(settled(laid_out(), accept=accept)))
        assert [one for one in expected if one.replace(" | ", "") not in found.replace(" | ", "")] == []


def marked_up(random: Random) -> str:
    """A Markdown document of sentences, items and rows with random emphasis."""
    names = ["treaty", "grain", "convoy", "winter", "minister", "ceasefire", "ferry"]

    def words() -> str:
        found = [random.choice(names) for _ in range(random.randrange(2, 7))]
        start, mark = random.randrange(len(found)), random.choice(["**", "*", "`", "***", "~~", ""])
        return " ".join([*found[:start], f"{mark}{' '.join(found[start : start + 2])}{mark}", *found[start + 2 :]])

    def block() -> str:
        kind = random.randrange(4)
        if kind == 0:
            return "\n".join(f"{at}. {words()}." for at in range(1, random.randrange(2, 5)))
        if kind == 1:
            return f"| {words()} | {words()} |\n|---|---|\n| {words()} | {words()} |"
        return (
            f"# {words()}" if kind == 2 else " ".join(f"{words().capitalize()}." for _ in range(random.randrange(1, 4)))
        )

    return "\n\n".join(block() for _ in range(random.randrange(1, 7))) + "\n"


@pytest.mark.parametrize("seed", range(30))
def test_random_versions_with_layout_come_out_of_the_file(seed: int) -> None:
    random = Random(seed)
    sides = [blocks_of("a.md", marked_up(random).encode()) or () for _ in range(2)]
    file = render_redline(compared_contents(*(Content("a.md", blocks) for blocks in sides)).redline(), FACTS)
    for accept, blocks in zip((False, True), sides, strict=True):
        wanted = [one.text for block in blocks for one in block.statements]
        assert " ".join(texts(settled(file, accept=accept))).split() == " ".join(wanted).split()
