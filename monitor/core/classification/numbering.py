"""Numbers and letters that number a text: list markers, heading numbers, footnote marks and references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side
from monitor.core.text.words import LANGUAGES, Words, words_for
from monitor.model import Aspect

_BULLETS = frozenset("-*•‣◦▪▫●■◆►▶➤❖·+#>\uf0b7\uf0a7")
_FUNCTIONS = frozenset({"sin", "cos", "tan", "log", "exp"})  # may be squared, as units and letters may
_CLOCK = re.compile(r"(?:[01]?\d|2[0-4])[.:](?:[0-5][05])")  # in steps of five minutes
_NOTE_TOKENS = 12  # the longest footnote mark that is looked for: [3, 4, 7-9]
_NUMERALS = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"})
_DATED = frozenset({"quartal", "jahrhundert"})  # behind a number with a point they make a date
_MEASURED = frozenset({"uhr", "h", "am", "pm", "eur", "usd", "chf", "gbp", "gb", "mb", "kb", "tb", "mio", "mrd"})
_MEASURED |= {"million", "millionen", "millions", "milliarden", "billion", "prozent", "tonnen", "liter", "stunden"}
_STOPS = frozenset(".;,!?:")
_YEAR = 4  # digits
_JOINS = frozenset({",", "-", "and", "to", "(", ")", ".", "und", "bis", "et", "y", "or", "/"})


class Marks(NamedTuple):
    """The tokens of one side that mark a place: at its head, in a footnote mark, in a reference to a section."""

    head: frozenset[int]
    notes: frozenset[int]
    references: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.head | self.notes | self.references


def concerns(comparison: Comparison) -> bool:
    """Whether any changed token could be, or belong to, a mark."""
    leaders = comparison.words.groups("reference.words")
    notes = comparison.words.set("reference.marks")
    return any(
        len(key) == 1 or key[0].isdigit() or key[0] == "^" or key in _NUMERALS or key in leaders or key in notes
        for key in comparison.changed_keys
    )


def marks_in(side: Side, words: Words) -> Marks:
    """The marks of one side."""
    head = frozenset(range(_head_end(side, words)))
    notes = frozenset(_notes(side, words))
    references = frozenset(_references(side, words.groups("reference.words").keys()))
    return Marks(head, notes - head, references - head - notes)


def find(comparison: Comparison, before: Marks, after: Marks) -> Iterator[Finding]:
    """Marks that changed: at the head and of footnotes form alone; a reference names another rule."""
    form_before, form_after = before.head | before.notes, after.head | after.notes
    for run in comparison.runs:
        old = frozenset(range(run.before_start, run.before_end))
        new = frozenset(range(run.after_start, run.after_end))
        refers = old & before.references, new & after.references
        places = old & form_before, new & form_after
        if any(refers) and (reason := _reason_text(comparison, *refers)):
            yield Finding(Aspect.WORDING, f"wording: {reason} (reference)", before=refers[0], after=refers[1])
        if _is_time_or_minus(comparison, *places):
            was, now = (side.quoted(i) or "nothing" for side, i in zip(comparison.sides, places, strict=True))
            yield Finding(Aspect.NUMBER, f"number: {was} → {now}", before=old, after=new)
        elif any(places) and (reason := _reason_text(comparison, *places)):
            yield Finding(
                Aspect.TYPOGRAPHY, f"typography: {reason} (mark)", substantive=False, before=places[0], after=places[1]
            )


def _is_time_or_minus(comparison: Comparison, old: frozenset[int], new: frozenset[int]) -> bool:
    """Whether what changed at the head are times by the clock, `9.30`, or one dash in front of a figure alone."""
    one, other = ([side.keys[i] for i in part] for side, part in zip(comparison.sides, (old, new), strict=True))
    if len(one) + len(other) == 1:
        following = comparison.before.keys[min(old) + 1 :][:1] if old else comparison.after.keys[min(new) + 1 :][:1]
        return (one or other) == ["-"] and following != [] and following[0][0].isdigit()
    return len(one) == len(other) == 1 and all(map(_CLOCK.fullmatch, (*one, *other)))


def _reason_text(comparison: Comparison, old: frozenset[int], new: frozenset[int]) -> str:
    """The marks that changed; nothing where only what joins them did."""
    keys = [comparison.before.keys[i] for i in old] + [comparison.after.keys[j] for j in new]
    if not any(key[0].isalnum() or key[0] in "^†‡" for key in keys):
        return ""
    return f"{comparison.before.quoted(old) or 'none'} → {comparison.after.quoted(new) or 'none'}"


def _head_end(side: Side, words: Words) -> int:
    """How many tokens at the start are a bullet, a list marker or a heading's number."""
    keys, index = side.keys, 0
    while index < len(keys) and keys[index] in _BULLETS and (index + 1 == len(keys) or side.spaced(index + 1)):
        index += 1
    return max(index, _marker_end(side, index, words), _heading_end(side, index, words))


def _marker_end(side: Side, index: int, words: Words) -> int:
    """`3.`, `3)`, `(3)`, `(a)`, `iv.`, and `4.2` in front of a capital; no date (`3. Mai`)."""
    keys = side.keys
    start = index + 1 if keys[index : index + 1] == ["("] else index
    if start + 1 >= len(keys) or not _is_label(side, start):
        return index
    following = keys[start + 2] if start + 2 < len(keys) else ""
    if keys[start + 1] == "." and (
        following in words.groups("dates.months") or following in _months() or following in _DATED
    ):
        return index
    joined = keys[start][0].isdigit() and len(keys[start + 1]) == 1 and keys[start + 1].isalpha()
    if joined and not side.spaced(start + 1) and start + 2 < len(keys):
        start += 1  # 10A.
    closing = keys[start + 1]
    if closing in {")", "."} and not side.spaced(start + 1):
        return start + 2 if start + 2 == len(keys) or side.spaced(start + 2) else index
    if start == index and "." in keys[start] and side.words[start + 1][0].isupper() and side.spaced(start + 1):
        return index if _is_counted(keys[start + 1], words) else start + 1
    return index


@cache
def _months() -> frozenset[str]:
    """The full names of months in all languages: of a short text the language is often unknown."""
    return frozenset(line[0] for language in LANGUAGES for line in words_for(language).lines("dates.months"))


def _is_counted(key: str, words: Words) -> bool:
    """Whether a word behind `10.30` shows that it is a time or an amount, and numbers nothing: `Uhr`, `EUR`, `Mio`."""
    return key in _MEASURED or key in words.groups("units.names") or key in words.values("numbers.scales")


def _heading_end(side: Side, index: int, words: Words) -> int:
    """`Section 4: Liability`, `Article 5`, `Table 3. Prices`: the number of what follows, not a reference to it.

    Without a colon, a stop or a dash behind it, only in a heading, which ends without a stop.
    """
    keys, leaders = side.keys, words.groups("reference.words")
    if index + 1 >= len(keys) or keys[index] not in leaders or not _is_label(side, index + 1):
        return index
    end = index + 2
    if end < len(keys) and not side.spaced(end) and keys[end].isalpha() and len(keys[end]) == 1:
        end += 1
    if end == len(keys) or keys[end] in {":", ".", "-"}:
        return end
    heads = keys[-1] not in _STOPS and side.words[end][0].isupper() and keys[end] not in leaders
    return end if heads else index


def _is_label(side: Side, index: int) -> bool:
    key = side.keys[index]
    if key[0].isdigit():  # 1990. is a year
        return len(key) <= 8 and key.replace(".", "").isdecimal() and not (len(key) >= _YEAR and key.isdecimal())
    return key in _NUMERALS or (len(key) == 1 and key.isalpha())


def _is_reference(side: Side, index: int) -> bool:
    """Whether a label is no article or pronoun: figures, a capital, or a letter in brackets."""
    if not _is_label(side, index):
        return False
    joined = not side.spaced(index) and side.keys[index - 1][0].isdigit()
    return joined or not side.words[index].islower() or side.keys[index - 1] == "("


def _notes(side: Side, words: Words) -> Iterator[int]:
    """`[3]`, `[3, 4]`, `[citation needed]`, raised figures behind a word."""
    if side.text.isascii() and "[" not in side.text and "^" not in side.text:
        return
    open_at: int | None = None
    for index, key in enumerate(side.keys):
        if key == "[":
            open_at = index
        elif key == "]" and open_at is not None:
            inner = [key for key in side.keys[open_at + 1 : index] if key != "\\"]
            if inner and len(inner) <= _NOTE_TOKENS and inner != ["x"] and _is_note(inner, words):
                yield from range(open_at, index + 1)
            open_at = None
        elif key == "^" and index + 1 < len(side.keys) and side.keys[index + 1].isdecimal():
            yield from (index, index + 1) if not side.spaced(index + 1) and is_raised_mark(side, index) else ()
        elif ((key[0] == "^" and key[1:].isalnum()) or key in {"†", "‡"}) and is_raised_mark(side, index):
            yield index


def is_raised_mark(side: Side, index: int) -> bool:
    """Whether a raised figure is a footnote mark: behind a word or a stop, not behind a figure, a unit or a letter."""
    ahead = index
    while ahead > max(index - _NOTE_TOKENS, 0) and (ahead == index or side.keys[ahead][0] == "^"):
        if side.spaced(ahead) or side.keys[ahead] == "^-":
            return False
        ahead -= 1
    key = side.keys[ahead]
    if key[0] == "^":
        return False
    if key == ")":
        return len(side.keys[ahead - 1]) > 1 and side.keys[ahead - 1][0].isalpha()
    return ahead < index and not key[0].isdigit() and key not in _FUNCTIONS and not (len(key) <= 2 and key.isalpha())


def _is_note(inner: list[str], words: Words) -> bool:
    if inner[0] in words.set("reference.marks"):
        return True
    return all(key.isdecimal() or key in {",", "-", ";"} or (len(key) == 1 and key.isalpha()) for key in inner)


def _references(side: Side, leaders: AbstractSet[str]) -> Iterator[int]:
    """The labels behind `Section`, `clauses`, `Fig.`, with the words that join several."""
    for _, labels in reference_ranges(side, leaders):
        yield from labels


def reference_ranges(side: Side, leaders: AbstractSet[str]) -> Iterator[tuple[str, range]]:
    """Each word that leads to labels, with the tokens of the labels and of what joins them."""
    if leaders.isdisjoint(side.keys):
        return
    index = 0
    while index < len(side.keys):
        leader = side.keys[index]
        index += 1
        if leader not in leaders:
            continue
        if index < len(side.keys) and side.keys[index] == ".":
            index += 1
        last = index
        if index + 1 < len(side.keys) and side.keys[index] == "(" and _is_reference(side, index + 1):
            if side.keys[index + 1] == "s" and not side.spaced(index):
                continue  # the section(s)
            index += 1  # subsection (2)
        while index < len(side.keys) and (_is_reference(side, index) or (index > last and side.keys[index] in _JOINS)):
            index += 1
        while index > last and side.keys[index - 1] in _JOINS - {")"}:
            index -= 1
        yield leader, range(last, index)
