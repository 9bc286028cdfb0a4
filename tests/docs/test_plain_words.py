"""No phrase that a reader must guess: pages, output, help, README and docs use the field's own words."""

from __future__ import annotations

import re

import pytest

from tests.support.paths import PROJECT

PHRASES = """
    The document removed|That cannot be answered|That cannot be done|Nothing fits these filters|waits? for a verdict
    Two dates compared|Not a statement differs|The life of a statement|gone since|The same words elsewhere
    No other statement says the same now|One entry with|What was decided|Nobody has decided on this yet|[Tt]ook back
    taken back|Say who you are first|No path holds this|Part of the path|said the same still|is not at work
    whether one is at work|the schedule names no time|Nothing that was said is dropped|is no date|parquet is no text
    as young as the schedule|it was not there at|first told|no change and no statement has an id|the first: \\d
    that no other one has|What its documents stand below|What a reader must know|Say something on a change
    share a line with them|heaviest first|weightiest first|everything that was said of a change|What people said
    a fold of them from nothing|makes the ledger anew|Make the ledger again|made-up history|Look again at a file
    Only what this snapshot brought|Also what the first snapshot held|Nothing is announced|thrown away and made again
    who ever mentioned|asks nobody else|told as news|at one stroke|Everybody takes back
"""
PATTERN = re.compile("|".join(PHRASES.split("\n")[1:-1]).replace("|    ", "|").strip())
FILES = sorted(
    path.relative_to(PROJECT).as_posix()
    for pattern in ("README.md", "docs/*.md", "monitor/cli/**/*.py", "monitor/web/**/*.py", "monitor/app/*.py")
    for path in PROJECT.glob(pattern)
) + sorted(
    path.relative_to(PROJECT).as_posix()
    for pattern in (
        "monitor/web/**/*.html",
        "monitor/web/assets/review.js",
        "monitor/reports/**/*.html",
        "monitor/reports/*.py",
    )
    for path in PROJECT.glob(pattern)
)


@pytest.mark.parametrize("name", FILES)
def test_file_has_no_phrase_that_must_be_guessed(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    found = [match[0] for match in PATTERN.finditer(text)]
    assert found == []


def test_pattern_finds_the_phrases() -> None:
    assert (
        len(PATTERN.findall("Two dates compared; no one took back what waits for a verdict; the first: 4 documents"))
        == 4
    )
