"""What the configuration leaves out is not removed; what it takes in again goes on as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace

A, B = "One line of A.\nAnother line of A.\n", "One line of B.\nAnother line of B.\n"
LEFT_OUT = '[watch]\nfolder = "seeds"\nexclude = ["b.txt"]\n'


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """Two documents that have been recorded, one of which is left out since."""
    place = Workspace(tmp_path)
    place.update({"a.txt": A, "b.txt": B})
    place.run(0)
    place.configure(LEFT_OUT)
    place.run(1)
    return place


def kinds(place: Workspace, *args: str) -> list[tuple[str, str, str]]:
    return [(one["level"], one["kind"], one["document"]) for one in place.log(*args)]


def test_a_document_that_is_left_out_is_unwatched(place: Workspace) -> None:
    assert kinds(place) == [("document", "unwatched", "b.txt")]
    assert place.monitor("review", "list", "--format", "json").json()["entries"] == []
    assert place.monitor("search", "line of B", "--format", "json").json() != []
    assert place.monitor("status", "--format", "json").json()["unwatched"] == ["b.txt"]
    assert place.run(2).text == "nothing changed\n"
    assert place.findings() == []


def test_a_document_that_is_taken_in_again_goes_on(place: Workspace) -> None:
    before = place.statements("b.txt")
    place.configure("")
    place.run(2)
    assert kinds(place)[0] == ("document", "watched", "b.txt")
    assert len(kinds(place)) == 2
    assert place.statements("b.txt") == before
    assert place.findings() == []


def test_what_changed_meanwhile_is_a_change(place: Workspace) -> None:
    place.write("b.txt", B.replace("Another line of B.", "Another line of B?"))
    assert place.run(2).text == "nothing changed\n"
    place.configure("")
    place.run(3)
    assert [one["kind"] for one in place.log("--level", "statement")] == ["revised"]


def test_what_went_meanwhile_is_removed_when_it_is_watched_again(place: Workspace) -> None:
    (place.seeds / "b.txt").unlink()
    assert place.run(2).text.startswith("nothing changed")
    place.configure("")
    place.run(3)
    assert kinds(place, "--level", "document")[0] == ("document", "removed", "b.txt")
    assert place.monitor("status", "--format", "json").json()["unwatched"] == []


def test_leaving_out_many_documents_holds_no_run(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.update({f"{number}.txt": f"Line {number}.\n" for number in range(30)} | {"a.md": "A line.\n"})
    place.run(0)
    place.configure('[watch]\nfolder = "seeds"\nexclude = ["*.txt"]\n')
    place.run(1)
    assert {kind for _, kind, _ in kinds(place)} == {"unwatched"}


def test_a_folder_that_is_taken_out_is_not_removed(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    two = '[watch.a]\nfolder = "seeds"\n[watch.b]\nfolder = "other"\n'
    (tmp_path / "other").mkdir()
    (tmp_path / "other/b.txt").write_text(B)
    place.write("a.txt", A)
    place.configure(two)
    place.run(0)
    place.configure('[watch.a]\nfolder = "seeds"\n')
    place.run(1)
    assert kinds(place) == [("document", "unwatched", "b/b.txt")]
    place.configure(two)
    place.run(2)
    assert kinds(place)[0] == ("document", "watched", "b/b.txt")


def test_a_rebuilt_ledger_has_the_same_rows(place: Workspace) -> None:
    place.configure("")
    place.run(2)
    before = place.rows()
    place.monitor("rebuild")
    assert place.rows() == before


def test_reports_left_by_an_older_version_are_shed(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.configure('[watch]\nfolder = "seeds"\nignore_defaults = false\n[report]\nformats = []\n')
    place.update({"a.txt": A, "reports/2026-01-01T000000Z-0123abcd.html": "<p>A report.</p>", "~$a.docx": "x"})
    place.run(0, status=3)
    place.configure('[watch]\nfolder = "seeds"\n[report]\nformats = ["html"]\nfolder = "seeds/reports"\n')
    place.run(1)
    assert {kind for _, kind, _ in kinds(place)} == {"unwatched"}


# --- max_size

LARGE = "One line.\n" * 20


@pytest.fixture
def small(tmp_path: Path) -> Workspace:
    """A document of 200 bytes that was recorded before `max_size` was 100 bytes."""
    place = Workspace(tmp_path)
    place.update({"a.txt": A, "large.txt": LARGE})
    place.run(0)
    place.configure('[watch]\nfolder = "seeds"\nmax_size = "100 B"\n')
    return place


def test_a_lower_max_size_leaves_a_document_out(small: Workspace) -> None:
    before = small.statements("large.txt")
    assert "skipped large.txt: larger than max_size (100 bytes)" in small.run(1).text
    assert kinds(small) == [("document", "unwatched", "large.txt")]
    assert small.run(2).text == "nothing changed\n"
    assert small.monitor("status", "--format", "json").json()["unwatched"] == ["large.txt"]
    small.configure("")
    small.run(3)
    assert kinds(small)[0] == ("document", "watched", "large.txt")
    assert len(kinds(small)) == 2
    assert small.statements("large.txt") == before
    assert small.findings() == []


def test_a_new_file_above_max_size_is_a_failure(small: Workspace) -> None:
    (small.seeds / "large.txt").unlink()
    small.run(1)
    small.write("new.txt", LARGE)
    for number in (2, 3):
        assert "new.txt: larger than max_size (100 bytes)" in small.run(number, status=3).text
    assert "new.txt" in small.monitor("files", "--excluded").text
    small.write("new.txt", "It is small now.\n")
    small.run(4)
    assert small.texts("new.txt") == ["It is small now."]


def test_a_document_that_grows_above_max_size_is_a_failure(small: Workspace) -> None:
    small.run(1)
    small.write("a.txt", LARGE)
    for number in (2, 3):
        assert "a.txt: larger than max_size (100 bytes)" in small.run(number, status=3).text
    assert small.cat("a.txt") == A.encode()
    small.write("a.txt", A)
    small.run(4)
    assert ("document", "unwatched", "a.txt") not in kinds(small)
