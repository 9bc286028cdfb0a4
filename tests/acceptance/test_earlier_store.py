"""Stores that earlier versions made (tests/data/store-*): once a run has folded them, they say what they said then."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.reports.review_json import state_json
from tests.acceptance.recorded import Once
from tests.support.driver import Record
from tests.support.paths import PROJECT
from tests.support.workspace import Workspace

STORES = sorted((PROJECT / "tests" / "data").glob("store-*"))

OTHER_RULES = "! ledger: was made with other rules; `monitor run` or `monitor rebuild` makes it again"

pytestmark = pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)


@pytest.fixture
def expected(store: Path) -> dict[str, Any]:
    """What the commands of that version said (see tests/data/make_store.py)."""
    told: dict[str, Any] = json.loads((store / "expected.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture
def opened(store: Path, once: Once) -> Workspace:
    """The store of that version, folded by the rules of today; only to be read."""

    def unpack(workspace: Workspace) -> None:
        with tarfile.open(store / "store.tar.gz") as archive:
            archive.extractall(workspace.root, filter="data")
        workspace.run()

    return once(f"earlier-{store.name}", unpack)


@pytest.fixture
def own(store: Path, tmp_path: Path) -> Workspace:
    """One as that version left it, to be written to."""
    own = Workspace(tmp_path / "own")
    with tarfile.open(store / "store.tar.gz") as archive:
        archive.extractall(own.root, filter="data")
    return own


# What newer rules may see otherwise: a reader finds one title more, which moves the numbers of places, and imported
# changes stand alone in the queue, which changes how many an entry leads.
MEASURED = frozenset({"similarity", "ordinal", "verdicts"})
NAMES = ("id", "statement")


def holds(said: Any, expected: Any) -> bool:
    """Whether all that is expected is said; an object may say more, and a list of named ones may have more of them."""
    if isinstance(expected, dict):
        keys = expected.keys() - MEASURED
        return isinstance(said, dict) and all(key in said and holds(said[key], expected[key]) for key in keys)
    if isinstance(expected, list) and (name := _name_of(expected)) is not None:
        found = {one[name]: one for one in said}
        return all(one[name] in found and holds(found[one[name]], one) for one in expected)
    if isinstance(expected, list):
        return isinstance(said, list) and len(said) == len(expected) and all(map(holds, said, expected))
    return bool(said == expected)


def _name_of(records: list[Any]) -> str | None:
    """By what the records are told apart, where they are."""
    for name in NAMES:
        if len({one.get(name) for one in records if isinstance(one, dict)} - {None}) == len(records) > 1:
            return name
    return None


def assert_says(said: Any, expected: Any) -> None:
    assert holds(said, expected), f"{said}\n\nexpected:\n{expected}"


def assert_record(workspace: Workspace, expected: dict[str, Any]) -> None:
    """Log, blame and verdicts are those of then."""
    assert_says(workspace.log("--baseline"), expected["log"])
    for document, lines in expected["blame"].items():
        assert_says(workspace.blame(document), lines)
    assert_reviews(workspace, expected)


def assert_reviews(workspace: Workspace, expected: dict[str, Any]) -> None:
    for change, events in expected["reviews"].items():
        assert_says(workspace.monitor("review", "history", change, "--format", "json").json(), events)
    assert_says(states_of(workspace, expected["queue"]), expected["queue"])
    assert workspace.monitor("review", "orphans", "--format", "json").json() == []


def states_of(workspace: Workspace, changes: Iterable[str]) -> dict[str, Record]:
    """The states of changes. Which change represents an entry is not compared: a document event does today."""
    with Monitor(workspace.settings) as opened:
        return {change: {"state": state_json(review.state(opened, change)), "verdicts": {}} for change in changes}


def test_an_earlier_store_holds_the_same_record(opened: Workspace, expected: dict[str, Any]) -> None:
    assert_says(opened.monitor("snapshots", "--format", "jsonl").jsonl(), expected["snapshots"])
    assert_record(opened, expected)


def test_an_earlier_store_shows_the_same_statements(opened: Workspace, expected: dict[str, Any]) -> None:
    for statement, life in expected["show"].items():
        for name in (statement, *life["aliases"]):
            said = opened.monitor("show", name, "--format", "json").json()
            assert_says({**said, "changes": [change["id"] for change in said["changes"]]}, life)


def test_a_question_to_an_earlier_store_says_what_to_do(own: Workspace) -> None:
    for command in ("log", "verify"):
        assert "`monitor rebuild` makes it again" in str(own.monitor(command, status=4))
    own.run()
    own.monitor("verify")


def test_an_earlier_store_is_the_same_after_a_rebuild(own: Workspace, expected: dict[str, Any]) -> None:
    own.monitor("rebuild")
    assert_record(own, expected)
    own.monitor("verify")


def test_verdicts_of_an_earlier_store_are_read_from_their_branch(own: Workspace, expected: dict[str, Any]) -> None:
    (own.root / "snapshots" / "reviews.db").unlink()
    own.run()
    assert_reviews(own, expected)
    own.monitor("verify")


def test_an_earlier_store_goes_on(own: Workspace, expected: dict[str, Any]) -> None:
    own.run()
    assert_record(own, expected)
    path = own.seeds / "brief.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("45 days", "60 days"), encoding="utf-8")
    own.run()
    new, *rest = own.log("--baseline")
    assert (new["kind"], new["document"], new["aspects"]) == ("revised", "brief.txt", ["number"])
    assert_says(rest, expected["log"])
    assert_reviews_kept(own, expected)
    own.monitor("verify")


def assert_reviews_kept(workspace: Workspace, expected: dict[str, Any]) -> None:
    for change, events in expected["reviews"].items():
        assert_says(workspace.monitor("review", "history", change, "--format", "json").json(), events)
    assert workspace.monitor("review", "orphans", "--format", "json").json() == []


def test_there_are_stores_of_earlier_versions(store: Path) -> None:
    assert {path.name for path in store.iterdir()} >= {"store.tar.gz", "expected.json"}
