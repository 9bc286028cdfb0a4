"""Texts that act, as document text, names, headings, links, comments and arguments, through the commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.app.run import RunOptions, run
from monitor.config import load
from tests.support.driver import Monitor
from tests.support.injection_payloads import ALL, HARMLESS

ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
FOR_PEOPLE = (
    "log --baseline",
    "log --level document --baseline",
    "blame texts.txt",
    "blame rows.conf",
    "blame heads.md",
    "diff {first} {last}",
    "snapshots",
    "status",
    "report --since 2026-01-01 --format text",
    "review list",
    "review list --verdict flagged",
    "search window",
    "search brief",
    "verify",
)


def named(text: str) -> bytes:
    """A text as far as a file's name can hold it."""
    return os.fsencode(text.replace("\0", "").replace("/", "\u2215"))[:240]


def one_line(text: bytes) -> bytes:
    """Without what ends a line of a text file."""
    return " ".join(filter(None, map(str.strip, text.decode().splitlines()))).encode()


def write(seeds: Path, texts: list[str]) -> None:
    shutil.rmtree(seeds, ignore_errors=True)
    (seeds / "named").mkdir(parents=True)
    plain = [text.encode("utf-8", "replace") for text in texts]
    (seeds / "texts.txt").write_bytes(b"\n\n".join(plain) + b"\n")
    (seeds / "rows.conf").write_bytes(b"\n".join(map(one_line, plain)) + b"\n")
    (seeds / "heads.md").write_bytes(b"".join(b"# %s\n\nText. [link](<%s>)\n\n" % (text, text) for text in plain))
    for at, text in enumerate(texts):
        path = os.path.join(os.fsencode(seeds / "named"), named(text) or b"empty")
        with open(path, "wb") as file:
            file.write(b"This is number %d of them.\n" % at)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots of folders full of them, an import by hostile people, and comments."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "monitor.toml").write_text("[watch]\nignore_defaults = false\n", encoding="utf-8")
    settings = load(folder, None, {"report.formats": ""}, {})
    for texts in ([HARMLESS], ALL):
        write(settings.watch.folder, texts)
        run(settings, RunOptions(settle=0, accept_deletions=True))
    return folder


@pytest.fixture
def there(poisoned: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(poisoned)
    return poisoned


@pytest.mark.parametrize("command", FOR_PEOPLE)
def test_document_text_cannot_control_the_terminal(there: Path, monitor: Monitor, command: str) -> None:
    first, last = sorted(monitor("snapshots", "--format", "jsonl").jsonl(), key=lambda one: one["taken_at"])
    answer = monitor(*command.format(first=first["id"], last=last["id"]).split())
    assert not ACTING.findall(answer.text)
    assert answer.message == ""


def test_ledger_returns_every_text_unchanged(there: Path, monitor: Monitor) -> None:
    rows = [one["text"] for one in monitor("blame", "rows.conf", "--format", "json").json()]
    assert rows == (there / "seeds" / "rows.conf").read_bytes().decode("utf-8").replace("\0", "\ufffd").rstrip(
        "\n"
    ).split("\n")


def test_every_name_comes_out_of_the_ledger_and_gives_its_bytes(there: Path, monitor: Monitor) -> None:
    names = sorted(path for path in os.listdir(os.fsencode(there / "seeds" / "named")))
    added = monitor("log", "--level", "document", "--baseline", "--format", "jsonl").jsonl()
    told = {os.fsencode(one["document"]) for one in added if one["document"].startswith("named/")}
    assert {b"named/" + name for name in names} <= told
    last = max(monitor("snapshots", "--format", "jsonl").jsonl(), key=lambda one: one["taken_at"])
    for name in names[::7]:
        path = b"named/" + name
        assert (
            monitor("cat", "--at", last["id"], "--", os.fsdecode(path)).out
            == (there / "seeds" / os.fsdecode(path)).read_bytes()
        )


ASKED = (
    ("search", "--"),
    ("cat", "--at", "now", "--"),
    ("log", "--since"),
    ("show", "--"),
)


@pytest.mark.parametrize("command", ASKED, ids=lambda command: command[0])
def test_payload_as_an_argument_is_text(there: Path, monitor: Monitor, command: tuple[str, ...]) -> None:
    for text in ALL:
        answer = monitor(*command, text.replace("\0", ""), status=(0, 2))
        assert not ACTING.findall(answer.text + answer.message), (text, answer)
        assert answer.message.count("\n") == (1 if answer.status else 0), (text, answer)


@pytest.mark.parametrize(
    "text", [text for text in ALL if re.search("[a-z]{3}", text) and re.fullmatch("[\n\r -~]+", text)]
)
def test_a_text_is_found_by_itself(there: Path, monitor: Monitor, text: str) -> None:
    """Whatever a database's query language makes of its marks: the words stand in it, in their order or alone."""
    found = monitor("search", "--format", "jsonl", "--", one_line(text.encode()).decode()).jsonl()
    assert {"texts.txt", "rows.conf"} & {one["document"] for one in found}


def test_commit_messages_hold_no_foreign_text(poisoned: Path) -> None:
    git = ["git", "--git-dir", str(poisoned / "snapshots" / "history.git"), "log", "--format=%B%x00"]
    said = subprocess.run(git, capture_output=True, text=True, check=True).stdout
    assert len(said.split("\0")) == 3
    assert not [
        line
        for line in said.replace("\0", "").splitlines()
        if line and not re.match(r"[\w ,;]+$|Names: encoded$", line)
    ]
