"""How links and counters stand in the ledger: as they always have, whichever library writes them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.codec import counters_from_text, counters_to_text, links_from_text, links_to_text
from monitor.model.ledger import Counters

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(TEXTS, min_size=1).map(tuple))
def test_links_are_compact_json_and_come_back(links: tuple[str, ...]) -> None:
    told = links_to_text(links)
    assert told == msgspec.json.encode(links).decode()
    assert links_from_text(told) == links


def test_no_links_are_nothing() -> None:
    assert links_to_text(()) is None
    assert links_from_text(None) == ()


def test_counters_are_recognized_by_name() -> None:
    counters = Counters(seq=3, document=5, statement=7, text=11, block=13, path=17)
    told = counters_to_text(counters)
    assert told == '{"seq":3,"document":5,"statement":7,"text":11,"block":13,"path":17}'
    assert counters_from_text(told) == counters


def test_a_ledger_without_any_begins_to_count() -> None:
    assert counters_from_text(None) == Counters()
