"""Any two versions of any document: the two columns are the two texts, and the marks are the recorded changes."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest

from monitor.app.compare import DocumentDiff, differences
from monitor.app.monitor import Monitor, open_monitor
from monitor.model import ChangeFilter, Level
from tests.app.test_import_real_histories import HISTORIES, SLICES, take
from tests.support.git_histories import ImportWorkspace
from tests.support.workspace import Workspace

PAIRS = 200
DOCUMENTS = ("one.md", "two.md", "three.txt")
WORDS = (
    *("harbour", "treaty", "grain", "divers", "convoy", "winter", "border"),
    *("minister", "vote", "ceasefire", "ferry", "bridge", "seven", "thirty"),
)


def sentence(random: Random) -> str:
    return f"The {' '.join(random.choices(WORDS, k=7))} may cover {random.randrange(90)} days."


def edited(random: Random, texts: dict[str, list[str]], gone: list[str]) -> None:
    """One random edit: insert, delete, revise, move, split, merge or restore, within and across documents."""
    text = texts[random.choice(DOCUMENTS)]
    at = random.randrange(len(text) + 1)
    act = random.randrange(7)
    if act == 0 or len(text) < 3:
        text.insert(at, sentence(random))
    elif act == 1:
        gone.append(text.pop(random.randrange(len(text))))
    elif act == 2:
        at = random.randrange(len(text))
        text[at] = text[at].replace(" may ", " will ").replace(random.choice(WORDS), random.choice(WORDS))
    elif act == 3:
        moved = text.pop(random.randrange(len(text)))
        other = texts[random.choice(DOCUMENTS)]
        other.insert(random.randrange(len(other) + 1), moved)
    elif act == 4:
        at = random.randrange(len(text))
        first, _, second = text[at].partition(" may ")
        text[at : at + 1] = [f"{first} stays.", f"It may {second}"] if second else [text[at]]
    elif act == 5:
        at = random.randrange(len(text) - 1)
        text[at : at + 2] = [f"{text[at].rstrip('.')}, and {text[at + 1]}"]
    elif gone:
        text.insert(at, gone.pop())


@pytest.fixture(scope="module")
def edits(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Twelve days of random edits of three documents."""
    random = Random(17)
    place = Workspace(tmp_path_factory.mktemp("edits"))
    texts = {name: [sentence(random) for _ in range(12)] for name in DOCUMENTS}
    gone: list[str] = []
    for number in range(1, 13):
        place.record_day(number, {name: paragraphs(random, lines) for name, lines in texts.items()})
        for _ in range(random.randrange(1, 7)):
            edited(random, texts, gone)
    return place


def paragraphs(random: Random, lines: list[str]) -> str:
    return "".join(line + random.choice([" ", "\n\n"]) for line in lines) + "\n"


def check_columns(monitor: Monitor, found: DocumentDiff, document: str, snapshots: tuple[str, str]) -> None:
    line = found.redline()
    for at, side in enumerate(("before", "after")):
        blamed = monitor.ledger.blame(document, snapshots[at])
        text = (line.before, line.after)[at]
        places = [getattr(row, side) for row in line.rows if getattr(row, side) is not None]
        assert [text.statements[one].text for one in places] == [one.text for one in blamed]
        assert [text.ids[one] for one in places] == [one.statement for one in blamed]
    for row in line.rows:
        if row.mark is None:  # unchanged: the very same statement
            assert row.before is not None
            assert row.after is not None
            assert line.before.statements[row.before].text == line.after.statements[row.after].text


def test_both_columns_are_the_two_versions(edits: Workspace) -> None:
    with open_monitor(edits.settings) as monitor:
        ids = {one.path: one.id for one in monitor.ledger.documents()}
        for first, second in combinations(monitor.ledger.snapshots(), 2):
            for old, new in ((first, second), (second, first)):
                for found in differences(monitor.ledger, old, new):
                    assert found.after is not None
                    check_columns(monitor, found, ids[found.after.path], (old.id, new.id))


def test_neighbours_have_the_recorded_changes(edits: Workspace) -> None:
    with open_monitor(edits.settings) as monitor:
        known = monitor.ledger.snapshots()
        for first, second in pairwise(known):
            recorded = list(monitor.ledger.changes(ChangeFilter(snapshot=second.id)))
            told = [change for one in differences(monitor.ledger, first, second) for change in one.changes]
            assert told == recorded


def test_one_document_has_what_all_together_have_of_it(edits: Workspace) -> None:
    with open_monitor(edits.settings) as monitor:
        ids = {one.path: one.id for one in monitor.ledger.documents()}
        for first, second in combinations(monitor.ledger.snapshots(), 2):
            for found in differences(monitor.ledger, first, second):
                assert found.after is not None
                alone = differences(monitor.ledger, first, second, ids[found.after.path])
                assert alone == [found]


def test_a_statement_in_both_versions_is_never_added(edits: Workspace) -> None:
    with open_monitor(edits.settings) as monitor:
        known = monitor.ledger.snapshots()
        for found in differences(monitor.ledger, known[0], known[-1]):
            there = [set(side.ids if side else ()) for side in (found.before, found.after)]
            for change in found.changes:
                if change.level is Level.STATEMENT and not (change.before and change.after):
                    assert not {side.statement for side in (*change.before, *change.after)} & there[0] & there[1]


@pytest.mark.slow
@pytest.mark.skipif(not HISTORIES.is_dir(), reason=f"no corpora ({HISTORIES})")
def test_columns_of_two_hundred_pairs_of_real_histories(tmp_path: Path) -> None:
    place = ImportWorkspace(tmp_path)
    for name in SLICES:
        take(place, name)
    random = Random(17)
    with open_monitor(place.settings) as monitor:
        snapshots = {one.id: one for one in monitor.ledger.snapshots()}
        documents = [one.id for one in monitor.ledger.documents()]
        checked = 0
        while checked < PAIRS:
            document = random.choice(documents)
            versions = [one for one in monitor.pages.versions(document) if one.present]
            if len(versions) < 2:
                continue
            pair = [one.snapshot_time.snapshot for one in random.sample(versions, 2)]
            for found in differences(monitor.ledger, snapshots[pair[0]], snapshots[pair[1]], document):
                check_columns(monitor, found, document, (pair[0], pair[1]))
                checked += 1
