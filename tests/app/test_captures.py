"""A version that is a failed capture of its document is one event, and so is the document's return."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model import Change, ChangeKind, Level
from tests.app.test_fold_stories import History
from tests.support.workspace import Workspace

SENTENCES = (
    "The harbour stays open to all fishing boats.",
    "The ferry to the island runs every full hour.",
    "Tickets may be bought at the office on the quay.",
    "A return ticket costs nine euros for an adult.",
    "Children below six years travel without a ticket.",
    "Dogs must be kept on a short lead at all times.",
    "Bicycles are carried if there is room on the deck.",
    "The last boat leaves the island shortly after ten.",
    "In a storm the crossing may be cancelled at once.",
    "Passengers will be told by a notice at the gate.",
    "Lost property is kept for three months in the office.",
    "Complaints are answered within two weeks of receipt.",
)
GERMAN = "\n\n".join(
    f"Der {thing} bleibt bis auf Weiteres für alle Gäste geschlossen und wird später geöffnet."
    for thing in ("Hafen", "Steg", "Garten", "Turm", "Keller", "Markt", "Brunnen", "Park", "Saal", "Hof")
)
BAD = {
    "empty": "",
    "an error page": "403 Forbidden\n\nYou do not have permission to read this page.",
    "a challenge": "Just a moment…\n\nChecking your browser before you may go on.",
    "cut in half": "\n\n".join(SENTENCES[:6]),
    "cut early in a sentence": "\n\n".join(SENTENCES[:5]) + "\n\nDogs must be",
    "cut late in a sentence": "\n\n".join(SENTENCES[:5]) + "\n\nDogs must be kept on a short lead at",
    "another language": GERMAN,
}
PAGE = "\n\n".join(SENTENCES)
bad_versions = pytest.mark.parametrize("bad", BAD.values(), ids=BAD)


def events(changes: list[Change]) -> list[ChangeKind]:
    return [change.kind for change in changes if change.level is Level.DOCUMENT]


def alone(changes: list[Change]) -> list[Change]:
    return [change for change in changes if change.level is Level.STATEMENT and change.cause is None]


def seen(*pages: str) -> list[Change]:
    """The changes that the last of these versions of one document brought."""
    history = History()
    changes: list[Change] = []
    for page in pages:
        changes = history.see(a=page, b="Another document says nothing of it.")
    return changes


@bad_versions
def test_a_bad_capture_is_one_suspect_event(bad: str) -> None:
    changes = seen(PAGE, bad)
    assert events(changes) == [ChangeKind.SUSPECT]
    assert alone(changes) == []
    assert {change.cause for change in changes if change.level is Level.STATEMENT} == {"suspect"}
    assert len({change.group for change in changes if change.level is Level.STATEMENT}) == 1


@bad_versions
def test_its_return_is_one_recovered_event(bad: str) -> None:
    changes = seen(PAGE, bad, PAGE)
    assert events(changes) == [ChangeKind.RECOVERED]
    assert [change.message for change in changes if change.level is Level.DOCUMENT] == ["it is back as it was"]
    assert alone(changes) == []


@bad_versions
def test_a_change_of_a_bad_version_is_no_return(bad: str) -> None:
    longer = f"{bad}\n\nThis line was added to the page later."
    assert ChangeKind.RECOVERED not in events(seen(PAGE, bad, longer))
    assert events(seen(PAGE, bad, longer, PAGE)) == [ChangeKind.RECOVERED]


def test_the_event_says_how_much_is_gone() -> None:
    (event,) = (change for change in seen(PAGE, "") if change.level is Level.DOCUMENT)
    assert event.message == "nearly all of it is gone (12 of 12 statements)"


@bad_versions
def test_what_differs_after_the_return_is_on_its_own(bad: str) -> None:
    changes = seen(PAGE, bad, PAGE.replace("are answered", "are never answered"))
    (change,) = alone(changes)
    assert "negation" in change.aspects
    assert [one.message for one in changes if one.level is Level.DOCUMENT] == ["it is back as it was, but for 1"]


@bad_versions
def test_what_did_not_come_back_is_removed_on_its_own(bad: str) -> None:
    changes = seen(PAGE, bad, "\n\n".join((*SENTENCES[:7], *SENTENCES[8:])))
    (change,) = alone(changes)
    assert (change.kind, change.before[0].text) == (ChangeKind.REMOVED, SENTENCES[7])


@bad_versions
def test_what_is_new_after_the_return_is_on_its_own(bad: str) -> None:
    changes = seen(PAGE, bad, f"{PAGE}\n\nA new pier is to be built next year.")
    (change,) = alone(changes)
    assert (change.kind, change.after[0].text) == (ChangeKind.ADDED, "A new pier is to be built next year.")


def test_a_second_bad_version_in_between_changes_nothing() -> None:
    changes = seen(PAGE, "", BAD["an error page"], PAGE)
    assert events(changes) == [ChangeKind.RECOVERED]
    assert alone(changes) == []


def test_statements_keep_their_identity_through_a_bad_capture() -> None:
    history = History()
    history.see(a=PAGE)
    before = history.statements("a.txt")
    history.see(a="403 Forbidden")
    history.see(a=PAGE)
    assert history.statements("a.txt") == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SENTENCES[:4], ()),
        (SENTENCES, SENTENCES[:8]),
        (SENTENCES, SENTENCES[6:]),
        (SENTENCES, (*SENTENCES[:5], "Dogs are not allowed any more.")),
    ],
    ids=["of four statements", "a third at the end", "the first half", "half replaced by another text"],
)
def test_other_losses_are_changes_of_their_own(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    changes = seen("\n\n".join(before), "\n\n".join(after))
    assert ChangeKind.SUSPECT not in events(changes)
    assert alone(changes)


def test_statements_that_went_to_another_document_are_not_lost() -> None:
    history = History()
    history.see(a=PAGE, b="Another document says nothing of it.")
    changes = history.see(a="See the other page.", b=f"Another document says nothing of it.\n\n{PAGE}")
    assert events(changes) == []


# --- what people see ----------------------------------------------------------------------------


@pytest.fixture
def told(tmp_path: Path) -> Workspace:
    """A bad version and the return with one word more, each recorded."""
    place = Workspace(tmp_path)
    for number, page in enumerate((PAGE, "403 Forbidden", PAGE.replace("are answered", "are never answered"))):
        place.write("a.txt", page)
        place.run(number)
    return place


def test_the_queue_has_one_line_for_each_event(told: Workspace) -> None:
    entries = told.monitor("review", "list", "--format", "json").json()["entries"]
    assert sorted(entry["change"]["kind"] for entry in entries) == ["recovered", "restored", "suspect"]


def test_the_feed_has_one_entry_for_each_event(told: Workspace) -> None:
    assert told.monitor("feed").text.count("<entry>") == 3


def test_log_and_report_show_one_line_for_each_event(told: Workspace) -> None:
    log, report = told.monitor("log").text, told.monitor("report", "--format", "text").text
    assert log.count("forbidden") + report.count("Forbidden") == 0
    for page in (log.lower(), report.lower()):
        assert page.count("suspect: nearly all of it is gone (12 of 12 statements)") == 1
        assert page.count("recovered: it is back as it was, but for 1") == 1


def test_a_rebuild_makes_the_same_events(told: Workspace) -> None:
    rows = told.rows()
    told.monitor("rebuild")
    assert told.rows() == rows
