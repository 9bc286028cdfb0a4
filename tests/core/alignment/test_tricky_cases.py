"""docs/tricky-cases.md says what happens today: each case of its list that quotes drafts is looked up and aligned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from monitor.model import Match
from tests.core.alignment.align_texts import aligned
from tests.support.paths import CORPORA, PROJECT

GOLD = CORPORA / "gold/alignment_dev.jsonl"
DOCUMENT = PROJECT / "docs/tricky-cases.md"
ALL = 37
TODAY = {
    "The same meaning in other words": "not linked",
    "The opening stays, the rest is new": "not linked",
    "Split, or one part and something new": "split",
    "Merged, or one part dropped": "merged",
    "Split, and not found": "not split",
    "It moved, and people said removed and added": "moved",
    "Two similar candidates": "not linked",
}


class Case(NamedTuple):
    number: int
    heading: str
    before: str
    after: str


def cases() -> Iterator[Case]:
    """The numbered cases with a quotation on both sides; those that are made up quote no draft."""
    text = DOCUMENT.read_text(encoding="utf-8").split("## Which statements are the same")[1]
    for section in text.split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        for number, case in re.findall(r"^(\d+)\. (.+(?:\n    .+)*)", body, re.MULTILINE):
            before, after = re.findall(r"`- (.+?)`", case), re.findall(r"`\+ (.+?)`", case)
            if before and after and not case.startswith("Made up"):
                yield Case(int(number), heading, before[-1], after[-1])


@cache
def drafts() -> list[tuple[list[str], list[str], tuple[Match, ...]]]:
    with GOLD.open(encoding="utf-8") as lines:
        pairs = [pair for pair in map(json.loads, lines) if not pair["id"].endswith("/moved")]
    return [(pair["old"], pair["new"], aligned(pair["old"], pair["new"]).matches) for pair in pairs]


def place(shortened: str, version: list[str]) -> int | None:
    """Where a statement stands that is quoted with `…` for what was left out."""
    wanted = re.compile(".*".join(re.escape(part.strip()) for part in plain(shortened).split("…")))
    return next((at for at, text in enumerate(version) if wanted.search(plain(text))), None)


def plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("“", '"').replace("”", '"').split())


def today(case: Case) -> Iterator[set[str]]:
    """What is true of the two statements, in each pair of drafts that holds both."""
    for old, new, matches in drafts():
        i, j = place(case.before, old), place(case.after, new)
        if i is None or j is None:
            continue
        of_before = next(match for match in matches if i in match.before)
        of_after = next(match for match in matches if j in match.after)
        yield {
            "split" if len(of_before.after) > 1 else "not split",
            "merged" if len(of_after.before) > 1 else "not merged",
            "linked" if of_before == of_after else "not linked",
            *(["moved"] if of_before.moved else []),
        }


def test_the_list_holds_the_errors_that_it_promises() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)] == list(range(1, ALL + 1))


@pytest.mark.skipif(not GOLD.exists(), reason="no corpora (MONITOR_CORPORA names none)")
@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.number}")
def test_listed_behaviour_is_true_of_the_drafts(case: Case) -> None:
    found = list(today(case))
    assert found, "no drafts hold both statements"
    assert any(TODAY[case.heading] in facts for facts in found)
