"""The JSON shapes that other programs build on: the keys of each type, in their order.

Key names and their order are part of the interface; new keys are added at the end. Ordinals count from 0. The keys are
written out, so that a new field of a type does not become part of the interface by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from monitor.core.diff.words import WordEdits
from monitor.model import (
    Aspect,
    BaselineCount,
    Blame,
    Change,
    ChangeKind,
    Document,
    DocumentSection,
    Edit,
    Failure,
    Level,
    Report,
    Revision,
    Run,
    SearchHit,
    Significance,
    Snapshot,
    SnapshotTime,
    StatementHistory,
    Tombstone,
)

Shape = dict[str, Any]
T = TypeVar("T")

# Valid inside any JSON string, and the same value when read: what UTF-8 cannot carry (lone surrogates of paths
# that are not UTF-8), what a terminal would obey, and what some readers take for the end of a line.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def dumps(value: object, indent: int | None = None) -> str:
    """JSON as UTF-8 can carry it and a terminal can show it; on one line without spaces unless `indent` is given."""
    import msgspec  # what prints text alone need not load it

    if indent is not None:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=indent, allow_nan=False)
    else:
        try:
            text = msgspec.json.encode(value).decode()
        except UnicodeEncodeError:  # a path that is not UTF-8
            plain = msgspec.to_builtins(value)
            text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if text.isascii() and "\x7f" not in text:  # as most are
        return text
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


@lru_cache(4096)
def time_json(time: datetime) -> str:
    """`2026-01-02T03:04:05Z`: UTC, with a fraction of a second only where it is not zero."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _list(values: Sequence[Any]) -> list[Any]:
    return [convert(value) if (convert := CONVERTERS.get(type(value))) else value for value in values]


# What is of none of these types (texts, numbers, null) is in JSON as it is
CONVERTERS: dict[type, Callable[[Any], Any]] = {
    datetime: time_json,
    tuple: _list,
    list: _list,
    WordEdits: _list,
    dict: dict,
    **dict.fromkeys((Aspect, ChangeKind, Level, Significance), str),
}


def shape_of(kind: type[T], keys: str, **renamed: str) -> Callable[[T], Shape]:
    """A function that gives a value of this type as an object; it is used wherever such a value is in another.

    A key is the name of an attribute, but for the `renamed` ones (key=attribute). msgspec is no help here: it writes
    named tuples, which most of these are, as lists.
    """
    names = keys.split()
    values = attrgetter(*(renamed.get(name, name) for name in names))

    def shape(value: T) -> Shape:
        return dict(zip(names, _list(values(value)), strict=True))

    CONVERTERS[kind] = shape
    return shape


def change_json(change: Change) -> Shape:
    """A change as `log --format jsonl` and a report's JSON give it."""
    import msgspec

    shape: Shape = msgspec.to_builtins(_record_of(change))
    return shape


def change_records(changes: Iterable[Change]) -> Iterator[object]:
    """The same of each change, as a value that `dumps` writes quickly."""
    from monitor.reports.records import change_record  # loads msgspec

    return map(change_record, changes)


def _record_of(change: Change) -> object:
    return next(change_records([change]))


shape_of(Edit, "op before after")
CONVERTERS[Change] = _record_of
snapshot_time_json = shape_of(SnapshotTime, "snapshot taken_at")
# `revised` is null where the statement never was
blame_json = shape_of(Blame, "statement ordinal text introduced revised revisions position")
# `edits` is the word diff against the revision before
shape_of(Revision, "revision text links since edits", revision="number")
# A statement's history, oldest first
statement_history_json = shape_of(StatementHistory, "statement document present revisions changes aliases")
search_hit_json = shape_of(SearchHit, "statement revision document text since present")
document_json = shape_of(Document, "id path present blob statements first_seen last_changed")
# `source` is empty for the watched folder, else the name of the import
snapshot_json = shape_of(Snapshot, "id source taken_at recorded_at author origin")
tombstone_json = shape_of(Tombstone, "document document_id at by reason versions all blobs")
failure_json = shape_of(Failure, "path reason")
run_json = shape_of(Run, "started_at finished_at outcome snapshot taken_at changes failures skipped message not_read")
shape_of(BaselineCount, "document statements")


def _section_json(section: DocumentSection) -> Shape:
    """A document's part of a report, by the ids of its changes: they stand in full in `changes`."""
    groups = ("events", "substantive", "moves", "editorial", "metadata")
    ids = {group: [change.id for change in getattr(section, group)] for group in groups}
    return {"document": section.document, "document_id": section.document_id, **ids}


CONVERTERS[DocumentSection] = _section_json
# `changes` are all that is news, in the log's order
report_json = shape_of(Report, "made_at since until snapshots totals failures documents changes baseline title only")
