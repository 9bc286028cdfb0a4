"""One long document with hundreds of revisions, against WikiWho on the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from figures import Figure
from measuring import Usage, spread, walls
from place import Bench, git_says, monitor

ARCHIVE, DOCUMENT = "ota-pga-versions", "Facebook/Privacy Policy.md"
WIKIWHO = 0.43  # seconds a revision of this document: a constant that came with the target, not measured again


def one_document(bench: Bench) -> Iterator[Figure]:
    work = f"provenance over the revisions of `{DOCUMENT}`"
    against = "WikiWho on the same, a constant of 43 s per 100 revisions"
    name, clone = bench.history(ARCHIVE)
    revisions = len(git_says(clone, "rev-list", "--first-parent", "HEAD", "--", DOCUMENT).split())
    if not revisions:
        yield Figure(work, against, None, 0.02, note=f"{name} has no such document")
        return
    until = ["--until", "2023-03-01"] if bench.quick else []
    if until:
        log = git_says(clone, "rev-list", "--first-parent", "--until=2023-03-01", "HEAD", "--", DOCUMENT)
        revisions = len(log.split())
    with bench.room() as room:
        measured = bench.compare({"import": lambda: _import(clone, room, until)}, warm_up=False)
    shares = [wall / (WIKIWHO * revisions) for wall in walls(measured["import"])]
    note = f"{revisions} of them, its import as a whole; {bench.noted(measured)}".removesuffix("; ")
    yield Figure(work, against, spread(shares), 0.02, note=note)


def _import(clone: Path, room: Path, until: list[str]) -> Usage:
    place = room / "place"
    shutil.rmtree(place, ignore_errors=True)
    (place / "seeds").mkdir(parents=True)
    return monitor(place, "import", str(clone), "--path", DOCUMENT, *until)
