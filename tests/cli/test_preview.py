"""`preview`: what a patch would change in the newest snapshot, before it takes effect."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import html

from monitor.model import RECORDED_KINDS
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.workspace import Workspace

OFFER = "The offer stands. It will cover 30 divers.\n\nNobody has answered yet.\n"
SHIPS = "Ships wait outside of the harbour for days."
OTHER = f"# Notes\n\nThe port is closed. {SHIPS}\n"
BEFORE = {"offer.txt": OFFER, "notes.md": OTHER}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "here")
    made.record(BEFORE)
    return made


def patch_to(root: Path, after: Mapping[str, str | bytes | None], folder: str = "") -> bytes:
    """What git prints for a change of BEFORE in this folder of a repository."""
    repository = root / "repository"
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    below = repository / folder
    below.mkdir(parents=True)
    subprocess.run([*git, "init", "-q"], check=True)
    for step in (BEFORE, after):
        for name, content in step.items():
            if content is None:
                (below / name).unlink()
            else:
                (below / name).parent.mkdir(exist_ok=True, parents=True)
                (below / name).write_bytes(content.encode() if isinstance(content, str) else content)
        subprocess.run([*git, "add", "-A"], check=True)
        if step is BEFORE:
            subprocess.run([*git, "commit", "-qm", "before"], check=True)
    return subprocess.run([*git, "diff", "--cached", "-M"], check=True, capture_output=True).stdout


REVISED = {"offer.txt": OFFER.replace("will cover 30", "may cover 45")}


def test_a_preview_shows_kind_aspects_score_and_words(workspace: Workspace, tmp_path: Path) -> None:
    shown = workspace.monitor("preview", "-", stdin=patch_to(tmp_path, REVISED)).text
    assert shown == (
        "1 change in 1 document: 1 substantive\n"
        "\n"
        "offer.txt\n"
        "~ revised · number, modality · statement 2 · score 8.85\n"
        "    It [-will-]{+may+} cover [-30-]{+45+} divers.\n"
    )


def test_markdown_is_a_comment_on_a_pull_request(workspace: Workspace, tmp_path: Path) -> None:
    shown = workspace.monitor("preview", "-", "--format", "markdown", stdin=patch_to(tmp_path, REVISED)).text
    assert shown.startswith("### 1 change in 1 document: 1 substantive\n\nCompared with snapshot `")
    assert "- **Revised** · number · modality · statement 2 · score 8.85\n" in shown
    assert "  > It <del>will</del><ins>may</ins> cover <del>30</del><ins>45</ins> divers.\n" in shown


def test_a_comment_is_never_longer_than_a_host_takes(workspace: Workspace, tmp_path: Path) -> None:
    many = "".join(f"Sentence {number} says something new about the {number}th question.\n\n" for number in range(900))
    shown = workspace.monitor("preview", "-", "--format", "markdown", stdin=patch_to(tmp_path, {"n.txt": many})).text
    assert len(shown) < 65_536
    assert shown.rstrip().endswith("more changes.")


def test_the_page_lists_its_changes_and_leads_to_each(workspace: Workspace, tmp_path: Path) -> None:
    after = {**REVISED, "notes.md": OTHER.replace("closed", "open")}
    page = html.fromstring(workspace.monitor("preview", "-", "--format", "html", stdin=patch_to(tmp_path, after)).text)
    assert page.xpath("//nav//h3/bdi/text()") == ["notes.md", "offer.txt"]
    assert page.xpath("//div[@class='columns']/span/text()") == ["Before", "After"] * 2
    targets = [target.removeprefix("#") for target in page.xpath("//nav//li/a/@href")]
    assert len(targets) == 2
    assert all(page.xpath("//main//*[@id=$id]", id=target) for target in targets)


def test_html_is_a_redline_of_every_document_without_a_script(workspace: Workspace, tmp_path: Path) -> None:
    patch = patch_to(tmp_path, {**REVISED, "new.txt": "A <b>new</b> one.\n"})
    page = workspace.monitor("preview", "-", "--format", "html", stdin=patch).text
    assert ("<script" in page, "<b>new" in page) == (False, False)
    assert page.count("<section>") == 2
    assert "<del>will</del>" in page
    assert "&lt;b&gt;new" in page


def test_json_is_a_change_with_its_score(workspace: Workspace, tmp_path: Path) -> None:
    found = workspace.monitor("preview", "-", "--format", "json", stdin=patch_to(tmp_path, REVISED)).json()
    (change,) = found["changes"]
    assert (change["kind"], change["aspects"]) == ("revised", ["number", "modality"])
    assert (change["id"], change["taken_at"]) == (None, None)
    statement = workspace.statements("offer.txt")["It will cover 30 divers."]
    assert [side[0]["statement"] for side in (change["before"], change["after"])] == [statement, statement]
    assert change["score"]["total"] == sum(part["points"] for part in change["score"]["parts"]) == 8.85
    assert found["snapshot"]["id"] == workspace.recorded()[-1].id


def test_json_lines_are_the_changes_of_json(workspace: Workspace, tmp_path: Path) -> None:
    patch = patch_to(tmp_path, REVISED)
    whole = workspace.monitor("preview", "-", "--format", "json", stdin=patch).json()
    assert workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch).jsonl() == whole["changes"]


def test_a_preview_records_nothing(workspace: Workspace, tmp_path: Path) -> None:
    def state() -> tuple[object, ...]:
        files = sorted(path for path in workspace.root.rglob("*") if path.is_file() and "home" not in path.parts)
        return workspace.rows(), [(path, path.read_bytes()) for path in files if path.suffix != ".db-shm"]

    patch, before = patch_to(tmp_path, {**REVISED, "notes.md": None, "new.txt": "A new one.\n"}), state()
    workspace.monitor("preview", "-", stdin=patch)
    assert state() == before


FILES: Mapping[str, tuple[Mapping[str, str | None], list[tuple[str, str]]]] = {
    "new": ({"new.txt": "A new one.\n"}, [("added", "new.txt"), ("added", "new.txt")]),
    "deleted": ({"notes.md": None}, [("removed", "notes.md")] * 4),
    "renamed": ({"notes.md": None, "port.md": OTHER}, [("renamed", "port.md")]),
    "emptied": ({"notes.md": ""}, [("removed", "notes.md")] * 3),
    "moved": (
        {"offer.txt": f"{OFFER}{SHIPS}\n", "notes.md": OTHER.replace(f" {SHIPS}", "")},
        [("moved", "offer.txt")],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_come_go_and_move_are_followed(workspace: Workspace, tmp_path: Path, name: str) -> None:
    after, wanted = FILES[name]
    found = workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch_to(tmp_path, after)).jsonl()
    assert [(one["kind"], one["document"]) for one in found] == wanted
    assert {one["kind"] for one in found} <= set(map(str, RECORDED_KINDS))


@pytest.mark.parametrize(
    ("folder", "options"),
    [("seeds", []), ("here/seeds", []), ("policies", ["--relative", "policies"]), ("a/b", ["--relative", "./a/b/"])],
)
def test_paths_of_a_patch_may_begin_above_the_folder(
    workspace: Workspace, tmp_path: Path, folder: str, options: list[str]
) -> None:
    patch = patch_to(tmp_path, {**REVISED, "new.txt": "A new one.\n"}, folder)
    found = workspace.monitor("preview", "-", *options, "--format", "jsonl", stdin=patch).jsonl()
    assert {one["document"] for one in found} == {"offer.txt", "new.txt"}


@pytest.fixture
def folders(tmp_path: Path) -> Workspace:
    """Two watched folders; `readme.txt` is in both, `offer.txt` in one."""
    made = Workspace(tmp_path / "here")
    made.configure('[watch.policies]\nfolder = "texts/policies"\n[watch.news]\nfolder = "texts/press"\n')
    for name, texts in {"policies": {**BEFORE, "readme.txt": OFFER}, "press": {"readme.txt": OFFER}}.items():
        (made.root / "texts" / name).mkdir(parents=True)
        for path, text in texts.items():
            (made.root / "texts" / name / path).write_text(text)
    made.record()
    return made


@pytest.mark.parametrize(
    ("paths", "options", "documents"),
    [
        ("policies/offer.txt news/readme.txt", [], "policies/offer.txt news/readme.txt"),
        ("policies/offer.txt press/readme.txt", [], "policies/offer.txt news/readme.txt"),
        ("texts/press/readme.txt", [], "news/readme.txt"),
        ("offer.txt readme.txt", [], "policies/offer.txt policies/readme.txt"),
        ("x/offer.txt", ["--relative", "x"], "policies/offer.txt"),
        ("x/news/readme.txt", ["--relative", "x"], "news/readme.txt"),
    ],
)
def test_paths_of_a_patch_are_found_in_several_folders(
    folders: Workspace, paths: str, options: list[str], documents: str
) -> None:
    patch = b"".join(edit(path) for path in paths.split())
    found = folders.monitor("preview", "-", *options, "--format", "jsonl", stdin=patch).jsonl()
    assert {one["document"] for one in found} == set(documents.split())


def test_a_new_file_is_in_the_folder_of_the_others(folders: Workspace) -> None:
    new = b"--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+A new one.\n"
    found = folders.monitor("preview", "-", "--format", "jsonl", stdin=edit("offer.txt") + new).jsonl()
    assert {one["document"] for one in found} == {"policies/offer.txt", "policies/new.txt"}


def test_a_path_that_may_be_in_two_folders_is_refused(folders: Workspace) -> None:
    message = folders.monitor("preview", "-", status=2, stdin=edit("readme.txt")).message
    assert "readme.txt may be news/readme.txt or policies/readme.txt" in message


@pytest.mark.parametrize("path", ["nothere.txt", "zz/yy/offer.text"])
def test_a_path_in_no_folder_names_no_document(folders: Workspace, path: str) -> None:
    message = folders.monitor("preview", "-", status=2, stdin=edit(path)).message
    assert f"{path}: the patch does not say in which folder it is: let its path begin with news/ or polic" in message


@pytest.mark.parametrize(("path", "advised"), [("zz/it is/offer.txt", "'zz/it is'"), ("x/offer.txt", "x")])
def test_the_advised_relative_folder_is_right(workspace: Workspace, path: str, advised: str) -> None:
    message = workspace.monitor("preview", "-", status=2, stdin=edit(path)).message
    assert f"it is not there; --relative {advised} makes it offer.txt" in message
    options = ["--relative", advised.strip("'")]
    assert workspace.monitor("preview", "-", *options, "--format", "jsonl", stdin=edit(path)).jsonl()


def edit(path: str) -> bytes:
    """A patch of the first line of OFFER."""
    old = "The offer stands. It will cover 30 divers."
    return f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{old}\n+{old.replace('30', '45')}\n".encode()


def test_files_outside_of_the_folder_are_named_and_left_out(workspace: Workspace, tmp_path: Path) -> None:
    patch = patch_to(tmp_path, {**REVISED, "../code.py": "x = 1\n"}, "seeds")
    result = workspace.monitor("preview", "-", stdin=patch)
    assert result.text.startswith("Not shown: code.py is outside of the watched folder\n1 change")


def test_files_that_the_patterns_exclude_are_left_out(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "here")
    workspace.configure('[watch]\nexclude = ["*.py"]\n')
    workspace.record(BEFORE)
    patch = patch_to(tmp_path, {"code.py": "x = 1\n", "image.bin": b"\0\1"})
    found = workspace.monitor("preview", "-", "--format", "json", stdin=patch).json()
    reasons = [(one["path"], one["reason"].split(",")[0]) for one in found["left_out"]]
    assert (reasons, found["changes"]) == ([("code.py", "not watched"), ("image.bin", "binary")], [])


@pytest.mark.parametrize(("after", "status"), [(REVISED, 1), ({"offer.txt": OFFER.replace("\n\n", "\n \n")}, 0)])
def test_exit_code_says_whether_a_statement_would_change(
    workspace: Workspace, tmp_path: Path, after: Mapping[str, str], status: int
) -> None:
    workspace.monitor("preview", "-", "--exit-code", status=status, stdin=patch_to(tmp_path, after))


def test_an_empty_patch_changes_nothing(workspace: Workspace) -> None:
    assert workspace.monitor("preview", "-", "--exit-code").text == "no statement would change\n"


AMENDED = {"offer.txt": OFFER.replace("30", "31")}
REFUSED: Mapping[str, tuple[Mapping[str, str | None], Mapping[str, str | None], str]] = {
    "other lines": (REVISED, AMENDED, "offer.txt: the hunk at line 1 does not apply (the newest snapshot is "),
    "no document": (REVISED, {"offer.txt": None}, "offer.txt: it is not there (the newest"),
    "a folder is missing": (
        REVISED,
        {"offer.txt": None, "texts/offer.txt": OFFER},
        "offer.txt: it is not there; texts/offer.txt is: make the patch with whole paths",
    ),
    "there already": ({"n.txt": "A.\n"}, {"n.txt": "B.\n"}, "n.txt: the patch adds it, and it is there already"),
    "removed": (
        {"offer.txt": None},
        {"offer.txt": f"{OFFER}\nMore.\n"},
        "offer.txt: the patch removes it, and it holds",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_patch_that_does_not_apply_is_one_line(workspace: Workspace, tmp_path: Path, name: str) -> None:
    patched, recorded, message = REFUSED[name]
    patch = patch_to(tmp_path, patched)
    workspace.record(recorded)
    assert message in workspace.monitor("preview", "-", status=2, stdin=patch).message


def test_two_file_names_of_diff_are_one_document(workspace: Workspace) -> None:
    header = b"--- offer.txt.orig\n+++ offer.txt\n@@ -1 +1 @@\n"
    patch = header + b"-The offer stands. It will cover 30 divers.\n+The offer stands.\n"
    found = workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch).jsonl()
    assert [(one["kind"], one["document"]) for one in found] == [("removed", "offer.txt")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_patch_may_begin_with_a_byte_order_mark(workspace: Workspace, encoding: str) -> None:
    patch = edit("offer.txt").decode().encode(encoding)
    found = workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch).jsonl()
    assert [one["kind"] for one in found] == ["revised"]


def test_a_quote_may_be_in_a_name(tmp_path: Path) -> None:
    name = 'the "old" offer\\"", ü.txt'
    workspace = Workspace(tmp_path / "here")
    workspace.record({**BEFORE, name: OFFER})
    quoted = r'"b/the \"old\" offer\\\"\", \303\274.txt"'
    patch = edit("offer.txt").replace(b"a/offer.txt", quoted.replace("b/", "a/").encode())
    patch = patch.replace(b"b/offer.txt", quoted.encode())
    found = workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch).jsonl()
    assert {one["document"] for one in found} == {name}


@pytest.mark.parametrize("path", ["../out.txt", "/etc/out.txt", "a/../../out.txt"])
def test_a_patch_reaches_nothing_outside_of_the_folder(workspace: Workspace, path: str) -> None:
    patch = f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n".encode()
    found = workspace.monitor("preview", "-", "--format", "json", stdin=patch).json()
    assert (found["changes"], len(found["left_out"])) == ([], 1)


@needs_postgresql
def test_a_preview_of_a_postgresql_ledger_records_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "here")
    workspace.configure(f'[store]\nledger = "{fresh_url()}"\n')
    workspace.record(BEFORE)
    before = workspace.rows()
    found = workspace.monitor("preview", "-", "--format", "jsonl", stdin=patch_to(tmp_path, REVISED)).jsonl()
    assert ([one["kind"] for one in found], workspace.rows()) == (["revised"], before)


def test_a_preview_before_the_first_snapshot_says_what_to_do(tmp_path: Path) -> None:
    assert "`monitor run` begins it" in Workspace(tmp_path).monitor("preview", "-", status=2).message


def test_a_ledger_that_is_behind_is_not_compared_with(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.snapshots / "ledger.db").unlink()
    result = workspace.monitor("preview", "-", status=4, stdin=patch_to(tmp_path, REVISED))
    assert "the ledger is missing or empty: `monitor run`" in result.message


def test_an_ignore_rule_and_a_watch_term_are_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "here")
    rule = '[rules.offers]\ndocument = "offer.txt"\n'
    workspace.configure(f'[review]\nwatch = ["divers"]\n{rule}')
    workspace.record(BEFORE)
    shown = workspace.monitor("preview", "-", stdin=patch_to(tmp_path, REVISED)).text
    assert "score 16.85 · watch term divers · hidden by rule offers" in shown
