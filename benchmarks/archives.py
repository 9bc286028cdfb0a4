"""Version pairs out of the corpora's histories: unrelated documents, and versions far apart with what links them.

Nobody aligned these by hand. What is known of them: documents that have nothing to do with each other share no
statement but boilerplate, so links between them are chance; and versions far apart are joined by a chain of
neighbouring versions, in which each step is small and easy.
"""

from __future__ import annotations

import random
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from known_changes import statements

from monitor.core.alignment.align import align
from monitor.core.text.normalize import normalize
from monitor.model import Statement

HISTORIES = (
    "github-site-policy",
    "ota-pga-versions",
    "ota-vlopses-us-versions",
    "travel-advisories-australia",
    "travel-advisories-canada",
)
FEWEST, MOST = 8, 700  # statements of a version that is looked at
STEPS = 10  # neighbouring versions in a chain
SURE = 0.6  # the similarity below which a step of a chain proves nothing

Version = tuple[Statement, ...]


class Far(NamedTuple):
    """Two versions far apart; links that a chain of neighbours proves, and statements of which it proves nothing."""

    before: Version
    after: Version
    links: frozenset[tuple[int, int]]
    unsure: tuple[frozenset[int], frozenset[int]]


class History:
    """A bare clone of one of the corpora's histories."""

    def __init__(self, bundle: Path, clone: Path) -> None:
        self._clone = str(clone)
        if not clone.exists():
            subprocess.run(["git", "clone", "--quiet", "--bare", str(bundle), self._clone], check=True)
        self.version = cache(self._version)

    def documents(self) -> dict[str, list[str]]:
        """Markdown documents by path: the blobs of their versions, oldest first."""
        log = ["-c", "core.quotePath=false", "log", "--first-parent", "--reverse", "--raw", "--no-abbrev", "--format="]
        found: defaultdict[str, list[str]] = defaultdict(list)
        for line in self._git(*log, "--no-renames", "HEAD").splitlines():
            facts, _, path = line.partition("\t")
            fields = facts.split()
            if len(fields) == 5 and fields[4] in ("A", "M") and path.endswith(".md"):
                found[path].append(fields[3])
        return dict(sorted(found.items()))

    def _version(self, blob: str) -> Version:
        return statements(self._git("cat-file", "blob", blob))

    def _git(self, *words: str) -> str:
        return subprocess.run(["git", "-C", self._clone, *words], check=True, capture_output=True).stdout.decode(
            "utf-8", "replace"
        )


def unrelated(history: History, count: int, chance: random.Random) -> Iterator[tuple[Version, Version]]:
    """Pairs of documents under other folders and of other names: another company's, and of another kind."""
    documents = history.documents()
    paths = list(documents)
    while count:
        one, other = chance.sample(paths, 2)
        if set(Path(one).parts) & set(Path(other).parts[1:]) or Path(one).parent == Path(other).parent:
            continue
        versions = history.version(documents[one][-1]), history.version(documents[other][-1])
        if all(FEWEST <= len(version) <= MOST for version in versions):
            count -= 1
            yield versions


def far_apart(history: History, count: int, chance: random.Random) -> Iterator[Far]:
    """Versions of one document, STEPS versions apart where it has so many."""
    several = [blobs for blobs in history.documents().values() if len(blobs) > 2]
    for blobs in chance.sample(several, len(several)):
        start = chance.randrange(max(1, len(blobs) - STEPS))
        chain = [history.version(blob) for blob in blobs[start : start + STEPS + 1]]
        if all(FEWEST <= len(version) <= MOST for version in chain) and chain[0] != chain[-1] and steady(chain):
            yield chained(chain)
            count -= 1
        if not count:
            return


def steady(versions: Sequence[Version]) -> bool:
    """Whether neighbours share half of their texts: a page that failed to load for a while breaks the chain."""
    texts = [{normalize(one.text) for one in version} for version in versions]
    return all(2 * len(one & other) >= max(len(one), len(other)) for one, other in pairwise(texts))


def chained(versions: Sequence[Version]) -> Far:
    """What a chain of neighbouring versions says of its two ends."""
    origins: list[frozenset[int] | None] = [frozenset([i]) for i in range(len(versions[0]))]
    lost: set[int] = set()
    for before, after in pairwise(versions):
        origins = _step(before, after, origins, lost)
    links = frozenset((i, j) for j, known in enumerate(origins) for i in known or ())
    return Far(
        versions[0], versions[-1], links, (frozenset(lost), frozenset(j for j, k in enumerate(origins) if k is None))
    )


def _step(
    before: Version, after: Version, origins: Sequence[frozenset[int] | None], lost: set[int]
) -> list[frozenset[int] | None]:
    """The first version's statements of each of the next one's; None where the step is unsure."""
    following: list[frozenset[int] | None] = [frozenset()] * len(after)
    for match in align(before, after).matches:
        if match.similarity is None:
            continue
        known = [origins[i] for i in match.before]
        told = frozenset[int]().union(*(one for one in known if one is not None))
        if match.similarity < SURE or None in known:
            lost |= told
            told_or_not = None
        else:
            told_or_not = told
        for j in match.after:
            following[j] = told_or_not
    return following


def judged(pair: Far, links: set[tuple[int, int]]) -> tuple[int, int, int]:
    """(right, expected, found) of links between texts that differ, where the chain proves something.

    Texts that stand on both sides are left out: what went and came back is the same, and the chain cannot say so.
    """
    same = {normalize(one.text) for one in pair.before} & {normalize(one.text) for one in pair.after}
    out_before = pair.unsure[0].union(i for i, one in enumerate(pair.before) if normalize(one.text) in same)
    out_after = pair.unsure[1].union(j for j, one in enumerate(pair.after) if normalize(one.text) in same)

    def told(given: set[tuple[int, int]] | frozenset[tuple[int, int]]) -> set[tuple[int, int]]:
        return {(i, j) for i, j in given if i not in out_before and j not in out_after}

    gold, found = told(pair.links), told(links)
    return len(gold & found), len(gold), len(found)
