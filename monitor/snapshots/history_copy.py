"""Copy the repository of snapshots file by file, and check a copy that is not in its place yet.

Objects never change under their names, so a copy needs only those that it lacks, and the old copy stays whole
meanwhile. Refs are read before the objects are listed: what a ref names is on the disk before the ref names it. A pack
may be rolled up into another one while it is copied; then the objects are listed again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from monitor.errors import StoreError
from monitor.snapshots.git_objects import IMPORTS, LIVE, REVIEWS, is_id, packed_refs, read_ref
from monitor.snapshots.maintenance import Finding, verify_source
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.writer import PENDING, sync_folder

OBJECT = re.compile(r"objects/(?:[0-9a-f]{2}/[0-9a-f]{38}|pack/pack-[0-9a-f]{40}\.(?:pack|idx|rev))")
REF = re.compile(r"refs(?:/(?!\.)[^\0-\x20\x7f~^:?*\[\\/]+)+")
_CHUNK = 1 << 20
_ATTEMPTS = 20  # listings of objects, should each find that a pack went meanwhile
_PRIVATE = 0o600


class FileFacts(NamedTuple):
    """Size in bytes and SHA-256 of a file of a copy."""

    size: int
    sha256: str


def read_refs(repository: Path) -> dict[str, str]:
    """Every ref with the commit that it names. StoreError where the file of one is damaged."""
    loose = (path for path in (repository / "refs").rglob("*") if path.is_file() and path.suffix != ".lock")
    names = {path.relative_to(repository).as_posix() for path in loose} | packed_refs(repository).keys()
    found = {name: read_ref(repository, name) for name in sorted(names - {PENDING})}
    return {name: commit for name, commit in found.items() if commit is not None}


def object_files(repository: Path) -> list[str]:
    """The files of objects, relative to the repository; the index of a pack comes after the pack."""
    names = []
    for folder in sorted(path for path in (repository / "objects").iterdir() if path.is_dir()):
        names += [f"objects/{folder.name}/{path.name}" for path in folder.iterdir()]
    return sorted(filter(OBJECT.fullmatch, names), key=lambda name: (name.endswith(".idx"), name))


def copy_objects(source: Path, target: Path, copied: Callable[[str], None]) -> dict[str, FileFacts]:
    """Copy the objects that `target` lacks or holds damaged; every object file of `source`, with its facts.

    `copied` is called with the name of each file that was written.
    """
    for _ in range(_ATTEMPTS):
        found: dict[str, FileFacts] = {}
        try:
            names = object_files(source)
            for name in names:
                found[name] = _copied(source / name, target / name, partial(copied, name))
            if object_files(source) == names:
                return found
        except FileNotFoundError:
            continue  # rolled up into another pack
    raise StoreError(f"the packs of {source} changed {_ATTEMPTS} times while they were copied; try again")


def _copied(source: Path, target: Path, copied: Callable[[], object]) -> FileFacts:
    with source.open("rb") as file:
        wanted = facts_of_stream(file)
        if facts_of(target) != wanted:
            file.seek(0)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_file(target, file)
            copied()
    return wanted


def facts_of(path: Path) -> FileFacts | None:
    """The facts of a regular file; None where there is none."""
    try:
        with open_regular(path) as file:
            return facts_of_stream(file)
    except FileNotFoundError:
        return None


def facts_of_stream(file: IO[bytes]) -> FileFacts:
    """The facts of what is left to read of a file."""
    return _pass_on(file, lambda _: None)


def _pass_on(file: IO[bytes], take: Callable[[bytes], object]) -> FileFacts:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        take(chunk)
        digest.update(chunk)
        size += len(chunk)
    return FileFacts(size, digest.hexdigest())


def open_regular(path: Path) -> IO[bytes]:
    """Open a file that is no link to another one, for reading."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def write_file(path: Path, data: IO[bytes]) -> FileFacts:
    """Write a file whole or not at all, readable by its owner alone, and see to it that it is on the disk."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
    with os.fdopen(handle, "wb") as file:
        facts = _pass_on(data, file.write)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
    return facts


def write_refs(repository: Path, refs: Mapping[str, str]) -> None:
    """Let the repository have exactly these refs. Nobody else may be at work in it."""
    text = "".join(f"{commit} {name}\n" for name, commit in sorted(refs.items()))
    temporary = repository / "packed-refs.new"
    temporary.write_text(f"# pack-refs with: sorted \n{text}", encoding="utf-8", errors="surrogateescape")
    temporary.replace(repository / "packed-refs")
    for path in (repository / "refs").rglob("*"):
        if path.is_file():
            path.unlink()
    sync_folder(repository)


def is_ref(name: str, commit: str) -> bool:
    """Whether this may be a ref and a commit: what a copy holds may have been written by others."""
    return REF.fullmatch(name) is not None and ".." not in name and is_id(commit)


def view(repository: Path, names: Iterable[str], refs: Mapping[str, str], place: Path) -> GitSnapshots:
    """A repository at `place` that consists of links to these object files alone, and of these refs."""
    snapshots = GitSnapshots(place)
    snapshots.writer().abort()
    for name in names:
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(repository.absolute() / name)
    write_refs(place, refs)
    return snapshots


def check_objects(snapshots: GitSnapshots, refs: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the snapshots and verdicts that these refs name; each object is read.

    Refs beside them keep damaged heads aside, and are not checked.
    """
    for name, commit in refs.items():
        if name in (LIVE, REVIEWS) or name.startswith(IMPORTS):
            yield from verify_source(snapshots.object, "", commit)
