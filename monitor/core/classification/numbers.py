"""Numbers, amounts, percentages, ranges and their units: which came, went, or became others.

A figure is compared by its value: `thirty` is `30`, `1,200` is `1 200`, `5 percent` is `5%`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from monitor.core.classification.compare import Comparison, Finding
from monitor.core.classification.difference import Value, difference, restated, unmatched
from monitor.core.classification.figures import TELLING, Figure, lexicon_of
from monitor.model import Aspect


def concerns(comparison: Comparison) -> bool:
    """Whether any changed token could belong to a figure: the cheap question before the dear one."""
    cues = lexicon_of(comparison.words.language).cues
    return any(key[0].isdigit() or key in cues for key in comparison.changed_keys)


def find(comparison: Comparison, before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[Finding]:
    """Figures that only one side has, then figures whose unit alone changed."""
    old, new = _values(before), _values(after)
    gone, come = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    old, new = (
        _without_weak(before, old, gone, len(gone) - len(come)),
        _without_weak(after, new, come, len(come) - len(gone)),
    )
    yield from difference(comparison, Aspect.NUMBER, old, new)
    yield from _units(comparison, before, after)
    yield from _ranges(comparison)
    yield from restated(comparison, *([Value((f.value, f.unit), f.tokens) for f in side] for side in (before, after)))


def _ranges(comparison: Comparison) -> Iterator[Finding]:
    """A range whose dash became a word, or the other way round: `5-10`, `5 to 10`."""
    ways = {"-", comparison.words.get("numbers.range")}
    for run in comparison.runs:
        old = comparison.before.keys[run.before_start : run.before_end]
        new = comparison.after.keys[run.after_start : run.after_end]
        if not len(old) == len(new) == 1 or {*old, *new} != ways or not run.before_start:
            continue
        if comparison.before.keys[run.before_start - 1][0].isdigit():
            before, after = frozenset({run.before_start}), frozenset({run.after_start})
            reason = f"typography: {old[0]} → {new[0]} in a range"
            yield Finding(Aspect.TYPOGRAPHY, reason, substantive=False, before=before, after=after)


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
