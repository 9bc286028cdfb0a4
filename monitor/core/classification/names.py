"""Names of people, places and organisations that were added, removed or changed.

Inside a sentence, a capital makes a name, and capitals alone an acronym. At the start of a sentence a word is a name
if the dictionary does not know it or another capital follows. Title case and all capitals give names only as acronyms
or unknown words.

German capitalises every noun. There, names are recognised by lists of places, countries and first names, after a title
(`Frau Krüger`) or an office (`Kanzler Scholz`), before a legal form (`Siemens AG`), and after a preposition (`aus
Kiew`), unless the noun is listed with it (`in Kraft`) or has the ending of a common noun.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from monitor.core.classification.accents import without_accents
from monitor.core.classification.compare import Comparison, Finding, Side, Value, paired, unmatched
from monitor.core.classification.grammar import relatives
from monitor.core.classification.spelling import canonical
from monitor.core.text.words import Words, known_words, words_for
from monitor.model import Aspect

_SHORTEST = 3  # letters of a name that only its place tells


def is_name_among_nouns(side: Side, index: int, words: Words) -> bool:
    """Whether a capitalised word that is not all capitals is a name in a language like German."""
    key = side.keys[index]
    if key in words.set("names.places", "names.first"):
        return True
    if key in words.set("names.titles", "names.measures"):
        return False
    ahead = side.keys[index - 1] if index else ""
    behind = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    if key in words.set("names.legal"):
        return bool(index) and side.words[index - 1][0].isupper()
    if behind in words.set("names.legal") or ahead in words.set("names.titles", "names.first"):
        return True
    if ahead == "." and index > 1 and side.keys[index - 2] in words.set("names.titles"):  # Dr. Krüger
        return True
    return len(key) >= _SHORTEST and (_follows_capital(side, index, words) or _follows_preposition(side, index, words))


def _follows_capital(side: Side, index: int, words: Words) -> bool:
    """Whether the word in front is a noun of the kind that a name stands behind: `Kanzler Scholz`."""
    ahead = side.keys[index - 1] if index else ""
    return ahead.endswith(tuple(words.set("names.bearers"))) and side.words[index - 1][0].isupper()


def _follows_preposition(side: Side, index: int, words: Words) -> bool:
    key, ahead = side.keys[index], side.keys[index - 1] if index else ""
    if ahead not in words.set("names.before") or key in words.set("names.bare"):
        return False
    return not key.endswith(tuple(words.set("names.endings")))


_ENDS = frozenset(".!?:;•*#>|\"'([")
_TITLED, _TITLED_SENTENCE = 0.75, 0.9  # share of words with a capital from which a text, with a stop, is in title case
_STOPS = frozenset(".!?;")


def names_in(side: Side, words: Words, taken: frozenset[int]) -> list[Value]:
    """The names of one side, neighbouring words as one; tokens that are `taken` are dates or marks."""
    titled = _is_titled(side)
    found: list[Value] = []
    group: list[int] = []
    for index in [index for index, word in enumerate(side.words) if word[0].isupper()]:
        if index not in taken and _is_name(side, index, words, titled=titled):
            if group and group[-1] != index - 1:
                found.append(_value(side, group))
                group = []
            group.append(index)
    if group:
        found.append(_value(side, group))
    return found


def concerns(comparison: Comparison) -> bool:
    """Whether a changed word has a capital."""
    return any(
        side.words[index][0].isupper() for side in comparison.sides for index, flag in enumerate(side.changed) if flag
    )


def find(comparison: Comparison, before: list[Value], after: list[Value]) -> Iterator[Finding]:
    """Names that only one side has."""
    old = _changed(comparison, comparison.before, before, after)
    new = _changed(comparison, comparison.after, after, before)
    removed, added = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    for one, other in paired(comparison, removed, added):
        if one and other:
            text = f"{comparison.before.quoted(one.tokens)} → {comparison.after.quoted(other.tokens)}"
            yield Finding(Aspect.NAME, f"name: {text}", before=one.tokens, after=other.tokens)
        elif one:
            tokens = _with_title(comparison.before, one, comparison.words)
            yield Finding(Aspect.NAME, f"name: {comparison.before.quoted(tokens)} lost", before=tokens)
        elif other:
            tokens = _with_title(comparison.after, other, comparison.words)
            yield Finding(Aspect.NAME, f"name: {comparison.after.quoted(tokens)} gained", after=tokens)


def _with_title(side: Side, name: Value, words: Words) -> frozenset[int]:
    """A name's tokens with the title in front of them: `Mr. Lund`."""
    start = min(name.tokens)
    titles = words.set("attribution.titles")
    lead = start - 2 if start > 1 and side.keys[start - 1] == "." else start - 1
    return name.tokens | frozenset(range(lead, start) if lead >= 0 and side.keys[lead] in titles else ())


def _value(side: Side, group: list[int]) -> Value:
    return Value(tuple(_bare(side.keys[index]) for index in group), frozenset(group))


def _bare(key: str) -> str:
    return key.partition("'")[0] or key


def _changed(comparison: Comparison, side: Side, names: list[Value], others: list[Value]) -> list[Value]:
    """Of each name the words that changed and that the other side has not, be it with another ending."""
    elsewhere = {word for name in others for word in name.key}  # type: ignore[attr-defined]
    found = []
    other = comparison.after if side is comparison.before else comparison.before
    changed = {key for key, flag in zip(other.keys, other.changed, strict=True) if flag}
    respelt: set[str] = set()
    for name in names:
        group = [i for i in sorted(name.tokens) if side.changed[i] and _bare(side.keys[i]) not in elsewhere]
        group = [i for i in group if changed.isdisjoint(relatives(side.keys[i]))]
        if group:
            respelt = respelt or {without_accents(canonical(key)) for key in changed}
            group = [i for i in group if without_accents(canonical(side.keys[i])) not in respelt]
        if group:
            found.append(_value(side, group))
    return found


def _is_titled(side: Side) -> bool:
    letters = [word for word in side.words if word[0].isalpha() and len(word) > 3]
    share = _TITLED_SENTENCE if side.keys and side.keys[-1] in _STOPS else _TITLED
    return len(letters) > 2 and sum(word[0].isupper() for word in letters) >= share * len(letters)


def _is_name(side: Side, index: int, words: Words, *, titled: bool) -> bool:
    """Whether a word with a capital is one."""
    word, key = side.words[index], side.keys[index]
    if _bare(key) in _no_names(words.language):
        return word.isupper() and not titled and key in words.set("names.acronyms")
    if _bare(key) in words.set("names.always"):
        return True
    unknown = words.language == "en" and _bare(key) not in known_words() and len(key) > 1
    nouns = bool(words.get("names.bearers"))
    if titled and not nouns:
        return unknown
    if len(word) > 1 and word.isupper():
        return True
    if nouns:
        return is_name_among_nouns(side, index, words)
    if _starts_sentence(side, index):
        return unknown or _leads_name(side, index)
    return True


@cache
def _no_names(language: str) -> frozenset[str]:
    """Words that are no names however they are written: those of grammar, and what a contract defines."""
    words = words_for(language)
    lists = (
        "articles",
        "demonstratives",
        "auxiliaries",
        "connectives",
        "prepositions",
        "weighty",
        "pronouns",
        "others",
    )
    grammar = words.set(*(f"function.{name}" for name in lists), "modality.modals", "negation.marks")
    return grammar | words.set("names.roles") | frozenset(words.groups("reference.words"))


def _starts_sentence(side: Side, index: int) -> bool:
    return not index or side.keys[index - 1] in _ENDS


def _leads_name(side: Side, index: int) -> bool:
    """Whether the word in front of another capital is part of the name: `Maria Keller`, not `The Hague`."""
    following = index + 1
    return following < len(side.words) and side.words[following][0].isupper()
