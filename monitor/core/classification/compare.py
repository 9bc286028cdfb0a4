"""The two sides of a change as tokens, which tokens differ, and which values occur on one side only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, compress, pairwise
from typing import NamedTuple

from monitor.core.classification.accents import is_vietnamese
from monitor.core.diff.sequences import ChangedRun, changed_runs
from monitor.core.text.language import lists_of
from monitor.core.text.tokens import normalize_token, tokens_of
from monitor.core.text.words import Words
from monitor.model import Aspect


class Value(NamedTuple):
    """Something of which the text says the value: equal keys are the same value, however written.

    `beside` are tokens that come and go with it: the noun that a number counts. Only values of one `sort`, or of the
    sort "", can take each other's place: two amounts of money, two times of day.
    """

    key: Hashable
    tokens: frozenset[int]
    beside: frozenset[int] = frozenset()
    sort: str = ""


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


def restated(
    comparison: Comparison, aspect: Aspect, before: Sequence[Value], after: Sequence[Value]
) -> Iterator[Finding]:
    """The same values in other words or signs (`thirty` for `30`, `May 3` for `3 May`), or exchanged."""
    waiting: dict[Hashable, list[Value]] = {}
    for value in reversed(after):
        waiting.setdefault(value.key, []).append(value)
    pairs = [(old, waiting[old.key].pop()) for old in before if waiting.get(old.key)]
    changed = [
        (old, new)
        for old, new in pairs
        if touched(comparison.before, old.tokens) or touched(comparison.after, new.tokens)
    ]
    if not changed:
        return
    if len(pairs) > 1 and (crossed := _exchanged(comparison, pairs)):
        olds, news = ([value.tokens for value in side] for side in zip(*crossed, strict=True))
        was = ", ".join(comparison.before.quoted(tokens) for tokens in sorted(olds, key=min))
        now = ", ".join(comparison.after.quoted(tokens) for tokens in sorted(news, key=min))
        yield Finding(
            aspect,
            f"{aspect}: {shortened(was)} → {shortened(now)} in another order",
            before=frozenset[int]().union(*olds),
            after=frozenset[int]().union(*news),
        )
        changed = [pair for pair in changed if pair not in crossed]
    for old, new in changed:
        if old.sort != new.sort:
            continue
        was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
        in_figures = was[:1].isdigit() == now[:1].isdigit() or was[-1:].isdigit() == now[-1:].isdigit()
        form = Aspect.TYPOGRAPHY if in_figures else Aspect.WORDING
        reason = f"{form}: {was} → {now} (same value)"
        yield Finding(form, reason, substantive=False, before=old.tokens, after=new.tokens)


def _exchanged(comparison: Comparison, pairs: Sequence[tuple[Value, Value]]) -> list[tuple[Value, Value]]:
    """The pairs of equal values that follow each other in another order, without those that moved with their words."""
    if all(min(a[1].tokens) < min(b[1].tokens) for a, b in pairwise(pairs)):
        return []
    staying = [pair for pair in pairs if not _moved_along(comparison, *pair)]
    crossed: dict[int, tuple[Value, Value]] = {}
    sorts = [_FAMILIES.get(old.sort, old.sort) for old, _ in staying]
    for sort in sorted(set(sorts) - {""})[:_MOST_SORTS] or [""]:
        group = [pair for pair, own in zip(staying, sorts, strict=True) if own in {sort, ""}]
        for one, other in pairwise(group):
            if min(one[1].tokens) > min(other[1].tokens):
                crossed |= {min(pair[0].tokens): pair for pair in (one, other)}
    chosen = list(crossed.values())
    changed = any(touched(comparison.before, o.tokens) or touched(comparison.after, n.tokens) for o, n in chosen)
    return chosen if changed else []


def _moved_along(comparison: Comparison, old: Value, new: Value) -> bool:
    """Whether a value was taken out and put in elsewhere with the same words beside it: `at 9:00`, `on 3 May`."""
    before, after = comparison.before, comparison.after
    if not (all(before.changed[i] for i in old.tokens) and all(after.changed[j] for j in new.tokens)):
        return False
    run, other = comparison.run_before(min(old.tokens)), comparison.run_after(min(new.tokens))
    words = before.keys[run.before_start : run.before_end]
    return (
        run.after_start == run.after_end
        and other.before_start == other.before_end
        and words == after.keys[other.after_start : other.after_end]
        and sum(key[0].isalnum() for key in words) > sum(before.keys[i][0].isalnum() for i in old.tokens)
    )


_LOOK_ALIKES: dict[int, str | None] = {
    ord(sign): plain
    for plain, signs in (
        ('"', "“”„‟«»″「」『』"),
        ("'", "‘’‚‛‹›′"),
        ("-", "‐‑‒–—―−"),
        ("x", "×"),
        ("^-", "⁻"),
        ("^+", "⁺"),
    )
    for sign in signs
} | dict.fromkeys((0xFE0E, 0xFE0F, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # how a sign is drawn; not seen
_FAMILIES = {"week": "day", "hour": "minute", "year": "month"}  # 14 days are two weeks
_MOST_SORTS = 20  # sorts of values that are looked at for exchanged ones
RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿⁱ")


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

    def __init__(
        self,
        before: str,
        after: str,
        links: tuple[Sequence[str], Sequence[str]] = ((), ()),
        document: str | None = None,
    ) -> None:
        """`document` is the language of what the two texts stand in, where it is known."""
        self.before = Side(before)
        self.after = Side(after)
        self.links = links
        self.document = document
        self.columns = _columns(self.before), _columns(self.after)
        self.runs: list[ChangedRun] = self._by_column() or changed_runs(self.before.keys, self.after.keys)
        for run in self.runs:
            for i in range(run.before_start, run.before_end):
                self.before.changed[i] = 1
            for j in range(run.after_start, run.after_end):
                self.after.changed[j] = 1

    def _by_column(self) -> list[ChangedRun]:
        """The runs of two rows with as many cells, cell by cell; nothing for other texts."""
        before, after = self.columns
        if len(before) < 2 or len(before) != len(after):
            return []
        parts = [*zip(before, after, strict=True)]
        parts.append((range(before[-1].stop, len(self.before.keys)), range(after[-1].stop, len(self.after.keys))))
        return [
            ChangedRun(
                run.before_start + old.start,
                run.before_end + old.start,
                run.after_start + new.start,
                run.after_end + new.start,
            )
            for old, new in parts
            for run in changed_runs(self.before.keys[old.start : old.stop], self.after.keys[new.start : new.stop])
        ]

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
        """The word lists of the language that the two sides are in; empty ones where it has none or is unclear."""
        return lists_of((self.before.text, self.after.text), self.document)

    @cached_property
    def accents(self) -> str:
        """The language in which accents may be overlooked; empty in one without word lists."""
        vietnamese = is_vietnamese(self.before.text) or is_vietnamese(self.after.text)
        return self.words.language if self.words.listed and not vietnamese else ""

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.before, self.after


def equal_stretches(comparison: Comparison) -> Iterator[tuple[int, int, int]]:
    """The tokens that are equal when folded: start before, start after, and how many."""
    i = j = 0
    for run in (*comparison.runs, ChangedRun(len(comparison.before.keys), 0, len(comparison.after.keys), 0)):
        yield i, j, run.before_start - i
        i, j = run.before_end, run.after_end


def _columns(side: Side) -> list[range]:
    """The tokens of each cell of a table row, without empty cells at its end; nothing for what is no row."""
    if "|" not in side.text:
        return []
    bars = [
        i
        for i, key in enumerate(side.keys)
        if key == "|" and side.spaced(i) and (i + 1 == len(side.keys) or side.spaced(i + 1))
    ]
    cells = [
        range(start, end) for start, end in zip([0, *(bar + 1 for bar in bars)], [*bars, len(side.keys)], strict=True)
    ]
    while cells and not cells[-1]:
        cells.pop()
    return cells if bars else []


def shortened(text: str, length: int = 60) -> str:
    """At most `length` characters of a text."""
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(maxsize=16384)
def _key(token: str) -> str:
    """A token as it is compared; nothing for white space."""
    if token.isspace():
        return ""
    if token[0] in RAISED:
        return f"^{normalize_token(token)}"
    if not token[0].isalnum() and not (token[0] == "_" and len(token) > 1):
        return token.translate(_LOOK_ALIKES)
    key = normalize_token(token).strip("_") or token
    return key.replace(".", "") if len(key) > 2 and key[1] == "." and key[0].isalpha() else key  # U.S. is US
