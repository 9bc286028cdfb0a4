"""Compare two neighbouring versions of one document: align, classify, and weigh what moved.

A pure function of two lists of statements, so that it can run in any process and its result can be cached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, count
from operator import is_not
from typing import NamedTuple

from monitor.core.alignment.align import differing
from monitor.core.alignment.matches import SAME_TEXT
from monitor.core.classification.classify import classify
from monitor.core.classification.compare import shortened
from monitor.core.text.normalize import normalize
from monitor.core.text.tokens import tokens_of
from monitor.model import (
    FIELD_SEPARATOR,
    Aspect,
    BlockKind,
    ChangeKind,
    Classification,
    Match,
    Significance,
    Statement,
    Wording,
    path_of,
)

MOVE = Classification(Significance.EDITORIAL, (), ("the same text in another place",))
_SHORT = 3  # words of a line that depends on the line before it: `No.`, `role: admin`


Run = tuple[int, int, int]
"""A stretch that both sides have: where it begins before and after, and its length."""


class Compared(NamedTuple):
    """One match that is not *unchanged in its place*, with what kind of change it is.

    `cause` says which event of the document it belongs to, if any; those of one `event` belong together.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    kind: ChangeKind
    similarity: float | None
    moved: bool
    classification: Classification | None  # None where one side is empty
    reasons: tuple[str, ...] = ()
    cause: str | None = None
    event: int = 0


class Comparison(NamedTuple):
    """What differs between two versions, and in `kept` what does not: runs (before, after, length)."""

    before_count: int
    after_count: int
    kept: tuple[Run, ...]
    changes: tuple[Compared, ...]


def unchanged(before: Wording, after: Wording) -> bool:
    """Text and links are the facts of a statement; what kind of block holds it is not."""
    return before.text == after.text and before.links == after.links


def compare(before: Sequence[Statement], after: Sequence[Statement], language: str | None = None) -> Comparison:
    """Every difference of two versions, in the order of the alignment; `language` is that of the version after."""
    start, between, end = differing(before, after)
    kept: list[Run] = []
    changes: list[Compared] = []
    _ends(before[:start], after[:start], (0, 0), kept, changes, language)
    for match in between:
        if len(match.before) == len(match.after) == 1:
            i, j = match.before[0], match.after[0]
            if not match.moved and (before[i] is after[j] or unchanged(before[i], after[j])):
                extend_runs(kept, i, j)
                continue
        changes.append(_compared(match, before, after, language))
    i, j = len(before) - end, len(after) - end
    _ends(before[i:], after[j:], (i, j), kept, changes, language)
    return Comparison(len(before), len(after), tuple(kept), tuple(changes))


def _ends(
    before: Sequence[Statement],
    after: Sequence[Statement],
    start: tuple[int, int],
    kept: list[Run],
    changes: list[Compared],
    language: str | None,
) -> None:
    """Equal texts in equal places, the first at `start`: what may differ are their links."""
    i, j = start
    begun = 0
    for at in compress(count(), map(is_not, before, after)):  # most are the very same value, and distinguished at once
        old, new = before[at], after[at]
        if not unchanged(old, new):
            extend_runs(kept, i + begun, j + begun, at - begun)
            changes.append(_change(Match((i + at,), (j + at,), 1.0, reasons=SAME_TEXT), [old], [new], language))
            begun = at + 1
    extend_runs(kept, i + begun, j + begun, len(before) - begun)


def extend_runs(kept: list[Run], i: int, j: int, more: int = 1) -> None:
    """One more run, or more of the last one where it goes on there."""
    if not more:
        return
    if kept:
        i0, j0, length = kept[-1]
        if i0 + length == i and j0 + length == j:
            kept[-1] = (i0, j0, length + more)
            return
    kept.append((i, j, more))


def _compared(match: Match, before: Sequence[Statement], after: Sequence[Statement], language: str | None) -> Compared:
    return _change(match, [before[i] for i in match.before], [after[j] for j in match.after], language)


def _change(match: Match, old: Sequence[Statement], new: Sequence[Statement], language: str | None) -> Compared:
    kind = kind_of(match, old, new)
    classification = None
    if kind is ChangeKind.MOVED:
        classification = MOVE
    elif len(old) == len(new) == 1 and old[0].kind is new[0].kind is BlockKind.FIELD and not old[0].links:
        classification = _of_fields(old[0], new[0], language)
    elif old and new:
        classification = classify(old, new, language)
    similarity = None if match.similarity is None else round(match.similarity, 4)
    return Compared(match.before, match.after, kind, similarity, match.moved, classification, match.reasons)


def _of_fields(old: Statement, new: Statement, language: str | None) -> Classification:
    """What changed of a field: another path is another fact; the quotes of a text that looks like a number are none."""
    (path, value), (new_path, new_value) = path_of(old.text), path_of(new.text)
    values = [one[1:-1] if one[:1] == one[-1:] == '"' and len(one) > 1 else one for one in (value, new_value)]
    if path == new_path and values[0] == values[1]:
        return Classification(
            Significance.EDITORIAL, (Aspect.TYPOGRAPHY,), ("typography: a value became a text or back",)
        )
    paths = (path, path) if path == new_path else ("", "")
    texts = [f"{one}{FIELD_SEPARATOR}{value}" if one else value for one, value in zip(paths, values, strict=True)]
    found = classify([Statement(texts[0])], [Statement(texts[1])], language)
    if path == new_path:
        return found
    aspects = tuple(aspect for aspect in Aspect if aspect is Aspect.WORDING or aspect in found.aspects)
    reason = f"wording: key {shortened(path)} → {shortened(new_path)}"
    return Classification(Significance.SUBSTANTIVE, aspects, (reason, *found.reasons))


def kind_of(match: Match, old: Sequence[Statement], new: Sequence[Statement]) -> ChangeKind:
    """The kind of a match, from its shape and whether the texts differ."""
    if not old:
        return ChangeKind.ADDED
    if not new:
        return ChangeKind.REMOVED
    if len(new) > 1:
        return ChangeKind.SPLIT
    if len(old) > 1:
        return ChangeKind.MERGED
    if not unchanged(old[0], new[0]):
        return ChangeKind.REVISED
    return ChangeKind.MOVED if match.moved else ChangeKind.UNCHANGED


def weigh_moves(
    before: Sequence[Statement],
    after: Sequence[Statement],
    kept: Iterable[Run],
    changes: Sequence[Compared],
) -> Sequence[Compared]:
    """The changes of two whole versions, with the moves that say something else as substantive ones."""
    if not any(change.moved for change in changes):
        return changes
    return _Places(before, after, kept, changes).weighed()


class _Places:
    """Where statements stand in two versions: under which heading, and behind which line.

    A statement that moved under another heading, or a short line that moved behind another line, says something else:
    an answer under another question, a role in another entry.
    """

    def __init__(
        self,
        before: Sequence[Statement],
        after: Sequence[Statement],
        kept: Iterable[Run],
        changes: Sequence[Compared],
    ) -> None:
        self.before, self.after, self.changes = before, after, changes
        self.headings = _headings(before), _headings(after)
        self.partner = {i + at: j + at for i, j, length in kept for at in range(length)}
        self.partner.update((i, change.after[0]) for change in changes if change.after for i in change.before)

    def weighed(self) -> list[Compared]:
        """The changes, with the moves that say something else as substantive ones."""
        return [self._weighed(change) for change in self.changes]

    def _weighed(self, change: Compared) -> Compared:
        judged = change.classification
        if not change.moved or judged is None or judged.significance is Significance.SUBSTANTIVE:
            return change
        reason = self._reason(change.before[0], change.after[0])
        if not reason:
            return change
        reasons = (reason, *(one for one in judged.reasons if judged is not MOVE))
        return change._replace(classification=Classification(Significance.SUBSTANTIVE, judged.aspects, reasons))

    def _reason(self, i: int, j: int) -> str:
        """Why a statement says something else where it is now; nothing where it does not."""
        old, new = self.headings[0][i], self.headings[1][j]
        if not self._same(old, new):
            was, now = (
                f"“{shortened(side[at].text)}”" if at >= 0 else "none"
                for side, at in ((self.before, old), (self.after, new))
            )
            return f"moved under another heading: {was} → {now}"
        if self.before[i].kind is BlockKind.HEADING:
            told = i + 1 < len(self.before) and j + 1 < len(self.after) and not self._same(i + 1, j + 1)
            return "moved in front of another text" if told else ""
        if i and j and self._depends(i, j) and not self._same(i - 1, j - 1):
            was, now = shortened(self.before[i - 1].text), shortened(self.after[j - 1].text)
            return f"moved behind another line: “{was}” → “{now}”"
        return ""

    def _same(self, i: int, j: int) -> bool:
        """Whether two places hold the same statement, or the same text; -1 is none."""
        if i < 0 or j < 0:
            return i == j
        return self.partner.get(i) == j or normalize(self.before[i].text) == normalize(self.after[j].text)

    def _depends(self, i: int, j: int) -> bool:
        """Whether a line says something only together with the one before it: a short one, no item of the same list.

        The first line of several that moved together begins something of its own.
        """
        line, ahead = self.before[i], self.before[i - 1]
        if line.kind in {BlockKind.ROW, BlockKind.FIELD, BlockKind.CAPTION}:
            return False
        if line.kind is ahead.kind is BlockKind.ITEM and line.level <= ahead.level and ahead.text[-1:] not in "?:？：":
            return False
        if i + 1 < len(self.before) and j + 1 < len(self.after) and self.partner.get(i + 1) == j + 1:
            return False
        return 0 < sum(token[0].isalnum() for token in tokens_of(line.text)) <= _SHORT


def _headings(statements: Sequence[Statement]) -> list[int]:
    """For each statement the place of the heading that it stands under, -1 where there is none."""
    found: list[int] = []
    open_headings: list[int] = []
    for at, statement in enumerate(statements):
        if statement.kind is BlockKind.HEADING:
            while open_headings and statements[open_headings[-1]].level >= statement.level:
                open_headings.pop()
        found.append(open_headings[-1] if open_headings else -1)
        if statement.kind is BlockKind.HEADING:
            open_headings.append(at)
    return found
