"""Import a foreign history into the snapshot store: transfer blobs, write snapshots in batches, read bundles.

There are three ways to start git: `own` sees only our objects; `foreign` sees those of the source, too, with limits
and without the lock; `intake` receives objects of the source, with limits. Objects of the source are named by ids
only. A blob is transferred packed and hashed once, by `git index-pack`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from monitor.errors import StoreError, UsageError
from monitor.snapshots import writer
from monitor.snapshots.foreign_repository import candidates
from monitor.snapshots.git_log import FORMAT, SOURCE_FORMAT, SourceCommit, parse_log, parse_source
from monitor.snapshots.git_objects import is_id, ref_of, seconds
from monitor.snapshots.git_process import LimitExceeded, NoProgress, ObjectReader, Start, run, tokens
from monitor.snapshots.writer import IMPORT, MONITOR, PENDING, TreeChange, message_of, move_ref, verify_tree

_SIGNATURES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_CHUNK = 1 << 20
_LONGEST_HEAD = 1 << 28  # bytes: three million refs
_LONGEST_LINE = 1 << 16


class Bundle(NamedTuple):
    """What the head of a bundle says: refs in their order, and the commits that whoever reads it must have."""

    path: Path
    refs: dict[str, str]
    needed: tuple[str, ...]
    start: int  # of the pack, in bytes

    def resolve(self, name: str) -> str | None:
        """The commit of a ref or of a short form of one; for HEAD, where there is none, of the only branch."""
        found = next((self.refs[one] for one in candidates(name) if one in self.refs), None)
        if found is None and name == "HEAD" and len(set(self.refs.values())) == 1:
            found = next(iter(self.refs.values()))
        return found or (name if is_id(name) else None)

    def pack(self) -> Iterator[bytes]:
        """The objects, as git packed them."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            while piece := file.read(_CHUNK):
                yield piece


def open_bundle(path: Path) -> Bundle | None:
    """The bundle in this file, None where it is none; UsageError where it is one that cannot be taken over."""
    if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        return None
    with path.open("rb") as file:
        if file.readline(_LONGEST_LINE) not in _SIGNATURES:
            return None
        refs: dict[str, str] = {}
        needed: list[str] = []
        for line in _lines(file, path):
            if file.tell() > _LONGEST_HEAD:
                raise UsageError(
                    f"{path} is not a bundle that can be imported: its header is longer than any known one"
                )
            about, _, ref = line.removeprefix("-").partition(" ")
            if line.startswith("@"):
                _check_capability(path, line)
            elif not is_id(about):
                raise UsageError(f"{path} is a damaged bundle: {line[:60]!r} names no object")
            elif line.startswith("-"):
                needed.append(about)
            else:
                refs[ref] = about
        return Bundle(path, refs, tuple(needed), file.tell())


def _lines(file: IO[bytes], path: Path) -> Iterator[str]:
    while (line := file.readline(_LONGEST_LINE)) != b"\n":
        if not line.endswith(b"\n"):
            raise UsageError(f"{path} is a damaged bundle: its header does not end")
        yield line[:-1].decode("utf-8", "surrogateescape")


def _check_capability(path: Path, line: str) -> None:
    if line.startswith("@filter="):
        raise UsageError(f"{path} was made with a filter and lacks objects: make a bundle that holds all of them")
    if line != "@object-format=sha1":
        raise UsageError(f"{path} is a bundle that asks for {line[1:]}: only SHA-1 can be imported")


BUNDLES = "refs/monitor/sources/"  # the tips of bundles, whose objects lie in our store
MOST_PATHS = 500_000  # of one commit: a dozen objects can spell ten thousand million
FORGOTTEN_CONTENT = "was removed by request"
LARGEST = 1 << 30  # bytes of one blob: it will be held in memory to be read
_AT_ONCE = 1000  # questions: 41 bytes each, and answers of 60, fit a pipe
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_SIZES = range(100, 1025)


class Imported(NamedTuple):
    """One snapshot to be: `origin` is what it was imported from; paths of `changes` are the tree's.

    `before` is what stood at each of these paths; `blobs` are contents that are not the source's.
    """

    origin: str
    taken_at: datetime
    author: str
    subject: str
    changes: Mapping[bytes, TreeChange]
    before: Mapping[bytes, TreeChange]
    blobs: Sequence[bytes] = ()


class Importer:
    """Takes over objects and writes snapshots; the caller holds the store's lock."""

    def __init__(self, own: Start, foreign: Start, intake: Start, repository: Path) -> None:
        self._own, self._foreign, self._intake, self._repository = own, foreign, intake, repository

    # --- the source

    def missing(self, objects: Iterable[str]) -> list[str]:
        """Which of these are not in our store."""
        return [one for one, size in _sizes(self._own, objects).items() if size is None]

    def unbundle(self, bundle: Bundle, name: str, tip: str) -> None:
        """Take over all objects of a bundle, unless they are here."""
        if run(self._own, ["for-each-ref", "--format=%(objectname)", BUNDLES + name]).decode().strip() != tip:
            pipe = self._intake(["index-pack", "--stdin", "--fix-thin"])
            try:
                pipe.write(bundle.pack())
                pipe.finish()
            except BaseException:
                pipe.kill()
                raise
            run(self._own, ["update-ref", BUNDLES + name, tip])

    def commit_of(self, named: str) -> str | None:
        """The commit that an object is, or that a tag leads to; None where there is none."""
        try:
            found = run(self._foreign, ["rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}"])
        except LimitExceeded:
            raise
        except StoreError:
            return None
        return found.decode("ascii", "replace").strip()

    def chain(self, tip: str) -> list[str]:
        """Every commit from the first to `tip`, by first parents."""
        listed = run(self._foreign, ["rev-list", "--first-parent", "--reverse", tip, "--"])
        return listed.decode("ascii").split()

    def history(self, tip: str, after: str | None, below: str | None) -> Iterator[SourceCommit]:
        """The commits behind `after`, oldest first, with what each changed; with `below`, those that touch it."""
        behind = [f"^{after}"] if after else []
        paths = [f":(top,literal){below}"] if below else []
        return self._log(["--reverse", tip, *behind, "--", *paths])

    def commit(self, commit: str) -> SourceCommit:
        """One commit of it; StoreError where it cannot be read, or holds more than MOST_PATHS."""
        listed = self._foreign(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])
        paths = 0
        with closing(tokens(listed)) as names:
            for _ in names:
                paths += 1
                if paths > MOST_PATHS:
                    raise LimitExceeded(f"its tree holds more than {MOST_PATHS:,} files")
        (found,) = self._log(["-1", commit, "--"])
        return found

    def _log(self, which: Sequence[str]) -> Iterator[SourceCommit]:
        raw = ["--raw", "--no-renames", "--no-abbrev", "--diff-merges=first-parent", "--encoding=UTF-8"]
        command = ["log", "-z", "--first-parent", *raw, SOURCE_FORMAT, *which]
        with closing(tokens(self._foreign(command))) as pieces:
            yield from parse_source(pieces, MOST_PATHS)

    # --- the bytes

    def transfer(self, blobs: Iterable[str], forgotten: Container[str] = ()) -> dict[str, str]:
        """Bring blobs over that are not here yet; gives those that could not be, and why: also those `forgotten`."""
        wanted = [blob for blob, size in _sizes(self._own, blobs).items() if size is None]
        found = _sizes(self._foreign, wanted)
        bad = {blob: "is missing from the source" for blob, size in found.items() if size is None}
        large = f"is larger than {LARGEST >> 20:,} MiB"
        bad |= {blob: large for blob, size in found.items() if size is not None and size > LARGEST}
        bad |= {blob: FORGOTTEN_CONTENT for blob in wanted if blob in forgotten}
        good = [blob for blob in wanted if blob not in bad]
        if not good:
            return bad
        try:
            self._transfer(good)
        except NoProgress:
            raise
        except StoreError:
            bad |= self._unreadable(good)
            good = [blob for blob in good if blob not in bad]
            self._transfer(good)
        came = _sizes(self._own, good)
        return bad | {blob: "is damaged" for blob in good if came[blob] is None}

    def pointers(self, blobs: Iterable[str]) -> set[str]:
        """Which of the blobs, all of them here, are stand-ins of Git LFS for the true content."""
        small = [blob for blob, size in _sizes(self._own, blobs).items() if size in _POINTER_SIZES]
        if not small:
            return set()
        reader = ObjectReader(self._own)
        try:
            return {one.id for one in reader.read_many(small) if one.data.startswith(_POINTER)}
        finally:
            reader.close()

    def _transfer(self, blobs: Sequence[str]) -> None:
        if not blobs:
            return
        # No new deltas are searched for: what lies packed is copied as it is
        packed = self._foreign(["pack-objects", "-q", "--stdout", "--delta-base-offset", "--window=0"])
        packed.write([f"{blob}\n".encode() for blob in blobs])
        packed.end_input()
        taken = self._intake(["index-pack", "--stdin"])
        try:
            while piece := packed.stdout.read(1 << 16):
                taken.write([piece])
            packed.finish()
            taken.finish()
        except BaseException:
            packed.kill()
            taken.kill()
            raise

    def _unreadable(self, blobs: Iterable[str]) -> dict[str, str]:
        """One by one, since an answer that is wrong ends the process that gave it."""
        bad = {}
        for blob in blobs:
            reader = ObjectReader(self._foreign)
            try:
                list(reader.read_many([blob]))
            except NoProgress:
                raise
            except StoreError:
                bad[blob] = "is damaged"
            finally:
                reader.close()
        return bad

    # --- the snapshots

    def write(
        self, source: str, parent: str | None, new: Sequence[Imported], recorded_at: datetime, trailers: Sequence[str]
    ) -> str:
        """Add snapshots to the ref of a source, all of them or none; gives the newest one's id."""
        pipe = self._own(IMPORT)
        try:
            for at, one in enumerate(new):
                message = message_of(_line(one.subject), (f"Origin: {one.origin}", *trailers))
                people = _person(one.author, one.taken_at), f"{MONITOR} {seconds(recorded_at)} +0000"
                for data in one.blobs:
                    pipe.write(writer.blob_command(data))
                pipe.write(writer.commit_command(PENDING, parent, people, message, one.changes, follows=at > 0))
            pipe.write([b"get-mark :1\ndone\n"])
            pipe.flush()
            head = pipe.stdout.readline().strip().decode("ascii", "replace")
            pipe.finish()
        except BaseException:
            pipe.kill()
            raise
        if not is_id(head):
            raise StoreError("git fast-import failed: it did not name the commit that it made")
        self._check(parent, head, new)
        move_ref(self._own, self._repository, ref_of(source), parent, head)
        return head

    def _check(self, parent: str | None, head: str, new: Sequence[Imported]) -> None:
        behind = [f"^{parent}"] if parent else []
        raw = ["--raw", "--no-renames", "--no-abbrev"]
        made = tokens(self._own(["log", "-z", "--first-parent", "--reverse", *raw, FORMAT, head, *behind, "--"]))
        for recorded, asked in zip(parse_log("", made), new, strict=True):
            verify_tree(recorded.changes, asked.changes)


def quoted_folder(objects: Path) -> str:
    """A folder as git's list of further object folders takes it: a colon in its name would end it."""
    escaped = str(objects.absolute()).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _sizes(start: Start, ids: Iterable[str]) -> dict[str, int | None]:
    """The size of each object, None of one that is not there."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, int | None] = {}
    if not wanted:
        return found
    pipe = start(["cat-file", "--batch-check=%(objectname) %(objectsize)"])
    try:
        for at in range(0, len(wanted), _AT_ONCE):
            asked = wanted[at : at + _AT_ONCE]
            pipe.write([f"{one}\n".encode() for one in asked])
            pipe.flush()
            for one in asked:
                size = pipe.stdout.readline().split()[-1:]
                found[one] = int(size[0]) if size and size[0].isdigit() else None
    finally:
        pipe.kill()
    return found


def _person(author: str, taken_at: datetime) -> str:
    """An author as fast-import takes it: what would end the name or the address early is left out."""
    name, _, mail = author.removesuffix(">").rpartition(" <")
    plain = [part.translate(_UNSAFE).strip() for part in (name, mail)]
    return f"{plain[0]} <{plain[1]}> {seconds(taken_at)} +0000".lstrip()


def _line(subject: str) -> str:
    """A subject as the first line of a message; surrogates stand for bytes that are not UTF-8."""
    return " ".join(os.fsencode(subject).decode("utf-8", "replace").split()) or "imported"


_UNSAFE = dict.fromkeys(map(ord, "<>\n\r\0"))
