"""What the fold records of small histories, one fact each, over a store in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.app.fold import catch_up
from monitor.ledger.database import open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from monitor.model import Change, ChangeFilter, Level
from tests.support.memory_store import MemorySnapshots

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
BRIEF = """The council will meet on Monday. The budget grows by 30 per cent this year.

Officials may publish the figures in March. No school is closed before the summer.

The harbour stays open to fishing boats. The ferry runs every hour.
"""


class History:
    """Snapshots of made documents, and what the ledger says of them."""

    def __init__(self) -> None:
        self.store = MemorySnapshots()
        database = open_database("sqlite://")
        self.ledger, self.queries = LedgerWriter(database), LedgerQueries(database)
        self.days = 0

    def see(self, **documents: str) -> list[Change]:
        """One more day with these documents (`a` is a.txt); the changes that it brought, in the log's order."""
        self.days += 1
        files = {f"{name}.txt": text.encode() for name, text in documents.items()}
        snapshot = self.store.add(files, START + timedelta(days=self.days))
        catch_up(self.store, self.ledger)
        return list(self.queries.changes(ChangeFilter(snapshot=snapshot.id)))

    def statements(self, path: str) -> list[str]:
        document = self.queries.document(path)
        assert document is not None
        return [blame.statement for blame in self.queries.blame(document.id)]


@pytest.fixture
def history() -> History:
    history = History()
    history.see(a=BRIEF)
    return history


def said(changes: list[Change]) -> list[tuple[str, str]]:
    """Kind and the text that tells which statement it is."""
    return [(change.kind.value, (change.after or change.before)[0].text if change.before or change.after else "")
            for change in changes]  # fmt: skip


def test_the_first_snapshot_is_baseline_and_no_news(history: History) -> None:
    assert list(history.queries.changes(ChangeFilter())) == []
    baseline = list(history.queries.changes(ChangeFilter(baseline=True)))
    assert [change.kind for change in baseline] == ["added"] * 7
    assert all(change.baseline for change in baseline)


def test_a_revised_figure_keeps_its_statement(history: History) -> None:
    before = history.statements("a.txt")
    (change,) = history.see(a=BRIEF.replace("30", "45"))
    assert (change.kind, change.before[0].revision, change.after[0].revision) == ("revised", 1, 2)
    assert history.statements("a.txt") == before


def test_restored_statement_keeps_its_id_and_absence(history: History) -> None:
    before = history.statements("a.txt")
    (gone,) = history.see(a=BRIEF.replace(" The ferry runs every hour.", ""))
    (back,) = history.see(a=BRIEF)
    assert (gone.kind, back.kind, back.absent_since) == ("removed", "restored", gone.taken_at)
    assert back.after[0].statement == gone.before[0].statement
    assert history.statements("a.txt") == before


def test_a_statement_that_goes_to_another_document_is_moved(history: History) -> None:
    history.see(a=BRIEF, b="The mayor spoke for an hour.\n")
    ferry = history.statements("a.txt")[-1]
    (change,) = history.see(
        a=BRIEF.replace(" The ferry runs every hour.", ""),
        b="The mayor spoke for an hour. The ferry runs every hour.\n",
    )
    assert (change.kind, change.document, change.before[0].document) == ("moved", "b.txt", "a.txt")
    assert history.statements("b.txt")[1] == ferry


def test_copy_of_a_present_text_is_added_not_restored(history: History) -> None:
    history.see(a=BRIEF, b="The mayor spoke for an hour.\n")
    (change,) = history.see(a=BRIEF, b="The mayor spoke for an hour. The ferry runs every hour.\n")
    assert (change.kind, change.document) == ("added", "b.txt")


def test_moved_statement_is_not_restored_at_its_old_place(history: History) -> None:
    history.see(a=BRIEF, b="The mayor spoke for an hour.\n")
    moved = "The mayor spoke for an hour. The ferry runs every hour.\n"
    history.see(a=BRIEF.replace(" The ferry runs every hour.", ""), b=moved)
    (change,) = history.see(a=BRIEF, b=moved)
    assert (change.kind, change.document) == ("added", "a.txt")


def test_statement_restored_with_an_edit_is_also_revised(history: History) -> None:
    brief = BRIEF + "\nThe harbour master has asked the council for two more patrol boats before the winter.\n"
    history.see(a=brief)
    (gone,) = history.see(a=BRIEF)
    (back,) = history.see(a=brief.replace("two more", "three more"))
    assert (back.kind, back.absent_since, back.after[0].revision) == ("restored", gone.taken_at, 2)
    assert back.after[0].statement == gone.before[0].statement
    assert "number" in back.aspects
    assert (back.similarity or 0) < 1


def test_statement_can_be_restored_in_another_document(history: History) -> None:
    brief = BRIEF + "\nThe harbour master has asked the council for two more patrol boats before the winter.\n"
    history.see(a=brief, b="The mayor spoke for an hour.\n")
    (gone,) = history.see(a=BRIEF, b="The mayor spoke for an hour.\n")
    asked = "The harbour master has asked the council for four more patrol boats before the winter."
    (back,) = history.see(a=BRIEF, b=f"The mayor spoke for an hour. {asked}\n")
    assert (back.kind, back.document, back.before[0].document) == ("restored", "b.txt", "a.txt")
    assert back.after[0].statement == gone.before[0].statement


def test_a_statement_that_flaps_counts_its_returns(history: History) -> None:
    without = BRIEF.replace(" The ferry runs every hour.", "")
    counts = []
    for _ in range(3):
        history.see(a=without)
        (back,) = history.see(a=BRIEF)
        counts.append(back.returns)
    assert counts == [1, 2, 3]


def test_a_revised_copy_says_how_many_hold_the_old_text_still(history: History) -> None:
    history.see(a=BRIEF, b=BRIEF, c=BRIEF)
    (first,) = history.see(a=BRIEF.replace("30", "45"), b=BRIEF, c=BRIEF)
    (second,) = history.see(a=BRIEF.replace("30", "45"), b=BRIEF.replace("30", "45"), c=BRIEF)
    (last,) = history.see(a=BRIEF.replace("30", "45"), b=BRIEF.replace("30", "45"), c=BRIEF.replace("30", "45"))
    assert (first.copies, second.copies, last.copies) == (2, 1, 0)


def test_near_copy_lags_behind_and_a_revised_copy_does_not(history: History) -> None:
    asked = (
        "\nThe harbour master has asked the council on Monday for two more patrol boats before the winter sets in.\n"
    )
    nearly = asked.replace("on Monday ", "")
    history.see(a=BRIEF + asked, b=nearly)
    (first,) = history.see(a=BRIEF + asked.replace("two", "three"), b=nearly)
    (second,) = history.see(a=BRIEF + asked.replace("two", "three"), b=nearly.replace("two", "three"))
    assert (first.copies, second.copies) == (1, 0)


def test_copies_that_are_revised_together_leave_none_behind(history: History) -> None:
    history.see(a=BRIEF, b=BRIEF)
    changes = history.see(a=BRIEF.replace("30", "45"), b=BRIEF.replace("30", "45"))
    assert [change.copies for change in changes] == [0, 0]


def test_renaming_is_one_change_and_keeps_the_statements(history: History) -> None:
    before = history.statements("a.txt")
    (change,) = history.see(b=BRIEF)
    assert (change.level, change.kind, change.document_before) == (Level.DOCUMENT, "renamed", "a.txt")
    assert history.statements("b.txt") == before


def test_document_renamed_and_edited_keeps_its_identity(history: History) -> None:
    changes = history.see(b=BRIEF.replace("30", "45"))
    assert [(change.level, change.kind) for change in changes] == [("document", "renamed"), ("statement", "revised")]


def test_removed_document_is_one_change_and_one_per_statement(history: History) -> None:
    history.see(a=BRIEF, b="The mayor spoke for an hour.\n")
    changes = history.see(b="The mayor spoke for an hour.\n")
    assert [change.kind for change in changes] == ["removed"] * 7
    assert [change.cause for change in changes] == [None] + ["document"] * 6


def test_restored_document_keeps_its_id_and_statements(history: History) -> None:
    other = "The mayor spoke for an hour.\n"
    history.see(a=BRIEF, b=other)
    before = history.statements("a.txt")
    gone = history.see(b=other)[0]
    changes = history.see(a=BRIEF.replace("30", "45"), b=other)
    assert [change.kind for change in changes] == ["restored"] * 7
    assert {change.absent_since for change in changes} == {gone.taken_at}
    assert history.statements("a.txt") == before
    assert [change.after[0].revision for change in changes[1:]] == [1, 2, 1, 1, 1, 1]


def test_moved_paragraph_is_one_group_of_changes(history: History) -> None:
    first, second, third = BRIEF.strip().split("\n\n")
    changes = history.see(a=f"{third}\n\n{first}\n\n{second}\n")
    assert [change.kind for change in changes] == ["moved", "moved"]
    assert changes[0].group is not None
    assert changes[0].group == changes[1].group


def test_removing_one_of_three_equal_lines_moves_nothing(history: History) -> None:
    lines = [
        "The same line stands here.",
        "Another line stands here.",
        "The same line stands here.",
        "The same line stands here.",
    ]
    history.see(a="\n\n".join(lines))
    (change,) = history.see(a="\n\n".join(lines[:-1]))
    assert change.kind == "removed"


def test_a_format_without_extractor_is_revised_as_a_whole(history: History) -> None:
    store, ledger, queries = history.store, history.ledger, history.queries
    store.add({"a.txt": BRIEF.encode(), "p.png": b"\x89PNG\0one"}, START + timedelta(days=9))
    last = store.add({"a.txt": BRIEF.encode(), "p.png": b"\x89PNG\0two"}, START + timedelta(days=10))
    catch_up(store, ledger)
    (change,) = queries.changes(ChangeFilter(snapshot=last.id))
    assert (change.level, change.kind, change.document) == ("document", "revised", "p.png")


def test_two_snapshots_of_one_second_give_different_ids(history: History) -> None:
    store, ledger, queries = history.store, history.ledger, history.queries
    for text in (BRIEF.replace("30", "45"), BRIEF, BRIEF.replace("30", "45"), BRIEF):
        store.add({"a.txt": text.encode()}, START + timedelta(days=9))
    catch_up(store, ledger)
    ids = [change.id for change in queries.changes(ChangeFilter())]
    assert len(ids) == len(set(ids)) == 4


def test_a_rebuilt_ledger_equals_the_live_one_in_every_row(history: History) -> None:
    other = "The mayor spoke for an hour.\n"
    history.see(a=BRIEF.replace("30", "45"), b=other)
    history.see(b=other + " The ferry runs every hour.")
    history.see(c=BRIEF, b=other)
    live = list(history.ledger.rows())
    fresh = LedgerWriter(open_database("sqlite://"))
    catch_up(history.store, fresh)
    assert list(fresh.rows()) == live


def test_of_removed_twins_the_older_one_is_restored() -> None:
    days = [{"m": BRIEF}, {"m": BRIEF, "a": BRIEF}, {"z": "All went."}, {"z": "All went.", "x": BRIEF}]
    live, rebuilt = History(), History()
    for day, documents in enumerate(days, 1):
        live.see(**documents)
        rebuilt.store.add({f"{name}.txt": text.encode() for name, text in documents.items()}, START + timedelta(day))
    catch_up(rebuilt.store, rebuilt.ledger)
    ids = {change.document: change.document_id for change in live.queries.changes(ChangeFilter(baseline=True))}
    assert ids["x.txt"] == ids["m.txt"]
    assert list(rebuilt.queries.changes(ChangeFilter(baseline=True))) == list(
        live.queries.changes(ChangeFilter(baseline=True))
    )
