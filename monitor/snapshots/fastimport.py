"""The stream that `git fast-import` reads, as bytes: blobs, then one commit that changes a tree.

Blobs are named by the ids computed here, never by marks: where git's own hash of the bytes it received differs, the
object that the commit names does not exist and the whole stream is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.snapshots.git_objects import NO_OBJECT


class TreeChange(NamedTuple):
    """What stands at a path of the tree from now on; a `mode` of "" is nothing."""

    mode: str
    id: str


GONE = TreeChange("", NO_OBJECT)


def blob(data: bytes) -> Iterator[bytes]:
    """One blob; in pieces, so that the content is not copied."""
    yield b"blob\ndata %d\n" % len(data)
    yield data
    yield b"\n"


def commit(
    ref: str,
    parent: str | None,
    header: tuple[str, str],
    message: str,
    changes: Mapping[bytes, TreeChange],
    *,
    follows: bool = False,
) -> Iterator[bytes]:
    """A commit on `ref`, marked `:1`, that keeps all of its parent's tree but what changed.

    `header` holds author and committer, each as `name <mail> seconds +0000`. What goes is taken out first, so that
    a file may take a folder's place, and a folder a file's. With `follows` the parent is the commit before in the
    stream, whose tree is still at hand.
    """
    author, committer = header
    text = message.encode("utf-8", "surrogateescape")
    if not follows:  # `reset` forgets what the ref may still point to: the parent is the one that is named, or none
        yield b"reset %s\n\n" % ref.encode()
    yield b"commit %s\nmark :1\n" % ref.encode()
    yield f"author {author}\ncommitter {committer}\n".encode("utf-8", "surrogateescape")
    yield b"data %d\n%s\n" % (len(text), text)
    if parent is not None and not follows:
        yield b"from %s\n" % parent.encode()
    for path, change in changes.items():
        if not change.mode:
            yield b"D %s\n" % _quoted(path)
    for path, change in changes.items():
        if change.mode:
            yield b"M %s %s %s\n" % (change.mode.encode(), change.id.encode(), _quoted(path))
    yield b"\n"


def _quoted(path: bytes) -> bytes:
    return b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
