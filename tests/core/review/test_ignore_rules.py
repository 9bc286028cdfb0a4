"""Ignore rules: what they hold for, and what they take care not to hold for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.review.ignore_rules import Rule, RuleSubject, deciding_rule
from monitor.core.text.normalize import normalize
from monitor.core.text.patterns import TextPattern
from monitor.model import Action, Aspect, ChangeKind, Significance

FOOTER = RuleSubject(
    "policies/lease.md",
    ChangeKind.REVISED,
    Significance.SUBSTANTIVE,
    (Aspect.DATE,),
    ("last updated: 1 may", "last updated: 2 may"),
    ("lease", "contact"),
)


def fits(pattern: str, text: str) -> bool:
    return TextPattern(pattern)(normalize(text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Last updated: *", "Last updated: 1 May"),
        ("last updated: *", "LAST UPDATED: 1 May"),
        ("*cookies*", "We use cookies."),
        ("*cookies.", "We use cookies."),
        ("We use *", "We use cookies."),
        ("Page * of *", "Page 3 of 12"),
        ("We use cookies.", "We use cookies."),
        ('He said "*"', "He said “no”"),
        (r"5 \* 3 = *", "5 * 3 = 15"),
        ("a**b", "a-b"),
        ("*ab*ab*", "abab"),
    ],
)
def test_pattern_matches_the_whole_text_in_any_case(pattern: str, text: str) -> None:
    assert fits(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("cookies", "We use cookies."),
        ("We use *", "Now we use cookies."),
        ("*cookies", "We use cookies."),
        ("Page * of *", "Page 3"),
        (r"5 \* 3", "5 x 3"),
        ("ab*ba", "aba"),
        ("*ab*ab*", "ab a b"),
        ("a.c", "abc"),
        ("[abc]", "a"),
        ("a?", "ab"),
    ],
)
def test_pattern_matches_nothing_else(pattern: str, text: str) -> None:
    assert not fits(pattern, text)


def plainly(pattern: str, text: str) -> bool:
    """The meaning of a pattern, slowly: a star is nothing, or a character and a star."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return plainly(pattern[1:], text) or (bool(text) and plainly(pattern, text[1:]))
    return bool(text) and text[0] == pattern[0] and plainly(pattern[1:], text[1:])


@given(st.text("ab*", max_size=7), st.text("ab", max_size=9))
def test_pattern_agrees_with_its_plain_definition(pattern: str, text: str) -> None:
    assert TextPattern(pattern)(text) == plainly(pattern, text)


def test_a_hostile_text_is_only_walked_over() -> None:
    assert not TextPattern("*a" * 50 + "*b")("a" * 200_000)


def starts_with(prefix: str) -> Callable[[str], bool]:
    return lambda path: path.startswith(prefix)


@pytest.mark.parametrize(
    "rule",
    [
        Rule("r", pattern=TextPattern("Last updated: *")),
        Rule("r", document=starts_with("policies/")),
        Rule("r", heading=TextPattern("contact")),
        Rule("r", heading=TextPattern("Lease")),
        Rule("r", aspects=frozenset({Aspect.DATE})),
        Rule("r", aspects=frozenset({Aspect.DATE, Aspect.NUMBER})),
        Rule("r", significance=Significance.SUBSTANTIVE),
        Rule("r", kinds=frozenset({ChangeKind.REVISED})),
        Rule("r", document=starts_with("policies/"), pattern=TextPattern("last*")),
    ],
    ids=["pattern", "document", "heading", "heading above", "aspect", "aspects", "significance", "kind", "both"],
)
def test_a_rule_holds_where_all_that_it_says_holds(rule: Rule) -> None:
    assert rule.matches(FOOTER)


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (Rule("r", document=starts_with("drafts/")), FOOTER),
        (Rule("r", document=starts_with("drafts/"), pattern=TextPattern("last*")), FOOTER),
        (Rule("r", heading=TextPattern("con")), FOOTER),
        (
            Rule("r", pattern=TextPattern("Last updated: *")),
            FOOTER._replace(texts=("last updated: 1 may", "it is void")),
        ),
        (Rule("r", pattern=TextPattern("*x*")), FOOTER._replace(texts=())),
        (Rule("r", aspects=frozenset({Aspect.DATE})), FOOTER._replace(aspects=(Aspect.DATE, Aspect.NEGATION))),
        (Rule("r", aspects=frozenset({Aspect.DATE})), FOOTER._replace(aspects=())),
        (Rule("r", significance=Significance.EDITORIAL), FOOTER),
        (Rule("r", kinds=frozenset({ChangeKind.ADDED})), FOOTER),
    ],
    ids=[
        "another document",
        "one of two",
        "part of a heading",
        "a footer that turned into something else",
        "a document's own change has no text",
        "a further aspect",
        "no aspect at all",
        "another significance",
        "another kind",
    ],
)
def test_a_rule_does_not_hold(rule: Rule, seen: RuleSubject) -> None:
    assert not rule.matches(seen)


def test_hiding_rule_precedes_a_lowering_one() -> None:
    lower = Rule("lower", Action.LOWER, pattern=TextPattern("last*"))
    fold_ = Rule("fold", Action.HIDE, pattern=TextPattern("*may"))
    assert deciding_rule([lower, fold_], FOOTER) is fold_


def test_of_rules_that_lower_the_first_decides() -> None:
    first, second = (Rule(name, Action.LOWER, pattern=TextPattern("last*")) for name in ("first", "second"))
    assert deciding_rule([first, second], FOOTER) is first


def test_no_matching_rule_decides_nothing() -> None:
    assert deciding_rule([Rule("r", kinds=frozenset({ChangeKind.ADDED}))], FOOTER) is None
