"""Classify a revised, split or merged statement: significance, aspects, and the reasons.

Each aspect names the changed words that it explains. Words that no aspect explains are a change of wording. A change
is editorial if all its findings concern form only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from monitor.core.classification import (
    attribution,
    dates,
    form,
    names,
    negation,
    numbering,
    numbers,
    quotation,
    signs,
    spelling,
)
from monitor.core.classification.compare import Comparison, Finding
from monitor.core.classification.parts import without_joints
from monitor.core.diff.sequences import common_prefix
from monitor.core.text.normalize import ungarbled, with_lost_letters
from monitor.core.text.tokens import expanded
from monitor.model import Aspect, Classification, Significance, Wording

_ORDER = {aspect: place for place, aspect in enumerate(Aspect)}
_MOST_REASONS = 50
_LONG = 100_000  # characters of one side, from which a statement is judged in part
_CONTEXT = 2000  # characters in front of the first difference that are kept
_GARBLED = "typography: characters read in the wrong encoding"
_ENTITIES = "typography: signs written as entities"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_CACHED_LENGTH = 4000  # characters of both sides; longer pairs are not kept


def classify(before: Sequence[Wording], after: Sequence[Wording], language: str | None = None) -> Classification:
    """The kind of a change from one statement to one, one to several, or several to one.

    `language` is that of the document (ISO 639-1), where it is known: short texts are taken to be in it. A pure
    function of both sides: texts are joined by one space, links in order. Near linear in their length.
    """
    old, new = ([statement.text for statement in side] for side in (before, after))
    if len(new) > 1 and len(old) == 1:
        old[0], new = without_joints(old[0], new)
    elif len(old) > 1 and len(new) == 1:
        new[0], old = without_joints(new[0], old)
    return _classify(
        " ".join(old),
        " ".join(new),
        tuple(link for statement in before for link in statement.links),
        tuple(link for statement in after for link in statement.links),
        language,
    )


def classify_texts(before: str, after: str, language: str | None = None) -> Classification:
    """The same for two texts without links."""
    return _classify(before, after, (), (), language)


def _classify(
    before: str, after: str, links_before: tuple[str, ...], links_after: tuple[str, ...], language: str | None
) -> Classification:
    if len(before) + len(after) <= _CACHED_LENGTH:
        return _kept(before, after, links_before, links_after, language)
    return _judge(before, after, links_before, links_after, language)


def _judge(
    before: str, after: str, links_before: tuple[str, ...], links_after: tuple[str, ...], language: str | None
) -> Classification:
    written = _unescaped(before), _unescaped(after)
    plain = ungarbled(written[0]), ungarbled(written[1])
    plain = with_lost_letters(*plain), with_lost_letters(*plain[::-1])
    if plain[0] == plain[1] and before != after and links_before == links_after:
        reason = _ENTITIES if written[0] == written[1] else _GARBLED
        return Classification(Significance.EDITORIAL, (Aspect.TYPOGRAPHY,), (reason,))
    before, after = _focused(*plain)
    if before == after:  # only the targets of links differ, as often
        findings = list(quotation.find_targets(links_before, links_after))
    else:
        findings = list(_findings(Comparison(before, after, (links_before, links_after), language)))
    substantive = any(finding.substantive for finding in findings)
    return Classification(
        Significance.SUBSTANTIVE if substantive else Significance.EDITORIAL,
        tuple(sorted({finding.aspect for finding in findings}, key=_ORDER.__getitem__)),
        tuple(islice(dict.fromkeys(finding.reason for finding in findings), _MOST_REASONS)),
    )


def number_changes(before: str, after: str, language: str | None = None) -> list[numbers.NumberChange]:
    """The numbers that were replaced by others of their unit; `language` is that of the document, if known."""
    comparison = Comparison(*_focused(_unescaped(before), _unescaped(after)), document=language)
    if not comparison.runs:
        return []
    return list(numbers.replaced(comparison, *_values(comparison, list(spelling.find(comparison))).figures))


def _unescaped(text: str) -> str:
    """A text with the signs that its entities stand for: `&amp;` is `&`."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _focused(before: str, after: str) -> tuple[str, str]:
    """Both texts; of very long ones the part that begins shortly before the first difference, and no more than can be
    judged in seconds: so long a text that differs further on is substantive by what was seen.
    """
    if max(len(before), len(after)) <= _LONG:
        return before, after
    start = before.rfind(" ", 0, max(common_prefix(before, after) - _CONTEXT, 0)) + 1
    return before[start : start + _LONG], after[start : start + _LONG]


_kept = lru_cache(maxsize=4096)(_judge)


def _findings(comparison: Comparison) -> Iterator[Finding]:
    found = list(quotation.find_links(comparison))
    if comparison.runs:
        respelt = list(spelling.find(comparison))
        found.extend(respelt)
        found.extend(signs.find(comparison))
        found.extend(_of_content(comparison, respelt))
        found.extend(quotation.find_quotation(comparison))
    yield from found
    yield from form.find(comparison, found)


def _of_content(comparison: Comparison, respelt: Sequence[Finding]) -> Iterator[Finding]:
    values = _values(comparison, respelt)
    yield from values.findings
    yield from _verb_findings(comparison, values.placed)
    words, (before, after) = comparison.words, comparison.sides
    if attribution.concerns(comparison):
        said = [
            attribution.attributions_in(side, words, placed)
            for side, placed in zip(comparison.sides, values.placed, strict=True)
        ]
        yield from attribution.find(comparison, *said)
    if names.concerns(comparison):
        named = names.names_in(before, words, values.held[0]), names.names_in(after, words, values.held[1])
        yield from names.find(comparison, *named)


class _Values(NamedTuple):
    """Findings of marks, dates and figures; by side the tokens that are marks, dates or respelt, then with figures."""

    findings: tuple[Finding, ...]
    placed: Sequence[frozenset[int]]
    held: Sequence[frozenset[int]]
    figures: Sequence[Sequence[numbers.Figure]] = ((), ())


def _values(comparison: Comparison, respelt: Sequence[Finding]) -> _Values:
    words, sides = comparison.words, comparison.sides
    findings: list[Finding] = []
    nothing = frozenset[int]()
    placed: Sequence[frozenset[int]] = (
        nothing.union(*(finding.before for finding in respelt)),
        nothing.union(*(finding.after for finding in respelt)),
    )
    if numbering.concerns(comparison):
        places = numbering.marks_in(sides[0], words), numbering.marks_in(sides[1], words)
        findings.extend(numbering.find(comparison, *places))
        placed = placed[0] | places[0].all, placed[1] | places[1].all
    if dates.concerns(comparison):
        days = [dates.dates_in(side, words, held) for side, held in zip(sides, placed, strict=True)]
        findings.extend(dates.find(comparison, *days))
        placed = [held.union(*(day.tokens for day in side)) for held, side in zip(placed, days, strict=True)]
    if not numbers.concerns(comparison):
        return _Values(tuple(findings), placed, placed)
    counted = [numbers.figures_in(side, words, held) for side, held in zip(sides, placed, strict=True)]
    findings.extend(numbers.find(comparison, *counted))
    held = [tokens.union(*(figure.tokens for figure in side)) for tokens, side in zip(placed, counted, strict=True)]
    return _Values(tuple(findings), placed, held, counted)


def _verb_findings(comparison: Comparison, placed: Sequence[frozenset[int]]) -> Iterator[Finding]:
    words = comparison.words
    spelt = expanded(comparison.before.keys, words.language), expanded(comparison.after.keys, words.language)
    if negation.concerns(comparison, spelt):
        sides = [negation.marks_of(expansion, words, tokens) for expansion, tokens in zip(spelt, placed, strict=True)]
        yield from negation.find_modality(comparison, *sides)
    yield from negation.find_negation(comparison, spelt)
