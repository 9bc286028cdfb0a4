"""What a report and `status` say of the whole: silent changes, a date alone, and times without a look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace, day
from tests.web.server import serving

TERMS = "Last updated: {date}\n\nThe fee is {fee} euros a year.\n\nThe harbour stays open to all boats.\n"
FORMS = ("text", "markdown", "html")


def report_after(place: Workspace, form: str, *, date: str, fee: int, number: int = 1) -> str:
    """The report of two versions, in one line."""
    place.write("a.txt", TERMS.format(date="3 May 2026", fee=20))
    place.run(0)
    place.write("a.txt", TERMS.format(date=date, fee=fee))
    place.run(number)
    return " ".join(place.monitor("report", "--format", form).text.split())


CONFIG = '[watch]\nfolder = "seeds"\n[extract]\nannouncements = ["Issue no. * of the gazette"]\n'
GAZETTE = "Issue no. {issue} of the gazette\n\nThe fee is {fee} euros a year.\n\nThe harbour stays open to all boats.\n"


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_a_report_names_what_was_not_announced(place: Workspace, form: str) -> None:
    report = report_after(place, form, date="3 May 2026", fee=30)
    assert "Not announced: 1 substantive change in a" in report
    assert "Announced alone" not in report


@pytest.mark.parametrize("form", FORMS)
def test_a_report_names_a_new_date_without_a_change(place: Workspace, form: str) -> None:
    report = report_after(place, form, date="9 June 2026", fee=20)
    assert "Announced alone: a" in report
    assert "Not announced" not in report


@pytest.mark.parametrize("form", FORMS)
def test_a_report_names_the_time_without_a_look(place: Workspace, form: str) -> None:
    report = report_after(place, form, date="9 June 2026", fee=30, number=4)
    assert "Not watched: 1 Jan 2026, 06:00 UTC to 5 Jan 2026, 06:00 UTC" in report.replace("\\", "")
    assert "alone" not in report


def test_daily_looks_leave_no_time_unwatched(place: Workspace) -> None:
    assert "Not watched" not in report_after(place, "text", date="9 June 2026", fee=30)


def test_status_names_the_time_without_a_look(place: Workspace) -> None:
    report_after(place, "text", date="9 June 2026", fee=30, number=4)
    assert "not watched" in place.monitor("status").text
    told = place.monitor("status", "--format", "json").json()["not_watched"]
    assert told == [{"since": day(0), "until": day(4)}]


@pytest.mark.parametrize("form", FORMS)
def test_a_report_has_a_section_of_announcements(place: Workspace, form: str) -> None:
    assert "Announced or not" in report_after(place, form, date="3 May 2026", fee=30)
    assert "Announced or not" not in place.monitor("report", "--announced", "--format", form).text


@pytest.mark.parametrize(
    ("issue", "fee", "announced"), [("8", 30, [True, True]), ("7", 30, [False]), ("8", 20, [True])]
)
def test_lines_of_announcements_are_configured(place: Workspace, issue: str, fee: int, announced: list[bool]) -> None:
    place.write("../monitor.toml", CONFIG)
    place.write("a.txt", GAZETTE.format(issue=7, fee=20))
    place.run(0)
    place.write("a.txt", GAZETTE.format(issue=issue, fee=fee))
    place.run(1)
    assert [change["announced"] for change in place.log()] == announced
    assert ("Announced alone: a" in place.monitor("report", "--format", "text").text) == (fee == 20)


def test_a_new_pattern_of_announcements_folds_again(place: Workspace) -> None:
    place.write("a.txt", GAZETTE.format(issue=7, fee=20))
    place.run(0)
    place.write("a.txt", GAZETTE.format(issue=8, fee=30))
    place.run(1)
    assert {change["announced"] for change in place.log()} == {None}
    place.write("../monitor.toml", CONFIG)
    place.run(2)
    assert {change["announced"] for change in place.log()} == {True}


@pytest.mark.parametrize(("option", "found"), [("--silent", 1), ("--announced", 0)])
def test_review_list_asks_for_what_was_announced(place: Workspace, option: str, found: int) -> None:
    report_after(place, "text", date="3 May 2026", fee=30)
    assert place.monitor("review", "list", option).text.count("revised") == found
    assert ("euros" in place.monitor("report", option).text) == bool(found)


@pytest.mark.parametrize("page", ["/overview", "/runs"])
def test_pages_name_the_time_without_a_look(place: Workspace, page: str) -> None:
    report_after(place, "text", date="9 June 2026", fee=30, number=4)
    with serving(place.root) as served:
        shown = served.get(page).text
    assert "Not watched" in shown
    assert "1 Jan 2026, 06:00 UTC to 5 Jan 2026, 06:00 UTC (4 days)" in shown


def test_queue_page_asks_for_what_was_not_announced(place: Workspace) -> None:
    report_after(place, "text", date="3 May 2026", fee=30)
    with serving(place.root) as served:
        assert "euros" in served.get("/queue?announced=0").text
        assert "euros" not in served.get("/queue?announced=1").text
        assert "announced &#39;x&#39;: 1 or 0" in served.get("/queue?announced=x").text
