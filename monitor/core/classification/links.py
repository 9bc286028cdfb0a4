"""Link targets, web and mail addresses: another target, or the same one with another query, fragment or scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.core.classification.compare import Comparison, Finding, Side, shortened
from monitor.core.classification.difference import Value, unmatched
from monitor.model import Aspect

_SIGNS = ("://", "www.", "WWW.", "Www.", "@")
_ROUTES = ("!", "/")
_WEB = ("http://", "https://", "www.")


def find(comparison: Comparison) -> Iterator[Finding]:
    """Targets of the statement's links, then addresses in its text, that only one side has."""
    before, after = comparison.links
    if tuple(before) != tuple(after):
        yield from _targets(before, after)
    old, new = addresses_in(comparison.before), addresses_in(comparison.after)
    gone, come = unmatched(old, new, comparison.before), unmatched(new, old, comparison.after)
    for one, other in zip(gone, come, strict=False):
        yield _changed(str(one.key), str(other.key), one.tokens, other.tokens)
    for one in gone[len(come) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(str(one.key))} lost", before=one.tokens)
    for one in come[len(gone) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(str(one.key))} gained", after=one.tokens)


def _targets(before: Sequence[str], after: Sequence[str]) -> Iterator[Finding]:
    gone, come = (
        list((Counter(before) - Counter(after)).elements()),
        list((Counter(after) - Counter(before)).elements()),
    )
    if not gone and not come:
        yield Finding(Aspect.LINK, "link: targets in another order")
    for one, other in zip(gone, come, strict=False):
        yield _changed(one, other, frozenset(), frozenset())
    for one in gone[len(come) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(one)} lost")
    for one in come[len(gone) :]:
        yield Finding(Aspect.LINK, f"link: {shortened(one)} gained")


def _changed(before: str, after: str, old: frozenset[int], new: frozenset[int]) -> Finding:
    same = place(before) == place(after)
    reason = f"link: {shortened(before)} → {shortened(after)}" + (" (same place)" if same else "")
    return Finding(Aspect.LINK, reason, substantive=not same, before=old, after=new)


def place(target: str) -> str:
    """A target without what may change while it leads to the same page: scheme, `www.`, query, fragment.

    A fragment that is a route of its own (`#!/page/7`) stays; one that stands alone is a place in the same document.
    """
    page, _, fragment = target.partition("#")
    if not page and not fragment.startswith(_ROUTES):
        return "#"
    bare = page.partition("?")[0].rstrip("/")
    if fragment.startswith(_ROUTES):
        bare += f"#{fragment.partition('?')[0]}"
    for scheme in ("https://", "http://", "//"):
        bare = bare.removeprefix(scheme)
    return bare.removeprefix("www.") or target


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
