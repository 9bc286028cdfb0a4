"""Write the ledger for the fold, and check the database for damage. Decisions are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from tempfile import TemporaryDirectory

from monitor.core.tracking import runs
from monitor.errors import StoreError
from monitor.ledger import codec
from monitor.ledger.codec import counters_from_text, counters_to_text, path_from_text, path_to_text, time_from_text
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks, open_database
from monitor.ledger.document_versions import read_blocks
from monitor.ledger.fold_cache import BlockKey, FoldCache, LastFold
from monitor.ledger.fold_state import INDEXED, REVIEWED, STORE_ID, read_meta
from monitor.ledger.schema import (
    create_derived,
    create_indexes,
    create_kept,
    drop_derived,
    has_ledger,
    index_texts,
    insert_or_update,
)
from monitor.ledger.views import altered_views, create_views
from monitor.model import CutBlock, Snapshot, Statement
from monitor.model.ledger import Counters, DocumentState, FoldRows, NewChange, StatementState, Text

_MAX_ALIKE = 1_000  # statements with a signature in common

_SELECT_DOCUMENTS = f"SELECT {', '.join(codec.DOCUMENT_COLUMNS)} FROM documents"
_SELECT_STATEMENTS = """
SELECT texts.text, texts.links, paths.path, {}
FROM statements
JOIN texts ON texts.id = statements.text
LEFT JOIN paths ON paths.id = statements.path
""".format(", ".join(f"statements.{column}" for column in codec.STATEMENT_COLUMNS))

# The derived tables, sorted by name, with their columns and the first of these that order them.
_TABLES: Mapping[str, tuple[Sequence[str], int]] = {
    "blocks": (codec.BLOCK_COLUMNS, 1),
    "changes": (codec.CHANGE_COLUMNS, 2),
    "documents": (codec.DOCUMENT_COLUMNS, 1),
    "folds": (codec.FOLD_COLUMNS, 1),
    "meta": (("name", "value"), 1),
    "paths": (codec.PATH_COLUMNS, 1),
    "revisions": (codec.REVISION_COLUMNS, 2),
    "sides": (codec.SIDE_COLUMNS, 4),
    "signatures": (codec.SIGNATURE_COLUMNS, 2),
    "statements": (codec.STATEMENT_COLUMNS, 1),
    "texts": (codec.TEXT_COLUMNS, 1),
    "versions": (codec.VERSION_COLUMNS, 2),
}


class LedgerWriter:
    """The writer's side of the ledger; there is one writer at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def folded(self) -> list[str]:
        """Ids of the snapshots that are folded in, in their order; empty where there is no ledger yet."""
        with self.database.read_transaction() as transaction:
            return transaction.values("SELECT snapshot FROM folds ORDER BY seq") if has_ledger(transaction) else []

    def fingerprint(self) -> str | None:
        """Of the rules that the ledger was folded with."""
        with self.database.read_transaction() as transaction:
            return read_meta(transaction, "fingerprint") if has_ledger(transaction) else None

    def last_number(self) -> int:
        """Of the last snapshot that was folded, as the ledger counts them from 1; 0 where none was."""
        with self.database.read_transaction() as transaction:
            packed = read_meta(transaction, "counters") if has_ledger(transaction) else None
            return 0 if packed is None else counters_from_text(packed).seq - 1

    def reset(self, fingerprint: str) -> None:
        """Empty all that is derived; what no rebuild can make again is kept."""
        with self.database.write_transaction() as transaction:
            drop_derived(transaction)
            create_derived(transaction)
            create_kept(transaction)
            create_views(transaction)
            _write_meta(transaction, "fingerprint", fingerprint)
            _write_meta(transaction, "counters", counters_to_text(Counters()))

    def note(self, name: str, value: str | None) -> None:
        """Remember something that no fold makes; None takes it away."""
        with self.database.write_transaction() as transaction:
            if value is None:
                transaction.execute("DELETE FROM meta WHERE name = :name", {"name": name})
            else:
                _write_meta(transaction, name, value)

    def complete(self) -> None:
        """Make the indexes, where they are missing: a fold from nothing has none up to its end."""
        with self.database.write_transaction() as transaction:
            _complete(transaction)

    @contextmanager
    def transaction(self, cache: FoldCache) -> Iterator[LedgerTransaction]:
        """One transaction: what is appended in it is there as a whole or not at all.

        `cache` goes from one transaction to the next and keeps what may be kept.
        """
        with self.database.write_transaction() as transaction:
            ledger = LedgerTransaction(transaction, cache)
            yield ledger
            ledger.flush()

    def rows(self) -> Iterator[tuple[str, DatabaseRow]]:
        """Every row of every derived table, ordered: two ledgers of one store are equal when these are."""
        with self.database.read_transaction() as transaction:
            for table, (columns, ordering) in _TABLES.items():
                names = [f'"{column}"' for column in columns]
                query = f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names[:ordering])}"
                for part in transaction.stream(query):
                    yield from ((table, row) for row in part if table != "meta" or row[0] not in (STORE_ID, REVIEWED))

    def analyse(self) -> None:
        """Let the query planner know what the tables hold; worth it after many folds."""
        with self.database.write_transaction() as transaction:
            if transaction.dialect == "sqlite":
                transaction.execute("ANALYZE")
            else:  # nothing of what else the server holds
                transaction.execute(f"ANALYZE {', '.join(_TABLES)}")


def _complete(transaction: Transaction) -> None:
    if read_meta(transaction, INDEXED) is None:
        create_indexes(transaction)
        _write_meta(transaction, INDEXED, "yes")


class LedgerTransaction:
    """The ledger within one transaction of the fold: what it must know, and what it appends.

    Rows are gathered, and written by `flush` when the transaction ends; until then what is known of the documents and
    statements that they touched is answered from the cache, over what the database holds.
    """

    def __init__(self, transaction: Transaction, cache: FoldCache) -> None:
        self._transaction = transaction
        self._cache = cache
        self._rows: dict[str, list[DatabaseRow]] = {table: [] for table in _APPENDED}
        self._new_texts: list[Text] = []
        if not cache.complete:
            _complete(transaction)

    # --- what is known --------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether nothing was folded yet."""
        return self.counters().seq == 1

    def counters(self) -> Counters:
        """The next free numbers."""
        if self._cache.counters is None:
            self._cache.counters = counters_from_text(read_meta(self._transaction, "counters"))
        return self._cache.counters

    def last_fold(self, source: str) -> LastFold | None:
        """The newest fold of this source, None before its first."""
        last = self._cache.last
        if source not in last and not self._cache.complete:
            row = self._transaction.row(
                "SELECT taken_at, tie FROM folds WHERE source = :source ORDER BY seq DESC LIMIT 1",
                {"source": path_to_text(source)},
            )
            last[source] = None if row is None else LastFold(time_from_text(row[0]), row[1])
        return last.get(source)

    def document_states_at(self, source: str, paths: Iterable[str]) -> dict[str, DocumentState]:
        """The documents at these paths: the present one, else the one that went last."""
        wanted = sorted(set(paths))
        documents: dict[str, DocumentState] = {}
        stored = self._stored_documents("path", source, [path_to_text(path) for path in wanted])
        for document in (*stored, *(document for path in wanted for document in self._cache.document_states_at(path))):
            rival = documents.get(document.path)
            if document.source == source and (rival is None or _recency(document) > _recency(rival)):
                documents[document.path] = document
        return documents

    def absent_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, DocumentState]:
        """Absent documents by the bytes that they last had; of several the one that went last, then the oldest."""
        wanted = sorted(set(blobs))
        documents: dict[str, DocumentState] = {}
        stored = self._stored_documents("blob", source, wanted)
        for document in (
            *stored,
            *(document for blob in wanted for document in self._cache.document_states_of_blob(blob)),
        ):
            rival = documents.get(document.blob or "")
            if (
                document.source == source
                and not document.present
                and (rival is None or _recency(document) > _recency(rival))
            ):
                documents[document.blob or ""] = document
        return documents

    def statements(self, numbers: Iterable[int]) -> dict[int, StatementState]:
        """The present state of these statements."""
        touched = self._cache.statements
        wanted = set(numbers)
        found = {number: touched[number] for number in wanted if number in touched}
        missing = sorted(wanted - found.keys())
        found.update((known.number, known) for known in self._stored_statements("statements.number", missing))
        return found

    def absent(self, keys: Iterable[int]) -> list[StatementState]:
        """Absent statements whose text last had one of these keys; in the order of their numbers."""
        wanted = sorted(set(keys))
        found = list(self._stored_statements('NOT statements.present AND texts."key"', wanted))
        found += (known for key in wanted for known in self._cache.with_key(key) if not known.present)
        return sorted(found, key=lambda known: known.number)

    def similar(self, signatures: Iterable[int], *, present: bool) -> list[StatementState]:
        """Present or absent statements whose signature shares one of these numbers; in the order of their numbers.

        No more than the first 1,000: a phrase that every document of a large set has must not be read from all of them.
        """
        wanted, which = sorted(set(signatures)), "statements.present" if present else "NOT statements.present"
        touched = (known for one in wanted for known in self._cache.with_signature(one) if known.present is present)
        found = {known.number: known for known in touched}
        among = f"{which} AND statements.text IN (SELECT text FROM signatures WHERE value"
        for stored in self._stored_parts(among, wanted, closing=")"):
            found.update((known.number, known) for known in islice(stored, _MAX_ALIKE))
        return [found[number] for number in sorted(found)[:_MAX_ALIKE]]

    def holders(self, keys: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of these text keys the present statements that hold it, with their documents."""
        found: dict[int, dict[int, int]] = {
            key: {known.number: known.document for known in self._cache.with_key(key) if known.present} for key in keys
        }
        query = """
            SELECT texts."key", statements.number, statements.document
            FROM statements
            JOIN texts ON texts.id = statements.text
            WHERE statements.present AND texts."key" IN (:wanted)
        """
        for chunk in chunks(() if self._cache.complete else sorted(found)):
            for key, number, document in self._transaction.rows(query, {"wanted": chunk}):
                if number not in self._cache.statements:
                    found[key][number] = document
        return found

    def blocks_of(self, document: DocumentState) -> list[CutBlock]:
        """The blocks of the version that was read last."""
        if self._new_texts or self._rows["blocks"]:
            self.flush()
        wanted = runs.unpack(document.blocks)
        found = read_blocks(self._transaction, wanted)
        return [found[id_] for id_ in wanted]

    # --- numbers --------------------------------------------------------------------------------

    def intern(self, blocks: Sequence[CutBlock]) -> None:
        """Give numbers to these blocks and their texts, in their order, where they have none yet."""
        cache = self._cache
        wanted: dict[tuple[str, tuple[str, ...]], Text] = {}
        for block in blocks:
            for statement in block.statements:
                text = cache.text(statement.text, statement.links)
                if not text.id:
                    wanted[statement.text, statement.links] = text
        if not cache.complete:
            query = 'SELECT id, text, links FROM texts WHERE "key" IN (:wanted)'
            for chunk in chunks(sorted({text.key for text in wanted.values()})):
                for id_, text_, links in self._transaction.rows(query, {"wanted": chunk}):
                    known = wanted.get((text_, codec.links_from_text(links)))
                    if known is not None:
                        known.id = id_
        counters = self.counters()
        number = counters.text
        for text in wanted.values():
            if not text.id:
                text.id = number
                number += 1
                self._new_texts.append(text)
        cache.counters = counters._replace(text=number, block=self._intern_blocks(blocks, counters.block))

    def _intern_blocks(self, blocks: Sequence[CutBlock], number: int) -> int:
        cache = self._cache
        wanted = dict.fromkeys(key for block in blocks if (key := self._block_key(block)) not in cache.blocks)
        if not cache.complete:
            query = "SELECT texts, kind, depth, cells, layout, id FROM blocks WHERE texts IN (:wanted)"
            for chunk in chunks(sorted({key[0] for key in wanted})):
                cache.blocks.update((row[:5], row[5]) for row in self._transaction.rows(query, {"wanted": chunk}))
        for key in wanted:
            if key not in cache.blocks:
                cache.blocks[key] = number
                self._rows["blocks"].append((number, *key[1:3], key[0], *key[3:]))
                number += 1
        return number

    def _block_key(self, block: CutBlock) -> BlockKey:
        texts = runs.pack([self.text(statement).id for statement in block.statements])
        kind, cells = codec.block_kind_to_number(block.kind), codec.cells_to_text(block.cells)
        return texts, kind, block.level, cells, block.layout or None

    def text(self, statement: Statement) -> Text:
        """The text of a statement whose block has a number."""
        return self._cache.text(statement.text, statement.links)

    def block_numbers(self, blocks: Iterable[CutBlock]) -> list[int]:
        """The numbers of blocks that have one."""
        blocks, known = list(blocks), self._cache.blocks
        try:
            return [known[self._block_key(block)] for block in blocks]
        except KeyError:  # a flush between two portions of a snapshot let them go
            self.intern(blocks)
        return [known[self._block_key(block)] for block in blocks]

    def _path_number(self, path: str) -> int:
        cache = self._cache
        found = cache.paths.get(path)
        if found is None:
            if not cache.complete:
                query = "SELECT id FROM paths WHERE path = :path"
                found = self._transaction.value(query, {"path": path_to_text(path)})
            if found is None:
                counters = self.counters()
                found = counters.path
                cache.counters = counters._replace(path=found + 1)
                self._rows["paths"].append((found, path_to_text(path)))
            cache.paths[path] = found
        return found

    # --- what is appended -----------------------------------------------------------------------

    def append(self, seq: int, rows: FoldRows, next_document: int, next_statement: int) -> None:
        """Take these rows of a fold in: known from now on, written by `flush`; with the numbers that are free then."""
        self._cache.add(rows)
        self._cache.counters = self.counters()._replace(document=next_document, statement=next_statement)
        self._rows["versions"] += [codec.version_row(seq, version, self._path_number) for version in rows.versions]
        self._rows["revisions"] += [codec.revision_row(seq, revision) for revision in rows.revisions]

    def append_changes(self, seq: int, position: int, changes: Sequence[NewChange]) -> None:
        """The same of changes, the first of which has this position in its fold."""
        for at, change in enumerate(changes, position):
            self._rows["changes"].append(codec.change_row(seq, at, change, self._path_number))
            if len(change.before) > 1 or len(change.after) > 1:
                self._rows["sides"] += codec.side_rows(seq, at, change)

    def append_fold(self, snapshot: Snapshot, tie: int, seen_before: datetime | None) -> None:
        """The last of a fold: its snapshot."""
        counters = self.counters()
        self._rows["folds"].append(codec.fold_row(counters.seq, snapshot, tie, seen_before))
        self._cache.last[snapshot.source] = LastFold(snapshot.taken_at, tie)
        self._cache.counters = counters._replace(seq=counters.seq + 1)

    def flush(self) -> None:
        """Write all that was appended."""
        transaction, cache, rows = self._transaction, self._cache, self._rows
        documents, statements = (sorted(numbers) for numbers in cache.unwritten)
        document_rows = [codec.document_row(cache.documents[number]) for number in documents]
        statement_rows = [codec.statement_row(cache.statements[number], self._path_number) for number in statements]
        _replace(transaction, "documents", codec.DOCUMENT_COLUMNS, document_rows)
        _replace(transaction, "statements", codec.STATEMENT_COLUMNS, statement_rows)
        text_rows = list(map(codec.text_row, self._new_texts))
        transaction.copy_in("texts", codec.TEXT_COLUMNS, text_rows)
        index_texts(transaction, [(id_, text if form is None else form) for id_, text, *_, form in text_rows])
        signatures = [row for text in self._new_texts for row in codec.signature_rows(text)]
        transaction.copy_in("signatures", codec.SIGNATURE_COLUMNS, signatures)
        for table, columns in _APPENDED.items():
            transaction.copy_in(table, columns, rows[table])
            rows[table] = []
        self._new_texts = []
        _write_meta(transaction, "counters", counters_to_text(self.counters()))
        cache.mark_written()
        if not cache.complete:
            _complete(transaction)

    # --- what the database holds ----------------------------------------------------------------

    def _stored_documents(self, column: str, source: str, values: Sequence[str]) -> Iterator[DocumentState]:
        """As the database has them, but for those that the cache knows better."""
        query = f"{_SELECT_DOCUMENTS} WHERE source = :source AND {column} IN (:wanted) ORDER BY number"
        for chunk in chunks(() if self._cache.complete else values):
            for row in self._transaction.rows(query, {"source": path_to_text(source), "wanted": chunk}):
                if row[0] not in self._cache.documents:
                    yield codec.document_state_of(row)

    def _stored_statements(self, among: str, values: Sequence[int]) -> Iterator[StatementState]:
        for part in self._stored_parts(among, values):
            yield from part

    def _stored_parts(self, among: str, values: Sequence[int], closing: str = "") -> Iterator[Iterator[StatementState]]:
        """As the database has them, but for those that the cache knows better: for each chunk of values its rows.

        `among`: of what column the values are, behind other conditions. Not all of a chunk need be read.
        """
        query = f"{_SELECT_STATEMENTS} WHERE {among} IN (:wanted){closing} ORDER BY statements.number"
        for chunk in chunks(() if self._cache.complete else values):
            yield self._states(self._transaction.stream(query, {"wanted": chunk}))

    def _states(self, parts: Iterable[Sequence[DatabaseRow]]) -> Iterator[StatementState]:
        touched = self._cache.statements
        for rows in parts:
            for text, links, path, *row in rows:
                if row[0] not in touched:
                    found = self._cache.text(text, codec.links_from_text(links))
                    found.id = row[4]
                    where = None if path is None else path_from_text(path)
                    yield codec.statement_state_of(tuple(row), found, where)


_APPENDED: Mapping[str, Sequence[str]] = {
    "paths": codec.PATH_COLUMNS,
    "blocks": codec.BLOCK_COLUMNS,
    "folds": codec.FOLD_COLUMNS,
    "versions": codec.VERSION_COLUMNS,
    "revisions": codec.REVISION_COLUMNS,
    "changes": codec.CHANGE_COLUMNS,
    "sides": codec.SIDE_COLUMNS,
}


def _recency(document: DocumentState) -> tuple[bool, int, int]:
    """No two states have the same: which is found must not depend on whether the cache or the database was asked."""
    return document.present, document.last_seq, -document.number


def _write_meta(transaction: Transaction, name: str, value: str) -> None:
    transaction.execute(insert_or_update("meta", "name", ("name", "value")), {"name": name, "value": value})


def _replace(transaction: Transaction, table: str, columns: Sequence[str], rows: Sequence[DatabaseRow]) -> None:
    """Put rows in, over those with the same number (the first column)."""
    for chunk in chunks([row[0] for row in rows]):
        transaction.execute(f"DELETE FROM {table} WHERE number IN (:numbers)", {"numbers": chunk})
    transaction.copy_in(table, columns, rows)


# --- damage -------------------------------------------------------------------------------------

_UNREADABLE = "is damaged: SQLite's own message about it cannot be read"
_MOST = 20  # flaws that are listed one by one


def file_damage(database: Database) -> list[str]:
    """What SQLite itself says of the file of a database; a server looks after its own.

    Rows can be whole while the indexes that find them are not.
    """
    if database.dialect != "sqlite":
        return []
    try:
        with database.read_transaction() as transaction:
            return _damage(transaction)
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:  # the driver's, of a message that repeats damaged bytes
        return [_UNREADABLE]


def is_readable(database: Database) -> bool:
    """Whether SQLite finds the pages of a database in order; cheaper than all of `file_damage`."""
    try:
        with database.read_transaction() as transaction:
            return bool(transaction.values("PRAGMA quick_check(1)") == ["ok"])
    except (StoreError, UnicodeDecodeError):
        return False


@contextmanager
def _copy_to_write(database: Database) -> Iterator[Database]:
    """The full-text index checks itself by a statement that writes: where nobody may write, in a copy."""
    if not database.read_only:
        yield database
        return
    with TemporaryDirectory() as folder:
        copy = open_database(f"sqlite:///{folder}/ledger.db", scratch=True)
        copy.become(database)
        yield copy
        copy.close()


def ledger_damage(database: Database) -> list[str]:
    """The same of a ledger, with its full-text index."""
    try:
        with database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            altered = altered_views(transaction)
            if database.dialect != "sqlite":
                return _of_views(altered)
            found = _damage(transaction) or _of_views(altered)
        if not found:
            with _copy_to_write(database) as copy, copy.write_transaction() as transaction:
                # the second value asks that the index be compared with the texts, too
                transaction.execute("INSERT INTO text_words(text_words, rank) VALUES('integrity-check', 1)")
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:
        return [_UNREADABLE]
    return found


def _of_views(altered: Sequence[str]) -> list[str]:
    return [f"the view {name} is missing or altered; `monitor rebuild` makes it again" for name in altered]


def _damage(transaction: Transaction) -> list[str]:
    return [line for line in transaction.values(f"PRAGMA integrity_check({_MOST})") if line != "ok"]
