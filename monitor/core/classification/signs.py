"""Signs that say something: check marks, arrows, stars, mathematics; text that is struck out; the columns of a row.

Quotation marks, dashes, commas, full stops, brackets, bullets and the like are typography. Any other sign of Unicode's
classes So, Sm and Sc says something, as do `?`, `%`, `§`, an exponent, `!` in front of a word, and stars in a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from unicodedata import category

from monitor.core.classification.compare import Comparison, Finding, Side, equal_stretches
from monitor.model import Aspect

_CHECKS = frozenset("✓✔✅☑☒✗✘❌❎✕✖☐◉")
_TYPOGRAPHY = frozenset("™®©℠•‣◦▪▫●■◆►▶➤❖❯")
_MEANT = frozenset("?؟%‰‱§¶†‡″′|\u202d\u202e")  # of the classes of punctuation, and what turns text round
_OPERATORS = frozenset("=+×÷*^")
_IN_FORMULAS = frozenset("*/-()#")  # say something beside an operator
_RATING, _LONGEST = 2, 12  # stars in a row
_TICKS = frozenset({"x", "✓", "✔"})
_MOST = 20  # cells of a row that are told of


def find(comparison: Comparison) -> Iterator[Finding]:
    """Cells in another column, text struck out or no longer so, boxes that were ticked or cleared."""
    if any(comparison.columns):
        yield from islice(_moved_cells(comparison), _MOST)
    if any("~~" in side.text for side in comparison.sides):
        yield from _struck(comparison)
    if not comparison.changed_keys.isdisjoint({"x", "[", "✓", "✔"}):
        yield from _boxes(comparison)


def changed_signs(comparison: Comparison, removed: Sequence[int], added: Sequence[int]) -> Finding | None:
    """The finding of tokens in which signs differ that say something; None where they say the same."""
    old = [i for i in removed if says(comparison.before, i)]
    new = [j for j in added if says(comparison.after, j)]
    was, now = ([side.keys[i] for i in part] for side, part in zip(comparison.sides, (old, new), strict=True))
    if Counter(was) == Counter(now):
        return None
    aspect = Aspect.WORDING if _CHECKS.isdisjoint((*was, *now)) else Aspect.NEGATION
    text = f"{comparison.before.quoted(old) or 'nothing'} → {comparison.after.quoted(new) or 'nothing'}"
    return Finding(aspect, f"{aspect}: {text}", before=frozenset(old), after=frozenset(new))


def says(side: Side, index: int) -> bool:
    """Whether a token is a sign that says something where it stands."""
    key = side.keys[index]
    if key[0].isalnum():
        return False
    if key in _IN_FORMULAS and _in_formula(side, index):
        return True
    if key in "*.":
        return _is_wildcard(side, index) or (key == "*" and _in_rating(side, index))
    if key in "[]{}":
        return _is_empty(side, index)
    if key == "!":
        return _leads(side, index)
    if key == "&":
        return any(_beside(side, index, step) == "&" for step in (-1, 1))
    if key == "|":
        return not side.spaced(index)
    if key == "#":
        ahead = _beside(side, index, -1)
        return (len(ahead) == 1 and ahead.isalpha()) or _is_comment(side, index)  # C#
    if key == "-":
        return _is_grade(side, index)
    return _says(key)


def _in_formula(side: Side, index: int) -> bool:
    """Whether an operator stands in the text, and the sign is no bullet: `x = y / z`, `3 * (4 + 5)`."""
    return (index > 0 or side.keys[0] == "#") and _has_operator(side)


@lru_cache(maxsize=8)
def _has_operator(side: Side) -> bool:
    """Whether there is an equals sign, or an operator between figures: no bullet, no emphasis."""
    keys = side.keys
    return any(
        keys[at] == "=" or (keys[at] in _OPERATORS and keys[at - 1][0].isdigit() and keys[at + 1][0] in "(0123456789")
        for at in range(1, len(keys) - 1)
    )


def _is_comment(side: Side, index: int) -> bool:
    """Whether a `#` at the head puts a setting out of force: `# port: 80`."""
    return not index and side.keys[2:3] == [":"] and not side.spaced(2) and side.words[1].islower()


def _is_grade(side: Side, index: int) -> bool:
    """Whether a minus stands behind a single capital, and before no other word: `B-`."""
    alone = index + 1 == len(side.keys) or side.spaced(index + 1)
    ahead = side.words[index - 1] if index and not side.spaced(index) else ""
    return alone and len(ahead) == 1 and ahead.isupper()


@lru_cache(maxsize=1024)
def _says(key: str) -> bool:
    if key[0] in _TYPOGRAPHY:
        return False
    return key[0] in _MEANT or (key[0] == "^" and len(key) > 1) or category(key[0]) in {"So", "Sm", "Sc"}


def _is_wildcard(side: Side, index: int) -> bool:
    """Whether a star stands for any letters, or a point beside it is part of the pattern: `*.log`, `.*log`, `a/*`.

    Also a star alone between two words: `SELECT * FROM`. Others are note marks, emphasis and bullets.
    """
    ahead, behind = _beside(side, index, -1), _beside(side, index, 1)
    if side.keys[index] == ".":
        return (behind == "*" and _is_wildcard(side, index + 1)) or (ahead == "*" and _is_wildcard(side, index - 1))
    if not ahead and not behind:
        beside = side.keys[index - 1 : index] + side.keys[index + 1 : index + 2]
        return side.keys[0] != "*" and len(beside) == 2 and all(key[0].isalnum() for key in beside)
    if ahead in {".", "\\"}:
        return behind[:1].isalnum() or behind == "\\"
    return ahead == "/" or (behind == "." and not ahead and _beside(side, index + 1, 1)[:1].isalnum())


def _is_empty(side: Side, index: int) -> bool:
    """Whether a bracket is of an empty list or object, which stands alone: not `[](/place)`."""
    start = max(index - (side.keys[index] in "]}"), 0)
    return side.spaced(start) and side.text[side.starts[start] : side.starts[start] + 3].rstrip() in {"[]", "{}"}


def _in_rating(side: Side, index: int) -> bool:
    """Whether a star stands in a row of stars that belongs to no word: no emphasis, no footnote mark."""
    start = end = index
    while start > max(index - _LONGEST, 0) and side.keys[start - 1] == "*" and not side.spaced(start):
        start -= 1
    while end + 1 < min(len(side.keys), index + _LONGEST) and side.keys[end + 1] == "*" and not side.spaced(end + 1):
        end += 1
    free = side.spaced(start) and (end + 1 == len(side.keys) or side.spaced(end + 1) or side.keys[end + 1] in ".,;)|")
    return free and end + 1 - start >= _RATING


def _leads(side: Side, index: int) -> bool:
    """Whether an exclamation mark stands close in front of a word or sign, as programs and filters deny."""
    behind = _beside(side, index, 1)
    return behind[:1].isalnum() or behind in {"=", "("}


def _beside(side: Side, index: int, step: int) -> str:
    """The token in front or behind, where no white space is between; else nothing."""
    other = index + step
    if not 0 <= other < len(side.keys) or side.spaced(max(index, other)):
        return ""
    return side.keys[other]


def _moved_cells(comparison: Comparison) -> Iterator[Finding]:
    """Cells whose text stands in another column; rows with another number of columns."""
    before, after = (
        [tuple(side.keys[cell.start : cell.stop]) for cell in cells]
        for side, cells in zip(comparison.sides, comparison.columns, strict=True)
    )
    if before == after:
        return
    places: dict[tuple[str, ...], int] = {}
    for column, keys in enumerate(after):
        if keys and (column >= len(before) or before[column] != keys):
            places.setdefault(keys, column)
    told = False
    for column, keys in enumerate(before):
        place = places.get(keys)
        if place is not None and (column >= len(after) or after[column] != keys):
            old, new = frozenset(comparison.columns[0][column]), frozenset(comparison.columns[1][place])
            reason = f"wording: {comparison.before.quoted(old)} from column {column + 1} to column {place + 1}"
            yield Finding(Aspect.WORDING, reason, before=old, after=new)
            told = True
    if len(before) != len(after) and not told:
        yield Finding(Aspect.WORDING, f"wording: {_columns(len(before))} → {_columns(len(after))}")


def _columns(count: int) -> str:
    return f"{count or 'no'} column{'s' * (count != 1)}"


def _struck(comparison: Comparison) -> Iterator[Finding]:
    """Text that a line was drawn through on one side alone: `~~12~~`."""
    parts = [[*_struck_parts(side)] for side in comparison.sides]
    inside = [{i for part in own for i in part[2:-2]} for own in parts]
    kept = [
        (i, j)
        for start, other, length in equal_stretches(comparison)
        for i, j in zip(range(start, start + length), range(other, other + length), strict=True)
        if (i in inside[0]) != (j in inside[1])
    ]
    ends = "no longer struck out", "struck out"
    for at, (side, own, end) in enumerate(zip(comparison.sides, parts, ends, strict=True)):
        turned = {pair[at] for pair in kept}
        changed = [part for part in own if any(side.changed[i] for i in _tildes(part)) or not turned.isdisjoint(part)]
        for part in islice(changed, _MOST):
            marks = frozenset(_tildes(part))
            reason = f"wording: {side.quoted(part[2:-2])} {end}"
            yield Finding(
                Aspect.WORDING, reason, before=frozenset() if at else marks, after=marks if at else frozenset()
            )


def _struck_parts(side: Side) -> Iterator[range]:
    """The tokens from each opening `~~` to its closing one, marks included."""
    begun: int | None = None
    index = 0
    while index + 1 < len(side.keys):
        if side.keys[index] == "~" and side.keys[index + 1] == "~" and not side.spaced(index + 1):
            if begun is None:
                begun = index
            else:
                yield range(begun, index + 2)
                begun = None
            index += 1
        index += 1


def _tildes(part: range) -> Iterable[int]:
    return (*part[:2], *part[-2:])


def _boxes(comparison: Comparison) -> Iterator[Finding]:
    """Check boxes written in brackets, `[x]` and `[ ]` or `(x)` and `( )`, whose state changed."""
    old, new = ([*boxes_in(side)] for side in comparison.sides)
    if not old and not new:
        return
    states = [[len(box) > 2 for box in boxes] for boxes in (old, new)]
    round_ones = any(comparison.before.keys[box[0]] == "(" for box in old) or any(
        comparison.after.keys[box[0]] == "(" for box in new
    )
    if states[0] == states[1] or (round_ones and len(old) != len(new)):  # (x) may be a number
        return
    before, after = (
        frozenset(i for box in boxes for i in box if side.changed[i])
        for side, boxes in zip(comparison.sides, (old, new), strict=True)
    )
    if before or after:
        told = (" ".join("[x]" if state else "[ ]" for state in part[:_MOST]) or "nothing" for part in states)
        yield Finding(Aspect.NEGATION, f"negation: {' → '.join(told)}", before=before, after=after)


def boxes_in(side: Side) -> Iterator[range]:
    """The tokens of each check box in brackets: three where it is ticked, two where it is empty."""
    keys = side.keys
    for index in [index for index, key in enumerate(keys) if key in {"[", "("} and side.spaced(index)]:
        end = "]" if keys[index] == "[" else ")"
        if keys[index + 1 : index + 2] == [end] and side.spaced(index + 1):
            yield range(index, index + 2)
        elif index + 2 < len(keys) and keys[index + 1] in _TICKS and keys[index + 2] == end:
            yield range(index, index + 3)
