"""A word is found however it is written: by `search`, the page, `/api`, the queue and the feed of a watch term."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.workspace import Workspace
from tests.web.server import Served, serving

WANTED = "A new co-operation pays 1,000 in this Straße, 用户应当支付费用, for the pur\u00adchase of a café."
ASKED = ["cooperation", "co-operation", "1000", "1 000", "支付", "strasse", "STRASSE", "purchase", "cafe", "Café"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("forms"))
    made.configure(f"[review]\nwatch = {ASKED!r}\n")
    made.record_day(1, {"a.txt": "Nothing here yet.\n"})
    made.record_day(2, {"a.txt": f"Nothing here yet.\n\n{WANTED}\n\nAnother operation: pay 100.\n"})
    return made


@pytest.fixture(scope="module")
def page(place: Workspace) -> Iterator[Served]:
    with serving(place.root) as served:
        yield served


@pytest.mark.parametrize("words", ASKED)
def test_a_word_is_found_however_it_is_written(place: Workspace, page: Served, words: str) -> None:
    def texts(hits: list[dict[str, str]]) -> list[str]:
        return [hit["text"] for hit in hits]

    assert texts(place.monitor("search", words, "--format", "json").json()) == [WANTED]
    assert texts(page.get(f"/api/search?q={quote(words)}").json()["found"]) == [WANTED]
    assert page.get(f"/queue?q={quote(words)}").text.count("<article") == 1
    assert place.monitor("feed", "--term", words).text.count("<entry>") == 1
