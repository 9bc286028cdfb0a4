"""`monitor evidence`: the recipe in the archive is followed with the programs it names, in an empty folder."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.app.evidence import collect_evidence
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.model import Change, ChangeFilter
from monitor.reports.evidence import write_evidence
from tests.support.driver import monitor as command_line

FIRST = "The offer stands. It may cover 30 divers. Nobody has answered yet.\n"
STORY = (
    {"brief.txt": FIRST, "it's $(touch run)\n.txt": FIRST},
    {"brief.txt": FIRST.replace("may", "will"), "it's $(touch run)\n.txt": FIRST.replace("may", "will")},
    {"brief.txt": "The offer stands.\n"},
    {"brief.txt": FIRST.replace("may", "will"), "sub/new.txt": "Something else was said.\n"},
    {"brief.txt": FIRST, "sub/new.txt": "Something else was said.\n"},
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line's `-C` changes the folder of the process: back to where it was afterwards."""
    monkeypatch.chdir(tmp_path)


@dataclass
class Told:
    settings: Settings
    changes: list[Change]

    def archive(self, change: Change) -> bytes:
        with open_monitor(self.settings) as monitor:
            stream = io.BytesIO()
            write_evidence(collect_evidence(monitor, change.id), stream)
        return stream.getvalue()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("evidence")
    settings = load(folder, None, {"report.formats": ""}, {})
    for documents in STORY:
        for old in folder.glob("seeds/**/*.txt"):
            old.unlink()
        for name, text in documents.items():
            path = folder / "seeds" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run(settings, RunOptions(settle=0, accept_deletions=True))
    with open_monitor(settings) as monitor:
        return Told(settings, list(monitor.ledger.changes(ChangeFilter(baseline=True))))


def unpack(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return folder


def follow(folder: Path, published: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run every indented line of the README, as somebody would who was sent the archive."""
    text = (folder / "README.txt").read_text()
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    if published:
        lines = [f"published={published}" if line.startswith("published=") else line for line in lines]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    script = "set -eu\n" + "\n".join(lines)
    return subprocess.run(["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)


def test_the_recipe_holds_for_every_change(told: Told, tmp_path: Path) -> None:
    kinds = set()
    for number, change in enumerate(told.changes):
        done = follow(unpack(told.archive(change), tmp_path / str(number)))
        assert done.returncode == 0, (change.kind, done.stderr)
        assert not (tmp_path / str(number) / "run").exists()
        kinds.add((str(change.level), str(change.kind)))
    assert {
        ("statement", "revised"),
        ("statement", "removed"),
        ("statement", "restored"),
        ("document", "removed"),
    } <= kinds


def changed(told: Told, kind: str) -> Change:
    """A change of `brief.txt` by a sentence."""
    return next(
        one
        for one in told.changes
        if one.kind == kind and one.level == "statement" and one.document == "brief.txt" and not one.cause
    )


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("revised", STORY[3], STORY[4]), ("removed", STORY[1], STORY[2]), ("restored", STORY[1], STORY[3])],
)
def test_both_versions_are_there_byte_by_byte(
    told: Told, tmp_path: Path, kind: str, before: dict[str, str], after: dict[str, str]
) -> None:
    folder = unpack(told.archive(changed(told, kind)), tmp_path)
    assert (folder / "before.bin").read_text() == before["brief.txt"]
    assert (folder / "after.bin").read_text() == after["brief.txt"]
    assert json.loads((folder / "change.json").read_text())["change"]["kind"] == kind


@pytest.mark.parametrize("reseal", [False, True], ids=["as it is", "with its sums made anew"])
@pytest.mark.parametrize("what", ["before.bin", "after.bin", "commit", "tree"])
def test_an_altered_file_is_found_by_the_recipe(told: Told, tmp_path: Path, what: str, reseal: bool) -> None:
    folder = unpack(told.archive(changed(told, "revised")), tmp_path)
    path = folder / what if what.endswith("bin") else next(folder.glob(f"objects/*.{what}"))
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    if reseal:
        sums = subprocess.run(
            "sha256sum *.bin *.json README.txt objects/*", shell=True, cwd=folder, capture_output=True
        )
        (folder / "SHA256SUMS").write_bytes(sums.stdout)
    assert follow(folder).returncode != 0


def test_earlier_head_does_not_prove_a_change(told: Told, tmp_path: Path) -> None:
    with open_monitor(told.settings) as monitor:
        older, newer = (monitor.snapshots.snapshots("")[at].id for at in (1, 4))
    archive = told.archive(changed(told, "restored"))
    assert follow(unpack(archive, tmp_path / "a"), newer).returncode == 0
    assert follow(unpack(archive, tmp_path / "b"), older).returncode != 0


def test_the_same_change_gives_the_same_archive(told: Told) -> None:
    change = changed(told, "revised")
    assert told.archive(change) == told.archive(change)


def test_the_command_line_writes_it(told: Told, tmp_path: Path) -> None:
    change = changed(told, "revised")
    output = tmp_path / "evidence.zip"
    command_line("-C", told.settings.root, "evidence", change.id, "--output", output)
    assert output.read_bytes() == told.archive(change)
    answer = command_line("-C", told.settings.root, "evidence", "ffff", "--output", output, status=2)
    assert "no change" in answer.message


def test_imported_change_is_proven_by_its_branch_head(told: Told, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    git = ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    for text in (FIRST, FIRST.replace("may", "will")):
        (source / "brief.txt").write_text(text)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", "one"], check=True)
    (tmp_path / "place").mkdir()
    command_line("-C", tmp_path / "place", "import", source, "--name", "old")
    settings = load(tmp_path / "place", None, {}, {})
    with open_monitor(settings) as monitor:
        (change,) = [one for one in monitor.ledger.changes(ChangeFilter()) if one.level == "statement"]
    folder = unpack(Told(settings, []).archive(change), tmp_path / "unpacked")
    assert (folder / "before.bin").read_text() == FIRST
    assert follow(folder).returncode == 0
