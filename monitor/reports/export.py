"""Export changes, revisions, statements and verdicts as CSV, JSON lines, Parquet or a workbook; rows are streamed.

A column's type decides its form: a list is a list in JSON and Parquet and one cell elsewhere (words by spaces, texts by
line breaks); a time is a timestamp in Parquet, a date in a workbook and `2026-01-02T03:04:05Z` elsewhere. JSON lines
and Parquet are exact. CSV and workbooks are for people: control characters are shown as marks, and nothing is a
formula; in CSV a cell that looks like one gets a leading apostrophe. Parquet cannot hold paths that are not UTF-8: such
bytes are shown as in CSV.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, Generic, NamedTuple, TypeVar

from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Blame, Change, Document, Revision, StatementHistory
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


class Column(NamedTuple, Generic[Record]):
    """One column: its name, its type, and how a row gives it."""

    name: str
    type: ColumnType
    of: Callable[[Record], Value]


class RevisionPeriod(NamedTuple):
    """A revision with what it is a revision of; `until` is when the next one took its place."""

    history: StatementHistory
    revision: Revision
    until: datetime | None


class PresentStatement(NamedTuple):
    """A statement of a document, which had this path then."""

    document: Document
    path: str
    blame: Blame


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
    Column("seen_before", ColumnType.TIME, lambda c: c.seen_before),
    Column("announced", ColumnType.BOOLEAN, lambda c: c.announced),
    Column("metadata", ColumnType.BOOLEAN, lambda c: c.metadata),
)

STATEMENT_COLUMNS: tuple[Column[PresentStatement], ...] = (
    Column("document", ColumnType.TEXT, lambda row: row.path),
    Column("position", ColumnType.INTEGER, lambda row: row.blame.ordinal + 1),
    Column("statement", ColumnType.TEXT, lambda row: row.blame.statement),
    Column("text", ColumnType.TEXT, lambda row: row.blame.text),
    Column("kind", ColumnType.TEXT, lambda row: row.blame.kind),
    Column("introduced", ColumnType.TIME, lambda row: row.blame.introduced.taken_at),
    Column("revised", ColumnType.TIME, lambda row: row.blame.revised.taken_at if row.blame.revised else None),
    Column("revisions", ColumnType.INTEGER, lambda row: row.blame.revisions),
    Column("document_id", ColumnType.TEXT, lambda row: row.document.id),
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


FORMATS = ("csv", "jsonl", "parquet", "xlsx")
BINARY = ("parquet", "xlsx")
BATCH = 10_000  # rows of a Parquet row group

# What a spreadsheet reads as the beginning of a formula, full-width forms included, blanks before it or not.
_FORMULA = re.compile(r"\s*+[=+\-@＝＋－＠]|[\t\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Written(NamedTuple):
    """How many rows were written, and of how many cells the end is missing, since a workbook takes no longer ones."""

    rows: int
    cut: int = 0


def export_changes(changes: Iterable[Change], form: str, stream: BinaryIO) -> Written:
    """Write changes in their order, as `log` does."""
    return export_rows(changes, CHANGE_COLUMNS, change_json, form, stream)


def export_revisions(periods: Iterable[RevisionPeriod], form: str, stream: BinaryIO) -> Written:
    """Write revisions in the order given."""
    return export_rows(periods, REVISION_COLUMNS, by_column(REVISION_COLUMNS), form, stream)


def export_statements(statements: Iterable[PresentStatement], form: str, stream: BinaryIO) -> Written:
    """Write statements in the order given."""
    return export_rows(statements, STATEMENT_COLUMNS, by_column(STATEMENT_COLUMNS), form, stream)


def export_rows(
    rows: Iterable[Record],
    columns: Sequence[Column[Record]],
    shape: Callable[[Record], Shape],
    form: str,
    stream: BinaryIO,
) -> Written:
    """Write rows in their order: JSON lines by their shapes, other formats by their columns. UsageError for another
    format."""
    if form == "xlsx":
        return _xlsx(rows, columns, stream)
    if form == "parquet":
        return Written(_parquet(rows, columns, stream))
    if form == "csv":
        return Written(_lines(_csv(rows, columns), stream) - 1)  # the header
    if form == "jsonl":
        return Written(_lines((dumps(shape(row)) + "\n" for row in rows), stream))
    raise UsageError(f"no export format {form!r}: choose one of {', '.join(FORMATS)}")


def _lines(lines: Iterable[str], stream: BinaryIO) -> int:
    count = 0
    for line in lines:
        stream.write(line.encode("utf-8"))
        count += 1
    return count


def by_column(columns: Sequence[Column[Record]]) -> Callable[[Record], Shape]:
    """What gives a row's columns as JSON, by their names."""

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
    return guarded(_text(value, kind)) if isinstance(value, str | list) else str(value)


def _text(value: str | list[str] | list[int], kind: ColumnType) -> str:
    """A text, or a list as one."""
    if isinstance(value, str):
        return visible(value)
    return ("\n" if kind is ColumnType.TEXTS else " ").join(visible(str(item)) for item in value)


def guarded(cell: str) -> str:
    """The cell with a leading apostrophe where a spreadsheet would run it; after OWASP's CSV injection page."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


# --- workbooks ----------------------------------------------------------------------------------

MOST_ROWS = 1_048_575  # of a sheet, without the header
LONGEST_CELL = 32_767  # characters, as UTF-16 counts them
_CUT = " … [cut]"
_SINCE = 1900  # the first year of a sheet's calendar


def _xlsx(rows: Iterable[Record], columns: Sequence[Column[Record]], stream: BinaryIO) -> Written:
    """One sheet with its header frozen and filters on. Texts are texts, whatever they begin with."""
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise UsageError("a workbook needs xlsxwriter: pip install 'monitor[xlsx]', or export csv") from error

    count = cut = 0
    with Workbook(stream, {"constant_memory": True, "in_memory": False}) as book:
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.name)
        for row in rows:
            count += 1
            if count > MOST_ROWS:
                raise UsageError(f"a sheet holds {MOST_ROWS:,} rows: narrow the export, or export csv")
            for at, column in enumerate(columns):
                cut += _write_cell(sheet, (count, at), column.of(row), column.type, time)
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return Written(count, cut)


def _write_cell(sheet: Any, place: tuple[int, int], value: Value, kind: ColumnType, time: Any) -> bool:
    """Whether the text had to be cut."""
    if isinstance(value, datetime) and value.year >= _SINCE:
        sheet.write_datetime(*place, value.astimezone(UTC).replace(tzinfo=None), time)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value)
    elif value is not None:
        text = time_json(value) if isinstance(value, datetime) else _text(value, kind)
        short = _shortened(text)
        sheet.write_string(*place, short)
        return short != text
    return False


def _shortened(text: str) -> str:
    """As much of a text as a cell takes."""
    if len(text) * 2 <= LONGEST_CELL:  # the most that UTF-16 may need
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


# --- Parquet ------------------------------------------------------------------------------------


def _parquet(rows: Iterable[Record], columns: Sequence[Column[Record]], stream: BinaryIO) -> int:
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install 'monitor[parquet]', or export csv or jsonl") from error

    count = 0
    with pq.ParquetWriter(stream, _arrow_schema(columns), compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(arrow_table(batch, columns))
            count += len(batch)
    return count


def arrow_table(rows: Iterable[Record], columns: Sequence[Column[Record]]) -> Any:
    """Rows as a table of Arrow. ImportError says what to install."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError("a table of Arrow needs pyarrow: pip install 'monitor[pandas]'") from error
    schema, batch = _arrow_schema(columns), list(rows)
    arrays = [
        pa.array([_storable(column.of(row)) for row in batch], field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _arrow_schema(columns: Sequence[Column[Any]]) -> Any:
    import pyarrow as pa

    return pa.schema([(column.name, _arrow_type(pa, column.type)) for column in columns])


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
