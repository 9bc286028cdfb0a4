"""Numbers and letters that number a text: list markers, heading numbers, footnote marks and references."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side
from monitor.core.text.words import Words
from monitor.model import Aspect

_BULLETS = frozenset("-*•‣◦▪●·+#>")
_NOTE_TOKENS = 12  # the longest footnote mark that is looked for: [3, 4, 7-9]
_NUMERALS = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"})
_JOINS = frozenset({",", "-", "and", "to", "(", ")", ".", "und", "bis", "et", "y", "or", "/"})


class Marks(NamedTuple):
    """The tokens of one side that mark a place: at its head, in a footnote mark, in a reference to a section."""

    head: frozenset[int]
    notes: frozenset[int]  # with figures, tables and pages, which are numbered by where they stand
    references: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.head | self.notes | self.references


def concerns(comparison: Comparison) -> bool:
    """Whether any changed token could be, or belong to, a mark."""
    leaders = comparison.words.groups("reference.words")
    notes = comparison.words.set("reference.marks")
    return any(
        len(key) == 1 or key[0].isdigit() or key in _NUMERALS or key in leaders or key in notes
        for key in comparison.changed_keys
    )


def marks_in(side: Side, words: Words) -> Marks:
    """The marks of one side."""
    head = frozenset(range(_head_end(side, words)))
    placed = words.set("reference.placed")
    notes = frozenset(_notes(side, words)) | frozenset(_references(side, placed))
    references = frozenset(_references(side, words.groups("reference.words").keys() - placed))
    return Marks(head, notes - head, references - head)


def find(comparison: Comparison, before: Marks, after: Marks) -> Iterator[Finding]:
    """Marks that changed: at the head and of footnotes form alone; a reference may mean another rule."""
    all_before, all_after = before.all, after.all
    form_before, form_after = before.head | before.notes, after.head | after.notes
    for run in comparison.runs:
        old = frozenset(range(run.before_start, run.before_end))
        new = frozenset(range(run.after_start, run.after_end))
        reason = f"{comparison.before.quoted(old) or 'none'} → {comparison.after.quoted(new) or 'none'}"
        refers = old & before.references, new & after.references
        places = old & form_before, new & form_after
        if all(refers):
            yield Finding(Aspect.WORDING, f"wording: {reason} (reference)", before=refers[0], after=refers[1])
        elif places == (old, new):
            yield Finding(Aspect.TYPOGRAPHY, f"typography: {reason} (mark)", substantive=False, before=old, after=new)
        elif _is_symbol(comparison, old, new, before.notes, after.notes):
            yield Finding(Aspect.TYPOGRAPHY, f"typography: {reason} (symbol)", substantive=False, before=old, after=new)
        elif _points(comparison, old, new, all_before, all_after):
            yield Finding(
                Aspect.TYPOGRAPHY, f"typography: {reason} (pointer)", substantive=False, before=old, after=new
            )
        elif any(places):
            yield Finding(
                Aspect.TYPOGRAPHY, f"typography: {reason} (mark)", substantive=False, before=places[0], after=places[1]
            )


def _is_symbol(
    comparison: Comparison, old: frozenset[int], new: frozenset[int], before: frozenset[int], after: frozenset[int]
) -> bool:
    """Whether a letter, or the name of a Greek one, stands where the other side has a mark: `gamma`, `[MATH]`."""
    if len(old) == 1 and new and new <= after:
        key = comparison.before.keys[min(old)]
    elif len(new) == 1 and old and old <= before:
        key = comparison.after.keys[min(new)]
    else:
        return False
    return key in comparison.words.set("reference.symbols") or (len(key) == 1 and key.isalpha())


def _points(
    comparison: Comparison, old: frozenset[int], new: frozenset[int], before: frozenset[int], after: frozenset[int]
) -> bool:
    """Whether both sides of a run are marks, and words that lead to marks, alone: `(see also [3])`, or such words in
    front of a mark that stays: `in Ref. [3]`.
    """
    words = comparison.words
    named = frozenset(words.groups("reference.words"))
    led = _leads(comparison.before, old, before, named), _leads(comparison.after, new, after, named)
    if not (old & before or new & after or any(led)):
        return False
    leaders = words.set("reference.pointers") | named
    return all(
        index in marks or side.keys[index] in leaders or not side.keys[index][0].isalnum()
        for side, run, marks in ((comparison.before, old, before), (comparison.after, new, after))
        for index in run
    )


def _leads(side: Side, run: frozenset[int], marks: frozenset[int], named: frozenset[str]) -> bool:
    """Whether a mark follows the run, and a word such as `Ref` is in it."""
    return bool(run) and max(run) + 1 in marks and any(side.keys[index] in named for index in run)


def _head_end(side: Side, words: Words) -> int:
    """How many tokens at the start are a bullet, a list marker or a heading's number."""
    keys, index = side.keys, 0
    while index < len(keys) and keys[index] in _BULLETS and (index + 1 == len(keys) or side.spaced(index + 1)):
        index += 1
    return max(index, _marker_end(side, index), _heading_end(side, index, words))


def _marker_end(side: Side, index: int) -> int:
    """`3.`, `3)`, `(3)`, `(a)`, `iv.`, and `4.2` in front of a capital."""
    keys = side.keys
    start = index + 1 if keys[index : index + 1] == ["("] else index
    if start + 1 >= len(keys) or not _is_label(side, start):
        return index
    closing = keys[start + 1]
    if closing in {")", "."} and not side.spaced(start + 1):
        return start + 2 if start + 2 == len(keys) or side.spaced(start + 2) else index
    if start == index and "." in keys[start] and side.words[start + 1][0].isupper() and side.spaced(start + 1):
        return start + 1
    return index


def _heading_end(side: Side, index: int, words: Words) -> int:
    """`Section 4: Liability`, `Article 5`: the number of what follows, not a reference to it."""
    keys = side.keys
    if index + 1 >= len(keys) or keys[index] not in words.groups("reference.words") or not _is_label(side, index + 1):
        return index
    end = index + 2
    return end if end == len(keys) or keys[end] in {":", ".", "-"} or side.words[end][0].isupper() else index


def _is_label(side: Side, index: int) -> bool:
    key = side.keys[index]
    if key[0].isdigit():
        return len(key) <= 8 and key.replace(".", "").isdecimal()
    return key in _NUMERALS or (len(key) == 1 and key.isalpha())


def _is_reference(side: Side, index: int) -> bool:
    """Whether a label is no article or pronoun: figures, a capital, or a letter in brackets."""
    if not _is_label(side, index):
        return False
    return not side.words[index].islower() or side.keys[index - 1] == "("


def _notes(side: Side, words: Words) -> Iterator[int]:
    """`[3]`, `[3, 4]`, `[REF]`, `[citation needed]`, superscript figures."""
    if side.text.isascii() and "[" not in side.text and "^" not in side.text:
        return
    open_at: int | None = None
    for index, key in enumerate(side.keys):
        if key == "[":
            open_at = index
        elif key == "]" and open_at is not None:
            inner = [key for key in side.keys[open_at + 1 : index] if key != "\\"]
            if inner and len(inner) <= _NOTE_TOKENS and _is_note(inner, words):
                yield from range(open_at, index + 1)
            open_at = None
        elif key == "^" and _is_raised(side, index + 1):
            yield from (index, index + 1)
        elif side.words[index][0] in "¹²³⁴⁵⁶⁷⁸⁹⁰†‡" and not side.spaced(index):
            yield index


def _is_raised(side: Side, index: int) -> bool:
    """Whether a short number stands close behind the token in front."""
    return (
        index < len(side.keys)
        and not side.spaced(index)
        and side.keys[index].isdecimal()
        and not side.spaced(index - 1)
    )


def _is_note(inner: list[str], words: Words) -> bool:
    if inner[0] in words.set("reference.marks"):
        return True
    return all(key.isdecimal() or key in {",", "-", ";"} or (len(key) == 1 and key.isalpha()) for key in inner)


def _references(side: Side, leaders: AbstractSet[str]) -> Iterator[int]:
    """The labels behind `Section`, `clauses`, `Fig.`, with the words that join several."""
    if leaders.isdisjoint(side.keys):
        return
    index = 0
    while index < len(side.keys):
        if side.keys[index] not in leaders:
            index += 1
            continue
        index += 1
        if index < len(side.keys) and side.keys[index] == ".":
            index += 1
        last = index
        if index + 1 < len(side.keys) and side.keys[index] == "(" and _is_reference(side, index + 1):
            index += 1  # subsection (2)
        while index < len(side.keys) and (_is_reference(side, index) or (index > last and side.keys[index] in _JOINS)):
            index += 1
        while index > last and side.keys[index - 1] in {",", ".", "and", "or", "("}:
            index -= 1
        yield from range(last, index)
