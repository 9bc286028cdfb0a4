"""Compare two versions that are further apart than one snapshot: a statement keeps its identity.

The versions are aligned as neighbours are. Where the alignment and the ids of the statements disagree, the ids are
followed, and what is left without a partner there is aligned again on its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from monitor.core.alignment.similarity import Similarity
from monitor.core.classification.classify import classify
from monitor.core.diff.redline import increasing
from monitor.core.text.normalize import normalize
from monitor.core.tracking.compare import (
    MOVE,
    Compared,
    compare,
    extend_runs,
    kind_of,
    unchanged,
    weigh_moves,
)
from monitor.core.tracking.versions import compare_blocks
from monitor.model import ChangeKind, CutBlock, Match, Statement, Wording

SAME_STATEMENT = ("the same statement, followed through the versions between",)


def compare_by_identity(
    before: Sequence[CutBlock],
    after: Sequence[CutBlock],
    ids: tuple[Sequence[str], Sequence[str]],
    elsewhere: tuple[Collection[int], Collection[int]] = ((), ()),
    language: str | None = None,
) -> Sequence[Compared]:
    """What differs between two versions; `ids` are those of the statements on both sides.

    `elsewhere` has the ordinals on both sides of statements that are in another document on the other side: nothing is
    said of them. `language` is that of the version after.
    """
    found = compare_blocks(before, after, language)
    matches = [
        Match((i + at,), (j + at,), 1.0) for i, j, length in found.kept for at in range(length)
    ]  # unchanged in their places
    known = {(change.before, change.after): change for change in found.changes}
    matches += [Match(one.before, one.after, one.similarity, one.moved, one.reasons) for one in found.changes]
    there = {identity: j for j, identity in enumerate(ids[1])}
    partner = {i: there[identity] for i, identity in enumerate(ids[0]) if identity in there}
    back = {j: i for i, j in partner.items()}
    agreed, loose = _sorted_out(matches, partner, back, elsewhere)
    if not loose[0] and not loose[1]:
        return found.changes
    old = list(chain.from_iterable(block.statements for block in before))
    new = list(chain.from_iterable(block.statements for block in after))
    paired = {i for i in loose[0] if partner.get(i) in loose[1]}
    agreed += [Match((i,), (partner[i],), None, reasons=SAME_STATEMENT) for i in sorted(paired)]
    free = (
        sorted(i for i in loose[0] if i not in paired and i not in elsewhere[0]),
        sorted(j for j in loose[1] if back.get(j) not in paired and j not in elsewhere[1]),
    )
    again = compare([old[i] for i in free[0]], [new[j] for j in free[1]], language)
    for i, j, length in again.kept:
        agreed += [Match((free[0][i + at],), (free[1][j + at],), 1.0) for at in range(length)]
    for one in again.changes:
        sides = tuple(free[0][i] for i in one.before), tuple(free[1][j] for j in one.after)
        agreed.append(Match(*sides, one.similarity, reasons=one.reasons))
    kept: list[tuple[int, int, int]] = []
    changes: list[Compared] = []
    for match in _with_moves(agreed):
        sure = known.get((match.before, match.after))
        if sure is not None and sure.moved == match.moved:
            changes.append(sure)
            continue
        judged = _judged(match, old, new, language)
        if judged.kind is ChangeKind.UNCHANGED:
            extend_runs(kept, match.before[0], match.after[0])
        else:
            changes.append(judged)
    return weigh_moves(old, new, kept, changes)


def _sorted_out(
    matches: Sequence[Match],
    partner: dict[int, int],
    back: dict[int, int],
    elsewhere: tuple[Collection[int], Collection[int]],
) -> tuple[list[Match], tuple[set[int], set[int]]]:
    """The matches that agree with the ids, and the ordinals on both sides of the others."""
    agreed: list[Match] = []
    loose: tuple[set[int], set[int]] = set(), set()
    for match in matches:
        here = all(i not in elsewhere[0] and (i not in partner or partner[i] in match.after) for i in match.before)
        if here and all(j not in elsewhere[1] and (j not in back or back[j] in match.before) for j in match.after):
            agreed.append(match)
        else:
            loose[0].update(match.before)
            loose[1].update(match.after)
    return agreed, loose


def _with_moves(matches: Sequence[Match]) -> Iterator[Match]:
    """The matches by their place after, with those marked as moved that are outside the largest run in order."""
    order = set(increasing((match.before[0], match.after[0]) for match in matches if match.before and match.after))
    for match in sorted(matches, key=lambda one: (one.after[:1] or one.before[:1], one.before)):
        both = bool(match.before and match.after)
        yield match._replace(moved=both and (match.before[0], match.after[0]) not in order)


def _judged(match: Match, old: Sequence[Statement], new: Sequence[Statement], language: str | None) -> Compared:
    sides = [old[i] for i in match.before], [new[j] for j in match.after]
    kind = kind_of(match, *sides)
    judged = None
    if kind is ChangeKind.MOVED:
        judged = MOVE
    elif sides[0] and sides[1] and not (len(sides[0]) == len(sides[1]) == 1 and unchanged(sides[0][0], sides[1][0])):
        judged = classify(*sides, language)
    similarity = match.similarity
    if similarity is None and sides[0] and sides[1]:
        similarity = likeness(sides[0][0], sides[1][0])
    return Compared(match.before, match.after, kind, similarity, match.moved, judged, match.reasons)


def likeness(before: Wording, after: Wording) -> float:
    """How similar two texts are, 0 to 1, as the alignment rates them."""
    return round(Similarity([normalize(before.text)], [normalize(after.text)]).of(0, 0), 4)
