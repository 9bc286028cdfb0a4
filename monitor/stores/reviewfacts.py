"""What reviewing asks of the ledger: each change with its texts and headings, a chunk of snapshots at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, union_all

from monitor.core.weighing import Fact
from monitor.model import BlockKind, Change, ChangeKind, Level, Significance
from monitor.stores import tables
from monitor.stores.asking import chunks, read_meta
from monitor.stores.changequeries import with_texts
from monitor.stores.changerows import sides_of, told
from monitor.stores.coreasking import asking_of
from monitor.stores.driver import chunks_of
from monitor.stores.engine import reading
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
            rules = read_meta(asking_of(connection), "fingerprint") or ""
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
                    rows = chunks_of(connection, with_texts().where(tables.changes.c.id.in_(chunk)))
                    found.update((change.id, change) for change in told(asking_of(connection), rows))
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
            news = holds(connection, words), ~change.c.baseline
            on_a_side = or_(change.c.before_row == revision.c.id, change.c.after_row == revision.c.id)
            of_one = (
                select(change.c.id)
                .join(revision, and_(revision.c.statement == change.c.statement, on_a_side))
                .where(*news)
            )
            of_several = (
                select(change.c.id)
                .join(side, and_(side.c.seq == change.c.seq, side.c.position == change.c.position))
                .join(revision, and_(revision.c.statement == side.c.statement, revision.c.id == side.c.text_row))
                .where(*news)
            )
            return list(connection.scalars(union_all(of_one, of_several)))

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
    change, fold, document, upgraded = tables.changes, tables.folds, tables.documents, tables.upgraded
    old, new = tables.revisions.alias("old"), tables.revisions.alias("new")
    query = (
        select(
            change,
            fold.c.snapshot,
            fold.c.taken_at,
            fold.c.origin,
            document.c.id.label("document_id"),
            upgraded.c.change.is_not(None).label("technical"),
            old.c.kind.label("before_block"),
            new.c.text.label("after_text"),
            new.c.links.label("after_links"),
            new.c.kind.label("after_block"),
        )
        .join(fold, fold.c.seq == change.c.seq)
        .outerjoin(document, document.c.number == change.c.document)
        .outerjoin(upgraded, upgraded.c.change == change.c.id)
        .outerjoin(old, old.c.id == change.c.before_row)
        .outerjoin(new, new.c.id == change.c.after_row)
        .where(change.c.seq.between(first, last), or_(~change.c.baseline, change.c.kind == str(ChangeKind.FAILED)))
        .order_by(change.c.seq, change.c.position.desc())
    )
    rows = connection.execute(query).all()
    of_several = [(row.seq, row.position) for row in rows if row.statement is None and _is_of_statements(row)]
    several = sides_of(asking_of(connection), of_several)
    told = []
    for row in rows:
        sides = _sides(row, several.get((row.seq, row.position), ()))
        told.append((_fact(row, *sides), row.document, _place(row, *sides)))
    outlines = _outlines(connection, {number for _, number, place in told if place is not None}, first, last)
    return [
        fact if place is None else replace(fact, headings=outlines.above(number, fact.seq, *place))
        for fact, number, place in told
    ]


class _Said(NamedTuple):
    """A statement on a side of a change."""

    ordinal: int
    text: str
    links: tuple[str, ...]
    block: int


def _sides(row: Row[Any], several: Iterable[tuple[Any, ...]]) -> tuple[list[_Said], list[_Said]]:
    before: list[_Said] = []
    after: list[_Said] = []
    for is_after, _, _, ordinal, text, links, block in several:
        (after if is_after else before).append(_Said(ordinal, text, links_from_text(links), block))
    if row.before_text is not None:
        before.append(_Said(row.before_ordinal, row.before_text, links_from_text(row.before_links), row.before_block))
    if row.after_text is not None:
        after.append(_Said(row.after_ordinal, row.after_text, links_from_text(row.after_links), row.after_block))
    return before, after


def _is_of_statements(row: Row[Any]) -> bool:
    return LEVELS[row.level] is Level.STATEMENT


def _fact(row: Row[Any], before: Sequence[_Said], after: Sequence[_Said]) -> Fact:
    path = path_from_text(row.path)
    return Fact(
        change=row.id,
        seq=row.seq,
        position=-row.position,
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
        links_before=tuple(link for one in before for link in one.links),
        links_after=tuple(link for one in after for link in one.links),
        heading=any(one.block == _HEADING for one in (after or before)),
    )


def _place(row: Row[Any], before: Sequence[_Said], after: Sequence[_Said]) -> tuple[bool, int] | None:
    """Where to look for the headings above: on which side, at which ordinal."""
    if not _is_of_statements(row):
        return None
    return bool(after), (after or before)[0].ordinal


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
