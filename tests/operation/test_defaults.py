"""What is watched where nobody says so: no file of the monitor's, none that programs leave behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace

EVERYTHING = """
[watch]
folder = "{folder}"
[store]
snapshots = "{below}snapshots"
[report]
formats = ["html", "json"]
folder = "{below}reports"
[feeds]
folder = "{below}feeds"
[evidence]
heads = "{below}heads.txt"
"""

LEFT_BEHIND = [
    *("~$plan.docx", ".~lock.a.txt#", ".DS_Store", "._a.txt", "Thumbs.db", "thumbs.DB", "desktop.ini", ".a.txt.swp"),
    *("a.txt~", "#a.txt#", "4913", "~WRL0001.tmp", ".syncthing.a.txt.tmp", "a.txt.part", "a.pdf.crdownload"),
    *(".a.txt.Xy12Zz", ".git/config", "lost+found/x", "@eaDir/a.txt", ".stversions/a.txt", "__MACOSX/a.txt"),
]


def documents(place: Workspace, *args: str) -> list[str]:
    return [one["document"] for one in place.monitor("files", *args, "--format", "json").json()]


def recorded(place: Workspace) -> list[str]:
    return sorted(place.manifest(place.recorded()[-1].id))


def run_five_times(place: Workspace) -> list[int]:
    place.next_run()
    return [place.next_run("--format", "json").json()["run"]["changes"] for _ in range(4)]


@pytest.mark.parametrize("folder", [".", "../here", "link", "{root}"])
def test_the_monitor_never_watches_what_it_writes(tmp_path: Path, folder: str) -> None:
    place = Workspace(tmp_path / "here")
    (place.root / "p.md").write_text("One line of policy.\n")
    (tmp_path / "here/link").symlink_to(place.root)
    place.configure(EVERYTHING.format(folder=folder.format(root=place.root), below=""))
    assert run_five_times(place) == [0, 0, 0, 0]
    assert recorded(place) == ["p.md"]


def test_reports_and_feeds_beside_documents_are_not_watched(place: Workspace) -> None:
    place.configure(
        '[watch]\nfolder = "seeds"\n[report]\nformats = ["html"]\nfolder = "seeds"\n[feeds]\nfolder = "seeds"'
    )
    place.write("all.md", "A line.\n")
    place.run(0)
    for number in range(1, 4):
        place.write("all.md", f"A line, {number}.\n")
        assert [one["document"] for one in place.run(number, "--format", "jsonl").jsonl()] == ["all.md"]
    assert {path.suffix for path in place.seeds.iterdir()} == {".md", ".html", ".atom"}


def test_a_store_in_the_watched_folder_itself_is_left_out(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\n[store]\nsnapshots = "seeds"\n')
    place.write("a.md", "A line.\n")
    assert run_five_times(place) == [0, 0, 0, 0]


@pytest.mark.parametrize("name", LEFT_BEHIND)
def test_what_programs_leave_behind_is_no_document(place: Workspace, name: str) -> None:
    place.write("a.txt", "A line.\n")
    place.write(name)
    place.run(0)
    assert recorded(place) == ["a.txt"]
    assert documents(place) == ["a.txt"]
    assert place.monitor("status", "--format", "json").json()["left_out"] == {"in the built-in list": 1}


def test_a_number_as_a_name_is_a_document_once_it_has_text(place: Workspace) -> None:
    place.write("4913", "A line.\n")
    place.run(0)
    assert recorded(place) == ["4913"]


def test_the_list_can_be_switched_off(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\nignore_defaults = false\n')
    place.update({".a.txt": "A line.\n", "b.tmp": "Another.\n"})
    place.run(0)
    assert recorded(place) == [".a.txt", "b.tmp"]


def test_a_pattern_takes_a_name_back_from_the_list(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\nexclude = ["!.well-known/*.txt", "c.txt"]\n')
    place.update({".well-known/a.txt": "A line.\n", ".b.txt": "Another.\n", "c.txt": "A third.\n"})
    place.run(0)
    assert recorded(place) == [".well-known/a.txt"]


def test_init_prints_the_list_into_its_file(place: Workspace) -> None:
    place.monitor("init")
    text = (place.root / "monitor.toml").read_text()
    assert all(pattern in text for pattern in ("~$*", "@eaDir/", "*.sync-conflict-*", ".git/"))


@pytest.mark.parametrize(
    "name",
    ["a (Ada's conflicted copy 2026-01-02).txt", "a (conflicted copy 2026-01-02).txt", "a.sync-conflict-1-2.txt"],
)
def test_a_conflict_copy_is_a_notice_and_no_document(place: Workspace, name: str) -> None:
    place.update({"a.txt": "A line.\n", name: "Another line.\n"})
    assert "a sync conflict in a.txt: compare" in place.run(0).text
    assert recorded(place) == ["a.txt"]


def test_a_document_that_a_cloud_keeps_is_not_removed(place: Workspace) -> None:
    place.update({"a.txt": "A line.\n", "b.txt": "Another.\n"})
    place.run(0)
    (place.seeds / "a.txt").unlink()
    place.write(".a.txt.icloud", b"stub")
    assert "a.txt: not on this machine" in place.run(1).text
    assert recorded(place) == ["a.txt", "b.txt"]
    (place.seeds / ".a.txt.icloud").unlink()
    place.write("a.txt", "A line.\n")
    assert place.run(2, "--format", "jsonl").jsonl() == []


def test_links_that_publish_a_hidden_folder_are_read(place: Workspace) -> None:
    place.write("..2026_1/a.txt", "A line.\n")
    (place.seeds / "..data").symlink_to("..2026_1")
    (place.seeds / "a.txt").symlink_to("..data/a.txt")
    place.run(0)
    place.write("..2026_2/a.txt", "Another line.\n")
    (place.seeds / "..new").symlink_to("..2026_2")
    (place.seeds / "..new").rename(place.seeds / "..data")
    assert [one["kind"] for one in place.run(1, "--format", "jsonl").jsonl()] == ["revised"]
    assert recorded(place) == ["a.txt"]


# --- patterns -----------------------------------------------------------------------------------


def test_a_pattern_that_matches_nothing_is_reported(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\nexclude = ["Drafts/", "*.bak"]\n')
    place.update({"a.txt": "A line.\n", "drafts/b.txt": "Another.\n", "c.bak": "Old.\n"})
    assert "the pattern 'Drafts/' of" in place.run(0).message
    assert "'*.bak'" not in place.run(1).text
    assert [one.split(" ")[0] for one in place.monitor("status", "--format", "json").json()["unmatched_patterns"]] == [
        "Drafts/"
    ]


def test_braces_stand_for_either_word(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\ninclude = ["**/*.{md,txt}"]\n')
    place.update({"a.txt": "A line.\n", "b.md": "Another.\n", "c.html": "A third.\n"})
    place.run(0)
    assert recorded(place) == ["a.txt", "b.md"]


@pytest.mark.parametrize(("ignore_case", "expected"), [("true", ["B.TXT", "a.txt"]), ("false", ["a.txt"])])
def test_patterns_may_ignore_case(place: Workspace, ignore_case: str, expected: list[str]) -> None:
    place.configure(f'[watch]\nfolder = "seeds"\ninclude = ["*.txt"]\nignore_case = {ignore_case}\n')
    place.update({"a.txt": "A line.\n", "B.TXT": "Another.\n"})
    place.run(0)
    assert recorded(place) == expected


def test_a_folder_that_gives_no_document_is_reported(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\ninclude = ["*.odt"]\n')
    place.write("a.txt", "A line.\n")
    assert "has no documents: all 1 in it are left out" in place.run(0).text


def test_files_says_why_each_is_left_out(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "seeds"\ninclude = ["*.txt"]\nexclude = ["b*"]\nmax_size = 100\n')
    place.update({"a.txt": "A.\n", "b.txt": "B.\n", "c.md": "C.\n", "d.txt": "d" * 101, ".e.txt": "E.\n"})
    (place.seeds / "f.txt").symlink_to("/")
    listed = {one["document"]: one["why"] for one in place.monitor("files", "--excluded", "--format", "json").json()}
    assert listed == {
        ".e.txt": "in the built-in list",
        "b.txt": "a pattern of `exclude` matches",
        "c.md": "no pattern of `include` matches",
        "d.txt": "larger than 100 bytes",
        "f.txt": "a symbolic link that leaves the folder",
    }


# --- first steps --------------------------------------------------------------------------------


def test_init_watches_a_folder_that_has_documents(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.seeds.rmdir()
    (tmp_path / "policy.md").write_text("One line of policy.\n")
    assert "1 document will be watched" in place.monitor("init").text
    assert not place.seeds.exists()
    place.run(0)
    assert recorded(place) == ["policy.md"]


def test_init_in_an_empty_folder_makes_seeds(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.seeds.rmdir()
    place.monitor("init")
    assert place.seeds.is_dir()


@pytest.mark.parametrize("address", ["https://example.org/a", "s3://bucket/docs", "file:///srv/docs"])
def test_an_address_is_no_folder_and_names_the_page(place: Workspace, address: str) -> None:
    place.configure(f'[watch]\nfolder = "{address}"\n')
    assert "docs/feeding.md" in place.run(0, status=2).message
    assert "docs/feeding.md" in place.monitor("run", status=2, env={"MONITOR_WATCH_FOLDER": address}).message


# --- links


def test_a_link_to_an_allowed_place_is_a_document(place: Workspace) -> None:
    store = place.root / "annex" / "objects"
    store.mkdir(parents=True)
    (store / "1.txt").write_text("Version one.\n")
    (store / "2.txt").write_text("Version two.\n")
    (place.seeds / "a.txt").symlink_to(store / "1.txt")
    place.configure('[watch]\nfolder = "seeds"\nlink_places = ["annex"]\n')
    place.run(0)
    assert place.texts("a.txt") == ["Version one."]
    assert place.monitor("files").text == "a.txt\n1 file watched\n"
    (place.seeds / "a.txt").unlink()
    (place.seeds / "a.txt").symlink_to(store / "2.txt")
    place.run(1)
    assert [one["kind"] for one in place.log("--level", "statement")] == ["revised"]
    assert place.findings() == []


def test_other_links_are_named_once_and_not_read(place: Workspace) -> None:
    (place.root / "secret.txt").write_text("A secret.\n")
    (place.root / "annex-not").mkdir()
    (place.root / "annex-not" / "b.txt").write_text("Elsewhere.\n")
    place.write("own.txt", "A line.\n")
    (place.seeds / "a.txt").symlink_to(place.root / "secret.txt")
    (place.seeds / "b.txt").symlink_to(place.root / "annex-not" / "b.txt")
    place.configure('[watch]\nfolder = "seeds"\nlink_places = ["annex"]\n')
    assert place.run(0).text.count("a symbolic link that leaves the folder") == 2
    assert place.run(1).text == "nothing changed\n"
    assert place.monitor("files").text == "own.txt\n1 file watched\n"


def test_a_loop_of_links_below_an_allowed_place_is_no_document(place: Workspace) -> None:
    (place.root / "annex").mkdir()
    (place.root / "annex" / "x").symlink_to(place.root / "annex" / "x")
    (place.seeds / "a.txt").symlink_to(place.root / "annex" / "x")
    place.write("own.txt", "A line.\n")
    place.configure('[watch]\nfolder = "seeds"\nlink_places = ["annex"]\n')
    assert "a symbolic link that cannot be followed" in place.run(0).text


def test_a_backup_by_rename_is_no_target_for_a_rename(place: Workspace) -> None:
    place.update({"a.txt": "A first line.\nA second line.\n", "b.txt": "Another text altogether.\n"})
    place.run(0)
    before = place.statements("a.txt")
    (place.seeds / "a.txt").rename(place.seeds / "a.txt~")  # as Emacs does, caught before it has written
    place.run(1)
    assert [one["kind"] for one in place.log("--level", "document")] == ["removed"]
    place.write("a.txt", "A first line.\nA second line, edited.\n")
    place.run(2)
    assert place.statements("a.txt")["A first line."] == before["A first line."]
    assert {one["document"] for one in place.log()} == {"a.txt"}
