"""The parts of the benchmark that compute: ratios, the table, the charts, the slices. Nothing here is timed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench import keep, measure
from bounds import BOUNDS, Bound
from curves import Chart, decades, number, svg
from figures import Figure, Line, Result, lines, load, page, row, save, with_losses
from hypothesis import given
from hypothesis import strategies as st
from madehistory import MadeHistory, document
from madeledger import FIRST, WEEKS, history
from measuring import Failed, OtherWork, Spread, Usage, in_turn, per_unit, process, ratio, spread, tree_memory
from place import Bench
from rows import ROWS
from slices import edit, path_of, pieces, slices, write

from monitor.app.fold import catch_up
from monitor.ledger.database import Database, open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from monitor.model import ChangeFilter, ChangeKind
from tests.support.paths import PROJECT

POSITIVE = st.floats(1e-6, 1e6)


# --- measuring


def test_ratio_is_of_the_medians_and_its_spread_of_the_pairs() -> None:
    assert ratio([2, 4, 9], [1, 2, 3]) == Spread(2, 2, 3)


@given(st.lists(POSITIVE, min_size=1), st.floats(0.1, 10))
def test_a_ratio_does_not_depend_on_the_unit(values: list[float], unit: float) -> None:
    assert ratio([unit * value for value in values], values).median == pytest.approx(unit)


@given(st.lists(POSITIVE, min_size=1))
def test_the_median_lies_within_its_spread(values: list[float]) -> None:
    found = spread(values)
    assert found.least <= found.median <= found.most


def test_works_take_turns_after_a_warm_up_that_does_not_count() -> None:
    done: list[str] = []

    def work(name: str) -> Usage:
        done.append(name)
        return Usage(len(done), 0)

    measured = in_turn(2, {"a": lambda: work("a"), "b": lambda: work("b")})
    assert done == ["a", "b", "a", "b", "a", "b"]
    assert [one.wall for one in measured["a"]] == [3, 5]


def test_cost_per_unit_is_that_of_the_least_disturbed_round() -> None:
    assert per_unit([Usage(9, 6), Usage(9, 4)], 2) == 2


def test_a_process_is_measured_with_its_memory() -> None:
    used = process([sys.executable, "-c", "x = b'.' * 50_000_000"])
    assert used.peak > 40
    assert used.wall >= 0


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(Failed, match=r"exit status 3: no such thing"):
        process([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])


def test_memory_is_of_a_process_and_its_children() -> None:
    child = "x = b'.' * 40_000_000; import time; time.sleep(0.3)"
    parent = f"import subprocess, sys; x = b'.' * 40_000_000; subprocess.run([sys.executable, '-c', {child!r}])"
    assert process([sys.executable, "-c", parent], memory=True).peak > 80


def test_a_process_that_has_ended_has_no_memory() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    assert tree_memory(ended.pid) == 0


def test_work_of_others_is_not_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {"time.perf_counter": [10, 20], "_busy": [100, 117], "_own": [3, 5]}
    for name, values in clocks.items():
        monkeypatch.setattr(f"measuring.{name}", iter(values).__next__)
    assert OtherWork().processors() == 1.5


def test_work_of_others_is_unknown_where_the_system_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("measuring._busy", lambda: None)
    assert OtherWork().processors() is None


# --- the table

BOUND = Bound("work", "git", 0.02)


def result(*figures: Figure, failed: str = "", charts: dict[str, Chart] | None = None) -> Result:
    where = ("2026-11-30 22:00", 90, 0.25, 5, "abc", "two cores", "Python", "archive.bundle")
    return Result(*where, figures=list(figures), charts=charts or {}, failed=failed)


def test_a_row_shows_median_spread_bound_and_whether_it_holds() -> None:
    assert (
        row(Line("r", BOUND, Spread(0.0213, 0.02, 3), ""))
        == "| `r` | work | git | 0.0213 (0.02 – 3) | ≤ 0.02 | **no** |"
    )
    bound = Bound("work", "–", 300, "MiB")
    assert row(Line("r", bound, Spread(118, 117.4, 1234), "n")) == (
        "| `r` | work; n | – | 118 MiB (117 – 1,234) | ≤ 300 MiB | yes |"
    )


@pytest.mark.parametrize(("value", "held"), [(1.79, False), (1.8, True), (2, True)])
def test_a_bound_may_be_the_least_allowed(value: float, held: bool) -> None:
    line = Line("r", Bound("gain", "one process", 1.8, least=True), Spread(value, value, value), "")
    assert line.held is held
    assert "| ≥ 1.8 |" in row(line)


def test_a_row_that_could_not_be_measured_says_why() -> None:
    assert (
        row(Line("r", BOUND, None, "git is not here"))
        == "| `r` | work; git is not here | git | not measured | ≤ 0.02 | – |"
    )


def test_a_bar_in_a_text_ends_no_cell() -> None:
    assert row(Line("r", Bound("a|b", "–", 1), None, "")).startswith(r"| `r` | a\|b | – |")


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"one": {"a": Bound("work a", "–", 2), "b": Bound("work b", "–", 2)}, "two": {"c": Bound("work c", "–", 2)}}
    monkeypatch.setattr("figures.BOUNDS", made)
    monkeypatch.setattr("bench.BOUNDS", made)


RESULTS = {"one": result(Figure("a", Spread(1, 1, 1)), Figure("b", Spread(3, 3, 3), "twice"))}


@pytest.mark.usefixtures("bounds")
def test_every_bound_has_a_line_measured_or_not() -> None:
    found = [(line.bound.work, line.held, line.note) for line in lines(RESULTS, ["one", "two"])]
    assert found == [("work a", True, ""), ("work b", False, "twice"), ("work c", None, "")]


@pytest.mark.usefixtures("bounds")
def test_what_was_measured_before_a_row_failed_is_shown() -> None:
    results = {"one": result(Figure("a", Spread(1, 1, 1)), failed="no git here")}
    assert [line.note for line in lines(results, ["one"])] == ["", "no git here"]


@pytest.mark.usefixtures("bounds")
def test_page_counts_the_figures_and_shows_every_chart() -> None:
    chart = Chart("Idle", "files", "s", {"a run": [(1, 2)]})
    shown = page({**RESULTS, "two": result(charts={"x.svg": chart}, failed="no disk")})
    assert "Of 3 figures, 1 keep their bound and 1 do not; 1 were not measured." in shown
    assert "![Idle](../images/x.svg)\n\nIdle (s; files). a run: 2 at 1." in shown
    assert "| `two` | work c; no disk | – | not measured | ≤ 2 | – |" in shown


def test_page_says_when_each_row_was_measured_and_where() -> None:
    shown = page({"queue": result()})
    assert "| `queue` | 2026-11-30 22:00 | 0.2 | 5 | 1.5 | `abc` |" in shown
    assert "| machine | two cores |" in shown


@pytest.mark.usefixtures("bounds")
def test_a_missed_bound_is_named_as_a_loss() -> None:
    shown = with_losses("Before.\n<!-- losses -->\nold\n<!-- end of losses -->\nAfter.\n", RESULTS)
    assert shown.startswith("Before.\n<!-- losses -->\nOf 3 figures")
    assert shown.endswith("<!-- end of losses -->\nAfter.\n")
    assert "old" not in shown
    lost = shown.partition("These miss their bound:")[2].partition("These were not measured:")
    assert "work b" in lost[0]
    assert "work a" not in lost[0]
    assert "work c" in lost[2]


def test_a_page_without_the_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        with_losses("Before.\n", {})


def test_the_page_of_the_docs_has_the_marks() -> None:
    with_losses((PROJECT / "docs/benchmarks.md").read_text("utf-8"), {})


# --- results that are kept


def test_kept_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    chart = Chart("Idle", "files", "s", {"a run": [[1, 2]]})
    results = {"queue": result(Figure("first", Spread(1, 0.5, 2), "n"), charts={"x.svg": chart}, failed="late")}
    save(tmp_path / "kept", results)
    assert load(tmp_path / "kept") == results


def test_results_of_a_row_that_is_gone_are_dropped(tmp_path: Path) -> None:
    save(tmp_path / "kept", {"queue": result()})
    (tmp_path / "kept").write_text((tmp_path / "kept").read_text().replace('"queue"', '"gone"'))
    assert load(tmp_path / "kept") == {}
    assert load(tmp_path / "absent") == {}


def test_a_row_measured_again_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.DOCS", tmp_path)
    for folder in ("generated", "images"):
        (tmp_path / folder).mkdir()
    (tmp_path / "benchmarks.md").write_text("<!-- losses -->\n<!-- end of losses -->\n")
    keep({"queue": result(Figure("first", Spread(1, 1, 1)))})
    keep({"aligning": result(charts={"aligning.svg": CHART})})
    keep({"queue": result(Figure("first", Spread(2, 2, 2)))})
    shown = (tmp_path / "generated/benchmarks.md").read_text()
    assert "| 2 s (2 – 2) | ≤ 0.3 s | **no** |" in shown
    assert "1 s (1 – 1)" not in shown
    assert "![Time & size](../images/aligning.svg)" in shown
    assert (tmp_path / "images/aligning.svg").read_text().startswith("<svg")
    assert "first page of the queue" in (tmp_path / "benchmarks.md").read_text().partition("miss their bound")[2]


@pytest.mark.usefixtures("bounds")
def test_a_row_that_fails_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Bench) -> Iterator[Figure]:
        yield Figure("a", Spread(1, 1, 1))
        raise Failed("no git here")

    monkeypatch.setattr("bench.ROWS", {"one": failing, "two": lambda _: iter([Figure("c", Spread(1, 1, 1))])})
    found = dict(measure(Bench(tmp_path, []), ["one", "two"]))
    assert [figure.name for one in found.values() for figure in one.figures] == ["a", "c"]
    assert [one.failed for one in found.values()] == ["no git here", ""]


def test_every_row_has_bounds_and_a_name_for_the_command_line() -> None:
    assert ROWS.keys() == BOUNDS.keys()
    assert all(name.replace("-", "").isalpha() for name in ROWS)


def test_every_figure_has_a_work_of_its_own() -> None:
    works = [(bound.work, bound.against) for group in BOUNDS.values() for bound in group.values()]
    assert len(works) == len(set(works))


# --- folders that are kept


def test_a_kept_folder_is_made_once_for_each_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("place.KEPT", tmp_path)
    bench, made = Bench(tmp_path, []), []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("x")

    for state in ("1", "1", "2"):
        monkeypatch.setattr("place.state", lambda state=state: state)
        assert (bench.kept("ledger", make) / "file").exists()
        assert bench.kept("ledger-of-another", make).exists()
    assert len(made) == 4
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["ledger-2", "ledger-of-another-2"]


def test_a_kept_folder_that_was_not_finished_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("place.KEPT", tmp_path)

    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise Failed("killed")

    with pytest.raises(Failed):
        Bench(tmp_path, []).kept("ledger", fail)
    assert list(Bench(tmp_path, []).kept("ledger", lambda _: None).iterdir()) == []


# --- made histories


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{tmp_path}/ledger.db")) as database:
        yield database


def test_a_made_ledger_has_as_many_statements_as_asked(ledger: Database) -> None:
    catch_up(history(2_000, 40), LedgerWriter(ledger))
    counts = LedgerQueries(ledger).counts()
    assert (counts.documents, counts.statements) == (4, 2_000)


def test_a_week_of_a_made_ledger_revises_what_was_asked(ledger: Database) -> None:
    catch_up(history(2_000, 20), LedgerWriter(ledger))
    for week in range(WEEKS):
        first = FIRST + timedelta(weeks=week)
        found = list(LedgerQueries(ledger).changes(ChangeFilter(since=first, until=first + timedelta(days=1))))
        assert [change.kind for change in found] == [ChangeKind.REVISED] * 20
        assert len({change.document for change in found}) == 2


def test_made_histories_are_alike_every_time() -> None:
    one, other = MadeHistory(3), MadeHistory(3)
    for made in (one, other):
        made.revise(5)
    assert list(one.deltas("")) == list(other.deltas(""))
    assert len(one.snapshots("")) == 6


def test_frequent_words_of_made_documents_are_frequent() -> None:
    words = " ".join(document(random.Random(1), 2_000, [12])).lower().replace(".", "").split()
    shares = [count / len(words) for _, count in Counter(words).most_common()]
    assert shares[0] > 0.01
    assert len(shares) > 2_000


# --- charts

CHART = Chart("Time & size", "files", "s", {"ours": [(10, 0.1), (1000, 3)], "<git>": [(10, 0.2), (1000, 2.9)]})


def test_a_chart_is_an_xml_document_with_its_texts() -> None:
    texts = [element.text for element in ElementTree.fromstring(svg(CHART)).iter() if element.text]
    assert {"Time & size", "files", "s", "ours", "<git>", "10", "1,000"} <= set(texts)


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=9))
def test_every_point_is_between_the_axes(points: list[tuple[float, float]]) -> None:
    picture = ElementTree.fromstring(svg(Chart("t", "x", "y", {"one": points})))
    circles = [element.attrib for element in picture.iter() if element.tag.endswith("circle")]
    assert len(circles) == len(points)
    assert all(71 <= float(one["cx"]) <= 471 and 39 <= float(one["cy"]) <= 305 for one in circles)


def test_labels_of_lines_with_equal_ends_do_not_overlap() -> None:
    picture = ElementTree.fromstring(svg(CHART))
    heights = [float(one.attrib["y"]) for one in picture.iter() if one.text in ("ours", "<git>")]
    assert abs(heights[0] - heights[1]) >= 16


def test_a_chart_is_readable_on_black() -> None:
    assert "@media (prefers-color-scheme: dark)" in svg(CHART)


@given(st.lists(POSITIVE, min_size=1))
def test_an_axis_spans_its_values_with_two_marks_at_least(values: list[float]) -> None:
    marks = decades(values)
    assert len(marks) >= 2
    assert 10 ** marks[0] <= min(values) * 1.001
    assert max(values) <= 10 ** marks[-1] * 1.001


@pytest.mark.parametrize(("value", "told"), [(0.01, "0.01"), (1, "1"), (0.12345, "0.123"), (10_000, "10,000")])
def test_number_is_written_briefly(value: float, told: str) -> None:
    assert number(value) == told


@given(st.floats(1e-4, 1e6))
def test_three_digits_are_kept_of_a_number(value: float) -> None:
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.006)


# --- slices

TEXTS = [f"Article {number}.\n\n" + "The council meets on Monday.\n" * 20 for number in range(5)]


@given(st.lists(st.text()), st.integers(1, 50))
def test_pieces_hold_all_that_is_not_blank_in_order(texts: list[str], size: int) -> None:
    joined = "".join("".join(pieces(texts, size)).split())
    assert joined == "".join("".join(texts).split())


@pytest.mark.parametrize("count", [1, 7, 40, 1000])
def test_requested_number_of_slices_is_made_and_distinct(count: int) -> None:
    assert len(set(slices(TEXTS, count))) == count


def test_documents_without_text_cannot_be_sliced() -> None:
    with pytest.raises(ValueError, match="hold no text"):
        slices(["", " \n"], 3)


def test_a_hundred_files_lie_in_a_folder() -> None:
    places = [path_of(at) for at in range(20_000)]
    assert len(set(places)) == 20_000
    assert len({place.rpartition("/")[0] for place in places}) == 200


def test_git_sees_each_edit_within_one_second(tmp_path: Path) -> None:
    write(tmp_path, ["One two three.\n"])
    seconds = set()
    for mark in range(3):
        edit(tmp_path, [0], str(mark))
        seconds.add(int((tmp_path / path_of(0)).stat().st_mtime))
    assert len(seconds) == 3


def test_written_and_edited_files_are_older_than_the_settle_time(tmp_path: Path) -> None:
    write(tmp_path, ["One two three.\n", "Four five six.\n"])
    edit(tmp_path, [1], "1")
    edit(tmp_path, [1], "2")
    assert (tmp_path / path_of(1)).read_text() == "Four five~2 six.\n"
    assert all(path.stat().st_mtime < time.time() - 60 for path in tmp_path.rglob("*.md"))
