"""Numbers, amounts, percentages, ranges and units that were added, removed or changed.

Figures are compared by value: `thirty` is `30`, `1,200` is `1 200`, `5 percent` is `5%`. List markers, footnote marks,
section numbers and parts of dates are not figures.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side, Value, difference, restated, unmatched
from monitor.core.text.language import lists_of
from monitor.core.text.numerals import CHARACTERS, chinese_numeral
from monitor.core.text.words import Words, words_for
from monitor.model import Aspect, Edit

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_POINT_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?\Z")
_GROUP = re.compile(r"\d{3}(?:,\d\d?)?\Z")  # behind a space: 1 200,50
_COMMA = frozenset({"de", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk"})  # languages with a decimal comma
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?\Z")
_POWER = re.compile(r"e([+-]?\d{1,2})\Z")  # of ten, behind a figure: 1e3
_FRACTION = re.compile(r"(\d{1,3})[/⁄](\d{1,3})\Z")
_LAST, _FIRST = re.compile(r"[^\W_]+\Z"), re.compile(r"\A[^\W_]+")  # a word at the end, at the start
_UNIT_BEHIND = re.compile(r"[^\S\n]?-?([^\W\d_]+|[%°][^\W\d_]*)(?:[^\S\n]([^\W\d_]+))?(?!\w)")
_UNIT_AHEAD = re.compile(r"(?<!\w)([^\W\d_]+|[^\W\d_]*[$€£¥])[^\S\n]?\Z")
_LONGEST_UNIT = 60  # characters
_MOST_DIGITS = 15  # beyond which a figure is compared by its digits
# In front of a number that is no quantity: version 1.10 comes after 1.9.
_LABELLED = frozenset({"version", "versions", "v", "ver", "release", "releases", "edition", "build", "firmware", "rev"})
_LABELLED |= {"revision", "fassung", "ausgabe", "édition", "versión", "edición", "versione", "edizione", "versão"}
_LABELLED |= {"edição", "versie", "wersja", "verze", "версия", "версія"}
_LABEL_WITHIN = 4  # tokens: the current version is now 1.10
_LARGER = {"month": (12.0, "year"), "minute": (60.0, "hour"), "day": (7.0, "week")}  # 24 months are two years
_SAME_UNIT = {"km/hour": "km/h", "mile/hour": "mph"}
_PARTS = {"third": 1 / 3, "fourth": 0.25, "fifth": 0.2, "sixth": 1 / 6, "eighth": 0.125, "tenth": 0.1}  # one-third
_MONEY = frozenset({"$", "€", "£", "¥"})
_TIMES = frozenset({"once", "twice", "thrice"})
_SHORT = 8  # tokens of a line of accounts
_ROUNDED = 6  # digits behind the point of a fraction
TELLING = _MONEY | {"%", "pp"}  # units that make another figure of a bare one


class NumberWords(NamedTuple):
    values: Mapping[str, float]
    scales: Mapping[str, float]
    short_scales: Mapping[str, float]  # behind an amount of money alone: $1.5m
    parts: Mapping[str, float]  # of a whole, counted: two thirds
    ordinals: Mapping[str, int]
    counting: frozenset[str]  # all words that a figure may begin with
    cues: frozenset[str]  # all that it may hold
    endings: frozenset[str]
    weak: frozenset[str]
    units: Mapping[str, str]
    articles: frozenset[str]
    spans: frozenset[str]  # counted without a number: a year
    rates: frozenset[str]  # lead to what a figure is told for: 5 per day
    qualifiers: frozenset[str]  # of a unit: working days, square metres
    alone: frozenset[str]  # scales that count one where no number stands in front: tausend
    joining: frozenset[str]  # between the parts of a number: two hundred and five
    characters: frozenset[str]  # Chinese ones


class Figure(NamedTuple):
    """A number as the text has it. `value` is its key for comparing; a weak one has other uses (`one`, `second`).

    `counted` is the noun behind a number that has no unit.
    """

    value: Hashable
    unit: str
    tokens: frozenset[int]
    weak: bool
    counted: frozenset[int] = frozenset()


@cache
def number_words(language: str) -> NumberWords:
    words = words_for(language)
    values = {word: float(n) for n, word in enumerate((words.get("numbers.ones") or "").split())}
    values.update({word: 10.0 * n for n, word in enumerate((words.get("numbers.tens") or "").split(), 2)})
    values.update(words.values("numbers.fractions"))
    values.update(words.forms("numbers.forms"))
    fractions = words.values("numbers.fractions")
    scales = words.values("numbers.scales")
    parts = {**words.values("numbers.thirds"), **{word: value for word, value in fractions.items() if value < 1}}
    ordinals = {word: n for n, word in enumerate((words.get("numbers.ordinals") or "").split(), 1)}
    ordinals.update({word: int(n) for word, n in words.forms("numbers.ordinal_forms").items()})
    characters = CHARACTERS if words.get("numbers.characters") else frozenset[str]()
    units = words.groups("units.names")
    rates, qualifiers = words.set("units.rates") | {"/"}, words.set("units.qualifiers")
    counting = frozenset().union(values, scales, ordinals, rates, characters)
    return NumberWords(
        values,
        scales,
        words.values("numbers.short_scales"),
        parts,
        ordinals,
        counting,
        counting.union(parts, units, qualifiers, words.set("units.spans"), "-") - rates,
        words.set("numbers.ordinal_endings"),
        words.set("numbers.weak"),
        units,
        words.set("function.articles"),
        words.set("units.spans"),
        rates,
        qualifiers,
        words.set("numbers.alone"),
        words.set("numbers.joining"),
        characters,
    )


def with_units(edits: Iterable[Edit], language: str | None = None) -> list[Edit]:
    """Word edits in which a number that was replaced has its unit with it: `60 days` by `90 days`, `$5` by `$6`.

    The texts of both sides stay what they are. `language` is that of the document, where it is known.
    """
    found = list(edits)
    if len(found) < 2 or not any(_is_number(edit, _LAST) or _is_number(edit, _FIRST) for edit in found):
        return found
    lists = number_words(lists_of(["".join(edit[side] for edit in found) for side in (1, 2)], language).language)
    for at, edit in enumerate(found):
        if at and _is_number(edit, _FIRST):
            same = found[at - 1]
            ahead = _UNIT_AHEAD.search(same.after[-_LONGEST_UNIT:]) if same.op == "equal" else None
            if ahead and lists.units.get(ahead[1].lower()) in _MONEY:
                sign, kept = ahead[0], same.after[: -len(ahead[0])]
                found[at - 1] = Edit("equal", kept, kept)
                found[at] = edit = Edit("replace", sign + edit.before, sign + edit.after)
        if at + 1 < len(found) and _is_number(edit, _LAST):
            same = found[at + 1]
            end = _unit_end(same.after[:_LONGEST_UNIT], lists) if same.op == "equal" else 0
            unit, kept = same.after[:end], same.after[end:]
            if unit:
                found[at + 1] = Edit("equal", kept, kept)
                found[at] = Edit("replace", edit.before + unit, edit.after + unit)
    return [edit for edit in found if edit.before or edit.after]


def _is_number(edit: Edit, end: re.Pattern[str]) -> bool:
    """Whether a number was replaced by another one, both at this end of the edit."""
    if edit.op != "replace":
        return False
    words = [end.search(text) for text in (edit.before, edit.after)]
    return all(word and any(map(str.isdigit, word[0])) for word in words)


def _unit_end(text: str, lists: NumberWords) -> int:
    """Where the unit ends that a text begins with; 0 where it begins with none."""
    found = _UNIT_BEHIND.match(text)
    if not found:
        return 0
    word, second = found[1].lower(), (found[2] or "").lower()
    if second and (f"{word}_{second}" in lists.units or (word in lists.qualifiers and second in lists.units)):
        return found.end()
    return found.end(1) if word in lists.units else 0


def figures_in(side: Side, words: Words, taken: frozenset[int]) -> list[Figure]:
    """The figures of one side, in order; tokens that are `taken` belong to something else."""
    return list(_Scanner(side, number_words(words.language), words.language, taken).scan())


def numeral(text: str, language: str) -> Hashable:
    """The value of digits with separators; the text itself where it is no plain number.

    `1,234` is a thousand and more, but where the language has a comma in front of decimals.
    """
    if len(text) > _MOST_DIGITS or (text[0] == "0" and len(text) > 2 and text.isdecimal()):
        return text  # 007 is no amount
    text = text.replace("'", "")
    if language not in _COMMA or not _POINT_GROUPED.match(text):
        if _GROUPED.match(text) and (language not in _COMMA or text.count(",") > 1 or "." in text):
            return float(text.replace(",", ""))
        return float(text.replace(",", ".")) if _PLAIN.match(text) else text
    return float(text.replace(".", "").replace(",", "."))


class _Scanner:
    def __init__(self, side: Side, lists: NumberWords, language: str, taken: frozenset[int]) -> None:
        self.side = side
        self.keys = side.keys
        self.lists = lists
        self.language = language
        self.taken = taken
        self.grammar = words_for(language).set(
            "function.prepositions", "function.connectives", "function.auxiliaries", "function.weighty"
        )

    def scan(self) -> Iterator[Figure]:
        index = 0
        while index < len(self.keys):
            figure, key = None, self.keys[index]
            if key == "null" and self.keys[index - 1] in (":", "="):
                pass  # of a setting: it is no zero
            elif (key in self.lists.counting or key[0].isdigit()) and index not in self.taken:
                figure = (
                    self._digits(index)
                    or self._characters(index)
                    or self._spelt(index)
                    or self._ordinal(index)
                    or self._single(index)
                )
            if figure:
                yield figure
                index = max(figure.tokens) + 1
            else:
                index += 1

    def _digits(self, index: int) -> Figure | None:
        if not self.keys[index][0].isdigit() or self._in_name(index):
            return None
        value, end = self._labelled(index) or self._fraction(index) or self._grouped(index)
        value, end = self._raised(value, end)
        if self._is_pointed(index) and isinstance(value, float):
            value, index = float(f"0.{self.keys[index]}"), index - 1
        end = self._repeated_in_words(value, end)
        if self._key(end) in self.lists.endings and not self.side.spaced(end):
            return Figure(("ordinal", value), "", frozenset(range(index, end + 1)), weak=False)
        while isinstance(value, float) and self._key(end) in self.lists.scales:
            value *= self.lists.scales[self._key(end)]
            end += 1
        if isinstance(value, float) and self._is_money(index) and self._key(end) in self.lists.short_scales:
            value *= self.lists.short_scales[self._key(end)]
            end += 1
        if self._is_negative(index):
            value = ("minus", value)
            index -= 1
        elif self._is_bracketed(index, end):
            value = ("minus", value)
            return Figure(value, "", frozenset(range(index - 1, end + 1)), weak=False)
        return self._with_unit(value, index, end, weak=False)

    def _grouped(self, index: int) -> tuple[Hashable, int]:
        """Digits, and groups of three that follow with single spaces (`1 200`)."""
        text, end = self.keys[index], index + 1
        if len(text) <= 3 and text.isdecimal():
            while (
                len(text) <= _MOST_DIGITS
                and text.isdecimal()
                and _GROUP.match(self._key(end))
                and self.side.starts[end] == self.side.starts[end - 1] + len(self.side.words[end - 1]) + 1
            ):
                text += self._key(end)
                end += 1
        return numeral(text, self.language), end

    def _labelled(self, index: int) -> tuple[Hashable, int] | None:
        """The number of a version, which is no decimal: `version 1.10`, `Python 3.10`, `the version is 1.10`."""
        key = self.keys[index]
        if not index or "." not in key or not key.endswith("0"):
            return None
        ahead = self.keys[index - 1]
        word = self.side.words[index - 1]
        named = (
            word[0].isalpha() and not word.islower() and ahead not in self.lists.units and not self._unit(index + 1)[0]
        )
        if named or ahead in _LABELLED:
            return key, index + 1
        before = self.keys[max(0, index - _LABEL_WITHIN) : index]
        near = not _LABELLED.isdisjoint(before) and not any(char.isdigit() for one in before for char in one)
        return (key, index + 1) if near and not self._unit(index + 1)[0] else None

    def _fraction(self, index: int) -> tuple[Hashable, int] | None:
        """`2/3`, `½`, `2½`."""
        whole = self.keys[index]
        if whole.isdecimal() and "⁄" in self._key(index + 1) and len(whole) <= 4 and not self.side.spaced(index + 1):
            part = _FRACTION.match(self._key(index + 1))
            if part and int(part[2]):
                return round(int(whole) + int(part[1]) / int(part[2]), _ROUNDED), index + 2
        part = _FRACTION.match(whole)
        if not part or not 0 < int(part[1]) < int(part[2]):
            return None
        return round(int(part[1]) / int(part[2]), _ROUNDED), index + 1

    def _raised(self, value: Hashable, end: int) -> tuple[Hashable, int]:
        """A figure with its exponent, raised, behind a `^` or an `e`; and the first token behind it."""
        exponent, behind = "", end
        while behind < end + 3 and self._key(behind) and not self.side.spaced(behind):
            behind += 1
            if isinstance(value, float) and (power := _POWER.match("".join(self.keys[end:behind]))):
                return float(f"{value:.{_MOST_DIGITS}f}e{power[1]}"), behind
        while self._key(end)[:1] == "^" and not self.side.spaced(end) and end not in self.taken:
            exponent += self.keys[end][1:]
            end += 1
            if self.keys[end - 1] == "^" and self._key(end).isdecimal():
                exponent += self.keys[end]
                end += 1
        return ((value, f"^{exponent}"), end) if exponent else (value, end)

    def _is_bracketed(self, index: int, end: int) -> bool:
        """Whether a figure stands alone in brackets, as accounts write a loss, and repeats no number word."""
        if self._key(index - 1) != "(" or self._key(end) != ")" or not self.side.spaced(index - 1):
            return False
        key, ahead = self.keys[index], self._key(index - 2)
        if key[0] == "0" and key.isdecimal():
            return False  # (01) 234 567
        if index - 1 in self.taken or (len(key) == 4 and key.isdecimal() and key[:2] in {"19", "20"}):
            return False
        return index < 2 or ahead in {":", "=", "|"} or ahead in self.lists.units or len(self.keys) <= _SHORT

    def _in_name(self, index: int) -> bool:
        """Whether the digits end a name: `COVID-19`."""
        return (
            index > 1
            and self.keys[index - 1] == "-"
            and not self.side.spaced(index)
            and not self.side.spaced(index - 1)
            and self.keys[index - 2][0].isalpha()
            and self.keys[index - 2] not in self.lists.units
            and self.keys[index - 2] not in self.grammar  # under-16s
        )

    def _is_money(self, index: int) -> bool:
        """Whether a sign or word of currency stands in front."""
        return self.lists.units.get(self._key(index - 1), "") in TELLING

    def _is_negative(self, index: int) -> bool:
        return (
            index > 0
            and self.side.words[index - 1] in {"-", "−", "–"}
            and self.side.spaced(index - 1)
            and not self.side.spaced(index)
            and index - 1 not in self.taken
        )

    def _characters(self, index: int) -> Figure | None:
        """`三十`, `三分之二`, `百分之五`: a number in Chinese characters."""
        if self.keys[index] not in self.lists.characters:
            return None
        value, end = chinese_numeral(self.keys, index)
        if value is None:
            return None
        if self.keys[end : end + 2] == ["分", "之"]:
            part, behind = chinese_numeral(self.keys, end + 2)
            if part is not None and value:
                tokens = frozenset(range(index, behind))
                share = value == 100
                return Figure(float(part) if share else part / value, "%" if share else "", tokens, weak=False)
        weak = end == index + 1 and (value == 1 or value >= 10)  # 一定, 十分, 千万
        return self._with_unit(float(value), index, end, weak=weak)

    def _spelt(self, index: int) -> Figure | None:
        """`thirty`, `twenty-five`, `two hundred and five`, `four million`, `half`."""
        total, current, end = 0.0, 0.0, index
        while True:
            key = self._key(end)
            if end > index and key in self.lists.parts and current:
                current *= self.lists.parts[key]
            elif current == 1 and key in _PARTS and "of" in {self._key(end + 1), "of" * (self._key(end - 1) == "-")}:
                current = _PARTS[key]
            elif key in self.lists.values:
                current += self.lists.values[key]
            elif key in self.lists.scales and (end > index or self._counts_one(index)):
                current = max(current, 1.0) * self.lists.scales[key]
                if self.lists.scales[key] > 100:
                    total, current = total + current, 0.0
            elif not self._joins(index, end):
                break
            end += 1
        if end == index:
            return None
        weak = end == index + 1 and self.keys[index] in self.lists.weak
        if end == index + 1 and self.keys[index] in _TIMES:
            return Figure(current, "time", frozenset({index}), weak)
        value = round(total + current, _ROUNDED)
        end = self._repeated(value, end)
        return self._with_unit(value, index, end, weak=weak)

    def _repeated(self, value: float, end: int) -> int:
        """The first token behind a figure that repeats a number word in brackets: `five (5)`."""
        bracketed = self._key(end) == "(" and self._key(end + 2) == ")" and self._key(end + 1)[:1].isdigit()
        return end + 3 if bracketed and numeral(self.keys[end + 1], self.language) == value else end

    def _counts_one(self, index: int) -> bool:
        """Whether a scale counts one where no number word stands in front: `a hundred`, `tausend`."""
        return self.keys[index] in self.lists.alone or self._key(index - 1) == "a"

    def _repeated_in_words(self, value: Hashable, end: int) -> int:
        """The first token behind figures that number words in brackets repeat: `5 (five)`."""
        spelt = self._spelt(end + 1) if self._key(end) == "(" and self._key(end + 1) in self.lists.counting else None
        behind = max(spelt.tokens) + 1 if spelt else end
        return behind + 1 if spelt and spelt.value == value and self._key(behind) == ")" else end

    def _is_pointed(self, index: int) -> bool:
        """Whether a point stands in front of the first digit, with nothing in front of it: `.50`."""
        if self._key(index - 1) != "." or self.side.spaced(index) or not self.keys[index].isdecimal():
            return False
        return self.side.spaced(index - 1) or not (self.keys[index - 2][0].isalnum() or self.keys[index - 2] in ".)]")

    def _joins(self, index: int, end: int) -> bool:
        """A hyphen behind tens, or `and` behind a hundred, (`e`, `y`, `et` behind tens), and a number word after it."""
        last, following = self._key(end - 1), self._key(end + 1)
        if end > index and self._key(end) == "-" and last in self.lists.values and following in self._parts_of(last):
            return True
        if end == index or following not in self.lists.values:
            return False
        if self._key(end) == "-":
            return 20 <= self.lists.values.get(last, 0) < 100 and self.lists.values[self._key(end + 1)] < 10
        if self._key(end) not in self.lists.joining:
            return False
        value, next_value = self.lists.values.get(last, 0), self.lists.values[following]
        return last in self.lists.scales or (
            self.language != "en" and value >= 20 and 1 <= next_value < (10 if value < 100 else 100)
        )

    def _parts_of(self, count: str) -> Mapping[str, float]:
        """The words for parts behind a number word: `two-thirds`, `one-third`."""
        return _PARTS if self.lists.values[count] == 1 else self.lists.parts

    def _ordinal(self, index: int) -> Figure | None:
        number = self.lists.ordinals.get(self.keys[index])
        if number is None or self._leads_name(index):
            return None
        weak = self.keys[index] in self.lists.weak
        return Figure(("ordinal", float(number)), "", frozenset({index}), weak)

    def _leads_name(self, index: int) -> bool:
        """Whether an ordinal begins a name within a sentence: `the Second World War`."""
        if not 0 < index < len(self.keys) - 1 or not self.keys[index - 1][0].isalpha():
            return False
        return self.side.words[index].istitle() and self.side.words[index + 1].istitle()

    def _single(self, index: int) -> Figure | None:
        """`a year` counts one, `per year` and `every year` tell a rate: weak, since most often nothing is meant."""
        span = self._key(index + 1)
        if self.keys[index] not in self.lists.rates or span not in self.lists.spans:
            return None
        value: Hashable = 1.0 if self.keys[index] in self.lists.articles else "rate"
        return Figure(value, self.lists.units.get(span, span), frozenset({index, index + 1}), weak=True)

    def _with_unit(self, value: Hashable, start: int, end: int, *, weak: bool) -> Figure:
        unit, unit_end = self._unit(end)
        if not unit and self._is_money(start):
            start, unit = start - 1, self.lists.units[self.keys[start - 1]]
        rate, unit_end = self._rate(unit_end)
        unit = f"{unit}/{rate}" if rate else unit
        unit = _SAME_UNIT.get(unit, unit)
        if unit and unit_end > end and self._key(unit_end)[:1] == "^" and unit_end not in self.taken:
            power, unit_end = self._raised("", unit_end)
            unit += power[1] if isinstance(power, tuple) else ""
        while unit in _LARGER and isinstance(value, float) and value and value % _LARGER[unit][0] == 0:
            value, unit = value / _LARGER[unit][0], _LARGER[unit][1]
        counted = frozenset() if unit or not self._counts(end) else frozenset({end})
        return Figure(value, unit, frozenset(range(start, unit_end)), weak, counted)

    def _rate(self, index: int) -> tuple[str, int]:
        """What a figure is told for, and the first token behind it: `km/h`, `twice a day`, `$5 per month`."""
        unit = self.lists.units.get(self._key(index + 1), "") if self._key(index) in self.lists.rates else ""
        return (unit, index + 2) if unit else ("", index)

    def _counts(self, index: int) -> bool:
        return (
            self._key(index)[:1].isalpha() and self.side.words[index].islower() and self._key(index) not in self.grammar
        )

    def _unit(self, index: int) -> tuple[str, int]:
        """The unit behind a number, with a hyphen or without; and the first token behind it."""
        start = index + 1 if self._key(index) == "-" else index
        key = self._key(start)
        pair = f"{key}_{self._key(start + 1)}"
        if pair in self.lists.units:
            return self.lists.units[pair], start + 2
        if key == "°" and f"°{self._key(start + 1)}" in self.lists.units:
            return self.lists.units[f"°{self._key(start + 1)}"], start + 2
        if key in self.lists.units:
            return self.lists.units[key], start + 1
        unit = self.lists.units.get(self._key(start + 1))
        return (f"{key} {unit}", start + 2) if unit and key in self.lists.qualifiers else ("", index)

    def _key(self, index: int) -> str:
        return self.keys[index] if 0 <= index < len(self.keys) else ""


def concerns(comparison: Comparison) -> bool:
    """Whether any changed token could belong to a figure: the cheap question before the dear one."""
    cues = number_words(comparison.words.language).cues
    keys = comparison.changed_keys
    if any(key[0].isdigit() or key[0] == "^" or key in cues for key in keys):
        return True
    return "(" in keys and any(_brackets_figure(side) for side in comparison.sides)


def _brackets_figure(side: Side) -> bool:
    """Whether a changed bracket opens in front of a figure."""
    return any(
        key == "(" and flag and following[0].isdigit()
        for key, following, flag in zip(side.keys, side.keys[1:], side.changed, strict=False)
    )


def find(comparison: Comparison, before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[Finding]:
    """Figures that only one side has, then figures whose unit alone changed."""
    old, new = _values(before), _values(after)
    removed, added = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    old, new = (
        _without_weak(before, old, removed, len(removed) - len(added)),
        _without_weak(after, new, added, len(added) - len(removed)),
    )
    yield from difference(comparison, Aspect.NUMBER, old, new)
    yield from _units(comparison, before, after)
    yield from restated(comparison, Aspect.NUMBER, *map(_with_sort, (before, after)))


class NumberChange(NamedTuple):
    """A number that another of the same unit replaced: both values, and as the texts have them."""

    before: float
    after: float
    was: str
    now: str

    @property
    def share(self) -> float:
        """By which part of itself it rose, below 0 where it fell; infinite from 0."""
        if not self.before:
            return math.copysign(math.inf, self.after)
        return (self.after - self.before) / abs(self.before)


def replaced(comparison: Comparison, before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[NumberChange]:
    """The numbers that only one side has, in pairs of the same unit, in their order; those that have no other are left
    out."""
    old, new = _values(before), _values(after)
    removed, added = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    weights = (len(removed) - len(added)), (len(added) - len(removed))
    gone = {one.tokens for one in _without_weak(before, removed, removed, weights[0])}
    came = {one.tokens for one in _without_weak(after, added, added, weights[1])}
    units: dict[str, list[Figure]] = {}
    for figure in after:
        if figure.tokens in came and isinstance(figure.value, int | float):
            units.setdefault(figure.unit, []).append(figure)
    for figure in before:
        if figure.tokens in gone and isinstance(figure.value, int | float) and units.get(figure.unit):
            other = units[figure.unit].pop(0)
            if isinstance(other.value, int | float) and other.value != figure.value:
                was, now = comparison.before.quoted(figure.tokens), comparison.after.quoted(other.tokens)
                yield NumberChange(float(figure.value), float(other.value), was, now)


def _with_sort(figures: Sequence[Figure]) -> list[Value]:
    return [Value(figure.value, figure.tokens, sort=figure.unit) for figure in figures]


def _values(figures: Sequence[Figure]) -> list[Value]:
    return [Value(figure.value, figure.tokens, figure.counted) for figure in figures]


def _without_weak(figures: Sequence[Figure], values: list[Value], alone: list[Value], surplus: int) -> list[Value]:
    """The values without as many weak ones that stand `alone` as have no counterpart."""
    if surplus <= 0:
        return values
    weak = {figure.tokens for figure in figures if figure.weak}
    chosen = set([value.tokens for value in alone if value.tokens in weak][-surplus:])
    return [value for value in values if value.tokens not in chosen]


def _units(comparison: Comparison, before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[Finding]:
    there = _by_value(after)
    for value, old in _by_value(before).items():
        new = there.get(value, [])
        for one, other in zip(_rest(old, new), _rest(new, old), strict=False):
            if (one.unit and other.unit) or one.unit in TELLING or other.unit in TELLING:
                was, now = comparison.before.quoted(one.tokens), comparison.after.quoted(other.tokens)
                yield Finding(Aspect.NUMBER, f"number: {was} → {now} (unit)", before=one.tokens, after=other.tokens)


def _by_value(figures: Sequence[Figure]) -> dict[Hashable, list[Figure]]:
    groups: dict[Hashable, list[Figure]] = {}
    for figure in figures:
        groups.setdefault(figure.value, []).append(figure)
    return groups


def _rest(figures: list[Figure], others: list[Figure]) -> list[Figure]:
    left = Counter(figure.unit for figure in others)
    rest = []
    for figure in figures:
        if left[figure.unit] > 0:
            left[figure.unit] -= 1
        else:
            rest.append(figure)
    return rest
