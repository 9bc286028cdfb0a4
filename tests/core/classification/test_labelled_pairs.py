"""The labelled pairs: what the rules reach on them, by aspect, and that the set is what it says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.core.classification.classify import classify
from monitor.model import Aspect, Statement

PAIRS = [
    json.loads(line)
    for path in sorted(Path(__file__).parent.glob("kinds*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
CONTENT = {"number", "date", "name", "attribution", "modality", "negation", "quotation", "link"}
REACHED = 0.97  # F1 of each aspect over all pairs; the mean is above .98


def judged(pair):
    sides = ((pair[side], tuple(pair.get(f"links_{side}", ()))) for side in ("before", "after"))
    before, after = ([Statement(text, links=links)] for text, links in sides)
    return classify(before, after)


@pytest.fixture(scope="module")
def counted():
    """Per aspect: how often it was rightly given, wrongly given, missed."""
    hits, wrong, missed = Counter(), Counter(), Counter()
    for pair in PAIRS:
        wanted, given = set(pair["aspects"]), {aspect.value for aspect in judged(pair).aspects}
        hits.update(wanted & given)
        wrong.update(given - wanted)
        missed.update(wanted - given)
    return hits, wrong, missed


@pytest.mark.parametrize("aspect", list(Aspect))
def test_each_aspect_has_at_least_fifteen_pairs(aspect):
    assert sum(aspect.value in pair["aspects"] for pair in PAIRS) >= 15


def test_forty_traps_have_no_aspect_of_content():
    traps = [pair for pair in PAIRS if pair.get("trap")]
    assert len(traps) >= 40
    assert all(CONTENT.isdisjoint(pair["aspects"]) for pair in traps)


@pytest.mark.parametrize("aspect", list(Aspect))
def test_each_aspect_is_found_as_well_as_it_was(counted, aspect):
    hits, wrong, missed = (counter[aspect.value] for counter in counted)
    assert 2 * hits / (2 * hits + wrong + missed) >= REACHED


def test_significance_is_as_accurate_as_before():
    right = sum(judged(pair).significance.value == pair["significance"] for pair in PAIRS)
    assert right / len(PAIRS) >= 0.98
