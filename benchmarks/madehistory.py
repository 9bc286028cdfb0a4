"""Histories of any size, made up alike every time: to see how costs grow, and to fill a large ledger.

Words are about as frequent as the longer ones of a language: the n-th in proportion to 1 / (n + 10), the first in a
fifth of the sentences. No two sentences are alike, but for those of which `revise_many` changes a word.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from monitor.model import FileVersion, PathChange, Snapshot, SnapshotDelta
from monitor.snapshots.git_objects import object_id

START = datetime(2020, 1, 1, tzinfo=UTC)

_BEGINNINGS = [a + b for a in "bcdfghklmnprstvwz" for b in "aeiou"]
_ENDINGS = [a + b + c for a in "lmnrst" for b in "aeiou" for c in ("", "n", "ra", "sel")]
WORDS = [begin + end for begin in _BEGINNINGS for end in _ENDINGS]
random.Random(0).shuffle(WORDS)
_FREQUENCIES = list(accumulate(1 / (rank + 10) for rank in range(len(WORDS))))


def sentence(chance: random.Random, length: int) -> str:
    """So many words with a capital letter and a full stop."""
    return " ".join(chance.choices(WORDS, cum_weights=_FREQUENCIES, k=length)).capitalize() + "."


def document(chance: random.Random, sentences: int, lengths: Sequence[int]) -> tuple[str, ...]:
    """So many sentences, each with one of these lengths in words."""
    return tuple(sentence(chance, chance.choice(lengths)) for _ in range(sentences))


class MadeHistory:
    """Implements `ports.SnapshotStore`: documents of so many sentences, then a snapshot for each revision.

    The documents come in one snapshot, or `portion` of them in each, an hour apart. Bytes are made when they are read.
    """

    def __init__(
        self, documents: int, sentences: int = 20, lengths: Sequence[int] = (12,), portion: int | None = None
    ) -> None:
        self._chance, self._lengths = random.Random(documents), lengths
        self._documents = [document(self._chance, sentences, lengths) for _ in range(documents)]
        self._blobs: dict[str, tuple[str, ...]] = {}
        self._deltas: list[SnapshotDelta] = []
        self._now: dict[int, str] = {}
        for first in range(0, documents, portion or documents):
            self._take(range(first, min(documents, first + (portion or documents))))

    def revise(self, revisions: int) -> None:
        """So many snapshots more, an hour apart, each with another sentence in one document."""
        for _ in range(revisions):
            at = len(self._deltas) % len(self._documents)
            sentences = list(self._documents[at])
            sentences[self._chance.randrange(len(sentences))] = sentence(
                self._chance, self._chance.choice(self._lengths)
            )
            self._documents[at] = tuple(sentences)
            self._take([at])

    def revise_many(self, when: datetime, documents: Sequence[int], each: int) -> None:
        """One snapshot more, with another word in `each` sentences of each of these documents."""
        for at in documents:
            sentences = list(self._documents[at])
            for place in self._chance.sample(range(len(sentences)), each):
                words = sentences[place].split(" ")
                words[len(words) // 2] += self._chance.choice(_ENDINGS)
                sentences[place] = " ".join(words)
            self._documents[at] = tuple(sentences)
        self._take(documents, when)

    def sources(self) -> Sequence[str]:
        return [""]

    def snapshots(self, source: str) -> Sequence[Snapshot]:
        return [] if source else [delta.snapshot for delta in self._deltas]

    def deltas(self, source: str, after: str | None = None) -> Iterator[SnapshotDelta]:
        first = 0 if after is None else int(after, 16) + 1
        return iter(() if source else self._deltas[first:])

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]:
        found: dict[str, FileVersion] = {}
        for delta in self._deltas[: int(snapshot, 16) + 1]:
            found |= {change.path: FileVersion(str(change.after)) for change in delta.changes}
        return found

    def read(self, blob: str) -> bytes:
        return "\n\n".join(self._blobs[blob]).encode()

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        return ((blob, self.read(blob)) for blob in blobs)

    def _take(self, documents: Iterable[int], when: datetime | None = None) -> None:
        """A snapshot of these documents as they are now."""
        number, changes = len(self._deltas), []
        for at in documents:
            sentences = self._documents[at]
            blob = object_id("blob", "\n\n".join(sentences).encode())
            self._blobs[blob] = sentences
            changes.append(PathChange(f"{at}.md", self._now.get(at), blob))
            self._now[at] = blob
        when = when or START + timedelta(hours=number)
        self._deltas.append(SnapshotDelta(Snapshot(f"{number:040x}", "", when, when), tuple(changes)))
