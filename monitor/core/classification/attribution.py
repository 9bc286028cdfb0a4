"""Attribution: a source or speaker was added, removed or replaced, or the reporting verb changed.

Recognised are `according to X`, `as stated by X`, and a reporting verb with its subject. A verb with other uses
(`report`, `state`, `note`) counts only if `that`, a quotation, a comma or `have` shows that it reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side
from monitor.core.classification.grammar import is_light
from monitor.core.classification.spelling import canonical
from monitor.core.text.words import Phrases, Words, occurrences, words_for
from monitor.model import Aspect

_REACH = 8  # words that a speaker is looked for in
_QUOTES = frozenset("\"'")
_INNER = frozenset("-&'/")  # marks that may stand inside a speaker's name
_STOPS = frozenset(",;:.!?()[]\"'-")


class Attribution(NamedTuple):
    """One saying: the lemma of its verb or its phrase, the tokens of that, and those of who says it."""

    lemma: str
    cue: frozenset[int]
    speaker: frozenset[int]

    @property
    def tokens(self) -> frozenset[int]:
        return self.cue | self.speaker


class _WordLists(NamedTuple):
    verbs: Mapping[str, str]
    plain: frozenset[str]
    phrases: Phrases
    starts: frozenset[str]
    no_subject: frozenset[str]  # in front of the form of a verb: it is a noun, or passive
    no_object: frozenset[str]  # behind the past of a verb: it is a participle
    stops: frozenset[str]
    has: frozenset[str]
    that: frozenset[str]
    deeming: frozenset[str]
    direct: frozenset[str]
    hearing: frozenset[str]
    titles: frozenset[str]  # written with a point
    occasions: Phrases
    leading: frozenset[str]  # stand in front of their subject


@cache
def _word_lists(language: str) -> _WordLists:
    words = words_for(language)
    verbs = words.groups("attribution.verbs")
    phrases = {**words.phrases("attribution.sources"), **words.phrases("attribution.by")}
    function = words.set(
        "function.articles", "function.demonstratives", "function.prepositions", "function.possessives"
    )
    return _WordLists(
        verbs,
        words.set("attribution.plain"),
        phrases,
        frozenset(verbs) | frozenset(phrases),
        function | words.set("function.auxiliaries") - words.set("attribution.has"),
        words.set("function.prepositions", "function.weighty", "attribution.adverbs"),
        words.set("attribution.stops"),
        words.set("attribution.has"),
        words.set("attribution.that"),
        words.set("attribution.deeming"),
        words.set("attribution.direct"),
        words.set("attribution.hearing"),
        words.set("attribution.titles"),
        words.phrases("attribution.occasions"),
        words.set("attribution.leading"),
    )


def concerns(comparison: Comparison) -> bool:
    """Whether either side tells who says something, or a word changed that could."""
    starts = _word_lists(comparison.words.language).starts
    return not (starts.isdisjoint(comparison.before.keys) and starts.isdisjoint(comparison.after.keys))


def attributions_in(side: Side, words: Words, dated: frozenset[int]) -> list[Attribution]:
    """The sayings of one side, in order; dates and marks are no speakers (`announced by 26 October`)."""
    lists = _word_lists(words.language)
    found = [
        Attribution(" ".join(side.keys[start:end]), frozenset(range(start, end)), _speaker_after(side, end, lists))
        for start, end in occurrences(side.keys, lists.phrases)
    ]
    found = [attribution for attribution in found if dated.isdisjoint(attribution.speaker)]
    taken = frozenset[int]().union(*(attribution.cue for attribution in found))
    for index, key in enumerate(side.keys):
        if key in lists.verbs and index not in taken:
            attribution = _attribution_of_verb(side, index, lists)
            if attribution:
                found.append(attribution)
    return found


def find(comparison: Comparison, before: list[Attribution], after: list[Attribution]) -> Iterator[Finding]:
    """Sayings that only one side has, then those whose speaker changed."""
    kept = _same(before, after)
    partners = set(kept.values())
    removed = [a for i, a in enumerate(before) if i not in kept and _touched(comparison.before, a.cue)]
    added = [a for j, a in enumerate(after) if j not in partners and _touched(comparison.after, a.cue)]
    for old, new in zip(removed, added, strict=False):
        yield _finding(comparison, old, new, _reason_text(comparison.before, old), _reason_text(comparison.after, new))
    for old in removed[len(added) :]:
        yield _finding(comparison, old, None, _reason_text(comparison.before, old), "")
    for new in added[len(removed) :]:
        yield _finding(comparison, None, new, "", _reason_text(comparison.after, new))
    for i, j in kept.items():
        if _voice(comparison, comparison.before, before[i]) != _voice(comparison, comparison.after, after[j]):
            was, now = _reason_text(comparison.before, before[i]), _reason_text(comparison.after, after[j])
            yield _finding(comparison, before[i], after[j], was, now)


def _finding(comparison: Comparison, old: Attribution | None, new: Attribution | None, was: str, now: str) -> Finding:
    reason = (
        f"attribution: {was} → {now}"
        if was and now
        else f"attribution: {was} lost"
        if was
        else f"attribution: {now} gained"
    )
    return Finding(
        Aspect.ATTRIBUTION,
        reason,
        before=_changed(comparison.before, old),
        after=_changed(comparison.after, new),
    )


def _reason_text(side: Side, attribution: Attribution) -> str:
    return side.quoted(attribution.tokens)


def _changed(side: Side, attribution: Attribution | None) -> frozenset[int]:
    tokens = attribution.tokens if attribution else ()
    return frozenset(index for index in tokens if side.changed[index])


def _voice(comparison: Comparison, side: Side, attribution: Attribution) -> list[str]:
    """The words that say who speaks, without articles and in one spelling; none where no word of it changed."""
    speaker = sorted(attribution.speaker)
    return [
        canonical(side.keys[i])
        for i in speaker
        if side.changed[i] and side.keys[i][0].isalnum() and not is_light(side.keys[i], comparison.words)
    ]


def _touched(side: Side, tokens: frozenset[int]) -> bool:
    return any(side.changed[index] for index in tokens)


def _same(before: list[Attribution], after: list[Attribution]) -> dict[int, int]:
    """Sayings of the same lemma, paired in order."""
    waiting: dict[str, list[int]] = {}
    for j, attribution in enumerate(after):
        waiting.setdefault(attribution.lemma, []).append(j)
    for places in waiting.values():
        places.reverse()
    return {i: waiting[a.lemma].pop() for i, a in enumerate(before) if waiting.get(a.lemma)}


def _attribution_of_verb(side: Side, index: int, lists: _WordLists) -> Attribution | None:
    key, previous = side.keys[index], side.keys[index - 1] if index else ""
    following = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    if key in lists.leading and following[:1].isalpha():
        return Attribution(lists.verbs[key], frozenset({index}), _speaker_after(side, index + 1, lists))
    if previous in _STOPS and previous and following[:1].isalpha():  # "...", said the envoy
        speaker = _speaker_after(side, index + 1, lists)
        return Attribution(lists.verbs[key], frozenset({index}), speaker) if key in lists.plain else None
    if not previous[:1].isalpha() or previous in lists.no_subject:
        return None
    if key not in lists.plain and not _reports(side, index, lists):
        return None
    cue = frozenset({index}) | _hearers(side, index, lists) | _occasion(side, index + 1, lists)
    return Attribution(lists.verbs[key], cue, _preceding(side, index, lists))


def _occasion(side: Side, index: int, lists: _WordLists) -> frozenset[int]:
    """Where it is said, right behind the verb: `in a statement`."""
    for phrase in lists.occasions.get(side.keys[index], ()) if index < len(side.keys) else ():
        if tuple(side.keys[index : index + len(phrase)]) == phrase:
            return frozenset(range(index, index + len(phrase)))
    return frozenset()


def _hearers(side: Side, index: int, lists: _WordLists) -> frozenset[int]:
    """Those who are told, up to `that` or the end of the clause: `the spokesman told reporters.`"""
    if side.keys[index] not in lists.hearing:
        return frozenset()
    hearers = _speaker_after(side, index + 1, lists)
    end = index + 1 + len(hearers)
    ended = end == len(side.keys) or side.keys[end] in _STOPS or side.keys[end] in lists.that
    return hearers if ended else frozenset()


def _reports(side: Side, index: int, lists: _WordLists) -> bool:
    keys = side.keys
    following = keys[index + 1] if index + 1 < len(keys) else "."
    if following in lists.that or following in _QUOTES or following == ":" or keys[index - 1] in lists.has:
        return True
    if following in {",", "."}:
        return "," in keys[max(index - _REACH, 0) : index]
    if keys[index] in lists.deeming and "as" in keys[index + 1 : index + _REACH]:
        return True
    return keys[index] in lists.direct and following[:1].isalpha() and following not in lists.no_object


def _preceding(side: Side, index: int, lists: _WordLists) -> frozenset[int]:
    """The words in front of a verb, back to a stop."""
    start = index
    while start > 0 and side.keys[start - 1] in lists.has:
        start -= 1
    while start > 0 and index - start < _REACH and not _ends_speaker(side, start - 1, lists):
        start -= 1
    return frozenset(range(start, index))


def _speaker_after(side: Side, index: int, lists: _WordLists) -> frozenset[int]:
    """The words behind a phrase or verb, up to a stop."""
    end = index
    while end < len(side.keys) and end - index < _REACH and not _ends_speaker(side, end, lists):
        end += 1
    return frozenset(range(index, end))


def _ends_speaker(side: Side, index: int, lists: _WordLists) -> bool:
    key = side.keys[index]
    if key == ".":
        return not index or side.keys[index - 1] not in lists.titles
    if key in lists.stops:
        return len(key) == 1 or not side.words[index].isupper()  # WHO is a speaker
    return not (key[0].isalnum() or key in _INNER)
