"""Changes that were read by hand in a policy archive: does the alignment of the two versions tell them so?"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.core.alignment.align import align
from monitor.core.text.normalize import normalize
from monitor.core.text.segment import segment_blocks
from monitor.model import Match, Statement
from monitor.readers.markdown import markdown_blocks


def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a Markdown text."""
    return segment_blocks(markdown_blocks(source))


def places(version: tuple[Statement, ...], wanted: list[str]) -> list[int]:
    """Where the statements of the quoted texts stand; a quotation may be a part of a statement, or several."""
    quoted = [normalize(one.text) for text in wanted for one in statements(text)]
    exact = [k for k, one in enumerate(version) if normalize(one.text) in quoted]
    return exact or [k for k, one in enumerate(version) if any(text in normalize(one.text) for text in quoted)]


def verdict(change: dict[str, Any], before: tuple[Statement, ...], after: tuple[Statement, ...]) -> str:
    """`right`, or what is wrong."""
    matches = align(before, after).matches
    olds, news = places(before, change["before"]), places(after, change["after"])
    if (change["before"] and not olds) or (change["after"] and not news):
        return "the quoted text was not found among the statements"
    of_before = {i: match for match in matches for i in match.before}
    of_after = {j: match for match in matches for j in match.after}
    linked = [match for match in matches if set(match.before) & set(olds) and set(match.after) & set(news)]
    kinds = set(change["kind"])
    if kinds >= {"removed", "added"} or kinds >= {"restored", "whole document"}:
        # A rule that replaced another in its slot, and two headings of a page that went back as a whole.
        return "right" if not linked else "linked, though the two say different things"
    if not change["after"]:
        return "right" if any(not of_before[i].after for i in olds) else "not removed"
    if not change["before"]:
        return "right" if any(not of_after[j].before for j in news) else "not added"
    return _linked(linked, kinds)


def _linked(linked: list[Match], kinds: set[str]) -> str:
    if not linked:
        return "not linked"
    if "moved" in kinds and not any(match.moved for match in linked):
        return "linked, but not as moved"
    return "right"


def known_changes(corpora: Path) -> Iterator[tuple[str, str]]:
    """(id, verdict) of each change; the history is cloned for the time being."""
    histories = json.loads((corpora / "gold/known_changes.dev.json").read_text(encoding="utf-8"))["histories"]
    with tempfile.TemporaryDirectory() as folder:
        for history in histories:
            clone = f"{folder}/{history['history']}"
            bundle = corpora / f"histories/{history['history']}.bundle"
            subprocess.run(["git", "clone", "--quiet", "--bare", str(bundle), clone], check=True)
            for change in history["changes"]:
                versions = [
                    statements(_shown(clone, f"{change[commit]}:{change['doc']}"))
                    for commit in ("commit_before", "commit_after")
                ]
                yield change["id"], verdict(change, *versions)


def _shown(clone: str, name: str) -> str:
    shown = subprocess.run(["git", "-C", clone, "show", name], check=True, capture_output=True)
    return shown.stdout.decode("utf-8", "replace")
