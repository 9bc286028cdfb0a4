"""Imported changes in the queue: scored when they are shown, reviewed like others, and counted as paging finds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.app import review
from monitor.app.ignore_rules import effects
from monitor.app.import_history import import_history
from monitor.app.monitor import Monitor
from monitor.app.publish import feed
from monitor.core.review.events import QueueFilter, Verdict
from monitor.model import Aspect, ChangeKind, Significance
from tests.reviews.queue_entries import NOW, entry_of, listed, words
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

LIVE = "It will cover 45 divers."
SAIL = "It must not sail before 7 May."
CREW = "The crew has 12 hands."
FOOTER = "Last updated: 2 May."
COLOUR = "The hull has a gray color."
ROPE = "Every rope is checked."
IMPORTED = [ROPE, SAIL, CREW, FOOTER, COLOUR]
DAYS = {
    "2025-01-01": "# Lease\n\nIt may not sail.\n\nThe crew has 10 hands.\n\nLast updated: 1 May.\n\n"
    "The hull has a grey colour.\n",
    "2025-02-01": f"# Lease\n\n{SAIL}\n\n{CREW}\n\n{FOOTER}\n\n{COLOUR}\n",
    "2025-03-01": f"# Lease\n\n{SAIL}\n\n{CREW}\n\n{FOOTER}\n\n{COLOUR}\n\n{ROPE}\n",
}


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A change of a run, and three imported days of another document."""
    place = Workspace(tmp_path_factory.mktemp("archive"))
    place.record_day(1, {"pier.md": "It may cover 30 divers.\n"})
    place.record_day(2, {"pier.md": f"{LIVE}\n"})
    for day, text in DAYS.items():
        (place.root / "old" / day).mkdir(parents=True)
        (place.root / "old" / day / "lease.md").write_text(text)
    import_history(place.settings, place.root / "old")
    return place.root


@pytest.fixture
def archive(recorded: Path, tmp_path: Path) -> Workspace:
    """The recorded archive, to do with as a test likes."""
    return Workspace(recorded).copy(tmp_path)


def in_tables(place: Workspace) -> int:
    """How many changes the tables of the queue hold."""
    (row,) = place.select("SELECT count(*) FROM queue")
    return int(row[0])


def counted(monitor: Monitor, **wanted: object) -> int:
    return sum(review.counts(monitor, QueueFilter(**wanted)).verdicts.values())  # type: ignore[arg-type]


def test_they_follow_all_others_in_the_order_of_the_log(archive: Workspace, opened: Opened) -> None:
    assert listed(opened(archive)) == [LIVE, *IMPORTED]


def test_nothing_of_them_is_written_when_they_are_shown(archive: Workspace, opened: Opened) -> None:
    listed(opened(archive))
    assert in_tables(archive) == 1


def test_they_have_score_headings_and_terms(archive: Workspace, opened: Opened) -> None:
    archive.configure("[review]\nwatch = ['crew']\n")
    entry = entry_of(opened(archive), CREW)
    assert (entry.heading, entry.terms, entry.score.total > 8) == (("Lease",), ("crew",), True)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
@pytest.mark.parametrize("decided", [(), (SAIL, FOOTER)])
def test_pages_together_are_the_queue(archive: Workspace, opened: Opened, size: int, decided: tuple[str, ...]) -> None:
    monitor = opened(archive)
    decide(monitor, *decided)
    found: list[str] = []
    after: str | None = None
    while after != "end":
        page = review.queue(monitor, after=after, limit=size)
        found += [words(entry.change) for entry in page.entries]
        after = page.next or "end"
    assert found == [text for text in [LIVE, *IMPORTED] if text not in decided]


def test_a_page_goes_on_where_the_last_ended_after_a_verdict(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    page = review.queue(monitor, limit=3)
    decide(monitor, SAIL)
    assert [words(entry.change) for entry in review.queue(monitor, after=page.next).entries] == IMPORTED[2:]


FILTERS: list[tuple[dict[str, object], list[str]]] = [
    ({"document": "old/lease.md"}, IMPORTED),
    ({"document": "pier.md"}, [LIVE]),
    ({"kinds": frozenset({ChangeKind.ADDED})}, [ROPE]),
    ({"aspects": frozenset({Aspect.NUMBER})}, [LIVE, CREW]),
    ({"significance": Significance.EDITORIAL}, [COLOUR]),
    ({"since": datetime(2025, 2, 15, tzinfo=UTC)}, [LIVE, ROPE]),
    ({"until": datetime(2025, 2, 15, tzinfo=UTC)}, IMPORTED[1:]),
    ({"words": "crew hands"}, [CREW]),
    ({"words": "cover"}, [LIVE]),
    ({"words": "nowhere"}, []),
    ({"term": "crew"}, [CREW]),
    ({"term": "hands", "words": "crew"}, []),
    ({"assignee": ""}, [LIVE, *IMPORTED]),
    ({"assignee": "Grace"}, []),
    ({"folded": True}, []),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_a_filter_finds_them(archive: Workspace, opened: Opened, wanted: dict[str, object], found: list[str]) -> None:
    archive.configure("[review]\nwatch = ['crew']\n")
    assert listed(opened(archive), **wanted) == found


@pytest.mark.parametrize(("wanted", "found"), [pair for pair in FILTERS if "folded" not in pair[0]])
@pytest.mark.parametrize("decided", [(), (CREW, ROPE, LIVE)])
def test_counts_are_what_a_filter_finds(
    archive: Workspace, opened: Opened, wanted: dict[str, object], found: list[str], decided: tuple[str, ...]
) -> None:
    archive.configure("[review]\nwatch = ['crew']\n")
    monitor = opened(archive)
    decide(monitor, *decided)
    assert counted(monitor, **wanted) == len(found)
    assert len(listed(monitor, verdicts=frozenset(), **wanted)) == len(found)


# --- what people say ----------------------------------------------------------------------------


def decide(monitor: Monitor, *texts: str) -> None:
    for text in texts:
        review.decide(monitor, [entry_of(monitor, text).change.id], Verdict.FLAGGED, reviewer="Ada", at=NOW)


def test_a_verdict_takes_one_out_of_the_queue(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    decide(monitor, SAIL)
    assert listed(monitor) == [LIVE, ROPE, CREW, FOOTER, COLOUR]
    assert listed(monitor, verdicts=frozenset({"flagged"})) == [SAIL]
    assert review.counts(monitor).verdicts == {"unreviewed": 5, "flagged": 1}


def test_a_verdict_that_is_undone_puts_it_back_in_its_place(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    decide(monitor, SAIL)
    review.undo(monitor, reviewer="Ada", at=NOW)
    assert listed(monitor) == [LIVE, *IMPORTED]
    assert review.counts(monitor).verdicts == {"unreviewed": 6}


def test_an_assignment_is_found(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    review.assign(monitor, [entry_of(monitor, CREW).change.id], "Grace", reviewer="Ada", at=NOW)
    assert listed(monitor, assignee="Grace") == [CREW]
    assert listed(monitor, assignee="") == [LIVE, ROPE, SAIL, FOOTER, COLOUR]
    assert (counted(monitor, assignee="Grace"), counted(monitor, assignee="")) == (1, 5)


def test_a_comment_leaves_it_unreviewed(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    review.comment(monitor, [entry_of(monitor, CREW).change.id], "Who?", reviewer="Ada", at=NOW)
    assert listed(monitor) == [LIVE, *IMPORTED]
    assert entry_of(monitor, CREW).state.comments == 1


def test_each_is_an_entry_of_its_own(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    before = entry_of(monitor, CREW)
    assert [words(one) for one in review.members(monitor, before.change.id)] == [CREW]
    assert review.entry(monitor, before.change.id[:12]) == before
    decide(monitor, CREW)
    after = review.entry(monitor, before.change.id)
    assert after._replace(state=before.state, verdicts=before.verdicts) == before
    assert after.verdicts == {"flagged": 1}


def test_verdicts_stay_when_the_queue_is_made_again(archive: Workspace, opened: Opened) -> None:
    monitor = opened(archive)
    decide(monitor, SAIL)
    archive.configure("[review]\nwatch = ['crew']\n")
    assert listed(opened(archive), verdicts=frozenset({"flagged"})) == [SAIL]
    assert review.counts(opened(archive)).orphaned == 0


# --- ignore rules -------------------------------------------------------------------------------

RULES = [
    ("pattern = 'Last updated: *'", [FOOTER]),
    ("pattern = '*.'", [LIVE, *IMPORTED]),
    ("kinds = ['added']", [ROPE]),
    ("significance = 'editorial'", [COLOUR]),
    ("aspects = ['number', 'modality']", [LIVE, CREW]),
    ("heading = 'lease'", IMPORTED),
    ("heading = 'hull'", []),
    ("document = 'old/**'\npattern = '*hands*'", [CREW]),
    ("document = 'new/**'", []),
]


@pytest.mark.parametrize(("rule", "hidden"), RULES)
def test_a_rule_hides_them(archive: Workspace, opened: Opened, rule: str, hidden: list[str]) -> None:
    archive.configure(f"[rules.one]\n{rule}\n[rules.two]\npattern = 'nothing'\n")
    monitor = opened(archive)
    shown = [text for text in [LIVE, *IMPORTED] if text not in hidden]
    assert (listed(monitor), listed(monitor, folded=True)) == (shown, hidden)
    counts = review.counts(monitor)
    assert (counts.verdicts.get("unreviewed", 0), counts.folded) == (len(shown), len(hidden))


def test_a_rule_that_lowers_leaves_their_order(archive: Workspace, opened: Opened) -> None:
    archive.configure("[rules.divers]\npattern = '*hands*'\naction = 'lower'\n")
    monitor = opened(archive)
    assert listed(monitor) == [LIVE, *IMPORTED]
    assert (entry_of(monitor, CREW).rule, effects(monitor)) == ("divers", {"divers": 1})


def test_a_rule_holds_for_what_is_imported_later(archive: Workspace, opened: Opened) -> None:
    archive.configure("[rules.footer]\npattern = 'Last updated: *'\n")
    assert FOOTER not in listed(opened(archive))
    for day in ("2025-04-01", "2025-05-01"):
        (archive.root / "older" / day).mkdir(parents=True)
        (archive.root / "older" / day / "barge.md").write_text(f"Last updated: {day}.\n")
    import_history(archive.settings, archive.root / "older")
    assert listed(opened(archive), folded=True) == ["Last updated: 2025-05-01.", FOOTER]


# --- feeds --------------------------------------------------------------------------------------


def test_a_feed_has_them_by_their_own_time(archive: Workspace, opened: Opened) -> None:
    archive.configure("[feeds]\nentries = 3\n[rules.sail]\npattern = '*sail*'\naction = 'lower'\n")
    text = feed(opened(archive)).decode()
    assert [text.count("<entry>"), LIVE.split()[3] in text, ROPE in text, "hands" in text] == [3, True, True, False]


@pytest.mark.parametrize("term", ["cooperation", "co-operation", "1000", "1,000", "支付", "strasse", "new coöperation"])
def test_watch_terms_find_them_however_they_are_written(tmp_path: Path, opened: Opened, term: str) -> None:
    place = Workspace(tmp_path)
    place.configure(f"[review]\nwatch = ['{term}']\n")
    wanted = "A new co-operation pays 1,000 in this Straße, 用户应当支付费用。"
    for day, text in (("2025-01-01", "One.\n"), ("2025-02-01", f"One.\n\n{wanted}\n\nOne more.\n")):
        (place.root / "old" / day).mkdir(parents=True)
        (place.root / "old" / day / "lease.md").write_text(text)
    import_history(place.settings, place.root / "old")
    assert listed(opened(place), term=term) == [wanted]
