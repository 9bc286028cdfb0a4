"""What SQLite is asked without SQLAlchemy is what SQLAlchemy would ask, and is answered alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection

from monitor.stores import compiling, sqlitedoor
from monitor.stores.asking import CHUNK, SqliteAsking
from monitor.stores.compiled import COMPILED
from monitor.stores.coreasking import CoreAsking
from monitor.stores.engine import open_engine, writing
from tests.following.followplace import DAYS, Place

STATEMENTS = list(range(1, 30))
MANY = list(range(CHUNK))
QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "meta": {"of": "counters"},
    "last fold": {"source": ""},
    "how many folds": {},
    "last folds": {},
    "places wait": {},
    "documents at paths": {"source": "", "wanted": ["a.txt", "b.md", "bad.docx", "none"]},
    "statements": {"wanted": STATEMENTS},
    "changes of a fold": {"seq": 4},
    "folds": {"wanted": [1, 2, 3]},
    "sides of a change": {"seq": 2, "position": 0},
    "one upgraded": {},
    "statements named": {"low": "", "high": "g"},
    "revisions": {"statement": 1},
    "path of a document": {"document": 1},
    "changes of a statement": {"statement": 1},
    "other names": {"statement": "0"},
    "failures": {},
}
"""Every question that has an answer in the place, with values that find something."""
KEYED = {
    "source of": ("snapshot", "SELECT snapshot FROM folds", {}),
    "documents of blobs": ("wanted", "SELECT blob FROM documents", {"source": ""}),
    "holders": ("wanted", "SELECT key FROM statements", {}),
    "upgraded": ("wanted", "SELECT id FROM changes", {}),
    "absent statements with keys": ("wanted", "SELECT key FROM statements", {}),
} | {
    f"{which} statements like {at}": ("wanted", f"SELECT sketch{at} FROM statements", {})
    for which in ("present", "absent")
    for at in (1, 2, 3)
}
"""The others: which value is looked up in the ledger first, and the other values."""
CHANGING = {
    "set meta": {"of": "counters", "to": "{}"},
    "add meta": {"of": "new", "to": "1"},
    "forget documents": {"numbers": [1, 2, 999]},
    "forget statements": {"numbers": MANY},
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("story"))
    for documents in DAYS:
        place.see(documents)
    return place


@pytest.fixture
def plain(story: Place) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(story.settings.store.snapshots / "ledger.db")
    sqlitedoor.prepare(connection)
    yield connection
    connection.close()


@pytest.fixture
def core(story: Place) -> Iterator[Connection]:
    engine = open_engine(story.settings.ledger_url)
    with writing(engine) as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def asked(question: str, connection: sqlite3.Connection) -> dict[str, Any]:
    if question in QUESTIONS:
        return dict(QUESTIONS[question])
    name, sql, others = KEYED[question]
    values = sorted({value for (value,) in connection.execute(sql) if value is not None})
    return {name: values if name == "wanted" else values[0], **others}


def test_the_file_holds_what_the_statements_compile_to() -> None:
    written = compiling.FILE.read_text(encoding="utf-8")
    assert written == compiling.source(), "run `python -m monitor.stores.compiling`"


def test_every_statement_is_compared_here() -> None:
    assert {*QUESTIONS, *KEYED, *CHANGING} == COMPILED.keys()


@pytest.mark.parametrize("question", [*QUESTIONS, *KEYED])
def test_both_ways_give_the_same_rows(question: str, plain: sqlite3.Connection, core: Connection) -> None:
    values = asked(question, plain)
    one = [tuple(row) for row in CoreAsking(core).ask(question, **values)]
    other = list(SqliteAsking(plain).ask(question, **values))
    assert list(map(repr, one)) == list(map(repr, other))  # repr: True is not 1 here


@pytest.mark.parametrize(
    "question",
    ["documents at paths", "statements", "holders", "changes of a fold", "failures"],
)
def test_compared_statements_are_not_empty(question: str, plain: sqlite3.Connection) -> None:
    assert list(SqliteAsking(plain).ask(question, **asked(question, plain)))


@pytest.mark.parametrize("statement", CHANGING)
def test_both_ways_change_as_many_rows(statement: str, plain: sqlite3.Connection, core: Connection) -> None:
    one = CoreAsking(core).tell(statement, **CHANGING[statement])
    core.rollback()
    plain.execute("BEGIN")
    other = SqliteAsking(plain).tell(statement, **CHANGING[statement])
    plain.execute("ROLLBACK")
    assert one == other > 0


def test_a_full_list_of_values_is_taken(plain: sqlite3.Connection) -> None:
    assert list(SqliteAsking(plain).ask("statements", wanted=MANY))


# Tables with a row a snapshot, or none; or of which the first row is all that is asked for.
WHOLE = {"last fold", "last folds", "how many folds", "places wait", "one upgraded"}


@pytest.mark.parametrize("question", sorted({*QUESTIONS, *KEYED} - WHOLE))
def test_no_question_of_a_run_goes_through_a_whole_table(question: str, plain: sqlite3.Connection) -> None:
    compiled, values = COMPILED[question], asked(question, plain)
    told = [values.get(name, compiled.values.get(name)) for name in compiled.order]
    sql = compiled.sql.replace("__[POSTCOMPILE_wanted]", "?")
    given = [next(iter(value), None) if isinstance(value, list) else value for value in told]
    plan = [step for *_, step in plain.execute(f"EXPLAIN QUERY PLAN {sql}", given)]
    assert plan
    tables = [step for step in plan if not step.startswith("SCAN anon_")]  # the few rows that a subquery found
    assert not [step for step in tables if step.startswith("SCAN")]
