"""The refs of the snapshot repository, read without a process: one that finds nothing new must cost next to nothing.

Each ref is a file (`refs/heads/main`) or a line of `packed-refs`; the file wins. Writing them is git's work.
"""

from __future__ import annotations

from pathlib import Path

from monitor.errors import StoreError
from monitor.snapshots.git_objects import is_id

LIVE = "refs/heads/main"
IMPORTS = "refs/heads/import/"
REVIEWS = "refs/heads/reviews"


def ref_of(source: str) -> str:
    """The ref of a source: `""` is the watched folder, everything else the name of an import."""
    return IMPORTS + source if source else LIVE


def read_ref(repository: Path, ref: str) -> str | None:
    """The commit that a ref names, None where there is none; StoreError where the file is damaged."""
    try:
        text = (repository / ref).read_text("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return _packed(repository).get(ref)
    if not is_id(text):
        raise StoreError(f"{repository / ref} is damaged: it does not name a snapshot")
    return text


def read_sources(repository: Path) -> dict[str, str]:
    """Every source that has a snapshot, with its newest one, by name."""
    loose = (repository / IMPORTS).rglob("*")
    names = {path.relative_to(repository).as_posix() for path in loose if path.is_file() and path.suffix != ".lock"}
    names.update(ref for ref in _packed(repository) if ref.startswith(IMPORTS))
    heads = {name.removeprefix(IMPORTS): read_ref(repository, name) for name in names}
    heads[""] = read_ref(repository, LIVE)
    return {source: head for source, head in sorted(heads.items()) if head is not None}


def _packed(repository: Path) -> dict[str, str]:
    try:
        text = (repository / "packed-refs").read_text("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    pairs = (line.split(" ", 1) for line in text.splitlines() if " " in line and line[0] not in "#^")
    return {ref: commit for commit, ref in pairs if is_id(commit)}
