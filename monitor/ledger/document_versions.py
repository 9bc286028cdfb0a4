"""Two versions of documents as the ledger keeps them, and the changes that are recorded between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from monitor.core.diff.redline import VersionText
from monitor.core.tracking import runs
from monitor.ledger import codec
from monitor.ledger.changes import SELECT_CHANGES, changes_from_rows, seq_of
from monitor.ledger.codec import decompressed, links_from_text, path_from_text
from monitor.ledger.database import DatabaseRow, Transaction, chunks
from monitor.model import Change, ChangeKind, CutBlock, Level, Statement


class StoredVersion(NamedTuple):
    """One document at one time. `text` is what was read of it last; `opaque` where no statements are read from it.

    `failure` says why this version could not be read, where it could not.
    """

    document: str
    text: VersionText
    language: str | None
    opaque: bool
    failure: str | None


class VersionPair(NamedTuple):
    """A document on two sides, None where it was not there.

    `recorded` are the changes of the one snapshot that lies between the two; None where that are several or none.
    `departed` are those of them that took a statement of this document to another one.
    """

    document: str
    before: StoredVersion | None
    after: StoredVersion | None
    recorded: tuple[Change, ...] | None
    departed: tuple[Change, ...]


def version_pairs(
    transaction: Transaction, before: str | None, after: str, source: str, documents: Collection[str] | None = None
) -> list[VersionPair]:
    """The documents of a source that differ between two of its snapshots, by path; `before` None: before the first.

    `documents` are ids: then these alone, also where they do not differ. A side that lies behind the other one is
    compared as well.
    """
    low = -1 if before is None else seq_of(transaction, before)
    high = seq_of(transaction, after)
    steps = _steps(transaction, min(low, high), max(low, high), source, documents)
    read = _Reader(transaction)
    sides = {number: (read.version(number, low), read.version(number, high)) for number in steps}
    states = {number: tuple(map(_state, pair)) for number, pair in sides.items()}
    differing = {
        number: sides[number]
        for number, (old, new) in states.items()
        if old != new or (documents is not None and old is not None)
    }
    texts = read.texts(row for pair in differing.values() for row in pair if row is not None and row.present)
    found = []
    for number, (old, new) in differing.items():
        seqs = steps[number]
        recorded: tuple[Change, ...] | None = None
        departed: tuple[Change, ...] = ()
        if not seqs:
            recorded = ()
        elif low < high and len(seqs) == 1:
            recorded, departed = _recorded(transaction, number, seqs[0], old.path if old and old.present else None)
        one, other = (texts.get((row.document, row.seq)) if row else None for row in (old, new))
        found.append(VersionPair(read.ids[number], one, other, recorded, departed))
    return sorted(found, key=lambda pair: _path(pair))


def other_documents(
    transaction: Transaction, before: str | None, after: str, statements: Sequence[str]
) -> Collection[str]:
    """The documents that these statements came from or went to between two snapshots, by their recorded moves."""
    low, high = sorted((-1 if before is None else seq_of(transaction, before), seq_of(transaction, after)))
    found: set[str] = set()
    for chunk in chunks(statements):
        rows = transaction.rows(
            """
            SELECT documents.id, changes.path_before, changes.seq
            FROM statements
            JOIN changes ON changes.statement = statements.number
            JOIN documents ON documents.number = changes.document
            WHERE statements.id IN (:ids) AND changes.path_before IS NOT NULL AND changes.seq > :low
                AND changes.seq <= :high
            """,
            {"ids": chunk, "low": low, "high": high},
        )
        for document, path, seq in rows:
            found.add(document)
            found.update(
                transaction.values(
                    "SELECT documents.id FROM versions JOIN documents ON documents.number = versions.document"
                    " WHERE versions.path = :path AND versions.seq < :seq ORDER BY versions.seq DESC LIMIT 1",
                    {"path": path, "seq": seq},
                )
            )
    return found


def _path(pair: VersionPair) -> str:
    side = pair.after or pair.before
    return side.text.path if side else ""


def _steps(
    transaction: Transaction, low: int, high: int, source: str, documents: Collection[str] | None
) -> dict[int, list[int]]:
    """The documents with a version between two numbers of folds, and the numbers of these versions."""
    query = """
        SELECT versions.document, versions.seq
        FROM versions
        JOIN documents ON documents.number = versions.document
        WHERE documents.source = :source AND versions.seq > :low AND versions.seq <= :high {}
        ORDER BY versions.document, versions.seq
    """
    given: dict[str, object] = {"source": codec.path_to_text(source), "low": low, "high": high}
    found: dict[int, list[int]] = {}
    for ids in chunks(sorted(documents or ())):
        for number in transaction.values("SELECT number FROM documents WHERE id IN (:ids)", {"ids": ids}):
            found[number] = []
    parts: Iterable[Sequence[str] | None] = [None] if documents is None else chunks(sorted(documents))
    for chunk in parts:
        restricted = query.format("" if chunk is None else "AND documents.id IN (:ids)")
        for number, seq in transaction.rows(restricted, given if chunk is None else {**given, "ids": chunk}):
            found.setdefault(number, []).append(seq)
    return found


class _VersionRow(NamedTuple):
    """A row of the table of versions."""

    document: int
    seq: int
    path: str
    blob: str
    present: bool
    members: bytes | None
    blocks: bytes | None
    language: str | None


def _state(row: _VersionRow | None) -> tuple[str, str] | None:
    return (row.path, row.blob) if row is not None and row.present else None


class _Reader:
    """Reads versions; what several of them share is read once."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.ids: dict[int, str] = {}

    def version(self, document: int, at: int) -> _VersionRow | None:
        """The row of a document at the number of a fold."""
        row = self._transaction.row(
            """
            SELECT versions.document, versions.seq, paths.path, versions.blob, versions.present, versions.members,
                versions.blocks, versions.language, documents.id
            FROM versions
            JOIN paths ON paths.id = versions.path
            JOIN documents ON documents.number = versions.document
            WHERE versions.document = :document AND versions.seq <= :at
            ORDER BY versions.seq DESC
            LIMIT 1
            """,
            {"document": document, "at": at},
        )
        if row is None:
            if document not in self.ids:
                query = "SELECT id FROM documents WHERE number = :number"
                self.ids[document] = self._transaction.value(query, {"number": document})
            return None
        self.ids[document] = row[-1]
        return _VersionRow(*row[:-1])._replace(path=path_from_text(row[2]), present=bool(row[4]))

    def texts(self, rows: Iterable[_VersionRow]) -> dict[tuple[int, int], StoredVersion]:
        """The versions of rows, by document and number of the fold."""
        wanted = list(rows)
        numbers = {(row.document, row.seq): tuple(map(_unpacked, (row.members, row.blocks))) for row in wanted}
        statements = _ids(self._transaction, {one for members, _ in numbers.values() for one in members})
        blocks = read_blocks(self._transaction, {one for _, own in numbers.values() for one in own})
        failures = _failures(self._transaction, wanted)
        return {
            place: StoredVersion(
                self.ids[row.document],
                VersionText(
                    row.path,
                    tuple(blocks[number] for number in numbers[place][1]),
                    tuple(statements[number] for number in numbers[place][0]),
                ),
                row.language,
                row.members is None,
                failures.get(place),
            )
            for row in wanted
            for place in [(row.document, row.seq)]
        }


def _unpacked(packed: bytes | None) -> list[int]:
    return runs.unpack(decompressed(packed)) if packed is not None else []


def _ids(transaction: Transaction, numbers: Iterable[int]) -> dict[int, str]:
    query = "SELECT number, id FROM statements WHERE number IN (:numbers)"
    return {
        number: identity
        for chunk in chunks(sorted(numbers))
        for number, identity in transaction.rows(query, {"numbers": chunk})
    }


def _failures(transaction: Transaction, rows: Iterable[_VersionRow]) -> dict[tuple[int, int], str]:
    """Why versions could not be read, of those that could not."""
    query = "SELECT message FROM changes WHERE document = :document AND seq = :seq AND kind = :failed"
    found: dict[tuple[int, int], str] = {}
    for row in rows:
        given = {"document": row.document, "seq": row.seq, "failed": codec.kind_to_number(ChangeKind.FAILED)}
        message = transaction.value(query, given)
        if message is not None:
            found[row.document, row.seq] = message
    return found


def _recorded(
    transaction: Transaction, document: int, seq: int, path: str | None
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """The changes of a document in one snapshot, and those that took a statement of it to another document."""
    rows = transaction.rows(
        f"{SELECT_CHANGES} WHERE changes.seq = :seq AND changes.document = :document ORDER BY changes.position",
        {"seq": seq, "document": document},
    )
    left: Sequence[DatabaseRow] = ()
    if path is not None:
        left = transaction.rows(
            f"{SELECT_CHANGES} WHERE changes.seq = :seq AND changes.document <> :document"
            " AND changes.kind <> :restored AND changes.level = :statement"
            " AND changes.path_before = (SELECT id FROM paths WHERE path = :path) ORDER BY changes.position",
            {
                "seq": seq,
                "document": document,
                "path": codec.path_to_text(path),
                "restored": codec.kind_to_number(ChangeKind.RESTORED),
                "statement": codec.LEVELS.index(Level.STATEMENT),
            },
        )
    return tuple(changes_from_rows(transaction, [rows])), tuple(changes_from_rows(transaction, [left]))


def read_blocks(transaction: Transaction, wanted: Collection[int]) -> dict[int, CutBlock]:
    """Blocks by their numbers."""
    rows: dict[int, DatabaseRow] = {}
    query = "SELECT id, kind, depth, texts, cells, layout FROM blocks WHERE id IN (:ids)"
    for chunk in chunks(sorted(set(wanted))):
        rows.update((row[0], row[1:]) for row in transaction.rows(query, {"ids": chunk}))
    numbers = {id_: runs.unpack(row[2]) for id_, row in rows.items()}
    texts: dict[int, tuple[str, tuple[str, ...]]] = {}
    query = "SELECT id, text, links FROM texts WHERE id IN (:ids)"
    for chunk in chunks(sorted({number for own in numbers.values() for number in own})):
        for id_, text, links in transaction.rows(query, {"ids": chunk}):
            texts[id_] = text, links_from_text(links)
    return {id_: _block(row, [texts[one] for one in numbers[id_]]) for id_, row in rows.items()}


def _block(row: DatabaseRow, texts: Iterable[tuple[str, tuple[str, ...]]]) -> CutBlock:
    kind_number, depth, _, cells, layout = row
    kind = codec.BLOCK_KINDS[kind_number]
    statements = tuple(Statement(text, kind, depth, links) for text, links in texts)
    return CutBlock(kind, depth, statements, codec.cells_from_text(cells), layout or "")
