"""A new column, and a renumbering, are one entry each in log, report, queue, feed and page."""

from __future__ import annotations

import pytest

from tests.support.driver import Record
from tests.support.workspace import Workspace

ROWS = [
    "| name | age |",
    "|---|---|",
    *(f"| {name} | {age} |" for age, name in enumerate(("Ana", "Bo", "Cy", "Di"), 20)),
]
MORE = [
    row + cell for row, cell in zip(ROWS, (" city |", "---|", " Rome |", " Oslo |", " Bern |", " Graz |"), strict=True)
]
SECTIONS = ("Terms", "Register", "Fees")


def page(rows: list[str], *sections: str) -> str:
    parts = [f"## {n}. {name}\n\nFor {name.lower()} see section {n}." for n, name in enumerate(sections, 1)]
    return "\n".join(rows) + "\n\n" + "\n\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    place = Workspace(tmp_path_factory.mktemp("events"))
    place.record_day(1, {"a.md": page(ROWS, *SECTIONS)})
    place.record_day(2, {"a.md": page(MORE, "Safety", *SECTIONS)})
    return place


def of_events(changes: list[Record]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for change in changes:
        if change["cause"]:
            groups.setdefault(change["cause"], set()).add(change["group"])
    return groups


def test_changes_of_an_event_have_one_group(place: Workspace) -> None:
    groups = of_events(place.log())
    assert {cause: len(found) for cause, found in groups.items()} == {"column": 1, "renumbering": 1}
    assert all(groups.values())


def test_log_tells_an_event_once(place: Workspace) -> None:
    log = place.monitor("log").text
    assert log.count("column added, in 5 rows") == 1
    assert log.count("renumbered, in 6 statements") == 1
    assert "Bern" not in log  # the first three rows are shown, the others are counted
    assert "Bern" in place.monitor("log", "a.md").text


def test_queue_has_an_entry_for_an_event(place: Workspace) -> None:
    listed = place.monitor("review", "list").text
    assert listed.count("column added: 5 changes") == 1
    assert listed.count("renumbered: 6 changes") == 1


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_report_tells_an_event_once(place: Workspace, form: str) -> None:
    report = place.monitor("report", "--format", form).text
    assert report.count("Column added, in 5 rows") == 1
    assert report.count("Renumbered, in 6 statements") == 1


def test_a_reference_that_stayed_behind_stands_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = Workspace(tmp_path_factory.mktemp("behind"))
    behind = "\n\nThe fee of section 2 is due in May.\n"
    place.record_day(1, {"a.md": page(ROWS, *SECTIONS) + behind})
    place.record_day(2, {"a.md": page(ROWS, "Safety", *SECTIONS) + behind})
    (change,) = [one for one in place.log() if one["before"] and one["significance"] == "substantive"]
    assert (change["cause"], change["group"], change["kind"]) == (None, None, "revised")
    assert "what it refers to has another number now" in place.monitor("log").text
    why = place.monitor("show", change["id"], "--why").text
    assert "same text" in why
    assert "what was 2 is 3 now" in why
    assert place.findings() == []


def test_compare_has_the_same_events(place: Workspace) -> None:
    first, second = (snapshot.id for snapshot in place.recorded())
    found = place.monitor("diff", first, second, "a.md", "--format", "json").json()
    assert {change["cause"] for change in found} == {None, "column", "renumbering"}


def test_an_element_of_a_data_file_is_one_entry(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = Workspace(tmp_path_factory.mktemp("elements"))
    fees = [f'{{"id": {n}, "fee": {n}0, "due": "May"}}' for n in range(1, 7)]
    place.record_day(1, {"a.json": f"[{', '.join(fees)}]"})
    place.record_day(2, {"a.json": f"[{', '.join([*fees, fees[0].replace('1', '9')])}]"})
    assert {cause: len(found) for cause, found in of_events(place.log()).items()} == {"element": 1}
    assert place.monitor("log").text.count("element added, of 2 values") == 1
    assert place.monitor("review", "list").text.count("element added: 2 changes") == 1
    assert place.monitor("report", "--format", "text").text.count("Element added, of 2 values") == 1
    assert place.findings() == []


def test_elements_that_went_with_all_are_of_the_bad_capture(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = Workspace(tmp_path_factory.mktemp("forbidden"))
    fees = ", ".join(f'{{"id": {n}, "fee": {n}0, "due": "May"}}' for n in range(1, 7))
    for day, text in enumerate((f"[{fees}]", "<h1>403 Forbidden</h1>", f"[{fees}]"), 1):
        place.record_day(day, {"a.json": text})
    causes = [{one["cause"] for one in place.log() if one["snapshot"] == taken.id} for taken in place.recorded()]
    assert causes[1:] == [{"suspect", None}, {"recovered", None}]
    assert len(place.monitor("review", "list", "--format", "json").json()["entries"]) == 2
