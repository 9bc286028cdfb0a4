"""Quotations that were altered, added or removed, and link targets and addresses that changed.

A statement is often one sentence of a longer quotation: an opening mark without a closing one quotes to the end, a
closing mark without an opening one quotes from the start.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from monitor.core.classification.compare import Comparison, Finding, Side, Value, shortened, touched, unmatched
from monitor.core.classification.spelling import canonical
from monitor.model import Aspect

_OPENING = frozenset("“„«‘‚‹「『")
_DOUBLE = '"'
_SINGLE = "'"


def find_quotation(comparison: Comparison) -> Iterator[Finding]:
    """Quotations that only one side has; those that differ in punctuation or spelling alone are the same."""
    before, after = quotations_in(comparison.before), quotations_in(comparison.after)
    if (not before and not after) or _closes_quotation(comparison):
        return
    removed = [v for v in unmatched(before, after, comparison.before) if touched(comparison.before, v.tokens)]
    added = [v for v in unmatched(after, before, comparison.after) if touched(comparison.after, v.tokens)]
    for old, new in zip(removed, added, strict=False):
        was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
        yield _finding(comparison, f"quotation: {was} → {now}", old, new)
    for old in removed[len(added) :]:
        yield _finding(comparison, f"quotation: {comparison.before.quoted(old.tokens)} lost", old, None)
    for new in added[len(removed) :]:
        yield _finding(comparison, f"quotation: {comparison.after.quoted(new.tokens)} gained", None, new)


def _finding(comparison: Comparison, reason: str, old: Value | None, new: Value | None) -> Finding:
    return Finding(
        Aspect.QUOTATION,
        reason,
        before=frozenset(i for i in (old.tokens if old else ()) if comparison.before.changed[i]),
        after=frozenset(j for j in (new.tokens if new else ()) if comparison.after.changed[j]),
    )


def _closes_quotation(comparison: Comparison) -> bool:
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


_SIGNS = ("://", "www.", "WWW.", "Www.", "@")
_ROUTES = ("!", "/")
_WEB = ("http://", "https://", "www.")


def find_links(comparison: Comparison) -> Iterator[Finding]:
    """Targets of the statement's links, then addresses in its text, that only one side has."""
    yield from find_targets(*comparison.links)
    old, new = addresses_in(comparison.before), addresses_in(comparison.after)
    removed, added = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    for one, other in zip(removed, added, strict=False):
        yield _changed(str(one.key), str(other.key), one.tokens, other.tokens)
    for one in removed[len(added) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(str(one.key))} lost", before=one.tokens)
    for one in added[len(removed) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(str(one.key))} gained", after=one.tokens)


def find_targets(before: Sequence[str], after: Sequence[str]) -> Iterator[Finding]:
    """Targets of links that only one side has, or their order."""
    if tuple(before) == tuple(after):
        return
    removed, added = (
        list((Counter(before) - Counter(after)).elements()),
        list((Counter(after) - Counter(before)).elements()),
    )
    if not removed and not added:
        yield Finding(Aspect.LINK, "link: targets in another order")
    for one, other in zip(removed, added, strict=False):
        yield _changed(one, other, frozenset(), frozenset())
    for one in removed[len(added) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(one)} lost")
    for one in added[len(removed) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(one)} gained")


def _changed(before: str, after: str, old: frozenset[int], new: frozenset[int]) -> Finding:
    same = _same_place(before, after)
    reason = f"link: {shortened(before)} → {shortened(after)}" + (" (same place)" if same else "")
    return Finding(Aspect.LINK, reason, substantive=not same, before=old, after=new)


def _same_place(before: str, after: str) -> bool:
    """Whether two targets lead to one page. A fragment, or a language, that only one of them names tells nothing."""
    one, other = page_of(before), page_of(after)
    languages = _language_of(before), _language_of(after)
    return (
        one[0] == other[0]
        and (one[1] == other[1] or not (one[1] and other[1]))
        and (languages[0] == languages[1] or not all(languages))
    )


def _language_of(target: str) -> str:
    """The language that a parameter of a target asks for, without the country."""
    for part in target.partition("#")[0].partition("?")[2].split("&") if "?" in target else ():
        name, _, value = part.partition("=")
        if _LANGUAGES.match(name):
            return re.split("[-_]", value.casefold())[0]
    return ""


def page_of(target: str) -> tuple[str, str]:
    """A target's page and fragment, without what may change while it leads there: scheme, `www.`, session, tracking.

    A parameter or a fragment names what is read, but for those that are known to track, values that look random, and
    fragments of footnotes. `#` and `javascript:` lead nowhere.
    """
    if target.startswith("javascript:"):
        return "", ""
    page, _, fragment = target.partition("#")
    address, _, query = _SESSION.sub("", page).partition("?")
    bare = address.rstrip("/")
    for scheme in ("https://", "http://", "//"):
        bare = bare.removeprefix(scheme)
    host, slash, path = bare.partition("/")
    bare = _PORT.sub("", host.casefold().removeprefix("www.")) + slash + unquote(path)
    named = sorted(part for part in query.replace("&amp;", "&").split("&") if _names(part))
    place = fragment.partition("?")[0] if fragment.startswith(_ROUTES) else _ENUMERATED.sub("", fragment.casefold())
    if _NOTE.match(fragment[:_LONGEST]) or _looks_random(fragment.removeprefix("_")):
        place = ""
    return bare + "".join(f"?{part}" for part in named), place.removeprefix("user-content-")


_PORT = re.compile(r":(?:443|80)\Z")
_ENUMERATED = re.compile(r"\A(?:[a-z]|\d{1,3}|[ivx]{1,5})[-_.](?=[^\W\d]{3})")  # the number of a heading: #k-payment
_SESSION = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:top|end|content|main|:~:.*|[a-z_-]*(?:note|fn|ftn|cite|ref|annotation)[a-z_:-]*\d*[a-z]?)\Z",
    re.IGNORECASE | re.DOTALL,
)
_TRACKING = re.compile(
    r"(?:utm_\w*|pk_\w*|mtm_\w*|mc_[ce]id|[a-z]*clid|_ga|_gl|_{1,2}hs\w+|sjid|sid|entry_point|[a-z]*ref|s?session_?(?:id|token)?|php?sess?id|phpsessid|jsessionid|"
    r"aspsessionid\w*|cfid|cftoken|token|nonce|csrf\w*|label|ref_?src|referr?er|source|src|campaign|cmpid?|icid|trk\w*|"
    r"tracking\w*|spm|share\w*|timestamp|cache\w*|rand\w*|visit_id|rd|continue|return_?(?:to|url)?|redirect\w*)\Z",
    re.IGNORECASE,
)
_LONGEST = 100  # characters of a fragment that are looked at
_LONG = 8  # characters from which a value can look random


def _names(parameter: str) -> bool:
    """Whether a parameter says which page is read."""
    name, _, value = parameter.partition("=")
    return bool(name) and not _TRACKING.match(name) and not _LANGUAGES.match(name) and not _looks_random(value)


def _looks_random(value: str) -> bool:
    """Whether a value is long, of letters and digits in turns or of hexadecimal digits, or a moment in time."""
    if len(value) < _LONG or not value.replace("-", "").replace("_", "").isalnum():
        return False
    turns = len(re.findall(r"\d+|[^\W\d_]+", value))
    return turns > _TURNS or (value.isdecimal() and len(value) >= _MOMENT) or bool(_NO_WORD.search(value))


_TURNS, _MOMENT = 4, 10
_NO_WORD = re.compile(r"\d[b-df-hj-np-tv-xz]{4}|[b-df-hj-np-tv-xz]{4}\d|[b-df-hj-np-tv-xz]{6}", re.IGNORECASE)
_LANGUAGES = re.compile(r"(?:hs_?)?(?:lang|language|locale\d?|hl)\Z", re.IGNORECASE)


def addresses_in(side: Side) -> list[Value]:
    """The web and mail addresses written out in one side's text."""
    if not any(sign in side.text for sign in _SIGNS):
        return []
    found = [Value(word, frozenset({index})) for index, word in enumerate(side.words) if word.lower().startswith(_WEB)]
    if "@" in side.keys:
        found.extend(_mail(side))
    return found


def _mail(side: Side) -> Iterator[Value]:
    for index, key in enumerate(side.keys):
        if key != "@" or side.spaced(index):
            continue
        start = index
        while start > 0 and not side.spaced(start) and _is_part(side.keys[start - 1]):
            start -= 1
        end = index + 1
        while end < len(side.keys) and not side.spaced(end) and _is_part(side.keys[end]):
            end += 1
        while side.keys[end - 1] == ".":
            end -= 1
        if start < index < end - 1:
            yield Value("".join(side.keys[start:end]), frozenset(range(start, end)))


def _is_part(key: str) -> bool:
    return key[0].isalnum() or key in {".", "-", "_", "+"}
