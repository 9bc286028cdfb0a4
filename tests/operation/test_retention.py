"""`[store] keep`: what is older is taken out by runs, with the guarantees of `forget`."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import monitor
from monitor.app import forget as forgetting
from tests.operation.forgetting import SECRET, newest_change, traces
from tests.support.workspace import Workspace

KEEP = """
[watch]
folder = "seeds"
[store]
keep = "100 days"
[report]
formats = ["html", "json"]
[feeds]
folder = "feeds"
[evidence]
heads = "heads.txt"
[notify.desk]
url = "json://127.0.0.1:9"
"""
NOW = datetime.now(UTC)
AGES = (400, 300, 200, 50, 10)  # days, of the snapshots


def at(days: float) -> str:
    return f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def record(place: Workspace, days: float, documents: dict[str, str | None]) -> None:
    place.update(documents)
    place.monitor("run", "--settle", "0", "--taken-at", at(days), "--accept-deletions")


def five_snapshots(root: Path, configuration: str) -> Workspace:
    """Five snapshots; two documents go on, one about a person is gone for 200 days, a sentence about her for 300."""
    place = Workspace(root)
    place.configure(configuration)
    stays = "Clause one stays.\nClause two stays.\n"
    record(
        place, 400, {"a.txt": f"{SECRET} signed.\n{stays}", "her.txt": f"{SECRET} lives here.\n", "b.txt": "B is 1.\n"}
    )
    record(place, 300, {"a.txt": f"The fee is 3.\n{stays}", "b.txt": "B is 2.\n"})
    change = newest_change(place, "a.txt")
    place.monitor("review", "accept", change, "--as", "Ada", "--comment", f"{SECRET} is out.")
    record(place, 200, {"her.txt": None, "b.txt": "B is 3.\n"})
    record(place, 50, {"a.txt": f"The fee is 4.\n{stays}"})
    place.monitor("review", "flag", newest_change(place, "a.txt"), "--as", "Ada", "--comment", "Why?")
    record(place, 10, {"a.txt": f"The fee is 5.\n{stays}"})
    return place


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A store in which everything was kept, and whose configuration says to keep less from now on."""
    place = five_snapshots(tmp_path, KEEP.replace("keep =", "# keep ="))
    assert traces(place)
    place.configure(KEEP)
    return place


def test_a_run_takes_out_what_is_older(place: Workspace) -> None:
    assert "2 snapshots from before " in place.monitor("run", "--settle", "0").text
    assert traces(place) == []
    assert place.findings() == []
    assert [one.taken_at.strftime("%Y-%m-%d") for one in place.recorded()] == [at(days)[:10] for days in AGES[2:]]


def test_what_held_when_the_time_began_is_the_first_snapshot(place: Workspace) -> None:
    place.monitor("run", "--settle", "0")
    assert {one["document"] for one in place.log("--baseline") if one["baseline"]} == {"a.txt", "b.txt"}
    assert [one["kind"] for one in place.log()] == ["revised", "revised"]
    assert place.cat("b.txt") == b"B is 3.\n"
    assert "there is no document her.txt" in place.monitor("log", "her.txt", status=2).message


def test_changes_that_are_kept_have_their_ids_and_verdicts(place: Workspace) -> None:
    before = [one["id"] for one in place.log()][:2]
    place.monitor("run", "--settle", "0")
    assert [one["id"] for one in place.log()] == before
    events = place.select("SELECT verdict, comment FROM review_events ORDER BY number")
    assert events == [("accepted", "[removed: older than is kept]"), ("flagged", "Why?")]


def test_statements_and_documents_answer_to_their_ids_of_before(place: Workspace) -> None:
    before = place.statements("a.txt")
    with monitor.open(place.root) as store:
        document = store.document("a.txt").id
    place.monitor("run", "--settle", "0")
    for text, statement in before.items():
        assert (
            place.monitor("show", statement, "--format", "json").json()["statement"] == place.statements("a.txt")[text]
        )
    with monitor.open(place.root) as store:
        assert store.document(document).path == "a.txt"
    life = place.monitor("show", before["The fee is 5."], "--format", "json").json()
    assert [one["text"] for one in life["revisions"]] == ["The fee is 3.", "The fee is 4.", "The fee is 5."]


def test_ids_of_before_are_known_after_a_rebuild(place: Workspace) -> None:
    statement = place.statements("a.txt")["Clause two stays."]
    place.monitor("run", "--settle", "0")
    place.monitor("rebuild")
    assert place.monitor("show", statement, "--format", "json").json()["present"] is True


def test_reports_and_notices_of_what_went_go(place: Workspace) -> None:
    reports = sorted(path.name for path in (place.root / "reports").iterdir())
    assert len(reports) == 10
    place.monitor("run", "--settle", "0")
    assert sorted(path.name for path in (place.root / "reports").iterdir()) == reports[6:]
    assert place.select("SELECT count(*) FROM notices") == [(2,)]


def test_published_heads_say_what_was_done(place: Workspace) -> None:
    place.monitor("run", "--settle", "0")
    *_, said, head = (place.root / "heads.txt").read_text().splitlines()
    assert said.startswith("# history rewritten ")
    assert "what was older than [store] keep was taken out" in said
    assert head.split(" ")[1] == place.recorded()[-1].id


def test_status_says_what_the_next_run_will_take_out(place: Workspace) -> None:
    assert "! the next run takes out 2 snapshots from before " in place.monitor("status").text
    place.monitor("run", "--settle", "0")
    assert "takes out" not in place.monitor("status").text


def test_status_says_since_when_there_is_history(place: Workspace) -> None:
    place.monitor("run", "--settle", "0")
    assert "2 older snapshots were taken out" in place.monitor("status").text
    kept = place.monitor("status", "--format", "json").json()["taken_out"]
    assert kept["snapshots"] == 2


def test_nothing_is_done_twice(place: Workspace) -> None:
    place.monitor("run", "--settle", "0")
    heads = [one.id for one in place.recorded()]
    assert place.monitor("run", "--settle", "0").text.startswith("nothing changed")
    assert [one.id for one in place.recorded()] == heads


def test_a_run_that_takes_out_also_records(place: Workspace) -> None:
    place.write("b.txt", "B is 4.\n")
    done = place.monitor("run", "--settle", "0")
    assert "1 change" in done.text
    assert "2 snapshots from before " in done.message
    assert place.texts("b.txt") == ["B is 4."]
    assert place.findings() == []


def test_bytes_that_were_taken_out_may_come_again(place: Workspace) -> None:
    place.monitor("run", "--settle", "0")
    place.write("her.txt", f"{SECRET} lives here.\n")
    place.monitor("run", "--settle", "0")
    assert place.texts("her.txt") == [f"{SECRET} lives here."]


def test_without_keep_everything_stays(tmp_path: Path) -> None:
    place = five_snapshots(tmp_path, KEEP.replace("keep =", "# keep ="))
    place.monitor("run", "--settle", "0")
    assert len(place.recorded()) == len(AGES)


@pytest.mark.parametrize(("keep", "left"), [("295 days", 5), ("285 days", 4), ("3 years", 5), ("1 day", 1)])
def test_a_delay_of_a_twentieth_saves_work(place: Workspace, keep: str, left: int) -> None:
    place.configure(KEEP.replace("100 days", keep))
    place.monitor("run", "--settle", "0")
    assert len(place.recorded()) == left


@pytest.mark.parametrize("keep", ["0 s", "often", "-3 days", "5", "100000", "23 h", "1e9"])
def test_what_is_no_time_is_refused(place: Workspace, keep: str) -> None:
    place.configure(KEEP.replace("100 days", keep))
    assert "keep" in place.monitor("run", status=2).message


STEPS = ("_move_refs", "remove_unreachable", "_rewrite_journal", "fold_again", "_remove_reports", "_announce")


@pytest.mark.parametrize("step", STEPS)
def test_a_run_goes_on_where_one_was_interrupted(place: Workspace, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    real = getattr(forgetting, step)
    monkeypatch.setattr(forgetting, step, interrupted)
    place.monitor("run", "--settle", "0", status=130)
    monkeypatch.setattr(forgetting, step, real)
    place.monitor("run", "--settle", "0")
    assert traces(place) == []
    assert place.findings() == []
    assert len(place.recorded()) == 3


def test_an_imported_history_is_taken_out_too(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for days in AGES[:3]:
        folder = tmp_path / "old" / at(days)[:10]
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"{SECRET if days == 400 else 'Nobody'} signed {days} days ago.\n")
    place.write("a.txt", "Nobody signs.\n")
    place.monitor("import", "old", "--name", "old")
    shutil.rmtree(tmp_path / "old")
    place.monitor("run", "--settle", "0")
    place.configure(KEEP)
    place.monitor("run", "--settle", "0")
    assert traces(place) == []
    assert len(place.recorded()) == 2
    assert place.findings() == []
