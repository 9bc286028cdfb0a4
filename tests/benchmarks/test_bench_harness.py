"""The parts of the benchmark that compute: ratios, the table, the charts, the slices. Nothing here is timed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench import measure
from curves import Chart, decades, number, svg
from figures import Figure, page, row, table
from hypothesis import given
from hypothesis import strategies as st
from measuring import Failed, Spread, Usage, in_turn, per_unit, process, ratio, spread
from place import Bench
from rows import ROWS
from slices import edit, path_of, pieces, slices, write

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


# --- the table


def test_a_row_shows_median_spread_bound_and_whether_it_holds() -> None:
    assert row(Figure("work", "git", Spread(0.0213, 0.02, 3), 0.02)) == (
        "| work | git | 0.0213 (0.02 – 3) | 0.02 | **no** |"
    )
    assert row(Figure("work", "–", Spread(118, 117.4, 1234), 300, "MiB", note="n")) == (
        "| work; n | – | 118 MiB (117 – 1,234) | 300 MiB | yes |"
    )


def test_a_row_that_could_not_be_measured_says_why() -> None:
    assert row(Figure("work", "git", None, 2, note="git is not here")) == (
        "| work; git is not here | git | not measured | 2 | – |"
    )


def test_a_bar_in_a_text_ends_no_cell() -> None:
    assert row(Figure("a|b", "–", None, 1)).startswith(r"| a\|b | – |")


def test_page_counts_the_figures_and_shows_every_chart() -> None:
    figures = [Figure("a", "–", Spread(1, 1, 1), 2), Figure("b", "–", Spread(3, 3, 3), 2), Figure("c", "–", None, 2)]
    told = page({"machine": "two cores"}, figures, {"x.svg": Chart("Idle", "files", "s", {"a run": [(1, 2)]})})
    assert "1 of 3 rows keep their bound, 1 do not, 1 could not be measured" in told
    assert "| machine | two cores |" in told
    assert table(figures) in told
    assert "![Idle](../images/x.svg)\n\nIdle (s; files). a run: 2 at 1." in told


def test_a_row_that_fails_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Bench) -> Iterator[Figure]:
        yield Figure("first", "–", Spread(1, 1, 1), 1)
        raise Failed("no git here")

    monkeypatch.setattr("bench.ROWS", {"failing": failing, "other": lambda _: iter([Figure("other", "–", None, 1)])})
    figures, _ = measure(Bench(tmp_path, []), ["failing", "other"])
    assert [figure.work for figure in figures] == ["first", "`failing`: what else it measures", "other"]
    assert "no git here" in figures[1].note


def test_every_row_has_a_name_that_the_command_line_takes() -> None:
    assert ROWS
    assert all(name.replace("-", "").isalpha() for name in ROWS)


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


def test_written_and_edited_files_are_older_than_the_settle_time(tmp_path: Path) -> None:
    import time

    write(tmp_path, ["One two three.\n", "Four five six.\n"])
    edit(tmp_path, [1], "1")
    edit(tmp_path, [1], "2")
    assert (tmp_path / path_of(1)).read_text() == "Four five~2 six.\n"
    assert all(path.stat().st_mtime < time.time() - 60 for path in tmp_path.rglob("*.md"))
