"""Export changes and revisions as CSV, JSON lines or Parquet; rows are streamed.

A column's type decides its form: a list is a list in JSON and Parquet and one cell in CSV (words by spaces, texts by
line breaks); a time is a timestamp in Parquet and `2026-01-02T03:04:05Z` elsewhere. JSON lines and Parquet are exact.
CSV is for spreadsheets: a cell that looks like a formula gets a leading apostrophe, and control characters are shown
as marks. Parquet and CSV cannot hold paths that are not UTF-8: such bytes become U+FFFD.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, Generic, TypeVar

from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Change, Revision, StatementHistory
from monitor.reports.json import Shape, change_json, dumps, time_json

Value = str | int | float | bool | datetime | list[str] | list[int] | None
Record = TypeVar("Record")


class ColumnType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    TIME = "time"
    WORDS = "words"  # a list of texts without blanks
    TEXTS = "texts"
    INTEGERS = "integers"


@dataclass(frozen=True, slots=True)
class Column(Generic[Record]):
    """One column: its name, its type, and how a row gives it."""

    name: str
    type: ColumnType
    of: Callable[[Record], Value]


@dataclass(frozen=True, slots=True)
class RevisionPeriod:
    """A revision with what it is a revision of; `until` is when the next one took its place."""

    history: StatementHistory
    revision: Revision
    until: datetime | None


CHANGE_COLUMNS: tuple[Column[Change], ...] = (
    Column("id", ColumnType.TEXT, lambda c: c.id),
    Column("level", ColumnType.TEXT, lambda c: str(c.level)),
    Column("snapshot", ColumnType.TEXT, lambda c: c.snapshot),
    Column("taken_at", ColumnType.TIME, lambda c: c.taken_at),
    Column("recorded_at", ColumnType.TIME, lambda c: c.recorded_at),
    Column("document", ColumnType.TEXT, lambda c: c.document),
    Column("document_id", ColumnType.TEXT, lambda c: c.document_id),
    Column("document_before", ColumnType.TEXT, lambda c: c.document_before),
    Column("cause", ColumnType.TEXT, lambda c: c.cause),
    Column("group", ColumnType.TEXT, lambda c: c.group),
    Column("kind", ColumnType.TEXT, lambda c: str(c.kind)),
    Column("significance", ColumnType.TEXT, lambda c: str(c.significance)),
    Column("aspects", ColumnType.WORDS, lambda c: [str(aspect) for aspect in c.aspects]),
    Column("similarity", ColumnType.REAL, lambda c: c.similarity),
    Column("moved", ColumnType.BOOLEAN, lambda c: c.moved),
    Column("baseline", ColumnType.BOOLEAN, lambda c: c.baseline),
    Column("technical_upgrade", ColumnType.BOOLEAN, lambda c: c.technical_upgrade),
    Column("absent_since", ColumnType.TIME, lambda c: c.absent_since),
    Column("before_statements", ColumnType.WORDS, lambda c: [side.statement for side in c.before]),
    Column("before_revisions", ColumnType.INTEGERS, lambda c: [side.revision for side in c.before]),
    Column("before_ordinals", ColumnType.INTEGERS, lambda c: [side.ordinal for side in c.before]),
    Column("before_texts", ColumnType.TEXTS, lambda c: [side.text for side in c.before]),
    Column("after_statements", ColumnType.WORDS, lambda c: [side.statement for side in c.after]),
    Column("after_revisions", ColumnType.INTEGERS, lambda c: [side.revision for side in c.after]),
    Column("after_ordinals", ColumnType.INTEGERS, lambda c: [side.ordinal for side in c.after]),
    Column("after_texts", ColumnType.TEXTS, lambda c: [side.text for side in c.after]),
    Column("message", ColumnType.TEXT, lambda c: c.message),
)

REVISION_COLUMNS: tuple[Column[RevisionPeriod], ...] = (
    Column("statement", ColumnType.TEXT, lambda row: row.history.statement),
    Column("revision", ColumnType.INTEGER, lambda row: row.revision.number),
    Column("document", ColumnType.TEXT, lambda row: row.history.document),
    Column("present", ColumnType.BOOLEAN, lambda row: row.history.present),
    Column("snapshot", ColumnType.TEXT, lambda row: row.revision.since.snapshot),
    Column("taken_at", ColumnType.TIME, lambda row: row.revision.since.taken_at),
    Column("revised_at", ColumnType.TIME, lambda row: row.until),
    Column("text", ColumnType.TEXT, lambda row: row.revision.text),
    Column("links", ColumnType.TEXTS, lambda row: list(row.revision.links)),
    Column("aliases", ColumnType.WORDS, lambda row: list(row.history.aliases)),
)


def revision_periods(histories: Iterable[StatementHistory]) -> Iterator[RevisionPeriod]:
    """Every revision of every statement, in the order of the lives, oldest first."""
    for history in histories:
        ends = [later.since.taken_at for later in history.revisions[1:]]
        for revision, until in zip(history.revisions, [*ends, None], strict=True):
            yield RevisionPeriod(history, revision, until)


FORMATS = ("csv", "jsonl", "parquet")
BATCH = 10_000  # rows of a Parquet row group

# What a spreadsheet reads as the beginning of a formula, full-width forms included, blanks before it or not.
_FORMULA = re.compile(r"\s*+[=+\-@＝＋－＠]|[\t\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def export_changes(changes: Iterable[Change], form: str, stream: BinaryIO) -> int:
    """Writes changes in their order; gives how many. JSON lines are those of `log --format jsonl`."""
    return _export(changes, CHANGE_COLUMNS, change_json, form, stream)


def export_revisions(histories: Iterable[StatementHistory], form: str, stream: BinaryIO) -> int:
    """Writes every revision of every statement in the order of the lives; gives how many."""
    return _export(revision_periods(histories), REVISION_COLUMNS, _by_column(REVISION_COLUMNS), form, stream)


def _export(
    rows: Iterable[Record],
    columns: Sequence[Column[Record]],
    shape: Callable[[Record], Shape],
    form: str,
    stream: BinaryIO,
) -> int:
    if form == "parquet":
        return _parquet(rows, columns, stream)
    if form == "csv":
        return _lines(_csv(rows, columns), stream) - 1  # the header
    if form == "jsonl":
        return _lines((dumps(shape(row)) + "\n" for row in rows), stream)
    raise UsageError(f"no export format {form!r}: choose one of {', '.join(FORMATS)}")


def _lines(lines: Iterable[str], stream: BinaryIO) -> int:
    count = 0
    for line in lines:
        stream.write(line.encode("utf-8"))
        count += 1
    return count


def _by_column(columns: Sequence[Column[Record]]) -> Callable[[Record], Shape]:
    def shape(row: Record) -> Shape:
        values = ((column.name, column.of(row)) for column in columns)
        return {name: time_json(value) if isinstance(value, datetime) else value for name, value in values}

    return shape


# --- CSV ----------------------------------------------------------------------------------------


class _Echo:
    """A file for csv.writer that hands each row straight back."""

    def write(self, row: str) -> str:
        return row


def _csv(rows: Iterable[Record], columns: Sequence[Column[Record]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield _written(writer, [column.name for column in columns])
    for row in rows:
        yield _written(writer, [_cell(column.of(row), column.type) for column in columns])


def _written(writer: Any, cells: list[str]) -> str:
    line: str = writer.writerow(cells)  # what write gave back
    return line


def _cell(value: Value, kind: ColumnType) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return time_json(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return guarded(("\n" if kind is ColumnType.TEXTS else " ").join(visible(str(item)) for item in value))
    return guarded(visible(value)) if isinstance(value, str) else str(value)


def guarded(cell: str) -> str:
    """The cell with a leading apostrophe where a spreadsheet would run it; after OWASP's CSV injection page."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


# --- Parquet ------------------------------------------------------------------------------------


def _parquet(rows: Iterable[Record], columns: Sequence[Column[Record]], stream: BinaryIO) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install 'monitor[parquet]', or export csv or jsonl") from error

    schema = pa.schema([(column.name, _arrow_type(pa, column.type)) for column in columns])
    count = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            arrays = [
                pa.array([_storable(column.of(row)) for row in batch], field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(batch)
    return count


def _arrow_type(pa: Any, kind: ColumnType) -> Any:
    return {
        ColumnType.TEXT: pa.string(),
        ColumnType.INTEGER: pa.int64(),
        ColumnType.REAL: pa.float64(),
        ColumnType.BOOLEAN: pa.bool_(),
        ColumnType.TIME: pa.timestamp("us", tz="UTC"),
        ColumnType.WORDS: pa.list_(pa.string()),
        ColumnType.TEXTS: pa.list_(pa.string()),
        ColumnType.INTEGERS: pa.list_(pa.int64()),
    }[kind]


def _batches(rows: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _storable(value: Value) -> Value:
    if isinstance(value, str):
        return _SURROGATE.sub(lambda match: visible(match.group()), value)
    if isinstance(value, list):
        return [_storable(item) for item in value]  # type: ignore[return-value]
    return value.astimezone(UTC) if isinstance(value, datetime) else value
