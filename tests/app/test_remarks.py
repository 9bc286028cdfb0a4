"""What a report and `status` say of the whole: silent changes, a date alone, and times without a look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace, day

TERMS = "Last updated: {date}\n\nThe fee is {fee} euros a year.\n\nThe harbour stays open to all boats.\n"
FORMS = ("text", "markdown", "html")


def report_after(place: Workspace, form: str, *, date: str, fee: int, number: int = 1) -> str:
    """The report of two versions, in one line."""
    place.write("a.txt", TERMS.format(date="3 May 2026", fee=20))
    place.run(0)
    place.write("a.txt", TERMS.format(date=date, fee=fee))
    place.run(number)
    return " ".join(place.monitor("report", "--format", form).text.split())


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
