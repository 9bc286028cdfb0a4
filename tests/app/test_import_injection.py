"""A history by somebody hostile: names of people, messages and paths that act are kept as text and say nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.git_histories import DAY, START, ImportWorkspace, Made, git, make_repository
from tests.support.injection_payloads import ALL

ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
SPOOFED = "\n\nOrigin: 0000000000000000000000000000000000000000\nNames: raw\nContinues: the watched folder\n"
TEXTS = [text.replace("\0", "") for text in ALL]


def person(text: str) -> str:
    """As much of a text as git lets into a name."""
    return " ".join(re.sub("[<>\n]", " ", text).split(" ")).strip(" .,:;<>\"\\'\r\t") or "nobody"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    commits = [
        Made(
            {f"{at}-{text.replace('/', '|')[:60]}.txt": f"This is number {at}.\n".encode()},
            START + at * DAY,
            author=f"{person(text)} <a@example.org>",
            subject=text + SPOOFED,
        )
        for at, text in enumerate(TEXTS)
    ]
    return make_repository(tmp_path / "source", commits)


def test_commit_message_does_not_affect_the_import(place: ImportWorkspace, source: Path) -> None:
    place.take(source, name="theirs")
    found = place.recorded()
    commits = git(source, "log", "--reverse", "--format=%H", "main").split()
    assert [one.origin for one in found] == commits
    assert {one.source for one in found} == {"theirs"}
    assert len({path for one in found[-1:] for path in place.manifest(one.id)}) == len(TEXTS)
    assert place.findings() == []


def test_people_are_named_as_they_called_themselves(place: ImportWorkspace, source: Path) -> None:
    place.take(source, name="theirs")
    for text, one in zip(TEXTS, place.recorded(), strict=True):
        assert one.author is not None
        assert "\n" not in one.author
        assert person(text) in one.author or ACTING.search(text)


def test_imported_text_cannot_control_the_terminal(place: ImportWorkspace, source: Path) -> None:
    place.monitor("import", source, "--name", "theirs")
    for command in ("snapshots", "log --baseline", "status", "log --limit 20"):
        answer = place.monitor(*command.split())
        assert not ACTING.findall(answer.text + answer.message), command
