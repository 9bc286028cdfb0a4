"""Makes a small store with the installed version of the monitor, to be kept for tests of later versions.

    python tests/data/make_store.py tests/data/store-X.Y

Everything is done by the public commands, each in a process of its own (`python -m monitor`), so that any version can
make one: check it out, put it on PYTHONPATH, and run this file. It writes two files into the folder that is named:

- `store.tar.gz`: the watched folder `seeds/`, the store `snapshots/` and `monitor.toml`, as they are after the last
  command. Entries are sorted and have no owner and no time, so that the archive depends on nothing but their bytes.
- `expected.json`: what the commands say of it. `reviews` has the events of each change that somebody reviewed, `queue`
  what stands on the first change of every line of `review list`.

A store that was made twice differs in the times at which snapshots were recorded and verdicts were given.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Folder = dict[str, str | bytes | None]  # what is written; None: is removed

CONFIGURATION = """\
[watch]
folder = "seeds"
settle = "0 s"

[review]
reviewer = "Ada"
"""

BRIEF = """\
The harbour committee met on 3 March 2025.

It agreed that the north basin may be closed for 30 days. The harbour master will publish the dates. Boats that lie
there must leave before the first day.

Fees are paid at the office in Quay Street. The office is open from Monday to Friday.

The committee thanked the volunteers who cleaned the beach.
"""

CHARTER = """\
# Charter of the sailing club

## Members

- Members pay a yearly fee of 120 euros.
- Members under 18 pay half.
- A member may leave at the end of each year.

## Meetings

The board meets every month. Minutes are sent to all members within 10 days.

The treasurer “keeps the books” and reports to the general meeting.
"""

NOTICE = """\
<html><head><title>Notice</title></head><body>
<h1>Works on the pier</h1>
<p>The pier is repaired from April to June. Anglers are asked to use the east mole.</p>
<p>Questions: <a href="https://harbour.example/contact">write to the office</a>.</p>
<table><tr><th>Berth</th><th>Depth</th></tr><tr><td>A 1</td><td>2.4 m</td></tr>\
<tr><td>A 2</td><td>3.1 m</td></tr></table>
</body></html>
"""

TARIFF = "berth,length,price\nA 1,8 m,410\nA 2,10 m,520\nB 1,12 m,640\n"

WEATHER = """\
Wettermeldung für die Bucht.

Der Wind weht schwach aus Südwest. Am Nachmittag ist mit Regen zu rechnen.
"""

WATCHED: list[tuple[str, Folder]] = [
    (
        "2026-01-05T08:00:00Z",
        {
            "brief.txt": BRIEF,
            "club/charter.md": CHARTER,
            "notice.html": NOTICE,
            "tariff.csv": TARIFF,
            "Wetter für heute.txt": WEATHER,
        },
    ),
    (  # revisions: a number, a modality, a typographic one; a sentence is added
        "2026-01-12T08:00:00Z",
        {
            "brief.txt": BRIEF.replace("30 days", "45 days").replace("may be closed", "will be closed"),
            "club/charter.md": CHARTER.replace("“keeps the books”", '"keeps the books"').replace(
                "The board meets every month.", "The board meets every month. Guests may attend."
            ),
        },
    ),
    (  # a sentence is removed, another is moved to the end; a document that cannot be read arrives
        "2026-01-19T08:00:00Z",
        {
            "brief.txt": "The committee thanked the volunteers who cleaned the beach.\n\n"
            + BRIEF.replace("30 days", "45 days")
            .replace("may be closed", "will be closed")
            .replace("The harbour master will publish the dates. ", "")
            .replace("\nThe committee thanked the volunteers who cleaned the beach.\n", ""),
            "minutes.docx": b"PK\x03\x04 this is no document",
        },
    ),
    (  # a rename with a revision, a row of a table; the one that could not be read goes
        "2026-01-26T08:00:00Z",
        {
            "notice.html": None,
            "notices/pier.html": NOTICE.replace("April to June", "April to July").replace("3.1 m", "2.9 m"),
            "tariff.csv": TARIFF.replace("520", "545"),
            "minutes.docx": None,
        },
    ),
    (  # a document is removed, a paragraph goes from one document to another
        "2026-02-02T08:00:00Z",
        {
            "Wetter für heute.txt": None,
            "club/charter.md": CHARTER.replace("“keeps the books”", '"keeps the books"')
            .replace("The board meets every month.", "The board meets every month. Guests may attend.")
            .replace("- A member may leave at the end of each year.\n", ""),
            "club/leaving.md": "# Leaving\n\nA member may leave at the end of each year.\n\n"
            "Keys are to be given back.\n",
        },
    ),
    (  # the sentence that was removed and the document that was removed come back; one sentence is split
        "2026-02-09T08:00:00Z",
        {
            "Wetter für heute.txt": WEATHER.replace("schwach", "mäßig"),
            "brief.txt": "The committee thanked the volunteers who cleaned the beach.\n\n"
            + BRIEF.replace("30 days", "45 days")
            .replace("may be closed", "will be closed")
            .replace("\nThe committee thanked the volunteers who cleaned the beach.\n", ""),
            "club/charter.md": CHARTER.replace("“keeps the books”", '"keeps the books"')
            .replace("The board meets every month.", "The board meets every month. Guests may attend.")
            .replace("- A member may leave at the end of each year.\n", "")
            .replace("and reports to the general meeting", "with care. The treasurer reports to the general meeting"),
        },
    ),
]

# The watched folder as it was before it was watched: dated folders
EARLIER: list[tuple[str, Folder]] = [
    ("2025-11-03", {"brief.txt": BRIEF.replace("30 days", "20 days"), "tariff.csv": TARIFF}),
    ("2025-12-01", {"brief.txt": BRIEF, "tariff.csv": TARIFF.replace("640", "655")}),
]

# A source of its own: a git repository
ARCHIVE: list[tuple[str, Folder]] = [
    ("2024-05-01T10:00:00Z", {"rules/swimming.md": "# Swimming\n\nSwimming is not allowed in the basin.\n"}),
    (
        "2024-06-01T10:00:00Z",
        {"rules/swimming.md": "# Swimming\n\nSwimming is allowed in the basin after 6 pm.\n", "old.txt": "Closed.\n"},
    ),
]


class Place:
    """A folder in which the monitor is at work."""

    def __init__(self, root: Path) -> None:
        self.root = root
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self._environment = {**kept, "HOME": str(root.parent), "LANG": "C.UTF-8", "TZ": "UTC"}

    def command(self, *words: str | Path, status: int = 0) -> str:
        done = self._start([sys.executable, "-m", "monitor", *words])
        if done.returncode != status:
            sys.exit(f"monitor {' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def git(self, repository: Path, *words: str, at: str = "2000-01-01T00:00:00Z") -> None:
        people = {f"GIT_{role}_{what}": "a" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        self._start(["git", "-C", repository, *words], {**people, **dates}).check_returncode()

    def json(self, *words: str | Path) -> Any:
        return json.loads(self.command(*words, "--format", "json"))

    def lines(self, *words: str | Path) -> list[Any]:
        return [json.loads(line) for line in self.command(*words, "--format", "jsonl").split("\n") if line]

    def _start(self, words: Sequence[str | Path], more: dict[str, str] | None = None) -> Any:
        environment = {**self._environment, **(more or {})}
        return subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, check=False)


def write(folder: Path, files: Folder) -> None:
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def make(place: Place) -> None:
    (place.root / "monitor.toml").write_text(CONFIGURATION, encoding="utf-8")
    seeds = place.root / "seeds"
    for at, files in WATCHED[:3]:
        write(seeds, files)
        place.command("run", "--taken-at", at, status=3 if "minutes.docx" in files else 0)
    review_first(place)
    for at, files in WATCHED[3:]:
        write(seeds, files)
        place.command("run", "--taken-at", at)
    sources(place, place.root.parent)
    review_second(place)
    place.command("run")  # nothing is new


def sources(place: Place, beside: Path) -> None:
    """The two imports: a source of its own, and the earlier history of the watched folder."""
    archive = beside / "archive"
    archive.mkdir()
    place.git(archive, "init", "-q", "-b", "main")
    for at, files in ARCHIVE:
        write(archive, files)
        place.git(archive, "add", ".", at=at)
        place.git(archive, "commit", "-q", "-m", "as found", at=at)
    place.command("import", archive, "--name", "archive")
    earlier = beside / "earlier"
    for name, files in EARLIER:
        write(earlier / name, files)
    place.command("import", earlier, "--name", "earlier", "--continues")


def review_first(place: Place) -> None:
    """Verdicts before the imports: accepted, flagged with a comment, dismissed."""
    find = finder(place)
    place.command("review", "accept", find("revised", "45 days"), "--comment", "as agreed in the meeting")
    place.command("review", "flag", find("removed", "publish the dates"), "--as", "Grace", "--comment", "who says so?")
    place.command("review", "dismiss", find("revised", "keeps the books"))
    place.command("review", "comment", find("added", "Guests may attend"), "ask the board", "--as", "Grace")


def review_second(place: Place) -> None:
    """Verdicts after them: one taken back, one over another, one assigned, and one on each kind that is left."""
    find = finder(place)
    taken_back = find("revised", "545")
    place.command("review", "flag", taken_back)
    place.command("review", "undo", taken_back)
    changed = find("restored", "publish the dates")
    place.command("review", "flag", changed, "--as", "Grace")
    place.command("review", "accept", changed, "--comment", "it is back")
    place.command("review", "assign", "Grace", find("revised", "April to July"))
    place.command("review", "accept", find("revised", "allowed in the basin"), "--only")
    place.command("review", "dismiss", find("moved", "volunteers"), "--comment", "dïeselbe Zeile")


def finder(place: Place) -> Callable[[str, str], str]:
    """The id of the newest change of a kind whose statement, before or after, has these words."""
    log = place.lines("log", "--level", "statement")

    def find(kind: str, words: str) -> str:
        for change in log:
            texts = [side["text"] for side in (*change["before"], *change["after"])]
            if change["kind"] == kind and any(words in text for text in texts):
                return str(change["id"])
        sys.exit(f"no change {kind} with {words!r}")

    return find


def expected(place: Place) -> dict[str, Any]:
    """What the commands say of the store."""
    log = place.lines("log", "--baseline")
    documents = sorted({change["document"] for change in log if change["document"]})
    statements = sorted({side["statement"] for change in log for side in (*change["before"], *change["after"])})
    histories = {change["id"]: place.json("review", "history", change["id"]) for change in log}
    queue = place.lines("review", "list", "--verdict", "all", "--limit", "1000")
    return {
        "snapshots": place.lines("snapshots"),
        "log": log,
        "blame": {document: place.json("blame", document) for document in documents},
        "show": {statement: life_of(place.json("show", statement)) for statement in statements},
        "reviews": {change: events for change, events in histories.items() if events},
        "queue": {entry["change"]["id"]: {"state": entry["state"], "verdicts": entry["verdicts"]} for entry in queue},
    }


def life_of(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement's life; its changes stand in the log, so that their ids will do."""
    return {**statement, "changes": [change["id"] for change in statement["changes"]]}


def archive_of(root: Path) -> bytes:
    """The files below a folder; what another machine could make of owners and times is left out."""
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(root.rglob("*")):
            about = tar.gettarinfo(path, str(path.relative_to(root)))
            about.uid = about.gid = about.mtime = 0
            about.uname = about.gname = ""
            if path.is_file():
                with path.open("rb") as file:
                    tar.addfile(about, file)
            else:
                tar.addfile(about)
    return data.getvalue()


def main() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "work")
        place.root.mkdir()
        make(place)
        (target / "store.tar.gz").write_bytes(archive_of(place.root))
        told = json.dumps(expected(place), indent=1, ensure_ascii=False, sort_keys=True)
        (target / "expected.json").write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
