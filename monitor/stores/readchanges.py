"""Which changes are asked for, as SQL; and what an id or its beginning names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from monitor.errors import UsageError
from monitor.model import Change, ChangeFilter, Significance
from monitor.stores import tables
from monitor.stores.aliases import aliased
from monitor.stores.changequeries import named_statements, touching, with_texts
from monitor.stores.changerows import told
from monitor.stores.coreasking import asking_of
from monitor.stores.driver import chunks_of
from monitor.stores.rows import LEVELS
from monitor.stores.values import aspect_bit, moment_to_text, path_to_text

FULL_ID = 20  # characters
_LAST = (1 << 31) - 1  # no fold has a greater place
_DIGITS = frozenset("0123456789abcdef")


def changes_of(connection: Connection, wanted: ChangeFilter) -> Iterator[Change]:
    """The changes that are asked for, in the order of the log."""
    change = tables.changes.c
    query = with_texts().where(*_sort_of(wanted)).order_by(change.seq.desc(), change.position.desc())
    if wanted.document is not None:
        query = query.where(_of_document(wanted.document))
    if wanted.statement is not None:
        query = query.join(*_touching(connection, wanted.statement))
    left = wanted.limit
    for low, high in _spans(connection, wanted):
        within = query.where(change.seq.between(low, high)).limit(left)
        found: Iterable[Change] = told(asking_of(connection), chunks_of(connection, within))
        if left is not None:
            found = list(found)
            left -= len(found)
        yield from found
        if left == 0:
            return


def _spans(connection: Connection, wanted: ChangeFilter) -> list[tuple[int, int]]:
    """When: first and last places in the order of the fold, newest first.

    A time is looked up in the few folds, so that of the many changes a stretch of their key is read, in its order.
    """
    fold, low, high = tables.folds.c, 0, _LAST
    if wanted.after_snapshot is not None:
        low = seq_of(connection, wanted.after_snapshot) + 1
    if wanted.snapshot is not None:
        high = seq_of(connection, wanted.snapshot)
        low = max(low, high)
    if wanted.since is None and wanted.until is None:
        return [(low, high)]
    query = select(fold.seq).where(fold.seq.between(low, high)).order_by(fold.seq.desc())
    if wanted.since is not None:
        query = query.where(fold.taken_at >= moment_to_text(wanted.since))
    if wanted.until is not None:
        query = query.where(fold.taken_at <= moment_to_text(wanted.until))
    spans: list[tuple[int, int]] = []
    for seq in connection.scalars(query):
        if spans and spans[-1][0] == seq + 1:
            spans[-1] = seq, spans[-1][1]
        else:
            spans.append((seq, seq))
    return spans


def _sort_of(wanted: ChangeFilter) -> Iterator[Any]:
    """What sort of change."""
    change = tables.changes
    if wanted.kinds:
        yield change.c.kind.in_(sorted(wanted.kinds))
    if wanted.aspects:
        yield or_(*(change.c.aspects.op("&")(aspect_bit(one)) != 0 for one in wanted.aspects))
    if wanted.significance is not None:
        yield change.c.substantive == (wanted.significance is Significance.SUBSTANTIVE)
    if wanted.level is not None:
        yield change.c.level == LEVELS.index(wanted.level)
    if not wanted.baseline:
        yield ~change.c.baseline


def _of_document(path: str) -> Any:
    """Of the document that has or last had this path, and whatever else touched the path."""
    change, document = tables.changes, tables.documents
    path = path_to_text(path)
    named = select(document.c.number).where(document.c.path == path)
    return or_(change.c.path == path, change.c.path_before == path, change.c.document.in_(named))


def _touching(connection: Connection, prefix: str) -> tuple[Any, Any]:
    """What to join for the changes that touched a statement, and how."""
    row = find_statement(connection, prefix)
    if row is None:
        raise UsageError(f"{prefix}: no statement has this id")
    return touching(row.number)


def begins(ids: Any, prefix: str) -> Any:
    """Whether a column's ids begin so, as an index answers it: `g` stands behind all hexadecimal digits."""
    ends = _between(prefix)
    return and_(ids >= ends["low"], ids < ends["high"])


def _between(prefix: str) -> dict[str, str]:
    asked = prefix.lower()
    return {"low": asked, "high": f"{asked}g"} if set(asked) <= _DIGITS else {"low": "", "high": ""}


def seq_of(connection: Connection, snapshot: str) -> int:
    """The place of a snapshot in the order of the fold."""
    seq: int | None = connection.scalar(select(tables.folds.c.seq).where(tables.folds.c.snapshot == snapshot))
    if seq is None:
        raise UsageError(
            f"snapshot {snapshot[:12]} is not in the ledger; `monitor run` or `monitor rebuild` folds it in"
        )
    return seq


class Named(NamedTuple):
    """A statement that was asked for; `path` where it is gone: where it stood."""

    number: int
    id: str
    document: int
    path: str | None
    present: bool


def find_statement(connection: Connection, prefix: str) -> Named | None:
    """The statement whose id, or another name of which, is or begins with `prefix`."""
    rows = list(asking_of(connection).ask("statements named", **_between(prefix)))
    if not rows or len(prefix) < FULL_ID:
        named = aliased(connection, begins(tables.aliases.c.old, prefix))
        if named is not None:
            rows += map(tuple, connection.execute(named_statements().where(tables.statements.c.id.in_(named)).limit(3)))
    found = {row[0]: row for row in rows}
    if len(found) > 1:
        raise UsageError(f"{prefix}: several statements begin with this; give more of the id")
    return next((Named(*row)._replace(present=bool(row[-1])) for row in found.values()), None)
