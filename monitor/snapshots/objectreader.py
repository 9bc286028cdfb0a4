"""Reading objects: one `git cat-file --batch` that stays, every answer's size and id checked."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from monitor.errors import StoreError
from monitor.snapshots.git_objects import is_id, object_id
from monitor.snapshots.git_process import Pipe, Start

# So many questions may wait for their answers: 128 lines of 41 bytes fit any pipe, so asking never blocks.
_AHEAD = 128


class GitObject(NamedTuple):
    """One object, whose content has been checked to have this id."""

    id: str
    kind: str
    data: bytes


class ObjectReader:
    """One process and who may use it: answers come in the order of the questions, so one user at a time."""

    def __init__(self, start: Start) -> None:
        self._pipe: Pipe = start(["cat-file", "--batch"])
        self._process = os.getpid()

    @property
    def usable(self) -> bool:
        """False after a fork: parent and child would mix up the answers."""
        return self._process == os.getpid()

    def close(self) -> None:
        """End the process."""
        self._pipe.kill()

    def read_many(self, ids: Iterable[str]) -> Iterator[GitObject]:
        """The objects in the order of the ids; StoreError names the first that is missing or damaged."""
        wanted, asked = iter(ids), deque[str]()
        while True:
            more = list(islice(wanted, _AHEAD - len(asked))) if len(asked) <= _AHEAD // 2 else []
            self._ask(more)
            asked.extend(more)
            if not asked:
                return
            yield self._answer(asked.popleft())

    def _ask(self, ids: list[str]) -> None:
        for one in ids:
            if not is_id(one):
                raise StoreError(f"{one!r} is not the id of an object")
        if ids:
            self._pipe.write([f"{one}\n".encode() for one in ids])
            self._pipe.flush()

    def _answer(self, wanted: str) -> GitObject:
        header = self._pipe.stdout.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            raise StoreError(f"object {wanted} is missing from the snapshot repository")
        if len(header) != 3 or header[0] != wanted.encode() or not header[2].isdigit():
            raise _damaged(wanted, self._pipe.complaint())
        size = int(header[2])
        data = self._pipe.stdout.read(size)
        if len(data) != size or self._pipe.stdout.read(1) != b"\n":
            raise _damaged(wanted, self._pipe.complaint())
        kind = header[1].decode("ascii", "replace")
        if object_id(kind, data) != wanted:
            raise _damaged(wanted, "its content has another id")
        return GitObject(wanted, kind, data)


def _damaged(wanted: str, why: str) -> StoreError:
    return StoreError(f"object {wanted} of the snapshot repository is damaged: {why or 'it ends early'}")
