"""Reviews in PostgreSQL: the queue answers as it does in SQLite, and verdicts are kept alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.app import review as app_review
from monitor.app.ignore_rules import effects
from monitor.app.monitor import Monitor
from monitor.app.publish import feed
from monitor.core.review.events import Act, Event, QueueFilter, Verdict
from monitor.errors import StoreError
from monitor.ledger.database import Database, Transaction, open_database
from monitor.model import Aspect, ChangeKind, Significance
from monitor.reviews.events import Reviews
from monitor.reviews.outbox import Notice, Outbox
from monitor.reviews.schema import MIGRATIONS, prepare
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.reviews.queue_entries import NOW, entry_of
from tests.support.workspace import Workspace

pytestmark = needs_postgresql

CONFIGURATION = """
[review]
watch = ["ceasefire"]
[rules.stamps]
pattern = "Last updated*"
[rules.cookies]
pattern = "*cookies*"
action = "lower"
"""
PIER = "# Pier\n\nIt {} cover {} divers.\n\nLast updated: {} May.\n"
PORT = "# Port\n\n## Rules\n\nIt {} cover {} divers. {}\n"
TRUCE = '# Truce\n\nA ceasefire begins. It\'s 100% {} coded; :name is \\ "odd".\n'
DAYS: tuple[dict[str, str | None], ...] = (
    {"pier.md": PIER.format("may", 30, 1), "port.md": PORT.format("may", 30, "We use cookies.")},
    {"pier.md": PIER.format("will", 45, 2), "port.md": PORT.format("will", 45, "")},
    {"port.md": PORT.format("will", 45, "We use cookies."), "truce.md": TRUCE.format("colour")},
    {"port.md": PORT.format("will", 45, ""), "truce.md": TRUCE.format("color"), "pier.md": None},
)

ALL = frozenset[str]()
FILTERS = {
    "nothing said": QueueFilter(),
    "every verdict": QueueFilter(verdicts=ALL),
    "flagged or unreviewed": QueueFilter(verdicts=frozenset({"flagged", "unreviewed"})),
    "a document": QueueFilter(verdicts=ALL, document="pier.md"),
    "kinds": QueueFilter(verdicts=ALL, kinds=frozenset({ChangeKind.REVISED, ChangeKind.ADDED})),
    "aspects": QueueFilter(verdicts=ALL, aspects=frozenset({Aspect.NUMBER, Aspect.MODALITY})),
    "substantive": QueueFilter(verdicts=ALL, significance=Significance.SUBSTANTIVE),
    "editorial": QueueFilter(verdicts=ALL, significance=Significance.EDITORIAL),
    "a time": QueueFilter(
        verdicts=ALL, since=datetime(2026, 1, 2, 12, tzinfo=UTC), until=datetime(2026, 1, 3, 12, tzinfo=UTC)
    ),
    "words": QueueFilter(verdicts=ALL, words="will divers"),
    "words that nothing holds": QueueFilter(verdicts=ALL, words="nowhere"),
    "an assignee": QueueFilter(verdicts=ALL, assignee="Ben"),
    "no assignee": QueueFilter(verdicts=ALL, assignee=""),
    "a term": QueueFilter(verdicts=ALL, term="ceasefire"),
    "folded": QueueFilter(verdicts=ALL, folded=True),
    "odd text": QueueFilter(verdicts=ALL, words="100% :name 'a\\\" \0", assignee="%s\0"),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Monitor]]:
    """The same days and the same verdicts in SQLite and in PostgreSQL."""
    sqlite, postgresql = (Workspace(tmp_path_factory.mktemp("place")) for _ in range(2))
    sqlite.configure(CONFIGURATION)
    for number, day in enumerate(DAYS, 1):
        sqlite.record_day(number, day)
    # Without the scan cache, by which a run tells that the folder is another on the disk
    shutil.copytree(sqlite.root, postgresql.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("scan.cache"))
    postgresql.configure(f"{CONFIGURATION}[store]\nledger = '{fresh_url()}'\n")
    postgresql.record()
    monitors = [Monitor(place.settings) for place in (sqlite, postgresql)]
    for monitor in monitors:
        review(monitor)
    yield monitors
    for monitor in monitors:
        monitor.close()


def review(monitor: Monitor) -> None:
    """A verdict on a group, one that is taken back, comments, an assignment."""
    divers = entry_of(monitor, "divers", kinds=frozenset({ChangeKind.REVISED})).change.id
    ceasefire = entry_of(monitor, "coded").change.id
    app_review.decide(monitor, [divers], Verdict.FLAGGED, reviewer="Ada", at=NOW, comment="why? 100%s", assignee="Ben")
    app_review.decide(monitor, [ceasefire.upper()[:12]], Verdict.ACCEPTED, reviewer="Ada", at=NOW)
    app_review.undo(monitor, [ceasefire], reviewer="Ada", at=NOW)
    app_review.comment(monitor, [ceasefire], "hm", reviewer="Ben", at=NOW)
    app_review.assign(monitor, [ceasefire], "Eve", reviewer="Ben", at=NOW)


def anonymous(event: Event) -> Event:
    """Ids of events are drawn by lot."""
    return event._replace(id="", batch="", undoes=event.undoes and "undone")


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS.keys())
def test_the_queue_answers_alike(both: list[Monitor], wanted: QueueFilter) -> None:
    sqlite, postgresql = both
    assert app_review.queue(sqlite, wanted) == app_review.queue(postgresql, wanted)
    assert app_review.counts(sqlite, wanted) == app_review.counts(postgresql, wanted)


def test_the_filters_find_something_and_not_everything(both: list[Monitor]) -> None:
    found = {name: len(app_review.queue(both[1], wanted).entries) for name, wanted in FILTERS.items()}
    assert {name for name, many in found.items() if not many} == {"words that nothing holds", "odd text"}
    assert len(set(found.values())) > 3


def test_pages_are_cut_alike(both: list[Monitor]) -> None:
    answers = []
    for monitor in both:
        pages = [app_review.queue(monitor, FILTERS["every verdict"], limit=2)]
        while pages[-1].next:
            pages.append(app_review.queue(monitor, FILTERS["every verdict"], after=pages[-1].next, limit=2))
        answers.append(pages)
    assert answers[0] == answers[1]
    assert len(answers[0]) > 2


def test_members_states_and_histories_are_equal(both: list[Monitor]) -> None:
    answers = []
    for monitor in both:
        changes = [entry.change.id for entry in app_review.queue(monitor, FILTERS["every verdict"]).entries]
        answers.append(
            [
                [app_review.members(monitor, change) for change in changes],
                [app_review.members(monitor, change, 1) for change in changes],
                app_review.states(monitor, changes),
                [[anonymous(event) for event in app_review.history(monitor, change)] for change in changes],
                app_review.reviewers(monitor),
                app_review.orphans(monitor),
            ]
        )
    assert answers[0] == answers[1]
    assert answers[0][4] == ["Ada", "Ben", "Eve"]


def test_the_view_of_verdicts_says_the_same(both: list[Monitor]) -> None:
    answers = []
    for monitor in both:
        with monitor.reviews.database.read_transaction() as transaction:
            rows = transaction.rows(
                "SELECT change_id, act, verdict, reviewer, comment, assignee, undone FROM verdicts_view"
            )
        answers.append(sorted(rows, key=str))
    assert answers[0] == answers[1]
    assert {(row[1], bool(row[-1])) for row in answers[0]} >= {("verdict", True), ("verdict", False), ("undo", False)}


def test_feeds_and_the_effects_of_rules_are_equal(both: list[Monitor]) -> None:
    sqlite, postgresql = both
    assert feed(sqlite) == feed(postgresql)
    assert feed(sqlite, term="ceasefire") == feed(postgresql, term="ceasefire")
    assert effects(sqlite) == effects(postgresql)
    assert effects(sqlite)["cookies"] > 0


def test_a_lost_database_is_filled_from_the_branch(both: list[Monitor]) -> None:
    monitor = both[1]
    assert app_review.sync_branch(monitor.settings)
    database = open_database(fresh_url(), reviews=True)
    lost = Reviews(database)
    assert lost.adopt(monitor.reviews.events_after(0)) == len(monitor.reviews.events_after(0))
    assert lost.events_after(0) == monitor.reviews.events_after(0)
    assert list(lost.newest_of("Ada")) == list(monitor.reviews.newest_of("Ada"))
    database.close()


# --- the tables alone ---------------------------------------------------------------------------


@pytest.fixture
def database() -> Iterator[Database]:
    """With one event and no queue."""
    made = open_database(fresh_url(), reviews=True)
    Reviews(made).append([Event(0, "e" * 20, "b" * 20, "c" * 20, Act.COMMENT, "Ada", NOW, comment="ah")])
    yield made
    made.close()


def add_colour(transaction: Transaction) -> None:
    transaction.execute("ALTER TABLE review_events ADD COLUMN colour TEXT DEFAULT 'red'")


def fail_halfway(transaction: Transaction) -> None:
    add_colour(transaction)
    raise StoreError("out of luck")


def test_a_migration_keeps_the_events_and_a_copy_of_them(database: Database) -> None:
    prepare(database, [*MIGRATIONS, add_colour])
    with database.read_transaction() as transaction:
        assert transaction.rows("SELECT number, comment, colour FROM review_events") == [(1, "ah", "red")]
        assert transaction.rows(f"SELECT number, comment FROM review_events_v{len(MIGRATIONS) + 1}") == [(1, "ah")]
    assert not prepare(database, [*MIGRATIONS, add_colour])


def test_a_migration_that_fails_changes_nothing(database: Database) -> None:
    with pytest.raises(StoreError, match="out of luck"):
        prepare(database, [*MIGRATIONS, fail_halfway])
    assert not prepare(database)
    assert [event.comment for event in Reviews(database).events_after(0)] == ["ah"]


def test_states_are_rebuilt_from_the_events(database: Database) -> None:
    before = Reviews(database).states_of(["c" * 20])
    with database.write_transaction() as transaction:
        transaction.execute("UPDATE review_marks SET value = '0' WHERE name = 'disposable'")
        transaction.execute("DELETE FROM review_states")
    assert Reviews(database).states_of(["c" * 20]) == before


def test_a_notice_is_claimed_once(database: Database) -> None:
    outbox = Outbox(database)
    notice = Notice("chat", "snapshot", NOW, "title", "body")
    assert [outbox.add([notice]), outbox.add([notice])] == [1, 0]
    assert [outbox.claim(notice, NOW), outbox.claim(notice, NOW)] == [True, False]
    assert outbox.refused(notice, "no")
    (due,) = outbox.in_state("due", "sending")
    assert due == replace(notice, attempts=1, tried_at=NOW, problem="no")
    assert outbox.claim(due, NOW)
    outbox.strand("gone")
    assert outbox.sent(due)
    assert [one.state for one in outbox.in_state("sent")] == ["sent"]
