"""An unattended monitor in fast motion, a run every 15 minutes: at the end the store is sound and small.

A part of the year is played here, with everything that happens in it. The whole year is a benchmark: see `year`.
"""

from __future__ import annotations

import pytest

from tests.operation.year import EVENTS, HELD_DAYS, LARGEST_JOURNAL, LARGEST_STORE, RUNS, Facts, play
from tests.support.paths import PROJECT

DAYS = 90


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return play(tmp_path_factory.mktemp("year"), DAYS)


@pytest.mark.slow
def test_the_store_is_sound_and_small_at_the_end(facts: Facts) -> None:
    assert facts.findings == []
    assert facts.store < LARGEST_STORE
    assert facts.journal < LARGEST_JOURNAL
    assert facts.last_failures == 0


@pytest.mark.slow
def test_every_run_ends_as_expected(facts: Facts) -> None:
    assert facts.runs["held"] == HELD_DAYS * RUNS
    assert facts.runs["recorded"] + facts.runs["unchanged"] == (DAYS - HELD_DAYS) * RUNS
    assert set(facts.runs) == {"held", "recorded", "unchanged"}


@pytest.mark.slow
def test_notices_are_sent_exactly_as_expected(facts: Facts) -> None:
    still = ["monitor: runs are still held"] * (HELD_DAYS - 1)
    assert facts.stops == ["monitor: runs are held", *still, "monitor: runs go well again"]
    assert len(facts.sent) - len(facts.stops) == facts.expected


@pytest.mark.slow
def test_nothing_is_removed_and_all_texts_are_right(facts: Facts) -> None:
    assert facts.removed == []
    assert facts.texts_are_right
    assert facts.upgrades == 1


def test_the_page_shows_the_whole_year() -> None:
    page = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    made = page.partition("<!-- year -->")[2].partition("<!-- /year -->")[0]
    assert "35,040 runs" in made
    assert made.count("\n| ") >= len(EVENTS)
