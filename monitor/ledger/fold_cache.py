"""What a fold knows without asking the database: documents, statements, texts, blocks and paths.

Within a transaction that is what was touched and not written yet. Where a ledger is folded from nothing it is
everything, up to a bound, so that a whole history is folded without a question to the database.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from monitor.core.tracking.texts import text_of
from monitor.model.ledger import Counters, DocumentState, FoldRows, StatementState, Text

MAX_STATEMENTS = 80_000  # that are kept whole: some 50 MB
MAX_TEXTS = 80_000  # the same of texts
Key = TypeVar("Key", bound=Hashable)
BlockKey = tuple[str, int, int, str | None, str | None]
"""Texts, kind, depth, cells and layout of a block, as its row has them."""


class LastFold(NamedTuple):
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class FoldCache:
    """All of it, by what it is looked up by. `complete`: the database holds no others."""

    def __init__(self, *, complete: bool = False) -> None:
        self.complete = complete
        self.counters: Counters | None = Counters() if complete else None
        self.last: dict[str, LastFold | None] = {}
        self._forget_states()
        self._forget_values()

    def _forget_states(self) -> None:
        self.documents: dict[int, DocumentState] = {}
        self.statements: dict[int, StatementState] = {}
        self.unwritten: tuple[set[int], set[int]] = set(), set()  # documents and statements
        self._at_path = _Index[str]()
        self._of_blob = _Index[str]()
        self._of_key = _Index[int]()
        self._of_signature = _Index[int]()

    def _forget_values(self) -> None:
        self.texts: dict[tuple[str, tuple[str, ...]], Text] = {}
        self.blocks: dict[BlockKey, int] = {}
        self.paths: dict[str, int] = {}

    def add(self, rows: FoldRows) -> None:
        """What these rows say is so from now on."""
        for document in rows.document_states:
            self._add_document(document)
        for known in rows.statements:
            self._add_statement(known)

    def text(self, text: str, links: tuple[str, ...]) -> Text:
        """This text, the same value each time; its number is 0 until somebody sets it."""
        found = self.texts.get((text, links))
        if found is None:
            found = self.texts[text, links] = text_of(text, links)
        return found

    def mark_written(self) -> None:
        """All of it is in the database now; what may be forgotten is."""
        values = max(len(self.texts), len(self.blocks), len(self.paths))
        fits = len(self.statements) <= MAX_STATEMENTS and values <= MAX_TEXTS
        if self.complete and fits:
            self.unwritten = set(), set()
            return
        self.complete = False
        self._forget_states()
        if values > MAX_TEXTS:
            self._forget_values()

    def document_states_at(self, path: str) -> Iterator[DocumentState]:
        return (self.documents[number] for number in self._at_path.of(path))

    def document_states_of_blob(self, blob: str) -> Iterator[DocumentState]:
        return (self.documents[number] for number in self._of_blob.of(blob))

    def with_key(self, key: int) -> Iterator[StatementState]:
        return (self.statements[number] for number in self._of_key.of(key))

    def with_signature(self, signature: int) -> Iterator[StatementState]:
        return (self.statements[number] for number in self._of_signature.of(signature))

    def _add_document(self, document: DocumentState) -> None:
        old = self.documents.get(document.number)
        if old is None or old.path != document.path:
            if old is not None:
                self._at_path.remove(old.path, old.number)
            self._at_path.add(document.path, document.number)
        if old is None or old.blob != document.blob:
            if old is not None:
                self._of_blob.remove(old.blob or "", old.number)
            self._of_blob.add(document.blob or "", document.number)
        self.documents[document.number] = document
        self.unwritten[0].add(document.number)

    def _add_statement(self, known: StatementState) -> None:
        number, text = known.number, known.text
        old = self.statements.get(number)
        if old is None or old.text is not text:
            if old is not None:
                self._of_key.remove(old.text.key, number)
                for one in old.text.signature or ():
                    self._of_signature.remove(one, number)
            self._of_key.add(text.key, number)
            for one in text.signature or ():
                self._of_signature.add(one, number)
        self.statements[number] = known
        self.unwritten[1].add(number)


class _Index(Generic[Key]):
    """Numbers by a key; most keys have one, which then needs no list."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int | list[int]] = {}

    def of(self, key: Key) -> Sequence[int]:
        found = self._numbers.get(key, ())
        return (found,) if isinstance(found, int) else found

    def add(self, key: Key, number: int) -> None:
        found = self._numbers.get(key)
        if found is None:
            self._numbers[key] = number
        elif isinstance(found, int):
            self._numbers[key] = [found, number]
        else:
            found.append(number)

    def remove(self, key: Key, number: int) -> None:
        found = self._numbers[key]
        if isinstance(found, int):
            del self._numbers[key]
            return
        found.remove(number)
        if len(found) == 1:
            self._numbers[key] = found[0]
