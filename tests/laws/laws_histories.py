"""Made histories of small folders, in a snapshot store that is a dictionary: what the laws are tried on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from monitor.model import FileVersion, PathChange, Snapshot, SnapshotDelta

EXAMPLES = 40  # that each law is tried on
Folder = Mapping[str, bytes]

FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)


def blob_of(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class DictStore:
    """A `SnapshotStore` of one source, for tests."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._taken: list[tuple[Snapshot, dict[str, str]]] = []

    def take(self, folder: Folder) -> Snapshot:
        """Store a folder as the next snapshot, a day after the last."""
        number = len(self._taken)
        moment = FIRST + timedelta(days=number)
        snapshot = Snapshot(hashlib.sha1(f"snapshot {number}".encode()).hexdigest(), "", moment, moment)
        self._blobs |= {blob_of(data): data for data in folder.values()}
        self._taken.append((snapshot, {path: blob_of(data) for path, data in folder.items()}))
        return snapshot

    def sources(self) -> Sequence[str]:
        return [""]

    def snapshots(self, source: str) -> Sequence[Snapshot]:  # noqa: ARG002  (there is one source)
        return [snapshot for snapshot, _ in self._taken]

    def deltas(self, source: str, after: str | None = None) -> Iterator[SnapshotDelta]:  # noqa: ARG002
        skipped, last = after is not None, {}
        for snapshot, manifest in self._taken:
            if not skipped:
                paths = sorted(manifest.keys() | last.keys())
                changes = (PathChange(path, last.get(path), manifest.get(path)) for path in paths)
                yield SnapshotDelta(snapshot, tuple(change for change in changes if change.before != change.after))
            skipped = skipped and snapshot.id != after
            last = manifest

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]:
        (manifest,) = (manifest for taken, manifest in self._taken if taken.id == snapshot)
        return {path: FileVersion(blob) for path, blob in manifest.items()}

    def read(self, blob: str) -> bytes:
        return self._blobs[blob]

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        return ((blob, self._blobs[blob]) for blob in blobs)


SENTENCES = [
    "The harbour was closed on Monday.",
    "The harbour was closed on Tuesday, and it may stay closed.",
    "Thirty divers searched the basin for mines; the crews of two vessels towed them out.",
    "Officials gave no dates for a deployment.",
    "Prices of grain rose by 12 percent within a week, said the chamber of commerce.",
    "No.",
    "It did not.",
    "A pilot said that the eastern passage was safe again for small boats.",
    "Insurers will decide in April whether the surcharge is lifted.",
    "“We were lucky,” said the harbour master, who had watched it all.",
]
ELSE = "Something else altogether took the place of these words."
EDITS = {
    "a word": lambda text: text.replace("was", "is").replace("will", "may").replace("gave", "named"),
    "a split": lambda text: text.replace("; the", ". The").replace(", and it", ". It"),
    "the start": lambda text: f"On the same day {text[:1].lower()}{text[1:]}",
    "all": lambda text: ELSE if text != ELSE else SENTENCES[0],
}
PATHS = ["a.txt", "b.txt", "c/d.txt", "picture.bin"]

statements = st.builds(
    lambda text, edit: EDITS[edit](text) if edit else text,
    st.sampled_from(SENTENCES),
    st.sampled_from([None, None, None, *EDITS]),
)
contents = st.lists(statements, max_size=9)


@st.composite
def next_content(draw: st.DrawFn, before: Sequence[str]) -> list[str]:
    """A version that grew out of the one before: pieces dropped, altered, repeated, put elsewhere."""
    after = list(before)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(after)))
        what = draw(st.sampled_from(["insert", "drop", "alter", "move", "repeat"]))
        if what == "insert" or not after:
            after.insert(at, draw(statements))
            continue
        at = min(at, len(after) - 1)
        if what == "drop":
            del after[at]
        elif what == "alter":
            after[at] = EDITS[draw(st.sampled_from(sorted(EDITS)))](after[at])
        else:
            piece = after[at] if what == "repeat" else after.pop(at)
            after.insert(draw(st.integers(0, len(after))), piece)
    return after


@st.composite
def next_folder(
    draw: st.DrawFn, before: Mapping[str, list[str]], earlier: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """A folder that grew out of the one before; `earlier` are the last contents of every path there ever was."""
    after = dict(before)
    for _ in range(draw(st.integers(1, 2))):
        path, other = draw(st.sampled_from(PATHS)), draw(st.sampled_from(PATHS))
        what = draw(
            st.sampled_from(["edit", "edit", "edit", "new", "delete", "restore", "rename", "copy", "hand over"])
        )
        if what == "new" or path not in after:
            after[path] = earlier[path] if what == "restore" and path in earlier else draw(contents)
        elif what == "edit":
            after[path] = draw(next_content(after[path]))
        elif what in ("delete", "restore"):
            del after[path]
        elif what == "rename":
            after[other] = after.pop(path)
        elif what == "copy":
            after[other] = after[path]
        elif after[path] and other in after and other != path:
            after[other] = [*after[other], after[path][0]]
            after[path] = after[path][1:]
    return after


def as_bytes(folder: Mapping[str, list[str]], per_line: int = 3) -> dict[str, bytes]:
    """Paragraphs of three statements; a file that is no text holds the same as bytes."""
    return {
        path: "\n\n".join(" ".join(content[at : at + per_line]) for at in range(0, len(content), per_line)).encode()
        for path, content in folder.items()
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Folder]:
    """Two to six folders, each grown out of the one before."""
    folder: dict[str, list[str]] = draw(st.dictionaries(st.sampled_from(PATHS), contents, min_size=1))
    earlier = dict(folder)
    taken = [folder]
    for _ in range(draw(st.integers(1, 5))):
        folder = draw(next_folder(folder, earlier))
        earlier |= folder
        taken.append(folder)
    return [as_bytes(each) for each in taken]
