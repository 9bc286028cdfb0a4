"""Read numbers that are written in Chinese characters, where each character is a token: 三十, 二〇二五, 一千二百万."""

from __future__ import annotations

from collections.abc import Sequence

_WRITTEN = ("〇零", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_DIGITS = {char: digit for digit, chars in enumerate(_WRITTEN) for char in chars}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
CHARACTERS = frozenset(_DIGITS) | frozenset(_UNITS) | frozenset(_LARGE)


def chinese_numeral(tokens: Sequence[str], start: int) -> tuple[int | None, int]:
    """The number that begins at a token and the first token behind it; None where there is no number."""
    end = start
    while end < len(tokens) and tokens[end] in CHARACTERS:
        end += 1
    run = tokens[start:end]
    if not run or run[0] in _LARGE:
        return None, start
    if len(run) > 1 and all(token in _DIGITS for token in run):
        return int("".join(str(_DIGITS[token]) for token in run)), end
    total = section = digit = 0
    for token in run:
        if token in _DIGITS:
            digit = _DIGITS[token]
        elif token in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[token], 0
        else:
            total, section, digit = (total + section + digit) * _LARGE[token], 0, 0
    return total + section + digit, end
