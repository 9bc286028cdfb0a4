"""`monitor.open`: what it gives is what the command line prints; it opens late, and makes nothing."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import monitor
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.workspace import Workspace, day, moment

FIRST = {"offer.txt": "The offer stands. It will cover 30 divers.\n", "notes.md": "# Notes\n\nThe port is closed.\n"}
DAYS: list[dict[str, str | None]] = [
    {**FIRST},
    {"offer.txt": "The offer stands. It may cover 45 divers.\n"},
    {"notes.md": None, "new.txt": "Nobody has answered. Everybody waits for a reply.\n"},
    {"offer.txt": "The offer stands. It may cover 60 divers.\n", "new.txt": "Nobody has answered.\n"},
    {"offer.txt": "It may cover 60 divers. The  offer stands.\n", "notes.md": "# Notes\n\nThe port is closed.\n"},
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Five days, and what Ada and Grace said of one change."""
    made = Workspace(tmp_path_factory.mktemp("api"))
    if request.param == "postgresql":
        made.configure(f'[store]\nledger = "{fresh_url()}"\n')
    for number, documents in enumerate(DAYS, 1):
        made.record_day(number, documents)
    change = made.log("offer.txt", "--aspect", "number")[0]["id"]
    made.monitor("review", "flag", change, "--as", "Ada", "--comment", "Too many?")
    made.monitor("review", "comment", change, "Asked.", "--as", "Grace")
    return made


@pytest.fixture
def store(workspace: Workspace) -> Iterator[monitor.Store]:
    with monitor.open(workspace.root) as store:
        yield store


FILTERS: dict[str, list[tuple[list[str], dict[str, Any]]]] = {
    "time": [
        ([], {}),
        (["--since", day(1)], {"since": moment(1)}),
        (["--until", "2026-01-03"], {"until": date(2026, 1, 3)}),
        (["--since", day(1), "--until", day(3)], {"since": day(1), "until": day(3)}),
    ],
    "kind": [
        ([], {}),
        (["--kind", "revised"], {"kind": "revised"}),
        (["--kind", "added", "--kind", "removed"], {"kind": ["added", "removed"]}),
    ],
    "aspect": [([], {}), (["--aspect", "number", "--aspect", "modality"], {"aspect": ("number", "modality")})],
    "significance": [([], {}), (["--significance", "editorial"], {"significance": "editorial"})],
    "level": [([], {}), (["--level", "statement"], {"level": "statement"})],
    "document": [([], {}), (["offer.txt"], {"document": "offer.txt"})],
    "baseline": [([], {}), (["--baseline"], {"baseline": True})],
    "limit": [([], {}), (["--limit", "2"], {"limit": 2})],
    "front matter": [([], {}), (["--no-metadata", "--silent"], {"metadata": False, "announced": False})],
}


# A command line takes a while: every filter and most pairs are among each eleventh
@pytest.mark.parametrize("each", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_changes_are_the_lines_of_the_log_over_all_filters(
    workspace: Workspace, store: monitor.Store, each: int
) -> None:
    tried = found = 0
    for chosen in itertools.product(*FILTERS.values()):
        args = [word for words, _ in chosen for word in words]
        given = {key: value for _, values in chosen for key, value in values.items()}
        asked = store.changes(**given).to_dicts()
        if tried % each == 0:
            assert asked == workspace.log(*args), args
        tried, found = tried + 1, found + bool(asked)
    assert tried == 1536
    assert found > 200


@pytest.mark.parametrize("name", ["snapshot", "statement"])
def test_changes_of_a_snapshot_or_statement(workspace: Workspace, store: monitor.Store, name: str) -> None:
    change = workspace.log("offer.txt")[0]
    value = change["snapshot"][:10] if name == "snapshot" else change["after"][0]["statement"][:12]
    given: dict[str, Any] = {name: value}
    assert store.changes(**given).to_dicts() == workspace.log(f"--{name}", value)


UNKNOWN: dict[str, Callable[[monitor.Store], object]] = {
    "kind": lambda store: store.changes(kind="altered"),
    "aspect": lambda store: store.changes(aspect="tone"),
    "significance": lambda store: store.changes(significance="some"),
    "level": lambda store: store.changes(level="word"),
    "document": lambda store: store.changes(document="nowhere.txt"),
    "since": lambda store: store.changes(since="blurg"),
    "snapshot": lambda store: store.changes(snapshot="ffff"),
    "limit": lambda store: store.changes(limit=0),
    "limit beyond any": lambda store: store.changes(limit=10**30),
    "limit of a search": lambda store: store.search("the", limit=-4),
    "age beyond any": lambda store: store.changes(since=timedelta.max),
    "name that is no text": lambda store: store.document("\udcff"),
    "change": lambda store: store.change("ffffffff"),
    "no change": lambda store: store.change(""),
    "statement": lambda store: store.statement("ffffffff"),
    "document by part": lambda store: store.document("t"),
    "not there then": lambda store: store.document("new.txt").at(day(1)),
    "reviewer's change": lambda store: store.verdicts(change="ffffffff"),
    "no moment": lambda store: store.changes(since=7),  # type: ignore[arg-type]
    "verdict": lambda store: store.review.decide("ffff", "good", reviewer="Ada"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_means_nothing_is_an_error_at_the_call(store: monitor.Store, name: str) -> None:
    with pytest.raises(monitor.UsageError) as raised:
        UNKNOWN[name](store)
    assert isinstance(raised.value, ValueError)
    assert "\n" not in str(raised.value)


def test_an_error_names_the_nearest_word(store: monitor.Store) -> None:
    with pytest.raises(monitor.UsageError, match="did you mean revised"):
        store.changes(kind="revise")


@pytest.mark.parametrize("when", [timedelta(days=100_000), "250y"])
def test_an_age_is_that_long_before_now(store: monitor.Store, when: Any) -> None:
    assert store.changes(since=when) == store.changes()


def test_changes_are_a_sequence_whose_slices_are_changes(store: monitor.Store) -> None:
    changes = store.changes(level="statement")
    assert isinstance(changes[1:3], monitor.Changes)
    assert list(changes[1:3]) == [changes[1], changes[2]]
    assert changes[0].after[0].position == changes[0].after[0].ordinal + 1


def test_a_change_has_its_reasons_and_its_verdict(store: monitor.Store) -> None:
    change = next(one for one in store.changes(document="offer.txt", aspect="number") if one.verdict)
    assert (change.kind, change.verdict, change.review.comments) == ("revised", "flagged", ("Too many?", "Asked."))
    assert change.reasons == ("number: 45 → 60",)
    assert change.linked_by
    assert store.change(change.id[:10]) == change


def test_a_table_of_pandas_has_the_columns_and_rows_of_export(workspace: Workspace, store: monitor.Store) -> None:
    pandas = pytest.importorskip("pandas", reason="no pandas (monitor[pandas])")
    exported = workspace.monitor("export", "--no-baseline", "--format", "csv").csv()
    table = store.changes().to_pandas()
    assert list(table.columns) == list(exported[0])
    assert list(table["id"]) == [row["id"] for row in exported]
    assert str(table["taken_at"].dt.tz) == "UTC"
    assert isinstance(table["after_texts"][0], list)
    assert set(table["verdict"].dropna()) == {"flagged"}
    assert list(store.changes(document="offer.txt", kind="removed").to_pandas().columns) == list(table.columns)
    assert pandas is not None


def test_a_table_of_arrow_has_the_rows_of_parquet(workspace: Workspace, store: monitor.Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow (monitor[parquet])")
    path = tmp_path / "changes.parquet"
    workspace.monitor("export", "--no-baseline", "--format", "parquet", "--output", str(path))
    assert store.changes().to_arrow().equals(parquet.read_table(path))


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_a_missing_library_is_named(store: monitor.Store, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    changes = store.changes()
    with pytest.raises(ImportError, match=r"pip install 'monitor\[pandas\]'"):
        changes.to_pandas() if library == "pandas" else changes.to_arrow()


def test_a_notebook_shows_marked_and_escaped_words(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.record_day(1, {"a.txt": "Pay <b>30</b> euros to the harbour.\n"})
    workspace.record_day(2, {"a.txt": "Pay <b>45</b> euros to the harbour.\n"})
    with monitor.open(tmp_path) as store:
        shown = store.changes()._repr_html_()
    assert "<del>" in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


# --- documents and statements ---------------------------------------------------------------------


def test_documents_are_found_by_path_id_part_and_presence(store: monitor.Store) -> None:
    assert [one.path for one in store.documents()] == ["new.txt", "notes.md", "offer.txt"]
    assert [one.path for one in store.documents(match="OFF", present=True)] == ["offer.txt"]
    offer = store.document("offer.txt")
    assert store.document(offer.id) == store.document("off") == offer


def test_a_document_at_a_time_has_bytes_statements_and_text(workspace: Workspace, store: monitor.Store) -> None:
    version = store.document("offer").at(day(1))
    assert version.bytes == workspace.cat("offer.txt", at=day(1))
    assert version.text == "The offer stands.\nIt may cover 45 divers."
    assert [(one.id, one.position) for one in version.statements] == [
        (line["statement"], line["ordinal"] + 1) for line in workspace.blame("offer.txt", "--at", day(1))
    ]


def test_versions_are_those_in_which_it_changed_and_its_removal(store: monitor.Store) -> None:
    notes = store.document("notes.md")
    assert [(one.taken_at, one.present) for one in notes.versions] == [
        (moment(0), True), (moment(2), False), (moment(4), True),
    ]  # fmt: skip
    assert notes.current == notes.versions[-1]
    assert (notes.versions[1].bytes, notes.versions[1].statements) == (b"", ())


def test_blame_is_that_of_the_command_line(workspace: Workspace, store: monitor.Store) -> None:
    for at in (None, day(2)):
        wanted = workspace.blame("offer.txt", *(["--at", at] if at else []))
        found = store.document("offer.txt").blame(at)
        assert [(one.id, one.text, one.introduced.snapshot, one.revisions) for one in found] == [
            (line["statement"], line["text"], line["introduced"]["snapshot"], line["revisions"]) for line in wanted
        ]


def test_a_statement_has_its_whole_life(workspace: Workspace, store: monitor.Store) -> None:
    found = store.statement(workspace.statements("offer.txt")["It may cover 60 divers."][:12])
    assert [(one.number, one.text) for one in found.revisions] == [
        (1, "It will cover 30 divers."), (2, "It may cover 45 divers."), (3, "It may cover 60 divers."),
    ]  # fmt: skip
    assert {change.after[0].statement for change in found.changes if change.after} == {found.id}


def test_search_finds_what_the_command_line_finds(workspace: Workspace, store: monitor.Store) -> None:
    wanted = workspace.monitor("search", "divers", "--format", "json").json()
    assert [(one.text, one.present) for one in store.search("divers")] == [
        (hit["text"], hit["present"]) for hit in wanted
    ]
    assert [one.text for one in store.search("divers", present=False, limit=1)] == ["It may cover 45 divers."]


def test_snapshots_are_oldest_first(store: monitor.Store) -> None:
    assert [one.taken_at for one in store.snapshots()] == [moment(number) for number in range(5)]


# --- reviews, comparisons, reports ----------------------------------------------------------------


def test_verdicts_are_oldest_first_with_who_and_when(store: monitor.Store) -> None:
    assert [(one.act, one.verdict, one.reviewer, one.comment) for one in store.verdicts()] == [
        ("verdict", "flagged", "Ada", "Too many?"),
        ("comment", None, "Grace", "Asked."),
    ]
    assert [one.reviewer for one in store.verdicts(reviewer="Grace", since="1h")] == ["Grace"]
    assert store.verdicts(until="2026-02-01") == store.verdicts(document="new.txt") == []


def test_a_comparison_has_both_versions_and_the_changes(workspace: Workspace, store: monitor.Store) -> None:
    found = store.compare("offer.txt", day(0), day(3))
    assert (found.before.taken_at, found.after.taken_at) == (moment(0), moment(3))
    assert [(one.kind, one.before[0].text) for one in found.changes] == [("revised", "It will cover 30 divers.")]
    assert "[-will-]{+may+}" in found.to_text()
    assert found.to_docx().startswith(b"PK")
    diff = ("diff", day(0), day(3), "offer.txt", "--format", "html")
    assert found.to_html() == workspace.monitor(*diff).text


def test_a_report_is_that_of_the_command_line(workspace: Workspace, store: monitor.Store) -> None:
    report = store.report(document="offer.txt", title="Ours")
    wanted = workspace.monitor("report", "--document", "offer.txt", "--title", "Ours", "--format", "json").json()
    made = report.to_dict()
    assert {key: made[key] for key in made if key != "made_at"} == {
        key: wanted[key] for key in wanted if key != "made_at"
    }
    assert all("Ours" in text for text in (report.to_html(), report.to_markdown(), report.to_text()))


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "not there"])
def test_a_folder_without_a_store_names_it_and_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(monitor.MonitorError, match=r"`monitor init`") as raised:
        monitor.open(tmp_path / name)
    assert str(tmp_path) in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_may_be_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.configure('[watch]\nfolder = "seeds"\n[store]\nsnapshots = "elsewhere"\n')
    (tmp_path / "monitor.toml").rename(tmp_path / "other.toml")
    workspace.write("a.txt", "One.\n")
    workspace.monitor("--config", "other.toml", "run", "--settle", "0")
    with monitor.open(tmp_path, config=tmp_path / "other.toml") as store:
        assert len(store.snapshots()) == 1


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Workspace(tmp_path / "policies").record({"a.txt": "One.\n"})
    assert len(monitor.open("~/policies").snapshots()) == 1


def everything(store: monitor.Store) -> None:
    """Ask for all there is."""
    for change in store.changes(baseline=True):
        _ = change.verdict, change.reasons
    for document in store.documents():
        _ = [version.bytes for version in document.versions], document.blame()
    _ = store.search("divers"), store.verdicts(), store.report(), store.compare("offer.txt", day(0), day(3))


def test_reading_makes_and_changes_no_file(workspace: Workspace, tmp_path: Path) -> None:
    copy = workspace.copy(tmp_path / "copy")
    (copy.snapshots / "reviews.db").unlink(missing_ok=True)

    def state() -> dict[Path, tuple[bytes, int]]:
        files = (path for path in copy.root.rglob("*") if path.is_file())
        return {path: (path.read_bytes(), path.stat().st_mode) for path in files}

    os.chmod(copy.snapshots, 0o770)
    before = state()
    with monitor.open(copy.root) as store:
        everything(store)
    assert state() == before


def test_reading_waits_for_no_lock(workspace: Workspace) -> None:
    from monitor.app.monitor import LOCK, StoreLock

    with StoreLock(workspace.snapshots / LOCK), monitor.open(workspace.root) as store:
        everything(store)


def test_several_threads_may_ask_one_store(store: monitor.Store) -> None:
    wanted = store.document("offer.txt").at(day(1)).bytes
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.document("offer.txt").at(day(1)).bytes, range(32)))
    assert set(found) == {wanted}


def test_a_program_may_run_and_review(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.record_day(1, FIRST)
    workspace.write("offer.txt", "The offer stands. It will cover 45 divers.\n")
    os.utime(workspace.seeds / "offer.txt", (0, 0))
    with monitor.open(tmp_path) as store:
        assert store.run().outcome == "recorded"
        (change,) = store.changes()
        store.review.decide(change.id, "flagged", reviewer="Ada", comment="Why?")
        assert (change.verdict, change.review.comments) == ("flagged", ("Why?",))
        store.review.undo(reviewer="Ada")
        store.review.assign(change.id, "Grace", reviewer="Ada")
        store.review.comment([change.id], "Look.", reviewer="Ada")
        assert (change.verdict, change.review.state.assignee) == (None, "Grace")
    assert workspace.findings() == []


# --- what is public -------------------------------------------------------------------------------


def test_every_public_name_is_there_and_has_a_docstring() -> None:
    for name in monitor.__all__:
        assert getattr(monitor, name).__doc__, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        monitor.nothing  # noqa: B018


def imported(program: str, folder: Path) -> set[str]:
    """The packages that a program leaves imported in a process of its own."""
    told = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", f"{program}\n{told}"], cwd=folder, capture_output=True, check=True)
    return set(done.stdout.decode().split())


def test_importing_the_package_loads_nothing_else(tmp_path: Path) -> None:
    others = {"pandas", "pyarrow", "sqlite3", "git", "msgspec", "jinja2", "click", "unidiff", "rapidfuzz"}
    assert imported("import monitor", tmp_path) & others == set()


def test_asking_loads_neither_pandas_nor_pyarrow(workspace: Workspace) -> None:
    program = "import monitor\nwith monitor.open('.') as store:\n    store.changes().to_dicts(), store.report()"
    assert imported(program, workspace.root) & {"pandas", "pyarrow", "click"} == set()


def test_a_missing_ledger_is_an_error(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.record_day(1, DAYS[0])
    (place.snapshots / "ledger.db").unlink()
    for ask in (monitor.Store.changes, monitor.Store.documents, monitor.Store.snapshots, monitor.Store.verdicts):
        with monitor.open(tmp_path) as store, pytest.raises(monitor.errors.StoreError, match="ledger is missing"):
            list(ask(store))


def test_a_ledger_that_is_behind_warns(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for number, documents in enumerate(DAYS, 1):
        if number == len(DAYS):
            ledger = (place.snapshots / "ledger.db").read_bytes()
        place.record_day(number, documents)
    (place.snapshots / "ledger.db").write_bytes(ledger)
    with monitor.open(tmp_path) as store, pytest.warns(UserWarning, match="1 snapshot behind"):
        assert store.changes()


def test_times_are_aware_and_in_utc(store: monitor.Store) -> None:
    assert all(change.taken_at.tzinfo is UTC for change in store.changes())
    assert store.changes(until=datetime(2026, 1, 3, 12)) == store.changes(until="2026-01-03T12:00:00")
