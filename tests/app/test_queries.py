"""What a WHEN and a DOCUMENT name, over snapshots and a ledger in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from monitor.app.queries import as_of, blame_at, bytes_at, find_by_id, find_document, source_of, within_period
from monitor.config import Watch
from monitor.core.time_expressions import Calendar, Point, point
from monitor.errors import UsageError
from monitor.ledger.queries import LedgerQueries
from monitor.model import Blame, Change, ChangeFilter, Document, Snapshot, SnapshotTime, StatementHistory
from tests.support.memory_store import MemorySnapshots, blob_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2026, 1, number, 6, tzinfo=UTC)


def snapshot(name: str, number: int, source: str = "") -> Snapshot:
    return Snapshot(name, source, day(number), NOW)


KNOWN = [
    snapshot("aaaa1111", 1),
    snapshot("aaaa2222", 2),
    snapshot("bbbb0000", 4),
    snapshot("cccc0000", 3, "old"),
    snapshot("2026cccc", 5, "old"),
]


def calendar(known: Sequence[Snapshot] = KNOWN) -> Calendar:
    return Calendar(NOW, UTC, lambda: known)


# --- WHEN -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "end", "at"),
    [
        ("2026-01-02", False, datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02", True, datetime(2026, 1, 2, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-01-02T12:30", True, datetime(2026, 1, 2, 12, 30, tzinfo=UTC)),
        ("7d", True, NOW - timedelta(days=7)),
        ("bbbb", True, day(4)),
        ("BBBB", True, day(4)),
        ("2026cccc", True, day(5)),
    ],
)
def test_a_when_names_a_moment(text: str, end: bool, at: datetime) -> None:
    assert point(text, calendar(), end=end).at == at


def test_a_date_does_not_ask_for_the_snapshots() -> None:
    def asked() -> Sequence[Snapshot]:
        raise AssertionError

    assert point("2026-01-02", Calendar(NOW, UTC, asked), end=True).snapshot is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("aaaa", "begins 2 snapshots"),
        ("bbb", "not a valid date, age or snapshot id"),
        ("dddddddd", "not a valid date, age or snapshot id"),
        ("next week", "not a valid date, age or snapshot id"),
        ("", "not a valid date, age or snapshot id"),
        ("2026-13-01", "not a valid date, age or snapshot id"),
    ],
)
def test_a_when_that_names_nothing_is_an_error(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        point(text, calendar(), end=True)


@pytest.mark.parametrize(
    ("at", "source", "found"),
    [
        (day(1), "", "aaaa1111"),
        (day(3), "", "aaaa2222"),
        (day(9), "", "bbbb0000"),
        (day(9), "old", "2026cccc"),
        (day(1) - timedelta(seconds=1), "", None),
        (day(2), "old", None),
    ],
)
def test_as_of_is_the_last_snapshot_that_is_not_later(at: datetime, source: str, found: str | None) -> None:
    last = as_of(Point("then", at), source, KNOWN)
    assert (last.id if last else None) == found


def test_of_snapshots_of_one_moment_the_last_one_counts() -> None:
    twins = [snapshot("aaaa1111", 1), snapshot("aaaa2222", 1)]
    last = as_of(Point("then", day(1)), "", twins)
    assert last is twins[1]


def test_snapshot_id_is_exact_even_with_equal_times() -> None:
    twins = [snapshot("aaaa1111", 1), snapshot("aaaa2222", 1)]
    assert as_of(Point("aaaa1111", day(1), twins[0]), "", twins) is twins[0]


@pytest.mark.parametrize(
    ("path", "source"), [("brief.txt", ""), ("old/brief.txt", "old"), ("older/x", ""), ("old/er/x", "old/er")]
)
def test_document_belongs_to_the_source_its_name_begins_with(path: str, source: str) -> None:
    assert source_of(path, ["", "old", "old/er"]) == source


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-01-02", None, ChangeFilter(since=datetime(2026, 1, 2, tzinfo=UTC))),
        ("bbbb", None, ChangeFilter(after_snapshot="bbbb0000")),
        (None, "bbbb", ChangeFilter(until=day(4))),
        (None, "2026-01-02", ChangeFilter(until=datetime(2026, 1, 2, 23, 59, 59, 999999, tzinfo=UTC))),
        (None, None, ChangeFilter()),
    ],
)
def test_a_period_bounds_a_filter(since: str | None, until: str | None, expected: ChangeFilter) -> None:
    assert within_period(ChangeFilter(), calendar(), since, until) == expected


# --- documents ------------------------------------------------------------------------------------


@dataclass
class Ledger:
    """What the questions below need of a ledger, as tables; `there` is keyed (document, snapshot)."""

    named: dict[str, Document] = field(default_factory=dict)
    there: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    folded: list[Snapshot] = field(default_factory=list)
    change_found: Change | None = None
    life_found: StatementHistory | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def snapshots(self) -> Sequence[Snapshot]:
        return self.folded

    def removed(self, _name: str) -> str | None:
        return None

    def documents(self) -> Sequence[Document]:
        return list(self.named.values())

    def document(self, path: str) -> Document | None:
        return self.named.get(path)

    def blob_at(self, document_id: str, at: str) -> tuple[str, str] | None:
        return self.there.get((document_id, at))

    def blame(self, document_id: str, at: str | None = None) -> Sequence[Blame]:
        self.asked.append((document_id, at))
        return []

    def change(self, _prefix: str) -> Change | None:
        return self.change_found

    def statement_history(self, _prefix: str) -> StatementHistory | None:
        return self.life_found


def document(path: str, number: int = 1, *, present: bool = True) -> Document:
    moment = SnapshotTime("aaaa1111", day(number))
    return Document(f"id-{path}", path, present, None, 3, moment, moment)


def ledger(*documents: Document, **more: object) -> LedgerQueries:
    return cast("LedgerQueries", Ledger({one.path: one for one in documents}, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a/brief.txt", "./a/brief.txt", ".//a/brief.txt", "watched/a/brief.txt"])
def test_document_is_found_by_any_spelling_of_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_document(ledger(document("a/brief.txt")), name, [Watch(tmp_path / "watched")]).path == "a/brief.txt"


def test_a_path_of_the_ledger_goes_before_one_of_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    both = ledger(document("watched/a"), document("a"))
    assert find_document(both, "watched/a", [Watch(tmp_path / "watched")]).path == "watched/a"


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        ([], "nothing is recorded yet"),
        (["brief.txt", "memo.txt"], "did you mean brief.txt"),
        (["zzz", "yyy"], "there are 2, such as zzz"),
    ],
)
def test_an_unknown_document_is_an_error_with_the_nearest_names(known: list[str], hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        find_document(ledger(*map(document, known)), "breif.txt")


# --- a document at a moment -----------------------------------------------------------------------


def moment(number: int) -> Point:
    return Point(f"day {number}", day(number))


def test_bytes_follow_a_document_through_its_renaming() -> None:
    store = MemorySnapshots()
    first = store.add({"old.txt": b"then"}, day(1))
    store.add({"new.txt": b"now"}, day(2))
    renamed = document("new.txt")
    there = {(renamed.id, first.id): ("old.txt", blob_id(b"then"))}
    assert bytes_at(store, ledger(renamed, there=there), "new.txt", moment(1)) == b"then"


def test_bytes_are_found_by_the_name_of_that_time() -> None:
    store = MemorySnapshots()
    store.add({"a.txt": b"of the other"}, day(1))
    assert bytes_at(store, ledger(document("a.txt", 2)), "a.txt", moment(1)) == b"of the other"


@pytest.mark.parametrize("name", ["a.txt", "./a.txt"])
def test_bytes_are_found_though_the_ledger_knows_nothing(name: str) -> None:
    store = MemorySnapshots()
    store.add({"a.txt": b"seen"}, day(1))
    assert bytes_at(store, ledger(), name, moment(1)) == b"seen"


@pytest.mark.parametrize(
    ("name", "number", "why"),
    [
        ("a.txt", 1, "there is no snapshot as early as day 1; the first was taken at 2026-01-02"),
        ("a.txt", 3, "a.txt did not exist at day 3: it was first seen at 2026-01-02"),
        ("b.txt", 2, "there is no document b.txt"),
    ],
)
def test_error_for_missing_bytes_says_when_they_existed(name: str, number: int, why: str) -> None:
    store = MemorySnapshots()
    store.add({"a.txt": b"seen"}, day(2))
    store.add({}, day(3))
    with pytest.raises(UsageError, match=why):
        bytes_at(store, ledger(document("a.txt", 2, present=False)), name, moment(number))


def test_blame_without_a_moment_asks_for_the_present() -> None:
    asked = Ledger()
    blame_at(cast("LedgerQueries", asked), document("a.txt"), None)
    assert asked.asked == [("id-a.txt", None)]


def test_blame_at_a_moment_asks_for_its_snapshot() -> None:
    asked = Ledger(folded=KNOWN, there={("id-a.txt", "aaaa2222"): ("a.txt", "blob")})
    blame_at(cast("LedgerQueries", asked), document("a.txt"), moment(3))
    assert asked.asked == [("id-a.txt", "aaaa2222")]


# --- ids ------------------------------------------------------------------------------------------


def test_an_id_that_fits_a_change_and_a_statement_is_an_error() -> None:
    both = ledger(change_found=cast("Change", "a change"), life_found=cast("StatementHistory", "a life"))
    with pytest.raises(UsageError, match="of a change and of a statement"):
        find_by_id(both, "ab")


def test_an_id_that_fits_nothing_is_an_error() -> None:
    with pytest.raises(UsageError, match="matches ab"):
        find_by_id(ledger(), "ab")
