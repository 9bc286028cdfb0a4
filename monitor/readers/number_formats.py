"""Write numbers and dates as a cell of a sheet shows them, by the format codes of Office Open XML.

Source: ECMA-376, part 1, 18.8.30 and 18.8.31. What depends on the viewer's locale is fixed: English month names, short
dates as 2026-01-31. Fractions and conditions are written as plain numbers.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

_BUILT_IN: Final = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
_GENERAL: Final = frozenset({"", "general", "@", "standard"})
_TOKEN: Final = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|(\[[hms]+\])|\[[^\]]*\]|_.|\*.'
    r"|(y+|m+|d+|h+|s+(?:\.0+)?|am/pm|a/p)|([0#?.,]+)|(e[+-][0#?]+)|(%)|(.)",
    re.IGNORECASE | re.DOTALL,
)
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no zones
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY: Final = 2_958_465.99999  # 31 December 9999
_WHOLE: Final = 1e15  # whole numbers below it are exact; a cell shows fewer digits, but keeps identifiers
_LONGEST: Final = 255  # characters of a format code


class _Part(NamedTuple):
    kind: str  # literal, date, digits, exponent, percent
    text: str


def built_in(number: int) -> str:
    """The format code of a number that stands for one; empty for `General`."""
    return _BUILT_IN.get(number, "")


def shown(value: float, code: str, *, from_1904: bool = False) -> str:
    """The number as a cell of this format code shows it."""
    if code.lower() in _GENERAL or len(code) > _LONGEST:
        return _general(value)
    sections = _sections(code)
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    if value == 0 and len(sections) > 2:
        section = sections[2]
    if any(part.kind == "date" for part in section):
        return _date(value, section, from_1904=from_1904)
    sign = "-" if value < 0 and section is sections[0] else ""
    return sign + _number(abs(value), section)


def _general(value: float) -> str:
    if abs(value) < _WHOLE and value == int(value):
        return str(int(value))
    return f"{value:.10g}".replace("e", "E")


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[_Part, ...], ...]:
    sections: list[list[_Part]] = [[]]
    for found in _TOKEN.finditer(code):
        literal = next((group for group in found.group(1, 2, 3) if group is not None), None)
        elapsed, date, digits, exponent, percent, other = found.group(4, 5, 6, 7, 8, 9)
        if literal is not None:
            sections[-1].append(_Part("literal", literal))
        elif elapsed or date:
            sections[-1].append(_Part("date", (elapsed or date).lower()))
        elif digits:
            sections[-1].append(_Part("digits", digits))
        elif exponent:
            sections[-1].append(_Part("exponent", exponent))
        elif percent:
            sections[-1].append(_Part("percent", "%"))
        elif other == ";":
            sections.append([])
        elif other:
            sections[-1].append(_Part("literal", other))
    return tuple(map(tuple, sections))


# --- numbers --------------------------------------------------------------------------------------


def _number(value: float, section: tuple[_Part, ...]) -> str:
    value *= 100 ** sum(part.kind == "percent" for part in section)
    exponent = any(part.kind == "exponent" for part in section)
    written: list[str] = []
    done = False
    for part in section:
        if part.kind == "digits" and not done:
            written.append(_digits(value, part.text, scientific=exponent))
            done = True
        elif part.kind in ("literal", "percent"):
            written.append(part.text)
    return "".join(written).strip()


def _digits(value: float, pattern: str, *, scientific: bool) -> str:
    whole, _, fraction = pattern.partition(".")
    places = sum(char in "0#?" for char in fraction)
    if scientific:
        return f"{value:.{places}E}"
    stripped = pattern.rstrip(",")
    value /= 1000 ** (len(pattern) - len(stripped))
    text = f"{value:,.{places}f}" if "," in whole.rstrip(",") else f"{value:.{places}f}"
    optional = len(fraction) - len(fraction.rstrip("#"))
    if optional and "." in text:
        kept = len(text) - optional
        text = text[:kept] + text[kept:].rstrip("0")
        text = text.rstrip(".")
    head, dot, tail = text.partition(".")
    head = head.rjust(sum(char == "0" for char in whole), "0")
    return ("" if head == "0" and "0" not in whole and dot else head) + dot + tail


# --- dates ----------------------------------------------------------------------------------------


def _date(value: float, section: tuple[_Part, ...], *, from_1904: bool) -> str:
    if not 0 <= value <= _LAST_DAY:
        return _general(value)
    # whole seconds unless the format asks for parts of them: 0.1 + 0.2 must not show as 59 seconds
    exact = any(part.kind == "date" and "." in part.text for part in section)
    seconds = round(value * 86_400, 3 if exact else 0)
    moment = (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(seconds=seconds)
    halves = any(part.text in ("am/pm", "a/p") for part in section)
    written: list[str] = []
    before = ""
    for place, part in enumerate(section):
        if part.kind != "date":
            written.append(part.text)
            continue
        after = next((one.text for one in section[place + 1 :] if one.kind == "date"), "")
        minutes = part.text[0] == "m" and (before[-1:] == "h" or after[:1] == "s")
        written.append(_field(part.text, moment, seconds, minutes=minutes, halves=halves))
        before = part.text.strip("[]")
    return "".join(written).strip()


def _field(code: str, moment: datetime, seconds: float, *, minutes: bool, halves: bool) -> str:
    if code[0] == "[":
        return str(int(seconds // {"h": 3600, "m": 60, "s": 1}[code[1]]))
    if code in ("am/pm", "a/p"):
        return "AM" if moment.hour < 12 else "PM"
    if code[0] == "s":
        _, _, parts = code.partition(".")
        return f"{moment.second:02d}" + (f".{moment.microsecond:06d}"[: len(parts) + 1] if parts else "")
    if code[0] == "y":
        return f"{moment.year % 100:02d}" if len(code) < 3 else f"{moment.year:04d}"
    if code[0] in "md" and not minutes and len(code) > 2:
        return _name(code, moment)
    hour = moment.hour % 12 or 12 if halves else moment.hour
    number = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour}[code[0]]
    return f"{number:0{min(2, len(code))}d}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _name(code: str, moment: datetime) -> str:
    name = _MONTHS[moment.month - 1] if code[0] == "m" else _DAYS[moment.weekday()]
    return {3: name[:3], 5: name[:1]}.get(len(code), name)
