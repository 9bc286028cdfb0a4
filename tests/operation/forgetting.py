"""A store with a document about a person in three versions, and where its text can be."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.support.workspace import Workspace

CONFIGURATION = """
[watch]
folder = "seeds"
[report]
formats = ["html", "json", "markdown"]
[feeds]
folder = "feeds"
[evidence]
heads = "heads.txt"
[review]
watch = ["dogs"]
[notify.desk]
url = "json://127.0.0.1:9"
"""
SECRET = "Marguerite Quillfeather"
FORGET = ("forget", "person.txt", "--reason", "request of 3 March", "--yes")
TEXTS = [f"{SECRET} lives in house {number}.\nShe has {number} dogs.\n" for number in range(3)]


def recorded(root: Path, more: str = "") -> Workspace:
    """Three snapshots of two documents, one of them about a person; verdicts and comments that quote it."""
    place = Workspace(root)
    place.configure(CONFIGURATION + more)
    for number, text in enumerate(TEXTS):
        place.update({"person.txt": text, "other.txt": f"The fee is {number} euros.\nNothing else is due.\n"})
        place.run(number)
    other = newest_change(place, "other.txt")
    quotation = f"Compare with '{SECRET} lives in house 2', which is wrong."
    place.monitor("review", "accept", other, "--as", "Ada", "--comment", quotation)
    place.monitor("review", "flag", newest_change(place, "person.txt"), "--as", "Ada", "--comment", "Is she there?")
    place.monitor("review", "list")
    return place


def newest_change(place: Workspace, document: str) -> str:
    return next(str(one["id"]) for one in place.log() if one["document"] == document)


def contents(place: Workspace) -> Iterator[tuple[str, bytes]]:
    """Every file of the store and what was written, and every object of the history, reachable or not."""
    for path in place.root.rglob("*"):
        if path.is_file() and place.seeds not in path.parents:
            data = path.read_bytes()
            yield str(path), data
            if len(path.parent.name) == 2:
                yield str(path), zlib.decompress(data)
    git = ["git", "-C", str(place.snapshots / "history.git"), "cat-file", "--batch-all-objects", "--batch"]
    yield "objects", subprocess.run(git, check=True, capture_output=True, env=place.environ()).stdout


def traces(place: Workspace) -> list[str]:
    """Where anything of the person's text stands."""
    return [name for name, data in contents(place) if SECRET.encode() in data or b"Quillfeather" in data]
