"""Every file comes back byte for byte, whatever it holds, is called, or lies beside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.app.capture import DeletionGuard
from monitor.model import FileVersion
from monitor.snapshots.git_objects import decode_path, encode_path
from monitor.snapshots.repository import GitSnapshots
from tests.snapshots.capture_workspace import CaptureWorkspace, Clock

CONTENTS = {
    "empty": b"",
    "no final newline": b"one\ntwo",
    "carriage returns": b"one\r\ntwo\r\nthree\rfour\n",
    "every byte": bytes(range(256)) * 5,
    "what filters look for": b"$Id$ \xef\xbb\xbf\n<<<<<<< HEAD\n",
    "an object's layout": b"blob 3\0abc",
    "what fast-import looks for": b"done\ncommit refs/heads/main\nM 100644 inline x\ndata 3\nabc\n",
    "UTF-16": "Größe\n".encode("utf-16"),
}


def test_contents_come_back(place: CaptureWorkspace) -> None:
    for name, data in CONTENTS.items():
        place.write(name, data)
    place.capture()
    assert place.documents() == CONTENTS


NAMES = [
    b"with space.txt",
    b" leading",
    b"trailing ",
    b'quote".txt',
    b"'single'",
    b"new\nline",
    b"\nfirst",
    b"tab\there",
    b"back\\slash",
    b"\\n",
    b"\xff\xfe not utf-8",
    "Größe".encode(),
    "Gro\u0308ße".encode(),
    b".hidden",
    b".git/config",
    b"nested/.git/HEAD",
    b"nested/.git/objects/ab/cdef",
    b"nested/document.md",
    b".GIT/x",
    b"other/.Git",
    b"other/.git.",
    b"other/.git ",
    b".git::$INDEX_ALLOCATION",
    b"git~1",
    b"GIT~2/x",
    b"gitmod~1/x",
    b"GI7EBA~1/x",
    b"~1000000/x",
    ".g\u200cit/x".encode(),
    "\u200c.git".encode(),
    b".gitignore",
    b".gitattributes",
    b".gitmodules",
    b"%",
    b"%2Egit",
    b"%folder.json",
    b"a/%folder.json",
    b"%41",
    b"-rf",
    b"--help",
    b":(exclude)x",
    b"*",
    b"a?[b]",
    b"con",
    b"aux.txt",
    b"a:b",
    b"\x01\x02",
    b"x" * 255,
    b"/".join([b"deep"] * 60),
]


def test_names_come_back(place: CaptureWorkspace) -> None:
    expected = {os.fsdecode(name): b"%d" % at for at, name in enumerate(NAMES)}
    for name, data in expected.items():
        place.write(name, data)
    place.capture()
    assert place.documents() == expected


components = st.binary(min_size=1, max_size=12).filter(
    lambda name: not {0, 47} & set(name) and name not in {b".", b".."}
) | st.sampled_from([b".git", b".GIT", b"%2E", b".git\xe2\x80\x8c", b"git~1", b"%folder.json", b"\n", b'"'])


@given(st.lists(components, min_size=1, max_size=5).map(b"/".join))
def test_encoded_tree_name_is_decoded_exactly(raw: bytes) -> None:
    assert decode_path(encode_path(os.fsdecode(raw))) == os.fsdecode(raw)


@given(components)
def test_no_tree_name_is_one_that_git_keeps_for_itself(name: bytes) -> None:
    written = encode_path(os.fsdecode(name)).lower()
    assert not written.startswith((b".git", b"git~"))
    assert written != b"%folder.json"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(components, st.binary(max_size=40), max_size=6), min_size=1, max_size=3))
def test_each_of_several_snapshots_gives_back_its_own_folder(versions: list[dict[bytes, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as temporary, GitSnapshots(Path(temporary, "snapshots", "history.git")) as store:
        place = CaptureWorkspace(Path(temporary), store, Clock())
        expected = []
        for files in versions:
            shutil.rmtree(place.seeds, ignore_errors=True)
            place.seeds.mkdir()
            for name, data in files.items():
                place.write(b"sub/" + name, data)
            place.write("always", b"here")
            taken = place.capture(when=DeletionGuard(accept_deletions=True))
            documents = {"sub/" + os.fsdecode(name): data for name, data in files.items()} | {"always": b"here"}
            expected.append((taken.head, documents))
        assert [place.documents(head) for head, _ in expected] == [documents for _, documents in expected]


def test_the_executable_bit_is_kept(place: CaptureWorkspace) -> None:
    place.write("tool", b"x").chmod(0o755)
    place.capture()
    (version,) = place.store.manifest(place.store.head() or "").values()
    assert version.executable


def test_change_of_mode_is_a_snapshot(place: CaptureWorkspace) -> None:
    path = place.write("tool", b"x")
    place.capture()
    path.chmod(0o755)
    taken = place.capture()
    assert taken.changed == 1
    assert [len(delta.changes) for delta in place.store.deltas("")] == [1, 0]


def test_a_file_takes_a_folders_place_and_back(place: CaptureWorkspace) -> None:
    place.write("a/b", b"1")
    place.capture()
    shutil.rmtree(place.seeds / "a")
    place.write("a", b"2")
    place.capture()
    assert place.documents() == {"a": b"2"}
    (place.seeds / "a").unlink()
    place.write("a/b/c", b"3")
    place.capture()
    assert place.documents() == {"a/b/c": b"3"}


def test_the_users_configuration_and_environment_change_nothing(
    place: CaptureWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    hook = home / "hooks" / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
    hook.chmod(0o755)
    (home / "attributes").write_text("* text eol=crlf filter=spoil\n")
    (home / ".gitconfig").write_text(
        f"[core]\nautocrlf = true\nhooksPath = {home}/hooks\nattributesFile = {home}/attributes\n"
        "fsmonitor = /bin/false\n"
        '[filter "spoil"]\nclean = tr a-z A-Z\nrequired = true\n[fastimport]\nunpackLimit = 100000\n'
        "[init]\ndefaultBranch = other\ndefaultObjectFormat = sha256\n[log]\nshowSignature = true\n"
    )
    poison = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "GIT_WORK_TREE": str(place.seeds),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(tmp_path / "objects"),
        "GIT_NAMESPACE": "other",
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_AUTHOR_DATE": "1999-01-01T00:00:00Z",
        "GIT_TRACE": str(tmp_path / "trace"),
        "GIT_EXTERNAL_DIFF": "/bin/false",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.autocrlf",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_TEMPLATE_DIR": str(home),
        "GIT_PYTHON_TRACE": "full",
    }
    for key, value in poison.items():
        monkeypatch.setenv(key, value)
    place.write("brief.txt", b"one\ntwo\r\n")
    place.write("nested/.gitattributes", b"* filter=spoil\n")
    place.write("nested/.gitignore", b"*\n")
    place.capture()
    assert place.documents() == {
        "brief.txt": b"one\ntwo\r\n",
        "nested/.gitattributes": b"* filter=spoil\n",
        "nested/.gitignore": b"*\n",
    }
    assert not any((tmp_path / name).exists() for name in ("hook-ran", "elsewhere", "index", "objects", "trace"))
    assert {key: os.environ[key] for key in poison} == poison


def test_a_program_named_by_the_environment_is_never_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    code = (
        "import sys, pathlib; from monitor.snapshots.repository import GitSnapshots\n"
        "with GitSnapshots(pathlib.Path(sys.argv[1])) as store, store.writer() as writer: writer.add('0' * 40, b'')"
    )
    environment = {**os.environ, "GIT_PYTHON_GIT_EXECUTABLE": str(trap), "GIT_EXEC_PATH": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "snapshots" / "history.git")], env=environment, check=True
    )
    assert (tmp_path / "snapshots" / "history.git" / "HEAD").exists()
    assert not (tmp_path / "sprung").exists()


def test_a_repository_in_the_watched_folder_runs_nothing(place: CaptureWorkspace, tmp_path: Path) -> None:
    place.write("one.txt", b"1")
    subprocess.run(["git", "init", "-q", place.seeds], check=True)
    config = place.seeds / ".git" / "config"
    config.write_text(config.read_text() + f'[core]\nfsmonitor = "touch {tmp_path}/sprung"\n')
    place.capture()
    assert not (tmp_path / "sprung").exists()
    assert place.documents()[".git/config"] == config.read_bytes()


def test_git_accepts_the_repository(place: CaptureWorkspace) -> None:
    for name in NAMES:
        place.write(name, b"text")
    place.capture()
    done = subprocess.run(
        ["git", "--git-dir", place.store.repository, "fsck", "--strict", "--full"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_manifest_says_which_bytes(place: CaptureWorkspace) -> None:
    place.write("a", b"hello\n")
    head = place.capture().head
    assert place.store.manifest(head or "") == {"a": FileVersion("ce013625030ba8dba906f756967f9e9ca394464a")}
