"""Calendar dates, months, weekdays, years and times of day that were added, removed or changed.

Dates are compared by value: `3 May 2021`, `May 3, 2021` and `2021-05-03` are equal. `may`, `march` and `sun` are dates
only beside a number or after a word that introduces a month.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side, Value, difference, restated
from monitor.core.text.numerals import CHARACTERS, chinese_numeral
from monitor.core.text.words import Words, words_for
from monitor.model import Aspect

_AMBIGUOUS = frozenset(
    {"may", "march", "mar", "mars", "sun", "sat", "mon", "wed", "mai", "jan", "second", "morgen", "mañana", "dec"}
)
_ENDINGS = frozenset({"st", "nd", "rd", "th", "er", "º", "°"})
_AT = frozenset({"at", "until", "till", "from", "by"})  # in front of `11.00` they make it a time of day
_YEARS = range(1500, 2200)
_DAYS = range(1, 32)
_MONTHS = 12
_MONTH = range(1, _MONTHS + 1)
_NOON = {
    "noon": 12,
    "midday": 12,
    "midi": 12,
    "mediodía": 12,
    "midnight": 0,
    "minuit": 0,
    "medianoche": 0,
    "mitternacht": 0,
}
_O_CLOCK = frozenset({"uhr", "h", "o'clock"})  # behind a time of day they say nothing
_BETWEEN = frozenset({"to", "-", "and", "bis", "und", "à", "et", "a", "y", "until", "till"})  # two times of day
_ZONES = {  # hours ahead of universal time
    "utc": 0, "gmt": 0, "z": 0, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_HALF_DAY, _DAY = 12, 24
_QUARTERS = frozenset({"quarter", "quartal", "quartals", "trimestre"})
_MONTH_AND_YEAR = 2  # numbers
_QUARTER = re.compile(r"[qthsf][1-4]\Z")  # Q3, T3, H2: of a year that follows
_MARK = re.compile(r"(?:[qthsf][1-4]|[ivx]{1,5}(?:e|è|ème)?)\Z")
_SHORT_CUES = frozenset("qthsfivx")  # what they begin with
_ROMAN = re.compile(r"[ivx]{1,5}(?:e|è|ème)?\Z")


class _Calendar(NamedTuple):
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: frozenset[str]
    spans: frozenset[str]
    which: frozenset[str]
    before_month: frozenset[str]
    halves: Mapping[str, str]
    parts: frozenset[str]  # early, late
    daytimes: frozenset[str]  # morning, evening
    articles: frozenset[str]
    seasons: frozenset[str]
    holidays: frozenset[str]
    centuries: frozenset[str]
    ordinals: Mapping[str, int]
    day_first: bool  # 3/5/2021 is in May
    year: frozenset[str]  # words behind a year: 2025 года
    bare_seasons: frozenset[str]  # seasons that no word needs to lead to: весной
    signs: frozenset[str]  # Chinese ones behind the parts of a date
    cues: frozenset[str]  # all words that could belong to a date


@cache
def _calendar(language: str) -> _Calendar:
    words = words_for(language)
    months = {word: n for n, line in enumerate(words.lines("dates.months"), 1) for word in line}
    weekdays = {word: n for n, line in enumerate(words.lines("dates.weekdays"), 1) for word in line}
    ordinals = {word: n for n, word in enumerate((words.get("numbers.ordinals") or "").split(), 1)}
    halves = words.groups("dates.halves")
    lists = "relative", "spans", "which", "parts", "daytimes", "seasons", "holidays", "centuries"
    hyphened = {part for word in weekdays for part in word.split("-")}
    signs = words.set("dates.signs")
    return _Calendar(
        months,
        weekdays,
        words.set("dates.relative"),
        words.set("dates.spans"),
        words.set("dates.which"),
        words.set("dates.before_month"),
        halves,
        words.set("dates.parts"),
        words.set("dates.daytimes"),
        words.set("function.articles"),
        words.set("dates.seasons"),
        words.set("dates.holidays"),
        words.set("dates.centuries"),
        ordinals,
        language != "en",
        words.set("dates.year"),
        words.set("dates.bare_seasons"),
        signs,
        words.set(*(f"dates.{name}" for name in lists)).union(
            months, weekdays, hyphened, ordinals, halves, _ENDINGS, signs, CHARACTERS if signs else ()
        ),
    )


def concerns(comparison: Comparison) -> bool:
    """Whether any changed token could belong to a date."""
    calendar = _calendar(comparison.words.language)
    return any(_is_cue(key, calendar) or key in _ZONES for key in comparison.changed_keys)


def _is_cue(key: str, calendar: _Calendar) -> bool:
    """Whether a date may begin with the token."""
    return (
        key[0].isdigit() or key in calendar.cues or key in _NOON or (key[0] in _SHORT_CUES and bool(_MARK.match(key)))
    )


def dates_in(side: Side, words: Words, taken: frozenset[int]) -> list[Value]:
    """The dates of one side, in order, with the tokens that they consist of; `taken` ones are something else."""
    scanner = _Scanner(side, _calendar(words.language))
    return [value for value in scanner.scan() if taken.isdisjoint(value.tokens)]


def find(comparison: Comparison, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Finding]:
    """Dates that only one side has."""
    yield from difference(comparison, Aspect.DATE, before, after)
    yield from restated(comparison, Aspect.DATE, before, after)


class _Scanner:
    def __init__(self, side: Side, calendar: _Calendar) -> None:
        self.side = side
        self.keys = side.keys
        self.calendar = calendar
        self.time_end = -1  # the first token behind the last time of day

    def scan(self) -> Iterator[Value]:
        index = 0
        while index < len(self.keys):
            value = self._at(index) if _is_cue(self.keys[index], self.calendar) else None
            if value:
                yield self._with_part(value, index)
                index = max(value.tokens) + 1
            else:
                index += 1

    def _at(self, index: int) -> Value | None:
        """The date that begins at a token."""
        return (
            self._iso(index)
            or self._dashed(index)
            or self._signed(index)
            or self._with_month(index)
            or self._time(index)
            or self._century(index)
            or self._quarter(index)
            or self._word(index)
        )

    def _with_part(self, value: Value, index: int) -> Value:
        """`early April`, `the end of 2025`: the part belongs to the date."""
        for ahead in (1, 2):
            part = self._key(index - ahead)
            if part in self.calendar.parts and (ahead == 1 or self._key(index - 1) == "of"):
                return Value((part, value.key), value.tokens | {index - ahead}, sort=value.sort)
        return value

    def _value(self, kind: Hashable, start: int, end: int) -> Value:
        sort = str(kind[0]) if isinstance(kind, tuple) and isinstance(kind[0], str) else "date"
        return Value((kind,), frozenset(range(start, end)), sort=sort)

    def _iso(self, index: int) -> Value | None:
        key = self.keys[index]
        if not key[0].isdigit():
            return None
        if len(key) == 10 and key[4] == "-" and key[7] == "-":
            return self._value((int(key[:4]), int(key[5:7]), int(key[8:])), index, index + 1)
        parts = key.replace(".", "/").split("/")
        if len(parts) == 3 and all(part.isdigit() and len(part) <= 4 for part in parts) and len(parts[2]) in (2, 4):
            day, month, year = map(int, parts)
            known = len(parts[2]) == 4 and ("." in key or self.calendar.day_first) and month <= _MONTHS
            return self._value((year, month, day) if known else ("numeric", day, month, year), index, index + 1)
        if len(parts) == _MONTH_AND_YEAR and "/" in key and all(map(str.isdecimal, parts)) and len(parts[1]) == 4:
            month, year = map(int, parts)
            return self._value((year, month, None), index, index + 1) if 0 < month <= _MONTHS else None
        return None

    def _dashed(self, index: int) -> Value | None:
        """`03-05-2025`, where the day stands first."""
        day, month, year = self._number(index, _DAYS), self._number(index + 2, _MONTH), self._number(index + 4, _YEARS)
        if not (self.calendar.day_first and day and month and year):
            return None
        joined = self._key(index + 1) == self._key(index + 3) == "-"
        if not joined or any(self.side.spaced(at) for at in range(index + 1, index + 5)):
            return None
        return self._value((year, month, day), index, index + 5)

    def _signed(self, index: int) -> Value | None:
        """`2025年5月3日`, `五月`, `星期四`: Chinese dates, whose parts have signs."""
        signs = self.calendar.signs
        if not signs:
            return None
        parts: dict[str, int | None] = {}
        end = index
        for part, marks, allowed in (("year", "年", _YEARS), ("month", "月", _MONTH), ("day", "日号號", _DAYS)):
            value, behind = self._number_at(end)
            if value in allowed and self._key(behind) in tuple(marks):
                parts[part], end = value, behind + 1
        if "year" in parts or "month" in parts:
            return self._value((parts.get("year"), parts.get("month"), parts.get("day")), index, end)
        start = index + 2 if self.keys[index : index + 2] == ["星", "期"] else index + 1
        if start == index + 1 and self.keys[index] not in {"周", "週"}:
            return None
        day = "一二三四五六日天".find(self._key(start) or "-")
        if day < 0 or self._key(start + 1) in {"次", "年", "期", "岁", "歲"}:  # 每周三次 is a number
            return None
        return self._value(("weekday", min(day, 6) + 1), index, start + 1)

    def _number_at(self, index: int) -> tuple[int | None, int]:
        """A number in digits or Chinese characters, and the first token behind it."""
        if self._key(index).isdecimal() and len(self.keys[index]) <= 4:
            return int(self.keys[index]), index + 1
        return chinese_numeral(self.keys, index)

    def _number(self, index: int, allowed: range) -> int | None:
        if 0 <= index < len(self.keys) and self.keys[index].isdecimal() and len(self.keys[index]) <= 4:
            number = int(self.keys[index])
            return number if number in allowed else None
        return None

    def _day(self, index: int) -> tuple[int | None, int]:
        """A day's number at the token, and the first token behind it with its ending."""
        day = self._number(index, _DAYS)
        end = index + 1
        if end < len(self.keys) and self.keys[end] in _ENDINGS and not self.side.spaced(end):
            end += 1
        return day, end

    def _with_month(self, index: int) -> Value | None:
        """`3 May 2021`, `3rd of May`, `May 3, 2021`, `May 2021`, `May`."""
        day, end = self._day(index)
        if day is None and self._key(index + 1) == "of":
            day = self.calendar.ordinals.get(self.keys[index])  # the first of May
        if day is None:
            return self._from_month(index)
        if end < len(self.keys) and self.keys[end] in {"of", ".", "de"}:
            end += 1
        month = self.calendar.months.get(self._key(end))
        if not month:
            return None
        year, end = self._year(self._past_point(end + 1))
        return self._value((year, month, day), index, end)

    def _from_month(self, index: int) -> Value | None:
        month = self.calendar.months.get(self.keys[index])
        if not month:
            return None
        start, end = index, self._past_point(index + 1)
        day, day_end = self._day(end)
        if day is not None and self._key(day_end) not in {"%", "percent", "million", "people"}:
            year, end = self._year(day_end)
            return self._value((year, month, day), start, end)
        year, end = self._year(end)
        if year is None and not self._is_month(index):
            return None
        return self._value((year, month, None), start, end)

    def _is_month(self, index: int) -> bool:
        """Whether a month's name without a number is one: `may`, `march` need a capital and a leading word."""
        if self.keys[index] not in _AMBIGUOUS:
            return len(self.keys[index]) > 3 or self.side.words[index][0].isupper()
        return self.side.words[index][0].isupper() and index > 0 and self.keys[index - 1] in self.calendar.before_month

    def _year(self, index: int) -> tuple[int | None, int]:
        """A year behind a month, with or without a comma; and the first token behind it."""
        for start in (index, index + 1) if self._key(index) in {",", "of", "de"} else (index,):
            year = self._number(start, _YEARS)
            if year is not None:
                return year, start + 1 + (self._key(start + 1) in self.calendar.year)
        return None, index

    def _time(self, index: int) -> Value | None:
        """`8:30`, `9 a.m.`, `9:00 am`, `17.30 Uhr`, `12 noon`, `10:00 CET`."""
        key = self.keys[index]
        half, end = self._half(index + 1)
        pointed = len(key) > 3 and key[-3] == "." and (half is not None or self._is_at(index))
        parts = (key.replace(".", ":") if pointed else key).split(":")
        if len(parts) > 2 or not all(part.isdecimal() and len(part) <= 2 for part in parts):
            return None
        if len(parts) == 1 and half is None:
            return None
        hour, minute = int(parts[0]), int(parts[1]) if len(parts) == 2 else 0
        if half in {"am", "pm"} and hour <= _HALF_DAY:
            hour = hour % _HALF_DAY + _HALF_DAY * (half == "pm")
        elif self._key(end - 1) in _NOON and end > index + 1:
            hour = _NOON[self._key(end - 1)]
        if self._key(end) in _ZONES and (end == index + 1 or self.side.words[end].isupper()):
            hour, end = (hour - _ZONES[self._key(end)]) % _DAY, end + 1
            return self._of_time(("time", hour, minute, "utc"), index, end)
        return self._of_time(("time", hour, minute), index, end)

    def _of_time(self, kind: Hashable, start: int, end: int) -> Value:
        self.time_end = end
        return self._value(kind, start, end)

    def _is_at(self, index: int) -> bool:
        """Whether a word that leads to a time of day stands in front, and nothing that is counted behind."""
        if self._key(index - 1) in _BETWEEN and index - 1 == self.time_end:
            return True
        following = self._key(index + 1)
        spanned = following in _BETWEEN and self._key(index + 2)[:1].isdigit()
        return self._key(index - 1) in _AT and (spanned or not following[:1].isalpha())

    def _half(self, index: int) -> tuple[str | None, int]:
        key = self._key(index)
        if key in self.calendar.halves:
            return self.calendar.halves[key], index + 1
        return (key, index + 1) if key in _O_CLOCK or key in _NOON else (None, index)

    def _word(self, index: int) -> Value | None:
        key = self.keys[index]
        if (weekday := self.calendar.weekdays.get(key)) and (
            key not in _AMBIGUOUS or self.side.words[index][0].isupper()
        ):
            return self._of_day(("weekday", weekday), index)
        if self._key(index + 1) == "-" and (weekday := self.calendar.weekdays.get(f"{key}-{self._key(index + 2)}")):
            return self._value(("weekday", weekday), index, index + 3)
        if key in self.calendar.bare_seasons:
            return self._value(key, index, index + 1)
        if key in _NOON:
            return self._of_time(("time", _NOON[key], 0), index, index + 1)
        if key in self.calendar.relative:
            return self._of_day(key, index)
        if key in self.calendar.holidays or (key in self.calendar.seasons and self._is_season(index)):
            return self._value(key, index, index + 1)
        if key in self.calendar.which and self._key(index + 1) in self.calendar.spans:
            return self._value((key, self._key(index + 1)), index, index + 2)
        year = self._number(index, range(1800, 2100)) or self._short_year(index)
        if year and self._key(index + 1) == "s" and not self.side.spaced(index + 1):
            return self._value(("decade", year), index, index + 2)
        return self._value((year, None, None), index, index + 1) if year and self._stands_alone(index) else None

    def _short_year(self, index: int) -> int | None:
        """The year that two digits behind a year and a dash stand for: `2020-24`."""
        year = self._number(index - 2, range(1800, 2100)) if self._key(index - 1) == "-" else None
        short = self.keys[index] if len(self.keys[index]) == 2 and self.keys[index].isdecimal() else "0"
        return (
            year - year % 100 + int(short) if year and int(short) > year % 100 and not self.side.spaced(index) else None
        )

    def _is_season(self, index: int) -> bool:
        """Whether a word that leads to a time stands in front: `in spring`, `over the winter`."""
        ahead = self._key(index - 1)
        if ahead in self.calendar.articles:
            ahead = self._key(index - 2)
        return ahead in self.calendar.before_month

    def _century(self, index: int) -> Value | None:
        """`the 19th century`, `the nineteenth century`, `18. Jahrhundert`, `XVIIIe siècle`, `siglo XVIII`."""
        key = self.keys[index]
        if key in self.calendar.centuries and _ROMAN.match(self._key(index + 1)):
            return self._value(("century", self._key(index + 1)), index, index + 2)
        number, end = self._day(index)
        number = number or self.calendar.ordinals.get(key)
        which: Hashable = number or (key if _ROMAN.match(key) else None)
        if which and self._key(end) == ".":
            end += 1
        if which is None or self._key(end) not in self.calendar.centuries:
            return None
        return self._value(("century", which), index, end + 1)

    def _quarter(self, index: int) -> Value | None:
        """`Q3 2025`, `H1 2024`, `third quarter of 2025`, `3. Quartal 2025`: a part of a year."""
        key, end = self.keys[index], index + 1
        if not _QUARTER.match(key):
            number, end = self._day(index)
            number, end = number or self.calendar.ordinals.get(key), self._past_point(end)
            if not number or self._key(end) not in _QUARTERS:
                return None
            key, end = f"q{number}", end + 1
        year, end = self._year(end)
        return self._value((year, key.replace("t", "q")), index, end) if year else None

    def _of_day(self, day: Hashable, index: int) -> Value:
        """A weekday or `today`, with the time of day behind it: `Monday evening`."""
        daytime = self._key(index + 1)
        if daytime in self.calendar.daytimes:
            return self._value((day, daytime), index, index + 2)
        return self._value(day, index, index + 1)

    def _stands_alone(self, index: int) -> bool:
        """Whether four digits are a year: nothing that is counted or paid follows or leads."""
        behind, ahead = self._key(index + 1), self._key(index - 1) if index else ""
        return not behind[:1].isalpha() or behind in self.calendar.before_month or ahead in self.calendar.before_month

    def _key(self, index: int) -> str:
        return self.keys[index] if 0 <= index < len(self.keys) else ""

    def _past_point(self, index: int) -> int:
        return index + 1 if self._key(index) == "." and index + 1 < len(self.keys) else index
