"""What stands inside quotation marks: altered, put into them, or taken out of them.

A statement is often one sentence of a longer quotation: a mark that is opened and not closed quotes to the end, one
that is closed and was not opened, from the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core.classification.compare import Comparison, Finding, Side
from monitor.core.classification.difference import Value, touched, unmatched
from monitor.core.classification.spelling import canonical
from monitor.model import Aspect

_OPENING = frozenset("“„«‘‚‹「『")
_DOUBLE = '"'
_SINGLE = "'"


def find(comparison: Comparison) -> Iterator[Finding]:
    """Quotations that only one side has; those that differ in punctuation or spelling alone are the same."""
    before, after = quotations_in(comparison.before), quotations_in(comparison.after)
    if (not before and not after) or _mended(comparison):
        return
    gone = [v for v in unmatched(before, after, comparison.before) if touched(comparison.before, v.tokens)]
    come = [v for v in unmatched(after, before, comparison.after) if touched(comparison.after, v.tokens)]
    for old, new in zip(gone, come, strict=False):
        was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
        yield _finding(comparison, f"quotation: {was} → {now}", old, new)
    for old in gone[len(come) :]:
        yield _finding(comparison, f"quotation: {comparison.before.quoted(old.tokens)} lost", old, None)
    for new in come[len(gone) :]:
        yield _finding(comparison, f"quotation: {comparison.after.quoted(new.tokens)} gained", None, new)


def _finding(comparison: Comparison, reason: str, old: Value | None, new: Value | None) -> Finding:
    return Finding(
        Aspect.QUOTATION,
        reason,
        before=frozenset(i for i in (old.tokens if old else ()) if comparison.before.changed[i]),
        after=frozenset(j for j in (new.tokens if new else ()) if comparison.after.changed[j]),
    )


def _mended(comparison: Comparison) -> bool:
    """Whether a mark that lacked its partner was set or taken away: the quotation was there before."""
    return (comparison.before.keys.count(_DOUBLE) - comparison.after.keys.count(_DOUBLE)) % 2 == 1


def quotations_in(side: Side) -> list[Value]:
    """The quotations of one side: the words inside, and the tokens, marks included."""
    found: list[Value] = []
    opened: dict[str, int] = {}
    for index, key in enumerate(side.keys):
        if key not in {_DOUBLE, _SINGLE}:
            continue
        if key in opened and not _only_opens(side, index):
            found.append(_quotation(side, opened.pop(key), index + 1))
        elif _may_open(side, index):
            opened.setdefault(key, index)
        elif key == _DOUBLE and not found and not _is_measure(side, index):
            found.append(_quotation(side, 0, index + 1))
    if _DOUBLE in opened:
        found.append(_quotation(side, opened[_DOUBLE], len(side.keys)))
    return [quotation for quotation in found if quotation.key]


def _quotation(side: Side, start: int, end: int) -> Value:
    words = tuple(canonical(key) for key in side.keys[start:end] if key[0].isalnum())
    return Value(words, frozenset(range(start, end)))


def _may_open(side: Side, index: int) -> bool:
    """Whether a mark stands close in front of a word and not close behind one, or free on both sides."""
    if index + 1 >= len(side.keys):
        return False
    if side.spaced(index + 1):
        return side.keys[index] == _DOUBLE and (side.spaced(index) or side.words[index] == "«")
    return side.spaced(index) or not side.keys[index - 1][0].isalnum()


def _only_opens(side: Side, index: int) -> bool:
    return side.words[index] in _OPENING and side.words[index] != "“" and _may_open(side, index)


def _is_measure(side: Side, index: int) -> bool:
    """Whether the mark says inches or seconds."""
    return index > 0 and side.keys[index - 1][0].isdigit() and not side.spaced(index)
