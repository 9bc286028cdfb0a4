"""Erasure: nothing of a document is left in the store, and everything else is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import monitor
from tests.operation.forgetting import FORGET, SECRET, contents, newest_change, recorded, traces
from tests.support.workspace import Workspace
from tests.web.server import serving


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return recorded(tmp_path)


def test_before_the_text_is_found_in_many_places(place: Workspace) -> None:
    assert len(traces(place)) >= 6


def test_nothing_of_a_forgotten_document_is_left(place: Workspace) -> None:
    assert "person.txt is still there" in place.monitor(*FORGET).text
    assert traces(place) == []
    assert place.findings() == []
    assert place.monitor("search", "Quillfeather", "--format", "json").json() == []


def test_a_file_that_holds_other_bytes_by_now_is_let_be(place: Workspace) -> None:
    place.write("person.txt", "Somebody else lives there.\n")
    place.run(3)
    assert "is still there" not in place.monitor(*FORGET, "--until", "2026-01-03").text
    assert traces(place) == []


def test_everything_else_stays(place: Workspace) -> None:
    before = [one for one in place.log("--baseline") if one["document"] == "other.txt"]
    place.monitor(*FORGET)
    after = place.log("--baseline")
    assert [one["id"] for one in after] == [one["id"] for one in before]
    verdicts = place.select("SELECT verdict, comment FROM review_events ORDER BY number")
    assert verdicts == [
        ("accepted", "Compare with '[removed by request]', which is wrong."),
        ("flagged", "[removed by request]"),
    ]
    assert place.cat("other.txt") == b"The fee is 2 euros.\nNothing else is due.\n"
    assert len(place.recorded()) == 3


def test_the_same_bytes_are_not_recorded_again(place: Workspace) -> None:
    place.monitor(*FORGET)
    assert "person.txt: removed by request" in place.run(3).text
    assert traces(place) == []
    place.write("person.txt", "A person lives there.\n")
    place.run(4)
    assert place.texts("person.txt") == ["A person lives there."]


def test_published_heads_say_that_history_was_rewritten(place: Workspace) -> None:
    place.monitor(*FORGET)
    *_, said, head = (place.root / "heads.txt").read_text().splitlines()
    assert said.startswith("# history rewritten ")
    assert head.split(" ")[1] == place.recorded()[-1].id


def test_versions_of_a_time_are_forgotten_alone(place: Workspace) -> None:
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    assert b"house 1" not in b"".join(data for _, data in contents(place))
    assert place.cat("person.txt", "2026-01-02") == f"{SECRET} lives in house 0.\nShe has 0 dogs.\n".encode()
    assert [one["kind"] for one in place.log("--level", "document")] == []
    assert place.findings() == []


@pytest.mark.parametrize("day", ["2026-01-01", "2026-01-02"])
def test_ids_from_before_are_known_where_versions_stay(place: Workspace, day: str) -> None:
    with monitor.open(place.root) as store:
        document = store.document("person.txt").id
    statements = place.statements("person.txt")
    place.monitor(*FORGET, "--since", day, "--until", day)
    for text, statement in statements.items():
        found = place.monitor("show", statement[:12], "--format", "json").json()
        assert found["statement"] == place.statements("person.txt")[text]
    with monitor.open(place.root) as store:
        assert store.document(document).path == "person.txt"


def test_a_second_document_is_forgotten_after_the_first(place: Workspace) -> None:
    place.monitor(*FORGET)
    place.monitor("forget", "other.txt", "--reason", "another", "--yes")
    assert place.log("--baseline") == []
    assert place.findings() == []


def test_forget_asks_first(place: Workspace) -> None:
    assert "with --yes nobody is asked" in place.monitor(*FORGET[:-1], status=2).message
    assert "nothing was taken out" in place.monitor(*FORGET[:-1], status=2, stdin=b"n\n").message
    assert traces(place)


def test_forget_wants_a_reason_and_a_document(place: Workspace) -> None:
    assert "--reason" in place.monitor("forget", "person.txt", status=2).message
    assert "there is no document" in place.monitor("forget", "persn.txt", "--reason", "r", "--yes", status=2).message


def test_a_comment_keeps_words_that_another_document_has_too(place: Workspace) -> None:
    change = newest_change(place, "other.txt")
    place.monitor("review", "comment", change, "Why is nothing else is due here? Nothing else is due.", "--as", "Bo")
    place.write("person.txt", "Nothing else is due.\n")
    place.run(3)
    place.monitor(*FORGET)
    comments = place.select("SELECT comment FROM review_events WHERE reviewer = 'Bo'")
    assert comments == [("Why is nothing else is due here? Nothing else is due.",)]


REMOVED = "person.txt: all versions removed by request on "


@pytest.mark.parametrize("command", [["log"], ["blame"], ["cat"], ["diff", "2026-01-01", "2026-01-03"], ["feed"]])
def test_commands_say_that_a_document_was_removed(place: Workspace, command: list[str]) -> None:
    place.monitor(*FORGET)
    said = place.monitor(*command, "person.txt", status=2).message
    assert REMOVED in said
    assert "request of 3 March" in said


@pytest.mark.parametrize("command", [["show"], ["evidence", "--output", "e.zip"]])
def test_commands_say_that_a_change_was_removed(place: Workspace, command: list[str]) -> None:
    change = newest_change(place, "person.txt")
    place.monitor(*FORGET)
    assert REMOVED in place.monitor(*command, change[:12], status=2).message


def test_show_says_that_a_statement_was_removed(place: Workspace) -> None:
    statement = place.statements("person.txt")[f"{SECRET} lives in house 2."]
    place.monitor(*FORGET)
    assert REMOVED in place.monitor("show", statement, status=2).message
    assert REMOVED in place.monitor("log", "--statement", statement[:8], status=2).message


def test_what_is_left_of_a_document_is_shown_with_a_remark(place: Workspace) -> None:
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    remark = "monitor: person.txt: 1 version removed by request on "
    change = newest_change(place, "person.txt")
    for command in (["log", "person.txt"], ["blame", "person.txt"], ["cat", "person.txt"], ["show", change]):
        assert place.monitor(*command).message.startswith(remark)
    assert place.monitor("log", "other.txt").message == ""
    place.monitor("evidence", change, "--output", "e.zip")
    with ZipFile(place.root / "e.zip") as archive:
        assert b'"removed_by_request": [' in archive.read("change.json")
        assert b"Versions of this document were removed by request" in archive.read("README.txt")


def test_evidence_of_others_says_that_history_was_written_again(place: Workspace) -> None:
    place.monitor(*FORGET)
    place.monitor("evidence", newest_change(place, "other.txt"), "--output", "e.zip")
    with ZipFile(place.root / "e.zip") as archive:
        assert b"The history was written again at 2" in archive.read("README.txt")
        assert b"person.txt" not in archive.read("change.json")


def test_status_and_python_list_what_was_removed(place: Workspace) -> None:
    place.monitor(*FORGET)
    [found] = place.monitor("status", "--format", "json").json()["removed_by_request"]
    assert (found["document"], found["versions"], found["all"], len(found["blobs"])) == ("person.txt", 3, True, 3)
    assert REMOVED in place.monitor("status").text
    with monitor.open(place.root) as store:
        assert [one.reason for one in store.removed()] == ["request of 3 March"]
        with pytest.raises(monitor.UsageError, match="removed by request"):
            store.document("person.txt")


def test_pages_and_the_api_say_what_was_removed(place: Workspace) -> None:
    with monitor.open(place.root) as store:
        document, change = store.document("person.txt").id, newest_change(place, "person.txt")
    place.monitor(*FORGET)
    with serving(place.root) as served:
        assert REMOVED in served.get("/documents").text
        assert REMOVED in served.get("/orphans").text
        for address in (f"/documents/{document}", f"/api/documents/{document}", f"/api/changes/{change[:10]}"):
            answer = served.get(address)
            assert answer.status == 404
            assert REMOVED in answer.text
        assert [one["document"] for one in served.get("/api/removed").json()["removed"]] == ["person.txt"]


def test_a_page_of_a_document_says_what_is_lacking(place: Workspace) -> None:
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    with monitor.open(place.root) as store:
        document = store.document("person.txt").id
    with serving(place.root) as served:
        assert "person.txt: 1 version removed by request on " in served.get(f"/documents/{document}").text
        [found] = served.get(f"/api/documents/{document}").json()["removed_by_request"]
        assert (found["versions"], found["all"]) == (1, False)


def test_feeds_of_other_documents_and_terms_stay(place: Workspace) -> None:
    before = {path.name for path in (place.root / "feeds").iterdir()}
    place.monitor(*FORGET)
    left = {path.name for path in (place.root / "feeds").iterdir()}
    assert len(before - left) == 1
    assert {"all.atom", "term-dogs.atom"} <= left


@pytest.mark.parametrize("name", ["a_b *c* [d].txt", "ordner/Größe & <b>.txt", "tab\there.txt"])
def test_reports_that_name_a_document_go_however_it_is_written(tmp_path: Path, name: str) -> None:
    place = Workspace(tmp_path)
    place.configure('[report]\nformats = ["html", "json", "markdown", "text"]\n')
    for number in range(2):
        place.write(name, f"{SECRET} pays {number} euros.\n")
        place.run(number)
    assert traces(place)
    place.monitor("forget", name, "--reason", "r", "--yes")
    assert traces(place) == []


STEPS = [
    "_move_refs",
    "remove_unreachable",
    "_rewrite_journal",
    "fold_again",
    "_remove_reports",
    "rewrite_feeds",
    "_announce",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_forget_is_finished_by_the_next_run(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    from monitor.app import forget

    real = getattr(forget, step)

    def interrupted(*args: object, **options: object) -> None:
        if when == "after":
            real(*args, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(forget, step, interrupted)
    place.monitor(*FORGET, status=130)
    monkeypatch.setattr(forget, step, real)
    (place.seeds / "person.txt").unlink()
    place.run(3)
    assert traces(place) == []
    assert place.findings() == []


@pytest.fixture
def interrupted(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The store after a `forget` that ended when the objects were gone, and the ledger not yet made again."""
    from monitor.app import forget

    (place.root / "dated" / "2026-01-01").mkdir(parents=True)

    def end(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forget, "fold_again", end)
        place.monitor(*FORGET, status=130)
    return place


INTERRUPTED = "the removal of versions for good was interrupted: `monitor run` finishes it"
READING = [
    ["log"],
    ["search", "Quillfeather"],
    ["blame", "other.txt"],
    ["review", "list"],
    ["report"],
    ["export"],
]
REFUSED = [
    ["rebuild"],
    ["rebuild", "--accept-history"],
    ["recover"],
    ["backup", "../copy"],
    ["backup", "--file", "../copy.tar"],
    ["import", "dated"],
    ["review", "comment", "CHANGE", "She lives there.", "--as", "Ada"],
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_who_reads_is_told_of_an_interrupted_forget(interrupted: Workspace, command: list[str]) -> None:
    assert INTERRUPTED in interrupted.monitor(*command).message


@pytest.mark.parametrize("command", REFUSED, ids=" ".join)
def test_nothing_is_written_after_an_interrupted_forget(interrupted: Workspace, command: list[str]) -> None:
    change = newest_change(interrupted, "other.txt")
    given = [change if word == "CHANGE" else word for word in command]
    assert INTERRUPTED in interrupted.monitor(*given, status=4).message


def test_verify_and_status_name_an_interrupted_forget(interrupted: Workspace) -> None:
    assert INTERRUPTED in interrupted.monitor("status").text
    said = interrupted.monitor("verify", status=4)
    assert INTERRUPTED in said.text
    assert "restore" not in said.text


def test_python_and_pages_name_an_interrupted_forget(interrupted: Workspace) -> None:
    with monitor.open(interrupted.root) as store, pytest.warns(UserWarning, match="was interrupted"):
        store.changes().to_dicts()
    with serving(interrupted.root) as served:
        assert "was interrupted" in served.get("/queue").text


@pytest.mark.parametrize("address", ["/healthz", "/metrics"])
def test_probes_are_answered_during_an_interrupted_forget(interrupted: Workspace, address: str) -> None:
    with serving(interrupted.root) as browser:
        assert browser.get(address).status == 200


@pytest.mark.parametrize("name", ["person.txt", "./seeds/person.txt"])
def test_forget_given_again_finishes_it(interrupted: Workspace, name: str) -> None:
    said = interrupted.monitor("forget", name, *FORGET[2:])
    assert "forgotten, what was interrupted is finished" in said.text
    assert traces(interrupted) == []
    assert interrupted.findings() == []


def test_forget_of_another_document_finishes_both(interrupted: Workspace) -> None:
    interrupted.monitor("forget", "other.txt", *FORGET[2:])
    assert traces(interrupted) == []
    assert [one["document"] for one in interrupted.log()] == []
    assert interrupted.findings() == []


def test_a_backup_during_a_forget_is_not_kept(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.app import backup

    real = backup._copy_journal  # after the verdicts were copied

    def forgotten_meanwhile(*given: Any) -> None:
        place.monitor(*FORGET)
        real(*given)

    monkeypatch.setattr(backup, "_copy_journal", forgotten_meanwhile)
    said = place.monitor("backup", "../copy", status=4)
    assert "while it was copied" in said.message
    left = place.root.parent / "copy"
    assert not any(b"Quillfeather" in path.read_bytes() for path in left.rglob("*") if path.is_file())


def test_a_folder_of_forgotten_documents_asks_for_one_thing(place: Workspace) -> None:
    place.monitor(*FORGET)
    (place.seeds / "other.txt").unlink()
    said = place.run(3, "--accept-deletions").text
    assert "delete the file" in said
    assert "put some in" not in said
