"""One folder's record in the making, while its files are looked at one by one."""

from __future__ import annotations

import os

from monitor.snapshots.capture_failures import Standing, standing_from
from monitor.snapshots.files import why
from monitor.snapshots.scan_cache import NO_ID, OTHER, ROW, FolderRecord

UNREAD = bytes(ROW)
_GONE = 255


class Draft:
    """Each file has a place from the start; what becomes of it may be settled later."""

    def __init__(self, path: str, before: FolderRecord | None, folders: list[str]) -> None:
        self.path = path
        self.failures: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self._before = before or FolderRecord()
        self._folders = folders
        self._known = {name: at for at, name in enumerate(self._before.files())}
        self._failed_before = standing_from(self._before.standing).failures
        self._names: list[str] = []
        self._rows: list[bytes] = []
        self._ids: list[bytes] = []
        self._kinds = bytearray()

    def below(self, name: str) -> str:
        """A name in this folder as a path."""
        return f"{self.path}/{name}" if self.path else name

    def same(self, name: str, row: bytes) -> bool:
        """Keep the document of before where its row is this one and nothing was wrong with it; whether it was so."""
        at = self._known.get(name)
        if at is None or self._before.row(at) != row or self._before.kinds[at] == OTHER or name in self._failed_before:
            return False
        self._put(name, row, self._before.id(at), self._before.kinds[at])
        return True

    def add(self, name: str) -> int:
        """A place for a file of which nothing is known yet."""
        self._put(name, UNREAD, NO_ID, OTHER)
        return len(self._names) - 1

    def name(self, place: int) -> str:
        """The name of the file at this place."""
        return self._names[place]

    def was(self, name: str) -> str | None:
        """The blob id that the document of this name had."""
        at = self._known.get(name)
        return self._before.id(at).hex() if at is not None and self._before.kinds[at] != OTHER else None

    def other(self, place: int, row: bytes) -> None:
        """No document stands here."""
        self._rows[place] = row

    def document(self, place: int, row: bytes, blob: str, kind: int) -> None:
        """What was read here."""
        self._rows[place], self._ids[place], self._kinds[place] = row, bytes.fromhex(blob), kind

    def fail(self, place: int, reason: str, row: bytes = UNREAD) -> None:
        """What was known of the file stays; without a row it is tried again at the next look."""
        name = self._names[place]
        at = self._known.get(name)
        self._rows[place] = row
        if at is not None:
            self._ids[place], self._kinds[place] = self._before.id(at), self._before.kinds[at]
        self.failures[name] = reason

    def miss(self, place: int, error: OSError) -> None:
        """The file cannot be read, or went meanwhile."""
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            self.gone(place)
        else:
            self.fail(place, f"cannot be read: {why(error)}")

    def gone(self, place: int) -> None:
        """The file went since the folder was listed."""
        self._kinds[place] = _GONE

    def record(self) -> FolderRecord:
        """The folder as it is known now."""
        left = [at for at, kind in enumerate(self._kinds) if kind != _GONE]
        return FolderRecord(
            names=os.fsencode("\0".join([self._names[at] for at in left])),
            rows=b"".join([self._rows[at] for at in left]),
            ids=b"".join([self._ids[at] for at in left]),
            kinds=bytes(self._kinds[at] for at in left),
            folders=os.fsencode("\0".join(self._folders)),
            standing=Standing(self.failures, self.skipped).to_bytes(),
        )

    def _put(self, name: str, row: bytes, blob: bytes, kind: int) -> None:
        self._names.append(name)
        self._rows.append(row)
        self._ids.append(blob)
        self._kinds.append(kind)
