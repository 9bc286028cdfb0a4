"""Versions that are odd: empty, not readable, renamed, moved away and back, tables alone, from right to left."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from urllib.request import urlopen

import docx
import pytest
from lxml import html

from tests.support.workspace import Workspace
from tests.web.server import Served, serving
from tests.web.story import record

MANDATE = "The mandate ends in May. It may cover 30 divers within 60 days. The harbour opens at dawn. Nobody knows yet."
AWAY = MANDATE.replace(" The harbour opens at dawn.", "")
NOTES = "Here is a first note. And here is a second one."
TABLE = "| a | b |\n|---|---|\n| boat | 60 days |\n| car | 20 |\n"
ARABIC = "يستغرق التصويت 60 يوما."
DAYS = (
    {"m.txt": MANDATE, "n.txt": NOTES, "t.md": TABLE, "r.txt": ARABIC, "e.txt": "Only one."},
    {
        "m.txt": AWAY,
        "n.txt": f"{NOTES} The harbour opens at dawn.",
        "t.md": TABLE.replace("60", "90"),
        "r.txt": ARABIC.replace("60", "90"),
        "e.txt": "",
    },
    {"renamed.txt": MANDATE, "n.txt": NOTES, "t.md": TABLE[:20], "r.txt": "\x00\x01\x02" * 100, "e.txt": "Only one."},
)
PAIRS = (("-", "01"), ("01", "02"), ("02", "03"), ("01", "03"), ("03", "01"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, list[str]]]:
    """The page, and the addresses of all comparisons."""
    with serving(record(tmp_path_factory.mktemp("odd"), DAYS)) as served:
        documents = [one["id"] for one in served.get("/api/documents").json()["documents"]]
        found = []
        for document, (before, after) in product(documents, PAIRS):
            first = before if before == "-" else f"2026-01-{before}"
            answer = served.get(f"/documents/{document}/compare?before={first}&after=2026-01-{after}")
            assert answer.status == 303
            found.append(answer.headers["location"])
        yield served, found


@pytest.mark.parametrize("view", ["inline", "side"])
def test_every_end_of_a_move_leads_to_its_place(odd: tuple[Served, list[str]], view: str) -> None:
    served, addresses = odd
    ends = 0
    for address in addresses:
        answer = served.get(f"{address}&view={view}&whole=1")
        assert answer.status == 200
        for link in html.fromstring(answer.text).xpath("//a[@class='end']/@href"):
            path, _, place = link.partition("#")
            there = served.get(path) if path else answer
            there = served.get(there.headers["location"]) if there.status == 303 else there
            assert html.fromstring(there.text).xpath(f"//*[@id='{place}']")
            ends += 1
    assert ends


def test_every_comparison_is_saved_as_both_files(odd: tuple[Served, list[str]]) -> None:
    served, addresses = odd
    for address in addresses:
        with urlopen(f"{served.url}{address}&save=html") as got:
            assert got.read().startswith(b"<!doctype html>")
        with urlopen(f"{served.url}{address}&save=docx") as got:
            assert docx.Document(io.BytesIO(got.read())).element.body is not None


def test_versions_of_one_minute_or_second_are_told_apart(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for number, seconds in enumerate((0, 60, 70, 70)):
        place.record(
            {"a.txt": f"It takes {number} boats."}, datetime(2026, 1, 5, 8, 0, tzinfo=UTC) + timedelta(seconds=seconds)
        )
    with serving(tmp_path) as served:
        (document,) = served.get("/api/documents").json()["documents"]
        slider = html.fromstring(served.get(f"/documents/{document['id']}").text).xpath("//@data-moments")
        shown = served.get(f"/documents/{document['id']}/compare")
        shown = served.get(shown.headers["location"]) if shown.status == 303 else shown
        listed = html.fromstring(shown.text).xpath("//select[@id='after']/option/text()")
        for labels in (json.loads(slider[0]), listed):
            assert len(set(labels)) == len(labels) == 4, labels
            assert any(label.startswith("5 Jan 2026, 08:00 ") for label in labels)
            assert any(label.startswith("5 Jan 2026, 08:01:00 ") for label in labels)
            assert sum(label.startswith("5 Jan 2026, 08:01:10 ") for label in labels) == 2
