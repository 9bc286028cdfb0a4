"""Values that a text holds, and which of them only one side has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from monitor.core.aspects.comparison import Comparison, Finding
from monitor.model import Aspect


class Value(NamedTuple):
    """Something of which the text says the value: equal keys are the same value, however written."""

    key: Hashable
    tokens: frozenset[int]


def difference(
    comparison: Comparison, aspect: Aspect, before: Sequence[Value], after: Sequence[Value]
) -> Iterator[Finding]:
    """One finding for each value that changed, paired in order; values that both sides have are no change."""
    gone, come = unmatched(before, after), unmatched(after, before)
    for old, new in zip(gone, come, strict=False):
        reason = f"{aspect}: {comparison.before.quoted(old.tokens)} → {comparison.after.quoted(new.tokens)}"
        yield Finding(aspect, reason, before=old.tokens, after=new.tokens)
    for old in gone[len(come) :]:
        yield Finding(aspect, f"{aspect}: {comparison.before.quoted(old.tokens)} lost", before=old.tokens)
    for new in come[len(gone) :]:
        yield Finding(aspect, f"{aspect}: {comparison.after.quoted(new.tokens)} gained", after=new.tokens)


def unmatched(values: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    """The values that the other side has not, or has fewer of."""
    left = Counter(value.key for value in others)
    rest: list[Value] = []
    for value in values:
        if left[value.key] > 0:
            left[value.key] -= 1
        else:
            rest.append(value)
    return rest
