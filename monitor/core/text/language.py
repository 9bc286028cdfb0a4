"""Detect the language of a text by its script, words and letters, and load what its sentences depend on.

`languages/frequent.txt` distinguishes languages. Each one whose sentences have lists has a file, read on first use.
A lower-case entry matches any case, an entry with a capital only itself. Abbreviations are listed without their last
full stop.

Detection can answer "none of these": for a text without words, a language that is not listed, or one of two.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pkgutil import get_data
from typing import NamedTuple
from unicodedata import normalize

from monitor.core.text.words import LANGUAGES, known_words, words_for
from monitor.core.text.words import Words as WordLists

KNOWN = ("ar", "de", "en", "es", "fr", "hi", "it", "nl", "pl", "pt", "ru", "uk", "ur")


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words that is asked with the spelling found in the text."""

    entries: frozenset[str] = frozenset()

    def __contains__(self, word: str) -> bool:
        return word in self.entries or word.lower() in self.entries


@dataclass(frozen=True, slots=True)
class Language:
    """The word lists of one language; all may be empty.

    titles          never end a sentence: Mr, Prof
    numbered        go on before a figure alone: No. 5, Art. 7
    inside          never end a sentence: e.g, vs
    open            end one where a starter follows: U.S, Inc, p.m
    firms           of the open ones, those that a sentence's subject may follow: Ltd. Members are
    verbs           tell that what stands in front of them is a subject
    words           are no abbreviations, though they are spelled like one: me, may
    starters        begin a sentence rather than go on with a name: The, He, However
    speech          follow a quotation with their subject: "Stop!" Smith said
    months          follow a day's number with a full stop: 3. Oktober
    labels          number what follows them, at the start: Article 5. The parties
    measures        behind a figure end a sentence where a capital follows: 2024 r, 5 zł
    closing         end one where a capital follows: itd, p.n.e
    leads           begin a time or a place, which is no sentence yet: W 1990 r. Sejm
    continued       are names that go on with what a measure ends: 1994 r. Prawo budowlane
    """

    code: str
    titles: Words = Words()
    numbered: Words = Words()
    inside: Words = Words()
    open: Words = Words()
    words: Words = Words()
    starters: Words = Words()
    speech: Words = Words()
    months: Words = Words()
    labels: Words = Words()
    measures: Words = Words()
    closing: Words = Words()
    leads: Words = Words()
    continued: Words = Words()
    firms: Words = Words()
    verbs: Words = Words()


@cache
def language(code: str) -> Language:
    """The word lists of a language by its ISO 639-1 code; empty ones where it has no file."""
    if code not in KNOWN:
        return Language(code)

    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (get_data("monitor.core.text", f"languages/{code}.txt") or b"").decode("utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current += line.split()
    return Language(code, **{name: Words(frozenset(entries)) for name, entries in sections.items()})


_BYTES = 2  # of a count of votes
SAMPLE = 12_000  # characters of a document
_PASSAGE = 2_000  # characters of each text of a change
_FREQUENT = 2  # votes of a frequent word; an ending, and the letters of a word, have one
_ENDED = 6  # letters of a word, above which its ending speaks
_ENDINGS = range(2, 7)  # letters
_FEW = 2  # languages: letters that no more have speak as loud as a frequent word
_BEGUN = 3  # letters of a word, above which its beginning speaks
_CLEAR = 3 * _FREQUENT  # votes from which a text speaks for itself, whatever its document is in
_ENOUGH = 0.2  # votes a word, below which the language is none that is listed
_NEAR = 0.75  # of the most votes, the share that English must have where another with lists has two words or more
_DENSE = 0.75  # votes a word, from which the English dictionary does not outvote another language
_TELLING = 3  # letters that a word must have for the English dictionary to say something
_ENGLISH, _SURELY = 0.5, 0.8  # the share of these words that it must know; against another language
_LATIN = "latin"
# Beginnings of blocks of Unicode with the script, or the one language that is written in it; nothing for signs.
_BLOCKS = (
    *((0x0, ""), (0x41, _LATIN), (0x5B, ""), (0x61, _LATIN), (0x7B, ""), (0xC0, _LATIN), (0x250, ""), (0x370, "el")),
    *(
        (0x400, "cyrillic"),
        (0x530, "hy"),
        (0x590, "he"),
        (0x600, "arabic"),
        (0x700, ""),
        (0x750, "arabic"),
        (0x780, ""),
    ),
    *((0x900, "devanagari"), (0x980, "bn"), (0xA00, "pa"), (0xA80, "gu"), (0xB00, "or"), (0xB80, "ta"), (0xC00, "te")),
    *((0xC80, "kn"), (0xD00, "ml"), (0xD80, "si"), (0xE00, "th"), (0xE80, "lo"), (0xF00, "bo"), (0x1000, "my")),
    *((0x10A0, "ka"), (0x1100, "ko"), (0x1200, "am"), (0x13A0, ""), (0x1780, "km"), (0x1800, ""), (0x1E00, _LATIN)),
    *((0x1F00, "el"), (0x2000, ""), (0x3040, "ja"), (0x3100, ""), (0x3400, "zh"), (0xA000, ""), (0xAC00, "ko")),
    *((0xD7B0, ""), (0xF900, "zh"), (0xFB00, ""), (0xFB50, "arabic"), (0xFE00, ""), (0x20000, "zh"), (0x40000, "")),
)
_STARTS = [start for start, _ in _BLOCKS]
_SHARED = frozenset({_LATIN, "cyrillic", "arabic", "devanagari"})
_LETTER = re.compile("[A-Za-z]|(?![×÷])[À-\u024f\u1e00-\u1eff]")
# Words, elided articles (l'), and single letters that are no initial; not parts of names and addresses.
_ASCII_WORD = re.compile(r"(?<![.@-])(?:[a-z]{2,}+(?:'(?=[a-z])|(?!-))|[a-z](?:'(?=[a-z])|(?![.\w])))")
_ADDRESS = re.compile(r"\b\w{2,12}://\S+")
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0900-\u0963"  # within words, and no letters to `re`
_WORD = re.compile(
    rf"(?<![.@-])(?:(?:[^\W\d_]|[{_MARKS}]){{2,}}+(?:'(?=[^\W\d_])|(?!-))|[^\W\d_](?:'(?=[^\W\d_])|(?![.\w])))|[¿¡]"
)
_ALSO = frozenset("йщьюяыэъё")  # of the letters of one Cyrillic alphabet, those that others have too
# Letters that every language of their script has.
_PLAIN = frozenset("'abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчшابتثجحخدذرزسشصضطظعغفقلمنهويى")


class _TextVotes(NamedTuple):
    """What one text says: its votes, and how many different words there are."""

    votes: int
    words: int


class Spoken(NamedTuple):
    """The language of a change, None where unknown, and whether there are word lists to find its aspects by."""

    language: str | None
    aspects_known: bool


def detect(texts: Iterable[str]) -> str | None:
    """The ISO 639-1 code of the language of a document, by its first 12,000 characters; None where it is unclear."""
    sample, size = [], 0
    for text in texts:
        sample.append(text if size + len(text) <= SAMPLE else text[: SAMPLE - size])
        size += len(text)
        if size >= SAMPLE:
            break
    return _language_of(sample, None, 1)


def language_of(texts: Iterable[str], document: str | None = None) -> str | None:
    """The language of the texts of one change, None where it is unclear.

    A short text takes the language of its document, where that is known, unless it is in another script.
    """
    return _language_of_sides(tuple([text[:_PASSAGE] for text in texts]), document)


def spoken(texts: Iterable[str], document: str | None = None) -> Spoken:
    """The language of a change by the texts of both sides, and whether its aspects are known.

    They are where the language has word lists, and where there are no words at all. A pure function, some microseconds.
    """
    sides = tuple([text[:_PASSAGE] for text in texts])
    found = _language_of_sides(sides, document)
    return Spoken(found, found in LANGUAGES or not _script(sides))


def lists_of(texts: Sequence[str], document: str | None = None) -> WordLists:
    """The word lists that a change of these texts is judged by; empty ones where its language has none or is unclear.

    Figures and signs alone are in no language, and are read as in English.
    """
    found = language_of(texts, document)
    return words_for("en" if found is None and not _script(texts) else found)


@lru_cache(4096)  # a change comes and goes with its document, and its classification asks as well
def _language_of_sides(sides: tuple[str, ...], document: str | None) -> str | None:
    return _language_of(sides, document, len(sides))


def _language_of(texts: Sequence[str], document: str | None, alike: int) -> str | None:
    """`alike` is how many times the texts say about the same: both sides of a change do."""
    script = _script(texts)
    if script == "zh" and document == "ja":
        return document
    if not script or script not in _SHARED:
        return script or document
    parts = list(map(_votes_of, texts))
    voters = _voters()
    votes = _vote_counts(sum([one.votes for one in parts]), len(voters.scripts))
    most, words = max(votes), sum([one.words for one in parts])
    enough = most >= _FREQUENT * alike and most >= _ENOUGH * words
    if document and voters.scripts.get(document) == script:
        clear = enough and most >= _CLEAR * alike
        if not clear or votes[voters.places[document]] * 2 >= most:
            return document
    if enough and most >= _CLEAR * alike and votes.count(most) == 1:  # as mostly
        return voters.codes[votes.index(most)]
    leaders = [code for code, count in zip(voters.scripts, votes, strict=True) if count == most] if enough else []
    named = [code for code in leaders if code in LANGUAGES or most >= 2 * _FREQUENT * alike]
    share = _SURELY if named and "en" not in named else _ENGLISH
    listed = not set(leaders).isdisjoint(LANGUAGES)
    behind = (
        listed and most >= max(2 * _FREQUENT * alike, _DENSE * words) and votes[0] < _NEAR * most
    )  # English is first
    if script == _LATIN and not behind and _english_share(texts) >= share:
        return "en"
    if len(leaders) == 1:  # one word is too little to name a language that nothing can be judged by
        return named[0] if named else None
    codes = leaders or [code for code, own in voters.scripts.items() if own == script]
    return _by_lists(codes, texts, alike) or (document if script == _LATIN else None)


def _by_lists(codes: Sequence[str], texts: Sequence[str], alike: int) -> str | None:
    """Of languages that have as many votes, the one whose word lists hold most of the words; None where two do.

    A language is none of them if it has not got a letter of the texts, or hardly does without letters that they lack.
    """
    voters = _voters()
    written = set(normalize("NFC", "".join(texts)).lower())
    special = {letter for letter in written - _PLAIN if letter.isalpha() and not letter.isascii()}
    codes = [
        code
        for code in codes
        if code in LANGUAGES
        and special <= voters.letters[code]
        and not voters.needed.get(code, written).isdisjoint(written)
    ]
    words = [_WORD.findall(normalize("NFC", text).lower().replace("’", "'")) for text in texts]
    sides = list(map(frozenset, words))
    held = [sum([len(words_for(code).vocabulary & side) for side in sides]) for code in codes]
    most = max(held, default=0)
    if held.count(most) != 1:
        return None
    return codes[held.index(most)] if most >= alike and most >= _ENOUGH / _FREQUENT * sum(map(len, words)) else None


def _script(texts: Sequence[str]) -> str:
    """The script that prevails, or the one language that is written in it; nothing where there are no letters.

    A letter of another script counts for two of the Latin one, which is mixed into texts in all of them.
    """
    if all(text.isascii() or not any(map(_is_of_another_script, set(text))) for text in texts):
        return _LATIN if any(map(_LETTER.search, texts)) else ""
    joined = " ".join(texts)
    counts: Counter[str] = Counter()
    for letter, count in Counter(joined).items():
        counts[_BLOCKS[bisect_right(_STARTS, ord(letter)) - 1][1]] += count
    del counts[""]
    counts[_LATIN] /= 2  # type: ignore[assignment]
    if counts["ja"] * 10 > counts["zh"]:  # a tenth of kana makes it Japanese
        counts["ja"] += counts.pop("zh", 0)
    return max(counts, key=lambda name: (counts[name], name), default="") if any(counts.values()) else ""


def _is_of_another_script(char: str) -> bool:
    """Whether a letter is not Latin. Comparing is as fast as a pattern, which takes milliseconds to compile."""
    return char >= "\u0370" and (
        char < "\u1e00"
        or "\u1f00" <= char < "\u2000"
        or "\u3040" <= char < "\ufe00"
        or "\U00020000" <= char < "\U00040000"
    )


@lru_cache(maxsize=16_384)  # from one version to the next, most texts are the same
def _votes_of(text: str) -> _TextVotes:
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    if text.isascii():
        words = set(_ASCII_WORD.findall(text.lower()))
    else:
        words = set(_WORD.findall(normalize("NFC", text).lower().replace("’", "'")))
    table = _voters().words
    frequent = table.keys() & words
    votes = sum(map(table.__getitem__, frequent))
    if len(frequent) * _FREQUENT < _CLEAR or not text.isascii():
        votes += sum(map(_hints, words))
    return _TextVotes(votes, len(words))


@lru_cache(maxsize=16_384)
def _hints(word: str) -> int:
    """The votes of a word in lower case by its beginning and ending, and by letters that not every language has."""
    voters = _voters()
    votes = sum(voters.endings.get(word[-size:], 0) for size in _ENDINGS) if len(word) > _ENDED else 0
    votes += voters.endings.get(f"{word[:2]}-", 0) if len(word) > _BEGUN else 0
    if not word.isascii() and (special := set(word) - _PLAIN):
        those = [vote for code, vote in voters.votes.items() if special <= voters.letters[code]]
        votes += sum(those) * (_FREQUENT if len(those) <= _FEW else 1)
    return votes


def _vote_counts(votes: int, languages: int) -> list[int]:
    """The votes of each language, in the order of the file."""
    counts = memoryview(votes.to_bytes(_BYTES * languages, sys.byteorder)).cast("H").tolist()
    return counts if sys.byteorder == "little" else counts[::-1]


class _Voters(NamedTuple):
    """Votes are added as one integer, in which each language has 16 bits: most of them have none for most words."""

    words: Mapping[str, int]
    endings: Mapping[str, int]
    letters: Mapping[str, frozenset[str]]  # language -> those beyond the plain ones
    votes: Mapping[str, int]  # language -> one vote for it
    needed: Mapping[str, frozenset[str]]  # language -> letters without which hardly a sentence is written
    scripts: Mapping[str, str]  # language -> script, in the order of the file
    codes: Sequence[str]  # the languages, in this order
    places: Mapping[str, int]  # language -> its place in it


@cache
def _voters() -> _Voters:
    words: dict[str, int] = {}
    endings: dict[str, int] = {}
    letters: dict[str, frozenset[str]] = {}
    votes: dict[str, int] = {}
    needed: dict[str, frozenset[str]] = {}
    scripts: dict[str, str] = {}
    for code, frequent, special, ends in _frequent_lists():
        vote = 1 << 8 * _BYTES * len(scripts)
        for table, entries, weight in ((words, frequent, _FREQUENT), (endings, ends, 1)):
            for entry in dict.fromkeys(entries):
                table[entry] = table.get(entry, 0) + weight * vote
        letters[code], votes[code] = frozenset("".join(special)) - {"!"}, vote
        if special and special[0].startswith("!"):
            needed[code] = letters[code] - _ALSO
        scripts[code] = _script(frequent)
    codes = tuple(scripts)
    return _Voters(words, endings, letters, votes, needed, scripts, codes, {code: at for at, code in enumerate(codes)})


@cache
def frequent_words() -> frozenset[str]:
    """The frequent words of every language whose sentences have lists, in lower case."""
    return frozenset(word.lower() for code, frequent, _, _ in _frequent_lists() if code in KNOWN for word in frequent)


def _frequent_lists() -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """Of each language its code, its frequent words, its special letters and the ends of its words."""
    for line in (get_data("monitor.core.text", "languages/frequent.txt") or b"").decode("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, lists = line.partition(":")
            frequent, special, ends = (part.split() for part in lists.split("|"))
            yield code, frequent, special, ends


def _english_share(texts: Sequence[str]) -> float:
    """Of the longer words, the share that the English dictionary knows; 0 where there are none."""
    known = known_words()
    joined = _ADDRESS.sub(" ", " ".join(texts)).lower()
    words = [word for word in re.findall(r"[^\W\d_]+", joined) if len(word) >= _TELLING]
    return known.count(words) / len(words) if words else 0.0
