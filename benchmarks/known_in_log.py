"""Changes that were read by hand in a policy archive: does the log of the imported archive tell them so?

    python benchmarks/known_in_log.py

Imports the whole history of their documents into a folder of the time being, and asks `monitor log` for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from known_changes import statements

from monitor.core.text.normalize import normalize

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
ASPECTS = {"number changed": "number", "modality": "modality"}  # as the descriptions say it, and as the log does
Record = Mapping[str, Any]
"""A change as `monitor log --format jsonl` prints it."""


def verdict(change: Mapping[str, Any], records: Sequence[Record]) -> str:
    """`right`, or what the log says otherwise. `records` are of the document, in the snapshot of the commit."""
    kinds = set(change["kind"])
    if "cosmetic" in kinds:
        touching = [one for quoted in _quoted(change, "before") for one in _with(quoted, "before", records)]
        wrong = [one for one in touching if one["significance"] == "substantive" or "number" in one["aspects"]]
        return "told as a change of the meaning" if wrong else "right"
    if kinds >= {"restored", "whole document"}:
        if not any(one["kind"] == "restored" for one in records):
            return "a page that went back, and nothing is told as restored"
        # A heading that kept its words has another number again: revised is as true of it
        return _each(change, records, before={"removed"}, after={"restored", "revised"})
    if "moved" in kinds:
        return _each(change, records, before={"moved"}, after={"moved"})
    if not change["before"] or not change["after"] or kinds >= {"removed", "added"}:
        return _each(change, records, before={"removed"}, after={"added"})
    return _revised(change, records, {ASPECTS[kind] for kind in kinds if kind in ASPECTS})


def _each(change: Mapping[str, Any], records: Sequence[Record], **kinds: set[str]) -> str:
    """Whether every quoted text stands in a change of the kind that is given for its side."""
    for side, wanted in kinds.items():
        for quoted in _quoted(change, side):
            told = {one["kind"] for one in _with(quoted, side, records)}
            if not told & wanted:
                return f"{side}: told as {', '.join(sorted(told)) or 'nothing'} instead of {', '.join(wanted)}"
    return "right"


def _revised(change: Mapping[str, Any], records: Sequence[Record], aspects: set[str]) -> str:
    """Whether one change holds a quoted text on each side, and names the aspects; its edit as often as it occurs."""
    found = [
        one
        for old in _quoted(change, "before")
        for one in _with(old, "before", records)
        if any(one in _with(new, "after", records) for new in _quoted(change, "after"))
    ]
    edits = [_edit(one) for one in found]
    times = sum(_edit(one) in edits for one in records)
    if times < change.get("occurrences", 1):
        return f"told {times} times as one change with both sides"
    missing = aspects - {aspect for one in found for aspect in one["aspects"]}
    return f"without the aspect {', '.join(sorted(missing))}" if missing else "right"


def _edit(record: Record) -> list[tuple[str, str]]:
    """What a change replaces by what."""
    return [(part["before"], part["after"]) for part in record["edits"] if part["op"] != "equal"]


def _quoted(change: Mapping[str, Any], side: str) -> list[str]:
    """The folded statements of a side's texts."""
    return [normalize(one.text) for text in change[side] for one in statements(text)]


def _with(quoted: str, side: str, records: Sequence[Record]) -> list[Record]:
    """The records that hold a text on a side; word for word, else as a part of a statement."""
    texts = [[normalize(part["text"]) for part in one[side]] for one in records]
    exact = [one for one, held in zip(records, texts, strict=True) if quoted in held]
    return exact or [one for one, held in zip(records, texts, strict=True) if any(quoted in text for text in held)]


# --- the log ------------------------------------------------------------------------------------------


def known_in_log(corpora: Path, place: Path) -> Iterator[tuple[str, str]]:
    """(id, verdict) of each change; `place` is an empty folder to import into."""
    histories = json.loads((corpora / "gold/known_changes.dev.json").read_text(encoding="utf-8"))["histories"]
    for history in histories:
        name, changes = history["history"], history["changes"]
        documents = dict.fromkeys(change["doc"] for change in changes)
        include = [word for document in documents for word in ("--include", document)]
        _monitor(place, "import", str(corpora / f"histories/{name}.bundle"), *include)
        snapshots = {one["origin"]: one["id"] for one in json.loads(_monitor(place, "snapshots", "--format", "json"))}
        for change in changes:
            asked = ["--snapshot", snapshots[change["commit_after"]], "--format", "jsonl"]
            told = _monitor(place, "log", f"{name}/{change['doc']}", *asked)
            yield change["id"], verdict(change, [json.loads(line) for line in told.splitlines()])


def _monitor(place: Path, *args: str) -> str:
    command = [sys.executable, "-m", "monitor", "-C", str(place), *args]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for name, said in known_in_log(CORPORA, Path(scratch)):
            print(f"{name}  {said}", flush=True)
