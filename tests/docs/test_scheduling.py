"""What docs/scheduling.md claims of expressions and of the nights when the clocks change."""

from __future__ import annotations

import configparser
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from monitor.config import load
from monitor.core.cron import next_after, parse_cron
from tests.support.paths import PROJECT

DOCS = PROJECT / "docs"
VIENNA = ZoneInfo("Europe/Vienna")


def rows(heading: str) -> list[list[str]]:
    """The body of the first table behind a line, cell by cell."""
    text = (DOCS / "scheduling.md").read_text("utf-8").split(heading, 1)[1]
    lines = takewhile(lambda line: line.startswith("|"), text[text.index("\n|") :].strip().splitlines())
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in list(lines)[2:]]


@pytest.mark.parametrize("row", rows("even with a step"))
def test_the_shorthands_of_the_table_mean_what_it_says(row: list[str]) -> None:
    names, meaning = row
    for name in names.split(", "):
        assert parse_cron(name.strip("`")) == parse_cron(meaning.strip("`"))


def test_the_toml_of_the_page_is_a_configuration(tmp_path: Path) -> None:
    text = (DOCS / "scheduling.md").read_text("utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "monitor.toml").write_text(text)
    assert load(tmp_path, None, {}, {}).schedule.timezone == "Europe/Vienna"


def times_of(day: datetime, expression: str) -> list[str]:
    cron, found, moment = parse_cron(expression), [], day
    while (moment := next_after(cron, moment, VIENNA) or moment).astimezone(VIENNA).date() == day.date():
        found.append(f"{moment.astimezone(VIENNA):%H:%M}")
    return found


@pytest.mark.parametrize("row", rows("In Europe/Vienna:"))
def test_the_nights_when_the_clocks_change_are_as_the_table_says(row: list[str]) -> None:
    expression = row[0].strip("`")
    for cell, day in zip(row[1:], ((2026, 3, 28), (2026, 10, 24)), strict=True):
        eve = datetime(*day, 23, 59, tzinfo=VIENNA)
        times = times_of(datetime(eve.year, eve.month, eve.day + 1, tzinfo=VIENNA), expression)
        named = [word for word in cell.replace(",", " ").split() if ":" in word]
        if cell.startswith("once"):
            assert times == named
        elif cell.startswith("four times"):
            assert times == ["02:00", "02:15", "02:30", "02:45"]
        else:
            assert ",".join(named) in ",".join(times)


def test_why_apscheduler_s_own_trigger_is_not_used() -> None:
    trigger = CronTrigger(hour=2, minute=30, timezone=VIENNA)
    spring = trigger.get_next_fire_time(None, datetime(2026, 3, 29, 0, 0, tzinfo=UTC))
    assert spring.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30
    first = trigger.get_next_fire_time(None, datetime(2026, 10, 25, 0, 0, tzinfo=UTC))
    second = trigger.get_next_fire_time(first, first)
    assert [moment.astimezone(UTC).hour for moment in (first, second)] == [0, 1]
    assert f"{CronTrigger.from_crontab('0 6 * * 1', UTC).get_next_fire_time(None, first):%a}" == "Tue"


@pytest.mark.parametrize("unit", sorted((DOCS / "systemd").iterdir()), ids=lambda path: path.name)
def test_a_unit_has_the_sections_of_its_kind(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=True)
    parser.read_string(unit.read_text("utf-8"))
    assert unit.suffix.strip(".").title() in parser.sections()
    assert parser["Unit"]["Description"].startswith("Monitor: ")
