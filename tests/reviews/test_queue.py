"""The queue over real runs: what stands where, what a filter finds, and that it follows the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from monitor.app import review
from monitor.app.import_history import import_history
from monitor.app.monitor import Monitor
from monitor.core.review.events import QueueFilter, Verdict
from monitor.errors import UsageError
from monitor.model import Aspect, ChangeFilter, ChangeKind, Level, Significance
from tests.reviews.queue_entries import NOW, entries, entry_of, listed, words
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

DIVERS = "It will cover 45 divers."
BANNER = "We use cookies."
TRUCE = "truce.md"
COLOUR = "It is color coded."
FOOTER = "Last updated: 2 May."


def test_newest_day_comes_first_and_in_it_the_important(story: Workspace, opened: Opened) -> None:
    assert listed(opened(story)) == [BANNER, COLOUR, TRUCE, DIVERS, FOOTER]


def test_imported_changes_come_after_those_of_runs(story: Workspace, opened: Opened) -> None:
    for day, text in (("2025-01-01", "It may not sail."), ("2025-02-01", "It must not sail before 7 May.")):
        (story.root / "old" / day).mkdir(parents=True)
        (story.root / "old" / day / "lease.md").write_text(f"{text}\n")
    import_history(story.settings, story.root / "old")
    assert listed(opened(story)) == [BANNER, COLOUR, TRUCE, DIVERS, FOOTER, "It must not sail before 7 May."]
    assert listed(opened(story), document="old/lease.md") == ["It must not sail before 7 May."]


def test_an_identical_edit_in_two_documents_is_one_entry(story: Workspace, opened: Opened) -> None:
    entry = entry_of(opened(story), DIVERS)
    assert (entry.size, entry.documents) == (2, ("pier.md", "port.md"))


def test_a_text_that_comes_and_goes_is_one_entry_with_a_count(story: Workspace, opened: Opened) -> None:
    entry = entry_of(opened(story), BANNER)
    assert (entry.flapping, entry.size) == (True, 3)
    assert (entry.first_at, entry.last_at) == (datetime(2026, 1, 2, 6, tzinfo=UTC), datetime(2026, 1, 4, 6, tzinfo=UTC))


def test_a_new_document_is_one_entry_with_its_statements(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    kinds = [change.level.value for change in review.members(monitor, entry_of(monitor, TRUCE).change.id)]
    assert sorted(kinds) == ["document", "statement", "statement", "statement"]


def test_new_document_represents_a_statement_with_a_watch_term(story: Workspace, opened: Opened) -> None:
    story.configure("[review]\nwatch = ['ceasefire']\n")
    entry = entry_of(opened(story), TRUCE)
    assert (entry.change.level, entry.terms) == (Level.DOCUMENT, ("ceasefire",))
    assert entry.quoted is not None
    assert words(entry.quoted) == "A ceasefire begins."
    assert "watch term ceasefire" in [part.reason for part in entry.score.parts]


def test_members_of_an_entry_are_in_the_order_of_the_document(story: Workspace, opened: Opened) -> None:
    story.configure("[review]\nwatch = ['ceasefire']\n")
    monitor = opened(story)
    members = review.members(monitor, entry_of(monitor, TRUCE).change.id)
    assert [words(change) for change in members][1:] == ["Truce", "A ceasefire begins.", "It is colour coded."]


def test_entry_is_of_the_day_of_its_newest_change(story: Workspace, opened: Opened) -> None:
    assert [(entry.day or date.min).day for entry in entries(opened(story))] == [4, 4, 3, 2, 2]


def test_a_day_begins_at_midnight_of_the_configured_zone(story: Workspace, opened: Opened) -> None:
    story.configure("[schedule]\ntimezone = 'Pacific/Pago_Pago'\nevery = '1 h'\n")  # 11 hours behind
    assert [(entry.day or date.min).day for entry in entries(opened(story))] == [3, 3, 2, 1, 1]


def test_entries_are_counted_beside_changes(story: Workspace, opened: Opened) -> None:
    counted = review.counts(opened(story))
    assert (counted.verdicts, counted.entries, counted.all_entries) == ({"unreviewed": 11}, {"unreviewed": 5}, 5)


def test_baseline_is_not_in_the_queue(story: Workspace, opened: Opened) -> None:
    assert not listed(opened(story), until=datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_entry_shows_its_headings(story: Workspace, opened: Opened) -> None:
    assert entry_of(opened(story), BANNER).heading == ("Port", "Rules")


def test_an_entry_says_what_its_score_is_made_of(story: Workspace, opened: Opened) -> None:
    entry = entry_of(opened(story), DIVERS)
    reasons = [part.reason for part in entry.score.parts]
    assert reasons[:3] == ["revised", "aspect number", "aspect modality"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"document": "pier.md"}, [DIVERS, FOOTER]),
        ({"document": "truce.md"}, [COLOUR, TRUCE]),
        ({"kinds": frozenset({ChangeKind.RESTORED})}, [BANNER]),
        ({"aspects": frozenset({Aspect.MODALITY})}, [DIVERS]),
        ({"aspects": frozenset({Aspect.MODALITY, Aspect.DATE})}, [DIVERS, FOOTER]),
        ({"significance": Significance.EDITORIAL}, [COLOUR]),
        ({"since": datetime(2026, 1, 4, tzinfo=UTC)}, [BANNER, COLOUR]),
        ({"until": datetime(2026, 1, 2, 6, tzinfo=UTC)}, [BANNER, DIVERS, FOOTER]),
        ({"words": "ceasefire"}, [TRUCE]),
        ({"words": "may cover"}, [DIVERS]),
        ({"words": "divers pier"}, []),
        ({"verdicts": frozenset({"flagged"})}, []),
        ({"assignee": ""}, [BANNER, COLOUR, TRUCE, DIVERS, FOOTER]),
        ({"assignee": "Grace"}, []),
        ({"folded": True}, []),
        ({"document": "pier.md", "aspects": frozenset({Aspect.DATE})}, [FOOTER]),
    ],
)
def test_queue_filters(story: Workspace, opened: Opened, wanted: dict[str, object], found: list[str]) -> None:
    assert listed(opened(story), **wanted) == found


def test_unknown_document_is_an_error_with_suggestions(story: Workspace, opened: Opened) -> None:
    with pytest.raises(UsageError, match=r"did you mean .*pier\.md"):
        review.queue(opened(story), QueueFilter(document="peir.md"))


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_together_are_the_queue(story: Workspace, opened: Opened, size: int) -> None:
    monitor = opened(story)
    found: list[str] = []
    after = None
    while True:
        page = review.queue(monitor, after=after, limit=size)
        found += [words(entry.change) for entry in page.entries]
        if page.next is None:
            break
        after = page.next
    assert found == listed(monitor)


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1; DROP TABLE queue", "9" * 40, str(1 << 63), "٣"])
def test_invalid_cursor_is_refused(story: Workspace, opened: Opened, cursor: str) -> None:
    with pytest.raises(UsageError, match="not a position in the queue"):
        review.queue(opened(story), after=cursor)


def test_counts_are_of_changes(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    news = list(monitor.ledger.changes(ChangeFilter()))
    assert review.counts(monitor).verdicts == {"unreviewed": len(news)}


def test_a_place_without_a_ledger_has_an_empty_queue(place: Workspace, opened: Opened) -> None:
    assert listed(opened(place)) == []


# --- it follows the configuration ---------------------------------------------------------------


def test_rule_hides_matching_changes_from_the_queue(story: Workspace, opened: Opened) -> None:
    story.configure("[rules.footer]\npattern = 'Last updated: *'\n")
    monitor = opened(story)
    assert FOOTER not in listed(monitor)
    (folded,) = entries(monitor, folded=True)
    assert (words(folded.change), folded.rule) == (FOOTER, "footer")


def test_a_rule_over_headings_holds_below_them(story: Workspace, opened: Opened) -> None:
    story.configure("[rules.rules]\nheading = 'Rules'\ndocument = 'port.md'\n")
    assert listed(opened(story), folded=True) == [BANNER, DIVERS]


def test_lowered_change_is_last(story: Workspace, opened: Opened) -> None:
    story.configure("[rules.divers]\npattern = '*divers*'\naction = 'lower'\n")
    assert listed(opened(story))[-1] == DIVERS


def test_a_rule_taken_back_gives_the_change_back(story: Workspace, opened: Opened) -> None:
    before = listed(opened(story))
    story.configure("[rules.divers]\npattern = '*divers*'\n")
    assert listed(opened(story)) != before
    story.configure("")
    assert listed(opened(story)) == before


def test_a_watch_term_lifts_and_marks_what_holds_it(story: Workspace, opened: Opened) -> None:
    story.configure("[review]\nwatch = ['cookies']\n")
    first = entries(opened(story))[0]
    assert (words(first.change), first.terms) == (BANNER, ("cookies",))
    assert listed(opened(story), term="cookies") == [BANNER]


def test_document_weight_multiplies_the_score(story: Workspace, opened: Opened) -> None:
    story.configure("[review.weights]\n'port.md' = 0\n")
    assert listed(opened(story), until=datetime(2026, 1, 2, 12, tzinfo=UTC))[1:] == [DIVERS, FOOTER]
    story.configure("[review.weights]\n'pier.md' = 0\n")
    assert entry_of(opened(story), FOOTER).score.total == 0


# --- it follows the ledger ----------------------------------------------------------------------

ROWS = (
    "SELECT day, rank, own, folded, verdict, kind, aspects, substantive, taken_at, flapping, change, assignee, lead"
    " FROM queue"
)


def test_incremental_scoring_equals_scoring_everything(story: Workspace, opened: Opened) -> None:
    story.configure("[rules.footer]\npattern = 'Last updated: *'\n")
    for number, text in enumerate(("A ceasefire ends.", "A ceasefire begins.", "A ceasefire ends."), 5):
        review.refresh(opened(story))
        story.record_day(
            number, {"truce.md": f"# Truce\n\n{text} It is color coded.\n", "pier.md": f"Last updated: {number} May.\n"}
        )
    review.refresh(opened(story))
    step_by_step = story.select(ROWS)
    for path in story.root.glob("snapshots/reviews.db*"):
        path.unlink()
    review.refresh(opened(story))
    assert story.select(ROWS) == step_by_step


def test_later_document_joins_the_group_unreviewed(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    review.decide(monitor, [entry_of(monitor, DIVERS).change.id], Verdict.ACCEPTED, reviewer="Ada", at=NOW)
    story.record_day(5, {"quay.md": "It may cover 30 divers.\n"})
    story.record_day(6, {"quay.md": "It will cover 45 divers.\n"})
    entry = entry_of(monitor, DIVERS)
    assert entry.verdicts == {"accepted": 2, "unreviewed": 1}
    assert DIVERS in listed(monitor)
