"""The two sides of a change as tokens, which tokens differ, and which values occur on one side only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

from monitor.core.diff.sequences import ChangedRun, changed_runs
from monitor.core.text.tokens import normalize_token, tokens_of
from monitor.core.text.words import Words, guess
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
    removed = [v for v in unmatched(before, after, comparison.before) if touched(comparison.before, v.tokens)]
    added = [v for v in unmatched(after, before, comparison.after) if touched(comparison.after, v.tokens)]
    for old, new in paired(comparison, removed, added):
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
    comparison: Comparison, removed: Sequence[Value], added: Sequence[Value]
) -> Iterator[tuple[Value | None, Value | None]]:
    """Values of both sides that occur in the same run, in order; those without a partner alone."""
    waiting: dict[ChangedRun | None, deque[Value]] = {}
    for new in added:
        waiting.setdefault(_run_of(comparison.after, new, comparison.run_after), deque()).append(new)
    for old in removed:
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


_LOOK_ALIKES = {
    ord(sign): plain for plain, signs in (('"', "“”„‟«»″"), ("'", "‘’‚‛‹›′"), ("-", "‐‑‒–—―−")) for sign in signs
}


class Finding(NamedTuple):
    """One thing that changed: what it is, why in words, and the changed tokens of each side that it explains."""

    aspect: Aspect
    reason: str
    substantive: bool = True
    before: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()


class Side:
    """One side's tokens without white space. `keys` are normalised; `starts` are offsets in the text."""

    __slots__ = ("changed", "keys", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        tokens = tokens_of(text)
        keys = list(map(_key, tokens))  # empty for white space
        self.words: list[str] = list(compress(tokens, keys))
        self.starts: list[int] = list(compress(accumulate(map(len, tokens), initial=0), keys))
        self.keys: list[str] = list(filter(None, keys))
        self.changed = bytearray(len(self.words))

    def spaced(self, index: int) -> bool:
        """Whether white space, or nothing, stands before the token."""
        return not index or self.starts[index] > self.starts[index - 1] + len(self.words[index - 1])

    def quoted(self, indices: Iterable[int]) -> str:
        """The text from the first to the last of the tokens, for a reason."""
        chosen = sorted(indices)
        if not chosen:
            return ""
        return shortened(self.text[self.starts[chosen[0]] : self.starts[chosen[-1]] + len(self.words[chosen[-1]])])


class Comparison:
    """Two sides of a change, with the runs of tokens in which they differ when form is overlooked."""

    def __init__(self, before: str, after: str, links: tuple[Sequence[str], Sequence[str]] = ((), ())) -> None:
        self.before = Side(before)
        self.after = Side(after)
        self.links = links
        self.runs: list[ChangedRun] = changed_runs(self.before.keys, self.after.keys)
        for run in self.runs:
            for i in range(run.before_start, run.before_end):
                self.before.changed[i] = 1
            for j in range(run.after_start, run.after_end):
                self.after.changed[j] = 1

    @cached_property
    def run_ends(self) -> tuple[list[int], list[int]]:
        """Where each run ends, on both sides: ascending, for finding the run that holds a token."""
        return [run.before_end for run in self.runs], [run.after_end for run in self.runs]

    def run_before(self, index: int) -> ChangedRun:
        """The run that holds a changed token of the side before."""
        return self.runs[bisect_right(self.run_ends[0], index)]

    def run_after(self, index: int) -> ChangedRun:
        """The run that holds a changed token of the side after."""
        return self.runs[bisect_right(self.run_ends[1], index)]

    @cached_property
    def changed_keys(self) -> frozenset[str]:
        """The normalised tokens that differ, of both sides."""
        keys: set[str] = set()
        for run in self.runs:
            keys.update(self.before.keys[run.before_start : run.before_end])
            keys.update(self.after.keys[run.after_start : run.after_end])
        return frozenset(keys)

    @cached_property
    def words(self) -> Words:
        """The word lists of the language that the two sides are in, as far as can be told."""
        return guess(self.before.keys, self.after.keys)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.before, self.after


def shortened(text: str, length: int = 60) -> str:
    """At most `length` characters of a text."""
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(maxsize=16384)
def _key(token: str) -> str:
    """A token as it is compared; nothing for white space."""
    if token.isspace():
        return ""
    if not token[0].isalnum() and not (token[0] == "_" and len(token) > 1):
        return token.translate(_LOOK_ALIKES)
    key = normalize_token(token).strip("_") or token
    return key.replace(".", "") if len(key) > 2 and key[1] == "." and key[0].isalpha() else key  # U.S. is US
