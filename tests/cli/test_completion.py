"""What a shell completes: documents and ids, by click's protocol, and in a bash of its own with hostile names."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from monitor.cli import completion
from monitor.cli.main import COMMANDS, group
from tests.support.driver import SAME, spawn
from tests.support.workspace import Workspace

# Each begins with letters of its own, so that these complete it.
NAMES = (
    "a1 plain.txt",
    "a2 $(touch acted).txt",
    "a3`touch acted`.txt",
    "a4;touch acted;.txt",
    "a5*.txt",
    "a6'single.txt",
    'a7"double.txt',
    "a8\\back.txt",
    "a9 one,two,.txt",
    "b1:colon:x.txt",
    "b2=equal=x.txt",
    "b3&and|pipe.txt",
    "b4#hash!bang.txt",
    "b5 größe 中.txt",
    "b6/sub folder/file.txt",
    "b7[x]{y,z}?.txt",
    "b8%percent_.txt",
    "b9<in>out~.txt",
    "c1~.txt,",
    "~home.txt",
)
LEFT_OUT = ("d1\nline.txt", "d2\ttab.txt", "d3\x1b[2J.txt", "d4\u202e.txt", b"d5\xff.txt")
SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Documents with names that a shell would act on, and a revision of one of them."""
    made = Workspace(tmp_path)
    for number, name in enumerate((*NAMES, *LEFT_OUT)):
        made.write(name, f"Line {number} of {number + 1} stands here.\n")
    made.next_run()
    made.write(NAMES[0], "Line 0 of 7 stands here.\n")
    made.next_run()
    monkeypatch.chdir(made.root)
    return made


def completed(monkeypatch: pytest.MonkeyPatch, shell: str, *words: str) -> list[str]:
    """What a shell is offered for the last of these words, as it stands on the line."""
    typed = shlex.join(words[:-1])
    variables = {
        "bash": {"COMP_LINE": f"{typed} {words[-1]}", "COMP_WORD": words[-1]},
        "zsh": {"COMP_WORDS": f"{typed} {words[-1]}", "COMP_CWORD": str(len(words) - 1)},
        "fish": {"COMP_WORDS": f"{typed} {words[-1]}", "COMP_CWORD": words[-1]},
    }
    for name, value in variables[shell].items():
        monkeypatch.setenv(name, value)
    kind = get_completion_class(shell)
    assert kind is not None
    lines = kind(group, {}, "monitor", "_MONITOR_COMPLETE").complete().splitlines()
    if shell == "zsh":
        return [value for kind, value in zip(lines[::3], lines[1::3], strict=True) if kind == "plain"]
    return [line.removeprefix("plain,").partition("\t")[0] for line in lines if line.startswith("plain,")]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", [("cat",), ("blame",), ("log",), ("log", "--since", "7d", "--kind", "revised")])
def test_documents_are_completed(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, shell: str, command: Sequence[str]
) -> None:
    assert completed(monkeypatch, shell, "monitor", *command, "a9") in (["a9 one,two,.txt"], [r"a9\ one,two,.txt"])


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--document"),
        ("report", "--document"),
        ("diff", "2026-01-01", "7d"),
        ("review", "list"),
        ("feed",),
        ("forget",),
    ],
)
def test_every_place_of_a_document_is_completed(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, words: Sequence[str]
) -> None:
    assert completed(monkeypatch, "zsh", "monitor", *words, "a1") == ["a1 plain.txt"]


def test_bash_gets_every_name_as_one_word(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = completed(monkeypatch, "bash", "monitor", "cat", "")
    assert [shlex.split(word) for word in offered] == [[name] for name in sorted(NAMES)]
    assert all(re.search(r"(?<!\\)[ $`;*'\"&|#!?<>(){}\[\]~]", word) is None for word in offered)


@pytest.mark.parametrize("shell", SHELLS[1:])
def test_shells_that_quote_get_names_as_they_are(place: Workspace, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    assert completed(monkeypatch, shell, "monitor", "cat", "") == sorted(NAMES)


def test_a_name_that_fits_no_line_is_left_out(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "zsh", "monitor", "cat", "d") == []


def test_letters_are_those_that_were_typed(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "zsh", "monitor", "cat", "A1") == []
    assert completed(monkeypatch, "zsh", "monitor", "cat", "b8%p") == ["b8%percent_.txt"]
    assert completed(monkeypatch, "zsh", "monitor", "cat", "a_") == []


def test_too_many_documents_are_not_offered_in_part(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "_MOST_DOCUMENTS", 8)
    assert completed(monkeypatch, "zsh", "monitor", "cat", "a") == []
    assert len(completed(monkeypatch, "zsh", "monitor", "cat", "b")) == 0
    assert completed(monkeypatch, "zsh", "monitor", "cat", "c") == ["c1~.txt,"]


def change_of(place: Workspace) -> dict[str, object]:
    return place.monitor("log", "--kind", "revised", "--format", "jsonl").jsonl()[0]


@pytest.mark.parametrize(
    "words", [("show",), ("evidence",), ("review", "accept"), ("review", "undo"), ("review", "comment")]
)
def test_ids_of_changes_are_completed(place: Workspace, monkeypatch: pytest.MonkeyPatch, words: Sequence[str]) -> None:
    identity = str(change_of(place)["id"])
    assert identity in completed(monkeypatch, "zsh", "monitor", *words, "")
    assert completed(monkeypatch, "bash", "monitor", *words, identity[:9]) == [identity]


@pytest.mark.parametrize("words", [("show",), ("log", "--statement")])
def test_ids_of_statements_are_completed(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, words: Sequence[str]
) -> None:
    identity = str(change_of(place)["after"][0]["statement"])  # type: ignore[index]
    assert completed(monkeypatch, "fish", "monitor", *words, identity[:9]) == [identity]


@pytest.mark.parametrize("words", [("diff",), ("diff", "2026-01-01"), ("log", "--snapshot")])
def test_ids_of_snapshots_are_completed(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, words: Sequence[str]
) -> None:
    newest = [one.id for one in reversed(place.recorded())]
    assert completed(monkeypatch, "zsh", "monitor", *words, "") == newest
    assert completed(monkeypatch, "zsh", "monitor", *words, newest[0][:9]) == newest[:1]


def test_commands_and_options_are_completed(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "bash", "monitor", "") == list(COMMANDS)
    assert "--statement" in completed(monkeypatch, "bash", "monitor", "log", "--st")


def test_the_store_that_options_name_is_asked(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert completed(monkeypatch, "zsh", "monitor", "-C", str(place.root), "cat", "a1") == ["a1 plain.txt"]
    assert completed(monkeypatch, "zsh", "monitor", "cat", "a1") == []


@pytest.mark.parametrize("words", [("wat", "x"), ("cat", "--nothing", "x"), ("-C", "nowhere", "cat", "a")])
def test_a_line_that_means_nothing_offers_and_says_nothing(place: Workspace, words: Sequence[str]) -> None:
    line = {"COMP_WORDS": shlex.join(("monitor", *words)), "COMP_CWORD": str(len(words))}
    done = spawn([], cwd=place.root, env={**SAME, **line, "_MONITOR_COMPLETE": "zsh_complete"})
    assert (done.status, done.out.strip(), done.err) == (0, b"", b"")


def test_a_damaged_or_absent_store_offers_nothing(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (place.snapshots / "ledger.db").write_bytes(b"no database" * 1_000)
    assert completed(monkeypatch, "zsh", "monitor", "cat", "a1") == []
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.chdir(empty)
    assert completed(monkeypatch, "zsh", "monitor", "show", "") == []
    assert list(empty.iterdir()) == []


# --- in a shell


class Bash:
    """An interactive bash in which `monitor` is completed, and when called prints its arguments."""

    def __init__(self, place: Path) -> None:
        program = place / "bin" / "monitor"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\nif [ -n "$_MONITOR_COMPLETE" ]; then exec {shlex.quote(sys.executable)} -m monitor; fi\n'
            'for one in "$@"; do printf "<<%s>>" "$one"; done; echo "|END|"\n'
        )
        program.chmod(0o755)
        self._terminal, end = pty.openpty()
        variables = {**SAME, "PATH": f"{program.parent}:{SAME['PATH']}", "HOME": str(place), "TERM": "dumb"}
        command = ["bash", "--norc", "--noprofile", "-i"]
        self.process = subprocess.Popen(
            command, stdin=end, stdout=end, stderr=end, cwd=place, env=variables, start_new_session=True
        )
        os.close(end)
        self.arguments('eval "$(_MONITOR_COMPLETE=bash_source monitor)"; monitor')

    def arguments(self, line: str) -> list[str]:
        """Type a line; what `monitor` was called with."""
        os.write(self._terminal, f"{line}\r".encode())
        shown = b""
        while b"|END|\r" not in shown:
            assert select.select([self._terminal], [], [], 120)[0], shown
            shown += os.read(self._terminal, 65_536)
        return re.findall(r"<<(.*?)>>", shown.decode("utf-8"), re.DOTALL)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)


@pytest.fixture
def bash(place: Workspace) -> Iterator[Bash]:
    shutil.rmtree(place.seeds)  # so that no name is completed as a file
    made = Bash(place.root)
    yield made
    made.close()


@pytest.mark.slow
def test_bash_inserts_each_name_as_one_argument(place: Workspace, bash: Bash) -> None:
    typed = {name: re.sub(r"([~])", r"\\\1", name[:3] if name[2] in ":=" else name[:2]) for name in NAMES}
    assert {name: bash.arguments(f"monitor cat {begun}\t") for name, begun in typed.items()} == {
        name: ["cat", name] for name in NAMES
    }
    assert not (place.root / "acted").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "name"), [('"a2', NAMES[1]), ('"a7', NAMES[6]), ("'a6", NAMES[5]), ("a1\\ pl", NAMES[0])]
)
def test_bash_keeps_the_quotes_that_were_typed(place: Workspace, bash: Bash, typed: str, name: str) -> None:
    assert bash.arguments(f"monitor cat {typed}\t") == ["cat", name]
