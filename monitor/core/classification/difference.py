"""Values that a text holds, and which of them only one side has."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side
from monitor.core.diff.sequences import ChangedRun
from monitor.model import Aspect


class Value(NamedTuple):
    """Something of which the text says the value: equal keys are the same value, however written.

    `beside` are tokens that come and go with it: the noun that a number counts.
    """

    key: Hashable
    tokens: frozenset[int]
    beside: frozenset[int] = frozenset()


def difference(
    comparison: Comparison, aspect: Aspect, before: Sequence[Value], after: Sequence[Value]
) -> Iterator[Finding]:
    """One finding for each value that changed, paired in order. A value of which no token changed did not change."""
    gone = [v for v in unmatched(before, after, comparison.before) if touched(comparison.before, v.tokens)]
    come = [v for v in unmatched(after, before, comparison.after) if touched(comparison.after, v.tokens)]
    for old, new in paired(comparison, gone, come):
        if old and new:
            reason = f"{aspect}: {comparison.before.quoted(old.tokens)} → {comparison.after.quoted(new.tokens)}"
            yield Finding(aspect, reason, before=old.tokens, after=new.tokens)
        elif old:
            tokens = old.tokens | {i for i in old.beside if comparison.before.changed[i]}
            yield Finding(aspect, f"{aspect}: {comparison.before.quoted(tokens)} lost", before=tokens)
        elif new:
            tokens = new.tokens | {j for j in new.beside if comparison.after.changed[j]}
            yield Finding(aspect, f"{aspect}: {comparison.after.quoted(tokens)} gained", after=tokens)


def paired(
    comparison: Comparison, gone: Sequence[Value], come: Sequence[Value]
) -> Iterator[tuple[Value | None, Value | None]]:
    """Values of both sides that stand in the same run, in order; those without a partner alone."""
    waiting: dict[ChangedRun | None, deque[Value]] = {}
    for new in come:
        waiting.setdefault(_run_of(comparison.after, new, comparison.run_after), deque()).append(new)
    for old in gone:
        partners = waiting.get(_run_of(comparison.before, old, comparison.run_before))
        yield old, partners.popleft() if partners else None
    for rest in waiting.values():
        for new in rest:
            yield None, new


def _run_of(side: Side, value: Value, find: Callable[[int], ChangedRun]) -> ChangedRun | None:
    changed = [index for index in value.tokens if side.changed[index]]
    return find(min(changed)) if changed else None


def unmatched(values: Sequence[Value], others: Sequence[Value], side: Side) -> list[Value]:
    """The values that the other side has not, or has fewer of: those that changed before those that stayed."""
    if not values or (len(values) == len(others) and all(a.key == b.key for a, b in zip(values, others, strict=True))):
        return []
    surplus = Counter(value.key for value in values)
    surplus.subtract(Counter(value.key for value in others))
    chosen: list[Value] = []
    for value in sorted(values, key=lambda value: not touched(side, value.tokens)):
        if surplus[value.key] > 0:
            surplus[value.key] -= 1
            chosen.append(value)
    return sorted(chosen, key=lambda value: min(value.tokens, default=0))


def touched(side: Side, tokens: frozenset[int]) -> bool:
    """Whether any of the tokens changed."""
    return any(side.changed[index] for index in tokens)


def restated(comparison: Comparison, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Finding]:
    """The same value in other words or signs: `thirty` for `30`, `May 3` for `3 May`."""
    waiting: dict[Hashable, list[Value]] = {}
    for value in reversed(after):
        waiting.setdefault(value.key, []).append(value)
    for old in before:
        new = waiting[old.key].pop() if waiting.get(old.key) else None
        if new and (touched(comparison.before, old.tokens) or touched(comparison.after, new.tokens)):
            was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
            in_figures = was[:1].isdigit() == now[:1].isdigit() or was[-1:].isdigit() == now[-1:].isdigit()
            aspect = Aspect.TYPOGRAPHY if in_figures else Aspect.WORDING
            reason = f"{aspect}: {was} → {now} (same value)"
            yield Finding(aspect, reason, substantive=False, before=old.tokens, after=new.tokens)
