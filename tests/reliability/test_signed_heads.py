"""Heads are signed with an ssh key; `verify` and the recipe of an archive of evidence check it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from monitor.app.evidence import collect_evidence
from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.errors import StoreError
from monitor.model import ChangeFilter
from monitor.reports.evidence import write_evidence

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen (apt-get install openssh-client)")


def key(folder: Path, name: str) -> Path:
    made = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made], check=True)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    flags = {"evidence.heads": "heads.txt", "evidence.key": str(key(tmp_path, "key")), "report.formats": ""}
    made = load(tmp_path, None, flags, {})
    for text in ("One holds.\n", "Two hold.\n"):
        record(made, text)
    return made


def record(settings: Settings, text: str) -> None:
    settings.watch.folder.mkdir(exist_ok=True)
    (settings.watch.folder / "a.txt").write_text(text)
    run(settings, RunOptions(settle=0))


def heads(settings: Settings) -> Path:
    assert settings.evidence.heads is not None
    return settings.evidence.heads


def signature(settings: Settings) -> Path:
    return settings.root / "heads.txt.sig"


def test_every_line_is_signed(settings: Settings) -> None:
    assert len(heads(settings).read_text().splitlines()) == 2
    assert verify(settings) == []


def test_an_altered_line_is_found(settings: Settings) -> None:
    heads(settings).write_text(heads(settings).read_text().replace("Z ", "Y ", 1))
    assert [one.what for one in verify(settings)] == ["heads"]


def test_a_signature_by_another_key_is_found(settings: Settings, tmp_path: Path) -> None:
    other = key(tmp_path, "other")
    command = ["ssh-keygen", "-Y", "sign", "-n", "monitor", "-f", other]
    signature(settings).write_bytes(
        subprocess.run(command, input=heads(settings).read_bytes(), capture_output=True, check=True).stdout
    )
    assert [one.what for one in verify(settings)] == ["heads"]


@pytest.mark.parametrize("left", ["no signature", "one that was not put in its place"])
def test_the_next_run_makes_good_what_is_lacking(settings: Settings, left: str) -> None:
    sig = signature(settings)
    if left == "no signature":
        sig.unlink()
    else:
        sig.with_name(sig.name + ".new").write_bytes(sig.read_bytes())
        sig.write_text("of an older file")
    assert verify(settings)
    record(settings, "Two hold.\n")
    assert verify(settings) == []
    assert len(heads(settings).read_text().splitlines()) == 2


def test_missing_key_is_one_error_and_keeps_the_snapshot(settings: Settings) -> None:
    lost = settings._replace(evidence=settings.evidence._replace(key=settings.root / "nowhere"))
    with pytest.raises(StoreError, match=r"the heads cannot be signed: there is no key .*nowhere"):
        record(lost, "Three hold.\n")
    with open_monitor(settings) as monitor:
        assert len(monitor.snapshots.snapshots("")) == 3
    record(settings, "Three hold.\n")
    assert verify(settings) == []


def test_a_missing_program_is_one_clear_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    git = Path(str(shutil.which("git")))
    (settings.root / "bin").mkdir()
    (settings.root / "bin" / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(settings.root / "bin"))
    with pytest.raises(StoreError, match=r"ssh-keygen cannot be run .*: install OpenSSH, or unset \[evidence\] key"):
        record(settings, "Three hold.\n")


def test_a_key_with_a_passphrase_is_not_asked_for(settings: Settings) -> None:
    assert settings.evidence.key is not None
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", settings.evidence.key], check=True)
    with pytest.raises(StoreError, match="ssh-keygen -Y sign failed"):
        record(settings, "Three hold.\n")


@pytest.mark.parametrize("altered", [False, True])
def test_the_recipe_checks_it(settings: Settings, tmp_path: Path, altered: bool) -> None:
    with open_monitor(settings) as monitor:
        change = next(iter(monitor.ledger.changes(ChangeFilter(limit=1))))
        stream = io.BytesIO()
        write_evidence(collect_evidence(monitor, change.id), stream)
    folder = tmp_path / "received"
    with zipfile.ZipFile(stream) as archive:
        archive.extractall(folder)
    if altered:
        (folder / "heads.txt").write_text((folder / "heads.txt").read_text().replace("Z ", "Y ", 1))
    text = (folder / "README.txt").read_text()
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    script = "set -eu\n" + "\n".join(lines[1:] if altered else lines)  # the sums alone would tell, too
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    done = subprocess.run(["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.returncode == 0) is not altered, done.stderr
