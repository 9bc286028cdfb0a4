"""Hostile and broken input: the run ends, tells of what it could not read, and loses nothing of the rest."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.recorded import Once
from tests.support.driver import Record
from tests.support.workspace import Workspace, day

GOOD = "The harbour was closed on Monday. It opens again on Friday.\n"

# --- the folder itself ----------------------------------------------------------------------------


def gone(workspace: Workspace) -> None:
    shutil.rmtree(workspace.seeds)


def emptied(workspace: Workspace) -> None:
    gone(workspace)
    workspace.seeds.mkdir()


def a_file_instead(workspace: Workspace) -> None:
    gone(workspace)
    workspace.seeds.write_text("not a folder")


@pytest.mark.parametrize("accident", [gone, emptied], ids=["missing", "empty"])
def test_emptied_folder_holds_the_run_and_changes_nothing(
    begun: Workspace, accident: Callable[[Workspace], None]
) -> None:
    before = begun.log("--baseline")
    accident(begun)
    answer = begun.run(1, status=6)
    assert len(answer.message.splitlines()) == 1
    assert "seeds" in answer.message
    assert "--accept-deletions" in answer.message
    assert begun.log("--baseline") == before
    assert len(begun.monitor("snapshots", "--format", "json").json()) == 1
    begun.monitor("verify")


def test_an_empty_folder_is_taken_where_deletions_are_accepted(begun: Workspace) -> None:
    emptied(begun)
    begun.run(1, "--accept-deletions")
    kinds = {record["kind"] for record in begun.log()}
    documents = {record["document"] for record in begun.log("--level", "document")}
    assert kinds == {"removed"}
    assert documents == {"brief.txt", "memo.txt", "annex.md"}


def test_missing_folder_counts_as_emptied_with_accept_deletions(begun: Workspace) -> None:
    gone(begun)
    begun.run(1, "--accept-deletions")
    assert {record["kind"] for record in begun.log()} == {"removed"}


def test_status_shows_a_held_run(begun: Workspace) -> None:
    emptied(begun)
    begun.run(1, status=6)
    assert "held" in begun.monitor("status").text


def test_folder_restored_after_a_held_run_has_no_changes(begun: Workspace, tmp_path: Path) -> None:
    shutil.copytree(begun.seeds, tmp_path / "kept")
    emptied(begun)
    begun.run(1, status=6)
    shutil.rmtree(begun.seeds)
    shutil.copytree(tmp_path / "kept", begun.seeds)
    begun.run(2)
    assert begun.log() == []


def test_a_file_where_the_folder_was_is_an_error_that_names_it(begun: Workspace) -> None:
    a_file_instead(begun)
    answer = begun.run(1, status=(2, 6))
    assert "seeds" in answer.message


def test_folder_that_never_existed_is_an_error_with_advice(workspace: Workspace) -> None:
    workspace.seeds.rmdir()
    answer = workspace.monitor("run", status=(2, 6))
    assert "seeds" in answer.message
    assert len(answer.message.splitlines()) == 1


def test_an_empty_folder_from_the_start_is_fine(workspace: Workspace) -> None:
    workspace.run(0)
    assert workspace.log("--baseline") == []


def many(workspace: Workspace, count: int) -> None:
    for number in range(count):
        workspace.write(f"doc-{number:02}.txt", f"Document number {number} tells of matter {number * 7}. {GOOD}")


@pytest.mark.parametrize(("of", "vanish", "status"), [(40, 11, 6), (40, 10, 0), (100, 20, 0), (100, 21, 6)])
def test_run_is_held_above_ten_and_a_fifth_of_the_documents(
    workspace: Workspace, of: int, vanish: int, status: int
) -> None:
    many(workspace, of)
    workspace.run(0)
    for number in range(vanish):
        (workspace.seeds / f"doc-{number:02}.txt").unlink()
    workspace.run(1, status=status)
    removed = [record for record in workspace.log("--level", "document") if record["kind"] == "removed"]
    assert len(removed) == (0 if status else vanish)


def test_renamed_folder_is_not_a_mass_deletion(workspace: Workspace) -> None:
    for number in range(30):
        workspace.write(f"old/doc-{number:02}.txt", f"Document number {number} tells of matter {number * 7}. {GOOD}")
    workspace.run(0)
    (workspace.seeds / "old").rename(workspace.seeds / "new")
    workspace.run(1)
    assert {record["kind"] for record in workspace.log()} == {"renamed"}


def test_the_bound_of_deletions_is_configured(workspace: Workspace) -> None:
    workspace.configure('[hold]\ndeletions = "60 %"\n')
    many(workspace, 40)
    workspace.run(0)
    for number in range(20):
        (workspace.seeds / f"doc-{number:02}.txt").unlink()
    workspace.run(1)


# --- documents ------------------------------------------------------------------------------------

HOSTILE: dict[str, bytes] = {
    "undecodable.txt": bytes(range(128, 256)) * 40 + b"\x00\x01\x02" * 99,
    "latin.txt": "Der Hafen wurde für große Schiffe geöffnet. Das dürfte länger dauern.\n".encode("latin-1"),
    "nul.txt": b"A line with \x00 nul. Another line.\n",
    "malformed.html": b"<html><p>One <b>bold<p>unclosed <table><tr><td>cell <div></b></html> after</p></p><!-- open",
    "deep.html": b"<div>" * 20_000 + b"deep text." + b"</div>" * 10_000,
    "attributes.html": b"<p " + b'a="b" ' * 50_000 + b">text.</p>",
    "entities.html": b"<p>" + b"&amp;&#x1F600;&bogus;" * 20_000 + b"</p>",
    "deep.md": b"> " * 5_000 + b"deep quotation\n",
    "brackets.md": b"[" * 50_000 + b"](" * 50_000 + b"\n",
    "stars.md": b"*a **b " * 30_000 + b"\n",
    "fences.md": b"```\n~~~\n" * 20_000,
    "surrogate.txt": b"\xed\xa0\x80 is no character. Neither is \xf8\x88\x80\x80\x80.\n",
    "empty.html": b"",
    "one line of 10 MB.txt": b"word " * 2_000_000,
    "100000 identical lines.txt": b"The same line again.\n" * 100_000,
    "one endless sentence.txt": b"and so on, " * 95_000,
    "no spaces.txt": b"x" * 1_000_000,
    "full stops.txt": b"." * 300_000,
    "quotes.txt": "“‘".encode() * 100_000,
}
LARGE = [name for name, content in HOSTILE.items() if len(content) > 900_000]


@pytest.fixture(scope="module")
def hostile(once: Once) -> Workspace:
    """All hostile documents beside a good one, in two versions."""
    return once("hostile", meet)


def meet(workspace: Workspace) -> None:
    workspace.write("good.txt", GOOD)
    for name, content in HOSTILE.items():
        workspace.write(name, content)
    workspace.run(0, status=(0, 3))
    workspace.write("good.txt", GOOD.replace("Friday", "Saturday"))
    for name, content in HOSTILE.items():
        half = len(content) // 2
        workspace.write(name, content[:half] + b" Something new. " + content[half:])
    workspace.run(1, status=(0, 3))


@pytest.fixture(scope="module")
def hostile_log(hostile: Workspace) -> list[Record]:
    return hostile.log("--baseline", "--level", "document")


@pytest.mark.slow
def test_good_document_is_recorded_beside_hostile_ones(hostile: Workspace) -> None:
    (record,) = hostile.log("good.txt")
    assert (record["kind"], record["after"][0]["text"]) == ("revised", "It opens again on Saturday.")


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_recorded_or_reported_as_failed(hostile_log: list[Record], name: str) -> None:
    kinds = {record["kind"] for record in hostile_log if record["document"] == name}
    assert kinds & {"added", "failed"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LARGE, "undecodable.txt", "surrogate.txt"])
def test_bytes_of_a_hostile_document_are_kept(hostile: Workspace, name: str) -> None:
    assert hostile.cat(name, at=day(0)) == HOSTILE[name]


def test_one_line_inserted_among_identical_ones_is_one_change(workspace: Workspace) -> None:
    workspace.write("lines.txt", "The same line again.\n" * 3000)
    workspace.run(0)
    workspace.write("lines.txt", "The same line again.\n" * 1500 + "A new line.\n" + "The same line again.\n" * 1500)
    workspace.run(1)
    records = workspace.log()
    assert [(record["kind"], [side["text"] for side in record["after"]]) for record in records] == [
        ("added", ["A new line."])
    ]


def test_reordered_identical_sentences_are_not_moves(workspace: Workspace) -> None:
    workspace.write("lines.txt", "No. Yes, it is so. No. Perhaps it is so. No. It will be so.")
    workspace.run(0)
    workspace.write("lines.txt", "Yes, it is so. No. Perhaps it is so. No. It will be so. No.")
    workspace.run(1)
    assert "revised" not in {record["kind"] for record in workspace.log()}
    assert len(workspace.log()) <= 2


def test_a_format_without_an_extractor_is_recorded_as_a_whole(workspace: Workspace) -> None:
    workspace.write("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    workspace.run(0)
    workspace.write("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(reversed(range(256))))
    workspace.run(1)
    (record,) = workspace.log()
    assert (record["level"], record["kind"], record["document"]) == ("document", "revised", "picture.png")
    (first,) = workspace.log("--baseline", "--until", day(0))
    assert (first["level"], first["kind"]) == ("document", "added")


# --- what cannot be read --------------------------------------------------------------------------


def failed(records: list[Record]) -> list[str]:
    return [record["document"] for record in records if record["kind"] == "failed"]


WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")  # root reads everything otherwise


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="no setpriv (root cannot lay down its rights without)"
)
def test_a_file_that_may_not_be_read_fails_and_is_never_removed(workspace: Workspace) -> None:
    workspace.write("secret.txt", "This is known to few.\n")
    workspace.write("good.txt", GOOD)
    workspace.run(0)
    (workspace.seeds / "secret.txt").chmod(0)
    workspace.write("good.txt", GOOD.replace("Friday", "Sunday"))
    workspace.prefix = WITHOUT_RIGHTS if os.geteuid() == 0 else ()
    answer = workspace.run(1, status=3)
    assert "secret.txt" in answer.text + answer.message
    records = workspace.log()
    assert failed(records) == ["secret.txt"]
    assert [record["kind"] for record in records if record["document"] == "good.txt"] == ["revised"]
    assert workspace.cat("secret.txt") == b"This is known to few.\n"


def test_file_above_the_size_limit_keeps_its_last_version(workspace: Workspace) -> None:
    workspace.configure('[watch]\nmax_size = "1 kB"\n')
    workspace.write("good.txt", GOOD)
    workspace.write("grows.txt", "Small it was.\n")
    workspace.run(0)
    workspace.write("grows.txt", "Small it was. " * 1000)
    answer = workspace.run(1, status=3)
    assert "grows.txt" in answer.text + answer.message
    assert failed(workspace.log()) == ["grows.txt"]
    assert workspace.cat("grows.txt") == b"Small it was.\n"
    assert workspace.texts("grows.txt") == ["Small it was."]


def test_document_of_another_format_fails_with_status_3(workspace: Workspace) -> None:
    workspace.write("good.txt", GOOD)
    workspace.write("binary.txt", HOSTILE["undecodable.txt"])
    workspace.run(0, status=3)
    assert failed(workspace.log("--baseline")) == ["binary.txt"]


def test_persisting_failure_is_not_reported_again(workspace: Workspace) -> None:
    workspace.configure('[watch]\nmax_size = "1 kB"\n')
    workspace.write("good.txt", GOOD)
    workspace.write("large.txt", "Large it is. " * 1000)
    workspace.run(0, status=(0, 3))
    workspace.write("good.txt", GOOD.replace("Friday", "Sunday"))
    workspace.run(1, status=3)
    assert failed(workspace.log("--baseline")) == ["large.txt"]


def test_repaired_file_is_no_longer_a_failure(workspace: Workspace) -> None:
    workspace.configure('[watch]\nmax_size = "1 kB"\n')
    workspace.write("good.txt", GOOD)
    workspace.write("large.txt", "Large it is. " * 1000)
    workspace.run(0, status=3)
    workspace.write("large.txt", "Large it was.")
    workspace.run(1, status=0)
    assert workspace.texts("large.txt") == ["Large it was."]


def test_special_files_are_skipped_and_reported(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("Not ours.")
    workspace.write("good.txt", GOOD)
    os.mkfifo(workspace.seeds / "pipe.txt")
    (workspace.seeds / "leaves.txt").symlink_to(tmp_path / "outside.txt")
    (workspace.seeds / "dangling.txt").symlink_to("nowhere.txt")
    (workspace.seeds / "loop").symlink_to(".")
    here = Path.cwd()
    try:  # the path of a socket must be short
        os.chdir(workspace.seeds)
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("socket.txt")
    finally:
        os.chdir(here)
    answer = workspace.run(0)
    said = answer.text + answer.message
    for name in ("pipe.txt", "leaves.txt", "socket.txt"):
        assert name in said
    documents = {record["document"] for record in workspace.log("--baseline", "--level", "document")}
    assert documents == {"good.txt"}


def test_document_replaced_by_a_fifo_is_reported(begun: Workspace) -> None:
    (begun.seeds / "memo.txt").unlink()
    os.mkfifo(begun.seeds / "memo.txt")
    answer = begun.run(1, status=(0, 3))
    assert "memo.txt" in answer.text + answer.message


# --- damaged stores -------------------------------------------------------------------------------


def test_lost_ledger_is_rebuilt_by_the_next_run(begun: Workspace) -> None:
    before = begun.log("--baseline")
    for path in (begun.root / "snapshots").glob("ledger*"):
        path.unlink()
    begun.run(1)
    assert begun.log("--baseline") == before


def test_damaged_ledger_is_an_error_that_names_rebuild(begun: Workspace) -> None:
    for path in (begun.root / "snapshots").glob("ledger*"):
        path.write_bytes(b"this is no database, whatever its name says" * 300)
    answer = begun.monitor("log", status=4)
    assert "rebuild" in answer.message
    assert len(answer.message.splitlines()) == 1


def test_rebuild_recreates_a_removed_ledger(begun: Workspace) -> None:
    before = begun.log("--baseline")
    for path in (begun.root / "snapshots").glob("ledger*"):
        path.unlink()
    begun.monitor("rebuild")
    assert begun.log("--baseline") == before


def test_a_damaged_snapshot_store_fails_the_verification(begun: Workspace) -> None:
    store = begun.root / "snapshots" / "history.git" / "objects"
    for path in [path for path in store.rglob("*") if path.is_file() and path.suffix in (".pack", "")]:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.chmod(0o644)
        path.write_bytes(bytes(data))
    answer = begun.monitor("verify", status=4)
    assert answer.text + answer.message


def test_lost_repository_beside_a_ledger_is_an_error(begun: Workspace) -> None:
    shutil.rmtree(begun.root / "snapshots" / "history.git")
    begun.monitor("verify", status=4)


def test_a_moment_before_the_last_snapshot_is_refused(begun: Workspace) -> None:
    begun.run(5)
    begun.write("memo.txt", "Another memo altogether.")
    begun.run(6)
    begun.write("memo.txt", "Yet another memo.")
    answer = begun.run(2, status=2)
    assert len(answer.message.splitlines()) == 1
