"""Real files from the test suites of other projects: each gives statements or a clear error, none crashes or hangs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.config import Limits
from tests.support.paths import CORPORA

FOLDER = CORPORA / "fixtures"
MANIFEST = FOLDER / "manifest.json"
FILES = [entry["file"] for entry in json.loads(MANIFEST.read_text())] if MANIFEST.exists() else []
REFUSED = {
    "pdf/pypdf_encrypted_doc_no_id.pdf": "no text in it",
    "pdf/pypdf_encryption_r4-aes-user-password.pdf": "encrypted",
    "pdf/pypdf_encryption_r6-both-passwords.pdf": "encrypted",
    "pdf/pypdf_git.pdf": "no text in it",
    "pdf/pypdfsample_007-imagemagick-images_imagemagick-ASCII85Decode.pdf": "no text in it",
    "pdf/pypdfsample_007-imagemagick-images_imagemagick-images.pdf": "no text in it",
}
SAID = {
    "docx/docling_Strict.docx": ["Some text"],
    "docx/docling_content_control_with_picture.docx": ["COVER TITLE INSIDE SDT", "BODY TEXT OUTSIDE SDT"],
    "docx/docling_textbox.docx": ["Student falls ill", "＊ Fever", "Case closed."],
    "docx/docling_table_with_equations.docx": ["The next cell has an equation | A=πr^2"],
    "docx/pythondocx_hdr-header-footer.docx": ["Header for section-1", "section with header", "Footer for section 1"],
    "epub/docling_epub_purvis_poetry.epub": ["Poetry", "The cold storms of winter shall chill him no more,"],
    "odt/odfpy_twolevellist.odt": ["Line 1", "Item A", "Subitem B.1"],
    "odt/odfpy_headerfooter.odt": ["Header Test", "Lorem ipsum", "Footer Bottom"],
    "odt/odfpy_simplestyles.odt": ["Km² - superscript", "H2O - subscript"],
    "pdf/docling_odf_table_with_title_01.ods.pdf": ["Year | Freshwater Ducks", "2024 | 180"],
    "pdf/docling_right_to_left_01.pdf": ["تحسين اإلنتاجية وحل المشكالت من خالل البرمجة بلغة R وPython"],
    "pdf/docling_text_document_01.odt.pdf": ["Heading level 2: A", "bullet list 2.2.1"],
    "pdf/pypdf_crazyones.pdf": ["And they have no respect for the status quo."],
    "pdf/pypdfsample_026-latex-multicolumn_multicolumn.pdf": [
        "Lorem ipsum dolor sit amet, consectetuer adipiscing elit.",
        "Vestibulum diam.",
        "Austria | 8.9 | 83,879 | Vienna | German",
    ],
}


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(ReadOptions(Limits(time=300))) as documents:
        yield documents


ABSENT = [pytest.param("", marks=pytest.mark.skip(reason=f"no corpora ({FOLDER})"))]


@pytest.mark.parametrize("name", FILES or ABSENT)
def test_a_real_file_gives_statements_or_a_clear_error(documents: DocumentReader, name: str) -> None:
    reading = documents.read(name, (FOLDER / name).read_bytes())
    if name in REFUSED:
        assert reading.failure
        assert reading.failure.startswith(REFUSED[name])
    else:
        assert reading.failure is None
        assert reading.statements


@pytest.mark.parametrize("name", [name for name in SAID if name in FILES] or ABSENT)
def test_text_of_a_real_file_is_complete_and_in_order(documents: DocumentReader, name: str) -> None:
    texts = [one.text for one in documents.read(name, (FOLDER / name).read_bytes()).statements or ()]
    places = [texts.index(text) for text in SAID[name]]
    assert places == sorted(places)
    assert not any("\ufffd" in text for text in texts)


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("encodings/")] or ABSENT)
def test_any_encoding_is_read_and_an_assumption_noted(name: str) -> None:
    from monitor.readers import extract

    data = (FOLDER / name).read_bytes()
    extraction = extract(name, data)
    assert extraction is not None
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        assert any(note.startswith("encoding: ") for note in extraction.notes)
