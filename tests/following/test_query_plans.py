"""What a run with one change asks the ledger is found by an index: the cost does not grow with the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from monitor.app.monitor import Monitor
from monitor.ledger.database import NO_PARAMETERS, Transaction, with_lists
from monitor.model import ChangeFilter
from tests.following.followplace import DAYS, Place

LONG = {"blocks", "changes", "documents", "paths", "revisions", "sides", "signatures", "statements"}
LONG |= {"texts", "versions"}


class Queries:
    """Every statement that was run, with its parameters."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.made: dict[str, Mapping[str, Any]] = {}
        real = Transaction._cursor

        def noting(transaction: Transaction, sql: str, parameters: Mapping[str, Any] = NO_PARAMETERS) -> Any:
            self.made[sql] = parameters
            return real(transaction, sql, parameters)

        patch.setattr(Transaction, "_cursor", noting)

    def scans(self, place: Place) -> dict[str, set[str]]:
        """The tables that a statement goes through from end to end."""
        connection = sqlite3.connect(place.settings.store.snapshots / "ledger.db")
        found = {}
        for sql, parameters in self.made.items():
            written, given = with_lists(sql, parameters)
            plan = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {written}", given)]
            whole = {step.split()[1] for step in plan if step.startswith("SCAN ")}
            found[sql] = whole & LONG
        connection.close()
        return {sql: tables for sql, tables in found.items() if tables}


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("story"))
    for documents in DAYS[:-1]:
        place.see(documents)
    return place


def test_a_run_goes_through_no_whole_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = Queries(monkeypatch)
    assert place.see(DAYS[-1])
    assert any('texts."key"' in sql for sql in queries.made)
    assert queries.scans(place) == {}


def test_a_statement_is_shown_without_a_whole_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with Monitor(place.settings) as monitor:
        change = next(one for one in monitor.ledger.changes(ChangeFilter()) if one.after)
        queries = Queries(monkeypatch)
        assert monitor.ledger.statement_history(change.after[0].statement)
        assert monitor.ledger.change(change.id)
    assert queries.scans(place) == {}
