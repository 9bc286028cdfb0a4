"""Track documents from one snapshot to the next: which path continues which document.

First the same path, then the same bytes, then similar content. Only paths that appeared or vanished are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from monitor.core.text.normalize import normalize
from monitor.model import PathChange
from monitor.model.ledger import DocumentState

SIMILAR = 0.5  # share of word triples in common; git's own threshold for a rename, here over words
COMMON = 20  # a triple that occurs in more documents than this proves nothing


class Step(NamedTuple):
    """One document in one snapshot: `state` is what was known (None: new), path and blob what is now."""

    state: DocumentState | None
    path: str
    blob: str | None  # None: it is gone
    watching: bool | None = None  # whether the configuration begins or ceases to watch it; None: neither

    @property
    def number(self) -> int | None:
        """The document's number, where it was known before."""
        return self.state.number if self.state else None

    @property
    def path_before(self) -> str | None:
        return self.state.path if self.state else None

    @property
    def returns(self) -> bool:
        """Known, absent until now, and back."""
        return self.state is not None and not self.state.present and self.blob is not None


TextOf = Callable[[str, str], Sequence[str]]
"""(path, blob) -> the texts of its statements; empty where there are none to compare."""


def trace(
    changes: Sequence[PathChange],
    at_path: Mapping[str, DocumentState],
    by_blob: Mapping[str, DocumentState],
    text_of: TextOf,
    trivial: Callable[[str], bool] = lambda _blob: False,
    unwatched: Collection[str] = (),
) -> tuple[Step, ...]:
    """The document steps of one snapshot, in the order of their paths.

    `changes` are all paths whose bytes differ; `at_path` what the ledger knows at them: the present
    document, else the one that was last there; `by_blob` documents that are long gone, by the bytes
    that they last had. `trivial` says of which bytes (empty ones) equality proves nothing once the
    document is gone. `unwatched` are the paths that the configuration leaves out from now on: what
    was there stays as it was known, unless it goes on elsewhere.
    """
    steps: list[Step] = []
    appeared: list[PathChange] = []
    vanished: list[DocumentState] = []
    for change in changes:
        state = at_path.get(change.path)
        if change.after is None:
            if state is not None and state.present:
                vanished.append(state)
        elif state is not None and state.present:
            steps.append(Step(state, change.path, change.after, True if change.before is None else None))
        else:
            appeared.append(change)
    renamed = _same_bytes(vanished, appeared)
    left = [change for change in appeared if change.path not in renamed]
    for change in list(left):
        state = at_path.get(change.path)  # gone, and back under its own path
        if state is not None:
            renamed[change.path] = state
    taken = {state.number for state in renamed.values()}
    for change in (change for change in left if change.path not in renamed):
        state = by_blob.get(change.after or "")
        if state is not None and state.number not in taken and not trivial(change.after or ""):
            renamed[change.path] = state
            taken.add(state.number)
    loose = [change for change in appeared if change.path not in renamed]
    renamed |= _similar([state for state in vanished if state.number not in taken], loose, text_of)
    steps += [Step(renamed.get(change.path), change.path, change.after) for change in appeared]
    continued = {state.number for state in renamed.values()}
    steps += [_last_step(state, unwatched) for state in vanished if state.number not in continued]
    return tuple(sorted(steps, key=lambda step: (step.path, step.blob is None)))


def _last_step(state: DocumentState, unwatched: Collection[str]) -> Step:
    """The step of a document that is not there any more: it went, or is as it was and only left out."""
    left_out = state.path in unwatched
    return Step(state, state.path, state.blob if left_out else None, watching=False if left_out else None)


def _same_bytes(vanished: Iterable[DocumentState], appeared: Iterable[PathChange]) -> dict[str, DocumentState]:
    """Renames without an edit; of several candidates the one whose name, then whose folder is the same."""
    waiting: dict[str, list[DocumentState]] = defaultdict(list)
    for state in vanished:
        if state.blob is not None:
            waiting[state.blob].append(state)
    found: dict[str, DocumentState] = {}
    for change in appeared:
        candidates = waiting.get(change.after or "")
        if candidates:
            best = min(candidates, key=lambda state: (*_path_differences(state.path, change.path), state.path))
            candidates.remove(best)
            found[change.path] = best
    return found


def _path_differences(before: str, after: str) -> tuple[bool, bool]:
    """Whether name and folder of two paths differ."""
    folder_before, _, name_before = before.rpartition("/")
    folder_after, _, name_after = after.rpartition("/")
    return name_before != name_after, folder_before != folder_after


def _similar(
    vanished: Sequence[DocumentState], appeared: Sequence[PathChange], text_of: TextOf
) -> dict[str, DocumentState]:
    """Renames with an edit; each side in the order of its paths, so that ties are decided alike every time."""
    if not vanished or not appeared:
        return {}
    old, new = sorted(vanished, key=lambda state: state.path), sorted(appeared, key=lambda change: change.path)
    texts = [text_of(state.read_path, state.read_blob) if state.read_path and state.read_blob else () for state in old]
    pairs = similar(texts, [text_of(change.path, change.after or "") for change in new])
    return {new[j].path: old[i] for i, j in pairs}


def similar(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Which of the new documents (each its statements' texts) continue which of the old ones, as pairs of indices.

    Greedily the most similar pairs, by word triples (Dice), at least half of them shared; each document once.
    """
    old_bags, new_bags = [_triples(texts) for texts in old], [_triples(texts) for texts in new]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, bag in enumerate(old_bags):
        for triple in bag:
            holders[triple].append(i)
    similarities: list[tuple[float, int, int]] = []
    for j, bag in enumerate(new_bags):
        rivals = {i for triple in bag for i in holders.get(triple, ()) if len(holders[triple]) <= COMMON}
        for i in rivals:
            dice = 2 * (old_bags[i] & bag).total() / (old_bags[i].total() + bag.total())
            if dice >= SIMILAR:
                similarities.append((-dice, i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(similarities):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return sorted(pairs.items())


def _triples(texts: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Runs of three words over the whole document; a shorter text is one run."""
    words = [word for text in texts for word in normalize(text).split()]
    if not words:
        return Counter()
    if len(words) < 3:
        return Counter([tuple(words)])
    return Counter(zip(words, words[1:], words[2:], strict=False))
