"""A law: the views say of a real history what the API says."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import monitor
from monitor.ledger.database import open_database
from monitor.ledger.views import VIEWS
from monitor.reports.json import time_json
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.git_histories import ImportWorkspace
from tests.support.paths import CORPORA

BUNDLE = CORPORA / "histories" / "github-site-policy.bundle"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BUNDLE.is_file(), reason=f"no corpora ({BUNDLE})"),
]

Rows = list[dict[str, object]]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ImportWorkspace:
    made = ImportWorkspace(tmp_path_factory.mktemp("views"))
    if request.param == "postgresql":
        made.configure(f'[store]\nledger = "{fresh_url()}"\n')
    made.take(BUNDLE, until=datetime(2019, 7, 1, tzinfo=UTC))
    return made


@pytest.fixture
def store(place: ImportWorkspace) -> Iterator[monitor.Store]:
    with monitor.open(place.root) as store:
        yield store


def rows(store: monitor.Store, name: str, order: str) -> Rows:
    database = open_database(store.settings.ledger_url, read_only=True)
    names = [column.name for column in VIEWS[name].columns]
    with database.read_transaction() as transaction:
        found = transaction.rows(f"SELECT {', '.join(names)} FROM {name} ORDER BY {order}")
    database.close()
    return [dict(zip(names, row, strict=True)) for row in found]


def at(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def test_changes(store: monitor.Store) -> None:
    viewed = {row["change_id"]: row for row in rows(store, "changes_view", "change_id")}
    changes = store.changes(baseline=True)
    assert len(viewed) == len(changes) > 1_000
    for change in changes:
        row, before, after = viewed[change.id], change.before, change.after
        same = ("level", "kind", "significance", "document", "document_before", "document_id", "snapshot", "cause")
        assert [row[name] for name in (*same, "message")] == [getattr(change, name) for name in (*same, "message")]
        assert row["change_group"] == change.group
        assert json.loads(str(row["aspects"])) == list(change.aspects)
        assert (at(row["taken_at"]), at(row["recorded_at"])) == (change.taken_at, change.recorded_at)
        assert [bool(row[name]) for name in ("moved", "baseline")] == [change.moved, change.baseline]
        assert (row["absent_since"] and at(row["absent_since"])) == change.absent_since
        assert row["similarity"] == pytest.approx(change.similarity) if change.similarity is not None else True
        assert row["statement_id"] == (next(iter((*after, *before))).statement if after or before else None)
        assert row["position_before"] == (before[0].position if before else None)
        assert row["position_after"] == (after[0].position if after else None)
        assert row["text_before"] == ("\n".join(side.text for side in before) if before else None)
        assert row["text_after"] == ("\n".join(side.text for side in after) if after else None)


def test_statements_and_versions(store: monitor.Store) -> None:
    now = rows(store, "statements_now", "document, position")
    versions = rows(store, "versions_view", "document_id, taken_at")
    blamed: Rows = []
    changed: list[tuple[object, ...]] = []
    for document in store.documents():
        if document.present:
            blamed += [
                {
                    "statement_id": one.id, "document": document.path, "document_id": document.id,
                    "position": one.position, "text": one.text, "kind": one.kind,
                    "introduced_at": one.introduced.taken_at, "revised_at": one.revised and one.revised.taken_at,
                    "revisions": one.revisions,
                }
                for one in document.blame()
            ]  # fmt: skip
        changed += [(document.id, one.path, one.snapshot, one.present) for one in document.versions]
    for row in now:
        row.update(introduced_at=at(row["introduced_at"]), revised_at=row["revised_at"] and at(row["revised_at"]))
    key = operator.itemgetter("document", "position")
    assert sorted(now, key=key) == sorted(blamed, key=key)
    assert len(now) > 500
    viewed = [(row["document_id"], row["path"], row["snapshot"], bool(row["present"])) for row in versions]
    assert sorted(viewed) == sorted(changed)


def test_revisions(store: monitor.Store) -> None:
    found = rows(store, "revisions_view", "statement_id, revision")
    lives = {str(row["statement_id"]) for row in found[:: max(1, len(found) // 150)]}
    for identity in lives:
        history = store.statement(identity)
        own = [row for row in found if row["statement_id"] == identity]
        assert [(row["revision"], row["text"], at(row["since"])) for row in own] == [
            (one.number, one.text, one.since.taken_at) for one in history.revisions
        ]
        assert [row["document"] for row in own] == [history.document] * len(own)
        assert [bool(row["current"]) for row in own] == [False] * (len(own) - 1) + [history.present]
        assert all(time_json(at(row["since"])).endswith("Z") for row in own)
