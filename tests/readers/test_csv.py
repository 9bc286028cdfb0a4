"""CSV: which sign parts the cells, what quotes hold, and that a row is the same statement whatever parts its cells."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.sandbox import read_in_this_process
from monitor.model import Extraction
from monitor.readers import extract
from tests.readers.writers import WRITERS

SIGNS = [",", ";", "\t", "|"]
ROWS = [["Name", "Crew", "Note"], ["Tug, old; x", "1,5", "“Lee” | Bo\tCo"], ["Barge", "", 'the "Ada"']]


def extracted(text: str) -> Extraction:
    found = extract("a.csv", text.encode())
    assert found is not None
    return found


def rows(text: str) -> list[str]:
    return [one.text for one in read_in_this_process("a.csv", text.encode()).statements or ()]


def saved(table: list[list[str]], sign: str, *, quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=sign, quoting=quoting, lineterminator=end).writerows(table)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", SIGNS)
def test_delimiter_does_not_change_the_statements(sign: str, end: str) -> None:
    assert rows(saved(ROWS, sign, end=end)) == [
        "Name | Crew | Note",
        "Tug, old; x | 1,5 | “Lee” | Bo\tCo",
        'Barge |  | the "Ada"',
    ]


def test_a_table_has_the_rows_that_it_has_in_a_workbook() -> None:
    table = [["Name", "Crew"], ["Tug, old", "two\nlines"], ["Barge", ""], ["", ""], ["", "the 'Ada'"]]
    book = read_in_this_process(
        "a.xlsx", WRITERS["xlsx"]([("h1", "Fleet"), *(("tr", row) for row in table)])
    ).statements
    assert rows(saved(table, ";")) == [one.text for one in book or ()][1:]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "A.CSV"])
def test_the_suffix_does_not_say_what_parts_the_cells(name: str) -> None:
    found = extract(name, b"a;b\n1;2\n")
    assert found is not None
    assert [block.text for block in found.blocks] == ["a | b", "1 | 2"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tug;1,5\nBarge;2,5\n", ["Tug | 1,5", "Barge | 2,5"]),
        ("Name,Note\nTug,old; slow\nBarge,new\n", ["Name | Note", "Tug | old; slow", "Barge | new"]),
        ("One thing, or two.\nNone.\nA third; so be it.\n", ["One thing, or two.", "None.", "A third; so be it."]),
        ("Name\n\n  \nTug\n", ["Name", "Tug"]),
        ("a,b,c\n\n,,\n1,2\n,3,\n,,4,5\n", ["a | b | c", "1 | 2", " | 3 | ", " |  | 4 | 5"]),
        ("a,b", ["a | b"]),
        ("", []),
    ],
)  # fmt: skip
def test_delimiter_is_guessed_from_the_first_records(text: str, wanted: list[str]) -> None:
    assert rows(text) == wanted


def test_later_rows_do_not_change_how_the_table_is_read() -> None:
    table = "a;b\n" * 60
    assert rows(table + "1,2,3\n" * 500)[:61] == ["a | b"] * 60 + ["1,2,3"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('"one; two";3', "one; two | 3"),
        ('"say ""no""";3', 'say "no" | 3'),
        ('""""; "" ;3', '" |  | 3'),
        (' "one" ;3', "one | 3"),
        ('"first\r\n\r\nsecond ";3', "first second | 3"),
        ('5" pipe;3', '5" pipe | 3'),
    ],
)
def test_quotes_around_a_cell_hold_what_is_in_it(line: str, wanted: str) -> None:
    assert rows(f"a;b\n{line}\nc;d\n") == ["a | b", wanted, "c | d"]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (['"5;1', '"fine;";2', "3;4"], ['"5 | 1', "fine; | 2", "3 | 4"]),
        (['x;"no end', "1;2"], ['x | "no end', "1 | 2"]),
        (['x;"' + "long\n" * 10_000 + '";y', "1;2"], ['x | "long', *["long"] * 9_999, '" | y', "1 | 2"]),
    ],
)
def test_unclosed_quote_is_a_plain_character(lines: list[str], wanted: list[str]) -> None:
    assert rows("\n".join(["a;b"] * 50 + lines)) == ["a | b"] * 50 + wanted


def test_a_row_is_one_statement_and_no_prose() -> None:
    found = read_in_this_process("a.csv", b"name;note\nTug;It is old. It is slow.\n").statements
    assert [(one.kind.value, one.text) for one in found or ()] == [
        ("row", "name | note"),
        ("row", "Tug | It is old. It is slow."),
    ]


CELL = st.text(st.sampled_from("ab,;\t|\"\n\r. '"), max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6)


@given(TABLE, st.sampled_from(SIGNS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_each_row_that_was_written_is_read_back(table: list[list[str]], sign: str, quoting: int) -> None:
    found = extracted(saved([["a", "b", "c"], *table], sign, quoting=quoting)).blocks
    wanted = []
    for row in table:
        held = [cell.strip() for cell in row]
        wanted += [" | ".join(held)] if any(held) else []
    assert [block.text for block in found[1:]] == wanted


@given(st.text(st.sampled_from('ab,;\t|"\n\r '), max_size=60))
def test_only_table_syntax_is_left_out(text: str) -> None:
    found = extracted(text)
    assert sorted("".join(block.text for block in found.blocks).replace('"', "").translate(NO_SIGNS)) == sorted(
        text.translate(NO_SIGNS)
    )
    for block in found.blocks:
        at, place = next(((at, place) for at, place in block.origin if block.text[at] not in " |"), (0, None))
        assert place is None or block.text[at] == found.text[place]


NO_SIGNS = {ord(sign): None for sign in ',;\t|"\n\r '}
