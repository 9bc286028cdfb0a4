"""The laws of the fold, on made histories: what it writes down is complete, single, and made again the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import example, given, settings

from monitor.app.fold import catch_up
from monitor.ledger.database import open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from monitor.model import Change, ChangeFilter, ChangeKind, Level, Snapshot
from tests.support.made_histories import EXAMPLES, FIRST, Folder, histories
from tests.support.memory_store import MemorySnapshots

Line = tuple[str, str]  # the id of a statement, its text
HISTORIES = settings(max_examples=EXAMPLES, deadline=None)


@dataclass
class Ledger:
    """A ledger in memory, written snapshot by snapshot as live runs do."""

    store: MemorySnapshots
    written: LedgerWriter
    asked: LedgerQueries
    snapshots: list[Snapshot]


def live(taken: Sequence[Folder]) -> Ledger:
    database = open_database("sqlite://")
    ledger = Ledger(MemorySnapshots(), LedgerWriter(database), LedgerQueries(database), [])
    for folder in taken:
        moment = FIRST + timedelta(days=len(ledger.snapshots))
        ledger.snapshots.append(ledger.store.add(folder, moment))
        catch_up(ledger.store, ledger.written)
    return ledger


def standing(ledger: Ledger, at: Snapshot | None) -> dict[str, list[Line]]:
    """By path: the statements that stand at a snapshot."""
    if at is None:
        return {}
    found = {}
    for document in ledger.asked.documents():
        place = ledger.asked.blob_at(document.id, at.id)
        if place is not None:
            found[place[0]] = [(line.statement, line.text) for line in ledger.asked.blame(document.id, at.id)]
    return found


def steps(ledger: Ledger) -> Iterator[tuple[Snapshot | None, Snapshot, list[Change]]]:
    before: Snapshot | None = None
    for after in ledger.snapshots:
        yield before, after, list(ledger.asked.changes(ChangeFilter(snapshot=after.id, baseline=True)))
        before = after


def stood_before(change: Change) -> bool:
    """Whether the before side stood in the snapshot before; what comes back stood in an earlier one."""
    return change.kind is not ChangeKind.RESTORED and not (change.cause == "document" and change.after)


def replayed(before: dict[str, list[Line]], changes: Sequence[Change], paths: dict[str, str]) -> dict[str, list[Line]]:
    """The changes done on the statements before. `paths` tells the new path of each document that stays."""
    gone: dict[str, set[int]] = defaultdict(set)
    come: dict[str, dict[int, Line]] = defaultdict(dict)
    for change in changes:
        for side in change.before if stood_before(change) else ():
            gone[side.document].add(side.ordinal)
        for side in change.after:
            come[side.document][side.ordinal] = (side.statement, side.text)
    after: dict[str, list[Line]] = {}
    kept = {
        paths[path]: [line for ordinal, line in enumerate(lines) if ordinal not in gone[path]]
        for path, lines in before.items()
        if path in paths
    }
    for path in kept.keys() | come.keys():
        rest = iter(kept.get(path, []))
        length = len(kept.get(path, [])) + len(come[path])
        after[path] = [come[path][at] if at in come[path] else next(rest) for at in range(length)]
    return after


def continued(ledger: Ledger, before: Snapshot | None, after: Snapshot) -> dict[str, str]:
    """The path after by the path before, of every document that stands in both snapshots."""
    if before is None:
        return {}
    found = {}
    for document in ledger.asked.documents():
        old, new = ledger.asked.blob_at(document.id, before.id), ledger.asked.blob_at(document.id, after.id)
        if old and new:
            found[old[0]] = new[0]
    return found


ONE = b"The council will meet on Monday in the old town hall."
THRICE = b"\n\n".join([ONE] * 3)
EVER = b"The harbour stays open to fishing boats, and the ferry runs every hour."
RETURNING_TO_ANOTHER = [{"a.txt": ONE}, {}, {"b.txt": ONE + b"\n\n" + ONE}, {}, {"a.txt": ONE, "b.txt": ONE}]
RETURNING_ALTERED = [
    {"a.txt": THRICE, "b.txt": b"", "c.txt": b""},
    {},
    {"b.txt": THRICE + b"\n\n" + EVER},
    {},
    {"a.txt": ONE.replace(b"will", b"may") + b"\n\n" + ONE + b"\n\n" + ONE, "b.txt": ONE, "c.txt": ONE},
]


@HISTORIES
@given(histories())
@example(RETURNING_TO_ANOTHER)
@example(RETURNING_ALTERED)
def test_replaying_the_changes_gives_the_new_statements(taken: list[Folder]) -> None:
    ledger = live(taken)
    for before, after, changes in steps(ledger):
        told = [change for change in changes if change.level is Level.STATEMENT]
        result = replayed(standing(ledger, before), told, continued(ledger, before, after))
        expected = standing(ledger, after)
        assert {path: lines for path, lines in result.items() if lines} == {
            path: lines for path, lines in expected.items() if lines
        }


@HISTORIES
@given(histories())
def test_ledger_has_the_paths_of_the_snapshot(taken: list[Folder]) -> None:
    ledger = live(taken)
    for folder, snapshot in zip(taken, ledger.snapshots, strict=True):
        assert standing(ledger, snapshot).keys() == folder.keys()


@HISTORIES
@given(histories())
def test_statement_has_at_most_one_change_per_snapshot_and_side(taken: list[Folder]) -> None:
    ledger = live(taken)
    for _, _, changes in steps(ledger):
        for sides in ("before", "after"):
            places = Counter(
                (side.document, side.ordinal)
                for change in changes
                if sides == "after" or stood_before(change)
                for side in getattr(change, sides)
            )
            assert [place for place, count in places.items() if count > 1] == []


@HISTORIES
@given(histories())
@example(RETURNING_TO_ANOTHER)
@example(RETURNING_ALTERED)
def test_no_statement_is_present_twice(taken: list[Folder]) -> None:
    ledger = live(taken)
    for snapshot in ledger.snapshots:
        ids = Counter(statement for lines in standing(ledger, snapshot).values() for statement, _ in lines)
        assert [one for one, count in ids.items() if count > 1] == []


@HISTORIES
@given(histories())
def test_a_rebuilt_ledger_equals_the_live_one_row_for_row(taken: list[Folder]) -> None:
    ledger = live(taken)
    again = LedgerWriter(open_database("sqlite://"))
    catch_up(ledger.store, again)
    assert list(again.rows()) == list(ledger.written.rows())


@HISTORIES
@given(histories())
def test_ids_of_changes_are_unique(taken: list[Folder]) -> None:
    ledger = live(taken)
    ids = Counter(change.id for change in ledger.asked.changes(ChangeFilter(baseline=True)))
    assert [one for one, count in ids.items() if count > 1] == []


@HISTORIES
@given(histories())
def test_restored_statement_was_known_and_then_absent(taken: list[Folder]) -> None:
    ledger = live(taken)
    stood: set[str] = set()
    last: set[str] = set()
    for _, after, changes in steps(ledger):
        for change in changes:
            if change.kind is ChangeKind.RESTORED and change.level is Level.STATEMENT:
                assert change.before[0].statement == change.after[0].statement
                assert change.before[0].statement in stood - last
                assert change.absent_since is not None
        last = {statement for lines in standing(ledger, after).values() for statement, _ in lines}
        stood |= last


@HISTORIES
@given(histories())
def test_the_folder_taken_twice_changes_nothing(taken: list[Folder]) -> None:
    ledger = live([*taken, taken[-1]])
    assert list(ledger.asked.changes(ChangeFilter(snapshot=ledger.snapshots[-1].id, baseline=True))) == []
