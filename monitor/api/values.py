"""What a `Store` gives: changes, documents and their versions, statements, comparisons and reports. All are read-only.

They are the values that the command line prints, with methods that ask the store for more when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, overload

from msgspec import to_builtins

from monitor.app.exports import REVIEWED_COLUMNS, ReviewedChange
from monitor.model import Blame, Reasons, Revision, SearchHit
from monitor.model import Change as RecordedChange
from monitor.model import Document as RecordedDocument
from monitor.model import Report as RecordedReport
from monitor.model import Side as Side
from monitor.reports.export import ColumnType, arrow_table
from monitor.reports.formats import render
from monitor.reports.json import change_json, report_json
from monitor.reports.reasons import reason_of
from monitor.reports.text import change_run_lines
from monitor.reports.views import change_run_views, event_view, segments

if TYPE_CHECKING:
    import pandas
    import pyarrow

When = str | datetime | date | timedelta | None
"""A moment: a WHEN of the command line, a time (without zone: in the configured one), a day, or an age."""

SHOWN = 50  # changes of a table in a notebook


class Source(Protocol):
    """What the values ask for: the store that they come from."""

    @property
    def changes(self) -> Callable[..., Changes]: ...
    def explain(self, change: RecordedChange) -> Reasons: ...
    def reviewed(self, changes: Iterable[RecordedChange]) -> Iterator[ReviewedChange]: ...
    def versions_of(self, document: Document) -> tuple[DocumentVersion, ...]: ...
    def version_at(self, document: Document, when: When) -> DocumentVersion: ...
    def statements_of(self, document_id: str, snapshot: str | None) -> tuple[VersionStatement, ...]: ...
    def bytes_of(self, version: DocumentVersion) -> bytes: ...


class Change(RecordedChange):
    """A change, with the names and values of `log --format jsonl`; kinds and the like equal their words."""

    _store: Source

    @classmethod
    def of(cls, change: RecordedChange, store: Source) -> Self:
        """The same change, which can ask the store."""
        made = cls._make(change)
        made.__dict__["_store"] = store
        return made

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it has its significance and aspects, as `show --why` says under *judged by*."""
        return self._store.explain(self).kind

    @property
    def linked_by(self) -> tuple[str, ...]:
        """Why its two sides are one statement, as `show --why` says under *linked by*."""
        return self._store.explain(self).link

    @property
    def review(self) -> ReviewedChange:
        """What stands on it: verdict, reviewer, assignee, comments."""
        return next(self._store.reviewed([self]))

    @property
    def verdict(self) -> str | None:
        """The verdict in force; None where nobody decided."""
        found = self.review.state.verdict
        return None if found is None else str(found)


class Changes(Sequence[Change]):
    """Changes, newest first, read when the first one is asked for; a slice is `Changes` too."""

    def __init__(self, load: Callable[[], Iterable[RecordedChange]], store: Source) -> None:
        self._load, self._store = load, store

    @cached_property
    def _rows(self) -> list[Change]:
        return [Change.of(change, self._store) for change in self._load()]

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> Changes: ...
    def __getitem__(self, index: int | slice) -> Change | Changes:
        if isinstance(index, slice):
            part = self._rows[index]
            return Changes(lambda: part, self._store)
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Changes) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} changes>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """The objects of `log --format jsonl`, in their order."""
        return [change_json(change) for change in self._rows]

    def to_pandas(self) -> pandas.DataFrame:
        """A table with the columns of `export`; times have a time zone, lists stay lists."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_pandas needs pandas: pip install 'monitor[pandas]'") from error
        rows = list(self._store.reviewed(self._rows))
        table = {}
        for column in REVIEWED_COLUMNS:
            values = pd.Series([column.of(row) for row in rows], dtype=_PANDAS_TYPES.get(column.type, "object"))
            table[column.name] = pd.to_datetime(values, utc=True) if column.type is ColumnType.TIME else values
        return pd.DataFrame(table)

    def to_arrow(self) -> pyarrow.Table:
        """The same as a table of Arrow, as `export --format parquet` writes it."""
        return arrow_table(self._store.reviewed(self._rows), REVIEWED_COLUMNS)

    def _repr_html_(self) -> str:
        rows = "".join(map(_table_row, self._rows[:SHOWN]))
        more = f"<p>and {len(self) - SHOWN:,} more</p>" if len(self) > SHOWN else ""
        head = "".join(f"<th>{name}</th>" for name in ("taken at", "document", "position", "kind", "aspects", "words"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


_PANDAS_TYPES = {ColumnType.REAL: "float64", ColumnType.BOOLEAN: "bool"}
_MARKS = {"insert": "<ins>{}</ins>", "delete": "<del>{}</del>"}


def _table_row(change: Change) -> str:
    words = "".join(_MARKS.get(one.op, "{}").format(escape(one.text)) for one in segments(change))
    if not (change.before or change.after):
        words = escape(event_view(change, UTC).sentence)
    places = ", ".join(str(side.ordinal + 1) for side in change.after or change.before)
    cells = (f"{change.taken_at:%Y-%m-%d %H:%M}", change.document, places, change.kind, ", ".join(change.aspects))
    return f"<tr>{''.join(f'<td>{escape(ascii_safe(str(cell)))}</td>' for cell in cells)}<td>{words}</td></tr>"


def ascii_safe(text: str) -> str:
    """The text without bytes that UTF-8 cannot carry."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# --- documents ----------------------------------------------------------------------------------


class VersionStatement(Blame):
    """A statement of a version, with when it was introduced and last revised."""

    @property
    def id(self) -> str:
        return self.statement


@dataclass(frozen=True)
class DocumentVersion:
    """A document in a snapshot in which it changed; one that is not `present` there was removed."""

    snapshot: str
    taken_at: datetime
    path: str
    present: bool
    document_id: str
    _store: Source = field(repr=False, compare=False)

    @cached_property
    def bytes(self) -> bytes:
        """Exactly what was captured; none where it was removed."""
        return self._store.bytes_of(self) if self.present else b""

    @cached_property
    def statements(self) -> tuple[VersionStatement, ...]:
        """Its statements, in order."""
        return self._store.statements_of(self.document_id, self.snapshot) if self.present else ()

    @property
    def text(self) -> str:
        """The texts of its statements, one a line."""
        return "\n".join(statement.text for statement in self.statements)


class Document(RecordedDocument):
    """A document followed through time; `path` is its present or latest one."""

    _store: Source

    @classmethod
    def of(cls, document: RecordedDocument, store: Source) -> Self:
        """The same document, which can ask the store."""
        made = cls._make(document)
        made.__dict__["_store"] = store
        return made

    @property
    def versions(self) -> tuple[DocumentVersion, ...]:
        """One for each snapshot in which it changed, its removal included, oldest first."""
        return self._store.versions_of(self)

    @property
    def current(self) -> DocumentVersion:
        """The last version in which it was present."""
        return next(version for version in reversed(self.versions) if version.present)

    def at(self, when: When) -> DocumentVersion:
        """The version at a time; UsageError where it did not exist then."""
        return self._store.version_at(self, when)

    def blame(self, at: When = None) -> list[VersionStatement]:
        """Each statement, now or at a time, with when it was introduced and last revised."""
        if at is None:
            return list(self._store.statements_of(self.id, None))
        return list(self.at(at).statements)

    def changes(self, **filters: Any) -> Changes:
        """Its changes; the filters are those of `Store.changes`."""
        return self._store.changes(document=self.path, **filters)


@dataclass(frozen=True, slots=True)
class StatementHistory:
    """Everything that happened to one statement."""

    id: str
    document: str
    present: bool
    revisions: tuple[Revision, ...]
    changes: Changes
    aliases: tuple[str, ...] = ()


class ReviewEvent(NamedTuple):
    """One thing that a reviewer did: `act` is `verdict`, `comment`, `assignment` or `undo`."""

    id: str
    batch: str
    change: str
    act: str
    verdict: str | None
    reviewer: str
    at: datetime
    comment: str | None
    assignee: str | None
    undone: bool


# --- comparisons and reports --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a document, and what differs between them."""

    changes: Changes
    before: DocumentVersion
    after: DocumentVersion
    render: Callable[[str], str | bytes] = field(repr=False, compare=False)

    def to_html(self) -> str:
        """A redline: one HTML file with both versions side by side."""
        made = self.render("html")
        return made if isinstance(made, str) else made.decode()

    def to_docx(self) -> bytes:
        """A Word document with tracked changes: rejecting all gives the text before, accepting all the text after."""
        made = self.render("docx")
        return made if isinstance(made, bytes) else made.encode()

    def to_text(self) -> str:
        """The changes as text, with `[-removed-]` and `{+added+}` words."""
        lines: list[str] = []
        for run in change_run_views(
            (change for change in self.changes if change.before or change.after), UTC, reason=reason_of
        ):
            lines += change_run_lines(run)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a period; the formats are those of `monitor report`."""

    values: RecordedReport
    zone: tzinfo

    def to_html(self) -> str:
        """One self-contained page."""
        return render(self.values, "html", zone=self.zone)

    def to_markdown(self) -> str:
        """Markdown, with `<ins>` and `<del>`."""
        return render(self.values, "markdown", zone=self.zone)

    def to_text(self) -> str:
        """Plain text."""
        return render(self.values, "text", zone=self.zone)

    def to_dict(self) -> dict[str, Any]:
        """What `report --format json` prints."""
        made: dict[str, Any] = to_builtins(report_json(self.values))
        return made


Hit = SearchHit
