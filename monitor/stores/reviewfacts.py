"""What reviewing asks of the ledger: each change with its texts and headings, a chunk of snapshots at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select

from monitor.core.weighing import Fact
from monitor.model import BlockKind, Change, ChangeKind, Level, Significance
from monitor.stores import tables
from monitor.stores.asking import CHUNK, chunks, read_meta
from monitor.stores.coreasking import CoreAsking
from monitor.stores.engine import reading
from monitor.stores.readchanges import changes_of
from monitor.stores.readtexts import holds
from monitor.stores.rows import BLOCK_KINDS, LEVELS
from monitor.stores.sql import ready
from monitor.stores.values import (
    aspects_from_bits,
    links_from_text,
    moment_from_text,
    path_from_text,
    unpack_members,
)

SNAPSHOTS = 200  # that are read at once
_HEADING = BLOCK_KINDS.index(BlockKind.HEADING)


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """How far the ledger is: its last fold, the rules that it was folded with, and its last upgrade."""

    seq: int = 0
    snapshot: str = ""
    rules: str = ""
    upgrade: int = 0


class ReviewFacts:
    """The ledger as the queue sees it; one that was never written holds nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark(self) -> LedgerMark:
        with reading(self._engine) as connection:
            if not ready(connection):
                return LedgerMark()
            fold = tables.folds
            last = connection.execute(select(fold.c.seq, fold.c.snapshot).order_by(fold.c.seq.desc()).limit(1)).first()
            upgrade = connection.scalar(select(func.max(tables.upgrades.c.id))) or 0
            rules = read_meta(CoreAsking(connection), "fingerprint") or ""
            return LedgerMark(last.seq, last.snapshot, rules, upgrade) if last else LedgerMark(rules=rules)

    def snapshot_at(self, seq: int) -> str | None:
        """The snapshot that was folded as the `seq`-th."""
        with reading(self._engine) as connection:
            return connection.scalar(select(tables.folds.c.snapshot).where(tables.folds.c.seq == seq))

    def after(self, seq: int, last: int) -> Iterator[list[Fact]]:
        """The news behind one fold and up to another, in chunks of whole snapshots."""
        with reading(self._engine) as connection:
            for first in range(seq + 1, last + 1, SNAPSHOTS):
                yield _facts(connection, first, min(first + SNAPSHOTS - 1, last))

    def changes(self, ids: Sequence[str]) -> dict[str, Change]:
        """These changes in full; what is gone is not among them."""
        found: dict[str, Change] = {}
        with reading(self._engine) as connection:
            if ready(connection):
                for chunk in chunks(ids):
                    query = select(tables.changes).where(tables.changes.c.id.in_(chunk))
                    found.update((change.id, change) for change in changes_of(connection, query))
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Which of these changes the ledger has."""
        found: set[str] = set()
        with reading(self._engine) as connection:
            if ready(connection):
                for chunk in chunks(ids):
                    found.update(connection.scalars(select(tables.changes.c.id).where(tables.changes.c.id.in_(chunk))))
        return found

    def with_words(self, words: str) -> list[str]:
        """The changes with a statement, before or after, that holds all the words; some are named twice."""
        change, side, revision = tables.changes, tables.sides, tables.revisions
        with reading(self._engine) as connection:
            if not ready(connection) or not words.split():
                return []
            query = (
                select(change.c.id)
                .join(side, and_(side.c.seq == change.c.seq, side.c.position == change.c.position))
                .join(revision, and_(revision.c.statement == side.c.statement, revision.c.number == side.c.revision))
                .where(holds(connection, words), ~change.c.baseline)
            )
            return list(connection.scalars(query))

    def paths(self, numbers: Sequence[int]) -> dict[int, str]:
        """The present or latest paths of documents, by their numbers."""
        document = tables.documents
        found: dict[int, str] = {}
        with reading(self._engine) as connection:
            for chunk in chunks(numbers):
                query = select(document.c.number, document.c.path).where(document.c.number.in_(chunk))
                found.update((row.number, path_from_text(row.path)) for row in connection.execute(query))
        return found

    def number_of(self, document_id: str) -> int:
        """A document's number; 0 where the ledger has no such document."""
        with reading(self._engine) as connection:
            query = select(tables.documents.c.number).where(tables.documents.c.id == document_id)
            return connection.scalar(query) or 0


def _facts(connection: Connection, first: int, last: int) -> list[Fact]:
    change, fold, side, revision = tables.changes, tables.folds, tables.sides, tables.revisions
    document, upgraded = tables.documents, tables.upgraded
    query = (
        select(
            change,
            fold.c.snapshot,
            fold.c.taken_at,
            fold.c.origin,
            document.c.id.label("document_id"),
            upgraded.c.change.is_not(None).label("technical"),
            side.c.after,
            side.c.ordinal,
            revision.c.text,
            revision.c.links,
            revision.c.kind.label("block"),
        )
        .join(fold, fold.c.seq == change.c.seq)
        .outerjoin(document, document.c.number == change.c.document)
        .outerjoin(upgraded, upgraded.c.change == change.c.id)
        .outerjoin(side, and_(side.c.seq == change.c.seq, side.c.position == change.c.position))
        .outerjoin(revision, and_(revision.c.statement == side.c.statement, revision.c.number == side.c.revision))
        .where(change.c.seq.between(first, last), or_(~change.c.baseline, change.c.kind == str(ChangeKind.FAILED)))
        .order_by(change.c.seq, change.c.position, side.c.after, side.c.part)
        .execution_options(yield_per=CHUNK)
    )
    grouped = groupby(connection.execute(query), key=lambda row: (row.seq, row.position))
    told = [(_fact(rows), rows[0].document, _place(rows)) for rows in (list(group) for _, group in grouped)]
    outlines = _outlines(connection, {number for _, number, place in told if place is not None}, first, last)
    return [
        fact if place is None else replace(fact, headings=outlines.above(number, fact.seq, *place))
        for fact, number, place in told
    ]


def _fact(rows: Sequence[Row[Any]]) -> Fact:
    row = rows[0]
    before = [one for one in rows if one.after is not None and not one.after]
    after = [one for one in rows if one.after]
    path = path_from_text(row.path)
    return Fact(
        change=row.id,
        seq=row.seq,
        position=row.position,
        snapshot=row.snapshot,
        taken_at=moment_from_text(row.taken_at),
        level=LEVELS[row.level],
        kind=ChangeKind(row.kind),
        document=path,
        document_id=row.document_id or "",
        document_number=row.document or 0,
        cause=row.cause,
        group=row.group,
        significance=Significance.SUBSTANTIVE if row.substantive else Significance.EDITORIAL,
        aspects=aspects_from_bits(row.aspects),
        similarity=row.similarity,
        technical=bool(row.technical),
        imported=row.origin is not None,
        before=tuple(one.text for one in before),
        after=tuple(one.text for one in after),
        links_before=tuple(link for one in before for link in links_from_text(one.links)),
        links_after=tuple(link for one in after for link in links_from_text(one.links)),
        heading=any(one.block == _HEADING for one in (after or before)),
    )


def _place(rows: Sequence[Row[Any]]) -> tuple[bool, int] | None:
    """Where to look for the headings above: on which side, at which ordinal."""
    if LEVELS[rows[0].level] is Level.DOCUMENT:
        return None
    row = next((one for one in rows if one.after), rows[0])
    return None if row.after is None else (bool(row.after), row.ordinal)


# --- headings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    ordinal: int
    level: int
    text: str


class Outlines:
    """The headings of each version of some documents."""

    def __init__(self) -> None:
        self._versions: dict[int, list[tuple[int, list[_Heading]]]] = {}

    def add(self, document: int, seq: int, headings: list[_Heading]) -> None:
        """The next version of a document, in the order of the fold."""
        self._versions.setdefault(document, []).append((seq, headings))

    def above(self, document: int, seq: int, after: bool, ordinal: int) -> tuple[str, ...]:  # noqa: FBT001
        """The headings that the statement stands below after (or before) a fold, outermost first."""
        versions = self._versions.get(document, [])
        at = bisect_right(versions, seq if after else seq - 1, key=lambda version: version[0])
        if not at:
            return ()
        headings = versions[at - 1][1]
        path: list[_Heading] = []
        level = 1 << 15
        for heading in reversed(headings[: bisect_right(headings, ordinal - 1, key=lambda one: one.ordinal)]):
            if heading.level < level:
                path.append(heading)
                level = heading.level
        return tuple(heading.text for heading in reversed(path))


def _outlines(connection: Connection, documents: set[int], first: int, last: int) -> Outlines:
    """Of the versions that the folds `first` to `last` compare."""
    version, outlines = tables.versions, Outlines()
    earlier = version.alias("earlier")
    before = (
        select(func.max(earlier.c.seq)).where(earlier.c.document == version.c.document, earlier.c.seq < first)
    ).scalar_subquery()
    for chunk in chunks(sorted(documents)):
        known = _headings(connection, chunk)
        query = (
            select(version.c.document, version.c.seq, version.c.members)
            .where(version.c.document.in_(chunk), version.c.seq <= last, version.c.seq >= func.coalesce(before, 0))
            .order_by(version.c.document, version.c.seq)
        )
        for row in connection.execute(query):
            outlines.add(row.document, row.seq, _of_version(row.seq, row.members, known))
    return outlines


def _headings(connection: Connection, documents: Sequence[int]) -> dict[int, list[tuple[int, _Heading]]]:
    """Every statement of these documents that ever was a heading: since which fold with which text."""
    revision, statement = tables.revisions, tables.statements
    query = (
        select(revision.c.statement, revision.c.seq, revision.c.depth, revision.c.text)
        .join(statement, statement.c.number == revision.c.statement)
        .where(statement.c.document.in_(documents), revision.c.kind == _HEADING)
        .order_by(revision.c.statement, revision.c.number)
    )
    known: dict[int, list[tuple[int, _Heading]]] = {}
    for row in connection.execute(query):
        known.setdefault(row.statement, []).append((row.seq, _Heading(-1, row.depth, row.text)))
    return known


def _of_version(seq: int, members: bytes | None, known: dict[int, list[tuple[int, _Heading]]]) -> list[_Heading]:
    found = []
    for ordinal, number in enumerate(unpack_members(members) if members else ()):
        told = known.get(number)
        if told is not None and (at := bisect_right(told, seq, key=lambda one: one[0])):
            found.append(replace(told[at - 1][1], ordinal=ordinal))
    return found
