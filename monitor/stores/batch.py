"""The ledger within one transaction of the fold: what it must know, and what it appends.

Folds are gathered and written when the transaction ends; until then what is known of the documents and statements
that they touched is answered from memory (`overlay`), over what the database holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from monitor.facts import Counters, Fold, Head, Known
from monitor.stores import rows
from monitor.stores.asking import Asking, chunks, read_meta, write_meta
from monitor.stores.overlay import LastFold, Overlay
from monitor.stores.rows import Row
from monitor.stores.values import (
    counters_from_text,
    counters_to_text,
    links_from_text,
    moment_from_text,
    path_from_text,
    path_to_text,
    unpack_members,
)

_ALIKE = 1_000  # statements with a sketch in common


class Batch:
    """What the fold asks and tells while its transaction is open; `flush` writes what was appended."""

    def __init__(self, asking: Asking, overlay: Overlay) -> None:
        self._asking = asking
        self._overlay = overlay
        self._folds: list[Fold] = []

    def counters(self) -> Counters:
        """The next free numbers."""
        if self._overlay.counters is None:
            self._overlay.counters = counters_from_text(read_meta(self._asking, "counters"))
        return self._overlay.counters

    def last_fold(self, source: str) -> LastFold | None:
        """The newest fold of this source, None before its first."""
        last = self._overlay.last
        if source not in last and not self._overlay.complete:
            found = self._asking.ask("last fold", source=path_to_text(source))
            last[source] = next((LastFold(moment_from_text(taken_at), tie) for taken_at, tie in found), None)
        return last.get(source)

    def heads_at(self, source: str, paths: Iterable[str]) -> dict[str, Head]:
        """The documents at these paths: the present one, else the one that went last."""
        wanted = sorted(set(paths))
        heads: dict[str, Head] = {}
        stored = self._stored_heads("documents at paths", source, [path_to_text(path) for path in wanted])
        for head in (*stored, *(head for path in wanted for head in self._overlay.heads_at(path))):
            rival = heads.get(head.path)
            if head.source == source and (rival is None or _recency(head) > _recency(rival)):
                heads[head.path] = head
        return heads

    def gone_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, Head]:
        """Absent documents by the bytes that they last had; of several the one that went last, then the oldest."""
        wanted = sorted(set(blobs))
        heads: dict[str, Head] = {}
        stored = self._stored_heads("documents of blobs", source, wanted)
        for head in (*stored, *(head for blob in wanted for head in self._overlay.heads_of(blob))):
            rival = heads.get(head.blob or "")
            if head.source == source and not head.present and (rival is None or _recency(head) > _recency(rival)):
                heads[head.blob or ""] = head
        return heads

    def known(self, numbers: Iterable[int]) -> dict[int, Known]:
        """The present state of these statements."""
        touched = self._overlay.statements
        found = {number: touched[number] for number in numbers if number in touched}
        missing = sorted(set(numbers) - found.keys())
        found.update((known.number, known) for known in self._stored_statements("statements", missing))
        return found

    def absent(self, keys: Iterable[int]) -> list[Known]:
        """Absent statements whose text last had one of these keys; in the order of their numbers."""
        wanted = sorted(set(keys))
        found = list(self._stored_statements("absent statements with keys", wanted))
        found += (known for key in wanted for known in self._overlay.with_key(key) if not known.present)
        return sorted(found, key=_number)

    def like(self, sketches: Iterable[int], *, present: bool) -> list[Known]:
        """Present or absent statements whose sketch shares one of these numbers; in the order of their numbers.

        No more than the first 1,000: a phrase that every document of a large set has must not be read from all of them.
        """
        wanted, which = sorted(set(sketches)), "present" if present else "absent"
        touched = (known for one in wanted for known in self._overlay.like(one) if known.present is present)
        found = {known.number: known for known in touched}
        for sketch in (1, 2, 3):
            stored = islice(self._stored_statements(f"{which} statements like {sketch}", wanted), _ALIKE)
            found.update((known.number, known) for known in stored)
        return [found[number] for number in sorted(found)[:_ALIKE]]

    def holders(self, keys: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of these text keys the present statements that hold it, with their documents."""
        found: dict[int, dict[int, int]] = {
            key: {known.number: known.document for known in self._overlay.with_key(key) if known.present}
            for key in keys
        }
        for chunk in chunks(() if self._overlay.complete else sorted(found)):
            for key, number, document in self._asking.ask("holders", wanted=chunk):
                if number not in self._overlay.statements:
                    found[key][number] = document
        return found

    def append(self, fold: Fold) -> None:
        """Take one fold in: known from now on, written with the others."""
        self._folds.append(fold)
        self._overlay.take(fold)

    def flush(self) -> None:
        """Write all that was appended."""
        asking, folds, overlay = self._asking, self._folds, self._overlay
        if folds:
            heads, statements = (sorted(numbers) for numbers in overlay.written)
            asking.put("folds", [rows.fold_row(fold) for fold in folds])
            _replace(asking, "documents", [rows.head_row(overlay.heads[number]) for number in heads])
            asking.put("versions", [rows.version_row(f.seq, version) for f in folds for version in f.versions])
            _replace(asking, "statements", [rows.statement_row(overlay.statements[number]) for number in statements])
            revisions = [row for fold in folds for row in rows.revision_rows(fold)]
            asking.put("revisions", revisions)
            asking.index([(row[0], row[4]) for row in revisions])
            changes = [(f.seq, at, f.changes[at]) for f in folds for at in reversed(range(len(f.changes)))]
            asking.put("changes", [rows.change_row(*change, overlay.statements) for change in changes])
            asking.put("sides", [row for change in changes for row in rows.side_rows(*change)])
            write_meta(asking, "counters", counters_to_text(folds[-1].counters))
        self._folds = []

    def _stored_heads(self, question: str, source: str, values: Sequence[str]) -> Iterator[Head]:
        """As the database has them, but for those that memory knows better."""
        for chunk in chunks(() if self._overlay.complete else values):
            for row in self._asking.ask(question, source=path_to_text(source), wanted=chunk):
                if row[0] not in self._overlay.heads:
                    yield _head(row)

    def _stored_statements(self, question: str, values: Sequence[int]) -> Iterator[Known]:
        """As the database has them, but for those that memory knows better."""
        for chunk in chunks(() if self._overlay.complete else values):
            for row in self._asking.ask(question, wanted=chunk):
                if row[0] not in self._overlay.statements:
                    yield _known(row)


def _recency(head: Head) -> tuple[bool, int, int]:
    """No two heads have the same: which one is found must not depend on whether memory or the database was asked."""
    return head.present, head.last_seq, -head.number


def _number(known: Known) -> int:
    return known.number


def _head(row: Row) -> Head:
    number, id_, source, path, present, failed, blob, read_path, read_blob, members, first_seq, last_seq, gone_at = row
    return Head(
        number,
        id_,
        path_from_text(source),
        path_from_text(path),
        present,
        blob,
        None if read_path is None else path_from_text(read_path),
        read_blob,
        unpack_members(members),
        first_seq,
        last_seq,
        failed,
        None if gone_at is None else moment_from_text(gone_at),
    )


def _known(row: Row) -> Known:
    number, id_, document, revision, key, present, first_seq, path, ordinal, gone_at, returns, text_row, *rest = row
    *sketch, text, links = rest
    return Known(
        number,
        id_,
        document,
        revision,
        key,
        present,
        text,
        links_from_text(links),
        None if path is None else path_from_text(path),
        ordinal,
        None if gone_at is None else moment_from_text(gone_at),
        first_seq,
        None if sketch[0] is None else (sketch[0], sketch[1], sketch[2]),
        returns,
        text_row,
    )


def _replace(asking: Asking, table: str, new: Sequence[Row]) -> None:
    """Put rows in, over those with the same number (the first column)."""
    for chunk in chunks([row[0] for row in new]):
        asking.tell(f"forget {table}", numbers=chunk)
    asking.put(table, new)
