"""Rows of changes with their sides and texts (see `readchanges.with_sides`) -> changes as people see them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from monitor.core.wording import WordEdits
from monitor.model import Change, ChangeKind, Failure, Level, Side, Significance
from monitor.stores.asking import Asking
from monitor.stores.rows import LEVELS
from monitor.stores.values import aspects_from_bits, links_from_text, moment_from_text, path_from_text


def changes_from(columns: Sequence[str], rows: Iterable[Any]) -> Iterator[Change]:
    """The changes that rows with these columns tell of, a row a side, those of one change one after the other."""
    as_tuple = _tuple_of(tuple(columns))._make
    for _, sides in groupby(map(as_tuple, rows), key=_PLACE):  # a tuple's fields are read much faster than a row's
        yield _change(list(sides))


def failures_of(asking: Asking) -> list[Failure]:
    """The documents whose newest version cannot be read, by path."""
    newest = {path: message or "" for path, message in asking.ask("failures")}
    return [Failure(path_from_text(path), message) for path, message in newest.items()]


_PLACE = attrgetter("seq", "position")


@cache
def _tuple_of(names: tuple[str, ...]) -> Any:
    return namedtuple("_tuple_of", names)  # noqa: PYI024 - as the query names them


def _change(rows: Sequence[Any]) -> Change:
    row = rows[0]
    path = path_from_text(row.path)
    path_before = None if row.path_before is None else path_from_text(row.path_before)
    before = tuple(_side(one, path_before or path) for one in rows if one.after is not None and not one.after)
    after = tuple(_side(one, path) for one in rows if one.after)
    level = LEVELS[row.level]
    return Change(
        id=row.id,
        level=level,
        kind=ChangeKind(row.kind),
        snapshot=row.snapshot,
        taken_at=moment_from_text(row.taken_at),
        recorded_at=moment_from_text(row.recorded_at),
        document=path,
        document_id=row.document_id,
        document_before=path_before if level is Level.DOCUMENT else None,
        cause=row.cause,
        group=row.group,
        significance=Significance.SUBSTANTIVE if row.substantive else Significance.EDITORIAL,
        aspects=aspects_from_bits(row.aspects),
        similarity=row.similarity,
        moved=row.moved,
        baseline=row.baseline,
        technical_upgrade=bool(row.technical_upgrade),
        absent_since=None if row.absent_since is None else moment_from_text(row.absent_since),
        before=before,
        after=after,
        edits=WordEdits([side.text for side in before], [side.text for side in after]),
        message=row.message,
        returns=row.returns,
        copies=row.copies,
    )


def _side(row: Any, path: str) -> Side:
    return Side(row.statement_id, row.revision, path, row.ordinal, row.text, links_from_text(row.links))
