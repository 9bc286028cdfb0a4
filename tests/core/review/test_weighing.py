"""From a change of the ledger to its place in the queue."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.review.ignore_rules import Rule
from monitor.core.review.scoring import Criteria, Fact, ScoredChange, Tier, score_change, tier_of
from monitor.core.text.patterns import TextPattern
from monitor.core.text.terms import Terms
from monitor.model import Action, Aspect, ChangeKind, Level, Significance

PLAIN = Criteria(Terms([]), lambda _: 1.0)
REVISED = Fact(
    "c1",
    seq=4,
    position=2,
    snapshot="s4",
    taken_at=datetime(2026, 1, 4, tzinfo=UTC),
    level=Level.STATEMENT,
    kind=ChangeKind.REVISED,
    document="pier.md",
    document_id="pier",
    aspects=(Aspect.NUMBER,),
    similarity=0.9,
    before=("It covers 30 divers.",),
    after=("It covers 45 divers.",),
)


def placed(criteria: Criteria = PLAIN, **values: object) -> ScoredChange:
    return score_change(REVISED._replace(**values), criteria)  # type: ignore[arg-type]


def ruled(action: Action) -> Criteria:
    return PLAIN._replace(rules=(Rule("divers", action, pattern=TextPattern("*divers*")),))


@pytest.mark.parametrize(
    ("weighed", "tier"),
    [
        (placed(), Tier.SUBSTANTIVE),
        (placed(significance=Significance.EDITORIAL), Tier.EDITORIAL),
        (placed(ruled(Action.LOWER)), Tier.LOWERED),
        (placed(technical=True), Tier.LOWERED),
        (placed(metadata=True), Tier.LOWERED),
        (placed(PLAIN._replace(terms=Terms(["divers"])), metadata=True), Tier.SUBSTANTIVE),
        (placed(imported=True), Tier.IMPORTED),
    ],
    ids=[
        "substantive",
        "editorial",
        "lowered by a rule",
        "of a technical upgrade",
        "of front matter",
        "watched",
        "of an import",
    ],
)
def test_tier_of_a_change(weighed: ScoredChange, tier: Tier) -> None:
    assert tier_of(weighed.member.own) is tier


def test_hiding_rule_is_named() -> None:
    weighed = placed(ruled(Action.HIDE))
    assert (weighed.member.folded, weighed.rule) == (True, "divers")


def test_terms_are_found_before_and_after() -> None:
    criteria = PLAIN._replace(terms=Terms(["30 divers", "45 divers", "40 divers"]))
    assert placed(criteria).terms == ("30 divers", "45 divers")


def test_weight_of_a_document_is_found_by_its_path() -> None:
    heavy = PLAIN._replace(weight=lambda path: 3.0 if path == "pier.md" else 1.0)
    assert placed(heavy).score.total == pytest.approx(3 * placed().score.total)


def test_the_same_edit_in_other_typography_has_the_same_keys() -> None:
    assert placed(after=("It covers  45 DIVERS.",)).member.keys == placed().member.keys


def test_link_edits_are_the_same_only_with_equal_targets() -> None:
    text = ("See the terms.",)
    one, other = (
        placed(before=text, after=text, links_before=("a",), links_after=(target,)).member.keys for target in ("b", "c")
    )
    assert one.edit != other.edit


def test_to_come_back_is_the_opposite_of_to_go() -> None:
    gone = placed(kind=ChangeKind.REMOVED, after=()).member.keys
    back = placed(kind=ChangeKind.RESTORED, after=REVISED.before).member.keys
    assert (gone.pair, gone.way) == (back.pair, -back.way)
