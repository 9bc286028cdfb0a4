"""Recognise a renumbering: headings, clauses, captions and notes that got other numbers, and the references to them.

A statement's label is the number or letter at its beginning, or its place in the only list. Labels of statements that
the alignment linked tell which number became which. A reference that changed with what it names follows the
renumbering, and is form. One that stays behind names something else now, although its text is the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from monitor.core.alignment.matches import SAME_TEXT
from monitor.core.classification.classify import classify
from monitor.core.classification.compare import Side
from monitor.core.classification.numbering import reference_ranges
from monitor.core.text.language import lists_of
from monitor.core.text.normalize import normalize
from monitor.core.text.words import Words
from monitor.core.tracking.compare import Compared, Run, extend_runs
from monitor.model import Aspect, BlockKind, ChangeKind, Classification, Significance, Statement

CAUSE = "renumbering"

_LABEL = re.compile(
    r"(?:(?P<lead>[^\W\d_]+\.?|§§?)\s*)?(?P<open>[(\[]?)"
    r"(?P<label>\d{1,4}(?:\.\d{1,4})*(?:bis|ter|quater|[A-Za-z])?|[ivxlcIVXLC]{1,6}|[A-Za-z])"
    r"(?P<close>[.)\]:]|\s?[–—-](?=\s)|(?=\s|$))(?=\s|$|(?<=\]))"
)
_SIBLINGS = 2  # clauses of one section, at least
_NOTE = "note"
_NOTE_TEXT = re.compile(r" [^\W\d_a-z]\w*\W+\w")  # two words, the first with a capital
_CLAUSE = re.compile(r"\d{1,3}(?:\.\d{1,3})+\s+[^\W\d_a-z]")  # 4.2 The tenant; not 1.2M views
_NOTE_MARKS = re.compile(r"\[(\d{1,3})\]")
# What a bare number at the beginning of a heading or a clause is not referred to by: table, figure, page, note, annex.
_APART = re.compile(
    "tab|fig|abb|eq|pag|pág|pp|seite|blad|blz|foot|note|nota|fuss|voetn|ref|str|ann?ex|app|anh|anl|alleg|bijl|sched|exh"
    "|rys|zał|рис|табл|стр|прил|дод|quadro"
)
_OTHERS = frozenset(
    {"of", "des", "der", "du", "de", "del", "della", "dello", "dell", "do", "da", "das", "van", "ustawy", "закона"}
)
_OWN = frozenset({"this", "these", "present", "dieses", "dieser", "présent", "présente", "presente", "questo", "dit"})
_REFERENCE = "(reference)"
_MARK = "(mark)"

Name = tuple[str, str]
"""A label with the kind of word that leads to it: (`section`, `3`), and (``, `3`) for a bare one."""


class _Label(NamedTuple):
    name: Name
    start: int  # where the number stands in the text
    end: int
    rank: (
        int  # whose label counts where several statements have it: 0 for headings and captions, 2 for places in a list
    )


class _Numbers(NamedTuple):
    """Which label became which; `gone` are those whose statements are no more, while others bear them now.

    `listed` are places in a list, which no text shows.
    """

    became: Mapping[Name, Name]
    gone: frozenset[Name]
    listed: frozenset[Name]

    @property
    def changed(self) -> bool:
        """Whether anything got another number."""
        return any(old != new for old, new in self.became.items())


def renumbered(
    sides: tuple[Sequence[Statement], Sequence[Statement]],
    places_in_lists: Callable[[], tuple[Mapping[int, int], Mapping[int, int]]],
    kept: list[Run],
    changes: Sequence[Compared],
    language: str | None,
) -> tuple[list[Run], Sequence[Compared]]:
    """The unchanged runs and the changes of two versions, judged with what the renumbering explains.

    `places_in_lists` gives the place, from 1, of statements that begin an item of a list. References that stayed behind
    are taken out of the unchanged runs, and are substantive revisions whose text is the same.
    """
    if not any(_shows(change, sides) for change in changes):
        return kept, changes
    words = lists_of((" ".join(one.text for one in sides[1][:50]), ""), language)
    numbers = _numbers(sides, places_in_lists(), kept, changes, words)
    if not numbers.became:
        return kept, changes
    judge = _Judge(sides, numbers, words, language)
    judged = [judge.changed(change) for change in changes]
    if not numbers.changed or not any(change.cause == CAUSE for change in judged):
        return kept, judged
    behind = list(judge.left_behind(kept, followed=judge.followed))
    if not behind:
        return kept, judged
    return _without(kept, {change.before[0] for change in behind}), _in_order([*judged, *behind])


def _shows(change: Compared, sides: tuple[Sequence[Statement], Sequence[Statement]]) -> bool:
    """Whether a change may be one of a label or of a reference."""
    if change.kind is not ChangeKind.REVISED or change.classification is None:
        return False
    if any(reason.endswith((_REFERENCE, _MARK)) for reason in change.classification.reasons):
        return True
    old, new = (_LABEL.match(side[at[0]].text) for side, at in zip(sides, (change.before, change.after), strict=True))
    return old is not None and new is not None and old["label"] != new["label"]


def _moved_elsewhere(change: Compared) -> bool:
    """Whether a statement says something else where it is now, whatever its number."""
    reasons = change.classification.reasons if change.classification else ()
    return change.moved and any(reason.startswith("moved ") for reason in reasons)


def _in_order(changes: Iterable[Compared]) -> list[Compared]:
    """By the place after; what was removed keeps its place behind the change that it followed."""
    found, at = [], -1
    for change in changes:
        at = change.after[0] if change.after else at
        found.append((at, change))
    return [change for _, change in sorted(found, key=lambda pair: pair[0])]


def _without(kept: Iterable[Run], places: set[int]) -> list[Run]:
    """The runs without some statements of the side before."""
    found: list[Run] = []
    for i, j, length in kept:
        for step in range(length):
            if i + step not in places:
                extend_runs(found, i + step, j + step)
    return found


# --- labels -------------------------------------------------------------------------------------


def _numbers(
    sides: tuple[Sequence[Statement], Sequence[Statement]],
    places_in_lists: tuple[Mapping[int, int], Mapping[int, int]],
    kept: Iterable[Run],
    changes: Iterable[Compared],
    words: Words,
) -> _Numbers:
    labels = [_labels(side, places, words) for side, places in zip(sides, places_in_lists, strict=True)]
    before, after = (_unique(side) for side in labels)
    partner = {i + step: j + step for i, j, length in kept for step in range(length)}
    partner.update((change.before[0], change.after[0]) for change in changes if change.before and change.after)
    named = {j: name for name, j in after.items()}
    became = {}
    gone = set()
    for name, i in before.items():
        new = named.get(partner.get(i, -1))
        if new is not None and new[0] == name[0]:
            became[name] = new
        elif i not in partner and name in after and not labels[0][i].rank:
            gone.add(name)
    return _Numbers(became, frozenset(gone), frozenset(name for name, i in before.items() if labels[0][i].rank > 1))


def _labels(side: Sequence[Statement], places: Mapping[int, int], words: Words) -> dict[int, _Label]:
    """The labels of one version by the places of the statements that bear them."""
    leaders = words.groups("reference.words")
    found: dict[int, _Label] = {}
    bare: dict[int, _Label] = {}
    for at, statement in enumerate(side):
        label = label_of(statement, leaders)
        if label is not None:
            (bare if label.name[0] == _NOTE and statement.text[0].isdigit() else found)[at] = label
        elif at in places:
            found[at] = _Label(("", str(places[at])), 0, 0, 2)
    clauses = [at for at, label in found.items() if label.rank == 1 and _CLAUSE.match(side[at].text)]
    siblings = Counter(_above(label.name[1]) for label in found.values())
    for at in clauses:  # one alone is an amount: 1.5 Billion people
        if siblings[_above(found[at].name[1])] < _SIBLINGS:
            del found[at]
    # A figure numbers a note among others that are counted from 1; else it is an amount.
    for at, label in bare.items():
        first = at - int(label.name[1]) + 1
        if all(here in bare and bare[here].name[1] == str(here - first + 1) for here in range(first, at + 1)):
            found[at] = label
    return found


def _above(label: str) -> str:
    return label.rpartition(".")[0]


def label_of(statement: Statement, leaders: Mapping[str, str]) -> _Label | None:
    """The label at the beginning of a statement."""
    found = _LABEL.match(statement.text)
    if found is None or statement.kind in {BlockKind.ROW, BlockKind.FIELD}:
        return None
    label, close = found["label"], found["close"].strip()
    heads = statement.kind in {BlockKind.HEADING, BlockKind.CAPTION}
    lead = (found["lead"] or "").rstrip(".").casefold()
    number = label[0].isdigit()
    if lead:
        if lead not in leaders or not (heads or close or lead[0] == "§"):
            return None
        name = leaders[lead]
    elif found["open"] == "[" and number:
        name = _NOTE
    elif close or (heads and number) or _CLAUSE.match(statement.text):
        name = ""
    elif label.isdecimal() and _NOTE_TEXT.match(statement.text, found.end()):
        name = _NOTE
    else:
        return None
    return _Label((name, label), *found.span("label"), 0 if heads else 1)


def _unique(labels: Mapping[int, _Label]) -> dict[Name, int]:
    """The place of each label that one statement alone bears, among those whose label counts most."""
    of_name: defaultdict[Name, list[tuple[int, int]]] = defaultdict(list)
    for at, label in labels.items():
        of_name[label.name].append((label.rank, at))
    found = {}
    for name, places in of_name.items():
        places.sort()
        if len(places) == 1 or places[0][0] < places[1][0]:
            found[name] = places[0][1]
    return found


# --- judging ------------------------------------------------------------------------------------


class _Judge:
    """Judges changes by comparing what a statement would say now had it followed with what it says."""

    def __init__(
        self,
        sides: tuple[Sequence[Statement], Sequence[Statement]],
        numbers: _Numbers,
        words: Words,
        language: str | None,
    ) -> None:
        self._before, self._after = sides
        self._numbers, self._language = numbers, language
        self._leaders = words.groups("reference.words")
        self._kinds = {name[0] for name in numbers.became} | {name[0] for name in numbers.gone}
        self.followed = False  # whether any reference did

    def changed(self, change: Compared) -> Compared:
        """A change as it is with what the renumbering explains."""
        if not (change.before and change.after) or change.classification is None:
            return change
        if change.kind is not ChangeKind.REVISED or _moved_elsewhere(change):
            return change
        old, new = self._before[change.before[0]], self._after[change.after[0]]
        if change.classification.significance is Significance.EDITORIAL and all(
            reason.endswith(_MARK) for reason in change.classification.reasons
        ):
            return self._marked(change, old.text, new.text)
        rewritten, reasons = self._renumbered_text(old, new)
        if rewritten == old.text:
            return change
        if normalize(rewritten) == normalize(new.text) and old.links == new.links:
            judged = Classification(Significance.EDITORIAL, (Aspect.TYPOGRAPHY,), tuple(reasons))
        else:
            judged = classify([Statement(rewritten, links=old.links)], [new], self._language)
            if judged.significance is Significance.SUBSTANTIVE:
                return change._replace(classification=judged)
            judged = judged._replace(reasons=(*reasons, *judged.reasons))
        self.followed |= any(_REFERENCE in reason for reason in reasons)
        return change._replace(classification=judged, cause=CAUSE)

    def _marked(self, change: Compared, old: str, new: str) -> Compared:
        """A change of marks alone: part of the renumbering, unless a mark leads to another note now."""
        became = self._numbers.became
        marks = [_NOTE_MARKS.findall(text) for text in (old, new)]
        reasons = [
            f"wording: [{was}] → [{now}] leads to another note {_REFERENCE}"
            for was, now in zip(*marks, strict=False)
            if len(marks[0]) == len(marks[1]) and became.get((_NOTE, was), (_NOTE, now)) != (_NOTE, now)
        ]
        if reasons:
            judged = Classification(Significance.SUBSTANTIVE, (Aspect.WORDING,), tuple(reasons))
            return change._replace(classification=judged)
        return change._replace(cause=CAUSE) if self._numbers.changed else change

    def left_behind(self, kept: Iterable[Run], *, followed: bool) -> Iterator[Compared]:
        """The unchanged statements with a reference that names something else now."""
        for i, j in chain.from_iterable(zip(range(i, i + n), range(j, j + n), strict=True) for i, j, n in kept):
            text = self._before[i].text
            reasons = []
            for name, was, _ in self._references(text):
                now = self._numbers.became.get(name)
                if name in self._numbers.gone:
                    reasons.append(f"wording: {was} names something else now {_REFERENCE}")
                elif now is not None and now != name and (followed or name not in self._numbers.listed):
                    reasons.append(f"wording: what was {was} is {now[1]} now, the text still says {was} {_REFERENCE}")
            if reasons:
                judged = Classification(Significance.SUBSTANTIVE, (Aspect.WORDING,), tuple(reasons))
                yield Compared((i,), (j,), ChangeKind.REVISED, 1.0, False, judged, SAME_TEXT)  # noqa: FBT003 - `moved`

    def _renumbered_text(self, old: Statement, new: Statement) -> tuple[str, list[str]]:
        """The text before with the numbers that what it names has now, and which they are."""
        replaced: list[tuple[int, int, str]] = []
        reasons = []
        own, other = (label_of(one, self._leaders) for one in (old, new))
        if own and other and own.name[0] == other.name[0] and self._numbers.became.get(own.name) == other.name:
            label = new.text[other.start : other.end]
            replaced.append((own.start, own.end, label))
            reasons.append(f"typography: {own.name[1]} → {label} (renumbered)")
        for name, was, (start, end) in self._references(old.text):
            now = self._numbers.became.get(name)
            if now is not None and now != name and not (replaced and start < replaced[0][1]):
                suffix = was[len(name[1]) :]
                replaced.append((start, end, now[1] + suffix))
                reasons.append(f"typography: {was} → {now[1]}{suffix} follows the renumbering {_REFERENCE}")
        text = old.text
        for start, end, label in sorted(replaced, reverse=True):
            text = text[:start] + label + text[end:]
        return text, reasons

    def _references(self, text: str) -> Iterator[tuple[Name, str, tuple[int, int]]]:
        """The labels that a text refers to: the name of what it means here, the label, and where that stands."""
        side = Side(text)
        for leader, labels in reference_ranges(side, self._leaders.keys()):
            if not labels or self._is_of_others(side, labels.stop):
                continue
            for run in _label_runs(side, labels):
                start, end = side.starts[run.start], side.starts[run.stop - 1] + len(side.words[run.stop - 1])
                name = self._named(self._leaders[leader], text[start:end])
                if name is not None:
                    yield name, text[start:end], (start, end)

    def _named(self, kind: str, label: str) -> Name | None:
        """What a reference means among the labels before; of `3.1.2` the nearest above it that has one."""
        kinds = [own for own in sorted(self._kinds, key=lambda own: own != kind) if own and _same_kind(own, kind)]
        if not kinds and "" in self._kinds and not _APART.match(kind):
            kinds = [""]
        while label:
            for own in kinds:
                if (own, label) in self._numbers.became or (own, label) in self._numbers.gone:
                    return own, label
            label = label.rpartition(".")[0]
        return None

    def _is_of_others(self, side: Side, end: int) -> bool:
        """Whether a reference is one to another document: `section 3 of the Act`, `§ 3 BGB`."""
        if end >= len(side.keys):
            return False
        if side.keys[end] in _OTHERS:
            return not any(key in _OWN for key in side.keys[end + 1 : end + 3])
        return sum(map(str.isupper, side.words[end])) > 1


def _same_kind(one: str, other: str) -> bool:
    """Whether two words lead to the same kind of place: one may be short for the other (`art`, `artikel`)."""
    return one == other or (min(len(one), len(other)) > 2 and (one.startswith(other) or other.startswith(one)))


def _label_runs(side: Side, labels: range) -> Iterator[range]:
    """The tokens of each label: `3`, `3` and `a` where they touch; not the `2` of `3(2)`."""
    at = labels.start
    while at < labels.stop:
        ahead = side.keys[at - 1] if at > labels.start else ""
        if not side.keys[at][0].isalnum() or (ahead == "(" and at - 1 > labels.start) or len(side.keys[at]) > 8:
            at += 1
            continue
        if side.keys[at].isalpha() and len(side.keys[at]) > 1 and not set(side.keys[at]) <= set("ivxlc"):
            at += 1  # and, to
            continue
        end = at + 1
        while end < labels.stop and not side.spaced(end) and side.keys[end].isalpha() and len(side.keys[end]) < 7:
            end += 1
        yield range(at, end)
        at = end
