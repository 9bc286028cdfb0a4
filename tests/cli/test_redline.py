"""`diff` and `compare` as a redline to send, and `diff` of a document that was renamed."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from lxml import html

from tests.support.workspace import Workspace

FIRST = "The offer stands. It may cover 30 divers within a month. The harbour opens at dawn. Nobody has answered yet."
SECOND = FIRST.replace("may", "will").replace("30", "45")


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A document that was revised, lost a sentence to another one, and was renamed."""
    place = Workspace(tmp_path_factory.mktemp("renamed"))
    place.record_day(1, {"brief.txt": FIRST, "other.txt": "Here is one sentence. And here another one."})
    place.record_day(2, {"brief.txt": SECOND})
    moved = SECOND.replace(" The harbour opens at dawn.", "")
    place.record_day(
        3, {"brief.txt": moved, "other.txt": "Here is one sentence. The harbour opens at dawn. And here another one."}
    )
    place.record_day(4, {"brief.txt": None, "offer.txt": moved})
    return place


def lines_of(place: Workspace, *names: str) -> list[str]:
    return place.monitor("diff", "2026-01-01", "2026-01-04", *names).text.strip().split("\n")


def test_a_renamed_document_has_one_heading(renamed: Workspace) -> None:
    found = lines_of(renamed, "offer.txt")
    assert [line for line in found if not line.startswith((" ", "~", "»", "+", "-"))] == [
        "brief.txt -> offer.txt  ~1  »1"
    ]


def test_one_document_has_the_lines_of_the_whole_diff(renamed: Workspace) -> None:
    alone, whole = lines_of(renamed, "offer.txt"), lines_of(renamed)
    start = whole.index(alone[0])
    assert whole[start : start + len(alone)] == alone


def test_a_sentence_that_went_elsewhere_is_moved(renamed: Workspace) -> None:
    found = "\n".join(lines_of(renamed, "offer.txt"))
    assert "moved · brief.txt, statement 3 → other.txt, statement 2" in found
    assert "removed" not in found


@pytest.mark.parametrize("form", ["json", "jsonl", "unified", "html"])
def test_each_format_follows_the_rename(renamed: Workspace, form: str) -> None:
    told = renamed.monitor("diff", "2026-01-01", "2026-01-04", "offer.txt", "--format", form).text
    assert "brief.txt" in told
    assert "offer.txt" in told
    assert '"kind":"removed"' not in told.replace(" ", "")


def test_a_document_as_html_has_both_columns(renamed: Workspace) -> None:
    page = html.fromstring(renamed.monitor("diff", "2026-01-01", "2026-01-04", "offer.txt", "--format", "html").text)
    for side, at, name in (("before", "2026-01-01", "brief.txt"), ("after", "2026-01-04", "offer.txt")):
        found = page.xpath(f"//*[@data-side='{side}']//*[@data-statement]")
        assert [one.text_content() for one in found] == renamed.texts(name, "--at", at)


def test_a_document_as_word_is_written_to_a_file(renamed: Workspace) -> None:
    file = renamed.root / "offer.docx"
    args = ("diff", "2026-01-01", "2026-01-04", "offer.txt", "--format", "docx", "--output", str(file))
    assert renamed.monitor(*args).out == b""
    assert docx.Document(str(file)).core_properties.title == "brief.txt → offer.txt"


def test_equal_versions_are_a_redline_without_changes(renamed: Workspace) -> None:
    told = renamed.monitor("diff", "2026-01-04", "2026-01-04", "offer.txt", "--format", "html").text
    assert "No differences" in told
    assert "Nobody has answered yet." in told


def test_all_documents_as_html_are_a_section_each(renamed: Workspace) -> None:
    page = html.fromstring(renamed.monitor("diff", "2026-01-01", "2026-01-04", "--format", "html").text)
    names = page.xpath("//main/section/h2/bdi/text()")
    assert "brief.txt → offer.txt" in names
    assert names == page.xpath("//nav/h3/bdi/text()")
    assert page.xpath("//h1/bdi/text()") == [
        f"{len(names)} document{'s' * (len(names) > 1)} changed between 2026-01-01 and 2026-01-04"
    ]


def test_nothing_that_differs_is_said_on_the_page(renamed: Workspace) -> None:
    assert "No differences" in renamed.monitor("diff", "2026-01-04", "2026-01-04", "--format", "html").text


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "unified", "html"])
def test_what_is_written_to_a_file_is_what_is_printed(renamed: Workspace, form: str) -> None:
    args = ("diff", "2026-01-01", "2026-01-04", "--format", form)
    file = renamed.root / "written"
    assert renamed.monitor(*args, "--output", str(file)).out == b""
    assert file.read_bytes() == renamed.monitor(*args).out


def test_a_file_that_cannot_be_written_is_named(renamed: Workspace) -> None:
    args = ("diff", "2026-01-01", "2026-01-04", "--output", "nowhere/x.txt")
    assert "nowhere/x.txt" in renamed.monitor(*args, status=2).message


MISTAKES = [
    (("diff", "2026-01-01", "2026-01-04", "--format", "docx"), "--format docx is for one document"),
    (("diff", "2026-01-01", "2026-01-04", "nowhere.txt", "--output", "x"), "nowhere.txt"),
]


@pytest.mark.parametrize(("args", "message"), MISTAKES)
def test_a_redline_that_cannot_be_is_refused(renamed: Workspace, args: tuple[str, ...], message: str) -> None:
    assert message in renamed.monitor(*args, status=2).message


def test_two_files_as_html_and_word(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for name, text in (("old.txt", FIRST), ("new.txt", SECOND)):
        (place.root / name).write_text(text)
    page = html.fromstring(place.monitor("compare", "old.txt", "new.txt", "--format", "html").text)
    (revised,) = page.xpath("//main//*[@data-kind='revised']")
    assert "30 → 45" in revised.text_content()
    word = docx.Document(io.BytesIO(place.monitor("compare", "old.txt", "new.txt", "--format", "docx").out))
    assert len(word.paragraphs) == 1
