"""Word edits of a revised pair: which words were deleted, inserted and kept.

Words are aligned without the white space between them. A small common word (`the`, a comma) that would split a
replaced phrase is made part of it, since people read the diff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, compress
from typing import Protocol, overload

from monitor.core.diff.sequences import ChangedRun, changed_runs, common_prefix, common_suffix
from monitor.core.text.tokens import tokens_of
from monitor.model import Edit

_SPACE = re.compile(r"\s*")
_CHUNK = re.compile(r"\S*")
_NEXT_CHUNK = re.compile(r"\S*\s+\S+")  # a whole one, behind what may be a part of one
_REMEMBERED = 4_000  # characters of a pair of texts whose edits are remembered: the same one changes in many documents
_SCRAP_WORDS = 2  # the most tokens that a scrap between two changes has
_SCRAP_LETTERS = 4  # and the longest word in it


def word_edits(before: str, after: str) -> tuple[Edit, ...]:
    """The edits that lead from `before` to `after`.

    All `before` joined equal the one text, all `after` the other; equal and changed edits alternate. Near linear: a
    long stretch without any word in common is one replacement.
    """
    if before == after:
        return (Edit("equal", before, after),) if before else ()
    # Only what lies between the equal ends is cut into words: mostly a few of many.
    start, end, one_word = _equal_ends(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    head, tail = before[:start], before[len(before) - end :]
    changed = [(old, new)] if one_word else _edited(old, new)
    return tuple(_merged([(head, head), *changed, (tail, tail)]))


@lru_cache(4096)
def _remembered_edits(before: str, after: str) -> tuple[Edit, ...]:
    return word_edits(before, after)


class HasText(Protocol):
    """What has a text: a side of a change, a revision."""

    @property
    def text(self) -> str: ...


class WordEdits(Sequence[Edit]):
    """The edits of two sides, several statements on one joined by a space; made when they are first looked at.

    Most of what is listed is only counted, filtered or told in part, and the edits are what costs.
    """

    __slots__ = ("_edits", "_sides")

    def __init__(self, before: Sequence[HasText], after: Sequence[HasText]) -> None:
        self._sides = before, after
        self._edits: tuple[Edit, ...] | None = None

    def _made(self) -> tuple[Edit, ...]:
        if self._edits is None:
            before, after = ([holder.text for holder in side] for side in self._sides)
            if len(before) == len(after) == 1 and len(before[0]) + len(after[0]) <= _REMEMBERED:
                self._edits = _remembered_edits(before[0], after[0])
            else:
                self._edits = edits_of(before, after)
        return self._edits

    @overload
    def __getitem__(self, at: int) -> Edit: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Edit]: ...

    def __getitem__(self, at: int | slice) -> Edit | Sequence[Edit]:
        return self._made()[at]

    def __len__(self) -> int:
        return len(self._made())

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._made() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())


def edits_of(before: Sequence[str], after: Sequence[str]) -> tuple[Edit, ...]:
    """The word diff of two sides; several statements on one are joined by a space."""
    if not before and not after:
        return ()
    old, new = " ".join(before), " ".join(after)
    if not before:
        return (Edit("insert", "", new),)
    if not after:
        return (Edit("delete", old, ""),)
    return word_edits(old, new)


def _edited(before: str, after: str) -> Iterator[tuple[str, str]]:
    left, right = _Words(before), _Words(after)
    runs = changed_runs(left.words, right.words)
    return _around_spaces(_text_pairs(left, right, _joined(left.words, runs)))


def _equal_ends(before: str, after: str) -> tuple[int, int, bool]:
    """How many characters at the start and at the end can be left out and the words be aligned alike; and whether one
    word is left on each side.

    A place between a word and white space parts tokens, whatever stands around it. The equal start ends at the last
    such place. The equal end begins behind the first words that differ, since those in front of them, which are
    aligned first, must not be taken away; and one chunk of it is kept, since white space in front of what stays goes
    with a change.
    """
    start = differs = common_prefix(before, after)
    while not (_is_between(before, start) and _is_between(after, start)):
        start -= 1
    ends = [_end(_CHUNK, text, start) for text in (before, after)]
    if before[ends[0] :] == after[ends[1] :] and _is_word(before[start : ends[0]]) and _is_word(after[start : ends[1]]):
        return start, len(before) - ends[0], True
    words = [_end(_SPACE, text, differs) for text in (before, after)]
    if before[words[0] : words[0] + 1] == after[words[1] : words[1] + 1]:
        return start, 0, False
    most = min(len(text) - _end(_CHUNK, text, at) for text, at in zip((before, after), words, strict=True))
    first = len(before) - common_suffix(before, after, most)
    return start, len(before) - _end(_NEXT_CHUNK, before, first), False


def _is_word(chunk: str) -> bool:
    return len(tokens_of(chunk)) == 1


def _is_between(text: str, at: int) -> bool:
    """Whether this place parts a word from white space, or is an end of the text."""
    return at in (0, len(text)) or text[at - 1].isspace() is not text[at].isspace()


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern ends that begins here; the end of the text where there is none."""
    found = pattern.match(text, start)
    return found.end() if found else len(text)


class _Words:
    """A text's tokens that are not white space, with their offsets."""

    __slots__ = ("ends", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        tokens = tokens_of(text)
        solid = [not token.isspace() for token in tokens]
        places = list(accumulate(map(len, tokens), initial=0))
        self.words: list[str] = list(compress(tokens, solid))
        self.starts: list[int] = list(compress(places, solid))
        self.ends: list[int] = list(compress(places[1:], solid))

    def gap(self, start: int, end: int) -> str:
        """The text of words start..end with the white space on both sides of them."""
        begin = self.ends[start - 1] if start else 0
        stop = self.starts[end] if end < len(self.starts) else len(self.text)
        return self.text[begin:stop]


def _joined(words: Sequence[str], runs: Sequence[ChangedRun]) -> list[ChangedRun]:
    """Runs that are parted by a scrap alone become one, where both replace and outweigh it."""
    joined: list[ChangedRun] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and _is_scrap(words[last.before_end : run.before_start]) and _outweigh(last, run):
            joined[-1] = ChangedRun(last.before_start, run.before_end, last.after_start, run.after_end)
        else:
            joined.append(run)
    return joined


def _is_scrap(words: Sequence[str]) -> bool:
    return len(words) <= _SCRAP_WORDS and all(len(word) <= _SCRAP_LETTERS and not word[0].isdigit() for word in words)


def _outweigh(first: ChangedRun, second: ChangedRun) -> bool:
    sizes = (first.before_end - first.before_start, first.after_end - first.after_start)
    others = (second.before_end - second.before_start, second.after_end - second.after_start)
    return min(*sizes, *others) > 0 and max(*sizes, *others) > 1


def _text_pairs(left: _Words, right: _Words, runs: Iterable[ChangedRun]) -> Iterator[tuple[str, str]]:
    """Pairs of text that cover both sides in order."""
    i = j = 0
    for run in runs:
        yield from _equal_words(left, right, i, run.before_start, j)
        yield left.gap(run.before_start, run.before_end), right.gap(run.after_start, run.after_end)
        i, j = run.before_end, run.after_end
    yield from _equal_words(left, right, i, len(left.words), j)
    if i < len(left.words) or not runs:
        yield left.gap(len(left.words), len(left.words)), right.gap(len(right.words), len(right.words))


def _equal_words(left: _Words, right: _Words, start: int, end: int, after: int) -> Iterator[tuple[str, str]]:
    """Words start..end, which stand on both sides, and the white space between them."""
    if start == end:
        return
    if not (start or after):
        yield left.gap(0, 0), right.gap(0, 0)
    old = left.text[left.starts[start] : left.ends[end - 1]]
    if old == right.text[right.starts[after] : right.ends[after + end - start - 1]]:  # as nearly always
        yield old, old
        return
    for i in range(start, end):
        j = after + i - start
        if i > start:
            yield left.gap(i, i), right.gap(j, j)
        yield left.words[i], right.words[j]


def _around_spaces(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pieces, with white space that both parts of a changed one begin or end with set apart."""
    for before, after in pairs:
        if before == after:
            yield before, after
            continue
        head = _common_space(before, after)
        tail = _common_space(before[head:][::-1], after[head:][::-1])
        yield before[:head], after[:head]
        yield before[head : len(before) - tail], after[head : len(after) - tail]
        yield before[len(before) - tail :], after[len(after) - tail :]


def _common_space(before: str, after: str) -> int:
    spaces = len(before) - len(before.lstrip())
    return common_prefix(before[:spaces], after) if spaces else 0


def _merged(pairs: Iterable[tuple[str, str]]) -> Iterator[Edit]:
    """Neighbouring pieces of the same kind, equal or changed, as one edit each."""
    old: list[str] = []
    new: list[str] = []
    same = True
    for one, other in pairs:
        if not (one or other):
            continue
        if (one == other) is not same:
            if old:
                yield _edit(old, new, equal=same)
            old, new, same = [], [], not same
        old.append(one)
        new.append(other)
    if old:
        yield _edit(old, new, equal=same)


def _edit(old: Sequence[str], new: Sequence[str], *, equal: bool) -> Edit:
    before, after = "".join(old), "".join(new)
    if equal:
        return Edit("equal", before, after)
    return Edit("replace" if before and after else "insert" if after else "delete", before, after)
