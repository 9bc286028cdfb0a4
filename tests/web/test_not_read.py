"""The pages say which documents are kept but not read."""

from __future__ import annotations

from pathlib import Path

from tests.web.server import serving
from tests.web.story import record

PAGE = "<p>The fee is ten euro.</p>"
SCRIPT = "<script>write('The fee is ten euro.')</script>"


def test_page_of_a_document_says_what_was_left_out_then(tmp_path: Path) -> None:
    with serving(record(tmp_path, [{"a.html": PAGE}, {"a.html": SCRIPT}])) as served:
        document = served.get("/api/documents").json()["documents"][0]["id"]
        assert "not read, no text was found in it." in served.get(f"/documents/{document}?at=2026-01-02").text
        assert "not read" not in served.get(f"/documents/{document}?at=2026-01-01").text


def test_runs_page_counts_them(tmp_path: Path) -> None:
    with serving(record(tmp_path, [{"a.html": SCRIPT, "b.pages": "\0\1"}])) as served:
        page = served.get("/runs").text
        assert "2 without a reader or a text" in page
        assert "<bdi>b.pages</bdi>: <bdi>not read, no reader for .pages</bdi>" in page
