"""Exact bytes in, exact bytes out: whatever a file is named, whatever it holds, whatever git is told elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.recorded import Once
from tests.support.workspace import Workspace, day

CONTENTS: dict[str, bytes] = {
    "line breaks of Windows": b"One line.\r\nAnother line.\r\n",
    "mixed line breaks": b"One.\nTwo.\r\nThree.\rFour.",
    "no final newline": b"One line without an end",
    "nothing at all": b"",
    "one newline": b"\n",
    "every byte": bytes(range(256)),
    "a byte order mark": b"\xef\xbb\xbfText after a mark.\n",
    "utf-16": "Zwei Bytes je Zeichen.\n".encode("utf-16"),
    "keywords that git expands": b"$Id$ $Id: 0123 $\n",
    "a merge conflict": b"<<<<<<< ours\nA\n=======\nB\n>>>>>>> theirs\n",
    "what fast-import reads as a command": b"data 5\ncommit refs/heads/x\nM 100644 inline x\ndone\n",
}
NAMES: tuple[bytes, ...] = (
    b"with a space.txt",
    b" space at both ends ",
    b"quote\"and'quote.txt",
    b"new\nline.txt",
    b"tab\tand\rreturn.txt",
    b"back\\slash.txt",
    b"-dash.txt",
    b"--help",
    b"~home",
    b"$HOME.txt",
    b"*.txt",
    b"[a].txt",
    b":colon:",
    b"percent%2Fslash%00.txt",
    b"not-utf-8-\xe9\xff.txt",
    "größer-ñ.txt".encode(),
    "cafe\u0301.txt".encode(),  # decomposed
    "café.txt".encode(),  # composed
    b".hidden",
    b".gitignore",
    b".gitattributes",
    b".gitmodules",
    b"git~1",
    b"sub/.gitignore",
    b"deep/er/and/deep/er/file.txt",
    b"nested/inner.txt",
    b"nested/.git/config",
    b"nested/.git/hooks/post-checkout",
    b"nested/.GIT/upper",
    b"%2egit/looks-encoded",
    b"n" * 250 + b".txt",
)


def of_name(name: bytes) -> bytes:
    return b"The content of " + name.replace(b"\n", b" ") + b"\r\nends without a newline"


@pytest.fixture(scope="module")
def stored(once: Once) -> Workspace:
    return once("bytes", store)


def store(workspace: Workspace) -> None:
    workspace.configure("[watch]\nignore_defaults = false\n")
    for number, content in enumerate(CONTENTS.values()):
        workspace.write(f"content-{number}.txt", content)
    for name in NAMES:
        workspace.write(name, of_name(name))
    workspace.run(0, status=(0, 3))  # every byte is no text
    for path in sorted(workspace.seeds.rglob("*"), reverse=True):  # what comes back comes from the store
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("kind", CONTENTS)
def test_any_content_is_returned_exactly(stored: Workspace, kind: str) -> None:
    assert stored.cat(f"content-{list(CONTENTS).index(kind)}.txt") == CONTENTS[kind]


@pytest.mark.parametrize(
    "name", NAMES, ids=lambda name: os.fsdecode(name[:40]).encode("unicode-escape", "replace").decode()
)
def test_file_of_any_name_is_returned_exactly(stored: Workspace, name: bytes) -> None:
    assert stored.cat(name) == of_name(name)


def test_log_of_odd_names_is_utf_8_with_each_document_once(stored: Workspace) -> None:
    records = stored.log("--baseline", "--level", "document", "--kind", "added")
    names = sorted(os.fsencode(record["document"]) for record in records)
    assert names == sorted([*NAMES, *(f"content-{number}.txt".encode() for number in range(len(CONTENTS)))])


def test_names_are_shown_without_control_characters(stored: Workspace) -> None:
    text = stored.monitor("log", "--baseline", "--level", "document").text
    assert "new\nline" not in text
    assert not [character for character in text if ord(character) < 32 and character not in "\n\t"]


def test_log_finds_a_document_by_the_bytes_of_its_name(stored: Workspace) -> None:
    name = b"not-utf-8-\xe9\xff.txt"
    records = stored.monitor("log", "--baseline", "--format", "jsonl", "--", name).jsonl()
    assert {os.fsencode(record["document"]) for record in records} == {name}


def test_each_version_is_kept(workspace: Workspace) -> None:
    versions = [b"first\r\n", b"second", b"", b"fourth\n"]
    for number, content in enumerate(versions):
        workspace.write("kept.txt", content)
        workspace.run(number)
    assert [workspace.cat("kept.txt", at=day(number)) for number in range(4)] == versions


def test_cat_takes_a_snapshot_a_date_and_the_name_of_the_time(workspace: Workspace) -> None:
    workspace.write("old name.txt", "One thing stands here, and it stands here for good.\n")
    workspace.run(0)
    snapshot = workspace.log("--baseline")[0]["snapshot"]
    (workspace.seeds / "old name.txt").rename(workspace.seeds / "new name.txt")
    workspace.run(1)
    content = b"One thing stands here, and it stands here for good.\n"
    assert workspace.cat("new name.txt", at=snapshot) == content
    assert workspace.cat("new name.txt", at=snapshot[:10]) == content
    assert workspace.cat("new name.txt", at=day(0)[:10] + "T07:00") == content
    assert workspace.cat("old name.txt", at=day(0)) == content


def test_cat_of_what_was_not_there_is_an_error_of_one_line(workspace: Workspace) -> None:
    workspace.write("here.txt", "Here.")
    workspace.run(1)
    for name, at in (("absent.txt", day(1)), ("here.txt", day(0))):
        answer = workspace.monitor("cat", name, "--at", at, status=2)
        assert answer.out == b""
        assert len(answer.message.splitlines()) == 1


# --- git's configuration, environment and repositories around the folder -------------------------


def evil_script(path: Path, marker: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho ran >> '{marker}'\ncat\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def poisoned(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A home whose git configuration converts, filters, signs and hooks, inside a repository that does so too."""
    marker = tmp_path / "marker"
    script = evil_script(tmp_path / "evil" / "script", marker)
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-index-change", "update", "pre-auto-gc"):
        evil_script(tmp_path / "evil" / "hooks" / hook, marker)
        evil_script(tmp_path / "template" / "hooks" / hook, marker)
    hostile = f"""
[core]
    autocrlf = true
    eol = crlf
    safecrlf = true
    hooksPath = {tmp_path}/evil/hooks
    fsmonitor = {script}
    attributesFile = {tmp_path}/evil/attributes
    excludesFile = {tmp_path}/evil/ignore
    ignoreCase = true
    precomposeUnicode = true
    sshCommand = {script}
    pager = {script}
[init]
    templateDir = {tmp_path}/template
    defaultBranch = weird
    defaultObjectFormat = sha256
[filter "evil"]
    clean = {script}
    smudge = {script}
    process = {script}
    required = true
[commit]
    gpgSign = true
[gpg]
    program = {script}
[fastimport]
    unpackLimit = 100000
[transfer]
    fsckObjects = true
[i18n]
    commitEncoding = ISO-8859-1
[alias]
    fast-import = !{script}
    cat-file = !{script}
[user]
    useConfigOnly = true
[extensions]
    worktreeConfig = true
"""
    (tmp_path / "evil" / "attributes").write_text(
        "* text=auto eol=crlf filter=evil ident working-tree-encoding=UTF-16\n"
    )
    (tmp_path / "evil" / "ignore").write_text("*\n")
    (workspace.home / ".gitconfig").write_text(hostile)
    (workspace.home / ".config" / "git").mkdir(parents=True)
    (workspace.home / ".config" / "git" / "config").write_text(hostile)
    for repository in (workspace.root, workspace.seeds / "nested"):
        repository.mkdir(exist_ok=True)
        subprocess.run(["git", "init", "-q", str(repository)], check=True, env={"PATH": os.environ["PATH"]})
        with (repository / ".git" / "config").open("a") as config:
            config.write(hostile)
        for hook in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
            evil_script(repository / ".git" / "hooks" / hook, marker)
    workspace.write(".gitattributes", "* text=auto eol=lf filter=evil ident\n")
    workspace.write(".gitignore", "*\n")
    workspace.write("crlf.txt", b"One line.\r\nAnother $Id$ line.\r\n")
    workspace.write("nested/lf.txt", b"One line.\nAnother line.\n")
    workspace.write("nested/.gitattributes", b"* -text\n")
    return workspace


ENVIRONMENT = {
    "GIT_DIR": "/nonexistent",
    "GIT_WORK_TREE": "/nonexistent",
    "GIT_INDEX_FILE": "/nonexistent/index",
    "GIT_OBJECT_DIRECTORY": "/nonexistent/objects",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent/alternates",
    "GIT_COMMON_DIR": "/nonexistent",
    "GIT_NAMESPACE": "elsewhere",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.autocrlf",
    "GIT_CONFIG_VALUE_0": "true",
    "GIT_CONFIG_KEY_1": "core.bare",
    "GIT_CONFIG_VALUE_1": "false",
    "GIT_CONFIG_PARAMETERS": "'core.autocrlf'='true'",
    "GIT_EXEC_PATH": "/nonexistent",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_AUTHOR_NAME": "",
    "GIT_AUTHOR_DATE": "garbage",
    "GIT_COMMITTER_DATE": "garbage",
    "GIT_COMMITTER_EMAIL": "<>\n",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_REPLACE_REF_BASE": "refs/elsewhere",
    "GIT_SHALLOW_FILE": "/nonexistent",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TRACE": "1",
    "GIT_TRACE2": "1",
    "GIT_FLUSH": "0",
}


def contents(workspace: Workspace) -> dict[bytes, bytes]:
    """Every regular file of the watched folder, by its name."""
    root = os.fsencode(workspace.seeds)
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
    return {os.path.relpath(path, root): Path(os.fsdecode(path)).read_bytes() for path in paths}


def test_hostile_git_configuration_changes_and_runs_nothing(poisoned: Workspace, tmp_path: Path) -> None:
    poisoned.configure("[watch]\nignore_defaults = false\n")
    poisoned.run(0)
    names = {os.fsencode(record["document"]) for record in poisoned.log("--baseline", "--level", "document")}
    assert names == set(contents(poisoned))
    for name in (b"crlf.txt", b".gitignore", b"nested/lf.txt", b"nested/.git/config", b"nested/.git/HEAD"):
        assert poisoned.cat(name) == contents(poisoned)[name], name
    poisoned.monitor("verify")
    assert not (tmp_path / "marker").exists()


ALONE = ("GIT_DIR", "GIT_EXEC_PATH", "GIT_CONFIG_COUNT", "GIT_DEFAULT_HASH")


@pytest.mark.parametrize("variable", ["all together", *(pytest.param(one, marks=pytest.mark.slow) for one in ALONE)])
def test_git_variables_of_the_environment_have_no_effect(workspace: Workspace, variable: str) -> None:
    chosen = {key: value for key, value in ENVIRONMENT.items() if variable in ("all together", key)}
    workspace.environment = {**chosen}
    content = workspace.write("crlf.txt", b"One line.\r\nAnother line.\r\n").read_bytes()
    first = workspace.run(0)
    assert workspace.cat("crlf.txt") == content
    workspace.environment = {}
    workspace.monitor("verify")
    assert workspace.cat("crlf.txt") == content
    assert first.err == b""


@pytest.mark.parametrize("broken", ["[core", "[core]\n\trepositoryformatversion = 99\n", "\x00\xff"])
def test_a_broken_configuration_of_git_stops_nothing(workspace: Workspace, broken: str) -> None:
    (workspace.home / ".gitconfig").write_bytes(broken.encode("latin-1"))
    content = workspace.write("crlf.txt", b"One line.\r\n").read_bytes()
    workspace.run(0)
    assert workspace.cat("crlf.txt") == content


def test_the_store_is_a_bare_repository_that_git_finds_sound(workspace: Workspace) -> None:
    for number in range(3):
        workspace.write("kept.txt", f"Version {number} stands here.\n")
        workspace.run(number)
    store = workspace.root / "snapshots" / "history.git"
    git = ["git", "--git-dir", str(store)]
    bare = subprocess.run([*git, "rev-parse", "--is-bare-repository"], capture_output=True, check=True)
    assert bare.stdout == b"true\n"
    subprocess.run([*git, "fsck", "--strict", "--no-dangling"], capture_output=True, check=True)
    counted = subprocess.run([*git, "rev-list", "--count", "--all"], capture_output=True, check=True)
    assert int(counted.stdout) >= 3
