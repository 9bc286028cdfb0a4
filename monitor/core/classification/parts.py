"""Compare a whole with its parts without what only joins or numbers them: the `and` in front of the last, `(a)`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ALSO = frozenset(
    ["and", "und", "sowie", "et", "y", "e", "i", "oraz", "и", "та", "й", "ed", "en"]
)  # no `or`: what is left out then says something
_JOINING = _ALSO | {"or", "oder", "ou", "o", "u", "lub", "albo", "или", "або", "of", "but", "aber", "mais", "pero"}
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_MARKER = re.compile(r"(?:^|(?<=\s))\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]\s*$")
_MARKED = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]\s+")
_BEGINNING = (3, 2, 1)  # words by which the beginning of a part is found in the whole
_LONG = 4  # letters of a word that is looked for alone


def without_joints(whole: str, parts: Sequence[str]) -> tuple[str, list[str]]:
    """The whole and its parts without the words and markers at the places where the parts meet.

    They stay where both sides have them, and where they differ: `and` for `or` says something else.
    """
    found = list(_WORD.finditer(whole))
    keys = [one.group().casefold() for one in found]
    parts = list(parts)
    cuts: list[tuple[int, int]] = []
    at = 0
    for number, part in enumerate(parts):
        marked = _MARKED.match(part)
        body = part[marked.end() :] if marked else part
        begin = _find(keys, [word.casefold() for word in _WORD.findall(body)[: max(_BEGINNING)]], at)
        if begin < 0:
            continue
        at = begin + 1
        end = start = found[begin].start()
        marker = _MARKER.search(whole, 0, end)
        if bool(marker) != bool(marked):
            start = marker.start() if marker else start
            parts[number] = body
        if number:
            joint = _last_word(whole[:start])
            edge = _last_word(parts[number - 1])
            if joint != edge and {joint, edge} & _ALSO and (joint not in _JOINING or edge not in _JOINING):
                start = start if joint not in _ALSO else _without_last(whole[:start])
                if edge in _ALSO:
                    parts[number - 1] = parts[number - 1][: _without_last(parts[number - 1])]
        cuts.append((start, end))
    last = _last_word(parts[-1])
    if last in _ALSO and last != _last_word(whole):
        parts[-1] = parts[-1][: _without_last(parts[-1])]
    for start, end in reversed(cuts):
        whole = f"{whole[:start].rstrip()} {whole[end:]}" if start < end else whole
    return whole, parts


def _find(keys: Sequence[str], words: Sequence[str], start: int) -> int:
    """Where the words, or the first of them, are found from a place on; -1 where they are not."""
    for count in _BEGINNING:
        if len(words) < count or (count == 1 and len(words[0]) < _LONG and len(words) > 1):
            continue
        wanted = list(words[:count])
        for at in range(start, len(keys) - count + 1):
            if keys[at : at + count] == wanted:
                return at
    return -1


def _last_word(text: str) -> str:
    return text.rstrip(" ,;:.").rpartition(" ")[2].casefold()


def _without_last(text: str) -> int:
    """How much of a text is left without its last word."""
    plain = text.rstrip(" ,;:.")
    return len(plain) - len(plain.rpartition(" ")[2])
