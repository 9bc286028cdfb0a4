"""What the pages show, as values: addresses, intervals, bars, the heat map."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.review.events import UNREVIEWED, Act, Event, ReviewResult, Verdict, describe_events
from monitor.core.text.normalize import without_controls
from monitor.core.time_expressions import Calendar
from monitor.errors import UsageError
from monitor.ledger.statistics import Tally
from monitor.model import Aspect, Change, ChangeKind, Level, Side, Significance
from monitor.web.overview import BAR_HEIGHT, BARS, bars, heat_map
from monitor.web.queue import sentence
from monitor.web.queue_views import act_views
from monitor.web.request import QueueQuery, local_address, parse_form, queue_filter, queue_query
from monitor.web.statements import intervals

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
CALENDAR = Calendar(NOW, UTC, list)


def nowhere(_: str) -> None:
    return None


def change(kind: ChangeKind, before: str | None, after: str | None, day: int = 1, ordinal: int = 0) -> Change:
    at = datetime(2026, 1, day, 6, tzinfo=UTC)
    sides = [() if text is None else (Side("s", 1, "a.txt", ordinal, text),) for text in (before, after)]
    return Change(
        id="c",
        level=Level.STATEMENT,
        kind=kind,
        snapshot="f",
        taken_at=at,
        recorded_at=at,
        document="a.txt",
        document_id="d",
        before=sides[0],
        after=sides[1],
    )


def event(number: int, act: Act, **more: object) -> Event:
    made = Event(number, f"e{number}", "b", "c", act, "Ada", NOW)
    return made._replace(**more)  # type: ignore[arg-type]


# --- addresses

# what a page shows again: what is invisible, or steers what stands around it, is taken out when an address is read
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(without_controls).map(str.strip)


@given(q=WORDS, document=WORDS, since=WORDS, kind=st.lists(st.sampled_from(["added", "moved"]), unique=True))
def test_address_contains_the_filter(q: str, document: str, since: str, kind: list[str]) -> None:
    said = QueueQuery(q=q, document=document, since=since, kind=tuple(kind))
    _, _, query = said.address().partition("?")
    assert queue_query(parse_form(query.encode("ascii"))) == said


def test_defaults_are_not_in_the_address() -> None:
    assert QueueQuery().address() == "/queue"
    assert QueueQuery(verdict="any").address(verdict=UNREVIEWED) == "/queue"


def test_words_become_a_filter() -> None:
    said = QueueQuery(q="port", kind=("moved",), aspect=("name",), significance="editorial", since="2d", verdict="any")
    filtered = queue_filter(said, CALENDAR, nowhere)
    assert filtered.kinds == {ChangeKind.MOVED}
    assert filtered.aspects == {Aspect.NAME}
    assert filtered.significance is Significance.EDITORIAL
    assert filtered.since == NOW - timedelta(days=2)
    assert filtered.verdicts == frozenset()


def test_a_day_that_ends_a_period_belongs_to_it() -> None:
    until = queue_filter(QueueQuery(until="2026-01-05"), CALENDAR, nowhere).until
    assert until is not None
    assert datetime(2026, 1, 5, 23, 59, tzinfo=UTC) < until < datetime(2026, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "said", [QueueQuery(kind=("x",)), QueueQuery(aspect=("x",)), QueueQuery(since="x"), QueueQuery(verdict="x")]
)
def test_a_word_that_means_nothing_is_named(said: QueueQuery) -> None:
    with pytest.raises(UsageError, match="x"):
        queue_filter(said, CALENDAR, nowhere)


@given(st.text(max_size=30))
def test_redirect_stays_on_this_host(given_address: str) -> None:
    found = local_address(given_address, "/queue")
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


# --- a statement


def test_presence_and_absence_alternate() -> None:
    told_changes = [
        change(ChangeKind.ADDED, None, "x", 1),
        change(ChangeKind.REVISED, "x", "y", 2),
        change(ChangeKind.REMOVED, "y", None, 3),
        change(ChangeKind.RESTORED, "y", "y", 5),
    ]
    found = [(one.present, one.since.day, one.until and one.until.day) for one in intervals(told_changes)]
    assert found == [(True, 1, 3), (False, 3, 5), (True, 5, None)]


def test_another_document_is_another_interval() -> None:
    moved = change(ChangeKind.MOVED, "x", "x", 2)
    elsewhere = moved._replace(after=(moved.after[0]._replace(document="b.txt"),))
    found = intervals([change(ChangeKind.ADDED, None, "x"), elsewhere])
    assert [(one.document, one.since.day) for one in found] == [("a.txt", 1), ("b.txt", 2)]


def test_no_changes_have_no_interval() -> None:
    assert intervals([]) == []


# --- the overview

DAYS = st.dictionaries(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.builds(Tally, st.integers(0, 500), st.integers(1, 500)),
    min_size=1,
    max_size=40,
)


@given(DAYS)
def test_bars_are_few_fit_the_drawing_and_lose_nothing(by_day: dict[date, Tally]) -> None:
    drawn = bars(by_day)
    assert len(drawn) <= BARS + 1
    assert max(one.substantive + one.editorial for one in drawn) <= BAR_HEIGHT + 0.1
    counted = [one.title.rpartition(": ")[2].replace(",", "").split() for one in drawn]
    assert sum(int(words[0]) for words in counted) == sum(one.substantive for one in by_day.values())


@given(DAYS, st.integers(1990, 2040))
def test_a_year_has_each_day_once_and_only_its_own_changes(by_day: dict[date, Tally], year: int) -> None:
    cells = heat_map(by_day, year)
    assert len({(one.x, one.y) for one in cells}) == len(cells) in (365, 366)
    assert sum(one.shade > 0 for one in cells) == sum(on.year == year for on in by_day)
    assert {one.shade for one in cells} <= set(range(5))


def test_the_busiest_day_has_the_darkest_shade() -> None:
    by_day = {date(2026, 1, day): Tally(day * day) for day in range(1, 9)}
    shades = [one.shade for one in heat_map(by_day, 2026)[:8]]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (1, 4)


def test_empty_data_draws_no_chart() -> None:
    assert bars({}) == []


# --- events


def test_undone_events_are_marked_newest_first() -> None:
    acts = act_views([event(1, Act.VERDICT, verdict=Verdict.FLAGGED), event(2, Act.UNDO, undoes="e1")], UTC)
    assert [(act.number, act.what, act.undone) for act in acts] == [
        (2, "undid a decision on", False),
        (1, "flagged", True),
    ]


def test_lines_of_a_comment_stay_lines() -> None:
    (act,) = act_views([event(1, Act.COMMENT, comment="one\ntwo\x1b[31m")], UTC)
    assert act.comment == "one\ntwo␛[31m"


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (event(1, Act.VERDICT, verdict=Verdict.ACCEPTED), "Accepted 1 change."),
        (event(1, Act.COMMENT, comment="x"), "Commented on 1 change."),
        (event(1, Act.ASSIGNMENT, assignee="Grace"), "Assigned 1 change to Grace."),
        (event(1, Act.ASSIGNMENT, assignee=""), "Assigned 1 change to nobody."),
        (event(2, Act.UNDO, undoes="e1"), "Undid what was recorded on 1 change."),
    ],
)
def test_action_is_confirmed_in_words(done: Event, said: str) -> None:
    assert sentence(ReviewResult((done,))) == said


def test_same_action_on_several_changes_is_listed_once() -> None:
    events = [event(number, Act.VERDICT, verdict=Verdict.DISMISSED) for number in (1, 2)]
    assert describe_events(events) == "Ada dismissed 2 changes"
