"""Histories of any number of documents and revisions, made up alike every time: to see how the cost of one grows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from monitor.model import FileVersion, PathChange, Snapshot, SnapshotDelta
from monitor.snapshots.git_objects import object_id

SENTENCES = 20  # of a document
START = datetime(2020, 1, 1, tzinfo=UTC)


class MadeHistory:
    """Implements `ports.SnapshotStore`: all documents at once, then a snapshot for each revision of a sentence."""

    def __init__(self, documents: int, revisions: int) -> None:
        self._chance = random.Random(documents)
        self._blobs: dict[str, bytes] = {}
        self._texts = [[self._sentence() for _ in range(SENTENCES)] for _ in range(documents)]
        self._deltas: list[SnapshotDelta] = []
        self._take([PathChange(f"{at}.md", None, self._keep(at)) for at in range(documents)])
        self._now = {change.path: change.after for change in self._deltas[0].changes}
        self.revise(revisions)

    def revise(self, revisions: int) -> None:
        """So many snapshots more."""
        for _ in range(revisions):
            at = len(self._deltas) % len(self._texts)
            self._texts[at][self._chance.randrange(SENTENCES)] = self._sentence()
            path, after = f"{at}.md", self._keep(at)
            self._take([PathChange(path, self._now[path], after)])
            self._now[path] = after

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
        return self._blobs[blob]

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        return ((blob, self._blobs[blob]) for blob in blobs)

    def _sentence(self) -> str:
        words = (f"{self._chance.choice(_BEGINNINGS)}{self._chance.choice(_ENDINGS)}" for _ in range(12))
        return " ".join(words).capitalize() + "."

    def _keep(self, at: int) -> str:
        data = "\n\n".join(self._texts[at]).encode()
        self._blobs[object_id("blob", data)] = data
        return object_id("blob", data)

    def _take(self, changes: Sequence[PathChange]) -> None:
        number = len(self._deltas)
        when = START + timedelta(hours=number)
        self._deltas.append(SnapshotDelta(Snapshot(f"{number:040x}", "", when, when), tuple(changes)))


_BEGINNINGS = [a + b for a in "bcdfghklmnprstvwz" for b in "aeiou"]
_ENDINGS = [a + b + c for a in "lmnrst" for b in "aeiou" for c in ("", "n", "ra", "sel")]
