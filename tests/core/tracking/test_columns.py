"""A column that came, went or changed its place is one event for the table; cells are compared column by column."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.tracking.two_versions import Found, changes
from tests.readers.writers import WRITERS

NAMES = ("Ana", "Bo", "Cy", "Di", "Ed", "Flo")
CITIES = ("Rome", "Oslo", "Bern", "Wien", "Graz", "Ulm")
Rows = Sequence[Sequence[str]]
PLAIN: Rows = [["name", "age"], *([name, str(20 + at)] for at, name in enumerate(NAMES))]
WITH_CITY: Rows = [[*row, city] for row, city in zip(PLAIN, ("city", *CITIES), strict=True)]


def csv(rows: Rows) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def compared(before: Rows, after: Rows) -> list[Found]:
    return changes(csv(before), csv(after), "a.csv")


@pytest.mark.parametrize("form", ["md", "html", "docx", "odt", "xlsx", "csv"])
def test_a_column_more_or_less_is_one_event(form: str) -> None:
    plain, with_city = (
        csv(rows).encode() if form == "csv" else WRITERS[form]([("h1", "Staff"), *(("tr", [*row]) for row in rows)])
        for rows in (PLAIN, WITH_CITY)
    )
    for before, after in ((plain, with_city), (with_city, plain)):
        found = changes(before, after, f"a.{form}")
        assert len(found) == 7
        assert {(one.cause, one.event, one.substantive) for one in found} == {("column", 1, True)}


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_new_column_may_stand_anywhere(at: int) -> None:
    after = [[*row[:at], city, *row[at:]] for row, city in zip(PLAIN, ("city", *CITIES), strict=True)]
    found = compared(PLAIN, after)
    assert {one.cause for one in found} == {"column"}
    assert found[0].reasons == ("column added: city",)


def test_a_value_that_changed_besides_stands_alone() -> None:
    after = [[*row] for row in WITH_CITY]
    after[3][1] = "77"
    alone = [one for one in compared(PLAIN, after) if one.cause is None]
    assert [(one.before, one.aspects, one.reasons) for one in alone] == [
        (("Cy | 22",), ("number",), ("number: 22 → 77",))
    ]


def test_columns_that_changed_places_with_their_names_are_form() -> None:
    found = compared(WITH_CITY, [[name, city, age] for name, age, city in WITH_CITY])
    assert {(one.cause, one.substantive) for one in found} == {("column", False)}
    assert len(found) == 7


def test_values_exchanged_under_their_names_are_substantive() -> None:
    rows = [["name", "won", "lost"], ["Ana", "3", "5"], ["Bo", "4", "7"], ["Cy", "1", "9"]]
    found = compared(rows, [rows[0], *([name, lost, won] for name, won, lost in rows[1:])])
    assert {(one.cause, one.substantive) for one in found} == {("column", True)}
    assert len(found) == 3


def test_one_column_that_takes_the_place_of_another() -> None:
    after = [[row[0], row[1], other] for row, other in zip(WITH_CITY, ("room", *"123456"), strict=True)]
    found = compared(WITH_CITY, after)
    assert {one.cause for one in found} == {None}
    moved = [[row[0], row[2], other] for row, other in zip(WITH_CITY, ("room", *"123456"), strict=True)]
    assert compared(WITH_CITY, moved)[0].reasons == ("column added: room", "column removed: age")


def test_a_few_rows_with_another_cell_are_no_column() -> None:
    after = [[*row] for row in PLAIN]
    after[1].append("x")
    after[2].append("y")
    assert {one.cause for one in compared(PLAIN, after)} == {None}


def test_values_exchanged_in_a_few_rows_are_no_column() -> None:
    rows = [["name", "won", "lost"], *([name, str(at), str(at + 40)] for at, name in enumerate(NAMES))]
    after = [[*row] for row in rows]
    for row in after[1:3]:
        row[1:] = row[:0:-1]
    found = compared(rows, after)
    assert [(one.cause, one.substantive) for one in found] == [(None, True)] * 2


def test_two_tables_are_two_events() -> None:
    before, after = (
        WRITERS["md"](
            [
                *(("tr", [*row]) for row in rows),
                ("p", "The second one:"),
                *(("tr", [cell.upper() for cell in row]) for row in rows),
            ]
        )
        for rows in (PLAIN, WITH_CITY)
    )
    found = changes(before, after)
    assert [one.event for one in found] == [*[1] * 7, *[2] * 7]


def test_rows_that_moved_belong_to_the_event() -> None:
    found = compared(PLAIN, [WITH_CITY[0], *WITH_CITY[:3:-1], *WITH_CITY[1:4]])
    assert {one.cause for one in found} == {"column"}
    assert len(found) == 7


def test_an_empty_column_is_form_and_a_named_one_is_not() -> None:
    named = [[*row, "note" if row is PLAIN[0] else ""] for row in PLAIN]
    assert {(one.cause, one.substantive) for one in compared(PLAIN, named)} == {("column", True)}


def test_a_single_new_cell_is_substantive() -> None:
    (found,) = compared([["x", "g"], ["Ana", ""], ["Bo", "B"]], [["x", "g"], ["Ana", "A"], ["Bo", "B"]])
    assert found.substantive
