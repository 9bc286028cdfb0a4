"""Find the sentence boundaries of one block.

Each full stop or question mark is judged by its immediate surroundings only, so that editing a sentence does not move
the ends of its neighbours. Abbreviations come from the word lists of each language; for other words and languages
sentencex is asked about the single word.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from monitor.core.text.language import Language, language

_QUOTES = "\"'”’»“„«‹›‘"
_CLOSERS = _QUOTES + ")]}」』）】〉》*_"
_OPENERS = "\"'“„«‹‘‚’”»›([{「『（【〈《¿¡*_–—-"
_END = re.compile(
    r"(?P<mark>\.(?:[ \u00a0]\.){2,}|[.!?…]+|[。！？｡؟۔।॥።፧։။។]+)"
    rf"(?P<closing>(?:[{re.escape(_CLOSERS)}]|[ \u00a0\u202f]»)*)"
    r"(?P<note>(?:\[\^?\w{1,4}\]|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})*)"
)
_WIDE = frozenset("。！？｡")
_OTHER = frozenset("؟۔।॥።፧։။។")
_WORD_BEFORE = re.compile(r"[^\s\"”“„«»‹›()\[\]{}（）/,;:!?…—–]+$")
_WORD_AFTER = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_ELIDED = re.compile(r"^(?:[ld]|qu|un|(?:de|a|ne|su|da)ll)['’](?=\w)", re.IGNORECASE)  # l’art. 5
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_]{1,3})+$")
_INSERTED = r"(?:[A-Za-z]|bis|ter|quater|quinquies|sexies|septies|octies)"
_LISTED = re.compile(rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*{_INSERTED}?|[A-Z](?:\.\d{{1,3}})+|[A-Za-z]|[IVXivx]{{1,5}})$")
_GLUED_NOTE = re.compile(r"\d{1,3}(?=\s+[^\W\d_])")
_FIRST_PERSON = re.compile(r"I(?:['’]|$)")  # a capital that says nothing
_HOUR = re.compile(r"\s*(?:at|by|around|before|after|from|until|since) [\d:. ]{1,6}[ap]\.?m$", re.IGNORECASE)
_SPEAKER = re.compile(r"[^\W\d_][\w’'-]*(?: [^\W\d_][\w’'-]*)?? ([a-z]+)")
_FIRST_ITEM = re.compile(r"(?P<mark>\d{1,2}(?=\.?\))|[a-y](?=[.)]))(?P<suffix>\.?\)|\.) (?=[^\W\d_])")
_BULLET = re.compile(r"\s(?=[•▪●◦‣⁃] ?\S)")
# “…！”他说。 Compiled when Chinese comes
_SAYS = "(?:(?![没沒不未])[\u4e00-\u9fff]){1,5}?(?:说|說|道|问|問|喊|答|表示|称|稱)(?:道|着|著)?[，。：,]"
_SPACED_LETTERS = re.compile(r"(?<!\w)[^\W\d_](?:\. ?[^\W\d_])+$")  # н. э
_ROMAN = re.compile("[IVXLC]+")
_LED = 4  # words of a time or a place, at most
_REACH = 40  # characters that are looked at on either side
_CONTINUES = frozenset("とっではがをにものへやかな、，")  # Japanese goes on like this after a quotation


def sentence_ranges(text: str, code: str) -> list[tuple[int, int]]:
    """Half-open ranges of the sentences of `text`, ascending, without the white space around them.

    A line feed in `text` is a line break that the author set; it ends a sentence unless the next line goes on in
    lower case.
    """
    known = language(code)
    ranges: list[tuple[int, int]] = []
    begin = 0
    for stop in [*_boundaries(text, known), len(text)]:
        piece = text[begin:stop]
        stripped = piece.strip()
        if stripped:
            start = begin + len(piece) - len(piece.lstrip())
            ranges.append((start, start + len(stripped)))
        begin = stop
    return ranges


def _boundaries(text: str, known: Language) -> list[int]:
    begins = sorted({*_enumerated(text), *(_bulleted(text) if not text.isascii() else ())})
    found = {*begins, *_marked(text, begins, known)}
    if "\n" in text:
        found.update(_broken(text))
    return sorted(found)


def _bulleted(text: str) -> Iterator[int]:
    return (bullet.start() for bullet in _BULLET.finditer(text))


def _enumerated(text: str) -> Iterator[int]:
    """Beginnings of the further items of a list in one line: `1.) First 2.) Second`, `a. First b. Second`."""
    first = _FIRST_ITEM.match(text)
    if first is None:
        return
    mark, suffix, at = first["mark"], first["suffix"], first.end()
    while True:
        mark = str(int(mark) + 1) if mark.isdigit() else chr(ord(mark) + 1)
        at = text.find(f" {mark}{suffix} ", at)
        if at < 0 or not text[(behind := at + len(mark) + len(suffix) + 2) : behind + 1].isupper():
            return
        yield at
        at += 1


def _broken(text: str) -> Iterator[int]:
    at = text.find("\n")
    while at >= 0:
        before, after = text[max(0, at - 3) : at].rstrip(), text[at + 1 : at + 1 + _REACH].lstrip()
        if before[-1:] in tuple(".!?:;") or not after[:1].islower():
            yield at
        at = text.find("\n", at + 1)


def _marked(text: str, begins: list[int], known: Language) -> Iterator[int]:
    """Ends of sentences that a mark makes; `begins` are those that something else makes."""
    begin, waiting = 0, deque(begins)
    for found in _END.finditer(text):
        while waiting and waiting[0] <= found.start():
            begin = max(begin, waiting.popleft())
        end = found.end()
        if end < len(text) and (boundary := _end(text, found, begin, known)):
            yield boundary
            begin = boundary


def _end(text: str, found: re.Match[str], begin: int, known: Language) -> int:
    """Where the sentence ends that this mark may end; 0 where it goes on."""
    mark, end = found["mark"], found.end()
    after = text[end]
    if mark[-1] in _WIDE:
        return 0 if found["closing"] and (after in _CONTINUES or re.compile(_SAYS).match(text, end)) else end
    if mark[-1] in _OTHER:
        return 0 if after.isdigit() or after in "،,;" else end
    if not after.isspace():
        return _glued(text, found, known)
    following = _Following(text, end)
    if following.lower or _is_list_number(text, found.start(), begin, known):
        return 0
    return 0 if _goes_on(text, found, begin, following, known) else end


def _goes_on(text: str, found: re.Match[str], begin: int, following: _Following, known: Language) -> bool:
    """Whether the words around a mark tell that it ends nothing."""
    mark, closing = found["mark"], found["closing"].strip("*_")
    if mark == ".":
        return not closing and not _stop_ends(text, found.start(), begin, following, known)
    if mark[-1] in ".…":
        return _FIRST_PERSON.match(following.word) is not None
    if closing:
        return _is_speaker(following.text, known)
    return f"{_word_before(text, found.start(), begin)}{mark}".lower() in known.inside


class _Following:
    """What comes after a mark and white space."""

    __slots__ = ("capital", "lower", "text", "word")

    def __init__(self, text: str, at: int) -> None:
        self.text = text[at : at + _REACH].lstrip().lstrip(_OPENERS).lstrip()
        word = _WORD_AFTER.match(self.text)
        self.word = word.group() if word else ""
        # iPhone, eBay: a capital within makes a name of it
        self.capital = text[at : at + _REACH].lstrip()[:1].isupper()
        self.lower = self.text[:1].islower() and not any(char.isupper() for char in self.word[1:3])

    def is_subject(self, known: Language) -> bool:
        """Whether one word is followed by a verb: `Acme Ltd. Members are`, not `Apple Inc. Chief Executive`."""
        verb = _WORD_AFTER.match(self.text, len(self.word) + 1)
        return self.text.startswith(self.word) and verb is not None and verb.group() in known.verbs.entries


def _stop_ends(text: str, at: int, begin: int, following: _Following, known: Language) -> bool:
    """Whether a full stop that white space and no lower-case letter follows ends the sentence."""
    word = _word_before(text, at, begin)
    starts = following.word in known.starters.entries
    figure = following.text[:1].isdigit() or (following.word.isupper() and set(following.word) <= set("IVXLC"))
    if word in known.titles or word in known.inside:
        return False
    if word in known.numbered and figure:
        return False
    if known.measures.entries and (ends := _measure_ends(text, at, begin, word, known)) is not None:
        return ends and following.capital and following.word not in known.continued.entries
    if word in known.open or _DOTTED.fullmatch(word):
        if word in known.firms and following.is_subject(known):
            return True
        return starts and not (at - begin < _REACH and _HOUR.match(text[begin:at]))
    if len(word) == 1 and word.isalpha():
        return _letter_ends(text, at, begin, starts=starts)
    if word.isdigit() and len(word) <= 2 and known.months.entries:
        return starts and following.word not in known.months
    return not _is_abbreviation(word, known) or starts


def _measure_ends(text: str, at: int, begin: int, word: str, known: Language) -> bool | None:
    """Whether a measure or an era may end a sentence: `5 тыс. руб.`, `300 r. p.n.e.`; None where it is neither.

    It may not where only a time or a place was named so far: `W 1990 r. Sejm uchwalił`.
    """
    spelled = _SPACED_LETTERS.search(text[max(begin, at - _REACH) : at])
    letters = spelled.group().replace(" ", "").split(".") if spelled else []
    if word in known.closing or any(".".join(letters[start:]) in known.closing for start in range(len(letters))):
        return True
    if word not in known.measures:
        return None
    ahead = text[begin : at - len(word)].split()
    if not ahead or not (ahead[-1][-1].isdecimal() or _ROMAN.fullmatch(ahead[-1]) or ahead[-1][:-1] in known.measures):
        return None
    plain = [one for one in ahead if one.isalpha() and one not in known.months]
    return bool(plain) and (plain[0] not in known.leads.entries or len(plain) > _LED)


def _letter_ends(text: str, at: int, begin: int, *, starts: bool) -> bool:
    """A single letter is an initial, unless a starter follows and no name stands before: `the consent of X. It is`."""
    if not starts or text[at - 1] == "I":
        return starts
    before = _word_before(text, at - 2, begin)
    return not before.istitle()


def _is_list_number(text: str, at: int, begin: int, known: Language) -> bool:
    """Whether everything between the sentence's beginning and the stop is the number of an item or a section, a
    label in front of it included: `4.2.`, `Article 5.`
    """
    if at - begin >= _REACH:
        return False
    label, space, number = text[begin:at].strip().lstrip("(§*_•⁃ ").rpartition(" ")
    return _LISTED.match(number) is not None and (not space or label in known.labels.entries)


def _word_before(text: str, at: int, begin: int) -> str:
    found = _WORD_BEFORE.search(text[max(begin, at - _REACH) : at])
    if found is None:
        return ""
    word = found.group().lstrip("'‘’")
    return _ELIDED.sub("", word)


def _glued(text: str, found: re.Match[str], known: Language) -> int:
    """A sentence's end with no white space behind it: a closing quotation, a note's number, a space left out."""
    mark, end = found["mark"], found.end()
    after = text[end]
    if "\u4e00" <= after <= "\u9fff" and mark[-1] in "!?":
        return end
    before = text[max(0, found.start() - 3) : found.start()]
    if len(before) < 3 or not before.isalpha() or not before[1:].islower():
        return 0
    note = _GLUED_NOTE.match(text, end)
    if note and mark == ".":
        following = _Following(text, note.end())
        return 0 if following.lower else note.end()
    word = _WORD_AFTER.match(text, end, end + _REACH)
    if word is None or not after.isupper():
        return 0
    return end if word.group() in known.starters.entries else 0


def _is_speaker(text: str, known: Language) -> bool:
    found = _SPEAKER.match(text)
    return found is not None and found.group(1) in known.speech


@lru_cache(maxsize=8_192)
def _is_abbreviation(word: str, known: Language) -> bool:
    """sentencex's opinion on a short word that no list of ours knows."""
    if not word or len(word) > 5 or word in known.words or not word[-1].isalpha():
        return False
    from sentencex import segment

    return len(segment(known.code, f"Xx {word}. Xx xx.")) == 1
