"""Folders of any number of files, cut from real documents, so that texts are as they are and sizes can be chosen."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

MOST = 4096  # characters of a slice, unless one line is longer
FOLDER = 100  # files
HOUR = 3600


def pieces(texts: Iterable[str], size: int) -> Iterator[str]:
    """The texts cut behind lines, in pieces of at least `size` characters but for the last of each; none is blank."""
    for text in texts:
        held: list[str] = []
        length = 0
        for line in text.splitlines(keepends=True):
            held.append(line)
            length += len(line)
            if length >= size:
                yield from _whole(held)
                held, length = [], 0
        yield from _whole(held)


def _whole(lines: Sequence[str]) -> Iterator[str]:
    piece = "".join(lines).strip()
    if piece:
        yield piece + "\n"


def slices(texts: Sequence[str], count: int) -> list[str]:
    """So many different files' contents; where the texts do not suffice, their pieces come again, numbered."""
    size = min(MOST, max(80, sum(map(len, texts)) // count // 2))
    found = list(dict.fromkeys(itertools.islice(pieces(texts, size), 4 * count)))
    if not found:
        raise ValueError("the documents hold no text")
    step = max(1, len(found) // count)  # of all documents, not of the first few alone
    chosen = found[::step][:count]
    return [
        chosen[at % len(chosen)] + ("" if at < len(chosen) else f"\nCopy {at // len(chosen)}.\n") for at in range(count)
    ]


def path_of(at: int) -> str:
    """Where the at-th file lies: a hundred in a folder, a hundred folders in one."""
    return f"{at // FOLDER // FOLDER:02}/{at // FOLDER % FOLDER:02}/{at % FOLDER:02}.md"


def write(folder: Path, contents: Sequence[str]) -> None:
    """Files with these contents, all an hour old, so that no run waits for them to settle."""
    old = time.time() - HOUR
    for at, content in enumerate(contents):
        path = folder / path_of(at)
        if at % FOLDER == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        os.utime(path, (old, old))


def edit(folder: Path, numbers: Iterable[int], mark: str) -> None:
    """Change a word in each of these files, which are a second younger afterwards: git looks at whole seconds alone."""
    for at in numbers:
        path = folder / path_of(at)
        words, then = path.read_text(encoding="utf-8").split(" "), path.stat().st_mtime + 1
        place = len(words) // 2
        words[place] = words[place].partition("~")[0] + f"~{mark}"
        path.write_text(" ".join(words), encoding="utf-8")
        os.utime(path, (then, then))
